/* One turn of a conversation: history out of the store, question and answer back into it. */
#ifndef CHELA_AGENT_TURN_H
#define CHELA_AGENT_TURN_H

#include "agent/session.h"
#include "chat/chat.h"

/* Fills in->system, history and history_count for a turn of session `id`. Reasoning that another
 * model than `model` (wire id) gave is left out (wire ruling 11). Text lives in a. */
enum chela_error turn_prepare(struct chat_input *in, struct store *s, str id, str model,
                              struct arena *a, struct err *e);
/* Stores the question and the answer together. */
enum chela_error turn_keep(struct store *s, str id, str model, const struct chat_input *in,
                           const struct chat_reply *reply, struct err *e);

#endif
