#include "gateway/accounts_impl.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ---- */

static struct client **slot_of(struct accounts *a, const char *hash) {
    unsigned n = 0;
    for (int i = 0; i < 8; i++)
        n = n * 16 + (unsigned)(hash[i] <= '9' ? hash[i] : hash[i] + 9) % 16;
    return &a->bucket[n % ACCOUNTS_BUCKETS];
}

static struct client *find(struct accounts *a, const char *hash) {
    for (struct client *c = *slot_of(a, hash); c; c = c->next)
        if (secret_eq(str_c(c->key.hash), str_c(hash))) return c;
    return NULL;
}

/* A user less; the table is one. */
static void drop(struct client *c) {
    if (--c->users) return;
    struct account *m = c->account;
    free(c);
    if (--m->clients == 0 && !m->dirty) free(m); /* else it is freed when it was written */
}

static void take_out(struct accounts *a, struct client **at) {
    struct client *c = *at;
    *at = c->next;
    c->next = NULL;
    a->clients--;
    drop(c);
}

/* NULL: out of memory. */
static struct client *put_in(struct accounts *a, const struct client_key *key, bool plain,
                             struct account *money) {
    struct client **slot = slot_of(a, key->hash), *c = malloc(sizeof *c);
    if (!money) {
        money = calloc(1, sizeof *money);
        if (money) memcpy(money->hash, key->hash, sizeof money->hash);
    }
    if (!c || !money) {
        free(c);
        if (money && !money->clients) free(money);
        return NULL;
    }
    *c =
        (struct client){ .key = *key, .account = money, .plain = plain, .users = 1, .next = *slot };
    money->clients++;
    *slot = c;
    a->clients++;
    return c;
}

static bool same(const struct client_key *x, const struct client_key *y) {
    return strcmp(x->name, y->name) == 0 && strcmp(x->models, y->models) == 0 &&
           x->management == y->management && x->disabled == y->disabled && x->limit == y->limit &&
           x->reset == y->reset && x->expires_ms == y->expires_ms && x->updated_ms == y->updated_ms;
}

static int by_hash(const void *x, const void *y) {
    const struct client_key *const *k = x, *const *l = y;
    return strcmp((*k)->hash, (*l)->hash);
}

/* What the file says was spent, and what it does not know yet. */
static void take_spend(struct account *m, const struct spend *read, int64_t now) {
    m->spent = *read;
    for (int w = 0; w < WINDOWS; w++) {
        if (m->unsaved.number[w] == m->spent.number[w]) {
            m->spent.sum[w] += m->unsaved.sum[w];
        } else if (m->unsaved.number[w] == window_number((enum window)w, now)) {
            m->spent.sum[w] = m->unsaved.sum[w];
            m->spent.number[w] = m->unsaved.number[w];
        }
    }
}

static bool is_listed(const struct client_key **sorted, size_t count, const struct client_key *k) {
    return count && bsearch(&k, sorted, count, sizeof(struct client_key *), by_hash);
}

/* Those that are in the table and not in the list go. */
static void remove_others(struct accounts *a, bool plain, const struct client_key **sorted,
                          size_t count) {
    for (size_t i = 0; i < ACCOUNTS_BUCKETS; i++)
        for (struct client **at = &a->bucket[i]; *at;) {
            const struct client_key *k = &(*at)->key;
            if ((*at)->plain == plain && !is_listed(sorted, count, k))
                take_out(a, at);
            else
                at = &(*at)->next;
        }
}

static bool put_or_change(struct accounts *a, const struct client_key *key, bool plain) {
    struct client *old = find(a, key->hash), *c = old;
    if (old && plain && !old->plain) return true; /* of a key that is both, the limits count */
    if (!old || old->plain != plain || !same(&old->key, key)) {
        c = put_in(a, key, plain, old ? old->account : NULL);
        if (!c) return false;
        for (struct client **at = &c->next; old && *at; at = &(*at)->next)
            if (*at == old) {
                take_out(a, at);
                break;
            }
    }
    if (!plain) take_spend(c->account, &key->spend, a->now());
    return true;
}

static enum chela_error take(struct accounts *a, bool plain, const struct client_key *list,
                             size_t count, struct err *e) {
    const struct client_key **sorted = malloc((count + 1) * sizeof(struct client_key *));
    bool good = sorted != NULL;
    for (size_t i = 0; i < count && good; i++) sorted[i] = &list[i];
    if (good) {
        qsort(sorted, count, sizeof(struct client_key *), by_hash);
        remove_others(a, plain, sorted, count);
    }
    for (size_t i = 0; i < count && good; i++) good = put_or_change(a, &list[i], plain);
    free(sorted);
    return good ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory for the keys");
}

enum chela_error accounts_take_keys(struct accounts *a, const struct client_key *list, size_t count,
                                    struct err *e) {
    return take(a, false, list, count, e);
}

/* ---- jobs that are billed ---- */

static uint64_t hash_of(str id) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < id.n; i++) h = (h ^ (unsigned char)id.p[i]) * 1099511628211u;
    return h | 1; /* 0: an empty place */
}

static void note_job(void *ctx, str id) {
    struct accounts *a = ctx;
    a->billed[a->next_billed++ % LEDGER_JOBS] = hash_of(id);
}

static bool is_noted(const struct accounts *a, str id) {
    uint64_t hash = hash_of(id);
    for (size_t i = 0; i < LEDGER_JOBS; i++)
        if (a->billed[i] == hash) return true;
    return false;
}

bool accounts_bill_job(struct accounts *a, str id) {
    pthread_mutex_lock(&a->lock);
    bool known = is_noted(a, id);
    if (!known) note_job(a, id);
    pthread_mutex_unlock(&a->lock);
    return !known;
}

bool accounts_billed_job(struct accounts *a, str id) {
    pthread_mutex_lock(&a->lock);
    bool known = is_noted(a, id);
    pthread_mutex_unlock(&a->lock);
    return known;
}

/* ---- life ---- */

enum chela_error accounts_open(struct accounts **out, const char *state,
                               const struct ledger_bound *bound, int64_t (*now)(void),
                               struct err *e) {
    pthread_condattr_t monotonic;
    *out = NULL;
    struct accounts *a = calloc(1, sizeof *a);
    if (!a) return err_set(e, CHELA_NOMEM, "out of memory");
    a->now = now ? now : clock_unix_ms;
    a->bound = *bound;
    buf_init(&a->queue, ACCOUNTS_QUEUE);
    pthread_mutex_init(&a->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&a->work, &monotonic);
    pthread_cond_init(&a->done, NULL);
    pthread_condattr_destroy(&monotonic);
    enum chela_error rc = CHELA_OK;
    if (!str_copy(a->state, sizeof a->state, str_c(state)))
        rc = err_set(e, CHELA_IO, "%s: the path is too long", state);
    if (rc == CHELA_OK) rc = ledger_open(&a->store, state, e);
    if (rc == CHELA_OK) rc = accounts_load(a, e);
    if (rc == CHELA_OK) rc = ledger_jobs(a->store, note_job, a, e);
    if (rc == CHELA_OK) {
        a->threaded = pthread_create(&a->thread, NULL, accounts_write, a) == 0;
        if (!a->threaded) rc = err_set(e, CHELA_NOMEM, "no thread for the books");
    }
    if (rc != CHELA_OK) {
        accounts_close(a);
        return rc;
    }
    *out = a;
    return CHELA_OK;
}

void accounts_close(struct accounts *a) {
    if (!a) return;
    if (a->threaded) {
        pthread_mutex_lock(&a->lock);
        a->stop = true;
        pthread_cond_signal(&a->work);
        pthread_mutex_unlock(&a->lock);
        pthread_join(a->thread, NULL);
    }
    for (struct account *m = a->dirty, *next; m; m = next) { /* the disk did not take them */
        next = m->next_dirty;
        m->dirty = false;
        if (!m->clients) free(m);
    }
    remove_others(a, false, NULL, 0);
    remove_others(a, true, NULL, 0);
    store_close(a->store);
    buf_free(&a->queue);
    pthread_cond_destroy(&a->work);
    pthread_cond_destroy(&a->done);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

enum chela_error accounts_configure(struct accounts *a, const struct secret *keys, size_t count,
                                    const struct ledger_bound *bound, struct err *e) {
    struct client_key *list = calloc(count + 1, sizeof *list);
    enum chela_error rc = CHELA_OK;
    if (!list) return err_set(e, CHELA_NOMEM, "out of memory for the keys");
    for (size_t i = 0; i < count && rc == CHELA_OK; i++) {
        str text = { keys[i].bytes, keys[i].n };
        list[i].limit = -1;
        snprintf(list[i].name, sizeof list[i].name, "gateway.keys[%zu]", i);
        client_key_label(list[i].label, text);
        rc = client_key_hash(list[i].hash, text, e);
    }
    pthread_mutex_lock(&a->lock);
    a->bound = *bound;
    if (rc == CHELA_OK) rc = take(a, true, list, count, e);
    a->asked++; /* as accounts_sync, but nobody waits */
    pthread_cond_signal(&a->work);
    pthread_mutex_unlock(&a->lock);
    free(list);
    return rc;
}

bool accounts_any(struct accounts *a) {
    pthread_mutex_lock(&a->lock);
    bool any = a->clients > 0;
    pthread_mutex_unlock(&a->lock);
    return any;
}

/* ---- in and out ---- */

struct client *accounts_enter(struct accounts *a, str key) {
    char hash[2 * SHA256_SIZE + 1];
    if (!key.n || client_key_hash(hash, key, NULL) != CHELA_OK) return NULL;
    pthread_mutex_lock(&a->lock);
    struct client *c = find(a, hash);
    if (c) c->users++;
    pthread_mutex_unlock(&a->lock);
    return c;
}

void accounts_leave(struct accounts *a, struct client *c) {
    if (!c) return;
    pthread_mutex_lock(&a->lock);
    drop(c);
    pthread_mutex_unlock(&a->lock);
}

int64_t accounts_now(const struct accounts *a) {
    return a->now();
}

void accounts_look(struct accounts *a, const struct client *c, struct client_key *out) {
    *out = c->key;
    pthread_mutex_lock(&a->lock);
    out->spend = c->account->spent;
    pthread_mutex_unlock(&a->lock);
}

static int by_age(const void *x, const void *y) {
    const struct client_key *k = x, *l = y;
    if (k->created_ms != l->created_ms) return k->created_ms < l->created_ms ? -1 : 1;
    return strcmp(k->hash, l->hash);
}

enum chela_error accounts_list(struct accounts *a, struct arena *arena, struct client_key **list,
                               size_t *count, struct err *e) {
    pthread_mutex_lock(&a->lock);
    *count = 0;
    *list = arena_alloc(arena, (a->clients + 1) * sizeof **list);
    for (size_t i = 0; i < ACCOUNTS_BUCKETS && *list; i++)
        for (const struct client *c = a->bucket[i]; c; c = c->next) {
            if (c->plain) continue;
            struct client_key *k = &(*list)[(*count)++];
            *k = c->key;
            k->spend = c->account->spent;
        }
    pthread_mutex_unlock(&a->lock);
    if (!*list) return err_set(e, CHELA_NOMEM, "out of memory for the keys");
    qsort(*list, *count, sizeof **list, by_age);
    return CHELA_OK;
}

void accounts_counts(struct accounts *a, struct accounts_counts *out) {
    pthread_mutex_lock(&a->lock);
    *out = a->counts;
    pthread_mutex_unlock(&a->lock);
}

const char *accounts_state(const struct accounts *a) {
    return a->state;
}

/* ---- money ---- */

static enum chela_error no_room(const struct client_key *k, nano left, nano estimate, int64_t now,
                                struct err *e) {
    static const char *const each[WINDOWS] = { "", " a day", " a week", " a month" };
    char until[48] = "", when[32];
    int64_t end = window_end(k->reset, now);
    if (end > 0) {
        time_text(when, end);
        snprintf(until, sizeof until, ", until %.19sZ", when);
    }
    if (left <= 0)
        err_set(e, CHELA_PAYMENT, "the limit of this key, $%.6g%s, is spent%s", nano_usd(k->limit),
                each[k->reset], until);
    else
        err_set(e, CHELA_PAYMENT,
                "of the limit of this key, $%.6g%s, $%.6g is left%s, and this request may cost "
                "$%.6g: ask for fewer max_tokens",
                nano_usd(k->limit), each[k->reset], nano_usd(left), until, nano_usd(estimate));
    return CHELA_PAYMENT;
}

enum chela_error accounts_reserve(struct accounts *a, struct client *c, nano estimate,
                                  struct err *e) {
    if (!c || c->key.limit < 0) return CHELA_OK;
    int64_t now = a->now();
    pthread_mutex_lock(&a->lock);
    struct account *m = c->account;
    nano left = c->key.limit - spend_in(&m->spent, c->key.reset, now) - m->reserved;
    bool room = left >= estimate && (left > 0 || estimate == 0);
    if (room) m->reserved += estimate;
    pthread_mutex_unlock(&a->lock);
    return room ? CHELA_OK : no_room(&c->key, left, estimate, now, e);
}

/* The row and its texts behind one another; read_row finds them again. False: no room. */
static bool enqueue(struct buf *queue, const struct ledger_row *row) {
    struct ledger_row r = *row;
    str *const texts[] = { &r.request, &r.generation, &r.key,   &r.key_name, &r.path,
                           &r.asked,   &r.upstream,   &r.model, &r.finish };
    enum { TEXTS = sizeof texts / sizeof texts[0], MOST = 1024 };
    size_t n = sizeof r;
    for (size_t i = 0; i < TEXTS; i++) {
        *texts[i] = str_head(*texts[i], MOST);
        n += texts[i]->n;
    }
    if (queue->n + n > queue->max) return false;
    char *room = buf_room(queue, n);
    if (!room) { /* a buffer that failed is empty, and of no more use */
        buf_free(queue);
        return false;
    }
    char *at = room + sizeof r;
    for (size_t i = 0; i < TEXTS; i++) {
        if (texts[i]->n) memcpy(at, texts[i]->p, texts[i]->n);
        at += texts[i]->n;
        texts[i]->p = NULL;
    }
    memcpy(room, &r, sizeof r);
    queue->n += n;
    return true;
}

static void spend(struct accounts *a, struct account *m, nano cost, int64_t now) {
    spend_add(&m->spent, cost, now);
    spend_add(&m->unsaved, cost, now);
    if (m->dirty) return;
    m->dirty = true;
    m->next_dirty = a->dirty;
    a->dirty = m;
}

void accounts_settle(struct accounts *a, struct client *c, nano reserved,
                     const struct ledger_row *row) {
    struct ledger_row r = *row;
    if (c) {
        r.key = str_c(c->key.hash);
        r.key_name = str_c(c->key.name);
    }
    pthread_mutex_lock(&a->lock);
    if (c && c->key.limit >= 0) c->account->reserved -= reserved;
    if (c && !c->plain && r.cost > 0) spend(a, c->account, nano_of(r.cost), a->now());
    bool first = a->queue.n == 0;
    if (enqueue(&a->queue, &r))
        a->counts.rows++;
    else
        a->counts.lost++;
    if (first) pthread_cond_signal(&a->work);
    pthread_mutex_unlock(&a->lock);
}

enum chela_error accounts_sync(struct accounts *a, struct err *e) {
    pthread_mutex_lock(&a->lock);
    uint64_t round = ++a->asked;
    pthread_cond_signal(&a->work);
    while (a->answered < round) pthread_cond_wait(&a->done, &a->lock);
    enum chela_error rc = a->failure;
    pthread_mutex_unlock(&a->lock);
    return rc == CHELA_OK ? rc : err_set(e, rc, "the books cannot be written: the log says why");
}
