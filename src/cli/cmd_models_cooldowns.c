/* chela models cooldowns clear: asks again, at once, models that are left alone because they
 * failed. `models status` shows them. */
#include "agent/cooldown.h"
#include "catalog/model_ref.h"
#include "cli/editing.h"
#include "cli/sessions.h"

/* The wire id of the model that was named; "" for all. */
static enum chela_error read_model(struct cli *c, struct arena *a, str *id, struct err *e) {
    struct config *config;
    struct model_ref ref;
    *id = (str){ 0 };
    if (!c->arg_count) return CHELA_OK;
    enum chela_error rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK) rc = model_ref_parse(&ref, c->arg[0], config, a, e);
    if (rc == CHELA_OK) *id = ref.id;
    config_free(config);
    return rc;
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct sessions x;
    struct buf out = BUF_INIT(4096);
    size_t cleared = 0;
    str id;
    enum chela_error rc = sessions_open(&x, c->env, e);
    if (rc == CHELA_OK) rc = read_model(c, &x.arena, &id, e);
    if (rc == CHELA_OK && x.store) rc = cooldown_clear(x.store, id, &cleared, e);
    sessions_close(&x);
    if (rc != CHELA_OK) return rc;
    if (c->json) {
        struct json_writer w = JSON_WRITER(&out);
        json_object(&w);
        json_kbool(&w, "ok", true);
        json_kint(&w, "cleared", (int64_t)cleared);
        json_object_end(&w);
    } else {
        buf_addf(&out, cleared == 1 ? "1 model is asked again" : "%zu models are asked again",
                 cleared);
    }
    return editing_print(c, &out, e);
}

static const struct option_spec options[] = {
    { "json", 0, OPTION_FLAG, NULL, "print one JSON document" },
    { 0 },
};

const struct command cmd_models_cooldowns_clear = {
    .path = "models cooldowns clear",
    .operands = "[MODEL]",
    .summary = "Ask models again that are left alone because they failed",
    .details = "Without MODEL all of them. `chela models status` shows which they are.",
    .options = options,
    .max_args = 1,
    .run = run,
};
