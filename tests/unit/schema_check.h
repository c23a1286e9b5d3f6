/* An independent reading of JSON schema, for tests: is this value valid? It shares no code with the
 * filler. Patterns are checked with POSIX expressions, so tests use what both dialects know. */
#ifndef SCHEMA_CHECK_H
#define SCHEMA_CHECK_H

#include "base/utf8.h"
#include "doc/doc.h"

#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

struct schema_check {
    struct doc *s; /* schema */
    doc_node root;
    struct doc *v; /* value */
    char why[512];
    unsigned depth;
};

static bool check_value(struct schema_check *c, doc_node schema, doc_node value);

static inline bool check_no(struct schema_check *c, const char *what, doc_node schema,
                            doc_node value) {
    str s = doc_raw(c->s, schema), v = doc_raw(c->v, value);
    snprintf(c->why, sizeof c->why, "%s: %.*s against %.*s", what, (int)(v.n < 120 ? v.n : 120),
             v.n ? v.p : "", (int)(s.n < 160 ? s.n : 160), s.n ? s.p : "");
    return false;
}

static inline doc_node check_ref(struct schema_check *c, str ref) {
    doc_node n = c->root;
    str part, rest = str_skip(ref, 1);
    if (!str_starts(ref, S("#"))) return 0;
    while (rest.n) {
        str_cut(str_skip(rest, 1), '/', &part, &rest);
        n = doc_get(c->s, n, part);
        if (rest.n) rest = (str){ rest.p - 1, rest.n + 1 };
    }
    return n;
}

static inline bool check_type(struct schema_check *c, str name, doc_node value) {
    enum doc_type t = doc_type(c->v, value);
    double number;
    if (str_eq(name, S("object"))) return t == DOC_OBJECT;
    if (str_eq(name, S("array"))) return t == DOC_ARRAY;
    if (str_eq(name, S("string"))) return t == DOC_STRING;
    if (str_eq(name, S("boolean"))) return t == DOC_BOOL;
    if (str_eq(name, S("null"))) return t == DOC_NULL;
    if (str_eq(name, S("number"))) return t == DOC_NUMBER;
    return str_eq(name, S("integer")) && doc_number(c->v, value, &number) &&
           number == floor(number);
}

static inline bool check_same(struct schema_check *c, doc_node wanted, doc_node value) {
    struct buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
    doc_write_json(c->s, wanted, &a);
    doc_write_json(c->v, value, &b);
    bool same = str_eq(buf_str(&a), buf_str(&b));
    buf_free(&a);
    buf_free(&b);
    return same;
}

static inline bool check_number(struct schema_check *c, doc_node schema, doc_node value) {
    double v, k;
    if (!doc_number(c->v, value, &v)) return true;
#define BOUND(key) doc_number(c->s, doc_get(c->s, schema, S(key)), &k)
    if (BOUND("minimum") && v < k) return check_no(c, "minimum", schema, value);
    if (BOUND("maximum") && v > k) return check_no(c, "maximum", schema, value);
    if (BOUND("exclusiveMinimum") && v <= k) return check_no(c, "exclusiveMinimum", schema, value);
    if (BOUND("exclusiveMaximum") && v >= k) return check_no(c, "exclusiveMaximum", schema, value);
    if (BOUND("multipleOf") && fabs(v / k - round(v / k)) > 1e-6)
        return check_no(c, "multipleOf", schema, value);
    return true;
}

static inline bool check_form(str format, str v) {
    static const char *const rows[][2] = {
        { "date", "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" },
        { "time", "^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$" },
        { "date-time", "^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$" },
        { "email", "^[^@ ]+@[^@ ]+\\.[^@ ]+$" },
        { "uri", "^[a-z]+://[^ ]+$" },
        { "uuid", "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" },
        { "ipv4", "^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$" },
    };
    char text[512];
    str_copy(text, sizeof text, v);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        regex_t re;
        if (!str_eq(format, str_c(rows[i][0]))) continue;
        if (regcomp(&re, rows[i][1], REG_EXTENDED | REG_NOSUB)) return false;
        bool good = regexec(&re, text, 0, NULL, 0) == 0;
        regfree(&re);
        return good;
    }
    return true;
}

static inline bool check_string(struct schema_check *c, doc_node schema, doc_node value) {
    str v, s;
    double k;
    size_t n = 0;
    if (!doc_string(c->v, value, &v)) return true;
    for (str rest = v; rest.n; n++) rest = str_skip(rest, utf8_step(rest));
    if (BOUND("minLength") && (double)n < k) return check_no(c, "minLength", schema, value);
    if (BOUND("maxLength") && (double)n > k) return check_no(c, "maxLength", schema, value);
    if (doc_string(c->s, doc_get(c->s, schema, S("format")), &s) && !check_form(s, v))
        return check_no(c, "format", schema, value);
    if (doc_string(c->s, doc_get(c->s, schema, S("pattern")), &s)) {
        char pattern[512], text[512];
        regex_t re;
        str_copy(pattern, sizeof pattern, s);
        str_copy(text, sizeof text, v);
        if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB)) return true;
        bool good = regexec(&re, text, 0, NULL, 0) == 0;
        regfree(&re);
        if (!good) return check_no(c, "pattern", schema, value);
    }
    return true;
}

static inline bool check_array(struct schema_check *c, doc_node schema, doc_node value) {
    double k;
    bool unique = false;
    if (doc_type(c->v, value) != DOC_ARRAY) return true;
    double n = (double)doc_len(c->v, value);
    if (BOUND("minItems") && n < k) return check_no(c, "minItems", schema, value);
    if (BOUND("maxItems") && n > k) return check_no(c, "maxItems", schema, value);
    doc_node prefix = doc_get(c->s, schema, S("prefixItems"));
    doc_node items = doc_get(c->s, schema, S("items"));
    if (doc_type(c->s, items) == DOC_ARRAY) {
        prefix = items;
        items = 0;
    }
    doc_node own = doc_first(c->s, prefix);
    for (doc_node i = doc_first(c->v, value); i; i = doc_next(c->v, i)) {
        doc_node s = own ? own : items;
        if (s && !check_value(c, s, i)) return false;
        own = own ? doc_next(c->s, own) : 0;
    }
    doc_bool(c->s, doc_get(c->s, schema, S("uniqueItems")), &unique);
    for (doc_node i = doc_first(c->v, value); unique && i; i = doc_next(c->v, i))
        for (doc_node j = doc_next(c->v, i); j; j = doc_next(c->v, j))
            if (str_eq(doc_raw(c->v, i), doc_raw(c->v, j)))
                return check_no(c, "uniqueItems", schema, value);
    return true;
}

static inline bool check_object(struct schema_check *c, doc_node schema, doc_node value) {
    str name;
    double k;
    bool open = true;
    if (doc_type(c->v, value) != DOC_OBJECT) return true;
    double n = (double)doc_len(c->v, value);
    if (BOUND("minProperties") && n < k) return check_no(c, "minProperties", schema, value);
    if (BOUND("maxProperties") && n > k) return check_no(c, "maxProperties", schema, value);
    doc_node required = doc_get(c->s, schema, S("required"));
    doc_node properties = doc_get(c->s, schema, S("properties"));
    doc_node additional = doc_get(c->s, schema, S("additionalProperties"));
    for (doc_node r = doc_first(c->s, required); r; r = doc_next(c->s, r))
        if (doc_string(c->s, r, &name) && !doc_get(c->v, value, name))
            return check_no(c, "required", schema, value);
    for (doc_node m = doc_first(c->v, value); m; m = doc_next(c->v, m)) {
        doc_node s = doc_get(c->s, properties, doc_key(c->v, m));
        if (s && !check_value(c, s, m)) return false;
        if (s) continue;
        if (doc_bool(c->s, additional, &open) && !open)
            return check_no(c, "additionalProperties", schema, value);
        if (doc_type(c->s, additional) == DOC_OBJECT && !check_value(c, additional, m))
            return false;
    }
    return true;
}

static inline bool check_branches(struct schema_check *c, doc_node schema, doc_node value) {
    static const char *const keys[] = { "allOf", "anyOf", "oneOf" };
    for (int i = 0; i < 3; i++) {
        doc_node list = doc_get(c->s, schema, str_c(keys[i]));
        size_t good = 0;
        for (doc_node b = doc_first(c->s, list); b; b = doc_next(c->s, b))
            good += check_value(c, b, value);
        size_t n = doc_len(c->s, list);
        if ((i == 0 && good < n) || (i == 1 && n && !good) || (i == 2 && n && good != 1))
            return check_no(c, keys[i], schema, value);
    }
    return true;
}

static bool check_value(struct schema_check *c, doc_node schema, doc_node value) {
    str text;
    bool flag;
    if (doc_bool(c->s, schema, &flag)) return flag;
    if (++c->depth > 200) return true;
    doc_node type = doc_get(c->s, schema, S("type")), list = doc_get(c->s, schema, S("enum"));
    bool good = !type;
    if (doc_string(c->s, type, &text)) good = check_type(c, text, value);
    for (doc_node t = doc_first(c->s, type); t; t = doc_next(c->s, t))
        good = good || (doc_string(c->s, t, &text) && check_type(c, text, value));
    if (!good) return check_no(c, "type", schema, value);
    if (doc_string(c->s, doc_get(c->s, schema, S("$ref")), &text) &&
        !check_value(c, check_ref(c, text), value))
        return false;
    good = !list;
    for (doc_node e = doc_first(c->s, list); e; e = doc_next(c->s, e))
        good = good || check_same(c, e, value);
    if (!good) return check_no(c, "enum", schema, value);
    doc_node constant = doc_get(c->s, schema, S("const"));
    if (constant && !check_same(c, constant, value)) return check_no(c, "const", schema, value);
    good = check_branches(c, schema, value) && check_number(c, schema, value) &&
           check_string(c, schema, value) && check_array(c, schema, value) &&
           check_object(c, schema, value);
    c->depth--;
    return good;
}

#endif
