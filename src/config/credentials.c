/* The key for chat, images and video.
 *
 * Settled order: the stored profile, the environment, the configuration's env block,
 * models.providers.openrouter.apiKey; the last comes first when its `auth` says "api-key". A source
 * that cannot give its key (a reference to a variable that is not set) is passed over with a
 * warning, as OpenClaw does; a key that could not travel in a header is an error at once, because
 * the user meant that one. When there is none the message says every place that was looked at.
 */
#include "config/auth_store.h"
#include "config/secret_ref.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char keys_page[] = "https://openrouter.ai/keys";
static const str provider_name = STR_INIT("openrouter");

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

static enum chela_error use_profile(struct search *s, const struct auth_store *store,
                                    const struct auth_profile *p, struct err *e) {
    struct credential *out = s->out;
    char place[256];
    out->kind = CREDENTIAL_PROFILE;
    str_copy(out->profile, sizeof out->profile, p->id);
    snprintf(out->source, sizeof out->source, "auth profile %.*s", STR_ARG(p->id));
    if (!p->key) return err_set(e, CHELA_NO_KEY, "%s: %s", out->source, p->why);
    enum chela_error rc =
        config_secret(s->c, store->doc, p->key, s->origin, &out->key, place, sizeof place, e);
    if (rc != CHELA_OK) { /* the path inside the file says less than the profile's name */
        str rest = str_c(e->message);
        if (str_starts(rest, str_c(place))) rest = str_skip(rest, strlen(place));
        char message[sizeof e->message], hint[sizeof e->hint];
        str_copy(message, sizeof message, rest);
        memcpy(hint, e->hint, sizeof hint);
        err_set(e, rc, "%s%s", out->source, message);
        err_hint(e, rc, "%s", hint);
    }
    return rc;
}

/* The one that a reference asked for, be it in the order of profiles or not. */
static enum chela_error named_profile(struct search *s, const struct auth_store *store, str wanted,
                                      struct err *e) {
    const struct auth_profile *list[AUTH_MAX_PROFILES], *found = NULL;
    size_t count = auth_store_order(store, s->c, provider_name, list);
    for (size_t i = 0; i < store->count; i++) {
        const struct auth_profile *p = &store->profile[i];
        if (auth_is_for(p, provider_name) && auth_is_named(p, wanted)) found = p;
    }
    if (found) return use_profile(s, store, found, e);
    err_set(e, CHELA_NO_KEY, "there is no auth profile \"%.*s\" for OpenRouter in %s",
            STR_ARG(wanted), s->c->where.auth_profiles);
    if (!count)
        return err_hint(e, CHELA_NO_KEY, "leave out the @profile, or make a key at %s", keys_page);
    struct buf names = BUF_INIT(4096);
    for (size_t i = 0; i < count; i++)
        buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARG(list[i]->id));
    err_hint(e, CHELA_NO_KEY, "there are: %.*s", STR_ARG(buf_str(&names)));
    buf_free(&names);
    return CHELA_NO_KEY;
}

static enum chela_error first_usable(struct search *s, const struct auth_store *store,
                                     struct err *e) {
    const struct auth_profile *list[AUTH_MAX_PROFILES];
    size_t count = auth_store_order(store, s->c, provider_name, list);
    enum chela_error rc = CHELA_NO_KEY;
    for (size_t i = 0; i < count && rc == CHELA_NO_KEY; i++)
        rc = pass_over(s, use_profile(s, store, list[i], e), e);
    if (!count && store->problem.code == CHELA_OK)
        looked_at(s, "auth profiles (%s: %s)", s->c->where.auth_profiles,
                  store->found ? "none for openrouter" : "no such file");
    return rc;
}

static enum chela_error from_profiles(struct search *s, str wanted, struct err *e) {
    struct auth_store store;
    auth_store_open(&store, &s->c->where);
    if (store.problem.code != CHELA_OK) looked_at(s, "%s", store.problem.message);
    enum chela_error rc =
        wanted.n ? named_profile(s, &store, wanted, e) : first_usable(s, &store, e);
    auth_store_close(&store);
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
    s->out->kind = origin == ENV_PROCESS ? CREDENTIAL_ENVIRONMENT : CREDENTIAL_ENV_BLOCK;
    str_copy(s->out->source, sizeof s->out->source, str_c(names[origin]));
    return pass_over(s, secret_take(&s->out->key, str_c(value), s->origin, s->out->source, e), e);
}

static enum chela_error from_setting(struct search *s, doc_node key, const char *path,
                                     struct err *e) {
    if (!key) {
        looked_at(s, "%s (not set)", path);
        return CHELA_NO_KEY;
    }
    s->out->kind = CREDENTIAL_PROVIDER;
    return pass_over(s,
                     config_secret(s->c, s->c->main.doc, key, s->origin, &s->out->key,
                                   s->out->source, sizeof s->out->source, e),
                     e);
}

static doc_node provider_node(struct config *c) {
    struct doc *d = c->main.doc;
    doc_node models = doc_get(d, doc_root(d), S("models"));
    return doc_get(d, doc_get(d, models, S("providers")), S("openrouter"));
}

static enum chela_error from_provider(struct search *s, struct err *e) {
    return from_setting(s, doc_get(s->c->main.doc, provider_node(s->c), S("apiKey")),
                        "models.providers.openrouter.apiKey", e);
}

static enum chela_error end_search(struct search *s, enum chela_error rc, struct err *e) {
    if (rc == CHELA_NO_KEY && s->looked.n) {
        err_set(e, rc, "no key for OpenRouter. Looked at: %.*s", STR_ARG(buf_str(&s->looked)));
        err_hint(e, rc,
                 "chela onboard stores one (keys are made at %s); or: export "
                 "OPENROUTER_API_KEY=sk-or-v1-…",
                 keys_page);
    }
    buf_free(&s->looked);
    if (rc != CHELA_OK) credential_free(s->out);
    return rc;
}

enum chela_error credential_find(struct config *c, str origin, str profile, struct credential *out,
                                 struct err *e) {
    struct doc *d = c->main.doc;
    doc_node provider = provider_node(c);
    str auth = { 0 };
    doc_string(d, doc_get(d, provider, S("auth")), &auth);
    bool key_first = doc_get(d, provider, S("apiKey")) && str_eq(str_trim(auth), S("api-key"));
    struct search s = { .c = c, .origin = origin, .out = out, .looked = BUF_INIT(4096) };
    struct err ignored;
    if (!e) e = &ignored;
    *out = (struct credential){ 0 };
    bool elsewhere;
    enum chela_error other = request_auth_find(c, origin, out, &elsewhere, e);
    if (elsewhere) return end_search(&s, other, e);
    if (profile.n) {
        enum chela_error named = from_profiles(&s, profile, e);
        buf_clear(&s.looked); /* that one or none: its own message says it better */
        return end_search(&s, named, e);
    }
    enum chela_error rc = key_first ? from_provider(&s, e) : CHELA_NO_KEY;
    if (rc == CHELA_NO_KEY) rc = from_profiles(&s, S(""), e);
    if (rc == CHELA_NO_KEY) rc = from_environment(&s, e);
    if (rc == CHELA_NO_KEY && !key_first) rc = from_provider(&s, e);
    return end_search(&s, rc, e);
}

enum chela_error credential_find_speech(struct config *c, str origin, doc_node key,
                                        struct credential *out, struct err *e) {
    struct search s = { .c = c, .origin = origin, .out = out, .looked = BUF_INIT(4096) };
    struct err ignored;
    if (!e) e = &ignored;
    *out = (struct credential){ 0 };
    enum chela_error rc = from_setting(&s, key, "messages.tts.providers.openrouter.apiKey", e);
    bool elsewhere = false;
    if (rc == CHELA_NO_KEY) {
        enum chela_error other = request_auth_find(c, origin, out, &elsewhere, e);
        if (elsewhere) return end_search(&s, other, e);
        rc = from_provider(&s, e);
    }
    if (rc == CHELA_NO_KEY) rc = from_environment(&s, e);
    if (rc == CHELA_NO_KEY) rc = from_profiles(&s, S(""), e);
    return end_search(&s, rc, e);
}

void credential_free(struct credential *cr) {
    secret_free(&cr->key);
    *cr = (struct credential){ 0 };
}
