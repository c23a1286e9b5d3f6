/* The model catalogue: rows of GET /models, cached on disk with their age; bundled rows off line.
 *
 * Reading never touches the network. Who fetches decides when: beside a running answer when the
 * cache is old (chat/), or before the request when a decision cannot do without a row (a level
 * above high); catalog_store takes what came.
 */
#ifndef CHELA_CATALOG_CATALOG_H
#define CHELA_CATALOG_CATALOG_H

#include "base/arena.h"
#include "base/err.h"
#include "catalog/model_ref.h"
#include "config/config.h"

enum { CATALOG_EFFORTS = 8 };

struct model_row {
    str id, name;                       /* id as on the wire; name without control characters */
    int64_t context_length, max_output; /* tokens; 0: not said */
    /* Whether a reasoning payload makes sense, and whether tools do. A row that says nothing either
     * way counts as one that does, as a model without a row does. Hunter Alpha never reasons. */
    bool reasoning, tools;
    bool image_input, text_output, image_output;
    str efforts[CATALOG_EFFORTS]; /* listed by the row, lowest first, without "none" */
    size_t effort_count;          /* 0: the row lists none */
    bool reasoning_mandatory;     /* it cannot be switched off */
    double price_prompt, price_completion, price_cache_read, price_cache_write; /* USD per token;
                                                                                   <0: not said */
    bool bundled;    /* not from the live catalogue */
    bool configured; /* models.providers.openrouter.models[] has a say in it */
};

struct catalog;

enum catalog_source { CATALOG_BUNDLED, CATALOG_CACHE };

/* From the cache file when there is a good one (a broken one is ignored, with a warning), else the
 * bundled rows; models.providers.openrouter.models[] of the configuration lie over both. Reads
 * no more than the file's first line; c must outlive *out. */
enum chela_error catalog_open(struct catalog **out, struct config *c, struct err *e);
void catalog_free(struct catalog *k); /* NULL is fine */

/* By wire id: exactly, then without regard to case, then the same without its last :variant (or
 * @preset/…), and so on. NULL: unknown, or out of memory. The row lives as long as k. Until
 * catalog_rows was called a look-up reads the file, so k is one thread's; after that any number of
 * threads may look up. */
const struct model_row *catalog_find(const struct catalog *k, str id);
/* All of them, in the catalogue's order, configured ones that it does not have last. NULL and 0
 * only when out of memory. */
const struct model_row *catalog_rows(const struct catalog *k, size_t *count);
/* The id of the row that was probably meant, "" when nothing is near. */
str catalog_suggest(const struct catalog *k, str id);
/* model_ref_parse, and a bare id ("kimi-k2.6") that the configuration does not know is looked up:
 * exactly one row of that name resolves, several are listed in the error. */
enum chela_error catalog_resolve(struct model_ref *out, str text, const struct catalog *k,
                                 struct config *c, struct arena *a, struct err *e);

enum catalog_source catalog_source(const struct catalog *k);
int64_t catalog_age_ms(const struct catalog *k); /* -1: no cache */
/* No cache, older than a day, or from the future: the clock went back. */
bool catalog_is_stale(const struct catalog *k);

/* Checks an answer of GET /models and stores what chela uses of it in the cache, whole, 0600.
 * CHELA_PROTOCOL: no {"data": […]} with a row in it; CHELA_LIMIT: over 16 MiB or 20,000 rows. What
 * is in the cache stays when it fails. */
enum chela_error catalog_store(struct config *c, str json, struct err *e);

#endif
