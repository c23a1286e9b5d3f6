/* The response cache on a call's way: OpenRouter's, answered here.
 *
 * X-OpenRouter-Cache: true asks for it, -TTL says for how many seconds (300; 1 to 86400), -Clear
 * forgets what is stored and asks again. The key is what OpenRouter documents: who asks, the route,
 * whether it is a stream, and the body, of which blanks do not count and the order of properties
 * does. Only a complete success is stored, as the client got it on its route.
 *
 * The request headers go no further: behind one key for openrouter.ai there are many clients, and
 * the cache over there could not tell them apart. "false" does go on, and so does what the owner's
 * configuration says (params.responseCache), unless the client says something itself.
 */
#ifndef CHELA_GATEWAY_ANSWER_CACHE_H
#define CHELA_GATEWAY_ANSWER_CACHE_H

#include "gateway/call.h"

struct answer_wish {
    bool on, refresh;
    int64_t ttl; /* seconds */
};
/* What a client's headers and the configuration make together. */
struct answer_wish answer_wish_read(const struct cache_settings *s, str cache, str ttl, str clear);

/* Once the body is parsed. True: a stored answer is being given; nothing else is to be done for
 * this call. Otherwise the answer that comes is looked at on its way out, if it was asked for. */
bool answer_cache_answer(struct call *c);
/* The call is over. */
void answer_cache_ended(struct call *c, enum call_end how);

/* GET /cache and POST /cache/clear */
void answer_cache_stats(struct gateway *g, struct exchange *x);
void answer_cache_clear(struct gateway *g, struct exchange *x);

#endif
