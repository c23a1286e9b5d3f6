#include "agent/tool_schema.h"

#include "base/utf8.h"

#include <stdio.h>

enum { DEPTH_MAX = 32, PLACE_MAX = 256 };

struct check {
    struct doc *schema, *d;
    struct err *e;
    unsigned depth;
};

static enum chela_error check_value(struct check *c, doc_node rule, doc_node value,
                                    const char *place);

static str word(struct doc *d, doc_node n) {
    str s = { 0 };
    return doc_string(d, n, &s) ? s : (str){ 0 };
}

static bool is_type(const struct check *c, doc_node value, str name) {
    int64_t whole;
    switch (doc_type(c->d, value)) {
    case DOC_NULL: return str_eq(name, S("null"));
    case DOC_BOOL: return str_eq(name, S("boolean"));
    case DOC_STRING: return str_eq(name, S("string"));
    case DOC_ARRAY: return str_eq(name, S("array"));
    case DOC_OBJECT: return str_eq(name, S("object"));
    case DOC_NUMBER:
        return str_eq(name, S("number")) ||
               (str_eq(name, S("integer")) && doc_int(c->d, value, &whole));
    default: return false;
    }
}

static enum chela_error check_type(const struct check *c, doc_node rule, doc_node value,
                                   const char *place) {
    doc_node type = doc_get(c->schema, rule, S("type"));
    str name = word(c->schema, type);
    if (!type || is_type(c, value, name)) return CHELA_OK;
    struct buf names = BUF_INIT(256);
    if (name.n) buf_add(&names, name);
    for (doc_node n = doc_first(c->schema, type); n; n = doc_next(c->schema, n)) {
        name = word(c->schema, n);
        if (is_type(c, value, name)) {
            buf_free(&names);
            return CHELA_OK;
        }
        buf_addf(&names, "%s%.*s", names.n ? " or " : "", STR_ARG(name));
    }
    err_set(c->e, CHELA_INPUT, "%s: expected %.*s, not %s", place, STR_ARG(buf_str(&names)),
            doc_type_name(doc_type(c->d, value)));
    buf_free(&names);
    return CHELA_INPUT;
}

static bool same(const struct check *c, doc_node listed, doc_node value) {
    str a, b;
    double x, y;
    if (doc_string(c->schema, listed, &a)) return doc_string(c->d, value, &b) && str_eq(a, b);
    if (doc_number(c->schema, listed, &x)) return doc_number(c->d, value, &y) && x <= y && y <= x;
    return doc_type(c->schema, listed) == doc_type(c->d, value) &&
           str_eq(doc_raw(c->schema, listed), doc_raw(c->d, value));
}

static enum chela_error check_enum(const struct check *c, doc_node rule, doc_node value,
                                   const char *place) {
    doc_node list = doc_get(c->schema, rule, S("enum"));
    if (!list) return CHELA_OK;
    for (doc_node n = doc_first(c->schema, list); n; n = doc_next(c->schema, n))
        if (same(c, n, value)) return CHELA_OK;
    return err_set(c->e, CHELA_INPUT, "%s: expected one of %.*s, not %.*s", place,
                   STR_ARG(str_head(doc_raw(c->schema, list), 400)),
                   STR_ARG(str_head(doc_raw(c->d, value), 80)));
}

/* rule's bound `least` or `most` of what is counted: characters, items, the number itself. */
static enum chela_error check_range(const struct check *c, doc_node rule, double count,
                                    const char *const keys[2], const char *what,
                                    const char *place) {
    double bound;
    if (doc_number(c->schema, doc_get(c->schema, rule, str_c(keys[0])), &bound) && count < bound)
        return err_set(c->e, CHELA_INPUT, "%s: expected at least %.17g%s, not %.17g", place, bound,
                       what, count);
    if (doc_number(c->schema, doc_get(c->schema, rule, str_c(keys[1])), &bound) && count > bound)
        return err_set(c->e, CHELA_INPUT, "%s: expected at most %.17g%s, not %.17g", place, bound,
                       what, count);
    return CHELA_OK;
}

static size_t characters(str text) {
    size_t n = 0;
    while (text.n) {
        size_t step = utf8_step(text);
        text = str_skip(text, step ? step : 1);
        n++;
    }
    return n;
}

static enum chela_error check_array(struct check *c, doc_node rule, doc_node value,
                                    const char *place) {
    static const char *const keys[] = { "minItems", "maxItems" };
    enum chela_error rc = check_range(c, rule, (double)doc_len(c->d, value), keys, " items", place);
    doc_node items = doc_get(c->schema, rule, S("items"));
    size_t i = 0;
    for (doc_node n = doc_first(c->d, value); n && items && rc == CHELA_OK; n = doc_next(c->d, n)) {
        char inner[PLACE_MAX];
        snprintf(inner, sizeof inner, "%.200s[%zu]", place, i++);
        rc = check_value(c, items, n, inner);
    }
    return rc;
}

static bool is_required(const struct check *c, doc_node rule, str key) {
    doc_node list = doc_get(c->schema, rule, S("required"));
    for (doc_node n = doc_first(c->schema, list); n; n = doc_next(c->schema, n))
        if (str_eq(word(c->schema, n), key)) return true;
    return false;
}

static enum chela_error check_member(struct check *c, doc_node rule, doc_node member,
                                     const char *place) {
    str key = doc_key(c->d, member);
    doc_node properties = doc_get(c->schema, rule, S("properties"));
    doc_node own = doc_get(c->schema, properties, key);
    bool more = true;
    if (!own) {
        doc_bool(c->schema, doc_get(c->schema, rule, S("additionalProperties")), &more);
        if (more) return CHELA_OK;
        return err_set(c->e, CHELA_INPUT, "%s: there is no \"%.*s\"", place,
                       STR_ARG(str_head(key, 80)));
    }
    if (doc_type(c->d, member) == DOC_NULL && !is_required(c, rule, key)) return CHELA_OK;
    char inner[PLACE_MAX];
    snprintf(inner, sizeof inner, "%.160s.%.*s", place, STR_ARG(str_head(key, 80)));
    return check_value(c, own, member, inner);
}

static enum chela_error check_object(struct check *c, doc_node rule, doc_node value,
                                     const char *place) {
    doc_node required = doc_get(c->schema, rule, S("required"));
    for (doc_node n = doc_first(c->schema, required); n; n = doc_next(c->schema, n))
        if (!doc_get(c->d, value, word(c->schema, n)))
            return err_set(c->e, CHELA_INPUT, "%s: \"%.*s\" is missing", place,
                           STR_ARG(word(c->schema, n)));
    enum chela_error rc = CHELA_OK;
    for (doc_node n = doc_first(c->d, value); n && rc == CHELA_OK; n = doc_next(c->d, n))
        rc = check_member(c, rule, n, place);
    return rc;
}

static enum chela_error check_value(struct check *c, doc_node rule, doc_node value,
                                    const char *place) {
    static const char *const lengths[] = { "minLength", "maxLength" };
    static const char *const numbers[] = { "minimum", "maximum" };
    if (c->depth == DEPTH_MAX) return err_set(c->e, CHELA_INPUT, "%s: is too deep", place);
    enum chela_error rc = check_type(c, rule, value, place);
    if (rc == CHELA_OK) rc = check_enum(c, rule, value, place);
    if (rc != CHELA_OK) return rc;
    double number;
    str text;
    c->depth++;
    switch (doc_type(c->d, value)) {
    case DOC_STRING:
        if (doc_string(c->d, value, &text))
            rc = check_range(c, rule, (double)characters(text), lengths, " characters", place);
        break;
    case DOC_NUMBER:
        if (doc_number(c->d, value, &number)) rc = check_range(c, rule, number, numbers, "", place);
        break;
    case DOC_ARRAY: rc = check_array(c, rule, value, place); break;
    case DOC_OBJECT: rc = check_object(c, rule, value, place); break;
    default: break;
    }
    c->depth--;
    return rc;
}

enum chela_error tool_schema_check(struct doc *schema, doc_node rule, struct doc *d, doc_node value,
                                   const char *place, struct err *e) {
    struct check c = { .schema = schema, .d = d, .e = e };
    return check_value(&c, rule, value, place);
}
