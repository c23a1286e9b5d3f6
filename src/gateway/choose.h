/* Which endpoints may answer a request, and in which order they are asked.
 *
 * An endpoint is a model at an upstream. For each model of the request ("model", then "models") the
 * endpoints that the configuration knows are filtered and ordered as OpenRouter does it for its own
 * providers ("provider" of the body): order, only, ignore, allow_fallbacks, sort, max_price,
 * data_collection, zdr, quantizations; without order and sort the first is drawn with weight
 * 1/price², and those that failed lately come last. openrouter.ai counts as one endpoint, to which
 * the same object is forwarded: a slug that names no upstream of ours is one of its providers.
 */
#ifndef CHELA_GATEWAY_CHOOSE_H
#define CHELA_GATEWAY_CHOOSE_H

#include "gateway/health.h"
#include "gateway/settings.h"

struct endpoint {
    const struct upstream *upstream;
    const struct upstream_model *model; /* NULL: its row is not in the configuration */
    str asked;                          /* as the request names it */
    str id;                             /* on that upstream's wire */
    const struct known_model *known;    /* openrouter's: for the rules */
    struct health_entry *health;
    struct health_view view;
    double price; /* USD for a prompt and a completion token together; <0: unknown */
};

enum { PLAN_MODELS = 32, PLAN_ENDPOINTS = 128 };

struct plan {
    struct endpoint *item; /* in the request's arena */
    size_t count, room;
    bool falls_over;         /* allow_fallbacks */
    const char *excluded_by; /* the filter that took the last endpoint away; NULL: none did */
};

/* CHELA_INPUT: no such model, or a field of the wrong type; CHELA_NOT_FOUND: a filter took the last
 * endpoint (plan->excluded_by). */
enum chela_error choose(struct plan *plan, struct settings *s, struct health *h, struct doc *body,
                        struct arena *a, struct err *e);

#endif
