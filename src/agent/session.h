/* Sessions: conversations that last.
 *
 * A session is a row of the store. Its messages are rows beside it, each the JSON object that goes
 * to a model, in the order in which they happened; turns and rounds count them: a turn is a
 * question and all that was done to answer it, a round is one answer of the model with the results
 * of the tools that it asked for. Round 0 is the question. How they are written while a turn runs
 * is agent/turn.h.
 */
#ifndef CHELA_AGENT_SESSION_H
#define CHELA_AGENT_SESSION_H

#include "base/arena.h"
#include "chat/chat.h"
#include "store/store.h"

enum turn_state {
    TURN_DONE,
    TURN_OPEN,      /* running, or interrupted: the next turn may go on with it */
    TURN_CLOSED,    /* interrupted, and the conversation went on without its end */
    TURN_WITHDRAWN, /* its question was refused and nothing was done: it is not sent again */
};

struct session_message {
    str model;                  /* wire id of the model whose round it belongs to */
    str body;                   /* {"role":…,"content":…} */
    int64_t turn, round, at_ms; /* turns from 1 */
    enum turn_state state;      /* of the turn */
};

enum { SESSION_MAX_MESSAGES = 20000 };

/* All messages, oldest first; none when there is no such session. Text lives in a. */
enum chela_error session_load(struct store *s, str id, struct arena *a,
                              struct session_message **out, size_t *count, struct err *e);

struct session_info {
    str id, model; /* model: wire id of the last answer's, "" before the first */
    int64_t created_ms, updated_ms;
    int64_t messages, turns;
    int64_t rounds;          /* answered requests */
    bool interrupted;        /* the last turn has no end */
    struct chat_usage usage; /* summed over the rounds that said so; raw is empty */
};

/* The sessions, the one that was used last first; id "": all, else that one alone. Text lives in a.
 */
enum chela_error session_list(struct store *s, str id, struct arena *a, struct session_info **out,
                              size_t *count, struct err *e);
/* With everything that belongs to it. *removed: there was one. Take its lock first
 * (agent/session_lock.h). */
enum chela_error session_remove(struct store *s, str id, bool *removed, struct err *e);
/* Every session; *count of them. */
enum chela_error session_remove_all(struct store *s, int64_t *count, struct err *e);
/* 1 to 128 letters, digits and ._:@+- : what can be typed and put in a file name. */
enum chela_error session_check_id(str id, struct err *e);

const char *turn_state_name(enum turn_state state); /* "done", "open", "closed", "withdrawn" */

#endif
