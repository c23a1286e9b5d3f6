/* Lists of models that others know better: the local engines, which say at each moment what is
 * installed, and openrouter.ai for its pictures, videos and vectors. They are asked one after the
 * other, what they list is joined; who does not answer in time is left out.
 */
#ifndef CHELA_GATEWAY_LISTING_H
#define CHELA_GATEWAY_LISTING_H

#include "gateway/gateway.h"

/* The exchange's data is the client, or NULL; it leaves with the list.
 *
 * GET /models, /models/user, /models/count, /images/models, /videos/models, /embeddings/models;
 * path is without base. */
void listing_answer(struct gateway *g, struct exchange *x, str path);
/* GET /model/{id} and /models/{id}/endpoints, of a model that the configuration does not list: what
 * the local engines say. False: there are none. */
bool listing_ask_local(struct gateway *g, struct exchange *x, str path);

#endif
