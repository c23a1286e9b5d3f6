#include "base/draft.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { TRIES = 100 };

static enum chela_error none(struct draft *d, const char *path, int why, struct err *e) {
    d->fd = -1;
    return err_set(e, CHELA_IO, "%s: %s", path, strerror(why));
}

static bool make_name(struct draft *d, const char *folder) {
    unsigned char noise[8] = { 0 };
    ssize_t got = getrandom(noise, sizeof noise, 0);
    if (got != (ssize_t)sizeof noise) noise[0] = (unsigned char)(getpid() & 255);
    char word[2 * sizeof noise + 1];
    for (size_t i = 0; i < sizeof noise; i++) snprintf(word + 2 * i, 3, "%02x", noise[i]);
    int len = snprintf(d->path, sizeof d->path, "%s/.chela-%s.part", folder, word);
    return len > 0 && (size_t)len < sizeof d->path;
}

enum chela_error draft_begin(struct draft *d, const char *folder, unsigned mode, struct err *e) {
    *d = (struct draft)DRAFT_NONE;
    for (int i = 0; i < TRIES; i++) {
        if (!make_name(d, folder)) return none(d, folder, ENAMETOOLONG, e);
        d->fd = open(d->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
        if (d->fd >= 0) return CHELA_OK;
        if (errno != EEXIST) break;
    }
    return none(d, folder, errno, e);
}

enum chela_error draft_begin_at(struct draft *d, const char *path, unsigned mode, struct err *e) {
    *d = (struct draft)DRAFT_NONE;
    if (!str_copy(d->path, sizeof d->path, str_c(path))) return none(d, path, ENAMETOOLONG, e);
    d->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
    return d->fd >= 0 ? CHELA_OK : none(d, path, errno, e);
}

enum chela_error draft_write(struct draft *d, str bytes, struct err *e) {
    while (bytes.n) {
        ssize_t n = write(d->fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return err_set(e, CHELA_IO, "%s: %s", d->path, strerror(errno));
        d->size += (uint64_t)n;
        bytes = str_skip(bytes, (size_t)n);
    }
    return CHELA_OK;
}

size_t draft_head(const struct draft *d, char *dst, size_t cap) {
    size_t have = 0;
    while (have < cap) {
        ssize_t n = pread(d->fd, dst + have, cap - have, (off_t)have);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        have += (size_t)n;
    }
    return have;
}

enum chela_error draft_commit(struct draft *d, const char *path, struct err *e) {
    char target[PATH_MAX];
    if (file_target(path, target, e) != CHELA_OK) {
        draft_drop(d);
        return CHELA_IO;
    }
    bool good = fsync(d->fd) == 0;
    int why = errno;
    if (close(d->fd) != 0 && good) {
        good = false;
        why = errno;
    }
    d->fd = -1;
    if (good && rename(d->path, target) != 0) {
        good = false;
        why = errno;
    }
    if (good) {
        file_sync_folder_of(target);
        return CHELA_OK;
    }
    unlink(d->path);
    return err_set(e, CHELA_IO, "%s: %s", target, strerror(why));
}

void draft_drop(struct draft *d) {
    if (d->fd < 0) return;
    close(d->fd);
    unlink(d->path);
    d->fd = -1;
}
