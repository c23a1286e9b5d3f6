/* chela completion: the scripts that complete chela's command lines, and the words that they ask
 * for when the key is pressed. */
#include "base/suggest.h"
#include "cli/complete.h"

static const size_t max_script = 4u << 20;

static enum chela_error print(struct buf *out, struct err *e) {
    bool failed = out->failed;
    cli_print(buf_str(out));
    buf_free(out);
    return failed ? err_set(e, CHELA_NOMEM, "out of memory") : CHELA_OK;
}

static enum chela_error run(struct cli *c, struct err *e) {
    static const struct {
        const char *name;
        void (*write)(struct buf *out);
    } shells[] = { { "bash", complete_bash }, { "zsh", complete_zsh }, { "fish", complete_fish } };
    struct suggest near;
    suggest_init(&near, c->arg[0]);
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        struct buf out = BUF_INIT(max_script);
        suggest_offer(&near, str_c(shells[i].name));
        if (!str_eq(c->arg[0], str_c(shells[i].name))) continue;
        shells[i].write(&out);
        return print(&out, e);
    }
    err_set(e, CHELA_USAGE, "no completion for the shell \"%.*s\"", STR_ARG(c->arg[0]));
    if (near.best.n) return err_hint(e, CHELA_USAGE, "did you mean %.*s?", STR_ARG(near.best));
    return err_hint(e, CHELA_USAGE, "there is one for bash, zsh and fish");
}

static const struct option_spec no_options[] = { { 0 } };

const struct command cmd_completion = {
    .path = "completion",
    .operands = "bash|zsh|fish",
    .summary = "Print the script that completes chela's command lines in a shell",
    .details = "Packages install it. Else, in ~/.bashrc: source <(chela completion bash)",
    .options = no_options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};

static enum chela_error run_words(struct cli *c, struct err *e) {
    struct buf out = BUF_INIT(max_script);
    enum chela_error rc = complete_words(c->arg[0], c->env, &out, e);
    if (rc == CHELA_OK) return print(&out, e);
    buf_free(&out);
    return rc;
}

const struct command cmd_completion_words = {
    .path = "completion words",
    .operands = "KIND",
    .summary = "Print what an option may take, a line each",
    .options = no_options,
    .min_args = 1,
    .max_args = 1,
    .hidden = true,
    .run = run_words,
};
