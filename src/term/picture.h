/* A picture in the terminal.
 *
 * PNG goes to terminals with kitty's graphics protocol as it is (kitty, Ghostty, WezTerm, Konsole);
 * for other terminals and other files `chafa` draws it with characters, if it is installed. Where
 * neither can, the caller prints the path.
 */
#ifndef CHELA_TERM_PICTURE_H
#define CHELA_TERM_PICTURE_H

#include "base/buf.h"
#include "term/look.h"

/* Whether the environment (a "NAME=value" list) names a terminal that has kitty's protocol. */
bool picture_kitty_named(const char *const *environment);
/* Whether the terminal has kitty's protocol: what the environment says, else
 * the terminal is asked, once in the life of the process, and has 100 ms to answer. What somebody
 * typed meanwhile is appended to *typed. terminal_quiet(true) must hold. */
bool picture_kitty(const char *const *environment, struct buf *typed);
/* Appends what shows the picture to *out, a few lines less high than the screen; false: it can't be
 * shown. `bytes` is the file's content. */
bool picture_show(const char *path, str bytes, bool kitty, const struct look *look,
                  struct buf *out);

#endif
