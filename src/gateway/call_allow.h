/* What a key with a list of models may ask for.
 *
 * The list names a model as the client called it, as the upstream calls it, or as upstream/model.
 * openrouter.ai can be told to ask others than the body's model: by a preset, or by tools and
 * plugins that ask models of their own. Those are names of their own, which the list has to have
 * ("@preset/mine", "openrouter:fusion"), so that "anthropic/" and a star does not open them. What
 * a router like openrouter/auto chooses is not looked at: who lists it allows its choice.
 */
#ifndef CHELA_GATEWAY_CALL_ALLOW_H
#define CHELA_GATEWAY_CALL_ALLOW_H

#include "gateway/call.h"
#include "ledger/client_key.h"

/* Whether k may ask p for what the body says. *why: what it may not ask for. */
bool call_allows(const struct call *c, const struct client_key *k, const struct endpoint *p,
                 str *why);

#endif
