#include "config/auth_store.h"

#include "base/clock.h"
#include "base/log.h"
#include "config/secret_ref.h"

#include <string.h>
#include <unistd.h>

static const size_t max_file = 4u << 20;

const char *auth_kind_name(enum auth_kind kind) {
    static const char *const names[] = { "api_key", "token", "oauth", "other" };
    return names[kind];
}

bool auth_is_for(const struct auth_profile *p, str provider) {
    return str_ieq(p->provider, provider);
}

bool auth_is_named(const struct auth_profile *p, str name) {
    str rest = str_skip(p->id, p->provider.n);
    return str_eq(p->id, name) || (str_istarts(p->id, p->provider) && str_starts(rest, S(":")) &&
                                   str_eq(str_skip(rest, 1), name));
}

/* ---- one profile ---- */

static str text_at(struct doc *d, doc_node n, const char *key, const char *other) {
    str text = { 0 };
    if (!doc_string(d, doc_get(d, n, str_c(key)), &text) && other)
        doc_string(d, doc_get(d, n, str_c(other)), &text);
    return str_trim(text);
}

static int64_t time_at(struct doc *d, doc_node n, const char *key) {
    double ms;
    bool good = doc_number(d, doc_get(d, n, str_c(key)), &ms) && ms > 0;
    return !good ? 0 : ms < 9e15 ? (int64_t)ms : INT64_MAX;
}

static enum auth_kind kind_of(str type) {
    if (str_eq(type, S("api_key")) || str_eq(type, S("api-key"))) return AUTH_API_KEY;
    if (str_eq(type, S("token"))) return AUTH_TOKEN;
    return str_eq(type, S("oauth")) ? AUTH_OAUTH : AUTH_OTHER;
}

/* What holds the key. OpenClaw takes a reference in `key` for one in keyRef, and apiKey for key. */
static void find_key(struct auth_profile *p, struct doc *d, doc_node n) {
    doc_node ref = 0, plain = 0;
    if (p->kind == AUTH_API_KEY) {
        ref = doc_get(d, n, S("keyRef"));
        plain = doc_get(d, n, S("key"));
        if (!plain) plain = doc_get(d, n, S("apiKey"));
    } else if (p->kind == AUTH_TOKEN) {
        ref = doc_get(d, n, S("tokenRef"));
        plain = doc_get(d, n, S("token"));
        p->expires_ms = time_at(d, n, "expires");
    } else {
        p->why = "it is of a type that OpenRouter has no use for";
        return;
    }
    p->reference = doc_type(d, ref) == DOC_OBJECT || doc_type(d, plain) == DOC_OBJECT;
    p->key = doc_type(d, ref) == DOC_OBJECT ? ref : plain;
    if (!p->key) p->why = "it holds no key";
    if (p->expires_ms && p->expires_ms <= clock_unix_ms()) {
        p->key = 0;
        p->why = "its token has expired";
    }
}

/* Whether a failure made OpenClaw let it rest, and until when. */
static void find_rest(struct auth_profile *p, struct doc *state, doc_node stats) {
    doc_node entry = doc_get(state, stats, p->id);
    int64_t cooled = time_at(state, entry, "cooldownUntil"),
            disabled = time_at(state, entry, "disabledUntil"), now = clock_unix_ms();
    p->disabled = disabled > now;
    p->waits_ms = cooled > disabled ? cooled : disabled;
    if (p->waits_ms <= now) p->waits_ms = 0;
}

/* Entries that are no credentials at all are dropped, and that is told. */
static const char *unsound(struct doc *d, doc_node n, str provider, str type) {
    if (doc_type(d, n) != DOC_OBJECT) return "is no object";
    return !provider.n ? "has no provider" : !type.n ? "has no type" : NULL;
}

static void read_profile(struct auth_store *s, doc_node n, doc_node stats) {
    struct doc *d = s->doc, *state = s->state ? s->state : d;
    str name = doc_key(d, n), provider = text_at(d, n, "provider", NULL),
        type = text_at(d, n, "type", "mode");
    struct auth_profile p = { .id = name, .provider = provider, .kind = kind_of(type) };
    if (s->legacy) { /* auth.json: a provider's name leads to its credential */
        if (!provider.n) p.provider = name;
        p.id = str_ieq(name, S("openrouter")) ? S("openrouter:default") : name;
    }
    const char *lacks = unsound(d, n, p.provider, type);
    if (!lacks && s->count == AUTH_MAX_PROFILES) lacks = "is one too many";
    if (lacks) {
        log_warn("%s: profile \"%.*s\" %s; dropped", s->path, STR_ARG(name), lacks);
        return;
    }
    find_key(&p, d, n);
    find_rest(&p, state, stats);
    s->profile[s->count++] = p;
}

/* ---- the files ---- */

/* A file that may be missing: *out NULL then. Broken: *out NULL, and the first problem is kept. */
static void open_file(struct auth_store *s, const char *path, struct buf *text, struct doc **out) {
    struct err e = ERR_INIT;
    buf_init(text, max_file);
    if (access(path, F_OK) != 0) return;
    enum chela_error rc = secret_file_read(path, text, &e);
    if (rc == CHELA_OK && (rc = doc_parse(out, buf_str(text), DOC_JSON5, NULL, &e)) != CHELA_OK)
        err_prefix(&e, rc, "%s: ", path);
    if (rc == CHELA_OK) return;
    log_warn("%s", e.message);
    if (s->problem.code == CHELA_OK) s->problem = e;
}

/* name: of a file beside auth-profiles.json. */
static bool beside(char path[4096], const struct config_paths *where, const char *name) {
    return path_resolve(path, 4096, path_folder(str_c(where->auth_profiles)), str_c(name), S(""));
}

void auth_store_open(struct auth_store *s, const struct config_paths *where) {
    char path[4096];
    *s = (struct auth_store){ .problem = ERR_INIT };
    str_copy(s->path, sizeof s->path, str_c(where->auth_profiles));
    s->found = access(s->path, F_OK) == 0;
    if (!s->found && beside(path, where, "auth.json") && access(path, F_OK) == 0) {
        s->found = s->legacy = true;
        memcpy(s->path, path, sizeof s->path);
    }
    open_file(s, s->path, &s->text, &s->doc);
    if (!s->doc) return;
    if (beside(path, where, "auth-state.json")) open_file(s, path, &s->state_text, &s->state);
    struct doc *d = s->doc, *state = s->state ? s->state : d; /* one file, in older editions */
    doc_node profiles = s->legacy ? doc_root(d) : doc_get(d, doc_root(d), S("profiles"));
    doc_node stats = doc_get(state, doc_root(state), S("usageStats"));
    for (doc_node n = doc_first(d, profiles); n; n = doc_next(d, n))
        if (doc_get(d, profiles, doc_key(d, n)) == n) read_profile(s, n, stats);
}

static void wipe(struct buf *text) {
    if (text->p) explicit_bzero(text->p, text->n);
    buf_free(text);
}

void auth_store_close(struct auth_store *s) {
    doc_free(s->doc);
    doc_free(s->state);
    wipe(&s->text);
    wipe(&s->state_text);
    s->doc = s->state = NULL;
    s->count = 0;
}

/* ---- their order ---- */

struct queue {
    const struct auth_store *store;
    str provider;
    const struct auth_profile **list;
    size_t count;
};

static void offer(struct queue *q, str id) {
    const struct auth_profile *p = NULL;
    for (size_t i = 0; i < q->store->count; i++)
        if (str_eq(q->store->profile[i].id, id)) p = &q->store->profile[i];
    if (!p || !auth_is_for(p, q->provider)) return;
    for (size_t i = 0; i < q->count; i++)
        if (q->list[i] == p) return;
    q->list[q->count++] = p;
}

static bool offer_order(struct queue *q, struct doc *d, doc_node holder) {
    doc_node order = doc_get(d, doc_get(d, holder, S("order")), q->provider);
    if (doc_type(d, order) != DOC_ARRAY || !doc_len(d, order)) return false;
    str id;
    for (doc_node n = doc_first(d, order); n; n = doc_next(d, n))
        if (doc_string(d, n, &id)) offer(q, id);
    return true;
}

static void rest_last(struct queue *q) {
    const struct auth_profile *late[AUTH_MAX_PROFILES];
    size_t early = 0, resting = 0;
    for (size_t i = 0; i < q->count; i++) {
        if (q->list[i]->waits_ms)
            late[resting++] = q->list[i];
        else
            q->list[early++] = q->list[i];
    }
    for (size_t i = 0; i < resting; i++) q->list[early + i] = late[i];
}

size_t auth_store_order(const struct auth_store *s, struct config *c, str provider,
                        const struct auth_profile *list[AUTH_MAX_PROFILES]) {
    struct queue q = { .store = s, .provider = provider, .list = list };
    struct doc *main = config_doc(c), *state = s->state ? s->state : s->doc;
    doc_node auth = doc_get(main, doc_root(main), S("auth"));
    bool ordered =
        (state && offer_order(&q, state, doc_root(state))) || offer_order(&q, main, auth);
    if (!ordered) {
        doc_node known = doc_get(main, auth, S("profiles"));
        for (doc_node n = doc_first(main, known); n; n = doc_next(main, n))
            offer(&q, doc_key(main, n));
        for (size_t i = 0; i < s->count; i++) offer(&q, s->profile[i].id);
    }
    rest_last(&q);
    return q.count;
}
