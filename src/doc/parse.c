/* Reading a text into nodes: one loop for both syntaxes, without recursion.
 *
 * The loop is compiled twice, with `json5` a constant, so that strict JSON, which is what requests
 * are, pays nothing for the other. UTF-8 is checked in a pass of its own before: what finds
 * strings' ends then need not look at bytes above 0x7F.
 */
#include "doc/doc_impl.h"

#include "base/utf8.h"
#include "doc/scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void place_in(str text, size_t at, unsigned *line, unsigned *column) {
    *line = *column = 1;
    for (size_t i = 0; i < at && i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool ends = c == '\n' || (c == '\r' && !(i + 1 < text.n && text.p[i + 1] == '\n'));
        if (ends) {
            ++*line;
            *column = 1;
        } else if ((c & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

static void describe(char *dst, size_t cap, const char *p, const char *end) {
    if (p >= end) {
        snprintf(dst, cap, "the end of the text");
        return;
    }
    unsigned char c = (unsigned char)*p;
    size_t n = 0;
    while (n < 24 && p + n < end && json5_is_name((str){ p, n + 1 })) n++;
    if (n > 1)
        snprintf(dst, cap, "\"%.*s\"", (int)n, p);
    else if (c == '\n' || c == '\r')
        snprintf(dst, cap, "a line break");
    else if (c == '\t')
        snprintf(dst, cap, "a tab");
    else if (c < 0x20 || c == 0x7F)
        snprintf(dst, cap, "the control character U+%04X", c);
    else if (end - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        snprintf(dst, cap, "a byte order mark");
    else if (c == '\'')
        snprintf(dst, cap, "\"'\"");
    else if ((n = utf8_step((str){ p, (size_t)(end - p) })) == 1)
        snprintf(dst, cap, "'%c'", c);
    else if (n > 1) /* it may be invisible */
        snprintf(dst, cap, "'%.*s' (U+%04X)", (int)n, p, (unsigned)utf8_code(p, n));
    else
        snprintf(dst, cap, "the byte 0x%02X", c);
}

const char *parse_expected(struct parser *s, const char *at, const char *what, ...) {
    char expected[160], found[96];
    va_list ap;
    va_start(ap, what);
    vsnprintf(expected, sizeof expected, what, ap);
    va_end(ap);
    describe(found, sizeof found, at, s->end);
    unsigned line, column;
    place_in((str){ s->base, (size_t)(s->end - s->base) }, (size_t)(at - s->base), &line, &column);
    s->code = err_set(s->e, CHELA_INPUT, "line %u, column %u: expected %s, found %s", line, column,
                      expected, found);
    return NULL;
}

/* Why the string that opens at `open` stops at `at`. Apart, so that strict_string is short. */
static __attribute__((noinline)) const char *bad_string(struct parser *s, const char *open,
                                                        const char *at) {
    if (at == s->end) {
        unsigned line, column;
        place_in((str){ s->base, (size_t)(s->end - s->base) }, (size_t)(open - s->base), &line,
                 &column);
        return parse_expected(s, at, "'\"' to end the string from line %u, column %u", line,
                              column);
    }
    if (*at != '\\') return parse_expected(s, at, "a string without bare control characters");
    const char *after = at + 1;
    if (after < s->end && *after == 'u') {
        for (after++; after < s->end && after < at + 6; after++)
            if (!((*after >= '0' && *after <= '9') || (*after >= 'a' && *after <= 'f') ||
                  (*after >= 'A' && *after <= 'F')))
                break;
        return parse_expected(s, after, "four hexadecimal digits behind \\u");
    }
    return parse_expected(s, after, "one of \" \\ / b f n r t u behind a backslash");
}

static inline const char *strict_string(struct parser *s, const char *p, bool *escaped) {
    struct scan_end r = scan_string(s->d->scan, p + 1, s->end);
    *escaped = r.escaped;
    if (__builtin_expect(r.at < s->end && *r.at == '"', 1)) return r.at + 1;
    return bad_string(s, p, r.at);
}

static const char *digits(const char *p, const char *end) {
    while (p < end && *p >= '0' && *p <= '9') p++;
    return p;
}

static const char *strict_number(struct parser *s, const char *p) {
    const char *end = s->end, *from;
    if (*p == '-') p++;
    from = p;
    p = digits(p, end);
    if (p == from) return parse_expected(s, p, "a digit");
    if (*from == '0' && p > from + 1)
        return parse_expected(s, from + 1, "a number without leading zeros");
    if (p < end && *p == '.') {
        from = ++p;
        p = digits(p, end);
        if (p == from) return parse_expected(s, p, "a digit behind the decimal point");
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        from = p;
        p = digits(p, end);
        if (p == from) return parse_expected(s, p, "a digit in the exponent");
    }
    return p;
}

static const char *literal(struct parser *s, const char *p, const char *word, size_t n) {
    if ((size_t)(s->end - p) >= n && memcmp(p, word, n) == 0) return p + n;
    return parse_expected(s, p, "a value");
}

static inline const char *strict_space(const char *p, const char *end) {
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    return p;
}

static bool no_room(struct parser *s) {
    struct err e = ERR_INIT;
    s->code = nodes_reserve(s->d, 1, &e);
    if (s->code == CHELA_OK) return false;
    if (s->e) *s->e = e;
    return true;
}

#define SKIP_SPACE()                                                                               \
    do {                                                                                           \
        if (!json5)                                                                                \
            p = strict_space(p, end);                                                              \
        else if (!(p = json5_space(s, p)))                                                         \
            return false;                                                                          \
    } while (0)

static inline __attribute__((always_inline)) bool run(struct parser *s, doc_node *out,
                                                      const bool json5) {
    struct doc *d = s->d;
    const char *p = s->base, *const end = s->end;
    const doc_node root = d->count;
    doc_node open = 0, n = 0;
    uint32_t depth = s->depth;
    const char *key = NULL, *key_end = NULL;
    bool key_escaped = false, in_object = false;

value:
    SKIP_SPACE();
    if (p == end) {
        if (json5 || !open) return parse_expected(s, p, "a value");
        return parse_expected(s, p, in_object ? "a value" : "a value or ']'");
    }
    if (d->count == d->cap && no_room(s)) return false;
    n = d->count++;
    {
        struct node *v = &d->node[n];
        *v = (struct node){ .at = s->address + (uint32_t)(p - s->base), .parent = open };
        if (open) {
            struct node *o = &d->node[open];
            if (o->last)
                d->node[o->last].next = n;
            else
                o->first = n;
            o->last = n;
            o->count++;
        }
        if (in_object) {
            size_t len = (size_t)(key_end - key), gap = (size_t)(p - key_end);
            if (len <= UINT16_MAX && gap <= UINT8_MAX) {
                v->key_len = (uint16_t)len;
                v->key_gap = (uint8_t)gap;
                if (key_escaped) v->kind = NODE_KEY_ESCAPED;
            } else if (!node_set_key(d, n, s->address + (uint32_t)(key - s->base), (uint32_t)len,
                                     key_escaped)) {
                s->code = err_set(s->e, CHELA_NOMEM, "out of memory for keys");
                return false;
            }
        }
        const char *start = p;
        bool escaped = false;
        switch (*p) {
        case '{':
        case '[':
            if (++depth > d->limits.max_depth) {
                unsigned line, column;
                place_in((str){ s->base, (size_t)(end - s->base) }, (size_t)(p - s->base), &line,
                         &column);
                s->code = err_set(s->e, CHELA_LIMIT, "line %u, column %u: nested deeper than %u",
                                  line, column, (unsigned)d->limits.max_depth);
                return false;
            }
            in_object = *p++ == '{';
            v->kind |= in_object ? DOC_OBJECT : DOC_ARRAY;
            open = n;
            SKIP_SPACE();
            if (p < end && *p == (in_object ? '}' : ']')) goto closed;
            if (in_object) goto member;
            goto value;
        case '"':
            v->kind |= DOC_STRING;
            p = json5 ? json5_string(s, p, &escaped) : strict_string(s, p, &escaped);
            break;
        case 't':
            v->kind |= DOC_BOOL;
            p = literal(s, p, "true", 4);
            break;
        case 'f':
            v->kind |= DOC_BOOL;
            p = literal(s, p, "false", 5);
            break;
        case 'n':
            v->kind |= DOC_NULL;
            p = literal(s, p, "null", 4);
            break;
        case '-':
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9':
            v->kind |= DOC_NUMBER;
            p = json5 ? json5_number(s, p) : strict_number(s, p);
            break;
        case '+':
        case '.':
        case 'I':
        case 'N':
            if (!json5) return parse_expected(s, p, "a value");
            v->kind |= DOC_NUMBER;
            p = json5_number(s, p);
            break;
        case '\'':
            if (!json5) return parse_expected(s, p, "a value (JSON strings take double quotes)");
            v->kind |= DOC_STRING;
            p = json5_string(s, p, &escaped);
            break;
        case ']':
            if (!json5 && open && !in_object)
                return parse_expected(s, p, "a value (JSON has no trailing comma)");
            return parse_expected(s, p, "a value");
        default: return parse_expected(s, p, "a value");
        }
        if (!p) return false;
        v->len = (uint32_t)(p - start);
        if (escaped) v->kind |= NODE_ESCAPED;
    }

after:
    if (!open) {
        SKIP_SPACE();
        if (p != end) return parse_expected(s, p, "the end of the text");
        *out = root;
        return true;
    }
    SKIP_SPACE();
    {
        const char close = in_object ? '}' : ']';
        if (p < end && *p == ',') {
            p++;
            if (json5) {
                SKIP_SPACE();
                if (p < end && *p == close) goto closed;
            }
            if (in_object) goto member;
            goto value;
        }
        if (p < end && *p == close) goto closed;
        return parse_expected(s, p, "',' or '%c'", close);
    }

member:
    SKIP_SPACE();
    key = p;
    key_escaped = false;
    if (p < end && *p == '"')
        p = json5 ? json5_string(s, p, &key_escaped) : strict_string(s, p, &key_escaped);
    else if (json5 && p < end && *p == '\'')
        p = json5_string(s, p, &key_escaped);
    else if (json5)
        p = json5_name(s, p, &key_escaped);
    else if (p < end && *p == '}')
        return parse_expected(s, p, "a key (JSON has no trailing comma)");
    else
        return parse_expected(
            s, p, d->node[open].count ? "a key in double quotes" : "a key in double quotes or '}'");
    if (!p) return false;
    key_end = p;
    SKIP_SPACE();
    if (p == end || *p != ':') return parse_expected(s, p, "':' behind the key");
    p++;
    goto value;

closed:
    p++;
    {
        struct node *o = &d->node[open];
        o->len = s->address + (uint32_t)(p - s->base) - o->at;
        open = o->parent;
        depth--;
        in_object = open && node_is(&d->node[open], DOC_OBJECT);
    }
    goto after;
}

static bool run_json(struct parser *s, doc_node *out) {
    return run(s, out, false);
}

static bool run_json5(struct parser *s, doc_node *out) {
    return run(s, out, true);
}

bool parse_text(struct parser *s, doc_node *out) {
    str text = { s->base, (size_t)(s->end - s->base) };
    size_t bad = s->d->scan->utf8(text);
    if (bad < text.n) {
        parse_expected(s, s->base + bad, "UTF-8 text");
        return false;
    }
    return s->d->syntax == DOC_JSON ? run_json(s, out) : run_json5(s, out);
}

/* Addresses are 32 bits: source, edits and what is decoded of both must fit. */
enum { MOST_BYTES = 512 << 20, MOST_NODES = (1 << 24) - 2 };

enum chela_error doc_parse(struct doc **out, str text, enum doc_syntax syntax,
                           const struct doc_limits *limits, struct err *e) {
    *out = NULL;
    struct doc_limits l = limits ? *limits : doc_default_limits;
    if (l.max_bytes > MOST_BYTES) l.max_bytes = MOST_BYTES;
    if (l.max_nodes > MOST_NODES) l.max_nodes = MOST_NODES;
    if (text.n > l.max_bytes)
        return err_set(e, CHELA_LIMIT, "the text has %zu bytes, more than %zu", text.n,
                       l.max_bytes);
    struct doc *d = calloc(1, sizeof *d);
    if (!d) return err_set(e, CHELA_NOMEM, "out of memory for a document");
    *d = (struct doc){ .source = { text.n ? text.p : "", text.n },
                       .syntax = syntax,
                       .limits = l,
                       .scan = scan_best() };
    /* Chat requests have a value per 100 bytes and more; the array grows for denser texts. */
    size_t guess = text.n / 64 + 15;
    enum chela_error rc =
        nodes_reserve(d, (uint32_t)(guess < l.max_nodes ? guess : l.max_nodes), e);
    if (rc == CHELA_OK) {
        d->node[0] = (struct node){ 0 };
        d->count = 1;
        struct parser s = { .d = d, .base = d->source.p, .end = d->source.p + d->source.n, .e = e };
        if (parse_text(&s, &d->root)) {
            d->root_at = d->node[d->root].at;
            d->root_end = node_end(&d->node[d->root]);
            *out = d;
            return CHELA_OK;
        }
        rc = s.code;
    }
    doc_free(d);
    return rc;
}
