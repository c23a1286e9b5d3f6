#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

str str_c(const char *c) {
    return c ? (str){ c, strlen(c) } : (str){ NULL, 0 };
}

bool str_eq(str a, str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool ascii_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool str_ieq(str a, str b) {
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (ascii_lower(a.p[i]) != ascii_lower(b.p[i])) return false;
    return true;
}

bool str_starts(str s, str prefix) {
    return s.n >= prefix.n && str_eq(str_head(s, prefix.n), prefix);
}

bool str_istarts(str s, str prefix) {
    return s.n >= prefix.n && str_ieq(str_head(s, prefix.n), prefix);
}

bool str_ends(str s, str suffix) {
    return s.n >= suffix.n && str_eq(str_skip(s, s.n - suffix.n), suffix);
}

str str_skip(str s, size_t n) {
    if (n >= s.n) return (str){ s.n ? s.p + s.n : s.p, 0 };
    return (str){ s.p + n, s.n - n };
}

str str_head(str s, size_t n) {
    return (str){ s.p, n < s.n ? n : s.n };
}

str str_trim(str s) {
    while (s.n && ascii_space(s.p[0])) s = str_skip(s, 1);
    while (s.n && ascii_space(s.p[s.n - 1])) s.n--;
    return s;
}

ptrdiff_t str_find(str s, str needle) {
    if (needle.n == 0) return 0;
    if (needle.n > s.n) return -1;
    const char *hit = memmem(s.p, s.n, needle.p, needle.n);
    return hit ? hit - s.p : -1;
}

ptrdiff_t str_chr(str s, char c) {
    const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
    return hit ? hit - s.p : -1;
}

ptrdiff_t str_rchr(str s, char c) {
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == c) return (ptrdiff_t)(i - 1);
    return -1;
}

bool str_has(str s, str needle) {
    return str_find(s, needle) >= 0;
}

bool str_ihas(str s, str needle) {
    for (size_t i = 0; i + needle.n <= s.n; i++)
        if (str_ieq((str){ s.p + i, needle.n }, needle)) return true;
    return needle.n == 0;
}

bool str_cut(str s, char sep, str *head, str *rest) {
    ptrdiff_t at = str_chr(s, sep);
    *head = at < 0 ? s : str_head(s, (size_t)at);
    *rest = str_skip(s, at < 0 ? s.n : (size_t)at + 1);
    return at >= 0;
}

bool str_i64(str s, int64_t *out) {
    bool negative = s.n && s.p[0] == '-';
    if (negative) s = str_skip(s, 1);
    if (s.n == 0) return false;
    int64_t value = 0; /* kept negative: INT64_MIN has no positive counterpart */
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        if (__builtin_mul_overflow(value, 10, &value)) return false;
        if (__builtin_sub_overflow(value, s.p[i] - '0', &value)) return false;
    }
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}

bool str_f64(str s, double *out) {
    char text[64];
    if (s.n == 0 || !str_copy(text, sizeof text, s)) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("0123456789+-.eE", s.p[i])) return false; /* no hex, no "inf", no blanks */
    char *end = NULL;
    double value = strtod(text, &end);
    if (end != text + s.n || !isfinite(value)) return false;
    *out = value;
    return true;
}

bool str_copy(char *dst, size_t cap, str s) {
    size_t n = s.n < cap ? s.n : cap - 1;
    if (n) memcpy(dst, s.p, n);
    dst[n] = '\0';
    return n == s.n;
}
