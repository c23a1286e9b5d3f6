/* The price behind a large picture: whatever the pieces, the same is kept, and of a document that
 * is JSON it is what doc reads there. Byte 0 chooses the pieces. */
#include "doc/doc.h"
#include "gateway/usage_scan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what) {
    if (!what) abort();
}

static void feed(struct usage_scan *s, str bytes, size_t step, struct buf *usage) {
    for (; bytes.n; bytes = str_skip(bytes, step)) {
        str piece = str_head(bytes, step);
        char *copy = malloc(piece.n); /* of its size, so that nothing is read beyond it */
        must(copy != NULL);
        memcpy(copy, piece.p, piece.n);
        usage_scan(s, (str){ copy, piece.n }, usage);
        free(copy);
    }
}

static void compare(struct doc *d, str bytes, const struct usage_scan *s, str kept) {
    doc_node root = doc_root(d), usage = doc_get(d, root, S("usage"));
    bool found = kept.n == 0;
    for (doc_node n = doc_first(d, root); n; n = doc_next(d, n))
        found = found || (doc_type(d, root) == DOC_OBJECT && str_eq(doc_raw(d, n), kept));
    must(found);
    must(s->whole == (doc_type(d, root) == DOC_OBJECT || doc_type(d, root) == DOC_ARRAY));
    if (doc_type(d, usage) == DOC_OBJECT && doc_raw(d, usage).n < USAGE_SCAN_MOST &&
        str_chr(bytes, '\\') < 0)
        must(str_eq(doc_raw(d, usage), kept));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 1 << 16) return 0;
    str bytes = { (const char *)data + 1, size - 1 };
    struct usage_scan whole = { 0 }, parts = { 0 };
    struct buf usage = BUF_INIT(USAGE_SCAN_MOST), usage_parts = BUF_INIT(USAGE_SCAN_MOST);
    struct doc *d = NULL;
    feed(&whole, bytes, bytes.n, &usage);
    feed(&parts, bytes, data[0] + 1u, &usage_parts);
    must(whole.whole == parts.whole);
    must(str_eq(buf_str(&usage), buf_str(&usage_parts)));
    if (doc_parse(&d, bytes, DOC_JSON, NULL, NULL) == CHELA_OK)
        compare(d, bytes, &whole, buf_str(&usage));
    doc_free(d);
    buf_free(&usage);
    buf_free(&usage_parts);
    return 0;
}
