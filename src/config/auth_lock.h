/* The lock on the stored keys: one of ours, and the one that OpenClaw takes.
 *
 * Ours (base/file_lock.h) keeps chela's processes apart and goes with its holder. OpenClaw makes
 * auth-profiles.json.lock, with its process id in it, and waits while there is one whose maker
 * lives and that is younger than half a minute. So that the two never write over each other, that
 * file is made too, and one that is left over is judged by the same rule.
 */
#ifndef CHELA_CONFIG_AUTH_LOCK_H
#define CHELA_CONFIG_AUTH_LOCK_H

#include "base/err.h"
#include "base/file_lock.h"

#include <stdbool.h>

struct auth_lock {
    struct file_lock ours;
    char theirs[4096];
    bool made; /* theirs is there, and is ours to remove */
};

enum { AUTH_LOCK_WAIT_MS = 10000 };

/* path: of auth-profiles.json; its folder must exist. CHELA_TIMEOUT, naming who holds it. */
enum chela_error auth_lock(struct auth_lock *l, const char *path, int wait_ms, struct err *e);
void auth_unlock(struct auth_lock *l);

#endif
