#include "engines/service.h"

#include "engines/engine.h"

#include <stdlib.h>

enum {
    BODY_MAX = 96 << 20,
    OUT_MAX = 256 << 20,
    SAYS_MAX = 2048,
    PIECE = 256 << 10, /* of a result, between two looks at how much waits */
    MOST_JOBS = 64,
};

struct service_job {
    struct task task;
    uv_work_t work;
    const struct engine *engine;
    struct service *service;
    struct service_job *next, **link;
    struct exchange *x; /* NULL: the client left */
    size_t sent;
    struct buf query;
};

static void job_free(struct service_job *j) {
    *j->link = j->next;
    if (j->next) j->next->link = j->link;
    doc_free(j->task.doc);
    buf_free(&j->task.body);
    buf_free(&j->task.out);
    buf_free(&j->task.says);
    buf_free(&j->query);
    free(j);
}

/* ---- giving out ---- */

static void send_on(struct exchange *x) {
    struct service_job *j = exchange_data(x);
    while (j->sent < j->task.out.n) {
        str piece = str_head(str_skip(buf_str(&j->task.out), j->sent), PIECE);
        j->sent += piece.n;
        if (!exchange_write(x, piece)) return; /* send_on again when drained */
    }
    exchange_end(x);
    job_free(j);
}

static void on_closed(struct exchange *x) {
    struct service_job *j = exchange_data(x);
    j->x = NULL;
    if (j->engine)
        atomic_store(&j->task.cancel, true); /* after_work frees it */
    else
        job_free(j);
}

static void answer(struct service_job *j) {
    struct exchange *x = j->x;
    struct server_header headers[2] = { { S("Content-Type"), str_c(j->task.type) } };
    size_t count = 1;
    if (j->task.says.n)
        headers[count++] = (struct server_header){ S("X-Chela-Says"), buf_str(&j->task.says) };
    exchange_on_drained(x, send_on);
    exchange_head(x, 200, headers, count, (int64_t)j->task.out.n);
    send_on(x);
}

/* ---- working ---- */

static void do_work(uv_work_t *work) {
    struct service_job *j = work->data;
    struct task *t = &j->task;
    if (!atomic_load(&t->cancel)) j->engine->work(t);
    if (t->code == CHELA_OK && t->out.failed)
        t->code = t->out.failed == BUF_TOO_LARGE
                      ? err_set(&t->e, CHELA_LIMIT, "the result is too large")
                      : err_set(&t->e, CHELA_NOMEM, "out of memory");
}

static void after_work(uv_work_t *work, int status) {
    struct service_job *j = work->data;
    (void)status;
    j->engine = NULL; /* no worker has it any more */
    if (!j->x) {
        job_free(j);
    } else if (j->task.code != CHELA_OK) {
        struct exchange *x = j->x;
        exchange_fail(x, err_http(j->task.code), str_c(j->task.e.message));
        job_free(j);
    } else {
        answer(j);
    }
}

static unsigned job_count(const struct service *s) {
    unsigned n = 0;
    for (const struct service_job *j = s->jobs; j; j = j->next) n++;
    return n;
}

static void start_job(struct service *s, struct exchange *x, const struct engine *engine) {
    const struct server_request *r = exchange_request(x);
    struct service_job *j = job_count(s) < MOST_JOBS ? calloc(1, sizeof *j) : NULL;
    if (!j) {
        exchange_fail(x, 503, S("the engines have too much to do"));
        return;
    }
    j->service = s;
    j->engine = engine;
    j->x = x;
    j->work.data = j;
    j->link = &s->jobs;
    j->next = s->jobs;
    if (j->next) j->next->link = &j->next;
    s->jobs = j;
    buf_init(&j->task.body, BODY_MAX);
    buf_init(&j->task.out, OUT_MAX);
    buf_init(&j->task.says, SAYS_MAX);
    buf_init(&j->query, r->query.n + 1);
    buf_add(&j->task.body, r->body);
    buf_add(&j->query, r->query);
    j->task.query = buf_str(&j->query);
    if (j->task.body.failed || j->query.failed) {
        exchange_fail(x, 503, S("out of memory"));
        job_free(j);
        return;
    }
    if (str_starts(r->body, S("{")))
        doc_parse(&j->task.doc, buf_str(&j->task.body), DOC_JSON, NULL, NULL);
    exchange_set_data(x, j);
    exchange_on_closed(x, on_closed);
    uv_queue_work(s->loop, &j->work, do_work, after_work);
}

void service_cancel(struct service *s) {
    for (struct service_job *j = s->jobs; j; j = j->next) atomic_store(&j->task.cancel, true);
}

/* ---- routes ---- */

static void tell_engines(struct exchange *x) {
    struct buf json = BUF_INIT(16 << 10);
    engines_json(&json);
    exchange_answer(x, 200, S("application/json"), buf_str(&json));
    buf_free(&json);
}

static void fail_missing(struct exchange *x, const struct engine *engine, const char *package) {
    str message =
        arena_printf(exchange_request(x)->arena, "%s is not available: the package %s is missing",
                     engine->name, package);
    exchange_fail(x, 503, message);
}

void service_request(void *ctx, struct exchange *x) {
    struct service *s = ctx;
    const struct server_request *r = exchange_request(x);
    if (str_eq(r->path, S("/engines"))) {
        tell_engines(x);
        return;
    }
    for (size_t i = 0; i < engine_count; i++) {
        const struct engine *engine = &engine_table[i];
        if (!engine->path || !str_eq(r->path, str_c(engine->path))) continue;
        const char *package = engine->missing();
        if (package)
            fail_missing(x, engine, package);
        else
            start_job(s, x, engine);
        return;
    }
    exchange_fail(x, 404, S("no such engine"));
}
