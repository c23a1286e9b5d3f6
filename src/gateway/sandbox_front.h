/* What the sandbox has not itself, through the gateway's own code: /responses, /messages,
 * /completions, the response cache, /metrics, and whatever the gateway learns next.
 *
 * The sandbox's own routes stay where they are: what faults, recordings and prompt-cache figures
 * promise about bytes and moments is kept by nothing standing in between. For the rest there is a
 * gateway in the same loop, whose one upstream is the sandbox's API on a private Unix socket: any
 * model is its, no key is asked for, no file of the user's is read. Its books are in the
 * engines' folder and go with it.
 */
#ifndef CHELA_GATEWAY_SANDBOX_FRONT_H
#define CHELA_GATEWAY_SANDBOX_FRONT_H

#include "sandbox/api.h"

struct sandbox_front;

/* api: borrowed; its `others` lead here from now on. Opens nothing until something is asked of it.
 * NULL: out of memory. */
struct sandbox_front *sandbox_front_new(uv_loop_t *loop, struct sandbox_api *api);
/* The server in front, for figures. */
void sandbox_front_serves(struct sandbox_front *f, struct server *server);
/* Before the engines are stopped; the loop then runs until all is closed. NULL is fine. */
void sandbox_front_close(struct sandbox_front *f);
void sandbox_front_free(struct sandbox_front *f);

#endif
