/* chela-engines as a server on a Unix socket: routes to tasks, tasks to threads, results back. */
#ifndef CHELA_ENGINES_SERVICE_H
#define CHELA_ENGINES_SERVICE_H

#include "server/server.h"

struct service {
    uv_loop_t *loop;
    struct service_job *jobs; /* under way */
};

/* A server_handler; ctx is a struct service. */
void service_request(void *ctx, struct exchange *x);
/* Tells everything under way to stop; it ends within the workers' next look. */
void service_cancel(struct service *s);

#endif
