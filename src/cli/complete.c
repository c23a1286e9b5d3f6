#include "cli/complete.h"

/* ---- what is taken ---- */

/* The first that fits. command: the first word of its path, NULL any. name: a metavariable, or an
 * option's name. */
static const struct {
    const char *command, *name;
    enum takes_kind kind;
    str text;
} table[] = {
    { "config", "provider-command", TAKES_FILE, { 0 } },
    { "config", "PATH", TAKES_WORDS, STR_INIT("keys") },
    { NULL, "session", TAKES_WORDS, STR_INIT("sessions") },
    { NULL, "session-id", TAKES_WORDS, STR_INIT("sessions") },
    { NULL, "SESSION", TAKES_WORDS, STR_INIT("sessions") },
    { NULL, "agent", TAKES_WORDS, STR_INIT("agents") },
    { NULL, "REF", TAKES_WORDS, STR_INIT("models") },
    { NULL, "LEVEL", TAKES_WORDS, STR_INIT("levels") },
    { NULL, "FILE", TAKES_FILE, { 0 } },
    { NULL, "file", TAKES_FILE, { 0 } },
    { NULL, "DIR", TAKES_FOLDER, { 0 } },
};

static struct takes takes(const struct command *c, str variable, str name) {
    struct takes t = { .kind = TAKES_TEXT, .name = variable };
    if (str_chr(variable, '|') >= 0) {
        t.kind = TAKES_CHOICE;
        t.text = variable;
        return t;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        str known = str_c(table[i].name);
        if (!str_eq(variable, known) && !str_eq(name, known)) continue;
        if (table[i].command && !str_starts(str_c(c->path), str_c(table[i].command))) continue;
        t.kind = table[i].kind;
        t.text = table[i].text;
        break;
    }
    return t;
}

/* "[PATH]" and "FILE…" are PATH and FILE; *more: it may be repeated. */
static str bare(str variable, bool *more) {
    str dots = S("…");
    if (str_starts(variable, S("["))) variable = str_skip(variable, 1);
    if (str_ends(variable, S("]"))) variable = str_head(variable, variable.n - 1);
    *more = str_ends(variable, dots);
    return *more ? str_head(variable, variable.n - dots.n) : variable;
}

struct takes takes_option(const struct command *c, const struct option_spec *o) {
    bool more;
    if (o->kind == OPTION_FLAG) return (struct takes){ 0 };
    struct takes t = takes(c, bare(str_c(o->arg), &more), str_c(o->name));
    t.maybe = o->kind == OPTION_MAYBE;
    return t;
}

struct takes takes_operand(const struct command *c, size_t index) {
    str word, rest = str_c(c->operands);
    while (rest.n && !c->passes_words) {
        bool more;
        str_cut(rest, ' ', &word, &rest);
        struct takes t = takes(c, bare(word, &more), (str){ 0 });
        t.more = more;
        if (index-- == 0) return t;
    }
    return (struct takes){ 0 };
}

/* ---- the tree of commands ---- */

static bool is_there(const str *list, size_t n, str s) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], s)) return true;
    return false;
}

size_t complete_prefixes(str out[COMPLETE_MAX]) {
    size_t n = 0;
    for (size_t i = 0; cli_commands[i]; i++) {
        str path = str_c(cli_commands[i]->path);
        if (cli_commands[i]->hidden) continue;
        for (size_t end = 1; end <= path.n; end++) {
            if (end < path.n && path.p[end] != ' ') continue;
            if (n < COMPLETE_MAX && !is_there(out, n, str_head(path, end)))
                out[n++] = str_head(path, end);
        }
    }
    return n;
}

str complete_last(str path) {
    return str_skip(path, (size_t)(str_rchr(path, ' ') + 1));
}

size_t complete_following(str path, str out[COMPLETE_MAX]) {
    size_t all = complete_prefixes(out), n = 0;
    for (size_t i = 0; i < all; i++) {
        ptrdiff_t cut = str_rchr(out[i], ' ');
        if (str_eq(str_head(out[i], cut < 0 ? 0 : (size_t)cut), path)) out[n++] = out[i];
    }
    return n;
}

const struct command *complete_command(str path) {
    for (size_t i = 0; cli_commands[i]; i++)
        if (str_eq(str_c(cli_commands[i]->path), path)) return cli_commands[i];
    return NULL;
}
