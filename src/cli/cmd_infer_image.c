/* chela infer image: pictures from words, and from other pictures. */
#include "cli/media_cli.h"
#include "cli/talk.h"
#include "doc/json_write.h"
#include "media/image.h"

#include <stdio.h>

#define IMAGE_OPTIONS                                                                              \
    { "prompt", 'p', OPTION_TEXT, "TEXT", "what to draw; - reads standard input" },                \
        { "model", 'm', OPTION_TEXT, "REF", "the model, as openrouter/<author>/<model>" },         \
        { "count", 'n', OPTION_INT, "N", "how many pictures, 1 to 4" },                            \
        { "size", 0, OPTION_TEXT, "WxH", "a size such as 1024x1024; taken as the nearest ratio" }, \
        { "aspect-ratio", 0, OPTION_TEXT, "W:H", "a shape such as 16:9" },                         \
        { "resolution", 0, OPTION_TEXT, "1K|2K|4K", "how fine" },                                  \
        { "output", 'o', OPTION_TEXT, "PATH",                                                      \
          "where to write; the extension follows the bytes; - is stdout" },                        \
        { "timeout-ms", 0, OPTION_INT, "MS", "give up after so long" },                            \
        { "quality", 0, OPTION_TEXT, "LEVEL",                                                      \
          "a hint that OpenRouter's chat models do not take" },                                    \
        { "output-format", 0, OPTION_TEXT, "TYPE", "likewise: the type is the model's choice" },   \
        { "background", 0, OPTION_TEXT, "KIND", "likewise" },                                      \
        { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of paths" },                    \
        { "openai-background", 0, OPTION_TEXT, "KIND", NULL },                                     \
        { "openai-moderation", 0, OPTION_TEXT, "LEVEL", NULL },                                    \
        { "local", 0, OPTION_FLAG, NULL, NULL }, {                                                 \
        0                                                                                          \
    }

static const struct option_spec generate_options[] = { IMAGE_OPTIONS };
static const struct option_spec edit_options[] = {
    { "file", 'f', OPTION_TEXT, "PICTURE",
      "a file, a data URL or a web address; up to five times" },
    IMAGE_OPTIONS,
};

static void on_progress(void *ctx, uint64_t bytes) {
    char detail[32] = "";
    if (bytes) snprintf(detail, sizeof detail, "%.1f MB", (double)bytes / 1e6);
    media_cli_progress(ctx, detail);
}

static enum chela_error run_request(struct media_cli *m, const struct image_request *q,
                                    struct err *e) {
    if (m->cli->explain) {
        struct buf text = BUF_INIT(512u << 20);
        enum chela_error rc = image_explain(q, m->config, media_cli_wants_json(m->cli),
                                            media_cli_wants_colour(m->cli), &text, e);
        if (rc == CHELA_OK) media_cli_text(&text);
        buf_free(&text);
        return rc;
    }
    struct media_result result;
    enum chela_error rc = image_run(q, m->config, &result, e);
    rc = media_cli_print(m, &result, rc, e);
    media_result_free(&result);
    return rc;
}

static str text_of(void *ctx, const char *option, const char *argument) {
    (void)argument;
    return cli_text(ctx, option);
}

static enum chela_error run(struct cli *c, const char *capability, struct err *e) {
    struct media_cli m;
    struct buf prompt = BUF_INIT(1);
    struct image_request q = { .capability = capability,
                               .count = cli_int(c, "count", 1),
                               .has_count = cli_given(c, "count"),
                               .ctx = &m,
                               .on_notice = media_cli_notice,
                               .on_progress = on_progress };
    image_read_hints(&q, text_of, c);
    q.input_count = cli_texts(c, "file", &q.inputs);
    enum chela_error rc = media_cli_begin(&m, c, "picture", e);
    q.cancel = m.cancel;
    q.rules = &m.rules;
    if (rc == CHELA_OK) rc = media_cli_output(&m, &q.output, e);
    if (rc == CHELA_OK && m.pour && q.count > 1)
        rc = err_set(e, CHELA_USAGE, "--output - takes one picture, not --count %lld",
                     (long long)q.count);
    if (rc == CHELA_OK) rc = media_cli_timeout(c, &q.timeout_ms, e);
    if (rc == CHELA_OK) rc = talk_prompt(c, "prompt", &prompt, e);
    q.prompt = buf_str(&prompt);
    if (rc == CHELA_OK) rc = run_request(&m, &q, e);
    buf_free(&prompt);
    media_cli_end(&m);
    return rc;
}

static enum chela_error run_generate(struct cli *c, struct err *e) {
    return run(c, "image.generate", e);
}

static enum chela_error run_edit(struct cli *c, struct err *e) {
    if (cli_given(c, "file")) return run(c, "image.edit", e);
    err_set(e, CHELA_USAGE, "chela infer image edit: --file is missing");
    return err_hint(e, CHELA_USAGE, "chela infer image edit --file photo.png --prompt \"…\"");
}

const struct command cmd_infer_image_generate = {
    .path = "infer image generate",
    .summary = "Make a picture from words",
    .details = "Without --model the configured one draws (agents.defaults.imageGenerationModel),\n"
               "else google/gemini-3.1-flash-image-preview. Without --output the picture goes to\n"
               "chela's state folder. A file that is there is replaced, once the new one is whole.",
    .options = generate_options,
    .can_explain = true,
    .run = run_generate,
};

const struct command cmd_infer_image_edit = {
    .path = "infer image edit",
    .summary = "Make a picture from words and up to five others",
    .details = "A web address is fetched from the public Internet only.",
    .options = edit_options,
    .can_explain = true,
    .run = run_edit,
};
