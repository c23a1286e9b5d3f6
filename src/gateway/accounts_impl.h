/* Inside accounts: the table (accounts.c) and the thread that writes (accounts_writer.c). */
#ifndef CHELA_GATEWAY_ACCOUNTS_IMPL_H
#define CHELA_GATEWAY_ACCOUNTS_IMPL_H

#include "base/buf.h"
#include "gateway/accounts.h"

#include <limits.h>
#include <pthread.h>

enum { ACCOUNTS_BUCKETS = 1024 };

/* Money of a key; several clients share it when the key was changed while one was in. */
struct account {
    unsigned clients;
    nano reserved;
    struct spend spent;   /* with what is not written yet */
    struct spend unsaved; /* since the last batch was taken */
    bool dirty;
    struct account *next_dirty;
    char hash[sizeof((struct client_key *)0)->hash];
};

struct accounts {
    pthread_mutex_t lock;
    pthread_cond_t work, done; /* for the thread; for who waits in accounts_sync */
    int64_t (*now)(void);
    struct client *bucket[ACCOUNTS_BUCKETS];
    size_t clients;
    struct account *dirty;
    struct buf queue; /* rows: each a struct ledger_row, and its texts behind it */
    struct accounts_counts counts;
    uint64_t billed[LEDGER_JOBS]; /* hashes of jobs' ids; a ring */
    size_t next_billed;
    struct ledger_bound bound;
    uint64_t asked, answered; /* rounds of accounts_sync */
    bool stop, failing;
    enum chela_error failure; /* of the last round; why is in the log */
    /* The thread's. */
    pthread_t thread;
    bool threaded;
    struct store *store;
    char state[PATH_MAX];
};

/* The table becomes what the file says. With the lock. */
enum chela_error accounts_take_keys(struct accounts *a, const struct client_key *list, size_t count,
                                    struct err *e);
/* Reads the file and takes it over; the thread's, or before there is one. */
enum chela_error accounts_load(struct accounts *a, struct err *e);
void *accounts_write(void *accounts);

#endif
