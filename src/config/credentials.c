/* The key for chat, images and video.
 *
 * Settled order: the stored profile, the environment, the configuration's env block,
 * models.providers.openrouter.apiKey; the last comes first when its `auth` says "api-key". A source
 * that cannot give its key (a reference to a variable that is not set) is passed over with a
 * warning, as OpenClaw does; a key that could not travel in a header is an error at once, because
 * the user meant that one. When there is none the message says every place that was looked at.
 *
 * The profiles are OpenClaw's: auth-profiles.json, its order in auth-state.json beside it, and the
 * older auth.json when there is no newer file.
 */
#include "config/secret_ref.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PROFILES = 64 };

static const char keys_page[] = "https://openrouter.ai/keys";

struct profile {
    str id;
    doc_node node;
    bool waits; /* OpenClaw is letting it cool down: tried last */
};

struct search {
    struct config *c;
    str origin;
    struct credential *out;
    struct buf looked; /* "auth profiles (…: no such file), environment …" */
};

static void looked_at(struct search *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void looked_at(struct search *s, const char *fmt, ...) {
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (s->looked.n) buf_add(&s->looked, S("; "));
    buf_add(&s->looked, str_c(text));
}

/* After a source failed. CHELA_NO_KEY: go on to the next one; else the error that ends the search:
 * a key that is there and cannot be used is not replaced by another one behind the user's back. */
static enum chela_error pass_over(struct search *s, enum chela_error rc, const struct err *e) {
    if (rc == CHELA_OK || rc == CHELA_NOMEM || rc == CHELA_KEY_REFUSED) return rc;
    log_warn("%s", e->message);
    looked_at(s, "%s", e->message);
    return CHELA_NO_KEY;
}

/* ---- profiles ---- */

static str text_at(struct doc *d, doc_node n, const char *key, const char *other) {
    str text = { 0 };
    if (!doc_string(d, doc_get(d, n, str_c(key)), &text) && other)
        doc_string(d, doc_get(d, n, str_c(other)), &text);
    return str_trim(text);
}

/* What holds the profile's key; 0 with *why when it is no profile that chela can use. */
static doc_node key_of(struct doc *d, doc_node profile, const char **why) {
    str type = text_at(d, profile, "type", "mode");
    doc_node ref, plain;
    if (str_eq(type, S("token"))) {
        double expires;
        ref = doc_get(d, profile, S("tokenRef"));
        plain = doc_get(d, profile, S("token"));
        if (doc_number(d, doc_get(d, profile, S("expires")), &expires) && expires > 0 &&
            expires <= (double)clock_unix_ms()) {
            *why = "its token has expired";
            return 0;
        }
    } else if (str_eq(type, S("api_key")) || str_eq(type, S("api-key"))) {
        ref = doc_get(d, profile, S("keyRef"));
        plain = doc_get(d, profile, S("key"));
        if (!plain) plain = doc_get(d, profile, S("apiKey"));
    } else {
        *why = "it is of a type that OpenRouter has no use for";
        return 0;
    }
    doc_node n = doc_type(d, ref) == DOC_OBJECT ? ref : plain;
    if (!n) *why = "it holds no key";
    return n;
}

static bool is_for_openrouter(struct doc *d, doc_node profile) {
    return str_ieq(text_at(d, profile, "provider", NULL), S("openrouter"));
}

/* Entries that are no credentials at all are dropped, and that is told. */
static void warn_if_unsound(struct doc *d, doc_node profile, str id, const char *path) {
    const char *lacks = doc_type(d, profile) != DOC_OBJECT         ? "is no object"
                        : !text_at(d, profile, "provider", NULL).n ? "has no provider"
                        : !text_at(d, profile, "type", "mode").n   ? "has no type"
                                                                   : NULL;
    if (lacks) log_warn("%s: profile \"%.*s\" %s; dropped", path, STR_ARG(id), lacks);
}

static void offer(struct profile *list, size_t *count, struct doc *d, doc_node profiles, str id) {
    doc_node n = doc_get(d, profiles, id);
    if (!n || *count == MAX_PROFILES || !is_for_openrouter(d, n)) return;
    for (size_t i = 0; i < *count; i++)
        if (str_eq(list[i].id, id)) return;
    list[(*count)++] = (struct profile){ .id = id, .node = n };
}

static doc_node order_of(struct doc *d, doc_node holder) {
    doc_node order = doc_get(d, doc_get(d, holder, S("order")), S("openrouter"));
    return doc_type(d, order) == DOC_ARRAY && doc_len(d, order) ? order : 0;
}

/* The profiles in the order they are tried; `state` holds order and cool-downs. An explicit
 * order names all that may be used. */
static size_t ordered(struct config *c, struct doc *d, doc_node profiles, struct doc *state,
                      struct profile *list) {
    struct doc *main = c->main.doc;
    size_t count = 0;
    doc_node auth = doc_get(main, doc_root(main), S("auth"));
    struct doc *named = state;
    doc_node order = order_of(state, doc_root(state));
    if (!order) {
        named = main;
        order = order_of(main, auth);
    }
    str id;
    if (order) {
        for (doc_node n = doc_first(named, order); n; n = doc_next(named, n))
            if (doc_string(named, n, &id)) offer(list, &count, d, profiles, id);
    } else {
        doc_node known = doc_get(main, auth, S("profiles"));
        for (doc_node n = doc_first(main, known); n; n = doc_next(main, n))
            offer(list, &count, d, profiles, doc_key(main, n));
        for (doc_node n = doc_first(d, profiles); n; n = doc_next(d, n))
            offer(list, &count, d, profiles, doc_key(d, n));
    }
    doc_node stats = doc_get(state, doc_root(state), S("usageStats"));
    double now = (double)clock_unix_ms();
    for (size_t i = 0; i < count; i++) {
        static const char *const until[] = { "cooldownUntil", "disabledUntil" };
        doc_node entry = doc_get(state, stats, list[i].id);
        for (size_t k = 0; k < 2; k++) {
            double end;
            if (doc_number(state, doc_get(state, entry, str_c(until[k])), &end) && end > now)
                list[i].waits = true;
        }
    }
    return count;
}

static enum chela_error use_profile(struct search *s, struct doc *d, const struct profile *p,
                                    struct err *e) {
    const char *why = NULL;
    char place[256];
    doc_node n = key_of(d, p->node, &why);
    snprintf(s->out->source, sizeof s->out->source, "auth profile %.*s", STR_ARG(p->id));
    if (!n) return err_set(e, CHELA_NO_KEY, "%s: %s", s->out->source, why);
    enum chela_error rc =
        config_secret(s->c, d, n, s->origin, &s->out->key, place, sizeof place, e);
    if (rc != CHELA_OK) { /* the path inside the file says less than the profile's name */
        str rest = str_c(e->message);
        if (str_starts(rest, str_c(place))) rest = str_skip(rest, strlen(place));
        char message[sizeof e->message], hint[sizeof e->hint];
        str_copy(message, sizeof message, rest);
        memcpy(hint, e->hint, sizeof hint);
        err_set(e, rc, "%s%s", s->out->source, message);
        err_hint(e, rc, "%s", hint);
    }
    return rc;
}

/* A file that may be missing: *out NULL then. Broken: *out NULL and a warning. */
static void open_keys(struct search *s, const char *path, struct buf *text, struct doc **out) {
    struct err e = ERR_INIT;
    *out = NULL;
    if (access(path, F_OK) != 0) return;
    enum chela_error rc = secret_file_read(path, text, &e);
    if (rc == CHELA_OK && (rc = doc_parse(out, buf_str(text), DOC_JSON5, NULL, &e)) != CHELA_OK)
        err_prefix(&e, rc, "%s: ", path);
    if (rc == CHELA_OK) return;
    log_warn("%s", e.message);
    looked_at(s, "%s", e.message);
}

static enum chela_error no_such_profile(str wanted, const struct profile *list, size_t count,
                                        const char *path, struct err *e) {
    err_set(e, CHELA_NO_KEY, "there is no auth profile \"%.*s\" for OpenRouter in %s",
            STR_ARG(wanted), path);
    struct buf names = BUF_INIT(4096);
    for (size_t i = 0; i < count; i++)
        buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARG(list[i].id));
    if (count) err_hint(e, CHELA_NO_KEY, "there are: %.*s", STR_ARG(buf_str(&names)));
    buf_free(&names);
    if (count) return CHELA_NO_KEY;
    return err_hint(e, CHELA_NO_KEY, "leave out the @profile, or make a key at %s", keys_page);
}

/* By its id, or the part of it after "openrouter:". */
static bool is_named(str id, str wanted) {
    return str_eq(id, wanted) ||
           (str_starts(id, S("openrouter:")) && str_eq(str_skip(id, 11), wanted));
}

/* The one that a reference asked for, be it in the order of profiles or not. */
static enum chela_error named_profile(struct search *s, struct doc *d, doc_node profiles,
                                      str wanted, const struct profile *list, size_t count,
                                      struct err *e) {
    struct profile found = { .node = 0 };
    for (size_t i = 0; i < count; i++)
        if (is_named(list[i].id, wanted)) found = list[i];
    for (doc_node n = doc_first(d, profiles); n; n = doc_next(d, n))
        if (is_for_openrouter(d, n) && is_named(doc_key(d, n), wanted))
            found = (struct profile){ .id = doc_key(d, n), .node = n };
    if (!found.node) return no_such_profile(wanted, list, count, s->c->where.auth_profiles, e);
    return use_profile(s, d, &found, e);
}

/* auth.json of older editions: provider → credential. */
static void open_legacy(struct search *s, struct buf *text, struct doc **out) {
    char path[4096];
    struct doc *old = NULL;
    *out = NULL;
    if (!path_resolve(path, sizeof path, path_folder(str_c(s->c->where.auth_profiles)),
                      S("auth.json"), S("")))
        return;
    open_keys(s, path, text, &old);
    if (!old) return;
    doc_node entry = doc_get(old, doc_root(old), S("openrouter"));
    struct err e = ERR_INIT;
    if (doc_type(old, entry) == DOC_OBJECT &&
        (doc_get(old, entry, S("provider")) ||
         doc_set(old, entry, S("provider"), S("\"openrouter\""), &e)))
        *out = old;
    else
        doc_free(old);
}

/* Tries them in order, those that cool down last. */
static enum chela_error first_usable(struct search *s, struct doc *d, const struct profile *list,
                                     size_t count, struct err *e) {
    enum chela_error rc = CHELA_NO_KEY;
    for (int late = 0; late < 2; late++) {
        for (size_t i = 0; i < count && rc == CHELA_NO_KEY; i++)
            if (list[i].waits == (late == 1)) rc = pass_over(s, use_profile(s, d, &list[i], e), e);
    }
    return rc;
}

static enum chela_error from_profiles(struct search *s, str wanted, struct err *e) {
    struct config *c = s->c;
    struct buf text = BUF_INIT(4u << 20), state_text = BUF_INIT(4u << 20);
    struct doc *d = NULL, *state = NULL;
    struct profile list[MAX_PROFILES];
    char path[4096];
    size_t count = 0, before = s->looked.n;
    doc_node profiles = 0;
    bool there = access(c->where.auth_profiles, F_OK) == 0;
    if (there) {
        open_keys(s, c->where.auth_profiles, &text, &d);
        profiles = d ? doc_get(d, doc_root(d), S("profiles")) : 0;
        for (doc_node n = d ? doc_first(d, profiles) : 0; n; n = doc_next(d, n))
            warn_if_unsound(d, n, doc_key(d, n), c->where.auth_profiles);
        if (d && path_resolve(path, sizeof path, path_folder(str_c(c->where.auth_profiles)),
                              S("auth-state.json"), S("")))
            open_keys(s, path, &state_text, &state);
        /* older editions kept the state in the same file */
        if (d) count = ordered(c, d, profiles, state ? state : d, list);
    } else {
        open_legacy(s, &text, &d);
        if (d)
            list[count++] = (struct profile){
                .id = S("openrouter:default"),
                .node = doc_get(d, doc_root(d), S("openrouter")),
            };
    }
    enum chela_error rc;
    if (!wanted.n)
        rc = first_usable(s, d, list, count, e);
    else if (d)
        rc = named_profile(s, d, profiles, wanted, list, count, e);
    else
        rc = no_such_profile(wanted, list, 0, c->where.auth_profiles, e);
    if (rc == CHELA_NO_KEY && s->looked.n == before)
        looked_at(s, "auth profiles (%s: %s)", c->where.auth_profiles,
                  there ? "none for openrouter" : "no such file");
    doc_free(d);
    doc_free(state);
    if (text.p) explicit_bzero(text.p, text.n);
    buf_free(&text);
    buf_free(&state_text);
    return rc;
}

/* ---- the other places ---- */

static enum chela_error from_environment(struct search *s, struct err *e) {
    static const char *const names[] = {
        [ENV_PROCESS] = "environment OPENROUTER_API_KEY",
        [ENV_FILE] = "OPENROUTER_API_KEY in the state folder's .env",
        [ENV_BLOCK] = "env.OPENROUTER_API_KEY of the configuration",
    };
    enum env_origin origin;
    const char *value = env_find(s->c, S("OPENROUTER_API_KEY"), &origin);
    if (!value) {
        looked_at(s, "environment OPENROUTER_API_KEY (not set)");
        looked_at(s, "%s/.env (no such variable)", s->c->where.openclaw_state);
        looked_at(s, "env of %s (no such variable)", s->c->where.openclaw_json);
        return CHELA_NO_KEY;
    }
    str_copy(s->out->source, sizeof s->out->source, str_c(names[origin]));
    return pass_over(s, secret_take(&s->out->key, str_c(value), s->origin, s->out->source, e), e);
}

static enum chela_error from_provider(struct search *s, doc_node key, struct err *e) {
    if (!key) {
        looked_at(s, "models.providers.openrouter.apiKey (not set)");
        return CHELA_NO_KEY;
    }
    return pass_over(s,
                     config_secret(s->c, s->c->main.doc, key, s->origin, &s->out->key,
                                   s->out->source, sizeof s->out->source, e),
                     e);
}

enum chela_error credential_find(struct config *c, str origin, str profile, struct credential *out,
                                 struct err *e) {
    struct doc *d = c->main.doc;
    doc_node models = doc_get(d, doc_root(d), S("models"));
    doc_node provider = doc_get(d, doc_get(d, models, S("providers")), S("openrouter"));
    doc_node key = doc_get(d, provider, S("apiKey"));
    bool key_first = key && str_eq(text_at(d, provider, "auth", NULL), S("api-key"));
    struct search s = { .c = c, .origin = origin, .out = out, .looked = BUF_INIT(4096) };
    struct err ignored;
    if (!e) e = &ignored;
    *out = (struct credential){ 0 };
    enum chela_error rc = CHELA_NO_KEY;
    if (profile.n) {
        rc = from_profiles(&s, profile, e);
    } else {
        if (key_first) rc = from_provider(&s, key, e);
        if (rc == CHELA_NO_KEY) rc = from_profiles(&s, S(""), e);
        if (rc == CHELA_NO_KEY) rc = from_environment(&s, e);
        if (rc == CHELA_NO_KEY && !key_first) rc = from_provider(&s, key, e);
        if (rc == CHELA_NO_KEY) {
            err_set(e, rc, "no key for OpenRouter. Looked at: %.*s", STR_ARG(buf_str(&s.looked)));
            err_hint(e, rc, "make a key at %s, then: export OPENROUTER_API_KEY=sk-or-v1-…",
                     keys_page);
        }
    }
    buf_free(&s.looked);
    if (rc != CHELA_OK) credential_free(out);
    return rc;
}

void credential_free(struct credential *cr) {
    secret_free(&cr->key);
    cr->source[0] = '\0';
}
