/* What a call may cost, and what it did: the client's side of a call.
 *
 * Before anybody is asked its dearest course is estimated and reserved: a quarter of the body's
 * bytes as prompt tokens (pictures and sounds in it count ESTIMATE_MEDIA each), as many completion
 * tokens as it asks for, at the price of the dearest endpoint of its plan. Where no price is known
 * ESTIMATE_LEAST is reserved, so that it does not go on without a budget.
 *
 * At its end counts what the upstream billed (usage.cost), else tokens times the price of the
 * endpoint that answered, else what was seen of an answer that broke off; the last two are marked
 * as estimates. An error costs nothing. Nor does what comes from the response cache.
 */
#ifndef CHELA_GATEWAY_CALL_ACCOUNT_H
#define CHELA_GATEWAY_CALL_ACCOUNT_H

#include "gateway/call.h"

enum {
    ESTIMATE_COMPLETION = 4096, /* tokens, when the request does not say how many at most */
    ESTIMATE_MEDIA = 1500,      /* tokens of a picture or a sound in the body */
};
static const double ESTIMATE_LEAST = 0.001; /* USD */

/* Takes endpoints whose model the key may not use out of the plan, and reserves. CHELA_FORBIDDEN,
 * CHELA_PAYMENT. */
enum chela_error call_admit(struct call *c, struct err *e);
/* A piece of an answer that is not held: its usage stands at its end. */
void call_account_piece(struct call *c, str bytes);
/* What a complete answer says about itself. */
void call_account_whole(struct call *c, struct doc *answer);
/* Once, at the end. */
void call_account(struct call *c, enum call_end how, int status, const struct chat_usage *usage);
/* A request of a key that may not come in. Strangers have no rows: they would push out those of
 * clients. */
void call_account_refused(struct gateway *g, struct client *client, str path, str request_id,
                          int status);

#endif
