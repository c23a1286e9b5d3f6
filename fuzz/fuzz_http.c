/* The request parser and the chunk decoder, as a connection uses them: requests one after the other
 * out of one stream of bytes. Whatever the pieces, the requests are the same; nothing is taken that
 * was not given; a body is never longer than what came. Byte 0 chooses the pieces. */
#include "base/buf.h"
#include "server/http1.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_HEAD = 600, MAX_BODY = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what) {
    if (!what) abort();
}

struct reader {
    struct buf in, body, log;
    struct http1_scan scan;
    struct http1_chunked chunk;
    struct http1_request r;
    uint64_t left;
    bool in_body, failed;
};

static void note(struct reader *x, str s) {
    buf_addf(&x->log, "[%zu]", s.n);
    buf_add(&x->log, s);
}

static void check_slice(str s, str in) {
    must(s.n == 0 || (s.p >= in.p && s.p + s.n <= in.p + in.n) || str_eq(s, S("/")));
}

static void note_head(struct reader *x, str head) {
    const struct http1_request *r = &x->r;
    check_slice(r->method, head);
    check_slice(r->path, head);
    check_slice(r->query, head);
    check_slice(r->authority, head);
    must(r->method.n > 0 && r->target.n > 0 && r->path.n > 0);
    must(!(r->framing.chunked && r->framing.has_length) && r->framing.minor <= 1);
    must(!str_has(head, S("\n\n")) && !memchr(head.p, '\0', head.n));
    note(x, r->method);
    note(x, r->target);
    note(x, r->path);
    note(x, r->query);
    note(x, r->authority);
    for (size_t i = 0; i < r->header_count; i++) {
        check_slice(r->header[i].name, head);
        check_slice(r->header[i].value, head);
        must(http1_is_token(r->header[i].name));
        note(x, r->header[i].name);
        note(x, r->header[i].value);
    }
    buf_addf(&x->log, "%d %u %d %d %d %d %llu\n", r->form, r->framing.minor, r->framing.keep_alive,
             r->expect_continue, r->expect_unknown, r->framing.chunked,
             (unsigned long long)r->framing.length);
}

static void fail(struct reader *x, int status) {
    must(status == 400 || status == 413 || status == 414 || status == 431 || status == 501 ||
         status == 505);
    buf_addf(&x->log, "error %d\n", status);
    x->failed = true;
}

static void end_body(struct reader *x) {
    note(x, buf_str(&x->body));
    buf_clear(&x->body);
    x->in_body = false;
}

/* Returns the bytes used; 0: more are needed. */
static size_t step(struct reader *x, str in) {
    struct http1_error e = { 0 };
    size_t used = 0;
    if (!x->in_body) {
        enum http1_result got = http1_head(&x->scan, in, MAX_HEAD, &x->r, &used, &e);
        must(used <= in.n && used <= MAX_HEAD);
        must(x->scan.at <= in.n);
        if (got == HTTP1_ERROR) fail(x, e.status);
        if (got != HTTP1_DONE) return 0;
        must(used >= 4 && memcmp(in.p + used - 4, "\r\n\r\n", 4) == 0);
        note_head(x, str_head(in, used));
        if (x->r.framing.length > MAX_BODY) fail(x, 413);
        x->left = x->r.framing.length;
        x->chunk = (struct http1_chunked){ 0 };
        x->in_body = x->r.framing.chunked || x->left;
        return used;
    }
    if (!x->r.framing.chunked) {
        str part = in.n > x->left ? str_head(in, (size_t)x->left) : in;
        buf_add(&x->body, part);
        x->left -= part.n;
        if (!x->left) end_body(x);
        return part.n;
    }
    str data;
    enum http1_result got = http1_chunk(&x->chunk, in, &used, &data, &e);
    must(used <= in.n && data.n <= used && x->chunk.extra <= HTTP1_MAX_EXTRA + 1);
    must(got != HTTP1_MORE || used > 0);
    if (x->body.n + data.n > MAX_BODY) {
        fail(x, 413);
        return used;
    }
    buf_add(&x->body, data);
    if (got == HTTP1_ERROR) fail(x, e.status);
    if (got == HTTP1_DONE) end_body(x);
    return used;
}

static void read_all(struct reader *x, str bytes, unsigned pieces) {
    *x = (struct reader){ .in = BUF_INIT(1u << 20),
                          .body = BUF_INIT(MAX_BODY),
                          .log = BUF_INIT(64u << 20) };
    while (bytes.n && !x->failed) {
        size_t n = bytes.n;
        if (pieces) {
            pieces = pieces * 1103515245u + 12345u;
            n = 1 + (pieces >> 16) % (pieces & 1 ? 3 : 40);
        }
        buf_add(&x->in, str_head(bytes, n));
        bytes = str_skip(bytes, n);
        while (x->in.n && !x->failed) {
            /* in memory of its own, so that a sanitizer sees any step beyond it */
            char *copy = malloc(x->in.n);
            memcpy(copy, x->in.p, x->in.n);
            size_t used = step(x, (str){ copy, x->in.n });
            free(copy);
            if (!used) break;
            buf_consume(&x->in, used);
        }
    }
}

static void forget(struct reader *x) {
    buf_free(&x->in);
    buf_free(&x->body);
    buf_free(&x->log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct reader whole, parts;
    if (size < 1 || size > 16384) return 0;
    str bytes = { (const char *)data + 1, size - 1 };
    read_all(&whole, bytes, 0);
    read_all(&parts, bytes, data[0] + 1u);
    /* A body may break off at different bytes of the same error; requests and verdict may not. */
    must(whole.failed == parts.failed);
    must(str_eq(buf_str(&whole.log), buf_str(&parts.log)));
    must(whole.log.failed || whole.body.n <= bytes.n);
    forget(&whole);
    forget(&parts);
    return 0;
}
