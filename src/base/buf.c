#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max) {
    *b = (struct buf)BUF_INIT(max);
}

void buf_free(struct buf *b) {
    free(b->p);
    buf_init(b, b->max);
}

void buf_clear(struct buf *b) {
    b->n = 0;
    if (b->p) b->p[0] = '\0';
}

static char *fail(struct buf *b, enum buf_failure why) {
    buf_free(b);
    b->failed = why;
    return NULL;
}

char *buf_room(struct buf *b, size_t n) {
    if (b->failed) return NULL;
    if (n > b->max || b->n > b->max - n) return fail(b, BUF_TOO_LARGE);
    size_t need = b->n + n + 1;
    if (need > b->cap) {
        size_t cap = b->cap ? b->cap : need > 64 ? need : 64;
        while (cap < need) cap += cap / 2 + 16;
        if (cap > b->max + 1) cap = b->max + 1;
        char *p = realloc(b->p, cap);
        if (!p) return fail(b, BUF_NO_MEMORY);
        b->p = p;
        b->cap = cap;
    }
    return b->p + b->n;
}

bool buf_add(struct buf *b, str s) {
    char *at = buf_room(b, s.n);
    if (!at) return false;
    if (s.n) memcpy(at, s.p, s.n);
    b->n += s.n;
    b->p[b->n] = '\0';
    return true;
}

bool buf_addc(struct buf *b, char c) {
    return buf_add(b, (str){ &c, 1 });
}

bool buf_addf(struct buf *b, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *at = n < 0 ? fail(b, BUF_NO_MEMORY) : buf_room(b, (size_t)n);
    if (at) {
        vsnprintf(at, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
    return at != NULL;
}

void buf_consume(struct buf *b, size_t n) {
    if (n >= b->n) {
        buf_clear(b);
        return;
    }
    memmove(b->p, b->p + n, b->n - n + 1);
    b->n -= n;
}

str buf_str(const struct buf *b) {
    return (str){ b->p, b->n };
}

char *buf_detach(struct buf *b) {
    char *p = b->p;
    b->p = NULL;
    buf_free(b);
    return p;
}
