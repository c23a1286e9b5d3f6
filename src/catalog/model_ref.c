/* The grammar of model references (docs/model-references.md).
 *
 * Misread references are the most reported mistake of programs of this kind: prefixes lost, doubled
 * or left on, ids cut at ':' or at the wrong '/'. So the order is fixed and everything ends in one
 * function, model_id_on_wire: trim, profile, alias, "openrouter:" words, prefix, vendor, bare id.
 *
 * There is one provider. OpenClaw reads a reference without a known provider as OpenAI's; here
 * "vendor/model" is OpenRouter's id of that model, which is what people copy from its pages.
 */
#include "catalog/model_ref.h"

#include "base/suggest.h"
#include "base/utf8.h"
#include "catalog/model_id.h"

static const char how[] = "write openrouter/<vendor>/<model>, for example "
                          "openrouter/anthropic/claude-sonnet-4.6, or auto";

static enum chela_error refuse(struct err *e, str text, const char *why) {
    err_set(e, CHELA_INPUT, "model reference \"%.*s\": %s", STR_ARG(text), why);
    return err_hint(e, CHELA_INPUT, "%s", how);
}

static enum chela_error out_of_memory(struct err *e) {
    return err_set(e, CHELA_NOMEM, "model reference: out of memory");
}

enum chela_error model_ref_set_id(struct model_ref *out, str id, struct arena *a, struct err *e) {
    out->provider = S("openrouter");
    out->id = arena_dup(a, id);
    out->key = str_istarts(id, S("openrouter/")) ? out->id
                                                 : arena_printf(a, "openrouter/%.*s", STR_ARG(id));
    if (arena_failed(a)) return out_of_memory(e);
    if (out->key.n > MODEL_REF_MAX) {
        err_set(e, CHELA_INPUT,
                "the model reference is too long: its id has %zu bytes, %d are the most", id.n,
                MODEL_REF_MAX - 11);
        return err_hint(e, CHELA_INPUT, "%s", how);
    }
    return CHELA_OK;
}

/* ---- what the configuration knows ---- */

/* The models that the configuration names: keys of agents.defaults.models, then the ids in
 * models.providers.openrouter.models[]. */
struct configured {
    struct doc *doc;
    doc_node key, row; /* the next of each */
};

static struct configured configured_models(struct config *c) {
    struct configured it = { 0 };
    if (!c) return it;
    it.doc = config_doc(c);
    it.key = doc_first(it.doc, doc_path_get(it.doc, S("agents.defaults.models"), NULL));
    it.row = doc_first(it.doc, doc_path_get(it.doc, S("models.providers.openrouter.models"), NULL));
    return it;
}

/* *id as it is on the wire; *alias "" when it has none. */
static bool configured_next(struct configured *it, str *id, str *alias, struct arena *a) {
    while (it->key || it->row) {
        bool keyed = it->key != 0;
        doc_node n = keyed ? it->key : it->row;
        str text = { 0 };
        *alias = (str){ 0 };
        if (keyed) {
            it->key = doc_next(it->doc, n);
            text = doc_key(it->doc, n);
            doc_string(it->doc, doc_get(it->doc, n, S("alias")), alias);
        } else {
            it->row = doc_next(it->doc, n);
            doc_string(it->doc, doc_get(it->doc, n, S("id")), &text);
        }
        text = str_trim(text);
        *alias = str_trim(*alias);
        if (model_id_fault(text)) continue; /* an allowlist may hold patterns with '*' */
        *id = keyed ? text : model_id_on_wire(text, a);
        if (id->n) return true;
    }
    return false;
}

static bool is_auto(str id) {
    return str_ieq(id, S("auto")) || str_istarts(id, S("auto:")) || str_istarts(id, S("auto@"));
}

/* The key that has this alias. Of twins the last one, as OpenClaw does. An alias that looks like a
 * canonical key is none: a key always means itself. */
static bool alias_of(struct config *c, str text, str *key, str *alias, struct arena *a) {
    bool found = false;
    str id, name;
    for (struct configured it = configured_models(c);
         it.key && configured_next(&it, &id, &name, a);)
        if (name.n && str_ieq(name, text) && !str_istarts(name, S("openrouter/"))) {
            *key = id;
            *alias = name;
            found = true;
        }
    return found;
}

static bool other_provider(struct config *c, str vendor, str *configured) {
    if (!c || str_ieq(vendor, S("openrouter"))) return false;
    struct doc *d = config_doc(c);
    doc_node providers = doc_path_get(d, S("models.providers"), NULL);
    for (doc_node n = doc_first(d, providers); n; n = doc_next(d, n))
        if (str_ieq(str_trim(doc_key(d, n)), vendor)) {
            *configured = str_trim(doc_key(d, n));
            return true;
        }
    return false;
}

/* The first configured concrete free model, for "openrouter:free". */
static bool first_free(struct config *c, str *id, struct arena *a) {
    str alias;
    for (struct configured it = configured_models(c); configured_next(&it, id, &alias, a);) {
        if (str_chr(*id, '/') < 0) continue;
        bool prefixed = str_istarts(*id, S("openrouter/"));
        str vendor, model;
        str_cut(*id, '/', &vendor, &model);
        if (!prefixed && other_provider(c, vendor, &vendor)) continue;
        *id = model_id_on_wire(*id, a);
        if (!str_istarts(*id, S("openrouter/")) && str_ends(*id, S(":free"))) return true;
    }
    return false;
}

/* ---- the grammar below aliases ---- */

/* A slip in "openrouter" would make it a vendor, and the prefix part of an id. */
static enum chela_error check_spelling(str text, str id, struct err *e) {
    str vendor, model;
    str_cut(id, '/', &vendor, &model);
    struct suggest near;
    suggest_init(&near, vendor);
    suggest_offer(&near, S("openrouter"));
    if (!near.best.n || near.edits > 2) return CHELA_OK;
    err_set(e, CHELA_INPUT, "model reference \"%.*s\": did you mean openrouter/%.*s?",
            STR_ARG(text), STR_ARG(model));
    return err_hint(e, CHELA_INPUT, "%s", how);
}

/* Without the prefix the vendor may be meant as a provider. */
static enum chela_error check_provider(struct config *c, str text, str id, struct err *e) {
    str vendor, model, name;
    str_cut(id, '/', &vendor, &model);
    if (!other_provider(c, vendor, &name)) return CHELA_OK;
    err_set(e, CHELA_INPUT,
            "model reference \"%.*s\": models.providers.%.*s is configured, and openrouter is "
            "the only provider that chela serves",
            STR_ARG(text), STR_ARG(name));
    return err_hint(e, CHELA_INPUT, "to reach it through OpenRouter, write openrouter/%.*s",
                    STR_ARG(id));
}

/* A name without a vendor: does exactly one configured model have it? Leaves *id alone if none. */
static enum chela_error configured_owner(struct config *c, str text, str *id, struct arena *a,
                                         struct err *e) {
    str one = { 0 }, alias, found;
    for (struct configured it = configured_models(c); configured_next(&it, &found, &alias, a);) {
        str vendor, model, name;
        bool slash = str_cut(found, '/', &vendor, &model);
        if (!slash || (!str_ieq(vendor, S("openrouter")) && other_provider(c, vendor, &name)))
            continue;
        found = model_id_on_wire(found, a);
        if (!found.n || !str_ieq(model_id_tail(found), text)) continue;
        if (one.n && !str_ieq(one, found)) {
            err_set(e, CHELA_INPUT,
                    "model reference \"%.*s\": more than one configured model has that name, %.*s "
                    "and %.*s",
                    STR_ARG(text), STR_ARG(one), STR_ARG(found));
            return err_hint(e, CHELA_INPUT, "write the vendor too: openrouter/%.*s", STR_ARG(one));
        }
        one = found;
    }
    if (one.n) *id = one;
    return CHELA_OK;
}

static enum chela_error unknown_name(struct config *c, str text, struct arena *a, struct err *e) {
    struct suggest near;
    suggest_init(&near, text);
    suggest_offer(&near, S("auto"));
    str id, alias;
    for (struct configured it = configured_models(c); configured_next(&it, &id, &alias, a);) {
        suggest_offer(&near, alias);
        suggest_offer(&near, model_id_tail(id));
    }
    err_set(e, CHELA_INPUT,
            "model reference \"%.*s\": no vendor is named, and no configured model "
            "or alias is called so%s%.*s%s",
            STR_ARG(text), near.best.n ? "; did you mean \"" : "", STR_ARG(near.best),
            near.best.n ? "\"?" : "");
    return err_hint(e, CHELA_INPUT, "%s", how);
}

/* text: trimmed, without profile, no alias. */
static enum chela_error read_id(struct model_ref *out, str text, struct config *c, struct arena *a,
                                str *bare, struct err *e) {
    str id = text;
    bool prefixed = false;
    for (; str_istarts(id, S("openrouter/")); id = str_skip(id, 11)) prefixed = true;
    if (str_has(id, S("://")))
        return refuse(e, text, "it is a web address; a model is named by its last two parts");
    const char *fault = model_id_fault(id);
    if (fault) return refuse(e, text, fault);

    if (str_ieq(id, S("openrouter:auto"))) return model_ref_set_id(out, S("openrouter/auto"), a, e);
    if (str_ieq(id, S("openrouter:free"))) {
        if (first_free(c, &id, a)) return model_ref_set_id(out, id, a, e);
        err_set(e, CHELA_INPUT, "model reference \"%.*s\": the configuration names no free model",
                STR_ARG(text));
        return err_hint(e, CHELA_INPUT,
                        "add one, such as \"openrouter/<vendor>/<model>:free\": {}, to "
                        "agents.defaults.models, or write openrouter/free");
    }
    if (str_istarts(id, S("openrouter:"))) {
        err_set(e, CHELA_INPUT, "model reference \"%.*s\": the provider ends in '/', not ':'",
                STR_ARG(text));
        return err_hint(e, CHELA_INPUT, "write openrouter/%.*s", STR_ARG(str_skip(id, 11)));
    }

    if (model_id_has_vendor(id)) {
        enum chela_error rc = check_spelling(text, id, e);
        if (!rc && !prefixed) rc = check_provider(c, text, id, e);
        return rc ? rc : model_ref_set_id(out, id, a, e);
    }
    str on_wire = model_id_on_wire(id, a);
    if (arena_failed(a)) return out_of_memory(e);
    bool spelled_out = !str_istarts(on_wire, S("openrouter/")); /* deepseek-v4-pro */
    if (prefixed || spelled_out) return model_ref_set_id(out, on_wire, a, e);
    if (is_auto(id)) { /* typed by hand, so in any case; behind the prefix its case is kept */
        on_wire = arena_printf(a, "openrouter/auto%.*s", STR_ARG(str_skip(id, 4)));
        return model_ref_set_id(out, on_wire, a, e);
    }
    if (str_ieq(id, S("openrouter")))
        return refuse(e, text, "it names the provider alone; did you mean openrouter/auto?");
    str owner = { 0 };
    enum chela_error rc = configured_owner(c, id, &owner, a, e);
    if (rc) return rc;
    if (owner.n) return model_ref_set_id(out, owner, a, e);
    *bare = id;
    return unknown_name(c, text, a, e);
}

/* Cuts "@profile" off. OpenRouter's own '@' stays: "@preset/x", "a/b@preset/x" have a '/' behind
 * it; "model@20250514" is a date. A profile may hold '@' ("openrouter:me@example.com"). */
static str cut_profile(str text, str *profile) {
    size_t at = (size_t)(str_rchr(text, '/') + 1);
    while (at < text.n && text.p[at] != '@') at++;
    size_t digits = at + 1;
    while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9') digits++;
    if (digits - at - 1 == 8 && (digits == text.n || text.p[digits] == '@')) at = digits;
    if (at == 0 || at >= text.n) return text;
    *profile = str_trim(str_skip(text, at + 1));
    return profile->n ? str_trim(str_head(text, at)) : text;
}

static bool control_free(str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) return false;
    return true;
}

enum chela_error model_ref_read(struct model_ref *out, str text, struct config *c, struct arena *a,
                                str *bare, struct err *e) {
    *out = (struct model_ref){ 0 };
    *bare = (str){ 0 };
    text = str_trim(text);
    if (!text.n) {
        err_set(e, CHELA_INPUT, "the model reference is empty");
        return err_hint(e, CHELA_INPUT, "%s", how);
    }
    if (text.n > MODEL_REF_MAX) {
        err_set(e, CHELA_INPUT, "the model reference has %zu bytes; %d are the most", text.n,
                MODEL_REF_MAX);
        return err_hint(e, CHELA_INPUT, "%s", how);
    }
    if (!control_free(text) || !utf8_valid(text)) {
        err_set(e, CHELA_INPUT,
                "the model reference has a control character in it, or is not UTF-8");
        return err_hint(e, CHELA_INPUT, "%s", how);
    }
    str profile = { 0 }, key, alias = { 0 }, ref = text;
    if (!alias_of(c, text, &key, &alias, a)) {
        ref = cut_profile(text, &profile);
        if (ref.n != text.n) alias_of(c, ref, &key, &alias, a);
    }
    if (alias.n) {
        str own = { 0 };
        ref = cut_profile(key, &own);
        if (!profile.n) profile = own;
    }
    out->profile = arena_dup(a, profile);
    out->alias = arena_dup(a, alias);
    enum chela_error rc = read_id(out, ref, c, a, bare, e);
    if (rc && alias.n) {
        *bare = (str){ 0 };
        return err_prefix(e, rc, "alias \"%.*s\" in agents.defaults.models: ", STR_ARG(alias));
    }
    return !rc && arena_failed(a) ? out_of_memory(e) : rc;
}

enum chela_error model_ref_parse(struct model_ref *out, str text, struct config *c, struct arena *a,
                                 struct err *e) {
    str bare;
    return model_ref_read(out, text, c, a, &bare, e);
}

bool model_ref_of_key(struct model_ref *out, str key, struct config *c, struct arena *a) {
    str profile = { 0 }, bare;
    struct err ignored = ERR_INIT;
    *out = (struct model_ref){ 0 };
    key = str_trim(key);
    return key.n && key.n <= MODEL_REF_MAX && control_free(key) &&
           read_id(out, cut_profile(key, &profile), c, a, &bare, &ignored) == CHELA_OK;
}
