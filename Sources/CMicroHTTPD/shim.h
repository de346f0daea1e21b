// libmicrohttpd's variadic calls, closed enums and macro constants get typed wrappers here: Swift imports none of them.
#ifndef BUDSTIKKE_CMICROHTTPD_SHIM_H
#define BUDSTIKKE_CMICROHTTPD_SHIM_H
#include <microhttpd.h>
#include <stdint.h>
#include <sys/epoll.h>

typedef struct {
    int listen_socket;
    unsigned int connections;
    // PEM texts, for TLS; NULL without.
    const char *certificate;
    const char *key;
    const char *priorities;
    unsigned int inactivity_seconds;
    size_t memory_per_connection;
    void *context;
    MHD_AcceptPolicyCallback admit;
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection_changed;
    void *(*request_line)(void *context, const char *target, struct MHD_Connection *connection);
    size_t (*unescape)(void *context, struct MHD_Connection *connection, char *text);
} budstikke_http_settings;

// Without an internal thread: its own epoll loop stalls (see Server.swift).
static inline struct MHD_Daemon *budstikke_http_start(const budstikke_http_settings *settings) {
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)settings->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)settings->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)settings->priorities},
        {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (settings->certificate ? MHD_USE_TLS : 0), 0, settings->admit, settings->context,
        settings->handle, settings->context,
        MHD_OPTION_ARRAY, settings->certificate ? tls : plain,
        MHD_OPTION_LISTEN_SOCKET, (MHD_socket)settings->listen_socket,
        MHD_OPTION_CONNECTION_LIMIT, settings->connections,
        MHD_OPTION_CONNECTION_TIMEOUT, settings->inactivity_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->memory_per_connection,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, settings->unescape, settings->context,
        MHD_OPTION_URI_LOG_CALLBACK, settings->request_line, settings->context,
        MHD_OPTION_NOTIFY_COMPLETED, settings->completed, settings->context,
        MHD_OPTION_NOTIFY_CONNECTION, settings->connection_changed, settings->context,
        MHD_OPTION_END);
}

static inline int budstikke_http_epoll(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

// Takes the listening socket out of the daemon's epoll set: connections that are open go on, none is added.
// (MHD_quiesce_daemon would leave the socket for us to close.)
static inline void budstikke_http_stop_accepting(struct MHD_Daemon *daemon, int listening) {
    epoll_ctl(budstikke_http_epoll(daemon), EPOLL_CTL_DEL, listening, NULL);
}

// Milliseconds until the daemon wants to run again; -1 when it has no time-out pending.
static inline int64_t budstikke_http_timeout(struct MHD_Daemon *daemon) {
    MHD_UNSIGNED_LONG_LONG milliseconds = 0;
    if (MHD_get_timeout(daemon, &milliseconds) != MHD_YES) return -1;
    return milliseconds > 60000 ? 60000 : (int64_t)milliseconds;
}

static inline int budstikke_http_connection_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static inline void *budstikke_http_connection_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static inline const struct sockaddr *budstikke_http_client(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

static inline int budstikke_http_each_header(struct MHD_Connection *connection, MHD_KeyValueIterator each, void *context) {
    return MHD_get_connection_values(connection, MHD_HEADER_KIND, each, context);
}

static inline int budstikke_http_queue(struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response) {
    return MHD_queue_response(connection, status, response) == MHD_YES;
}

static inline int budstikke_http_add_header(struct MHD_Response *response, const char *name, const char *value) {
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

// A body without a known length that `read` delivers piece by piece.
static inline struct MHD_Response *budstikke_http_stream(
    MHD_ContentReaderCallback read, MHD_ContentReaderFreeCallback release, void *context) {
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, read, context, release);
}
static const ssize_t budstikke_http_stream_end = MHD_CONTENT_READER_END_OF_STREAM;

// The library does not look at a suspended connection's socket. An epoll set of our own tells, once, that its client is gone.
static inline int budstikke_http_watch_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int budstikke_http_watch(int watch, int socket) {
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data = {.fd = socket}};
    return epoll_ctl(watch, EPOLL_CTL_ADD, socket, &event);
}

static inline void budstikke_http_unwatch(int watch, int socket) { epoll_ctl(watch, EPOLL_CTL_DEL, socket, NULL); }

static inline int budstikke_http_next_gone(int watch) {
    struct epoll_event event;
    return epoll_wait(watch, &event, 1, 0) == 1 ? event.data.fd : -1;
}

static const enum MHD_Result budstikke_http_yes = MHD_YES;
static const enum MHD_Result budstikke_http_no = MHD_NO;

static inline int budstikke_http_is_start(enum MHD_ConnectionNotificationCode code) {
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}
#endif
