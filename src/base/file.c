#include "base/file.h"

#include "base/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

enum chela_error file_read_fd(int fd, const char *name, struct buf *out, struct err *e) {
    for (;;) {
        /* One byte past the maximum tells "just fits" from "too large". */
        size_t left = out->max - out->n;
        char probe[1];
        char *at = left ? buf_room(out, left < 65536 ? left : 65536) : probe;
        if (!at) return err_set(e, CHELA_NOMEM, "%s: out of memory", name);
        ssize_t n = read(fd, at, left ? (left < 65536 ? left : 65536) : 1);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return err_set(e, CHELA_NOINPUT, "%s: %s", name, strerror(errno));
        if (n == 0) break;
        if (!left) return err_set(e, CHELA_LIMIT, "%s: larger than %zu bytes", name, out->max);
        out->n += (size_t)n;
    }
    if (out->p) out->p[out->n] = '\0';
    return CHELA_OK;
}

enum chela_error file_read(const char *path, struct buf *out, struct err *e) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_set(e, CHELA_NOINPUT, "%s: %s", path, strerror(errno));
    struct stat st;
    enum chela_error rc = CHELA_OK;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        rc = err_set(e, CHELA_NOINPUT, "%s: is a folder", path);
    else if (S_ISREG(st.st_mode) && (uintmax_t)st.st_size > out->max)
        rc = err_set(e, CHELA_LIMIT, "%s: larger than %zu bytes", path, out->max);
    else
        rc = file_read_fd(fd, path, out, e);
    close(fd);
    return rc;
}

enum chela_error file_mkdirs(const char *path, unsigned mode, struct err *e) {
    char part[PATH_MAX];
    if (!str_copy(part, sizeof part, str_c(path)))
        return err_set(e, CHELA_IO, "%s: the path is too long", path);
    for (char *slash = part + 1;; slash++) {
        if (*slash && *slash != '/') continue;
        char kept = *slash;
        *slash = '\0';
        if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST)
            return err_set(e, CHELA_IO, "%s: %s", part, strerror(errno));
        *slash = kept;
        if (!kept) return CHELA_OK;
    }
}

bool file_folder_of(const char *path, char folder[4096]) {
    ptrdiff_t slash = str_rchr(str_c(path), '/');
    str name = slash < 0 ? S(".") : slash == 0 ? S("/") : (str){ path, (size_t)slash };
    return str_copy(folder, PATH_MAX, name);
}

void file_sync_folder_of(const char *path) {
    char folder[PATH_MAX];
    if (!file_folder_of(path, folder)) return;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd); /* best effort: some file systems refuse to sync a folder */
    close(fd);
}

/* One step of a link that realpath does not follow, because it leads to nothing yet. False: it is
 * no link. */
static bool follow(char path[PATH_MAX], bool *too_long) {
    char text[PATH_MAX], next[PATH_MAX];
    ssize_t n = readlink(path, text, sizeof text);
    if (n < 0) return false;
    ptrdiff_t slash = text[0] == '/' ? -1 : str_rchr(str_c(path), '/');
    int len = snprintf(next, sizeof next, "%.*s%.*s", (int)(slash + 1), path, (int)n, text);
    *too_long = len < 0 || (size_t)len >= sizeof next || (size_t)n == sizeof text ||
                !str_copy(path, PATH_MAX, str_c(next));
    return !*too_long;
}

enum chela_error file_target(const char *path, char target[4096], struct err *e) {
    _Static_assert(PATH_MAX == 4096, "realpath writes PATH_MAX bytes");
    char name[PATH_MAX];
    bool too_long = !str_copy(name, sizeof name, str_c(path));
    for (int links = 0; !too_long; links++) {
        if (realpath(name, target)) return CHELA_OK;
        if (links == 40) return err_set(e, CHELA_IO, "%s: %s", path, strerror(ELOOP));
        if (!follow(name, &too_long)) break;
    }
    if (too_long) return err_set(e, CHELA_IO, "%s: the path is too long", path);
    str_copy(target, PATH_MAX, str_c(name));
    return CHELA_OK;
}

enum chela_error file_write(const char *path, str bytes, unsigned mode, struct err *e) {
    char target[PATH_MAX], folder[PATH_MAX];
    enum chela_error rc = file_target(path, target, e);
    if (rc != CHELA_OK) return rc;
    file_folder_of(target, folder);
    struct draft d;
    rc = draft_begin(&d, folder, mode, e);
    if (rc == CHELA_OK && fchmod(d.fd, (mode_t)mode) != 0) /* whatever the umask */
        rc = err_set(e, CHELA_IO, "%s: %s", target, strerror(errno));
    if (rc == CHELA_OK) rc = draft_write(&d, bytes, e);
    if (rc == CHELA_OK) return draft_commit(&d, target, e);
    draft_drop(&d);
    return err_prefix(e, rc, "%s: ", target);
}
