/* A reply of the agent, spoken: whether it is, what of it is said, and what is left on the screen.
 * directives.h has what a model may say about it. */
#ifndef CHELA_MEDIA_SPEAK_REPLY_H
#define CHELA_MEDIA_SPEAK_REPLY_H

#include "media/speech.h"

struct spoken_words { /* texts live in the arena, or are the reply's */
    str shown;        /* the reply without directives */
    str said;         /* what is to be spoken, with its Markdown */
    str voice, model; /* "" as configured */
    bool tagged;      /* a directive stood in it */
    bool hidden;      /* `said` was written to be spoken: it may be short */
};

/* What the directives make of a reply, as the configuration allows them. */
enum chela_error spoken_words(struct spoken_words *out, str reply, const struct speech_config *set,
                              struct arena *a, struct err *e);
/* Text without Markdown's marks: what a voice should not read out. */
str spoken_plain(str markdown, struct arena *a);

struct speak_reply {
    str reply, agent;
    bool between;            /* said before a tool was called: spoken with mode "all" only */
    bool inbound_audio;      /* the person spoke */
    bool has_sound;          /* a tool has made some for it: it is not spoken */
    struct chat_usage *used; /* what a summary takes is added to it; may be NULL */
    const atomic_bool *cancel;
    void *ctx;
    void (*on_speech)(void *ctx); /* it is going to be spoken, which takes seconds; may be NULL */
    void (*on_notice)(void *ctx, const char *line); /* may be NULL */
};
/* Speaks it if messages.tts.auto says so: not what is shorter than ten characters, unless it was
 * written for that; what is longer than maxLength (1,500 characters) or maxTextLength is summed up
 * by summaryModel, or cut. *shown: the reply as it is to be shown, on failure too, in r->arena or
 * q's. r->files is 1 when it was spoken; a failure to speak is told in *e and changes nothing about
 * the reply. The file is kept for a day: later replies remove it. The caller frees *r. */
enum chela_error media_speak_reply(const struct speak_reply *q, struct config *c, str *shown,
                                   struct media_result *r, struct err *e);

#endif
