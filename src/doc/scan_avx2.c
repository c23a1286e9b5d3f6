/* AVX2: 32 bytes at a time, chosen at run time.
 *
 * UTF-8 is checked by the method of Keiser and Lemire ("Validating UTF-8 in less than one
 * instruction per byte", 2020): each pair of neighbouring bytes is classified by three tables of 16
 * entries, by the first byte's high and low half and the second's high half. A bit that all three
 * tables have is an error of that pair; where a third or fourth byte must stand, exactly the bit
 * "two continuations" is expected.
 */
#include "doc/scan.h"

#if SCAN_X86

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2")))

TARGET static inline unsigned stops_32(const char *p, __m256i quote) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1F)), v);
    __m256i hit =
        _mm256_or_si256(_mm256_cmpeq_epi8(v, quote), _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
    return (unsigned)_mm256_movemask_epi8(_mm256_or_si256(hit, low));
}

TARGET static inline uint64_t stops_of(const char *p, char quote) {
    __m256i q = _mm256_set1_epi8(quote);
    return stops_32(p, q) | (uint64_t)stops_32(p + 32, q) << 32;
}

#include "doc/scan_blocks.h"

enum utf8_error {
    TOO_SHORT = 1,   /* a lead byte or ASCII where a continuation must stand */
    TOO_LONG = 2,    /* ASCII, then a continuation */
    OVERLONG_3 = 4,  /* E0 80-9F */
    TOO_LARGE = 8,   /* F4 90-BF, F5-FF 90-BF */
    SURROGATE = 16,  /* ED A0-BF */
    OVERLONG_2 = 32, /* C0, C1 */
    LARGE_80 = 64,   /* F5-FF 80-8F; with F0 the same bit is OVERLONG_4: F0 80-8F */
    TWO_MORE = 128,  /* two continuations: right behind E0-FF only */
    ANY_LOW = TOO_SHORT | TOO_LONG | TWO_MORE,
    LARGE = ANY_LOW | TOO_LARGE | LARGE_80,
};

#define TABLE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

struct checker {
    __m256i before;     /* the 32 bytes before */
    __m256i unfinished; /* not zero: they end inside a character */
    __m256i error;
};

/* The bytes of v moved up by n, filled with the last ones before it. */
#define SHIFTED(v, before, n)                                                                      \
    _mm256_alignr_epi8(v, _mm256_permute2x128_si256(before, v, 0x21), 16 - (n))

TARGET static inline void check_pairs(struct checker *c, __m256i v) {
    const __m256i first_high = TABLE(
        TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
        (char)TWO_MORE, (char)TWO_MORE, (char)TWO_MORE, (char)TWO_MORE, TOO_SHORT | OVERLONG_2,
        TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | LARGE_80);
    const __m256i first_low =
        TABLE((char)(ANY_LOW | OVERLONG_3 | OVERLONG_2 | LARGE_80), (char)(ANY_LOW | OVERLONG_2),
              (char)ANY_LOW, (char)ANY_LOW, (char)(ANY_LOW | TOO_LARGE), (char)LARGE, (char)LARGE,
              (char)LARGE, (char)LARGE, (char)LARGE, (char)LARGE, (char)LARGE, (char)LARGE,
              (char)(LARGE | SURROGATE), (char)LARGE, (char)LARGE);
    enum {
        MORE = TOO_LONG | OVERLONG_2 | TWO_MORE,
        MORE_8 = MORE | OVERLONG_3 | LARGE_80,
        MORE_9 = MORE | OVERLONG_3 | TOO_LARGE,
        MORE_AB = MORE | SURROGATE | TOO_LARGE,
    };
    const __m256i second_high =
        TABLE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
              TOO_SHORT, (char)MORE_8, (char)MORE_9, (char)MORE_AB, (char)MORE_AB, TOO_SHORT,
              TOO_SHORT, TOO_SHORT, TOO_SHORT);
    const __m256i half = _mm256_set1_epi8(0x0F);
    __m256i one = SHIFTED(v, c->before, 1);
    __m256i pair = _mm256_and_si256(
        _mm256_and_si256(
            _mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(one, 4), half)),
            _mm256_shuffle_epi8(first_low, _mm256_and_si256(one, half))),
        _mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(v, 4), half)));
    /* Bit 7 where E0-FF stood two before or F0-FF three before. */
    __m256i two = _mm256_subs_epu8(SHIFTED(v, c->before, 2), _mm256_set1_epi8(0xE0 - 0x80));
    __m256i three = _mm256_subs_epu8(SHIFTED(v, c->before, 3), _mm256_set1_epi8(0xF0 - 0x80));
    __m256i must = _mm256_and_si256(_mm256_or_si256(two, three), _mm256_set1_epi8((char)0x80));
    c->error = _mm256_or_si256(c->error, _mm256_xor_si256(must, pair));
    c->before = v;
}

TARGET static inline void check_64(struct checker *c, const char *p) {
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    if (_mm256_movemask_epi8(_mm256_or_si256(a, b)) == 0) {
        c->error = _mm256_or_si256(c->error, c->unfinished);
        c->unfinished = _mm256_setzero_si256();
        c->before = b;
        return;
    }
    const char last = (char)0xFF; /* a byte above these in the last three places wants more */
    const __m256i most =
        _mm256_setr_epi8(last, last, last, last, last, last, last, last, last, last, last, last,
                         last, last, last, last, last, last, last, last, last, last, last, last,
                         last, last, last, last, last, (char)0xEF, (char)0xDF, (char)0xBF);
    check_pairs(c, a);
    check_pairs(c, b);
    c->unfinished = _mm256_subs_epu8(b, most);
}

TARGET static size_t utf8(str s) {
    const __m256i zero = _mm256_setzero_si256();
    struct checker c = { zero, zero, zero };
    size_t i = 0;
    for (; s.n - i >= 64; i += 64) check_64(&c, s.p + i);
    if (i < s.n) {
        char block[64] = { 0 };
        memcpy(block, s.p + i, s.n - i);
        check_64(&c, block);
    }
    c.error = _mm256_or_si256(c.error, c.unfinished);
    if (_mm256_testz_si256(c.error, c.error)) return s.n;
    return scan_plain.utf8(s);
}

const struct scan scan_avx2 = { "AVX2", utf8, string, stop };

#endif
