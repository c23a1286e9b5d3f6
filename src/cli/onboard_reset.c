/* --reset: back to nothing, as far as it is OpenRouter's or chela's. OpenClaw's file and its stored
 * keys hold much else, which stays: the scopes take away what a set-up and the `models` commands
 * put there, OpenRouter's keys, and chela's conversations. What a file held before is beside it, in
 * .bak.
 */
#include "agent/session.h"
#include "base/file.h"
#include "cli/ask.h"
#include "cli/onboard.h"
#include "config/auth_store.h"
#include "doc/json_write.h"

#include <stdio.h>
#include <string.h>

static void tell(struct onboard *o, const char *what) {
    o->removed =
        arena_printf(&o->arena, "%.*s%s%s", STR_ARG(o->removed), o->removed.n ? ", " : "", what);
}

/* ---- the configuration ---- */

/* A provider's name, or a reference to a model or a profile of it. */
static bool is_ours(str text) {
    static const str name = STR_INIT("openrouter");
    text = str_trim(text);
    str rest = str_skip(text, name.n);
    return str_istarts(text, name) &&
           (!rest.n || str_starts(rest, S("/")) || str_starts(rest, S(":")));
}

/* The path of a member of a fixed object, in the arena. */
static str member_path(struct onboard *o, const char *object, str key) {
    struct buf quoted = BUF_INIT(4096);
    json_quote(&quoted, key);
    str path = arena_printf(&o->arena, "%s[%.*s]", object, STR_ARG(buf_str(&quoted)));
    buf_free(&quoted);
    return path;
}

/* Unsets the members of an object that `ours` picks. */
static enum chela_error unset_members(struct onboard *o, struct config_edit *x, const char *object,
                                      bool (*ours)(struct doc *d, doc_node member), struct err *e) {
    struct err ignored = ERR_INIT;
    doc_node parent = doc_path_get(x->doc, str_c(object), &ignored), next;
    enum chela_error rc = CHELA_OK;
    if (doc_type(x->doc, parent) != DOC_OBJECT) return CHELA_OK;
    for (doc_node n = doc_first(x->doc, parent); n && rc == CHELA_OK; n = next) {
        next = doc_next(x->doc, n);
        if (ours(x->doc, n))
            rc = config_edit_unset(x, member_path(o, object, doc_key(x->doc, n)), NULL, e);
    }
    return rc;
}

static bool is_our_model(struct doc *d, doc_node member) {
    return is_ours(doc_key(d, member));
}

static bool is_our_profile(struct doc *d, doc_node member) {
    str provider = { 0 };
    return doc_string(d, doc_get(d, member, S("provider")), &provider) && is_ours(provider);
}

static bool default_is_ours(struct doc *d) {
    struct err ignored = ERR_INIT;
    doc_node model = doc_path_get(d, S("agents.defaults.model"), &ignored);
    str text = { 0 };
    if (doc_type(d, model) == DOC_OBJECT) model = doc_get(d, model, S("primary"));
    return doc_string(d, model, &text) && is_ours(text);
}

static enum chela_error unset_all(struct config_edit *x, const char *const *paths, struct err *e) {
    enum chela_error rc = CHELA_OK;
    for (; *paths && rc == CHELA_OK; paths++) rc = config_edit_unset(x, str_c(*paths), NULL, e);
    return rc;
}

static enum chela_error edit_config(struct onboard *o, struct config_edit *x, struct err *e) {
    static const char *const settings[] = { "models.providers.openrouter",
                                            "plugins.entries.openrouter", "auth.order.openrouter",
                                            NULL };
    static const char *const keys[] = { "env.OPENROUTER_API_KEY", "env.vars.OPENROUTER_API_KEY",
                                        "models.providers.openrouter.apiKey", NULL };
    enum chela_error rc = CHELA_OK;
    if (o->reset & RESET_CREDS) rc = unset_all(x, keys, e);
    if (!(o->reset & RESET_CONFIG) || rc != CHELA_OK) return rc;
    rc = unset_all(x, settings, e);
    if (rc == CHELA_OK) rc = unset_members(o, x, "auth.profiles", is_our_profile, e);
    if (rc == CHELA_OK) rc = unset_members(o, x, "agents.defaults.models", is_our_model, e);
    if (rc == CHELA_OK && default_is_ours(x->doc))
        rc = config_edit_unset(x, S("agents.defaults.model"), NULL, e);
    return rc;
}

static enum chela_error reset_config(struct onboard *o, struct err *e) {
    struct config_edit x;
    if (!file_exists(config_where(o->config)->openclaw_json)) return CHELA_OK;
    enum chela_error rc = config_edit_begin(&x, o->c->env, e);
    if (rc != CHELA_OK) return rc;
    rc = edit_config(o, &x, e);
    if (rc == CHELA_OK) rc = config_edit_commit(&x, e);
    if (rc == CHELA_OK && x.written) tell(o, "OpenRouter's part of openclaw.json");
    config_edit_end(&x);
    return rc;
}

/* ---- keys ---- */

static enum chela_error keep_copy(const char *path, struct err *e) {
    char copy[4096 + 8];
    struct buf bytes = BUF_INIT(4u << 20);
    snprintf(copy, sizeof copy, "%s.bak", path);
    enum chela_error rc = file_read(path, &bytes, e);
    if (rc == CHELA_OK) rc = file_write(copy, buf_str(&bytes), 0600, e);
    if (bytes.p) explicit_bzero(bytes.p, bytes.n);
    buf_free(&bytes);
    return rc;
}

static enum chela_error reset_creds(struct onboard *o, struct err *e) {
    const struct config_paths *where = config_where(o->config);
    struct auth_store store;
    enum chela_error rc = CHELA_OK;
    size_t count = 0;
    auth_store_open(&store, where);
    if (store.legacy) {
        rc = err_set(e, CHELA_CONFIG, "%s is of an older edition of OpenClaw and is not edited",
                     store.path);
        err_hint(e, rc, "remove its entry \"openrouter\" by hand");
    }
    for (size_t i = 0; i < store.count && rc == CHELA_OK; i++) {
        bool there;
        if (!auth_is_for(&store.profile[i], S("openrouter"))) continue;
        if (!count++) rc = keep_copy(where->auth_profiles, e);
        if (rc == CHELA_OK) rc = auth_store_remove(where, store.profile[i].id, &there, e);
    }
    auth_store_close(&store);
    if (rc == CHELA_OK && count) tell(o, "OpenRouter's stored keys");
    return rc;
}

/* ---- conversations ---- */

static enum chela_error reset_sessions(struct onboard *o, struct err *e) {
    char path[4096 + 16], copy[4096 + 32];
    struct store *store = NULL;
    int64_t count = 0;
    snprintf(path, sizeof path, "%s/chela.db", config_where(o->config)->state);
    if (!file_exists(path)) return CHELA_OK;
    snprintf(copy, sizeof copy, "%s.bak", path);
    enum chela_error rc = store_open(&store, path, e);
    if (rc == CHELA_OK) rc = store_copy(store, copy, e);
    if (rc == CHELA_OK) rc = session_remove_all(store, &count, e);
    store_close(store);
    if (rc == CHELA_OK && count) tell(o, "chela's conversations");
    return rc;
}

/* ---- the whole ---- */

static enum chela_error confirm(const struct onboard *o, bool *yes, struct err *e) {
    struct buf question = BUF_INIT(1024);
    buf_add(&question, S("Remove"));
    if (o->reset & RESET_CONFIG) buf_add(&question, S(" OpenRouter's part of openclaw.json,"));
    if (o->reset & RESET_CREDS) buf_add(&question, S(" OpenRouter's stored keys,"));
    if (o->reset & RESET_SESSIONS) buf_add(&question, S(" chela's conversations,"));
    question.n -= question.n > 0;
    buf_add(&question, S("? Copies are kept as .bak."));
    enum chela_error rc = ask_yes(question.p ? question.p : "Reset?", false, yes, e);
    buf_free(&question);
    return rc;
}

enum chela_error onboard_reset(struct onboard *o, struct err *e) {
    bool yes = true;
    enum chela_error rc = o->talk ? confirm(o, &yes, e) : CHELA_OK;
    if (rc == CHELA_OK && !yes)
        return err_set(e, CHELA_CANCELLED, "nothing was reset, nothing was set up");
    if (rc == CHELA_OK && (o->reset & (RESET_CONFIG | RESET_CREDS))) rc = reset_config(o, e);
    if (rc == CHELA_OK && (o->reset & RESET_CREDS)) rc = reset_creds(o, e);
    if (rc == CHELA_OK && (o->reset & RESET_SESSIONS)) rc = reset_sessions(o, e);
    return rc;
}
