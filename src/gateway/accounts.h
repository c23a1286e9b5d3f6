/* Who may come in, what each has left, and the books: shared by all workers.
 *
 * Keys and what they have spent are one table in memory behind one lock, loaded when the gateway
 * starts. A call's cost is reserved before anybody is asked, under that lock, so of a hundred calls
 * at once those that the budget has room for go on and no other; it is settled with the real cost
 * when the call ends, in the same turn as the call's row is queued. A thread of its own writes what
 * is queued, many rows in one transaction with what they spent, so the file never shows one without
 * the other. No loop ever waits for the disk.
 *
 * What a crash takes: reservations, which are only in memory; calls that had not ended; and those
 * that ended within the last ACCOUNTS_BATCH_MS and the commit that was under way. What a row says
 * was spent is spent, and nothing else.
 */
#ifndef CHELA_GATEWAY_ACCOUNTS_H
#define CHELA_GATEWAY_ACCOUNTS_H

#include "base/secret.h"
#include "ledger/ledger.h"

enum {
    ACCOUNTS_BATCH_MS = 50,   /* rows are gathered for so long */
    ACCOUNTS_LOOK_MS = 1000,  /* how often it looks whether somebody else changed the keys */
    ACCOUNTS_QUEUE = 8 << 20, /* bytes of rows that wait for a disk that does not take them */
    ACCOUNTS_RETRY_MS = 1000, /* before such rows are tried again */
};

struct accounts;
struct account;

/* A client that came in. Constant: a key that is changed meanwhile is another client. */
struct client {
    struct client_key key; /* its spend is that of when it was loaded: accounts_look */
    struct account *account;
    bool plain; /* of chela.json5: in no file, without limits */
    unsigned users;
    struct client *next;
};

struct accounts_counts {
    uint64_t rows, batches, lost; /* lost: the queue was full */
};

/* now NULL: the wall clock. Reads the keys and starts the thread. */
enum chela_error accounts_open(struct accounts **out, const char *state,
                               const struct ledger_bound *bound, int64_t (*now)(void),
                               struct err *e);
/* Writes what is queued. No client may be in. NULL is fine. */
void accounts_close(struct accounts *a);

/* The configuration was read (again): its keys, and how much is kept. The file's keys are read
 * again, soon. */
enum chela_error accounts_configure(struct accounts *a, const struct secret *keys, size_t count,
                                    const struct ledger_bound *bound, struct err *e);
/* Whether any key would be let in. */
bool accounts_any(struct accounts *a);

/* The client with that key, as a user: accounts_leave. NULL: there is none. */
struct client *accounts_enter(struct accounts *a, str key);
void accounts_leave(struct accounts *a, struct client *c); /* NULL is fine */
int64_t accounts_now(const struct accounts *a);

/* Sets estimate aside. CHELA_PAYMENT: the limit has no room for it; CHELA_OK always when it has no
 * limit, or for NULL. */
enum chela_error accounts_reserve(struct accounts *a, struct client *c, nano estimate,
                                  struct err *e);
/* The one end of a call: what was reserved is given back, what it cost is spent, its row is queued.
 * Key and name are filled in. */
void accounts_settle(struct accounts *a, struct client *c, nano reserved,
                     const struct ledger_row *row);

/* A look at a job tells its price each time: true for the first that does. The last LEDGER_JOBS are
 * remembered, also after a restart. */
bool accounts_bill_job(struct accounts *a, str id);
/* Whether one did. */
bool accounts_billed_job(struct accounts *a, str id);

/* Copies of keys with what they have spent by now, oldest first. plain: those of chela.json5 too.
 */
enum chela_error accounts_list(struct accounts *a, struct arena *arena, struct client_key **list,
                               size_t *count, struct err *e);
/* The same of one that is in. */
void accounts_look(struct accounts *a, const struct client *c, struct client_key *out);

/* Blocks until everything that was settled before is in the file, and what is in the file is in the
 * table. Not for loops. CHELA_IO: the disk does not take it. */
enum chela_error accounts_sync(struct accounts *a, struct err *e);
void accounts_counts(struct accounts *a, struct accounts_counts *out);
const char *accounts_state(const struct accounts *a); /* the folder */

#endif
