/* The client's inside, shared by upstream.c (pool, origins, fetches), upstream_dial.c (names,
 * addresses, proxies) and upstream_link.c (bytes on a connection). Nobody else includes it. */
#ifndef CHELA_UPSTREAM_UPSTREAM_IMPL_H
#define CHELA_UPSTREAM_UPSTREAM_IMPL_H

#include "server/tls.h"
#include "upstream/upstream.h"

#include <netinet/in.h>

enum {
    UPSTREAM_READ = 64 << 10,        /* the read buffer that all connections share */
    UPSTREAM_ADDRESSES = 8,          /* of a name */
    UPSTREAM_NAME_MS = 60 * 1000,    /* so long an address is used without asking again */
    UPSTREAM_NEXT_ADDRESS_MS = 3000, /* while there are others, one gets so long */
    UPSTREAM_SWALLOW = 16 << 10,     /* what may follow in a released fetch … */
    UPSTREAM_SWALLOW_MS = 500,       /* … and how soon */
    UPSTREAM_TLS_PIECE = 64 << 10,   /* encrypted at once */
};

enum conn_step {
    STEP_NAME,     /* waits for addresses */
    STEP_CONNECT,  /* TCP */
    STEP_TUNNEL,   /* the proxy was asked */
    STEP_TLS,      /* handshake */
    STEP_EXCHANGE, /* with a fetch */
    STEP_SWALLOW,  /* with what is left of a released one */
    STEP_IDLE,     /* in origin->idle */
    STEP_CLOSED,   /* its handles are closing */
};

union any_address {
    struct sockaddr_in6 v6;
    struct sockaddr_in v4;
    struct sockaddr any;
};

struct origin {
    struct origin *next;
    struct upstream_pool *pool;
    char *text;    /* "https://host:port" as url_origin makes it */
    char *host;    /* without brackets */
    str authority; /* for Host and CONNECT; within text */
    char *path;    /* of a Unix socket; NULL: TCP */
    int port;
    bool tls;
    bool tunnel; /* through the pool's proxy */
    /* Where connections go: host, or the proxy. */
    union any_address address[UPSTREAM_ADDRESSES];
    size_t addresses;
    uint64_t known_until;
    bool looking_up;
    uv_getaddrinfo_t lookup;
    struct uplink *waiting; /* for it, by next_waiting */
    struct uplink *idle;    /* the last used first, by next_idle */
    unsigned idle_count;
};

struct uplink {
    struct uplink *previous, *next; /* in pool->conns */
    struct uplink *next_waiting;
    struct uplink *next_idle, **idle_link;
    struct origin *origin;
    struct fetch *fetch; /* NULL: STEP_SWALLOW, STEP_IDLE, STEP_CLOSED */
    enum conn_step step;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe; /* origin->path is set */
    } socket;
    uv_timer_t clock;
    union { /* one after the other */
        uv_connect_t connect;
        uv_write_t write;
    };
    unsigned handles;
    size_t address; /* of origin->address, which is being tried */
    struct tls *tls;
    struct buf in;      /* an answer's head that came in pieces */
    struct buf wire;    /* TLS: encrypted, not yet written */
    struct buf sending; /* TLS: what libuv holds */
    struct http1_scan scan;
    struct http1_chunked chunk;
    uint64_t left;          /* of a body with a length */
    uint64_t until;         /* of the step, up to STEP_TLS and after a fetch; 0: no limit */
    uint64_t address_until; /* STEP_CONNECT, while there are other addresses */
    int trouble;            /* see uplink_trouble; 0: none */
    uint64_t wrote;         /* bytes that the kernel took … */
    uint64_t wrote_before;  /* … and before this fetch */
    uint64_t keep_ms;       /* how long the server keeps an idle connection; 0: it did not say */
    size_t swallowed;
    bool in_body, chunked, has_length; /* of the answer being read */
    bool keep;                         /* both sides want to go on after it */
    bool reading, writing;
};

struct upstream_pool {
    uv_loop_t *loop;
    struct upstream_settings settings;
    struct upstream_counts counts;
    struct origin *origins;
    struct uplink *conns;
    unsigned open, idle;
    bool closed;
    struct tls_client *tls; /* made when the first https origin is */
    char *no_proxy;
    char *proxy_host; /* NULL: none */
    int proxy_port;
    char *proxy_authorization;      /* "Basic …"; NULL: none */
    struct buf plain;               /* what TLS decrypted */
    struct http1_response response; /* 4 KB of slices: one at a time is being parsed */
    char read[UPSTREAM_READ];
};

/* upstream.c */
struct uplink *uplink_new(struct origin *o); /* NULL: out of memory */
void uplink_close(struct uplink *c);         /* its fetch, if any, hears nothing */
/* Handles a libuv error as soon as the call that found it has returned. */
void uplink_trouble(struct uplink *c, int status);
void uplink_arm(struct uplink *c); /* a time limit may have moved nearer */
void uplink_fail(struct uplink *c, enum chela_error code, const struct err *e);
void uplink_done(struct uplink *c); /* the answer is whole */
/* The connection ended before an answer began: the request goes out on another one, if it can. */
bool uplink_try_again(struct uplink *c);

/* upstream_dial.c */
enum chela_error dial_use_proxy(struct upstream_pool *p, const char *url, struct err *e);
bool dial_through_proxy(const struct upstream_pool *p, const struct origin *o);
void dial_start(struct uplink *c);
void dial_failed(struct uplink *c, int status); /* with this address */
void dial_forget(struct uplink *c);             /* it waits no longer */

/* upstream_link.c */
void uplink_connected(struct uplink *c);
void uplink_begin(struct uplink *c);             /* the fetch has a working connection */
void uplink_read(struct uplink *c);              /* start or stop reading, as the fetch wants */
void uplink_ended(struct uplink *c, int status); /* by the other side, or broken */

#endif
