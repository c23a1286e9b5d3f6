/* A model's service that costs nothing: the upstream of bench/gateway.sh. One thread, epoll,
 * HTTP/1.1 with keep-alive. A body with "stream":true gets 200 events of 250 bytes at once and the
 * end; with "stream": true (mind the blank) one event and then nothing more; any other a completion
 * of 1 KB.
 *
 *   upstream PORT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, ROOM = 1 << 20, EVENTS = 200 };

struct client {
    char *in;
    size_t n;
};

static struct client clients[MOST];
static char document[4096], stream[128 << 10], begun[1024];
static size_t document_n, stream_n, begun_n;

static size_t add_chunk(char *to, const char *data) {
    return (size_t)snprintf(to, 4096, "%zx\r\n%s\r\n", strlen(data), data);
}

static void make_answers(void) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n";
    char text[1024], event[2048], json[2048];
    memset(text, 'x', sizeof text);
    text[680] = '\0';
    int n =
        snprintf(json, sizeof json,
                 "{\"id\":\"gen-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\","
                 "\"system_fingerprint\":null,"
                 "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
                 "\"%s\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,"
                 "\"completion_tokens\":2,\"total_tokens\":3}}",
                 text);
    document_n = (size_t)snprintf(document, sizeof document,
                                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                  "Content-Length: %d\r\n\r\n%s",
                                  n, json);
    text[85] = '\0';
    snprintf(event, sizeof event,
             "data: {\"id\":\"gen-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":"
             "\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null"
             "}]}\n\n",
             text);
    stream_n = begun_n = sizeof head - 1;
    memcpy(stream, head, stream_n);
    memcpy(begun, head, begun_n);
    begun_n += add_chunk(begun + begun_n, event);
    for (int i = 0; i < EVENTS; i++) stream_n += add_chunk(stream + stream_n, event);
    stream_n +=
        add_chunk(stream + stream_n,
                  "data: {\"id\":\"gen-1\",\"object\":\"chat.completion.chunk\",\"created\":"
                  "1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},"
                  "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    stream_n += (size_t)snprintf(stream + stream_n, 6, "0\r\n\r\n");
}

static void drop(int fd) {
    clients[fd].n = 0;
    close(fd);
}

static void put(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t w = send(fd, p, n, MSG_NOSIGNAL);
        if (w < 0 && errno == EAGAIN) continue; /* loopback: soon */
        if (w <= 0) return;
        p += w;
        n -= (size_t)w;
    }
}

/* Answers what is whole; returns how many bytes that was. */
static size_t answer(int fd, const char *p, size_t n) {
    const char *end = memmem(p, n, "\r\n\r\n", 4);
    if (!end) return 0;
    const char *field = memmem(p, (size_t)(end - p), "ontent-Length: ", 15);
    if (!field) field = memmem(p, (size_t)(end - p), "ontent-length: ", 15);
    size_t length = field ? strtoul(field + 15, NULL, 10) : 0;
    size_t head = (size_t)(end - p) + 4;
    if (n < head + length) return 0;
    size_t look = length < 200 ? length : 200;
    if (memmem(p + head, look, "\"stream\":true", 13))
        put(fd, stream, stream_n);
    else if (memmem(p + head, look, "\"stream\": true", 14))
        put(fd, begun, begun_n);
    else
        put(fd, document, document_n);
    return head + length;
}

static void readable(int fd) {
    struct client *c = &clients[fd];
    if (!c->in && !(c->in = malloc(ROOM))) exit(71);
    ssize_t got = recv(fd, c->in + c->n, ROOM - c->n, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) drop(fd);
        return;
    }
    c->n += (size_t)got;
    for (size_t used; c->n && (used = answer(fd, c->in, c->n)) > 0;) {
        memmove(c->in, c->in + used, c->n - used);
        c->n -= used;
    }
    if (c->n == ROOM) drop(fd);
}

int main(int argc, char **argv) {
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct rlimit limit;
    int one = 1;
    if (argc != 2) return 64;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    make_answers();
    signal(SIGPIPE, SIG_IGN);
    a.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&a, sizeof a) < 0 || listen(listener, 4096) < 0) {
        perror("upstream");
        return 69;
    }
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, ready[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = epoll_wait(poll, ready, 256, -1);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd != listener) {
                readable(ready[i].data.fd);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0) continue;
            if (fd >= MOST) {
                close(fd);
                continue;
            }
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            event.data.fd = fd;
            epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        }
    }
}
