/* Time. Durations are measured on the monotonic clock; the wall clock only labels things. */
#ifndef CHELA_BASE_CLOCK_H
#define CHELA_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);      /* monotonic, milliseconds */
int64_t clock_unix_ms(void); /* wall clock, milliseconds since 1970 UTC */

#endif
