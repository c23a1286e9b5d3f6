/* A reply of the agent, spoken: whether it is, what of it is said, and what is left on the screen.
 *
 * Directives, outside of code, in any case, blanks allowed inside:
 *   [[tts:text]]…[[/tts:text]]  spoken instead of the reply, and not shown (the first one counts)
 *   [[tts]]…[[/tts]]            shown, and spoken alone
 *   [[tts:voice=x model=y]]     for this reply
 * Others of that form are taken out and have no effect.
 */
#ifndef CHELA_MEDIA_SPEAK_REPLY_H
#define CHELA_MEDIA_SPEAK_REPLY_H

#include "media/speech.h"

struct spoken_words { /* texts live in the arena */
    str shown;        /* the reply without directives */
    str said;         /* what is to be spoken, plain; "" nothing */
    str voice, model; /* "" as configured */
    bool tagged;      /* a directive stood in it */
};

/* What the directives make of a reply, as the configuration allows them. */
enum chela_error spoken_words(struct spoken_words *out, str reply, const struct speech_config *set,
                              struct arena *a, struct err *e);
/* Text without Markdown's marks: what a voice should not read out. */
str spoken_plain(str markdown, struct arena *a);

struct speak_reply {
    str reply, agent;
    bool inbound_audio; /* the person spoke */
    const atomic_bool *cancel;
};
/* Speaks it if messages.tts.auto says so. *shown: the reply as it is to be shown. r->files is 1
 * when it was spoken; a failure to speak is told in *e and changes nothing about the reply. The
 * caller frees *r. */
enum chela_error media_speak_reply(const struct speak_reply *q, struct config *c, str *shown,
                                   struct media_result *r, struct err *e);

#endif
