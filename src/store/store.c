#include "store/store.h"

#include "base/file.h"
#include "store/sqlite_lib.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct store {
    const struct sqlite_lib *lib;
    sqlite3 *db;
    char path[PATH_MAX];
};

struct store_query {
    struct store *store;
    sqlite3_stmt *statement;
    int bind_failure; /* SQLITE_OK, or the first failed binding's code */
};

static const char *const migrations[] = {
    "CREATE TABLE session(id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE message(session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    " seq INTEGER NOT NULL, model TEXT NOT NULL, body TEXT NOT NULL, created_ms INTEGER NOT NULL,"
    " PRIMARY KEY(session, seq)) WITHOUT ROWID;",
    /* Turns of several rounds (agent/session.h), what each round used, the prompt-cache doctor's
     * notes (agent/cache_doctor.h), models that are left alone for a while (agent/cooldown.h).
     * Until here a turn was a question and its answer. */
    "ALTER TABLE session ADD COLUMN last_request BLOB;"
    "ALTER TABLE message ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE message ADD COLUMN round INTEGER NOT NULL DEFAULT 0;"
    "UPDATE message SET turn=(seq+1)/2, round=1-seq%2;"
    "CREATE TABLE turn(session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    " turn INTEGER NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL, started_ms INTEGER NOT NULL,"
    " ended_ms INTEGER NOT NULL, PRIMARY KEY(session, turn)) WITHOUT ROWID;"
    "INSERT INTO turn SELECT session, turn, 'done', '', min(created_ms), max(created_ms)"
    " FROM message GROUP BY session, turn;"
    "CREATE TABLE usage(session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    " turn INTEGER NOT NULL, round INTEGER NOT NULL, at_ms INTEGER NOT NULL, model TEXT NOT NULL,"
    " answered TEXT NOT NULL, generation TEXT NOT NULL, prompt INTEGER, completion INTEGER,"
    " cached INTEGER, cache_write INTEGER, reasoning INTEGER, cost REAL, raw TEXT NOT NULL,"
    " PRIMARY KEY(session, turn, round)) WITHOUT ROWID;"
    "CREATE TABLE request(session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
    " turn INTEGER NOT NULL, round INTEGER NOT NULL, at_ms INTEGER NOT NULL, model TEXT NOT NULL,"
    " prefix_bytes INTEGER NOT NULL, total_bytes INTEGER NOT NULL, changed TEXT NOT NULL,"
    " usage TEXT NOT NULL, PRIMARY KEY(session, turn, round)) WITHOUT ROWID;"
    "CREATE TABLE cooldown(model TEXT NOT NULL, key TEXT NOT NULL, since_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, failures INTEGER NOT NULL, code TEXT NOT NULL,"
    " message TEXT NOT NULL, PRIMARY KEY(model, key)) WITHOUT ROWID;",
    /* Video jobs (media/video_job.h). */
    "CREATE TABLE video_job(id TEXT PRIMARY KEY, state TEXT NOT NULL, model TEXT NOT NULL,"
    " prompt TEXT NOT NULL, base_url TEXT NOT NULL, remote_id TEXT NOT NULL,"
    " polling_url TEXT NOT NULL, download_url TEXT NOT NULL, output TEXT NOT NULL,"
    " part TEXT NOT NULL, file TEXT NOT NULL, usage TEXT NOT NULL, error TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, body TEXT NOT NULL);",
    /* How long videos take, for the next one of the same model. */
    ("ALTER TABLE video_job ADD COLUMN accepted_ms INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE video_job ADD COLUMN took_ms INTEGER NOT NULL DEFAULT 0;"),
};

static const struct store_schema own = { migrations, sizeof migrations / sizeof migrations[0] };

enum { BUSY_MS = 10000 };

static enum chela_error failed(struct store *s, int rc, struct err *e) {
    const char *why = s->db ? s->lib->sqlite3_errmsg(s->db) : "out of memory";
    if (rc == SQLITE_NOMEM) return err_set(e, CHELA_NOMEM, "%s: out of memory", s->path);
    if (rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT) {
        err_set(e, CHELA_IO, "%s: %s", s->path, why);
        err_hint(e, CHELA_IO, "move the file away; chela makes a new one");
        return CHELA_IO;
    }
    err_set(e, CHELA_IO, "%s: %s", s->path, why);
    return CHELA_IO; /* in plain sight of the analyzer: never CHELA_OK */
}

enum chela_error store_run(struct store *s, const char *sql, struct err *e) {
    int rc = s->lib->sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? CHELA_OK : failed(s, rc, e);
}

static enum chela_error read_version(struct store *s, int64_t *version, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(&q, s, "PRAGMA user_version", e);
    if (rc == CHELA_OK) rc = store_step(q, &row, e);
    if (rc == CHELA_OK && row) *version = store_int(q, 0);
    store_finish(q);
    return rc;
}

static enum chela_error migrate(struct store *s, const struct store_schema *schema, struct err *e) {
    int64_t version = 0;
    enum chela_error rc = read_version(s, &version, e);
    if (rc != CHELA_OK || version == schema->count) return rc;
    rc = store_begin(s, e);
    if (rc != CHELA_OK) return rc;
    rc = read_version(s, &version, e); /* again: another process may have been quicker */
    if (rc == CHELA_OK && version > schema->count) {
        err_set(e, CHELA_IO, "%s: written by a newer chela (schema %lld, this one knows %d)",
                s->path, (long long)version, schema->count);
        rc = err_hint(e, CHELA_IO, "use that chela, or move the file away");
    }
    for (; rc == CHELA_OK && version < schema->count; version++)
        rc = store_run(s, schema->version[version], e);
    if (rc == CHELA_OK) {
        char sql[48];
        snprintf(sql, sizeof sql, "PRAGMA user_version=%d", schema->count);
        rc = store_run(s, sql, e);
    }
    if (rc == CHELA_OK) rc = store_commit(s, e);
    if (rc != CHELA_OK) store_rollback(s);
    return rc;
}

enum chela_error store_open_schema(struct store **out, const char *path,
                                   const struct store_schema *schema, struct err *e) {
    *out = NULL;
    const struct sqlite_lib *lib = sqlite_lib(e);
    if (!lib) return CHELA_UNAVAILABLE;
    struct store *s = calloc(1, sizeof *s);
    if (!s) return err_set(e, CHELA_NOMEM, "%s: out of memory", path);
    s->lib = lib;
    str folder = str_head(str_c(path), (size_t)str_rchr(str_c(path), '/'));
    char made[PATH_MAX];
    enum chela_error rc = CHELA_OK;
    if (!str_copy(s->path, sizeof s->path, str_c(path)) || !str_copy(made, sizeof made, folder))
        rc = err_set(e, CHELA_IO, "%s: the path is too long", path);
    if (rc == CHELA_OK) rc = file_mkdirs(made, 0700, e);
    if (rc == CHELA_OK) {
        /* Made here so that it is the user's alone from the first byte. */
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) close(fd);
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        int opened = lib->sqlite3_open_v2(path, &s->db, flags, NULL);
        if (opened != SQLITE_OK) rc = failed(s, opened, e);
    }
    if (rc == CHELA_OK) {
        lib->sqlite3_busy_timeout(s->db, BUSY_MS);
        rc = store_run(
            s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON", e);
    }
    if (rc == CHELA_OK) rc = migrate(s, schema, e);
    if (rc != CHELA_OK) {
        store_close(s);
        return rc;
    }
    *out = s;
    return CHELA_OK;
}

enum chela_error store_open(struct store **out, const char *path, struct err *e) {
    return store_open_schema(out, path, &own, e);
}

void store_close(struct store *s) {
    if (!s) return;
    if (s->db) s->lib->sqlite3_close(s->db);
    free(s);
}

enum chela_error store_begin(struct store *s, struct err *e) {
    return store_run(s, "BEGIN IMMEDIATE", e);
}

enum chela_error store_commit(struct store *s, struct err *e) {
    return store_run(s, "COMMIT", e);
}

void store_rollback(struct store *s) {
    (void)store_run(s, "ROLLBACK", NULL); /* fails when nothing was begun: nothing to undo then */
}

enum chela_error store_prepare(struct store_query **out, struct store *s, const char *sql,
                               struct err *e) {
    *out = NULL;
    struct store_query *q = calloc(1, sizeof *q);
    if (!q) return err_set(e, CHELA_NOMEM, "%s: out of memory", s->path);
    q->store = s;
    int rc = s->lib->sqlite3_prepare_v2(s->db, sql, -1, &q->statement, NULL);
    if (rc != SQLITE_OK) {
        free(q);
        return failed(s, rc, e);
    }
    *out = q;
    return CHELA_OK;
}

static void keep_failure(struct store_query *q, int rc) {
    if (q->bind_failure == SQLITE_OK) q->bind_failure = rc;
}

void store_bind_text(struct store_query *q, int at, str text) {
    const char *p = text.n ? text.p : "";
    int n = text.n > INT_MAX ? INT_MAX : (int)text.n;
    keep_failure(q, text.n > INT_MAX ? SQLITE_TOOBIG
                                     : q->store->lib->sqlite3_bind_text(q->statement, at, p, n,
                                                                        SQLITE_TRANSIENT));
}

void store_bind_int(struct store_query *q, int at, int64_t value) {
    keep_failure(q, q->store->lib->sqlite3_bind_int64(q->statement, at, value));
}

void store_bind_real(struct store_query *q, int at, double value) {
    keep_failure(q, q->store->lib->sqlite3_bind_double(q->statement, at, value));
}

enum chela_error store_step(struct store_query *q, bool *row, struct err *e) {
    *row = false;
    if (!q) return err_set(e, CHELA_INTERNAL, "a query that was not prepared");
    int rc = q->bind_failure;
    if (rc == SQLITE_OK) rc = q->store->lib->sqlite3_step(q->statement);
    if (rc == SQLITE_DONE) return CHELA_OK;
    if (rc != SQLITE_ROW) return failed(q->store, rc, e);
    *row = true;
    return CHELA_OK;
}

str store_text(struct store_query *q, int column) {
    const unsigned char *p = q->store->lib->sqlite3_column_text(q->statement, column);
    int n = q->store->lib->sqlite3_column_bytes(q->statement, column);
    return p && n > 0 ? (str){ (const char *)p, (size_t)n } : (str){ 0 };
}

int64_t store_int(struct store_query *q, int column) {
    return q->store->lib->sqlite3_column_int64(q->statement, column);
}

double store_real(struct store_query *q, int column) {
    return q->store->lib->sqlite3_column_double(q->statement, column);
}

void store_again(struct store_query *q) {
    if (!q) return;
    q->store->lib->sqlite3_reset(q->statement);
    q->store->lib->sqlite3_clear_bindings(q->statement);
    q->bind_failure = SQLITE_OK;
}

void store_finish(struct store_query *q) {
    if (!q) return;
    q->store->lib->sqlite3_finalize(q->statement);
    free(q);
}

enum chela_error store_copy(struct store *s, const char *path, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = file_write(path, S(""), 0600, e); /* SQLite fills it as it is */
    if (rc == CHELA_OK) rc = store_prepare(&q, s, "VACUUM INTO ?1", e);
    if (rc == CHELA_OK && q) {
        store_bind_text(q, 1, str_c(path));
        rc = store_step(q, &row, e);
    }
    store_finish(q);
    return rc;
}
