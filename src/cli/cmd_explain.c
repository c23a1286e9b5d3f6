/* chela explain: another command line, built to the last byte of its request and not sent. */
#include "cli/cli.h"

static const struct option_spec options[] = {
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of text" },
    { 0 },
};

static enum chela_error run(struct cli *c, struct err *e) {
    static struct cli inner;
    inner = (struct cli){ .env = c->env, .explain = true, .explain_json = c->json };
    const str *words = c->arg;
    size_t count = c->arg_count;
    if (count && str_eq(words[0], S("chela"))) { /* pasted as it was typed */
        words++;
        count--;
    }
    if (!count) {
        err_set(e, CHELA_USAGE, "chela explain: which command line?");
        return err_hint(e, CHELA_USAGE, "chela explain infer model run --prompt \"Say hello\"");
    }
    enum chela_error rc = cli_run(&inner, words, count, e);
    c->envelope_printed = inner.envelope_printed;
    return rc;
}

const struct command cmd_explain = {
    .path = "explain",
    .operands = "COMMAND LINE…",
    .summary = "Show the exact request a command would send, and why",
    .details =
        "Prints method, URL, headers (secrets masked) and body, and for every header and field\n"
        "that a rule added, changed, dropped or withheld: the rule, the reason and the place in\n"
        "the documentation. Sends nothing and writes nothing. Options of explain itself stand\n"
        "before the command line; --json inside it counts as well.",
    .options = options,
    .min_args = 0,
    .max_args = 256,
    .passes_words = true,
    .run = run,
};
