#include "agent/session.h"

#include "base/clock.h"

#include <string.h>

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

static enum chela_error count_messages(struct store *s, str id, int64_t *count, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(&q, s, "SELECT count(*) FROM message WHERE session=?1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    rc = store_step(q, &row, e);
    *count = row ? store_int(q, 0) : 0;
    store_finish(q);
    return rc;
}

static enum chela_error too_long(str id, struct err *e) {
    err_set(e, CHELA_LIMIT, "session \"%.*s\" holds %d messages, which is the most", STR_ARG(id),
            SESSION_MAX_MESSAGES);
    return err_hint(e, CHELA_LIMIT, "go on with another --session-id");
}

enum chela_error session_load(struct store *s, str id, struct arena *a,
                              struct session_message **out, size_t *count, struct err *e) {
    *out = NULL;
    *count = 0;
    int64_t expected = 0;
    enum chela_error rc = count_messages(s, id, &expected, e);
    if (rc != CHELA_OK || expected == 0) return rc;
    if (expected > SESSION_MAX_MESSAGES) return too_long(id, e);
    struct session_message *list = arena_alloc(a, (size_t)expected * sizeof *list);
    if (!list) return err_set(e, CHELA_NOMEM, "a session of %lld messages", (long long)expected);
    struct store_query *q = NULL;
    rc = store_prepare(&q, s, "SELECT model, body FROM message WHERE session=?1 ORDER BY seq", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    size_t n = 0;
    for (bool row = true; rc == CHELA_OK;) {
        rc = store_step(q, &row, e);
        if (rc != CHELA_OK || !row || n == (size_t)expected) break;
        list[n].model = arena_dup(a, store_text(q, 0));
        list[n].body = arena_dup(a, store_text(q, 1));
        n++;
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

static enum chela_error touch(struct store *s, str id, int64_t now, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(&q, s,
                                        "INSERT INTO session VALUES(?1,?2,?2)"
                                        " ON CONFLICT(id) DO UPDATE SET updated_ms=?2",
                                        e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    store_bind_int(q, 2, now);
    rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

static enum chela_error insert(struct store *s, str id, const struct session_message *m,
                               int64_t now, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(
        &q, s,
        "INSERT INTO message SELECT ?1, coalesce(max(seq),0)+1, ?2, ?3, ?4 FROM message"
        " WHERE session=?1",
        e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    store_bind_text(q, 2, m->model);
    store_bind_text(q, 3, m->body);
    store_bind_int(q, 4, now);
    rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

enum chela_error session_append(struct store *s, str id, const struct session_message *messages,
                                size_t count, struct err *e) {
    int64_t now = clock_unix_ms(), have = 0;
    enum chela_error rc = store_begin(s, e);
    if (rc != CHELA_OK) return rc;
    rc = count_messages(s, id, &have, e);
    if (rc == CHELA_OK && have + (int64_t)count > SESSION_MAX_MESSAGES) rc = too_long(id, e);
    if (rc == CHELA_OK) rc = touch(s, id, now, e);
    for (size_t i = 0; rc == CHELA_OK && i < count; i++) rc = insert(s, id, &messages[i], now, e);
    if (rc == CHELA_OK) rc = store_commit(s, e);
    if (rc != CHELA_OK) store_rollback(s);
    return rc;
}

enum chela_error session_remove_all(struct store *s, int64_t *count, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_begin(s, e);
    if (rc != CHELA_OK) return rc;
    rc = store_prepare(&q, s, "SELECT count(*) FROM session", e);
    if (rc == CHELA_OK) rc = store_step(q, &row, e);
    if (rc == CHELA_OK) *count = store_int(q, 0);
    store_finish(q);
    q = NULL;
    if (rc == CHELA_OK) rc = store_prepare(&q, s, "DELETE FROM session", e);
    if (rc == CHELA_OK) rc = store_step(q, &row, e);
    store_finish(q);
    if (rc == CHELA_OK) rc = store_commit(s, e);
    if (rc != CHELA_OK) store_rollback(s);
    return rc;
}
