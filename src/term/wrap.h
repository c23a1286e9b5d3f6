/* Breaking text into lines.
 *
 * A line ends at a blank, after a hyphen inside a word, or between two Chinese or Japanese
 * characters (not before their closing and not after their opening punctuation). Korean is broken
 * at its blanks, as it is written. A word that is wider than a line is cut where the line ends.
 * Styled text (term/width.h) is fine; a line is a slice of it.
 */
#ifndef CHELA_TERM_WRAP_H
#define CHELA_TERM_WRAP_H

#include "base/buf.h"

struct wrap {
    str rest;
    size_t columns; /* of the next line; may be changed between lines. 0 counts as 1 */
    bool ended;
};

void wrap_init(struct wrap *w, str text, size_t columns);
/* The next line, without the blanks around the break; false at the end. Text that ends with a line
 * feed has no empty line after it; an empty text has one line, which is empty. */
bool wrap_line(struct wrap *w, str *line);
/* The style that is on at the end of `styled`: its last styling sequence, else `before`. */
str wrap_style(str styled, str before);
/* Appends a line of styled text that stands by itself: *style, which was on before it, is switched
 * on, and what is on at its end is switched off and left in *style. */
void wrap_emit(struct buf *out, str line, str *style);

#endif
