/* Listening, counting and draining. The socket is bound by hand, so that a port in use is known at
 * once and with its reason; libuv takes over from there. */
#include "server/conn.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,
    TURNED_AWAY = 64, /* connections over the limit that still get a 503 */
    UNIX_SOCKET = -1  /* in place of a port */
};

const struct server_limits server_default_limits = {
    .max_header = 64 << 10,
    .max_body = 64 << 20,
    .max_connections = 4096,
    .header_ms = 10000,
    .body_ms = 30000,
    .idle_ms = 75000,
    .send_ms = 30000,
    .drain_ms = 10000,
};

/* ---- connections come and go ---- */

static void init_socket(struct server *s, union conn_socket *socket) {
    if (s->unix_socket)
        uv_pipe_init(s->loop, &socket->pipe, 0);
    else
        uv_tcp_init(s->loop, &socket->tcp);
}

static void on_connection(uv_stream_t *listener, int status) {
    struct server *s = listener->data;
    if (status < 0) {
        log_warn("accepting a connection: %s", uv_strerror(status));
        return;
    }
    struct conn *c = calloc(1, sizeof *c);
    if (!c) { /* libuv holds the connection until it is accepted: when another one has ended */
        log_error("accepting a connection: out of memory");
        s->accept_waits = true;
        return;
    }
    c->server = s;
    init_socket(s, &c->socket);
    bool accepted = uv_accept(listener, &c->socket.stream) == 0;
    c->next = s->conns;
    if (c->next) c->next->previous = c;
    s->conns = c;
    s->count++;
    conn_start(s, c);
    unsigned most = s->limits.max_connections;
    bool too_many = s->count > most + (s->tls ? 0 : TURNED_AWAY); /* no handshake just to say no */
    if (!accepted || s->draining || too_many)
        conn_gone(c);
    else if (s->count > most)
        conn_refuse(c, 503, "too many connections");
}

static void finished(struct server *s) {
    if (s->done && s->handles == 0 && s->count == 0) {
        void (*done)(void *ctx) = s->done;
        s->done = NULL;
        done(s->done_ctx);
    }
}

static void on_own_closed(uv_handle_t *handle) {
    struct server *s = handle->data;
    s->handles--;
    finished(s);
}

static void close_own(struct server *s) {
    uv_close((uv_handle_t *)&s->prepare, on_own_closed);
    uv_close((uv_handle_t *)&s->again, on_own_closed);
    uv_close((uv_handle_t *)&s->drain, on_own_closed);
}

void server_forget(struct server *s, struct conn *c) {
    if (c->touched_link) {
        *c->touched_link = c->touched_next;
        if (c->touched_next) c->touched_next->touched_link = c->touched_link;
    }
    if (c->previous)
        c->previous->next = c->next;
    else
        s->conns = c->next;
    if (c->next) c->next->previous = c->previous;
    free(c);
    s->count--;
    if (s->accept_waits && !s->draining) {
        s->accept_waits = false;
        on_connection(&s->listener.stream, 0);
    }
    if (s->draining && s->count == 0) close_own(s);
}

/* ---- turns ---- */

static void on_again(uv_idle_t *handle) {
    (void)handle; /* its being active keeps the loop from waiting */
}

static void on_prepare(uv_prepare_t *handle) {
    struct server *s = handle->data;
    struct conn *list = s->touched;
    s->touched = NULL; /* what is touched from now on has its turn in the next round: fairness */
    if (list) list->touched_link = &list;
    while (list) {
        struct conn *c = list;
        list = c->touched_next;
        if (list) list->touched_link = &list;
        c->touched_link = NULL;
        conn_turn(c);
    }
    if (s->touched)
        uv_idle_start(&s->again, on_again);
    else
        uv_idle_stop(&s->again);
}

str server_date(struct server *s) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME_COARSE, &t);
    if (t.tv_sec != s->date_second) {
        struct tm tm;
        s->date_second = t.tv_sec;
        gmtime_r(&t.tv_sec, &tm);
        strftime(s->date, sizeof s->date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    }
    return str_c(s->date);
}

/* ---- open, drain, free ---- */

union address { /* the largest first: it is the one that {0} clears */
    struct sockaddr_in6 v6;
    struct sockaddr_in v4;
    struct sockaddr any;
};

static enum chela_error listen_on(int *out, const char *host, int port, bool shared,
                                  struct err *e) {
    union address address = { 0 };
    socklen_t size;
    if (port < 0 || port > 65535) return err_set(e, CHELA_USAGE, "port %d: not 0 to 65535", port);
    if (inet_pton(AF_INET, host, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons((uint16_t)port);
        size = sizeof address.v4;
    } else if (inet_pton(AF_INET6, host, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons((uint16_t)port);
        size = sizeof address.v6;
    } else {
        return err_set(e, CHELA_USAGE, "%s: not an IP address, such as 127.0.0.1 or ::1", host);
    }
    int one = 1;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return err_set(e, CHELA_UNAVAILABLE, "socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (shared) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(fd, &address.any, size) < 0 || listen(fd, BACKLOG) < 0) {
        int why = errno;
        close(fd);
        err_set(e, CHELA_UNAVAILABLE, "cannot listen on %s port %d: %s", host, port, strerror(why));
        if (why == EADDRINUSE)
            err_hint(e, CHELA_UNAVAILABLE, "use another port; 0 takes any free one");
        return CHELA_UNAVAILABLE;
    }
    *out = fd;
    return CHELA_OK;
}

static void own(struct server *s, void *handle) {
    ((uv_handle_t *)handle)->data = s;
    s->handles++;
}

static void on_abandoned(uv_handle_t *handle) {
    free(handle->data);
}

/* Owns fd from here on. */
static enum chela_error serve_on(struct server **out, uv_loop_t *loop, int fd, int port,
                                 const struct server_limits *limits,
                                 const struct server_handler *handler, struct err *e) {
    struct server *s = calloc(1, sizeof *s);
    if (!s) {
        close(fd);
        return err_set(e, CHELA_NOMEM, "listening: out of memory");
    }
    s->loop = loop;
    s->port = port;
    s->unix_socket = port == UNIX_SOCKET;
    s->limits = limits ? *limits : server_default_limits;
    s->handler = *handler;
    buf_init(&s->plain, (size_t)4 * CONN_READ);
    signal(SIGPIPE, SIG_IGN);

    init_socket(s, &s->listener);
    own(s, &s->listener);
    int r =
        s->unix_socket ? uv_pipe_open(&s->listener.pipe, fd) : uv_tcp_open(&s->listener.tcp, fd);
    if (r != 0) close(fd);
    if (r == 0) r = uv_listen(&s->listener.stream, BACKLOG, on_connection);
    if (r != 0) {
        uv_close(&s->listener.handle, on_abandoned);
        return err_set(e, CHELA_UNAVAILABLE, "cannot listen: %s", uv_strerror(r));
    }
    uv_prepare_init(loop, &s->prepare);
    uv_idle_init(loop, &s->again);
    uv_timer_init(loop, &s->drain);
    own(s, &s->prepare);
    own(s, &s->again);
    own(s, &s->drain);
    uv_prepare_start(&s->prepare, on_prepare);
    *out = s;
    return CHELA_OK;
}

enum chela_error server_open(struct server **out, uv_loop_t *loop, const char *host, int port,
                             const struct server_limits *limits,
                             const struct server_handler *handler, struct err *e) {
    *out = NULL;
    int fd = -1;
    union address address = { 0 };
    socklen_t size = sizeof address;
    enum chela_error code = listen_on(&fd, host, port, limits && limits->shared_port, e);
    if (code != CHELA_OK) return code;
    if (getsockname(fd, &address.any, &size) != 0) {
        close(fd);
        return err_set(e, CHELA_UNAVAILABLE, "cannot listen on %s port %d: %s", host, port,
                       strerror(errno));
    }
    int at = ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
    return serve_on(out, loop, fd, at, limits, handler, e);
}

enum chela_error server_open_unix(struct server **out, uv_loop_t *loop, int fd,
                                  const struct server_limits *limits,
                                  const struct server_handler *handler, struct err *e) {
    *out = NULL;
    return serve_on(out, loop, fd, UNIX_SOCKET, limits, handler, e);
}

int server_port(const struct server *s) {
    return s->port;
}

unsigned server_connections(const struct server *s) {
    return s->count;
}

void server_use_tls(struct server *s, struct tls_server *tls) {
    s->tls = tls;
}

void server_require_tls(struct server *s, struct tls_server *tls) {
    s->tls = tls;
    s->tls_only = true;
}

void server_on_report(struct server *s, void (*report)(void *ctx, const struct server_report *r),
                      void *ctx) {
    s->report = report;
    s->report_ctx = ctx;
}

static void on_drain_over(uv_timer_t *timer) {
    struct server *s = timer->data;
    for (struct conn *c = s->conns; c; c = c->next) conn_gone(c); /* they are freed later */
}

void server_drain(struct server *s, void (*done)(void *ctx), void *ctx) {
    if (s->draining) return;
    s->draining = true;
    s->done = done;
    s->done_ctx = ctx;
    uv_close(&s->listener.handle, on_own_closed);
    for (struct conn *c = s->conns; c; c = c->next) conn_drain(c);
    uv_timer_start(&s->drain, on_drain_over, s->limits.drain_ms, 0);
    if (s->count == 0) close_own(s);
}

void server_free(struct server *s) {
    if (!s) return;
    buf_free(&s->plain);
    free(s);
}
