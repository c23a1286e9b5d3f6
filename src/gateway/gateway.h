/* The gateway of one loop: what a request finds when it comes in. A worker's loop has its own
 * server, connections, settings and counters; the table of health is everybody's.
 */
#ifndef CHELA_GATEWAY_GATEWAY_H
#define CHELA_GATEWAY_GATEWAY_H

#include "gateway/accounts.h"
#include "gateway/counters.h"
#include "gateway/health.h"
#include "gateway/meters.h"
#include "gateway/settings.h"
#include "server/server.h"

struct answer_store;
struct flights;
struct share_call;
struct sticky;
struct video_seal;

struct gateway {
    uv_loop_t *loop;
    struct server *server;
    struct upstream_pool *pool;
    struct settings *settings;    /* of new requests; running ones hold theirs */
    struct health *health;        /* borrowed */
    struct sticky *sticky;        /* borrowed; NULL: no conversation stays anywhere */
    struct answer_store *answers; /* borrowed */
    struct flights *flights;      /* borrowed; NULL: each request has its own answer */
    struct share_call *sharing;   /* calls of this loop that share an answer */
    unsigned number;              /* of this worker */
    struct video_seal *seal;      /* borrowed */
    struct accounts *accounts;    /* borrowed */
    struct counters counters;
    struct meters meters; /* of upstreams */
    bool anonymous;       /* clients need no key */
    bool all_own; /* of the sandbox: everybody may do what takes a management key elsewhere */
    bool quiet;   /* no line for each request, whatever the settings say */
    bool draining;
    unsigned calls;                 /* running */
    unsigned jobs;                  /* of admin.c, in the pool */
    uint64_t serial, seed;          /* of request ids */
    uint64_t refused, refused_told; /* without a valid key: since the last line about it; when */
    struct gateway *workers;        /* all of them, for sums */
    size_t worker_count;
};

/* The handler: checks who asks, finds the route, answers. ctx is a struct gateway. */
void gateway_request(void *ctx, struct exchange *x);
/* What the client gave to be let in: a key, right or wrong; "": none. */
str gateway_presented_key(const struct exchange *x);
/* Whether this gateway answers to that Host header. */
bool gateway_knows_host(const struct settings *s, str host);

/* models.c: the catalogue's answers; false: no such model. */
/* more: rows of others, with commas between them. */
size_t models_list(const struct settings *s, str more, size_t more_count, struct buf *out);
void models_providers(const struct settings *s, struct buf *out);
bool models_endpoints(const struct settings *s, struct health *h, str id, struct buf *out);
bool models_row(const struct settings *s, str id, struct buf *out);

#endif
