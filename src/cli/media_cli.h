/* What the media commands share: configuration, Ctrl-C, the line that says how long it takes, and
 * how a result is printed. */
#ifndef CHELA_CLI_MEDIA_CLI_H
#define CHELA_CLI_MEDIA_CLI_H

#include "cli/cli.h"
#include "media/media.h"
#include "media/picture_input.h"

#include <stdatomic.h>

struct media_cli {
    struct cli *cli;
    struct config *config;
    const atomic_bool *cancel;
    const char *what; /* "picture" */
    bool line_open;   /* a progress line stands on the terminal */
    bool pour;        /* --output -: the file's bytes go to standard output */
    int64_t start, drawn;
    struct picture_rules rules;
};

/* Reads the configuration and takes Ctrl-C over: *cancel becomes true, a second one ends the
 * program. media_cli_end gives it back, also after a failure. */
enum chela_error media_cli_begin(struct media_cli *m, struct cli *c, const char *what,
                                 struct err *e);
void media_cli_end(struct media_cli *m);
/* --output, as struct place takes it: "" for "-", whose file is made like one without a name, and
 * poured by media_cli_print. Not to a terminal, and not beside --json. */
enum chela_error media_cli_output(struct media_cli *m, str *output, struct err *e);
/* "picture: 12 s, 3.4 MB" on a terminal, at most five times a second; detail may be "". */
void media_cli_progress(struct media_cli *m, const char *detail);
/* "video: " and a line of the caller's, likewise. */
void media_cli_line(struct media_cli *m, const char *line);
void media_cli_clear(struct media_cli *m); /* takes the line away */
/* For media's on_notice: ctx is the struct media_cli. */
void media_cli_notice(void *ctx, const char *line);
/* With --json the envelope, else the paths, one a line, and what was ignored on stderr. Returns rc,
 * or what printing failed with. */
enum chela_error media_cli_print(struct media_cli *m, const struct media_result *r,
                                 enum chela_error rc, struct err *e);
/* Prints text that ends a command (explain, lists), with a line break at its end. */
void media_cli_text(const struct buf *text);
/* --timeout-ms: 0 when it is not given. */
enum chela_error media_cli_timeout(const struct cli *c, int64_t *ms, struct err *e);
bool media_cli_wants_json(const struct cli *c);   /* also under `chela explain --json` */
bool media_cli_wants_colour(const struct cli *c); /* of text on stdout */

#endif
