/* Turns on one session wait for each other: the second sees what the first added. */
#ifndef CHELA_AGENT_SESSION_LOCK_H
#define CHELA_AGENT_SESSION_LOCK_H

#include "base/file_lock.h"
#include "base/str.h"

#include <stdatomic.h>
#include <stdint.h>

struct session_wait {
    const atomic_bool *cancel; /* NULL: cannot be cancelled */
    int64_t most_ms;           /* 0: ten minutes, which is also the most */
    void *ctx;
    void (*on_notice)(void *ctx, const char *line); /* once, after a second; NULL: none */
};

/* state: the folder where state is kept; made when missing. CHELA_TIMEOUT, CHELA_CANCELLED. Ended
 * by file_unlock, or with the process. */
enum chela_error session_lock(struct file_lock *l, const char *state, str id,
                              const struct session_wait *wait, struct err *e);

#endif
