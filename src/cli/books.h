/* What `chela gateway keys` and `chela gateway usage` share: the gateway's books. */
#ifndef CHELA_CLI_BOOKS_H
#define CHELA_CLI_BOOKS_H

#include "cli/cli.h"
#include "ledger/ledger.h"

struct books {
    struct config_paths where;
    struct store *store; /* NULL: there are none yet */
    struct arena arena;
    int64_t now_ms;
};

/* make: the file, if there is none. books_close is fine also when it failed. */
enum chela_error books_open(struct books *b, env_list env, bool make, struct err *e);
void books_close(struct books *b);
/* "2026-11-25", "2026-11-25T20:12:03Z", or so far from now in a direction (1, -1): "90m", "12h",
 * "30d". CHELA_USAGE names the option. */
enum chela_error books_time(const struct books *b, const char *option, str text, int direction,
                            int64_t *unix_ms, struct err *e);

#endif
