/* The table of commands: a new one is its file, src/cli/cmd_NAME.c, and a line here. */
#include "cli/cli.h"

#define COMMANDS(X)                                                                                \
    X(onboard)                                                                                     \
    X(infer_model_run)                                                                             \
    X(agent)                                                                                       \
    X(explain)                                                                                     \
    X(sandbox)                                                                                     \
    X(config_file)                                                                                 \
    X(config_get)                                                                                  \
    X(config_validate)                                                                             \
    X(config_set)                                                                                  \
    X(config_unset)                                                                                \
    X(config_schema)                                                                               \
    X(doc_check)                                                                                   \
    X(doc_get)                                                                                     \
    X(doc_set)                                                                                     \
    X(doc_unset)                                                                                   \
    X(completion)                                                                                  \
    X(completion_words)

#define DECLARE(name) extern const struct command cmd_##name;
COMMANDS(DECLARE)
#undef DECLARE

const struct command *const cli_commands[] = {
#define ROW(name) &cmd_##name,
    COMMANDS(ROW)
#undef ROW
        NULL,
};
