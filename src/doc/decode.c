/* What a string's or a number's text says. Only on demand: most are never looked at.
 *
 * JSON5's escapes contain JSON's, so there is one decoder. A lone surrogate, which UTF-8 cannot
 * carry, reads as U+FFFD.
 */
#include "doc/doc_impl.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hex(const char *p, int count) {
    uint32_t v = 0;
    for (int i = 0; i < count; i++) {
        char c = p[i];
        v = v * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

/* The escape at p (a backslash; the parser has checked it): its bytes to dst, its length returned.
 * An escape is never shorter than what it stands for. */
static size_t escape(const char *p, const char *end, char *dst, size_t *n) {
    static const char from[] = "bfnrtv0", to[] = "\b\f\n\r\t\v";
    uint32_t code;
    const char *simple;
    *n = 0;
    switch (p[1]) {
    case 'x': *n = utf8_put(dst, hex(p + 2, 2)); return 4;
    case 'u':
        code = hex(p + 2, 4);
        if (code >= 0xD800 && code <= 0xDBFF && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
            uint32_t low = hex(p + 8, 4);
            if (low >= 0xDC00 && low <= 0xDFFF) {
                *n = utf8_put(dst, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
                return 12;
            }
        }
        *n = utf8_put(dst, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code);
        return 6;
    case '\r': return end - p >= 3 && p[2] == '\n' ? 3 : 2;
    case '\n': return 2;
    default: break;
    }
    if (memcmp(p + 1, "\xE2\x80\xA8", end - p >= 4 ? 3 : 0) == 0 && end - p >= 4) return 4;
    if (memcmp(p + 1, "\xE2\x80\xA9", end - p >= 4 ? 3 : 0) == 0 && end - p >= 4) return 4;
    simple = memchr(from, p[1], sizeof from - 1);
    *n = 1;
    *dst = p[1]; /* bytes behind the first of a character follow */
    if (simple) *dst = to[simple - from];
    return 2;
}

static str unquoted(str text) {
    bool quoted = text.n >= 2 && (text.p[0] == '"' || text.p[0] == '\'');
    return quoted ? (str){ text.p + 1, text.n - 2 } : text;
}

size_t decode_text(str text, char *dst) {
    text = unquoted(text);
    const char *p = text.p, *end = p + text.n;
    char *to = dst;
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        size_t run = (size_t)((slash ? slash : end) - p), n;
        memcpy(to, p, run);
        to += run;
        p += run;
        if (!slash) break;
        p += escape(p, end, to, &n);
        to += n;
    }
    return (size_t)(to - dst);
}

bool decode_equals(str text, str decoded) {
    text = unquoted(text);
    const char *p = text.p, *end = p + text.n;
    while (p < end) {
        char bytes[4];
        size_t n = 1, used = 1;
        bytes[0] = *p;
        if (*p == '\\') used = escape(p, end, bytes, &n);
        if (!str_starts(decoded, (str){ bytes, n })) return false;
        decoded = str_skip(decoded, n);
        p += used;
    }
    return decoded.n == 0;
}

/* A decimal number: 0.d1d2d3… × 10^exponent would lose nothing, so digits are kept as they stand.
 * A double is decided by at most 767 digits; more only matter by not being zero. */
enum { MOST_DIGITS = 800 };
struct decimal {
    bool negative;
    char digit[MOST_DIGITS + 40];
    size_t n;
    int64_t exponent; /* of the last digit kept */
    bool more;        /* a digit that was not kept is not 0 */
};

static void read_decimal(str s, struct decimal *d) {
    *d = (struct decimal){ .negative = false, .digit = "" };
    size_t i = 0;
    bool point = false;
    if (s.p[i] == '-' || s.p[i] == '+') d->negative = s.p[i++] == '-';
    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c == '_') continue;
        if (c == '.') {
            point = true;
            continue;
        }
        if (c == 'e' || c == 'E') break;
        if (point) d->exponent--;
        if (d->n == 0 && c == '0') continue;
        if (d->n < MOST_DIGITS) {
            d->digit[d->n++] = c;
        } else {
            d->exponent++;
            if (c != '0') d->more = true;
        }
    }
    if (i >= s.n) return;
    int64_t given = 0;
    bool minus = false;
    for (i++; i < s.n; i++) {
        if (s.p[i] == '-') minus = true;
        if (s.p[i] < '0' || s.p[i] > '9') continue;
        if (given < 1000000000) given = given * 10 + (s.p[i] - '0');
    }
    d->exponent += minus ? -given : given;
}

static bool is_hex_number(str s) {
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) s = str_skip(s, 1);
    return s.n > 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x';
}

/* Hexadecimal: the first 30 digits that count, and how many follow. strtod rounds exactly. */
static double hex_double(str s) {
    char text[64];
    size_t n = 0, dropped = 0;
    bool negative = s.p[0] == '-', more = false;
    size_t i = s.p[0] == '-' || s.p[0] == '+' ? 3 : 2;
    text[n++] = '0';
    text[n++] = 'x';
    text[n++] = '0';
    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c == '_' || (n == 3 && c == '0')) continue;
        if (n < 33) {
            text[n++] = c;
        } else {
            dropped++;
            if (c != '0') more = true;
        }
    }
    if (more) text[n - 1] = (char)(text[n - 1] == '0' ? '1' : text[n - 1]);
    if (dropped > 1000) dropped = 1000;
    snprintf(text + n, sizeof text - n, "p%zu", dropped * 4);
    double v = strtod(text, NULL);
    return negative ? -v : v;
}

bool decode_double(str s, double *out) {
    if (s.n == 0) return false;
    char last = s.p[s.n - 1];
    if (last == 'y' || last == 'N') {
        *out = last == 'N' ? (double)NAN : s.p[0] == '-' ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    if (is_hex_number(s)) {
        *out = hex_double(s);
        return true;
    }
    struct decimal d;
    read_decimal(s, &d);
    if (d.n <= 15 && d.exponent >= -22 && d.exponent <= 22) {
        /* Both operands are exact, so the result is rounded once: right. */
        static const double power[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
        double v = 0;
        for (size_t i = 0; i < d.n; i++) v = v * 10 + (d.digit[i] - '0');
        v = d.exponent < 0 ? v / power[-d.exponent] : v * power[d.exponent];
        *out = d.negative ? -v : v;
        return true;
    }
    if (d.more) {
        d.digit[d.n++] = '1';
        d.exponent--;
    }
    /* No decimal point in it, so that the locale has no say. */
    snprintf(d.digit + d.n, sizeof d.digit - d.n, "e%lld", (long long)d.exponent);
    double v = strtod(d.digit, NULL);
    *out = d.negative ? -v : v;
    return true;
}

bool decode_int(str s, int64_t *out) {
    if (s.n == 0 || s.p[s.n - 1] == 'y' || s.p[s.n - 1] == 'N') return false;
    bool negative;
    int64_t value = 0; /* kept negative: INT64_MIN has no positive counterpart */
    if (is_hex_number(s)) {
        negative = s.p[0] == '-';
        for (size_t i = s.p[0] == '0' ? 2 : 3; i < s.n; i++) {
            if (s.p[i] == '_') continue;
            if (__builtin_mul_overflow(value, 16, &value)) return false;
            if (__builtin_sub_overflow(value, (int64_t)hex(s.p + i, 1), &value)) return false;
        }
    } else {
        struct decimal d;
        read_decimal(s, &d);
        negative = d.negative;
        while (d.n && d.exponent < 0 && d.digit[d.n - 1] == '0' && !d.more) {
            d.n--;
            d.exponent++;
        }
        if (d.n == 0) d.exponent = 0;
        if (d.exponent < 0 || d.more || (d.n && d.exponent > 18) || d.n > 19) return false;
        for (size_t i = 0; i < d.n + (size_t)d.exponent; i++) {
            if (__builtin_mul_overflow(value, 10, &value)) return false;
            if (i < d.n && __builtin_sub_overflow(value, d.digit[i] - '0', &value)) return false;
        }
    }
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}
