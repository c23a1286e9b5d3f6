#include "gateway/refresh.h"

#include "base/log.h"
#include "gateway/discovered.h"

#include <stdlib.h>

enum {
    FIRST_MS = 300, /* after the start */
    CONNECT_MS = 10 * 1000,
    FETCH_MS = 60 * 1000,
    LIST_MOST = 16 << 20,
};

struct refresh {
    struct gateway *g;
    void (*changed)(void);
    uv_timer_t timer;
    uv_work_t work;
    struct settings *s; /* of this round */
    const struct upstream *asked;
    size_t next;
    struct fetch fetch;
    struct buf body;
    int status;
    bool fresh; /* of this round: something was stored */
    bool ended, working, timer_closed;
    /* Of the work. */
    char id[128];
    bool openrouter, stored;
    struct err err;
};

static void ask_next(struct refresh *r);

static void free_when_over(struct refresh *r) {
    if (!r->ended || !r->timer_closed || r->working) return;
    buf_free(&r->body);
    free(r);
}

/* ---- in a worker thread ---- */

/* Its own configuration: documents decode as they are read. */
static void store(uv_work_t *work) {
    struct refresh *r = work->data;
    struct config *c = NULL;
    r->stored = false;
    r->err = (struct err)ERR_INIT;
    enum chela_error code = config_load(&c, (env_list)environ, &r->err);
    if (code == CHELA_OK && r->openrouter) {
        code = catalog_store(c, buf_str(&r->body), &r->err);
        r->stored = code == CHELA_OK;
    } else if (code == CHELA_OK) {
        discovered_store(config_where(c)->cache, str_c(r->id), buf_str(&r->body), &r->stored,
                         &r->err);
    }
    config_free(c);
}

/* ---- in the loop ---- */

static void on_stored(uv_work_t *work, int status) {
    struct refresh *r = work->data;
    r->working = false;
    if (r->ended) {
        free_when_over(r);
        return;
    }
    if (status == 0 && r->err.code != CHELA_OK)
        log_warn("the models of %s were not taken over: %s", r->id, r->err.message);
    r->fresh = r->fresh || (status == 0 && r->stored);
    ask_next(r);
}

static void on_head(void *ctx, const struct http1_response *response) {
    ((struct refresh *)ctx)->status = response->status;
}

static void on_body(void *ctx, char *bytes, size_t n) {
    buf_add(&((struct refresh *)ctx)->body, (str){ bytes, n });
}

static void on_over(void *ctx, enum chela_error code, const struct err *e) {
    struct refresh *r = ctx;
    (void)e;
    if (r->ended) return;
    bool good = code == CHELA_OK && r->status == 200 && !r->body.failed &&
                str_copy(r->id, sizeof r->id, r->asked->id);
    r->openrouter = r->asked->is_openrouter;
    r->work.data = r;
    if (good && uv_queue_work(r->g->loop, &r->work, store, on_stored) == 0)
        r->working = true;
    else
        ask_next(r); /* what is known stays */
}

static bool is_due(const struct refresh *r, const struct upstream *u) {
    if (u->is_openrouter) return !u->no_key.n && catalog_is_stale(r->s->catalog);
    return u->discovers;
}

static bool ask(struct refresh *r, const struct upstream *u) {
    static const struct fetch_handler handler = { on_head, on_body, on_over };
    char target[1024];
    int n = snprintf(target, sizeof target, "%.*s/models", STR_ARG(u->target));
    /* OpenRouter tells everyone; another server may tell only those it knows */
    bool with_key = secret_is_set(&u->key) && !u->route.verified;
    const struct fetch_request request = { .method = S("GET"),
                                           .target = { target, (size_t)n },
                                           .headers = u->headers,
                                           .header_count = u->header_count,
                                           .bearer = with_key ? &u->key : NULL,
                                           .connect_ms = CONNECT_MS,
                                           .total_ms = FETCH_MS };
    buf_free(&r->body);
    r->status = 0;
    r->asked = u;
    return n > 0 && (size_t)n < sizeof target &&
           fetch_start(&r->fetch, u->origin, &request, &handler, r, NULL) == CHELA_OK;
}

static void on_timer(uv_timer_t *timer) {
    struct refresh *r = timer->data;
    r->s = settings_use(r->g->settings);
    r->next = 0;
    r->fresh = false;
    ask_next(r);
}

static void ask_next(struct refresh *r) {
    while (r->next < r->s->upstream_count) {
        const struct upstream *u = &r->s->upstream[r->next++];
        if (is_due(r, u) && ask(r, u)) return;
    }
    uint64_t every = r->s->refresh_ms;
    bool fresh = r->fresh;
    buf_free(&r->body);
    settings_release(r->s);
    r->s = NULL;
    if (every) uv_timer_start(&r->timer, on_timer, every, 0);
    if (fresh) r->changed();
}

struct refresh *refresh_begin(struct gateway *g, void (*changed)(void)) {
    struct refresh *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->g = g;
    r->changed = changed;
    buf_init(&r->body, LIST_MOST);
    uv_timer_init(g->loop, &r->timer);
    r->timer.data = r;
    if (g->settings->refresh_ms) uv_timer_start(&r->timer, on_timer, FIRST_MS, 0);
    return r;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct refresh *r = handle->data;
    r->timer_closed = true;
    free_when_over(r);
}

void refresh_end(struct refresh *r) {
    if (!r || r->ended) return;
    r->ended = true;
    fetch_cancel(&r->fetch);
    settings_release(r->s);
    r->s = NULL;
    uv_close((uv_handle_t *)&r->timer, on_timer_closed);
}
