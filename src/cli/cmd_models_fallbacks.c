/* chela models fallbacks | image-fallbacks, each list | add | remove | clear: what is tried, in
 * order, when the model fails. */
#include "cli/models.h"

static const char *title(enum model_slot slot) {
    return slot == MODEL_CHAT ? "Fallbacks" : "Image fallbacks";
}

/* The canonical keys of the slot's list in d, in c's sense; NULL only when out of memory. */
static str *gather(struct doc *d, struct config *c, enum model_slot slot, struct arena *a,
                   size_t *count) {
    doc_node model = doc_path_get(d, model_slot_path(slot), NULL);
    doc_node fallbacks = doc_get(d, model, S("fallbacks"));
    str *list = arena_alloc(a, (doc_len(d, fallbacks) + 1) * sizeof *list), text;
    *count = 0;
    for (doc_node n = doc_first(d, fallbacks); list && n; n = doc_next(d, n))
        if (doc_string(d, n, &text)) list[(*count)++] = arena_dup(a, models_key(c, text, a));
    return list;
}

static void write_keys(struct json_writer *w, const str *list, size_t count) {
    json_key(w, S("fallbacks"));
    json_array(w);
    for (size_t i = 0; i < count; i++) json_string(w, list[i]);
    json_array_end(w);
}

/* ---- list ---- */

static void write_list(enum models_form form, enum model_slot slot, const str *list, size_t count,
                       struct buf *out) {
    if (form == MODELS_JSON) {
        struct json_writer w = JSON_WRITER(out);
        json_object(&w);
        write_keys(&w, list, count);
        json_object_end(&w);
        buf_addc(out, '\n');
        return;
    }
    bool plain = form == MODELS_PLAIN;
    if (!plain) buf_addf(out, "%s (%zu):\n%s", title(slot), count, count ? "" : "- none\n");
    for (size_t i = 0; i < count; i++)
        buf_addf(out, "%s%.*s\n", plain ? "" : "- ", STR_ARG(list[i]));
}

static enum chela_error list(struct cli *c, enum model_slot slot, struct err *e) {
    enum models_form form;
    struct config *config = NULL;
    enum chela_error rc = models_form(c, &form, e);
    if (rc == CHELA_OK) rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK) {
        struct arena a = ARENA_INIT(4 << 20);
        struct buf out = BUF_INIT(4 << 20);
        size_t count;
        const str *keys = gather(config_doc(config), config, slot, &a, &count);
        write_list(form, slot, keys, count, &out);
        rc = editing_print(c, &out, e);
        arena_free(&a);
    }
    config_free(config);
    return rc;
}

/* ---- add, remove, clear ---- */

enum verb { ADD, REMOVE, CLEAR };

struct change {
    enum verb verb;
    enum model_slot slot;
    str text;
    struct arena arena;
    str *list; /* as it is afterwards */
    size_t count;
};

static enum chela_error add(struct config_edit *x, struct change *change, struct err *e) {
    struct model_ref ref;
    enum chela_error rc = models_resolve(&ref, change->text, x->config, &change->arena, e);
    return rc == CHELA_OK ? model_edit_add_fallback(x, change->slot, &ref, e) : rc;
}

static enum chela_error apply(struct config_edit *x, void *ctx, struct err *e) {
    struct change *change = ctx;
    enum chela_error rc = CHELA_OK;
    switch (change->verb) {
    case ADD: rc = add(x, change, e); break;
    case REMOVE: rc = model_edit_remove_fallback(x, change->slot, change->text, e); break;
    case CLEAR: rc = model_edit_set_fallbacks(x, change->slot, NULL, 0, e); break;
    }
    change->list = gather(x->doc, x->config, change->slot, &change->arena, &change->count);
    return rc;
}

static void write_result(const struct change *change, struct buf *out) {
    if (change->verb == CLEAR) {
        buf_addf(out, "%s cleared.\n",
                 change->slot == MODEL_CHAT ? "Fallback list" : "Image fallback list");
        return;
    }
    buf_addf(out, "%s: ", title(change->slot));
    for (size_t i = 0; i < change->count; i++)
        buf_addf(out, "%s%.*s", i ? ", " : "", STR_ARG(change->list[i]));
    buf_add(out, change->count ? S("\n") : S("none\n"));
}

static enum chela_error run_change(struct cli *c, enum model_slot slot, enum verb verb,
                                   struct err *e) {
    struct change change = { .verb = verb,
                             .slot = slot,
                             .text = c->arg_count ? c->arg[0] : (str){ 0 },
                             .arena = ARENA_INIT(4 << 20) };
    struct editing r = { .changed = false };
    enum chela_error rc = editing_run(c, &r, apply, &change, e);
    if (rc == CHELA_OK) {
        struct buf out = BUF_INIT(4 << 20);
        if (c->json) {
            struct json_writer w = JSON_WRITER(&out);
            json_object(&w);
            editing_json(&w, &r);
            write_keys(&w, change.list, change.count);
            json_object_end(&w);
            buf_addc(&out, '\n');
        } else {
            editing_tell(&r);
            write_result(&change, &out);
        }
        rc = editing_print(c, &out, e);
    }
    arena_free(&change.arena);
    return rc;
}

/* ---- the commands: which one, their own names say ---- */

static enum chela_error run(struct cli *c, struct err *e) {
    str path = str_c(c->command->path);
    enum model_slot slot = str_has(path, S("image-")) ? MODEL_IMAGE : MODEL_CHAT;
    if (str_ends(path, S(" list"))) return list(c, slot, e);
    return run_change(c, slot,
                      str_ends(path, S(" add"))      ? ADD
                      : str_ends(path, S(" remove")) ? REMOVE
                                                     : CLEAR,
                      e);
}

const struct command cmd_models_fallbacks_list = {
    .path = "models fallbacks list",
    .summary = "List the models that are tried when the default one fails",
    .options = models_list_options,
    .run = run,
};
const struct command cmd_models_fallbacks_add = {
    .path = "models fallbacks add",
    .operands = "REF",
    .summary = "Put a model at the end of the fall-backs",
    .options = models_change_options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
const struct command cmd_models_fallbacks_remove = {
    .path = "models fallbacks remove",
    .operands = "REF",
    .summary = "Take a model out of the fall-backs",
    .options = models_change_options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
const struct command cmd_models_fallbacks_clear = {
    .path = "models fallbacks clear",
    .summary = "Take all fall-backs away",
    .options = models_change_options,
    .run = run,
};
const struct command cmd_models_image_fallbacks_list = {
    .path = "models image-fallbacks list",
    .summary = "List the models that are tried when the image model fails",
    .options = models_list_options,
    .run = run,
};
const struct command cmd_models_image_fallbacks_add = {
    .path = "models image-fallbacks add",
    .operands = "REF",
    .summary = "Put a model at the end of the fall-backs for pictures",
    .options = models_change_options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
const struct command cmd_models_image_fallbacks_remove = {
    .path = "models image-fallbacks remove",
    .operands = "REF",
    .summary = "Take a model out of the fall-backs for pictures",
    .options = models_change_options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
const struct command cmd_models_image_fallbacks_clear = {
    .path = "models image-fallbacks clear",
    .summary = "Take all fall-backs for pictures away",
    .options = models_change_options,
    .run = run,
};
