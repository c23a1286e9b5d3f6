/* One writer at a time, across processes: a lock file that the kernel lets go of when its holder
 * dies, however it dies.
 *
 * The file is empty and is removed by whoever unlocks. One that a killed process left behind is
 * taken over: what locks is flock(2), not that the file is there.
 */
#ifndef CHELA_BASE_FILE_LOCK_H
#define CHELA_BASE_FILE_LOCK_H

#include "base/err.h"

struct file_lock {
    int fd; /* -1: not locked */
    char path[4096];
};

#define FILE_LOCK_INIT                                                                             \
    { .fd = -1 }

/* path: of the lock file, made 0600 in a folder that is there. CHELA_TIMEOUT when another process
 * held it for all of timeout_ms; CHELA_IO when it cannot be made. On failure nothing is locked. */
enum chela_error file_lock(struct file_lock *l, const char *path, int timeout_ms, struct err *e);
void file_unlock(struct file_lock *l); /* of what is not locked: nothing */

#endif
