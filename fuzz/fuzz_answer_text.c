/* An answer as the response cache keeps it: whatever the pieces it came in and is read in, the same
 * is given again, as long as was said; and to keep what was given again changes nothing. Byte 0
 * chooses the pieces, and whether it is a stream. */
#include "gateway/answer_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct answer_label label = { STR_INIT("\"gen-1\""), STR_INIT("7") };

static void must(bool what) {
    if (!what) abort();
}

/* False: it is not kept. */
static bool again(str bytes, bool stream, size_t step, struct buf *out) {
    struct answer_text t;
    struct answer_place place = { 0 };
    answer_text_init(&t, stream, 1 << 20);
    while (bytes.n) {
        size_t n = step < bytes.n ? step : bytes.n;
        char *copy = malloc(n); /* of its size, so that nothing is read beyond it */
        must(copy != NULL);
        memcpy(copy, bytes.p, n);
        answer_text_take(&t, (str){ copy, n });
        free(copy);
        bytes = str_skip(bytes, n);
    }
    bool kept = answer_text_done(&t);
    while (kept && answer_text_more(&t, &place)) answer_text_read(&t, &place, &label, step, out);
    if (kept) must(out->n == answer_text_length(&t, &label));
    answer_text_free(&t);
    return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 1 << 14) return 0;
    str bytes = { (const char *)data + 1, size - 1 };
    bool stream = data[0] & 1;
    struct buf whole = BUF_INIT(1 << 20), parts = BUF_INIT(1 << 20), twice = BUF_INIT(1 << 20);
    bool kept = again(bytes, stream, bytes.n, &whole);
    must(again(bytes, stream, data[0] / 2 + 1u, &parts) == kept);
    must(str_eq(buf_str(&whole), buf_str(&parts)));
    if (kept && again(buf_str(&whole), stream, 64, &twice))
        must(str_eq(buf_str(&whole), buf_str(&twice)));
    buf_free(&whole);
    buf_free(&parts);
    buf_free(&twice);
    return 0;
}
