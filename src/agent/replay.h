/* The history of a session as one model gets it. */
#ifndef CHELA_AGENT_REPLAY_H
#define CHELA_AGENT_REPLAY_H

#include "agent/session.h"

/* Messages that will be sent to `model` (wire id), in order, into *out (in a): without withdrawn
 * turns, without the reasoning of other models (wire ruling 11), and with a result for every call
 * that has none. The same history and model give the same bytes, always. CHELA_NOMEM. */
enum chela_error replay_history(const struct session_message *messages, size_t count, str model,
                                struct arena *a, str **out, size_t *out_count, struct err *e);

/* The calls that no message answers yet, of the last assistant's message: what is left to do of a
 * round that was interrupted. Lives in a. */
struct replay_call {
    str id, name, arguments;
};
enum chela_error replay_unanswered(const struct session_message *messages, size_t count,
                                   struct arena *a, struct replay_call **out, size_t *out_count,
                                   struct err *e);

#endif
