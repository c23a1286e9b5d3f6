/* Files, read whole and written whole.
 *
 * file_write replaces a file or leaves it as it was: temporary file beside it, fsync, rename, fsync
 * of the folder; a symbolic link is followed, also to a file that is not there yet, so the link
 * stays. Messages name the path.
 */
#ifndef CHELA_BASE_FILE_H
#define CHELA_BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the file's bytes to *out. Fails when it is no regular file (or pipe) or is larger than
 * out->max. "-" is not special. */
enum chela_error file_read(const char *path, struct buf *out, struct err *e);
enum chela_error file_read_fd(int fd, const char *name, struct buf *out, struct err *e);
/* What `path` leads to, through symbolic links: where file_write would put the bytes. */
enum chela_error file_target(const char *path, char target[4096], struct err *e);
/* mode: permission bits of the new file, e.g. 0600. */
enum chela_error file_write(const char *path, str bytes, unsigned mode, struct err *e);
/* Makes the folder and those above it that are missing, each with `mode`. */
enum chela_error file_mkdirs(const char *path, unsigned mode, struct err *e);
bool file_exists(const char *path);
/* The folder that `path` stands in; false: too long. */
bool file_folder_of(const char *path, char folder[4096]);
/* After a rename: so that the name survives a power cut. Best effort. */
void file_sync_folder_of(const char *path);

#endif
