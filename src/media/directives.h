/* Directives of spoken replies, taken out of a text while it arrives.
 *
 * A model writes them between its words; a person must never see one, however the text is cut into
 * pieces. So what may become a directive is held until it is known to be one or not. Outside of
 * code, in any case, blanks allowed inside, on one line:
 *   [[tts:text]]…[[/tts:text]]  spoken instead of the reply, and not shown (the first one counts)
 *   [[tts]]…[[/tts]]            shown, and spoken alone
 *   [[tts:voice=x model=y]]     for this reply
 * Others of that form are taken out and have no effect. Hidden text that is never closed is shown
 * at the end after all: it may be the whole answer.
 */
#ifndef CHELA_MEDIA_DIRECTIVES_H
#define CHELA_MEDIA_DIRECTIVES_H

#include "media/speech_config.h"

struct directives {
    bool may_text, may_voice, may_model, may_provider;
    void *ctx;
    void (*on_shown)(void *ctx, str text); /* pieces of the text without directives */
    bool tagged;                           /* a directive stood in it */
    bool has_hidden, has_span;             /* what they hold is to be spoken: */
    struct buf hidden, span;
    char voice[128], model[256]; /* "" as configured */
    bool failed;                 /* the text is too large, or out of memory */
    /* the scanner's own */
    struct buf held, now; /* not decided yet; hidden text that is open */
    bool in_text, in_span;
    bool in_line; /* more than blanks came before, in this line */
    size_t fence; /* backticks that opened the block of code around us; 0: none */
};

void directives_init(struct directives *d, const struct speech_config *set, void *ctx,
                     void (*on_shown)(void *ctx, str text));
void directives_feed(struct directives *d, str piece);
/* That was all: what is held is shown, but for the beginning of a directive. */
void directives_end(struct directives *d);
void directives_free(struct directives *d);

#endif
