// Calls of Linux and glibc that Swift's Glibc module leaves out: GNU extensions and variadic system calls.
#ifndef BUDSTIKKE_CLINUX_SHIM_H
#define BUDSTIKKE_CLINUX_SHIM_H
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <spawn.h>
#include <stdint.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

// What <fcntl.h>, <unistd.h>, <spawn.h> and <string.h> show only under _GNU_SOURCE.
#ifndef O_PATH
#define O_PATH 010000000
#endif
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern long syscall(long number, ...);
extern void *memmem(const void *text, size_t count, const void *words, size_t length);

static inline int budstikke_holds(const void *text, size_t count, const void *words, size_t length) {
    return memmem(text, count, words, length) != NULL;
}

static inline int budstikke_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

static inline int budstikke_close_from(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

// What the kernel gave of a confinement.
enum { budstikke_confined_files = 1, budstikke_confined_calls = 2 };

// Landlock (landlock(7)): the calling thread, and what it starts, may make, change and remove no file. Reading is left alone.
static inline int budstikke_confine_files(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return 0;
    struct landlock_ruleset_attr rules;
    memset(&rules, 0, sizeof rules);
    rules.handled_access_fs = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE
        | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK
        | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
    // LANDLOCK_ACCESS_FS_TRUNCATE, which Debian 12's headers do not have yet.
    if (version >= 3) rules.handled_access_fs |= 1ULL << 14;
    int set = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (set < 0) return 0;
    int done = syscall(SYS_landlock_restrict_self, set, 0) == 0;
    close(set);
    return done ? budstikke_confined_files : 0;
}

// seccomp(2): the calling thread, and what it starts, has no network, and no call with which a program gets at others or at the system.
static inline int budstikke_confine_calls(void) {
#if defined(__x86_64__) || defined(__aarch64__)
    static const unsigned denied[] = {
        SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_io_uring_setup, SYS_io_uring_enter,
        SYS_io_uring_register, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd, SYS_bpf, SYS_perf_event_open,
        SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_mount, SYS_umount2, SYS_move_mount, SYS_open_tree, SYS_fsopen,
        SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_open_by_handle_at, SYS_personality, SYS_msgget, SYS_semget, SYS_shmget,
        SYS_mq_open, SYS_quotactl, SYS_reboot, SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_acct,
        SYS_settimeofday, SYS_clock_settime, SYS_sethostname, SYS_swapon, SYS_swapoff, SYS_syslog,
    };
    enum { count = sizeof denied / sizeof denied[0] };
    struct sock_filter code[8 + 2 * count];
    unsigned short length = 0;
#define BUDSTIKKE_DENY BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#if defined(__x86_64__)
    const unsigned machine = AUDIT_ARCH_X86_64;
#else
    const unsigned machine = AUDIT_ARCH_AARCH64;
#endif
    code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0);
    code[length++] = (struct sock_filter)BUDSTIKKE_DENY;
    code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    // The x32 calls of x86-64, by which the same would be had under other numbers.
    code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1);
    code[length++] = (struct sock_filter)BUDSTIKKE_DENY;
    for (unsigned i = 0; i < count; i++) {
        code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied[i], 0, 1);
        code[length++] = (struct sock_filter)BUDSTIKKE_DENY;
    }
#undef BUDSTIKKE_DENY
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = length, .filter = code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? budstikke_confined_calls : 0;
#else
    return 0;
#endif
}

// Confines the calling thread for good, as far as the kernel can; what it starts inherits that. Returns what was given.
static inline int budstikke_confine(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 0;
    int files = budstikke_confine_files();
    return files | budstikke_confine_calls();
}

// Opens a path below `folder`, name by name: no link is followed and the folder is not left, whatever is swapped meanwhile. openat2(2) would do
// it in one call, but systemd's RestrictSUIDSGID= denies that (ENOSYS), for a filter cannot see its flags.
static inline int budstikke_open_beneath(int folder, const char *path, int flags, unsigned mode) {
    int at = folder;
    for (;;) {
        char name[NAME_MAX + 1];
        size_t length = strcspn(path, "/");
        int is_last = path[length] == 0, next = -1, error = EXDEV;
        if (length > NAME_MAX) {
            error = ENAMETOOLONG;
        } else if (length > 0 && !(length == 2 && path[0] == '.' && path[1] == '.')) {
            memcpy(name, path, length);
            name[length] = 0;
            next = openat(at, name, (is_last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC, mode);
            error = errno;
            // A link in place of a folder says ENOTDIR.
            struct stat status;
            if (next < 0 && error == ENOTDIR && fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode)) error = ELOOP;
        }
        if (at != folder) close(at);
        if (next < 0) errno = error;
        if (next < 0 || is_last) return next;
        at = next;
        path += length + 1;
    }
}

// Asks the system's resolver, or `server` (an IPv4 address), for the records of a type (res_nquery(3)): seconds, not minutes. Returns the
// answer's length, -1 when there is no such name or record, -2 when nobody answered.
static inline int budstikke_lookup(const char *name, int type, const char *server, int port, unsigned char *answer, int size) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return -2;
    state.retrans = 2;
    state.retry = 2;
    if (server) {
        struct sockaddr_in *address = &state.nsaddr_list[0];
        memset(address, 0, sizeof *address);
        address->sin_family = AF_INET;
        address->sin_port = htons((uint16_t)port);
        if (inet_pton(AF_INET, server, &address->sin_addr) != 1) {
            res_nclose(&state);
            return -2;
        }
        state.nscount = 1;
        state._u._ext.nscount = 0;
    }
    int length = res_nquery(&state, name, ns_c_in, type, answer, size);
    int error = state.res_h_errno;
    res_nclose(&state);
    if (length >= 0) return length > size ? size : length;
    return error == HOST_NOT_FOUND || error == NO_DATA ? -1 : -2;
}

// What the `index`-th record of a type in an answer says: a TXT record's strings joined (RFC 7208, section 3.3), an MX record's host, an
// address. Returns its length, -1 behind the last one. Never writes more than `size` bytes.
static inline int budstikke_record(const unsigned char *answer, int length, int type, int index, char *text, int size) {
    ns_msg message;
    if (ns_initparse(answer, length, &message) != 0) return -1;
    for (int at = 0; at < ns_msg_count(message, ns_s_an); at++) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, at, &record) != 0) return -1;
        if ((int)ns_rr_type(record) != type || index-- > 0) continue;
        const unsigned char *bytes = ns_rr_rdata(record);
        int count = ns_rr_rdlen(record);
        if (type == ns_t_a && count == 4) return inet_ntop(AF_INET, bytes, text, (socklen_t)size) ? (int)strlen(text) : -1;
        if (type == ns_t_aaaa && count == 16) return inet_ntop(AF_INET6, bytes, text, (socklen_t)size) ? (int)strlen(text) : -1;
        if (type == ns_t_mx && count > 2) {
            return dn_expand(answer, answer + length, bytes + 2, text, size) < 0 ? -1 : (int)strlen(text);
        }
        if (type != ns_t_txt) return -1;
        int written = 0;
        for (int place = 0; place < count;) {
            int piece = bytes[place++];
            if (piece > count - place) piece = count - place;
            if (piece > size - written) piece = size - written;
            memcpy(text + written, bytes + place, (size_t)piece);
            written += piece;
            place += piece;
        }
        return written;
    }
    return -1;
}

// Whether the kernel believes its clock to be synchronised (adjtimex(2)): 1 or 0, -1 when it does not tell.
static inline int budstikke_clock_is_synchronised(void) {
    struct timex clock;
    memset(&clock, 0, sizeof clock);
    int state = adjtimex(&clock);
    return state < 0 ? -1 : !(clock.status & STA_UNSYNC);
}
#endif
