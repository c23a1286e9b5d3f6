/* GET /models with a query: which rows, in which order, from where to where.
 *
 * Works on the answer as it is without one, {"data":[rows]}, so that rows of every kind are treated
 * alike. A row that does not say what a filter asks for does not pass it. What only OpenRouter can
 * judge (category, popularity, regions) is its to answer: model_select_is_theirs.
 */
#ifndef CHELA_GATEWAY_MODEL_SELECT_H
#define CHELA_GATEWAY_MODEL_SELECT_H

#include "base/buf.h"
#include "base/err.h"

/* Replaces *json by what the query selects. CHELA_INPUT: a value is none. */
enum chela_error model_select(struct buf *json, str query, size_t *count, struct err *e);
bool model_select_is_theirs(str query);

#endif
