/* Which endpoints may answer a request, and in which order they are asked.
 *
 * An endpoint is a model at an upstream. For each model of the request ("model", then "models") the
 * endpoints that the configuration knows are filtered and ordered as OpenRouter does it for its own
 * providers ("provider" of the body, wishes.h): without order and sort the first is drawn with
 * weight 1/price², and those that failed lately come last; what was measured lately decides for
 * sort by latency or throughput and for preferred_max_latency and preferred_min_throughput. A
 * conversation stays where it was answered last. openrouter.ai counts as one endpoint, to which
 * the same object is forwarded: a slug that names no upstream of ours is one of its providers.
 */
#ifndef CHELA_GATEWAY_CHOOSE_H
#define CHELA_GATEWAY_CHOOSE_H

#include "gateway/health.h"
#include "gateway/settings.h"
#include "gateway/sticky.h"

struct endpoint {
    const struct upstream *upstream;
    const struct upstream_model *model; /* NULL: its row is not in the configuration */
    str asked;                          /* as the request names it */
    str id;                             /* on that upstream's wire */
    const struct known_model *known;    /* openrouter's: for the rules */
    struct health_entry *health;
    struct health_view view;
    double price; /* USD for a prompt and a completion token together; <0: unknown */
    double latency_ms, throughput; /* when they matter: in the middle; 0: unknown */
    bool slow;                     /* it misses what the request prefers */
};

/* The filters, in the order in which they are asked: OpenRouter's word, and what of the request. */
#define FILTERS(X)                                                                                 \
    X(FILTER_PROVIDERS, "allowed_providers", "provider.only")                                      \
    X(FILTER_ZDR, "data_policy:zdr", "provider.zdr")                                               \
    X(FILTER_TRAINING, "data_policy:training", "provider.data_collection")                         \
    X(FILTER_QUANTIZATION, "quantization", "provider.quantizations")                               \
    X(FILTER_PRICE, "max_price", "provider.max_price")                                             \
    X(FILTER_PARAMETERS, "require_parameters", "provider.require_parameters")
enum filter {
    FILTER_NONE,
#define FILTER_NAME(id, word, field) id,
    FILTERS(FILTER_NAME)
#undef FILTER_NAME
        FILTER_COUNT
};
const char *filter_word(enum filter f);
const char *filter_field(enum filter f);

struct exclusion {
    enum filter by;
    const struct upstream *upstream;
    const char *parameter; /* that it does not know; "": it is another filter */
};

enum { PLAN_MODELS = 32, PLAN_ENDPOINTS = 128 };

struct plan {
    struct endpoint *item; /* in the request's arena */
    size_t count, room;
    bool falls_over;            /* allow_fallbacks */
    struct exclusion *excluded; /* the first: by the filter that took the last endpoint away */
    size_t excluded_count, excluded_room;
    bool unknown_model;
    uint64_t conversation; /* its name; 0: it was not asked for */
    bool has_session;      /* the client named it */
    bool stayed;           /* the first endpoint is the one that answered it last */
};

struct chooser { /* who chooses, and for whom */
    struct settings *settings;
    struct health *health;
    struct sticky *sticky; /* NULL: nobody stays anywhere */
    str client, session;   /* what tells clients apart; of x-session-id */
    enum wire_api api;     /* that the client speaks */
};

/* CHELA_INPUT: no such model, or a field of the wrong type; CHELA_NOT_FOUND: a filter took the last
 * endpoint (plan->excluded[0]). */
enum chela_error choose(struct plan *plan, const struct chooser *by, struct doc *body,
                        struct arena *a, struct err *e);
/* Whose answer was complete; read_cache: its provider's prompt cache was of use. */
void choose_note_answer(const struct plan *plan, struct sticky *sticky,
                        const struct endpoint *answered, bool read_cache);

#endif
