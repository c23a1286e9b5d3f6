/* A file that comes in pieces: written beside its place, put there when it is whole.
 *
 * Until draft_commit nothing stands under the name that counts, and what stood there before is
 * untouched; after it the file is whole and on the disk (fsync, rename, fsync of the folder).
 */
#ifndef CHELA_BASE_DRAFT_H
#define CHELA_BASE_DRAFT_H

#include "base/err.h"
#include "base/str.h"

#include <limits.h>

struct draft {
    int fd; /* open for reading too; -1: none */
    uint64_t size;
    char path[PATH_MAX];
};

#define DRAFT_NONE                                                                                 \
    { .fd = -1 }

/* A new file in `folder`, with a name of its own that starts with a dot. mode: as for open(2), so
 * the umask takes from it. On failure *d is none. */
enum chela_error draft_begin(struct draft *d, const char *folder, unsigned mode, struct err *e);
/* The same under a name that a later process will find again; what was there is emptied. */
enum chela_error draft_begin_at(struct draft *d, const char *path, unsigned mode, struct err *e);
enum chela_error draft_write(struct draft *d, str bytes, struct err *e);
/* The first bytes of what was written, at most cap; returns how many. */
size_t draft_head(const struct draft *d, char *dst, size_t cap);
/* Puts it at `path` (what that leads to, if it is a link), replacing what is there. On failure the
 * draft is gone and the target as it was; *d is none either way. */
enum chela_error draft_commit(struct draft *d, const char *path, struct err *e);
void draft_drop(struct draft *d); /* removes it; nothing when there is none */

#endif
