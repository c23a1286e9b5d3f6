#include "gateway/settings.h"

#include "base/log.h"
#include "gateway/discovered.h"
#include "sandbox/models.h"

#include <stdlib.h>

static const struct timeouts default_timeouts = {
    .connect = 10 * 1000,
    .first_byte = 600 * 1000, /* an answer that comes whole comes when it is complete */
    .first_token = 120 * 1000,
    .idle = 120 * 1000,
};

struct loading {
    struct settings *s;
    struct upstream_pool *pool;
    struct doc *d;          /* openclaw.json */
    struct doc *own;        /* chela.json5 */
    doc_node gateway;       /* in own */
    struct timeouts common; /* of all upstreams */
    const char *local;
};

static str text_of(struct loading *l, struct doc *d, doc_node object, const char *key) {
    str text = { 0 };
    doc_string(d, doc_get(d, object, str_c(key)), &text);
    return arena_dup(&l->s->arena, str_trim(text));
}

static void read_timeouts(struct loading *l, doc_node n, struct timeouts *t) {
    const struct {
        const char *key;
        uint64_t *value;
    } fields[] = {
        { "connectMs", &t->connect },
        { "firstByteMs", &t->first_byte },
        { "firstTokenMs", &t->first_token },
        { "idleMs", &t->idle },
        { "totalMs", &t->total },
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        int64_t ms;
        if (doc_int(l->own, doc_get(l->own, n, str_c(fields[i].key)), &ms) && ms >= 0)
            *fields[i].value = (uint64_t)ms;
    }
}

static enum chela_error out_of_memory(struct err *e) {
    return err_set(e, CHELA_NOMEM, "out of memory for the configuration");
}

/* ---- upstreams ---- */

/* OpenClaw's prices are USD for a million tokens. */
static double price(struct doc *d, doc_node cost, const char *key) {
    double value;
    return doc_number(d, doc_get(d, cost, str_c(key)), &value) && value >= 0 ? value / 1e6 : -1;
}

/* What a row of OpenClaw's says that it cannot do. */
static parameters lacking_parameters(struct doc *d, doc_node row, parameters lacks) {
    bool yes;
    doc_node compat = doc_get(d, row, S("compat"));
    if (doc_bool(d, doc_get(d, row, S("reasoning")), &yes) && !yes)
        lacks |= parameters_named(S("reasoning")) | parameters_named(S("reasoning_effort")) |
                 parameters_named(S("include_reasoning"));
    if (doc_bool(d, doc_get(d, compat, S("supportsReasoningEffort")), &yes) && !yes)
        lacks |= parameters_named(S("reasoning_effort"));
    if (doc_bool(d, doc_get(d, compat, S("supportsTools")), &yes) && !yes)
        lacks |= parameters_named(S("tools")) | parameters_named(S("tool_choice")) |
                 parameters_named(S("parallel_tool_calls"));
    return lacks;
}

static bool read_models(struct loading *l, doc_node list, struct upstream *u) {
    size_t n = doc_len(l->d, list);
    struct upstream_model *models = arena_alloc(&l->s->arena, (n + 1) * sizeof *models);
    if (!models) return false;
    u->models = models;
    for (doc_node row = doc_first(l->d, list); row; row = doc_next(l->d, row)) {
        struct upstream_model *m = &models[u->model_count];
        doc_node cost = doc_get(l->d, row, S("cost"));
        m->id = text_of(l, l->d, row, "id");
        m->name = text_of(l, l->d, row, "name");
        if (!m->id.n) continue;
        if (!m->name.n) m->name = m->id;
        doc_int(l->d, doc_get(l->d, row, S("contextWindow")), &m->context_length);
        doc_int(l->d, doc_get(l->d, row, S("maxTokens")), &m->max_output);
        doc_bool(l->d, doc_get(l->d, row, S("reasoning")), &m->reasons);
        m->price_prompt = price(l->d, cost, "input");
        m->price_completion = price(l->d, cost, "output");
        m->price_cache_read = price(l->d, cost, "cacheRead");
        m->price_cache_write = price(l->d, cost, "cacheWrite");
        m->lacks = lacking_parameters(l->d, row, u->lacks);
        u->model_count++;
    }
    return true;
}

static bool own_header(str name) {
    static const str names[] = {
        STR_INIT("authorization"),   STR_INIT("host"),
        STR_INIT("content-length"),  STR_INIT("connection"),
        STR_INIT("keep-alive"),      STR_INIT("transfer-encoding"),
        STR_INIT("content-type"),    STR_INIT("expect"),
        STR_INIT("accept-encoding"), STR_INIT("te"),
        STR_INIT("upgrade"),         STR_INIT("content-encoding"),
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_ieq(name, names[i])) return true;
    return false;
}

static enum chela_error read_headers(struct loading *l, doc_node object, struct upstream *u,
                                     struct err *e) {
    struct header_list list = { .arena = &l->s->arena };
    for (doc_node n = doc_first(l->d, object); n; n = doc_next(l->d, n)) {
        struct secret value = { 0 };
        char source[256];
        str name = doc_key(l->d, n);
        if (own_header(name)) {
            log_warn("models.providers.%.*s.headers: %.*s is not for a configuration to set",
                     STR_ARG(u->id), STR_ARG(name));
            continue;
        }
        enum chela_error code =
            config_secret(l->s->config, l->d, n, u->route.origin, &value, source, sizeof source, e);
        if (code != CHELA_OK) return code;
        bool good = headers_set(&list, name, (str){ value.bytes, value.n });
        secret_free(&value);
        if (!good)
            return err_set(e, CHELA_CONFIG, "models.providers.%.*s.headers: \"%.*s\" is no header",
                           STR_ARG(u->id), STR_ARG(name));
    }
    struct server_header *headers = arena_alloc(&l->s->arena, (list.count + 1) * sizeof *headers);
    if (!headers) return out_of_memory(e);
    for (size_t i = 0; i < list.count; i++)
        headers[i] = (struct server_header){ list.item[i].name, list.item[i].value };
    u->headers = headers;
    u->header_count = list.count;
    return CHELA_OK;
}

static enum chela_error find_key(struct loading *l, doc_node provider, struct upstream *u,
                                 struct err *e) {
    char source[256];
    doc_node own = doc_get(l->d, provider, S("apiKey"));
    if (!u->is_openrouter)
        return own ? config_secret(l->s->config, l->d, own, u->route.origin, &u->key, source,
                                   sizeof source, e)
                   : CHELA_OK;
    struct credential c = { 0 };
    enum chela_error code = credential_find(l->s->config, u->route.origin, S(""), &c, e);
    if (code == CHELA_OK) {
        u->key = c.key;
        return CHELA_OK;
    }
    if (code != CHELA_NO_KEY) return code;
    if (u->route.verified)
        u->no_key = arena_dup(&l->s->arena, str_c(e ? e->message : "no key for OpenRouter"));
    return CHELA_OK;
}

/* What follows the authority in a base URL. */
static str path_of(str base_url) {
    str rest = str_skip(base_url, (size_t)str_find(base_url, S("://")) + 3);
    ptrdiff_t slash = str_chr(rest, '/');
    return slash < 0 ? (str){ 0 } : str_skip(rest, (size_t)slash);
}

static bool read_api(str name, enum wire_api *api) {
    static const struct {
        str name;
        enum wire_api api;
    } known[] = {
        { STR_INIT(""), WIRE_CHAT },
        { STR_INIT("openai-completions"), WIRE_CHAT },
        { STR_INIT("openai-responses"), WIRE_RESPONSES },
        { STR_INIT("anthropic-messages"), WIRE_MESSAGES },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_eq(name, known[i].name)) {
            *api = known[i].api;
            return true;
        }
    return false;
}

static enum chela_error add_upstream(struct loading *l, str id, doc_node provider, struct err *e) {
    struct settings *s = l->s;
    struct upstream *u = &s->upstream[s->upstream_count];
    str base_url = text_of(l, l->d, provider, "baseUrl"), api = text_of(l, l->d, provider, "api");
    *u = (struct upstream){ .id = arena_dup(&s->arena, id), .timeouts = l->common };
    u->is_openrouter = str_eq(id, S("openrouter"));
    if (!u->is_openrouter && (!base_url.n || !read_api(api, &u->api))) {
        log_warn("models.providers.%.*s: %s; the gateway leaves it out", STR_ARG(id),
                 base_url.n ? "its api is none that the gateway speaks" : "it has no baseUrl");
        return CHELA_OK;
    }
    enum chela_error code = route_of_url(&u->route, base_url, &s->arena, e);
    if (code != CHELA_OK) return err_prefix(e, code, "models.providers.%.*s: ", STR_ARG(id));
    u->target = path_of(u->route.base_url);
    /* Anthropic's SDK adds /v1 itself, so base URLs of such services come without it */
    if (u->api == WIRE_MESSAGES && !str_ends(u->target, S("/v1")))
        u->target = arena_printf(&s->arena, "%.*s/v1", STR_ARG(u->target));
    bool bearer = u->api != WIRE_MESSAGES;
    doc_bool(l->d, doc_get(l->d, provider, S("authHeader")), &bearer);
    u->key_bare = !bearer;
    u->origin = upstream_origin(l->pool, u->route.base_url, e);
    if (!u->origin) return e ? e->code : CHELA_CONFIG;
    doc_node tuning = doc_get(l->own, doc_get(l->own, l->gateway, S("upstreams")), id);
    u->shape = u->is_openrouter;
    doc_bool(l->own, doc_get(l->own, tuning, S("shape")), &u->shape);
    doc_bool(l->own, doc_get(l->own, tuning, S("zdr")), &u->zdr);
    u->collects_data = !str_eq(text_of(l, l->own, tuning, "dataCollection"), S("deny"));
    u->quantization = text_of(l, l->own, tuning, "quantization");
    if (!u->quantization.n) u->quantization = S("unknown");
    doc_node listed = doc_get(l->own, tuning, S("parameters"));
    if (listed) u->lacks = ~parameters_listed(l->own, listed);
    read_timeouts(l, doc_get(l->own, tuning, S("timeouts")), &u->timeouts);
    code = find_key(l, provider, u, e);
    if (code == CHELA_OK && !u->is_openrouter)
        code = read_headers(l, doc_get(l->d, provider, S("headers")), u, e);
    for (size_t i = 0; i < u->key.n; i++)
        u->key_print = u->key_print * 31 + (unsigned char)u->key.bytes[i];
    s->upstream_count++; /* its key is to be freed in any case */
    doc_node models = doc_get(l->d, provider, S("models"));
    u->discovers = !u->is_openrouter && doc_len(l->d, models) == 0;
    if (u->discovers)
        discovered_read(config_where(s->config)->cache, u, &s->arena);
    else if (code == CHELA_OK && !read_models(l, models, u))
        code = out_of_memory(e);
    return code;
}

static enum chela_error read_upstreams(struct loading *l, struct err *e) {
    doc_node list = doc_path_get(l->d, S("models.providers"), NULL);
    enum chela_error code = CHELA_OK;
    bool openrouter = false;
    for (doc_node n = doc_first(l->d, list); n && code == CHELA_OK; n = doc_next(l->d, n)) {
        str id = doc_key(l->d, n);
        if (doc_get(l->d, list, id) != n) continue;         /* of twins the last counts */
        if (l->s->upstream_count + 2 == SETTINGS_UPSTREAMS) /* openrouter, local */
            return err_set(e, CHELA_CONFIG, "models.providers: more than %d of them",
                           SETTINGS_UPSTREAMS - 2);
        openrouter = openrouter || str_eq(id, S("openrouter"));
        code = add_upstream(l, id, n, e);
    }
    if (code == CHELA_OK && !openrouter) code = add_upstream(l, S("openrouter"), 0, e);
    return code;
}

/* What the sandbox can do, under the names of its own catalogue: nothing of it costs anything, and
 * nothing leaves this machine. */
static enum chela_error add_local(struct loading *l, struct err *e) {
    static const char *const ids[] = { SANDBOX_MODEL, MODEL_PICTURE,       MODEL_VIDEO,
                                       MODEL_SPEECH,  MODEL_TRANSCRIPTION, MODEL_EMBEDDING };
    enum { IDS = sizeof ids / sizeof ids[0] };
    struct settings *s = l->s;
    if (settings_upstream(s, S("local")))
        return err_set(e, CHELA_CONFIG,
                       "models.providers.local: the local engines go by that name (gateway.local)");
    struct upstream *u = &s->upstream[s->upstream_count];
    struct upstream_model *models = arena_alloc(&s->arena, IDS * sizeof *models);
    if (!models) return out_of_memory(e);
    *u = (struct upstream){ .id = S("local"),
                            .is_local = true,
                            .zdr = true,
                            .quantization = S("unknown"),
                            .target = S("/api/v1"),
                            .models = models,
                            .model_count = IDS,
                            .timeouts = l->common };
    enum chela_error code = route_of_url(&u->route, S("http://local/api/v1"), &s->arena, e);
    if (code != CHELA_OK) return code;
    for (size_t i = 0; i < IDS; i++)
        models[i] = (struct upstream_model){ .id = str_c(ids[i]),
                                             .name = sandbox_models_name(str_c(ids[i])) };
    u->origin = upstream_origin_unix(l->pool, l->local, "http://local", e);
    if (!u->origin) return e ? e->code : CHELA_NOMEM;
    s->upstream_count++;
    return CHELA_OK;
}

/* ---- the rest ---- */

static const str *read_strings(struct loading *l, const char *key, size_t *count) {
    doc_node list = doc_get(l->own, l->gateway, str_c(key));
    str *out = arena_alloc(&l->s->arena, (doc_len(l->own, list) + 1) * sizeof *out), text;
    for (doc_node n = doc_first(l->own, list); n && out; n = doc_next(l->own, n))
        if (doc_string(l->own, n, &text) && text.n)
            out[(*count)++] = arena_dup(&l->s->arena, str_trim(text));
    return out;
}

static void read_cache(struct loading *l) {
    struct cache_settings *c = &l->s->cache;
    doc_node n = doc_get(l->own, l->gateway, S("cache"));
    int64_t number;
    bool on;
    *c = (struct cache_settings){ .bytes = 64u << 20, .answers = 16384 };
    if (doc_bool(l->own, doc_get(l->own, n, S("enabled")), &on))
        c->mode = on ? CACHE_ALWAYS : CACHE_NEVER;
    doc_bool(l->own, doc_get(l->own, n, S("coalesce")), &c->coalesce);
    doc_int(l->own, doc_get(l->own, n, S("ttlSeconds")), &c->ttl);
    if (doc_int(l->own, doc_get(l->own, n, S("maxBytes")), &number) && number >= 0)
        c->bytes = (size_t)number;
    if (doc_int(l->own, doc_get(l->own, n, S("maxAnswers")), &number) && number >= 0)
        c->answers = (size_t)number;
}

static bool read_aliases(struct loading *l) {
    doc_node list = doc_get(l->own, l->gateway, S("aliases"));
    struct model_alias *out = arena_alloc(&l->s->arena, (doc_len(l->own, list) + 1) * sizeof *out);
    str model;
    if (!out) return false;
    l->s->aliases = out;
    for (doc_node n = doc_first(l->own, list); n; n = doc_next(l->own, n))
        if (doc_string(l->own, n, &model) && str_trim(model).n)
            out[l->s->alias_count++] =
                (struct model_alias){ arena_dup(&l->s->arena, doc_key(l->own, n)),
                                      arena_dup(&l->s->arena, str_trim(model)) };
    return true;
}

static enum chela_error read_keys(struct loading *l, struct err *e) {
    struct settings *s = l->s;
    doc_node list = doc_get(l->own, l->gateway, S("keys"));
    for (doc_node n = doc_first(l->own, list); n; n = doc_next(l->own, n)) {
        char source[256];
        if (s->key_count == SETTINGS_KEYS)
            return err_set(e, CHELA_CONFIG, "gateway.keys: more than %d of them", SETTINGS_KEYS);
        enum chela_error code = config_secret(s->config, l->own, n, (str){ 0 },
                                              &s->keys[s->key_count], source, sizeof source, e);
        if (code != CHELA_OK) return code;
        if (s->keys[s->key_count++].n < 16)
            return err_set(e, CHELA_CONFIG, "gateway.keys: a key needs 16 characters or more");
    }
    return CHELA_OK;
}

static enum chela_error load(struct loading *l, struct err *e) {
    struct settings *s = l->s;
    size_t rows;
    int64_t ms;
    l->d = config_doc(s->config);
    l->own = config_chela_doc(s->config);
    l->gateway = doc_get(l->own, doc_root(l->own), S("gateway"));
    l->common = default_timeouts;
    read_timeouts(l, doc_get(l->own, l->gateway, S("timeouts")), &l->common);
    s->heartbeat_ms = 15000;
    if (doc_int(l->own, doc_get(l->own, l->gateway, S("heartbeatMs")), &ms))
        s->heartbeat_ms = (uint64_t)ms;
    s->refresh_ms = 3600 * 1000;
    if (doc_int(l->own, doc_get(l->own, l->gateway, S("refreshMinutes")), &ms))
        s->refresh_ms = (uint64_t)ms * 60 * 1000;
    s->ledger = (struct ledger_bound){ .days = 90, .rows = 1000000 };
    doc_node ledger = doc_get(l->own, l->gateway, S("ledger"));
    doc_int(l->own, doc_get(l->own, ledger, S("keepDays")), &s->ledger.days);
    doc_int(l->own, doc_get(l->own, ledger, S("keepRows")), &s->ledger.rows);
    s->log = text_of(l, l->own, l->gateway, "log");
    if (!s->log.n) s->log = S("text");
    s->named_models = doc_path_get(l->d, S("agents.defaults.models"), NULL);
    s->hosts = read_strings(l, "hosts", &s->host_count);
    s->origins = read_strings(l, "origins", &s->origin_count);
    read_cache(l);
    if (!read_aliases(l)) return out_of_memory(e);
    enum chela_error code = read_keys(l, e);
    if (code == CHELA_OK) code = read_upstreams(l, e);
    if (code == CHELA_OK && l->local) code = add_local(l, e);
    if (code == CHELA_OK) code = catalog_open(&s->catalog, s->config, e);
    /* all rows now: later look-ups read no file */
    if (code == CHELA_OK && !catalog_rows(s->catalog, &rows)) code = out_of_memory(e);
    if (code == CHELA_OK && arena_failed(&s->arena)) code = out_of_memory(e);
    return code;
}

enum chela_error settings_load(struct settings **out, env_list env, struct upstream_pool *pool,
                               const char *local, struct err *e) {
    *out = NULL;
    struct settings *s = calloc(1, sizeof *s);
    if (!s) return out_of_memory(e);
    s->users = 1;
    arena_init(&s->arena, 64 << 20);
    struct loading l = { .s = s, .pool = pool, .local = local };
    enum chela_error code = config_load(&s->config, env, e);
    if (code == CHELA_OK) code = load(&l, e);
    if (code != CHELA_OK) {
        settings_release(s);
        return code;
    }
    *out = s;
    return CHELA_OK;
}

enum chela_error settings_of_sandbox(struct settings **out, struct upstream_pool *pool,
                                     const char *local, struct err *e) {
    static const char *const nowhere[] = { "HOME=/nonexistent",
                                           "OPENCLAW_STATE_DIR=/nonexistent",
                                           "XDG_CONFIG_HOME=/nonexistent",
                                           "XDG_STATE_HOME=/nonexistent",
                                           "XDG_CACHE_HOME=/nonexistent",
                                           NULL };
    static const str every_page[] = { STR_INIT("*") };
    struct settings *s = NULL;
    enum chela_error code = settings_load(&s, nowhere, pool, local, e);
    *out = s;
    if (!s) return code;
    s->any_host = s->all_local = true;
    s->origins = every_page;
    s->origin_count = 1;
    return CHELA_OK;
}

bool settings_want_local(env_list env) {
    struct config *c = NULL;
    bool wanted = false;
    if (config_load(&c, env, NULL) == CHELA_OK) {
        struct doc *d = config_chela_doc(c);
        doc_bool(d, doc_path_get(d, S("gateway.local"), NULL), &wanted);
    }
    config_free(c);
    return wanted;
}

static size_t slot_of(str name) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < name.n; i++) h = (h ^ (unsigned char)name.p[i]) * 16777619u;
    return h % SETTINGS_KNOWN;
}

const struct known_model *settings_model(struct settings *s, str asked, struct arena *a,
                                         struct err *e) {
    struct known_model **slot = &s->known[slot_of(asked)], *k;
    for (k = *slot; k; k = k->next)
        if (str_eq(k->asked, asked)) return k;
    bool kept = s->known_count < SETTINGS_KNOWN && asked.n <= 256;
    struct arena *home = kept ? &s->arena : a;
    struct model_ref ref; /* first in the request's memory: clients may ask for what there is not */
    if (catalog_resolve(&ref, asked, s->catalog, s->config, a, e) != CHELA_OK ||
        (kept && catalog_resolve(&ref, asked, s->catalog, s->config, home, e) != CHELA_OK))
        return NULL;
    k = arena_alloc(home, sizeof *k);
    str name = arena_dup(home, asked);
    if (!k || !name.p) {
        err_set(e, CHELA_NOMEM, "out of memory");
        return NULL;
    }
    *k = (struct known_model){ .asked = name, .ref = ref, .row = catalog_find(s->catalog, ref.id) };
    config_params(s->config, ref.key, S(""), &k->params);
    thinking_from_config(&k->thinking, s->config, ref.key, S(""), ref.id, k->row);
    if (!kept) return k;
    k->next = *slot;
    *slot = k;
    s->known_count++;
    return k;
}

/* Each `*` takes as little as it can; when that does not work out, a byte more. */
static bool fits(str pattern, str text) {
    size_t p = 0, t = 0, star = SIZE_MAX, taken = 0;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            taken = t;
        } else if (p < pattern.n && pattern.p[p] == text.p[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

str settings_unaliased(const struct settings *s, str asked) {
    for (size_t i = 0; i < s->alias_count; i++)
        if (fits(s->aliases[i].pattern, asked)) return s->aliases[i].model;
    return asked;
}

struct settings *settings_use(struct settings *s) {
    s->users++;
    return s;
}

void settings_release(struct settings *s) {
    if (!s || --s->users > 0) return;
    for (size_t i = 0; i < s->upstream_count; i++) secret_free(&s->upstream[i].key);
    for (size_t i = 0; i < s->key_count; i++) secret_free(&s->keys[i]);
    catalog_free(s->catalog);
    config_free(s->config);
    arena_free(&s->arena);
    free(s);
}

const struct upstream *settings_upstream(const struct settings *s, str id) {
    for (size_t i = 0; i < s->upstream_count; i++)
        if (str_eq(s->upstream[i].id, id)) return &s->upstream[i];
    return NULL;
}
