/* HTTP/1.1 in, on libuv: small, bounded, made for streams.
 *
 * One loop, no threads of its own. A request is handed to the handler when its body is complete
 * (the body has a bound); the handler answers at once or later, whole or in pieces. Keep-alive,
 * chunked in both directions, Expect: 100-continue, back-pressure, limits on header, body and time,
 * graceful drain. TLS (tls.h) sits between the socket and the parser and is not seen here.
 *
 * Ownership: a request's slices live until its exchange ends. The exchange ends after exchange_end,
 * or when the client goes away: then `closed` is called once and the exchange must not be used
 * again. No callback runs inside an exchange_* call: they all come from the loop.
 *
 * A client that closes its sending side before its answer is complete counts as gone.
 */
#ifndef CHELA_SERVER_SERVER_H
#define CHELA_SERVER_SERVER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <uv.h>

struct server_limits {
    size_t max_header; /* bytes of request line and headers; more: 431 (414: the line alone) */
    size_t max_body;   /* more: 413 */
    unsigned max_connections; /* more: 503 and close */
    uint64_t header_ms;       /* for a whole head (slow-loris); 408 */
    uint64_t body_ms;         /* between two reads of a body; 408 */
    uint64_t idle_ms;         /* keep-alive */
    uint64_t send_ms;         /* a client that takes nothing for so long is cut */
    uint64_t drain_ms;        /* what running answers get at server_drain */
    bool shared_port;         /* several servers may have it (SO_REUSEPORT) */
};
/* 64 KiB, 64 MiB, 4096, 10 s, 30 s, 75 s, 30 s, 10 s */
extern const struct server_limits server_default_limits;

/* Output that waits in an exchange: over HIGH exchange_write says false, at LOW `drained` is
 * called; over MAX (a handler that does not listen) the connection is cut. */
enum { SERVER_OUT_HIGH = 32 << 10, SERVER_OUT_LOW = 8 << 10, SERVER_OUT_MAX = 256 << 20 };

struct server;
struct exchange;
struct tls_server;

struct server_header {
    str name, value;
};

struct server_request {
    str method, target, path, query; /* path is the target up to '?'; never empty */
    const struct server_header *headers;
    size_t header_count;
    str body;
    struct arena *arena; /* of this exchange: for the handler's own use */
};

struct server_handler {
    void *ctx;
    void (*request)(void *ctx, struct exchange *x);
};

/* Binds and listens; port 0: any. host: "127.0.0.1", "::1". loop and handler are borrowed. The
 * process ignores SIGPIPE from then on. */
enum chela_error server_open(struct server **out, uv_loop_t *loop, const char *host, int port,
                             const struct server_limits *limits,
                             const struct server_handler *handler, struct err *e);
/* The same on a Unix socket that is bound and listens already; owned from here on. It has no port
 * and takes no TLS. */
enum chela_error server_open_unix(struct server **out, uv_loop_t *loop, int fd,
                                  const struct server_limits *limits,
                                  const struct server_handler *handler, struct err *e);
int server_port(const struct server *s);
unsigned server_connections(const struct server *s);
/* Stop accepting, let running answers finish until drain_ms, then cut; done is called once. */
void server_drain(struct server *s, void (*done)(void *ctx), void *ctx);
void server_free(struct server *s); /* after drain's done */

/* TLS on the same port, and plain CONNECT with TLS behind it: the first byte decides. Borrowed;
 * before the first connection. */
void server_use_tls(struct server *s, struct tls_server *tls);
/* TLS and nothing else: what is not encrypted is refused. */
void server_require_tls(struct server *s, struct tls_server *tls);

/* Told of each answer when it is over (access log); method and target empty: no request could be
 * read. */
struct server_report {
    str method, target;
    int status; /* 0: the client left before there was one */
    uint64_t body_bytes, ms;
    bool whole; /* the answer was given to its end */
};
void server_on_report(struct server *s, void (*report)(void *ctx, const struct server_report *r),
                      void *ctx);

const struct server_request *exchange_request(const struct exchange *x);
str exchange_header(const struct exchange *x, str name); /* empty: not there */
/* "https://openrouter.ai", "http://127.0.0.1:8484": what the client reached us as, for URLs that
 * lead back here. In the exchange's arena; empty when its Host header is none. */
str exchange_origin(const struct exchange *x);
void exchange_set_data(struct exchange *x, void *data);
void *exchange_data(const struct exchange *x);
/* Called once if the client goes away before exchange_end. */
void exchange_on_closed(struct exchange *x, void (*closed)(struct exchange *x));
/* Asked when the client goes away: true lets the exchange go on without it. What is written then
 * goes through the filters and no further; it ends by exchange_end, exchange_abort or exchange_cut,
 * and at the latest when the server has been drained. */
void exchange_on_orphaned(struct exchange *x, bool (*goes_on)(struct exchange *x));
/* Called when a full output buffer has room again. */
void exchange_on_drained(struct exchange *x, void (*drained)(struct exchange *x));

/* length -1: chunked. Date, Connection, Content-Length come by themselves. */
void exchange_head(struct exchange *x, int status, const struct server_header *headers,
                   size_t count, int64_t length);
/* False: the output buffer is over its mark; wait for drained before writing more (what was given
 * is kept). Bytes are copied. */
bool exchange_write(struct exchange *x, str bytes);
void exchange_end(struct exchange *x);
/* The request's body is not needed any more: an answer may last longer than that. */
void exchange_release_body(struct exchange *x);
/* Cut the connection without ending the answer; what was written before is sent first. `closed` is
 * not called. */
void exchange_abort(struct exchange *x);
/* Head, body and end in one. */
void exchange_answer(struct exchange *x, int status, str content_type, str body);
/* The same with 200 and this JSON, or 500 when it failed; frees it. */
void exchange_answer_json(struct exchange *x, struct buf *json);
/* The same with {"error":{"message","code","metadata"}}, OpenRouter's form. */
void exchange_fail(struct exchange *x, int status, str message);
/* OpenRouter's name for what went wrong, by status. */
const char *server_error_type(int status);
/* That JSON alone. */
void server_error_json(struct buf *out, int status, str message);
/* One timer of the exchange; a new one replaces it; it dies with the exchange. */
void exchange_after(struct exchange *x, uint64_t ms, void (*fire)(struct exchange *x));

/* ---- filters: what stands between a handler and the wire (faults, recording) ----
 * Handlers do not know of them. A filter is added before the handler answers, usually by a handler
 * that wraps another; the last one added is nearest to the handler. Each step reaches the first
 * filter and goes on when that passes it on: changed, later, or never. A member that is NULL passes
 * on. The filter's memory must live until `over` (the exchange's arena does).
 */
struct server_answer {
    int status;
    const struct server_header *headers;
    size_t count;
    int64_t length;
};

struct exchange_filter {
    void (*head)(struct exchange_filter *f, struct exchange *x, const struct server_answer *a);
    void (*write)(struct exchange_filter *f, struct exchange *x, str bytes);
    void (*end)(struct exchange_filter *f, struct exchange *x);
    /* The last call, however it ended; whole: the answer was given to its end. */
    void (*over)(struct exchange_filter *f, struct exchange *x, bool whole);
    struct exchange_filter *next; /* the server's */
};
void exchange_add_filter(struct exchange *x, struct exchange_filter *f);
void exchange_pass_head(struct exchange_filter *f, struct exchange *x,
                        const struct server_answer *a);
void exchange_pass_write(struct exchange_filter *f, struct exchange *x, str bytes);
void exchange_pass_end(struct exchange_filter *f, struct exchange *x);
/* Bytes for the wire as they are: no framing, no further filter. */
void exchange_raw(struct exchange *x, str bytes);
/* exchange_abort for filters: the handler, if it has not ended, hears `closed`. */
void exchange_cut(struct exchange *x);

#endif
