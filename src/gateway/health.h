/* How each endpoint has been doing: (upstream, model, key). Shared by all workers.
 *
 * A failure puts an endpoint aside for a while: others come first. Only when it said itself for how
 * long to wait (Retry-After) is it not asked at all until then. What is the client's fault (400,
 * 404, 413) says nothing about an endpoint, and neither does a client that left.
 */
#ifndef CHELA_GATEWAY_HEALTH_H
#define CHELA_GATEWAY_HEALTH_H

#include "base/buf.h"
#include "base/err.h"
#include "doc/json_write.h"

enum {
    HEALTH_ENTRIES = 1024,
    HEALTH_OUTAGE_MS = 30 * 1000,     /* at most so long is a failed endpoint put aside */
    HEALTH_MOST_WAIT_MS = 300 * 1000, /* of a Retry-After that is honoured */
    HEALTH_KEY_MS = 60 * 1000,        /* a refused key, no credit */
    HEALTH_RECENT_MS = 300 * 1000,    /* figures for choosing are of so long ago at most */
};

struct health; /* the table */
struct health_entry;

struct health *health_new(void); /* NULL: out of memory */
void health_free(struct health *h);
/* The entry of an endpoint; NULL when the table is full or memory is out: it then counts as well.
 * It lives as long as the table; one of which nothing is known yet may become another's. */
struct health_entry *health_of(struct health *h, str upstream, str model, uint64_t key_print);

/* The same, if it was asked before; NULL: it was not. */
struct health_entry *health_find(struct health *h, str upstream, str model, uint64_t key_print);

struct health_view {
    int64_t aside_until; /* clock_ms; others first; 0: well */
    int64_t wait_until;  /* clock_ms; it must not be asked; 0: it may */
};
struct health_view health_look(struct health *h, struct health_entry *e);
/* Content came: after so many milliseconds, as a stream's first or as a whole answer. */
void health_good(struct health *h, struct health_entry *e, double ms, bool stream);
/* An answer is complete. */
void health_speed(struct health *h, struct health_entry *e, double tokens_per_second);
/* status: of the answer, 0 when there was none; retry_after: seconds, negative when it did not say.
 * True: it is put aside. */
bool health_bad(struct health *h, struct health_entry *e, int status, enum chela_error code,
                double retry_after);
void health_reset(struct health *h);
/* The middle and the worse ends of what was measured; 0: nothing was. PERCENT_90: nine of ten were
 * no worse, which is more milliseconds, but fewer tokens. */
enum health_percent { PERCENT_50, PERCENT_75, PERCENT_90, PERCENT_99, PERCENTS };
struct health_figures {
    double
        latency_ms[PERCENTS]; /* to the first token; of whole answers when there were no streams */
    double throughput[PERCENTS]; /* tokens a second */
    double uptime;               /* percent of attempts that were answered; negative: none made */
};
/* Of the last so many milliseconds, at most of the last 256 measurements. */
struct health_figures health_figures(struct health *h, struct health_entry *e, int64_t recent_ms);

/* "key":{"p50",…,"p99"} */
void health_write_percents(struct json_writer *w, const char *key, const double *values);
/* JSON array of the endpoints that were used. */
void health_json(struct health *h, struct buf *out);

#endif
