/* Writing: a walk over the edited part that copies ranges; ranges that touch are copied as one, so
 * that a large document with three edits is a handful of memcpy.
 */
#include "doc/doc_impl.h"

#include "doc/json_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct copier {
    const struct doc *d;
    struct buf *out;
    uint32_t at, len; /* not copied yet */
};

static void flush(struct copier *c) {
    if (c->len) buf_add(c->out, text_range(c->d, c->at, c->len));
    c->len = 0;
}

static void copy(struct copier *c, uint32_t at, uint32_t len) {
    if (!len) return;
    if (c->len && at == c->at + c->len) {
        c->len += len;
        return;
    }
    flush(c);
    c->at = at;
    c->len = len;
}

/* The value as it stands. Without recursion: the parents lead back. */
static void copy_value(struct copier *c, doc_node top) {
    const struct doc *d = c->d;
    doc_node n = top;
    for (;;) {
        const struct node *v = &d->node[n];
        if (v->kind & NODE_DIRTY) {
            copy(c, v->at, 1); /* the opening bracket */
        } else {
            copy(c, v->at, v->len);
        }
        doc_node previous = 0, entry = v->kind & NODE_DIRTY ? v->first : 0;
        bool up = !(v->kind & NODE_DIRTY);
        for (;;) {
            if (up) { /* n is written: go on behind it */
                if (n == top) return;
                previous = n;
                entry = d->node[n].next;
                n = d->node[n].parent;
                v = &d->node[n];
            }
            if (entry && node_is(&d->node[entry], NODE_GAP)) {
                copy(c, d->node[entry].at, d->node[entry].len);
                entry = d->node[entry].next;
            } else {
                uint32_t from = previous ? node_end(&d->node[previous]) : v->at + 1;
                uint32_t to = entry ? node_start(d, &d->node[entry]) : node_end(v) - 1;
                copy(c, from, to - from);
            }
            if (entry) break;
            copy(c, node_end(v) - 1, 1);
            up = true;
        }
        const struct node *child = &d->node[entry];
        uint32_t start = node_start(d, child);
        copy(c, start, child->at - start);
        n = entry;
    }
}

static bool write_around(const struct doc *d, doc_node n, uint32_t before, uint32_t from,
                         struct buf *out) {
    size_t most = (n == d->root ? d->source.n : node_of(d, n)->len) + d->edit_bytes;
    if (!out->failed && most <= out->max - out->n) buf_room(out, most);
    struct copier c = { .d = d, .out = out };
    copy(&c, 0, before);
    if (doc_type(d, n) != DOC_NONE) copy_value(&c, n);
    copy(&c, from, (uint32_t)d->source.n - from);
    flush(&c);
    return !out->failed;
}

bool doc_write(const struct doc *d, struct buf *out) {
    return write_around(d, d->root, d->root_at, d->root_end, out);
}

bool doc_write_node(const struct doc *d, doc_node n, struct buf *out) {
    return write_around(d, n, 0, (uint32_t)d->source.n, out);
}

/* ---- as strict JSON ---- */

/* A JSON5 number: digits stay as they are, only what JSON has no spelling for is changed. */
static void write_number(struct buf *out, str s) {
    char last = s.p[s.n - 1];
    if (last == 'y' || last == 'N') {
        buf_add(out, S("null"));
        return;
    }
    size_t digits = s.p[0] == '-' || s.p[0] == '+' ? 1 : 0;
    if (s.n > digits + 1 && (s.p[digits + 1] | 0x20) == 'x') {
        int64_t i;
        double v;
        struct json_writer w = JSON_WRITER(out);
        if (decode_int(s, &i) && i != 0)
            json_int(&w, i);
        else if (decode_double(s, &v))
            json_double(&w, v);
        return;
    }
    if (s.p[0] == '-') buf_addc(out, '-');
    for (size_t i = digits; i < s.n; i++) {
        char c = s.p[i];
        if (c == '_') continue;
        if (c == '.') {
            if (i == digits) buf_addc(out, '0');
            if (i + 1 == s.n || s.p[i + 1] < '0' || s.p[i + 1] > '9') continue;
        }
        buf_addc(out, c);
    }
}

static bool is_json_string(str text) {
    if (text.p[0] != '"') return false;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < 0x20) return false;
    return true;
}

static void write_scalar(struct doc *d, doc_node n, struct buf *out) {
    str text = doc_raw(d, n), decoded;
    bool strict = d->syntax == DOC_JSON;
    switch (doc_type(d, n)) {
    case DOC_NUMBER:
        if (strict)
            buf_add(out, text);
        else
            write_number(out, text);
        break;
    case DOC_STRING:
        if (strict || (!(d->node[n].kind & NODE_ESCAPED) && is_json_string(text)))
            buf_add(out, text);
        else if (doc_string(d, n, &decoded))
            json_quote(out, decoded);
        else
            out->failed = BUF_NO_MEMORY;
        break;
    default: buf_add(out, text); break;
    }
}

static uint64_t hash(str s) {
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h ^ h >> 29;
}

/* Marks the members of a large object that a later twin hides. False: out of memory. */
static bool shadow_hashed(struct doc *d, doc_node object) {
    size_t size = 64;
    while (size < (size_t)d->node[object].count * 2) size *= 2;
    doc_node *slot = calloc(size, sizeof *slot);
    if (!slot) return false;
    for (doc_node c = doc_first(d, object); c; c = doc_next(d, c)) {
        str key = doc_key(d, c);
        size_t i = hash(key) & (size - 1);
        while (slot[i] && !member_is(d, slot[i], key)) i = (i + 1) & (size - 1);
        if (slot[i]) d->node[slot[i]].kind |= NODE_SHADOWED;
        slot[i] = c;
    }
    free(slot);
    return true;
}

static bool shadow(struct doc *d, doc_node object) {
    for (doc_node c = doc_first(d, object); c; c = doc_next(d, c))
        d->node[c].kind = (uint8_t)(d->node[c].kind & ~NODE_SHADOWED);
    if (d->node[object].count > 24) return shadow_hashed(d, object);
    for (doc_node c = doc_first(d, object); c; c = doc_next(d, c)) {
        str key = doc_key(d, c);
        for (doc_node later = doc_next(d, c); later; later = doc_next(d, later))
            if (member_is(d, later, key)) {
                d->node[c].kind |= NODE_SHADOWED;
                break;
            }
    }
    return true;
}

static doc_node first_shown(struct doc *d, doc_node c) {
    while (c && (d->node[c].kind & NODE_SHADOWED)) c = doc_next(d, c);
    return c;
}

static void write_key(struct doc *d, doc_node n, struct buf *out) {
    str text = key_text(d, &d->node[n]);
    if (d->syntax == DOC_JSON)
        buf_add(out, text);
    else
        json_quote(out, doc_key(d, n));
    buf_addc(out, ':');
}

bool doc_write_json(struct doc *d, doc_node top, struct buf *out) {
    doc_node n = top;
    if (doc_type(d, n) == DOC_NONE) return !out->failed;
    while (!out->failed) {
        const bool object = node_is(&d->node[n], DOC_OBJECT);
        doc_node child = 0;
        if (object && !shadow(d, n)) {
            buf_free(out);
            out->failed = BUF_NO_MEMORY;
            break;
        }
        if (node_holds(&d->node[n])) {
            buf_addc(out, object ? '{' : '[');
            child = first_shown(d, doc_first(d, n));
            if (!child) buf_addc(out, object ? '}' : ']');
        } else {
            write_scalar(d, n, out);
        }
        while (!child) { /* n is written: on to what follows it */
            if (n == top) return !out->failed;
            child = first_shown(d, doc_next(d, n));
            n = d->node[n].parent;
            buf_add(out, child ? S(",") : node_is(&d->node[n], DOC_OBJECT) ? S("}") : S("]"));
        }
        n = child;
        if (node_has_key(&d->node[n])) write_key(d, n, out);
    }
    return false;
}
