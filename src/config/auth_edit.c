/* Editing the stored keys. Every edit is: lock, read, change the documents in place, write them
 * whole, unlock. The order goes first to disk and the key last: an order that names a profile that
 * is not there is passed over, a key that an order leaves out would never be used. */
#include "config/auth_store.h"

#include "base/file.h"
#include "config/auth_lock.h"
#include "config/internal.h"
#include "config/secret_ref.h"
#include "doc/json_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const size_t max_file = 4u << 20;

struct part { /* one of the two files */
    char path[4096];
    struct buf text;
    struct doc *doc; /* NULL: there is no such file */
};

struct edit {
    struct auth_lock lock;
    struct part profiles, state;
};

/* ---- reading and writing ---- */

static void part_free(struct part *p) {
    doc_free(p->doc);
    if (p->text.p) explicit_bzero(p->text.p, p->text.n);
    buf_free(&p->text);
}

static enum chela_error part_parse(struct part *p, struct err *e) {
    enum chela_error rc = doc_parse(&p->doc, buf_str(&p->text), DOC_JSON5, NULL, e);
    if (rc == CHELA_OK && doc_type(p->doc, doc_root(p->doc)) != DOC_OBJECT) {
        rc = err_set(e, CHELA_CONFIG, "expected an object");
        doc_free(p->doc);
        p->doc = NULL;
    }
    if (rc == CHELA_OK || rc == CHELA_NOMEM) return rc;
    err_prefix(e, rc, "%s: ", p->path);
    if (e) e->code = CHELA_CONFIG;
    return err_hint(e, CHELA_CONFIG, "nothing was changed; mend the file, or move it away");
}

static enum chela_error part_read(struct part *p, struct err *e) {
    buf_init(&p->text, max_file);
    if (!file_exists(p->path)) return CHELA_OK;
    enum chela_error rc = file_read(p->path, &p->text, e);
    return rc == CHELA_OK ? part_parse(p, e) : rc;
}

/* A file that is not there begins with this text. */
static enum chela_error part_make(struct part *p, str text, struct err *e) {
    if (p->doc) return CHELA_OK;
    if (!buf_add(&p->text, text)) return err_set(e, CHELA_NOMEM, "out of memory");
    return part_parse(p, e);
}

static enum chela_error part_write(struct part *p, struct err *e) {
    if (!p->doc || !doc_edited(p->doc)) return CHELA_OK;
    struct buf text = BUF_INIT(max_file);
    enum chela_error rc = doc_write(p->doc, &text)
                              ? file_write(p->path, buf_str(&text), 0600, e)
                              : err_set(e, CHELA_LIMIT, "%s would be too large", p->path);
    if (text.p) explicit_bzero(text.p, text.n);
    buf_free(&text);
    return rc;
}

static void edit_end(struct edit *x) {
    part_free(&x->profiles);
    part_free(&x->state);
    auth_unlock(&x->lock);
}

/* Whoever can list the folder learns which accounts there are. */
static enum chela_error own_folder(const char *folder, struct err *e) {
    struct stat st;
    enum chela_error rc = file_mkdirs(folder, 0700, e);
    if (rc == CHELA_OK && stat(folder, &st) == 0 && (st.st_mode & 077) && chmod(folder, 0700) != 0)
        rc = err_set(e, CHELA_IO, "%s: %s", folder, strerror(errno));
    return rc;
}

static enum chela_error edit_begin(struct edit *x, const struct config_paths *where,
                                   struct err *e) {
    char folder[4096];
    *x = (struct edit){ .lock = { .ours = FILE_LOCK_INIT } };
    str name = path_folder(str_c(where->auth_profiles));
    str_copy(folder, sizeof folder, name);
    str_copy(x->profiles.path, sizeof x->profiles.path, str_c(where->auth_profiles));
    if (!path_resolve(x->state.path, sizeof x->state.path, name, S("auth-state.json"), S("")))
        return err_set(e, CHELA_IO, "%s: the path is too long", folder);
    enum chela_error rc = own_folder(folder, e);
    if (rc == CHELA_OK) rc = auth_lock(&x->lock, x->profiles.path, AUTH_LOCK_WAIT_MS, e);
    if (rc == CHELA_OK) rc = part_read(&x->profiles, e);
    if (rc == CHELA_OK) rc = part_read(&x->state, e);
    return rc;
}

static enum chela_error edit_commit(struct edit *x, struct err *e) {
    enum chela_error rc = part_write(&x->state, e);
    return rc == CHELA_OK ? part_write(&x->profiles, e) : rc;
}

/* ---- members ---- */

static enum chela_error set_text(struct doc *d, doc_node object, const char *key, str text,
                                 struct err *e) {
    struct buf json = BUF_INIT(max_file);
    struct err why = ERR_INIT;
    json_quote(&json, text);
    if (!doc_set(d, object, str_c(key), buf_str(&json), &why) && e) *e = why;
    if (json.p) explicit_bzero(json.p, json.n);
    buf_free(&json);
    return why.code;
}

/* The object under that key, made when there is none. 0 with *e. */
static doc_node object_at(struct doc *d, doc_node parent, str key, struct err *e) {
    doc_node n = doc_get(d, parent, key);
    return doc_type(d, n) == DOC_OBJECT ? n : doc_set(d, parent, key, S("{}"), e);
}

/* ---- the order ---- */

/* The document that has the order, in older editions that of the profiles; NULL: none has. */
static struct doc *order_holder(struct edit *x) {
    struct doc *d = x->profiles.doc;
    if (x->state.doc) return x->state.doc;
    return d && doc_get(d, doc_root(d), S("order")) ? d : NULL;
}

static doc_node order_of(struct doc *d, str provider) {
    if (!d) return 0;
    doc_node n = doc_get(d, doc_get(d, doc_root(d), S("order")), provider);
    return doc_type(d, n) == DOC_ARRAY ? n : 0;
}

static doc_node find_text(struct doc *d, doc_node list, str text) {
    str one;
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n))
        if (doc_string(d, n, &one) && str_eq(one, text)) return n;
    return 0;
}

/* Makes id the first of an order that lacks it. */
static enum chela_error lead_order(struct edit *x, str provider, str id, struct err *e) {
    struct doc *d = order_holder(x);
    doc_node order = order_of(d, provider);
    if (!order || !doc_len(d, order) || find_text(d, order, id)) return CHELA_OK;
    struct buf list = BUF_INIT(max_file);
    struct json_writer w = JSON_WRITER(&list);
    struct err why = ERR_INIT;
    json_array(&w);
    json_string(&w, id);
    str one;
    for (doc_node n = doc_first(d, order); n; n = doc_next(d, n))
        if (doc_string(d, n, &one)) json_string(&w, one);
    json_array_end(&w);
    if (!doc_replace(d, order, buf_str(&list), &why) && e) *e = why;
    buf_free(&list);
    return why.code;
}

static void leave_orders(struct edit *x, str id) {
    struct doc *d = order_holder(x);
    if (!d) return;
    doc_node orders = doc_get(d, doc_root(d), S("order"));
    for (doc_node order = doc_first(d, orders); order; order = doc_next(d, order)) {
        doc_node n = doc_type(d, order) == DOC_ARRAY ? find_text(d, order, id) : 0;
        if (n) doc_remove(d, n);
        if (n && !doc_len(d, order)) doc_remove(d, order);
    }
}

enum chela_error auth_order_put(const struct config_paths *where, str provider, const str *ids,
                                size_t count, struct err *e) {
    struct edit x;
    struct err why = ERR_INIT;
    enum chela_error rc = edit_begin(&x, where, &why);
    if (rc == CHELA_OK && count && !order_holder(&x))
        rc = part_make(&x.state, S("{\n  \"version\": 1\n}\n"), &why);
    struct doc *d = rc == CHELA_OK ? order_holder(&x) : NULL;
    if (d && !count) {
        doc_node orders = doc_get(d, doc_root(d), S("order"));
        doc_remove_key(d, orders, provider);
        if (orders && !doc_len(d, orders)) doc_remove(d, orders);
    } else if (d) {
        struct buf list = BUF_INIT(max_file);
        struct json_writer w = JSON_WRITER(&list);
        json_array(&w);
        for (size_t i = 0; i < count; i++) json_string(&w, ids[i]);
        json_array_end(&w);
        doc_node orders = object_at(d, doc_root(d), S("order"), &why);
        if (orders) doc_set(d, orders, provider, buf_str(&list), &why);
        buf_free(&list);
        rc = why.code;
    }
    if (rc == CHELA_OK) rc = edit_commit(&x, &why);
    edit_end(&x);
    if (rc != CHELA_OK && e) *e = why;
    return rc;
}

/* ---- profiles ---- */

/* What auth.json of older editions holds comes along: once there is a newer file nobody reads it.
 */
static enum chela_error take_over_legacy(struct edit *x, doc_node profiles, struct err *e) {
    struct part old = { 0 };
    if (!path_resolve(old.path, sizeof old.path, path_folder(str_c(x->profiles.path)),
                      S("auth.json"), S("")))
        return CHELA_OK;
    struct doc *d = x->profiles.doc;
    enum chela_error rc = part_read(&old, e);
    doc_node n = rc == CHELA_OK && old.doc ? doc_first(old.doc, doc_root(old.doc)) : 0;
    for (; n && rc == CHELA_OK; n = doc_next(old.doc, n)) {
        if (doc_type(old.doc, n) != DOC_OBJECT) continue;
        struct buf id = BUF_INIT(1024), value = BUF_INIT(max_file);
        str name = doc_key(old.doc, n);
        buf_addf(&id, "%.*s:default", STR_ARG(name));
        doc_write_json(old.doc, n, &value);
        doc_node made = doc_set(d, profiles, buf_str(&id), buf_str(&value), e);
        if (!made)
            rc = err_set(e, CHELA_NOMEM, "%s: out of memory", old.path);
        else if (!doc_get(d, made, S("provider")))
            rc = set_text(d, made, "provider", name, e);
        if (value.p) explicit_bzero(value.p, value.n);
        buf_free(&value);
        buf_free(&id);
    }
    part_free(&old);
    return rc;
}

/* A profile of the same kind keeps its other fields; one of another kind is replaced. */
static doc_node profile_at(struct doc *d, doc_node profiles, str id, const struct auth_value *v,
                           struct err *e) {
    doc_node n = doc_get(d, profiles, id);
    str type = { 0 }, provider = { 0 };
    if (!doc_string(d, doc_get(d, n, S("type")), &type))
        doc_string(d, doc_get(d, n, S("mode")), &type);
    doc_string(d, doc_get(d, n, S("provider")), &provider);
    if (doc_type(d, n) == DOC_OBJECT && str_eq(type, str_c(auth_kind_name(v->kind))) &&
        str_ieq(str_trim(provider), v->provider))
        return n;
    n = doc_set(d, profiles, id, S("{}"), e);
    if (!n || set_text(d, n, "type", str_c(auth_kind_name(v->kind)), e) != CHELA_OK ||
        set_text(d, n, "provider", v->provider, e) != CHELA_OK)
        return 0;
    return n;
}

static enum chela_error set_key(struct doc *d, doc_node profile, const struct auth_value *v,
                                struct err *e) {
    bool token = v->kind == AUTH_TOKEN;
    const char *plain = token ? "token" : "key", *ref = token ? "tokenRef" : "keyRef";
    if (!token) doc_remove_key(d, profile, S("apiKey"));
    if (v->secret.n) {
        doc_remove_key(d, profile, str_c(ref));
        return set_text(d, profile, plain, v->secret, e);
    }
    doc_remove_key(d, profile, str_c(plain));
    doc_node n = doc_set(d, profile, str_c(ref), S("{}"), e);
    if (!n) return CHELA_NOMEM;
    enum chela_error rc = set_text(d, n, "source", S("env"), e);
    if (rc == CHELA_OK) rc = set_text(d, n, "provider", S("default"), e);
    return rc == CHELA_OK ? set_text(d, n, "id", v->variable, e) : rc;
}

static enum chela_error set_expiry(struct doc *d, doc_node profile, const struct auth_value *v,
                                   struct err *e) {
    char ms[32];
    struct err why = ERR_INIT;
    if (v->kind != AUTH_TOKEN) return CHELA_OK;
    snprintf(ms, sizeof ms, "%lld", (long long)v->expires_ms);
    if (!v->expires_ms)
        doc_remove_key(d, profile, S("expires"));
    else if (!doc_set(d, profile, S("expires"), str_c(ms), &why) && e)
        *e = why;
    return why.code;
}

static enum chela_error put(struct edit *x, str id, const struct auth_value *v, struct err *e) {
    bool fresh = !x->profiles.doc;
    enum chela_error rc =
        part_make(&x->profiles, S("{\n  \"version\": 1,\n  \"profiles\": {}\n}\n"), e);
    if (rc != CHELA_OK) return rc;
    struct doc *d = x->profiles.doc;
    struct err why = ERR_INIT;
    doc_node profiles = object_at(d, doc_root(d), S("profiles"), &why);
    if (profiles && fresh) rc = take_over_legacy(x, profiles, &why);
    doc_node profile = profiles && rc == CHELA_OK ? profile_at(d, profiles, id, v, &why) : 0;
    if (profile && set_key(d, profile, v, &why) == CHELA_OK) set_expiry(d, profile, v, &why);
    if (why.code != CHELA_OK) {
        if (e) *e = why;
        return why.code;
    }
    return lead_order(x, v->provider, id, e);
}

enum chela_error auth_store_put(const struct config_paths *where, str id,
                                const struct auth_value *v, struct err *e) {
    struct edit x;
    enum chela_error rc = edit_begin(&x, where, e);
    if (rc == CHELA_OK) rc = put(&x, id, v, e);
    if (rc == CHELA_OK) rc = edit_commit(&x, e);
    edit_end(&x);
    return rc;
}

enum chela_error auth_store_remove(const struct config_paths *where, str id, bool *there,
                                   struct err *e) {
    struct edit x;
    *there = false;
    if (!file_exists(where->auth_profiles)) return CHELA_OK;
    enum chela_error rc = edit_begin(&x, where, e);
    if (rc == CHELA_OK && x.profiles.doc) {
        struct doc *d = x.profiles.doc;
        *there = doc_remove_key(d, doc_get(d, doc_root(d), S("profiles")), id) > 0;
        leave_orders(&x, id);
        rc = edit_commit(&x, e);
    }
    edit_end(&x);
    return rc;
}
