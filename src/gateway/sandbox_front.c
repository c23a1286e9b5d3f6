#include "gateway/sandbox_front.h"

#include "base/clock.h"
#include "base/log.h"
#include "gateway/answer_store.h"
#include "gateway/gateway.h"
#include "gateway/video_id.h"
#include "sandbox/engines.h"
#include "sandbox/models.h"
#include "sandbox/scratch.h"

#include <stdlib.h>

enum { CACHE_BYTES = 32 << 20, CACHE_ANSWERS = 4096, MOST_ROWS = 100000, MOST_NOTED = 256 };

/* An answer that the sandbox gave itself, until the books are open. */
struct noted {
    char id[64], asked[128];
    struct sandbox_note note;
};

struct sandbox_front {
    struct gateway gateway;
    struct video_seal seal;
    struct sandbox_api behind; /* the same without `others`: what came through here ends there */
    struct server *server;     /* on the socket */
    char socket[108];
    bool opened;
    struct noted noted[MOST_NOTED]; /* a ring */
    size_t notes;
};

static enum chela_error serve_behind(struct sandbox_front *f, const char *folder, struct err *e) {
    const struct server_handler handler = { &f->behind, sandbox_api_request };
    int fd = scratch_listen(folder, "api.sock", f->socket, e);
    if (fd < 0) return e ? e->code : CHELA_IO;
    return server_open_unix(&f->server, f->gateway.loop, fd, NULL, &handler, e);
}

static void write_down(struct sandbox_front *f, const struct sandbox_note *n) {
    const struct ledger_row row = { .at_ms = n->began_ms,
                                    .request = n->id,
                                    .generation = n->id,
                                    .path = n->plain ? S("/completions") : S("/chat/completions"),
                                    .asked = n->asked,
                                    .upstream = S("local"),
                                    .model = S(SANDBOX_MODEL),
                                    .finish = str_c(n->finish),
                                    .status = 200,
                                    .end = n->gone ? LEDGER_GONE : LEDGER_OK,
                                    .streamed = n->stream,
                                    .attempts = 1,
                                    .ms = n->ms,
                                    .prompt = n->prompt,
                                    .completion = n->completion,
                                    .reasoning = n->reasoning,
                                    .cached = n->cached,
                                    .cache_write = n->cache_write,
                                    .audio = -1,
                                    .image = -1 };
    accounts_settle(f->gateway.accounts, NULL, 0, &row);
}

/* Most sandboxes are never asked for their books, so they are opened by who asks; until then the
 * last few answers are remembered. */
static void on_note(void *ctx, const struct sandbox_note *n) {
    struct sandbox_front *f = ctx;
    if (f->gateway.accounts) {
        write_down(f, n);
        return;
    }
    struct noted *kept = &f->noted[f->notes++ % MOST_NOTED];
    kept->note = *n;
    str_copy(kept->id, sizeof kept->id, n->id);
    str_copy(kept->asked, sizeof kept->asked, n->asked);
    kept->note.id = str_c(kept->id);
    kept->note.asked = str_c(kept->asked);
}

static enum chela_error open_books(struct sandbox_front *f, const char *folder, struct err *e) {
    static const struct ledger_bound bound = { .rows = MOST_ROWS };
    enum chela_error code = accounts_open(&f->gateway.accounts, folder, &bound, NULL, e);
    size_t from = f->notes > MOST_NOTED ? f->notes - MOST_NOTED : 0;
    for (size_t i = from; i < f->notes && code == CHELA_OK; i++)
        write_down(f, &f->noted[i % MOST_NOTED].note);
    if (code == CHELA_OK) code = accounts_sync(f->gateway.accounts, e);
    return code;
}

static enum chela_error open_all(struct sandbox_front *f, struct err *e) {
    struct gateway *g = &f->gateway;
    const char *folder = engines_folder(f->behind.engines, e);
    if (!folder) return e ? e->code : CHELA_IO;
    g->health = health_new();
    g->answers = answer_store_new();
    if (!g->health || !g->answers) return err_set(e, CHELA_NOMEM, "out of memory");
    answer_store_limit(g->answers, CACHE_BYTES, CACHE_ANSWERS);
    enum chela_error code = serve_behind(f, folder, e);
    if (code == CHELA_OK) code = open_books(f, folder, e);
    if (code == CHELA_OK)
        code = upstream_pool_new(&g->pool, g->loop, &upstream_default_settings, e);
    if (code == CHELA_OK) code = settings_of_sandbox(&g->settings, g->pool, f->socket, e);
    return code;
}

static void on_request(void *ctx, struct exchange *x) {
    struct sandbox_front *f = ctx;
    struct err e = ERR_INIT;
    if (!f->opened) {
        f->opened = true;
        if (open_all(f, &e) != CHELA_OK) log_error("%s", e.message);
    }
    if (f->gateway.settings)
        gateway_request(&f->gateway, x);
    else
        exchange_fail(x, 503,
                      S("the gateway behind the sandbox could not be started: see its log"));
}

struct sandbox_front *sandbox_front_new(uv_loop_t *loop, struct sandbox_api *api) {
    struct sandbox_front *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->behind = *api;
    f->gateway = (struct gateway){ .loop = loop,
                                   .seal = &f->seal,
                                   .anonymous = true,
                                   .all_own = true,
                                   .quiet = true,
                                   .seed = (uint64_t)clock_unix_ms(),
                                   .workers = &f->gateway,
                                   .worker_count = 1 };
    api->others = (struct server_handler){ f, on_request };
    api->note = on_note;
    return f;
}

void sandbox_front_serves(struct sandbox_front *f, struct server *server) {
    f->gateway.server = server;
}

void sandbox_front_close(struct sandbox_front *f) {
    if (!f) return;
    f->gateway.draining = true;
    if (f->gateway.pool) upstream_pool_close(f->gateway.pool);
    if (f->server) server_drain(f->server, NULL, NULL);
    if (f->gateway.jobs) return; /* of the pool, on the books */
    accounts_close(f->gateway.accounts);
    f->gateway.accounts = NULL;
}

void sandbox_front_free(struct sandbox_front *f) {
    if (!f) return;
    server_free(f->server);
    accounts_close(f->gateway.accounts);
    settings_release(f->gateway.settings);
    upstream_pool_free(f->gateway.pool);
    answer_store_free(f->gateway.answers);
    health_free(f->gateway.health);
    free(f);
}
