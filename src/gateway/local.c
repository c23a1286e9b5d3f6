#include "gateway/local.h"

#include "sandbox/api.h"
#include "sandbox/engines.h"
#include "sandbox/scratch.h"
#include "sandbox/video_jobs.h"

#include <pthread.h>
#include <stdlib.h>

enum { MOST_CLIENTS = 65536 };

struct local {
    uv_loop_t loop;
    uv_async_t end;
    pthread_t thread;
    bool threaded;
    struct server *server;
    struct engines *engines;
    struct sandbox_api api;
    struct prompt_cache cache;
    char socket[108];
};

const char *local_socket(const struct local *l) {
    return l->socket;
}

/* ---- the end ---- */

static void on_drained(void *ctx) {
    struct local *l = ctx;
    video_jobs_close(l->api.videos);
    if (l->engines) engines_stop(l->engines, NULL, NULL);
    uv_close((uv_handle_t *)&l->end, NULL);
}

static void on_end(uv_async_t *end) {
    struct local *l = end->data;
    if (l->server)
        server_drain(l->server, on_drained, l);
    else
        on_drained(l);
}

static void *run(void *ctx) {
    struct local *l = ctx;
    uv_run(&l->loop, UV_RUN_DEFAULT);
    return NULL;
}

void local_stop(struct local *l) {
    if (!l) return;
    uv_async_send(&l->end);
    if (l->threaded)
        pthread_join(l->thread, NULL);
    else
        run(l);
    uv_loop_close(&l->loop);
    server_free(l->server);
    engines_free(l->engines);
    free(l);
}

/* ---- the beginning ---- */

static enum chela_error serve(struct local *l, struct err *e) {
    struct server_limits limits = server_default_limits;
    const struct server_handler handler = { &l->api, sandbox_api_request };
    limits.max_connections = MOST_CLIENTS;
    const char *folder = engines_folder(l->engines, e);
    int fd = folder ? scratch_listen(folder, "api.sock", l->socket, e) : -1;
    if (fd < 0) return e ? e->code : CHELA_IO;
    return server_open_unix(&l->server, &l->loop, fd, &limits, &handler, e);
}

enum chela_error local_start(struct local **out, struct err *e) {
    char program[4096];
    *out = NULL;
    struct local *l = calloc(1, sizeof *l);
    if (!l) return err_set(e, CHELA_NOMEM, "out of memory");
    engines_find(program, sizeof program);
    uv_loop_init(&l->loop);
    uv_async_init(&l->loop, &l->end, on_end);
    l->end.data = l;
    l->engines = engines_new(&l->loop, program);
    struct video_jobs *videos = l->engines ? video_jobs_new(l->engines) : NULL;
    l->api = (struct sandbox_api){ .cache = &l->cache, .engines = l->engines, .videos = videos };
    enum chela_error code = videos ? serve(l, e) : err_set(e, CHELA_NOMEM, "out of memory");
    if (code == CHELA_OK && pthread_create(&l->thread, NULL, run, l) != 0)
        code = err_set(e, CHELA_UNAVAILABLE, "no thread for the local engines");
    l->threaded = code == CHELA_OK;
    if (code == CHELA_OK)
        *out = l;
    else
        local_stop(l);
    return code;
}
