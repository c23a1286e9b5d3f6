/* Checking a document against a table of rules (schema_table.c).
 *
 * openclaw.json belongs to OpenClaw, whose next edition has keys that this one does not know. So an
 * unknown key is never a problem there, only a warning with the nearest known name, and only in
 * parts that chela reads. A wrong type in such a part is a problem: to go on without the value
 * would send requests the user did not ask for.
 */
#include "config/internal.h"

#include "base/suggest.h"

static bool matches(const struct doc *d, doc_node n, unsigned types) {
    int64_t whole;
    switch (doc_type(d, n)) {
    case DOC_STRING: return types & IS_STRING;
    case DOC_BOOL: return types & IS_BOOL;
    case DOC_OBJECT: return types & IS_OBJECT;
    case DOC_ARRAY: return types & IS_ARRAY;
    case DOC_NUMBER: return (types & IS_NUMBER) || ((types & IS_INT) && doc_int(d, n, &whole));
    case DOC_NULL:
    case DOC_NONE: break;
    }
    return false;
}

/* "a string or an object" */
static void name_types(unsigned types, struct buf *out) {
    static const struct {
        unsigned type;
        const char *name;
    } names[] = {
        { IS_STRING, "a string" },    { IS_NUMBER, "a number" },  { IS_INT, "a whole number" },
        { IS_BOOL, "true or false" }, { IS_OBJECT, "an object" }, { IS_ARRAY, "an array" },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(types & names[i].type)) continue;
        types &= ~names[i].type;
        buf_add(out, out->n == 0 ? S("") : types ? S(", ") : S(" or "));
        buf_add(out, str_c(names[i].name));
    }
}

static void wrong_type(struct config *c, struct config_source *s, doc_node n, unsigned types) {
    struct buf names = BUF_INIT(256);
    name_types(types, &names);
    enum doc_type type = doc_type(s->doc, n);
    if (type == DOC_NUMBER || type == DOC_BOOL)
        config_problem(c, s, n, "expected %.*s, found %s%.*s", STR_ARG(buf_str(&names)),
                       type == DOC_NUMBER ? "the number " : "",
                       STR_ARG(str_head(doc_raw(s->doc, n), 40)));
    else
        config_problem(c, s, n, "expected %.*s, found %s", STR_ARG(buf_str(&names)),
                       doc_type_name(type));
    if (names.failed) c->strings.failed = true;
    buf_free(&names);
}

static bool is_allowed(str text, const char *const *values) {
    for (; *values; values++)
        if (str_eq(text, str_c(*values))) return true;
    return false;
}

static void wrong_value(struct config *c, struct config_source *s, doc_node n, str text,
                        const char *const *values) {
    struct buf list = BUF_INIT(1024);
    struct suggest near;
    suggest_init(&near, text);
    for (const char *const *v = values; *v; v++) {
        suggest_offer(&near, str_c(*v));
        buf_addf(&list, "%s\"%s\"", v == values ? "" : v[1] ? ", " : " or ", *v);
    }
    config_problem(c, s, n, "expected %.*s, found \"%.*s\"%s%.*s%s", STR_ARG(buf_str(&list)),
                   STR_ARG(str_head(text, 80)), near.best.n ? "; did you mean \"" : "",
                   STR_ARG(near.best), near.best.n ? "\"?" : "");
    if (list.failed) c->strings.failed = true;
    buf_free(&list);
}

static void check(struct config *c, struct config_source *s, doc_node n,
                  const struct schema_rule *rule);

static void unknown_key(struct config *c, struct config_source *s, doc_node n, str key,
                        const struct schema_rule *rule) {
    struct suggest near;
    suggest_init(&near, key);
    for (const struct schema_rule *m = rule->members; m->key; m++)
        if (m->key[0] != '*') suggest_offer(&near, str_c(m->key));
    if (rule->keys == KEYS_FREE || (rule->keys == KEYS_NEAR && (!near.best.n || near.edits > 2)))
        return;
    size_t warnings = c->warnings.count;
    if (rule->keys == KEYS_CLOSED && near.best.n)
        config_problem(c, s, n, "unknown key; did you mean \"%.*s\"?", STR_ARG(near.best));
    else if (rule->keys == KEYS_CLOSED)
        config_problem(c, s, n, "unknown key");
    else if (near.best.n)
        config_warn(c, s, n, "unknown key; did you mean \"%.*s\"?", STR_ARG(near.best));
    else
        config_warn(c, s, n, "unknown key; it has no effect");
    if (c->warnings.count > warnings) c->warnings.item[warnings].slip = near.best.n > 0;
}

static void check_members(struct config *c, struct config_source *s, doc_node object,
                          const struct schema_rule *rule) {
    struct doc *d = s->doc;
    for (doc_node n = doc_first(d, object); n; n = doc_next(d, n)) {
        str key = doc_key(d, n);
        if (str_eq(key, S("$include"))) continue; /* its failure was told already */
        if (source_is_shadowed(s, object, n)) {
            config_warn(c, s, n, "the key stands twice in one object; the last one counts");
            continue;
        }
        const struct schema_rule *m = rule->members, *any = NULL;
        for (; m->key && !str_eq(key, str_c(m->key)); m++)
            if (m->key[0] == '*') any = m;
        /* a key of the user's own may still be a known one, mistyped */
        if (!m->key && (!any || rule->keys == KEYS_NEAR)) unknown_key(c, s, n, key, rule);
        if (m->key || any) check(c, s, n, m->key ? m : any);
    }
    for (const struct schema_rule *m = rule->members; m->key; m++)
        if (m->wanted && !doc_get(d, object, str_c(m->key)))
            config_warn(c, s, object, "the entry has no \"%s\" and is ignored", m->key);
}

static void check(struct config *c, struct config_source *s, doc_node n,
                  const struct schema_rule *rule) {
    struct doc *d = s->doc;
    str text;
    double number;
    if (!rule->types) return;
    if (!matches(d, n, rule->types)) {
        wrong_type(c, s, n, rule->types);
    } else if (rule->values && doc_string(d, n, &text)) {
        if (!is_allowed(text, rule->values)) wrong_value(c, s, n, text, rule->values);
    } else if (rule->max > rule->min && doc_number(d, n, &number)) {
        /* written so that NaN is out of range */
        if (!(number >= (double)rule->min && number <= (double)rule->max))
            config_problem(c, s, n, "expected %lld to %lld, found %.*s", (long long)rule->min,
                           (long long)rule->max, STR_ARG(str_head(doc_raw(d, n), 40)));
    } else if (rule->members && doc_type(d, n) == DOC_OBJECT) {
        check_members(c, s, n, rule);
    } else if (rule->item && doc_type(d, n) == DOC_ARRAY) {
        for (doc_node item = doc_first(d, n); item; item = doc_next(d, item))
            check(c, s, item, rule->item);
    }
}

void schema_check(struct config *c, struct config_source *s, const struct schema_rule *root) {
    check(c, s, doc_root(s->doc), root);
}

bool schema_step(const struct schema_rule **rule, str key, bool item) {
    const struct schema_rule *at = *rule, *any = NULL;
    *rule = NULL;
    if (!at) return true;
    if (item) {
        *rule = at->item;
        return true;
    }
    if (!at->members) return true;
    const struct schema_rule *m = at->members;
    for (; m->key && !str_eq(key, str_c(m->key)); m++)
        if (m->key[0] == '*') any = m;
    *rule = m->key ? m : any;
    return *rule && (*rule)->types != 0;
}
