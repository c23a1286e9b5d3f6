/* The gateway's books: one SQLite file of its own, one row for each request.
 *
 * Rows are numbered in the order in which they were written. What is older than the bound, or too
 * much, is added up by day, key, upstream and model before its rows go, so sums stay right.
 */
#ifndef CHELA_LEDGER_LEDGER_H
#define CHELA_LEDGER_LEDGER_H

#include "ledger/client_key.h"

/* <state>/gateway.db, made when it is missing. */
enum chela_error ledger_open(struct store **out, const char *state, struct err *e);
/* Whether there is one yet. */
bool ledger_exists(const char *state);

enum ledger_end { LEDGER_OK, LEDGER_FAILED, LEDGER_CUT, LEDGER_GONE };
enum ledger_cache { LEDGER_CACHE_OFF, LEDGER_CACHE_MISS, LEDGER_CACHE_HIT };

struct ledger_row {
    int64_t at_ms;           /* when it came in */
    str request, generation; /* the request's own id; what its answer is called */
    str key, key_name;       /* the key's hash and name; "" when nobody's */
    str path;                /* below the base URL */
    str asked;               /* the model, as the request names it */
    str upstream, model;     /* who answered, or was asked last */
    str finish;              /* finish_reason, "" when it is not known */
    int status;
    enum ledger_end end;
    enum ledger_cache cache;
    bool streamed;
    int attempts;
    int64_t ms, first_ms; /* to its end, to the first token; first_ms -1: none came */
    /* Tokens by kind; -1: not said. Which of them contain which differs between providers. */
    int64_t prompt, completion, reasoning, cached, cache_write, audio, image;
    double cost;    /* USD; <0: unknown */
    bool estimated; /* nobody billed it: prices times tokens */
};

const char *ledger_end_name(enum ledger_end end);       /* "ok", "failed", "cut", "gone" */
const char *ledger_cache_name(enum ledger_cache cache); /* "off", "miss", "hit" */

/* Writing many: prepared once, one ledger_insert a row, within the caller's transaction. */
enum chela_error ledger_prepare(struct store_query **insert, struct store *s, struct err *e);
enum chela_error ledger_insert(struct store_query *insert, const struct ledger_row *row,
                               struct err *e);

/* At most LEDGER_SLICE rows that are too old or too many are added up and deleted, in a
 * transaction of its own; *more: there are others. So pruning a million rows needs no more memory
 * than a thousand, and writers get in between. */
enum { LEDGER_SLICE = 1000 };
struct ledger_bound {
    int64_t days, rows; /* 0: none */
};
enum chela_error ledger_prune(struct store *s, const struct ledger_bound *b, int64_t now_ms,
                              bool *more, struct err *e);

/* The newest row of that generation; strings live in `a`. CHELA_NOT_FOUND. */
enum chela_error ledger_find(struct store *s, str id, struct arena *a, struct ledger_row *out,
                             struct err *e);

/* The newest video jobs (LEDGER_JOBS of them) whose price a look at them told. */
enum { LEDGER_JOBS = 4096 };
enum chela_error ledger_jobs(struct store *s, void (*each)(void *ctx, str generation), void *ctx,
                             struct err *e);

/* ---- sums ---- */

enum usage_by { USAGE_BY_KEY, USAGE_BY_MODEL, USAGE_BY_UPSTREAM, USAGE_BY_DAY, USAGE_BY_ACTIVITY };
bool usage_named(str name, enum usage_by *out); /* "key", "model", "upstream", "day" */

struct usage_query {
    enum usage_by by;
    int64_t since_ms, until_ms; /* until: exclusive; 0: open. Whole days for what was added up */
    str key;                    /* hash; "": all */
};

struct usage_sum {
    str day, key, key_name, upstream, model; /* what it was not grouped by is "" */
    int64_t requests, failed, hits;          /* failed: refused and cut ones too */
    int64_t prompt, completion, reasoning, cached, cache_write, audio, image;
    double cost, estimated; /* estimated: the part of cost that nobody billed */
};

/* The dearest first; by day and activity the newest last. */
enum chela_error ledger_usage(struct store *s, const struct usage_query *query, struct arena *a,
                              struct usage_sum **list, size_t *count, struct err *e);
/* Of everything that was ever asked. */
enum chela_error ledger_total(struct store *s, double *usd, struct err *e);

#endif
