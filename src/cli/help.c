/* Help is printed from the same tables that parse: it cannot say what is not so. */
#include "cli/options.h"

#include <string.h>

enum { COLUMN = 33 };

static void pad(struct buf *out, size_t from) {
    size_t width = 0;
    for (size_t i = from; i < out->n; i++) width += ((unsigned char)out->p[i] & 0xC0) != 0x80;
    if (width >= COLUMN) {
        buf_addc(out, '\n');
        width = 0;
    }
    while (width++ < COLUMN) buf_addc(out, ' ');
}

static void command_line(const struct command *c, struct buf *out) {
    size_t start = out->n;
    buf_addf(out, "  chela %s", c->path);
    if (c->operands) buf_addf(out, " %s", c->operands);
    pad(out, start);
    buf_addf(out, "%s\n", c->summary);
}

void help_overview(struct buf *out) {
    buf_add(out, S("chela: OpenRouter for the terminal. One key, every model.\n\n"
                   "usage: chela COMMAND [OPTION…]\n\n"));
    for (size_t i = 0; cli_commands[i]; i++)
        if (!cli_commands[i]->hidden) command_line(cli_commands[i], out);
    buf_add(out, S("\n  chela COMMAND --help           a command's options\n"
                   "  chela --version               the version\n\n"
                   "No key yet? `chela sandbox` answers everything locally, for nothing.\n"));
}

/* The commands whose paths go on behind these words. */
static bool list_below(str words, const char *title, struct buf *out) {
    bool found = false;
    for (size_t i = 0; cli_commands[i]; i++) {
        str path = str_c(cli_commands[i]->path);
        if (cli_commands[i]->hidden || path.n <= words.n) continue;
        if (!str_starts(path, words) || path.p[words.n] != ' ') continue;
        if (!found) buf_add(out, str_c(title));
        command_line(cli_commands[i], out);
        found = true;
    }
    return found;
}

bool help_group(str words, struct buf *out) {
    return list_below(words, "", out);
}

void help_command(const struct command *c, struct buf *out) {
    buf_addf(out, "usage: chela %s [OPTION…]%s%s\n\n%s.\n", c->path, c->operands ? " " : "",
             c->operands ? c->operands : "", c->summary);
    if (c->details) buf_addf(out, "\n%s\n", c->details);
    buf_add(out, S("\noptions:\n"));
    for (const struct option_spec *o = c->options; o && o->name; o++) {
        if (!o->help) continue;
        size_t start = out->n;
        if (o->letter)
            buf_addf(out, "  -%c, --%s", o->letter, o->name);
        else
            buf_addf(out, "      --%s", o->name);
        if (o->arg) buf_addf(out, " %s", o->arg);
        pad(out, start);
        buf_addf(out, "%s\n", o->help);
    }
    size_t start = out->n;
    buf_add(out, S("  -h, --help"));
    pad(out, start);
    buf_add(out, S("this text\n"));
    list_below(str_c(c->path), "\ncommands:\n", out);
}
