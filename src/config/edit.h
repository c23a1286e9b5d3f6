/* Changing the user's openclaw.json: one edit at a time, and of the file only what was asked.
 *
 *     config_edit_begin → config_edit_set, config_edit_unset … → config_edit_commit →
 * config_edit_end
 *
 * The document is the user's own file: not merged, not substituted; comments, order and every
 * other byte stay. From begin to end the file is locked against other edits (also of another
 * process), so what was read is still so when it is written. A process that is killed at any point
 * leaves the old file or the new one, whole; its lock goes with it.
 */
#ifndef CHELA_CONFIG_EDIT_H
#define CHELA_CONFIG_EDIT_H

#include "base/buf.h"
#include "base/file_lock.h"
#include "config/config.h"

struct config_edit {
    struct doc *doc;       /* to be read freely, and edited through the functions below */
    struct config *config; /* the file as it is in force before the edit: for aliases, params */
    struct config *after;  /* and as it would be: made by config_edit_check, or NULL */
    bool written;          /* by config_edit_commit: false when nothing had changed */
    /* what follows is the module's own */
    env_list env;
    struct buf text; /* the file as it was read */
    bool existed, made_folder;
    char target[4096]; /* what the configuration's name leads to through symbolic links */
    struct file_lock lock;
};

/* Locks (waits up to ten seconds, then CHELA_TIMEOUT), reads and parses. A missing file is an empty
 * object. A file that is no JSON5 is refused (CHELA_CONFIG, with the place); one with other
 * problems can be edited, so that it can be mended. After a failure there is nothing to end. `env`
 * must outlive the edit. */
enum chela_error config_edit_begin(struct config_edit *x, env_list env, struct err *e);
/* doc_path_set and doc_path_unset. Refused (CHELA_CONFIG, naming the file and the place) when what
 * stands at the path, or what it would stand in, was written in a file that is included: an edit of
 * the including file would not change it, or split it in two. A value that says the same as the one
 * in place changes nothing. */
enum chela_error config_edit_set(struct config_edit *x, str path, str value, struct err *e);
/* *removed (may be NULL): false when there was nothing. */
enum chela_error config_edit_unset(struct config_edit *x, str path, bool *removed, struct err *e);
/* Does the result load? CHELA_INPUT names the problem that the edit would bring (a mistyped key is
 * one); CHELA_CONFIG one that was there and that the edit does not mend. *changed (may be NULL):
 * the text differs. */
enum chela_error config_edit_check(struct config_edit *x, bool *changed, struct err *e);
/* The i-th warning that the edit brings, from 0; NULL: there are no more. After a check. */
const struct config_warning *config_edit_warning(const struct config_edit *x, size_t i);
/* Checks, writes the file, 0600, when it has changed, and keeps the one before as
 * openclaw.json.bak. CHELA_IO when another program (an editor) wrote the file meanwhile. After a
 * failure the file is as it was. */
enum chela_error config_edit_commit(struct config_edit *x, struct err *e);
/* Unlocks and frees; without a commit nothing was changed. */
void config_edit_end(struct config_edit *x);

/* What a word of the command line means at `path`: JSON5, or, unless that is all that is taken
 * (strict), a string without its quotes. Of 7 where a string belongs, "7" is made. *out receives
 * text for config_edit_set. CHELA_USAGE when it is neither. */
enum chela_error config_edit_read_value(str path, str word, bool strict, struct buf *out,
                                        struct err *e);

#endif
