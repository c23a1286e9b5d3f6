/* Answers of a service that speaks the client's API: they pass as they are, and this is what has to
 * be seen in them. */
#ifndef CHELA_SKIN_NATIVE_H
#define CHELA_SKIN_NATIVE_H

#include "skin/skin.h"

enum skin_event {
    EVENT_LEAD,    /* nothing that a second try would repeat */
    EVENT_CONTENT, /* and what would be */
    EVENT_LAST,    /* the answer is complete */
    EVENT_FAILED,  /* seen->error says why */
    EVENT_TORN,    /* it is no JSON */
};

struct skin_seen { /* of an answer, so far */
    char id[80], model[80], finish[40], cost[40];
    int64_t uncached, cached, written, output, reasoning; /* tokens */
    bool counted;
    int64_t number; /* of the last event of a response */
    struct err error;
};

/* data: of one event. begun: there was content; then most events are not read whole. */
enum skin_event skin_event_read(const struct skin *skin, str data, bool begun,
                                struct skin_seen *seen);
/* CHELA_EMPTY: there is no answer in it. usage: as chat counts it. */
enum chela_error skin_native_judge(const struct skin *skin, struct doc *d, struct buf *usage,
                                   struct err *e);
/* As a chat's usage; "" when nothing was counted. */
void skin_seen_usage(const struct skin_seen *seen, struct buf *out);

#endif
