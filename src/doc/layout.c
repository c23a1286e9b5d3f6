/* What stands between members: where a new one goes, and what a removed one leaves.
 *
 * A gap is white space and comments with at most one comma. The rules, for both syntaxes:
 *  - a new member comes last, behind the comments that end the container; it starts a line when the
 *    members before it do, with their indentation; a trailing comma stays one;
 *  - a removed member takes with it the comments that follow it on its line, and nothing else:
 *    a comment above it may speak of more than it, so it stays.
 */
#include "doc/doc_impl.h"

#include "base/utf8.h"

#include <string.h>

static const str no_text = STR_INIT("");

static void put(struct pieces *out, str s) {
    if (!s.n) return;
    out->piece[out->count++] = s;
    out->bytes += s.n;
}

char *pieces_copy(const struct pieces *p, char *dst) {
    for (size_t i = 0; i < p->count; i++) {
        memcpy(dst, p->piece[i].p, p->piece[i].n);
        dst += p->piece[i].n;
    }
    return dst;
}

/* ---- tokens of a gap ---- */
enum token { BLANK, BREAK, COMMA, LINE_COMMENT, BLOCK_COMMENT, EXOTIC };

static bool is_break(char c) {
    return c == '\n' || c == '\r';
}

/* The token at i (i < s.n); *end is where it ends. A BREAK is one line break, CRLF included. */
static enum token token_at(str s, size_t i, size_t *end) {
    const char *p = s.p + i, *stop = s.p + s.n;
    if (is_break(*p)) {
        *end = i + (*p == '\r' && p + 1 < stop && p[1] == '\n' ? 2 : 1);
        return BREAK;
    }
    if (*p == ',') {
        *end = i + 1;
        return COMMA;
    }
    if (*p != '/') { /* white space beyond ASCII is rare, so it is kept wherever it is */
        bool exotic = (unsigned char)*p >= 0x80;
        *end = i + (exotic ? json5_blank(p, stop) : 1);
        return exotic ? EXOTIC : BLANK;
    }
    if (p[1] == '*') {
        ptrdiff_t close = str_find(str_skip(s, i + 2), S("*/"));
        *end = close < 0 ? s.n : i + 2 + (size_t)close + 2;
        return BLOCK_COMMENT;
    }
    for (p += 2; p < stop && !is_break(*p); p++) /* U+2028 and U+2029 end a line too */
        if (stop - p >= 3 && memcmp(p, "\xE2\x80", 2) == 0 && (p[2] == '\xA8' || p[2] == '\xA9'))
            break;
    *end = (size_t)(p - s.p);
    return LINE_COMMENT;
}

static ptrdiff_t comma_in(str s) {
    for (size_t i = 0, end; i < s.n; i = end)
        if (token_at(s, i, &end) == COMMA) return (ptrdiff_t)i;
    return -1;
}

static bool ends_in_line_comment(str s) {
    enum token last = BLANK;
    for (size_t i = 0, end; i < s.n; i = end) last = token_at(s, i, &end);
    return last == LINE_COMMENT;
}

/* Blanks at the end of a line comment are the comment's. */
static str blanks_at_end(str s) {
    size_t content = 0;
    for (size_t i = 0, end; i < s.n; i = end) {
        enum token t = token_at(s, i, &end);
        if (t != BLANK && t != BREAK) content = end;
    }
    return str_skip(s, content);
}

static str without_blanks_at_end(str s) {
    return str_head(s, s.n - blanks_at_end(s).n);
}

static str blanks_at_start(str s) {
    size_t i = 0, end;
    for (; i < s.n; i = end) {
        enum token t = token_at(s, i, &end);
        if (t != BLANK && t != BREAK) break;
    }
    return str_head(s, i);
}

/* Line breaks; those inside a block comment do not count. */
static size_t breaks_in(str s) {
    size_t n = 0;
    for (size_t i = 0, end; i < s.n; i = end)
        if (token_at(s, i, &end) == BREAK) n++;
    return n;
}

static str break_of(str s) {
    for (size_t i = 0, end; i < s.n; i = end)
        if (token_at(s, i, &end) == BREAK) return (str){ s.p + i, end - i };
    return S("\n");
}

/* The blanks behind the last line break: the indentation of what follows. */
static str indent_of(str s) {
    size_t from = 0, n = 0;
    for (size_t i = 0, end; i < s.n; i = end)
        if (token_at(s, i, &end) == BREAK) from = end;
    s = str_skip(s, from);
    while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t')) n++;
    return str_head(s, n);
}

/* ---- the gaps of a node ---- */
static str entry_text(const struct doc *d, doc_node entry) {
    return text_range(d, d->node[entry].at, d->node[entry].len);
}

str gap_between(const struct doc *d, doc_node previous, doc_node n, doc_node *entry) {
    const struct node *v = &d->node[n], *parent = &d->node[v->parent];
    doc_node c = previous ? d->node[previous].next : parent->first;
    *entry = c != n ? c : 0;
    if (*entry) return entry_text(d, c);
    uint32_t from = previous ? node_end(&d->node[previous]) : parent->at + 1;
    return text_range(d, from, node_start(d, v) - from);
}

doc_node child_before(const struct doc *d, doc_node n) {
    doc_node before = 0;
    for (doc_node c = doc_first(d, d->node[n].parent); c != n; c = doc_next(d, c)) before = c;
    return before;
}

static str gap_before(const struct doc *d, doc_node n) {
    doc_node entry;
    return gap_between(d, child_before(d, n), n, &entry);
}

str gap_after(const struct doc *d, doc_node n, doc_node *entry) {
    const struct node *v = &d->node[n], *parent = &d->node[v->parent];
    doc_node next = v->next;
    bool explicit = next && node_is(&d->node[next], NODE_GAP);
    if (entry) *entry = explicit ? next : 0;
    if (explicit) return entry_text(d, next);
    uint32_t to = next ? node_start(d, &d->node[next]) : node_end(parent) - 1;
    return text_range(d, node_end(v), to - node_end(v));
}

str gap_tail(const struct doc *d, doc_node container, doc_node *entry) {
    const struct node *c = &d->node[container];
    if (c->last) return gap_after(d, c->last, entry);
    if (entry) *entry = c->first;
    if (c->first) return entry_text(d, c->first);
    return text_range(d, c->at + 1, c->len - 2);
}

/* ---- removing ---- */

/* What of the gap behind a removed child stays: without its comma and without the comments on the
 * child's own line. */
static void split_after(str after, bool has_next, str *kept1, str *kept2) {
    size_t own = 0; /* end of the child's own part */
    bool line_ended = false;
    for (size_t i = 0, end; i < after.n && !line_ended; i = end) {
        enum token t = token_at(after, i, &end);
        if (t == BREAK) {
            own = i;
            line_ended = true;
        } else if (t != BLANK) {
            own = end;
        }
    }
    ptrdiff_t comma = comma_in(after);
    *kept1 = no_text;
    if (comma < 0) {
        *kept2 = str_skip(after, own);
        return;
    }
    size_t behind = (size_t)comma + 1;
    if (own < behind) { /* the comma is on a later line: comments before it are not the child's */
        *kept1 = str_head(str_skip(after, own), (size_t)comma - own);
        if (blanks_at_start(*kept1).n == kept1->n) *kept1 = no_text;
        *kept2 = str_skip(after, behind);
    } else {
        /* With the next member on the same line, a comment behind the comma is that one's. */
        *kept2 = str_skip(after, has_next && !line_ended ? behind : own);
    }
}

void layout_remove(str before, str after, bool has_previous, bool has_next, struct pieces *out) {
    str kept, rest;
    *out = (struct pieces){ 0 };
    split_after(after, has_next, &kept, &rest);
    if (kept.n) { /* a line break and comments, and there was a comma behind them */
        put(out, without_blanks_at_end(before));
        put(out, kept);
        put(out, rest);
        return;
    }
    bool drop = has_previous && !has_next && comma_in(after) < 0;
    str head = no_text;
    if (drop) {
        ptrdiff_t comma = comma_in(before);
        head = str_head(before, (size_t)comma);
        before = str_skip(before, (size_t)comma + 1);
    }
    str bare = without_blanks_at_end(before);
    size_t breaks_before = breaks_in(blanks_at_end(before));
    size_t breaks_behind = breaks_in(blanks_at_start(rest));
    if (!bare.n && (breaks_behind || !ends_in_line_comment(without_blanks_at_end(head))))
        head = without_blanks_at_end(head);
    put(out, head);
    if (has_next ? breaks_behind >= breaks_before && breaks_behind > 0
                 : breaks_behind > 0 || !ends_in_line_comment(bare)) {
        put(out, bare);
        put(out, rest);
    } else {
        put(out, before);
        put(out, str_skip(rest, blanks_at_start(rest).n));
    }
    bool blank = !has_previous && !has_next;
    for (size_t i = 0; i < out->count; i++)
        if (blanks_at_start(out->piece[i]).n != out->piece[i].n) blank = false;
    if (blank) *out = (struct pieces){ 0 };
}

/* ---- inserting ---- */

/* The indentation of the line that a value starts on; *unit what a level adds there, "" unknown. */
static str line_indent(const struct doc *d, doc_node n, str *unit) {
    str inner = no_text;
    bool known = false;
    *unit = no_text;
    for (; n && d->node[n].parent; n = d->node[n].parent) {
        str lead = gap_before(d, n);
        if (!breaks_in(lead)) continue;
        str indent = indent_of(lead);
        if (known) {
            if (str_starts(inner, indent)) *unit = str_skip(inner, indent.n);
            return inner;
        }
        inner = indent;
        known = true;
    }
    *unit = inner; /* the root's line has no indentation */
    return inner;
}

static str colon_text(const struct doc *d, const struct node *member) {
    str key = key_text(d, member);
    return (str){ key.p + key.n, (size_t)(text_at(d, member->at) - key.p) - key.n };
}

static bool usual_colon(str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != ':' && s.p[i] != ' ') return false;
    return true;
}

/* How keys are spelled: as the members beside the new one, else as the keys above. */
static void key_style(const struct doc *d, doc_node container, str key, bool expands,
                      struct insertion *out) {
    str colon = no_text;
    char quote = '\0';
    bool bare = false;
    for (doc_node c = doc_first(d, container); c; c = doc_next(d, c)) {
        char first = *key_text(d, &d->node[c]).p;
        if (first != '"' && first != '\'')
            bare = true;
        else
            quote = first;
        str s = colon_text(d, &d->node[c]);
        if (usual_colon(s)) colon = s;
        if (d->syntax == DOC_JSON && colon.n) break;
    }
    for (doc_node n = container; n && !(colon.n && (bare || quote)); n = d->node[n].parent) {
        if (!node_has_key(&d->node[n])) continue;
        str text = key_text(d, &d->node[n]);
        if (!bare && !quote) {
            if (*text.p != '"' && *text.p != '\'')
                bare = true;
            else if (!json5_is_name((str){ text.p + 1, text.n - 2 }))
                continue; /* it had to be quoted */
            else
                quote = *text.p;
        }
        str s = colon_text(d, &d->node[n]);
        if (!colon.n && usual_colon(s)) colon = s;
    }
    out->colon = colon.n ? colon : expands || d->syntax == DOC_JSON5 ? S(": ") : S(":");
    out->quote = '"';
    if (bare && json5_is_name(key))
        out->quote = '\0';
    else if (quote)
        out->quote = quote;
}

/* What an object has inside its brackets: as the object around it does, { a: { b: 1 } }. */
static str padding(const struct doc *d, doc_node container) {
    if (!node_is(&d->node[container], DOC_OBJECT)) return no_text;
    for (doc_node n = d->node[container].parent, entry; n; n = d->node[n].parent) {
        if (!node_is(&d->node[n], DOC_OBJECT)) continue;
        str gap = gap_between(d, 0, doc_first(d, n), &entry);
        for (size_t i = 0; i < gap.n; i++)
            if (gap.p[i] != ' ') return no_text;
        return gap;
    }
    return no_text;
}

static void insert_first(const struct doc *d, doc_node container, str inside, struct insertion *out,
                         bool *expands) {
    bool root = !d->node[container].parent;
    str ahead = root ? (str){ d->source.p, d->root_at } : gap_before(d, container);
    str blanks = blanks_at_end(inside), comments = without_blanks_at_end(inside);
    *expands = breaks_in(inside) || ends_in_line_comment(comments) ||
               (root ? d->syntax == DOC_JSON5 : breaks_in(ahead) > 0);
    if (!*expands) {
        put(&out->lead, comments);
        str pad = inside.n ? blanks : padding(d, container);
        put(&out->lead, comments.n && !blanks.n ? S(" ") : pad);
        put(&out->tail, pad);
        return;
    }
    str unit, outer = line_indent(d, container, &unit);
    str behind = str_skip(d->source, d->root_end);
    str line = break_of(breaks_in(inside) ? inside : root && !breaks_in(ahead) ? behind : ahead);
    put(&out->lead, comments);
    put(&out->lead, line);
    if (comments.n && breaks_in(comments)) {
        put(&out->lead, indent_of(comments)); /* they show what it is inside */
    } else {
        put(&out->lead, outer);
        put(&out->lead, unit.n ? unit : S("  "));
    }
    if (breaks_in(blanks)) {
        put(&out->tail, blanks);
    } else {
        put(&out->tail, line);
        put(&out->tail, outer);
    }
}

/* Members on one line: what stands between comma and member. */
static str space_between(const struct doc *d, doc_node container) {
    doc_node first = doc_first(d, container), second = doc_next(d, first);
    if (second) return blanks_at_end(gap_before(d, second));
    if (d->syntax == DOC_JSON5) return S(" ");
    doc_node entry;
    if (gap_between(d, 0, first, &entry).n) return S(" ");
    for (doc_node n = first; n; n = d->node[n].parent) /* as behind the colons */
        if (node_has_key(&d->node[n]))
            return str_ends(colon_text(d, &d->node[n]), S(" ")) ? S(" ") : no_text;
    return no_text;
}

void layout_insert(const struct doc *d, doc_node container, str key, struct insertion *out) {
    str tail = gap_tail(d, container, NULL);
    bool expands = false;
    *out = (struct insertion){ .colon = no_text };
    doc_node model = doc_first(d, container);
    if (!model) {
        insert_first(d, container, tail, out, &expands);
    } else {
        if (doc_next(d, model)) model = doc_next(d, model);
        str lead = gap_before(d, model);
        str blanks = blanks_at_end(tail), body = without_blanks_at_end(tail);
        bool trailing = comma_in(tail) >= 0;
        expands = breaks_in(lead) > 0;
        if (!trailing) put(&out->lead, S(","));
        put(&out->lead, body);
        if (expands) {
            put(&out->lead, break_of(lead));
            put(&out->lead, indent_of(lead));
        } else if (ends_in_line_comment(body)) {
            put(&out->lead, break_of(blanks)); /* a line further in than the bracket */
            put(&out->lead, indent_of(blanks));
            put(&out->lead, S("  "));
        } else {
            put(&out->lead, space_between(d, container));
        }
        if (trailing) put(&out->tail, S(","));
        put(&out->tail, blanks);
    }
    if (node_is(&d->node[container], DOC_OBJECT)) key_style(d, container, key, expands, out);
}
