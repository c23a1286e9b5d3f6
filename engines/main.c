/* chela-engines: pictures, video, speech, transcription and vectors, made on this machine.
 *
 * A program of its own, so that chela stays small and a codec's crash stays outside. The gateway
 * starts it with a listening Unix socket as descriptor 3 and a pipe as standard input; when that
 * pipe ends, so does this program, however the gateway ended. `--check` says what can work here. */
#include "base/log.h"
#include "engines/engine.h"
#include "engines/service.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET_FD = 3 };

struct program {
    uv_loop_t loop;
    uv_pipe_t parent;
    struct server *server;
    struct service service;
};

static void print_log(void *ctx, enum log_level level, const char *line) {
    (void)ctx;
    (void)level;
    fprintf(stderr, "chela-engines: %s\n", line);
}

/* ---- serving ---- */

static void on_drained(void *ctx) {
    struct program *p = ctx;
    uv_close((uv_handle_t *)&p->parent, NULL);
}

static void on_room(uv_handle_t *handle, size_t hint, uv_buf_t *room) {
    static char unused[64];
    (void)handle;
    (void)hint;
    *room = uv_buf_init(unused, sizeof unused);
}

static void on_parent(uv_stream_t *stream, ssize_t n, const uv_buf_t *room) {
    struct program *p = stream->data;
    (void)room;
    if (n >= 0) return;
    uv_read_stop(stream);
    service_cancel(&p->service);
    server_drain(p->server, on_drained, p);
}

static enum chela_error serve(struct program *p, struct err *e) {
    static const struct server_limits limits = {
        .max_header = 16 << 10,
        .max_body = 96 << 20,
        .max_connections = 128,
        .header_ms = 10000,
        .body_ms = 30000,
        .idle_ms = 75000,
        .send_ms = 10 * 60 * 1000, /* the gateway waits for its own client */
        .drain_ms = 500,
    };
    int listening = 0;
    socklen_t size = sizeof listening;
    if (getsockopt(SOCKET_FD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || !listening)
        return err_set(e, CHELA_USAGE, "--serve is for chela-gateway, which gives it a socket");
    fcntl(SOCKET_FD, F_SETFD, FD_CLOEXEC);
    setenv("UV_THREADPOOL_SIZE", "2", 1); /* before the pool is first used */
    uv_loop_init(&p->loop);
    p->service.loop = &p->loop;
    struct server_handler handler = { &p->service, service_request };
    enum chela_error rc = server_open_unix(&p->server, &p->loop, SOCKET_FD, &limits, &handler, e);
    if (rc != CHELA_OK) return rc;
    uv_pipe_init(&p->loop, &p->parent, 0);
    p->parent.data = p;
    if (uv_pipe_open(&p->parent, STDIN_FILENO) != 0 ||
        uv_read_start((uv_stream_t *)&p->parent, on_room, on_parent) != 0)
        server_drain(p->server, on_drained, p);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    uv_loop_close(&p->loop);
    server_free(p->server);
    return CHELA_OK;
}

/* ---- the command line ---- */

static bool print_check(bool json) {
    if (json) {
        struct buf out = BUF_INIT(16 << 10);
        engines_json(&out);
        printf("%.*s\n", STR_ARG(buf_str(&out)));
        buf_free(&out);
    } else {
        for (size_t i = 0; i < engine_count; i++) {
            const char *package = engine_table[i].missing();
            printf("%s %s%s\n", engine_table[i].name, package ? "missing " : "ok",
                   package ? package : "");
        }
    }
    return fflush(stdout) == 0;
}

int main(int argc, char **argv) {
    static struct program program;
    struct err e = ERR_INIT;
    enum chela_error rc = CHELA_OK;
    const char *word = argc > 1 ? argv[1] : "";
    bool json = argc == 3 && strcmp(argv[2], "--json") == 0;
    log_to(print_log, NULL, LOG_WARN);
    if (strcmp(word, "--check") == 0 && (argc == 2 || json)) {
        if (!print_check(json)) rc = err_set(&e, CHELA_IO, "standard output is closed");
    } else if (strcmp(word, "--serve") == 0 && argc == 2) {
        rc = serve(&program, &e);
    } else if (strcmp(word, "--version") == 0 && argc == 2) {
        printf("chela %s\n", CHELA_VERSION);
    } else {
        rc = err_set(&e, CHELA_USAGE, "usage: chela-engines --check [--json] | --version");
    }
    if (rc == CHELA_OK) return 0;
    fprintf(stderr, "chela-engines: %s\n", e.message);
    return err_exit(rc);
}
