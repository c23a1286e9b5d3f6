/* Markdown that is still coming: what is finished is finished, the rest is shown as it looks now.
 *
 * The text is cut into pieces, each whole blocks of Markdown, where nothing that follows can change
 * them: a paragraph at the empty line behind it, a list when something else begins, a line of code
 * at its end. A finished piece is rendered once and never again. The open one is rendered anew
 * whenever it is to be seen; it holds at most MARKDOWN_MAX_PIECE bytes, then it is cut (a list
 * between two items, a table between two rows with its head repeated), so that an answer of any
 * length costs time in proportion to its length.
 *
 * Where it is cut depends on the text alone, not on how the text arrived.
 */
#ifndef CHELA_TERM_MARKDOWN_H
#define CHELA_TERM_MARKDOWN_H

#include "base/buf.h"
#include "term/look.h"
#include "term/render.h"

enum { MARKDOWN_MAX_PIECE = 16 << 10 };

struct markdown {
    struct render render;
    struct buf piece; /* the open piece's source */
    struct buf done;  /* lines of finished pieces, not yet taken */
    size_t line;      /* where the last line of `piece` begins … */
    size_t before;    /* … and the one before it */
    enum { MARKDOWN_TEXT, MARKDOWN_LIST, MARKDOWN_CODE } state;
    bool blank;      /* its last whole line is empty */
    bool follows_on; /* the piece goes on with what the one before it began */
    char fence;      /* of code: '`' or '~' … */
    size_t fence_length, fence_indent;
};

void markdown_init(struct markdown *m, const struct look *look); /* look is borrowed */
void markdown_free(struct markdown *m);
/* The next part of the text, cut anywhere. */
void markdown_feed(struct markdown *m, str text);
/* The text has ended: all of it is finished. */
void markdown_end(struct markdown *m);
/* Lines that have been finished since the last markdown_taken; each ends with a line feed. */
str markdown_done(const struct markdown *m);
void markdown_taken(struct markdown *m);
/* Appends the lines of the open piece as they look now. */
void markdown_open(const struct markdown *m, struct buf *out);

#endif
