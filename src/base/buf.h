/* A growing byte buffer that is given its maximum when it is made.
 *
 * Appends that fail (over the maximum, out of memory) set `failed` and empty the buffer; further
 * appends do nothing, so a caller checks once, at the end. The owner calls buf_free.
 */
#ifndef CHELA_BASE_BUF_H
#define CHELA_BASE_BUF_H

#include "base/str.h"

enum buf_failure { BUF_GOOD = 0, BUF_TOO_LARGE, BUF_NO_MEMORY };

struct buf {
    char *p; /* NUL-terminated when not NULL; the NUL is not counted */
    size_t n, cap, max;
    enum buf_failure failed;
};

#define BUF_INIT(maximum)                                                                          \
    { .max = (maximum) }

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);  /* frees the bytes; keeps max, clears failed */
void buf_clear(struct buf *b); /* n = 0, memory kept */
bool buf_add(struct buf *b, str s);
bool buf_addc(struct buf *b, char c);
bool buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Room for n more bytes; returns where to write them, NULL on failure. Then b->n += written. */
char *buf_room(struct buf *b, size_t n);
void buf_consume(struct buf *b, size_t n); /* drop the first n bytes */
str buf_str(const struct buf *b);
/* Hand the bytes over: the caller frees the result. NULL when failed or empty. */
char *buf_detach(struct buf *b);

#endif
