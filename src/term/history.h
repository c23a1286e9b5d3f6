/* The file of what was typed: one input a line, oldest first, for its user alone (0600).
 *
 * "\n" and "\\" stand for a line feed and a backslash. Every input is appended at once, so nothing
 * is lost however the process ends; when the file has twice the inputs that are kept it is
 * shortened.
 */
#ifndef CHELA_TERM_HISTORY_H
#define CHELA_TERM_HISTORY_H

#include "base/buf.h"
#include "base/err.h"

enum { HISTORY_KEEPS = 1000, HISTORY_LONGEST = 8 << 10 };

/* Calls `take` for the last HISTORY_KEEPS inputs. A missing file has none; a file that can't be
 * read is left alone. */
enum chela_error history_load(const char *path, void (*take)(void *ctx, str input), void *ctx,
                              struct err *e);
/* Inputs of more than HISTORY_LONGEST bytes are not kept. */
enum chela_error history_append(const char *path, str input, struct err *e);

#endif
