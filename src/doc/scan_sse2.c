/* SSE2: 16 bytes at a time. It cannot look up bytes in a table, so UTF-8 beyond ASCII is checked
 * character by character. */
#include "doc/scan.h"

#if SCAN_X86

#include "base/utf8.h"

#include <string.h>

#define TARGET

static inline unsigned stops_16(const char *p, __m128i quote) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
    __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(hit, low));
}

static inline uint64_t stops_of(const char *p, char quote) {
    __m128i q = _mm_set1_epi8(quote);
    return stops_16(p, q) | (uint64_t)stops_16(p + 16, q) << 16 |
           (uint64_t)stops_16(p + 32, q) << 32 | (uint64_t)stops_16(p + 48, q) << 48;
}

#include "doc/scan_blocks.h"

static size_t utf8(str s) {
    size_t i = 0;
    while (i < s.n) {
        while (s.n - i >= 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
            unsigned high = (unsigned)_mm_movemask_epi8(v);
            if (high) {
                i += (unsigned)__builtin_ctz(high);
                break;
            }
            i += 16;
        }
        /* A run of characters that are not ASCII, or the end. */
        do {
            if (i == s.n) return i;
            size_t n = utf8_step(str_skip(s, i));
            if (!n) return i;
            i += n;
        } while (i < s.n && (s.p[i] & 0x80));
    }
    return i;
}

const struct scan scan_sse2 = { "SSE2", utf8, string, stop };

#endif
