/* The model catalogue, fetched beside an answer and never in its way: the request that a person
 * waits for is on the wire before this one starts, nobody waits for this one's end, and what is not
 * there when the answer's work is done is given up. The thread touches nothing but its own request;
 * configuration and cache are the caller's thread's. */
#include "chat/chat_internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum {
    FETCH_MS = 10000,
    TICK_MS = 10,
    GRACE_MS = 50, /* since its start: a connection is not made only to be dropped */
    MAX_CATALOGUE = 16 << 20,
};

struct fetch {
    struct http_request request;
    struct http_header header[HEADERS_MAX];
    struct http_outcome outcome;
    struct buf body;
    enum chela_error rc;
};

struct chat_refresh {
    struct fetch fetch;
    pthread_t thread;
    int64_t start;
    atomic_bool cancel, ended;
};

static enum chela_error keep(void *ctx, str piece, struct err *e) {
    struct fetch *f = ctx;
    return buf_add(&f->body, piece) ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}

static bool prepare(struct chat *c, struct fetch *f, const atomic_bool *cancel) {
    *f = (struct fetch){ .body = BUF_INIT(MAX_CATALOGUE) };
    f->request = (struct http_request){
        .method = S("GET"),
        .url = route_url(&c->shape.route, S("models"), &c->arena),
        .headers = f->header,
        .timeouts = { FETCH_MS, FETCH_MS, FETCH_MS, FETCH_MS },
        .max_body = MAX_CATALOGUE,
        .cancel = cancel,
        .tick_ms = TICK_MS,
        .ctx = f,
        .on_body = keep,
    };
    /* OpenRouter tells everyone; another server may tell only those it knows. */
    if (!c->shape.route.verified) f->request.bearer = &c->credential.key;
    return f->request.url.n &&
           chat_plain_headers(&c->shape, f->header, &f->request.header_count, NULL);
}

static void run(struct fetch *f, struct err *e) {
    f->rc = http_run(&f->request, &f->outcome, e);
}

static void store(struct chat *c, struct fetch *f) {
    struct err e = ERR_INIT;
    if (f->rc == CHELA_OK && f->outcome.status == 200)
        catalog_store(c->config, buf_str(&f->body), &e);
    else
        err_set(&e, CHELA_UNAVAILABLE, "no model catalogue came (%s, HTTP %d)", err_text(f->rc),
                f->outcome.status);
    if (e.code != CHELA_OK) log_debug("model catalogue: %s", e.message);
    buf_free(&f->body);
}

void chat_catalogue_fetch(struct chat *c, const atomic_bool *cancel) {
    struct fetch f;
    if (!prepare(c, &f, cancel)) return;
    run(&f, NULL);
    store(c, &f);
}

/* What chat_begin makes of the settings, as far as this request needs it. */
static enum chela_error open_for_fetch(struct chat *c, struct config *config, struct err *e) {
    *c = (struct chat){ .config = config };
    arena_init(&c->arena, 1u << 20);
    c->shape = (struct shape_ctx){ .config = config, .arena = &c->arena };
    enum chela_error rc = route_chat(&c->shape.route, config, &c->arena, e);
    if (rc != CHELA_OK || c->shape.route.verified) return rc;
    rc = credential_find(config, c->shape.route.origin, S(""), &c->credential, e);
    if (rc == CHELA_NO_KEY && e) *e = (struct err)ERR_INIT; /* perhaps it tells everyone too */
    return rc == CHELA_NO_KEY ? CHELA_OK : rc;
}

enum chela_error chat_catalogue_refresh(struct config *config, const atomic_bool *cancel,
                                        struct buf *json, struct err *e) {
    struct chat c;
    struct fetch f = { .body = BUF_INIT(0) };
    enum chela_error rc = open_for_fetch(&c, config, e);
    if (rc == CHELA_OK && !prepare(&c, &f, cancel))
        rc = err_set(e, CHELA_NOMEM, "the request for the model catalogue cannot be made");
    if (rc == CHELA_OK) {
        run(&f, e);
        rc = f.rc;
    }
    if (rc == CHELA_OK && f.outcome.status != 200)
        rc = chat_http_error(f.outcome.status, S("application/json"), buf_str(&f.body), e);
    if (rc == CHELA_OK) rc = catalog_store(config, buf_str(&f.body), e);
    if (rc != CHELA_OK)
        err_prefix(e, rc, "%.*s: ", STR_ARG(f.request.url));
    else if (!buf_add(json, buf_str(&f.body)))
        rc = err_set(e, CHELA_NOMEM, "out of memory for the model catalogue");
    buf_free(&f.body);
    chat_end(&c);
    return rc;
}

static void *in_background(void *arg) {
    struct chat_refresh *r = arg;
    run(&r->fetch, NULL);
    atomic_store(&r->ended, true);
    return NULL;
}

void chat_refresh_begin(struct chat *c) {
    if (c->refresh || !catalog_is_stale(c->catalog)) return;
    struct chat_refresh *r = calloc(1, sizeof *r);
    if (!r || !prepare(c, &r->fetch, &r->cancel)) {
        free(r);
        return;
    }
    /* Signals are for the thread that waits for the answer: they end its wait. */
    r->start = clock_ms();
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&r->thread, NULL, in_background, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        free(r);
    else
        c->refresh = r;
}

void chat_refresh_end(struct chat *c) {
    struct chat_refresh *r = c->refresh;
    if (!r) return;
    while (!atomic_load(&r->ended) && clock_ms() - r->start < GRACE_MS) poll(NULL, 0, TICK_MS / 2);
    atomic_store(&r->cancel, true);
    pthread_join(r->thread, NULL);
    store(c, &r->fetch);
    free(r);
    c->refresh = NULL;
}
