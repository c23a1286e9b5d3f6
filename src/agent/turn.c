/* The session's row is written with an answer and not with a question: it carries the last request
 * for the prompt-cache doctor, which may be large and would be written again with it. */
#include "agent/turn.h"

#include "agent/cache_doctor.h"
#include "base/clock.h"

static enum chela_error done(struct store_query *q, enum chela_error rc, struct err *e) {
    bool row = false;
    if (rc == CHELA_OK) rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

/* The end of a transaction, whatever came of it. */
static enum chela_error settle(struct store *s, enum chela_error rc, struct err *e) {
    if (rc == CHELA_OK) rc = store_commit(s, e);
    if (rc != CHELA_OK) store_rollback(s);
    return rc;
}

static enum chela_error add_message(struct turn *t, str model, str body, int64_t now,
                                    int64_t *place, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc =
        store_prepare(&q, t->store,
                      "INSERT INTO message(session, seq, model, body, created_ms, turn, round)"
                      " SELECT ?1, coalesce(max(seq),0)+1, ?2, ?3, ?4, ?5, ?6 FROM message"
                      " WHERE session=?1 RETURNING seq",
                      e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, t->session);
    store_bind_text(q, 2, model);
    store_bind_text(q, 3, body);
    store_bind_int(q, 4, now);
    store_bind_int(q, 5, t->number);
    store_bind_int(q, 6, t->round);
    rc = store_step(q, &row, e);
    if (row && place) *place = store_int(q, 0);
    while (rc == CHELA_OK && row) rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

/* ---- the question ---- */

static enum chela_error make_session(struct turn *t, int64_t now, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc = store_prepare(
        &q, t->store, "INSERT OR IGNORE INTO session(id, created_ms, updated_ms) VALUES(?1,?2,?2)",
        e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, t->session);
    store_bind_int(q, 2, now);
    return done(q, rc, e);
}

/* *number: the new turn's. Fails when the session is full. */
static enum chela_error next_number(struct turn *t, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc =
        store_prepare(&q, t->store,
                      "SELECT coalesce((SELECT max(turn) FROM turn WHERE session=?1),0)+1,"
                      " coalesce((SELECT max(seq) FROM message WHERE session=?1),0)",
                      e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, t->session);
    rc = store_step(q, &row, e);
    int64_t messages = row ? store_int(q, 1) : 0;
    t->number = row ? store_int(q, 0) : 1;
    store_finish(q);
    if (rc != CHELA_OK || messages < SESSION_MAX_MESSAGES) return rc;
    err_set(e, CHELA_LIMIT, "session \"%.*s\" holds %d messages, which is the most",
            STR_ARG(t->session), SESSION_MAX_MESSAGES);
    return err_hint(e, CHELA_LIMIT, "go on with another --session-id");
}

static enum chela_error add_turn(struct turn *t, int64_t now, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc = store_prepare(&q, t->store,
                                        "INSERT INTO turn(session, turn, state, error, started_ms,"
                                        " ended_ms) VALUES(?1,?2,?3,'',?4,0)",
                                        e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, t->session);
    store_bind_int(q, 2, t->number);
    store_bind_text(q, 3, str_c(turn_state_name(TURN_OPEN)));
    store_bind_int(q, 4, now);
    return done(q, rc, e);
}

enum chela_error turn_open(struct turn *t, struct store *s, str session, str model, str question,
                           struct err *e) {
    int64_t now = clock_unix_ms();
    *t = (struct turn){ .store = s, .session = session };
    enum chela_error rc = store_begin(s, e);
    if (rc != CHELA_OK) return rc;
    rc = make_session(t, now, e);
    if (rc == CHELA_OK) rc = next_number(t, e);
    if (rc == CHELA_OK) rc = add_turn(t, now, e);
    if (rc == CHELA_OK) rc = add_message(t, model, question, now, NULL, e);
    return settle(s, rc, e);
}

enum chela_error turn_find_open(struct turn *t, struct store *s, str session, bool *found,
                                struct err *e) {
    struct store_query *q = NULL;
    *found = false;
    *t = (struct turn){ .store = s, .session = session };
    enum chela_error rc = store_prepare(
        &q, s,
        "SELECT turn, coalesce((SELECT max(round) FROM message m WHERE m.session=t.session"
        " AND m.turn=t.turn),0), error FROM turn t WHERE session=?1 AND state='open'"
        " ORDER BY turn DESC LIMIT 1",
        e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, session);
    rc = store_step(q, found, e);
    if (*found) {
        t->number = store_int(q, 0);
        t->round = store_int(q, 1);
        str_copy(t->error, sizeof t->error, store_text(q, 2));
    }
    store_finish(q);
    return rc;
}

/* ---- an answer ---- */

static void bind_tokens(struct store_query *q, int at, int64_t value) {
    if (value >= 0) store_bind_int(q, at, value);
}

static enum chela_error add_usage(struct turn *t, const struct turn_answer *a, int64_t now,
                                  struct err *e) {
    const struct chat_reply *r = a->reply;
    struct store_query *q = NULL;
    enum chela_error rc =
        store_prepare(&q, t->store,
                      "INSERT INTO usage(session, turn, round, at_ms, model, answered, generation,"
                      " prompt, completion, cached, cache_write, reasoning, cost, raw)"
                      " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
                      e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, t->session);
    store_bind_int(q, 2, t->number);
    store_bind_int(q, 3, t->round);
    store_bind_int(q, 4, now);
    store_bind_text(q, 5, a->model);
    store_bind_text(q, 6, r->model);
    store_bind_text(q, 7, r->id);
    bind_tokens(q, 8, r->usage.prompt);
    bind_tokens(q, 9, r->usage.completion);
    bind_tokens(q, 10, r->usage.cached);
    bind_tokens(q, 11, r->usage.cache_write);
    bind_tokens(q, 12, r->usage.reasoning);
    if (r->usage.cost >= 0) store_bind_real(q, 13, r->usage.cost);
    store_bind_text(q, 14, r->usage.raw);
    return done(q, rc, e);
}

static enum chela_error touch_session(struct turn *t, int64_t now, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc =
        store_prepare(&q, t->store, "UPDATE session SET updated_ms=?2 WHERE id=?1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, t->session);
    store_bind_int(q, 2, now);
    return done(q, rc, e);
}

static enum chela_error set_state(struct turn *t, enum turn_state state, str why, int64_t ended,
                                  struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc = store_prepare(
        &q, t->store,
        "UPDATE turn SET state=?3, error=?4, ended_ms=?5 WHERE session=?1 AND turn=?2", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, t->session);
    store_bind_int(q, 2, t->number);
    store_bind_text(q, 3, str_c(turn_state_name(state)));
    store_bind_text(q, 4, why);
    store_bind_int(q, 5, ended);
    return done(q, rc, e);
}

enum chela_error turn_answer(struct turn *t, const struct turn_answer *answer, struct err *e) {
    int64_t now = clock_unix_ms();
    enum chela_error rc = store_begin(t->store, e);
    if (rc != CHELA_OK) return rc;
    t->round++;
    const struct cache_note note = { .session = t->session,
                                     .turn = t->number,
                                     .round = t->round,
                                     .at_ms = now,
                                     .model = answer->model,
                                     .body = answer->body,
                                     .record = answer->record,
                                     .reply = answer->reply };
    rc = add_message(t, answer->model, answer->message, now, NULL, e);
    if (rc == CHELA_OK) rc = add_usage(t, answer, now, e);
    if (rc == CHELA_OK) rc = cache_note(t->store, &note, e);
    if (rc == CHELA_OK) rc = touch_session(t, now, e);
    if (rc == CHELA_OK && answer->last) rc = set_state(t, TURN_DONE, (str){ 0 }, now, e);
    rc = settle(t->store, rc, e);
    if (rc != CHELA_OK) t->round--;
    return rc;
}

/* ---- results, and the end ---- */

static enum chela_error replace_message(struct turn *t, str body, int64_t place, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc =
        store_prepare(&q, t->store, "UPDATE message SET body=?3 WHERE session=?1 AND seq=?2", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, t->session);
    store_bind_int(q, 2, place);
    store_bind_text(q, 3, body);
    return done(q, rc, e);
}

enum chela_error turn_result(struct turn *t, str model, str message, int64_t *place,
                             struct err *e) {
    return *place ? replace_message(t, message, *place, e)
                  : add_message(t, model, message, clock_unix_ms(), place, e);
}

enum chela_error turn_end(struct turn *t, enum turn_state state, enum chela_error why,
                          struct err *e) {
    str code = why == CHELA_OK ? (str){ 0 } : str_c(err_code(why));
    return set_state(t, state, code, state == TURN_OPEN ? 0 : clock_unix_ms(), e);
}
