/* Three rows: the engine itself, and the two references that OpenClaw bundles, so that a client
 * which looks its model up finds it. Their descriptions say who answers. */
#include "sandbox/models.h"

#include "doc/json_write.h"

enum { CREATED = 1767225600 /* 2026-01-01 */, MAX_OUTPUT = 262144 };

struct row {
    const char *id, *name, *description;
    int64_t context;
};

static const struct row rows[] = {
    { SANDBOX_MODEL, "chela: sandbox agent",
      "A rules engine in C inside chela. It is no language model: it answers questions about "
      "chela, "
      "calculates, repeats, summarises by extraction, remembers the conversation, fills JSON "
      "schemas and calls the tools it is offered. Deterministic, off line, free.",
      1048576 },
    { "openrouter/auto", "Auto Router (answered by sandbox/agent)",
      "In the sandbox there is nothing to route between: sandbox/agent, a rules engine, answers, "
      "and says so in the `model` field.",
      1048576 },
    { "moonshotai/kimi-k2.6", "MoonshotAI: Kimi K2.6 (answered by sandbox/agent)",
      "Listed because OpenClaw bundles this reference. This is not Kimi: in the sandbox "
      "sandbox/agent, a rules engine, answers, and says so in the `model` field.",
      262144 },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void texts(struct json_writer *w, const char *key, const char *list) {
    json_key(w, str_c(key));
    json_array(w);
    for (str one, rest = str_c(list); rest.n;) {
        str_cut(rest, ' ', &one, &rest);
        json_string(w, one);
    }
    json_array_end(w);
}

static void null_of(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_null(w);
}

static void architecture(struct json_writer *w) {
    json_key(w, S("architecture"));
    json_object(w);
    json_kstring(w, "modality", S("text+image->text"));
    texts(w, "input_modalities", "text image");
    texts(w, "output_modalities", "text");
    json_kstring(w, "tokenizer", S("Other"));
    null_of(w, "instruct_type");
    json_object_end(w);
}

static void pricing(struct json_writer *w) {
    static const char *const keys[] = { "prompt",           "completion",
                                        "request",          "image",
                                        "web_search",       "internal_reasoning",
                                        "input_cache_read", "input_cache_write" };
    json_key(w, S("pricing"));
    json_object(w);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) json_kstring(w, keys[i], S("0"));
    json_object_end(w);
}

static void parameters(struct json_writer *w) {
    texts(w, "supported_parameters",
          "max_tokens max_completion_tokens stop seed tools tool_choice parallel_tool_calls "
          "response_format structured_outputs reasoning reasoning_effort include_reasoning "
          "temperature top_p");
}

static void model(struct json_writer *w, const struct row *r) {
    static const char *const defaults[] = { "temperature", "top_p", "frequency_penalty" };
    json_object(w);
    json_kstring(w, "id", str_c(r->id));
    json_kstring(w, "canonical_slug", str_c(r->id));
    json_kstring(w, "hugging_face_id", S(""));
    json_kstring(w, "name", str_c(r->name));
    json_kint(w, "created", CREATED);
    json_kstring(w, "description", str_c(r->description));
    json_kint(w, "context_length", r->context);
    architecture(w);
    pricing(w);
    json_key(w, S("top_provider"));
    json_object(w);
    json_kint(w, "context_length", r->context);
    json_kint(w, "max_completion_tokens", MAX_OUTPUT);
    json_kbool(w, "is_moderated", false);
    json_object_end(w);
    null_of(w, "per_request_limits");
    parameters(w);
    null_of(w, "supported_voices");
    json_key(w, S("default_parameters"));
    json_object(w);
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) null_of(w, defaults[i]);
    json_object_end(w);
    null_of(w, "expiration_date");
    null_of(w, "knowledge_cutoff");
    json_key(w, S("reasoning"));
    json_object(w);
    json_kbool(w, "mandatory", false);
    texts(w, "supported_efforts", "xhigh high medium low minimal none");
    json_kbool(w, "default_enabled", false);
    json_kbool(w, "supports_max_tokens", true);
    json_object_end(w);
    json_key(w, S("links"));
    json_object(w);
    json_key(w, S("details"));
    struct buf path = BUF_INIT(256);
    buf_addf(&path, "/api/v1/models/%s/endpoints", r->id);
    json_string(w, buf_str(&path));
    buf_free(&path);
    json_object_end(w);
    json_object_end(w);
}

bool sandbox_models_list(struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    for (size_t i = 0; i < ROWS; i++) model(&w, &rows[i]);
    json_array_end(&w);
    json_kint(&w, "total_count", ROWS);
    json_key(&w, S("links"));
    json_object(&w);
    null_of(&w, "next");
    json_object_end(&w);
    json_object_end(&w);
    return !out->failed;
}

bool sandbox_models_count(struct buf *out) {
    return buf_addf(out, "{\"data\":{\"count\":%d}}", (int)ROWS);
}

static const struct row *find(str id) {
    for (size_t i = 0; i < ROWS; i++)
        if (str_ieq(id, str_c(rows[i].id))) return &rows[i];
    return NULL;
}

bool sandbox_models_row(str id, struct buf *out) {
    const struct row *r = find(id);
    struct json_writer w = JSON_WRITER(out);
    if (!r) return false;
    json_object(&w);
    json_key(&w, S("data"));
    model(&w, r);
    json_object_end(&w);
    return !out->failed;
}

bool sandbox_models_endpoints(str id, struct buf *out) {
    static const char *const unknown[] = { "uptime_last_5m",      "uptime_last_30m",
                                           "uptime_last_1d",      "latency_last_30m",
                                           "throughput_last_30m", "max_prompt_tokens" };
    static const char *const choices[] = { "none", "auto", "required", "function" };
    const struct row *r = find(id);
    struct json_writer w = JSON_WRITER(out);
    if (!r) return false;
    json_object(&w);
    json_key(&w, S("data"));
    json_object(&w);
    json_kstring(&w, "id", str_c(r->id));
    json_kstring(&w, "name", str_c(r->name));
    json_kint(&w, "created", CREATED);
    json_kstring(&w, "description", str_c(r->description));
    architecture(&w);
    json_key(&w, S("endpoints"));
    json_array(&w);
    json_object(&w);
    json_kstring(&w, "name", S("local | " SANDBOX_MODEL));
    json_kstring(&w, "model_id", S(SANDBOX_MODEL));
    json_kstring(&w, "model_name", str_c(r->name));
    json_kstring(&w, "provider_name", S("local"));
    json_kstring(&w, "tag", S("local"));
    json_kint(&w, "context_length", r->context);
    json_kint(&w, "max_completion_tokens", MAX_OUTPUT);
    pricing(&w);
    json_kstring(&w, "quantization", S("unknown"));
    json_kint(&w, "status", 0);
    parameters(&w);
    json_kbool(&w, "supports_implicit_caching", false);
    json_key(&w, S("supports_tool_choice"));
    json_object(&w);
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        json_kbool(&w, choices[i], true);
    json_object_end(&w);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) null_of(&w, unknown[i]);
    json_object_end(&w);
    json_array_end(&w);
    json_object_end(&w);
    json_object_end(&w);
    return !out->failed;
}
