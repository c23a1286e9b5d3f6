/* The local engines as an upstream: the sandbox's API on a private Unix socket, in a thread and a
 * loop of its own, so that the rules engine never holds up a worker. The pool dials it as it dials
 * anybody (upstream_origin_unix).
 */
#ifndef CHELA_GATEWAY_LOCAL_H
#define CHELA_GATEWAY_LOCAL_H

#include "base/err.h"

struct local;

enum chela_error local_start(struct local **out, struct err *e);
/* Lives as long as it. */
const char *local_socket(const struct local *l);
/* Ends what runs there and waits for it; NULL is fine. */
void local_stop(struct local *l);

#endif
