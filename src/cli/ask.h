/* Questions to a person at a terminal. They are put on stderr, so that stdout stays the result's.
 *
 * A hidden answer is read with the terminal's echo off. However the question ends, the terminal is
 * as it was: an answer, Ctrl-C, a signal that ends the program; Ctrl-Z gives it back too, and the
 * question is asked again when the program goes on.
 */
#ifndef CHELA_CLI_ASK_H
#define CHELA_CLI_ASK_H

#include "base/buf.h"
#include "base/err.h"

#include <stdatomic.h>

/* Is there somebody to ask: are stdin and stderr terminals? */
bool ask_is_possible(void);

/* Between the two, Ctrl-C ends no program: it sets ask_cancel, and a question that waits gives
 * CHELA_CANCELLED. */
void ask_begin(void);
void ask_end(void);
const atomic_bool *ask_cancel(void);

/* Both give CHELA_CANCELLED for Ctrl-C and at the end of the input. */
/* The line, without its end; *answer may hold a secret: wipe it. */
enum chela_error ask_hidden(const char *question, struct buf *answer, struct err *e);
/* "question [Y/n] "; an empty line is `otherwise`. */
enum chela_error ask_yes(const char *question, bool otherwise, bool *yes, struct err *e);

#endif
