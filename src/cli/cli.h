/* The command line: a table of commands, each one file that ends in one const struct command.
 *
 * Option tables give parsing, --help and completion. Results go to stdout, everything else to
 * stderr; with --json one envelope, errors too.
 */
#ifndef CHELA_CLI_CLI_H
#define CHELA_CLI_CLI_H

#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_INT,
    OPTION_MAYBE, /* a text that may be left out: --name, --name=text, --name text (not "-…") */
};

struct option_spec {
    const char *name; /* "model": --model */
    char letter;      /* 'm', or 0 */
    enum option_kind kind;
    const char *arg;  /* "REF" in help; NULL for flags. What it completes to: complete.c */
    const char *help; /* NULL: accepted for OpenClaw's sake, without effect, not shown */
};

enum { CLI_MAX_OPTIONS = 48, CLI_MAX_REPEATS = 16 };

struct cli_value {
    const struct option_spec *spec;
    str text[CLI_MAX_REPEATS]; /* in order; count 0: not given */
    size_t count;
    int64_t number;
};

struct cli { /* one invocation */
    env_list env;
    const struct command *command;
    struct cli_value value[CLI_MAX_OPTIONS];
    str arg[256]; /* operands */
    size_t arg_count;
    bool json;    /* --json was given and the command has it */
    bool explain; /* run under `chela explain`: build, do not send, write nothing */
    bool explain_json;
    bool envelope_printed; /* the command told its failure on stdout itself */
    int exit_code;         /* of a command that did its work, when the answer is told that way */
};

struct command {
    const char *path;                  /* "infer model run" */
    const char *alias;                 /* OpenClaw's name for it, or NULL */
    const char *operands;              /* "FILE…" or NULL */
    const char *summary;               /* one line */
    const char *details;               /* paragraphs of --help, or NULL */
    const struct option_spec *options; /* ends with name NULL */
    size_t min_args, max_args;
    bool can_explain;
    bool hidden;       /* for programs, not people: in no list */
    bool passes_words; /* its operands are another command line: options are not looked for */
    /* Returns CHELA_OK or a code with *e filled. Prints results itself through cli_print. */
    enum chela_error (*run)(struct cli *c, struct err *e);
};

extern const struct command *const cli_commands[]; /* NULL at the end */

bool cli_given(const struct cli *c, const char *option);
str cli_text(const struct cli *c, const char *option); /* the last one given; "" when not */
size_t cli_texts(const struct cli *c, const char *option,
                 const str **texts); /* all that were given */
int64_t cli_int(const struct cli *c, const char *option, int64_t otherwise);

void cli_print(str text);                                                  /* stdout, at once */
void cli_note(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* stderr, a line */
bool cli_err_is_terminal(void);
bool cli_out_is_terminal(void);
bool cli_colour(bool terminal, env_list env); /* NO_COLOR and TERM=dumb say no */

/* Finds the command in args, parses and runs it. For main and `chela explain`. */
enum chela_error cli_run(struct cli *c, const str *args, size_t count, struct err *e);

#endif
