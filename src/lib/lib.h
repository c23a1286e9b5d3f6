/* What the files of lib/ share. */
#ifndef CHELA_LIB_LIB_H
#define CHELA_LIB_LIB_H

#include "chela.h"

#include "agent/agent.h"
#include "media/directives.h"

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

/* ---- spoken.c ---- */
enum { LIB_VOICE_BLOCKS = 64 };

/* The ear on a turn: what is to be spoken of it, and what of it is shown. */
struct lib_voice {
    struct agent_events heard; /* for the turn: hands everything on to `to` */
    const struct agent_events *to;
    const struct chela_events *events;
    str agent;
    struct speech_config set;
    struct directives directives;
    struct buf block;           /* the text since the last tool, with mode "all" */
    str said[LIB_VOICE_BLOCKS]; /* the texts before it, in arena */
    size_t count;
    struct arena arena;
};

/* Everything is borrowed until lib_voice_free. */
void lib_voice_begin(struct lib_voice *v, struct chela *c, const char *agent,
                     const struct agent_events *to, const struct chela_events *events);
/* No more text comes: what was held of it is shown. */
void lib_voice_end(struct lib_voice *v);
/* Speaks the turn's reply if that is wanted, lists the files among its outputs, and takes the
 * directives out of the reply. */
void lib_speak(struct lib_voice *v, struct chela *c);
void lib_voice_free(struct lib_voice *v);

const struct chat *lib_chat(const struct chela *c); /* the last exchange */
const struct chat_reply *lib_reply(const struct chela *c);

#endif
