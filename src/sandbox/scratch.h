/* A folder for the life of this process: the engines' socket, and videos until they are fetched.
 *
 * A process that was killed leaves its folder behind; the next one removes it. Whose folder is in
 * use is told by a lock on a file in it, which ends with its process.
 */
#ifndef CHELA_SANDBOX_SCRATCH_H
#define CHELA_SANDBOX_SCRATCH_H

#include "base/err.h"

struct scratch_folder {
    char path[96]; /* a Unix socket in it must fit into 108 bytes */
    int lock;
};

/* $TMPDIR/chela-sandbox-XXXXXX, or under /tmp; for its owner alone. */
enum chela_error scratch_make(struct scratch_folder *s, struct err *e);
/* A Unix socket in a folder of this kind, bound and listening; -1 with *e. */
int scratch_listen(const char *folder, const char *name, char path[108], struct err *e);
void scratch_remove(struct scratch_folder *s); /* with all that is in it */

#endif
