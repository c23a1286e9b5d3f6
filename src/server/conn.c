/* One connection: from bytes to requests, from answers to bytes, and the times it may take. */
#include "server/conn.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Without it the kernel would take megabytes for a client that reads slowly, and a handler would
 * hear of the client's slowness, or its leaving, that much later. */
enum { UNSENT_IN_KERNEL = 128 << 10 };

static void on_clock(uv_timer_t *timer);
static void conn_read(struct conn *c);
static void conn_raw(struct conn *c, str bytes);

static uint64_t now(const struct conn *c) {
    return uv_now(c->server->loop);
}

static uv_stream_t *stream(struct conn *c) {
    return &c->socket.stream;
}

void conn_touch(struct conn *c) {
    struct server *s = c->server;
    if (c->touched_link || c->state == CONN_CLOSED) return;
    c->touched_next = s->touched;
    c->touched_link = &s->touched;
    if (s->touched) s->touched->touched_link = &c->touched_next;
    s->touched = c;
}

/* ---- closing ---- */

static void on_closed(uv_handle_t *handle) {
    struct conn *c = handle->data;
    if (--c->handles > 0) return;
    tls_free(c->tls);
    buf_free(&c->in);
    buf_free(&c->body);
    buf_free(&c->out);
    buf_free(&c->wire);
    buf_free(&c->sending);
    server_forget(c->server, c);
}

/* The client is gone, and the handler goes on: the socket is closed, the rest stays. */
static bool conn_orphan(struct conn *c) {
    struct exchange *x = &c->x;
    const struct server *s = c->server;
    bool drained = s->draining && !uv_is_active((const uv_handle_t *)&s->drain);
    if (c->state != CONN_BUSY || !x->active || x->handler_done || drained || !x->goes_on ||
        !x->goes_on(x))
        return false;
    c->state = CONN_ORPHAN;
    c->wait_until = c->send_until = 0;
    uv_timer_stop(&c->clock);
    buf_free(&c->in);
    buf_free(&c->out);
    buf_free(&c->wire);
    uv_close(&c->socket.handle, on_closed);
    conn_touch(c); /* the handler may be waiting for room */
    return true;
}

void conn_gone(struct conn *c) {
    if (c->state == CONN_CLOSED || conn_orphan(c)) return;
    if (c->state != CONN_ORPHAN) uv_close(&c->socket.handle, on_closed);
    c->state = CONN_CLOSED;
    uv_close((uv_handle_t *)&c->clock, on_closed);
    uv_close((uv_handle_t *)&c->pause, on_closed);
    struct exchange *x = &c->x;
    if (x->active && !x->handler_done) {
        x->handler_done = true;
        if (x->closed) x->closed(x);
    }
    exchange_over(c, false);
}

/* Everything is sent: shut our side and wait for the client's close. Closing at once would make the
 * kernel answer bytes still under way with a reset, and the reset can overtake our answer. */
static void conn_shut(struct conn *c) {
    if (c->abrupt || c->eof) {
        conn_gone(c);
        return;
    }
    c->state = CONN_LINGER;
    c->wait_until = now(c) + CONN_LINGER_MS;
    if (uv_shutdown(&c->shutdown, stream(c), NULL) < 0) conn_gone(c);
}

/* Of what was answered without a handler. */
static void conn_report(const struct conn *c, int status, size_t body_bytes) {
    const struct server *s = c->server;
    struct server_report r = { .method = c->x.request.method,
                               .target = c->x.request.target,
                               .status = status,
                               .body_bytes = body_bytes,
                               .whole = true };
    if (s->report) s->report(s->report_ctx, &r);
}

void conn_refuse(struct conn *c, int status, const char *why) {
    struct exchange *x = &c->x;
    struct server *s = c->server;
    struct buf json = BUF_INIT(4096);
    server_error_json(&json, status, str_c(why));
    buf_addf(&c->out,
             "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nDate: %.*s\r\n"
             "Content-Length: %zu\r\nConnection: close\r\n\r\n",
             status, status_text(status), STR_ARG(server_date(s)), json.n);
    if (!str_eq(x->request.method, S("HEAD"))) buf_add(&c->out, buf_str(&json));
    conn_report(c, status, json.n);
    buf_free(&json);
    exchange_over(c, true);
    c->state = CONN_ENDING;
    c->wait_until = 0;
    conn_touch(c);
}

/* ---- sending ---- */

size_t conn_unsent(const struct conn *c) {
    size_t held = c->sending.n ? uv_stream_get_write_queue_size(&c->socket.stream) : 0;
    return c->out.n + c->wire.n + held;
}

/* Plain bytes become wire bytes. False: no memory. */
static bool conn_seal(struct conn *c) {
    if (c->out.n) {
        if (c->tls) {
            if (!tls_give(c->tls, buf_str(&c->out), &c->wire)) return false;
            buf_free(&c->out);
        } else if (c->wire.n == 0) {
            struct buf empty = c->wire;
            c->wire = c->out;
            c->out = empty;
        } else {
            buf_add(&c->wire, buf_str(&c->out));
            buf_free(&c->out);
        }
    }
    return !c->out.failed && !c->wire.failed;
}

static void on_sent(uv_write_t *req, int status) {
    struct conn *c = req->data;
    buf_free(&c->sending);
    c->send_until = 0;
    if (c->state >= CONN_ORPHAN) return;
    if (status < 0)
        conn_gone(c);
    else
        conn_touch(c);
}

static void conn_send(struct conn *c) {
    if (!conn_seal(c)) {
        conn_gone(c);
        return;
    }
    if (c->sending.n || c->wire.n == 0) return;
    uv_buf_t bytes = uv_buf_init(c->wire.p, (unsigned)c->wire.n);
    int n = uv_try_write(stream(c), &bytes, 1);
    if (n == UV_EAGAIN) n = 0;
    if (n > 0) c->send_until = 0; /* it takes something: the time starts anew */
    if (n < 0) {
        conn_gone(c);
    } else if ((size_t)n == c->wire.n) {
        buf_free(&c->wire); /* an idle stream holds no buffer */
    } else {
        struct buf empty = c->sending;
        c->sending = c->wire;
        c->wire = empty;
        bytes = uv_buf_init(c->sending.p + n, (unsigned)(c->sending.n - (size_t)n));
        c->write.data = c;
        if (uv_write(&c->write, stream(c), &bytes, 1, on_sent) < 0) conn_gone(c);
    }
}

/* ---- from bytes to requests ---- */

static void conn_finish(struct conn *c) {
    bool cut = c->x.cut;
    bool keep = c->keep_alive && !c->server->draining && !cut;
    exchange_over(c, !cut);
    c->abrupt = cut;
    c->state = keep ? CONN_HEAD : CONN_ENDING;
    c->wait_until = keep ? now(c) + c->server->limits.idle_ms : 0;
}

static void dispatch(struct conn *c) {
    struct exchange *x = &c->x;
    c->state = CONN_BUSY;
    c->wait_until = 0;
    x->request.body = buf_str(&c->body);
    x->active = true;
    c->server->handler.request(c->server->handler.ctx, x);
    if (x->wire_done && x->handler_done && !x->cut)
        conn_finish(c);
    else if (x->wire_done || x->cut)
        conn_touch(c);
}

/* CONNECT leads a client that was given this port as its HTTPS proxy back to this very server: the
 * TLS that follows is ours. No other connection is ever made, so other hosts are refused. */
static void take_connect(struct conn *c, const struct http1_request *r) {
    struct tls_server *tls = c->server->tls;
    str host = str_head(r->authority, (size_t)str_rchr(r->authority, ':')); /* http1 saw to it */
    if (!tls) {
        conn_refuse(c, 405, "CONNECT needs a server with TLS (chela sandbox --tls)");
    } else if (c->tls || c->tunnel) {
        conn_refuse(c, 400, "CONNECT inside a tunnel");
    } else if (!tls_server_covers(tls, host)) {
        conn_refuse(c, 403,
                    "this proxy stands in for openrouter.ai only and connects to no other host");
    } else {
        buf_add(&c->out, S("HTTP/1.1 200 Connection established\r\n\r\n"));
        if (!conn_seal(c)) c->abrupt = true; /* before TLS begins */
        conn_report(c, 200, 0);
        exchange_over(c, true);
        c->tunnel = c->sniff = true;
        c->begun = false;
        c->wait_until = now(c) + c->server->limits.header_ms;
        conn_touch(c);
    }
}

static size_t read_head(struct conn *c, str bytes) {
    struct server *s = c->server;
    const struct server_limits *limits = &s->limits;
    struct http1_request *r = &s->request;
    struct http1_error e;
    size_t used;
    switch (http1_head(&c->scan, bytes, limits->max_header, r, &used, &e)) {
    case HTTP1_MORE:
        if (!c->begun) c->wait_until = now(c) + limits->header_ms;
        c->begun = true;
        return 0;
    case HTTP1_ERROR: conn_refuse(c, e.status, e.why); return 0;
    default: break;
    }
    c->begun = false;
    c->minor = r->framing.minor;
    c->keep_alive = r->framing.keep_alive;
    if (!exchange_begin(c, r, str_head(bytes, used))) {
        conn_refuse(c, 503, "out of memory");
        return 0;
    }
    if (r->form == HTTP1_AUTHORITY) {
        take_connect(c, r);
        return used;
    }
    if (r->expect_unknown) {
        conn_refuse(c, 417, "of expectations only 100-continue is known");
        return 0;
    }
    if (r->framing.has_length && r->framing.length > limits->max_body) {
        conn_refuse(c, 413, "the request body is too large");
        return 0;
    }
    if (!r->framing.chunked && r->framing.length == 0) {
        dispatch(c);
        return used;
    }
    c->state = CONN_BODY;
    c->body_chunked = r->framing.chunked;
    c->body_left = r->framing.length;
    c->chunk = (struct http1_chunked){ 0 };
    c->wait_until = now(c) + limits->body_ms;
    /* As much as is promised, up to a bound: what does not come is never touched. */
    if (r->framing.length)
        buf_room(&c->body,
                 r->framing.length < CONN_RESERVE ? (size_t)r->framing.length : CONN_RESERVE);
    if (r->expect_continue && used == bytes.n) {
        buf_add(&c->out, S("HTTP/1.1 100 Continue\r\n\r\n"));
        conn_touch(c);
    }
    return used;
}

static void body_grew(struct conn *c, bool complete) {
    c->wait_until = now(c) + c->server->limits.body_ms;
    if (c->body.failed == BUF_TOO_LARGE)
        conn_refuse(c, 413, "the request body is too large");
    else if (c->body.failed)
        conn_refuse(c, 503, "out of memory");
    else if (complete)
        dispatch(c);
}

static size_t read_body(struct conn *c, str bytes) {
    if (!c->body_chunked) {
        str part = bytes.n > c->body_left ? str_head(bytes, (size_t)c->body_left) : bytes;
        buf_add(&c->body, part);
        c->body_left -= part.n;
        body_grew(c, c->body_left == 0);
        return part.n;
    }
    struct http1_error e;
    size_t used;
    str data;
    enum http1_result r = http1_chunk(&c->chunk, bytes, &used, &data, &e);
    buf_add(&c->body, data);
    if (r == HTTP1_ERROR)
        conn_refuse(c, e.status, e.why);
    else
        body_grew(c, r == HTTP1_DONE);
    return used;
}

/* Takes requests out of `bytes` until one is with the handler, the client takes no answers, or
 * bytes are missing; returns how many were used. */
static size_t conn_consume(struct conn *c, str bytes) {
    size_t used = 0;
    for (;;) {
        str rest = str_skip(bytes, used);
        if (rest.n == 0) return used;
        if (c->state == CONN_BODY) {
            used += read_body(c, rest);
        } else if (c->state == CONN_HEAD && !c->sniff && conn_unsent(c) <= SERVER_OUT_HIGH) {
            size_t head = read_head(c, rest);
            if (head == 0) return used;
            used += head;
        } else {
            return used;
        }
    }
}

/* What is left over waits in c->in; bytes that can be used at once are not copied there. */
static void conn_input(struct conn *c, str fresh) {
    bool waiting = c->in.n > 0;
    if (waiting) {
        buf_add(&c->in, fresh);
        fresh = buf_str(&c->in);
    }
    size_t used = conn_consume(c, fresh);
    if (waiting && used)
        buf_consume(&c->in, used);
    else if (!waiting && used < fresh.n)
        buf_add(&c->in, str_skip(fresh, used));
    if (c->in.failed) {
        conn_gone(c);
        return;
    }
    if (c->state >= CONN_ENDING || c->in.n == 0) buf_free(&c->in);
    if (c->sniff && c->in.n) { /* the client did not wait for CONNECT's answer */
        struct buf early = c->in;
        buf_init(&c->in, early.max);
        conn_raw(c, buf_str(&early));
        buf_free(&early);
    }
}

static void conn_ended_by_client(struct conn *c) {
    c->eof = true;
    if (c->state == CONN_HEAD || c->state == CONN_ENDING)
        conn_touch(c); /* answers may still be under way to it */
    else
        conn_gone(c);
}

/* Bytes as the socket gave them. */
static void conn_raw(struct conn *c, str bytes) {
    if (c->state >= CONN_ENDING) return;
    if (c->sniff) {
        c->sniff = false;
        if ((unsigned char)bytes.p[0] == 0x16 && !(c->tls = tls_new(c->server->tls))) {
            conn_gone(c);
            return;
        }
        if (!c->tls && c->server->tls_only) {
            conn_refuse(c, 400, "this port speaks HTTPS only");
            return;
        }
    }
    if (!c->tls) {
        conn_input(c, bytes);
        return;
    }
    struct buf *plain = &c->server->plain;
    buf_clear(plain);
    enum tls_status status = tls_take(c->tls, bytes, plain, &c->wire);
    if (plain->n) conn_input(c, buf_str(plain));
    if (c->state >= CONN_ORPHAN) return;
    if (status == TLS_ENDED) {
        conn_ended_by_client(c);
    } else if (status == TLS_BROKEN || plain->failed) {
        buf_free(plain);
        if (c->state == CONN_BUSY) {
            conn_gone(c);
            return;
        }
        c->state = CONN_ENDING;
        c->goodbye = c->abrupt = true;
        exchange_over(c, false);
    }
    conn_touch(c);
}

static bool wants_reading(const struct conn *c) {
    if (c->eof) return false;
    switch (c->state) {
    case CONN_HEAD: return conn_unsent(c) <= SERVER_OUT_HIGH || c->in.n < CONN_READ_AHEAD;
    case CONN_BUSY: return c->in.n < CONN_READ_AHEAD; /* the only way to see the client leave */
    default: return true;
    }
}

static void on_room(uv_handle_t *handle, size_t hint, uv_buf_t *room) {
    (void)hint;
    struct conn *c = handle->data;
    if (c->state == CONN_BODY && !c->body_chunked && !c->tls && c->in.n == 0) {
        /* A large body is read where it stays. It grows with what came, not with what was promised.
         */
        size_t n = c->body.n < CONN_READ ? CONN_READ : c->body.n;
        if (n > c->body_left) n = (size_t)c->body_left;
        char *p = buf_room(&c->body, n);
        if (p) {
            *room = uv_buf_init(p, (unsigned)n);
            return;
        }
    }
    *room = uv_buf_init(c->server->read, CONN_READ);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *room) {
    struct conn *c = s->data;
    if (n == UV_EOF) {
        conn_ended_by_client(c);
    } else if (n < 0) {
        conn_gone(c);
    } else if (n > 0 && room->base != c->server->read) {
        c->body.n += (size_t)n;
        c->body.p[c->body.n] = '\0';
        c->body_left -= (size_t)n;
        body_grew(c, c->body_left == 0);
    } else if (n > 0) {
        conn_raw(c, (str){ room->base, (size_t)n });
    }
    if (c->state >= CONN_ORPHAN) return;
    conn_read(c);
    conn_touch(c);
}

/* libuv reads a busy socket many times in one turn, so this is said after each read. */
static void conn_read(struct conn *c) {
    bool reading = wants_reading(c);
    if (reading == c->reading) return;
    c->reading = reading;
    if (reading)
        uv_read_start(stream(c), on_room, on_read);
    else
        uv_read_stop(stream(c));
}

/* ---- time ---- */

/* What the client has not acknowledged: a slow one empties the kernel's buffer long before there is
 * room in it for us. */
static size_t untaken(struct conn *c) {
    int held = 0;
    uv_os_fd_t fd;
    if (uv_fileno(&c->socket.handle, &fd) == 0) ioctl(fd, SIOCOUTQ, &held);
    return uv_stream_get_write_queue_size(stream(c)) + (held > 0 ? (size_t)held : 0);
}

/* The timer is moved only to fire earlier; when it fires too early, it is set again. So a request
 * that is answered at once costs no timer call. */
static void conn_arm(struct conn *c) {
    uint64_t due = c->wait_until;
    if (c->send_until && (!due || c->send_until < due)) due = c->send_until;
    if (!due) return;
    uint64_t t = now(c), left = due > t ? due - t : 0;
    if (uv_is_active((uv_handle_t *)&c->clock) && uv_timer_get_due_in(&c->clock) <= left) return;
    uv_timer_start(&c->clock, on_clock, left, 0);
}

static void on_clock(uv_timer_t *timer) {
    struct conn *c = timer->data;
    uint64_t t = now(c);
    if (c->state >= CONN_ORPHAN) return;
    if (c->send_until && t >= c->send_until) {
        size_t left = untaken(c);
        if (left >= c->unsent_then) {
            conn_gone(c);
            return;
        }
        c->unsent_then = left;
        c->send_until = t + c->server->limits.send_ms;
    }
    if (c->wait_until && t >= c->wait_until) {
        if (c->state == CONN_HEAD && c->begun)
            conn_refuse(c, 408, "the request's headers took too long");
        else if (c->state == CONN_BODY)
            conn_refuse(c, 408, "the request's body stopped coming");
        else if (c->state == CONN_HEAD && conn_unsent(c))
            c->wait_until = t + c->server->limits.idle_ms; /* still taking its answer */
        else
            conn_gone(c); /* idle, a TLS handshake, or lingering */
    }
    if (c->state < CONN_ORPHAN) conn_arm(c);
}

/* ---- the end of a turn ---- */

static void conn_watch(struct conn *c) {
    conn_read(c);
    if (conn_unsent(c) == 0) {
        c->send_until = 0;
    } else if (c->send_until == 0) {
        c->send_until = now(c) + c->server->limits.send_ms;
        c->unsent_then = untaken(c);
    }
    conn_arm(c);
}

static void orphan_turn(struct conn *c) {
    struct exchange *x = &c->x;
    if (x->cut || x->handler_done) {
        conn_gone(c);
    } else if (x->full) {
        x->full = false;
        if (x->drained) x->drained(x);
    }
}

void conn_turn(struct conn *c) {
    struct exchange *x = &c->x;
    if (c->state == CONN_CLOSED) return;
    if (c->state == CONN_ORPHAN) {
        orphan_turn(c);
        return;
    }
    if (c->state == CONN_BUSY && (x->cut || x->wire_done)) {
        if (!x->handler_done) { /* a filter ended the answer: for the handler the client is gone */
            x->handler_done = true;
            if (x->closed) x->closed(x);
        }
        conn_finish(c);
    }
    conn_send(c);
    if (c->state == CONN_HEAD && c->in.n && conn_unsent(c) <= SERVER_OUT_HIGH) {
        conn_input(c, (str){ 0 });
        if (c->state < CONN_ORPHAN) conn_send(c);
    }
    if (c->state == CONN_BUSY && x->full && conn_unsent(c) <= SERVER_OUT_LOW) {
        x->full = false;
        if (x->drained && !x->handler_done) x->drained(x);
    }
    bool rests = !c->touched_link && conn_unsent(c) <= SERVER_OUT_HIGH;
    if (c->state == CONN_HEAD && c->eof && rests)
        c->state = CONN_ENDING; /* what is left in c->in is no whole request */
    if (c->state == CONN_ENDING && conn_unsent(c) == 0) {
        if (c->tls && tls_ready(c->tls) && !c->goodbye && !c->abrupt) {
            c->goodbye = true;
            tls_goodbye(c->tls, &c->wire);
            conn_send(c);
        }
        if (c->state == CONN_ENDING && conn_unsent(c) == 0) conn_shut(c);
    }
    if (c->state < CONN_ORPHAN) conn_watch(c);
}

void conn_drain(struct conn *c) {
    c->keep_alive = false;
    if (c->state == CONN_HEAD && c->in.n == 0 && !c->begun) c->state = CONN_ENDING;
    conn_touch(c);
}

void conn_start(struct server *s, struct conn *c) {
    c->socket.handle.data = c->clock.data = c->pause.data = c;
    uv_timer_init(s->loop, &c->clock);
    uv_timer_init(s->loop, &c->pause);
    c->handles = 3;
    int most = UNSENT_IN_KERNEL;
    uv_os_fd_t fd;
    if (!s->unix_socket) uv_tcp_nodelay(&c->socket.tcp, 1);
    if (!s->unix_socket && uv_fileno(&c->socket.handle, &fd) == 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most, sizeof most);
    buf_init(&c->in, s->limits.max_header + CONN_READ_AHEAD + (size_t)2 * CONN_READ);
    buf_init(&c->body, s->limits.max_body);
    buf_init(&c->out, SERVER_OUT_MAX + (16u << 20));
    buf_init(&c->wire, SERVER_OUT_MAX + (64u << 20));
    buf_init(&c->sending, SERVER_OUT_MAX + (64u << 20));
    c->sniff = s->tls != NULL;
    c->wait_until = now(c) + s->limits.header_ms;
    conn_watch(c);
}
