/* Keys and books over HTTP: /key, /keys, /credits, /activity and /generation, as OpenRouter has
 * them. What needs the file is done in libuv's pool: no loop waits for a disk. */
#ifndef CHELA_GATEWAY_ADMIN_H
#define CHELA_GATEWAY_ADMIN_H

#include "gateway/gateway.h"

/* False: the path is none of these. The exchange's data is the client, which a job takes over. */
bool admin_answer(struct gateway *g, struct exchange *x, str path);
/* Whether the client may look at, and change, what concerns everybody. */
bool admin_is_owner(const struct client *c);

#endif
