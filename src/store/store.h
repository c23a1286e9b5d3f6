/* What chela remembers, in one SQLite database behind one small interface.
 *
 * SQLite is loaded when a command first stores something (base/dynlib.h). WAL with synchronous
 * FULL: what was committed survives kill -9 and power loss. The folder is 0700, the file 0600.
 * Several processes may have the store open: a writer waits up to 10 s for another.
 *
 * Ownership: text of a row lives until the next store_step or store_finish.
 */
#ifndef CHELA_STORE_STORE_H
#define CHELA_STORE_STORE_H

#include "base/err.h"
#include "base/str.h"

struct store;
struct store_query;

/* How a database came to be what it is: one entry a version; PRAGMA user_version counts how many
 * were applied. An entry that was in a release is never changed: what comes later is a new one. */
struct store_schema {
    const char *const *version;
    int count;
};

/* Makes the file and its folder, and brings an older schema up to date. */
enum chela_error store_open(struct store **out, const char *path, struct err *e);
/* The same for a database with tables of its own. */
enum chela_error store_open_schema(struct store **out, const char *path,
                                   const struct store_schema *schema, struct err *e);
void store_close(struct store *s); /* NULL is fine */
/* A copy of the whole, 0600, as one file; one that is there is replaced. */
enum chela_error store_copy(struct store *s, const char *path, struct err *e);

enum chela_error store_begin(struct store *s, struct err *e);
enum chela_error store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);

/* sql has ?1, ?2 …; *out must be given to store_finish, also after errors. */
enum chela_error store_prepare(struct store_query **out, struct store *s, const char *sql,
                               struct err *e);
void store_bind_text(struct store_query *q, int at, str text); /* at from 1; text is copied */
void store_bind_int(struct store_query *q, int at, int64_t value);
void store_bind_real(struct store_query *q, int at, double value); /* what is not bound is NULL */
/* *row: there is one to read. Failed bindings are reported here. */
enum chela_error store_step(struct store_query *q, bool *row, struct err *e);
str store_text(struct store_query *q, int column); /* column from 0 */
int64_t store_int(struct store_query *q, int column);
double store_real(struct store_query *q, int column);
/* For another round: nothing is bound any more. */
void store_again(struct store_query *q);
void store_finish(struct store_query *q); /* NULL is fine */
/* A query whose rows nobody wants, without values. */
enum chela_error store_run(struct store *s, const char *sql, struct err *e);

#endif
