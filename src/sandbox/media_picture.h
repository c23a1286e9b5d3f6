/* Between media_picture.c, which reads requests for pictures, and media_picture_wire.c, which
 * writes the four shapes of the answer. */
#ifndef CHELA_SANDBOX_MEDIA_PICTURE_H
#define CHELA_SANDBOX_MEDIA_PICTURE_H

#include "sandbox/media.h"
#include "sandbox/sizes.h"

enum picture_shape {
    SHAPE_IMAGES,        /* {created, data: [{b64_json}], usage} */
    SHAPE_IMAGES_STREAM, /* image_generation.completed events */
    SHAPE_CHAT,          /* choices[].message.images[] */
    SHAPE_CHAT_STREAM,   /* the same in deltas */
};

struct pictures { /* m->own */
    enum picture_shape shape;
    int64_t wanted, done; /* how many */
    int64_t seed;
    size_t seed_at; /* m->ask up to where the seed stands; the rest is written for each picture */
    struct size size;
    int64_t prompt_tokens;
    struct media_base64 base64;
};

/* Asks the engine for the next picture. */
void pictures_next(struct media *m);
extern const struct media_kind picture_kind;

#endif
