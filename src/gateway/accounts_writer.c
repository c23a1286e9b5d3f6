/* The thread that writes: what is queued, many rows in one transaction, and what they spent with
 * them. It also looks whether the keys were changed by somebody else (`chela gateway keys`), and
 * sees that the books do not grow for ever. */
#include "gateway/accounts_impl.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PRUNE_MS = 3600000, KEEP_BUFFER = 256 << 10 };

struct batch {
    struct buf rows;
    struct {
        char hash[2 * SHA256_SIZE + 1];
        struct spend more;
    } * spent;
    size_t spends;
};

struct writer {
    struct accounts *a;
    struct batch batch;
    struct store_query *insert; /* prepared with the first row */
    int64_t version, prune_at;
};

static void wait_ms(struct accounts *a, int64_t ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000 * 1000000);
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&a->work, &a->lock, &until);
}

/* ---- keys ---- */

enum chela_error accounts_load(struct accounts *a, struct err *e) {
    struct arena arena = ARENA_INIT((size_t)CLIENT_KEYS_MAX * 2 * sizeof(struct client_key) * 2);
    struct client_key *list;
    size_t count;
    enum chela_error rc = client_key_list(a->store, &arena, &list, &count, e);
    if (rc == CHELA_OK) {
        pthread_mutex_lock(&a->lock);
        rc = accounts_take_keys(a, list, count, e);
        pthread_mutex_unlock(&a->lock);
    }
    arena_free(&arena);
    return rc;
}

/* Changes when another connection wrote. */
static int64_t version_of(struct store *s) {
    struct store_query *q = NULL;
    bool row = false;
    int64_t version = -1;
    if (store_prepare(&q, s, "PRAGMA data_version", NULL) == CHELA_OK &&
        store_step(q, &row, NULL) == CHELA_OK && row)
        version = store_int(q, 0);
    store_finish(q);
    return version;
}

/* ---- a batch ---- */

/* With the lock. The queue's buffer and the batch's change places. False: out of memory, all of it
 * stays. */
static bool take_batch(struct accounts *a, struct batch *b) {
    size_t count = 0;
    for (struct account *m = a->dirty; m; m = m->next_dirty) count++;
    b->spent = count ? malloc(count * sizeof *b->spent) : NULL;
    if (count && !b->spent) return false;
    b->spends = count;
    for (size_t i = 0; i < count; i++) {
        struct account *m = a->dirty;
        a->dirty = m->next_dirty;
        memcpy(b->spent[i].hash, m->hash, sizeof m->hash);
        b->spent[i].more = m->unsaved;
        m->unsaved = (struct spend){ 0 };
        m->dirty = false;
        if (!m->clients) free(m);
    }
    struct buf empty = b->rows;
    b->rows = a->queue;
    a->queue = empty;
    return true;
}

static bool is_empty(const struct batch *b) {
    return !b->rows.n && !b->spends;
}

static void forget(struct batch *b) {
    free(b->spent);
    b->spent = NULL;
    b->spends = 0;
    if (b->rows.cap > KEEP_BUFFER)
        buf_free(&b->rows);
    else
        buf_clear(&b->rows);
}

/* The row at p, its texts behind it; how much there was. */
static size_t read_row(const char *p, struct ledger_row *r) {
    memcpy(r, p, sizeof *r);
    str *const texts[] = { &r->request, &r->generation, &r->key,   &r->key_name, &r->path,
                           &r->asked,   &r->upstream,   &r->model, &r->finish };
    size_t n = sizeof *r;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        texts[i]->p = p + n;
        n += texts[i]->n;
    }
    return n;
}

static enum chela_error write_rows(struct writer *w, str rows, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (rows.n && !w->insert) rc = ledger_prepare(&w->insert, w->a->store, e);
    for (size_t at = 0; at < rows.n && rc == CHELA_OK;) {
        struct ledger_row r;
        at += read_row(rows.p + at, &r);
        rc = ledger_insert(w->insert, &r, e);
    }
    if (w->insert) store_again(w->insert); /* else it would keep the transaction open */
    return rc;
}

static enum chela_error write_batch(struct writer *w, struct err *e) {
    struct store *s = w->a->store;
    const struct batch *b = &w->batch;
    enum chela_error rc = store_begin(s, e);
    if (rc != CHELA_OK) return rc;
    rc = write_rows(w, buf_str(&b->rows), e);
    for (size_t i = 0; i < b->spends && rc == CHELA_OK; i++)
        rc = client_key_spend(s, str_c(b->spent[i].hash), &b->spent[i].more, e);
    if (rc == CHELA_OK) rc = store_commit(s, e);
    if (rc != CHELA_OK) store_rollback(s);
    return rc;
}

/* ---- the thread ---- */

/* With the lock: until there is something to do. */
static void wait_for_work(struct writer *w) {
    struct accounts *a = w->a;
    if (a->failing && !a->stop && a->asked == a->answered) {
        wait_ms(a, ACCOUNTS_RETRY_MS);
        return;
    }
    if (!a->stop && !a->queue.n && a->asked == a->answered) wait_ms(a, ACCOUNTS_LOOK_MS);
    /* something came: more will */
    if (!a->stop && a->queue.n && a->asked == a->answered) wait_ms(a, ACCOUNTS_BATCH_MS);
}

static void tell(struct accounts *a, enum chela_error rc, const struct err *e) {
    if (rc != CHELA_OK && !a->failing)
        log_error("the books cannot be written, what comes is kept in memory: %s", e->message);
    if (rc == CHELA_OK && a->failing) log_info("the books are written again");
    a->failing = rc != CHELA_OK;
}

/* Without the lock. Slice by slice, so that rows that come meanwhile do not wait. */
static void prune(struct writer *w, const struct ledger_bound *bound) {
    bool more = false;
    struct err e = ERR_INIT;
    if (clock_ms() < w->prune_at) return;
    if (ledger_prune(w->a->store, bound, w->a->now(), &more, &e) != CHELA_OK)
        log_warn("old rows stay in the books: %s", e.message);
    if (!more) w->prune_at = clock_ms() + PRUNE_MS;
}

static enum chela_error work(struct writer *w, bool load, struct err *e) {
    enum chela_error rc = is_empty(&w->batch) ? CHELA_OK : write_batch(w, e);
    if (rc != CHELA_OK) return rc;
    forget(&w->batch);
    int64_t version = version_of(w->a->store);
    if (version == w->version && !load) return CHELA_OK;
    rc = accounts_load(w->a, e);
    if (rc == CHELA_OK) w->version = version;
    return rc;
}

/* One round, with the lock. True: it was the last. */
static bool turn(struct writer *w) {
    struct accounts *a = w->a;
    struct err e = ERR_INIT;
    uint64_t round = a->asked;
    struct ledger_bound bound = a->bound;
    bool load = round != a->answered, stop = a->stop, fresh = is_empty(&w->batch);
    enum chela_error rc = CHELA_OK;
    if (fresh && !take_batch(a, &w->batch)) rc = err_set(&e, CHELA_NOMEM, "out of memory");
    bool any = !is_empty(&w->batch);
    pthread_mutex_unlock(&a->lock);
    if (rc == CHELA_OK) rc = work(w, load, &e);
    if (rc == CHELA_OK && !stop) prune(w, &bound);
    pthread_mutex_lock(&a->lock);
    if (rc == CHELA_OK && any) a->counts.batches++;
    tell(a, rc, &e);
    a->failure = rc;
    if (rc == CHELA_OK && !fresh) return false; /* what came meanwhile is still to be written */
    a->answered = round;
    pthread_cond_broadcast(&a->done);
    return stop && (rc != CHELA_OK || (!a->queue.n && !a->dirty));
}

void *accounts_write(void *accounts) {
    struct accounts *a = accounts;
    struct writer w = { .a = a, .version = version_of(a->store) };
    buf_init(&w.batch.rows, ACCOUNTS_QUEUE);
    pthread_mutex_lock(&a->lock);
    do wait_for_work(&w);
    while (!turn(&w));
    pthread_mutex_unlock(&a->lock);
    store_finish(w.insert);
    free(w.batch.spent);
    buf_free(&w.batch.rows);
    return NULL;
}
