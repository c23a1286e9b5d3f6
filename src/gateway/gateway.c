/* The front door: who may come in, and where each path leads.
 *
 * A gateway on loopback is within reach of every web page that the user visits: by its own address,
 * and by a name that resolves to it. So a Host header that is no name of ours is refused, and so is
 * every request of a page that the configuration does not name (Origin): without that, no answer
 * would have to be readable for money to be spent.
 */
#include "gateway/gateway.h"

#include "base/clock.h"
#include "base/log.h"
#include "doc/json_write.h"
#include "gateway/admin.h"
#include "gateway/answer_cache.h"
#include "gateway/answer_store.h"
#include "gateway/call_account.h"
#include "gateway/call_video.h"
#include "gateway/listing.h"
#include "net/http.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

enum { REFUSED_LINE_MS = 10000 };

/* ---- who asks ---- */

static bool is_address(str host) {
    char text[64];
    unsigned char bytes[16];
    if (host.n > 2 && host.p[0] == '[') host = (str){ host.p + 1, host.n - 2 };
    return str_copy(text, sizeof text, host) &&
           (inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1);
}

static str without_port(str authority) {
    ptrdiff_t colon = str_rchr(authority, ':'), bracket = str_rchr(authority, ']');
    return colon > bracket ? str_head(authority, (size_t)colon) : authority;
}

bool gateway_knows_host(const struct settings *s, str host) {
    host = without_port(host);
    if (s->any_host) return true;
    if (host.n == 0 || is_address(host) || url_host_is_localhost(host)) return true;
    for (size_t i = 0; i < s->host_count; i++)
        if (str_ieq(host, s->hosts[i])) return true;
    return false;
}

static bool may_read(const struct settings *s, str origin) {
    for (size_t i = 0; i < s->origin_count; i++)
        if (str_eq(origin, s->origins[i]) || str_eq(s->origins[i], S("*"))) return true;
    return false;
}

str gateway_presented_key(const struct exchange *x) {
    str given = str_trim(exchange_header(x, S("authorization")));
    if (str_istarts(given, S("bearer "))) given = str_trim(str_skip(given, 7));
    return given.n ? given : str_trim(exchange_header(x, S("x-api-key"))); /* Anthropic's clients */
}

/* NULL: it may come in. *client: who it is; NULL: nobody's key, which only an open door lets in. */
static const char *let_in(struct gateway *g, const struct exchange *x, struct client **client) {
    *client = accounts_enter(g->accounts, gateway_presented_key(x));
    if (*client) return client_key_refusal(&(*client)->key, accounts_now(g->accounts));
    return g->anonymous
               ? NULL
               : "no valid key: send Authorization: Bearer with one of this gateway's keys "
                 "(chela gateway keys, or gateway.keys of chela.json5)";
}

/* Who runs the gateway should see why a client is not let in; who knocks for ever should not fill
 * his disk. */
static void tell_refused(struct gateway *g, const struct exchange *x, const char *why) {
    const struct server_request *r = exchange_request(x);
    uint64_t now = uv_now(g->loop);
    g->refused++;
    if (g->quiet || str_eq(g->settings->log, S("off"))) return;
    if (g->refused_told && now < g->refused_told + REFUSED_LINE_MS) return;
    log_warn("%.*s %.*s 401: %s (%llu refused since the last such line)", STR_ARG(r->method),
             STR_ARG(str_head(r->path, 200)), why, (unsigned long long)g->refused);
    g->refused = 0;
    g->refused_told = now;
}

/* The time comes first: what happens together stands together in the ledger's index, whose pages
 * are what a row costs. */
static str make_request_id(struct gateway *g, struct exchange *x) {
    str given = exchange_header(x, S("x-request-id"));
    bool good = given.n && given.n <= 128;
    for (size_t i = 0; i < given.n && good; i++) good = given.p[i] > ' ' && given.p[i] < 0x7f;
    if (good) return given;
    enum { DIGITS = 24 };
    char *id = arena_alloc(exchange_request(x)->arena, sizeof "req-" + DIGITS);
    uint64_t n = (g->seed + ++g->serial) * 0x9e3779b97f4a7c15u;
    if (!id) return S("req");
    snprintf(id, sizeof "req-" + DIGITS, "req-%012llx%012llx",
             (unsigned long long)clock_unix_ms() & 0xffffffffffff, (unsigned long long)(n >> 16));
    return (str){ id, sizeof "req-" - 1 + DIGITS };
}

/* An error in the words of the client's API; NULL: OpenRouter's. */
static void fail_as(struct exchange *x, const struct skin *skin, int status, str message) {
    struct buf json = BUF_INIT(16 << 10);
    if (!skin || !skin->error) {
        exchange_fail(x, status, message);
        return;
    }
    const struct skin_failure f = { .status = status,
                                    .message = message,
                                    .error_type = str_c(server_error_type(status)) };
    skin->error(&f, &json);
    exchange_answer(x, status, S("application/json"), buf_str(&json));
    buf_free(&json);
}

/* ---- small answers ---- */

static str without_slash(str path) {
    return path.n > 1 && str_ends(path, S("/")) ? str_head(path, path.n - 1) : path;
}

static bool without_base(str *path) {
    static const str bases[] = { STR_INIT("/api/v1/"), STR_INIT("/v1/") };
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++)
        if (str_starts(*path, bases[i])) {
            *path = str_skip(*path, bases[i].n - 1);
            return true;
        }
    return false;
}

static void get_listing(struct gateway *g, struct exchange *x) {
    str path = exchange_request(x)->path;
    without_base(&path);
    listing_answer(g, x, without_slash(path));
}

static void get_providers(struct gateway *g, struct exchange *x) {
    struct buf json = BUF_INIT(64 << 10);
    models_providers(g->settings, &json);
    exchange_answer_json(x, &json);
}

static void get_health(struct gateway *g, struct exchange *x) {
    struct buf json = BUF_INIT(1 << 20);
    if (!str_starts(exchange_request(x)->query, S("verbose"))) {
        exchange_answer(x, 200, S("application/json"), S("{\"status\":\"ok\"}"));
        return;
    }
    buf_addf(&json,
             "{\"status\":\"ok\",\"calls\":%u,\"connections\":%u,\"upstream_connections\":%u,"
             "\"upstream_idle\":%u,\"endpoints\":",
             g->calls, server_connections(g->server), upstream_open(g->pool),
             upstream_idle(g->pool));
    health_json(g->health, &json);
    buf_addc(&json, '}');
    exchange_answer_json(x, &json);
}

static void get_ready(struct gateway *g, struct exchange *x) {
    if (g->draining)
        exchange_fail(x, 503, S("the gateway is ending"));
    else
        exchange_answer(x, 200, S("application/json"), S("{\"status\":\"ready\"}"));
}

/* Nobody but a model's own tokenizer knows: x-chela-estimate says so. */
static void post_count(struct gateway *g, struct exchange *x) {
    (void)g;
    struct doc *d = NULL;
    struct err e = ERR_INIT;
    struct buf json = BUF_INIT(256);
    if (doc_parse(&d, exchange_request(x)->body, DOC_JSON, NULL, &e) != CHELA_OK) {
        fail_as(x, &skin_messages, 400, str_c(e.message));
        return;
    }
    buf_addf(&json, "{\"input_tokens\":%lld}", (long long)skin_messages_count(d));
    doc_free(d);
    const struct server_header headers[] = { { S("Content-Type"), S("application/json") },
                                             { S("X-Chela-Estimate"), S("true") } };
    exchange_head(x, 200, headers, 2, (int64_t)json.n);
    exchange_write(x, buf_str(&json));
    exchange_end(x);
    buf_free(&json);
}

static void post_reset(struct gateway *g, struct exchange *x) {
    health_reset(g->health);
    exchange_answer(x, 200, S("application/json"), S("{\"status\":\"ok\"}"));
}

static void gauge(struct buf *out, const char *name, const char *help, size_t value) {
    buf_addf(out,
             "# HELP chela_gateway_%s %s\n# TYPE chela_gateway_%s gauge\nchela_gateway_%s %zu\n",
             name, help, name, name, value);
}

static void write_ledger(struct accounts *a, struct buf *out) {
    struct accounts_counts n;
    accounts_counts(a, &n);
    const struct {
        const char *name, *help;
        uint64_t value;
    } rows[] = { { "rows", "requests written down", n.rows },
                 { "batches", "transactions that wrote them", n.batches },
                 { "lost", "requests that found no room in the queue", n.lost } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        buf_addf(out,
                 "# HELP chela_gateway_ledger_%s_total %s\n"
                 "# TYPE chela_gateway_ledger_%s_total counter\n"
                 "chela_gateway_ledger_%s_total %llu\n",
                 rows[i].name, rows[i].help, rows[i].name, rows[i].name,
                 (unsigned long long)rows[i].value);
}

static void get_metrics(struct gateway *g, struct exchange *x) {
    struct buf text = BUF_INIT(256 << 10);
    struct counters sum = { 0 };
    for (size_t i = 0; i < g->worker_count; i++) counters_add(&sum, &g->workers[i].counters);
    counters_write(&sum, &text);
    struct meters *upstreams = calloc(1, sizeof *upstreams);
    for (size_t i = 0; i < g->worker_count && upstreams; i++)
        meters_add(upstreams, &g->workers[i].meters);
    if (upstreams) meters_write(upstreams, &text);
    free(upstreams);
    static const char *const names[] = { "opened", "reused", "sent_again", "looked_up" };
    uint64_t totals[4] = { 0 };
    for (size_t i = 0; i < g->worker_count; i++) {
        struct upstream_counts *u = upstream_counts(g->workers[i].pool);
        totals[0] += atomic_load(&u->opened);
        totals[1] += atomic_load(&u->reused);
        totals[2] += atomic_load(&u->again);
        totals[3] += atomic_load(&u->looked_up);
    }
    for (size_t i = 0; i < 4; i++)
        buf_addf(&text,
                 "# TYPE chela_gateway_upstream_%s_total counter\n"
                 "chela_gateway_upstream_%s_total %llu\n",
                 names[i], names[i], (unsigned long long)totals[i]);
    gauge(&text, "connections", "clients connected to this worker", server_connections(g->server));
    gauge(&text, "calls", "requests running in this worker", g->calls);
    gauge(&text, "upstream_connections", "connections to upstreams of this worker",
          upstream_open(g->pool));
    struct answer_store_counts cache;
    answer_store_count(g->answers, clock_ms(), &cache);
    gauge(&text, "cache_answers", "answers in the response cache", cache.answers);
    gauge(&text, "cache_bytes", "bytes of memory that they take", cache.bytes);
    write_ledger(g->accounts, &text);
    exchange_answer(x, 200, S("text/plain; version=0.0.4"), buf_str(&text));
    buf_free(&text);
}

/* ---- paths ---- */

static const struct call_api apis[] = {
    { .path = STR_INIT("/chat/completions"), .choices = true },
    { .path = STR_INIT("/completions"), .choices = true },
    { .path = STR_INIT("/embeddings"), .media = &media_vectors },
    { .path = STR_INIT("/images"), .media = &media_images },
    { .path = STR_INIT("/images/generations"), .media = &media_images },
    { .path = STR_INIT("/images/edits"), .media = &media_image_edits },
    { .path = STR_INIT("/videos"), .media = &media_videos },
    { .path = STR_INIT("/audio/speech"), .media = &media_speech },
    { .path = STR_INIT("/audio/transcriptions"), .media = &media_transcription },
    { .path = STR_INIT("/responses"), .choices = true, .skin = &skin_responses },
    { .path = STR_INIT("/messages"), .choices = true, .skin = &skin_messages },
};

static const struct route_row {
    str path;
    const char *method;
    bool based; /* below /api/v1 and /v1 */
    bool open;  /* without a key */
    void (*answer)(struct gateway *g, struct exchange *x);
} rows[] = {
    { STR_INIT("/models"), "GET", true, false, get_listing },
    { STR_INIT("/models/user"), "GET", true, false, get_listing },
    { STR_INIT("/models/count"), "GET", true, false, get_listing },
    { STR_INIT("/images/models"), "GET", true, false, get_listing },
    { STR_INIT("/videos/models"), "GET", true, false, get_listing },
    { STR_INIT("/embeddings/models"), "GET", true, false, get_listing },
    { STR_INIT("/providers"), "GET", true, false, get_providers },
    { STR_INIT("/messages/count_tokens"), "POST", true, false, post_count },
    { STR_INIT("/healthz"), "GET", false, true, get_health },
    { STR_INIT("/readyz"), "GET", false, true, get_ready },
    { STR_INIT("/healthz/reset"), "POST", false, false, post_reset },
    { STR_INIT("/metrics"), "GET", false, false, get_metrics },
    { STR_INIT("/cache"), "GET", false, false, answer_cache_stats },
    { STR_INIT("/cache/clear"), "POST", false, false, answer_cache_clear },
};

static const struct call_api *find_api(str path) {
    for (size_t i = 0; i < sizeof apis / sizeof apis[0]; i++)
        if (str_eq(path, apis[i].path)) return &apis[i];
    return NULL;
}

static const struct route_row *find_row(str path, bool based) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].based == based && str_eq(path, rows[i].path)) return &rows[i];
    return NULL;
}

static void fail_path(struct exchange *x) {
    const struct server_request *r = exchange_request(x);
    str path = str_head(r->path, 200), bare = path;
    struct buf message = BUF_INIT(1024);
    if (str_starts(bare, S("/api/"))) bare = str_skip(bare, 4);
    buf_addf(&message, "there is nothing at %.*s %.*s: the API is at /api/v1 (and /v1)",
             STR_ARG(r->method), STR_ARG(path));
    if (find_api(bare) || find_row(bare, true))
        buf_addf(&message, "; did you mean /api/v1%.*s?", STR_ARG(bare));
    exchange_fail(x, 404, buf_str(&message));
    buf_free(&message);
}

static bool is_get(str method) {
    return str_eq(method, S("GET")) || str_eq(method, S("HEAD"));
}

/* /model/{author}/{slug} and /models/{author}/{slug}/endpoints */
static bool get_model(struct gateway *g, struct exchange *x, str path) {
    str end = S("/endpoints"), id;
    bool endpoints = str_starts(path, S("/models/")) && str_ends(path, end);
    if (!is_get(exchange_request(x)->method)) return false;
    if (endpoints && path.n > 8 + end.n)
        id = str_head(str_skip(path, 8), path.n - 8 - end.n);
    else if (!endpoints && str_starts(path, S("/model/")))
        id = str_skip(path, 7);
    else
        return false;
    struct buf json = BUF_INIT(1 << 20);
    bool found = endpoints ? models_endpoints(g->settings, g->health, id, &json)
                           : models_row(g->settings, id, &json);
    if (found) {
        exchange_answer_json(x, &json);
        return true;
    }
    buf_free(&json);
    if (listing_ask_local(g, x, path)) return true;
    buf_addf(&json, "no model \"%.*s\" is known here: see GET /api/v1/models",
             STR_ARG(str_head(id, 100)));
    exchange_fail(x, 404, buf_str(&json));
    buf_free(&json);
    return true;
}

/* ---- web pages ---- */

static void allow_page(struct exchange_filter *f, struct exchange *x,
                       const struct server_answer *a) {
    struct server_header headers[40];
    size_t n = 0;
    for (; n < a->count && n < 38; n++) headers[n] = a->headers[n];
    headers[n++] =
        (struct server_header){ S("Access-Control-Allow-Origin"), exchange_header(x, S("origin")) };
    headers[n++] = (struct server_header){ S("Vary"), S("Origin") };
    exchange_pass_head(f, x, &(struct server_answer){ a->status, headers, n, a->length });
}

/* Whether the request may go on: it is no page's, or that of one that may use this gateway. */
static bool check_page(struct gateway *g, struct exchange *x) {
    str origin = exchange_header(x, S("origin"));
    if (!origin.n) return true;
    if (!may_read(g->settings, origin)) {
        COUNT(&g->counters, refused_origin);
        exchange_fail(x, 403,
                      S("web pages may not use this gateway, except those that chela.json5 "
                        "names (gateway.origins)"));
        return false;
    }
    struct exchange_filter *f = arena_alloc(exchange_request(x)->arena, sizeof *f);
    if (f) {
        f->head = allow_page;
        exchange_add_filter(x, f);
    }
    if (!str_eq(exchange_request(x)->method, S("OPTIONS"))) return true;
    const struct server_header headers[] = {
        { S("Access-Control-Allow-Methods"), S("GET, POST, PATCH, DELETE") },
        { S("Access-Control-Allow-Headers"),
          exchange_header(x, S("access-control-request-headers")) },
        { S("Access-Control-Max-Age"), S("600") },
    };
    exchange_head(x, 204, headers, 3, 0);
    exchange_end(x);
    return false;
}

void gateway_request(void *ctx, struct exchange *x) {
    struct gateway *g = ctx;
    const struct server_request *r = exchange_request(x);
    if (!gateway_knows_host(g->settings, exchange_header(x, S("host")))) {
        COUNT(&g->counters, refused_host);
        exchange_fail(x, 421,
                      S("this gateway does not go by that name: chela.json5 (gateway.hosts) "
                        "lists more of them"));
        return;
    }
    if (!check_page(g, x)) return;
    str path = without_slash(r->path);
    bool based = without_base(&path);
    const struct call_api *api = based ? find_api(path) : NULL;
    const struct route_row *row = api ? NULL : find_row(path, based);
    bool call = api && str_eq(r->method, S("POST"));
    struct client *client = NULL;
    const char *refusal = row && row->open ? NULL : let_in(g, x, &client);
    if (refusal) {
        COUNT(&g->counters, refused_key);
        tell_refused(g, x, refusal);
        if (call && client) call_account_refused(g, client, api->path, make_request_id(g, x), 401);
        fail_as(x, api ? api->skin : NULL, 401, str_c(refusal));
        accounts_leave(g->accounts, client);
        return;
    }
    exchange_set_data(x, client);
    if (call) {
        call_start(g, x, api, make_request_id(g, x));
    } else if (row && !row->based && !row->open && !admin_is_owner(client)) {
        exchange_fail(x, 403,
                      S("this concerns everybody: it takes a management key, or one of "
                        "gateway.keys of chela.json5"));
    } else if (row && (str_eq(r->method, str_c(row->method)) ||
                       (is_get(r->method) && str_eq(str_c(row->method), S("GET"))))) {
        row->answer(g, x);
    } else if (api || row) {
        exchange_fail(x, 405, S("this path does not take that method"));
    } else if (!based || (!get_model(g, x, path) && !admin_answer(g, x, path) &&
                          !call_video(g, x, path, make_request_id(g, x)))) {
        fail_path(x);
    }
    if (exchange_data(x) == client)
        accounts_leave(g->accounts, client); /* else it was taken over */
}
