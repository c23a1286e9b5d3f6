/* A reply cut into pieces in two random ways is shown and spoken as one in one piece, and what is
 * shown has no directive in it. Input: four bytes that seed the cuts, the reply. */
#include "media/directives.h"

#include <stdlib.h>
#include <string.h>

static const struct speech_config all = {
    .may_text = true, .may_voice = true, .may_model = true, .may_provider = true
};

struct outcome {
    struct buf shown;
    struct directives d;
};

static void check(bool good) {
    if (!good) abort();
}

static void add(void *ctx, str text) {
    check(text.n > 0);
    buf_add(ctx, text);
}

/* seed 0: in one piece */
static void run(struct outcome *o, str reply, uint32_t seed) {
    bool cut = seed != 0;
    buf_init(&o->shown, 64u << 20);
    directives_init(&o->d, &all, &o->shown, add);
    while (reply.n) {
        seed = seed * 1664525u + 1013904223u;
        size_t most = reply.n < 24 ? reply.n : 24;
        size_t n = cut ? 1 + (seed >> 16) % most : reply.n;
        /* A copy of its own, so that reading past a piece is seen. */
        char *piece = malloc(n);
        check(piece != NULL);
        memcpy(piece, reply.p, n);
        directives_feed(&o->d, (str){ piece, n });
        free(piece);
        check(!cut || o->d.held.n < 16384);
        reply = str_skip(reply, n);
    }
    directives_end(&o->d);
}

static bool same(const struct buf *a, const struct buf *b) {
    return str_eq(buf_str(a), buf_str(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct outcome whole, cut;
    uint32_t seed;
    if (size < 4 || size > 1u << 19) return 0;
    memcpy(&seed, data, 4);
    str reply = { (const char *)data + 4, size - 4 };
    run(&whole, reply, 0);
    check(!whole.d.failed && whole.shown.n <= reply.n);
    for (int way = 0; way < 2; way++) {
        run(&cut, reply, (seed | 1u) + (uint32_t)way * 7919u);
        check(same(&cut.shown, &whole.shown) && same(&cut.d.hidden, &whole.d.hidden));
        check(same(&cut.d.span, &whole.d.span) && cut.d.tagged == whole.d.tagged);
        check(cut.d.has_span == whole.d.has_span && strcmp(cut.d.voice, whole.d.voice) == 0);
        directives_free(&cut.d);
        buf_free(&cut.shown);
    }
    directives_free(&whole.d);
    buf_free(&whole.shown);
    return 0;
}
