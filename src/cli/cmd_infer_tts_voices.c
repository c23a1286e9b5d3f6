/* chela infer tts voices: what the service lists, the chosen one first. A service that cannot be
 * asked takes nothing away from what is known without it. */
#include "cli/columns.h"
#include "cli/media_cli.h"
#include "doc/json_write.h"
#include "media/voices.h"

static const struct option_spec options[] = {
    { "model", 'm', OPTION_TEXT, "REF", "the voices of this model alone" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document, in OpenClaw's shape" },
    { "provider", 0, OPTION_TEXT, "ID", NULL },
    { "local", 0, OPTION_FLAG, NULL, NULL },
    { "gateway", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};

/* [{"id":"af_alloy","name":"Alloy","provider":"openrouter","model":"hexgrad/kokoro-82m"}] */
static void write_json(const struct voices *v, str model, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_array(&w);
    for (size_t i = 0; i < v->count; i++) {
        const struct voice *voice = &v->list[i];
        if (model.n && !str_eq(voice->model, model)) continue;
        bool known = str_eq(voice->id, S("af_alloy"));
        json_object(&w);
        json_kstring(&w, "id", voice->id);
        json_kstring(&w, "name", known ? S("Alloy") : voice->id);
        json_kstring(&w, "provider", S("openrouter"));
        json_kstring(&w, "model", voice->model);
        json_object_end(&w);
    }
    json_array_end(&w);
}

static void write_text(const struct voices *v, str model, struct arena *a, struct buf *out) {
    static const struct column column[] = { { .title = "VOICE" },
                                            { .title = "MODEL" },
                                            { .title = "", .optional = true } };
    struct columns t;
    if (!columns_begin(&t, column, 3, v->count, columns_of_terminal(), a)) return;
    for (size_t i = 0; i < v->count; i++) {
        const struct voice *voice = &v->list[i];
        if (model.n && !str_eq(voice->model, model)) continue;
        str *cell = columns_row(&t);
        cell[0] = voice->id;
        cell[1] = voice->model;
        cell[2] = voice->chosen ? S("chosen") : S("");
    }
    columns_print(&t, out);
}

static enum chela_error list(struct media_cli *m, struct arena *a, struct err *e) {
    struct voices voices;
    struct model_ref model = { .id = { 0 } };
    struct buf text = BUF_INIT(4u << 20);
    struct err why = ERR_INIT;
    str asked = cli_text(m->cli, "model");
    if (asked.n && model_ref_parse(&model, asked, m->config, a, e) != CHELA_OK) return e->code;
    enum chela_error rc = voices_find(&voices, m->config, m->cancel, a, &why);
    if (!voices.count || rc == CHELA_CANCELLED) {
        *e = why;
        return rc;
    }
    if (rc != CHELA_OK) cli_note("chela: the service's own list did not come: %s", why.message);
    if (m->cli->json)
        write_json(&voices, model.id, &text);
    else
        write_text(&voices, model.id, a, &text);
    media_cli_text(&text);
    buf_free(&text);
    if (!m->cli->json) cli_note("chela: --voice takes any name that the model knows");
    return CHELA_OK;
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct media_cli m;
    struct arena a;
    arena_init(&a, 8u << 20);
    enum chela_error rc = media_cli_begin(&m, c, "voices", e);
    if (rc == CHELA_OK) rc = list(&m, &a, e);
    media_cli_end(&m);
    arena_free(&a);
    return rc;
}

const struct command cmd_infer_tts_voices = {
    .path = "infer tts voices",
    .summary = "List the voices of the models that the service lists",
    .details = "Asks the service of the speech route, for ten seconds at most; what is configured\n"
               "comes first, and is listed when the service does not answer.",
    .options = options,
    .run = run,
};
