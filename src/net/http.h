/* HTTP out: one request, one answer, streamed to the caller as it arrives.
 *
 * A narrow seam over libcurl (loaded when first used, base/dynlib.h), so that another client can
 * stand behind it. It knows nothing of models: retries, rules and JSON are the caller's.
 *
 * Guarantees: every phase has a timeout; a secret is sent only to the origin it is bound to; user
 * info in a URL is never sent; redirects are not followed (the status says so); a request is put on
 * a wire once; HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR are honoured; TCP_NODELAY is
 * set. Threads: each has a client of its own.
 */
#ifndef CHELA_NET_HTTP_H
#define CHELA_NET_HTTP_H

#include "base/arena.h"
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

struct http_answer { /* head of the answer; valid during on_head */
    int status;
    str content_type;   /* lower case, without parameters; empty when absent */
    double retry_after; /* seconds, from retry-after-ms or Retry-After (number or date); -1: none */
    str request_id;     /* x-request-id, request-id or x-generation-id; empty when absent */
    str head;           /* header lines as they came */
};
/* The first header of that name (letters in either case), trimmed; empty when absent. */
str http_answer_header(const struct http_answer *a, str name);

struct http_request {
    str method; /* "GET", "POST" */
    str url;    /* absolute, http or https */
    const struct http_header *headers;
    size_t header_count;
    const struct secret *bearer; /* Authorization: Bearer …, or the header that it names, unless one
                                    of `headers` says otherwise; NULL: none */
    str body;                    /* with method POST */
    struct http_timeouts timeouts;
    size_t max_body;  /* of the answer, bytes; more is CHELA_LIMIT */
    bool public_only; /* the URL is a stranger's: CHELA_FORBIDDEN when it leads to this machine or a
                         private network */
    const atomic_bool *cancel; /* set to true from a signal handler: CHELA_CANCELLED at once */
    int64_t tick_ms;           /* longest wait between two looks at cancel and on_tick; 0: 250; a
                                  callback may change it */
    void *ctx;
    /* Called once, before the first on_body. Anything but CHELA_OK ends the exchange with it. */
    enum chela_error (*on_head)(void *ctx, const struct http_answer *head, struct err *e);
    enum chela_error (*on_body)(void *ctx, str piece, struct err *e);
    /* Polled at least every tick_ms while waiting; may be NULL. Anything but CHELA_OK ends it. */
    enum chela_error (*on_tick)(void *ctx, struct err *e);
};

struct http_outcome {
    int status;         /* 0: no answer came */
    bool request_sent;  /* false: it failed before the server can have had the request */
    bool complete;      /* the body ended as its framing says */
    bool permanent;     /* failed in a way that another try cannot change: certificate, bad URL */
    double retry_after; /* as in http_answer */
    int64_t first_byte_ms, total_ms; /* since the start; -1: did not happen */
};

/* Runs one exchange to its end. Connection trouble gives CHELA_UNAVAILABLE (refused, DNS, TLS, no
 * answer: the message says which), CHELA_TIMEOUT, or CHELA_CUT when head or body ended short of
 * their framing. An HTTP error status is not an error here. */
enum chela_error http_run(const struct http_request *req, struct http_outcome *out, struct err *e);

/* The connection is kept for the next request of this thread until then. */
void http_close_idle(void);

/* ---- URLs ---- */
struct url {
    str scheme, userinfo, host, port, path, query; /* slices of the text; an IPv6 host keeps its
                                                      brackets; port "" when absent; path "/" at
                                                      least; query without '?'; no fragment */
};
/* http and https only; refuses blanks, control characters, an empty host, and hosts with characters
 * that programs read differently (percent signs, backslashes). */
bool url_parse(str text, struct url *out);
/* False: the host is an address of this machine or a private network, in any spelling, or a name
 * that only a local network has (localhost, a single word, .local, .internal, …). */
bool url_host_may_be_public(const struct url *u);
/* localhost and what is below it: this machine, whatever a resolver says (RFC 6761). */
bool url_host_is_localhost(str host);
/* What a link `ref` in a document at `base` leads to (RFC 3986 §5.2), in a: absolute, "//host/x",
 * "/x", "x", "?x"; without fragment. Empty: base is no URL, ref has another scheme, no memory. */
str url_resolve(str base, str ref, struct arena *a);
/* "https://host[:port]" in lower case without a default port; false when text is no such URL. */
bool url_origin(str text, char *dst, size_t cap);

#endif
