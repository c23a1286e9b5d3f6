/* Messages as they are kept and sent: the JSON objects of a chat-completions body. */
#ifndef CHELA_AGENT_MESSAGE_H
#define CHELA_AGENT_MESSAGE_H

#include "chat/chat.h"

/* Makes the calls of an answer fit to be sent again: every call has an id of its own, a name that
 * services take, and arguments that are a JSON object. What the model wrote instead is in the
 * call's result (tools.h). `fit` has room for reply->call_count. */
struct message_call {
    str id, name, arguments;
    str written_name, written_arguments; /* as the model wrote them */
};
void message_fit_calls(struct message_call *fit, const struct chat_reply *reply, int64_t turn,
                       int64_t round, struct arena *a);

/* The assistant's turn: text (null when there is none), reasoning as it came, calls. */
void message_assistant(struct buf *out, const struct chat_reply *reply,
                       const struct message_call *calls);
void message_tool(struct buf *out, str call_id, str content);

/* What stands for the result of a call that has none. */
extern const char message_no_result[];      /* it was interrupted before it began */
extern const char message_unknown_result[]; /* it was interrupted while it ran */

#endif
