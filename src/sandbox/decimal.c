/* Schoolbook arithmetic on decimal digits: the numbers are short, and decimals are what people type
 * and expect back. Binary floating point is used only where the result is no decimal anyway. */
#include "sandbox/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { QUOTIENT_PLACES = 40, SHOWN_DIGITS = 12 };

static void trim(struct decimal *a) {
    while (a->n && a->d[a->n - 1] == 0) a->n--;
    unsigned zeros = 0;
    while (zeros < a->scale && zeros < a->n && a->d[zeros] == 0) zeros++;
    if (zeros) {
        memmove(a->d, a->d + zeros, a->n - zeros);
        a->n -= zeros;
        a->scale -= zeros;
    }
    if (!a->n) {
        a->scale = 0;
        a->negative = false;
    }
}

bool decimal_parse(struct decimal *out, str text) {
    *out = (struct decimal){ 0 };
    bool point = false, digits = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || out->n == DECIMAL_DIGITS) return false;
        memmove(out->d + 1, out->d, out->n);
        out->d[0] = (uint8_t)(c - '0');
        out->n++;
        out->scale += point;
        digits = true;
    }
    trim(out);
    return digits;
}

bool decimal_of(struct decimal *out, double value) {
    char text[64];
    if (!isfinite(value) || fabs(value) >= 1e15 || (value != 0 && fabs(value) < 1e-9)) return false;
    /* Fifteen significant digits: what a double is sure of. */
    int before = fabs(value) < 1 ? 1 : (int)floor(log10(fabs(value))) + 1;
    snprintf(text, sizeof text, "%.*f", before < 15 ? 15 - before : 0, fabs(value));
    if (!decimal_parse(out, str_c(text))) return false;
    out->negative = value < 0 && out->n;
    out->inexact = true;
    return true;
}

double decimal_double(const struct decimal *a) {
    double value = 0;
    for (unsigned i = a->n; i > 0; i--) value = value * 10 + a->d[i - 1];
    value /= pow(10, a->scale);
    return a->negative ? -value : value;
}

bool decimal_is_zero(const struct decimal *a) {
    return a->n == 0;
}

bool decimal_is_integer(const struct decimal *a) {
    return a->scale == 0; /* trim took trailing zeros after the point away */
}

/* Digit i of the value when it is written with `scale` places. */
static unsigned digit(const struct decimal *a, unsigned scale, unsigned i) {
    unsigned shift = scale - a->scale;
    return i < shift || i - shift >= a->n ? 0 : a->d[i - shift];
}

static int cmp_size(const struct decimal *a, const struct decimal *b) {
    unsigned scale = a->scale > b->scale ? a->scale : b->scale;
    unsigned n = a->n + scale > b->n + scale ? a->n + scale : b->n + scale;
    for (unsigned i = n; i > 0; i--) {
        unsigned x = digit(a, scale, i - 1), y = digit(b, scale, i - 1);
        if (x != y) return x < y ? -1 : 1;
    }
    return 0;
}

int decimal_cmp(const struct decimal *a, const struct decimal *b) {
    if (a->negative != b->negative) return a->negative ? -1 : 1;
    return a->negative ? cmp_size(b, a) : cmp_size(a, b);
}

/* |a| + |b|, or |a| - |b| where |a| >= |b|. */
static bool combine(struct decimal *out, const struct decimal *a, const struct decimal *b,
                    bool minus) {
    struct decimal sum = { .scale = a->scale > b->scale ? a->scale : b->scale };
    sum.inexact = a->inexact || b->inexact;
    unsigned span_a = a->n + sum.scale - a->scale, span_b = b->n + sum.scale - b->scale;
    unsigned n = (span_a > span_b ? span_a : span_b) + 1;
    int carry = 0;
    for (unsigned i = 0; i < n; i++) {
        int x = (int)digit(a, sum.scale, i), y = (int)digit(b, sum.scale, i);
        int v = minus ? x - y + carry : x + y + carry;
        carry = v < 0 ? -1 : v / 10;
        v = v < 0 ? v + 10 : v % 10;
        if (i < DECIMAL_DIGITS)
            sum.d[i] = (uint8_t)v;
        else if (v)
            return false;
    }
    sum.n = n < DECIMAL_DIGITS ? n : DECIMAL_DIGITS;
    *out = sum;
    return true;
}

static bool add_signed(struct decimal *out, const struct decimal *a, const struct decimal *b,
                       bool b_negative) {
    bool negative = a->negative, ok;
    if (a->negative == b_negative) {
        ok = combine(out, a, b, false);
    } else if (cmp_size(a, b) >= 0) {
        ok = combine(out, a, b, true);
    } else {
        negative = b_negative;
        ok = combine(out, b, a, true);
    }
    if (!ok) return false;
    out->negative = negative;
    trim(out);
    return true;
}

bool decimal_add(struct decimal *out, const struct decimal *a, const struct decimal *b) {
    return add_signed(out, a, b, b->negative);
}

bool decimal_sub(struct decimal *out, const struct decimal *a, const struct decimal *b) {
    return add_signed(out, a, b, !b->negative);
}

bool decimal_mul(struct decimal *out, const struct decimal *a, const struct decimal *b) {
    if (a->n + b->n > DECIMAL_DIGITS) return false;
    struct decimal product = { .n = a->n + b->n, .scale = a->scale + b->scale };
    for (unsigned i = 0; i < a->n; i++) {
        unsigned carry = 0;
        for (unsigned k = 0; k < b->n || carry; k++) {
            unsigned v = product.d[i + k] + carry + (k < b->n ? (unsigned)a->d[i] * b->d[k] : 0);
            product.d[i + k] = (uint8_t)(v % 10);
            carry = v / 10;
        }
    }
    product.negative = a->negative != b->negative;
    product.inexact = a->inexact || b->inexact;
    trim(&product);
    *out = product;
    return true;
}

/* The integer quotient of |a| · 10^places and |b|, both read as integers of one scale, and whether
 * something remained. */
static bool long_division(struct decimal *out, const struct decimal *a, const struct decimal *b,
                          unsigned places, bool *remains) {
    unsigned scale = a->scale > b->scale ? a->scale : b->scale;
    unsigned n = a->n + (scale - a->scale) + places;
    struct decimal divisor = *b, rest = { 0 }, quotient = { .n = n };
    if (n > DECIMAL_DIGITS || b->n + (scale - b->scale) >= DECIMAL_DIGITS) return false;
    memmove(divisor.d + (scale - b->scale), divisor.d, b->n);
    memset(divisor.d, 0, scale - b->scale);
    divisor.n = b->n + (scale - b->scale);
    divisor.scale = 0;
    for (unsigned i = n; i > 0; i--) {
        if (rest.n == DECIMAL_DIGITS) return false;
        memmove(rest.d + 1, rest.d, rest.n);
        rest.d[0] = i > places ? (uint8_t)digit(a, scale, i - 1 - places) : 0;
        rest.n++;
        while (rest.n && rest.d[rest.n - 1] == 0) rest.n--;
        while (cmp_size(&rest, &divisor) >= 0) {
            struct decimal less;
            if (!combine(&less, &rest, &divisor, true)) return false;
            while (less.n && less.d[less.n - 1] == 0) less.n--;
            rest = less;
            quotient.d[i - 1]++;
        }
    }
    *remains = rest.n > 0;
    quotient.scale = places;
    *out = quotient;
    return true;
}

bool decimal_div(struct decimal *out, const struct decimal *a, const struct decimal *b) {
    struct decimal quotient;
    bool remains;
    if (!b->n || !long_division(&quotient, a, b, QUOTIENT_PLACES, &remains)) return false;
    quotient.negative = a->negative != b->negative;
    quotient.inexact = remains || a->inexact || b->inexact;
    trim(&quotient);
    *out = quotient;
    return true;
}

/* The remainder has the divisor's sign, as in school: -7 mod 3 is 2. */
bool decimal_mod(struct decimal *out, const struct decimal *a, const struct decimal *b) {
    struct decimal quotient, product, rest;
    bool remains;
    if (!b->n || !long_division(&quotient, a, b, 0, &remains)) return false;
    quotient.negative = a->negative != b->negative;
    trim(&quotient);
    if (!decimal_mul(&product, &quotient, b) || !decimal_sub(&rest, a, &product)) return false;
    if (rest.n && rest.negative != b->negative && !decimal_add(&rest, &rest, b)) return false;
    *out = rest;
    return true;
}

bool decimal_pow(struct decimal *out, const struct decimal *a, const struct decimal *b) {
    struct decimal one, result, base = *a;
    decimal_parse(&one, S("1"));
    double exponent = decimal_double(b);
    if (!decimal_is_integer(b) || fabs(exponent) > 100000) {
        if (exponent == 0.5 && !a->negative) return decimal_sqrt(out, a);
        double value = pow(decimal_double(a), exponent);
        return decimal_of(out, value);
    }
    if (!a->n && b->negative) return false;
    result = one;
    for (unsigned long left = (unsigned long)fabs(exponent); left; left >>= 1) {
        if (left & 1 && !decimal_mul(&result, &result, &base)) return false;
        if (left > 1 && !decimal_mul(&base, &base, &base)) return false;
    }
    if (b->negative) return decimal_div(out, &one, &result);
    *out = result;
    return true;
}

bool decimal_sqrt(struct decimal *out, const struct decimal *a) {
    struct decimal root, square;
    if (a->negative) return false;
    if (!decimal_of(&root, sqrt(decimal_double(a)))) return false;
    if (decimal_mul(&square, &root, &root) && cmp_size(&square, a) == 0) root.inexact = a->inexact;
    *out = root;
    return true;
}

/* Rounds |a| to `digits` significant digits, half up. */
static void round_to(struct decimal *a, unsigned digits) {
    if (a->n <= digits) return;
    unsigned drop = a->n - digits;
    if (drop > a->scale) drop = a->scale; /* digits before the point stay */
    if (!drop) return;
    bool up = a->d[drop - 1] >= 5;
    memmove(a->d, a->d + drop, a->n - drop);
    a->n -= drop;
    a->scale -= drop;
    struct decimal unit = { .n = 1, .scale = a->scale, .d = { 1 } };
    if (up) combine(a, a, &unit, false);
    trim(a);
}

bool decimal_write(const struct decimal *value, struct buf *out) {
    struct decimal a = *value;
    if (a.inexact) round_to(&a, SHOWN_DIGITS);
    if (a.negative) buf_addc(out, '-');
    if (a.n <= a.scale) buf_add(out, S("0"));
    for (unsigned i = a.n > a.scale ? a.n : a.scale; i > 0; i--) {
        if (i == a.scale) buf_addc(out, '.');
        buf_addc(out, (char)('0' + (i <= a.n ? a.d[i - 1] : 0)));
    }
    return !out->failed;
}
