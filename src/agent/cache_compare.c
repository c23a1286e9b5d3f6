/* Segments that are alike byte for byte are passed over; only the first ones that are not are
 * written out as a cache sees them and compared again. So a long conversation costs two parses and
 * a walk. */
#include "agent/cache_compare.h"

#include "agent/cache_segment.h"
#include "base/utf8.h"

#include <string.h>

enum {
    SHOWN_BEFORE = 30, /* characters that both say, before a difference */
    SHOWN_AFTER = 60,  /* characters of each, from it */
    TOOLS_LOOKED_AT = 512,
    NAMES_SHOWN = 3,
    RULES_MAX = 8 << 10,
};

const char *cache_cause_name(enum cache_cause cause) {
    static const char *const names[] = {
#define CAUSE_NAME(name, text) text,
        CACHE_CAUSES(CAUSE_NAME)
#undef CAUSE_NAME
    };
    return names[cause];
}

enum cache_cause cache_cause_named(str name) {
    for (int i = 0; i < CACHE_UNKNOWN; i++)
        if (str_eq(name, str_c(cache_cause_name((enum cache_cause)i)))) return (enum cache_cause)i;
    return CACHE_UNKNOWN;
}

/* ---- the first difference ---- */

struct texts { /* of two segments, as a cache sees them */
    struct buf old, now;
};

static bool same_text(const struct segment *old, const struct segment *now, struct texts *t) {
    if (str_eq(segment_raw(old), segment_raw(now))) return true;
    buf_clear(&t->old);
    buf_clear(&t->now);
    segment_write(old, &t->old);
    segment_write(now, &t->now);
    return !t->old.failed && !t->now.failed && str_eq(buf_str(&t->old), buf_str(&t->now));
}

static bool inside_character(str s, size_t at) {
    return at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;
}

static str characters(str s, size_t n) {
    size_t at = 0;
    for (; n && at < s.n; n--) {
        size_t step = utf8_step(str_skip(s, at));
        at += step ? step : 1;
    }
    return str_head(s, at);
}

static str last_characters(str s, size_t n) {
    size_t at = s.n;
    for (; n && at; n--) {
        at--;
        while (at && inside_character(s, at)) at--;
    }
    return str_skip(s, at);
}

static size_t first_difference(str a, str b) {
    size_t n = a.n < b.n ? a.n : b.n, at = 0;
    while (at < n && a.p[at] == b.p[at]) at++;
    while (at && (inside_character(a, at) || inside_character(b, at))) at--;
    return at;
}

/* Where the two stop being alike. One of old and now may be at its end. */
struct place {
    struct segment old, now;
};

static void show(struct cache_diff *out, const struct place *p, struct texts *t, struct arena *a) {
    buf_clear(&t->old);
    buf_clear(&t->now);
    if (p->old.node) segment_write(&p->old, &t->old);
    if (p->now.node) segment_write(&p->now, &t->now);
    str old = buf_str(&t->old), now = buf_str(&t->now);
    size_t at = first_difference(old, now);
    const struct segment *s = p->now.node ? &p->now : &p->old;
    out->segment =
        arena_printf(a, "%s[%zu]", s->group == SEGMENT_TOOL ? "tools" : "messages", s->index);
    out->at = (int64_t)at;
    out->same_bytes += (int64_t)at;
    out->before = arena_dup(a, last_characters(str_head(old, at), SHOWN_BEFORE));
    out->old = arena_dup(a, characters(str_skip(old, at), SHOWN_AFTER));
    out->now = arena_dup(a, characters(str_skip(now, at), SHOWN_AFTER));
}

/* False: the new one begins with all of the old one. */
static bool find_difference(struct cache_diff *out, struct place *p, struct doc *old,
                            struct doc *now, struct texts *t) {
    for (enum segment_group g = 0; g < SEGMENT_GROUPS; g++) {
        *p = (struct place){ segment_first(old, g), segment_first(now, g) };
        for (; p->old.node && p->now.node; segment_next(&p->old), segment_next(&p->now)) {
            if (!same_text(&p->old, &p->now, t)) return true;
            out->same_bytes += (int64_t)segment_raw(&p->old).n;
        }
        if (p->old.node || (p->now.node && g != SEGMENT_MESSAGE)) return true;
    }
    return false;
}

static int64_t bytes_of(struct doc *d) {
    size_t n = 0;
    for (enum segment_group g = 0; g < SEGMENT_GROUPS; g++)
        for (struct segment s = segment_first(d, g); s.node; segment_next(&s))
            n += segment_raw(&s).n;
    return (int64_t)n;
}

/* ---- its cause ---- */

static bool has_tool(struct doc *d, str name) {
    size_t left = TOOLS_LOOKED_AT;
    struct segment s = segment_first(d, SEGMENT_TOOL);
    for (; s.node && left; segment_next(&s), left--)
        if (str_eq(segment_name(&s), name)) return true;
    return false;
}

/* ": a, b and 3 more" of the tools that one has and the other has not; how many. */
static size_t add_missing(struct buf *out, const char *what, struct doc *has, struct doc *lacks) {
    size_t n = 0, left = TOOLS_LOOKED_AT;
    struct segment s = segment_first(has, SEGMENT_TOOL);
    for (; s.node && left; segment_next(&s), left--) {
        str name = segment_name(&s);
        if (has_tool(lacks, name)) continue;
        if (n == 0) buf_addf(out, "%stool %s: ", out->n ? "; " : "", what);
        if (n < NAMES_SHOWN) buf_addf(out, "%s%.*s", n ? ", " : "", STR_ARG(characters(name, 64)));
        n++;
    }
    if (n > NAMES_SHOWN) buf_addf(out, " and %zu more", n - NAMES_SHOWN);
    return n;
}

static void tools_differ(struct buf *what, const struct place *p) {
    struct doc *old = p->old.doc, *now = p->now.doc;
    if (add_missing(what, "added", now, old) + add_missing(what, "removed", old, now)) return;
    str before = segment_name(&p->old), name = segment_name(&p->now);
    if (str_eq(before, name))
        buf_addf(what, "tool changed: %.*s", STR_ARG(characters(name, 64)));
    else
        buf_add(what, S("the tools are in another order"));
}

static void system_differs(struct buf *what, const struct place *p) {
    buf_add(what, !p->old.node   ? S("a system message was added")
                  : !p->now.node ? S("a system message is gone")
                                 : S("the system prompt changed"));
}

/* Is n one of the numbers of "rule 1 3 5"? */
static bool lists(str line, size_t n) {
    str word;
    int64_t number;
    while (line.n) {
        str_cut(line, ' ', &word, &line);
        if (str_i64(word, &number) && (size_t)number == n) return true;
    }
    return false;
}

/* The line of a rule that touched message n in one of the two requests and not in the other. */
static str rule_of_one(str rules, str others, size_t n) {
    str line, rest = rules;
    while (rest.n) {
        str_cut(rest, '\n', &line, &rest);
        str name, numbers, other, more = others;
        str_cut(line, ' ', &name, &numbers);
        if (!lists(numbers, n)) continue;
        bool both = false;
        while (more.n && !both) {
            str other_name;
            str_cut(more, '\n', &other, &more);
            str_cut(other, ' ', &other_name, &other);
            both = str_eq(other_name, name) && lists(other, n);
        }
        if (!both) return name;
    }
    return (str){ 0 };
}

static enum cache_cause message_differs(struct buf *what, const struct place *p,
                                        const struct cache_request *old,
                                        const struct cache_request *now) {
    const struct segment *s = p->now.node ? &p->now : &p->old;
    str rule = rule_of_one(now->rules, old->rules, s->index);
    if (!rule.n) rule = rule_of_one(old->rules, now->rules, s->index);
    str role = characters(segment_role(s), 16);
    if (rule.n) {
        buf_addf(what, "rule %.*s on message %zu (%.*s)", STR_ARG(rule), s->index, STR_ARG(role));
        return CACHE_RULE;
    }
    buf_addf(what, "message %zu (%.*s) %s", s->index, STR_ARG(role),
             p->now.node ? "is another" : "is gone");
    return CACHE_HISTORY;
}

/* Fields beside the prompt that some provider keeps its caches apart by. */
static void settings_differ(struct buf *what, struct doc *old, struct doc *now) {
    static const char *const fields[] = { "tool_choice", "reasoning",       "reasoning_effort",
                                          "thinking",    "response_format", "provider" };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        str key = str_c(fields[i]);
        str a = doc_raw(old, doc_get(old, doc_root(old), key));
        str b = doc_raw(now, doc_get(now, doc_root(now), key));
        if (!str_eq(a, b)) buf_addf(what, "%s%s", what->n ? ", " : "", fields[i]);
    }
    if (what->n) buf_add(what, S(" changed"));
}

static bool both_and_different(str a, str b) {
    return a.n && b.n && !str_eq(a, b);
}

static void add_another(struct buf *what, str old, str now) {
    buf_addf(what, "%.*s, before %.*s", STR_ARG(now), STR_ARG(old));
}

/* place NULL: nothing in the prompt differs. */
static enum cache_cause cause_of(struct buf *what, const struct place *place,
                                 const struct cache_request *old, const struct cache_request *now,
                                 struct doc *old_doc, struct doc *now_doc) {
    if (!str_eq(old->model, now->model)) {
        add_another(what, old->model, now->model);
        return CACHE_MODEL;
    }
    if (both_and_different(old->answered, now->answered)) {
        buf_addf(what, "%.*s chose ", STR_ARG(now->model));
        add_another(what, old->answered, now->answered);
        return CACHE_MODEL;
    }
    if (place && place->now.group == SEGMENT_TOOL) {
        tools_differ(what, place);
        return CACHE_TOOLS;
    }
    if (place && place->now.group == SEGMENT_SYSTEM) {
        system_differs(what, place);
        return CACHE_SYSTEM;
    }
    if (place) return message_differs(what, place, old, now);
    if (both_and_different(old->provider, now->provider)) {
        buf_add(what, S("answered by "));
        add_another(what, old->provider, now->provider);
        return CACHE_PROVIDER;
    }
    settings_differ(what, old_doc, now_doc);
    return what->n ? CACHE_SETTING : CACHE_EXTENDED;
}

/* ---- both together ---- */

static void compare(struct cache_diff *out, const struct cache_request *old, struct doc *old_doc,
                    const struct cache_request *now, struct doc *now_doc, struct texts *t,
                    struct buf *what, struct arena *a) {
    struct place place;
    bool differs = find_difference(out, &place, old_doc, now_doc, t);
    if (differs) show(out, &place, t, a);
    out->cause = cause_of(what, differs ? &place : NULL, old, now, old_doc, now_doc);
}

/* NULL when it is no request. */
static struct doc *parse(str body, bool *no_memory) {
    struct doc *d = NULL;
    enum chela_error rc = doc_parse(&d, body, DOC_JSON, NULL, NULL);
    if (rc == CHELA_NOMEM) *no_memory = true;
    if (rc == CHELA_OK && doc_type(d, doc_root(d)) == DOC_OBJECT) return d;
    doc_free(d);
    return NULL;
}

enum chela_error cache_compare(struct cache_diff *out, const struct cache_request *old,
                               const struct cache_request *now, struct arena *a, struct err *e) {
    struct texts texts = { BUF_INIT(2 * doc_default_limits.max_bytes),
                           BUF_INIT(2 * doc_default_limits.max_bytes) };
    struct buf what = BUF_INIT(4096);
    bool no_memory = false;
    *out = (struct cache_diff){ .cause = old ? CACHE_UNKNOWN : CACHE_FIRST };
    struct doc *now_doc = parse(now->body, &no_memory);
    struct doc *old_doc = old ? parse(old->body, &no_memory) : NULL;
    if (now_doc) out->total_bytes = bytes_of(now_doc);
    if (now_doc && old_doc) compare(out, old, old_doc, now, now_doc, &texts, &what, a);
    out->what = arena_dup(a, buf_str(&what));
    no_memory |= what.failed || texts.old.failed || texts.now.failed || arena_failed(a);
    doc_free(old_doc);
    doc_free(now_doc);
    buf_free(&texts.old);
    buf_free(&texts.now);
    buf_free(&what);
    if (no_memory) return err_set(e, CHELA_NOMEM, "out of memory while comparing two requests");
    return CHELA_OK;
}

/* ---- rules ---- */

/* The index in "body messages[3].content"; false for what is no message. */
static bool message_index(str where, int64_t *index) {
    str head = S("body messages["), number, rest;
    if (!str_starts(where, head)) return false;
    return str_cut(str_skip(where, head.n), ']', &number, &rest) && str_i64(number, index);
}

str cache_rules(const struct record *record, struct arena *a) {
    struct buf out = BUF_INIT(RULES_MAX);
    const char *rule = NULL;
    int64_t index, last = -1;
    for (const struct change *c = record ? record->first : NULL; c; c = c->next) {
        if (c->kind == CHANGE_WITHHELD || strcmp(c->rule, "cache-markers") == 0) continue;
        if (!message_index(c->where, &index) || out.n + 64 > RULES_MAX) continue;
        if (rule && strcmp(rule, c->rule) == 0) {
            if (index == last) continue;
        } else {
            buf_addf(&out, "%s%s", rule ? "\n" : "", c->rule);
        }
        buf_addf(&out, " %lld", (long long)index);
        rule = c->rule;
        last = index;
    }
    str text = arena_dup(a, buf_str(&out));
    buf_free(&out);
    return text;
}
