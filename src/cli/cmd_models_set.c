/* chela models set | set-image: the model that is used when nobody names one. */
#include "cli/models.h"

extern const struct command cmd_models_set;

struct choice {
    enum model_slot slot;
    str text;
    struct arena arena;
    struct model_ref ref;
};

static enum chela_error apply(struct config_edit *x, void *ctx, struct err *e) {
    struct choice *choice = ctx;
    enum chela_error rc = models_resolve(&choice->ref, choice->text, x->config, &choice->arena, e);
    return rc == CHELA_OK ? model_edit_primary(x, choice->slot, &choice->ref, e) : rc;
}

static enum chela_error tell(struct cli *c, enum models_form form, const struct editing *r,
                             const struct choice *choice, struct err *e) {
    struct buf out = BUF_INIT(1u << 16);
    struct json_writer w = JSON_WRITER(&out);
    str key = choice->ref.key;
    switch (form) {
    case MODELS_JSON:
        json_object(&w);
        editing_json(&w, r);
        json_kstring(&w, "model", key);
        if (choice->ref.alias.n) json_kstring(&w, "alias", choice->ref.alias);
        if (choice->ref.profile.n) json_kstring(&w, "profile", choice->ref.profile);
        json_object_end(&w);
        break;
    case MODELS_PLAIN: buf_add(&out, key); break;
    case MODELS_TEXT:
        editing_tell(r);
        buf_addf(&out, "%s: %.*s", choice->slot == MODEL_CHAT ? "Default model" : "Image model",
                 STR_ARG(key));
        break;
    }
    buf_addc(&out, '\n');
    return editing_print(c, &out, e);
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct choice choice = { .slot = c->command == &cmd_models_set ? MODEL_CHAT : MODEL_IMAGE,
                             .text = c->arg[0],
                             .arena = ARENA_INIT(1u << 20) };
    struct editing r = { .changed = false };
    enum models_form form;
    enum chela_error rc = models_form(c, &form, e);
    if (rc == CHELA_OK) rc = editing_run(c, &r, apply, &choice, e);
    if (rc == CHELA_OK) rc = tell(c, form, &r, &choice, e);
    arena_free(&choice.arena);
    return rc;
}

#define DETAILS                                                                                    \
    "REF is an alias, a reference such as openrouter/moonshotai/kimi-k2.6, or a bare name\n"       \
    "(kimi-k2.6) that one model has. The model gets an entry in agents.defaults.models;\n"         \
    "fall-backs, comments and everything else in the file stay as they are."

const struct command cmd_models_set = {
    .path = "models set",
    .operands = "REF",
    .summary = "Choose the default model",
    .details = DETAILS,
    .options = models_list_options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};

const struct command cmd_models_set_image = {
    .path = "models set-image",
    .operands = "REF",
    .summary = "Choose the default model for pictures that are looked at",
    .details = DETAILS,
    .options = models_list_options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
