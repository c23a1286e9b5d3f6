/* Which endpoint a conversation was answered by, so that it stays there: the prompt cache that the
 * model's provider keeps is worth more than any order of endpoints. Shared by all workers.
 *
 * Bounded: sets of four, in which the one unused the longest makes room. A conversation that was
 * silent for ten minutes is forgotten, as at OpenRouter.
 */
#ifndef CHELA_GATEWAY_STICKY_H
#define CHELA_GATEWAY_STICKY_H

#include "base/str.h"

enum { STICKY_MS = 10 * 60 * 1000 };

struct sticky;

struct sticky *sticky_new(void); /* NULL: out of memory */
void sticky_free(struct sticky *s);

/* Names of conversations are hashes: begin with 0, add what makes them. Never 0. */
uint64_t sticky_mix(uint64_t hash, str text);
/* Whatever was noted; NULL: nothing, or too long ago. now: clock_ms. */
const void *sticky_find(struct sticky *s, uint64_t conversation, int64_t now);
void sticky_note(struct sticky *s, uint64_t conversation, const void *endpoint, int64_t now);

#endif
