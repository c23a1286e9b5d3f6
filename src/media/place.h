/* Where generated files go, and what they are called.
 *
 * As OpenClaw does: --output replaces a file that is there; its extension is corrected when the
 * bytes are of another type; several files get -1, -2 … before it; missing folders are made.
 * Without
 * --output a file goes to $XDG_STATE_HOME/chela/media under a name with the time in it. What is
 * generated arrives in a draft beside its place, so that neither a failure nor a kill leaves half a
 * file under the name.
 */
#ifndef CHELA_MEDIA_PLACE_H
#define CHELA_MEDIA_PLACE_H

#include "base/draft.h"
#include "media/media.h"

struct place {
    char folder[PATH_MAX]; /* absolute; it is there */
    char stem[256];        /* of the name, without extension */
    char extension[32];    /* as asked for, without the dot; "" none */
    unsigned mode;         /* 0600 in the state folder, else what the umask leaves of 0666 */
};

/* output: --output; "" the state folder, a folder (or a text that ends in '/') takes a name with
 * the time. kind: the first word of that name, "image". Makes the folder. */
enum chela_error place_find(struct place *p, struct config *c, str output, const char *kind,
                            struct err *e);
/* "image-20261122-101530-9f3c": sorts by time, and two in one second differ. */
void place_name(char stem[256], const char *kind);
/* The folder of generated files in the state folder, without making it. */
void place_state_folder(struct config *c, char folder[PATH_MAX]);
/* Removes what place_name called `kind` from the state folder when it is older than so many
 * seconds: for what is made unasked, and would fill the disk. */
void place_prune(struct config *c, const char *kind, int64_t seconds);
/* "/folder/stem[-index].ext" for bytes of that type; count 1: no index. index from 1. */
enum chela_error place_path(const struct place *p, str mime, size_t index, size_t count,
                            char path[PATH_MAX], struct err *e);
enum chela_error place_draft(const struct place *p, struct draft *d, struct err *e);
/* Puts the draft in its place and describes it in *out (texts in a). claimed: the type that the
 * service said, for bytes that nobody knows; "" none. Fails, with the draft gone, when that cannot
 * be done. */
enum chela_error place_commit(const struct place *p, struct draft *d, str claimed, size_t index,
                              size_t count, struct media_file *out, struct arena *a, struct err *e);

#endif
