/* A program run to its end: bytes in, bytes out, a deadline, and nothing of it left behind.
 *
 * For what is GPL or reads hostile files (ffmpeg, espeak-ng), for players and chafa, and for
 * chela-engines when doctor asks it: what may hang or crash stays outside. Each is started directly
 * (no shell) in a process group of its own; on cancel, deadline or too much output the group is
 * killed. Its standard error is kept for the message of a failure. Blocks: for
 * worker threads.
 */
#ifndef CHELA_BASE_CHILD_H
#define CHELA_BASE_CHILD_H

#include "base/buf.h"
#include "base/err.h"

#include <stdatomic.h>

struct child {
    const char *const *argv; /* [0] is looked up in PATH */
    str input;
    /* More input when all of the last piece is written; empty: that was all. NULL: only `input`. */
    str (*more)(void *ctx);
    void *ctx;
    struct buf *out; /* standard output up to its maximum; NULL: dropped */
    int64_t limit_ms;
    const atomic_bool *cancel; /* may be NULL */
};

/* CHELA_UNAVAILABLE: not installed; CHELA_CANCELLED, CHELA_TIMEOUT, CHELA_LIMIT; CHELA_INPUT: it
 * failed, the message has its last words. A child that stops reading early is no failure. */
enum chela_error child_run(const struct child *c, struct err *e);
/* Whether a program of this name is in the folders of `search` (PATH's value; NULL: the process's
 * own). */
bool child_there(const char *search, const char *name);

#endif
