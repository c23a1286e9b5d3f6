/* Strict JSON. Input: a text, then 0xFF (which no JSON has) and bytes that choose the edits. */
#include "doc_rounds.h"

#include "doc/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The versions of the scanner agree, from every byte of the text on. */
static void check_scanners(str text) {
#if SCAN_X86
    const struct scan *others[] = { &scan_sse2, &scan_avx2 };
    for (size_t v = 0; v < 2; v++) {
        if (others[v] == &scan_avx2 && !__builtin_cpu_supports("avx2")) continue;
        for (size_t i = 0; i <= text.n && i < 70; i++) {
            str s = str_skip(text, i);
            CHECK(others[v]->utf8(s) == scan_plain.utf8(s));
            if (!s.n) continue;
            const char *end = s.p + s.n;
            CHECK(others[v]->stop(s.p, end, '\'') == scan_plain.stop(s.p, end, '\''));
            struct scan_end a = others[v]->string(s.p, end), b = scan_plain.string(s.p, end);
            struct scan_end c = scan_string(others[v], s.p, end);
            CHECK(a.at == b.at && a.escaped == b.escaped);
            CHECK(c.at == b.at && c.escaped == b.escaped);
        }
    }
#else
    (void)text;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *edits = size ? memchr(data, 0xFF, size) : NULL;
    size_t n = edits ? (size_t)(edits - data) : size;
    check_scanners((str){ (const char *)data, size });
    char *text = malloc(n ? n : 1); /* a copy, so that reading past its end is seen */
    CHECK(text);
    if (n) memcpy(text, data, n);
    size_t count = edits ? size - n - 1 : 0;
    str s = { text, n };
    bool good = doc_rounds(s, DOC_JSON, edits ? edits + 1 : NULL, count < 150 ? count : 150);
    struct doc *d = NULL; /* JSON is JSON5 */
    if (good) CHECK(doc_parse(&d, s, DOC_JSON5, NULL, NULL) == CHELA_OK);
    doc_free(d);
    free(text);
    return 0;
}
