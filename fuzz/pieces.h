/* A text in pieces of random length, each a copy of its own, so that reading past one is seen. */
#ifndef CHELA_FUZZ_PIECES_H
#define CHELA_FUZZ_PIECES_H

#include "base/err.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static void check(bool good) {
    if (!good) abort();
}

/* most: the length that a piece may have. */
static enum chela_error feed_pieces(str text, uint32_t seed, size_t most, void *ctx,
                                    enum chela_error (*feed)(void *ctx, str piece)) {
    enum chela_error rc = CHELA_OK;
    while (text.n && rc == CHELA_OK) {
        seed = seed * 1664525u + 1013904223u;
        size_t n = 1 + (seed >> 16) % (text.n < most ? text.n : most);
        char *piece = malloc(n);
        check(piece != NULL);
        memcpy(piece, text.p, n);
        rc = feed(ctx, (str){ piece, n });
        free(piece);
        text = str_skip(text, n);
    }
    return rc;
}

#endif
