/* The whole server, over a real socket: bytes in pieces to an echoing handler behind the faults.
 * Every answer is HTTP, the handler's bodies are no longer than what was sent, and every connection
 * ends and is freed. Byte 0 chooses the pieces; bit 7 of it serves with TLS (the input is then what
 * a peer without any manners sends instead of a handshake). */
#include "sandbox/fault.h"
#include "server/server.h"
#include "server/tls.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uv_loop_t loop;
static struct server *plain, *secure;
static struct faults *faults;
static size_t echoed;

static void must(bool what) {
    if (!what) abort();
}

static void on_late(struct exchange *x) {
    const struct server_request *r = exchange_request(x);
    exchange_head(x, 200, NULL, 0, -1);
    exchange_write(x, str_head(r->body, r->body.n / 2));
    exchange_write(x, str_skip(r->body, r->body.n / 2));
    exchange_end(x);
}

static void on_stream(struct exchange *x) {
    struct server_header type = { S("Content-Type"), S("text/event-stream") };
    str rest = exchange_request(x)->body;
    exchange_head(x, 200, &type, 1, -1);
    for (; rest.n; rest = str_skip(rest, 7)) exchange_write(x, str_head(rest, 7));
    exchange_end(x);
}

static void on_request(void *ctx, struct exchange *x) {
    (void)ctx;
    const struct server_request *r = exchange_request(x);
    must(r->method.n && r->path.n && r->target.n);
    echoed += r->body.n;
    if (str_has(r->path, S("late")))
        exchange_after(x, 0, on_late);
    else if (str_has(r->path, S("stream")))
        on_stream(x);
    else if (str_has(r->path, S("abort")))
        exchange_abort(x);
    else
        exchange_answer(x, 200, S("text/plain"), r->body);
}

/* Faults, asked for by header; a line of 64 MiB teaches nothing that one of a few bytes does not.
 */
static void on_any(void *ctx, struct exchange *x) {
    if (str_has(exchange_header(x, S("x-chela-fault")), S("huge")))
        on_request(ctx, x);
    else
        faults_request(faults, x);
}

static void start(void) {
    struct server_handler spoiled = { NULL, on_request }, handler = { NULL, on_any };
    faults = faults_new(&spoiled);
    must(faults);
    struct server_limits limits = server_default_limits;
    struct tls_server *tls;
    struct err e = ERR_INIT;
    limits.max_header = 1024;
    limits.max_body = 8192;
    must(uv_loop_init(&loop) == 0);
    must(server_open(&plain, &loop, "127.0.0.1", 0, &limits, &handler, &e) == CHELA_OK);
    must(server_open(&secure, &loop, "127.0.0.1", 0, &limits, &handler, &e) == CHELA_OK);
    must(tls_server_new(&tls, &e) == CHELA_OK);
    server_use_tls(secure, tls);
}

static int dial(const struct server *s) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_port(s)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    must(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    /* a reset at close: no port is kept waiting, however many inputs there are */
    struct linger reset = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 16384) return 0;
    if (!plain) start();
    struct server *s = data[0] & 0x80 ? secure : plain;
    unsigned pieces = data[0] & 0x7f;
    str bytes = { (const char *)data + 1, size - 1 };
    int fd = dial(s);
    echoed = 0;
    for (unsigned i = 0; bytes.n && i < 16; i++) {
        size_t n = bytes.n;
        if (pieces && i < 15) {
            pieces = pieces * 1103515245u + 12345u;
            n = 1 + (pieces >> 16) % 200;
        }
        ssize_t sent = send(fd, bytes.p, n < bytes.n ? n : bytes.n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent <= 0) break;
        bytes = str_skip(bytes, (size_t)sent);
        uv_run(&loop, UV_RUN_NOWAIT);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    for (int i = 0; i < 4; i++) uv_run(&loop, UV_RUN_NOWAIT);
    char answer[64];
    ssize_t n = recv(fd, answer, sizeof answer, MSG_DONTWAIT);
    if (n >= 9 && s == plain) must(memcmp(answer, "HTTP/1.1 ", 9) == 0);
    must(echoed <= size);
    close(fd);
    for (int i = 0; i < 1000 && server_connections(s); i++) uv_run(&loop, UV_RUN_NOWAIT);
    must(server_connections(s) == 0);
    return 0;
}
