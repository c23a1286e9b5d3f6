/* The lexical half of JSON5: white space and comments, names, strings and numbers. */
#include "doc/doc_impl.h"
#include "doc/scan.h"

#include "base/utf8.h"

#include <string.h>

/* U+2028 and U+2029 end a line in JSON5, beside LF and CR. */
static bool separator(const char *p, const char *end) {
    return end - p >= 3 && memcmp(p, "\xE2\x80", 2) == 0 && (p[2] == '\xA8' || p[2] == '\xA9');
}

static bool line_ends(const char *p, const char *end) {
    return *p == '\n' || *p == '\r' || separator(p, end);
}

size_t json5_blank(const char *p, const char *end) {
    if (p >= end) return 0;
    unsigned char c = (unsigned char)*p;
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (c < 0xC2) return 0;
    if (end - p >= 2 && memcmp(p, "\xC2\xA0", 2) == 0) return 2; /* no-break space */
    if (end - p < 3) return 0;
    if (c == 0xE2) {
        unsigned char b = (unsigned char)p[1], a = (unsigned char)p[2];
        if (b == 0x80 && ((a >= 0x80 && a <= 0x8A) || a == 0xA8 || a == 0xA9 || a == 0xAF))
            return 3;
        return b == 0x81 && a == 0x9F ? 3 : 0;
    }
    return memcmp(p, "\xE1\x9A\x80", 3) == 0 || memcmp(p, "\xE3\x80\x80", 3) == 0 ||
                   memcmp(p, "\xEF\xBB\xBF", 3) == 0
               ? 3
               : 0;
}

const char *json5_space(struct parser *s, const char *p) {
    const char *end = s->end;
    for (;;) {
        size_t n = json5_blank(p, end);
        if (n) {
            p += n;
            continue;
        }
        if (p == end || *p != '/') return p;
        if (end - p < 2 || (p[1] != '/' && p[1] != '*'))
            return parse_expected(s, end - p < 2 ? end : p + 1, "a comment behind '/'");
        if (p[1] == '/') {
            for (p += 2; p < end && !line_ends(p, end);) p++;
            continue;
        }
        const char *open = p;
        p += 2;
        for (;;) {
            p = memchr(p, '*', (size_t)(end - p));
            if (!p || end - p < 2) {
                unsigned line, column;
                place_in((str){ s->base, (size_t)(end - s->base) }, (size_t)(open - s->base), &line,
                         &column);
                return parse_expected(s, end, "\"*/\" to end the comment from line %u, column %u",
                                      line, column);
            }
            if (*++p == '/') break;
        }
        p++;
    }
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* `count` hexadecimal digits at p; NULL and an error when they are not there. */
static const char *hex_digits(struct parser *s, const char *p, int count, uint32_t *value) {
    *value = 0;
    for (int i = 0; i < count; i++, p++) {
        int v = p < s->end ? hex_value(*p) : -1;
        if (v < 0)
            return parse_expected(s, p,
                                  count == 2 ? "two hexadecimal digits behind \\x"
                                             : "four hexadecimal digits behind \\u");
        *value = *value * 16 + (uint32_t)v;
    }
    return p;
}

const char *json5_string(struct parser *s, const char *p, bool *escaped) {
    const char *end = s->end, *open = p;
    const char quote = *p++;
    uint32_t code;
    for (;;) {
        p = s->d->scan->stop(p, end, quote);
        if (p == end) {
            unsigned line, column;
            place_in((str){ s->base, (size_t)(end - s->base) }, (size_t)(open - s->base), &line,
                     &column);
            return parse_expected(s, p, "%c to end the string from line %u, column %u", quote, line,
                                  column);
        }
        if (*p == quote) return p + 1;
        if (*p == '\n' || *p == '\r')
            return parse_expected(
                s, p, "%c to end the string (or a backslash before the line break)", quote);
        if (*p != '\\') {
            p++;
            continue;
        }
        *escaped = true;
        if (++p == end) continue;
        switch (*p) {
        case 'u': p = hex_digits(s, p + 1, 4, &code); break;
        case 'x': p = hex_digits(s, p + 1, 2, &code); break;
        case '\r': p += end - p >= 2 && p[1] == '\n' ? 2 : 1; break;
        case '0':
            if (end - p >= 2 && p[1] >= '0' && p[1] <= '9')
                return parse_expected(s, p + 1, "no digit behind \\0");
            p++;
            break;
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9': return parse_expected(s, p, "an escape that is no digit");
        default: p += utf8_step((str){ p, (size_t)(end - p) }); break;
        }
        if (!p) return NULL;
    }
}

bool json5_is_name(str key) {
    for (size_t i = 0; i < key.n; i++) {
        unsigned char c = (unsigned char)key.p[i];
        if (c >= 0x80 || !name_char(c, i == 0)) return false;
    }
    return key.n > 0;
}

uint32_t utf8_code(const char *p, size_t n) {
    unsigned char c = (unsigned char)*p;
    uint32_t code = n == 1 ? c : n == 2 ? c & 0x1Fu : n == 3 ? c & 0x0Fu : c & 0x07u;
    for (size_t i = 1; i < n; i++) code = code << 6 | ((unsigned char)p[i] & 0x3Fu);
    return code;
}

const char *json5_name(struct parser *s, const char *p, bool *escaped) {
    const char *start = p, *end = s->end;
    while (p < end) {
        const char *at = p;
        uint32_t code;
        if (*p == '\\') {
            if (end - p < 2 || p[1] != 'u') return parse_expected(s, p, "a name");
            *escaped = true;
            p = hex_digits(s, p + 2, 4, &code);
            if (!p) return NULL;
            if (!name_char(code, at == start))
                return parse_expected(s, at, "the code of a character that names may have");
            continue;
        }
        size_t n = utf8_step((str){ p, (size_t)(end - p) });
        code = utf8_code(p, n);
        if (!name_char(code, at == start)) break;
        p += n;
    }
    return p == start ? parse_expected(s, p, "a key or '}'") : p;
}

/* Digits with single underscores between them. */
static const char *separated(struct parser *s, const char *p, bool hex) {
    const char *start = p, *end = s->end;
    for (; p < end; p++) {
        bool digit = hex ? hex_value(*p) >= 0 : *p >= '0' && *p <= '9';
        if (digit) continue;
        if (*p != '_' || p == start) break;
        if (p[-1] == '_') return parse_expected(s, p, "a digit behind '_'");
    }
    if (p > start && p[-1] == '_') return parse_expected(s, p, "a digit behind '_'");
    return p;
}

const char *json5_number(struct parser *s, const char *p) {
    const char *end = s->end;
    if (*p == '+' || *p == '-') p++;
    size_t left = (size_t)(end - p);
    if (left >= 8 && memcmp(p, "Infinity", 8) == 0) return p + 8;
    if (left >= 3 && memcmp(p, "NaN", 3) == 0) return p + 3;
    if (left >= 2 && *p == '0' && (p[1] == 'x' || p[1] == 'X')) {
        const char *from = p + 2;
        p = separated(s, from, true);
        if (p == from) return parse_expected(s, p, "a hexadecimal digit behind 0x");
        return p;
    }
    const char *from = p;
    p = separated(s, p, false);
    if (!p) return NULL;
    size_t whole = (size_t)(p - from), part = 0;
    if (whole > 1 && *from == '0')
        return parse_expected(s, from + 1, "a number without leading zeros");
    if (p < end && *p == '.') {
        from = ++p;
        p = separated(s, p, false);
        if (!p) return NULL;
        part = (size_t)(p - from);
    }
    if (!whole && !part) return parse_expected(s, p, "a digit");
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        from = p;
        p = separated(s, p, false);
        if (p == from) return parse_expected(s, p, "a digit in the exponent");
    }
    return p;
}
