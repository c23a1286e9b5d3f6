/* A chat answer as OpenAI's response object. It repeats much of its request: the client may have
 * nothing but the answer to tell how it came about. */
#include "skin/responses.h"

static const char *prefix_of(enum part_kind kind) {
    switch (kind) {
    case PART_TEXT:
    case PART_REFUSAL: return "msg_";
    case PART_THOUGHT:
    case PART_SEALED: return "rs_";
    case PART_IMAGE: return "ig_";
    case PART_CALL: break;
    }
    return "fc_";
}

void item_id(const struct saying *t, const struct part *p, struct buf *out) {
    saying_id(t, prefix_of(p->kind), out);
    buf_addf(out, "_%zu", p->place);
}

/* ---- tools ---- */

static str string_of(struct doc *d, doc_node object, str key) {
    str s = { 0 };
    return doc_string(d, doc_get(d, object, key), &s) ? s : (str){ 0 };
}

static bool find_in(struct doc *d, doc_node list, str name, struct part *p) {
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n)) {
        str own = string_of(d, n, S("name")), type = string_of(d, n, S("type"));
        if (str_eq(type, S("namespace"))) {
            str rest = str_skip(name, own.n);
            if (!str_starts(name, own) || !str_starts(rest, S(SPACE_MARK))) continue;
            p->space = own.n;
            if (find_in(d, doc_get(d, n, S("tools")), str_skip(rest, sizeof SPACE_MARK - 1), p))
                return true;
            p->space = 0;
        } else if (str_eq(own, name)) {
            p->custom = str_eq(type, S("custom"));
            return true;
        }
    }
    return false;
}

void look_up_tool(const struct saying *t, struct part *p) {
    struct doc *d = NULL;
    struct buf object = BUF_INIT(SKIN_ECHO + 2);
    str echo = buf_str(&t->echo);
    if (p->kind != PART_CALL ||
        (!str_has(echo, S("\"type\":\"custom\"")) && !str_has(echo, S("\"type\":\"namespace\""))))
        return;
    buf_addc(&object, '{');
    buf_add(&object, echo);
    buf_addc(&object, '}');
    if (doc_parse(&d, buf_str(&object), DOC_JSON, NULL, NULL) == CHELA_OK)
        find_in(d, doc_get(d, doc_root(d), S("tools")), buf_str(&p->name), p);
    doc_free(d);
    buf_free(&object);
}

str tool_name(const struct part *p) {
    return p->space ? str_skip(buf_str(&p->name), p->space + sizeof SPACE_MARK - 1)
                    : buf_str(&p->name);
}

bool custom_input(const struct part *p, struct buf *out) {
    struct doc *d = NULL;
    str input;
    bool good = doc_parse(&d, buf_str(&p->text), DOC_JSON, NULL, NULL) == CHELA_OK &&
                doc_string(d, doc_get(d, doc_root(d), S("input")), &input);
    good = buf_add(out, good ? input : buf_str(&p->text));
    doc_free(d);
    return good;
}

/* ---- items ---- */

void write_content(const struct part *p, struct json_writer *w, bool begun) {
    str text = begun ? (str){ 0 } : buf_str(&p->text);
    json_object(w);
    if (p->kind == PART_TEXT) {
        json_kstring(w, "type", S("output_text"));
        json_kstring(w, "text", text);
        json_kraw(w, "annotations", S("[]"));
        json_kraw(w, "logprobs", S("[]"));
    } else if (p->kind == PART_REFUSAL) {
        json_kstring(w, "type", S("refusal"));
        json_kstring(w, "refusal", text);
    } else {
        json_kstring(w, "type", p->summary ? S("summary_text") : S("reasoning_text"));
        json_kstring(w, "text", text);
    }
    json_object_end(w);
}

static void content_list(const struct part *p, struct json_writer *w, const char *key, bool begun) {
    json_key(w, str_c(key));
    json_array(w);
    if (!begun) write_content(p, w, false);
    json_array_end(w);
}

static void write_call(const struct part *p, struct json_writer *w, bool begun) {
    bool custom = p->custom;
    struct buf input = BUF_INIT(SAYING_TEXT);
    if (custom && !begun) custom_input(p, &input);
    str arguments = begun ? (str){ 0 } : p->text.n ? buf_str(&p->text) : S("{}");
    json_kstring(w, "type", custom ? S("custom_tool_call") : S("function_call"));
    json_kstring(w, "call_id", buf_str(&p->id));
    json_kstring(w, "name", tool_name(p));
    if (p->space) json_kstring(w, "namespace", str_head(buf_str(&p->name), p->space));
    json_kstring(w, custom ? "input" : "arguments", custom ? buf_str(&input) : arguments);
    buf_free(&input);
}

/* The picture without "data:image/png;base64,". */
static str picture_of(const struct part *p) {
    str url = buf_str(&p->text);
    ptrdiff_t comma = str_starts(url, S("data:")) ? str_chr(url, ',') : -1;
    return str_skip(url, (size_t)(comma + 1));
}

void write_item(struct saying *t, const struct part *p, struct json_writer *w, bool begun) {
    struct buf id = BUF_INIT(512);
    item_id(t, p, &id);
    json_object(w);
    json_kstring(w, "id", buf_str(&id));
    switch (p->kind) {
    case PART_TEXT:
    case PART_REFUSAL:
        json_kstring(w, "type", S("message"));
        json_kstring(w, "role", S("assistant"));
        content_list(p, w, "content", begun);
        break;
    case PART_THOUGHT:
        json_kstring(w, "type", S("reasoning"));
        content_list(p, w, "summary", begun || !p->summary);
        if (!p->summary) content_list(p, w, "content", begun);
        break;
    case PART_SEALED:
        json_kstring(w, "type", S("reasoning"));
        json_kraw(w, "summary", S("[]"));
        break;
    case PART_IMAGE:
        json_kstring(w, "type", S("image_generation_call"));
        json_key(w, S("result"));
        if (begun)
            json_null(w);
        else
            json_string(w, picture_of(p));
        break;
    case PART_CALL: write_call(p, w, begun); break;
    }
    if ((p->kind == PART_THOUGHT || p->kind == PART_SEALED) && p->seal.n)
        json_kstring(w, "encrypted_content", buf_str(&p->seal));
    json_kstring(w, "status",
                 begun     ? S("in_progress")
                 : p->over ? S("completed")
                           : S("incomplete"));
    json_object_end(w);
    buf_free(&id);
}

/* ---- usage ---- */

static void one_detail(struct json_writer *w, const char *object, const char *key, int64_t tokens) {
    json_key(w, str_c(object));
    json_object(w);
    json_kint(w, key, tokens_of(tokens));
    json_object_end(w);
}

/* As the service said it, and by the names that this API has for two of them. */
static void write_cost_details(struct saying *t, struct json_writer *w) {
    static const char *const names[][2] = {
        { "upstream_inference_prompt_cost", "upstream_inference_input_cost" },
        { "upstream_inference_completions_cost", "upstream_inference_output_cost" },
    };
    struct doc *d = NULL;
    if (doc_parse(&d, buf_str(&t->usage), DOC_JSON, NULL, NULL) != CHELA_OK) return;
    doc_node details = doc_get(d, doc_root(d), S("cost_details"));
    if (doc_type(d, details) == DOC_OBJECT) {
        json_key(w, S("cost_details"));
        json_object(w);
        for (doc_node m = doc_first(d, details); m; m = doc_next(d, m)) {
            json_key(w, doc_key(d, m));
            json_raw(w, doc_raw(d, m));
        }
        for (size_t i = 0; i < 2; i++) {
            doc_node said = doc_get(d, details, str_c(names[i][0]));
            if (doc_get(d, details, str_c(names[i][1]))) continue;
            json_kraw(w, names[i][1], doc_type(d, said) == DOC_NUMBER ? doc_raw(d, said) : S("0"));
        }
        json_object_end(w);
    }
    doc_free(d);
}

static void write_usage(struct saying *t, struct json_writer *w) {
    struct chat_usage u = saying_usage(t);
    json_key(w, S("usage"));
    if (!t->usage.n) {
        json_null(w);
        return;
    }
    json_object(w);
    json_kint(w, "input_tokens", tokens_of(u.prompt));
    json_key(w, S("input_tokens_details"));
    json_object(w);
    json_kint(w, "cached_tokens", tokens_of(u.cached));
    json_kint(w, "cache_write_tokens", tokens_of(u.cache_write));
    json_object_end(w);
    json_kint(w, "output_tokens", tokens_of(u.completion));
    one_detail(w, "output_tokens_details", "reasoning_tokens", u.reasoning);
    json_kint(w, "total_tokens",
              u.total >= 0 ? tokens_of(u.total) : tokens_of(u.prompt) + tokens_of(u.completion));
    usage_rest(t, w, "cost_details");
    write_cost_details(t, w);
    json_object_end(w);
}

/* ---- the object ---- */

static str incomplete_reason(const struct saying *t) {
    str said = saying_finish(t);
    if (str_eq(said, S("length"))) return S("max_output_tokens");
    return str_eq(said, S("content_filter")) ? S("content_filter") : (str){ 0 };
}

bool response_is_incomplete(const struct saying *t) {
    return incomplete_reason(t).n > 0;
}

static str error_code(const struct skin_failure *f) {
    static const str names[][2] = {
        { STR_INIT("rate_limit_exceeded"), STR_INIT("rate_limit_exceeded") },
        { STR_INIT("context_length_exceeded"), STR_INIT("invalid_prompt") },
        { STR_INIT("invalid_request"), STR_INIT("invalid_prompt") },
        { STR_INIT("content_policy_violation"), STR_INIT("image_content_policy_violation") },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_eq(f->error_type, names[i][0])) return names[i][1];
    return S("server_error");
}

static void write_error(struct json_writer *w, const struct skin_failure *f) {
    json_key(w, S("error"));
    if (!f) {
        json_null(w);
        return;
    }
    json_object(w);
    json_kstring(w, "code", error_code(f));
    json_kstring(w, "message", f->message);
    json_object_end(w);
    json_kstring(w, "error_type", f->error_type);
}

static str status_of(const struct saying *t, enum response_state state) {
    if (state == RESPONSE_BEGUN) return S("in_progress");
    if (state == RESPONSE_FAILED) return S("failed");
    return response_is_incomplete(t) ? S("incomplete") : S("completed");
}

void write_response(struct saying *t, struct json_writer *w, enum response_state state,
                    const struct skin_failure *f) {
    struct buf id = BUF_INIT(512);
    saying_id(t, "resp_", &id);
    json_object(w);
    json_kstring(w, "id", buf_str(&id));
    json_kstring(w, "object", S("response"));
    json_kint(w, "created_at", t->created ? t->created : t->now);
    json_key(w, S("completed_at"));
    if (state == RESPONSE_DONE)
        json_int(w, t->now > t->created ? t->now : t->created);
    else
        json_null(w);
    json_kstring(w, "status", status_of(t, state));
    write_error(w, f);
    json_key(w, S("incomplete_details"));
    if (state == RESPONSE_DONE && response_is_incomplete(t)) {
        json_object(w);
        json_kstring(w, "reason", incomplete_reason(t));
        json_object_end(w);
    } else {
        json_null(w);
    }
    json_kstring(w, "model", buf_str(&t->model));
    if (t->provider.n) json_kstring(w, "provider", buf_str(&t->provider));
    json_key(w, S("output"));
    json_array(w);
    for (const struct part *p = t->first; p && state != RESPONSE_BEGUN; p = p->next)
        write_item(t, p, w, false);
    json_array_end(w);
    if (t->echo.n) {
        buf_addc(w->out, ',');
        buf_add(w->out, buf_str(&t->echo));
    }
    if (t->service_tier.n) json_kstring(w, "service_tier", buf_str(&t->service_tier));
    if (state != RESPONSE_BEGUN) write_usage(t, w);
    if (state == RESPONSE_DONE && t->metadata.n)
        json_kraw(w, "openrouter_metadata", buf_str(&t->metadata));
    json_object_end(w);
    buf_free(&id);
}

void responses_whole(struct saying *t, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    for (struct part *p = t->first; p; p = p->next) look_up_tool(t, p);
    write_response(t, &w, RESPONSE_DONE, NULL);
}
