/* Speech: a text becomes a sound file. */
#ifndef CHELA_MEDIA_SPEECH_H
#define CHELA_MEDIA_SPEECH_H

#include "media/call.h"
#include "media/speech_config.h"

struct speech_request { /* zero-initialise; borrowed until the call returns */
    str text;
    str model, voice, format; /* "" as configured */
    double speed;             /* 0: as configured */
    str agent;                /* whose settings apply; "" the default one */
    str output;               /* as struct place takes it */
    const char *kind;         /* the first word of a name that chela gives; NULL: "speech" */
    int64_t timeout_ms;       /* 0: as configured */
    const atomic_bool *cancel;
    void *ctx;
    void (*on_progress)(void *ctx, uint64_t bytes_so_far); /* may be NULL */
};

/* Raw PCM (16 bits, mono, 24 kHz, as OpenRouter's models give it) is wrapped into WAV, unless the
 * file that was asked for ends in .pcm. *r tells of it, on failure too. Sent once. */
enum chela_error speech_run(const struct speech_request *q, struct config *c,
                            struct media_result *r, struct err *e);
enum chela_error speech_explain(const struct speech_request *q, struct config *c, bool json,
                                bool colour, struct buf *out, struct err *e);
/* CHELA_LIMIT: the text has more characters than are ever sent. */
enum chela_error speech_check_length(str text, int64_t most, struct err *e);

#endif
