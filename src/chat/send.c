/* The exchange: at most three tries, and a stream that is watched by what it says.
 *
 * Tried again (wire ruling 13) is what certainly was not answered: a connection that failed before
 * the request was sent, and 408, 409, 429, 5xx. A stream that breaks is not, even before its first
 * content: the service took the request and may bill it.
 *
 * Two clocks run on a stream. net/ watches bytes; comments keep those coming while a model does
 * nothing, so the clock here watches events, and gives up when none comes. */
#include "chat/chat_internal.h"

#include "base/clock.h"
#include "net/sse.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum {
    BACK_OFF_MS = 500,   /* doubled with each try */
    LONGEST_WAIT_S = 60, /* a longer Retry-After is not waited for */
    FIRST_EVENT_MS = 300000,
    BETWEEN_EVENTS_MS = 120000,
    AFTER_FINISH_MS = 10000, /* for the usage, when the finish was read and the stream stays open */
    REFRESH_AFTER_MS = 200,
    AFTER_DONE_MS = 100, /* for the end of the body, so that the connection can be kept */
};

static const char timeout_path[] = "models.providers.openrouter.timeoutSeconds";

enum mode {
    MODE_NOTHING, /* no head yet */
    MODE_STREAM,
    MODE_WHOLE,   /* one JSON document */
    MODE_SNIFF,   /* a content type that says nothing: the first byte will */
    MODE_REFUSAL, /* an error status */
    MODE_FOREIGN, /* something that is no answer of a model */
};

struct attempt {
    struct chat *c;
    const struct chat_events *events;
    struct http_request request;
    struct http_header header[HEADERS_MAX];
    struct http_outcome outcome;
    struct chat_reader *reader;
    struct sse sse;
    struct buf body;
    enum mode mode;
    char type[128];
    char request_id[96];
    int64_t first_event_ms, between_ms;
    int64_t start, last_event, last_bytes;
    bool enough; /* we ended the exchange ourselves, content with what came */
    bool ending; /* the stream is over: what it left open is being read */
    str *cache_status;
};

/* ---- reading ---- */

static enum mode mode_of(int status, str type) {
    if (status < 200 || status > 299) return MODE_REFUSAL;
    if (str_eq(type, S("text/event-stream"))) return MODE_STREAM;
    if (str_eq(type, S("application/json")) || str_ends(type, S("+json"))) return MODE_WHOLE;
    if (!type.n || str_eq(type, S("text/plain")) || str_eq(type, S("application/octet-stream")))
        return MODE_SNIFF;
    return MODE_FOREIGN;
}

static enum chela_error on_head(void *ctx, const struct http_answer *head, struct err *e) {
    (void)e;
    struct attempt *a = ctx;
    a->mode = mode_of(head->status, head->content_type);
    str_copy(a->type, sizeof a->type, head->content_type);
    str_copy(a->request_id, sizeof a->request_id, head->request_id);
    *a->cache_status =
        arena_dup(&a->c->arena, http_answer_header(head, S("x-openrouter-cache-status")));
    return CHELA_OK;
}

static enum chela_error on_event(void *ctx, const struct sse_event *event, struct err *e) {
    struct attempt *a = ctx;
    a->last_event = clock_ms();
    enum chela_error rc = chat_reader_chunk(a->reader, event->data, e);
    if (chat_reader_done(a->reader)) a->request.tick_ms = AFTER_DONE_MS / 2;
    /* Half an event at the end of a stream is a cut, not a service that cannot write JSON. */
    if (rc == CHELA_PROTOCOL && a->ending)
        return err_set(e, CHELA_CUT, "the stream ended in the middle of an event");
    return rc;
}

/* Keeps what an error needs; the rest is not read. */
static enum chela_error keep_some(struct attempt *a, str piece) {
    if (a->body.n < CHAT_MAX_ERROR) buf_add(&a->body, str_head(piece, CHAT_MAX_ERROR - a->body.n));
    if (a->body.n < CHAT_MAX_ERROR) return CHELA_OK;
    a->enough = true;
    return CHELA_CANCELLED;
}

/* By its first bytes, which may come one by one: longer than "event:" and any white space. */
static enum mode mode_of_bytes(str text) {
    enum { TELLING = 6 };
    text = str_trim(text);
    if (str_starts(text, S("{"))) return MODE_WHOLE;
    if (str_starts(text, S(":")) || str_starts(text, S("data:")) || str_starts(text, S("event:")))
        return MODE_STREAM;
    return text.n < TELLING ? MODE_SNIFF : MODE_FOREIGN;
}

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    struct attempt *a = ctx;
    a->last_bytes = clock_ms();
    if (a->mode == MODE_STREAM) return sse_feed(&a->sse, piece, e);
    if (a->mode == MODE_REFUSAL || a->mode == MODE_FOREIGN) return keep_some(a, piece);
    if (!buf_add(&a->body, piece))
        return err_set(e, CHELA_LIMIT, "the answer is larger than %d bytes", (int)CHAT_MAX_TEXT);
    if (a->mode != MODE_SNIFF) return CHELA_OK;
    a->mode = mode_of_bytes(buf_str(&a->body));
    return a->mode == MODE_STREAM ? sse_feed(&a->sse, buf_str(&a->body), e) : CHELA_OK;
}

static enum chela_error on_tick(void *ctx, struct err *e) {
    struct attempt *a = ctx;
    int64_t now = clock_ms();
    /* An answer that takes its time leaves time to look for news of models. */
    if (a->mode != MODE_REFUSAL && now - a->start >= REFRESH_AFTER_MS) chat_refresh_begin(a->c);
    if (a->mode != MODE_STREAM) return CHELA_OK;
    int64_t quiet = now - a->last_event;
    a->enough = (chat_reader_done(a->reader) && quiet >= AFTER_DONE_MS) ||
                (chat_reader_finished(a->reader) && quiet >= AFTER_FINISH_MS);
    if (a->enough) return CHELA_CANCELLED;
    bool begun = chat_reader_has_content(a->reader);
    int64_t limit = begun ? a->between_ms : a->first_event_ms;
    /* A picture may be one event of megabytes: one that is coming in gets longer, not for ever. */
    if (a->sse.line.n && a->sse.line.p[0] != ':') limit *= 4;
    if (limit <= 0 || (begun ? quiet : now - a->start) < limit) return CHELA_OK;
    if (now - a->last_bytes >= limit) return CHELA_OK; /* plain silence is for net/ to tell */
    err_set(e, CHELA_TIMEOUT, "%s for %.3g s, although the service keeps the connection alive",
            begun ? "the model stopped in the middle of its answer and said nothing"
                  : "the model said nothing",
            (double)limit / 1000);
    return CHELA_TIMEOUT;
}

/* ---- judging ---- */

static enum chela_error base_url_hint(const struct chat *c, enum chela_error code, struct err *e) {
    str base = c->shape.route.base_url;
    bool short_form = str_ends(base, S("/v1")) && !str_ends(base, S("/api/v1"));
    return err_hint(e, code,
                    "is the base URL right (models.providers.openrouter.baseUrl)? It is "
                    "%.*s%s",
                    STR_ARG(str_head(base, 120)),
                    short_form ? "; OpenRouter's own ends in /api/v1" : "");
}

static enum chela_error foreign_answer(struct attempt *a, struct err *e) {
    struct err page = ERR_INIT;
    chat_http_error(a->outcome.status, str_c(a->type), buf_str(&a->body), &page);
    bool empty = !str_trim(buf_str(&a->body)).n;
    err_set(e, CHELA_PROTOCOL,
            "the answer is not a model's: content type %s where text/event-stream or "
            "application/json was expected (%s)",
            a->type[0] ? a->type : "none", empty ? "an empty body" : page.message);
    return base_url_hint(a->c, CHELA_PROTOCOL, e);
}

static enum chela_error refusal(struct attempt *a, struct err *e) {
    str type = str_c(a->type);
    if (e) *e = (struct err)ERR_INIT;
    if (e) e->retry_after = a->outcome.retry_after;
    enum chela_error rc = chat_http_error(a->outcome.status, type, buf_str(&a->body), e);
    bool wrong_place = rc == CHELA_PROTOCOL || str_has(type, S("html")) ||
                       (rc == CHELA_NOT_FOUND && !str_has(type, S("json")));
    return wrong_place ? base_url_hint(a->c, rc, e) : rc;
}

static enum chela_error end_stream(struct attempt *a, enum chela_error rc, struct chat_reply *reply,
                                   struct err *e) {
    bool finished = chat_reader_finished(a->reader) || chat_reader_done(a->reader);
    if (rc == CHELA_OK && !a->enough) {
        a->ending = true;
        rc = sse_end(&a->sse, e);
    } else if (finished && (rc == CHELA_CUT || rc == CHELA_TIMEOUT)) {
        rc = CHELA_OK; /* the answer is whole; what is missing is the end of the transport */
    }
    if (rc == CHELA_OK) return chat_reader_finish(a->reader, reply, e);
    chat_reader_partial(a->reader, reply);
    return rc;
}

static enum chela_error conclude(struct attempt *a, enum chela_error rc, struct chat_reply *reply,
                                 struct err *e) {
    if (a->enough) rc = CHELA_OK;
    if (a->mode == MODE_STREAM) return end_stream(a, rc, reply, e);
    if (a->mode == MODE_NOTHING || rc == CHELA_CANCELLED || rc == CHELA_NOMEM) return rc;
    if (a->mode == MODE_REFUSAL) return refusal(a, e);
    if (a->mode != MODE_WHOLE) return foreign_answer(a, e);
    if (rc == CHELA_OK) rc = chat_reader_whole(a->reader, buf_str(&a->body), e);
    if (rc == CHELA_OK) return chat_reader_finish(a->reader, reply, e);
    chat_reader_partial(a->reader, reply);
    return rc;
}

/* ---- one try ---- */

static enum chela_error run_attempt(struct attempt *a, struct chat_reply *reply, struct err *e) {
    struct chat *c = a->c;
    a->reader = chat_reader_new(&c->arena, a->events);
    if (!a->reader) return err_set(e, CHELA_NOMEM, "out of memory");
    sse_init(&a->sse, CHAT_MAX_EVENT, a, on_event);
    buf_init(&a->body, CHAT_MAX_TEXT);
    a->start = a->last_event = a->last_bytes = clock_ms();
    enum chela_error rc = http_run(&a->request, &a->outcome, e);
    rc = conclude(a, rc, reply, e);
    if (rc != CHELA_OK) {
        if (rc == CHELA_TIMEOUT && !e->hint[0])
            err_hint(e, rc, "try again; %s sets how long is waited", timeout_path);
        if (!e->http_status) e->http_status = a->outcome.status;
        str_copy(e->request_id, sizeof e->request_id, str_c(a->request_id));
    } else if (!reply->id.n) {
        reply->id = arena_dup(&c->arena, str_c(a->request_id));
    }
    reply->cache_status = *a->cache_status;
    sse_free(&a->sse);
    buf_free(&a->body);
    return rc;
}

static void note_attempt(struct chat *c, const struct attempt *a, enum chela_error rc,
                         const struct err *e) {
    c->attempt[c->attempt_count++] =
        (struct chat_attempt){ .model = c->shape.model.id,
                               .status = a->outcome.status,
                               .sent = a->outcome.request_sent,
                               .code = rc,
                               .message = rc ? arena_dup(&c->arena, str_c(e->message)) : (str){ 0 },
                               .ms = clock_ms() - a->start };
}

/* ---- again? ---- */

/* Only from two modes, in neither of which a stream has begun: nothing was shown. */
static bool may_try_again(const struct attempt *a, enum chela_error rc) {
    int status = a->outcome.status;
    if (rc == CHELA_CANCELLED || rc == CHELA_NOMEM) return false;
    if (a->mode == MODE_REFUSAL)
        return status == 408 || status == 409 || status == 429 || status >= 500;
    return a->mode == MODE_NOTHING && !a->outcome.request_sent && !a->outcome.permanent &&
           (rc == CHELA_UNAVAILABLE || rc == CHELA_TIMEOUT);
}

/* Between three quarters and all of the doubled time, so that many clients do not come back as
 * one; what the service asked for, when it asked. */
static int64_t back_off(unsigned tries, double retry_after) {
    if (retry_after >= 0) return (int64_t)(retry_after * 1000);
    int64_t most = (int64_t)BACK_OFF_MS << (tries - 1);
    unsigned char noise = 0;
    if (getrandom(&noise, 1, GRND_NONBLOCK) != 1) noise = 0;
    return most - most / 4 * noise / 255;
}

/* A signal ends poll early, so a cancel is seen at once. */
static bool wait_or_cancel(int64_t ms, const atomic_bool *cancel) {
    int64_t end = clock_ms() + ms;
    for (int64_t left = ms; left > 0; left = end - clock_ms()) {
        if (cancel && atomic_load(cancel)) return false;
        poll(NULL, 0, (int)(left < 100 ? left : 100));
    }
    return !(cancel && atomic_load(cancel));
}

static void tell(const struct chat_events *events, const char *message, int64_t wait,
                 unsigned tries) {
    char line[512];
    if (!events || !events->on_notice) return;
    snprintf(line, sizeof line, "%.380s; trying again in %.2g s (%u of %d)", message,
             (double)wait / 1000, tries + 1, (int)CHAT_TRIES);
    events->on_notice(events->ctx, line);
}

static void append(struct err *e, const char *text) {
    size_t n = strlen(e->message);
    snprintf(e->message + n, sizeof e->message - n, "%s", text);
}

static int64_t chosen(int64_t given, int64_t usual, int64_t otherwise) {
    return given > 0 && given != usual ? given : otherwise;
}

static void set_timers(struct attempt *a, const struct http_timeouts *given) {
    const struct http_timeouts *usual = &http_default_timeouts;
    struct http_timeouts *t = &a->request.timeouts;
    struct doc *d = config_doc(a->c->config);
    double seconds = 0;
    *t = *usual;
    a->first_event_ms = FIRST_EVENT_MS;
    a->between_ms = BETWEEN_EVENTS_MS;
    if (doc_number(d, doc_path_get(d, str_c(timeout_path), NULL), &seconds) && seconds > 0) {
        int64_t ms = (int64_t)(seconds * 1000) > 0 ? (int64_t)(seconds * 1000) : 1;
        t->first_byte = t->idle = a->first_event_ms = a->between_ms = ms;
        if (ms < t->connect) t->connect = ms;
    }
    if (!given) return;
    t->connect = chosen(given->connect, usual->connect, t->connect);
    t->first_byte = chosen(given->first_byte, usual->first_byte, t->first_byte);
    t->idle = chosen(given->idle, usual->idle, t->idle);
    a->between_ms = chosen(given->idle, usual->idle, a->between_ms);
    t->total = given->total;
}

static enum chela_error say_waited_enough(struct err *e, enum chela_error rc) {
    char text[96];
    snprintf(text, sizeof text, " (it asks to wait %.0f s, which is longer than chela waits)",
             e->retry_after);
    append(e, text);
    return rc;
}

enum chela_error chat_send(struct chat *c, const struct chat_events *events,
                           const struct http_timeouts *timeouts, const atomic_bool *cancel,
                           struct chat_reply *reply, struct err *e) {
    struct err own = ERR_INIT;
    str cache_status = { 0 };
    if (!e) e = &own;
    *reply = (struct chat_reply){ .usage = { -1, -1, -1, -1, -1, -1, -1, -1, -1, { 0 } } };
    struct attempt plan = { .c = c, .events = events, .cache_status = &cache_status };
    plan.request = (struct http_request){ .method = S("POST"),
                                          .url = c->url,
                                          .bearer = &c->credential.key,
                                          .body = c->body,
                                          .max_body = SIZE_MAX,
                                          .cancel = cancel,
                                          .on_head = on_head,
                                          .on_body = on_body,
                                          .on_tick = on_tick };
    for (size_t i = 0; i < c->headers.count; i++)
        plan.header[i] = (struct http_header){ c->headers.item[i].name, c->headers.item[i].value };
    plan.request.header_count = c->headers.count;
    set_timers(&plan, timeouts);
    int64_t total = plan.request.timeouts.total, end = clock_ms() + total;
    for (unsigned tries = 1;; tries++) {
        struct attempt a = plan;
        a.request.ctx = &a;
        a.request.headers = a.header;
        if (total) a.request.timeouts.total = end - clock_ms();
        *e = (struct err)ERR_INIT;
        enum chela_error rc = run_attempt(&a, reply, e);
        chat_reader_free(a.reader);
        note_attempt(c, &a, rc, e);
        if (rc == CHELA_OK) { /* what the transport had to say after the finish does not count */
            *e = (struct err)ERR_INIT;
            return rc;
        }
        if (!may_try_again(&a, rc) || tries == CHAT_TRIES) {
            char text[32];
            snprintf(text, sizeof text, " (tried %u times)", tries);
            if (tries > 1) append(e, text);
            return rc;
        }
        if (e->retry_after > LONGEST_WAIT_S) return say_waited_enough(e, rc);
        int64_t wait = back_off(tries, e->retry_after);
        if (total && clock_ms() + wait >= end) return rc;
        tell(events, e->message, wait, tries);
        if (!wait_or_cancel(wait, cancel)) return err_set(e, CHELA_CANCELLED, "cancelled");
    }
}
