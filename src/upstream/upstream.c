/* Pools, origins, and the life of a fetch: which connection it gets, how long it may take, how it
 * ends. */
#include "upstream/upstream_impl.h"

#include "net/http.h"
#include "upstream/tcp_acked.h"

#include <stdlib.h>
#include <string.h>

const struct upstream_settings upstream_default_settings = {
    .idle_ms = 55000,
    .max_idle = 256,
    .max_head = 64 << 10,
};

static uint64_t now(const struct upstream_pool *p) {
    return uv_now(p->loop);
}

/* ---- pool and origins ---- */

enum chela_error upstream_pool_new(struct upstream_pool **out, uv_loop_t *loop,
                                   const struct upstream_settings *settings, struct err *e) {
    *out = NULL;
    struct upstream_pool *p = calloc(1, sizeof *p);
    if (!p) return err_set(e, CHELA_NOMEM, "out of memory");
    p->loop = loop;
    p->settings = *settings;
    p->settings.https_proxy = p->settings.no_proxy = NULL;
    buf_init(&p->plain, (size_t)4 * UPSTREAM_READ);
    enum chela_error code = CHELA_OK;
    if (settings->https_proxy && *settings->https_proxy)
        code = dial_use_proxy(p, settings->https_proxy, e);
    if (code == CHELA_OK && settings->no_proxy && !(p->no_proxy = strdup(settings->no_proxy)))
        code = err_set(e, CHELA_NOMEM, "out of memory");
    if (code != CHELA_OK) {
        upstream_pool_free(p);
        return code;
    }
    *out = p;
    return CHELA_OK;
}

void upstream_pool_close(struct upstream_pool *p) {
    p->closed = true;
    for (struct origin *o = p->origins; o; o = o->next)
        if (o->looking_up) uv_cancel((uv_req_t *)&o->lookup);
    for (struct uplink *c = p->conns; c; c = c->next) { /* they are freed later */
        if (c->step == STEP_CLOSED) continue;
        struct err e = ERR_INIT;
        if (c->fetch)
            uplink_fail(c, err_set(&e, CHELA_CANCELLED, "the gateway is ending"), &e);
        else
            uplink_close(c);
    }
}

static void origin_free(struct origin *o) {
    free(o->text);
    free(o->host);
    free(o->path);
    free(o);
}

void upstream_pool_free(struct upstream_pool *p) {
    if (!p) return;
    for (struct origin *o = p->origins, *next; o; o = next) {
        next = o->next;
        origin_free(o);
    }
    tls_client_free(p->tls);
    buf_free(&p->plain);
    free(p->no_proxy);
    free(p->proxy_host);
    if (p->proxy_authorization)
        explicit_bzero(p->proxy_authorization, strlen(p->proxy_authorization));
    free(p->proxy_authorization);
    free(p);
}

struct upstream_counts *upstream_counts(struct upstream_pool *p) {
    return &p->counts;
}

unsigned upstream_open(const struct upstream_pool *p) {
    return p->open;
}

unsigned upstream_idle(const struct upstream_pool *p) {
    return p->idle;
}

const char *origin_text(const struct origin *o) {
    return o->text;
}

/* NULL with *e filled. */
static struct origin *origin_new(struct upstream_pool *p, const char *text, struct err *e) {
    struct url u;
    if (!url_parse(str_c(text), &u)) {
        err_set(e, CHELA_CONFIG, "%s is no URL", text);
        return NULL;
    }
    str host = u.host;
    for (size_t i = 0; i < host.n; i++)
        if ((unsigned char)host.p[i] >= 0x80) {
            err_set(e, CHELA_CONFIG, "%s: write the host's name in ASCII (xn--…)", text);
            return NULL;
        }
    if (host.p[0] == '[') host = (str){ host.p + 1, host.n - 2 };
    struct origin *o = calloc(1, sizeof *o);
    if (!o || !(o->text = strdup(text)) || !(o->host = strndup(host.p, host.n))) {
        if (o) origin_free(o);
        err_set(e, CHELA_NOMEM, "out of memory");
        return NULL;
    }
    int64_t port = u.scheme.n == 5 ? 443 : 80;
    str_i64(u.port, &port);
    o->pool = p;
    o->port = (int)port;
    o->tls = u.scheme.n == 5;
    o->authority = str_skip(str_c(o->text), u.scheme.n + 3);
    o->tunnel = o->tls && dial_through_proxy(p, o);
    return o;
}

struct origin *upstream_origin(struct upstream_pool *p, str url, struct err *e) {
    char text[512];
    if (!url_origin(url, text, sizeof text)) {
        err_set(e, CHELA_CONFIG, "\"%.*s\" is no http or https URL", STR_ARG(url));
        return NULL;
    }
    for (struct origin *o = p->origins; o; o = o->next)
        if (!o->path && strcmp(o->text, text) == 0) return o;
    bool secure = str_starts(str_c(text), S("https:"));
    if (secure && !p->tls && tls_client_new(&p->tls, e) != CHELA_OK) return NULL;
    struct origin *o = origin_new(p, text, e);
    if (!o) return NULL;
    o->next = p->origins;
    p->origins = o;
    return o;
}

struct origin *upstream_origin_unix(struct upstream_pool *p, const char *path, const char *text,
                                    struct err *e) {
    for (struct origin *o = p->origins; o; o = o->next)
        if (o->path && strcmp(o->path, path) == 0) return o;
    struct origin *o = origin_new(p, text, e);
    if (!o) return NULL;
    if (!(o->path = strdup(path))) {
        origin_free(o);
        err_set(e, CHELA_NOMEM, "out of memory");
        return NULL;
    }
    o->next = p->origins;
    p->origins = o;
    return o;
}

/* ---- connections come and go ---- */

static void on_closed(uv_handle_t *handle) {
    struct uplink *c = handle->data;
    struct upstream_pool *p = c->origin->pool;
    if (--c->handles > 0) return;
    tls_free(c->tls);
    buf_free(&c->in);
    buf_free(&c->wire);
    buf_free(&c->sending);
    if (c->previous)
        c->previous->next = c->next;
    else
        p->conns = c->next;
    if (c->next) c->next->previous = c->previous;
    free(c);
}

static void leave_idle(struct uplink *c) {
    if (!c->idle_link) return;
    *c->idle_link = c->next_idle;
    if (c->next_idle) c->next_idle->idle_link = c->idle_link;
    c->idle_link = NULL;
    c->next_idle = NULL;
    c->origin->idle_count--;
    c->origin->pool->idle--;
}

void uplink_close(struct uplink *c) {
    if (c->step == STEP_CLOSED) return;
    if (c->step == STEP_NAME) dial_forget(c);
    leave_idle(c);
    c->step = STEP_CLOSED;
    c->fetch = NULL;
    c->origin->pool->open--;
    uv_close(&c->socket.handle, on_closed);
    uv_close((uv_handle_t *)&c->clock, on_closed);
}

static const char *doing(const struct uplink *c) {
    switch (c->step) {
    case STEP_NAME: return "looking up its name";
    case STEP_TUNNEL: return "asking the proxy for a connection";
    case STEP_TLS: return "the TLS handshake";
    default: return "connecting";
    }
}

static void too_late(struct uplink *c, const char *what) {
    struct err e = ERR_INIT;
    uplink_fail(c, err_set(&e, CHELA_TIMEOUT, "%s took too long: %s", c->origin->text, what), &e);
}

/* The timer is moved only to fire earlier; when it fires too early, it is set again. So a request
 * on a kept connection costs no timer call. */
static void on_clock(uv_timer_t *timer) {
    struct uplink *c = timer->data;
    struct fetch *f = c->fetch;
    uint64_t t = now(c->origin->pool);
    if (c->step == STEP_CLOSED) return;
    if (c->trouble) {
        int status = c->trouble;
        c->trouble = 0;
        if (c->step <= STEP_CONNECT)
            dial_failed(c, status);
        else
            uplink_ended(c, status);
    } else if (c->step == STEP_CONNECT && c->address_until && t >= c->address_until) {
        dial_failed(c, UV_ETIMEDOUT);
    } else if (c->until && t >= c->until) {
        if (f)
            too_late(c, doing(c));
        else
            uplink_close(c);
    } else if (f && !f->paused && f->until && t >= f->until) {
        too_late(c, f->waits_for);
    } else if (f && f->total_until && t >= f->total_until) {
        too_late(c, "the whole of it");
    } else {
        uplink_arm(c);
    }
}

static uint64_t sooner(uint64_t a, uint64_t b) {
    return !a || (b && b < a) ? b : a;
}

void uplink_arm(struct uplink *c) {
    const struct fetch *f = c->fetch;
    uint64_t t = now(c->origin->pool), due = c->until;
    if (c->step == STEP_CLOSED) return;
    if (c->step == STEP_CONNECT) due = sooner(due, c->address_until);
    if (f && !f->paused) due = sooner(due, f->until);
    if (f) due = sooner(due, f->total_until);
    if (c->trouble) due = t;
    if (!due) return;
    uint64_t left = due > t ? due - t : 0;
    if (uv_is_active((uv_handle_t *)&c->clock) && uv_timer_get_due_in(&c->clock) <= left) return;
    uv_timer_start(&c->clock, on_clock, left, 0);
}

void uplink_trouble(struct uplink *c, int status) {
    c->trouble = status;
    uplink_arm(c);
}

struct uplink *uplink_new(struct origin *o) {
    struct upstream_pool *p = o->pool;
    struct uplink *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->origin = o;
    c->socket.handle.data = c->clock.data = c;
    if (o->path)
        uv_pipe_init(p->loop, &c->socket.pipe, 0);
    else
        uv_tcp_init(p->loop, &c->socket.tcp);
    uv_timer_init(p->loop, &c->clock);
    c->handles = 2;
    buf_init(&c->in, p->settings.max_head + UPSTREAM_READ);
    buf_init(&c->wire, (size_t)4 * UPSTREAM_TLS_PIECE);
    buf_init(&c->sending, (size_t)4 * UPSTREAM_TLS_PIECE);
    c->next = p->conns;
    if (c->next) c->next->previous = c;
    p->conns = c;
    p->open++;
    return c;
}

/* ---- fetches ---- */

static void write_head(struct buf *out, const struct origin *o, const struct fetch_request *r,
                       size_t length) {
    size_t need = r->method.n + r->target.n + o->authority.n + 96;
    for (size_t i = 0; i < r->header_count; i++)
        need += r->headers[i].name.n + r->headers[i].value.n + 4;
    if (r->bearer) need += r->bearer->n + 32;
    buf_room(out, need);
    buf_add(out, r->method);
    buf_addc(out, ' ');
    buf_add(out, r->target);
    buf_add(out, S(" HTTP/1.1\r\nHost: "));
    buf_add(out, o->authority);
    for (size_t i = 0; i < r->header_count; i++) {
        buf_add(out, S("\r\n"));
        buf_add(out, r->headers[i].name);
        buf_add(out, S(": "));
        buf_add(out, r->headers[i].value);
    }
    if (r->bearer) {
        buf_add(out, r->key_bare ? S("\r\nX-Api-Key: ") : S("\r\nAuthorization: Bearer "));
        buf_add(out, (str){ r->bearer->bytes, r->bearer->n });
    }
    if (r->body_parts) buf_addf(out, "\r\nContent-Length: %zu", length);
    buf_add(out, S("\r\n\r\n"));
}

static void forget_head(struct fetch *f) {
    if (f->head.p) explicit_bzero(f->head.p, f->head.n); /* the key is in it */
    buf_free(&f->head);
}

static void attach(struct fetch *f, struct uplink *c) {
    c->fetch = f;
    f->conn = c;
}

/* On a new connection. False: out of memory. */
static bool connect_new(struct fetch *f) {
    struct uplink *c = uplink_new(f->origin);
    if (!c) return false;
    attach(f, c);
    f->reused = false;
    if (f->connect_ms) c->until = now(f->origin->pool) + f->connect_ms;
    dial_start(c);
    return true;
}

enum chela_error fetch_start(struct fetch *f, struct origin *o, const struct fetch_request *r,
                             const struct fetch_handler *handler, void *ctx, struct err *e) {
    struct upstream_pool *p = o->pool;
    size_t length = 0;
    *f = (struct fetch){ .handler = handler,
                         .ctx = ctx,
                         .origin = o,
                         .head = BUF_INIT(1 << 20),
                         .parts = r->body_parts,
                         .connect_ms = r->connect_ms,
                         .head_request = str_eq(r->method, S("HEAD")) };
    if (r->bearer && !(r->bearer->origin && strcmp(r->bearer->origin, o->text) == 0))
        return err_set(e, CHELA_INTERNAL, "the key is not for %s", o->text);
    if (p->closed) return err_set(e, CHELA_CANCELLED, "the gateway is ending");
    for (size_t i = 0; i < r->body_parts; i++) {
        f->body[i] = r->body[i];
        length += r->body[i].n;
    }
    write_head(&f->head, o, r, length);
    if (f->head.failed) return err_set(e, CHELA_NOMEM, "out of memory for the request");
    if (r->total_ms) f->total_until = now(p) + r->total_ms;
    struct uplink *c = o->idle;
    if (c) {
        leave_idle(c);
        c->until = 0;
        attach(f, c);
        f->reused = true;
        atomic_fetch_add_explicit(&p->counts.reused, 1, memory_order_relaxed);
        uplink_begin(c);
        uplink_arm(c);
    } else if (!connect_new(f)) {
        forget_head(f);
        return err_set(e, CHELA_NOMEM, "out of memory for a connection");
    }
    return CHELA_OK;
}

void fetch_expect(struct fetch *f, uint64_t ms, const char *what) {
    if (!f->conn) return;
    f->until = ms ? now(f->origin->pool) + ms : 0;
    f->waits_for = what;
    uplink_arm(f->conn);
}

void fetch_pause(struct fetch *f) {
    if (f->paused) return;
    f->paused = true;
    f->paused_at = now(f->origin->pool);
    if (f->conn) uplink_read(f->conn);
}

/* The limit moves by as long as nobody read, and no further: a flood that says nothing, pausing and
 * resuming, would otherwise never run into it. */
void fetch_resume(struct fetch *f) {
    if (!f->paused) return;
    f->paused = false;
    if (!f->conn) return;
    if (f->until) f->until += now(f->origin->pool) - f->paused_at;
    uplink_read(f->conn);
    uplink_arm(f->conn);
}

static struct uplink *detach(struct fetch *f) {
    struct uplink *c = f->conn;
    f->conn = NULL;
    if (c) c->fetch = NULL;
    forget_head(f);
    return c;
}

void fetch_cancel(struct fetch *f) {
    struct uplink *c = detach(f);
    if (c) uplink_close(c);
}

static void rest(struct uplink *c) {
    struct origin *o = c->origin;
    struct upstream_pool *p = o->pool;
    uint64_t ms = p->settings.idle_ms;
    if (c->keep_ms && c->keep_ms < ms) ms = c->keep_ms;
    if (!c->keep || p->closed || o->idle_count >= p->settings.max_idle) {
        uplink_close(c);
        return;
    }
    c->step = STEP_IDLE;
    c->until = now(p) + ms;
    c->next_idle = o->idle;
    c->idle_link = &o->idle;
    if (c->next_idle) c->next_idle->idle_link = &c->next_idle;
    o->idle = c;
    o->idle_count++;
    p->idle++;
    buf_free(&c->in);
    uplink_read(c);
    uplink_arm(c);
}

void fetch_release(struct fetch *f) {
    bool sent = f->sent, answered = f->answered;
    struct uplink *c = detach(f);
    if (!c) return;
    bool ends = c->chunked || c->has_length;
    if (c->step != STEP_EXCHANGE || !sent || !answered || !ends || !c->keep) {
        uplink_close(c);
        return;
    }
    c->step = STEP_SWALLOW;
    c->swallowed = 0;
    c->until = now(c->origin->pool) + UPSTREAM_SWALLOW_MS;
    uplink_read(c);
    uplink_arm(c);
}

bool fetch_running(const struct fetch *f) {
    return f->conn != NULL;
}

void uplink_fail(struct uplink *c, enum chela_error code, const struct err *e) {
    struct fetch *f = c->fetch;
    if (f) detach(f);
    uplink_close(c);
    if (f) f->handler->over(f->ctx, code, e);
}

void uplink_done(struct uplink *c) {
    struct fetch *f = c->fetch;
    if (f) {
        c->keep = c->keep && f->sent;
        detach(f);
    }
    rest(c);
    if (f) f->handler->over(f->ctx, CHELA_OK, NULL);
}

/* Not a byte of this request was acknowledged: the server had gone before it came. The count has
 * one more for the SYN. */
static bool was_not_accepted(const struct uplink *c) {
    uint64_t acked;
    uv_os_fd_t fd;
    return uv_fileno(&c->socket.handle, &fd) == 0 && tcp_acked(fd, &acked) &&
           acked <= c->wrote_before + 1;
}

bool uplink_try_again(struct uplink *c) {
    struct fetch *f = c->fetch;
    struct upstream_pool *p = c->origin->pool;
    if (!f->reused || f->retried || f->answered || c->in.n || p->closed || !was_not_accepted(c))
        return false;
    f->retried = true;
    f->written = 0;
    f->sent = false;
    f->conn = NULL;
    c->fetch = NULL;
    uplink_close(c);
    atomic_fetch_add_explicit(&p->counts.again, 1, memory_order_relaxed);
    if (connect_new(f)) return true;
    struct err e = ERR_INIT;
    forget_head(f);
    f->handler->over(f->ctx, err_set(&e, CHELA_NOMEM, "out of memory for a connection"), &e);
    return true;
}
