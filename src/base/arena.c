#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *previous;
    size_t used, cap;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t max) {
    *a = (struct arena)ARENA_INIT(max);
}

void arena_free(struct arena *a) {
    for (struct arena_block *b = a->last; b;) {
        struct arena_block *previous = b->previous;
        free(b);
        b = previous;
    }
    arena_init(a, a->max);
}

static void *fail(struct arena *a) {
    a->failed = true;
    return NULL;
}

void *arena_alloc(struct arena *a, size_t n) {
    const size_t align = alignof(max_align_t);
    if (n > a->max) return fail(a);
    n = (n + align - 1) / align * align;
    if (n > a->max - a->used) return fail(a);
    struct arena_block *b = a->last;
    if (!b || b->cap - b->used < n) {
        size_t cap = b ? b->cap * 2 : 1024;
        if (cap > 1u << 20) cap = 1u << 20;
        if (cap < n) cap = n;
        b = malloc(sizeof *b + cap);
        if (!b) return fail(a);
        *b = (struct arena_block){ .previous = a->last, .cap = cap };
        a->last = b;
    }
    void *p = b->bytes + b->used;
    b->used += n;
    a->used += n;
    return memset(p, 0, n);
}

void *arena_list(struct arena *a, void *list, size_t count, size_t *cap, size_t size) {
    if (count < *cap) return list;
    size_t longer = *cap ? 2 * *cap : 16;
    void *copy = arena_alloc(a, longer * size);
    if (!copy) return NULL;
    if (count) memcpy(copy, list, count * size);
    *cap = longer;
    return copy;
}

str arena_dup(struct arena *a, str s) {
    char *p = arena_alloc(a, s.n + 1);
    if (!p) return (str){ 0 };
    if (s.n) memcpy(p, s.p, s.n);
    return (str){ p, s.n };
}

const char *arena_cstr(struct arena *a, str s) {
    return arena_dup(a, s).p;
}

str arena_printf(struct arena *a, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? fail(a) : arena_alloc(a, (size_t)n + 1);
    if (p) vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p ? (str){ p, (size_t)n } : (str){ 0 };
}

bool arena_failed(const struct arena *a) {
    return a->failed;
}
