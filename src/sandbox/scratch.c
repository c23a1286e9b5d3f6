#include "sandbox/scratch.h"

#include "base/log.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "chela-sandbox-"

enum {
    YOUNG_S = 60, /* a folder may be made before it is locked */
    BACKLOG = 512,
};

static const char *parent(void) {
    const char *tmp = getenv("TMPDIR");
    return tmp && tmp[0] == '/' && strlen(tmp) < 70 ? tmp : "/tmp";
}

static void empty_folder(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(path);
}

static int lock_of(const char *folder, int flags) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/lock", folder);
    int fd = n > 0 && (size_t)n < sizeof path
                 ? open(path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600)
                 : -1;
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

static void remove_if_left_behind(const char *path) {
    struct stat st;
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != getuid()) return;
    if (time(NULL) - st.st_mtime < YOUNG_S) return;
    int lock = lock_of(path, O_CREAT);
    if (lock < 0) return;
    log_debug("removing %s, which a sandbox left behind", path);
    empty_folder(path);
    close(lock);
}

static void sweep(void) {
    DIR *folder = opendir(parent());
    if (!folder) return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[PATH_MAX];
        if (!str_starts(str_c(entry->d_name), S(PREFIX))) continue;
        snprintf(path, sizeof path, "%s/%s", parent(), entry->d_name);
        remove_if_left_behind(path);
    }
    closedir(folder);
}

enum chela_error scratch_make(struct scratch_folder *s, struct err *e) {
    sweep();
    snprintf(s->path, sizeof s->path, "%s/" PREFIX "XXXXXX", parent());
    s->lock = -1;
    if (!mkdtemp(s->path)) {
        int why = errno;
        s->path[0] = '\0';
        return err_set(e, CHELA_IO, "no folder in %s: %s", parent(), strerror(why));
    }
    s->lock = lock_of(s->path, O_CREAT);
    return CHELA_OK;
}

int scratch_listen(const char *folder, const char *name, char path[108], struct err *e) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int n = snprintf(path, sizeof address.sun_path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof address.sun_path) {
        err_set(e, CHELA_IO, "%s: the path is too long for a socket", folder);
        return -1;
    }
    str_copy(address.sun_path, sizeof address.sun_path, str_c(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    err_set(e, CHELA_IO, "%s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    return -1;
}

void scratch_remove(struct scratch_folder *s) {
    if (!s->path[0]) return;
    empty_folder(s->path);
    if (s->lock >= 0) close(s->lock);
    s->path[0] = '\0';
}
