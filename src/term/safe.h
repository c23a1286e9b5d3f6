/* Text from outside, made harmless for a terminal.
 *
 * A model's answer, a tool's arguments, an error's message may hold anything. Whatever could move
 * the cursor, change a setting, reorder what is read or hide text is replaced by something that is
 * seen: a control character by its picture (ESC by U+241B), the rest by U+FFFD. Line feeds and tabs
 * stay; so do the marks that languages need (joiners, accents, right-to-left marks).
 */
#ifndef CHELA_TERM_SAFE_H
#define CHELA_TERM_SAFE_H

#include "base/buf.h"

/* Appends s, harmless, to out. Cutting s between UTF-8 sequences changes nothing but a flag that is
 * spelt in tag characters. */
void safe_text(struct buf *out, str s);
/* The same in one line: line feeds and tabs become blanks. */
void safe_line(struct buf *out, str s);

#endif
