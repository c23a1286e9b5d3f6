/* Where a value of the merged document was written, and the reports that say so.
 *
 * doc_place knows the places of text that nobody edited. For the rest a source keeps marks; they
 * are looked at only when there is something to report, so a list is enough.
 */
#include "config/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool source_mark(struct config_source *s, struct config_mark mark) {
    if (s->mark_count == s->mark_cap) {
        size_t cap = s->mark_cap ? s->mark_cap * 2 : 16;
        struct config_mark *grown = realloc(s->marks, cap * sizeof *grown);
        if (!grown) return false;
        s->marks = grown;
        s->mark_cap = cap;
    }
    s->marks[s->mark_count++] = mark;
    return true;
}

static const struct config_mark *mark_of(const struct config_source *s, doc_node n) {
    for (size_t i = s->mark_count; i > 0; i--)
        if (s->marks[i - 1].node == n) return &s->marks[i - 1];
    return NULL;
}

struct config_mark source_mark_of(const struct config_source *s, doc_node n) {
    const struct config_mark *known = mark_of(s, n);
    struct config_mark mark = { .node = n };
    if (known) return *known;
    doc_place(s->doc, n, &mark.line, &mark.column);
    return mark;
}

bool source_is_shadowed(const struct config_source *s, doc_node object, doc_node member) {
    return doc_type(s->doc, object) == DOC_OBJECT &&
           doc_get(s->doc, object, doc_key(s->doc, member)) != member;
}

/* What lies in `to` below to_top where n lies in `from` below from_top; 0 when there is nothing. */
static doc_node counterpart(struct doc *from, doc_node from_top, doc_node n, const struct doc *to,
                            doc_node to_top) {
    if (n == from_top) return to_top;
    doc_node parent = doc_parent(from, n);
    if (!parent) return 0;
    doc_node there = counterpart(from, from_top, parent, to, to_top);
    if (!there) return 0;
    if (doc_type(from, parent) == DOC_OBJECT) return doc_get(to, there, doc_key(from, n));
    size_t index = 0;
    for (doc_node c = doc_first(from, parent); c && c != n; c = doc_next(from, c)) index++;
    return doc_at(to, there, index);
}

void source_place(struct config_source *s, doc_node n, struct config_place *out) {
    *out = (struct config_place){ .file = s->path };
    doc_node top = n; /* n or the nearest node above it whose origin is known */
    const struct config_mark *mark = NULL;
    for (; top; top = doc_parent(s->doc, top)) {
        mark = mark_of(s, top);
        if (mark && (mark->from || mark->line)) break;
        mark = NULL;
        doc_place(s->doc, top, &out->line, &out->column);
        if (out->line) return;
    }
    if (!mark) return;
    if (!mark->from) {
        out->line = mark->line;
        out->column = mark->column;
        return;
    }
    doc_node there = counterpart(s->doc, top, n, mark->from->doc, mark->from_node);
    source_place((struct config_source *)(uintptr_t)mark->from, there ? there : mark->from_node,
                 out);
}

void config_report_at(struct config *c, struct config_reports *r, const char *file, unsigned line,
                      unsigned column, str path, str text) {
    if (r->count == CONFIG_MAX_REPORTS) return;
    if (r->count == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 8;
        struct config_warning *grown = realloc(r->item, cap * sizeof *grown);
        if (!grown) {
            c->strings.failed = true; /* a problem that got lost must not pass for none */
            return;
        }
        r->item = grown;
        r->cap = cap;
    }
    if (r->count == CONFIG_MAX_REPORTS - 1) {
        line = column = 0;
        path = S("");
        text = S("there are more; only the first ones are listed");
    }
    r->item[r->count++] = (struct config_warning){
        .file = file ? file : "",
        .line = line,
        .column = column,
        .path = arena_dup(&c->strings, path),
        .text = arena_dup(&c->strings, text),
    };
}

static void report(struct config *c, struct config_reports *r, struct config_source *s, doc_node n,
                   const char *fmt, va_list ap) __attribute__((format(printf, 5, 0)));

static void report(struct config *c, struct config_reports *r, struct config_source *s, doc_node n,
                   const char *fmt, va_list ap) {
    char text[512];
    if (vsnprintf(text, sizeof text, fmt, ap) < 0) return;
    struct config_place place;
    source_place(s, n, &place);
    struct buf path = BUF_INIT(4096);
    if (n && !doc_path_of(s->doc, n, &path)) {
        if (path.failed == BUF_NO_MEMORY) c->strings.failed = true;
        buf_clear(&path); /* a very long path is left out */
    }
    config_report_at(c, r, place.file, place.line, place.column, buf_str(&path), str_c(text));
    buf_free(&path);
}

void config_problem(struct config *c, struct config_source *s, doc_node n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    report(c, &c->problems, s, n, fmt, ap);
    va_end(ap);
}

void config_warn(struct config *c, struct config_source *s, doc_node n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    report(c, &c->warnings, s, n, fmt, ap);
    va_end(ap);
}
