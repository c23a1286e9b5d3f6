/* chela-engines as a child of the sandbox.
 *
 * Codecs are large and break on hostile input, so pictures, video and sound are made in a program
 * of their own. It is started when something is first asked of it. The sandbox binds the socket and
 * hands it down, so requests wait in its queue while the child starts, or starts again: after it
 * died, with a pause that grows while it keeps dying. Its standard input is a pipe of ours, so it
 * ends with us, however we end.
 */
#ifndef CHELA_SANDBOX_ENGINES_H
#define CHELA_SANDBOX_ENGINES_H

#include "base/err.h"
#include "base/str.h"

#include <uv.h>

struct engines;

/* Where chela-engines should be: beside this program; "" when that cannot be told. */
void engines_find(char *path, size_t cap);
/* program: the path of chela-engines; NULL or a file that is not there: every call fails, saying
 * so. Starts nothing yet. NULL: out of memory. */
struct engines *engines_new(uv_loop_t *loop, const char *program);
/* A folder for files, made when first asked for; gone after engines_stop. NULL with *e. */
const char *engines_folder(struct engines *s, struct err *e);
uv_loop_t *engines_loop(const struct engines *s);
/* Ends the child and the folder; done (may be NULL) is called once, then engines_free. Calls that
 * are under way fail. */
void engines_stop(struct engines *s, void (*done)(void *ctx), void *ctx);
void engines_free(struct engines *s);

/* For engine_call.c: the socket's path, the child started or about to be. NULL with *e. */
const char *engines_socket(struct engines *s, struct err *e);
/* How many calls wait for an answer: while there are any, a child that died is started again. */
void engines_count_call(struct engines *s, int change);

#endif
