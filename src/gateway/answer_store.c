#include "gateway/answer_store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, MOST_BYTES = 8 << 20 /* of one answer */ };

struct entry {
    struct answer answer; /* first: readers have its address */
    struct answer_key key;
    _Atomic unsigned users;
    struct entry *next;          /* of the bucket */
    struct entry *older, *newer; /* by use */
    size_t bytes;
};

struct answer_store {
    pthread_mutex_t lock;
    struct entry *bucket[BUCKETS];
    struct entry *oldest, *newest;
    struct answer_store_counts counts;
    _Atomic size_t reserved, max_bytes;
};

struct answer_store *answer_store_new(void) {
    struct answer_store *s = calloc(1, sizeof *s);
    if (s) pthread_mutex_init(&s->lock, NULL);
    return s;
}

static struct entry **slot(struct answer_store *s, const struct answer_key *key) {
    size_t i = ((size_t)key->hash[0] | (size_t)key->hash[1] << 8) % BUCKETS; /* it is a hash */
    struct entry **p = &s->bucket[i];
    while (*p && memcmp((*p)->key.hash, key->hash, sizeof key->hash) != 0) p = &(*p)->next;
    return p;
}

void answer_release(const struct answer *a) {
    struct entry *e = (struct entry *)(uintptr_t)a;
    if (!e || atomic_fetch_sub(&e->users, 1) > 1) return;
    answer_text_free(&e->answer.text);
    free(e);
}

/* ---- with the lock held ---- */

static void unlink_use(struct answer_store *s, struct entry *e) {
    *(e->older ? &e->older->newer : &s->oldest) = e->newer;
    *(e->newer ? &e->newer->older : &s->newest) = e->older;
    e->older = e->newer = NULL;
}

static void link_newest(struct answer_store *s, struct entry *e) {
    e->older = s->newest;
    *(s->newest ? &s->newest->newer : &s->oldest) = e;
    s->newest = e;
}

static void take_out(struct answer_store *s, struct entry *e) {
    struct entry **p = slot(s, &e->key);
    *p = e->next;
    unlink_use(s, e);
    s->counts.answers--;
    s->counts.bytes -= e->bytes;
    answer_release(&e->answer);
}

static void make_room(struct answer_store *s) {
    while (s->oldest &&
           (s->counts.bytes > s->counts.max_bytes || s->counts.answers > s->counts.max_answers)) {
        take_out(s, s->oldest);
        s->counts.evicted++;
    }
}

static void sweep(struct answer_store *s, int64_t now) {
    for (struct entry *e = s->oldest, *newer; e; e = newer) {
        newer = e->newer;
        if (e->answer.until_ms > now) continue;
        take_out(s, e);
        s->counts.expired++;
    }
}

/* ---- for everybody ---- */

size_t answer_store_clear(struct answer_store *s) {
    pthread_mutex_lock(&s->lock);
    size_t n = s->counts.answers;
    while (s->oldest) take_out(s, s->oldest);
    pthread_mutex_unlock(&s->lock);
    return n;
}

void answer_store_free(struct answer_store *s) {
    if (!s) return;
    answer_store_clear(s);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void answer_store_limit(struct answer_store *s, size_t bytes, size_t answers) {
    pthread_mutex_lock(&s->lock);
    s->counts.max_bytes = bytes;
    s->counts.max_answers = answers;
    atomic_store(&s->max_bytes, bytes);
    make_room(s);
    pthread_mutex_unlock(&s->lock);
}

size_t answer_store_longest(const struct answer_store *s) {
    size_t quarter = atomic_load(&s->max_bytes) / 4;
    return quarter < MOST_BYTES ? quarter : MOST_BYTES;
}

const struct answer *answer_store_find(struct answer_store *s, const struct answer_key *key,
                                       int64_t now) {
    pthread_mutex_lock(&s->lock);
    struct entry *e = *slot(s, key);
    if (e && e->answer.until_ms <= now) {
        take_out(s, e);
        s->counts.expired++;
        e = NULL;
    }
    if (e) {
        atomic_fetch_add(&e->users, 1);
        unlink_use(s, e);
        link_newest(s, e);
    }
    pthread_mutex_unlock(&s->lock);
    return e ? &e->answer : NULL;
}

void answer_store_drop(struct answer_store *s, const struct answer_key *key) {
    pthread_mutex_lock(&s->lock);
    struct entry *e = *slot(s, key);
    if (e) take_out(s, e);
    pthread_mutex_unlock(&s->lock);
}

void answer_store_put(struct answer_store *s, const struct answer_key *key,
                      struct answer_text *text, str content_type, int64_t ttl_ms, int64_t now) {
    struct entry *e = calloc(1, sizeof *e);
    if (!e) {
        answer_text_free(text);
        return;
    }
    e->answer = (struct answer){ .text = *text, .stored_ms = now, .until_ms = now + ttl_ms };
    str_copy(e->answer.content_type, sizeof e->answer.content_type, content_type);
    e->key = *key;
    e->users = 1;
    e->bytes = sizeof *e + answer_text_bytes(text);
    *text = (struct answer_text){ 0 };
    pthread_mutex_lock(&s->lock);
    struct entry *old = *slot(s, key);
    if (old) take_out(s, old);
    struct entry **p = slot(s, key);
    e->next = *p;
    *p = e;
    link_newest(s, e);
    s->counts.answers++;
    s->counts.bytes += e->bytes;
    s->counts.stored++;
    make_room(s);
    pthread_mutex_unlock(&s->lock);
}

bool answer_store_reserve(struct answer_store *s, size_t bytes) {
    size_t before = atomic_fetch_add(&s->reserved, bytes);
    if (before + bytes <= atomic_load(&s->max_bytes)) return true;
    answer_store_unreserve(s, bytes);
    return false;
}

void answer_store_unreserve(struct answer_store *s, size_t bytes) {
    atomic_fetch_sub(&s->reserved, bytes);
}

void answer_store_count(struct answer_store *s, int64_t now, struct answer_store_counts *out) {
    pthread_mutex_lock(&s->lock);
    sweep(s, now);
    *out = s->counts;
    pthread_mutex_unlock(&s->lock);
}
