#include "gateway/sandbox_front.h"

#include "base/clock.h"
#include "gateway/answer_store.h"
#include "gateway/gateway.h"
#include "gateway/video_id.h"
#include "sandbox/engines.h"
#include "sandbox/scratch.h"

#include <stdlib.h>

enum { CACHE_BYTES = 32 << 20, CACHE_ANSWERS = 4096 };

struct sandbox_front {
    struct gateway gateway;
    struct video_seal seal;
    struct sandbox_api behind; /* the same without `others`: what came through here ends there */
    struct server *server;     /* on the socket */
    char socket[108];
};

static enum chela_error serve_behind(struct sandbox_front *f, struct sandbox_api *api,
                                     struct err *e) {
    const char *folder = engines_folder(api->engines, e);
    f->behind = *api;
    const struct server_handler handler = { &f->behind, sandbox_api_request };
    int fd = folder ? scratch_listen(folder, "api.sock", f->socket, e) : -1;
    if (fd < 0) return e ? e->code : CHELA_IO;
    return server_open_unix(&f->server, f->gateway.loop, fd, NULL, &handler, e);
}

enum chela_error sandbox_front_new(struct sandbox_front **out, uv_loop_t *loop,
                                   struct sandbox_api *api, struct err *e) {
    struct sandbox_front *f = calloc(1, sizeof *f);
    *out = f;
    if (!f) return err_set(e, CHELA_NOMEM, "out of memory");
    struct gateway *g = &f->gateway;
    *g = (struct gateway){ .loop = loop,
                           .health = health_new(),
                           .answers = answer_store_new(),
                           .seal = &f->seal,
                           .anonymous = true,
                           .quiet = true,
                           .seed = (uint64_t)clock_unix_ms(),
                           .workers = g,
                           .worker_count = 1 };
    if (!g->health || !g->answers) return err_set(e, CHELA_NOMEM, "out of memory");
    answer_store_limit(g->answers, CACHE_BYTES, CACHE_ANSWERS);
    enum chela_error code = serve_behind(f, api, e);
    if (code == CHELA_OK) code = upstream_pool_new(&g->pool, loop, &upstream_default_settings, e);
    if (code == CHELA_OK) code = settings_of_sandbox(&g->settings, g->pool, f->socket, e);
    api->others = (struct server_handler){ g, gateway_request };
    return code;
}

void sandbox_front_serves(struct sandbox_front *f, struct server *server) {
    f->gateway.server = server;
}

void sandbox_front_close(struct sandbox_front *f) {
    if (!f) return;
    f->gateway.draining = true;
    if (f->gateway.pool) upstream_pool_close(f->gateway.pool);
    if (f->server) server_drain(f->server, NULL, NULL);
}

void sandbox_front_free(struct sandbox_front *f) {
    if (!f) return;
    server_free(f->server);
    settings_release(f->gateway.settings);
    upstream_pool_free(f->gateway.pool);
    answer_store_free(f->gateway.answers);
    health_free(f->gateway.health);
    free(f);
}
