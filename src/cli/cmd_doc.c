/* chela doc check | get | set | unset: JSON5 and JSON files, looked at and edited in place.
 *
 * --json means here that a file is strict JSON, not that the answer is an envelope: these commands
 * print pieces of the file itself. What is typed wrong (a path, a value) is a mistake of the
 * command line; what the file does not have or allow is one of the input.
 */
#include "base/file.h"
#include "base/suggest.h"
#include "cli/cli.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
    const char *name; /* "standard input" for - */
    bool is_stdin;
    struct buf text;
    struct doc *doc;
};

static enum doc_syntax syntax_of(struct cli *c) {
    c->json = false; /* no envelope on failure */
    return cli_given(c, "json") ? DOC_JSON : DOC_JSON5;
}

/* "line 3, column 7: expected …" to "FILE:3:7: expected …", which editors jump to. */
static enum chela_error with_place(const char *name, enum chela_error rc, struct err *e) {
    str line, column, rest = str_c(e->message);
    int64_t l, c;
    if (str_starts(rest, S("line ")) && str_cut(str_skip(rest, 5), ',', &line, &rest) &&
        str_starts(rest, S(" column ")) && str_cut(str_skip(rest, 8), ':', &column, &rest) &&
        str_i64(line, &l) && str_i64(column, &c))
        return err_set(e, rc, "%s:%lld:%lld:%.*s", name, (long long)l, (long long)c, STR_ARG(rest));
    return err_prefix(e, rc, "%s: ", name);
}

static void close_file(struct file *f) {
    doc_free(f->doc);
    buf_free(&f->text);
}

/* On failure there is nothing to close. */
static enum chela_error open_file(struct file *f, str name, enum doc_syntax syntax, struct err *e) {
    bool is_stdin = str_eq(name, S("-"));
    *f = (struct file){ .name = is_stdin ? "standard input" : name.p,
                        .is_stdin = is_stdin,
                        .text = BUF_INIT(doc_default_limits.max_bytes) };
    enum chela_error rc = is_stdin ? file_read_fd(STDIN_FILENO, f->name, &f->text, e)
                                   : file_read(f->name, &f->text, e);
    if (rc == CHELA_OK) {
        rc = doc_parse(&f->doc, buf_str(&f->text), syntax, NULL, e);
        if (rc != CHELA_OK) with_place(f->name, rc, e);
    }
    if (rc != CHELA_OK) close_file(f);
    return rc;
}

#define SYNTAX_OPTION                                                                              \
    { "json", 0, OPTION_FLAG, NULL, "the file is strict JSON (otherwise JSON5)" }

/* ---- check ---- */

static enum chela_error run_check(struct cli *c, struct err *e) {
    enum doc_syntax syntax = syntax_of(c);
    enum chela_error worst = CHELA_OK;
    size_t wrong = 0;
    for (size_t i = 0; i < c->arg_count; i++) {
        struct file f;
        enum chela_error rc = open_file(&f, c->arg[i], syntax, e);
        if (rc == CHELA_OK) {
            close_file(&f);
            if (c->arg_count == 1) continue;
            cli_print(c->arg[i]);
            cli_print(S(": ok\n"));
            continue;
        }
        wrong++;
        if (worst == CHELA_OK || worst == CHELA_NOINPUT) worst = rc;
        if (c->arg_count > 1) cli_note("%s", e->message);
    }
    if (wrong && c->arg_count > 1)
        return err_set(e, worst, "%zu of %zu files %s wrong", wrong, c->arg_count,
                       wrong == 1 ? "is" : "are");
    return worst;
}

static const struct option_spec check_options[] = { SYNTAX_OPTION, { 0 } };

const struct command cmd_doc_check = {
    .path = "doc check",
    .operands = "FILE…",
    .summary = "Say whether files are well-formed JSON5 or JSON",
    .details =
        "Prints nothing when the one file is well-formed, a line for each of several. A file\n"
        "that is not is named with line and column, and the others are still checked.",
    .options = check_options,
    .min_args = 1,
    .max_args = 256,
    .run = run_check,
};

/* ---- get ---- */

/* A path that cannot be read at all is a mistake of the command line. */
static bool good_path(struct file *f, str path, struct err *e) {
    doc_path_get(f->doc, path, e);
    if (e->code == CHELA_OK) return true;
    e->code = CHELA_USAGE;
    err_hint(e, CHELA_USAGE, "paths look like agents.defaults.models[\"openrouter/auto\"].params");
    return false;
}

/* Where the path leaves the document: the longest start of it that is there. */
static enum chela_error not_there(struct file *f, str path, struct err *e) {
    doc_node n = 0;
    size_t end = path.n;
    while (!n && end > 0) {
        end--;
        if (path.p[end] == '.' || path.p[end] == '[' || end == 0)
            n = doc_path_get(f->doc, str_head(path, end), e); /* 0 too for half of a quoted key */
    }
    str parent = str_head(path, end), missing = str_skip(path, end), name;
    if (str_starts(missing, S("."))) missing = str_skip(missing, 1);
    size_t len = 0;
    while (len < missing.n && missing.p[len] != '.' && missing.p[len] != '[') len++;
    name = str_head(missing, len);
    struct suggest near;
    suggest_init(&near, name);
    for (doc_node c = doc_first(f->doc, n); c; c = doc_next(f->doc, c))
        suggest_offer(&near, doc_key(f->doc, c));
    bool array = doc_type(f->doc, n) == DOC_ARRAY, object = doc_type(f->doc, n) == DOC_OBJECT;
    char count[64] = "";
    if (array || object)
        snprintf(count, sizeof count, " of %zu %s%s", doc_len(f->doc, n), array ? "item" : "member",
                 doc_len(f->doc, n) == 1 ? "" : "s");
    err_set(e, CHELA_INPUT, "%s: %.*s is not there; %.*s is %s%s", f->name, STR_ARG(path),
            STR_ARG(parent.n ? parent : S("the document")), doc_type_name(doc_type(f->doc, n)),
            count);
    if (object && near.best.n)
        err_hint(e, CHELA_INPUT, "did you mean \"%.*s\"?", STR_ARG(near.best));
    return CHELA_INPUT;
}

static enum chela_error print_value(struct file *f, doc_node n, bool raw, struct err *e) {
    struct buf out = BUF_INIT(2 * doc_default_limits.max_bytes);
    str text;
    if (raw && doc_string(f->doc, n, &text))
        buf_add(&out, text);
    else
        doc_write_node(f->doc, n, &out);
    buf_addc(&out, '\n');
    enum chela_error rc = CHELA_OK;
    if (out.failed)
        rc = err_set(e, CHELA_NOMEM, "%s: out of memory", f->name);
    else
        cli_print(buf_str(&out));
    buf_free(&out);
    return rc;
}

static enum chela_error run_get(struct cli *c, struct err *e) {
    struct file f;
    enum chela_error rc = open_file(&f, c->arg[0], syntax_of(c), e);
    if (rc != CHELA_OK) return rc;
    if (!good_path(&f, c->arg[1], e)) {
        rc = CHELA_USAGE;
    } else {
        doc_node n = doc_path_get(f.doc, c->arg[1], e);
        rc = n ? print_value(&f, n, cli_given(c, "raw"), e) : not_there(&f, c->arg[1], e);
    }
    close_file(&f);
    return rc;
}

static const struct option_spec get_options[] = {
    { "raw", 'r', OPTION_FLAG, NULL, "print a string's characters, without quotes and escapes" },
    SYNTAX_OPTION,
    { 0 },
};

const struct command cmd_doc_get = {
    .path = "doc get",
    .operands = "FILE PATH",
    .summary = "Print a value of a JSON5 or JSON file",
    .details =
        "The value is printed as it stands in the file. PATH is names with dots between them,\n"
        "[0] for an item, [\"any key\"] for a key that is no plain name; \"\" is the whole.",
    .options = get_options,
    .min_args = 2,
    .max_args = 2,
    .run = run_get,
};

/* ---- set and unset ---- */

/* Writes the file when its text changed, with the permissions it has; standard input goes to
 * standard output whether it changed or not. */
static enum chela_error save(struct file *f, struct err *e) {
    struct buf out = BUF_INIT(2 * doc_default_limits.max_bytes);
    enum chela_error rc = CHELA_OK;
    struct stat st;
    if (!doc_write(f->doc, &out))
        rc = err_set(e, CHELA_NOMEM, "%s: out of memory", f->name);
    else if (f->is_stdin)
        cli_print(buf_str(&out));
    else if (!str_eq(buf_str(&out), buf_str(&f->text)))
        rc = file_write(f->name, buf_str(&out), stat(f->name, &st) == 0 ? st.st_mode & 07777 : 0600,
                        e);
    buf_free(&out);
    return rc;
}

static enum chela_error check_value(str value, enum doc_syntax syntax, struct err *e) {
    struct doc *d;
    enum chela_error rc = doc_parse(&d, value, syntax, NULL, e);
    doc_free(d);
    if (rc == CHELA_OK) return CHELA_OK;
    rc = rc == CHELA_INPUT ? CHELA_USAGE : rc;
    e->code = rc;
    err_prefix(e, rc, "the value: ");
    return err_hint(e, rc, "a string takes quotes of its own: '\"%.*s\"'",
                    STR_ARG(str_head(value, 60)));
}

static enum chela_error run_set(struct cli *c, struct err *e) {
    struct file f;
    enum doc_syntax syntax = syntax_of(c);
    enum chela_error rc = check_value(c->arg[2], syntax, e);
    if (rc == CHELA_OK) rc = open_file(&f, c->arg[0], syntax, e);
    if (rc != CHELA_OK) return rc;
    if (!good_path(&f, c->arg[1], e))
        rc = CHELA_USAGE;
    else if (!doc_path_set(f.doc, c->arg[1], c->arg[2], e))
        rc = err_prefix(e, e->code, "%s: ", f.name);
    else
        rc = save(&f, e);
    close_file(&f);
    return rc;
}

static const struct option_spec edit_options[] = { SYNTAX_OPTION, { 0 } };

const struct command cmd_doc_set = {
    .path = "doc set",
    .operands = "FILE PATH VALUE",
    .summary = "Set a value in a JSON5 or JSON file and keep the rest as it is",
    .details =
        "Comments, layout and spelling stay; objects that are missing on the way are made; an\n"
        "index that equals an array's length appends. With FILE - the edited document goes\n"
        "to standard output. A VALUE that starts with - is written behind --.",
    .options = edit_options,
    .min_args = 3,
    .max_args = 3,
    .run = run_set,
};

static enum chela_error run_unset(struct cli *c, struct err *e) {
    struct file f;
    enum chela_error rc = open_file(&f, c->arg[0], syntax_of(c), e);
    if (rc != CHELA_OK) return rc;
    if (!good_path(&f, c->arg[1], e)) {
        rc = CHELA_USAGE;
    } else {
        bool removed = doc_path_unset(f.doc, c->arg[1], e);
        if (!removed && e->code == CHELA_OK)
            cli_note("%s: %.*s was not there", f.name, STR_ARG(c->arg[1]));
        rc = e->code == CHELA_OK ? save(&f, e) : err_prefix(e, e->code, "%s: ", f.name);
    }
    close_file(&f);
    return rc;
}

const struct command cmd_doc_unset = {
    .path = "doc unset",
    .operands = "FILE PATH",
    .summary = "Remove a member or an item of a JSON5 or JSON file",
    .details =
        "A comment behind it on its line goes with it; every other comment stays. With FILE -\n"
        "the edited document goes to standard output. What is not there is no error.",
    .options = edit_options,
    .min_args = 2,
    .max_args = 2,
    .run = run_unset,
};
