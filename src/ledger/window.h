/* The calendar that budgets go by, in UTC: days, weeks from Monday, months. And money, which is
 * counted in billionths of a dollar, so that what was reserved adds up to nothing again when it is
 * given back.
 */
#ifndef CHELA_LEDGER_WINDOW_H
#define CHELA_LEDGER_WINDOW_H

#include "base/arena.h"

enum window { WINDOW_TOTAL, WINDOW_DAILY, WINDOW_WEEKLY, WINDOW_MONTHLY, WINDOWS };

/* "", "daily", "weekly", "monthly"; false: none of them. */
bool window_named(str name, enum window *out);
const char *window_name(enum window w);
/* Which day, week or month it is; 0 for WINDOW_TOTAL. */
int64_t window_number(enum window w, int64_t unix_ms);
/* When it is over, and the next begins; -1: never. */
int64_t window_end(enum window w, int64_t unix_ms);

typedef int64_t nano;     /* USD / 10⁹ */
nano nano_of(double usd); /* rounded up; at most 9·10⁹ USD, 0 for what is negative or no number */
double nano_usd(nano n);

/* What was spent in the window that each number names. */
struct spend {
    nano sum[WINDOWS];
    int64_t number[WINDOWS];
};
void spend_add(struct spend *s, nano n, int64_t now_ms);
/* 0 when that window is over. */
nano spend_in(const struct spend *s, enum window w, int64_t now_ms);

/* "2026-11-25T20:12:03.250Z"; dst holds 32. */
void time_text(char dst[32], int64_t unix_ms);
/* The same, without the time or its fraction too ("2026-11-25": its beginning), with Z or without.
 * Only UTC. */
bool time_read(str text, int64_t *unix_ms);

#endif
