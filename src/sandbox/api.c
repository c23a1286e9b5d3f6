/* OpenRouter's routes over the rules engine.
 *
 * A path is looked up without its base (/api/v1, or /v1), because half of the clients that fail at
 * a new base URL forgot one half of it; every other path is told the right one. The answer of a
 * chat is computed at once and then given out event by event: when the client takes nothing, the
 * stream waits where it is, and when the client leaves, it is freed at once.
 */
#include "sandbox/api.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "doc/json_write.h"
#include "sandbox/agent.h"
#include "sandbox/generation_id.h"
#include "sandbox/media_routes.h"
#include "sandbox/models.h"
#include "sandbox/wire.h"

#include <stdlib.h>

enum { REPLY_MAX = 8 << 20, EVENT_MAX = 64 << 10 };

/* ---- one chat ---- */

struct chat {
    struct arena arena;
    struct agent_request request;
    struct agent_answer answer;
    struct wire_reply reply;
    struct wire_stream stream;
    struct buf event;
    const struct sandbox_api *api;
    int64_t began_ms; /* since 1970 */
    char id[64];
};

static void chat_free(struct chat *c) {
    doc_free(c->request.doc);
    arena_free(&c->arena);
    buf_free(&c->event);
    free(c);
}

static void note(const struct chat *c, bool gone) {
    const struct sandbox_api *api = c->api;
    if (!api->note) return;
    const struct sandbox_note n = { .id = str_c(c->id),
                                    .asked = c->request.model,
                                    .finish = wire_finish(&c->answer),
                                    .prompt = c->answer.prompt_tokens,
                                    .completion = c->answer.completion_tokens,
                                    .reasoning = c->answer.reasoning_tokens,
                                    .cached = c->reply.cache.read,
                                    .cache_write = c->reply.cache.written,
                                    .began_ms = c->began_ms,
                                    .ms = clock_unix_ms() - c->began_ms,
                                    .stream = c->request.stream,
                                    .plain = c->reply.plain,
                                    .gone = gone };
    api->note(api->others.ctx, &n);
}

static void chat_closed(struct exchange *x) {
    struct chat *c = exchange_data(x);
    note(c, true);
    chat_free(c);
}

static void chat_go_on(struct exchange *x) {
    struct chat *c = exchange_data(x);
    for (;;) {
        buf_clear(&c->event);
        if (!wire_next(&c->reply, &c->stream, &c->event)) {
            note(c, false);
            chat_free(c);
            exchange_end(x);
            return;
        }
        if (c->event.failed) { /* a broken stream must not look like an end */
            chat_free(c);
            exchange_abort(x);
            return;
        }
        if (!exchange_write(x, buf_str(&c->event))) return; /* chat_go_on again when drained */
        if (!c->api->pace_ms) continue;
        exchange_after(x, c->api->pace_ms, chat_go_on);
        return;
    }
}

static void answer_stream(struct exchange *x, struct chat *c) {
    const struct server_header headers[] = {
        { S("Content-Type"), S("text/event-stream; charset=utf-8") },
        { S("Cache-Control"), S("no-cache") },
        { S("X-Generation-Id"), c->reply.id },
    };
    exchange_set_data(x, c);
    exchange_on_closed(x, chat_closed);
    exchange_on_drained(x, chat_go_on);
    exchange_head(x, 200, headers, sizeof headers / sizeof headers[0], -1);
    chat_go_on(x);
}

static void answer_whole(struct exchange *x, struct chat *c) {
    const struct server_header headers[] = {
        { S("Content-Type"), S("application/json") },
        { S("X-Generation-Id"), c->reply.id },
    };
    struct buf json = BUF_INIT(REPLY_MAX);
    if (wire_completion(&c->reply, &json)) {
        exchange_head(x, 200, headers, 2, (int64_t)json.n);
        exchange_write(x, buf_str(&json));
        exchange_end(x);
        note(c, false);
    } else {
        exchange_fail(x, 500, S("the answer is too large"));
    }
    buf_free(&json);
    chat_free(c);
}

static void fail_with(struct exchange *x, const struct err *e) {
    exchange_fail(x, err_http(e->code), str_c(e->message));
}

static void answer_chat(const struct sandbox_api *api, struct exchange *x, str body, bool plain) {
    struct err e = ERR_INIT;
    struct chat *c = calloc(1, sizeof *c);
    if (!c) {
        exchange_fail(x, 500, S("out of memory"));
        return;
    }
    arena_init(&c->arena, agent_arena_max(body.n));
    buf_init(&c->event, EVENT_MAX);
    c->api = api;
    c->began_ms = clock_unix_ms();
    int64_t now = c->began_ms / 1000;
    enum chela_error failed =
        body.n
            ? agent_read(&c->request, body, &c->arena, &e)
            : err_set(&e, CHELA_INPUT, "the body is empty: expected a JSON object with messages");
    if (!failed && !plain && chat_wants_pictures(c->request.doc, c->request.model)) {
        chat_free(c);
        serve_chat_pictures(api, x);
        return;
    }
    c->request.now_s = now;
    if (!failed) failed = agent_answer(&c->answer, &c->request, &e);
    if (failed) {
        chat_free(c);
        fail_with(x, &e);
        return;
    }
    generation_id(c->id, sizeof c->id, now);
    c->reply = (struct wire_reply){
        .answer = &c->answer, .id = str_c(c->id), .created = now, .plain = plain
    };
    if (api->cache)
        c->reply.cache = prompt_cache_ask(api->cache, &c->request, c->answer.prompt_tokens);
    if (c->request.stream)
        answer_stream(x, c);
    else
        answer_whole(x, c);
}

static void serve_chat(const struct sandbox_api *api, struct exchange *x) {
    answer_chat(api, x, exchange_request(x)->body, false);
}

/* A prompt is a conversation of one message, of which only the text is told. Empty: *e says why. */
static str as_conversation(str body, struct arena *a, struct err *e) {
    struct doc *d = NULL;
    struct buf messages = BUF_INIT(REPLY_MAX), edited = BUF_INIT(2 * (size_t)REPLY_MAX);
    str text = { 0 };
    enum chela_error failed = doc_parse(&d, body, DOC_JSON, NULL, e);
    if (failed) {
        err_prefix(e, failed, "the body is not JSON: ");
        return text;
    }
    doc_node root = doc_root(d), prompt = doc_get(d, root, S("prompt"));
    if (doc_type(d, prompt) == DOC_ARRAY && doc_len(d, prompt) == 1) prompt = doc_first(d, prompt);
    doc_remove_key(d, root, S("tools"));
    buf_addf(&messages, "[{\"role\":\"user\",\"content\":%.*s}]", STR_ARG(doc_raw(d, prompt)));
    if (doc_type(d, prompt) != DOC_STRING)
        err_set(e, CHELA_INPUT, "prompt: expected a string, or a list of one");
    else if (!messages.failed && doc_set(d, root, S("messages"), buf_str(&messages), e) &&
             doc_write(d, &edited))
        text = arena_dup(a, buf_str(&edited));
    if (!text.n && e->code == CHELA_OK) err_set(e, CHELA_LIMIT, "prompt: too long");
    doc_free(d);
    buf_free(&messages);
    buf_free(&edited);
    return text;
}

static void serve_completion(const struct sandbox_api *api, struct exchange *x) {
    const struct server_request *r = exchange_request(x);
    struct err e = ERR_INIT;
    str body = as_conversation(r->body, r->arena, &e);
    if (body.n)
        answer_chat(api, x, body, true);
    else
        fail_with(x, &e);
}

/* ---- the key ---- */

static str bearer(const struct exchange *x) {
    str value = str_trim(exchange_header(x, S("authorization")));
    if (!str_istarts(value, S("bearer"))) return value;
    return str_trim(str_skip(value, 6));
}

/* Any key will do, none too; one that starts with sk-or-bad is for trying out a refusal. */
static bool refused(const struct exchange *x) {
    return str_starts(bearer(x), S("sk-or-bad"));
}

static void fail_key(struct exchange *x) {
    exchange_fail(x, 401,
                  S("this key is refused: the sandbox refuses keys that start with "
                    "sk-or-bad, and takes any other"));
}

static void zeros(struct json_writer *w, const char *const *keys, size_t n) {
    for (size_t i = 0; i < n; i++) json_kint(w, keys[i], 0);
}

static void nulls(struct json_writer *w, const char *const *keys, size_t n) {
    for (size_t i = 0; i < n; i++) {
        json_key(w, str_c(keys[i]));
        json_null(w);
    }
}

static void key_json(str key, struct buf *out) {
    static const char *const none[] = { "limit",       "limit_remaining", "limit_reset",
                                        "expires_at",  "creator_user_id", "organization_id",
                                        "workspace_id" };
    static const char *const used[] = {
        "usage",      "usage_daily",      "usage_weekly",      "usage_monthly",
        "byok_usage", "byok_usage_daily", "byok_usage_weekly", "byok_usage_monthly"
    };
    static const char *const flags[] = { "include_byok_in_limit", "is_free_tier",
                                         "is_management_key", "is_provisioning_key" };
    static const char *const free_requests[] = { "limit", "remaining", "used" };
    char label[64];
    struct json_writer w = JSON_WRITER(out);
    secret_mask(label, sizeof label, key);
    json_object(&w);
    json_key(&w, S("data"));
    json_object(&w);
    json_kstring(&w, "label", str_c(label));
    nulls(&w, none, sizeof none / sizeof none[0]);
    zeros(&w, used, sizeof used / sizeof used[0]);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) json_kbool(&w, flags[i], false);
    json_key(&w, S("allowed_data_regions"));
    json_array(&w);
    json_string(&w, S("global"));
    json_array_end(&w);
    json_key(&w, S("free_model_daily_requests"));
    json_object(&w);
    zeros(&w, free_requests, 3);
    json_object_end(&w);
    json_key(&w, S("rate_limit"));
    json_object(&w);
    json_kint(&w, "requests", -1);
    json_kstring(&w, "interval", S("10s"));
    json_kstring(&w, "note", S("the sandbox has no limit"));
    json_object_end(&w);
    json_object_end(&w);
    json_object_end(&w);
}

/* ---- routes ---- */

static void serve_key(const struct sandbox_api *api, struct exchange *x) {
    (void)api;
    struct buf json = BUF_INIT(4096);
    if (!bearer(x).n) {
        exchange_fail(x, 401, S("no key: send Authorization: Bearer with any key"));
        return;
    }
    key_json(bearer(x), &json);
    exchange_answer_json(x, &json);
}

static void serve_health(const struct sandbox_api *api, struct exchange *x) {
    (void)api;
    exchange_answer(x, 200, S("application/json"), S("{\"status\":\"ok\"}"));
}

static const struct route {
    str path;
    const char *method;
    bool checks_key;
    void (*answer)(const struct sandbox_api *api, struct exchange *x);
} routes[] = {
    { STR_INIT("/chat/completions"), "POST", true, serve_chat },
    { STR_INIT("/completions"), "POST", true, serve_completion },
    { STR_INIT("/images"), "POST", true, serve_images },
    { STR_INIT("/images/generations"), "POST", true, serve_images },
    { STR_INIT("/images/edits"), "POST", true, serve_image_edits },
    { STR_INIT("/videos"), "POST", true, serve_videos },
    { STR_INIT("/audio/speech"), "POST", true, serve_speech },
    { STR_INIT("/audio/transcriptions"), "POST", true, serve_transcription },
    { STR_INIT("/embeddings"), "POST", true, serve_embeddings },
    { STR_INIT("/models"), "GET", false, serve_models },
    { STR_INIT("/models/user"), "GET", true, serve_models },
    { STR_INIT("/models/count"), "GET", false, serve_models_count },
    { STR_INIT("/images/models"), "GET", false, serve_picture_models },
    { STR_INIT("/videos/models"), "GET", false, serve_video_models },
    { STR_INIT("/embeddings/models"), "GET", false, serve_embedding_models },
    { STR_INIT("/key"), "GET", true, serve_key },
    { STR_INIT("/auth/key"), "GET", true, serve_key },
    { STR_INIT("/health"), "GET", false, serve_health },
};

/* Paths with an id in them; the first that fits. */
static const struct id_route {
    str before, after;
    const char *method;
    bool checks_key;
    void (*answer)(const struct sandbox_api *api, struct exchange *x, str id);
} id_routes[] = {
    { STR_INIT("/model/"), STR_INIT(""), "GET", false, serve_model_row },
    { STR_INIT("/models/"), STR_INIT("/endpoints"), "GET", false, serve_model_endpoints },
    { STR_INIT("/videos/"), STR_INIT("/content"), "GET", true, serve_video_content },
    { STR_INIT("/videos/"), STR_INIT(""), "GET", true, serve_video },
    { STR_INIT("/images/models/"), STR_INIT("/endpoints"), "GET", false, serve_picture_endpoints },
};

static bool method_fits(str method, const char *wanted) {
    return str_eq(method, str_c(wanted)) ||
           (str_eq(method, S("HEAD")) && str_eq(str_c(wanted), S("GET")));
}

static void fail_method(struct exchange *x, const char *allow) {
    str method = exchange_request(x)->method;
    struct buf json = BUF_INIT(1024), message = BUF_INIT(512);
    buf_addf(&message, "%.*s is not possible here: use %s", STR_ARG(str_head(method, 32)), allow);
    struct json_writer w = JSON_WRITER(&json);
    json_object(&w);
    json_key(&w, S("error"));
    json_object(&w);
    json_kint(&w, "code", 405);
    json_kstring(&w, "message", buf_str(&message));
    json_key(&w, S("metadata"));
    json_object(&w);
    json_kstring(&w, "error_type", S("invalid_request"));
    json_object_end(&w);
    json_object_end(&w);
    json_object_end(&w);
    const struct server_header headers[] = { { S("Content-Type"), S("application/json") },
                                             { S("Allow"), str_c(allow) } };
    exchange_head(x, 405, headers, 2, (int64_t)json.n);
    exchange_write(x, buf_str(&json));
    exchange_end(x);
    buf_free(&json);
    buf_free(&message);
}

static const struct route *find_route(str path) {
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        if (str_eq(path, routes[i].path)) return &routes[i];
    return NULL;
}

static const struct id_route *find_id_route(str path, str *id) {
    for (size_t i = 0; i < sizeof id_routes / sizeof id_routes[0]; i++) {
        const struct id_route *r = &id_routes[i];
        size_t around = r->before.n + r->after.n;
        if (path.n < around || !str_starts(path, r->before) || !str_ends(path, r->after)) continue;
        *id = str_head(str_skip(path, r->before.n), path.n - around);
        return r;
    }
    return NULL;
}

/* False: it was answered with an error. */
static bool may_answer(struct exchange *x, const char *method, bool checks_key) {
    if (!method_fits(exchange_request(x)->method, method))
        fail_method(x, method);
    else if (checks_key && refused(x))
        fail_key(x);
    else
        return true;
    return false;
}

static bool without_base(str *path) {
    static const char *const bases[] = { "/api/v1", "/v1" };
    for (size_t i = 0; i < 2; i++) {
        str base = str_c(bases[i]), rest = str_skip(*path, base.n);
        if (!str_starts(*path, base) || (rest.n && rest.p[0] != '/')) continue;
        *path = rest;
        return true;
    }
    return false;
}

static void fail_path(struct exchange *x) {
    const struct server_request *r = exchange_request(x);
    str path = str_head(r->path, 200), bare = path;
    struct buf message = BUF_INIT(1024);
    if (str_starts(bare, S("/api/")) && !find_route(bare)) bare = str_skip(bare, 4);
    buf_addf(&message, "there is nothing at %.*s %.*s: the API is at /api/v1 (and /v1)",
             STR_ARG(str_head(r->method, 32)), STR_ARG(path));
    if (find_route(bare))
        buf_addf(&message, "; did you mean /api/v1%.*s?", STR_ARG(bare));
    else
        buf_add(&message,
                S(": POST /api/v1/chat/completions, GET /api/v1/models, GET /api/v1/key"));
    exchange_fail(x, 404, buf_str(&message));
    buf_free(&message);
}

/* The response cache is not ours. */
static bool asks_for_cache(const struct exchange *x) {
    return exchange_header(x, S("x-openrouter-cache")).n > 0;
}

static bool is_chat(const struct route *r) {
    return r && (r->answer == serve_chat || r->answer == serve_completion);
}

static void ask_others(const struct sandbox_api *api, struct exchange *x) {
    if (!api->others.request)
        fail_path(x);
    else if (refused(x))
        fail_key(x);
    else
        api->others.request(api->others.ctx, x);
}

void sandbox_api_request(void *ctx, struct exchange *x) {
    const struct sandbox_api *api = ctx;
    const struct server_request *r = exchange_request(x);
    str path = r->path;
    if (path.n > 1 && str_ends(path, S("/"))) path = str_head(path, path.n - 1);
    bool based = without_base(&path);
    str id;
    const struct route *route = find_route(path);
    const struct id_route *id_route = based && !route ? find_id_route(path, &id) : NULL;
    if (!based && !str_eq(path, S("/health"))) route = NULL;
    bool elsewhere = api->others.request && is_chat(route) && asks_for_cache(x);
    if (route && !elsewhere) {
        if (may_answer(x, route->method, route->checks_key)) route->answer(api, x);
    } else if (id_route) {
        if (may_answer(x, id_route->method, id_route->checks_key)) id_route->answer(api, x, id);
    } else {
        ask_others(api, x);
    }
}
