#include "media/place.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mime.h"
#include "base/picture_size.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOOKED_AT = 256 << 10 }; /* of a picture, for its size */

void place_state_folder(struct config *c, char folder[PATH_MAX]) {
    snprintf(folder, PATH_MAX, "%.*s/media", PATH_MAX - 8, config_where(c)->state);
}

void place_name(char stem[256], const char *kind) {
    time_t now = (time_t)(clock_unix_ms() / 1000);
    struct tm tm;
    char when[32] = "";
    unsigned char noise[2] = { 0 };
    if (localtime_r(&now, &tm)) strftime(when, sizeof when, "%Y%m%d-%H%M%S", &tm);
    if (getrandom(noise, sizeof noise, GRND_NONBLOCK) != (ssize_t)sizeof noise)
        noise[0] = (unsigned char)(clock_ms() & 255);
    snprintf(stem, 256, "%s-%s-%02x%02x", kind, when, noise[0], noise[1]);
}

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static enum chela_error too_long(str output, struct err *e) {
    return err_set(e, CHELA_IO, "%.*s…: the path is too long", STR_ARG(str_head(output, 80)));
}

/* The parts of "folder/stem.extension". */
static bool split(struct place *p, str output, str *folder) {
    ptrdiff_t slash = str_rchr(output, '/');
    str name = str_skip(output, (size_t)(slash + 1));
    *folder = slash < 0 ? S(".") : slash == 0 ? S("/") : str_head(output, (size_t)slash);
    ptrdiff_t dot = str_rchr(name, '.');
    bool has = dot > 0 && name.n - (size_t)dot - 1 < sizeof p->extension;
    str extension = has ? str_skip(name, (size_t)dot + 1) : (str){ 0 };
    return str_copy(p->stem, sizeof p->stem, has ? str_head(name, (size_t)dot) : name) &&
           str_copy(p->extension, sizeof p->extension, extension);
}

enum chela_error place_find(struct place *p, struct config *c, str output, const char *kind,
                            struct err *e) {
    char folder[PATH_MAX];
    *p = (struct place){ .mode = 0666 };
    str in = output;
    if (!output.n) {
        place_state_folder(c, folder);
        in = str_c(folder);
        place_name(p->stem, kind);
    } else if (str_copy(folder, sizeof folder, output) &&
               (str_ends(output, S("/")) || is_folder(folder))) {
        place_name(p->stem, kind);
    } else if (!split(p, output, &in)) {
        return too_long(output, e);
    }
    char made[PATH_MAX];
    if (!str_copy(made, sizeof made, in)) return too_long(output, e);
    enum chela_error rc = file_mkdirs(made, output.n ? 0777 : 0700, e);
    if (rc != CHELA_OK) return rc;
    if (!realpath(made, p->folder)) return err_set(e, CHELA_IO, "%s: %s", made, strerror(errno));
    if (!is_folder(made)) return err_set(e, CHELA_IO, "%s: it is no folder", made);
    char own[PATH_MAX];
    place_state_folder(c, own);
    if (str_eq(str_c(own), in)) p->mode = 0600;
    /* before anything is paid for */
    if (access(made, W_OK | X_OK) == 0) return CHELA_OK;
    return err_set(e, CHELA_IO, "%s: %s", made, strerror(errno));
}

void place_prune(struct config *c, const char *kind, int64_t seconds) {
    char path[PATH_MAX], start[64];
    place_state_folder(c, path);
    DIR *folder = opendir(path);
    time_t oldest = (time_t)(clock_unix_ms() / 1000 - seconds);
    if (!folder) return;
    snprintf(start, sizeof start, "%s-", kind);
    for (const struct dirent *f; (f = readdir(folder));) {
        struct stat st;
        if (str_starts(str_c(f->d_name), str_c(start)) &&
            fstatat(dirfd(folder), f->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && st.st_mtime < oldest)
            unlinkat(dirfd(folder), f->d_name, 0);
    }
    closedir(folder);
}

enum chela_error place_path(const struct place *p, str mime, size_t index, size_t count,
                            char path[PATH_MAX], struct err *e) {
    char asked[48];
    snprintf(asked, sizeof asked, "x.%s", p->extension);
    str extension = str_c(p->extension);
    bool fits = extension.n && str_eq(mime_of_name(str_c(asked)), mime);
    if (!fits && mime_extension(mime).n) extension = mime_extension(mime);
    if (!extension.n) extension = S("bin");
    char number[24] = "";
    if (count > 1) snprintf(number, sizeof number, "-%zu", index);
    int n = snprintf(path, PATH_MAX, "%s/%s%s.%.*s", p->folder[1] ? p->folder : "", p->stem, number,
                     STR_ARG(extension));
    if (n < 0 || n >= PATH_MAX) return too_long(str_c(p->folder), e);
    return CHELA_OK;
}

enum chela_error place_draft(const struct place *p, struct draft *d, struct err *e) {
    return draft_begin(d, p->folder, p->mode, e);
}

enum chela_error place_commit(const struct place *p, struct draft *d, str claimed, size_t index,
                              size_t count, struct media_file *out, struct arena *a,
                              struct err *e) {
    char path[PATH_MAX];
    char *head = malloc(LOOKED_AT);
    if (!head) {
        draft_drop(d);
        return err_set(e, CHELA_NOMEM, "out of memory");
    }
    str bytes = { head, draft_head(d, head, LOOKED_AT) };
    /* Raw samples may look like anything. */
    str mime = str_eq(claimed, S("audio/pcm")) ? claimed : mime_of_media(bytes);
    if (!mime.n) mime = claimed;
    *out = (struct media_file){ .mime = arena_dup(a, mime), .size = d->size };
    if (!picture_size(bytes, &out->width, &out->height)) out->width = out->height = 0;
    free(head);
    enum chela_error rc = place_path(p, mime, index, count, path, e);
    if (rc != CHELA_OK) {
        draft_drop(d);
        return rc;
    }
    out->path = arena_dup(a, str_c(path));
    return draft_commit(d, path, e);
}
