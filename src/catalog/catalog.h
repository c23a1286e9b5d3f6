/* The model catalogue: rows of GET /models, cached on disk with their age; bundled rows off line.
 *
 * Reading never touches the network. catalog_refresh fetches; who calls it decides when: beside a
 * running answer when the cache is old (chat/), or before the request when a decision cannot do
 * without a row (a level above high).
 */
#ifndef CHELA_CATALOG_CATALOG_H
#define CHELA_CATALOG_CATALOG_H

#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"

enum { CATALOG_EFFORTS = 8 };

struct model_row {
    str id, name;
    int64_t context_length, max_output; /* tokens; 0: not said */
    bool reasoning; /* supported_parameters has "reasoning" (or the row has reasoning) */
    bool tools;
    bool image_input, text_output, image_output;
    str efforts[CATALOG_EFFORTS]; /* listed by the row; none: effort_count 0 */
    size_t effort_count;
    bool reasoning_mandatory;
    double price_prompt, price_completion, price_cache_read, price_cache_write; /* USD per token;
                                                                                   <0: not said */
    bool bundled; /* not from the live catalogue */
};

struct catalog;

enum catalog_source { CATALOG_BUNDLED, CATALOG_CACHE };

/* From the cache file when there is a good one (a broken one is ignored, with a warning), else the
 * bundled rows; models.providers.openrouter.models[] of the configuration lie over both. */
enum chela_error catalog_open(struct catalog **out, struct config *c, struct err *e);
void catalog_free(struct catalog *k);
/* By wire id, exactly; then without its :variant. NULL: unknown. The row lives as long as k. */
const struct model_row *catalog_find(const struct catalog *k, str id);
const struct model_row *catalog_rows(const struct catalog *k, size_t *count);
enum catalog_source catalog_source(const struct catalog *k);
int64_t catalog_age_ms(const struct catalog *k); /* -1: no cache */
bool catalog_is_stale(const struct catalog *k);  /* no cache, or older than a day */

/* Checks an answer of GET /models and stores it in the cache, whole, 0600. */
enum chela_error catalog_store(struct config *c, str json, struct err *e);

#endif
