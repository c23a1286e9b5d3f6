/* Models that cost nothing, out of an answer of GET /models: for `models scan`. */
#ifndef CHELA_CATALOG_FREE_MODELS_H
#define CHELA_CATALOG_FREE_MODELS_H

#include "catalog/catalog.h"

enum model_price {
    PRICE_PROMPT,
    PRICE_COMPLETION,
    PRICE_REQUEST,
    PRICE_IMAGE,
    PRICE_WEB_SEARCH,
    PRICE_REASONING,
    MODEL_PRICES
};

struct probe { /* filled by model_probe (chat/model_probe.h) */
    bool ok, skipped;
    int64_t ms;      /* -1: not tried */
    char error[200]; /* "" when it is ok */
};

struct free_model {
    struct model_row row;
    str key;      /* "openrouter/vendor/name:free" */
    str modality; /* "text+image->text"; "" when it does not say */
    size_t parameter_count;
    bool tools_listed;
    double billions;    /* of weights, as id or name tell; 0: they do not */
    int64_t created_ms; /* 0: not said */
    bool priced;
    double price[MODEL_PRICES]; /* USD */
    struct probe tool, image;
};

struct free_filter {
    double min_billions, max_age_days; /* 0: any */
    str vendor;                        /* "" any */
};

/* In the answer's order; rows live in a. CHELA_PROTOCOL when it is no model list. */
enum chela_error free_models_read(struct free_model **out, size_t *count, str json,
                                  const struct free_filter *filter, struct arena *a, struct err *e);
/* Whose pictures work first, then by the time a tool call took, context, size, name. */
void free_models_sort(struct free_model *list, size_t count);

#endif
