/* What comes back from an upstream, and what of it the client gets.
 *
 * A stream goes through a relay: nothing until its first content, whole events from then on.
 * Another answer is held until it is complete (up to CALL_WHOLE), so that one that breaks off is a
 * failed attempt and not half an answer. An error's body is read for what it says.
 */
#include "doc/json_write.h"
#include "gateway/answer_share.h"
#include "gateway/call_account.h"
#include "gateway/call_media.h"
#include "gateway/complete.h"
#include "skin/native.h"

#include <string.h>

static uint64_t now(const struct call *c) {
    return uv_now(c->g->loop);
}

void call_answer_reset(struct call *c) {
    relay_free(&c->relay);
    relay_init(&c->relay);
    call_worn_free(c);
    buf_free(&c->held);
    c->answer = ANSWER_NONE;
    c->retry_after = -1;
    c->headers = 0;
}

/* ---- the head ---- */

static bool passes(str name) {
    static const str exact[] = {
        STR_INIT("content-type"),   STR_INIT("content-encoding"), STR_INIT("retry-after"),
        STR_INIT("retry-after-ms"), STR_INIT("x-generation-id"),
    };
    static const str prefix[] = { STR_INIT("x-openrouter-"), STR_INIT("x-ratelimit-"),
                                  STR_INIT("openai-"), STR_INIT("anthropic-") };
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++)
        if (str_ieq(name, exact[i])) return true;
    for (size_t i = 0; i < sizeof prefix / sizeof prefix[0]; i++)
        if (str_istarts(name, prefix[i])) return true;
    return false;
}

static void add_header(struct call *c, str name, str value) {
    if (c->headers < CALL_HEADERS) c->header[c->headers++] = (struct server_header){ name, value };
}

static void keep_headers(struct call *c, const struct http1_response *r) {
    for (size_t i = 0; i < r->header_count; i++)
        if ((passes(r->header[i].name) || (c->media && call_media_passes(r->header[i].name))) &&
            c->headers + 6 < CALL_HEADERS)
            add_header(c, arena_dup(c->arena, r->header[i].name),
                       arena_dup(c->arena, r->header[i].value));
}

/* "fake/bench=503, other/bench=200": so that a fall-back is never silent. */
static str list_attempts(struct call *c) {
    struct buf text = BUF_INIT(4096);
    for (size_t i = 0; i < c->attempts; i++)
        buf_addf(&text, "%s%.*s/%.*s=%d", i ? ", " : "",
                 STR_ARG(c->attempt[i].endpoint->upstream->id), STR_ARG(c->attempt[i].endpoint->id),
                 c->attempt[i].status);
    str list = arena_dup(c->arena, buf_str(&text));
    buf_free(&text);
    return list;
}

static void give_head(struct call *c, int64_t length) {
    if (c->head_given) return;
    c->head_given = true;
    c->last_given = now(c);
    add_header(c, S("X-Request-Id"), c->request_id);
    if (c->attempts > 1) add_header(c, S("X-Chela-Attempts"), list_attempts(c));
    if (c->explained.n) add_header(c, S("X-Chela-Explain"), c->explained);
    if (c->answer == ANSWER_STREAM) {
        add_header(c, S("Cache-Control"), S("no-cache"));
        add_header(c, S("X-Accel-Buffering"), S("no")); /* for an nginx in front */
    }
    exchange_head(c->x, c->status, c->header, c->headers, length);
}

static void give(struct call *c, str bytes) {
    c->last_given = now(c);
    if (exchange_write(c->x, bytes) || c->state == CALL_OVER || c->fetch.paused) return;
    if (answer_share_leads(c)) return;
    fetch_pause(&c->fetch);
    COUNT(&c->g->counters, streams_paused);
}

void call_drained(struct exchange *x) {
    struct call *c = exchange_data(x);
    if (c->state != CALL_OVER) fetch_resume(&c->fetch);
}

/* A client that is waiting for tokens, and everything between it and us, should see that somebody
 * is there. Only whole events have been given, so a comment fits in anywhere. */
static void beat(struct exchange *x) {
    struct call *c = exchange_data(x);
    uint64_t every = c->s->heartbeat_ms, silent = now(c) - c->last_given;
    if (c->state == CALL_OVER) return;
    if (silent >= every && !c->fetch.paused && c->answer == ANSWER_STREAM) {
        give_head(c, -1);
        give(c, c->api->skin ? str_c(c->api->skin->heartbeat) : S(": chela\n\n"));
        COUNT(&c->g->counters, heartbeats);
        silent = 0;
    }
    if (c->state != CALL_OVER) exchange_after(x, every > silent ? every - silent : every, beat);
}

/* The client has seen comments of an earlier attempt's stream: a document has no place in it. */
static void no_stream(struct call *c) {
    struct err e = ERR_INIT;
    enum chela_error code =
        err_set(&e, CHELA_PROTOCOL, "%s answered a stream's request with something else",
                c->endpoint->upstream->id.p);
    call_attempt_failed(c, code, 0, &e);
}

/* What is translated must be there to its end, and another API's usage is read from the whole. */
static size_t most_held(const struct call *c) {
    return c->api->skin ? CALL_WORN : CALL_WHOLE;
}

static void on_head(void *ctx, const struct http1_response *r) {
    struct call *c = ctx;
    enum media_turn way = MEDIA_STAYS;
    c->retry_after = http1_retry_after(r);
    if (r->status >= 300 && c->media) way = call_media_turn(c, r);
    if (way == MEDIA_FOLLOWS) return;
    if (r->status >= 300 && way == MEDIA_STAYS) {
        c->answer = ANSWER_ERROR;
        buf_init(&c->held, CALL_ERROR);
    }
    str type = http1_response_header(r, S("content-type"));
    c->status = r->status;
    keep_headers(c, r);
    if (c->answer == ANSWER_ERROR) return;
    c->length = r->framing.has_length ? (int64_t)r->framing.length : -1;
    bool events = str_istarts(type, S("text/event-stream"));
    c->answer = events && !c->media ? ANSWER_STREAM : ANSWER_WHOLE;
    buf_init(&c->held, most_held(c));
    if (c->media) call_media_head(c, r);
    if (c->answer != ANSWER_STREAM) {
        if (c->head_given) no_stream(c);
        return;
    }
    struct err e = ERR_INIT;
    if (call_is_native(c) && !relay_is_native(&c->relay, c->api->skin))
        err_set(&e, CHELA_NOMEM, "out of memory");
    else if (call_is_worn(c))
        call_worn_stream(c, &e);
    if (e.code != CHELA_OK) {
        call_attempt_failed(c, e.code, 0, &e);
        return;
    }
    COUNT(&c->g->counters, streams);
    if (!c->head_given) c->last_given = now(c);
    if (c->s->heartbeat_ms && c->stream) exchange_after(c->x, c->s->heartbeat_ms, beat);
}

/* ---- the first content: from here on there is no other upstream ---- */

static void commit(struct call *c) {
    if (c->state != CALL_TRYING) return;
    c->state = CALL_GIVING;
    c->first_token = now(c);
    call_note_attempt(c, c->status, CHELA_OK);
    health_good(c->g->health, c->endpoint->health, (double)(c->first_token - c->attempt_started),
                c->answer == ANSWER_STREAM);
    if (c->fetch.sent) { /* nobody needs the request any more, and the stream may last */
        buf_free(&c->sent);
        buf_free(&c->chat);
        exchange_release_body(c->x);
    }
}

/* ---- streams ---- */

/* OpenRouter adds its own. */
static bool wants_metadata(const struct call *c) {
    return c->metadata && !c->endpoint->upstream->route.verified;
}

static void stream_failed(struct call *c, enum chela_error code, const struct err *e) {
    if (c->state == CALL_TRYING) {
        call_attempt_failed(c, code, e->http_status, e);
        return;
    }
    health_bad(c->g->health, c->endpoint->health, 0, code, -1);
    call_stream_error(c, e);
    call_end(c, END_CUT);
}

static void end_stream(struct call *c) {
    fetch_release(&c->fetch);
    exchange_end(c->x);
    call_end(c, END_OK);
}

static void end_worn(struct call *c) {
    struct buf metadata = BUF_INIT(64 << 10), events = BUF_INIT(SKIN_OUT);
    struct err e = ERR_INIT;
    if (wants_metadata(c)) call_metadata(c, &metadata);
    enum chela_error code = call_worn_end(c, buf_str(&metadata), &events, &e);
    exchange_write(c->x, buf_str(&events));
    buf_free(&metadata);
    buf_free(&events);
    if (code != CHELA_OK)
        stream_failed(c, code, &e);
    else
        end_stream(c);
}

static void stream_complete(struct call *c) {
    struct err e = ERR_INIT;
    if (!c->relay.content) {
        stream_failed(
            c, err_set(&e, CHELA_EMPTY, "%s answered with nothing", c->endpoint->upstream->id.p),
            &e);
        return;
    }
    if (!c->relay.finished) {
        stream_failed(c,
                      err_set(&e, CHELA_CUT, "%s ended its answer without a finish_reason",
                              c->endpoint->upstream->id.p),
                      &e);
        return;
    }
    if (c->worn) {
        end_worn(c);
        return;
    }
    if (call_is_native(c)) {
        if (call_wire(c) == WIRE_RESPONSES) exchange_write(c->x, S("data: [DONE]\n\n"));
        end_stream(c);
        return;
    }
    if (wants_metadata(c)) {
        struct buf event = BUF_INIT(64 << 10);
        buf_add(&event, S("data: {\"id\":"));
        json_quote(&event, c->request_id);
        buf_addf(&event, ",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":");
        json_quote(&event, c->endpoint->id);
        buf_add(&event, S(",\"choices\":[],\"openrouter_metadata\":"));
        call_metadata(c, &event);
        buf_add(&event, S("}\n\n"));
        exchange_write(c->x, buf_str(&event));
        buf_free(&event);
    }
    exchange_write(c->x, S("data: [DONE]\n\n"));
    end_stream(c);
}

static void stream_verdict(struct call *c, enum relay_verdict v, str out) {
    struct buf events = BUF_INIT(SKIN_OUT);
    struct err broken = ERR_INIT;
    /* the bytes are the read buffer's, or the relay's own: ours to change */
    if (c->relay.nulls) complete_events((char *)(uintptr_t)out.p, out.n);
    enum chela_error code = call_worn_events(c, &out, &events, &broken);
    if (out.n && (code == CHELA_OK || c->state == CALL_GIVING)) {
        commit(c);
        give_head(c, -1);
        give(c, out);
    }
    buf_free(&events);
    relay_given(&c->relay);
    if (code != CHELA_OK) {
        stream_failed(c, code, &broken);
    } else if (v == RELAY_DONE) {
        stream_complete(c);
    } else if (v == RELAY_ERROR) {
        struct err e = c->relay.error;
        COUNT(&c->g->counters, stream_errors_rewritten);
        stream_failed(c, e.code, &e);
    } else if (v == RELAY_TORN) {
        struct err e = ERR_INIT;
        COUNT(&c->g->counters, events_torn);
        stream_failed(c,
                      err_set(&e, CHELA_PROTOCOL, "%s sent an event that is no JSON",
                              c->endpoint->upstream->id.p),
                      &e);
    } else if (v == RELAY_FULL) {
        struct err e = ERR_INIT;
        stream_failed(c, err_set(&e, CHELA_LIMIT, "an event of the stream is too large"), &e);
    }
}

static void stream_body(struct call *c, str bytes) {
    str out;
    enum relay_verdict v = relay_take(&c->relay, bytes, &out);
    c->events += c->relay.data_events;
    if (c->relay.data_events && c->relay.content)
        fetch_expect(&c->fetch, c->endpoint->upstream->timeouts.idle, "the next token");
    stream_verdict(c, v, out);
}

/* ---- answers that come whole ---- */

static void pass_piece(struct call *c, str bytes) {
    if (c->media)
        call_media_given(c, bytes);
    else
        call_account_piece(c, bytes);
    give(c, bytes);
}

/* The answer is too large to be held, or may not be looked at: from here on it passes through. */
static void pass_on(struct call *c, str bytes) {
    commit(c);
    give_head(c, c->length);
    if (c->held.n) pass_piece(c, buf_str(&c->held));
    buf_free(&c->held);
    pass_piece(c, bytes);
}

enum chela_error call_error_in(const struct call *c, struct doc *d, struct err *e) {
    doc_node error = doc_get(d, doc_root(d), S("error"));
    int64_t status = 502;
    if (doc_type(d, error) != DOC_OBJECT && doc_type(d, error) != DOC_STRING) return CHELA_OK;
    doc_int(d, doc_get(d, error, S("code")), &status);
    if (status < 400 || status > 599) status = 502;
    enum chela_error code =
        chat_http_error((int)status, S("application/json"), buf_str(&c->held), e);
    e->http_status = (int)status;
    return code;
}

/* What is wrong with a complete answer that says it is a success. */
static enum chela_error judge(struct call *c, struct doc *d, struct err *e) {
    doc_node root = doc_root(d), choices = doc_get(d, root, S("choices"));
    enum chela_error code = call_error_in(c, d, e);
    if (code == CHELA_OK && call_is_native(c)) {
        code = skin_native_judge(c->api->skin, d, &c->relay.usage, e);
        if (code == CHELA_OK) call_account_whole(c, d);
        return code;
    }
    if (code != CHELA_OK) return code;
    if (doc_type(d, choices) != DOC_ARRAY || doc_len(d, choices) == 0)
        return err_set(e, CHELA_EMPTY, "%s answered without choices", c->endpoint->upstream->id.p);
    doc_node usage = doc_get(d, root, S("usage"));
    if (doc_type(d, usage) == DOC_OBJECT) buf_add(&c->relay.usage, doc_raw(d, usage));
    call_account_whole(c, d);
    return CHELA_OK;
}

/* *d: the answer, for dress_whole. */
static enum chela_error look_at_whole(struct call *c, struct doc **d, struct err *e) {
    enum chela_error code = doc_parse(d, buf_str(&c->held), DOC_JSON, NULL, e);
    if (code != CHELA_OK)
        return err_set(e, CHELA_PROTOCOL, "the answer of %s is no JSON",
                       c->endpoint->upstream->id.p);
    return judge(c, *d, e);
}

/* What is added to an answer before the client gets it; mostly nothing. */
static void dress_whole(struct call *c, struct doc *d) {
    struct buf metadata = BUF_INIT(64 << 10), edited = BUF_INIT(c->held.n + (128 << 10));
    if (!c->endpoint->upstream->route.verified && !c->api->skin)
        complete_answer(d, c->request_id, c->endpoint->id,
                        str_eq(c->api->path, S("/chat/completions")));
    if (wants_metadata(c)) {
        call_metadata(c, &metadata);
        doc_set(d, doc_root(d), S("openrouter_metadata"), buf_str(&metadata), NULL);
    }
    buf_free(&metadata);
    if (doc_edited(d) && doc_write(d, &edited)) {
        buf_free(&c->held);
        c->held = edited;
    } else {
        buf_free(&edited);
    }
}

static bool is_encoded(const struct call *c) {
    for (size_t i = 0; i < c->headers; i++)
        if (str_ieq(c->header[i].name, S("content-encoding")) &&
            !str_ieq(c->header[i].value, S("identity")))
            return true;
    return false;
}

static void whole_complete(struct call *c) {
    struct err e = ERR_INIT;
    enum chela_error code = CHELA_OK;
    if (c->state == CALL_TRYING) {
        struct doc *d = NULL;
        if (c->api->choices && !is_encoded(c)) code = look_at_whole(c, &d, &e);
        if (c->media) code = call_media_whole(c, &e);
        if (code != CHELA_OK) {
            doc_free(d);
            call_attempt_failed(c, code, e.http_status, &e);
            return;
        }
        if (call_is_worn(c)) {
            doc_free(d);
            d = NULL;
            code = call_worn_whole(c, &e);
        }
        if (code != CHELA_OK) {
            call_attempt_failed(c, code, e.http_status, &e);
            return;
        }
        commit(c);
        if (call_is_worn(c) && wants_metadata(c) && !c->stream)
            doc_parse(&d, buf_str(&c->held), DOC_JSON, NULL, NULL);
        if (d) dress_whole(c, d);
        doc_free(d);
        give_head(c, (int64_t)c->held.n);
        exchange_write(c->x, buf_str(&c->held));
    } else if (c->media && !call_media_complete(c)) {
        exchange_abort(c->x);
        call_end(c, END_CUT);
        return;
    }
    exchange_end(c->x);
    call_end(c, END_OK);
}

static void whole_too_large(struct call *c, str bytes) {
    struct err e = ERR_INIT;
    if (!c->api->skin)
        pass_on(c, bytes);
    else
        call_attempt_failed(c, err_set(&e, CHELA_LIMIT, "the answer is too large"), 0, &e);
}

static void whole_body(struct call *c, str bytes) {
    fetch_expect(&c->fetch, c->endpoint->upstream->timeouts.idle, "more of the answer");
    if (c->state == CALL_GIVING)
        pass_piece(c, bytes);
    else if (c->media && c->media->through)
        pass_on(c, bytes);
    else if (c->held.n + bytes.n > most_held(c))
        whole_too_large(c, bytes);
    else
        buf_add(&c->held, bytes);
}

/* ---- errors ---- */

static void error_complete(struct call *c) {
    struct err e = ERR_INIT;
    str type = { 0 };
    for (size_t i = 0; i < c->headers; i++)
        if (str_ieq(c->header[i].name, S("content-type"))) type = c->header[i].value;
    e.retry_after = c->retry_after;
    enum chela_error code = chat_http_error(c->status, type, buf_str(&c->held), &e);
    if (c->retry_after < 0) c->retry_after = e.retry_after; /* some say it in the body */
    e.http_status = c->status;
    c->last_raw = arena_dup(c->arena, str_head(buf_str(&c->held), 2048));
    call_attempt_failed(c, code, c->status, &e);
}

/* ---- from the client of the hot path ---- */

static void on_body(void *ctx, char *bytes, size_t n) {
    struct call *c = ctx;
    str piece = { bytes, n };
    switch (c->answer) {
    case ANSWER_STREAM: stream_body(c, piece); break;
    case ANSWER_WHOLE: whole_body(c, piece); break;
    case ANSWER_ERROR:
        buf_add(&c->held, str_head(piece, CALL_ERROR - c->held.n));
        if (c->held.n == CALL_ERROR) error_complete(c);
        break;
    case ANSWER_NONE: break;
    }
}

static void on_over(void *ctx, enum chela_error code, const struct err *e) {
    struct call *c = ctx;
    str out;
    if (c->answer == ANSWER_ERROR) {
        error_complete(c);
    } else if (code != CHELA_OK && c->answer == ANSWER_STREAM) {
        if (c->relay.finished && c->state == CALL_GIVING)
            stream_complete(c); /* the answer is all there; only its end is not */
        else
            stream_failed(c, code, e);
    } else if (code != CHELA_OK && c->state == CALL_TRYING) {
        call_attempt_failed(c, code, 0, e);
    } else if (code != CHELA_OK) { /* only a cut says that it is not all */
        health_bad(c->g->health, c->endpoint->health, 0, code, -1);
        exchange_abort(c->x);
        call_end(c, END_CUT);
    } else if (c->answer == ANSWER_STREAM) {
        enum relay_verdict v = relay_end(&c->relay, &out);
        stream_verdict(c, v == RELAY_GO ? RELAY_DONE : v, out);
    } else {
        whole_complete(c);
    }
}

const struct fetch_handler call_fetch = { on_head, on_body, on_over };
