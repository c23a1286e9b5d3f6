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
    uint64_t pace_ms;
    char id[64];
};

static void chat_free(struct chat *c) {
    doc_free(c->request.doc);
    arena_free(&c->arena);
    buf_free(&c->event);
    free(c);
}

static void chat_closed(struct exchange *x) {
    chat_free(exchange_data(x));
}

/* gen-<seconds>-<20 letters and digits>, as OpenRouter's look. */
static void make_id(char *out, size_t cap, int64_t seconds) {
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    unsigned char random[20];
    struct buf id = BUF_INIT(60);
    if (uv_random(NULL, NULL, random, sizeof random, 0, NULL) != 0)
        for (size_t i = 0; i < sizeof random; i++)
            random[i] = (unsigned char)((uint64_t)clock_ms() * (i + 1) >> (i % 8));
    buf_addf(&id, "gen-%lld-", (long long)seconds);
    for (size_t i = 0; i < sizeof random; i++)
        buf_addc(&id, letters[random[i] % (sizeof letters - 1)]);
    str_copy(out, cap, buf_str(&id));
    buf_free(&id);
}

static void chat_go_on(struct exchange *x) {
    struct chat *c = exchange_data(x);
    for (;;) {
        buf_clear(&c->event);
        if (!wire_next(&c->reply, &c->stream, &c->event)) {
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
        if (!c->pace_ms) continue;
        exchange_after(x, c->pace_ms, chat_go_on);
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
    } else {
        exchange_fail(x, 500, S("the answer is too large"));
    }
    buf_free(&json);
    chat_free(c);
}

static void fail_with(struct exchange *x, const struct err *e) {
    exchange_fail(x, err_http(e->code), str_c(e->message));
}

static void route_chat(const struct sandbox_api *api, struct exchange *x) {
    str body = exchange_request(x)->body;
    struct err e = ERR_INIT;
    struct chat *c = calloc(1, sizeof *c);
    if (!c) {
        exchange_fail(x, 500, S("out of memory"));
        return;
    }
    arena_init(&c->arena, agent_arena_max(body.n));
    buf_init(&c->event, EVENT_MAX);
    int64_t now = clock_unix_ms() / 1000;
    enum chela_error failed =
        body.n
            ? agent_read(&c->request, body, &c->arena, &e)
            : err_set(&e, CHELA_INPUT, "the body is empty: expected a JSON object with messages");
    c->request.now_s = now;
    if (!failed) failed = agent_answer(&c->answer, &c->request, &e);
    if (failed) {
        chat_free(c);
        fail_with(x, &e);
        return;
    }
    make_id(c->id, sizeof c->id, now);
    c->reply = (struct wire_reply){ .answer = &c->answer, .id = str_c(c->id), .created = now };
    if (api->cache)
        c->reply.cache = prompt_cache_ask(api->cache, &c->request, c->answer.prompt_tokens);
    c->pace_ms = api->pace_ms;
    if (c->request.stream)
        answer_stream(x, c);
    else
        answer_whole(x, c);
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

static void answer_json(struct exchange *x, struct buf *json) {
    if (json->failed)
        exchange_fail(x, 500, S("out of memory"));
    else
        exchange_answer(x, 200, S("application/json"), buf_str(json));
    buf_free(json);
}

static void route_key(const struct sandbox_api *api, struct exchange *x) {
    (void)api;
    struct buf json = BUF_INIT(4096);
    if (!bearer(x).n) {
        exchange_fail(x, 401, S("no key: send Authorization: Bearer with any key"));
        return;
    }
    key_json(bearer(x), &json);
    answer_json(x, &json);
}

static void route_models(const struct sandbox_api *api, struct exchange *x) {
    (void)api;
    struct buf json = BUF_INIT(64 << 10);
    sandbox_models_list(&json);
    answer_json(x, &json);
}

static void route_count(const struct sandbox_api *api, struct exchange *x) {
    (void)api;
    struct buf json = BUF_INIT(256);
    sandbox_models_count(&json);
    answer_json(x, &json);
}

static void route_health(const struct sandbox_api *api, struct exchange *x) {
    (void)api;
    exchange_answer(x, 200, S("application/json"), S("{\"status\":\"ok\"}"));
}

static const struct route {
    str path;
    const char *method;
    bool checks_key;
    void (*answer)(const struct sandbox_api *api, struct exchange *x);
} routes[] = {
    { STR_INIT("/chat/completions"), "POST", true, route_chat },
    { STR_INIT("/models"), "GET", false, route_models },
    { STR_INIT("/models/user"), "GET", true, route_models },
    { STR_INIT("/models/count"), "GET", false, route_count },
    { STR_INIT("/key"), "GET", true, route_key },
    { STR_INIT("/auth/key"), "GET", true, route_key },
    { STR_INIT("/health"), "GET", false, route_health },
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

/* /model/{author}/{slug} and /models/{author}/{slug}/endpoints */
static bool route_model(struct exchange *x, str path) {
    str one = S("/model/"), many = S("/models/"), end = S("/endpoints");
    bool endpoints = str_starts(path, many) && str_ends(path, end);
    if (!endpoints && !str_starts(path, one)) return false;
    str id = endpoints ? str_head(str_skip(path, many.n),
                                  path.n - many.n > end.n ? path.n - many.n - end.n : 0)
                       : str_skip(path, one.n);
    struct buf json = BUF_INIT(16 << 10);
    if (!method_fits(exchange_request(x)->method, "GET")) {
        fail_method(x, "GET");
        return true;
    }
    bool found = endpoints ? sandbox_models_endpoints(id, &json) : sandbox_models_row(id, &json);
    if (found) {
        answer_json(x, &json);
        return true;
    }
    buf_clear(&json);
    buf_addf(&json, "no model \"%.*s\" is listed here: see GET /api/v1/models",
             STR_ARG(str_head(id, 100)));
    exchange_fail(x, 404, buf_str(&json));
    buf_free(&json);
    return true;
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

void sandbox_api_request(void *ctx, struct exchange *x) {
    const struct sandbox_api *api = ctx;
    const struct server_request *r = exchange_request(x);
    str path = r->path;
    if (path.n > 1 && str_ends(path, S("/"))) path = str_head(path, path.n - 1);
    bool based = without_base(&path);
    const struct route *route = find_route(path);
    if (!based && !str_eq(path, S("/health"))) route = NULL;
    if (!route) {
        if (!based || !route_model(x, path)) fail_path(x);
    } else if (!method_fits(r->method, route->method)) {
        fail_method(x, route->method);
    } else if (route->checks_key && refused(x)) {
        fail_key(x);
    } else {
        route->answer(api, x);
    }
}
