/* A stream through the gateway: whatever the pieces, the same of it is given and the same is seen
 * in it; what is given is what came, from its start on, and ends with an event. Byte 0 chooses the
 * pieces. */
#include "gateway/relay.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what) {
    if (!what) abort();
}

static enum relay_verdict feed(struct relay *r, str bytes, size_t step, struct buf *given) {
    enum relay_verdict v = RELAY_GO;
    while (bytes.n && v == RELAY_GO) {
        size_t n = step < bytes.n ? step : bytes.n;
        char *copy = malloc(n); /* of its size, so that nothing is read beyond it */
        must(copy != NULL);
        memcpy(copy, bytes.p, n);
        str out;
        v = relay_take(r, (str){ copy, n }, &out);
        buf_add(given, out);
        relay_given(r);
        free(copy);
        bytes = str_skip(bytes, n);
    }
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 1 << 16) return 0;
    str bytes = { (const char *)data + 1, size - 1 }, out;
    struct relay whole, parts;
    struct buf given = BUF_INIT(1 << 20), given_parts = BUF_INIT(1 << 20);
    relay_init(&whole);
    relay_init(&parts);
    enum relay_verdict v = feed(&whole, bytes, bytes.n, &given);
    enum relay_verdict w = feed(&parts, bytes, data[0] + 1u, &given_parts);
    must(v == w && whole.content == parts.content && whole.finished == parts.finished);
    must(whole.finished_badly == parts.finished_badly);
    must(str_eq(buf_str(&whole.usage), buf_str(&parts.usage)));
    must(str_eq(buf_str(&given), buf_str(&given_parts)));
    must(str_starts(bytes, buf_str(&given)));
    must(given.n == 0 || given.p[given.n - 1] == '\n');
    must(whole.content || given.n == 0);
    if (v == RELAY_GO) must(relay_end(&whole, &out) == relay_end(&parts, &out));
    relay_free(&whole);
    relay_free(&parts);
    buf_free(&given);
    buf_free(&given_parts);
    return 0;
}
