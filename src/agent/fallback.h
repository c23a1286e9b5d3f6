/* Who is asked: the chosen model, and those that the configuration names for when it fails. */
#ifndef CHELA_AGENT_FALLBACK_H
#define CHELA_AGENT_FALLBACK_H

#include "chat/chat.h"

struct candidates {
    struct model_ref *item; /* the chosen model first */
    size_t count;
};

/* model "": the configured one. A model that was named and is not the configured one has no
 * fallbacks: whoever names a model means it. Lives in a. */
enum chela_error candidates_find(struct candidates *out, struct config *c, const struct catalog *k,
                                 str model, str agent, struct arena *a, struct err *e);

/* Would another model perhaps answer where this one failed? Yes for what is the model's, its
 * provider's or the account's; no for what is ours (memory, a bad request of chela's), the user's
 * (a cancel) or the way to the service, which all of them share. sent: the service may have had the
 * request. */
bool fallback_helps(const struct err *why, bool sent);
/* The key was refused, or there is none: only a candidate with another profile may do better. */
bool fallback_needs_other_key(const struct err *why);

#endif
