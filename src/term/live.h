/* The part of the screen that can still change: the last lines of what was printed.
 *
 * What is to be seen is compared with what is there, and only lines that differ are drawn again:
 * cursor up, write over, clear what is left of the old line. Text is written before the rest of its
 * line is cleared and all of a change is one write, so nothing flickers. Lines that have left the
 * visible screen are never reached for: there is no way back into the scrollback.
 *
 * A line may be wider than the screen (code is not broken): the terminal breaks it, and its rows
 * are counted the way the terminal counts them.
 *
 * Sequences used: CR, LF, CUU and CUD (ESC [ n A, B), CHA (ESC [ n G), EL (ESC [ K, 2 K),
 * ED (ESC [ J) and SGR, which every terminal since the VT100 has; ESC [ ? 2026 h, l, by which newer
 * ones show a change whole and which the others ignore.
 */
#ifndef CHELA_TERM_LIVE_H
#define CHELA_TERM_LIVE_H

#include "base/buf.h"
#include "term/look.h"

struct live {
    const struct look *look; /* borrowed; changed by its owner when the window is */
    struct buf lines;     /* on the screen, each ended by a line feed; the cursor is at the end of
                             the last one */
    size_t drawn_columns; /* the width they have now */
};

/* The cursor is at the start of an empty line. */
void live_init(struct live *l, const struct look *look);
void live_free(struct live *l);
/* Appends to out what turns the screen into: `done`, lines that never change again, then `open`,
 * lines that may. Both are lines ended by line feeds, as term/wrap.h and term/markdown.h make them;
 * both may be empty. Where the cursor can't be moved only `done` is written. */
void live_paint(struct live *l, str done, str open, struct buf *out);
/* The lines are left as they are, and the cursor goes to the start of a line of its own. */
void live_end(struct live *l, struct buf *out);
/* The window has another width. reflows: the terminal has broken its lines anew by itself, as all
 * but a few do. look has the new size already. */
void live_resized(struct live *l, bool reflows);

#endif
