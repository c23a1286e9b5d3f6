/* Models that are left alone for a while, because asking them failed a moment ago.
 *
 * Kept by model and key: another key of the same model may have credit, another model of the same
 * key may have room. A key is known by its masked form (base/secret.h); the secret itself is never
 * stored. While another candidate is left a model that cools down is not asked (agent/fallback.h);
 * nothing else is held back. The table of times is in docs/internals/agent.md.
 */
#ifndef CHELA_AGENT_COOLDOWN_H
#define CHELA_AGENT_COOLDOWN_H

#include "base/arena.h"
#include "store/store.h"

struct cooldown {
    str model, key;             /* wire id; masked key */
    int64_t since_ms, until_ms; /* wall clock */
    int64_t failures;           /* in a row */
    str code, message;          /* of the last one: "rate_limited", … */
};

/* A failure of the model. Those that say nothing of its health (a refused prompt, a
 * refused key, a cancel; the user's own time limit is the caller's to tell) note nothing. *left_ms:
 * how long it is left alone now, 0: not at all. */
enum chela_error cooldown_note(struct store *s, str model, str key, const struct err *why,
                               int64_t *left_ms, struct err *e);
/* An answer: the model is well. */
enum chela_error cooldown_reset(struct store *s, str model, str key, struct err *e);
/* Milliseconds that are left, 0: none. *out (may be NULL) is filled when there are; its text lives
 * in a. */
enum chela_error cooldown_left(struct store *s, str model, str key, int64_t *left_ms,
                               struct cooldown *out, struct arena *a, struct err *e);

/* Those that last, the one that ends first first. Text lives in a. */
enum chela_error cooldown_list(struct store *s, struct arena *a, struct cooldown **out,
                               size_t *count, struct err *e);
/* model "": all of them. *cleared: how many there were. */
enum chela_error cooldown_clear(struct store *s, str model, size_t *cleared, struct err *e);

#endif
