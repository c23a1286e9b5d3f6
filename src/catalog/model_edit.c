#include "catalog/model_edit.h"

#include "base/suggest.h"
#include "catalog/model_id.h"
#include "doc/json_write.h"

static const str entries_path = STR_INIT("agents.defaults.models");

str model_slot_path(enum model_slot slot) {
    return slot == MODEL_CHAT ? S("agents.defaults.model") : S("agents.defaults.imageModel");
}

/* ---- paths and values ---- */

static doc_node node_at(const struct config_edit *x, str path) {
    struct err ignored = ERR_INIT;
    return doc_path_get(x->doc, path, &ignored);
}

/* The node at path.name. */
static doc_node member_at(const struct config_edit *x, str path, const char *name) {
    return doc_get(x->doc, node_at(x, path), str_c(name));
}

/* Sets, or with value.n 0 removes, what stands at `path` (which is freed). */
static enum chela_error change(struct config_edit *x, struct buf *path, str value, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (path->failed)
        rc = err_set(e, CHELA_NOMEM, "out of memory");
    else if (value.n)
        rc = config_edit_set(x, buf_str(path), value, e);
    else
        rc = config_edit_unset(x, buf_str(path), NULL, e);
    buf_free(path);
    return rc;
}

/* agents.defaults.models["…"] */
static struct buf entry_path(str key) {
    struct buf path = BUF_INIT(8192);
    buf_add(&path, entries_path);
    buf_addc(&path, '[');
    json_quote(&path, key);
    buf_addc(&path, ']');
    return path;
}

static struct buf slot_member(enum model_slot slot, const char *name) {
    struct buf path = BUF_INIT(8192);
    buf_add(&path, model_slot_path(slot));
    buf_addf(&path, ".%s", name);
    return path;
}

/* Sets `path` to a JSON string. */
static enum chela_error change_text(struct config_edit *x, struct buf *path, str text,
                                    struct err *e) {
    struct buf value = BUF_INIT(8192);
    json_quote(&value, text);
    enum chela_error rc = change(x, path, buf_str(&value), e);
    buf_free(&value);
    return rc;
}

/* As a choice is written: with the profile, when one was named. */
static enum chela_error change_choice(struct config_edit *x, struct buf *path,
                                      const struct model_ref *ref, struct err *e) {
    struct buf text = BUF_INIT(4096);
    buf_add(&text, ref->key);
    if (ref->profile.n) buf_addf(&text, "@%.*s", STR_ARG(ref->profile));
    enum chela_error rc = change_text(x, path, buf_str(&text), e);
    buf_free(&text);
    return rc;
}

/* ---- entries of agents.defaults.models ---- */

/* The key that stands for the model in the file: the canonical one, or openrouter/openrouter/… as
 * older programs wrote it. "" when there is none. */
static str entry_of(const struct config_edit *x, const struct model_ref *ref) {
    struct arena a = ARENA_INIT(1u << 16);
    str found = { 0 };
    doc_node entries = node_at(x, entries_path);
    for (doc_node n = doc_first(x->doc, entries); n; n = doc_next(x->doc, n)) {
        str key = doc_key(x->doc, n);
        if (!str_istarts(key, S("openrouter/")) || model_id_fault(key)) continue;
        if (!str_eq(model_id_on_wire(key, &a), ref->id)) continue;
        if (!found.n || str_eq(key, ref->key)) found = key;
    }
    arena_free(&a);
    return found;
}

enum chela_error model_edit_entry(struct config_edit *x, const struct model_ref *ref,
                                  struct err *e) {
    if (entry_of(x, ref).n) return CHELA_OK;
    struct buf path = entry_path(ref->key);
    return change(x, &path, S("{}"), e);
}

/* ---- the model and its fallbacks ---- */

/* A model that is a string becomes {primary: …}, in its own quotes. */
static enum chela_error make_object(struct config_edit *x, enum model_slot slot, struct err *e) {
    doc_node model = node_at(x, model_slot_path(slot));
    if (doc_type(x->doc, model) != DOC_STRING) return CHELA_OK;
    struct buf text = BUF_INIT(8192), path = slot_member(slot, "primary");
    buf_add(&text, doc_raw(x->doc, model));
    enum chela_error rc = config_edit_set(x, model_slot_path(slot), S("{}"), e);
    if (rc == CHELA_OK) rc = change(x, &path, buf_str(&text), e);
    buf_free(&path);
    buf_free(&text);
    return rc;
}

enum chela_error model_edit_primary(struct config_edit *x, enum model_slot slot,
                                    const struct model_ref *ref, struct err *e) {
    enum chela_error rc = make_object(x, slot, e);
    struct buf path = slot_member(slot, "primary");
    if (rc == CHELA_OK) rc = change_choice(x, &path, ref, e);
    buf_free(&path);
    return rc == CHELA_OK ? model_edit_entry(x, ref, e) : rc;
}

/* Does a text of the file mean this model? */
static bool means(const struct config_edit *x, str text, const struct model_ref *ref) {
    struct arena a = ARENA_INIT(1u << 16);
    struct model_ref found;
    struct err ignored = ERR_INIT;
    bool same = model_ref_parse(&found, text, x->config, &a, &ignored) == CHELA_OK &&
                str_eq(found.key, ref->key) && str_eq(found.profile, ref->profile);
    arena_free(&a);
    return same;
}

enum chela_error model_edit_add_fallback(struct config_edit *x, enum model_slot slot,
                                         const struct model_ref *ref, struct err *e) {
    doc_node list = member_at(x, model_slot_path(slot), "fallbacks");
    size_t count = doc_type(x->doc, list) == DOC_ARRAY ? doc_len(x->doc, list) : 0;
    for (doc_node n = doc_first(x->doc, list); count && n; n = doc_next(x->doc, n)) {
        str text;
        if (doc_string(x->doc, n, &text) && means(x, text, ref)) return model_edit_entry(x, ref, e);
    }
    enum chela_error rc = make_object(x, slot, e);
    struct buf path = slot_member(slot, "fallbacks");
    buf_addf(&path, "[%zu]", count);
    if (rc == CHELA_OK) rc = change_choice(x, &path, ref, e);
    buf_free(&path);
    return rc == CHELA_OK ? model_edit_entry(x, ref, e) : rc;
}

/* The last fallback that the text means, as the grammar reads it or as it stands; -1: none. */
static ptrdiff_t fallback_index(const struct config_edit *x, doc_node list, str text) {
    struct arena a = ARENA_INIT(1u << 16);
    struct model_ref ref;
    struct err ignored = ERR_INIT;
    bool known = model_ref_parse(&ref, text, x->config, &a, &ignored) == CHELA_OK;
    ptrdiff_t found = -1, i = 0;
    for (doc_node n = doc_first(x->doc, list); n; n = doc_next(x->doc, n), i++) {
        str item;
        if (!doc_string(x->doc, n, &item)) continue;
        if (str_eq(str_trim(item), str_trim(text)) || (known && means(x, item, &ref))) found = i;
    }
    arena_free(&a);
    return found;
}

static enum chela_error no_fallback(const struct config_edit *x, doc_node list, str text,
                                    struct err *e) {
    struct suggest near;
    suggest_init(&near, text);
    for (doc_node n = doc_first(x->doc, list); n; n = doc_next(x->doc, n)) {
        str item;
        if (doc_string(x->doc, n, &item)) suggest_offer(&near, item);
    }
    err_set(e, CHELA_INPUT, "Fallback not found: %.*s", STR_ARG(text));
    if (!near.best.n) return CHELA_INPUT;
    return err_hint(e, CHELA_INPUT, "did you mean %.*s?", STR_ARG(near.best));
}

enum chela_error model_edit_remove_fallback(struct config_edit *x, enum model_slot slot, str text,
                                            struct err *e) {
    bool removed = false;
    for (;;) {
        doc_node list = member_at(x, model_slot_path(slot), "fallbacks");
        ptrdiff_t i = fallback_index(x, list, text);
        if (i < 0) return removed ? CHELA_OK : no_fallback(x, list, text, e);
        struct buf path = slot_member(slot, "fallbacks");
        buf_addf(&path, "[%td]", i);
        enum chela_error rc = change(x, &path, S(""), e);
        if (rc != CHELA_OK) return rc;
        removed = true;
    }
}

/* They are these already. */
static bool has_fallbacks(const struct config_edit *x, doc_node list, const struct model_ref *refs,
                          size_t count) {
    if (doc_len(x->doc, list) != count) return false;
    size_t i = 0;
    str text;
    for (doc_node n = doc_first(x->doc, list); n; n = doc_next(x->doc, n), i++)
        if (!doc_string(x->doc, n, &text) || !means(x, text, &refs[i])) return false;
    return true;
}

enum chela_error model_edit_set_fallbacks(struct config_edit *x, enum model_slot slot,
                                          const struct model_ref *refs, size_t count,
                                          struct err *e) {
    if (has_fallbacks(x, member_at(x, model_slot_path(slot), "fallbacks"), refs, count))
        return CHELA_OK;
    enum chela_error rc = make_object(x, slot, e);
    struct buf path = slot_member(slot, "fallbacks");
    if (rc == CHELA_OK) rc = change(x, &path, S("[]"), e);
    buf_free(&path);
    for (size_t i = 0; i < count && rc == CHELA_OK; i++)
        rc = model_edit_add_fallback(x, slot, &refs[i], e);
    return rc;
}

/* ---- aliases ---- */

/* The key of the last entry that has the alias; "" when none has. */
static str alias_owner(const struct config_edit *x, str alias) {
    str owner = { 0 }, name;
    doc_node entries = node_at(x, entries_path);
    for (doc_node n = doc_first(x->doc, entries); n; n = doc_next(x->doc, n))
        if (doc_string(x->doc, doc_get(x->doc, n, S("alias")), &name) &&
            str_ieq(str_trim(name), alias))
            owner = doc_key(x->doc, n);
    return owner;
}

static bool alias_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == ':' || c == '-';
}

static enum chela_error check_alias(str alias, struct err *e) {
    bool good = alias.n > 0;
    for (size_t i = 0; i < alias.n; i++) good = good && alias_char(alias.p[i]);
    if (good) return CHELA_OK;
    return err_set(e, CHELA_INPUT,
                   "Alias must use letters, numbers, dots, underscores, colons, or dashes.");
}

enum chela_error model_edit_add_alias(struct config_edit *x, str alias, const struct model_ref *ref,
                                      struct err *e) {
    alias = str_trim(alias);
    enum chela_error rc = check_alias(alias, e);
    if (rc != CHELA_OK) return rc;
    struct model_ref model = *ref;
    model.profile = (str){ 0 };
    str owner = alias_owner(x, alias), key = entry_of(x, ref);
    if (owner.n && means(x, owner, &model)) return CHELA_OK;
    if (owner.n) {
        err_set(e, CHELA_INPUT, "Alias %.*s already points to %.*s.", STR_ARG(alias),
                STR_ARG(owner));
        return err_hint(e, CHELA_INPUT, "chela models aliases remove %.*s frees it",
                        STR_ARG(alias));
    }
    struct buf path = entry_path(key.n ? key : ref->key);
    buf_add(&path, S(".alias"));
    return change_text(x, &path, alias, e);
}

static enum chela_error no_alias(const struct config_edit *x, str alias, struct err *e) {
    struct suggest near;
    str name;
    suggest_init(&near, alias);
    doc_node entries = node_at(x, entries_path);
    for (doc_node n = doc_first(x->doc, entries); n; n = doc_next(x->doc, n))
        if (doc_string(x->doc, doc_get(x->doc, n, S("alias")), &name)) suggest_offer(&near, name);
    err_set(e, CHELA_INPUT, "Alias not found: %.*s", STR_ARG(alias));
    if (!near.best.n) return CHELA_INPUT;
    return err_hint(e, CHELA_INPUT, "did you mean %.*s?", STR_ARG(near.best));
}

enum chela_error model_edit_remove_alias(struct config_edit *x, str alias, struct err *e) {
    alias = str_trim(alias);
    str owner = alias_owner(x, alias);
    if (!owner.n) return no_alias(x, alias, e);
    enum chela_error rc = CHELA_OK;
    for (; owner.n && rc == CHELA_OK; owner = alias_owner(x, alias)) {
        struct buf path = entry_path(owner);
        buf_add(&path, S(".alias"));
        rc = change(x, &path, S(""), e);
    }
    return rc;
}
