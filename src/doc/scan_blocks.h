/* The string loops of a vector version. Included by scan_sse2.c and scan_avx2.c behind
 *
 *     TARGET             the function attribute of the instruction set
 *     stops_of(p, q)     64 bits: which of the 64 bytes at p are q, a backslash or below U+0020
 *
 * A block's mask is used up bit by bit, so that an escape costs a few instructions and not another
 * look at the block: prompts have a line break every fifty bytes.
 */

/* The mask of the fewer than 64 bytes before `end`, read through a copy. */
TARGET static uint64_t stops_at_end(const char *p, const char *end, char quote) {
    char block[64];
    size_t n = (size_t)(end - p);
    memset(block, ' ', sizeof block);
    memcpy(block, p, n);
    return stops_of(block, quote) & (((uint64_t)1 << n) - 1);
}

static inline bool good_escape(const char *p, const char *end) {
    /* \n and \" are nearly all of them. */
    return (end - p >= 2 && (p[1] == 'n' || p[1] == '"')) || scan_escape(p, end) != 0;
}

TARGET static struct scan_end string(const char *p, const char *end) {
    bool escaped = false;
    while (p < end) {
        bool whole = end - p >= 64;
        uint64_t mask = whole ? stops_of(p, '"') : stops_at_end(p, end, '"');
        size_t step = whole ? 64 : (size_t)(end - p);
        while (mask) {
            unsigned i = (unsigned)__builtin_ctzll(mask);
            const char *at = p + i;
            if (*at != '\\' || !good_escape(at, end)) return (struct scan_end){ at, escaped };
            escaped = true;
            if (i == 63) { /* the escaped character opens the next block */
                step = 65;
                break;
            }
            mask &= ~((uint64_t)3 << i);
        }
        p += step;
    }
    return (struct scan_end){ end, escaped };
}

TARGET static const char *stop(const char *p, const char *end, char quote) {
    for (; end - p >= 64; p += 64) {
        uint64_t mask = stops_of(p, quote);
        if (mask) return p + __builtin_ctzll(mask);
    }
    uint64_t mask = stops_at_end(p, end, quote);
    return mask ? p + __builtin_ctzll(mask) : end;
}
