/* chela config file | get | validate: what configuration is in force, and whether it is right.
 *
 * They show the configuration as chela reads it (included files merged, variables resolved), never
 * a secret of it: keys, tokens and passwords are masked, also with --json, as OpenClaw does.
 */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/config_path.h"
#include "doc/json_write.h"

#include <string.h>

enum { MAX_TEXT = 64 << 20 };

static enum chela_error printed(struct buf *text, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (text->failed)
        rc = err_set(e, CHELA_NOMEM, "the result is too large to print");
    else
        cli_print(buf_str(text));
    buf_free(text);
    return rc;
}

/* ---- file ---- */

static enum chela_error run_file(struct cli *c, struct err *e) {
    struct config_paths where;
    enum chela_error rc = config_paths(&where, c->env, e);
    if (rc != CHELA_OK) return rc;
    cli_print(str_c(where.openclaw_json));
    cli_print(S("\n"));
    if (!file_exists(where.openclaw_json))
        cli_note("the file does not exist; that counts as an empty configuration");
    return CHELA_OK;
}

static const struct option_spec no_options[] = { { 0 } };

const struct command cmd_config_file = {
    .path = "config file",
    .summary = "Print the path of the configuration in use",
    .details = "OPENCLAW_CONFIG_PATH, else openclaw.json in OPENCLAW_STATE_DIR, else\n"
               "~/.openclaw/openclaw.json.",
    .options = no_options,
    .run = run_file,
};

/* ---- get ---- */

static bool any_of(str name, const char *const *list, bool (*test)(str, str)) {
    for (; *list; list++)
        if (test(name, str_c(*list))) return true;
    return false;
}

/* Does a value under this name have to stay unseen? */
static bool names_secret(str key) {
    static const char *const inside[] = { "apikey", "api_key",       "api-key", "password",
                                          "passwd", "passphrase",    "secret",  "privatekey",
                                          "cookie", "authorization", NULL };
    static const char *const at_end[] = { "token",      "credential",  "credentials", "accesskey",
                                          "access_key", "private_key", "_pass",       NULL };
    char name[128];
    str_copy(name, sizeof name, key);
    for (char *p = name; *p; p++) *p = ascii_lower(*p);
    str lower = str_c(name);
    return any_of(lower, inside, str_has) || any_of(lower, at_end, str_ends) ||
           str_ends(key, S("_KEY")) || str_eq(lower, S("key")) || str_eq(lower, S("pass"));
}

/* Does node n, which stands under `key`, have to? */
static bool is_secret(struct doc *d, doc_node n, str key) {
    /* request.auth {mode: "header", headerName, value} */
    bool header = str_eq(key, S("value")) && doc_get(d, doc_parent(d, n), S("headerName"));
    return header || names_secret(key);
}

/* "https://user:password@host" without what stands before the @. */
static str hide_user(str text, struct buf *scratch) {
    ptrdiff_t scheme = str_find(text, S("://"));
    if (scheme < 0) return text;
    str after = str_skip(text, (size_t)scheme + 3), host, path;
    str_cut(after, '/', &host, &path);
    ptrdiff_t at = str_rchr(host, '@');
    if (at < 0) return text;
    buf_clear(scratch);
    buf_add(scratch, str_head(text, (size_t)scheme + 3));
    buf_add(scratch, S("***@"));
    buf_add(scratch, str_skip(after, (size_t)at + 1));
    return buf_str(scratch);
}

/* What may be shown of a string value. */
static str shown(bool secret, str text, struct buf *scratch) {
    if (secret && text.n && !str_starts(text, S("${"))) {
        char mask[32];
        secret_mask(mask, sizeof mask, text);
        buf_clear(scratch);
        buf_add(scratch, str_c(mask));
        return buf_str(scratch);
    }
    text = hide_user(text, scratch);
    if (!str_ihas(text, S("sk-")) && !str_ihas(text, S("bearer "))) return text;
    struct buf copy = BUF_INIT(MAX_TEXT);
    buf_add(&copy, text);
    if (copy.p && !memchr(copy.p, 0, copy.n)) {
        secret_redact(copy.p);
        copy.n = strlen(copy.p);
    }
    buf_clear(scratch);
    buf_add(scratch, buf_str(&copy));
    buf_free(&copy);
    return buf_str(scratch);
}

static void indent(struct buf *out, unsigned depth) {
    buf_addc(out, '\n');
    for (unsigned i = 0; i < depth; i++) buf_add(out, S("  "));
}

/* n as JSON, two blanks a level, secrets masked; `key` is the name it stands under. */
static void add_value(struct doc *d, doc_node n, str key, unsigned depth, struct buf *out,
                      struct buf *scratch) {
    str text;
    enum doc_type type = doc_type(d, n);
    if (type == DOC_STRING && doc_string(d, n, &text)) {
        json_quote(out, shown(is_secret(d, n, key), text, scratch));
    } else if (type == DOC_NUMBER && is_secret(d, n, key)) {
        buf_add(out, S("\"***\""));
    } else if (type != DOC_OBJECT && type != DOC_ARRAY) {
        doc_write_json(d, n, out);
    } else {
        bool object = type == DOC_OBJECT;
        size_t count = 0;
        buf_addc(out, object ? '{' : '[');
        for (doc_node child = doc_first(d, n); child; child = doc_next(d, child)) {
            str name = object ? doc_key(d, child) : key;
            if (object && doc_get(d, n, name) != child) continue; /* an earlier twin */
            if (count++) buf_addc(out, ',');
            indent(out, depth + 1);
            if (object) {
                json_quote(out, name);
                buf_add(out, S(": "));
            }
            add_value(d, child, name, depth + 1, out, scratch);
        }
        if (count) indent(out, depth);
        buf_addc(out, object ? '}' : ']');
    }
}

static enum chela_error get(struct config *config, str path, bool json, struct err *e) {
    struct doc *d = config_doc(config);
    struct err wrong = ERR_INIT;
    doc_node n = doc_path_get(d, path, &wrong);
    if (!n && wrong.code != CHELA_OK) {
        *e = wrong;
        return wrong.code;
    }
    if (!n) return config_path_missing(d, path, e);
    doc_node named = n; /* items go by the name of their array */
    while (named && doc_type(d, doc_parent(d, named)) == DOC_ARRAY) named = doc_parent(d, named);
    str key = doc_key(d, named), text;
    struct buf out = BUF_INIT(MAX_TEXT), scratch = BUF_INIT(MAX_TEXT);
    if (!json && doc_string(d, n, &text))
        buf_add(&out, shown(is_secret(d, n, key), text, &scratch));
    else if (!json && doc_type(d, n) == DOC_NUMBER && is_secret(d, n, key))
        buf_add(&out, S("***"));
    else
        add_value(d, n, key, 0, &out, &scratch);
    buf_addc(&out, '\n');
    buf_free(&scratch);
    return printed(&out, e);
}

static enum chela_error run_get(struct cli *c, struct err *e) {
    struct config *config;
    enum chela_error rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK) rc = get(config, c->arg_count ? c->arg[0] : S(""), c->json, e);
    config_free(config);
    return rc;
}

static const struct option_spec json_option[] = {
    { "json", 0, OPTION_FLAG, NULL, "JSON instead of plain text" },
    { 0 },
};

const struct command cmd_config_get = {
    .path = "config get",
    .operands = "[PATH]",
    .summary = "Print a value of the configuration, as it is in force",
    .details = "Included files are merged and ${VARIABLES} resolved. PATH is like\n"
               "agents.defaults.models[\"openrouter/auto\"].params; without it everything is\n"
               "printed. Strings are printed bare, with --json quoted; keys, tokens and passwords\n"
               "are masked. A path that is not set: exit code 65.",
    .options = json_option,
    .min_args = 0,
    .max_args = 1,
    .run = run_get,
};

/* ---- validate ---- */

static void add_reports(struct json_writer *w, const char *key, const struct config_warning *list,
                        size_t count) {
    json_key(w, str_c(key));
    json_array(w);
    for (size_t i = 0; i < count; i++) {
        json_object(w);
        json_kstring(w, "path", list[i].path);
        json_kstring(w, "file", str_c(list[i].file));
        json_kint(w, "line", list[i].line);
        json_kint(w, "column", list[i].column);
        json_kstring(w, "message", list[i].text);
        json_object_end(w);
    }
    json_array_end(w);
}

static void add_lines(struct buf *out, const char *kind, const struct config_warning *list,
                      size_t count) {
    for (size_t i = 0; i < count; i++) {
        buf_add(out, str_c(list[i].file));
        if (list[i].line) buf_addf(out, ":%u:%u", list[i].line, list[i].column);
        buf_addf(out, ": %s: ", kind);
        if (list[i].path.n) {
            buf_add(out, list[i].path);
            buf_add(out, S(": "));
        }
        buf_add(out, list[i].text);
        buf_addc(out, '\n');
    }
}

static enum chela_error run_validate(struct cli *c, struct err *e) {
    struct config *config;
    enum chela_error rc = config_load(&config, c->env, e);
    if (!config) return rc;
    size_t problem_count, warning_count;
    const struct config_warning *problems = config_problems(config, &problem_count);
    const struct config_warning *warnings = config_warnings(config, &warning_count);
    const char *path = config_where(config)->openclaw_json;
    struct buf out = BUF_INIT(MAX_TEXT);
    if (c->json) {
        struct json_writer w = JSON_WRITER(&out);
        json_object(&w);
        json_kbool(&w, "ok", problem_count == 0);
        json_kstring(&w, "path", str_c(path));
        add_reports(&w, "problems", problems, problem_count);
        add_reports(&w, "warnings", warnings, warning_count);
        json_object_end(&w);
        buf_addc(&out, '\n');
        c->envelope_printed = true;
    } else {
        add_lines(&out, "problem", problems, problem_count);
        add_lines(&out, "warning", warnings, warning_count);
        if (!problem_count)
            buf_addf(&out, "%s: ok%s\n", path,
                     file_exists(path) ? "" : " (the file does not exist)");
    }
    if (rc == CHELA_CONFIG)
        rc = err_set(e, CHELA_CONFIG, "%s: %zu problem%s", path, problem_count,
                     problem_count == 1 ? "" : "s");
    enum chela_error print_rc = printed(&out, rc == CHELA_OK ? e : NULL);
    config_free(config);
    return rc == CHELA_OK ? print_rc : rc;
}

const struct command cmd_config_validate = {
    .path = "config validate",
    .summary = "Check the configuration and say where it is wrong",
    .details = "Prints each problem and warning with file, line and column. Problems: exit code\n"
               "78. Warnings alone, such as a key that OpenClaw does not have: exit code 0.",
    .options = json_option,
    .run = run_validate,
};
