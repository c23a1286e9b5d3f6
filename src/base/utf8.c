#include "base/utf8.h"

static bool continues(str s, size_t i) {
    return i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80;
}

size_t utf8_step(str s) {
    if (s.n == 0) return 0;
    unsigned char a = (unsigned char)s.p[0];
    if (a < 0x80) return 1;
    if (a < 0xC2 || a > 0xF4 || !continues(s, 1)) return 0;
    if (a < 0xE0) return 2;
    unsigned char b = (unsigned char)s.p[1];
    if (!continues(s, 2)) return 0;
    if (a < 0xF0) return (a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F) ? 0 : 3;
    if ((a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F) || !continues(s, 3)) return 0;
    return 4;
}

bool utf8_valid(str s) {
    while (s.n) {
        size_t n = utf8_step(s);
        if (!n) return false;
        s = str_skip(s, n);
    }
    return true;
}

size_t utf8_partial_tail(str s) {
    for (size_t back = 1; back <= 3 && back <= s.n; back++) {
        unsigned char c = (unsigned char)s.p[s.n - back];
        if ((c & 0xC0) == 0x80) continue;
        size_t whole = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
        return c <= 0xF4 && whole > back ? back : 0;
    }
    return 0;
}

size_t utf8_put(char *dst, uint32_t c) {
    if (c < 0x80) {
        dst[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        dst[0] = (char)(0xC0 | c >> 6);
        dst[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    if (c < 0x10000) {
        dst[0] = (char)(0xE0 | c >> 12);
        dst[1] = (char)(0x80 | (c >> 6 & 63));
        dst[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    dst[0] = (char)(0xF0 | c >> 18);
    dst[1] = (char)(0x80 | (c >> 12 & 63));
    dst[2] = (char)(0x80 | (c >> 6 & 63));
    dst[3] = (char)(0x80 | (c & 63));
    return 4;
}

static bool begins(char c) {
    return ((unsigned char)c & 0xC0) != 0x80;
}

size_t utf8_length(str s) {
    size_t characters = 0;
    for (size_t i = 0; i < s.n; i++) characters += begins(s.p[i]);
    return characters;
}

str utf8_head(str s, size_t n) {
    size_t characters = 0, i = 0;
    for (; i < s.n; i++) {
        characters += begins(s.p[i]);
        if (characters > n) break;
    }
    return str_head(s, i);
}
