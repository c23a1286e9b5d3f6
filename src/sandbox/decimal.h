/* Decimal numbers with as many digits as a person would type: 0.1 + 0.2 is 0.3, 2^200 is exact.
 *
 * A value is sign × integer / 10^scale. Operations return false when a result would need more than
 * DECIMAL_DIGITS digits, or has no value (division by zero is the caller's to exclude).
 */
#ifndef CHELA_SANDBOX_DECIMAL_H
#define CHELA_SANDBOX_DECIMAL_H

#include "base/buf.h"

enum { DECIMAL_DIGITS = 400 };

struct decimal {
    bool negative;
    bool inexact;              /* a digit was rounded away on the road to this value */
    unsigned n, scale;         /* digits in use (0: the value 0), digits after the point */
    uint8_t d[DECIMAL_DIGITS]; /* least significant first, 0 to 9 */
};

bool decimal_parse(struct decimal *out, str text); /* 12, 1.5, .5; no sign, no exponent */
bool decimal_of(struct decimal *out, double value);
double decimal_double(const struct decimal *a);
bool decimal_is_zero(const struct decimal *a);
bool decimal_is_integer(const struct decimal *a);
int decimal_cmp(const struct decimal *a, const struct decimal *b);

bool decimal_add(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_sub(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_mul(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_div(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_mod(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_pow(struct decimal *out, const struct decimal *a, const struct decimal *b);
bool decimal_sqrt(struct decimal *out, const struct decimal *a); /* a is not negative */

/* All digits of an exact value, 12 significant ones of another; as JSON writes numbers. */
bool decimal_write(const struct decimal *a, struct buf *out);

#endif
