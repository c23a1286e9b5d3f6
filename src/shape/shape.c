/* Runs the table, and keeps the record: what was done to a request, by which rule, and why.
 *
 * The record is for people, so it is bounded where the request is not: long values are cut, what
 * looks like a key is masked, and the last of RECORD_MAX entries counts those that follow it.
 */
#include "shape/shape.h"

#include "base/secret.h"
#include "base/utf8.h"
#include "shape/rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { RECORD_MAX = 400, VALUE_MAX = 300, REASON_MAX = 600 };

static enum chela_error run(const struct shape_rule *const *rules, struct shape_ctx *x,
                            struct err *e) {
    enum chela_error rc = CHELA_OK;
    for (size_t i = 0; rules[i] && rc == CHELA_OK; i++) rc = rules[i]->apply(x, e);
    /* A rule may have gone on with an empty text where there was no memory for it. */
    if (arena_failed(x->arena) || arena_failed(x->record->arena))
        return err_set(e, CHELA_NOMEM, "out of memory while shaping the request");
    return rc;
}

enum chela_error shape_apply(struct shape_ctx *x, struct err *e) {
    struct err own = ERR_INIT;
    if (!e) e = &own;
    if (doc_type(x->body, doc_root(x->body)) != DOC_OBJECT)
        return err_set(e, CHELA_INPUT, "the request body must be a JSON object, not %s",
                       doc_type_name(doc_type(x->body, doc_root(x->body))));
    return run(shape_rules, x, e);
}

enum chela_error shape_apply_native(struct shape_ctx *x, struct err *e) {
    struct err own = ERR_INIT;
    return run(shape_native_rules, x, e ? e : &own);
}

enum chela_error shape_apply_headers(struct shape_ctx *x, struct err *e) {
    struct err own = ERR_INIT;
    return run(shape_header_rules, x, e ? e : &own);
}

/* At most n bytes of s, whole characters, with an ellipsis when something is missing. */
static str clipped(struct arena *a, str s, size_t n) {
    if (s.n <= n) return arena_dup(a, s);
    str head = str_head(s, n);
    head.n -= utf8_partial_tail(head);
    return arena_printf(a, "%.*s…", STR_ARG(head));
}

static str masked(struct arena *a, str s) {
    str copy = clipped(a, s, VALUE_MAX);
    if (!copy.p) return copy;
    char *text = (char *)(uintptr_t)copy.p; /* ours: fresh from the arena, NUL-terminated */
    secret_redact(text);
    return str_c(text);
}

/* The last entry, once the list is full, says only how many more there were. */
static void count_unlisted(struct record *r) {
    static const char words[] = "further changes, not listed one by one";
    enum { ROOM = 80 };
    char *text = r->unlisted++ ? (char *)(uintptr_t)r->last->reason.p : arena_alloc(r->arena, ROOM);
    if (!text) return;
    int n = snprintf(text, ROOM, "%zu %s", r->unlisted, words);
    r->last->where = S("…");
    r->last->value = (str){ 0 };
    r->last->reason = (str){ text, (size_t)n };
}

bool record_is_full(const struct shape_ctx *x) {
    return x->record->unread || x->record->count >= RECORD_MAX;
}

void shape_record(struct shape_ctx *x, const struct shape_rule *rule, enum change_kind kind,
                  str where, str value, const char *fmt, ...) {
    struct record *r = x->record;
    if (r->unread) return;
    if (record_is_full(x)) {
        count_unlisted(r);
        return;
    }
    struct change *c = arena_alloc(r->arena, sizeof *c);
    if (!c) return; /* the arena remembers; shape_apply tells */
    char reason[REASON_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    *c = (struct change){ .kind = kind,
                          .rule = rule->name,
                          .anchor = rule->anchor,
                          .where = clipped(r->arena, where, VALUE_MAX),
                          .value = masked(r->arena, value),
                          .reason = arena_dup(r->arena, str_c(reason)) };
    if (r->last)
        r->last->next = c;
    else
        r->first = c;
    r->last = c;
    r->count++;
}
