#include "config/auth_lock.h"

#include "base/clock.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    STALE_MS = 30000,
    UNSIGNED_MS = 2000, /* its maker died, or is about to write its name */
    LOOK_AGAIN_MS = 20,
};

static int64_t pid_in(str text) {
    int64_t pid = 0;
    ptrdiff_t at = str_find(text, S("\"pid\""));
    if (at < 0) return 0;
    text = str_trim(str_skip(text, (size_t)at + 5));
    if (!str_starts(text, S(":"))) return 0;
    text = str_trim(str_skip(text, 1));
    size_t n = 0;
    while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9') n++;
    return str_i64(str_head(text, n), &pid) ? pid : 0;
}

/* Is the lock file left over? *pid: who made it, 0 when it does not say. */
static bool left_over(const char *path, int64_t *pid) {
    char text[512];
    struct stat st;
    *pid = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return false; /* gone already, or nothing that could be judged */
    ssize_t n = read(fd, text, sizeof text);
    bool known = fstat(fd, &st) == 0;
    close(fd);
    if (!known) return false;
    if (n > 0) *pid = pid_in((str){ text, (size_t)n });
    int64_t made = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
    int64_t age = clock_unix_ms() - made;
    if (age < 0) age = -age; /* the clock was set back */
    bool dead = *pid > 0 && kill((pid_t)*pid, 0) != 0 && errno == ESRCH;
    return dead || age > STALE_MS || (!*pid && age > UNSIGNED_MS);
}

/* A name that cannot be written leaves an unsigned lock, which is a lock still. */
static void sign(int fd) {
    char text[64];
    int n = snprintf(text, sizeof text, "{\"pid\":%ld}\n", (long)getpid());
    ssize_t written = write(fd, text, (size_t)n);
    (void)written;
    close(fd);
}

static enum chela_error make_theirs(struct auth_lock *l, const char *path, int64_t end,
                                    struct err *e) {
    for (;;) {
        int64_t pid;
        int fd = open(l->theirs, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        l->made = fd >= 0;
        if (l->made) {
            sign(fd);
            return CHELA_OK;
        }
        if (errno != EEXIST) return err_set(e, CHELA_IO, "%s: %s", l->theirs, strerror(errno));
        if (left_over(l->theirs, &pid)) {
            if (unlink(l->theirs) == 0 || errno == ENOENT) continue;
            return err_set(e, CHELA_IO, "%s: %s", l->theirs, strerror(errno));
        }
        if (clock_ms() >= end) {
            char who[64] = "another program";
            if (pid) snprintf(who, sizeof who, "process %lld", (long long)pid);
            err_set(e, CHELA_TIMEOUT, "%s: %s is writing it", path, who);
            return err_hint(e, CHELA_TIMEOUT, "try again; if nothing is at work there, remove %s",
                            l->theirs);
        }
        poll(NULL, 0, LOOK_AGAIN_MS);
    }
}

enum chela_error auth_lock(struct auth_lock *l, const char *path, int wait_ms, struct err *e) {
    char ours[4096];
    const char *name = strrchr(path, '/');
    int64_t end = clock_ms() + wait_ms;
    *l = (struct auth_lock){ .ours = FILE_LOCK_INIT };
    name = name ? name + 1 : path;
    int n = snprintf(ours, sizeof ours, "%.*s.%s.lock", (int)(name - path), path, name);
    int m = snprintf(l->theirs, sizeof l->theirs, "%s.lock", path);
    if (n < 0 || m < 0 || (size_t)n >= sizeof ours || (size_t)m >= sizeof l->theirs)
        return err_set(e, CHELA_IO, "%s: the path is too long", path);
    enum chela_error rc = file_lock(&l->ours, ours, wait_ms, e);
    if (rc == CHELA_OK) rc = make_theirs(l, path, end, e);
    if (rc != CHELA_OK) auth_unlock(l);
    return rc;
}

void auth_unlock(struct auth_lock *l) {
    if (l->made) unlink(l->theirs);
    l->made = false;
    file_unlock(&l->ours);
}
