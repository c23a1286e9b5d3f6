/* chela models cooldowns list | clear: models that are left alone for a while because they failed.
 */
#include "base/clock.h"
#include "cli/models.h"
#include "cli/sessions.h"

enum { MAX_OUTPUT = 4 << 20 };

/* ---- list ---- */

static void write_list(enum models_form form, const struct cooldown *list, size_t count,
                       struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    if (form == MODELS_JSON) {
        json_object(&w);
        models_write_cooldowns(&w, list, count);
        json_object_end(&w);
        buf_addc(out, '\n');
        return;
    }
    if (form == MODELS_TEXT) buf_addf(out, "Cool-downs (%zu):\n%s", count, count ? "" : "- none\n");
    for (size_t i = 0; i < count; i++) {
        const struct cooldown *c = &list[i];
        if (form == MODELS_PLAIN)
            buf_addf(out, "%.*s\n", STR_ARG(c->model));
        else
            buf_addf(out, "- %.*s with %.*s: %lld s left after %lld failure%s: %.*s\n",
                     STR_ARG(c->model), STR_ARG(c->key),
                     (long long)((c->until_ms - clock_unix_ms() + 999) / 1000),
                     (long long)c->failures, c->failures == 1 ? "" : "s", STR_ARG(c->message));
    }
}

static enum chela_error run_list(struct cli *c, struct err *e) {
    struct sessions x = { 0 };
    struct cooldown *list = NULL;
    struct buf out = BUF_INIT(MAX_OUTPUT);
    enum models_form form;
    size_t count = 0;
    enum chela_error rc = models_form(c, &form, e);
    if (rc == CHELA_OK) rc = sessions_open(&x, c->env, e);
    if (rc == CHELA_OK && x.store) rc = cooldown_list(x.store, &x.arena, &list, &count, e);
    if (rc == CHELA_OK) {
        write_list(form, list, count, &out);
        rc = editing_print(c, &out, e);
    }
    sessions_close(&x);
    return rc;
}

const struct command cmd_models_cooldowns_list = {
    .path = "models cooldowns list",
    .summary = "List the models that are left alone for a while because they failed",
    .details = "While another model or key is left, these are not asked.",
    .options = models_list_options,
    .run = run_list,
};

/* ---- clear ---- */

/* The wire id of what was typed; "" for all. */
static enum chela_error which(struct cli *c, struct arena *a, str *id, struct err *e) {
    struct config *config;
    struct model_ref ref;
    *id = S("");
    if (!c->arg_count) return CHELA_OK;
    enum chela_error rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK) rc = models_resolve(&ref, c->arg[0], config, a, e);
    if (rc == CHELA_OK) *id = ref.id;
    config_free(config);
    return rc;
}

static enum chela_error run_clear(struct cli *c, struct err *e) {
    struct sessions x = { 0 };
    struct arena a = ARENA_INIT(1u << 20);
    struct buf out = BUF_INIT(MAX_OUTPUT);
    size_t cleared = 0;
    str id;
    enum chela_error rc = which(c, &a, &id, e);
    if (rc == CHELA_OK) rc = sessions_open(&x, c->env, e);
    if (rc == CHELA_OK && x.store) rc = cooldown_clear(x.store, id, &cleared, e);
    if (rc == CHELA_OK) {
        if (c->json)
            buf_addf(&out, "{\"ok\":true,\"cleared\":%zu}\n", cleared);
        else
            buf_addf(&out,
                     cleared == 1 ? "1 model is asked again\n" : "%zu models are asked again\n",
                     cleared);
        rc = editing_print(c, &out, e);
    }
    sessions_close(&x);
    arena_free(&a);
    return rc;
}

const struct command cmd_models_cooldowns_clear = {
    .path = "models cooldowns clear",
    .operands = "[REF]",
    .summary = "Ask models again that were left alone: one, or all",
    .options = models_change_options,
    .max_args = 1,
    .run = run_clear,
};
