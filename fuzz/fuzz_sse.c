/* Bytes cut in two random ways give the same events, the same count of comments and the same end as
 * bytes in one piece. Input: a byte that chooses the limit, four that seed the cuts, the stream. */
#include "net/sse.h"

#include <stdlib.h>
#include <string.h>

struct outcome {
    struct buf events;
    unsigned long comments;
    enum chela_error rc;
};

static void check(bool good) {
    if (!good) abort();
}

static enum chela_error collect(void *ctx, const struct sse_event *event, struct err *e) {
    (void)e;
    struct buf *out = ctx;
    check(str_chr(event->name, '\n') < 0 && str_chr(event->name, '\r') < 0);
    check(str_chr(event->data, '\r') < 0);
    uint64_t lengths[2] = { event->name.n, event->data.n };
    buf_add(out, (str){ (const char *)lengths, sizeof lengths });
    buf_add(out, event->name);
    buf_add(out, event->data);
    return CHELA_OK;
}

/* seed 0: in one piece */
static struct outcome run(str stream, size_t limit, uint32_t seed) {
    struct outcome o = { .events = BUF_INIT(64u << 20) };
    struct sse s;
    sse_init(&s, limit, &o.events, collect);
    bool cut = seed != 0;
    while (stream.n && o.rc == CHELA_OK) {
        seed = seed * 1664525u + 1013904223u;
        size_t most = stream.n < 24 ? stream.n : 24;
        size_t n = cut ? 1 + (seed >> 16) % most : stream.n;
        /* A copy of its own, so that reading past a piece is seen. */
        char *piece = malloc(n);
        check(piece != NULL);
        memcpy(piece, stream.p, n);
        o.rc = sse_feed(&s, (str){ piece, n }, NULL);
        free(piece);
        stream = str_skip(stream, n);
    }
    if (o.rc == CHELA_OK) o.rc = sse_end(&s, NULL);
    o.comments = s.comments;
    check(s.line.n <= limit && s.data.n <= limit);
    sse_free(&s);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 5) return 0;
    size_t limit = data[0] < 128 ? 1u << 20 : (size_t)data[0] - 120;
    uint32_t seed;
    memcpy(&seed, data + 1, 4);
    str stream = { (const char *)data + 5, size - 5 };
    struct outcome whole = run(stream, limit, 0);
    for (int way = 0; way < 2; way++) {
        struct outcome cut = run(stream, limit, (seed | 1u) + (uint32_t)way * 7919u);
        check(cut.rc == whole.rc && str_eq(buf_str(&cut.events), buf_str(&whole.events)));
        check(cut.rc != CHELA_OK || cut.comments == whole.comments);
        check(cut.rc == CHELA_OK || cut.rc == CHELA_LIMIT);
        buf_free(&cut.events);
    }
    buf_free(&whole.events);
    return 0;
}
