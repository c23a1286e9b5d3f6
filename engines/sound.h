/* Sound as samples in memory: mono, 16 bit, and what it takes to turn it into a file.
 *
 * WAV and raw PCM are written here; every other format is ffmpeg's, as a child.
 */
#ifndef CHELA_ENGINES_SOUND_H
#define CHELA_ENGINES_SOUND_H

#include "base/buf.h"
#include "base/err.h"

#include <stdatomic.h>

struct sound {
    int16_t *samples; /* owned; NULL when empty */
    size_t count;
    unsigned rate; /* per second */
};

void sound_free(struct sound *s);
/* The same sound at another rate (windowed sinc: nothing folds back). False: no memory. */
bool sound_resample(const struct sound *in, unsigned rate, struct sound *out);
bool sound_wav(const struct sound *s, struct buf *out); /* a RIFF file */
/* Reads a RIFF file of 8, 16, 24 or 32 bit integers or 32 bit floats, whatever its channels (their
 * mean is taken). False: it is none. */
bool sound_read_wav(str file, struct sound *out);

/* Any format that speech is asked for; NULL: no such format. `type` is its media type. */
struct sound_format {
    const char *name;      /* "mp3" */
    const char *type;      /* "audio/mpeg" */
    unsigned rate;         /* what it is brought to; 0: as it is */
    const char *ffmpeg[8]; /* arguments after the input; [0] NULL: written here */
};
const struct sound_format *sound_format(str name);
/* "mp3, opus, …" */
bool sound_format_names(struct buf *out);
enum chela_error sound_encode(const struct sound *s, const struct sound_format *f, struct buf *out,
                              const atomic_bool *cancel, struct err *e);
/* Any sound file to mono at `rate`: WAV here, the rest by ffmpeg. CHELA_INPUT: it is no sound. */
enum chela_error sound_decode(str file, unsigned rate, double most_seconds, struct sound *out,
                              const atomic_bool *cancel, struct err *e);

#endif
