/* Does a model answer, call a tool, look at a picture? Asked of the model itself. */
#ifndef CHELA_CHAT_MODEL_PROBE_H
#define CHELA_CHAT_MODEL_PROBE_H

#include "catalog/free_models.h"

#include <stdatomic.h>

struct probe_plan {
    env_list env; /* each thread reads the configuration for itself */
    int64_t timeout_ms;
    unsigned threads; /* models that are asked at a time */
    const atomic_bool *cancel;
    void *ctx;
    void (*progress)(void *ctx, size_t done, size_t of); /* from any thread, one at a time */
};

/* Fills tool and image of each model. A model that fails says so itself; the whole fails with
 * CHELA_CANCELLED, or when no thread can work at all. */
enum chela_error model_probe(struct free_model *list, size_t count, const struct probe_plan *plan,
                             struct err *e);

#endif
