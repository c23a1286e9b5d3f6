/* The voices that can be asked for: the configured one, and those of the models that the service
 * lists as speaking. */
#ifndef CHELA_MEDIA_VOICES_H
#define CHELA_MEDIA_VOICES_H

#include "media/speech_config.h"

#include <stdatomic.h>

struct voice {
    str id, model; /* model: on the wire */
    bool chosen;   /* what is used when nobody says otherwise */
};

enum { VOICES_MOST = 4096 };

struct voices { /* texts in the arena they were asked for with */
    struct voice *list;
    size_t count;
};

/* Asks GET {speech base URL}/models, within ten seconds. The chosen voice is there on failure too,
 * except for a configuration that is wrong; what failed is in *e, and what is listed is listed. */
enum chela_error voices_find(struct voices *out, struct config *c, const atomic_bool *cancel,
                             struct arena *a, struct err *e);

#endif
