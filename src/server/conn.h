/* The server's inside, shared by server.c (listening, counting, draining), conn.c (one connection:
 * reading, sending, time) and exchange.c (one answer). Nobody else includes it.
 *
 * What one turn of the loop produced is sent at its end, in one write: whatever changes a
 * connection calls conn_touch, and the server's prepare handle, which runs right before the loop
 * waits, takes every touched connection through conn_turn. So nothing is delayed, callbacks never
 * run inside a handler's call, and an exchange is torn down in one place.
 */
#ifndef CHELA_SERVER_CONN_H
#define CHELA_SERVER_CONN_H

#include "server/http1.h"
#include "server/server.h"
#include "server/tls.h"

enum {
    CONN_READ = 64 << 10,       /* the read buffer that all connections of a server share */
    CONN_RESERVE = 256 << 10,   /* for a body that was promised */
    CONN_READ_AHEAD = 16 << 10, /* requests sent ahead of their turn, beyond it reading stops */
    CONN_LINGER_MS = 2000,      /* a closed connection waits so long for the client's own close */
};

struct exchange {
    struct server_request request;
    struct arena arena;
    void *data;
    void (*closed)(struct exchange *x);
    void (*drained)(struct exchange *x);
    bool (*goes_on)(struct exchange *x); /* without its client */
    void (*fire)(struct exchange *x);
    struct exchange_filter *filters;
    int64_t left; /* of the declared length; -1: none was declared */
    uint64_t sent, started;
    int status;
    bool active;
    bool head_sent, chunked, bodyless; /* of the answer; bodyless: HEAD, 204, 304 */
    bool handler_done;                 /* it called end or abort */
    bool wire_done;                    /* the last byte was produced */
    bool cut;                          /* close without an end */
    bool full;                         /* the handler waits for `drained` */
};

enum conn_state {
    CONN_HEAD,   /* between requests, or reading a head */
    CONN_BODY,   /* reading a body */
    CONN_BUSY,   /* with the handler */
    CONN_ENDING, /* nothing more is read; close when all is sent */
    CONN_LINGER, /* our side is shut; what comes is thrown away until the client closes */
    CONN_ORPHAN, /* with the handler; the client is gone, and so is the socket */
    CONN_CLOSED, /* the handles are closing */
};

union conn_socket { /* TCP, or a Unix socket */
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
};

struct conn {
    struct server *server;
    struct conn *previous, *next;              /* in server->conns */
    struct conn *touched_next, **touched_link; /* in server->touched; link NULL: not */
    union conn_socket socket;
    uv_timer_t clock; /* the nearest of the two times below */
    uv_timer_t pause; /* exchange_after */
    uv_write_t write;
    uv_shutdown_t shutdown;
    enum conn_state state;
    unsigned handles;    /* not yet closed */
    uint64_t wait_until; /* for the client to say something; 0: not waiting */
    uint64_t send_until; /* for it to take something; 0: nothing waits */
    size_t unsent_then;  /* when send_until was set */
    struct http1_scan scan;
    struct http1_chunked chunk;
    uint64_t body_left;
    struct buf in; /* bytes of requests that cannot be used yet */
    struct buf body;
    struct buf out;     /* plain bytes of this turn */
    struct buf wire;    /* the same, as they go on the socket */
    struct buf sending; /* what libuv holds */
    struct tls *tls;
    unsigned minor; /* of the current request */
    bool body_chunked, keep_alive;
    bool sniff;   /* the next byte decides between TLS and HTTP */
    bool tunnel;  /* after CONNECT */
    bool begun;   /* some of a head is there */
    bool reading; /* the socket is being read */
    bool eof;     /* the client closed its side */
    bool abrupt;  /* close without the courtesies */
    bool goodbye; /* TLS's was said */
    struct exchange x;
};

struct server {
    uv_loop_t *loop;
    struct server_limits limits;
    struct server_handler handler;
    struct tls_server *tls;
    bool tls_only; /* plain HTTP is refused */
    void (*report)(void *ctx, const struct server_report *r);
    void *report_ctx;
    union conn_socket listener;
    bool unix_socket;
    uv_prepare_t prepare; /* takes the touched ones through their turn */
    uv_idle_t again;      /* runs while some are left, so that the loop does not wait */
    uv_timer_t drain;
    unsigned handles;
    int port;
    unsigned count; /* connections */
    struct conn *conns, *touched;
    bool accept_waits; /* for memory */
    bool draining;
    void (*done)(void *ctx);
    void *done_ctx;
    struct http1_request request; /* 4 KB of slices: one at a time is being parsed */
    struct buf plain;             /* what tls_take decrypted */
    char date[40];
    int64_t date_second;
    char read[CONN_READ];
};

/* server.c */
void server_forget(struct server *s, struct conn *c); /* c's handles are closed; frees it */
str server_date(struct server *s);                    /* "Sun, 06 Nov 1994 08:49:37 GMT" */

/* conn.c */
void conn_start(struct server *s, struct conn *c); /* the socket is accepted */
void conn_touch(struct conn *c);
void conn_turn(struct conn *c);
void conn_drain(struct conn *c);
void conn_gone(struct conn *c); /* close now; the handler hears of it */
/* Answer by the server itself, then close: the request was not understood or not allowed. */
void conn_refuse(struct conn *c, int status, const char *why);
size_t conn_unsent(const struct conn *c);

/* exchange.c */
bool exchange_begin(struct conn *c, const struct http1_request *r, str head); /* false: memory */
void exchange_over(struct conn *c, bool whole); /* frees what belongs to it */
struct conn *exchange_conn(const struct exchange *x);
const char *status_text(int status);

#endif
