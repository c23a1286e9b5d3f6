/* Everything of one request in one place, freed at once. Bounded: it is given its maximum.
 *
 * Allocation returns NULL when the maximum is reached or memory is out, and the arena remembers it
 * (arena_failed), so a builder may check once at the end. Memory is zeroed.
 */
#ifndef CHELA_BASE_ARENA_H
#define CHELA_BASE_ARENA_H

#include "base/str.h"

struct arena_block;
struct arena {
    struct arena_block *last;
    size_t used, max;
    bool failed;
};

#define ARENA_INIT(maximum)                                                                        \
    { .max = (maximum) }

void arena_init(struct arena *a, size_t max);
void arena_free(struct arena *a); /* *a can be used again */
void *arena_alloc(struct arena *a, size_t n);
/* A list of items of `size` bytes with room for one more than `count`: the list itself, or a longer
 * copy of it. NULL on failure. */
void *arena_list(struct arena *a, void *list, size_t count, size_t *cap, size_t size);
str arena_dup(struct arena *a, str s);          /* the copy is NUL-terminated */
const char *arena_cstr(struct arena *a, str s); /* NULL on failure */
str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool arena_failed(const struct arena *a);

#endif
