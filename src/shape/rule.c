/* What the rules share. Reasons and contracts are in rule.h. */
#include "shape/rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text of one field: as much as a document may hold, so the document's limit decides. */
enum { FIELD_MAX = 64 << 20 };

/* ---- params ---- */
doc_node param_get(const struct shape_ctx *x, const char *const *aliases, size_t n,
                   const char **origin) {
    *origin = "";
    return x->params && x->params->count ? config_param(x->params, aliases, n, origin) : 0;
}

const char *param_path(struct shape_ctx *x, const char *origin, str key) {
    str path = arena_printf(x->arena, "%s.%.*s", origin ? origin : "params", STR_ARG(key));
    return path.p ? path.p : "";
}

doc_node extra_body(const struct shape_ctx *x) {
    static const char *const aliases[] = { "extra_body", "extraBody" };
    const char *origin;
    doc_node n = PARAM(x, aliases, &origin);
    return n && doc_type(x->params->doc, n) == DOC_OBJECT ? n : 0;
}

bool extra_body_has(const struct shape_ctx *x, str key) {
    doc_node extra = extra_body(x);
    return extra && doc_get(x->params->doc, extra, key);
}

bool key_is_unsafe(str key) {
    return str_eq(key, S("__proto__")) || str_eq(key, S("prototype")) ||
           str_eq(key, S("constructor"));
}

bool request_says(struct shape_ctx *x, const struct shape_rule *rule, str key, str value) {
    bool extra = extra_body_has(x, key);
    doc_node said = extra || x->kind == CALL_RAW ? body_get(x, key) : 0;
    if (!said) return false;
    if (!str_eq(node_json(x, x->body, said), value))
        shape_record(x, rule, CHANGE_WITHHELD, body_field(x, key), value, "%s",
                     extra ? "extra_body brings its own" : "the request says this itself");
    return true;
}

/* ---- body ---- */
doc_node body_get(const struct shape_ctx *x, str key) {
    return doc_get(x->body, doc_root(x->body), key);
}

doc_node body_own(const struct shape_ctx *x, str key) {
    return extra_body_has(x, key) ? 0 : body_get(x, key);
}

str body_field(struct shape_ctx *x, str key) {
    return arena_printf(x->arena, "body %.*s", STR_ARG(key));
}

str body_where(struct shape_ctx *x, doc_node n) {
    struct buf path = BUF_INIT(4096);
    doc_path_of(x->body, n, &path);
    str where = arena_printf(x->arena, "body %.*s", STR_ARG(buf_str(&path)));
    buf_free(&path);
    return where;
}

str node_json(struct shape_ctx *x, struct doc *d, doc_node n) {
    struct buf text = BUF_INIT(FIELD_MAX);
    str copy = { 0 };
    if (doc_write_json(d, n, &text))
        copy = arena_dup(x->arena, buf_str(&text));
    else
        x->arena->failed = true; /* there is no memory for it elsewhere either */
    buf_free(&text);
    return copy;
}

str node_word(struct shape_ctx *x, struct doc *d, doc_node n) {
    str text;
    if (!doc_string(d, n, &text)) return (str){ 0 };
    text = arena_dup(x->arena, str_trim(text));
    char *p = (char *)(uintptr_t)text.p; /* ours: fresh from the arena */
    for (size_t i = 0; i < text.n; i++) p[i] = ascii_lower(p[i]);
    return text;
}

bool text_is(struct doc *d, doc_node n, str text) {
    if (doc_type(d, n) != DOC_STRING) return false;
    str raw = doc_raw(d, n);
    if (raw.n == text.n + 2 && str_eq(str_head(str_skip(raw, 1), text.n), text)) return true;
    str decoded;
    return str_chr(raw, '\\') >= 0 && doc_string(d, n, &decoded) && str_eq(decoded, text);
}

bool message_is(struct doc *d, doc_node message, str role) {
    return text_is(d, doc_get(d, message, S("role")), role);
}

/* "body reasoning.effort": the member of an object that may not have it yet. */
static str member_where(struct shape_ctx *x, doc_node object, str key) {
    if (record_is_full(x)) return (str){ 0 };
    if (object == doc_root(x->body)) return body_field(x, key);
    str at = body_where(x, object);
    return arena_printf(x->arena, "%.*s.%.*s", STR_ARG(at), STR_ARG(key));
}

__attribute__((format(printf, 7, 0))) static enum chela_error
set(struct shape_ctx *x, const struct shape_rule *rule, doc_node object, str key, str value,
    struct err *e, const char *fmt, va_list ap) {
    doc_node old = doc_get(x->body, object, key);
    if (old && str_eq(node_json(x, x->body, old), value)) return CHELA_OK;
    if (!doc_set(x->body, object, key, value, e)) return e->code;
    if (x->record->unread) return CHELA_OK;
    char reason[512];
    vsnprintf(reason, sizeof reason, fmt, ap);
    shape_record(x, rule, old ? CHANGE_CHANGED : CHANGE_ADDED, member_where(x, object, key), value,
                 "%s", reason);
    return CHELA_OK;
}

__attribute__((format(printf, 6, 0))) static enum chela_error
drop(struct shape_ctx *x, const struct shape_rule *rule, doc_node object, str key, struct err *e,
     const char *fmt, va_list ap) {
    doc_node old = doc_get(x->body, object, key);
    if (!old) return CHELA_OK;
    str value = x->record->unread ? (str){ 0 } : node_json(x, x->body, old);
    if (!doc_remove_key(x->body, object, key))
        return err_set(e, CHELA_NOMEM, "cannot remove \"%.*s\" from the request", STR_ARG(key));
    if (x->record->unread) return CHELA_OK;
    char reason[512];
    vsnprintf(reason, sizeof reason, fmt, ap);
    shape_record(x, rule, CHANGE_DROPPED, member_where(x, object, key), value, "%s", reason);
    return CHELA_OK;
}

enum chela_error member_set(struct shape_ctx *x, const struct shape_rule *rule, doc_node object,
                            str key, str value, struct err *e, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    enum chela_error rc = set(x, rule, object, key, value, e, fmt, ap);
    va_end(ap);
    return rc;
}

enum chela_error member_drop(struct shape_ctx *x, const struct shape_rule *rule, doc_node object,
                             str key, struct err *e, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    enum chela_error rc = drop(x, rule, object, key, e, fmt, ap);
    va_end(ap);
    return rc;
}

enum chela_error body_set(struct shape_ctx *x, const struct shape_rule *rule, str key, str value,
                          struct err *e, const char *fmt, ...) {
    if (extra_body_has(x, key)) return CHELA_OK;
    va_list ap;
    va_start(ap, fmt);
    enum chela_error rc = set(x, rule, doc_root(x->body), key, value, e, fmt, ap);
    va_end(ap);
    return rc;
}

enum chela_error body_drop(struct shape_ctx *x, const struct shape_rule *rule, str key,
                           struct err *e, const char *fmt, ...) {
    if (extra_body_has(x, key)) return CHELA_OK;
    va_list ap;
    va_start(ap, fmt);
    enum chela_error rc = drop(x, rule, doc_root(x->body), key, e, fmt, ap);
    va_end(ap);
    return rc;
}

/* ---- headers ---- */
enum chela_error header_set(struct shape_ctx *x, const struct shape_rule *rule, str name, str value,
                            struct err *e, const char *fmt, ...) {
    str old = { 0 };
    bool had = headers_get(x->headers, name, &old);
    if (had && str_eq(old, value)) return CHELA_OK;
    if (!headers_set(x->headers, name, value)) {
        if (arena_failed(x->headers->arena))
            return err_set(e, CHELA_NOMEM, "out of memory for header %.*s", STR_ARG(name));
        return err_set(e, CHELA_CONFIG, "header %.*s has no place in the request", STR_ARG(name));
    }
    if (x->record->unread) return CHELA_OK;
    char reason[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    shape_record(x, rule, had ? CHANGE_CHANGED : CHANGE_ADDED,
                 arena_printf(x->arena, "header %.*s", STR_ARG(name)), value, "%s", reason);
    return CHELA_OK;
}
