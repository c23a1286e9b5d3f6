/* The functions of libsqlite3 that chela uses, as a table filled when the library is loaded. */
#ifndef CHELA_STORE_SQLITE_LIB_H
#define CHELA_STORE_SQLITE_LIB_H

#include "base/err.h"

#include <sqlite3.h>

#define SQLITE_LIB_FUNCTIONS(X)                                                                    \
    X(sqlite3_open_v2)                                                                             \
    X(sqlite3_close)                                                                               \
    X(sqlite3_errmsg)                                                                              \
    X(sqlite3_busy_timeout)                                                                        \
    X(sqlite3_exec)                                                                                \
    X(sqlite3_prepare_v2)                                                                          \
    X(sqlite3_bind_text)                                                                           \
    X(sqlite3_bind_int64)                                                                          \
    X(sqlite3_bind_double)                                                                         \
    X(sqlite3_step)                                                                                \
    X(sqlite3_reset)                                                                               \
    X(sqlite3_clear_bindings)                                                                      \
    X(sqlite3_column_text)                                                                         \
    X(sqlite3_column_bytes)                                                                        \
    X(sqlite3_column_int64)                                                                        \
    X(sqlite3_column_double)                                                                       \
    X(sqlite3_finalize)

struct sqlite_lib {
#define SQLITE_LIB_SLOT(f) __typeof__(f) *f;
    SQLITE_LIB_FUNCTIONS(SQLITE_LIB_SLOT)
#undef SQLITE_LIB_SLOT
};

/* The table, loaded once; NULL with *e when the library is missing. */
const struct sqlite_lib *sqlite_lib(struct err *e);

#endif
