/* The prompt-cache doctor: what of a request the one before it in the session had already said.
 *
 * A provider's prompt cache answers for a request's beginning as long as it is the beginning that
 * it has seen. So each request of a session is compared with the last one (cache_compare.h), and
 * the first difference is kept with its cause: another model, a tool, the system prompt, one of the
 * rules of shape/, an edited history. Beside it stands what the service said of its cache. Reading
 * it back, what the misses cost is estimated from the catalogue's prices.
 */
#ifndef CHELA_AGENT_CACHE_DOCTOR_H
#define CHELA_AGENT_CACHE_DOCTOR_H

#include "agent/cache_compare.h"
#include "chat/chat.h"
#include "store/store.h"

/* ---- noting ---- */
struct cache_note { /* one answered request */
    str session;
    int64_t turn, round;            /* from 1; rounds of a turn are its requests */
    int64_t at_ms;                  /* wall clock */
    str model;                      /* wire id that was asked for */
    str body;                       /* as it was sent */
    const struct record *record;    /* what the rules did to it; NULL: unknown */
    const struct chat_reply *reply; /* its usage, model and provider are kept; NULL: unknown */
};

/* Compares with the session's last request, adds the row of this one, and makes this one the last.
 * Writes inside the caller's transaction; the session must exist. Linear in the two bodies; a body
 * that cannot be compared (no JSON object) is noted without a comparison, never an error. */
enum chela_error cache_note(struct store *s, const struct cache_note *n, struct err *e);

/* ---- reading ---- */
struct cache_round { /* one request, as noted */
    int64_t turn, round, at_ms;
    str model, answered, provider; /* "" unknown */
    int64_t before_bytes;          /* of the request before it; 0: there was none */
    struct cache_diff diff;
    int64_t prompt, cached, written; /* tokens, as the service said; -1: not said */
    /* cache_judge: */
    int64_t missed; /* tokens of the prefix that were not read from the cache; -1: unknown */
    double cost;    /* USD, an estimate of what that cost; <0: unknown */
    bool expired;   /* missed, nothing changed, and caches live no longer */
    bool too_short; /* the prefix is shorter than what providers cache */
};

/* All of a session, oldest first; none when nothing was noted. Strings live in a. */
enum chela_error cache_history(struct store *s, str session, struct arena *a,
                               struct cache_round **out, size_t *count, struct err *e);

struct cache_summary {
    int64_t prompt, cached, written, missed; /* tokens, of the rounds that said so */
    size_t unknown;                          /* rounds after the first whose misses are not known */
    double cost;                             /* USD, of the misses whose price is known */
    bool priced;                             /* that is all of them */
    str advice;                              /* one line, in the arena */
};

/* Fills what the rounds missed and cost, and sums up. The price is that of the catalogue's row of
 * the model that answered, else of the one that was asked for. */
void cache_judge(struct cache_summary *out, struct cache_round *rounds, size_t count,
                 const struct catalog *k, struct arena *a);

#endif
