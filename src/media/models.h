/* Which models a media command tries, in order, and how long it waits. */
#ifndef CHELA_MEDIA_MODELS_H
#define CHELA_MEDIA_MODELS_H

#include "catalog/model_ref.h"
#include "media/media.h"

enum { MEDIA_MAX_MODELS = 8 };

struct media_models {
    struct model_ref list[MEDIA_MAX_MODELS];
    size_t count;       /* at least 1 */
    int64_t timeout_ms; /* configured; 0: not */
    const char *source; /* "--model", the configuration's path, "default" */
};

/* kind: MEDIA_IMAGE or MEDIA_VIDEO. asked: the model of the command or tool call, which is then the
 * only one; "" takes agents.defaults.mediaModels.{image,video}, else agents.defaults
 * .{image,video}GenerationModel (each a string or {primary, fallbacks, timeoutMs}), else the
 * bundled default. A fall-back that is no reference is left out with a warning. Texts live in a. */
enum chela_error media_models(struct media_models *out, struct config *c, enum media_kind kind,
                              str asked, struct arena *a, struct err *e);
/* "google/gemini-3.1-flash-image-preview", "google/veo-3.1-fast", "hexgrad/kokoro-82m" */
str media_default_model(enum media_kind kind);

#endif
