/* The tables of each shell's script, behind what is the same for all commands (shells/chela.*). */
#include "cli/complete.h"

#include <string.h>

/* ---- texts in single quotes ---- */

/* Each of `special` is escaped with a backslash; a quote as the shell wants it. */
static void quoted(struct buf *out, str text, const char *special, const char *quote) {
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\'')
            buf_add(out, str_c(quote));
        else if (strchr(special, c))
            buf_addf(out, "\\%c", c);
        else
            buf_addc(out, c);
    }
}

static const char posix_quote[] = "'\\''", fish_quote[] = "\\'";

/* "a|b" as "a b" */
static void choices(struct buf *out, str list) {
    for (size_t i = 0; i < list.n; i++) buf_addc(out, list.p[i] == '|' ? ' ' : list.p[i]);
}

static const struct option_spec *shown(const struct option_spec *o) {
    while (o && o->name && !o->help) o++;
    return o && o->name ? o : NULL;
}

/* ---- bash ---- */

static void bash_kind(struct buf *out, struct takes t) {
    if (t.maybe) buf_addc(out, '?');
    switch (t.kind) {
    case TAKES_NOTHING: break;
    case TAKES_TEXT: buf_addc(out, '-'); break;
    case TAKES_CHOICE: buf_addf(out, "=%.*s", STR_ARG(t.text)); break;
    case TAKES_WORDS: buf_addf(out, "@%.*s", STR_ARG(t.text)); break;
    case TAKES_FILE: buf_add(out, S("file")); break;
    case TAKES_FOLDER: buf_add(out, S("directory")); break;
    }
}

static void bash_option(struct buf *out, const char *dashes, str name, struct takes t) {
    buf_addf(out, "            '%s%.*s%s", dashes, STR_ARG(name), t.kind ? " " : "");
    bash_kind(out, t);
    buf_add(out, S("'\n"));
}

static void bash_following(struct buf *out, str path) {
    str next[COMPLETE_MAX];
    size_t n = complete_following(path, next);
    buf_add(out, S("        next='"));
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "%s%.*s", i ? " " : "", STR_ARG(complete_last(next[i])));
    buf_add(out, path.n ? S("'\n") : S(" help'\n"));
}

static void bash_entry(struct buf *out, str path) {
    const struct command *c = complete_command(path);
    buf_addf(out, "    '%.*s')\n        options=(\n", STR_ARG(path));
    for (const struct option_spec *o = c ? shown(c->options) : NULL; o; o = shown(o + 1)) {
        struct takes t = takes_option(c, o);
        bash_option(out, "--", str_c(o->name), t);
        if (o->letter) bash_option(out, "-", (str){ &o->letter, 1 }, t);
    }
    bash_option(out, "--", S("help"), (struct takes){ 0 });
    if (!path.n) bash_option(out, "--", S("version"), (struct takes){ 0 });
    buf_add(out, S("        )\n        operands=("));
    struct takes t = { 0 };
    for (size_t i = 0; c && !t.more && (t = takes_operand(c, i)).kind; i++) {
        buf_addc(out, '\'');
        bash_kind(out, t);
        buf_add(out, S("' "));
    }
    buf_add(out, t.more ? S(")\n") : S("'')\n")); /* the last stands for all that follow */
    bash_following(out, path);
    buf_add(out, S("        ;;\n"));
}

/* bash and zsh alike */
static void is_command(struct buf *out) {
    str prefix[COMPLETE_MAX];
    size_t n = complete_prefixes(prefix);
    buf_add(out, S("\n# Is that a command, or the beginning of one?\n_chela_is_command() {\n"
                   "    case $1 in\n"));
    for (size_t i = 0; i < n; i++)
        buf_addf(out, "    %s'%.*s'%s\n", i ? "    " : "", STR_ARG(prefix[i]),
                 i + 1 < n ? " | \\" : ") return 0 ;;");
    buf_add(out, S("    esac\n    return 1\n}\n"));
}

void complete_bash(struct buf *out) {
    str prefix[COMPLETE_MAX];
    size_t n = complete_prefixes(prefix);
    buf_add(out, str_c(complete_shell_bash));
    is_command(out);
    buf_add(out,
            S("\n# Sets options and operands, with what they take, and the words that may follow "
              "as next.\n_chela_table() {\n    options=() operands=() next=\n"
              "    case $1 in\n"));
    bash_entry(out, (str){ 0 });
    for (size_t i = 0; i < n; i++) bash_entry(out, prefix[i]);
    buf_add(out, S("    esac\n}\n"));
}

/* ---- zsh ---- */

/* ":message:action" of _arguments. */
static void zsh_kind(struct buf *out, struct takes t) {
    if (t.kind == TAKES_NOTHING) return;
    buf_add(out, t.maybe ? S("::") : S(":"));
    quoted(out, t.name, ":\\", posix_quote);
    buf_addc(out, ':');
    switch (t.kind) {
    case TAKES_NOTHING:
    case TAKES_TEXT: buf_addc(out, ' '); break;
    case TAKES_WORDS: buf_addf(out, "_chela_words %.*s", STR_ARG(t.text)); break;
    case TAKES_FILE: buf_add(out, S("_files")); break;
    case TAKES_FOLDER: buf_add(out, S("_files -/")); break;
    case TAKES_CHOICE:
        buf_addc(out, '(');
        choices(out, t.text);
        buf_addc(out, ')');
        break;
    }
}

static void zsh_option(struct buf *out, const struct command *c, const struct option_spec *o) {
    bool flag = o->kind == OPTION_FLAG;
    buf_add(out, S("            '*'"));
    if (o->letter)
        buf_addf(out, "{-%c%s,--%s%s}'", o->letter, flag ? "" : "+", o->name, flag ? "" : "=");
    else
        buf_addf(out, "'--%s%s", o->name, flag ? "" : "=");
    buf_addc(out, '[');
    quoted(out, str_c(o->help), "[]:\\", posix_quote);
    buf_addc(out, ']');
    zsh_kind(out, takes_option(c, o));
    buf_add(out, S("' \\\n"));
}

static void zsh_arguments(struct buf *out, const struct command *c) {
    buf_addf(out, "    ('%s')\n        _arguments -s -S : \\\n", c->path);
    for (const struct option_spec *o = shown(c->options); o; o = shown(o + 1))
        zsh_option(out, c, o);
    struct takes t = { 0 };
    for (size_t i = 0; !t.more && (t = takes_operand(c, i)).kind; i++) {
        if (t.more)
            buf_add(out, S("            '*"));
        else
            buf_addf(out, "            '%zu", i + 1);
        zsh_kind(out, t);
        buf_add(out, S("' \\\n"));
    }
    buf_add(out, S("            '(- *)'{-h,--help}'[what it takes]'\n        ;;\n"));
}

static void zsh_following(struct buf *out, str path) {
    str next[COMPLETE_MAX];
    size_t n = complete_following(path, next);
    if (!n) return;
    buf_addf(out, "    ('%.*s')\n        next=(\n", STR_ARG(path));
    for (size_t i = 0; i < n; i++) {
        const struct command *c = complete_command(next[i]);
        buf_addf(out, "            '%.*s%s", STR_ARG(complete_last(next[i])), c ? ":" : "");
        if (c) quoted(out, str_c(c->summary), ":\\", posix_quote);
        buf_add(out, S("'\n"));
    }
    buf_add(out, path.n ? S("        )\n        ;;\n")
                        : S("            'help:What a command takes'\n        )\n        ;;\n"));
}

void complete_zsh(struct buf *out) {
    str prefix[COMPLETE_MAX];
    size_t n = complete_prefixes(prefix);
    buf_add(out, str_c(complete_shell_zsh));
    is_command(out);
    buf_add(out, S("\n# Sets next: the words that may follow those of a command.\n"
                   "_chela_next() {\n    case $1 in\n"));
    zsh_following(out, (str){ 0 });
    for (size_t i = 0; i < n; i++) zsh_following(out, prefix[i]);
    buf_add(out, S("    esac\n}\n\n# A command's options and operands.\n"
                   "_chela_arguments() {\n    case $1 in\n"
                   "    ('') _arguments -S : '--version[the version]' '(- *)'{-h,--help}'[the "
                   "commands]' ;;\n"));
    for (size_t i = 0; i < n; i++)
        if (complete_command(prefix[i])) zsh_arguments(out, complete_command(prefix[i]));
    /* read as a file of fpath, it is the function's first call; sourced, it is none */
    buf_add(out, S("    esac\n}\n\nif [[ $funcstack[1] == _chela ]]; then\n    _chela \"$@\"\n"
                   "else\n    compdef _chela chela\nfi\n"));
}

/* ---- fish ---- */

static void fish_line(struct buf *out, str path) {
    buf_addf(out, "complete -c chela -n '__chela_at \"%.*s\"'", STR_ARG(path));
}

static void fish_kind(struct buf *out, struct takes t) {
    if (t.maybe) return; /* fish would wait for it */
    switch (t.kind) {
    case TAKES_NOTHING: break;
    case TAKES_TEXT: buf_add(out, S(" -x")); break;
    case TAKES_WORDS: buf_addf(out, " -x -a '(__chela_words %.*s)'", STR_ARG(t.text)); break;
    case TAKES_FILE: buf_add(out, S(" -r -F")); break;
    case TAKES_FOLDER: buf_add(out, S(" -x -a '(__fish_complete_directories)'")); break;
    case TAKES_CHOICE:
        buf_add(out, S(" -x -a '"));
        choices(out, t.text);
        buf_addc(out, '\'');
        break;
    }
}

static void fish_says(struct buf *out, str text) {
    buf_add(out, S(" -d '"));
    quoted(out, text, "\\", fish_quote);
    buf_add(out, S("'\n"));
}

static void fish_command(struct buf *out, const struct command *c) {
    str path = str_c(c->path);
    for (const struct option_spec *o = shown(c->options); o; o = shown(o + 1)) {
        fish_line(out, path);
        buf_addf(out, " -l %s", o->name);
        if (o->letter) buf_addf(out, " -s %c", o->letter);
        fish_kind(out, takes_option(c, o));
        fish_says(out, str_c(o->help));
    }
    fish_line(out, path);
    buf_add(out, S(" -l help -s h"));
    fish_says(out, S("what it takes"));
    struct takes t = takes_operand(c, 0);
    if (t.kind == TAKES_NOTHING || t.kind == TAKES_TEXT) return;
    fish_line(out, path);
    fish_kind(out, t);
    buf_addc(out, '\n');
}

static void fish_following(struct buf *out, str path) {
    str next[COMPLETE_MAX];
    size_t n = complete_following(path, next);
    for (size_t i = 0; i < n; i++) {
        const struct command *c = complete_command(next[i]);
        fish_line(out, path);
        buf_addf(out, " -a %.*s", STR_ARG(complete_last(next[i])));
        fish_says(out, c ? str_c(c->summary) : (str){ 0 });
    }
}

void complete_fish(struct buf *out) {
    str prefix[COMPLETE_MAX];
    size_t n = complete_prefixes(prefix);
    buf_add(out, str_c(complete_shell_fish));
    buf_add(out, S("set -g __chela_commands"));
    for (size_t i = 0; i < n; i++) buf_addf(out, " '%.*s'", STR_ARG(prefix[i]));
    buf_addc(out, '\n');
    fish_following(out, (str){ 0 });
    fish_line(out, (str){ 0 });
    buf_add(out, S(" -a help"));
    fish_says(out, S("What a command takes"));
    fish_line(out, (str){ 0 });
    buf_add(out, S(" -l version"));
    fish_says(out, S("the version"));
    for (size_t i = 0; i < n; i++) fish_following(out, prefix[i]);
    for (size_t i = 0; i < n; i++)
        if (complete_command(prefix[i])) fish_command(out, complete_command(prefix[i]));
}
