/* chela config set | unset: one edit of openclaw.json, of which everything else stays as it is.
 *
 * The ways of OpenClaw's command to say what is to be set are all here, and end in one list of
 * assignments that is written as a whole or not at all: a path and a value; a reference to a secret
 * or a provider of secrets, put together from options; many at once, as JSON.
 */
#include "base/file.h"
#include "cli/config_path.h"
#include "cli/editing.h"

#include <string.h>

enum { MAX_BATCH = 4 << 20 };

struct assignment {
    str path, value; /* JSON5 */
};

struct assignments {
    struct arena arena;
    struct buf batch_text;
    struct doc *batch;
    struct assignment *item;
    size_t count;
    bool merge;
};

static enum chela_error no_memory(struct err *e) {
    return err_set(e, CHELA_NOMEM, "out of memory");
}

static enum chela_error one(struct assignments *all, str path, str value, struct err *e) {
    all->item = arena_alloc(&all->arena, sizeof *all->item);
    if (!all->item) return no_memory(e);
    all->item[0] = (struct assignment){ path, arena_dup(&all->arena, value) };
    all->count = 1;
    return arena_failed(&all->arena) ? no_memory(e) : CHELA_OK;
}

/* ---- a path and a value ---- */

static enum chela_error from_words(struct assignments *all, struct cli *c, struct err *e) {
    if (c->arg_count < 2) {
        err_set(e, CHELA_USAGE, "chela config set: the %s is missing",
                c->arg_count ? "value" : "path");
        return err_hint(e, CHELA_USAGE,
                        "for example: chela config set agents.defaults"
                        ".thinkingDefault high");
    }
    struct buf value = BUF_INIT(MAX_BATCH);
    bool strict = cli_given(c, "strict-json") || cli_given(c, "json");
    enum chela_error rc = config_edit_read_value(c->arg[0], c->arg[1], strict, &value, e);
    if (rc == CHELA_OK) rc = one(all, c->arg[0], buf_str(&value), e);
    buf_free(&value);
    return rc;
}

/* ---- put together from options ---- */

enum build { BUILD_TEXT, BUILD_INT, BUILD_FLAG, BUILD_LIST, BUILD_MAP };

struct builder {
    const char *option, *key;
    enum build kind;
    const char *otherwise; /* of a text that is not given; NULL: it is left out */
};

static const struct builder ref_builder[] = {
    { "ref-source", "source", BUILD_TEXT, NULL },
    { "ref-provider", "provider", BUILD_TEXT, "default" },
    { "ref-id", "id", BUILD_TEXT, NULL },
    { 0 },
};
static const struct builder provider_builder[] = {
    { "provider-source", "source", BUILD_TEXT, NULL },
    { "provider-path", "path", BUILD_TEXT, NULL },
    { "provider-mode", "mode", BUILD_TEXT, NULL },
    { "provider-command", "command", BUILD_TEXT, NULL },
    { "provider-arg", "args", BUILD_LIST, NULL },
    { "provider-env", "env", BUILD_MAP, NULL },
    { "provider-pass-env", "passEnv", BUILD_LIST, NULL },
    { "provider-allowlist", "allowlist", BUILD_LIST, NULL },
    { "provider-trusted-dir", "trustedDirs", BUILD_LIST, NULL },
    { "provider-timeout-ms", "timeoutMs", BUILD_INT, NULL },
    { "provider-no-output-timeout-ms", "noOutputTimeoutMs", BUILD_INT, NULL },
    { "provider-max-bytes", "maxBytes", BUILD_INT, NULL },
    { "provider-max-output-bytes", "maxOutputBytes", BUILD_INT, NULL },
    { "provider-json-only", "jsonOnly", BUILD_FLAG, NULL },
    { "provider-allow-insecure-path", "allowInsecurePath", BUILD_FLAG, NULL },
    { "provider-allow-symlink-command", "allowSymlinkCommand", BUILD_FLAG, NULL },
    { 0 },
};

static bool any_given(const struct cli *c, const struct builder *b) {
    for (; b->option; b++)
        if (cli_given(c, b->option)) return true;
    return false;
}

/* "KEY=value" … as an object */
static void write_map(struct json_writer *w, const str *text, size_t count) {
    json_object(w);
    for (size_t i = 0; i < count; i++) {
        str name, value;
        str_cut(text[i], '=', &name, &value);
        json_key(w, name);
        json_string(w, value);
    }
    json_object_end(w);
}

static void write_option(struct json_writer *w, const struct cli *c, const struct builder *b) {
    const str *text;
    size_t count = cli_texts(c, b->option, &text);
    if (!count && !b->otherwise) return;
    json_key(w, str_c(b->key));
    switch (b->kind) {
    case BUILD_TEXT: json_string(w, count ? text[count - 1] : str_c(b->otherwise)); break;
    case BUILD_INT: json_int(w, cli_int(c, b->option, 0)); break;
    case BUILD_FLAG: json_bool(w, true); break;
    case BUILD_MAP: write_map(w, text, count); break;
    case BUILD_LIST:
        json_array(w);
        for (size_t i = 0; i < count; i++) json_string(w, text[i]);
        json_array_end(w);
        break;
    }
}

static enum chela_error built(struct assignments *all, struct cli *c, const struct builder *b,
                              struct err *e) {
    if (c->arg_count != 1)
        return err_set(e, CHELA_USAGE, "chela config set: with --%s goes a path and no value",
                       b->option);
    struct buf value = BUF_INIT(MAX_BATCH);
    struct json_writer w = JSON_WRITER(&value);
    json_object(&w);
    for (; b->option; b++) write_option(&w, c, b);
    json_object_end(&w);
    enum chela_error rc = value.failed ? no_memory(e) : one(all, c->arg[0], buf_str(&value), e);
    buf_free(&value);
    return rc;
}

static enum chela_error from_ref(struct assignments *all, struct cli *c, struct err *e) {
    if (cli_given(c, "ref-source") && cli_given(c, "ref-id")) return built(all, c, ref_builder, e);
    return err_set(e, CHELA_USAGE, "chela config set: a reference needs --ref-source and --ref-id");
}

static enum chela_error from_provider(struct assignments *all, struct cli *c, struct err *e) {
    if (!cli_given(c, "provider-source"))
        return err_set(e, CHELA_USAGE,
                       "chela config set: a provider of secrets needs --provider-source");
    if (c->arg_count && !str_starts(c->arg[0], S("secrets.providers")))
        return err_set(e, CHELA_USAGE,
                       "chela config set: the --provider options are for secrets.providers.NAME");
    return built(all, c, provider_builder, e);
}

/* ---- many at once ---- */

static enum chela_error batch_item(struct assignments *all, doc_node n, struct err *e) {
    static const char *const keys[] = { "value", "ref", "provider" };
    struct doc *d = all->batch;
    doc_node value = 0;
    str path;
    size_t values = 0;
    if (!doc_string(d, doc_get(d, n, S("path")), &path))
        return err_set(e, CHELA_INPUT, "the batch: item %zu has no \"path\"", all->count + 1);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        doc_node found = doc_get(d, n, str_c(keys[i]));
        if (!found) continue;
        value = found;
        values++;
    }
    if (values != 1)
        return err_set(e, CHELA_INPUT,
                       "the batch: item %zu needs one of \"value\", \"ref\" and \"provider\"",
                       all->count + 1);
    all->item[all->count++] = (struct assignment){ path, doc_raw(d, value) };
    return CHELA_OK;
}

static enum chela_error from_batch(struct assignments *all, struct cli *c, struct err *e) {
    str file = cli_text(c, "batch-file");
    enum chela_error rc = CHELA_OK;
    if (c->arg_count)
        return err_set(e, CHELA_USAGE, "chela config set: a batch names its paths itself");
    if (cli_given(c, "batch-json"))
        buf_add(&all->batch_text, cli_text(c, "batch-json"));
    else if (str_eq(file, S("-")))
        rc = file_read_fd(0, "standard input", &all->batch_text, e);
    else
        rc = file_read(file.p, &all->batch_text, e);
    if (rc != CHELA_OK) return rc;
    rc = doc_parse(&all->batch, buf_str(&all->batch_text), DOC_JSON5, NULL, e);
    if (rc != CHELA_OK) return err_prefix(e, rc, "the batch: ");
    doc_node root = doc_root(all->batch);
    if (doc_type(all->batch, root) != DOC_ARRAY)
        return err_set(e, CHELA_INPUT, "the batch: expected an array of {path, value}, found %s",
                       doc_type_name(doc_type(all->batch, root)));
    all->item = arena_alloc(&all->arena, (doc_len(all->batch, root) + 1) * sizeof *all->item);
    if (!all->item) return no_memory(e);
    for (doc_node n = doc_first(all->batch, root); n && rc == CHELA_OK; n = doc_next(all->batch, n))
        rc = batch_item(all, n, e);
    return rc;
}

/* ---- set ---- */

static enum chela_error gather(struct assignments *all, struct cli *c, struct err *e) {
    bool batch = cli_given(c, "batch-json") || cli_given(c, "batch-file");
    bool ref = any_given(c, ref_builder), provider = any_given(c, provider_builder);
    if (batch + ref + provider > 1 || (cli_given(c, "batch-json") && cli_given(c, "batch-file")))
        return err_set(e, CHELA_USAGE,
                       "chela config set: the --batch, --ref and --provider options exclude each "
                       "other");
    if (batch) return from_batch(all, c, e);
    if (ref) return from_ref(all, c, e);
    return provider ? from_provider(all, c, e) : from_words(all, c, e);
}

/* Sets what `n` holds one by one into the object at `path`, deep. */
static enum chela_error merge(struct config_edit *x, str path, struct doc *d, doc_node n,
                              struct err *e) {
    struct err ignored = ERR_INIT;
    doc_node there = doc_path_get(x->doc, path, &ignored);
    if (doc_type(d, n) != DOC_OBJECT || doc_type(x->doc, there) != DOC_OBJECT)
        return config_edit_set(x, path, doc_raw(d, n), e);
    enum chela_error rc = CHELA_OK;
    for (doc_node child = doc_first(d, n); child && rc == CHELA_OK; child = doc_next(d, child)) {
        struct buf below = BUF_INIT(1u << 16);
        buf_add(&below, path);
        buf_addc(&below, '[');
        json_quote(&below, doc_key(d, child));
        buf_addc(&below, ']');
        rc = below.failed ? err_set(e, CHELA_LIMIT, "a path is too long")
                          : merge(x, buf_str(&below), d, child, e);
        buf_free(&below);
    }
    return rc;
}

static enum chela_error merge_text(struct config_edit *x, const struct assignment *a,
                                   struct err *e) {
    struct doc *d;
    enum chela_error rc = doc_parse(&d, a->value, DOC_JSON5, NULL, e);
    if (rc == CHELA_OK) rc = merge(x, a->path, d, doc_root(d), e);
    doc_free(d);
    return rc;
}

static enum chela_error apply(struct config_edit *x, void *ctx, struct err *e) {
    const struct assignments *all = ctx;
    enum chela_error rc = CHELA_OK;
    for (size_t i = 0; i < all->count && rc == CHELA_OK; i++)
        rc = all->merge ? merge_text(x, &all->item[i], e)
                        : config_edit_set(x, all->item[i].path, all->item[i].value, e);
    return rc;
}

static enum chela_error tell(struct cli *c, const struct editing *r, const struct assignments *all,
                             struct err *e) {
    if (!c->json) {
        editing_tell(r);
        return CHELA_OK;
    }
    struct buf out = BUF_INIT(MAX_BATCH);
    struct json_writer w = JSON_WRITER(&out);
    json_object(&w);
    editing_json(&w, r);
    json_key(&w, S("outputs"));
    json_array(&w);
    for (size_t i = 0; i < all->count; i++) {
        json_object(&w);
        json_kstring(&w, "path", all->item[i].path);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(&out, '\n');
    return editing_print(c, &out, e);
}

static enum chela_error run_set(struct cli *c, struct err *e) {
    struct assignments all = { .batch_text = BUF_INIT(MAX_BATCH), .merge = cli_given(c, "merge") };
    struct editing r = { .dry_run = cli_given(c, "dry-run") };
    arena_init(&all.arena, 4 * MAX_BATCH);
    enum chela_error rc = gather(&all, c, e);
    if (rc == CHELA_OK) rc = editing_run(c, &r, apply, &all, e);
    if (rc == CHELA_OK) rc = tell(c, &r, &all, e);
    doc_free(all.batch);
    buf_free(&all.batch_text);
    arena_free(&all.arena);
    return rc;
}

static const struct option_spec set_options[] = {
    { "strict-json", 0, OPTION_FLAG, NULL, "the value is JSON5; nothing is taken for a string" },
    { "json", 0, OPTION_FLAG, NULL, "the same, and the result is printed as JSON" },
    { "merge", 0, OPTION_FLAG, NULL, "set the members of an object and keep the others" },
    { "dry-run", 0, OPTION_FLAG, NULL, "only check; write nothing" },
    { "batch-json", 0, OPTION_TEXT, "JSON", "many at once: [{path, value}, …]" },
    { "batch-file", 0, OPTION_TEXT, "FILE", "the same from a file; - is standard input" },
    { "ref-source", 0, OPTION_TEXT, "WHERE", "a reference to a secret: env, file or exec" },
    { "ref-provider", 0, OPTION_TEXT, "NAME", "its provider of secrets (default: default)" },
    { "ref-id", 0, OPTION_TEXT, "ID", "its name there" },
    { "provider-source", 0, OPTION_TEXT, "WHERE", "a provider of secrets: env, file or exec" },
    { "provider-path", 0, OPTION_TEXT, "FILE", "file: where they are" },
    { "provider-mode", 0, OPTION_TEXT, "MODE", "file: json or singleValue" },
    { "provider-command", 0, OPTION_TEXT, "PATH", "exec: the program" },
    { "provider-arg", 0, OPTION_TEXT, "WORD", "exec: an argument; may be repeated" },
    { "provider-env", 0, OPTION_TEXT, "NAME=TEXT", "exec: a variable; may be repeated" },
    { "provider-pass-env", 0, OPTION_TEXT, "NAME", "exec: a variable to hand on; may be repeated" },
    { "provider-allowlist", 0, OPTION_TEXT, "NAME", "env: a variable; may be repeated" },
    { "provider-trusted-dir", 0, OPTION_TEXT, "DIR", "exec: a folder; may be repeated" },
    { "provider-timeout-ms", 0, OPTION_INT, "MS", "file, exec: how long it may take" },
    { "provider-no-output-timeout-ms", 0, OPTION_INT, "MS", "exec: how long it may be silent" },
    { "provider-max-bytes", 0, OPTION_INT, "N", "file: the largest size" },
    { "provider-max-output-bytes", 0, OPTION_INT, "N", "exec: the longest output" },
    { "provider-json-only", 0, OPTION_FLAG, NULL, "exec: the output has to be JSON" },
    { "provider-allow-insecure-path", 0, OPTION_FLAG, NULL, "accept what others could change" },
    { "provider-allow-symlink-command", 0, OPTION_FLAG, NULL, "exec: the program may be a link" },
    { "replace", 0, OPTION_FLAG, NULL, NULL }, /* what a value does here anyway */
    { "allow-exec", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};

const struct command cmd_config_set = {
    .path = "config set",
    .operands = "PATH VALUE",
    .summary = "Set a value in openclaw.json and keep the rest as it is",
    .details =
        "Comments, order and every other byte of the file stay; the text before the edit is kept\n"
        "as openclaw.json.bak. VALUE is JSON5, or a string without its quotes. The result has to\n"
        "be right before it is written. PATH is like agents.defaults.models[\"openrouter/auto\"]\n"
        ".params; objects that are missing on the way are made. A VALUE that starts with - is\n"
        "written behind --.",
    .options = set_options,
    .max_args = 2,
    .run = run_set,
};

/* ---- unset ---- */

static enum chela_error take_away(struct config_edit *x, void *ctx, struct err *e) {
    const str *path = ctx;
    bool removed;
    enum chela_error rc = config_edit_unset(x, *path, &removed, e);
    return rc == CHELA_OK && !removed ? config_path_missing(x->doc, *path, e) : rc;
}

static enum chela_error run_unset(struct cli *c, struct err *e) {
    struct assignment item = { .path = c->arg[0] };
    struct assignments all = { .item = &item, .count = 1 };
    struct editing r = { .dry_run = cli_given(c, "dry-run") };
    enum chela_error rc = editing_run(c, &r, take_away, &item.path, e);
    return rc == CHELA_OK ? tell(c, &r, &all, e) : rc;
}

static const struct option_spec unset_options[] = {
    { "dry-run", 0, OPTION_FLAG, NULL, "only check; write nothing" },
    { "json", 0, OPTION_FLAG, NULL, "print the result as JSON" },
    { 0 },
};

const struct command cmd_config_unset = {
    .path = "config unset",
    .operands = "PATH",
    .summary = "Remove a value from openclaw.json and keep the rest as it is",
    .details =
        "A comment behind it on its line goes with it; every other comment stays. The text before\n"
        "the edit is kept as openclaw.json.bak. A path that is not set: exit code 65.",
    .options = unset_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_unset,
};
