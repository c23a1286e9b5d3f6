/* HTTP/1.1 out, on libuv: the client on the gateway's hot path.
 *
 * A pool keeps the connections of one loop, by origin. A fetch is one request with its answer: it
 * lives in memory of the caller, takes an idle connection or makes one, and ends with exactly one
 * call of `over`, unless it was cancelled or released before. No redirects, no cookies, no
 * compression, no pipelining.
 *
 * A request is put on a wire once. The one exception is a kept connection that its server closed at
 * the same moment: when the kernel can tell that not a byte of the request was accepted there, it
 * goes out again on a new connection.
 *
 * A key goes only to the origin it is bound to. HTTPS_PROXY and NO_PROXY are honoured (by CONNECT,
 * for https origins); certificates are verified (server/tls.h).
 */
#ifndef CHELA_UPSTREAM_UPSTREAM_H
#define CHELA_UPSTREAM_UPSTREAM_H

#include "base/err.h"
#include "base/secret.h"
#include "server/http1.h"
#include "server/server.h"

#include <stdatomic.h>

struct upstream_pool; /* of one loop */
struct uplink;
struct origin; /* owned by its pool, lives as long */

struct upstream_settings {
    const char *https_proxy, *no_proxy; /* borrowed during upstream_pool_new; NULL: none */
    uint64_t idle_ms;                   /* how long a connection is kept unused */
    unsigned max_idle;                  /* for each origin */
    size_t max_head;                    /* of an answer */
};
/* no proxy, 55 s, 256, 64 KiB */
extern const struct upstream_settings upstream_default_settings;

struct upstream_counts {
    _Atomic uint64_t opened; /* connections */
    _Atomic uint64_t reused; /* fetches that needed none */
    _Atomic uint64_t again;  /* fetches that were sent a second time, see above */
    _Atomic uint64_t looked_up;
};

/* CHELA_CONFIG for a proxy's URL that cannot be used. */
enum chela_error upstream_pool_new(struct upstream_pool **out, uv_loop_t *loop,
                                   const struct upstream_settings *settings, struct err *e);
/* Ends every fetch (`over` with CHELA_CANCELLED) and closes every connection; the loop then runs
 * until they are closed, and upstream_pool_free may be called. */
void upstream_pool_close(struct upstream_pool *p);
void upstream_pool_free(struct upstream_pool *p);
struct upstream_counts *upstream_counts(struct upstream_pool *p);
unsigned upstream_open(const struct upstream_pool *p); /* connections */
unsigned upstream_idle(const struct upstream_pool *p);

/* url: anything that begins with http[s]://host[:port]. NULL, with *e filled, when it does not, or
 * when TLS cannot be set up. */
struct origin *upstream_origin(struct upstream_pool *p, str url, struct err *e);
/* The same behind a Unix socket; text is what it calls itself: "http://local". */
struct origin *upstream_origin_unix(struct upstream_pool *p, const char *path, const char *text,
                                    struct err *e);
const char *origin_text(const struct origin *o); /* "https://openrouter.ai" */

struct fetch_request {
    str method;
    str target;                          /* "/api/v1/chat/completions", query included */
    const struct server_header *headers; /* without Host, Connection, Content-Length */
    size_t header_count;
    const struct secret *bearer; /* Authorization: Bearer …; NULL: none */
    bool key_bare;               /* x-api-key: … instead */
    /* The body in pieces; borrowed until the fetch ends. Of a GET: none. */
    const str *body;
    size_t body_parts;             /* at most FETCH_PARTS */
    uint64_t connect_ms, total_ms; /* 0: no limit */
};
enum { FETCH_PARTS = 3 };

struct fetch_handler { /* called from the loop, never inside a call of this interface */
    /* The answer's head, without 1xx; lives during the call. */
    void (*head)(void *ctx, const struct http1_response *r);
    /* Some of the body, its framing taken off. The bytes may be changed; they live during the
     * call. */
    void (*body)(void *ctx, char *bytes, size_t n);
    /* The end: CHELA_OK: the answer is whole as its framing says. CHELA_UNAVAILABLE: no answer.
     * CHELA_CUT: it broke off. CHELA_PROTOCOL, CHELA_TIMEOUT, CHELA_CANCELLED, CHELA_NOMEM. */
    void (*over)(void *ctx, enum chela_error code, const struct err *e);
};

struct fetch {
    /* For its owner to read. */
    bool answered; /* a final head came */
    bool sent;     /* the whole request is with the kernel */
    /* The rest is upstream's. */
    const struct fetch_handler *handler;
    void *ctx;
    struct origin *origin;
    struct uplink *conn;
    struct buf head;
    str body[FETCH_PARTS];
    size_t parts;
    size_t written; /* of head and body */
    uint64_t connect_ms, until, total_until, paused_at;
    const char *waits_for;
    bool reused, retried, paused, head_request;
};

/* Begins. f need not be initialised; it must stay where it is until it ends. handler is borrowed.
 * CHELA_INTERNAL: the key is bound to another origin; CHELA_NOMEM. Then `over` is not called. */
enum chela_error fetch_start(struct fetch *f, struct origin *o, const struct fetch_request *r,
                             const struct fetch_handler *handler, void *ctx, struct err *e);
/* From now something must happen within ms, or the fetch ends with CHELA_TIMEOUT; 0: no limit. What
 * happens is for the caller to judge: each call replaces the one before. Connecting has its own
 * limit, and while a fetch is paused time stands still for all but total_ms. what: for the message,
 * static: "the first token". */
void fetch_expect(struct fetch *f, uint64_t ms, const char *what);
/* Stops reading: what was read already still comes. */
void fetch_pause(struct fetch *f);
void fetch_resume(struct fetch *f);
/* Ends it now, without `over`. Nothing happens when it has ended. */
void fetch_cancel(struct fetch *f);
/* The caller has all it needs: as fetch_cancel, but if the answer's end comes soon the connection
 * is kept. */
void fetch_release(struct fetch *f);
bool fetch_running(const struct fetch *f);

#endif
