/* The sandbox's catalogue, in the shape of GET /models. Every row says that rules answer. */
#ifndef CHELA_SANDBOX_MODELS_H
#define CHELA_SANDBOX_MODELS_H

#include "base/buf.h"

/* Who answers, whatever was asked for: the `model` of every answer. */
#define SANDBOX_MODEL "sandbox/agent"

bool sandbox_models_list(struct buf *out);  /* {"data":[…],"total_count":…,"links":{…}} */
bool sandbox_models_count(struct buf *out); /* {"data":{"count":…}} */
/* {"data":row}, or the row's endpoints. False: no such id is listed (or *out failed). */
bool sandbox_models_row(str id, struct buf *out);
bool sandbox_models_endpoints(str id, struct buf *out);

#endif
