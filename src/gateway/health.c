#include "gateway/health.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SAMPLES = 256 };

enum sample_kind { SAMPLE_STREAM, SAMPLE_WHOLE, SAMPLE_SPEED, SAMPLE_FAILED, SAMPLE_KINDS };

struct samples { /* a ring */
    struct {
        int64_t at;
        float value;
        enum sample_kind kind;
    } item[SAMPLES];
    size_t count, next;
};

struct health_entry {
    struct health_entry *next; /* of the bucket */
    char *upstream, *model;
    uint64_t key_print;
    unsigned failures; /* in a row */
    uint64_t good, bad;
    int last_status;
    enum chela_error last_code;
    struct health_view view;
    struct samples *samples; /* NULL: none yet */
};

enum { BUCKETS = 256 };

struct health {
    pthread_mutex_t lock;
    struct health_entry *bucket[BUCKETS];
    size_t count, sweep; /* sweep: the bucket that take_blank looks into next */
    uint32_t salt;
};

struct health *health_new(void) {
    struct health *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    pthread_mutex_init(&h->lock, NULL);
    if (getrandom(&h->salt, sizeof h->salt, GRND_NONBLOCK) < 0) h->salt = 0;
    return h;
}

static void entry_free(struct health_entry *e) {
    free(e->upstream);
    free(e->model);
    free(e->samples);
    free(e);
}

void health_free(struct health *h) {
    if (!h) return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct health_entry *e = h->bucket[i], *next; e; e = next) {
            next = e->next;
            entry_free(e);
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
    entry_free(e);
    return NULL;
}

/* With the lock held. */
static struct health_entry *look_up(struct health *h, size_t bucket, str upstream, str model,
                                    uint64_t key_print) {
    struct health_entry *e = h->bucket[bucket];
    while (e && !(e->key_print == key_print && str_eq(str_c(e->upstream), upstream) &&
                  str_eq(str_c(e->model), model)))
        e = e->next;
    return e;
}

static size_t bucket_of(str upstream, str model, uint64_t key_print) {
    return (size_t)(hash(hash(key_print ^ 1469598103934665603u, upstream), model) % BUCKETS);
}

struct health_entry *health_find(struct health *h, str upstream, str model, uint64_t key_print) {
    pthread_mutex_lock(&h->lock);
    struct health_entry *e =
        look_up(h, bucket_of(upstream, model, key_print), upstream, model, key_print);
    pthread_mutex_unlock(&h->lock);
    return e;
}

/* Takes an entry of which nothing is known out of its bucket: names are clients' to choose, and
 * those that no upstream has leave nothing behind. Round and round, so that the newest stay. */
static struct health_entry *take_blank(struct health *h) {
    for (size_t i = 0; i < BUCKETS; i++, h->sweep = (h->sweep + 1) % BUCKETS)
        for (struct health_entry **at = &h->bucket[h->sweep], *e; (e = *at) != NULL; at = &e->next)
            if (e->good + e->bad == 0) {
                *at = e->next;
                return e;
            }
    return NULL;
}

/* A running call may hold a blank entry, so it gets another name and stays where it is. */
static void rename_entry(struct health_entry *e, struct health_entry *like) {
    free(e->upstream);
    free(e->model);
    e->upstream = like->upstream;
    e->model = like->model;
    e->key_print = like->key_print;
    free(like);
}

static struct health_entry *make_room(struct health *h, str upstream, str model,
                                      uint64_t key_print) {
    struct health_entry *fresh = entry_new(upstream, model, key_print);
    if (!fresh || h->count < HEALTH_ENTRIES) {
        h->count += fresh != NULL;
        return fresh;
    }
    struct health_entry *blank = take_blank(h);
    if (blank)
        rename_entry(blank, fresh);
    else
        entry_free(fresh);
    return blank;
}

struct health_entry *health_of(struct health *h, str upstream, str model, uint64_t key_print) {
    size_t i = bucket_of(upstream, model, key_print);
    pthread_mutex_lock(&h->lock);
    struct health_entry *e = look_up(h, i, upstream, model, key_print);
    if (!e && (e = make_room(h, upstream, model, key_print))) {
        e->next = h->bucket[i];
        h->bucket[i] = e;
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

static void add_sample(struct health_entry *e, enum sample_kind kind, double value) {
    struct samples *s = e->samples;
    if (!s && !(s = e->samples = calloc(1, sizeof *s))) return;
    s->item[s->next].at = clock_ms();
    s->item[s->next].value = (float)value;
    s->item[s->next].kind = kind;
    s->next = (s->next + 1) % SAMPLES;
    if (s->count < SAMPLES) s->count++;
}

void health_good(struct health *h, struct health_entry *e, double ms, bool stream) {
    if (!e) return;
    pthread_mutex_lock(&h->lock);
    add_sample(e, stream ? SAMPLE_STREAM : SAMPLE_WHOLE, ms > 0 ? ms : 0.5); /* 0: unknown */
    e->view.aside_until = e->view.wait_until = 0;
    e->failures = 0;
    e->good++;
    pthread_mutex_unlock(&h->lock);
}

void health_speed(struct health *h, struct health_entry *e, double tokens_per_second) {
    if (!e) return;
    pthread_mutex_lock(&h->lock);
    add_sample(e, SAMPLE_SPEED, tokens_per_second);
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
    add_sample(e, SAMPLE_FAILED, 0);
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

/* ---- figures ---- */

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* Into values, sorted; how many. */
static size_t pick(const struct samples *s, enum sample_kind kind, int64_t since, float *values) {
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->item[i].kind == kind && s->item[i].at >= since) values[n++] = s->item[i].value;
    qsort(values, n, sizeof *values, by_size);
    return n;
}

/* The value that p percent of n do not exceed (nearest rank). */
static double rank(const float *values, size_t n, double p) {
    size_t place = (size_t)(p / 100 * (double)n + 0.999999);
    return n ? (double)values[place ? place - 1 : 0] : 0;
}

static struct health_figures figures_of(const struct health_entry *e, int64_t since) {
    static const double percent[PERCENTS] = { 50, 75, 90, 99 };
    struct health_figures f = { .uptime = -1 };
    float values[SAMPLE_KINDS][SAMPLES];
    size_t n[SAMPLE_KINDS] = { 0 };
    for (unsigned k = 0; k < SAMPLE_KINDS && e->samples; k++)
        n[k] = pick(e->samples, (enum sample_kind)k, since, values[k]);
    enum sample_kind latency = n[SAMPLE_STREAM] ? SAMPLE_STREAM : SAMPLE_WHOLE;
    for (size_t i = 0; i < PERCENTS; i++) {
        f.latency_ms[i] = rank(values[latency], n[latency], percent[i]);
        f.throughput[i] = rank(values[SAMPLE_SPEED], n[SAMPLE_SPEED], 100 - percent[i]);
    }
    size_t good = n[SAMPLE_STREAM] + n[SAMPLE_WHOLE], all = good + n[SAMPLE_FAILED];
    if (all) f.uptime = 100.0 * (double)good / (double)all;
    return f;
}

struct health_figures health_figures(struct health *h, struct health_entry *e, int64_t recent_ms) {
    struct health_figures f = { .uptime = -1 };
    if (!e) return f;
    pthread_mutex_lock(&h->lock);
    f = figures_of(e, clock_ms() - recent_ms);
    pthread_mutex_unlock(&h->lock);
    return f;
}

void health_write_percents(struct json_writer *w, const char *key, const double *values) {
    static const char *const names[PERCENTS] = { "p50", "p75", "p90", "p99" };
    json_key(w, str_c(key));
    json_object(w);
    for (size_t i = 0; i < PERCENTS; i++) {
        json_key(w, str_c(names[i]));
        json_double(w, (double)(int64_t)(values[i] * 10 + 0.5) / 10);
    }
    json_object_end(w);
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
            if (e->key_print) {
                char key[20]; /* tells two keys apart, and nothing else */
                snprintf(key, sizeof key, "%04x",
                         (unsigned)((e->key_print * h->salt) >> 40 & 0xffff));
                json_kstring(&w, "key", str_c(key));
            }
            json_kint(&w, "good", (int64_t)e->good);
            json_kint(&w, "bad", (int64_t)e->bad);
            json_kint(&w, "failures_in_a_row", e->failures);
            json_kint(&w, "last_status", e->last_status);
            if (e->last_code) json_kstring(&w, "last_error", str_c(err_code(e->last_code)));
            json_kint(&w, "aside_ms", left(e->view.aside_until, now));
            json_kint(&w, "wait_ms", left(e->view.wait_until, now));
            const struct health_figures f = figures_of(e, now - HEALTH_RECENT_MS);
            health_write_percents(&w, "latency_ms", f.latency_ms);
            health_write_percents(&w, "tokens_per_second", f.throughput);
            json_object_end(&w);
        }
    pthread_mutex_unlock(&h->lock);
    json_array_end(&w);
}
