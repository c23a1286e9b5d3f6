/* HTTP out: one request, one answer, streamed to the caller as it arrives.
 *
 * A narrow seam over libcurl (loaded when first used, base/dynlib.h), so that another client can
 * stand behind it. It knows nothing of models: retries, rules and JSON are the caller's.
 *
 * Guarantees: every phase has a timeout; a secret is sent only to the origin it is bound to;
 * redirects are not followed unless asked for, and never with a secret or a body to another origin;
 * HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are honoured; TCP_NODELAY is set.
 */
#ifndef CHELA_NET_HTTP_H
#define CHELA_NET_HTTP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

#include <stdatomic.h>

struct http_header {
    str name, value;
};

struct http_timeouts {  /* milliseconds; 0: none */
    int64_t connect;    /* name look-up, TCP, TLS */
    int64_t first_byte; /* from the request being sent to the answer's first header */
    int64_t idle;       /* between two reads of the body */
    int64_t total;
};
/* connect 15 s, first byte 120 s, idle 120 s, no total. */
extern const struct http_timeouts http_default_timeouts;

struct http_answer { /* head of the answer; valid during the exchange */
    int status;
    str content_type;   /* lower case, without parameters; empty when absent */
    double retry_after; /* seconds, from Retry-After (number or date) or retry-after-ms; -1: none */
    str request_id;     /* x-request-id, request-id or x-generation-id; empty when absent */
};

struct http_request {
    str method; /* "GET", "POST" */
    str url;    /* absolute, http or https */
    const struct http_header *headers;
    size_t header_count;
    const struct secret *bearer; /* Authorization: Bearer …; NULL: none */
    str body;                    /* with method POST */
    struct http_timeouts timeouts;
    size_t max_body;           /* of the answer, bytes; more is CHELA_LIMIT */
    const atomic_bool *cancel; /* set to true from a signal handler: CHELA_CANCELLED at once */
    void *ctx;
    /* Called once, before the first on_body. Anything but CHELA_OK ends the exchange with it. */
    enum chela_error (*on_head)(void *ctx, const struct http_answer *head, struct err *e);
    enum chela_error (*on_body)(void *ctx, str piece, struct err *e);
    /* Polled at least every 250 ms while waiting; may be NULL. Anything but CHELA_OK ends it. */
    enum chela_error (*on_tick)(void *ctx, struct err *e);
};

struct http_outcome {
    int status;         /* 0: no answer came */
    bool request_sent;  /* false: it failed before the server can have had the request */
    bool complete;      /* the body ended as its framing says */
    double retry_after; /* as in http_answer */
    int64_t first_byte_ms, total_ms; /* since the start; -1: did not happen */
};

/* Runs one exchange to its end. Connection trouble gives CHELA_UNAVAILABLE (refused, DNS, TLS: the
 * message says which), CHELA_TIMEOUT, or CHELA_CUT when the body ended short of its framing. An
 * HTTP error status is not an error here. */
enum chela_error http_run(const struct http_request *req, struct http_outcome *out, struct err *e);

/* The connection is kept for the next request of this thread until then. */
void http_close_idle(void);

/* ---- URLs ---- */
struct url {
    str scheme, userinfo, host, port, path, query; /* slices of the text; port "" when absent; path
                                                      "/" at least; query without '?' */
};
/* http and https only; refuses blanks, control characters and an empty host. */
bool url_parse(str text, struct url *out);
/* "https://host[:port]" in lower case without a default port; false when text is no such URL. */
bool url_origin(str text, char *dst, size_t cap);

#endif
