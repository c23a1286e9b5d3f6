/* chela infer image|video|tts providers: who makes it, and what is known of them. */
#include "cli/media_cli.h"
#include "media/providers.h"

static const struct option_spec options[] = {
    { "json", 0, OPTION_FLAG, NULL, "one JSON document, in OpenClaw's shape" },
    { "local", 0, OPTION_FLAG, NULL, NULL },
    { "gateway", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};

static enum chela_error run(struct cli *c, enum media_kind kind, struct err *e) {
    struct config *config = NULL;
    struct buf text = BUF_INIT(1u << 20);
    enum chela_error rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK)
        rc = c->json ? media_providers_json(kind, config, NULL, &text, e)
                     : media_providers_text(kind, config, NULL, &text, e);
    if (rc == CHELA_OK) media_cli_text(&text);
    buf_free(&text);
    config_free(config);
    return rc;
}

static enum chela_error run_image(struct cli *c, struct err *e) {
    return run(c, MEDIA_IMAGE, e);
}

static enum chela_error run_tts(struct cli *c, struct err *e) {
    return run(c, MEDIA_SPEECH, e);
}

static enum chela_error run_video(struct cli *c, struct err *e) {
    return run(c, MEDIA_VIDEO, e);
}

const struct command cmd_infer_image_providers = {
    .path = "infer image providers",
    .summary = "List who makes pictures, and the models",
    .options = options,
    .run = run_image,
};

const struct command cmd_infer_tts_providers = {
    .path = "infer tts providers",
    .summary = "List who speaks, the models and voices",
    .options = options,
    .run = run_tts,
};

const struct command cmd_infer_video_providers = {
    .path = "infer video providers",
    .summary = "List who makes videos, and what they offer",
    .options = options,
    .run = run_video,
};
