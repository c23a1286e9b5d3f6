/* What the commands that change the configuration share: one locked edit, and how it is told. */
#ifndef CHELA_CLI_EDITING_H
#define CHELA_CLI_EDITING_H

#include "cli/cli.h"
#include "config/edit.h"
#include "doc/json_write.h"

struct editing {
    char path[4096]; /* of the user's file, once the edit has begun */
    bool dry_run;    /* check, but write nothing */
    bool changed;    /* the text differs, or would */
};

typedef enum chela_error editing_fn(struct config_edit *x, void *ctx, struct err *e);

/* Begins, lets `change` do its edits, commits and ends. Warnings that the edit brings go to stderr,
 * with --json not. */
enum chela_error editing_run(struct cli *c, struct editing *r, editing_fn *change, void *ctx,
                             struct err *e);
/* "Updated FILE", or that nothing had to be changed; a line on stdout. */
void editing_tell(const struct editing *r);
/* "ok": true, "path", "changed" into the object that w has open. */
void editing_json(struct json_writer *w, const struct editing *r);
/* Prints and frees a result, and ends its last line; CHELA_NOMEM when it did not fit. */
enum chela_error editing_print(struct cli *c, struct buf *out, struct err *e);

#endif
