#include "base/file_lock.h"

#include "base/clock.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MS = 5 }; /* between two tries */

/* Its holder may have removed the file while we waited: then the lock we got is on nothing. */
static bool is_in_place(const struct file_lock *l) {
    struct stat held, there;
    return fstat(l->fd, &held) == 0 && stat(l->path, &there) == 0 && held.st_ino == there.st_ino &&
           held.st_dev == there.st_dev;
}

static void drop(struct file_lock *l) {
    close(l->fd);
    l->fd = -1;
}

enum chela_error file_lock(struct file_lock *l, const char *path, int timeout_ms, struct err *e) {
    *l = (struct file_lock)FILE_LOCK_INIT;
    if (!str_copy(l->path, sizeof l->path, str_c(path)))
        return err_set(e, CHELA_IO, "%s: the path is too long", path);
    const int64_t end = clock_ms() + timeout_ms;
    for (;;) {
        if (l->fd < 0) l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (l->fd < 0) return err_set(e, CHELA_IO, "%s: %s", path, strerror(errno));
        if (flock(l->fd, LOCK_EX | LOCK_NB) == 0) {
            if (is_in_place(l)) return CHELA_OK;
            drop(l);
            continue;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            err_set(e, CHELA_IO, "%s: %s", path, strerror(errno));
            drop(l);
            return CHELA_IO;
        }
        if (clock_ms() >= end) {
            drop(l);
            return err_set(e, CHELA_TIMEOUT, "%s is held by another process", path);
        }
        nanosleep(&(struct timespec){ .tv_nsec = PAUSE_MS * 1000000 }, NULL);
    }
}

void file_unlock(struct file_lock *l) {
    if (l->fd < 0) return;
    if (is_in_place(l)) unlink(l->path);
    (void)flock(l->fd, LOCK_UN); /* a forked child may still have the descriptor */
    drop(l);
}
