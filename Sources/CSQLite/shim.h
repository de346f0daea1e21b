// SQLITE_TRANSIENT is a cast macro, sqlite3_config and sqlite3_db_config are variadic: Swift imports none of them.
#ifndef BUDSTIKKE_CSQLITE_SHIM_H
#define BUDSTIKKE_CSQLITE_SHIM_H
#include <sqlite3.h>

static inline int budstikke_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}
static inline int budstikke_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline void budstikke_result_text(sqlite3_context *context, const char *bytes, int count) {
    sqlite3_result_text(context, bytes, count, SQLITE_TRANSIENT);
}

// SQLite counts its memory under one lock for all threads, taken at each allocation; nobody asks for the count. Before the first connection.
static inline int budstikke_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

// A connection that closes last writes the log back into the file and fsyncs it. Not after a disk error.
static inline void budstikke_keep_log_on_close(sqlite3 *connection) {
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
#endif
