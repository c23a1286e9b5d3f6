#include "gateway/health.h"

#include "base/clock.h"
#include "doc/json_write.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct health_entry {
    struct health_entry *next; /* of the bucket */
    char *upstream, *model;
    uint64_t key_print;
    unsigned failures; /* in a row */
    uint64_t good, bad;
    int last_status;
    enum chela_error last_code;
    struct health_view view;
};

enum { BUCKETS = 256 };

struct health {
    pthread_mutex_t lock;
    struct health_entry *bucket[BUCKETS];
    size_t count;
};

struct health *health_new(void) {
    struct health *h = calloc(1, sizeof *h);
    if (h) pthread_mutex_init(&h->lock, NULL);
    return h;
}

void health_free(struct health *h) {
    if (!h) return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct health_entry *e = h->bucket[i], *next; e; e = next) {
            next = e->next;
            free(e->upstream);
            free(e->model);
            free(e);
        }
    pthread_mutex_destroy(&h->lock);
    free(h);
}

static uint64_t hash(uint64_t h, str s) {
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

static struct health_entry *entry_new(str upstream, str model, uint64_t key_print) {
    struct health_entry *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->upstream = strndup(upstream.p, upstream.n);
    e->model = strndup(model.p, model.n);
    e->key_print = key_print;
    if (e->upstream && e->model) return e;
    free(e->upstream);
    free(e->model);
    free(e);
    return NULL;
}

struct health_entry *health_of(struct health *h, str upstream, str model, uint64_t key_print) {
    size_t i = (size_t)(hash(hash(key_print ^ 1469598103934665603u, upstream), model) % BUCKETS);
    pthread_mutex_lock(&h->lock);
    struct health_entry *e = h->bucket[i];
    while (e && !(e->key_print == key_print && str_eq(str_c(e->upstream), upstream) &&
                  str_eq(str_c(e->model), model)))
        e = e->next;
    if (!e && h->count < HEALTH_ENTRIES && (e = entry_new(upstream, model, key_print))) {
        e->next = h->bucket[i];
        h->bucket[i] = e;
        h->count++;
    }
    pthread_mutex_unlock(&h->lock);
    return e;
}

struct health_view health_look(struct health *h, struct health_entry *e) {
    struct health_view view = { 0 };
    if (!e) return view;
    int64_t now = clock_ms();
    pthread_mutex_lock(&h->lock);
    if (e->view.aside_until <= now) e->view.aside_until = 0;
    if (e->view.wait_until <= now) e->view.wait_until = 0;
    view = e->view;
    pthread_mutex_unlock(&h->lock);
    return view;
}

void health_good(struct health *h, struct health_entry *e, double first_token_ms) {
    if (!e) return;
    pthread_mutex_lock(&h->lock);
    double old = e->view.latency_ms;
    e->view.latency_ms = old > 0 ? old * 0.8 + first_token_ms * 0.2 : first_token_ms;
    e->view.aside_until = e->view.wait_until = 0;
    e->failures = 0;
    e->good++;
    pthread_mutex_unlock(&h->lock);
}

static bool is_the_clients(int status) {
    return status == 400 || status == 404 || status == 405 || status == 413 || status == 415 ||
           status == 422;
}

/* 1, 2, 4 … 30 seconds */
static int64_t outage_ms(unsigned failures) {
    unsigned steps = failures > 6 ? 5 : failures - 1;
    int64_t ms = (int64_t)1000 << steps;
    return ms < HEALTH_OUTAGE_MS ? ms : HEALTH_OUTAGE_MS;
}

bool health_bad(struct health *h, struct health_entry *e, int status, enum chela_error code,
                double retry_after) {
    if (!e || is_the_clients(status)) return false;
    int64_t now = clock_ms();
    pthread_mutex_lock(&h->lock);
    e->failures++;
    e->bad++;
    e->last_status = status;
    e->last_code = code;
    bool key = status == 401 || status == 402 || status == 403;
    int64_t ms = key ? HEALTH_KEY_MS : outage_ms(e->failures);
    if (retry_after >= 0) {
        ms = retry_after * 1000 < HEALTH_MOST_WAIT_MS ? (int64_t)(retry_after * 1000)
                                                      : HEALTH_MOST_WAIT_MS;
        e->view.wait_until = now + ms;
    }
    e->view.aside_until = now + ms;
    pthread_mutex_unlock(&h->lock);
    return true;
}

void health_reset(struct health *h) {
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct health_entry *e = h->bucket[i]; e; e = e->next) {
            e->view.aside_until = e->view.wait_until = 0;
            e->failures = 0;
        }
    pthread_mutex_unlock(&h->lock);
}

static int64_t left(int64_t until, int64_t now) {
    return until > now ? until - now : 0;
}

void health_json(struct health *h, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    int64_t now = clock_ms();
    json_array(&w);
    pthread_mutex_lock(&h->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct health_entry *e = h->bucket[i]; e; e = e->next) {
            json_object(&w);
            json_kstring(&w, "upstream", str_c(e->upstream));
            json_kstring(&w, "model", str_c(e->model));
            json_kint(&w, "good", (int64_t)e->good);
            json_kint(&w, "bad", (int64_t)e->bad);
            json_kint(&w, "failures_in_a_row", e->failures);
            json_kint(&w, "last_status", e->last_status);
            if (e->last_code) json_kstring(&w, "last_error", str_c(err_code(e->last_code)));
            json_kint(&w, "aside_ms", left(e->view.aside_until, now));
            json_kint(&w, "wait_ms", left(e->view.wait_until, now));
            json_key(&w, S("first_token_ms"));
            json_double(&w, e->view.latency_ms);
            json_object_end(&w);
        }
    pthread_mutex_unlock(&h->lock);
    json_array_end(&w);
}
