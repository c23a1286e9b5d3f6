#include "gateway/call.h"

#include "base/clock.h"
#include "base/log.h"
#include "doc/json_write.h"
#include "gateway/answer_cache.h"
#include "gateway/call_account.h"
#include "gateway/call_measure.h"
#include "gateway/call_media.h"

#include <math.h>

static uint64_t now(const struct call *c) {
    return uv_now(c->g->loop);
}

/* ---- the end ---- */

static int final_status(const struct call *c, enum call_end how) {
    if (how == END_GONE) return 499;
    if (how == END_FAILED)
        return c->last ? call_error_status(c->last) : c->status >= 400 ? c->status : 500;
    return c->status;
}

static void log_json(const struct call *c, enum call_end how, const struct chat_usage *usage) {
    static const char *const ends[] = { "ok", "failed", "cut", "gone" };
    struct buf line = BUF_INIT(2000);
    struct json_writer w = JSON_WRITER(&line);
    json_object(&w);
    json_kint(&w, "time_ms", clock_unix_ms());
    json_kstring(&w, "request_id", c->request_id);
    json_kstring(&w, "path", c->api->path);
    json_kint(&w, "status", final_status(c, how));
    json_kstring(&w, "end", str_c(ends[how]));
    json_kbool(&w, "stream", c->stream);
    if (c->cached) json_kstring(&w, "cache", c->cached == CACHED_HIT ? S("hit") : S("miss"));
    json_kint(&w, "ms", (int64_t)(now(c) - c->started));
    if (c->first_token) json_kint(&w, "first_token_ms", (int64_t)(c->first_token - c->started));
    if (c->endpoint) {
        json_kstring(&w, "upstream", c->endpoint->upstream->id);
        json_kstring(&w, "model", c->endpoint->id);
    }
    if (usage->prompt >= 0) json_kint(&w, "prompt_tokens", usage->prompt);
    if (usage->completion >= 0) json_kint(&w, "completion_tokens", usage->completion);
    if (usage->cost >= 0) {
        json_key(&w, S("cost"));
        json_double(&w, usage->cost);
    }
    json_key(&w, S("attempts"));
    json_array(&w);
    for (size_t i = 0; i < c->attempts && i < 20; i++) {
        json_object(&w);
        json_kstring(&w, "upstream", c->attempt[i].endpoint->upstream->id);
        json_kint(&w, "status", c->attempt[i].status);
        json_object_end(&w);
    }
    json_array_end(&w);
    if (c->last && how != END_OK) json_kstring(&w, "error", str_c(c->last->message));
    json_object_end(&w);
    if (!line.failed) log_info("%s", line.p);
    buf_free(&line);
}

static void log_text(const struct call *c, enum call_end how, const struct chat_usage *usage) {
    static const char *const ends[] = { "", "", " (cut)", " (client gone)" };
    char upstream[160] = "-", first[40] = "", tokens[64] = "", error[400] = "";
    if (c->cached == CACHED_HIT) snprintf(upstream, sizeof upstream, "from the cache");
    if (c->endpoint)
        snprintf(upstream, sizeof upstream, "%.*s/%.*s", STR_ARG(c->endpoint->upstream->id),
                 STR_ARG(c->endpoint->id));
    if (c->first_token)
        snprintf(first, sizeof first, ", first %llu",
                 (unsigned long long)(c->first_token - c->started));
    if (usage->completion >= 0)
        snprintf(tokens, sizeof tokens, ", %lld+%lld tokens", (long long)usage->prompt,
                 (long long)usage->completion);
    if (c->last && how != END_OK) snprintf(error, sizeof error, ": %.380s", c->last->message);
    log_info("%.*s %.*s %d %s %llu ms%s%s, %zu attempt%s%s %.*s%s",
             STR_ARG(exchange_request(c->x)->method), STR_ARG(c->api->path), final_status(c, how),
             upstream, (unsigned long long)(now(c) - c->started), first, tokens, c->attempts,
             c->attempts == 1 ? "" : "s", ends[how], STR_ARG(c->request_id), error);
}

static void count_end(struct call *c, enum call_end how) {
    struct counters *n = &c->g->counters;
    switch (how) {
    case END_OK: COUNT(n, requests_ok); break;
    case END_FAILED: COUNT(n, requests_failed); break;
    case END_CUT: COUNT(n, requests_cut); break;
    case END_GONE: COUNT(n, requests_gone); break;
    }
}

/* A stream that broke off after its attempt had been noted as good is a failure of its upstream, a
 * client that left is none. */
static void meter_upstreams(struct call *c, enum call_end how, bool running,
                            const struct chat_usage *usage) {
    for (size_t i = 0; i < c->attempts; i++) {
        const struct attempt *a = &c->attempt[i];
        bool cut = how == END_CUT && i + 1 == c->attempts;
        if (!a->skipped)
            meter_attempt(meter_of(&c->g->meters, a->endpoint->upstream->id),
                          a->code != CHELA_OK || cut, a->ms);
    }
    if (!c->endpoint) return;
    struct meter *last = meter_of(&c->g->meters, c->endpoint->upstream->id);
    if (running) meter_attempt(last, false, now(c) - c->attempt_started);
    meter_usage(last, usage->prompt, usage->completion, usage->cost);
}

void call_end(struct call *c, enum call_end how) {
    bool running = c->state == CALL_TRYING && how == END_GONE && fetch_running(&c->fetch);
    if (c->state == CALL_OVER) return;
    c->state = CALL_OVER;
    fetch_cancel(&c->fetch);
    count_end(c, how);
    answer_cache_ended(c, how);
    struct chat_usage usage;
    chat_usage_read(&usage, buf_str(&c->relay.usage));
    call_measure(c, how, &usage);
    meter_upstreams(c, how, running, &usage);
    if (!c->g->quiet && !str_eq(c->s->log, S("off"))) {
        if (str_eq(c->s->log, S("json")))
            log_json(c, how, &usage);
        else
            log_text(c, how, &usage);
    }
    call_account(c, how, final_status(c, how), &usage);
    doc_free(c->doc);
    c->doc = NULL;
    relay_free(&c->relay);
    buf_free(&c->held);
    buf_free(&c->sent);
    buf_free(&c->chat);
    buf_free(&c->echo);
    call_worn_free(c);
    settings_release(c->s);
    c->g->calls--;
}

static void on_closed(struct exchange *x) {
    call_end(exchange_data(x), END_GONE);
}

/* ---- attempts ---- */

static void keep_failure(struct call *c, const struct err *e) {
    if (!c->last) c->last = arena_alloc(c->arena, sizeof *c->last);
    if (c->last) *c->last = *e;
}

static void note_retry(struct call *c, double seconds) {
    if (seconds >= 0 && (c->least_retry < 0 || seconds < c->least_retry)) c->least_retry = seconds;
}

void call_note_attempt(struct call *c, int status, enum chela_error code) {
    c->attempt[c->attempts++] = (struct attempt){
        .endpoint = c->endpoint, .status = status, .code = code, .ms = now(c) - c->attempt_started
    };
}

static void all_failed(struct call *c) {
    struct err none = ERR_INIT;
    if (!c->last) {
        err_set(&none, CHELA_RATE_LIMITED, "every endpoint has asked to wait");
        none.http_status = 429;
        keep_failure(c, &none);
    }
    if (c->last) c->last->retry_after = c->least_retry;
    call_answer_error(c, c->last ? c->last : &none);
    call_end(c, END_FAILED);
}

/* True: it said itself for how long not to ask, and that is not over. */
static bool must_wait(struct call *c, const struct endpoint *p) {
    struct health_view view = health_look(c->g->health, p->health);
    if (!view.wait_until) return false;
    c->attempt[c->attempts++] = (struct attempt){
        .endpoint = p, .status = 429, .code = CHELA_RATE_LIMITED, .skipped = true
    };
    note_retry(c, ceil((double)(view.wait_until - clock_ms()) / 1000));
    COUNT(&c->g->counters, cooldown_skips);
    return true;
}

static void try_next(struct call *c) {
    while (c->next < c->plan.count) {
        const struct endpoint *p = &c->plan.item[c->next++];
        struct err e = ERR_INIT;
        if (must_wait(c, p)) continue;
        c->endpoint = p;
        c->attempt_started = now(c);
        COUNT(&c->g->counters, attempts);
        if (c->attempts) COUNT(&c->g->counters, fallbacks);
        call_answer_reset(c);
        enum chela_error code = call_send(c, &e);
        if (code == CHELA_OK) return;
        call_note_attempt(c, 0, code);
        keep_failure(c, &e);
    }
    all_failed(c);
}

void call_attempt_failed(struct call *c, enum chela_error code, int status, const struct err *e) {
    struct counters *n = &c->g->counters;
    fetch_cancel(&c->fetch);
    call_note_attempt(c, status, code);
    note_retry(c, c->retry_after);
    COUNT(n, attempts_failed);
    if (code == CHELA_TIMEOUT) COUNT(n, timeouts);
    if (health_bad(c->g->health, c->endpoint->health, status, code, c->retry_after))
        COUNT(n, cooldowns);
    keep_failure(c, e);
    if (c->last && !c->last->http_status) c->last->http_status = status;
    if (c->api->media && !call_media_may_repeat(c, status)) c->next = c->plan.count;
    try_next(c);
}

/* ---- the beginning ---- */

static bool asks_for(const struct exchange *x, str header) {
    str value = str_trim(exchange_header(x, header));
    return str_ieq(value, S("enabled")) || str_ieq(value, S("true")) || str_eq(value, S("1"));
}

static enum chela_error read_request(struct call *c, struct err *e) {
    enum chela_error code = CHELA_OK;
    c->json = exchange_request(c->x)->body;
    if (!c->json.n) return err_set(e, CHELA_INPUT, "the body is empty: a JSON object is expected");
    if (c->api->media) code = call_media_read(c, e);
    if (code != CHELA_OK) return code;
    code = doc_parse(&c->doc, c->json, DOC_JSON, NULL, e);
    if (code != CHELA_OK) return err_prefix(e, code, "the body is no JSON: ");
    doc_node root = doc_root(c->doc), stream = doc_get(c->doc, root, S("stream"));
    if (doc_type(c->doc, root) != DOC_OBJECT)
        return err_set(e, CHELA_INPUT, "the body must be a JSON object, not %s",
                       doc_type_name(doc_type(c->doc, root)));
    if (stream && doc_type(c->doc, stream) != DOC_NULL && !doc_bool(c->doc, stream, &c->stream))
        return err_set(e, CHELA_INPUT, "stream: true or false is needed");
    if (c->api->skin) call_worn_models(c);
    return c->api->media ? call_media_check(c, e) : CHELA_OK;
}

struct call *call_open(struct gateway *g, struct exchange *x, const struct call_api *api,
                       str request_id) {
    struct arena *arena = exchange_request(x)->arena;
    struct client *client = exchange_data(x);
    struct call *c = arena_alloc(arena, sizeof *c);
    COUNT(&g->counters, requests);
    if (!c) {
        COUNT(&g->counters, requests_failed);
        exchange_fail(x, 503, S("out of memory"));
        return NULL;
    }
    *c = (struct call){ .g = g,
                        .s = settings_use(g->settings),
                        .x = x,
                        .arena = arena,
                        .api = api,
                        .request_id = request_id,
                        .client = client,
                        .retry_after = -1,
                        .least_retry = -1,
                        .sent = BUF_INIT(80u << 20),
                        .echo = BUF_INIT(SKIN_ECHO),
                        .started = uv_now(g->loop) };
    g->calls++;
    c->explain = asks_for(x, S("x-chela-explain"));
    c->metadata = asks_for(x, S("x-openrouter-metadata")) ||
                  asks_for(x, S("x-openrouter-experimental-metadata"));
    relay_init(&c->relay);
    exchange_set_data(x, c);
    exchange_on_closed(x, on_closed);
    exchange_on_drained(x, call_drained);
    return c;
}

void call_begin(struct call *c, enum chela_error code, struct err *e) {
    if (code == CHELA_OK) c->attempt = arena_alloc(c->arena, c->plan.count * sizeof *c->attempt);
    if (c->attempt) {
        try_next(c);
        return;
    }
    if (code == CHELA_OK) err_set(e, CHELA_NOMEM, "out of memory");
    if (c->plan.excluded_count || code == CHELA_NOT_FOUND) COUNT(&c->g->counters, no_endpoint);
    keep_failure(c, e);
    call_answer_error(c, e);
    call_end(c, END_FAILED);
}

static enum chela_error choose_endpoints(struct call *c, struct err *e) {
    const struct chooser by = { .settings = c->s,
                                .health = c->g->health,
                                .sticky = c->g->sticky,
                                .client = gateway_presented_key(c->x),
                                .session = exchange_header(c->x, S("x-session-id")),
                                .api = call_wire(c) };
    enum chela_error code = choose(&c->plan, &by, c->doc, c->arena, e);
    if (c->plan.stayed) COUNT(&c->g->counters, stayed);
    return code;
}

void call_start(struct gateway *g, struct exchange *x, const struct call_api *api, str request_id) {
    struct err e = ERR_INIT;
    struct call *c = call_open(g, x, api, request_id);
    if (!c) return;
    enum chela_error code = read_request(c, &e);
    if (code == CHELA_OK && answer_cache_answer(c)) return;
    if (code == CHELA_OK) code = choose_endpoints(c, &e);
    if (code == CHELA_OK) code = call_admit(c, &e);
    call_begin(c, code, &e);
}
