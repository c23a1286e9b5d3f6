/* Two requests a model: one that asks for a tool call, and, of a model that takes pictures, one
 * with a picture of a single dot. They go the way of every request, so what works here works later.
 *
 * A configuration is one thread's, so each thread reads its own. What they share is the next number
 * and the progress, under one lock; each model is one thread's.
 */
#include "chat/model_probe.h"

#include "base/clock.h"
#include "chat/chat.h"

#include <pthread.h>
#include <signal.h>

enum { MOST_THREADS = 16 };

struct probing {
    struct free_model *list;
    size_t count, next, done;
    const struct probe_plan *plan;
    pthread_mutex_t lock;
    struct err error; /* why a thread could not work */
    size_t failed;    /* threads */
};

/* ---- the two requests ---- */

/* Bodies from behind the model's id. An id holds no quote and no backslash: rows whose id does are
 * dropped when they are read. */
static const char tool_body[] =
    "\",\"messages\":[{\"role\":\"user\",\"content\":\"Call the tool ping once, without arguments. "
    "Say nothing.\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"ping\","
    "\"description\":\"Answers pong.\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}}],"
    "\"tool_choice\":\"required\",\"max_tokens\":256,\"temperature\":0}";
static const char image_body[] =
    "\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Answer with "
    "the "
    "word OK.\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg=="
    "\"}}]}],\"max_tokens\":64,\"temperature\":0}";

static void ask(struct probe *out, struct config *config, const struct probe_plan *plan, str id,
                const char *rest, bool wants_call) {
    struct chat chat = { 0 };
    struct chat_reply reply;
    struct err e = ERR_INIT;
    struct buf body = BUF_INIT(1u << 16);
    struct http_timeouts timeouts = http_default_timeouts;
    timeouts.total = plan->timeout_ms;
    buf_addf(&body, "{\"model\":\"%.*s%s", STR_ARG(id), rest);
    const struct chat_input in = { .kind = CALL_RAW, .raw_body = buf_str(&body) };
    int64_t start = clock_ms();
    enum chela_error rc = chat_begin(&chat, config, &in, &e);
    if (rc == CHELA_OK) rc = chat_send(&chat, NULL, &timeouts, plan->cancel, &reply, &e);
    if (rc == CHELA_OK && wants_call && !reply.call_count)
        rc = err_set(&e, CHELA_EMPTY, "it called no tool");
    *out = (struct probe){ .ok = rc == CHELA_OK, .ms = clock_ms() - start };
    if (rc != CHELA_OK) str_copy(out->error, sizeof out->error, str_c(e.message));
    chat_end(&chat);
    buf_free(&body);
}

/* ---- threads ---- */

static bool is_cancelled(const struct probing *p) {
    return p->plan->cancel && atomic_load(p->plan->cancel);
}

/* The next model; NULL: there is none left. */
static struct free_model *next(struct probing *p) {
    pthread_mutex_lock(&p->lock);
    struct free_model *m = p->next < p->count && !is_cancelled(p) ? &p->list[p->next++] : NULL;
    pthread_mutex_unlock(&p->lock);
    return m;
}

static void tell_done(struct probing *p) {
    pthread_mutex_lock(&p->lock);
    p->done++;
    if (p->plan->progress) p->plan->progress(p->plan->ctx, p->done, p->count);
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *arg) {
    struct probing *p = arg;
    struct config *config;
    struct err e = ERR_INIT;
    enum chela_error rc = config_load(&config, p->plan->env, &e);
    for (struct free_model *m; rc == CHELA_OK && (m = next(p)); tell_done(p)) {
        ask(&m->tool, config, p->plan, m->row.id, tool_body, true);
        if (m->row.image_input) ask(&m->image, config, p->plan, m->row.id, image_body, false);
    }
    http_close_idle();
    config_free(config);
    if (rc != CHELA_OK) {
        pthread_mutex_lock(&p->lock);
        p->error = e;
        p->failed++;
        pthread_mutex_unlock(&p->lock);
    }
    return NULL;
}

/* Signals are for the thread that waits. */
static bool start(pthread_t *thread, struct probing *p) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool good = pthread_create(thread, NULL, work, p) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return good;
}

enum chela_error model_probe(struct free_model *list, size_t count, const struct probe_plan *plan,
                             struct err *e) {
    struct probing p = { .list = list, .count = count, .plan = plan, .error = ERR_INIT };
    pthread_t thread[MOST_THREADS];
    size_t wanted = plan->threads < MOST_THREADS ? plan->threads : MOST_THREADS, running = 0;
    if (wanted > count) wanted = count;
    pthread_mutex_init(&p.lock, NULL);
    while (running < wanted && start(&thread[running], &p)) running++;
    for (size_t i = 0; i < running; i++) pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&p.lock);
    if (is_cancelled(&p))
        return err_set(e, CHELA_CANCELLED, "cancelled; %zu of %zu models were asked", p.done,
                       p.count);
    if (wanted && !running) return err_set(e, CHELA_NOMEM, "no thread can be started");
    if (p.failed && p.failed == running) {
        if (e) *e = p.error;
        return p.error.code;
    }
    return CHELA_OK;
}
