/* Slices: a pointer and a length, by value. All text from outside is one of these.
 *
 * A str never owns its bytes; whoever made them says how long they live. `p` may be NULL only when
 * `n` is 0. The bytes need not end in NUL.
 */
#ifndef CHELA_BASE_STR_H
#define CHELA_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct str {
    const char *p;
    size_t n;
} str;

/* A literal as a str, also in static initialisers (STR_INIT). */
#define S(lit) ((str){ "" lit, sizeof(lit) - 1 })
#define STR_INIT(lit)                                                                              \
    { "" lit, sizeof(lit) - 1 }
/* For printf: "%.*s", STR_ARG(s). Slices longer than INT_MAX are cut. */
#define STR_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), ((s).n ? (s).p : "")

str str_c(const char *c); /* NULL gives the empty slice */
bool str_eq(str a, str b);
bool str_ieq(str a, str b); /* ASCII letters alike in either case */
bool str_starts(str s, str prefix);
bool str_istarts(str s, str prefix);
bool str_ends(str s, str suffix);
str str_skip(str s, size_t n);         /* without the first n bytes */
str str_head(str s, size_t n);         /* the first n bytes */
str str_trim(str s);                   /* without blanks, tabs, CR, LF at both ends */
ptrdiff_t str_find(str s, str needle); /* offset, or -1 */
ptrdiff_t str_chr(str s, char c);      /* offset of the first c, or -1 */
ptrdiff_t str_rchr(str s, char c);     /* offset of the last c, or -1 */
bool str_has(str s, str needle);
bool str_ihas(str s, str needle);
/* Cut at the first `sep`: *head is what precedes it (all of s if there is none), *rest what
 * follows. Returns whether `sep` was there. */
bool str_cut(str s, char sep, str *head, str *rest);
/* Whole-string numbers: no blanks, no sign but '-', no overflow. False leaves *out alone. */
bool str_i64(str s, int64_t *out);
bool str_f64(str s, double *out);
/* Copies into dst (NUL-terminated, cut at cap - 1 bytes); returns whether all of it fitted. */
bool str_copy(char *dst, size_t cap, str s);
char ascii_lower(char c);
bool ascii_space(char c); /* blank, tab, CR, LF */

#endif
