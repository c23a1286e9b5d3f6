/* A real server on loopback for tests: its loop runs in a thread, the test is a blocking client. */
#ifndef SERVER_FIXTURE_H
#define SERVER_FIXTURE_H

#include "base/clock.h"
#include "base/log.h"
#include "server/server.h"
#include "server/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    uv_loop_t loop;
    uv_async_t drain;
    pthread_t thread;
    struct server *server;
    struct server_limits limits;
    int port;
    atomic_bool drained;
    void (*report)(void *ctx, const struct server_report *r); /* may be NULL */
};

static void fixture_drained(void *ctx) {
    struct fixture *f = ctx;
    atomic_store(&f->drained, true);
    uv_close((uv_handle_t *)&f->drain, NULL);
}

static void fixture_on_drain(uv_async_t *async) {
    struct fixture *f = async->data;
    server_drain(f->server, fixture_drained, f);
}

static void *fixture_thread(void *ctx) {
    struct fixture *f = ctx;
    uv_run(&f->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* f->limits and f->report are filled by the caller. */
static inline void fixture_start(struct fixture *f, const struct server_handler *handler,
                                 struct tls_server *tls) {
    struct err e = ERR_INIT;
    assert_int_equal(uv_loop_init(&f->loop), 0);
    uv_async_init(&f->loop, &f->drain, fixture_on_drain);
    f->drain.data = f;
    atomic_store(&f->drained, false);
    if (server_open(&f->server, &f->loop, "127.0.0.1", 0, &f->limits, handler, &e) != CHELA_OK)
        fail_msg("%s", e.message);
    if (tls) server_use_tls(f->server, tls);
    server_on_report(f->server, f->report, f);
    f->port = server_port(f->server);
    assert_int_equal(pthread_create(&f->thread, NULL, fixture_thread, f), 0);
}

/* Drains, and sees that nothing was left open. */
static inline void fixture_stop(struct fixture *f) {
    uv_async_send(&f->drain);
    pthread_join(f->thread, NULL);
    assert_true(atomic_load(&f->drained));
    server_free(f->server);
    assert_int_equal(uv_loop_close(&f->loop), 0);
}

static inline int dial_port(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = { .tv_sec = 10 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static inline void put(int fd, str bytes) {
    while (bytes.n) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n <= 0) fail_msg("sending: %s", strerror(errno));
        bytes = str_skip(bytes, (size_t)n);
    }
}

struct answer {
    struct buf raw; /* everything read from the connection so far */
    int status;
    str head, body;  /* of the last answer; body decoded if it was chunked */
    struct buf text; /* memory of a decoded body */
    bool whole;      /* its framing was kept */
    size_t used;     /* of raw: earlier answers */
};

static inline void answer_free(struct answer *a) {
    buf_free(&a->raw);
    buf_free(&a->text);
}

static inline void answer_init(struct answer *a) {
    *a = (struct answer){ .raw = BUF_INIT(256u << 20), .text = BUF_INIT(256u << 20) };
}

/* > 0: bytes came; 0: end; fails on a reset or when nothing comes. */
static inline ssize_t answer_more(struct answer *a, int fd) {
    char *room = buf_room(&a->raw, 64 << 10);
    ssize_t n = recv(fd, room, 64 << 10, 0);
    if (n < 0) fail_msg("receiving: %s", strerror(errno));
    a->raw.n += (size_t)n;
    return n;
}

static inline str answer_header(const struct answer *a, str name) {
    str rest = a->head, line;
    while (str_cut(rest, '\n', &line, &rest) || line.n) {
        str key, value;
        if (str_cut(line, ':', &key, &value) && str_ieq(key, name)) return str_trim(value);
        if (rest.n == 0) break;
    }
    return (str){ 0 };
}

static inline str answer_rest(const struct answer *a) {
    return str_skip(buf_str(&a->raw), a->used);
}

static inline size_t hex_of(str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = ascii_lower(s.p[i]);
        assert_true((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        n = n * 16 + (size_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return n;
}

/* Reads one answer, whatever its framing; head_only: of a HEAD request. */
static inline void take(struct answer *a, int fd, bool head_only) {
    ptrdiff_t end;
    a->whole = false;
    a->status = 0;
    buf_clear(&a->text);
    while ((end = str_find(answer_rest(a), S("\r\n\r\n"))) < 0)
        if (answer_more(a, fd) == 0) {
            a->head = a->body = (str){ 0 };
            return;
        }
    size_t from = a->used + (size_t)end + 4;
    int64_t length = -1, status = 0;
    a->head = str_head(answer_rest(a), (size_t)end);
    str_i64(str_head(str_skip(a->head, 9), 3), &status);
    bool chunked = str_eq(answer_header(a, S("Transfer-Encoding")), S("chunked"));
    bool none = head_only || status == 204 || status == 304 || status < 200;
    str_i64(answer_header(a, S("Content-Length")), &length);
    size_t head_n = (size_t)end, at = from;
    bool closed = false;
    if (none) {
        a->whole = true;
    } else if (chunked) {
        while (!a->whole && !closed) {
            str left = str_skip(buf_str(&a->raw), at);
            ptrdiff_t eol = str_find(left, S("\r\n"));
            size_t n = eol < 0 ? 0 : hex_of(str_head(left, (size_t)eol));
            if (eol < 0 || left.n < (size_t)eol + 2 + n + 2) {
                closed = answer_more(a, fd) == 0;
                continue;
            }
            buf_add(&a->text, str_head(str_skip(left, (size_t)eol + 2), n));
            at += (size_t)eol + 2 + n + 2;
            a->whole = n == 0;
        }
    } else {
        while (!closed && (length < 0 || a->raw.n - from < (size_t)length))
            closed = answer_more(a, fd) == 0;
        size_t n = a->raw.n - from;
        if (length >= 0 && n > (size_t)length) n = (size_t)length;
        buf_add(&a->text, str_head(str_skip(buf_str(&a->raw), from), n));
        a->whole = length < 0 || n == (size_t)length;
        at = from + n;
    }
    a->head = str_head(str_skip(buf_str(&a->raw), a->used), head_n); /* raw may have moved */
    a->used = at;
    a->status = (int)status;
    a->body = buf_str(&a->text);
}

/* The next thing on the connection is its proper end. */
static inline void assert_ended(struct answer *a, int fd) {
    assert_int_equal(answer_rest(a).n, 0);
    assert_int_equal(answer_more(a, fd), 0);
}

static inline void assert_text(str s, const char *text) {
    if (!str_eq(s, str_c(text))) fail_msg("'%.*s' is not '%s'", STR_ARG(s), text);
}

/* Waits until *flag, at most ms; returns how long it took, -1 if it did not come. */
static inline int64_t wait_for(atomic_bool *flag, int64_t ms) {
    int64_t start = clock_ms();
    while (!atomic_load(flag)) {
        if (clock_ms() - start > ms) return -1;
        usleep(1000);
    }
    return clock_ms() - start;
}

#endif
