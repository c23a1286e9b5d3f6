/* How many cells of a terminal a text takes.
 *
 * The unit is the cluster: what a reader takes for one character and a terminal draws in one place
 * (a letter with its accents, a Korean syllable, an emoji with its skin tone, a family, a flag).
 * Widths are those of libc's C.UTF-8 locale, which is what terminals go by, and on top of it what
 * modern terminals do with sequences.
 *
 * Text may hold styling, "ESC [ … m", which takes no cells; a sequence is a cluster of its own (and
 * so is "ESC [ n G", by which table.c says where a column begins). Such text comes out of this
 * folder only: what comes from outside passes term/safe.h first.
 */
#ifndef CHELA_TERM_WIDTH_H
#define CHELA_TERM_WIDTH_H

#include "base/str.h"

struct width {
    size_t cells; /* on a modern terminal */
    size_t most;  /* on any: older ones draw the parts of a sequence side by side */
};

/* Length in bytes of the first cluster of s (0: s is empty), and its width, 0 to 2 cells. A byte
 * that is not UTF-8 is a cluster of one cell, a control character one of none. */
size_t width_cluster(str s, struct width *width);
size_t width_of(str s);
struct width width_both(str s);
/* The longest beginning of s, in whole clusters, that takes at most `cells`; *used of them (NULL is
 * fine). Styling after the last cluster is part of it. */
str width_head(str s, size_t cells, size_t *used);
/* How many rows s takes on a terminal of so many columns that breaks lines by itself; at least 1.
 * A wide character that does not fit goes to the next row whole. *end (NULL is fine): the cells
 * taken of the last row. */
size_t width_rows(str s, size_t columns, size_t *end);
/* Whether terminals disagree about the width of s. */
bool width_is_doubtful(str s);
/* The code point at the start of s, which is not empty, and its length; U+FFFD and 1 when it is not
 * UTF-8. */
uint32_t width_code(str s, size_t *length);

#endif
