/* Bytes on one connection: the request out, the answer in, TLS and the proxy's tunnel before them.
 */
#include "upstream/upstream_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static uv_stream_t *stream(struct uplink *c) {
    return &c->socket.stream;
}

static void send_request(struct uplink *c);

__attribute__((format(printf, 3, 4))) static void fail(struct uplink *c, enum chela_error code,
                                                       const char *fmt, ...) {
    char what[512];
    struct err e = ERR_INIT;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    err_set(&e, code, "%s: %s", c->origin->text, what);
    uplink_fail(c, code, &e);
}

/* ---- writing ---- */

static void on_written(uv_write_t *request, int status) {
    struct uplink *c = request->data;
    c->writing = false;
    buf_free(&c->sending);
    if (c->step == STEP_CLOSED) return;
    if (status < 0) {
        uplink_ended(c, status);
        return;
    }
    struct fetch *f = c->fetch;
    if (f && c->step == STEP_EXCHANGE && !c->tls) {
        f->written = SIZE_MAX; /* libuv had all that was left */
        f->sent = true;
    }
    send_request(c);
}

/* What the kernel does not take now is libuv's until on_written; its bytes must stay. Returns false
 * when the connection is broken. */
static bool give(struct uplink *c, uv_buf_t *pieces, unsigned count, size_t *taken) {
    int n = uv_try_write(stream(c), pieces, count);
    if (n == UV_EAGAIN) n = 0;
    if (n < 0) {
        uplink_trouble(c, n);
        return false;
    }
    size_t left = *taken = (size_t)n;
    for (unsigned i = 0; i < count; i++) c->wrote += pieces[i].len;
    for (; count && left >= pieces->len; pieces++, count--) left -= pieces->len;
    if (count == 0) return true;
    pieces->base += left;
    pieces->len -= left;
    c->write.data = c;
    int status = uv_write(&c->write, stream(c), pieces, count, on_written);
    if (status < 0) uplink_trouble(c, status);
    c->writing = status == 0;
    return status == 0;
}

/* TLS: what waits in c->wire. */
static void flush_wire(struct uplink *c) {
    size_t taken;
    if (c->wire.failed) {
        uplink_trouble(c, UV_ENOMEM);
        return;
    }
    if (c->writing || c->wire.n == 0) return;
    struct buf empty = c->sending;
    c->sending = c->wire;
    c->wire = empty;
    uv_buf_t piece = uv_buf_init(c->sending.p, (unsigned)c->sending.n);
    give(c, &piece, 1, &taken);
    if (!c->writing) buf_free(&c->sending); /* an idle connection holds no buffer */
}

/* Head and body of the request, from `written` on, as pieces. */
static unsigned pieces_left(const struct fetch *f, uv_buf_t out[FETCH_PARTS + 1]) {
    size_t skip = f->written;
    unsigned count = 0;
    for (size_t i = 0; i <= f->parts; i++) {
        str part = i == 0 ? buf_str(&f->head) : f->body[i - 1];
        if (skip >= part.n) {
            skip -= part.n;
            continue;
        }
        out[count++] = uv_buf_init((char *)(uintptr_t)part.p + skip, (unsigned)(part.n - skip));
        skip = 0;
    }
    return count;
}

static void send_request(struct uplink *c) {
    struct fetch *f = c->fetch;
    uv_buf_t left[FETCH_PARTS + 1];
    if (c->tls) flush_wire(c);
    while (f && c->step == STEP_EXCHANGE && !f->sent && !c->writing && !c->trouble) {
        unsigned count = pieces_left(f, left);
        size_t taken = 0;
        if (count == 0) {
            f->sent = true;
        } else if (c->tls) {
            size_t n = left[0].len < UPSTREAM_TLS_PIECE ? left[0].len : UPSTREAM_TLS_PIECE;
            if (!tls_give(c->tls, (str){ left[0].base, n }, &c->wire)) {
                uplink_trouble(c, UV_ECONNABORTED);
                return;
            }
            f->written += n;
            flush_wire(c);
        } else {
            if (!give(c, left, count, &taken)) return;
            f->written += taken;
            f->sent = !c->writing;
        }
    }
}

/* ---- reading ---- */

/* Where the answer's body begins, and how it will end. */
static void enter_body(struct uplink *c, const struct http1_response *r) {
    const struct fetch *f = c->fetch;
    const struct http1_framing *framing = &r->framing;
    bool none = r->bodyless || f->head_request;
    c->in_body = true;
    c->chunked = framing->chunked && !none;
    c->has_length = framing->has_length || none;
    c->left = none ? 0 : framing->length;
    c->chunk = (struct http1_chunked){ 0 };
    c->keep = framing->keep_alive && (c->chunked || c->has_length);
    str rest = http1_response_header(r, S("keep-alive")), item;
    int64_t seconds;
    while (http1_list_next(&rest, &item))
        if (str_istarts(item, S("timeout=")) && str_i64(str_skip(item, 8), &seconds))
            /* a little less: the server must not close it while a request is on its way */
            c->keep_ms = seconds > 1 ? (uint64_t)(seconds - 1) * 1000 : 1;
}

static void tunnel_answered(struct uplink *c, const struct http1_response *r);

/* One head out of `bytes`. How many were used; 0: more is needed, or the connection is gone. */
static size_t take_head(struct uplink *c, str bytes) {
    struct upstream_pool *p = c->origin->pool;
    struct http1_response *r = &p->response;
    struct http1_error e;
    size_t used;
    switch (http1_response_head(&c->scan, bytes, p->settings.max_head, r, &used, &e)) {
    case HTTP1_MORE: return 0;
    case HTTP1_ERROR: fail(c, CHELA_PROTOCOL, "the answer is no proper HTTP: %s", e.why); return 0;
    default: break;
    }
    if (r->status == 101) {
        fail(c, CHELA_PROTOCOL, "the answer is 101, which nobody asked for");
        return 0;
    }
    if (r->status < 200) return used;
    if (c->step == STEP_TUNNEL) {
        tunnel_answered(c, r);
        return used;
    }
    struct fetch *f = c->fetch;
    f->answered = true;
    enter_body(c, r);
    f->handler->head(f->ctx, r);
    return used;
}

/* Takes the chunks' framing out of p[0..n): data is moved together at its front. */
static enum http1_result take_chunks(struct uplink *c, char *p, size_t n, size_t *used,
                                     size_t *data, struct http1_error *e) {
    *used = *data = 0;
    while (*used < n) {
        size_t step;
        str piece;
        enum http1_result r =
            http1_chunk(&c->chunk, (str){ p + *used, n - *used }, &step, &piece, e);
        if (piece.n && piece.p != p + *data) memmove(p + *data, piece.p, piece.n);
        *data += piece.n;
        *used += step;
        if (r != HTTP1_MORE) return r;
    }
    return HTTP1_MORE;
}

/* Some of the body; the fetch, if there still is one, gets it. Returns how many bytes were used. */
static size_t take_body(struct uplink *c, char *p, size_t n) {
    size_t used = n, data = n;
    bool whole = false;
    if (c->chunked) {
        struct http1_error e;
        enum http1_result r = take_chunks(c, p, n, &used, &data, &e);
        if (r == HTTP1_ERROR) {
            fail(c, CHELA_PROTOCOL, "the answer is no proper HTTP: %s", e.why);
            return used;
        }
        whole = r == HTTP1_DONE;
    } else if (c->has_length) {
        if (data > c->left) used = data = (size_t)c->left;
        c->left -= data;
        whole = c->left == 0;
    }
    struct fetch *f = c->fetch;
    if (f && data) f->handler->body(f->ctx, p, data);
    if (c->step == STEP_SWALLOW && !f && (c->swallowed += used) > UPSTREAM_SWALLOW) {
        uplink_close(c);
        return used;
    }
    if (!whole || (c->step != STEP_EXCHANGE && c->step != STEP_SWALLOW)) return used;
    c->in_body = false;
    if (used < n) c->keep = false; /* more than was promised */
    uplink_done(c);
    return used;
}

static bool takes_answer(const struct uplink *c) {
    return c->step == STEP_EXCHANGE || c->step == STEP_SWALLOW || c->step == STEP_TUNNEL;
}

/* Plain bytes, which may be changed. */
static void take(struct uplink *c, char *p, size_t n) {
    bool waiting = c->in.n > 0;
    if (!takes_answer(c)) {
        uplink_close(c); /* an idle connection that speaks: what it means nobody knows */
        return;
    }
    if (waiting) { /* a head came in pieces */
        if (!buf_add(&c->in, (str){ p, n })) {
            fail(c, CHELA_NOMEM, "out of memory for the answer");
            return;
        }
        p = c->in.p;
        n = c->in.n;
    }
    size_t used = 0;
    while (used < n && takes_answer(c)) {
        size_t step = c->in_body ? take_body(c, p + used, n - used)
                                 : take_head(c, (str){ p + used, n - used });
        if (step == 0) break;
        used += step;
        /* a body of no bytes is whole when its head is */
        if (c->in_body && c->has_length && c->left == 0 && takes_answer(c)) {
            c->in_body = false;
            if (used < n) c->keep = false;
            uplink_done(c);
            break;
        }
    }
    if (c->step == STEP_CLOSED) return;
    if (!c->in_body && takes_answer(c) && used < n && !waiting) {
        if (!buf_add(&c->in, (str){ p + used, n - used }))
            fail(c, CHELA_NOMEM, "out of memory for the answer");
    } else if (waiting && used >= n) {
        buf_free(&c->in);
    } else if (waiting) {
        buf_consume(&c->in, used);
    }
}

/* ---- before the exchange: tunnel, TLS ---- */

static void start_tls(struct uplink *c) {
    struct origin *o = c->origin;
    c->step = STEP_TLS;
    c->tls = tls_connect(o->pool->tls, o->host, &c->wire);
    if (c->tls)
        flush_wire(c);
    else
        uplink_trouble(c, UV_ENOMEM);
}

static void ask_for_tunnel(struct uplink *c) {
    const struct origin *o = c->origin;
    const char *authorization = o->pool->proxy_authorization;
    bool v6 = strchr(o->host, ':') != NULL;
    c->step = STEP_TUNNEL;
    for (int i = 0; i < 2; i++)
        buf_addf(&c->wire, "%s%s%s%s:%d%s", i ? "Host: " : "CONNECT ", v6 ? "[" : "", o->host,
                 v6 ? "]" : "", o->port, i ? "\r\n" : " HTTP/1.1\r\n");
    if (authorization) buf_addf(&c->wire, "Proxy-Authorization: %s\r\n", authorization);
    buf_add(&c->wire, S("\r\n"));
    flush_wire(c);
}

static void tunnel_answered(struct uplink *c, const struct http1_response *r) {
    if (r->status < 300)
        start_tls(c);
    else
        fail(c, CHELA_UNAVAILABLE, "the proxy of HTTPS_PROXY refused a connection to it: %d%s",
             r->status, r->status == 407 ? ", it wants a user and password" : "");
}

void uplink_connected(struct uplink *c) {
    if (!c->origin->path) uv_tcp_nodelay(&c->socket.tcp, 1);
    if (c->origin->tunnel)
        ask_for_tunnel(c);
    else if (c->origin->tls)
        start_tls(c);
    else
        uplink_begin(c);
    uplink_read(c);
}

void uplink_begin(struct uplink *c) {
    c->step = STEP_EXCHANGE;
    c->until = 0;
    c->scan = (struct http1_scan){ 0 };
    c->in_body = false;
    c->keep_ms = 0;
    c->wrote_before = c->wrote;
    send_request(c);
}

/* ---- the socket ---- */

void uplink_ended(struct uplink *c, int status) {
    const struct fetch *f = c->fetch;
    const char *why = status == UV_EOF ? "it closed the connection" : uv_strerror(status);
    if (!f)
        uplink_close(c);
    else if (c->step == STEP_TUNNEL)
        fail(c, CHELA_UNAVAILABLE, "the proxy of HTTPS_PROXY gave no connection to it: %s", why);
    else if (c->step == STEP_TLS)
        fail(c, CHELA_UNAVAILABLE, "no TLS connection: %s", why);
    else if (!f->answered && c->step == STEP_EXCHANGE && uplink_try_again(c))
        return;
    else if (!f->answered)
        fail(c, CHELA_UNAVAILABLE, "no answer: %s", why);
    else if (status == UV_EOF && !c->chunked && !c->has_length)
        uplink_done(c); /* the end of the connection is the end of the answer */
    else
        fail(c, CHELA_CUT, "the answer broke off: %s", why);
}

static void take_encrypted(struct uplink *c, str bytes) {
    struct buf *plain = &c->origin->pool->plain;
    buf_clear(plain);
    enum tls_status status = tls_take(c->tls, bytes, plain, &c->wire);
    if (c->step == STEP_TLS && status == TLS_OPEN && tls_ready(c->tls))
        uplink_begin(c); /* sends what waits, too */
    else
        flush_wire(c);
    if (plain->n) take(c, plain->p, plain->n);
    if (c->step == STEP_CLOSED) return;
    if (status == TLS_ENDED) {
        uplink_ended(c, UV_EOF);
    } else if (status == TLS_BROKEN || plain->failed) {
        bool shaking = c->step == STEP_TLS;
        buf_free(plain);
        if (c->fetch && shaking)
            fail(c, CHELA_UNAVAILABLE, "no TLS connection: %s", tls_fault(c->tls));
        else
            uplink_ended(c, UV_ECONNABORTED);
    }
}

static void on_room(uv_handle_t *handle, size_t hint, uv_buf_t *room) {
    (void)hint;
    const struct uplink *c = handle->data;
    *room = uv_buf_init(c->origin->pool->read, UPSTREAM_READ);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *room) {
    struct uplink *c = s->data;
    if (c->step == STEP_CLOSED || n == 0) return;
    if (n < 0) /* Without TLS's goodbye an end of the connection may be anybody's doing. */
        uplink_ended(c, c->tls && n == UV_EOF ? UV_ECONNRESET : (int)n);
    else if (c->tls)
        take_encrypted(c, (str){ room->base, (size_t)n });
    else
        take(c, room->base, (size_t)n);
}

void uplink_read(struct uplink *c) {
    bool reading = !(c->fetch && c->fetch->paused && c->step == STEP_EXCHANGE);
    if (reading == c->reading || c->step <= STEP_CONNECT || c->step == STEP_CLOSED) return;
    c->reading = reading;
    if (reading)
        uv_read_start(stream(c), on_room, on_read);
    else
        uv_read_stop(stream(c));
}
