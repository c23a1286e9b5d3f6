/* What strict clients miss in the answers of OpenAI-compatible services.
 *
 * @openrouter/sdk and the AI SDK check every answer against a schema, and many services leave out
 * what is the same everywhere: an index, a role, an empty fingerprint. What is missing is added,
 * what is there stays as it came. In the events of a stream the same schema wants absent what
 * others (OpenAI's own service) send as null.
 */
#ifndef CHELA_GATEWAY_COMPLETE_H
#define CHELA_GATEWAY_COMPLETE_H

#include "doc/doc.h"

/* d: a complete answer with choices, not an event of a stream. id, model: in case it says none.
 * chat: its choices hold messages. */
void complete_answer(struct doc *d, str id, str model, bool chat);
/* Puts blanks over members that are null and may not be: usage, error, system_fingerprint, role.
 * bytes: whole events. */
void complete_events(char *bytes, size_t n);

#endif
