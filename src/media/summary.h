/* A text made shorter by a model, so that it can be spoken. */
#ifndef CHELA_MEDIA_SUMMARY_H
#define CHELA_MEDIA_SUMMARY_H

#include "chat/chat.h"

struct summary {
    str text;
    int64_t length;     /* characters that it is to have at most: 100 to 10000 */
    str model;          /* reference; "" the agent's own */
    str agent;          /* "" the default one */
    int64_t timeout_ms; /* of all tries */
    const atomic_bool *cancel;
};

/* *out lives in a. *used: what it took, all -1 when nothing came. One request with a budget of
 * half as many tokens as characters; CHELA_INPUT for a length that makes no sense. */
enum chela_error summary_make(const struct summary *q, struct config *c, struct arena *a, str *out,
                              struct chat_usage *used, struct err *e);

#endif
