#include "agent/session.h"

#include <string.h>

static const char *const state_names[] = {
    [TURN_DONE] = "done",
    [TURN_OPEN] = "open",
    [TURN_CLOSED] = "closed",
    [TURN_WITHDRAWN] = "withdrawn",
};

const char *turn_state_name(enum turn_state state) {
    return state_names[state];
}

static enum turn_state state_named(str name) {
    for (int i = 0; i <= TURN_WITHDRAWN; i++)
        if (str_eq(name, str_c(state_names[i]))) return (enum turn_state)i;
    return TURN_DONE;
}

enum chela_error session_check_id(str id, struct err *e) {
    if (id.n == 0 || id.n > 128)
        return err_set(e, CHELA_USAGE, "a session id has 1 to 128 characters, not %zu", id.n);
    for (size_t i = 0; i < id.n; i++) {
        char c = ascii_lower(id.p[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("._:@+-", c)))
            continue;
        return err_set(e, CHELA_USAGE,
                       "session id \"%.*s\": letters, digits and . _ : @ + - are allowed",
                       STR_ARG(id));
    }
    return CHELA_OK;
}

/* How many rows a list will have, so that it is one piece of memory. */
static enum chela_error count_rows(struct store *s, const char *sql, str id, int64_t *count,
                                   struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(&q, s, sql, e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    rc = store_step(q, &row, e);
    *count = row ? store_int(q, 0) : 0;
    store_finish(q);
    return rc;
}

/* ---- messages ---- */

static void read_message(struct session_message *m, struct store_query *q, struct arena *a) {
    *m = (struct session_message){ .model = arena_dup(a, store_text(q, 0)),
                                   .body = arena_dup(a, store_text(q, 1)),
                                   .turn = store_int(q, 2),
                                   .round = store_int(q, 3),
                                   .at_ms = store_int(q, 4),
                                   .state = state_named(store_text(q, 5)) };
}

enum chela_error session_load(struct store *s, str id, struct arena *a,
                              struct session_message **out, size_t *count, struct err *e) {
    *out = NULL;
    *count = 0;
    int64_t expected = 0;
    enum chela_error rc =
        count_rows(s, "SELECT count(*) FROM message WHERE session=?1", id, &expected, e);
    if (rc != CHELA_OK || expected == 0) return rc;
    if (expected > SESSION_MAX_MESSAGES) expected = SESSION_MAX_MESSAGES;
    struct session_message *list = arena_alloc(a, (size_t)expected * sizeof *list);
    if (!list) return err_set(e, CHELA_NOMEM, "a session of %lld messages", (long long)expected);
    struct store_query *q = NULL;
    rc = store_prepare(&q, s,
                       "SELECT m.model, m.body, m.turn, m.round, m.created_ms, t.state"
                       " FROM message m LEFT JOIN turn t ON t.session=m.session AND t.turn=m.turn"
                       " WHERE m.session=?1 ORDER BY m.seq",
                       e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    size_t n = 0;
    for (bool row = true; rc == CHELA_OK && n < (size_t)expected; n++) {
        rc = store_step(q, &row, e);
        if (rc != CHELA_OK || !row) break;
        read_message(&list[n], q, a);
    }
    store_finish(q);
    if (rc == CHELA_OK && arena_failed(a))
        rc =
            err_set(e, CHELA_LIMIT, "session \"%.*s\" is larger than a turn may hold", STR_ARG(id));
    if (rc == CHELA_OK) {
        *out = list;
        *count = n;
    }
    return rc;
}

/* ---- the list ---- */

/* What nobody said is NULL, and stays unsaid in a sum of nothing. */
static const char list_sql[] =
    "SELECT s.id, s.created_ms, max(s.updated_ms, coalesce(t.last,0)),"
    " (SELECT count(*) FROM message m WHERE m.session=s.id), coalesce(t.turns,0),"
    " coalesce(t.open,0), coalesce(u.rounds,0), coalesce(u.prompt,-1), coalesce(u.completion,-1),"
    " coalesce(u.cached,-1), coalesce(u.written,-1), coalesce(u.reasoning,-1),"
    " coalesce(u.cost,-1), coalesce((SELECT model FROM usage l WHERE l.session=s.id"
    "  ORDER BY turn DESC, round DESC LIMIT 1), (SELECT model FROM message l WHERE l.session=s.id"
    "  ORDER BY seq DESC LIMIT 1), '')"
    " FROM session s"
    " LEFT JOIN (SELECT session, count(*) AS turns, max(started_ms) AS last,"
    "  sum(state='open') AS open FROM turn GROUP BY session) t ON t.session=s.id"
    " LEFT JOIN (SELECT session, count(*) AS rounds, sum(prompt) AS prompt,"
    "  sum(completion) AS completion, sum(cached) AS cached, sum(cache_write) AS written,"
    "  sum(reasoning) AS reasoning, sum(cost) AS cost FROM usage GROUP BY session) u"
    "  ON u.session=s.id"
    " WHERE ?1='' OR s.id=?1 ORDER BY 3 DESC, s.id";

static void read_info(struct session_info *i, struct store_query *q, struct arena *a) {
    *i = (struct session_info){ .id = arena_dup(a, store_text(q, 0)),
                                .created_ms = store_int(q, 1),
                                .updated_ms = store_int(q, 2),
                                .messages = store_int(q, 3),
                                .turns = store_int(q, 4),
                                .interrupted = store_int(q, 5) > 0,
                                .rounds = store_int(q, 6),
                                .model = arena_dup(a, store_text(q, 13)) };
    i->usage = (struct chat_usage){ .prompt = store_int(q, 7),
                                    .completion = store_int(q, 8),
                                    .total = -1,
                                    .cached = store_int(q, 9),
                                    .cache_write = store_int(q, 10),
                                    .reasoning = store_int(q, 11),
                                    .cost = store_real(q, 12) };
    if (i->usage.prompt >= 0 && i->usage.completion >= 0)
        i->usage.total = i->usage.prompt + i->usage.completion;
}

enum chela_error session_list(struct store *s, str id, struct arena *a, struct session_info **out,
                              size_t *count, struct err *e) {
    *out = NULL;
    *count = 0;
    int64_t expected = 0;
    enum chela_error rc =
        count_rows(s, "SELECT count(*) FROM session WHERE ?1='' OR id=?1", id, &expected, e);
    if (rc != CHELA_OK || expected == 0) return rc;
    struct session_info *list = arena_alloc(a, (size_t)expected * sizeof *list);
    if (!list) return err_set(e, CHELA_NOMEM, "%lld sessions", (long long)expected);
    struct store_query *q = NULL;
    rc = store_prepare(&q, s, list_sql, e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    size_t n = 0;
    for (bool row = true; rc == CHELA_OK && n < (size_t)expected; n++) {
        rc = store_step(q, &row, e);
        if (rc != CHELA_OK || !row) break;
        read_info(&list[n], q, a);
    }
    store_finish(q);
    if (rc == CHELA_OK && arena_failed(a))
        rc = err_set(e, CHELA_NOMEM, "out of memory for the list of sessions");
    if (rc == CHELA_OK) {
        *out = list;
        *count = n;
    }
    return rc;
}

/* id "": all. */
static enum chela_error remove_sessions(struct store *s, str id, int64_t *count, struct err *e) {
    struct store_query *q = NULL;
    *count = 0;
    enum chela_error rc =
        store_prepare(&q, s, "DELETE FROM session WHERE ?1='' OR id=?1 RETURNING 1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    for (bool row = true; rc == CHELA_OK && row; *count += row) rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

enum chela_error session_remove(struct store *s, str id, bool *removed, struct err *e) {
    int64_t count;
    enum chela_error rc = remove_sessions(s, id, &count, e);
    *removed = count > 0;
    return rc;
}

enum chela_error session_remove_all(struct store *s, int64_t *count, struct err *e) {
    return remove_sessions(s, (str){ 0 }, count, e);
}
