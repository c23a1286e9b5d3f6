/* What each upstream was asked and gave, for /metrics. A worker writes its own, anybody may read.
 *
 * The labels are bounded: ids of models.providers, of which METERS at most are told apart over all
 * reloads; the rest are "other".
 */
#ifndef CHELA_GATEWAY_METERS_H
#define CHELA_GATEWAY_METERS_H

#include "base/buf.h"

#include <stdatomic.h>

enum { METERS = 64 };

struct meter {
    char id[64]; /* written before `count` tells of it, and then no more */
    _Atomic uint64_t requests, failures, prompt_tokens, completion_tokens;
    _Atomic uint64_t ms, nano_usd;
};

struct meters { /* zero at first */
    _Atomic size_t count;
    struct meter row[METERS + 1]; /* the last: "other" */
};

/* For its worker alone. */
struct meter *meter_of(struct meters *m, str id);
/* ms: until the first token, the whole answer or the failure. */
void meter_attempt(struct meter *m, bool failed, uint64_t ms);
/* As chat_usage has them: negative, or NaN, is not said. */
void meter_usage(struct meter *m, int64_t prompt, int64_t completion, double cost);

/* Adds one worker's to a sum. */
void meters_add(struct meters *sum, const struct meters *m);
/* Prometheus text: chela_gateway_upstream_NAME_total{upstream="…"}. */
void meters_write(const struct meters *sum, struct buf *out);

#endif
