/* What `infer model run` and `agent` share: a request goes in, the answer streams out. */
#ifndef CHELA_CLI_TALK_H
#define CHELA_CLI_TALK_H

#include "chela.h"
#include "cli/cli.h"

/* The text of --name, "-" standing for standard input; several are joined by a blank line; none
 * given: standard input when it is no terminal. The result is owned by *out. */
enum chela_error talk_prompt(const struct cli *c, const char *option, struct buf *out,
                             struct err *e);
/* The paths of --name as a chela_request takes them, in `list`; NULL when there are none. */
const char *const *talk_files(const struct cli *c, const char *option,
                              const char *list[CLI_MAX_REPEATS + 1]);
/* Runs the request, printing what comes; for a caller that keeps the library open. */
enum chela_error talk_run(struct cli *c, struct chela *lib, const struct chela_request *request,
                          struct err *e);
/* What the library failed with last, in *e; returns its code. */
enum chela_error talk_failure(struct chela *lib, struct err *e);
/* Runs (or explains, under `chela explain`) the request and prints what comes of it. */
enum chela_error talk(struct cli *c, const struct chela_request *request, struct err *e);

#endif
