/* What a request wishes of the endpoints that may answer it: `provider` of its body, with
 * OpenRouter's meaning. Lists are left in the document. */
#ifndef CHELA_GATEWAY_WISHES_H
#define CHELA_GATEWAY_WISHES_H

#include "doc/doc.h"
#include "gateway/health.h"
#include "gateway/parameters.h"

struct wishes {
    struct doc *d;
    doc_node order, only, ignore, quantizations, max_price; /* 0: not there, or empty */
    str sort;                                               /* "price", "throughput", "latency" */
    bool fallbacks, no_collection, zdr, require_parameters;
    bool mix_models;                   /* sort.partition none: endpoints of all models together */
    double most_latency_ms[PERCENTS];  /* 0: no such wish */
    double least_throughput[PERCENTS]; /* tokens a second; 0: no such wish */
    bool prefers;                      /* there is one of the two */
    int64_t max_tokens;                /* 0: not said */
};

/* CHELA_INPUT: a field has the wrong type. */
enum chela_error wishes_read(struct wishes *w, struct doc *body, struct err *e);
/* USD for a token at most: "prompt", "completion". False: no limit. */
bool wishes_max_price(const struct wishes *w, const char *key, double *out);

#endif
