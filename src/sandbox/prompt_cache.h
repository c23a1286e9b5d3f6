/* The sandbox's prompt cache: which part of a request it has seen before, so that usage says
 * cached_tokens as a provider's would. Nothing is answered from it.
 *
 * It remembers prefixes, as hashes: of a request's tools, system messages and other messages, in
 * that order, each end of which is one (agent/cache_segment.h). The longest that is known, of 1,024
 * tokens or more, counts as read. Without cache_control markers every prefix is kept, as by the
 * providers that cache of themselves; with them only those that end at a marked part, and those
 * count as written. No clock is in it: what was asked before, and nothing else, decides.
 */
#ifndef CHELA_SANDBOX_PROMPT_CACHE_H
#define CHELA_SANDBOX_PROMPT_CACHE_H

#include "sandbox/agent.h"

enum { PROMPT_CACHE_SETS = 2048, PROMPT_CACHE_WAYS = 4, PROMPT_CACHE_TOKENS = 1024 };

struct prompt_cache { /* all zero: empty. 128 KB, whatever was asked */
    struct {
        uint64_t hash; /* 0: free */
        uint64_t used; /* at which request; the oldest of a set makes room */
    } kept[PROMPT_CACHE_SETS][PROMPT_CACHE_WAYS];
    uint64_t requests;
};

struct prompt_cache_use {
    int64_t read, written; /* tokens */
};

/* What the request reads, and remembers it. prompt_tokens is its answer's. */
struct prompt_cache_use prompt_cache_ask(struct prompt_cache *c, const struct agent_request *r,
                                         int64_t prompt_tokens);

#endif
