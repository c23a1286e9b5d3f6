/* Sessions: conversations that last. A session is a row of the store, its messages are rows beside
 * it: message objects as JSON text, just as they go back to a model.
 */
#ifndef CHELA_AGENT_SESSION_H
#define CHELA_AGENT_SESSION_H

#include "base/arena.h"
#include "store/store.h"

struct session_message {
    str model; /* wire id of the model whose turn it belongs to */
    str body;  /* {"role":…,"content":…} */
};

enum { SESSION_MAX_MESSAGES = 20000 };

/* All messages, oldest first; none when there is no such session. Text lives in a. */
enum chela_error session_load(struct store *s, str id, struct arena *a,
                              struct session_message **out, size_t *count, struct err *e);
/* Appends the messages of one turn, all or none; makes the session if it is new. */
enum chela_error session_append(struct store *s, str id, const struct session_message *messages,
                                size_t count, struct err *e);
/* Every session with its messages; *count of them. */
enum chela_error session_remove_all(struct store *s, int64_t *count, struct err *e);
/* 1 to 128 letters, digits and ._:@+- : what can be typed and put in a file name. */
enum chela_error session_check_id(str id, struct err *e);

#endif
