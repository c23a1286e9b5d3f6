/* chela models aliases list | add | remove: short names for models. */
#include "cli/models.h"

/* ---- list ---- */

struct alias {
    str name, key;
};

/* Of two models with one alias the last has it. */
static bool is_last(struct doc *d, doc_node entries, doc_node entry, str alias) {
    str other;
    doc_node last = 0;
    for (doc_node n = doc_first(d, entries); n; n = doc_next(d, n))
        if (doc_string(d, doc_get(d, n, S("alias")), &other) && str_ieq(str_trim(other), alias))
            last = n;
    return last == entry;
}

/* NULL only when out of memory. */
static struct alias *gather(struct config *config, struct arena *a, size_t *count) {
    struct doc *d = config_doc(config);
    doc_node entries = doc_path_get(d, S("agents.defaults.models"), NULL);
    struct alias *list = arena_alloc(a, (doc_len(d, entries) + 1) * sizeof *list);
    *count = 0;
    for (doc_node n = doc_first(d, entries); list && n; n = doc_next(d, n)) {
        str name;
        if (!doc_string(d, doc_get(d, n, S("alias")), &name)) continue;
        name = str_trim(name);
        if (!name.n || !is_last(d, entries, n, name)) continue;
        list[*count].name = name;
        list[(*count)++].key = models_key(config, doc_key(d, n), a);
    }
    return list;
}

static void write_json(const struct alias *list, size_t count, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("aliases"));
    json_object(&w);
    for (size_t i = 0; i < count; i++) {
        json_key(&w, list[i].name);
        json_string(&w, list[i].key);
    }
    json_object_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

static void write_lines(const struct alias *list, size_t count, bool plain, struct buf *out) {
    if (!plain) buf_addf(out, "Aliases (%zu):\n%s", count, count ? "" : "- none\n");
    for (size_t i = 0; i < count; i++)
        buf_addf(out, plain ? "%.*s %.*s\n" : "- %.*s -> %.*s\n", STR_ARG(list[i].name),
                 STR_ARG(list[i].key));
}

static enum chela_error run_list(struct cli *c, struct err *e) {
    enum models_form form;
    struct config *config = NULL;
    enum chela_error rc = models_form(c, &form, e);
    if (rc == CHELA_OK) rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK) {
        struct arena a = ARENA_INIT(4 << 20);
        struct buf out = BUF_INIT(4 << 20);
        size_t count;
        const struct alias *list = gather(config, &a, &count);
        if (form == MODELS_JSON)
            write_json(list, count, &out);
        else
            write_lines(list, count, form == MODELS_PLAIN, &out);
        rc = editing_print(c, &out, e);
        arena_free(&a);
    }
    config_free(config);
    return rc;
}

const struct command cmd_models_aliases_list = {
    .path = "models aliases list",
    .summary = "List the short names of models",
    .options = models_list_options,
    .run = run_list,
};

/* ---- add and remove ---- */

struct change {
    str name, text; /* text: the model; empty to remove */
    struct arena arena;
    struct model_ref ref;
};

static enum chela_error apply(struct config_edit *x, void *ctx, struct err *e) {
    struct change *change = ctx;
    if (!change->text.n) return model_edit_remove_alias(x, change->name, e);
    enum chela_error rc = models_resolve(&change->ref, change->text, x->config, &change->arena, e);
    return rc == CHELA_OK ? model_edit_add_alias(x, change->name, &change->ref, e) : rc;
}

static enum chela_error tell(struct cli *c, const struct editing *r, const struct change *change,
                             struct err *e) {
    struct buf out = BUF_INIT(1u << 16);
    if (c->json) {
        struct json_writer w = JSON_WRITER(&out);
        json_object(&w);
        editing_json(&w, r);
        json_kstring(&w, "alias", change->name);
        if (change->text.n) json_kstring(&w, "model", change->ref.key);
        json_object_end(&w);
        buf_addc(&out, '\n');
    } else {
        editing_tell(r);
        if (change->text.n)
            buf_addf(&out, "Alias %.*s -> %.*s\n", STR_ARG(change->name), STR_ARG(change->ref.key));
        else
            buf_addf(&out, "Alias %.*s removed\n", STR_ARG(change->name));
    }
    return editing_print(c, &out, e);
}

static enum chela_error run_change(struct cli *c, struct err *e) {
    struct change change = { .name = str_trim(c->arg[0]),
                             .text = c->arg_count > 1 ? c->arg[1] : (str){ 0 },
                             .arena = ARENA_INIT(1u << 20) };
    struct editing r = { .changed = false };
    enum chela_error rc = editing_run(c, &r, apply, &change, e);
    if (rc == CHELA_OK) rc = tell(c, &r, &change, e);
    arena_free(&change.arena);
    return rc;
}

const struct command cmd_models_aliases_add = {
    .path = "models aliases add",
    .operands = "ALIAS REF",
    .summary = "Give a model a short name",
    .details = "Letters, digits and . _ : - make a name; upper and lower case are alike.",
    .options = models_change_options,
    .min_args = 2,
    .max_args = 2,
    .run = run_change,
};

const struct command cmd_models_aliases_remove = {
    .path = "models aliases remove",
    .operands = "ALIAS",
    .summary = "Take a short name away",
    .options = models_change_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_change,
};
