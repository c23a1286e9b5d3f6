/* The prompt-cache doctor: what of a request the one before it in the session had already said.
 *
 * A provider's prompt cache answers for a request's beginning as long as it is the beginning that
 * it has seen. So each request of a session is compared with the last one, in the order in which
 * providers build their prompt (tools, system messages, the other messages one by one), and the
 * first difference is kept with its cause: another model, a tool, the system prompt, one of the
 * rules of shape/, an edited history. Beside it stands what the service said of its cache.
 */
#ifndef CHELA_AGENT_CACHE_DOCTOR_H
#define CHELA_AGENT_CACHE_DOCTOR_H

#include "chat/chat.h"
#include "store/store.h"

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

#endif
