#include "agent/cache_segment.h"

#include "doc/json_write.h"

/* ---- which, and in what order ---- */

static str text_of(struct doc *d, doc_node n) {
    str text = { 0 };
    return doc_string(d, n, &text) ? text : (str){ 0 };
}

str segment_role(const struct segment *s) {
    return text_of(s->doc, doc_get(s->doc, s->node, S("role")));
}

str segment_name(const struct segment *s) {
    doc_node function = doc_get(s->doc, s->node, S("function"));
    return text_of(s->doc, doc_get(s->doc, function, S("name")));
}

str segment_raw(const struct segment *s) {
    return doc_raw(s->doc, s->node);
}

static bool belongs(const struct segment *s) {
    if (s->group == SEGMENT_TOOL) return true;
    str role = segment_role(s);
    bool system = str_eq(role, S("system")) || str_eq(role, S("developer"));
    return system == (s->group == SEGMENT_SYSTEM);
}

static void skip_others(struct segment *s) {
    for (; s->node && !belongs(s); s->index++) s->node = doc_next(s->doc, s->node);
}

struct segment segment_first(struct doc *d, enum segment_group group) {
    str key = group == SEGMENT_TOOL ? S("tools") : S("messages");
    doc_node list = doc_get(d, doc_root(d), key);
    struct segment s = { .doc = d, .group = group };
    if (doc_type(d, list) == DOC_ARRAY) s.node = doc_first(d, list);
    skip_others(&s);
    return s;
}

void segment_next(struct segment *s) {
    s->node = doc_next(s->doc, s->node);
    s->index++;
    skip_others(s);
}

/* ---- as a cache sees it ---- */

static bool is_marker(struct doc *d, doc_node member) {
    return str_eq(doc_key(d, member), S("cache_control"));
}

/* value writes a member's value. */
static void write_members(struct doc *d, doc_node object, struct buf *out,
                          void (*value)(struct doc *d, doc_node member, struct buf *out)) {
    if (doc_type(d, object) != DOC_OBJECT) {
        doc_write_json(d, object, out);
        return;
    }
    char before = '{';
    for (doc_node m = doc_first(d, object); m; m = doc_next(d, m)) {
        if (is_marker(d, m)) continue;
        buf_addc(out, before);
        json_quote(out, doc_key(d, m));
        buf_addc(out, ':');
        value(d, m, out);
        before = ',';
    }
    buf_add(out, before == '{' ? S("{}") : S("}"));
}

static void write_value(struct doc *d, doc_node member, struct buf *out) {
    doc_write_json(d, member, out);
}

/* The text of a content that is one text block with nothing else in it, or 0. */
static doc_node only_text(struct doc *d, doc_node content) {
    doc_node block = doc_first(d, content), text = doc_get(d, block, S("text"));
    if (doc_len(d, content) != 1 || doc_type(d, text) != DOC_STRING) return 0;
    for (doc_node m = doc_first(d, block); m; m = doc_next(d, m)) {
        bool type = str_eq(doc_key(d, m), S("type")) && str_eq(text_of(d, m), S("text"));
        if (m != text && !type && !is_marker(d, m)) return 0;
    }
    return text;
}

static void write_content(struct doc *d, doc_node content, struct buf *out) {
    doc_node text = only_text(d, content);
    if (text || doc_type(d, content) != DOC_ARRAY) {
        doc_write_json(d, text ? text : content, out);
        return;
    }
    char before = '[';
    for (doc_node block = doc_first(d, content); block; block = doc_next(d, block)) {
        buf_addc(out, before);
        write_members(d, block, out, write_value);
        before = ',';
    }
    buf_add(out, before == '[' ? S("[]") : S("]"));
}

static void write_message_value(struct doc *d, doc_node member, struct buf *out) {
    bool content = str_eq(doc_key(d, member), S("content"));
    (content ? write_content : write_value)(d, member, out);
}

void segment_write(const struct segment *s, struct buf *out) {
    write_members(s->doc, s->node, out,
                  s->group == SEGMENT_TOOL ? write_value : write_message_value);
}
