/* Failures as OpenRouter tells them: its envelope with an int for a code, a chunk in a stream that
 * has begun. Who failed before is in previous_errors, what the upstream said in raw. */
#include "base/clock.h"
#include "doc/json_write.h"
#include "gateway/call.h"
#include "skin/native.h"

#include <math.h>
#include <string.h>

int call_error_status(const struct err *e) {
    if (e->http_status >= 400 && e->http_status < 600) return e->http_status;
    return err_http(e->code);
}

/* chat_http_error leads with "HTTP 429: ", which the envelope says already. */
static str message_of(const struct err *e) {
    str text = str_c(e->message), number, rest;
    if (str_starts(text, S("HTTP ")) && str_cut(text, ':', &number, &rest) && number.n == 8)
        text = str_trim(rest);
    return text;
}

/* OpenRouter's name; the code says more than the status where that is coarse. */
static str type_of(const struct err *e) {
    if (e->code == CHELA_CUT || e->code == CHELA_EMPTY || e->code == CHELA_PROTOCOL)
        return S("provider_unavailable");
    return str_c(server_error_type(call_error_status(e)));
}

static void write_attempts(const struct call *c, struct json_writer *w, const char *name_key,
                           bool failed_only) {
    json_array(w);
    for (size_t i = 0; i < c->attempts; i++) {
        const struct attempt *a = &c->attempt[i];
        if (failed_only && (a->skipped || a->code == CHELA_OK)) continue;
        json_object(w);
        json_kstring(w, name_key, a->endpoint->upstream->id);
        if (failed_only) {
            json_kint(w, "code", a->status ? a->status : err_http(a->code));
        } else {
            json_kstring(w, "model", a->endpoint->id);
        }
        json_kint(w, "status", a->status ? a->status : err_http(a->code));
        if (a->skipped) json_kbool(w, "skipped", true);
        json_object_end(w);
    }
    json_array_end(w);
}

/* "fake/bench answered; 2 of 3 endpoints asked" */
static str summary_of(const struct call *c) {
    if (!c->endpoint) return S("nobody was asked");
    bool answered = c->attempts && c->attempt[c->attempts - 1].code == CHELA_OK;
    return arena_printf(c->arena, "%.*s/%.*s %s; %zu of %zu endpoints asked",
                        STR_ARG(c->endpoint->upstream->id), STR_ARG(c->endpoint->id),
                        answered ? "answered" : "failed", c->attempts, c->plan.count);
}

void call_metadata(const struct call *c, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "requested", c->plan.count ? c->plan.item[0].asked : (str){ 0 });
    json_kstring(&w, "strategy", c->attempts > 1 ? S("fallback") : S("direct"));
    json_key(&w, S("region"));
    json_null(&w);
    json_kstring(&w, "summary", summary_of(c));
    json_kbool(&w, "is_byok", false);
    json_kint(&w, "attempt", (int64_t)c->attempts);
    json_key(&w, S("endpoints"));
    json_object(&w);
    json_kint(&w, "total", (int64_t)c->plan.count);
    json_key(&w, S("available"));
    json_array(&w);
    for (size_t i = 0; i < c->plan.count; i++) {
        json_object(&w);
        json_kstring(&w, "provider", c->plan.item[i].upstream->id);
        json_kstring(&w, "model", c->plan.item[i].id);
        json_kbool(&w, "selected", &c->plan.item[i] == c->endpoint);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    json_key(&w, S("attempts"));
    write_attempts(c, &w, "provider", false);
    json_object_end(&w);
}

static bool by_before(const struct plan *plan, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (plan->excluded[k].by == plan->excluded[i].by) return true;
    return false;
}

static void write_exclusions(const struct plan *plan, struct json_writer *w, const struct err *e) {
    json_key(w, S("excluded_by"));
    json_array(w);
    for (size_t i = 0; i < plan->excluded_count; i++)
        if (!by_before(plan, i)) json_string(w, str_c(filter_word(plan->excluded[i].by)));
    json_array_end(w);
    json_key(w, S("affected_providers"));
    json_array(w);
    for (size_t i = 0; i < plan->excluded_count; i++)
        json_string(w, plan->excluded[i].upstream->id);
    json_array_end(w);
    json_key(w, S("constraint"));
    json_object(w);
    json_kstring(w, "field", str_c(filter_field(plan->excluded[0].by)));
    json_kstring(w, "detail", message_of(e));
    json_object_end(w);
}

static void write_requested(const struct call *c, struct json_writer *w) {
    struct doc *d = c->doc;
    str text;
    json_key(w, S("requested_models"));
    json_array(w);
    if (doc_string(d, doc_get(d, doc_root(d), S("model")), &text)) json_string(w, text);
    doc_node list = doc_get(d, doc_root(d), S("models"));
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n))
        if (doc_string(d, n, &text)) json_string(w, text);
    json_array_end(w);
}

/* Why a model cannot be served, in OpenRouter's words. */
static void write_availability(const struct call *c, struct json_writer *w, const struct err *e) {
    const struct plan *plan = &c->plan;
    enum filter by = plan->excluded_count ? plan->excluded[0].by : FILTER_NONE;
    bool privacy = by == FILTER_ZDR || by == FILTER_TRAINING;
    json_key(w, S("availability"));
    json_object(w);
    json_kstring(w, "code",
                 !by       ? S("model_not_found")
                 : privacy ? S("privacy_restricted")
                           : S("constraint_filtered"));
    json_kbool(w, "retryable", false);
    if (c->doc) write_requested(c, w);
    json_kstring(w, "docs_url", S("https://openrouter.ai/docs/features/provider-routing"));
    if (plan->excluded_count) write_exclusions(plan, w, e);
    json_object_end(w);
}

/* {"code", "message", "metadata"} */
static void write_error(const struct call *c, struct json_writer *w, const struct err *e) {
    json_object(w);
    json_kint(w, "code", call_error_status(e));
    json_kstring(w, "message", message_of(e));
    json_key(w, S("metadata"));
    json_object(w);
    json_kstring(w, "error_type", type_of(e));
    if (c->endpoint) json_kstring(w, "provider_name", c->endpoint->upstream->id);
    if (c->last_raw.n) json_kstring(w, "raw", c->last_raw);
    if (c->attempts > 1) {
        json_key(w, S("previous_errors"));
        write_attempts(c, w, "provider", true);
    }
    if (c->least_retry >= 0) {
        json_key(w, S("retry_after"));
        json_double(w, c->least_retry);
    }
    json_object_end(w);
    if ((c->plan.excluded_count || c->plan.unknown_model) && !c->plan.count)
        write_availability(c, w, e);
    json_object_end(w);
}

/* As the client's API tells it; detail receives what the texts of *f borrow. */
static void describe(const struct call *c, const struct err *e, struct buf *detail,
                     struct skin_failure *f) {
    struct json_writer w = JSON_WRITER(detail);
    write_error(c, &w, e);
    *f = (struct skin_failure){ .status = call_error_status(e),
                                .message = message_of(e),
                                .error_type = type_of(e),
                                .request_id = c->request_id,
                                .detail = buf_str(detail) };
}

static void write_body(const struct call *c, const struct err *e, struct buf *json) {
    struct json_writer w = JSON_WRITER(json);
    if (c->api->skin && c->api->skin->error) {
        struct buf detail = BUF_INIT(64 << 10);
        struct skin_failure f;
        describe(c, e, &detail, &f);
        c->api->skin->error(&f, json);
        buf_free(&detail);
        return;
    }
    json_object(&w);
    json_key(&w, S("error"));
    write_error(c, &w, e);
    if (c->metadata && c->plan.count) {
        json_key(&w, S("openrouter_metadata"));
        call_metadata(c, json);
        w.comma = true;
    }
    json_object_end(&w);
}

void call_answer_error(struct call *c, const struct err *e) {
    struct buf json = BUF_INIT(128 << 10);
    if (c->head_given) { /* comments were sent while we looked for somebody to answer */
        call_stream_error(c, e);
        return;
    }
    write_body(c, e, &json);
    char seconds[32];
    struct server_header headers[4] = { { S("Content-Type"), S("application/json") },
                                        { S("X-Request-Id"), c->request_id } };
    size_t count = 2;
    if (c->least_retry >= 0 && c->least_retry < 1e6) {
        snprintf(seconds, sizeof seconds, "%.0f", ceil(c->least_retry));
        headers[count++] = (struct server_header){ S("Retry-After"), str_c(seconds) };
    }
    if (c->explained.n)
        headers[count++] = (struct server_header){ S("X-Chela-Explain"), c->explained };
    c->head_given = true;
    exchange_head(c->x, call_error_status(e), headers, count, (int64_t)json.n);
    exchange_write(c->x, buf_str(&json));
    exchange_end(c->x);
    buf_free(&json);
}

static void worn_error(struct call *c, const struct err *e, struct buf *event) {
    struct buf detail = BUF_INIT(64 << 10);
    struct skin_failure f;
    if (!c->worn && call_worn_stream(c, NULL) != CHELA_OK) return;
    if (c->state == CALL_GIVING && call_is_native(c))
        skin_stream_resume(c->worn, str_c(c->relay.id), c->relay.seen->number + 1);
    describe(c, e, &detail, &f);
    skin_stream_fail(c->worn, &f, event);
    buf_free(&detail);
}

static void chat_error(const struct call *c, const struct err *e, struct buf *out) {
    buf_add(out, S("data: "));
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "id", c->request_id);
    json_kstring(&w, "object", S("chat.completion.chunk"));
    json_kint(&w, "created", clock_unix_ms() / 1000);
    json_kstring(&w, "model", c->endpoint ? c->endpoint->id : S(""));
    json_key(&w, S("error"));
    write_error(c, &w, e);
    json_key(&w, S("choices"));
    json_raw(&w, S("[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]"));
    json_object_end(&w);
    buf_add(out, S("\n\ndata: [DONE]\n\n"));
}

void call_stream_error(struct call *c, const struct err *e) {
    struct buf event = BUF_INIT(128 << 10);
    if (c->api->skin)
        worn_error(c, e, &event);
    else
        chat_error(c, e, &event);
    exchange_write(c->x, buf_str(&event));
    exchange_end(c->x);
    buf_free(&event);
}
