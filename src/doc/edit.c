/* Editing: new text goes into a chunk, is parsed there, and takes its place in the chain.
 *
 * Everything that can fail happens before the first change: a failed edit leaves the document as it
 * was. A replaced value keeps its handle; a removed one reads as nothing, and doc_next of it still
 * gives what followed, so that a loop may remove. What was inside either is out of the document:
 * its chain of parents no longer ends at the root.
 */
#include "doc/doc_impl.h"

#include "doc/json_write.h"
#include "doc/scan.h"

#include <string.h>

static void mark_dirty(struct doc *d, doc_node n) {
    d->edited = true;
    for (; n; n = d->node[n].parent) d->node[n].kind |= NODE_DIRTY;
}

static doc_node new_gap(struct doc *d, uint32_t at, size_t len, doc_node next) {
    d->node[d->count] =
        (struct node){ .at = at, .len = (uint32_t)len, .next = next, .kind = NODE_GAP };
    return d->count++;
}

/* Room for the text of an edit, against the limits. */
static char *edit_room(struct doc *d, size_t n, uint32_t *at, struct err *e) {
    if (n > d->limits.max_bytes - d->edit_bytes) {
        err_set(e, CHELA_LIMIT, "the edits add more than %zu bytes", d->limits.max_bytes);
        return NULL;
    }
    char *p = text_reserve(d, n + 1, at);
    if (!p) err_set(e, CHELA_NOMEM, "out of memory for an edit of %zu bytes", n);
    return p;
}

static void edit_done(struct doc *d, size_t n) {
    text_commit(d, n);
    d->edit_bytes += n;
}

/* How deep n is, the root being 1; 0 when n is in no document any more: it, or what it was in, was
 * removed or replaced. */
static uint32_t depth_of(const struct doc *d, doc_node n) {
    uint32_t depth = 0;
    if (doc_type(d, n) == DOC_NONE) return 0;
    for (; n; n = d->node[n].parent) {
        depth++;
        if (n == d->root) return depth;
    }
    return 0;
}

static bool gone(const struct doc *d, doc_node n, struct err *e) {
    if (depth_of(d, n)) return false;
    err_set(e, CHELA_INPUT, "there is no such value in the document");
    return true;
}

/* Without the blanks and comments ahead of it: they would come between key and value. */
static str value_only(struct doc *d, str value) {
    struct parser s = { .d = d, .base = value.p, .end = value.p + value.n };
    const char *p = value.n == 0 || d->syntax == DOC_JSON ? value.p : json5_space(&s, value.p);
    if (p) value = str_skip(value, (size_t)(p - value.p));
    while (value.p && value.n && ascii_space(value.p[0])) value = str_skip(value, 1);
    return value;
}

/* Parses the text at address `at`, which is not committed yet, as what becomes part of `parent`.
 * 0 on failure, the nodes then as before. */
static doc_node parse_added(struct doc *d, const char *p, size_t n, uint32_t at, doc_node parent,
                            struct err *e) {
    uint32_t count = d->count, far_count = d->far_count;
    struct parser s = {
        .d = d, .base = p, .end = p + n, .address = at, .depth = depth_of(d, parent), .e = e
    };
    doc_node made = 0;
    if (parse_text(&s, &made) && nodes_reserve(d, 2, e) == CHELA_OK) return made;
    if (e && s.code != CHELA_OK) err_prefix(e, s.code, "the new value: ");
    d->count = count;
    d->far_count = far_count;
    return 0;
}

/* Makes the gap before n, or behind the last child, an entry of the chain. Needs room for a node.
 */
static void explicit_gap_before(struct doc *d, doc_node n) {
    doc_node previous = child_before(d, n), entry;
    str text = gap_between(d, previous, n, &entry);
    if (entry) return;
    struct node *parent = &d->node[d->node[n].parent];
    uint32_t from = previous ? node_end(&d->node[previous]) : parent->at + 1;
    entry = new_gap(d, from, text.n, n);
    if (previous)
        d->node[previous].next = entry;
    else
        parent->first = entry;
}

static void explicit_gap_after(struct doc *d, doc_node n) {
    doc_node entry;
    str text = gap_after(d, n, &entry);
    if (entry) return;
    entry = new_gap(d, node_end(&d->node[n]), text.n, d->node[n].next);
    d->node[n].next = entry;
}

doc_node doc_replace(struct doc *d, doc_node n, str value, struct err *e) {
    if (gone(d, n, e)) return 0;
    value = value_only(d, value);
    doc_node parent = d->node[n].parent;
    bool keyed = node_has_key(&d->node[n]);
    uint32_t prefix_at = node_start(d, &d->node[n]);
    uint32_t prefix_len = d->node[n].at - prefix_at;
    uint32_t at;
    char *p = edit_room(d, prefix_len + value.n, &at, e);
    if (!p) return 0;
    if (prefix_len) memcpy(p, text_at(d, prefix_at), prefix_len);
    if (value.n) memcpy(p + prefix_len, value.p, value.n);
    doc_node made = parse_added(d, p + prefix_len, value.n, at + prefix_len, parent, e);
    if (!made) return 0;
    edit_done(d, prefix_len + value.n);
    if (parent) {
        explicit_gap_before(d, n);
        explicit_gap_after(d, n);
    }
    struct node *old = &d->node[n];
    if (node_holds(old))
        for (doc_node c = old->first; c; c = d->node[c].next) d->node[c].parent = 0;
    const struct node *fresh = &d->node[made];
    old->at = fresh->at;
    old->len = fresh->len;
    old->count = 0;
    old->decoded = NULL;
    if (node_holds(fresh)) {
        old->first = fresh->first;
        old->last = fresh->last;
        old->count = fresh->count;
    }
    if (keyed && (old->kind & NODE_KEY_FAR)) d->far_key[node_far(old)].at = at;
    old->kind = (uint8_t)((old->kind & (NODE_KEY_ESCAPED | NODE_KEY_FAR)) | fresh->kind);
    if (node_holds(fresh))
        for (doc_node c = old->first; c; c = d->node[c].next) d->node[c].parent = n;
    d->node[made].kind = DOC_NONE;
    mark_dirty(d, parent);
    d->edited = true;
    return n;
}

static size_t quoted_size(str key) {
    return key.n * 6 + 2;
}

/* The key as the layout wants it; returns the end. dst has quoted_size(key) bytes. */
static char *put_key(char *dst, str key, char quote, bool *escaped) {
    *escaped = false;
    if (!quote) {
        memcpy(dst, key.p, key.n);
        return dst + key.n;
    }
    static const char hex[] = "0123456789abcdef", named[] = "\b\f\n\r\t", names[] = "bfnrt";
    *dst++ = quote;
    for (size_t i = 0; i < key.n; i++) {
        unsigned char c = (unsigned char)key.p[i];
        if (c >= 0x20 && c != '\\' && c != (unsigned char)quote) {
            *dst++ = (char)c;
            continue;
        }
        *escaped = true;
        *dst++ = '\\';
        const char *simple = memchr(named, c, sizeof named - 1);
        if (c >= 0x20) {
            *dst++ = (char)c;
        } else if (simple) {
            *dst++ = names[simple - named];
        } else {
            *dst++ = 'u';
            *dst++ = '0';
            *dst++ = '0';
            *dst++ = hex[c >> 4];
            *dst++ = hex[c & 15];
        }
    }
    *dst++ = quote;
    return dst;
}

static doc_node insert(struct doc *d, doc_node container, str key, str value, struct err *e) {
    struct insertion in;
    bool object = node_is(&d->node[container], DOC_OBJECT);
    if (object && d->scan->utf8(key) != key.n) {
        err_set(e, CHELA_INPUT, "the key is not UTF-8");
        return 0;
    }
    value = value_only(d, value);
    layout_insert(d, container, key, &in);
    size_t most = in.lead.bytes + in.tail.bytes + value.n;
    if (object) most += quoted_size(key) + in.colon.n;
    uint32_t at;
    char *start = edit_room(d, most, &at, e), *p = start;
    if (!p) return 0;
    p = pieces_copy(&in.lead, p);
    char *key_start = p;
    size_t key_len = 0;
    bool escaped = false;
    if (object) {
        p = put_key(p, key, in.quote, &escaped);
        key_len = (size_t)(p - key_start);
        memcpy(p, in.colon.p, in.colon.n);
        p += in.colon.n;
    }
    char *value_start = p;
    if (value.n) memcpy(p, value.p, value.n);
    p = pieces_copy(&in.tail, p + value.n);
    uint32_t value_at = at + (uint32_t)(value_start - start);
    uint32_t far_count = d->far_count;
    doc_node made = parse_added(d, value_start, value.n, value_at, container, e);
    if (!made) return 0;
    if (object &&
        !node_set_key(d, made, at + (uint32_t)(key_start - start), (uint32_t)key_len, escaped)) {
        err_set(e, CHELA_NOMEM, "out of memory for keys");
        d->count = made;
        d->far_count = far_count;
        return 0;
    }
    edit_done(d, (size_t)(p - start));

    doc_node tail, last = d->node[container].last;
    gap_tail(d, container, &tail);
    struct node *c = &d->node[container];
    if (tail) { /* becomes the gap before the new one */
        d->node[tail].at = at;
        d->node[tail].len = (uint32_t)in.lead.bytes;
        d->node[tail].next = made;
    } else {
        tail = new_gap(d, at, in.lead.bytes, made);
        if (last)
            d->node[last].next = tail;
        else
            c->first = tail;
    }
    uint32_t tail_at = at + (uint32_t)(p - start) - (uint32_t)in.tail.bytes;
    d->node[made].next = new_gap(d, tail_at, in.tail.bytes, 0);
    d->node[made].parent = container;
    c->last = made;
    c->count++;
    mark_dirty(d, container);
    return made;
}

doc_node doc_append(struct doc *d, doc_node array, str value, struct err *e) {
    if (doc_type(d, array) != DOC_ARRAY) {
        err_set(e, CHELA_INPUT, "cannot append to %s", doc_type_name(doc_type(d, array)));
        return 0;
    }
    if (gone(d, array, e)) return 0;
    return insert(d, array, S(""), value, e);
}

/* Cannot fail: where no room is left for what the layout wants, one of the two gaps stays alone,
 * and the gap's node may be the removed one's own. */
static void remove_child(struct doc *d, doc_node previous, doc_node n) {
    doc_node lead, tail;
    str before = gap_between(d, previous, n, &lead), after = gap_after(d, n, &tail);
    doc_node next = doc_next(d, n), container = d->node[n].parent;
    uint32_t before_at = node_start(d, &d->node[n]) - (uint32_t)before.n;
    uint32_t after_at = node_end(&d->node[n]);
    if (lead) before_at = d->node[lead].at;
    if (tail) after_at = d->node[tail].at;
    struct pieces left;
    layout_remove(before, after, previous != 0, next != 0, &left);
    uint32_t at = before_at;
    size_t len = left.bytes;
    const char *only = left.count == 1 ? left.piece[0].p : NULL;
    if (only && only >= before.p && only < before.p + before.n) {
        at = before_at + (uint32_t)(only - before.p);
    } else if (only && only >= after.p && only < after.p + after.n) {
        at = after_at + (uint32_t)(only - after.p);
    } else if (left.count) {
        char *p = edit_room(d, left.bytes, &at, NULL);
        if (p) {
            pieces_copy(&left, p);
            edit_done(d, left.bytes);
        } else {
            at = before_at; /* may end in a comma behind the last one, which only JSON5 sees: */
            len = before.n; /* in JSON, without comments, what is left there is one piece */
        }
    }

    struct node *removed = &d->node[n], *c = &d->node[container];
    removed->kind = DOC_NONE;
    removed->next = next;
    removed->parent = 0;
    doc_node gap = lead ? lead : tail ? tail : n;
    d->node[gap] = (struct node){ .at = at, .len = (uint32_t)len, .next = next, .kind = NODE_GAP };
    if (previous)
        d->node[previous].next = gap;
    else
        c->first = gap;
    if (c->last == n) c->last = previous;
    c->count--;
    mark_dirty(d, container);
}

bool doc_remove(struct doc *d, doc_node n) {
    if (n == d->root || !depth_of(d, n)) return false;
    remove_child(d, child_before(d, n), n);
    return true;
}

/* Removes the members of that name but one. */
static size_t remove_all(struct doc *d, doc_node object, str key, doc_node except) {
    size_t removed = 0;
    doc_node previous = 0;
    for (doc_node c = doc_first(d, object), next; c; c = next) {
        next = doc_next(d, c);
        if (c == except || !member_is(d, c, key)) {
            previous = c;
        } else {
            remove_child(d, previous, c);
            removed++;
        }
    }
    return removed;
}

doc_node doc_set(struct doc *d, doc_node object, str key, str value, struct err *e) {
    if (doc_type(d, object) != DOC_OBJECT) {
        err_set(e, CHELA_INPUT, "cannot set a member of %s", doc_type_name(doc_type(d, object)));
        return 0;
    }
    if (gone(d, object, e)) return 0;
    doc_node member = doc_get(d, object, key);
    if (!member) return insert(d, object, key, value, e);
    if (!doc_replace(d, member, value, e)) return 0;
    remove_all(d, object, key, member);
    return member;
}

size_t doc_remove_key(struct doc *d, doc_node object, str key) {
    if (doc_type(d, object) != DOC_OBJECT || !depth_of(d, object)) return 0;
    return remove_all(d, object, key, 0);
}

bool doc_edited(const struct doc *d) {
    return d->edited;
}
