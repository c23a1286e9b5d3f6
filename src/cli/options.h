/* From argv to a struct cli: which command, which options, which operands. */
#ifndef CHELA_CLI_OPTIONS_H
#define CHELA_CLI_OPTIONS_H

#include "cli/cli.h"

/* The command with the longest path that args start with; *used words of it. NULL with *e. */
const struct command *options_command(const str *args, size_t count, size_t *used, struct err *e);
/* What follows the command's words. Fails with CHELA_USAGE. */
enum chela_error options_parse(struct cli *c, const str *args, size_t count, struct err *e);

void help_overview(struct buf *out);
void help_command(const struct command *command, struct buf *out);
/* Commands whose path starts with the words typed ("infer", "infer model"); false: none. */
bool help_group(str words, struct buf *out);

#endif
