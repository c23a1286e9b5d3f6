/* One answer: the calls handlers make, the filters they pass, and the bytes that come of them. Only
 * produces into the connection's buffer; sending and tearing down are conn_turn's. */
#include "doc/json_write.h"
#include "server/conn.h"

#include <string.h>

struct conn *exchange_conn(const struct exchange *x) {
    return (struct conn *)((const char *)x - offsetof(struct conn, x));
}

static bool usable(const struct exchange *x) {
    return x->active && !x->cut && !x->wire_done && exchange_conn(x)->state != CONN_CLOSED;
}

/* ---- texts ---- */

const char *status_text(int status) {
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    case 524: return "A Timeout Occurred";
    case 529: return "Site is overloaded";
    default: return status < 400 ? "OK" : "Error";
    }
}

const char *server_error_type(int status) {
    switch (status) {
    case 401: return "authentication";
    case 402: return "payment_required";
    case 403: return "permission_denied";
    case 404: return "not_found";
    case 408:
    case 504:
    case 524: return "timeout";
    case 412: return "precondition_failed";
    case 413: return "payload_too_large";
    case 422: return "unprocessable";
    case 429: return "rate_limit_exceeded";
    case 502: return "provider_unavailable";
    case 503:
    case 529: return "provider_overloaded";
    default: return status >= 500 ? "server" : "invalid_request";
    }
}

void server_error_json(struct buf *out, int status, str message) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("error"));
    json_object(&w);
    json_kstring(&w, "message", message);
    json_kint(&w, "code", status);
    json_key(&w, S("metadata"));
    json_object(&w);
    json_kstring(&w, "error_type", str_c(server_error_type(status)));
    json_object_end(&w);
    json_object_end(&w);
    json_object_end(&w);
}

/* ---- a request becomes an exchange ---- */

static str moved(str s, str from, const char *to) {
    uintptr_t p = (uintptr_t)s.p, start = (uintptr_t)from.p;
    return p >= start && p <= start + from.n ? (str){ to + (p - start), s.n } : s;
}

/* The head is copied, so that it outlives the read buffer; its slices move along. */
bool exchange_begin(struct conn *c, const struct http1_request *r, str head) {
    struct exchange *x = &c->x;
    *x = (struct exchange){ .left = -1, .started = uv_now(c->server->loop) };
    arena_init(&x->arena, c->server->limits.max_body + (16u << 20));
    char *copy = arena_alloc(&x->arena, head.n);
    struct server_header *headers = arena_alloc(&x->arena, (r->header_count + 1) * sizeof *headers);
    if (!copy || !headers) {
        arena_free(&x->arena);
        return false;
    }
    memcpy(copy, head.p, head.n);
    for (size_t i = 0; i < r->header_count; i++) {
        headers[i].name = moved(r->header[i].name, head, copy);
        headers[i].value = moved(r->header[i].value, head, copy);
    }
    x->request = (struct server_request){
        .method = moved(r->method, head, copy),
        .target = moved(r->target, head, copy),
        .path = moved(r->path, head, copy),
        .query = moved(r->query, head, copy),
        .headers = headers,
        .header_count = r->header_count,
        .arena = &x->arena,
    };
    return true;
}

void exchange_over(struct conn *c, bool whole) {
    struct exchange *x = &c->x;
    uv_timer_stop(&c->pause);
    if (x->active) {
        x->active = false;
        for (struct exchange_filter *f = x->filters, *next; f; f = next) {
            next = f->next; /* f may be freed */
            if (f->over) f->over(f, x, whole);
        }
        const struct server *s = c->server;
        struct server_report r = { .method = x->request.method,
                                   .target = x->request.target,
                                   .status = x->status,
                                   .body_bytes = x->sent,
                                   .ms = uv_now(s->loop) - x->started,
                                   .whole = whole };
        if (s->report) s->report(s->report_ctx, &r);
    }
    arena_free(&x->arena);
    buf_free(&c->body);
    x->request = (struct server_request){ 0 };
}

/* ---- the wire's end of the filter chain ---- */

/* Framing is the server's: a handler or a recording that names it too must not say it twice. */
static bool own_header(str name) {
    return str_ieq(name, S("content-length")) || str_ieq(name, S("transfer-encoding")) ||
           str_ieq(name, S("connection")) || str_ieq(name, S("keep-alive")) ||
           str_ieq(name, S("date"));
}

/* A line break in a value would let whoever chose it write headers of his own. */
static bool clean_value(str value) {
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

/* Nobody is there to be sent anything. */
static bool orphaned(const struct exchange *x) {
    return exchange_conn(x)->state == CONN_ORPHAN;
}

static void wire_head(struct exchange *x, const struct server_answer *a) {
    if (!usable(x) || x->head_sent || orphaned(x)) return;
    struct conn *c = exchange_conn(x);
    struct buf *out = &c->out;
    bool head_only = str_eq(x->request.method, S("HEAD"));
    bool no_body = a->status == 204 || a->status == 304;
    x->head_sent = true;
    x->status = a->status;
    x->bodyless = head_only || no_body;
    x->left = a->length;
    x->chunked = a->length < 0 && c->minor > 0 && !no_body;
    if (a->length < 0 && c->minor == 0 && !x->bodyless) c->keep_alive = false;
    if (c->server->draining) c->keep_alive = false;

    size_t need = 256;
    for (size_t i = 0; i < a->count; i++) need += a->headers[i].name.n + a->headers[i].value.n + 4;
    if (a->length > 0 && a->length < SERVER_OUT_HIGH) need += (size_t)a->length;
    buf_room(out, need);
    buf_addf(out, "HTTP/1.1 %d %s\r\n", a->status, status_text(a->status));
    for (size_t i = 0; i < a->count; i++) {
        str name = a->headers[i].name, value = a->headers[i].value;
        if (!http1_is_token(name) || !clean_value(value) || own_header(name)) continue;
        buf_add(out, name);
        buf_add(out, S(": "));
        buf_add(out, value);
        buf_add(out, S("\r\n"));
    }
    buf_add(out, S("Date: "));
    buf_add(out, server_date(c->server));
    if (x->chunked)
        buf_add(out, S("\r\nTransfer-Encoding: chunked"));
    else if (a->length >= 0 && !no_body)
        buf_addf(out, "\r\nContent-Length: %lld", (long long)a->length);
    if (!c->keep_alive)
        buf_add(out, S("\r\nConnection: close"));
    else if (c->minor == 0)
        buf_add(out, S("\r\nConnection: keep-alive"));
    buf_add(out, S("\r\n\r\n"));
    conn_touch(c);
}

static void wire_write(struct exchange *x, str bytes) {
    if (!usable(x) || bytes.n == 0 || orphaned(x)) return;
    struct conn *c = exchange_conn(x);
    if (!x->head_sent) wire_head(x, &(struct server_answer){ .status = 200, .length = -1 });
    if (x->left >= 0) {
        if (bytes.n > (uint64_t)x->left)
            bytes.n = (size_t)x->left; /* more was promised to nobody */
        x->left -= (int64_t)bytes.n;
    }
    if (x->bodyless || bytes.n == 0) return;
    x->sent += bytes.n;
    buf_room(&c->out, bytes.n + 24); /* at once, so that no room is left over */
    if (x->chunked) buf_addf(&c->out, "%zx\r\n", bytes.n);
    buf_add(&c->out, bytes);
    if (x->chunked) buf_add(&c->out, S("\r\n"));
    if (c->out.failed || conn_unsent(c) > SERVER_OUT_MAX) x->cut = true;
    conn_touch(c);
}

static void wire_end(struct exchange *x) {
    if (!usable(x)) return;
    struct conn *c = exchange_conn(x);
    if (orphaned(x)) {
        x->cut = true;
        conn_touch(c);
        return;
    }
    if (!x->head_sent) wire_head(x, &(struct server_answer){ .status = 200, .length = 0 });
    if (x->left > 0 && !x->bodyless)
        x->cut = true; /* less than was promised: only a cut says so */
    else if (x->chunked && !x->bodyless)
        buf_add(&c->out, S("0\r\n\r\n"));
    x->wire_done = !x->cut;
    conn_touch(c);
}

/* ---- filters ---- */

void exchange_add_filter(struct exchange *x, struct exchange_filter *f) {
    f->next = x->filters;
    x->filters = f;
}

static void step_head(struct exchange_filter *f, struct exchange *x,
                      const struct server_answer *a) {
    while (f && !f->head) f = f->next;
    if (f)
        f->head(f, x, a);
    else
        wire_head(x, a);
}

static void step_write(struct exchange_filter *f, struct exchange *x, str bytes) {
    while (f && !f->write) f = f->next;
    if (f)
        f->write(f, x, bytes);
    else
        wire_write(x, bytes);
}

static void step_end(struct exchange_filter *f, struct exchange *x) {
    while (f && !f->end) f = f->next;
    if (f)
        f->end(f, x);
    else
        wire_end(x);
}

void exchange_pass_head(struct exchange_filter *f, struct exchange *x,
                        const struct server_answer *a) {
    step_head(f->next, x, a);
}

void exchange_pass_write(struct exchange_filter *f, struct exchange *x, str bytes) {
    step_write(f->next, x, bytes);
}

void exchange_pass_end(struct exchange_filter *f, struct exchange *x) {
    step_end(f->next, x);
}

void exchange_raw(struct exchange *x, str bytes) {
    if (!usable(x) || orphaned(x)) return;
    struct conn *c = exchange_conn(x);
    buf_add(&c->out, bytes);
    x->head_sent = true;
    conn_touch(c);
}

void exchange_cut(struct exchange *x) {
    if (!usable(x)) return;
    x->cut = true;
    conn_touch(exchange_conn(x));
}

/* ---- what handlers call ---- */

const struct server_request *exchange_request(const struct exchange *x) {
    return &x->request;
}

str exchange_header(const struct exchange *x, str name) {
    for (size_t i = 0; i < x->request.header_count; i++)
        if (str_ieq(x->request.headers[i].name, name)) return x->request.headers[i].value;
    return (str){ 0 };
}

/* A Host that is more than a name and a port would put its own text into our answers. */
static bool plain_host(str host) {
    for (size_t i = 0; i < host.n; i++) {
        char c = ascii_lower(host.p[i]);
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                    c == ':' || c == '[' || c == ']';
        if (!good) return false;
    }
    return host.n > 0 && host.n < 256;
}

str exchange_origin(const struct exchange *x) {
    str host = exchange_header(x, S("host"));
    if (!plain_host(host)) return (str){ 0 };
    return arena_printf(x->request.arena, "%s://%.*s", exchange_conn(x)->tls ? "https" : "http",
                        STR_ARG(host));
}

void exchange_set_data(struct exchange *x, void *data) {
    x->data = data;
}

void *exchange_data(const struct exchange *x) {
    return x->data;
}

void exchange_on_closed(struct exchange *x, void (*closed)(struct exchange *x)) {
    x->closed = closed;
}

void exchange_on_orphaned(struct exchange *x, bool (*goes_on)(struct exchange *x)) {
    x->goes_on = goes_on;
}

void exchange_on_drained(struct exchange *x, void (*drained)(struct exchange *x)) {
    x->drained = drained;
}

void exchange_head(struct exchange *x, int status, const struct server_header *headers,
                   size_t count, int64_t length) {
    if (!usable(x) || x->handler_done) return;
    step_head(x->filters, x, &(struct server_answer){ status, headers, count, length });
}

bool exchange_write(struct exchange *x, str bytes) {
    if (!usable(x) || x->handler_done) return false; /* `closed` follows */
    step_write(x->filters, x, bytes);
    x->full = !orphaned(x) && conn_unsent(exchange_conn(x)) > SERVER_OUT_HIGH;
    return !x->full;
}

void exchange_end(struct exchange *x) {
    if (!x->active || x->handler_done) return;
    if (usable(x)) step_end(x->filters, x);
    x->handler_done = true;
    conn_touch(exchange_conn(x));
}

void exchange_release_body(struct exchange *x) {
    if (!x->active) return;
    buf_free(&exchange_conn(x)->body);
    x->request.body = (str){ 0 };
}

void exchange_abort(struct exchange *x) {
    x->handler_done = true;
    exchange_cut(x);
}

void exchange_answer(struct exchange *x, int status, str content_type, str body) {
    struct server_header type = { S("Content-Type"), content_type };
    exchange_head(x, status, &type, content_type.n ? 1 : 0, (int64_t)body.n);
    exchange_write(x, body);
    exchange_end(x);
}

void exchange_fail(struct exchange *x, int status, str message) {
    struct buf json = BUF_INIT(64 << 10);
    server_error_json(&json, status, message);
    exchange_answer(x, status, S("application/json"), buf_str(&json));
    buf_free(&json);
}

void exchange_answer_json(struct exchange *x, struct buf *json) {
    if (json->failed)
        exchange_fail(x, 500, S("out of memory"));
    else
        exchange_answer(x, 200, S("application/json"), buf_str(json));
    buf_free(json);
}

static void on_pause(uv_timer_t *timer) {
    struct conn *c = timer->data;
    if (c->x.active && (c->state == CONN_BUSY || c->state == CONN_ORPHAN) && c->x.fire)
        c->x.fire(&c->x);
}

void exchange_after(struct exchange *x, uint64_t ms, void (*fire)(struct exchange *x)) {
    struct conn *c = exchange_conn(x);
    if (!x->active || c->state == CONN_CLOSED) return;
    x->fire = fire;
    uv_timer_start(&c->pause, on_pause, ms, 0);
}
