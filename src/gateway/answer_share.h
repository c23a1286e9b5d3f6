/* One answer for several calls: identical requests in flight (flights.h), on their calls' side.
 *
 * Opt-in: gateway.cache.coalesce, for requests that would take a stored answer as well, or
 * X-Chela-Coalesce: true, for any. OpenRouter has no such thing: there each of them is billed. A
 * call that follows is a hit: a new id, a usage of 0, and X-Chela-Coalesced: true.
 */
#ifndef CHELA_GATEWAY_ANSWER_SHARE_H
#define CHELA_GATEWAY_ANSWER_SHARE_H

#include "gateway/answer_store.h"
#include "gateway/call.h"

bool answer_share_wanted(const struct call *c, bool cache_on);
/* True: the call follows another one, and is answered by and by. Otherwise it leads, if there was
 * memory for it. */
bool answer_share_join(struct call *c, const struct answer_key *key);
/* Others read what this call gives: it must not wait for its own client. */
bool answer_share_leads(const struct call *c);
void answer_share_ended(struct call *c, enum call_end how);
/* flights_open's, with a struct gateway: looks at this loop's calls that share. */
void answer_share_wake(void *gateway);

/* ---- for answers that are given again ---- */
/* "gen-1755000000-0123456789abcdef", as OpenRouter's look; and what goes with it into the text. */
str answer_new_id(struct call *c, struct answer_label *label);

#endif
