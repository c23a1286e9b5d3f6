/* Completion in shells: scripts made from the tables that parse, one file a shell.
 *
 * A script holds the commands, their options and what each of these takes; only what changes from
 * day to day (models, sessions) is asked of `chela completion words` when the key is pressed, which
 * reads files and never the network.
 */
#ifndef CHELA_CLI_COMPLETE_H
#define CHELA_CLI_COMPLETE_H

#include "cli/cli.h"

enum takes_kind {
    TAKES_NOTHING, /* a flag; an operand that is not there */
    TAKES_TEXT,    /* anything */
    TAKES_CHOICE,  /* one of text: "md|json|jsonl" */
    TAKES_WORDS,   /* one of `chela completion words TEXT` */
    TAKES_FILE,
    TAKES_FOLDER,
};
struct takes {
    enum takes_kind kind;
    str text;
    str name;   /* what to call it: "FILE" */
    bool more;  /* an operand, and all that follow it */
    bool maybe; /* an option's value that may be left out */
};

/* Told by the metavariable ("a|b" is a choice, FILE a file, REF a model …) and by the name. */
struct takes takes_option(const struct command *c, const struct option_spec *o);
/* Of the operand at `index`. */
struct takes takes_operand(const struct command *c, size_t index);

enum { COMPLETE_MAX = 256 };
/* Every beginning of the path of a command that is shown ("config", "config get"), each once, in
 * the table's order; how many. */
size_t complete_prefixes(str out[COMPLETE_MAX]);
/* Those of one word more than `path` ("" for the first words). */
size_t complete_following(str path, str out[COMPLETE_MAX]);
str complete_last(str path); /* its last word */
/* NULL when it is only a beginning. */
const struct command *complete_command(str path);

void complete_bash(struct buf *out);
void complete_zsh(struct buf *out);
void complete_fish(struct buf *out);
/* What of a script is the same for all commands: src/cli/shells/chela.* */
extern const char complete_shell_bash[], complete_shell_zsh[], complete_shell_fish[];

/* The words of a kind, a line each: the word, or the word, a tab and what it is. CHELA_USAGE for a
 * kind that there is not. What cannot be read has no words. */
enum chela_error complete_words(str kind, env_list env, struct buf *out, struct err *e);

#endif
