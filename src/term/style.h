/* Styling: one sequence says the whole style ("ESC [ 0 ; 1 ; 36 m"), so that a line can begin with
 * any of them and what is on is always the last one seen. */
#ifndef CHELA_TERM_STYLE_H
#define CHELA_TERM_STYLE_H

#include "base/buf.h"
#include "term/look.h"

enum style {
    STYLE_PLAIN = 0,
    STYLE_BOLD = 1,
    STYLE_DIM = 2,
    STYLE_ITALIC = 4,
    STYLE_UNDERLINE = 8,
    STYLE_STRIKE = 16,
    STYLE_CYAN = 32,
    STYLE_GREEN = 64,
    STYLE_RED = 128,
};

/* Switches to `style`, a sum of the above; nothing where there is no colour. */
void style_set(struct buf *out, const struct look *look, unsigned style);
/* text in this style, and plain again behind it. */
void style_text(struct buf *out, const struct look *look, unsigned style, str text);

#endif
