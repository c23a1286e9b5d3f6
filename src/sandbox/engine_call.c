#include "sandbox/engine_call.h"

#include "base/buf.h"

#include <stdlib.h>

enum { HEAD_MAX = 16 << 10, READ = 64 << 10 };

struct engine_call {
    struct engines *engines;
    const struct engine_taker *taker;
    void *ctx;
    struct buf request; /* its head */
    str body;
    uint64_t limit_ms;
    struct buf in; /* of the answer's head */
    bool headed, paused, dropped, ended;
    int64_t left; /* of the answer's body */
    struct err e;
    enum chela_error code;
    unsigned handles;
    uv_pipe_t socket;
    uv_timer_t clock; /* the limit, and a failure that is to be told from the loop */
    uv_connect_t connect;
    uv_write_t write;
    char bytes[READ];
};

static void read_on(struct engine_call *c);

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle) {
    struct engine_call *c = handle->data;
    if (--c->handles > 0) return;
    engines_count_call(c->engines, -1);
    if (!c->dropped) c->taker->end(c->ctx, c->code, &c->e);
    buf_free(&c->request);
    buf_free(&c->in);
    free(c);
}

static void finish(struct engine_call *c, enum chela_error code) {
    if (c->ended) return;
    c->ended = true;
    c->code = code;
    uv_close((uv_handle_t *)&c->socket, on_closed);
    uv_close((uv_handle_t *)&c->clock, on_closed);
}

void engine_call_drop(struct engine_call *c) {
    c->dropped = true;
    finish(c, CHELA_CANCELLED);
}

static void finish_died(struct engine_call *c) {
    finish(c, err_set(&c->e, CHELA_UNAVAILABLE, "the engine ended in the middle of its work"));
}

/* ---- the answer ---- */

static str header(str head, str name) {
    for (str line, rest = head; rest.n;) {
        str key, value;
        str_cut(rest, '\n', &line, &rest);
        if (str_cut(line, ':', &key, &value) && str_ieq(key, name)) return str_trim(value);
    }
    return (str){ 0 };
}

static bool take_head(struct engine_call *c, str head) {
    struct engine_answer a = { .length = -1 };
    int64_t status = 0;
    if (!str_starts(head, S("HTTP/1.1 ")) || !str_i64(str_head(str_skip(head, 9), 3), &status) ||
        !str_i64(header(head, S("content-length")), &a.length) || a.length < 0)
        return false;
    a.status = (int)status;
    a.type = header(head, S("content-type"));
    a.says = header(head, S("x-chela-says"));
    c->headed = true;
    c->left = a.length;
    uv_timer_stop(&c->clock);
    c->taker->head(c->ctx, &a);
    return true;
}

static void take_body(struct engine_call *c, str bytes) {
    if (c->ended) return; /* the taker dropped it */
    bytes = str_head(bytes, bytes.n < (uint64_t)c->left ? bytes.n : (size_t)c->left);
    c->left -= (int64_t)bytes.n;
    if (bytes.n && !c->taker->piece(c->ctx, bytes)) c->paused = true;
    if (c->ended) return;
    if (c->left == 0)
        finish(c, CHELA_OK);
    else
        read_on(c);
}

static void take(struct engine_call *c, str bytes) {
    if (c->headed) {
        take_body(c, bytes);
        return;
    }
    buf_add(&c->in, bytes);
    ptrdiff_t end = str_find(buf_str(&c->in), S("\r\n\r\n"));
    if (c->in.failed || (end >= 0 && !take_head(c, str_head(buf_str(&c->in), (size_t)end + 2)))) {
        finish(c, err_set(&c->e, CHELA_PROTOCOL, "the engine's answer is not understood"));
        return;
    }
    if (end >= 0) take_body(c, str_skip(buf_str(&c->in), (size_t)end + 4));
}

static void on_room(uv_handle_t *handle, size_t hint, uv_buf_t *room) {
    struct engine_call *c = handle->data;
    (void)hint;
    *room = uv_buf_init(c->bytes, sizeof c->bytes);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *room) {
    struct engine_call *c = stream->data;
    if (n < 0)
        finish_died(c);
    else if (n > 0)
        take(c, (str){ room->base, (size_t)n });
}

static void read_on(struct engine_call *c) {
    if (c->paused)
        uv_read_stop((uv_stream_t *)&c->socket);
    else
        uv_read_start((uv_stream_t *)&c->socket, on_room, on_read); /* again is no harm */
}

void engine_call_resume(struct engine_call *c) {
    if (c->ended || !c->paused) return;
    c->paused = false;
    read_on(c);
}

/* ---- the request ---- */

static void on_written(uv_write_t *write, int status) {
    struct engine_call *c = write->data;
    if (status < 0 && !c->ended) finish_died(c);
}

static void on_connected(uv_connect_t *connect, int status) {
    struct engine_call *c = connect->data;
    if (c->ended) return;
    if (status < 0) {
        finish(c, err_set(&c->e, CHELA_UNAVAILABLE, "chela-engines: %s", uv_strerror(status)));
        return;
    }
    uv_buf_t parts[] = { uv_buf_init(c->request.p, (unsigned)c->request.n),
                         uv_buf_init((char *)(uintptr_t)c->body.p, (unsigned)c->body.n) };
    c->write.data = c;
    if (uv_write(&c->write, (uv_stream_t *)&c->socket, parts, c->body.n ? 2 : 1, on_written) < 0) {
        finish_died(c);
        return;
    }
    read_on(c);
}

static void on_clock(uv_timer_t *clock) {
    struct engine_call *c = clock->data;
    if (c->e.code == CHELA_OK)
        err_set(&c->e, CHELA_TIMEOUT, "the engine took longer than %llu s",
                (unsigned long long)c->limit_ms / 1000);
    finish(c, c->e.code);
}

struct engine_call *engine_call(struct engines *s, const struct engine_ask *ask,
                                const struct engine_taker *taker, void *ctx) {
    struct engine_call *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    *c = (struct engine_call){ .engines = s,
                               .taker = taker,
                               .ctx = ctx,
                               .request = BUF_INIT(HEAD_MAX),
                               .in = BUF_INIT(HEAD_MAX + READ),
                               .body = ask->body,
                               .limit_ms = ask->limit_ms,
                               .e = ERR_INIT,
                               .handles = 2 };
    buf_addf(&c->request, "%s %.*s HTTP/1.1\r\nHost: engines\r\nConnection: close\r\n",
             ask->type.n ? "POST" : "GET", STR_ARG(ask->path));
    if (ask->type.n)
        buf_addf(&c->request, "Content-Type: %.*s\r\nContent-Length: %zu\r\n", STR_ARG(ask->type),
                 ask->body.n);
    buf_add(&c->request, S("\r\n"));
    uv_pipe_init(engines_loop(s), &c->socket, 0);
    uv_timer_init(engines_loop(s), &c->clock);
    c->socket.data = c->clock.data = c->connect.data = c;
    engines_count_call(s, 1);
    const char *path = engines_socket(s, &c->e);
    if (path && !c->request.failed) uv_pipe_connect(&c->connect, &c->socket, path, on_connected);
    uv_timer_start(&c->clock, on_clock, path ? c->limit_ms : 0, 0);
    return c;
}
