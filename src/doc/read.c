/* Reading. A handle that is out of range, or whose value was removed, reads as DOC_NONE. */
#include "doc/doc_impl.h"

#include <string.h>

enum doc_syntax doc_syntax_of(const struct doc *d) {
    return d->syntax;
}

doc_node doc_root(const struct doc *d) {
    return d->root;
}

enum doc_type doc_type(const struct doc *d, doc_node n) {
    enum doc_type t = node_type(node_of(d, n));
    return (int)t == NODE_GAP ? DOC_NONE : t;
}

const char *doc_type_name(enum doc_type t) {
    static const char *const names[] = { "nothing",  "null",     "true or false", "a number",
                                         "a string", "an array", "an object" };
    return names[(size_t)t < sizeof names / sizeof names[0] ? (size_t)t : 0];
}

/* From an entry of a chain to the child at or behind it: of two neighbours at most one is a gap. */
static doc_node child_at(const struct doc *d, doc_node entry) {
    return entry && node_is(&d->node[entry], NODE_GAP) ? d->node[entry].next : entry;
}

doc_node doc_first(const struct doc *d, doc_node n) {
    const struct node *v = node_of(d, n);
    return node_holds(v) ? child_at(d, v->first) : 0;
}

doc_node doc_next(const struct doc *d, doc_node child) {
    return child_at(d, node_of(d, child)->next);
}

doc_node doc_last(const struct doc *d, doc_node n) {
    const struct node *v = node_of(d, n);
    return node_holds(v) ? v->last : 0;
}

doc_node doc_parent(const struct doc *d, doc_node n) {
    return node_of(d, n)->parent;
}

size_t doc_len(const struct doc *d, doc_node n) {
    const struct node *v = node_of(d, n);
    return node_holds(v) ? v->count : 0;
}

doc_node doc_at(const struct doc *d, doc_node array, size_t i) {
    const struct node *v = node_of(d, array);
    if (!node_is(v, DOC_ARRAY) || i >= v->count) return 0;
    if (i + 1 == v->count) return v->last;
    doc_node c = doc_first(d, array);
    while (i-- > 0) c = doc_next(d, c);
    return c;
}

bool member_is(const struct doc *d, doc_node member, str key) {
    const struct node *n = &d->node[member];
    str text = key_text(d, n);
    if (n->kind & NODE_KEY_ESCAPED) return decode_equals(text, key);
    if (text.p[0] == '"' || text.p[0] == '\'') text = (str){ text.p + 1, text.n - 2 };
    return text.n == key.n && memcmp(text.p, key.p ? key.p : "", key.n) == 0;
}

doc_node doc_get(const struct doc *d, doc_node object, str key) {
    doc_node found = 0;
    if (!node_is(node_of(d, object), DOC_OBJECT)) return 0;
    for (doc_node c = doc_first(d, object); c; c = doc_next(d, c))
        if (member_is(d, c, key)) found = c;
    return found;
}

str doc_raw(const struct doc *d, doc_node n) {
    const struct node *v = node_of(d, n);
    return doc_type(d, n) == DOC_NONE ? S("") : text_range(d, v->at, v->len);
}

/* p NULL when memory is out. */
static str decoded(struct doc *d, str text) {
    char *dst = text_reserve(d, text.n, NULL);
    if (!dst) return (str){ 0 };
    size_t n = decode_text(text, dst);
    text_commit(d, n);
    return (str){ dst, n };
}

str doc_key(struct doc *d, doc_node member) {
    const struct node *n = node_of(d, member);
    if (!node_has_key(n)) return S("");
    str text = key_text(d, n);
    if (!(n->kind & NODE_KEY_ESCAPED)) {
        bool quoted = text.p[0] == '"' || text.p[0] == '\'';
        return quoted ? (str){ text.p + 1, text.n - 2 } : text;
    }
    struct far_key *far = node_far_key(d, member);
    if (!far) return S("");
    if (!far->decoded.p) far->decoded = decoded(d, text);
    return far->decoded.p ? far->decoded : S("");
}

bool doc_string(struct doc *d, doc_node n, str *out) {
    if (!node_is(node_of(d, n), DOC_STRING)) return false;
    struct node *v = &d->node[n];
    str text = text_range(d, v->at, v->len);
    if (!(v->kind & NODE_ESCAPED)) {
        *out = (str){ text.p + 1, text.n - 2 };
        return true;
    }
    if (!v->decoded) {
        str s = decoded(d, text);
        if (!s.p) return false;
        v->decoded = s.p;
        v->count = (uint32_t)s.n;
    }
    *out = (str){ v->decoded, v->count };
    return true;
}

bool doc_number(const struct doc *d, doc_node n, double *out) {
    return node_is(node_of(d, n), DOC_NUMBER) && decode_double(doc_raw(d, n), out);
}

bool doc_int(const struct doc *d, doc_node n, int64_t *out) {
    return node_is(node_of(d, n), DOC_NUMBER) && decode_int(doc_raw(d, n), out);
}

bool doc_bool(const struct doc *d, doc_node n, bool *out) {
    if (!node_is(node_of(d, n), DOC_BOOL)) return false;
    *out = *text_at(d, d->node[n].at) == 't';
    return true;
}

void doc_place(const struct doc *d, doc_node n, unsigned *line, unsigned *column) {
    const struct node *v = node_of(d, n);
    *line = *column = 0;
    if (doc_type(d, n) != DOC_NONE && v->at < d->source.n) place_in(d->source, v->at, line, column);
}
