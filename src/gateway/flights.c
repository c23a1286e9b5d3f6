#include "gateway/flights.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_AT_ONCE = 4 /* times the length of one */ };

struct flight {
    struct flights *all;
    struct flight *next; /* in all->open */
    struct answer_key key;
    unsigned users, followers;
    uint64_t workers; /* a bit for each that has a part in it */
    enum flight_state state;
    bool boarding; /* it is in all->open */
    bool orphaned; /* the leader's client has left */
    int status;
    unsigned beats;
    char content_type[96], retry_after[24];
    struct answer_text text;
    size_t bytes; /* of the text, when it was looked at last */
};

struct port {
    uv_async_t async;
    void (*wake)(void *ctx);
    void *ctx;
    bool open;
};

struct flights {
    pthread_mutex_t lock;
    struct flight *open;
    size_t bytes; /* of all */
    struct port port[FLIGHTS_WORKERS];
};

struct flights *flights_new(void) {
    struct flights *s = calloc(1, sizeof *s);
    if (s) pthread_mutex_init(&s->lock, NULL);
    return s;
}

void flights_free(struct flights *s) {
    if (!s) return;
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void on_wake(uv_async_t *async) {
    struct port *p = async->data;
    p->wake(p->ctx);
}

void flights_open(struct flights *s, unsigned worker, uv_loop_t *loop, void (*wake)(void *ctx),
                  void *ctx) {
    struct port *p = &s->port[worker];
    pthread_mutex_lock(&s->lock);
    p->wake = wake;
    p->ctx = ctx;
    p->open = uv_async_init(loop, &p->async, on_wake) == 0;
    p->async.data = p;
    pthread_mutex_unlock(&s->lock);
}

void flights_close(struct flights *s, unsigned worker) {
    struct port *p = &s->port[worker];
    pthread_mutex_lock(&s->lock);
    if (p->open) uv_close((uv_handle_t *)&p->async, NULL);
    p->open = false;
    pthread_mutex_unlock(&s->lock);
}

/* ---- with the lock held ---- */

static void tell(struct flight *f) {
    for (unsigned i = 0; i < FLIGHTS_WORKERS; i++)
        if (f->workers & (uint64_t)1 << i && f->all->port[i].open)
            uv_async_send(&f->all->port[i].async);
}

static void count(struct flight *f) {
    size_t now = answer_text_bytes(&f->text);
    f->all->bytes += now - f->bytes;
    f->bytes = now;
}

static void close_doors(struct flight *f) {
    struct flight **p = &f->all->open;
    if (!f->boarding) return;
    while (*p != f) p = &(*p)->next;
    *p = f->next;
    f->boarding = false;
}

static struct flight *find(struct flights *s, const struct answer_key *key) {
    struct flight *f = s->open; /* few */
    while (f && memcmp(f->key.hash, key->hash, sizeof key->hash) != 0) f = f->next;
    return f;
}

static struct flight *begin(struct flights *s, const struct answer_key *key, size_t most) {
    struct flight *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->all = s;
    f->key = *key;
    f->next = s->open;
    f->boarding = true;
    answer_text_init(&f->text, true, most);
    s->open = f;
    return f;
}

/* ---- for everybody ---- */

struct flight *flights_board(struct flights *s, const struct answer_key *key, unsigned worker,
                             size_t most, bool *leads) {
    pthread_mutex_lock(&s->lock);
    struct flight *f = find(s, key);
    *leads = !f;
    if (f)
        f->followers++;
    else
        f = begin(s, key, most);
    if (f) {
        f->users++;
        f->workers |= (uint64_t)1 << worker;
        if (!*leads) tell(f); /* the leader may have paused for its own client */
    }
    pthread_mutex_unlock(&s->lock);
    return f;
}

void flight_leave(struct flight *f, bool led) {
    struct flights *s = f->all;
    pthread_mutex_lock(&s->lock);
    if (led) close_doors(f);
    if (!led && --f->followers == 0 && f->orphaned) {
        close_doors(f);
        tell(f);
    }
    bool last = --f->users == 0;
    if (last) answer_text_free(&f->text);
    count(f);
    pthread_mutex_unlock(&s->lock);
    if (last) free(f);
}

void flight_head(struct flight *f, int status, str content_type, str retry_after, bool stream) {
    pthread_mutex_lock(&f->all->lock);
    f->state = FLIGHT_FLYING;
    f->status = status;
    f->text.stream = stream;
    str_copy(f->content_type, sizeof f->content_type, content_type);
    str_copy(f->retry_after, sizeof f->retry_after, retry_after);
    tell(f);
    pthread_mutex_unlock(&f->all->lock);
}

bool flight_take(struct flight *f, str bytes) {
    struct flights *s = f->all;
    pthread_mutex_lock(&s->lock);
    answer_text_take(&f->text, bytes);
    count(f);
    bool good = !f->text.failed && s->bytes <= MOST_AT_ONCE * f->text.text.max;
    if (!good) {
        f->state = FLIGHT_BROKEN;
        answer_text_free(&f->text);
        count(f);
        close_doors(f);
    }
    if (f->text.stream || !good) tell(f);
    pthread_mutex_unlock(&s->lock);
    return good;
}

void flight_beat(struct flight *f) {
    pthread_mutex_lock(&f->all->lock);
    f->beats++;
    tell(f);
    pthread_mutex_unlock(&f->all->lock);
}

bool flight_followed(struct flight *f) {
    pthread_mutex_lock(&f->all->lock);
    bool followed = f->followers > 0;
    pthread_mutex_unlock(&f->all->lock);
    return followed;
}

bool flight_goes_on(struct flight *f) {
    pthread_mutex_lock(&f->all->lock);
    f->orphaned = f->followers > 0;
    bool goes_on = f->orphaned;
    if (!goes_on) close_doors(f);
    pthread_mutex_unlock(&f->all->lock);
    return goes_on;
}

bool flight_abandoned(struct flight *f) {
    pthread_mutex_lock(&f->all->lock);
    bool abandoned = f->orphaned && f->followers == 0;
    pthread_mutex_unlock(&f->all->lock);
    return abandoned;
}

void flight_land(struct flight *f, bool whole) {
    pthread_mutex_lock(&f->all->lock);
    f->state = whole && answer_text_done(&f->text) ? FLIGHT_LANDED : FLIGHT_BROKEN;
    tell(f);
    pthread_mutex_unlock(&f->all->lock);
}

void flight_read(struct flight *f, struct answer_place *place, const struct answer_label *label,
                 size_t most, struct buf *out, struct flight_view *view) {
    pthread_mutex_lock(&f->all->lock);
    *view = (struct flight_view){
        .state = f->state, .status = f->status, .stream = f->text.stream, .beats = f->beats
    };
    str_copy(view->content_type, sizeof view->content_type, str_c(f->content_type));
    str_copy(view->retry_after, sizeof view->retry_after, str_c(f->retry_after));
    str_copy(view->source_id, sizeof view->source_id, str_c(f->text.source_id));
    if (f->text.text.n >= place->at) { /* else it was given up */
        if (!f->text.stream) view->length = answer_text_length(&f->text, label);
        answer_text_read(&f->text, place, label, most, out);
        view->more = answer_text_more(&f->text, place);
    }
    pthread_mutex_unlock(&f->all->lock);
}
