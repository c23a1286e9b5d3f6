/* A server of one thread for tests: it plays a list of scripts, one a request, and keeps what it
 * was sent. Raw bytes, so that it can also answer wrongly. */
#ifndef CHELA_TEST_SERVER_H
#define CHELA_TEST_SERVER_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct test_script {
    const char *answer;    /* NULL: none */
    int wait_ms;           /* before the answer */
    const char *more;      /* after more_ms; NULL: nothing */
    int more_ms, stall_ms; /* stall: before closing */
    bool keep;             /* keep the connection for the next script */
    bool reset;            /* end with RST */
    bool deaf;             /* do not even read the request */
};

struct test_server {
    int fd, port;
    const struct test_script *scripts;
    size_t count;
    pthread_t thread;
    char request[8][8192]; /* as they came */
    size_t requests, connections;
};

static inline void test_sleep(int ms) {
    if (ms > 0) usleep((useconds_t)ms * 1000);
}

/* Waits, but not for a client that has gone: a server may stall for seconds and the test is quick.
 */
static void test_stall(int fd, int ms) {
    struct pollfd p = { .fd = fd, .events = POLLRDHUP };
    if (ms > 0) poll(&p, 1, ms);
}

/* One request with its body, of which only what fits is kept; false: the client went away. */
static bool test_read_request(int fd, char *at, size_t cap) {
    size_t n = 0, dropped = 0;
    for (;;) {
        char scrap[65536];
        size_t room = cap - 1 - n;
        ssize_t got = recv(fd, room ? at + n : scrap, room ? room : sizeof scrap, 0);
        if (got <= 0) return false;
        *(room ? &n : &dropped) += (size_t)got;
        at[n] = '\0';
        const char *end = strstr(at, "\r\n\r\n");
        if (!end) continue;
        const char *length = strcasestr(at, "\r\ncontent-length:");
        size_t body = length ? strtoul(length + 17, NULL, 10) : 0;
        if (n + dropped >= (size_t)(end + 4 - at) + body) return true;
    }
}

static void test_send(int fd, const char *text) {
    if (text) (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void *test_serve(void *arg) {
    struct test_server *s = arg;
    int fd = -1;
    for (size_t i = 0; i < s->count; i++) {
        const struct test_script *t = &s->scripts[i];
        if (fd < 0) {
            fd = accept(s->fd, NULL, NULL);
            if (fd < 0) return NULL;
            s->connections++;
        }
        if (!t->deaf) {
            if (!test_read_request(fd, s->request[s->requests], sizeof s->request[0])) {
                close(
                    fd); /* a connection that was kept in vain: the script is still to be played */
                fd = -1;
                i--;
                continue;
            }
            s->requests++;
        }
        test_stall(fd, t->wait_ms);
        test_send(fd, t->answer);
        test_stall(fd, t->more_ms);
        test_send(fd, t->more);
        test_stall(fd, t->stall_ms);
        if (t->keep) continue;
        struct linger hard = { 1, 0 };
        if (t->reset) setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(fd);
        fd = -1;
    }
    if (fd >= 0) close(fd);
    return NULL;
}

static void test_serve_scripts(struct test_server *s, const struct test_script *scripts,
                               size_t count) {
    memset(s, 0, sizeof *s);
    s->scripts = scripts;
    s->count = count;
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof a;
    if (bind(s->fd, (struct sockaddr *)&a, sizeof a) || listen(s->fd, 8) ||
        getsockname(s->fd, (struct sockaddr *)&a, &n))
        abort();
    s->port = ntohs(a.sin_port);
    pthread_create(&s->thread, NULL, test_serve, s);
}

static void test_serve_end(struct test_server *s) {
    shutdown(s->fd, SHUT_RDWR); /* ends an accept that nobody will come to */
    pthread_join(s->thread, NULL);
    close(s->fd);
}

#endif
