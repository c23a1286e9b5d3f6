/* What a set-up writes: the key as one of OpenClaw's profiles, and in openclaw.json what makes it
 * used, which is what OpenClaw's own set-up writes there for OpenRouter and nothing of the rest.
 * The configuration is edited first, in memory, so that one that cannot be edited is known before
 * the key is stored. */
#include "cli/onboard.h"
#include "config/auth_store.h"
#include "doc/json_write.h"

#include <string.h>

static const char provider_path[] = "models.providers.openrouter";
static const char model_path[] = "agents.defaults.model";

struct pen { /* one edit under way */
    struct onboard *o;
    struct config_edit x;
    struct err *e;
    enum chela_error rc; /* the first failure; nothing is done after it */
};

static void set(struct pen *p, const char *path, const char *value) {
    struct onboard *o = p->o;
    struct err ignored = ERR_INIT;
    str old = doc_raw(p->x.doc, doc_path_get(p->x.doc, str_c(path), &ignored));
    if (p->rc != CHELA_OK || (old.n && str_eq(old, str_c(value)))) return;
    p->rc = config_edit_set(&p->x, str_c(path), str_c(value), p->e);
    if (p->rc == CHELA_OK && !str_eq(str_c(value), S("{}")) && o->changed_count < ONBOARD_CHANGES)
        o->changed[o->changed_count++] = path;
}

static void set_text(struct pen *p, const char *path, str text) {
    struct buf json = BUF_INIT(8192);
    str now = { 0 };
    struct err ignored = ERR_INIT;
    doc_string(p->x.doc, doc_path_get(p->x.doc, str_c(path), &ignored), &now);
    if (!json_quote(&json, text)) p->rc = err_set(p->e, CHELA_NOMEM, "out of memory");
    if (!str_eq(now, text)) set(p, path, json.p ? json.p : "");
    buf_free(&json);
}

static void unset(struct pen *p, const char *path) {
    bool removed = false;
    if (p->rc == CHELA_OK) p->rc = config_edit_unset(&p->x, str_c(path), &removed, p->e);
    if (removed && p->o->changed_count < ONBOARD_CHANGES)
        p->o->changed[p->o->changed_count++] = path;
}

static doc_node at(struct pen *p, const char *path) {
    struct err ignored = ERR_INIT;
    return doc_path_get(p->x.doc, str_c(path), &ignored);
}

/* In the arena: the list of changes keeps it. */
static const char *profile_path(struct onboard *o, const char *member) {
    struct buf id = BUF_INIT(1024);
    json_quote(&id, str_c(o->profile));
    const char *path =
        arena_printf(&o->arena, "auth.profiles[%.*s].%s", STR_ARG(buf_str(&id)), member).p;
    buf_free(&id);
    return path ? path : "";
}

/* auth.order names all that may be used: a profile that it leaves out goes in front. */
static void lead_order(struct pen *p) {
    doc_node order = at(p, "auth.order.openrouter");
    struct doc *d = p->x.doc;
    struct buf list = BUF_INIT(64 << 10);
    struct json_writer w = JSON_WRITER(&list);
    str one, id = str_c(p->o->profile);
    json_array(&w);
    json_string(&w, id);
    bool there = doc_len(d, order) == 0;
    for (doc_node n = doc_first(d, order); n; n = doc_next(d, n)) {
        if (!doc_string(d, n, &one)) continue;
        there = there || str_eq(one, id);
        json_string(&w, one);
    }
    json_array_end(&w);
    if (!there && list.p) set(p, "auth.order.openrouter", list.p);
    buf_free(&list);
}

static void use_profile(struct pen *p) {
    if (!p->o->profile[0]) return;
    const char *provider = profile_path(p->o, "provider"), *mode = profile_path(p->o, "mode");
    set_text(p, provider, S("openrouter"));
    if (doc_type(p->x.doc, at(p, mode)) != DOC_STRING) set_text(p, mode, S("api_key"));
    lead_order(p);
}

/* openrouter/auto, known as "OpenRouter" unless it has another alias already. */
static void use_auto(struct pen *p) {
    static const char alias[] = "agents.defaults.models[\"openrouter/auto\"].alias";
    if (p->o->keep_model) return;
    if (!at(p, alias)) set_text(p, alias, S("OpenRouter"));
    doc_node model = at(p, model_path);
    if (model && doc_type(p->x.doc, model) != DOC_OBJECT) set(p, model_path, "{}");
    set_text(p, "agents.defaults.model.primary", S("openrouter/auto"));
}

static bool is_sandbox_key(struct pen *p) {
    str key = { 0 };
    return doc_string(p->x.doc, at(p, "models.providers.openrouter.apiKey"), &key) &&
           str_eq(key, S(ONBOARD_SANDBOX_KEY));
}

static void use_base_url(struct pen *p) {
    const struct onboard *o = p->o;
    bool own_key = is_sandbox_key(p);
    if (o->leave_sandbox) unset(p, "models.providers.openrouter.baseUrl");
    if (own_key && o->use != USE_SANDBOX) { /* it would be used before the one that was given */
        unset(p, "models.providers.openrouter.apiKey");
        unset(p, "models.providers.openrouter.auth");
    }
    if (!o->sandbox) return;
    set_text(p, "models.providers.openrouter.baseUrl", o->route.base_url);
    if (!doc_get(p->x.doc, at(p, provider_path), S("models")))
        set(p, "models.providers.openrouter.models", "[]");
    if (o->use != USE_SANDBOX) return;
    set_text(p, "models.providers.openrouter.apiKey", S(ONBOARD_SANDBOX_KEY));
    set_text(p, "models.providers.openrouter.auth", S("api-key"));
}

static enum chela_error store_key(struct onboard *o, struct err *e) {
    struct auth_value v = { .kind = AUTH_API_KEY, .provider = S("openrouter") };
    if (o->use == USE_VARIABLE) v.variable = S(ONBOARD_VARIABLE);
    if (o->use == USE_STORE) v.secret = (str){ o->key.bytes, o->key.n };
    if (o->use != USE_VARIABLE && o->use != USE_STORE) return CHELA_OK;
    return auth_store_put(config_where(o->config), str_c(o->profile), &v, e);
}

/* What requests will use, asked in the way that they ask: it may be another key still. */
static enum chela_error look_again(struct onboard *o, struct err *e) {
    struct model_ref model;
    struct credential found;
    struct err why = ERR_INIT;
    config_free(o->config);
    enum chela_error rc = config_load(&o->config, o->c->env, e);
    if (rc == CHELA_OK) rc = model_ref_default(&model, o->config, S(""), &o->arena, e);
    if (rc != CHELA_OK) return rc;
    o->model = model.key;
    if (o->use == USE_NO_KEY) return CHELA_OK;
    rc = credential_find(o->config, o->route.origin, S(""), &found, &why);
    if (rc != CHELA_OK) {
        o->used = arena_dup(&o->arena, str_c(why.message));
    } else {
        bool same =
            secret_eq((str){ found.key.bytes, found.key.n }, (str){ o->key.bytes, o->key.n });
        if (!same) o->used = arena_dup(&o->arena, str_c(found.source));
        credential_free(&found);
    }
    return CHELA_OK;
}

enum chela_error onboard_write(struct onboard *o, struct err *e) {
    struct pen p = { .o = o, .e = e };
    enum chela_error rc = config_edit_begin(&p.x, o->c->env, e);
    if (rc != CHELA_OK) return rc;
    use_base_url(&p);
    use_profile(&p);
    set(&p, "plugins.entries.openrouter.enabled", "true");
    use_auto(&p);
    rc = p.rc;
    if (rc == CHELA_OK) rc = store_key(o, e);
    if (rc == CHELA_OK) {
        rc = config_edit_commit(&p.x, e);
        o->config_written = p.x.written;
        if (rc != CHELA_OK && (o->use == USE_STORE || o->use == USE_VARIABLE))
            err_prefix(e, rc, "the key was stored, the configuration was not changed: ");
    }
    config_edit_end(&p.x);
    return rc == CHELA_OK ? look_again(o, e) : rc;
}
