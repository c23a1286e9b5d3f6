/* A block of code between two thin lines: verbatim, so that it can be copied off the screen. */
#ifndef CHELA_TERM_CODE_H
#define CHELA_TERM_CODE_H

#include "base/buf.h"
#include "term/look.h"

/* Without line feeds, all of them. */
void code_rule(const struct look *look, str label, size_t columns, struct buf *out);
void code_line(str line, struct buf *out); /* harmless, tabs to every 4th column */

#endif
