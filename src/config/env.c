/* The environment as a configuration completes it: process, then <state>/.env, then the env block.
 *
 * OpenClaw writes these into its own process environment. chela does not: the values are looked up
 * where they are needed (config_env), so a configuration cannot change what the loader, the shell
 * or a child process does. Names that could are refused all the same, so that the file does not
 * promise what will not happen.
 */
#include "config/internal.h"

#include <stdlib.h>
#include <string.h>

bool env_name_is_valid(str name) {
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) return false;
    }
    return name.n > 0;
}

/* As a shell takes it: lower case too. */
static bool is_portable_name(str name) {
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) return false;
    }
    return name.n > 0;
}

/* Names that tell a loader, a shell or an interpreter to run something else. */
static bool is_dangerous_name(str name) {
    static const char *const starts[] = { "LD_", "DYLD_", "BASH_FUNC_", "MALLOC_", "GLIBC_" };
    static const char *const whole[] = {
        "PATH",
        "NODE_OPTIONS",
        "NODE_PATH",
        "BASH_ENV",
        "ENV",
        "SHELLOPTS",
        "BASHOPTS",
        "PS4",
        "IFS",
        "PROMPT_COMMAND",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONSTARTUP",
        "PERL5LIB",
        "PERL5OPT",
        "RUBYLIB",
        "RUBYOPT",
        "GCONV_PATH",
        "GIT_EXEC_PATH",
        "GIT_SSH_COMMAND",
        "HOME",
        "SHELL",
        "OPENSSL_CONF",
        "OPENSSL_MODULES",
        "SSLKEYLOGFILE",
        "CLASSPATH",
        "JAVA_TOOL_OPTIONS",
        "LOCPATH",
        "NLSPATH",
        "HOSTALIASES",
        "OPENCLAW_HOME",
        "OPENCLAW_STATE_DIR",
        "OPENCLAW_CONFIG_PATH",
    };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (str_istarts(name, str_c(starts[i]))) return true;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (str_ieq(name, str_c(whole[i]))) return true;
    return false;
}

static bool add(struct config *c, str name, str value, enum env_origin origin) {
    if (c->variable_count == c->variable_cap) {
        size_t cap = c->variable_cap ? c->variable_cap * 2 : 16;
        struct config_variable *grown = realloc(c->variables, cap * sizeof *grown);
        if (!grown) return false;
        c->variables = grown;
        c->variable_cap = cap;
    }
    name = arena_dup(&c->strings, name);
    value = arena_dup(&c->strings, value);
    c->variables[c->variable_count++] =
        (struct config_variable){ .name = name, .value = value, .origin = origin };
    return !arena_failed(&c->strings);
}

static const char *process_value(env_list env, str name) {
    for (; env && *env; env++)
        if (strncmp(*env, name.p, name.n) == 0 && (*env)[name.n] == '=') return *env + name.n + 1;
    return NULL;
}

const char *env_find(const struct config *c, str name, enum env_origin *origin) {
    *origin = ENV_NOWHERE;
    if (!name.n) return NULL;
    const char *real = process_value(c->env, name);
    if (real && str_trim(str_c(real)).n) {
        *origin = ENV_PROCESS;
        return real;
    }
    for (size_t i = 0; i < c->variable_count; i++) {
        if (!str_eq(c->variables[i].name, name)) continue;
        *origin = c->variables[i].origin;
        return c->variables[i].value.p;
    }
    return NULL;
}

const char *config_env(const struct config *c, const char *name) {
    enum env_origin origin;
    const char *value = env_find(c, str_c(name), &origin);
    return value ? value : env_get(c->env, name); /* set but blank stays what it is */
}

/* ---- <state>/.env ---- */

/* "…" with \n \r \t \" \\ resolved; `text` is what stands between the quotes. */
static str unescape(struct config *c, str text) {
    char *p = arena_alloc(&c->strings, text.n + 1);
    size_t n = 0;
    if (!p) return S("");
    for (size_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        if (ch == '\\' && i + 1 < text.n) {
            char next = text.p[++i];
            if (next == 'n')
                ch = '\n';
            else if (next == 'r')
                ch = '\r';
            else if (next == 't')
                ch = '\t';
            else if (next == '"' || next == '\\')
                ch = next;
            else
                p[n++] = '\\', ch = next;
        }
        p[n++] = ch;
    }
    return (str){ p, n };
}

/* The end of a quoted value that starts at text.p[0]; 0: it is not closed. */
static size_t quoted_length(str text) {
    for (size_t i = 1; i < text.n; i++) {
        if (text.p[i] == '\\' && text.p[0] == '"')
            i++;
        else if (text.p[i] == text.p[0])
            return i + 1;
    }
    return 0;
}

/* Takes the value at the start of *rest and the remainder of its line. */
static str take_value(struct config *c, str *rest, unsigned *line) {
    str line_text, after;
    while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t')) *rest = str_skip(*rest, 1);
    char quote = rest->n ? rest->p[0] : 0;
    size_t quoted = quote == '"' || quote == '\'' || quote == '`' ? quoted_length(*rest) : 0;
    str value;
    if (quoted) {
        value = (str){ rest->p + 1, quoted - 2 };
        for (size_t i = 0; i < value.n; i++) *line += value.p[i] == '\n';
        *rest = str_skip(*rest, quoted);
        if (quote == '"') value = unescape(c, value);
        str_cut(*rest, '\n', &line_text, &after);
    } else {
        str_cut(*rest, '\n', &line_text, &after);
        size_t end = 0;
        while (end < line_text.n &&
               !(line_text.p[end] == '#' && (end == 0 || ascii_space(line_text.p[end - 1]))))
            end++;
        value = str_trim(str_head(line_text, end));
    }
    *rest = after;
    return value;
}

bool env_read_file(struct config *c, str text, const char *path) {
    if (str_starts(text, S("\xef\xbb\xbf"))) text = str_skip(text, 3);
    size_t first = c->variable_count;
    for (unsigned line = 1; text.n; line++) {
        str whole, rest;
        str_cut(text, '\n', &whole, &rest);
        str trimmed = str_trim(whole);
        if (!trimmed.n || trimmed.p[0] == '#') {
            text = rest;
            continue;
        }
        if (str_starts(trimmed, S("export ")) || str_starts(trimmed, S("export\t")))
            trimmed = str_trim(str_skip(trimmed, 7));
        ptrdiff_t equals = str_chr(trimmed, '=');
        str name = equals < 0 ? trimmed : str_trim(str_head(trimmed, (size_t)equals));
        if (equals < 0 || !is_portable_name(name)) {
            config_report_at(c, &c->warnings, path, line, 1, S(""),
                             S("expected NAME=value; the line is ignored"));
            text = rest;
            continue;
        }
        unsigned start = line;
        rest = str_skip(text, (size_t)(trimmed.p + equals + 1 - text.p));
        str value = take_value(c, &rest, &line);
        text = rest;
        if (is_dangerous_name(name))
            config_report_at(c, &c->warnings, path, start, 1, name,
                             S("this variable is not taken from a file"));
        else if (str_trim(value).n && !memchr(value.p, 0, value.n) &&
                 !add(c, name, value, ENV_FILE))
            return false;
    }
    /* Of a name given twice the last one counts, and lookup takes the first: turn them round. */
    for (size_t i = first, j = c->variable_count; i + 1 < j; i++) {
        struct config_variable kept = c->variables[i];
        c->variables[i] = c->variables[--j];
        c->variables[j] = kept;
    }
    return true;
}

/* ---- the env block ---- */

static bool read_block(struct config *c, doc_node block, bool direct) {
    struct doc *d = c->main.doc;
    for (doc_node n = doc_first(d, block); n; n = doc_next(d, n)) {
        str name = doc_key(d, n), value;
        if (direct && (str_eq(name, S("vars")) || str_eq(name, S("shellEnv")))) continue;
        if (source_is_shadowed(&c->main, block, n)) continue;
        if (!doc_string(d, n, &value)) continue; /* the schema reports it */
        if (!is_portable_name(name))
            config_warn(c, &c->main, n, "\"%.*s\" is no name for a variable; ignored",
                        STR_ARG(name));
        else if (is_dangerous_name(name))
            config_warn(c, &c->main, n, "this variable is not taken from a configuration");
        else if (str_trim(value).n && !str_has(value, S("${")) && !memchr(value.p, 0, value.n) &&
                 !add(c, name, value, ENV_BLOCK))
            return false;
    }
    return true;
}

bool env_read_block(struct config *c) {
    struct doc *d = c->main.doc;
    doc_node block = doc_get(d, doc_root(d), S("env"));
    return read_block(c, block, true) && read_block(c, doc_get(d, block, S("vars")), false);
}
