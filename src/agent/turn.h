/* A turn in the store, written while it happens: the question before anything is sent, each answer
 * when it is complete, each tool's result when there is one. Every function is one transaction, so
 * a process that is killed between any two loses nothing that was complete.
 */
#ifndef CHELA_AGENT_TURN_H
#define CHELA_AGENT_TURN_H

#include "agent/session.h"

struct turn {            /* the one that is being written; the caller holds the session's lock */
    struct store *store; /* borrowed, as the session's id is */
    str session;
    int64_t number; /* from 1 */
    int64_t round;  /* of the last answer; 0: only the question is there */
    char error[32]; /* of one that was found open: the code of what stopped it; "" the process ended
                     */
};

/* A new turn: stores the question, and makes the session if it is new. CHELA_LIMIT when the session
 * is full. model: the wire id that will be asked first. */
enum chela_error turn_open(struct turn *t, struct store *s, str session, str model, str question,
                           struct err *e);
/* The session's last turn, when it was not finished. *found: there is one. */
enum chela_error turn_find_open(struct turn *t, struct store *s, str session, bool *found,
                                struct err *e);
/* An answer begins the next round. */
struct turn_answer {
    str model;   /* wire id that was asked for */
    str message; /* the assistant's, as it goes into the history */
    bool last;   /* it calls no tools: the turn is done */
    const struct chat_reply *reply;
    str body;                    /* the request as it was sent, and what the rules did to it: */
    const struct record *record; /* noted for the prompt-cache doctor */
};
enum chela_error turn_answer(struct turn *t, const struct turn_answer *answer, struct err *e);
/* The result of a tool that this round's answer called. *place 0: a new message, whose place is put
 * there; else it replaces the one at that place. */
enum chela_error turn_result(struct turn *t, str model, str message, int64_t *place, struct err *e);
/* A turn that did not come to its answer. TURN_OPEN keeps it for later, with `why` in the store;
 * TURN_CLOSED and TURN_WITHDRAWN end it. */
enum chela_error turn_end(struct turn *t, enum turn_state state, enum chela_error why,
                          struct err *e);

#endif
