/* The response cache's table: answers by key, until their time is over or room is needed.
 *
 * In memory, one for all workers. An answer lives for five minutes unless its client asked for
 * more, and a hit is worth most when it is instant: what a restart would bring back is little, and
 * reading it from a disk would have to leave the loop. Bounded in bytes and in answers; the one not
 * asked for the longest goes first.
 *
 * A lock around look-ups; an answer is only read once it is in, and counted, so that it can be
 * given to a slow client long after it went out of the table. Times are clock_ms, given by the
 * caller.
 */
#ifndef CHELA_GATEWAY_ANSWER_STORE_H
#define CHELA_GATEWAY_ANSWER_STORE_H

#include "gateway/answer_text.h"

#include <stdint.h>

struct answer_store;

struct answer_key {
    unsigned char hash[32];
};

struct answer { /* for readers */
    struct answer_text text;
    char content_type[96];
    int64_t stored_ms, until_ms;
};

struct answer_store *answer_store_new(void); /* NULL: out of memory */
void answer_store_free(struct answer_store *s);
/* At any time; what is too much goes. */
void answer_store_limit(struct answer_store *s, size_t bytes, size_t answers);
/* How long one answer may be. */
size_t answer_store_longest(const struct answer_store *s);

/* NULL: there is none. The caller gives it back with answer_release. */
const struct answer *answer_store_find(struct answer_store *s, const struct answer_key *key,
                                       int64_t now);
void answer_release(const struct answer *a);
/* Takes the text's memory over, in any case. */
void answer_store_put(struct answer_store *s, const struct answer_key *key,
                      struct answer_text *text, str content_type, int64_t ttl_ms, int64_t now);
void answer_store_drop(struct answer_store *s, const struct answer_key *key);
size_t answer_store_clear(struct answer_store *s); /* how many there were */

/* Memory of answers that are still coming: false when too many are. */
bool answer_store_reserve(struct answer_store *s, size_t bytes);
void answer_store_unreserve(struct answer_store *s, size_t bytes);

struct answer_store_counts {
    size_t answers, bytes, max_answers, max_bytes;
    uint64_t stored, evicted, expired;
};
void answer_store_count(struct answer_store *s, int64_t now, struct answer_store_counts *out);

#endif
