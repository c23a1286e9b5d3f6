/* The two loops that see every byte: is it UTF-8, and where does this string end.
 *
 * Three versions, one contract: plain C for any machine, SSE2 which every x86-64 has, AVX2 where
 * the processor says so. The tests hold them against each other.
 */
#ifndef CHELA_DOC_SCAN_H
#define CHELA_DOC_SCAN_H

#include "base/str.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#define SCAN_X86 1
#else
#define SCAN_X86 0
#endif

struct scan_end {
    const char
        *at; /* the closing quote; else the offending byte (a bad escape's backslash) or end */
    bool escaped;
};

struct scan {
    const char *name;
    /* Offset of the first byte that is no UTF-8; s.n when all of it is. */
    size_t (*utf8)(str s);
    /* The rest of a strict JSON string, from behind its opening quote. */
    struct scan_end (*string)(const char *p, const char *end);
    /* The first byte that is `quote`, a backslash or below U+0020; else end. */
    const char *(*stop)(const char *p, const char *end, char quote);
};

extern const struct scan scan_plain;
#if SCAN_X86
extern const struct scan scan_sse2, scan_avx2;
#endif

const struct scan *scan_best(void); /* for the processor this runs on */

/* The length of the strict JSON escape at p (a backslash), 0 when it is none. */
size_t scan_escape(const char *p, const char *end);

/* scan->string for what most strings of a request are: short, or long without being short first.
 * Keys and roles end within 16 bytes, and a call costs more than finding that out. */
static inline struct scan_end scan_string(const struct scan *scan, const char *p, const char *end) {
#if SCAN_X86
    if (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
        __m128i other = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')),
                                     _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v));
        unsigned quotes = (unsigned)_mm_movemask_epi8(quote);
        unsigned others = (unsigned)_mm_movemask_epi8(other);
        if (quotes && !(others & (quotes ^ (quotes - 1))))
            return (struct scan_end){ p + __builtin_ctz(quotes), false };
    }
#endif
    return scan->string(p, end);
}

#endif
