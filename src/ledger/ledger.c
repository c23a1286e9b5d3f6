#include "ledger/ledger.h"

#include "base/file.h"

#include <limits.h>
#include <stdio.h>

static const char *const versions[] = {
    "CREATE TABLE client_key(hash TEXT PRIMARY KEY, name TEXT NOT NULL, label TEXT NOT NULL,"
    " models TEXT NOT NULL, management INTEGER NOT NULL, disabled INTEGER NOT NULL,"
    " limit_nano INTEGER NOT NULL, reset INTEGER NOT NULL, created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, total INTEGER NOT NULL DEFAULT 0,"
    " day INTEGER NOT NULL DEFAULT 0, day_number INTEGER NOT NULL DEFAULT 0,"
    " week INTEGER NOT NULL DEFAULT 0, week_number INTEGER NOT NULL DEFAULT 0,"
    " month INTEGER NOT NULL DEFAULT 0, month_number INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE call(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, request TEXT NOT NULL,"
    " generation TEXT NOT NULL, key TEXT NOT NULL, key_name TEXT NOT NULL, path TEXT NOT NULL,"
    " asked TEXT NOT NULL, upstream TEXT NOT NULL, model TEXT NOT NULL, finish TEXT NOT NULL,"
    " status INTEGER NOT NULL, ending INTEGER NOT NULL, cache INTEGER NOT NULL,"
    " streamed INTEGER NOT NULL, attempts INTEGER NOT NULL, ms INTEGER NOT NULL, first_ms INTEGER,"
    " prompt INTEGER, completion INTEGER, reasoning INTEGER, cached INTEGER, cache_write INTEGER,"
    " audio INTEGER, image INTEGER, cost REAL, estimated INTEGER NOT NULL);"
    "CREATE INDEX call_at ON call(at_ms);"
    "CREATE INDEX call_generation ON call(generation);"
    "CREATE INDEX call_job ON call(id) WHERE path='/videos/{id}' AND cost>0;"
    "CREATE TABLE day_sum(day INTEGER NOT NULL, key TEXT NOT NULL, key_name TEXT NOT NULL,"
    " upstream TEXT NOT NULL, model TEXT NOT NULL, requests INTEGER NOT NULL,"
    " failed INTEGER NOT NULL, hits INTEGER NOT NULL, prompt INTEGER NOT NULL,"
    " completion INTEGER NOT NULL, reasoning INTEGER NOT NULL, cached INTEGER NOT NULL,"
    " cache_write INTEGER NOT NULL, audio INTEGER NOT NULL, image INTEGER NOT NULL,"
    " cost REAL NOT NULL, estimated REAL NOT NULL,"
    " PRIMARY KEY(day, key, upstream, model)) WITHOUT ROWID;",
};

static const struct store_schema schema = { versions, sizeof versions / sizeof versions[0] };

static bool path_of(char path[PATH_MAX], const char *state) {
    int n = snprintf(path, PATH_MAX, "%s/gateway.db", state);
    return n > 0 && n < PATH_MAX;
}

enum chela_error ledger_open(struct store **out, const char *state, struct err *e) {
    char path[PATH_MAX];
    *out = NULL;
    if (!path_of(path, state)) return err_set(e, CHELA_IO, "%s: the path is too long", state);
    return store_open_schema(out, path, &schema, e);
}

bool ledger_exists(const char *state) {
    char path[PATH_MAX];
    return path_of(path, state) && file_exists(path);
}

const char *ledger_end_name(enum ledger_end end) {
    static const char *const names[] = { "ok", "failed", "cut", "gone" };
    return names[end];
}

const char *ledger_cache_name(enum ledger_cache cache) {
    static const char *const names[] = { "off", "miss", "hit" };
    return names[cache];
}

/* ---- rows ---- */

#define COLUMNS                                                                                    \
    "at_ms, request, generation, key, key_name, path, asked, upstream, model, finish, status,"     \
    " ending, cache, streamed, attempts, ms, first_ms, prompt, completion, reasoning, cached,"     \
    " cache_write, audio, image, cost, estimated"

enum chela_error ledger_prepare(struct store_query **insert, struct store *s, struct err *e) {
    return store_prepare(insert, s,
                         "INSERT INTO call(" COLUMNS ") VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,"
                         "?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26)",
                         e);
}

enum chela_error ledger_insert(struct store_query *insert, const struct ledger_row *r,
                               struct err *e) {
    const str texts[] = { r->request, r->generation, r->key,   r->key_name, r->path,
                          r->asked,   r->upstream,   r->model, r->finish };
    const int64_t numbers[] = { r->status, r->end, r->cache, r->streamed, r->attempts, r->ms };
    const int64_t counts[] = { r->first_ms, r->prompt,      r->completion, r->reasoning,
                               r->cached,   r->cache_write, r->audio,      r->image };
    bool row;
    int at = 1;
    store_again(insert);
    store_bind_int(insert, at++, r->at_ms);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        store_bind_text(insert, at++, texts[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        store_bind_int(insert, at++, numbers[i]);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++, at++)
        if (counts[i] >= 0) store_bind_int(insert, at, counts[i]);
    if (r->cost >= 0) store_bind_real(insert, at, r->cost);
    store_bind_int(insert, at + 1, r->estimated);
    return store_step(insert, &row, e);
}

static int64_t count_at(struct store_query *q, int column) {
    return store_text(q, column).n ? store_int(q, column) : -1; /* NULL has no text */
}

enum chela_error ledger_find(struct store *s, str id, struct arena *a, struct ledger_row *out,
                             struct err *e) {
    struct store_query *q = NULL;
    bool found = false;
    enum chela_error rc = store_prepare(&q, s,
                                        "SELECT " COLUMNS " FROM call WHERE generation=?1"
                                        " ORDER BY id DESC LIMIT 1",
                                        e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    rc = store_step(q, &found, e);
    if (rc == CHELA_OK && found) {
        struct ledger_row r = { .at_ms = store_int(q, 0),
                                .status = (int)store_int(q, 10),
                                .end = (enum ledger_end)(store_int(q, 11) & 3),
                                .cache = (enum ledger_cache)(store_int(q, 12) & 3),
                                .streamed = store_int(q, 13) != 0,
                                .attempts = (int)store_int(q, 14),
                                .ms = store_int(q, 15),
                                .estimated = store_int(q, 25) != 0 };
        str *const texts[] = { &r.request, &r.generation, &r.key,   &r.key_name, &r.path,
                               &r.asked,   &r.upstream,   &r.model, &r.finish };
        int64_t *const counts[] = { &r.first_ms, &r.prompt,      &r.completion, &r.reasoning,
                                    &r.cached,   &r.cache_write, &r.audio,      &r.image };
        for (int i = 0; i < 9; i++) *texts[i] = arena_dup(a, store_text(q, 1 + i));
        for (int i = 0; i < 8; i++) *counts[i] = count_at(q, 16 + i);
        r.cost = store_text(q, 24).n ? store_real(q, 24) : -1;
        *out = r;
    }
    store_finish(q);
    if (rc != CHELA_OK) return rc;
    if (arena_failed(a)) return err_set(e, CHELA_NOMEM, "out of memory");
    return found ? CHELA_OK : err_set(e, CHELA_NOT_FOUND, "nothing is known of that generation");
}

enum chela_error ledger_jobs(struct store *s, void (*each)(void *ctx, str generation), void *ctx,
                             struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(&q, s,
                                        "SELECT generation FROM call WHERE path='/videos/{id}'"
                                        " AND cost>0 ORDER BY id DESC LIMIT ?1",
                                        e);
    if (rc == CHELA_OK) store_bind_int(q, 1, LEDGER_JOBS);
    for (;;) {
        if (rc == CHELA_OK) rc = store_step(q, &row, e);
        if (rc != CHELA_OK || !row) break;
        each(ctx, store_text(q, 0));
    }
    store_finish(q);
    return rc;
}

/* ---- old rows ---- */

/* Which rows go: ids up to the one that the bound of rows leaves as last, or until a time. They
 * were written in order of their ends, so an id that is small enough is old enough. */
static enum chela_error last_to_go(struct store *s, const struct ledger_bound *b, int64_t now_ms,
                                   int64_t *last, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc =
        store_prepare(&q, s,
                      "SELECT max((SELECT ifnull(max(id),0) FROM call WHERE ?1>0 AND at_ms<?2),"
                      " iif(?3>0, (SELECT ifnull(max(id),0) FROM call)-?3, 0)),"
                      " (SELECT ifnull(min(id),0) FROM call)",
                      e);
    if (rc != CHELA_OK) return rc;
    store_bind_int(q, 1, b->days);
    store_bind_int(q, 2, now_ms - b->days * INT64_C(86400000));
    store_bind_int(q, 3, b->rows);
    rc = store_step(q, &row, e);
    *last = 0;
    if (rc == CHELA_OK && row && store_int(q, 1) && store_int(q, 1) <= store_int(q, 0)) {
        int64_t end = store_int(q, 1) + LEDGER_SLICE - 1;
        *last = store_int(q, 0) < end ? store_int(q, 0) : end;
    }
    store_finish(q);
    return rc;
}

static enum chela_error with_last(struct store *s, const char *sql, int64_t last, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(&q, s, sql, e);
    if (rc != CHELA_OK) return rc;
    store_bind_int(q, 1, last);
    rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

/* A row as a sum of one. */
#define ONE                                                                                        \
    "at_ms/86400000 AS day, key, key_name, upstream, model, 1 AS requests,"                        \
    " ending NOT IN (0,3) AS failed, cache=2 AS hits, ifnull(prompt,0) AS prompt,"                 \
    " ifnull(completion,0) AS completion, ifnull(reasoning,0) AS reasoning,"                       \
    " ifnull(cached,0) AS cached, ifnull(cache_write,0) AS cache_write,"                           \
    " ifnull(audio,0) AS audio, ifnull(image,0) AS image, ifnull(cost,0.0) AS cost,"               \
    " iif(estimated, ifnull(cost,0.0), 0.0) AS estimated"
#define SUMS                                                                                       \
    "sum(requests), sum(failed), sum(hits), sum(prompt), sum(completion), sum(reasoning),"         \
    " sum(cached), sum(cache_write), sum(audio), sum(image), sum(cost), sum(estimated)"

enum chela_error ledger_prune(struct store *s, const struct ledger_bound *b, int64_t now_ms,
                              bool *more, struct err *e) {
    int64_t last = 0;
    *more = false;
    enum chela_error rc = last_to_go(s, b, now_ms, &last, e);
    if (rc != CHELA_OK || !last) return rc;
    rc = store_begin(s, e);
    if (rc != CHELA_OK) return rc;
    rc = with_last(s,
                   "INSERT INTO day_sum SELECT day, key, max(key_name), upstream, model, " SUMS
                   " FROM (SELECT " ONE " FROM call WHERE id<=?1)"
                   " GROUP BY day, key, upstream, model"
                   " ON CONFLICT DO UPDATE SET key_name=excluded.key_name,"
                   " requests=requests+excluded.requests, failed=failed+excluded.failed,"
                   " hits=hits+excluded.hits, prompt=prompt+excluded.prompt,"
                   " completion=completion+excluded.completion,"
                   " reasoning=reasoning+excluded.reasoning, cached=cached+excluded.cached,"
                   " cache_write=cache_write+excluded.cache_write, audio=audio+excluded.audio,"
                   " image=image+excluded.image, cost=cost+excluded.cost,"
                   " estimated=estimated+excluded.estimated",
                   last, e);
    if (rc == CHELA_OK) rc = with_last(s, "DELETE FROM call WHERE id<=?1", last, e);
    if (rc == CHELA_OK) rc = store_commit(s, e);
    if (rc != CHELA_OK) store_rollback(s);
    *more = rc == CHELA_OK;
    return rc;
}

/* ---- sums ---- */

static const struct {
    const char *name, *group, *order;
} groups[] = {
    [USAGE_BY_KEY] = { "key", "key", "sum(cost) DESC, sum(requests) DESC, key_name" },
    [USAGE_BY_MODEL] = { "model", "model", "sum(cost) DESC, sum(requests) DESC, model" },
    [USAGE_BY_UPSTREAM] = { "upstream", "upstream", "sum(cost) DESC, sum(requests) DESC" },
    [USAGE_BY_DAY] = { "day", "day", "day" },
    [USAGE_BY_ACTIVITY] = { "", "day, model, upstream", "day, model, upstream" },
};

bool usage_named(str name, enum usage_by *out) {
    for (int i = 0; i < USAGE_BY_ACTIVITY; i++) {
        if (!str_eq(name, str_c(groups[i].name))) continue;
        *out = (enum usage_by)i;
        return true;
    }
    return false;
}

static bool has(enum usage_by by, enum usage_by column) {
    return by == column || (by == USAGE_BY_ACTIVITY && column != USAGE_BY_KEY);
}

static void read_sum(struct usage_sum *u, struct store_query *q, enum usage_by by,
                     struct arena *a) {
    *u = (struct usage_sum){ .cost = store_real(q, 15), .estimated = store_real(q, 16) };
    if (has(by, USAGE_BY_DAY)) {
        char text[32];
        time_text(text, store_int(q, 0) * INT64_C(86400000));
        u->day = arena_dup(a, str_head(str_c(text), 10));
    }
    if (has(by, USAGE_BY_KEY)) {
        u->key = arena_dup(a, store_text(q, 1));
        u->key_name = arena_dup(a, store_text(q, 2));
    }
    if (has(by, USAGE_BY_UPSTREAM)) u->upstream = arena_dup(a, store_text(q, 3));
    if (has(by, USAGE_BY_MODEL)) u->model = arena_dup(a, store_text(q, 4));
    int64_t *const counts[] = { &u->requests,   &u->failed,    &u->hits,   &u->prompt,
                                &u->completion, &u->reasoning, &u->cached, &u->cache_write,
                                &u->audio,      &u->image };
    for (int i = 0; i < 10; i++) *counts[i] = store_int(q, 5 + i);
}

enum chela_error ledger_usage(struct store *s, const struct usage_query *query, struct arena *a,
                              struct usage_sum **list, size_t *count, struct err *e) {
    struct store_query *q = NULL;
    char sql[2048];
    bool row = false;
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    snprintf(sql, sizeof sql,
             "SELECT day, key, max(key_name), upstream, model, " SUMS " FROM (SELECT " ONE
             " FROM call WHERE at_ms>=?1 AND at_ms<?2 AND (?3='' OR key=?3)"
             " UNION ALL SELECT * FROM day_sum WHERE day>=?1/86400000 AND day*86400000<?2"
             " AND (?3='' OR key=?3)) GROUP BY %s ORDER BY %s LIMIT 100000",
             groups[query->by].group, groups[query->by].order);
    enum chela_error rc = store_prepare(&q, s, sql, e);
    if (rc != CHELA_OK) return rc;
    store_bind_int(q, 1, query->since_ms);
    store_bind_int(q, 2, query->until_ms ? query->until_ms : INT64_MAX);
    store_bind_text(q, 3, query->key);
    for (;;) {
        rc = store_step(q, &row, e);
        if (rc != CHELA_OK || !row) break;
        struct usage_sum *longer = arena_list(a, *list, *count, &cap, sizeof **list);
        if (!longer) break;
        read_sum(&(*list = longer)[(*count)++], q, query->by, a);
    }
    store_finish(q);
    if (rc == CHELA_OK && arena_failed(a))
        return err_set(e, CHELA_NOMEM, "out of memory for the sums");
    return rc;
}

enum chela_error ledger_total(struct store *s, double *usd, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    *usd = 0;
    enum chela_error rc = store_prepare(&q, s,
                                        "SELECT (SELECT total(cost) FROM call) +"
                                        " (SELECT total(cost) FROM day_sum)",
                                        e);
    if (rc != CHELA_OK) return rc;
    rc = store_step(q, &row, e);
    if (rc == CHELA_OK && row) *usd = store_real(q, 0);
    store_finish(q);
    return rc;
}
