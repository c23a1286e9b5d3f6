#include "agent/cooldown.h"

#include "base/clock.h"

enum {
    MINUTE = 60,
    HOUR = 60 * MINUTE,
    DAY = 24 * HOUR,
    COOLDOWNS_MAX = 10000,
};

struct pause { /* seconds: the first, by how much each grows, the longest */
    enum chela_error code;
    int64_t first, factor, most;
};

static const struct pause pauses[] = {
    { CHELA_PAYMENT, 5 * HOUR, 2, DAY },    { CHELA_RATE_LIMITED, MINUTE, 5, HOUR },
    { CHELA_FORBIDDEN, MINUTE, 5, HOUR },   { CHELA_NOT_FOUND, MINUTE, 5, HOUR },
    { CHELA_UPSTREAM, MINUTE, 5, HOUR },    { CHELA_TIMEOUT, MINUTE, 5, HOUR },
    { CHELA_UNAVAILABLE, MINUTE, 5, HOUR }, { CHELA_PROTOCOL, MINUTE, 5, HOUR },
    { CHELA_CUT, MINUTE, 5, HOUR },
};

/* Seconds for the nth failure in a row; 0: no pause. */
static int64_t pause_of(const struct err *why, int64_t failures) {
    for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
        const struct pause *p = &pauses[i];
        if (p->code != why->code) continue;
        if (why->code == CHELA_RATE_LIMITED && why->retry_after > 0)
            return why->retry_after < DAY ? (int64_t)why->retry_after + 1 : DAY;
        int64_t seconds = p->first;
        for (int64_t n = 1; n < failures && seconds < p->most; n++) seconds *= p->factor;
        return seconds < p->most ? seconds : p->most;
    }
    return 0;
}

/* A pause that is longer than any is from a clock that went back. */
static int64_t left_of(int64_t until_ms, int64_t now) {
    int64_t left = until_ms - now;
    return left > 0 && left <= (int64_t)DAY * 1000 ? left : 0;
}

static enum chela_error find(struct store *s, str model, str key, struct cooldown *out,
                             struct arena *a, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    *out = (struct cooldown){ 0 };
    enum chela_error rc = store_prepare(&q, s,
                                        "SELECT since_ms, until_ms, failures, code, message"
                                        " FROM cooldown WHERE model=?1 AND key=?2",
                                        e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, model);
    store_bind_text(q, 2, key);
    rc = store_step(q, &row, e);
    if (row) {
        *out = (struct cooldown){ .since_ms = store_int(q, 0),
                                  .until_ms = store_int(q, 1),
                                  .failures = store_int(q, 2) };
        if (a) {
            out->code = arena_dup(a, store_text(q, 3));
            out->message = arena_dup(a, store_text(q, 4));
        }
    }
    store_finish(q);
    return rc;
}

static enum chela_error write(struct store *s, str model, str key, const struct cooldown *c,
                              struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc =
        store_prepare(&q, s,
                      "INSERT OR REPLACE INTO cooldown(model, key, since_ms, until_ms, failures,"
                      " code, message) VALUES(?1,?2,?3,?4,?5,?6,?7)",
                      e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, model);
    store_bind_text(q, 2, key);
    store_bind_int(q, 3, c->since_ms);
    store_bind_int(q, 4, c->until_ms);
    store_bind_int(q, 5, c->failures);
    store_bind_text(q, 6, c->code);
    store_bind_text(q, 7, c->message);
    rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

enum chela_error cooldown_note(struct store *s, str model, str key, const struct err *why,
                               int64_t *left_ms, struct err *e) {
    *left_ms = 0;
    if (!pause_of(why, 1)) return CHELA_OK;
    enum chela_error rc = store_begin(s, e);
    if (rc != CHELA_OK) return rc;
    int64_t now = clock_unix_ms();
    struct cooldown c = { 0 };
    rc = find(s, model, key, &c, NULL, e);
    /* Failures of long ago are no row of failures. */
    if (c.until_ms + (int64_t)DAY * 1000 < now || c.until_ms > now + 2 * (int64_t)DAY * 1000)
        c.failures = 0;
    *left_ms = pause_of(why, ++c.failures) * 1000;
    c.since_ms = now;
    c.until_ms = now + *left_ms;
    c.code = str_c(err_code(why->code));
    c.message = str_c(why->message);
    if (rc == CHELA_OK) rc = write(s, model, key, &c, e);
    if (rc == CHELA_OK) rc = store_commit(s, e);
    if (rc != CHELA_OK) store_rollback(s);
    return rc;
}

enum chela_error cooldown_reset(struct store *s, str model, str key, struct err *e) {
    struct cooldown c;
    enum chela_error rc = find(s, model, key, &c, NULL, e);
    if (rc != CHELA_OK || !c.failures) return rc; /* usually: then nothing is written */
    struct store_query *q = NULL;
    bool row = false;
    rc = store_prepare(&q, s, "DELETE FROM cooldown WHERE model=?1 AND key=?2", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, model);
    store_bind_text(q, 2, key);
    rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

enum chela_error cooldown_left(struct store *s, str model, str key, int64_t *left_ms,
                               struct cooldown *out, struct arena *a, struct err *e) {
    struct cooldown c;
    enum chela_error rc = find(s, model, key, &c, a, e);
    *left_ms = rc == CHELA_OK ? left_of(c.until_ms, clock_unix_ms()) : 0;
    c.model = model;
    c.key = key;
    if (out) *out = c;
    return rc;
}

enum chela_error cooldown_list(struct store *s, struct arena *a, struct cooldown **out,
                               size_t *count, struct err *e) {
    *out = NULL;
    *count = 0;
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(
        &q, s,
        "SELECT model, key, since_ms, until_ms, failures, code, message, count(*) OVER ()"
        " FROM cooldown WHERE until_ms > ?1 AND until_ms <= ?2 ORDER BY until_ms, model LIMIT ?3",
        e);
    if (rc != CHELA_OK) return rc;
    int64_t now = clock_unix_ms();
    store_bind_int(q, 1, now);
    store_bind_int(q, 2, now + (int64_t)DAY * 1000);
    store_bind_int(q, 3, COOLDOWNS_MAX);
    rc = store_step(q, &row, e);
    int64_t all = row ? store_int(q, 7) : 0;
    size_t most = (size_t)(all < COOLDOWNS_MAX ? all : COOLDOWNS_MAX), n = 0;
    struct cooldown *list = row ? arena_alloc(a, most * sizeof *list) : NULL;
    for (; rc == CHELA_OK && row && list && n < most; n++) {
        list[n] = (struct cooldown){ .model = arena_dup(a, store_text(q, 0)),
                                     .key = arena_dup(a, store_text(q, 1)),
                                     .since_ms = store_int(q, 2),
                                     .until_ms = store_int(q, 3),
                                     .failures = store_int(q, 4),
                                     .code = arena_dup(a, store_text(q, 5)),
                                     .message = arena_dup(a, store_text(q, 6)) };
        rc = store_step(q, &row, e);
    }
    store_finish(q);
    if (rc == CHELA_OK && arena_failed(a)) rc = err_set(e, CHELA_NOMEM, "out of memory");
    if (rc != CHELA_OK) return rc;
    *out = list;
    *count = n;
    return CHELA_OK;
}

enum chela_error cooldown_clear(struct store *s, str model, size_t *cleared, struct err *e) {
    struct store_query *q = NULL;
    *cleared = 0;
    enum chela_error rc =
        store_prepare(&q, s, "DELETE FROM cooldown WHERE ?1='' OR model=?1 RETURNING 1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, model);
    for (bool row = true; rc == CHELA_OK && row; *cleared += row) rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}
