/* The course of a turn. */
#include "agent/loop.h"

#include "agent/message.h"
#include "agent/replay.h"
#include "agent/session_lock.h"
#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>

static const size_t run_max = 512u << 20, question_max = 24u << 20, answer_max = 160u << 20;

/* No date, no counters: the prefix of every request of a session must stay the same. */
static const str system_prompt = STR_INIT(
    "You are a personal assistant that runs in a terminal. Answer in the language of the question, "
    "briefly and to the point; use Markdown where it helps. Say so when you do not know.");

/* ---- what the other files use ---- */

void loop_notice(const struct loop *l, const char *fmt, ...) {
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (l->events->on_notice) l->events->on_notice(l->events->ctx, line);
}

bool loop_cancelled(const struct loop *l) {
    return l->cancel && atomic_load(l->cancel);
}

static enum chela_error no_memory(struct err *e) {
    return err_set(e, CHELA_NOMEM, "out of memory for the turn");
}

enum chela_error loop_remember(struct loop *l, str model, str body, struct err *e) {
    struct session_message *list =
        arena_list(&l->run->arena, l->message, l->message_count, &l->message_cap, sizeof *list);
    if (!list) return no_memory(e);
    l->message = list;
    l->message[l->message_count++] = (struct session_message){ .model = model,
                                                               .body = body,
                                                               .turn = l->turn.number,
                                                               .round = l->turn.round,
                                                               .state = TURN_OPEN };
    return CHELA_OK;
}

enum chela_error loop_begin_chat(struct loop *l, size_t candidate, bool no_network, struct err *e) {
    const struct model_ref *ref = &l->candidates.item[candidate];
    struct arena a = ARENA_INIT(run_max);
    struct chat_input in = { .kind = CALL_AGENT,
                             .agent = l->request->agent,
                             .thinking = l->request->thinking,
                             .thinking_may_fall = candidate > 0,
                             .system = l->system,
                             .tools = l->tools_json,
                             .no_network = no_network };
    in.model = ref->profile.n
                   ? arena_printf(&a, "%.*s@%.*s", STR_ARG(ref->key), STR_ARG(ref->profile))
                   : ref->key;
    str *history = NULL;
    l->run->reply = (struct chat_reply){ 0 };
    chat_end(&l->run->chat);
    enum chela_error rc =
        replay_history(l->message, l->message_count, ref->id, &a, &history, &in.history_count, e);
    in.history = history;
    if (rc == CHELA_OK) rc = chat_begin(&l->run->chat, l->config, &in, e);
    arena_free(&a);
    return rc;
}

/* ---- what a turn begins with ---- */

static enum chela_error find_candidates(struct loop *l, struct err *e) {
    struct catalog *k = NULL;
    enum chela_error rc = catalog_open(&k, l->config, e);
    if (rc == CHELA_OK)
        rc = candidates_find(&l->candidates, l->config, k, l->request->model, l->request->agent,
                             &l->run->arena, e);
    catalog_free(k);
    return rc;
}

static enum chela_error prepare(struct loop *l, struct err *e) {
    const struct agent_request *q = l->request;
    struct agent_run *r = l->run;
    arena_init(&r->arena, run_max);
    enum chela_error rc = session_check_id(q->session, e);
    if (rc == CHELA_OK && q->resume && (q->prompt.n || q->file_count))
        rc = err_set(e, CHELA_USAGE, "a turn that is gone on with has its question already");
    if (rc == CHELA_OK && !q->resume && !str_trim(q->prompt).n)
        rc = err_set(e, CHELA_USAGE, "the prompt is empty");
    if (rc == CHELA_OK) rc = find_candidates(l, e);
    if (rc != CHELA_OK) return rc;
    l->system = q->system.n ? q->system : system_prompt;
    tools_offered(&l->tools, agent_tools, l->config, q->agent);
    l->tools_json = tools_json(&l->tools, &r->arena);
    r->tools = (struct tool_context){ .config = l->config,
                                      .store = l->store,
                                      .session = q->session,
                                      .agent = q->agent,
                                      .chat = &r->chat,
                                      .arena = &r->arena,
                                      .cancel = l->cancel,
                                      .deadline_ms = l->deadline_ms,
                                      .ctx = l->events->ctx,
                                      .on_notice = l->events->on_notice };
    return arena_failed(&r->arena) ? no_memory(e) : CHELA_OK;
}

static enum chela_error load(struct loop *l, struct err *e) {
    if (!l->store) return CHELA_OK; /* explain, before there is one */
    enum chela_error rc = session_load(l->store, l->request->session, &l->run->arena, &l->message,
                                       &l->message_count, e);
    l->message_cap = l->message_count;
    return rc;
}

static enum chela_error write_question(struct loop *l, str *out, struct err *e) {
    const struct agent_request *q = l->request;
    struct buf text = BUF_INIT(question_max);
    enum chela_error rc = chat_user_message(&text, q->prompt, q->files, q->file_count, e);
    if (rc == CHELA_OK && text.failed == BUF_TOO_LARGE) {
        err_set(e, CHELA_LIMIT,
                "text and pictures are larger than the %zu MiB that a session keeps",
                question_max >> 20);
        rc = err_hint(e, CHELA_LIMIT,
                      "make the pictures smaller, or ask without a session: chela "
                      "infer model run --file …");
    }
    if (rc == CHELA_OK) *out = arena_dup(&l->run->arena, buf_str(&text));
    if (rc == CHELA_OK && (text.failed || arena_failed(&l->run->arena))) rc = no_memory(e);
    buf_free(&text);
    return rc;
}

/* ---- a turn that was interrupted ---- */

/* The question of the turn, in memory. */
static const struct session_message *question_of(const struct loop *l, int64_t turn) {
    for (size_t i = l->message_count; i-- > 0;)
        if (l->message[i].turn == turn && l->message[i].round == 0) return &l->message[i];
    return NULL;
}

/* Whoever answered in it goes on, so that its reasoning goes back to it. */
static void go_on_with_its_model(struct loop *l) {
    const struct session_message *last = &l->message[l->message_count - 1];
    for (size_t i = 0; i < l->candidates.count && last->round; i++)
        if (str_eq(l->candidates.item[i].id, last->model)) l->current = i;
}

/* Nothing was done, and the question itself was refused: it would be refused again in every
 * request to come. */
static bool was_refused(const struct turn *open) {
    enum chela_error why = err_named(str_c(open->error));
    return open->round == 0 &&
           (why == CHELA_REQUEST || why == CHELA_LIMIT || why == CHELA_FILTERED);
}

static enum chela_error close_turn(struct loop *l, struct turn *open, bool write, struct err *e) {
    enum turn_state state = was_refused(open) ? TURN_WITHDRAWN : TURN_CLOSED;
    for (size_t i = 0; i < l->message_count; i++)
        if (l->message[i].turn == open->number) l->message[i].state = state;
    if (state == TURN_WITHDRAWN)
        loop_notice(l, "the last question was refused (%s); it is left out from now on",
                    open->error);
    else if (open->round)
        loop_notice(l, "the last turn was interrupted; the conversation goes on without its end");
    return write ? turn_end(open, state, err_named(str_c(open->error)), e) : CHELA_OK;
}

/* Goes on with the open turn when there is one and this is its question; else *question is what a
 * new turn asks. write: explain leaves the store as it is. */
static enum chela_error join(struct loop *l, bool write, str *question, struct err *e) {
    const struct agent_request *q = l->request;
    struct turn open = { 0 };
    bool found = false;
    *question = (str){ 0 };
    enum chela_error rc = CHELA_OK;
    if (l->store) rc = turn_find_open(&open, l->store, q->session, &found, e);
    if (rc == CHELA_OK && q->resume && !found) {
        err_set(e, CHELA_USAGE, "no turn of session \"%.*s\" was interrupted", STR_ARG(q->session));
        return err_hint(e, CHELA_USAGE, "say something: the session goes on with it");
    }
    if (rc == CHELA_OK && !q->resume) rc = write_question(l, question, e);
    if (rc != CHELA_OK || !found) return rc;
    const struct session_message *before = question_of(l, open.number);
    if (!q->resume && !(before && str_eq(before->body, *question)))
        return close_turn(l, &open, write, e);
    *question = (str){ 0 };
    l->turn = open;
    go_on_with_its_model(l);
    if (open.round)
        loop_notice(l, "going on with the turn that was interrupted after %lld answer%s",
                    (long long)open.round, open.round == 1 ? "" : "s");
    return CHELA_OK;
}

/* The request is made before the question is stored: what cannot be asked at all (a level that the
 * model does not have, no key) leaves no trace. */
static enum chela_error begin_turn(struct loop *l, struct err *e) {
    str question;
    enum chela_error rc = join(l, true, &question, e);
    str model = l->candidates.item[l->current].id;
    if (rc == CHELA_OK && question.n) rc = loop_remember(l, model, question, e);
    if (rc != CHELA_OK) return rc;
    rc = loop_begin_chat(l, l->current, false, e);
    l->begun = rc == CHELA_OK;
    if (rc != CHELA_OK && (l->candidates.count == 1 || !fallback_needs_other_key(e))) return rc;
    if (question.n)
        rc = turn_open(&l->turn, l->store, l->request->session, model, question, e);
    else
        rc = CHELA_OK;
    l->run->turn = l->run->tools.turn = l->turn.number;
    return rc;
}

/* ---- rounds ---- */

/* Stores what was answered, before any of the calls in it runs. */
static enum chela_error keep_answer(struct loop *l, const struct message_call *calls,
                                    struct err *e) {
    struct agent_run *r = l->run;
    struct buf text = BUF_INIT(answer_max);
    message_assistant(&text, &r->reply, calls);
    str message = arena_dup(&r->arena, buf_str(&text));
    bool good = !text.failed && !arena_failed(&r->arena);
    buf_free(&text);
    if (!good)
        return err_set(e, CHELA_LIMIT, "the answer is too large to be kept in session \"%.*s\"",
                       STR_ARG(l->request->session));
    const struct turn_answer answer = { .model = l->candidates.item[l->current].id,
                                        .message = message,
                                        .last = !r->reply.call_count,
                                        .reply = &r->reply,
                                        .body = r->chat.body,
                                        .record = &r->chat.record };
    enum chela_error rc = turn_answer(&l->turn, &answer, e);
    if (rc == CHELA_OK) rc = loop_remember(l, answer.model, message, e);
    r->rounds++;
    chat_usage_add(&r->usage, &r->reply.usage);
    return rc;
}

static enum chela_error one_round(struct loop *l, bool *done, struct err *e) {
    struct agent_run *r = l->run;
    enum chela_error rc = loop_ask(l, e);
    if (rc != CHELA_OK) return rc;
    size_t count = r->reply.call_count;
    struct message_call *calls = arena_alloc(&r->arena, (count + 1) * sizeof *calls);
    struct work *work = arena_alloc(&r->arena, (count + 1) * sizeof *work);
    if (!calls || !work) return no_memory(e);
    message_fit_calls(calls, &r->reply, l->turn.number, l->turn.round + 1, &r->arena);
    rc = keep_answer(l, calls, e);
    *done = !count;
    for (size_t i = 0; i < count; i++)
        work[i] = (struct work){ calls[i].id, calls[i].written_name, calls[i].written_arguments };
    if (rc == CHELA_OK) rc = loop_work(l, l->candidates.item[l->current].id, work, count, e);
    return rc;
}

/* What an interrupted round left to do. */
static enum chela_error finish_round(struct loop *l, struct err *e) {
    struct replay_call *left = NULL;
    size_t count = 0;
    struct arena *a = &l->run->arena;
    if (!l->turn.round) return CHELA_OK;
    enum chela_error rc = replay_unanswered(l->message, l->message_count, a, &left, &count, e);
    if (rc != CHELA_OK || !count) return rc;
    struct work *work = arena_alloc(a, count * sizeof *work);
    if (!work) return no_memory(e);
    for (size_t i = 0; i < count; i++)
        work[i] = (struct work){ left[i].id, left[i].name, left[i].arguments };
    l->begun = false; /* the request lacked these results */
    return loop_work(l, l->message[l->message_count - 1].model, work, count, e);
}

static enum chela_error rounds(struct loop *l, struct err *e) {
    enum chela_error rc = finish_round(l, e);
    bool done = false;
    for (int i = 0; rc == CHELA_OK && !done; i++) {
        if (i == AGENT_ROUNDS_MAX) {
            err_set(e, CHELA_LIMIT,
                    "the model asked for tools %d times without coming to an answer",
                    AGENT_ROUNDS_MAX);
            return err_hint(e, CHELA_LIMIT,
                            "what was done is kept: chela agent --continue gives it "
                            "as many again");
        }
        if (loop_cancelled(l)) return err_set(e, CHELA_CANCELLED, "cancelled");
        rc = one_round(l, &done, e);
    }
    return rc;
}

/* ---- from outside ---- */

static struct loop loop_of(struct agent_run *r, struct config *c, struct store *s,
                           const struct agent_request *q, const struct agent_events *events) {
    static const struct agent_events nobody;
    return (struct loop){
        .run = r, .config = c, .store = s, .request = q, .events = events ? events : &nobody
    };
}

enum chela_error agent_turn(struct agent_run *r, struct config *c, struct store *s,
                            const struct agent_request *q, const struct agent_events *events,
                            const atomic_bool *cancel, struct err *e) {
    struct err own = ERR_INIT;
    struct loop l = loop_of(r, c, s, q, events);
    struct file_lock lock = FILE_LOCK_INIT;
    const struct session_wait wait = { .cancel = cancel,
                                       .most_ms = q->timeout_ms,
                                       .ctx = l.events->ctx,
                                       .on_notice = l.events->on_notice };
    if (!e) e = &own;
    l.cancel = cancel;
    if (q->timeout_ms > 0) l.deadline_ms = clock_ms() + q->timeout_ms;
    enum chela_error rc = prepare(&l, e);
    if (rc == CHELA_OK) rc = session_lock(&lock, config_where(c)->state, q->session, &wait, e);
    if (rc == CHELA_OK) rc = load(&l, e);
    if (rc == CHELA_OK) rc = begin_turn(&l, e);
    if (rc == CHELA_OK) rc = rounds(&l, e);
    if (rc != CHELA_OK && l.turn.number) (void)turn_end(&l.turn, TURN_OPEN, rc, NULL);
    file_unlock(&lock);
    return rc;
}

enum chela_error agent_explain(struct agent_run *r, struct config *c, struct store *s,
                               const struct agent_request *q, struct err *e) {
    struct err own = ERR_INIT;
    struct loop l = loop_of(r, c, s, q, NULL);
    str question = { 0 };
    if (!e) e = &own;
    enum chela_error rc = prepare(&l, e);
    if (rc == CHELA_OK) rc = load(&l, e);
    if (rc == CHELA_OK) rc = join(&l, false, &question, e);
    if (rc == CHELA_OK && question.n)
        rc = loop_remember(&l, l.candidates.item[l.current].id, question, e);
    return rc == CHELA_OK ? loop_begin_chat(&l, l.current, true, e) : rc;
}

void agent_end(struct agent_run *r) {
    chat_end(&r->chat);
    arena_free(&r->arena);
    *r = (struct agent_run){ 0 };
}
