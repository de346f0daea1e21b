// SQLITE_TRANSIENT is a cast macro that Swift does not import.
#ifndef BUDSTIKKE_CSQLITE_SHIM_H
#define BUDSTIKKE_CSQLITE_SHIM_H
#include <sqlite3.h>

static inline int budstikke_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
    return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}
static inline int budstikke_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
#endif
