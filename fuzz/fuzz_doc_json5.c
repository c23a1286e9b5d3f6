/* JSON5, with comments and layout. Input: a text, then 0xFF and bytes that choose the edits. */
#include "doc_rounds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *edits = size ? memchr(data, 0xFF, size) : NULL;
    size_t n = edits ? (size_t)(edits - data) : size;
    size_t count = edits ? size - n - 1 : 0;
    char *text = malloc(n ? n : 1);
    CHECK(text);
    if (n) memcpy(text, data, n);
    doc_rounds((str){ text, n }, DOC_JSON5, edits ? edits + 1 : NULL, count < 150 ? count : 150);
    free(text);
    return 0;
}
