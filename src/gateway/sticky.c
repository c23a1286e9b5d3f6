#include "gateway/sticky.h"

#include <pthread.h>
#include <stdlib.h>

enum { SETS = 1024, WAYS = 4 };

struct row {
    uint64_t conversation;
    const void *endpoint;
    int64_t until; /* 0: empty */
};

struct sticky {
    pthread_mutex_t lock;
    struct row row[SETS][WAYS];
};

struct sticky *sticky_new(void) {
    struct sticky *s = calloc(1, sizeof *s);
    if (s) pthread_mutex_init(&s->lock, NULL);
    return s;
}

void sticky_free(struct sticky *s) {
    if (!s) return;
    pthread_mutex_destroy(&s->lock);
    free(s);
}

uint64_t sticky_mix(uint64_t hash, str text) {
    if (!hash) hash = 1469598103934665603u;
    for (size_t i = 0; i < text.n; i++) hash = (hash ^ (unsigned char)text.p[i]) * 1099511628211u;
    hash = (hash ^ text.n) * 1099511628211u; /* so that "ab", "c" is not "a", "bc" */
    return hash ? hash : 1;
}

static struct row *set_of(struct sticky *s, uint64_t conversation) {
    return s->row[(conversation ^ conversation >> 32) % SETS];
}

const void *sticky_find(struct sticky *s, uint64_t conversation, int64_t now) {
    const void *found = NULL;
    struct row *set = set_of(s, conversation);
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < WAYS && !found; i++)
        if (set[i].conversation == conversation && set[i].until > now) found = set[i].endpoint;
    pthread_mutex_unlock(&s->lock);
    return found;
}

void sticky_note(struct sticky *s, uint64_t conversation, const void *endpoint, int64_t now) {
    struct row *set = set_of(s, conversation), *place = &set[0];
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].conversation == conversation) {
            place = &set[i];
            break;
        }
        if (set[i].until < place->until) place = &set[i];
    }
    *place = (struct row){ conversation, endpoint, now + STICKY_MS };
    pthread_mutex_unlock(&s->lock);
}
