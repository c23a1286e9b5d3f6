/* Lists of models, renewed in the background while the gateway runs: openrouter.ai's catalogue when
 * it is older than a day, and those of upstreams whose configuration names no models. Never on the
 * way to the first answer, and never in the loop's: fetched by the client of the hot path, checked
 * and stored in a worker thread; then all workers take their settings over anew.
 */
#ifndef CHELA_GATEWAY_REFRESH_H
#define CHELA_GATEWAY_REFRESH_H

#include "gateway/gateway.h"

struct refresh;

/* In the loop of g. changed: something new was stored. NULL: out of memory, and nothing is renewed.
 */
struct refresh *refresh_begin(struct gateway *g, void (*changed)(void));
/* Nothing more is asked; its memory goes with the loop's last turn. NULL is fine. */
void refresh_end(struct refresh *r);

#endif
