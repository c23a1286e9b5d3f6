/* The version for any machine, and the choice between the versions. */
#include "doc/scan.h"

#include "base/utf8.h"

#include <string.h>

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

size_t scan_escape(const char *p, const char *end) {
    if (end - p < 2) return 0;
    if (p[1] == 'u')
        return end - p >= 6 && is_hex(p[2]) && is_hex(p[3]) && is_hex(p[4]) && is_hex(p[5]) ? 6 : 0;
    return p[1] && strchr("\"\\/bfnrt", p[1]) ? 2 : 0;
}

static size_t utf8(str s) {
    size_t i = 0;
    while (i < s.n) {
        size_t n = utf8_step(str_skip(s, i));
        if (!n) break;
        i += n;
    }
    return i;
}

static const char *stop(const char *p, const char *end, char quote) {
    while (p < end && *p != quote && *p != '\\' && (unsigned char)*p >= 0x20) p++;
    return p;
}

static struct scan_end string(const char *p, const char *end) {
    bool escaped = false;
    for (;;) {
        p = stop(p, end, '"');
        if (p == end || *p != '\\') break;
        size_t n = scan_escape(p, end);
        if (!n) break;
        escaped = true;
        p += n;
    }
    return (struct scan_end){ p, escaped };
}

const struct scan scan_plain = { "plain", utf8, string, stop };

const struct scan *scan_best(void) {
#if SCAN_X86
    return __builtin_cpu_supports("avx2") ? &scan_avx2 : &scan_sse2;
#else
    return &scan_plain;
#endif
}
