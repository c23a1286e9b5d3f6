/* What the files of lib/ share. */
#ifndef CHELA_LIB_LIB_H
#define CHELA_LIB_LIB_H

#include "chela.h"

#include "agent/agent.h"

struct chela {
    struct config *config;
    struct err error;
    atomic_bool cancel;
    bool ran;        /* there is a last run to tell of */
    bool agent_turn; /* it was a turn of a session: `run` has it, else chat and reply do */
    struct agent_run run;
    struct chat chat;
    struct chat_reply reply;
    struct arena arena; /* of the last run's input */
    str session;
    str spoken;      /* path of the spoken reply, "" none */
    struct buf text; /* what chela_envelope and chela_explain gave out */
};

/* After a turn: speaks its reply if that is wanted, and lists the file among its outputs. */
void lib_speak(struct chela *c, const char *agent, const struct agent_events *events);
const struct chat *lib_chat(const struct chela *c); /* the last exchange */
const struct chat_reply *lib_reply(const struct chela *c);

#endif
