/* A chat answer as Anthropic's message: blocks in the order in which their parts came.
 *
 * Anthropic counts cached tokens beside the input, chat counts them in it. What the service billed
 * is handed on as it was said.
 */
#include "skin/messages.h"

static void write_block(const struct part *p, struct json_writer *w) {
    json_object(w);
    switch (p->kind) {
    case PART_TEXT:
    case PART_REFUSAL:
    case PART_IMAGE: /* there is no block for a model's picture: its URL is a text */
        json_kstring(w, "type", S("text"));
        json_kstring(w, "text", buf_str(&p->text));
        json_kraw(w, "citations", S("null"));
        break;
    case PART_THOUGHT:
        json_kstring(w, "type", S("thinking"));
        json_kstring(w, "thinking", buf_str(&p->text));
        json_kstring(w, "signature", buf_str(&p->seal));
        break;
    case PART_SEALED:
        json_kstring(w, "type", S("redacted_thinking"));
        json_kstring(w, "data", buf_str(&p->seal));
        break;
    case PART_CALL:
        json_kstring(w, "type", S("tool_use"));
        json_kstring(w, "id", buf_str(&p->id));
        json_kstring(w, "name", buf_str(&p->name));
        json_key(w, S("input"));
        if (call_is_complete(p) || !p->text.n)
            json_raw(w, p->text.n ? buf_str(&p->text) : S("{}"));
        else /* what the model said, for whoever checks it against the tool */
            json_string(w, buf_str(&p->text));
        break;
    }
    json_object_end(w);
}

void messages_usage(struct saying *t, struct json_writer *w) {
    struct chat_usage u = saying_usage(t);
    int64_t beside = tokens_of(u.cached) + tokens_of(u.cache_write),
            input = tokens_of(u.prompt) - beside;
    json_object(w);
    json_kint(w, "input_tokens", tokens_of(input));
    json_kint(w, "cache_creation_input_tokens", tokens_of(u.cache_write));
    json_kint(w, "cache_read_input_tokens", tokens_of(u.cached));
    json_kint(w, "output_tokens", tokens_of(u.completion));
    json_key(w, S("output_tokens_details"));
    json_object(w);
    json_kint(w, "thinking_tokens", tokens_of(u.reasoning));
    json_object_end(w);
    static const char *const nulls[] = { "cache_creation", "inference_geo", "server_tool_use" };
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++) json_kraw(w, nulls[i], S("null"));
    str tier = buf_str(&t->service_tier);
    if (!tier.n || str_eq(tier, S("default"))) tier = S("standard");
    json_kstring(w, "service_tier", tier);
    usage_rest(t, w, NULL);
    json_object_end(w);
}

/* Anthropic's own word where the provider said one. */
static str stop_reason(const struct saying *t) {
    static const str own[] = {
        STR_INIT("end_turn"),   STR_INIT("max_tokens"), STR_INIT("stop_sequence"),
        STR_INIT("pause_turn"), STR_INIT("refusal"),    STR_INIT("model_context_window_exceeded"),
    };
    static const str names[][2] = {
        { STR_INIT("length"), STR_INIT("max_tokens") },
        { STR_INIT("content_filter"), STR_INIT("refusal") },
    };
    str said = saying_finish(t), native = str_c(t->native_finish);
    if (str_eq(said, S("stop")) && saying_has(t, PART_REFUSAL)) return S("refusal");
    if (str_eq(said, S("tool_calls"))) return S("tool_use");
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (str_eq(native, own[i])) return own[i];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_eq(said, names[i][0])) return names[i][1];
    return t->stop.n ? S("stop_sequence") : S("end_turn");
}

void messages_stop(struct saying *t, struct json_writer *w) {
    json_kstring(w, "stop_reason", stop_reason(t));
    json_key(w, S("stop_sequence"));
    if (t->stop.n)
        json_string(w, buf_str(&t->stop));
    else
        json_null(w);
    json_kraw(w, "stop_details", S("null"));
    json_kraw(w, "container", S("null"));
}

void messages_head(const struct saying *t, struct json_writer *w) {
    struct buf id = BUF_INIT(512);
    saying_id(t, "msg_", &id);
    json_kstring(w, "id", buf_str(&id));
    json_kstring(w, "type", S("message"));
    json_kstring(w, "role", S("assistant"));
    json_kstring(w, "model", buf_str(&t->model));
    if (t->provider.n) json_kstring(w, "provider", buf_str(&t->provider));
    buf_free(&id);
}

void messages_whole(struct saying *t, struct buf *out) {
    t->out = out;
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    messages_head(t, &w);
    json_key(&w, S("content"));
    json_array(&w);
    for (const struct part *p = t->first; p; p = p->next) write_block(p, &w);
    json_array_end(&w);
    messages_stop(t, &w);
    json_key(&w, S("usage"));
    messages_usage(t, &w);
    json_object_end(&w);
}

/* ---- errors ---- */

static str error_name(const struct skin_failure *f) {
    static const str names[][2] = {
        { STR_INIT("authentication"), STR_INIT("authentication_error") },
        { STR_INIT("permission_denied"), STR_INIT("permission_error") },
        { STR_INIT("payment_required"), STR_INIT("billing_error") },
        { STR_INIT("not_found"), STR_INIT("not_found_error") },
        { STR_INIT("image_not_found"), STR_INIT("not_found_error") },
        { STR_INIT("rate_limit_exceeded"), STR_INIT("rate_limit_error") },
        { STR_INIT("provider_overloaded"), STR_INIT("overloaded_error") },
        { STR_INIT("timeout"), STR_INIT("timeout_error") },
        { STR_INIT("payload_too_large"), STR_INIT("request_too_large") },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_eq(f->error_type, names[i][0])) return names[i][1];
    return f->status >= 400 && f->status < 500 ? S("invalid_request_error") : S("api_error");
}

void messages_error(const struct skin_failure *f, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "type", S("error"));
    json_key(&w, S("error"));
    json_object(&w);
    json_kstring(&w, "type", error_name(f));
    json_kstring(&w, "message", f->message);
    json_kstring(&w, "error_type", f->error_type);
    if (f->detail.n) json_kraw(&w, "openrouter", f->detail);
    json_object_end(&w);
    json_kstring(&w, "request_id", f->request_id);
    json_object_end(&w);
}
