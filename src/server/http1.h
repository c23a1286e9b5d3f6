/* HTTP/1.1 requests and responses out of bytes (RFC 9112): no I/O, no memory of its own.
 *
 * The head is parsed over the caller's buffer, zero-copy, in picohttpparser's manner: bytes used,
 * more needed, or an error with the status to answer. It may arrive in any pieces; the outcome is
 * the same as for the whole, and each byte is looked at a bounded number of times.
 *
 * Strict where leniency has let requests be smuggled past one of two servers: both Content-Length
 * and Transfer-Encoding, differing lengths, folded lines, a bare LF or CR, NUL, blanks before the
 * colon and Transfer-Encoding in HTTP/1.0 are refused.
 */
#ifndef CHELA_SERVER_HTTP1_H
#define CHELA_SERVER_HTTP1_H

#include "base/str.h"

enum {
    HTTP1_MAX_HEADERS = 128,
    HTTP1_MAX_METHOD = 32,
    HTTP1_MAX_EXTRA = 16 << 10, /* chunk extensions and trailers of one body, bytes */
};

enum http1_result { HTTP1_DONE, HTTP1_MORE, HTTP1_ERROR };

struct http1_error {
    int status;      /* 400 413 414 431 501 505 */
    const char *why; /* static text */
};

enum http1_form {
    HTTP1_ORIGIN,    /* /path?query */
    HTTP1_ABSOLUTE,  /* http://authority/path?query: what a client sends to a proxy */
    HTTP1_AUTHORITY, /* host:port, of CONNECT */
    HTTP1_ASTERISK,  /* "*", of OPTIONS */
};

struct http1_header {
    str name, value;
};

struct http1_framing {
    unsigned minor;  /* HTTP/1.minor: 0 or 1 */
    bool keep_alive; /* what version and Connection ask for */
    bool chunked;    /* then has_length is false */
    bool has_length; /* neither: a request has no body, a response's ends with the connection */
    uint64_t length;
};

struct http1_request { /* slices of the bytes given to http1_head */
    str method, target;
    enum http1_form form;
    str authority;   /* of the target, else the Host header; may be empty */
    str path, query; /* path: never empty, "*" for that form, the authority for CONNECT */
    struct http1_framing framing;
    bool expect_continue, expect_unknown;
    size_t header_count;
    struct http1_header header[HTTP1_MAX_HEADERS];
};

struct http1_scan { /* progress through one head; zero before its first byte */
    size_t at;      /* start of the first line not yet looked at */
    size_t lines, headers;
};

/* bytes: everything received of this head so far, from its first byte. max: bytes of request line,
 * headers and final blank line. On DONE *used is the head's length, *out is filled, *scan is zero
 * again. On MORE call again with more bytes behind the same ones (they may have moved). */
enum http1_result http1_head(struct http1_scan *scan, str bytes, size_t max,
                             struct http1_request *out, size_t *used, struct http1_error *e);

struct http1_response { /* slices of the bytes given to http1_response_head */
    int status;         /* 100 to 999 */
    struct http1_framing framing;
    bool bodyless; /* 1xx, 204, 304; an answer to HEAD is the caller's to know */
    size_t header_count;
    struct http1_header header[HTTP1_MAX_HEADERS];
};

/* As http1_head; the error's status says what is wrong, not what to answer. */
enum http1_result http1_response_head(struct http1_scan *scan, str bytes, size_t max,
                                      struct http1_response *out, size_t *used,
                                      struct http1_error *e);
str http1_response_header(const struct http1_response *r, str name);
/* Seconds, from Retry-After-Ms, or Retry-After as a number or a date; negative: not said. */
double http1_retry_after(const struct http1_response *r);

/* Value of the header `name` (any case): the first one; empty when there is none. */
str http1_header(const struct http1_request *r, str name);
/* Next element of a comma-separated value, trimmed; false at the end. Empty ones are skipped. */
bool http1_list_next(str *rest, str *item);
bool http1_is_token(str s); /* method or header name; false when empty */

/* ---- chunked bodies ---- */
struct http1_chunked { /* zero before the first byte */
    unsigned char state;
    unsigned char digits;
    uint64_t left; /* of this chunk's data */
    size_t extra;  /* extensions and trailers so far */
};

/* Takes *used bytes of `in` and gives at most one slice of data out of it (empty: none). MORE: call
 * again with the rest; when that is empty, with what arrives next. DONE: the body and its trailers
 * (dropped) ended after *used bytes. */
enum http1_result http1_chunk(struct http1_chunked *c, str in, size_t *used, str *data,
                              struct http1_error *e);

#endif
