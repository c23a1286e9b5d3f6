/* Markdown → lines of a terminal: md4c reads, this writes.
 *
 * CommonMark with tables, strikethrough, task lists, bare links and formulas. Two departures, both
 * so that nothing an answer says is lost: a line break stays one (models put them where they mean
 * them), and what Markdown would hide is shown (HTML, link definitions, the address behind a link).
 * Code is verbatim and never broken, so that it can be copied.
 */
#ifndef CHELA_TERM_RENDER_H
#define CHELA_TERM_RENDER_H

#include "base/buf.h"
#include "term/look.h"

struct render {
    const struct look *look;
    bool gap; /* in: an empty line comes first, if anything comes; out: something has come */
    /* in: the number of the first item if the piece begins with an ordered list, 0: as written;
     * out: the number that the list which the piece ends with would go on with, else 0 */
    unsigned ordinal;
};

/* Appends the lines of a piece, each ended by a line feed. The piece is whole blocks, the last one
 * maybe unfinished. What md4c can't take is shown as it is written. */
void render_markdown(struct render *r, str piece, struct buf *out);

#endif
