/* Pictures for the conversation. What a person at the command line gets clamped, a model gets as an
 * error, so that it can mend its call (wire ruling 15). */
#include "agent/tool_media.h"
#include "media/image.h"
#include "media/providers.h"

static enum chela_error check_choice(const char *name, str value, const str *list, size_t count,
                                     struct err *e) {
    struct buf names = BUF_INIT(1024);
    bool found = !value.n;
    for (size_t i = 0; i < count; i++) {
        found = found || str_ieq(value, list[i]);
        buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARG(list[i]));
    }
    enum chela_error rc = CHELA_OK;
    if (!found)
        rc = err_set(e, CHELA_INPUT, "%s must be one of %.*s, not \"%.*s\"", name,
                     STR_ARG(buf_str(&names)), STR_ARG(str_head(value, 40)));
    buf_free(&names);
    return rc;
}

static void on_notice(void *ctx, const char *line) {
    struct tool_context *x = ctx;
    if (x->on_notice) x->on_notice(x->ctx, line);
}

static str text_of(void *ctx, const char *option, const char *argument) {
    (void)option;
    return tool_text(ctx, argument);
}

static enum chela_error generate(struct tool_context *x, struct doc *arguments, struct buf *result,
                                 struct err *e) {
    str pictures[IMAGE_MAX_INPUTS + 1];
    struct tool_folders folders;
    const struct picture_rules rules = tool_rules(x, &folders);
    struct image_request q = {
        .capability = "image.generate",
        .prompt = tool_text(arguments, "prompt"),
        .inputs = pictures,
        .rules = &rules,
        .infer_resolution = true,
        .output = tool_output(x, arguments),
        .timeout_ms = tool_timeout(x, arguments),
        .cancel = x->cancel,
        .ctx = x,
        .on_notice = on_notice,
    };
    image_read_hints(&q, text_of, arguments);
    q.input_count = tool_pictures(arguments, "image", "images", pictures, IMAGE_MAX_INPUTS + 1);
    q.has_count = doc_int(arguments, doc_get(arguments, doc_root(arguments), S("count")), &q.count);
    if (!q.prompt.n) return err_set(e, CHELA_INPUT, "prompt is missing: say what to draw");
    enum chela_error rc =
        check_choice("aspectRatio", q.aspect_ratio, image_ratios, image_ratio_count, e);
    if (rc == CHELA_OK)
        rc = check_choice("resolution", q.resolution, image_resolutions, image_resolution_count, e);
    if (rc != CHELA_OK) return rc;
    struct media_result made;
    rc = image_run(&q, x->config, &made, e);
    if (rc == CHELA_OK) tool_result(x, &made, "image", "image", result);
    media_result_free(&made);
    return rc;
}

static enum chela_error run(struct tool_context *x, struct doc *arguments, struct buf *result,
                            struct err *e) {
    str action = tool_text(arguments, "action");
    if (str_eq(action, S("list")))
        return media_providers_json(MEDIA_IMAGE, x->config, x->cancel, result, e);
    if (str_eq(action, S("status"))) {
        buf_add(result, S("No picture is being made: a call of generate returns when it is done."));
        return CHELA_OK;
    }
    return generate(x, arguments, result, e);
}

const struct agent_tool tool_image_generate = {
    .name = "image_generate",
    .description = "Makes pictures from words, or from words and up to five pictures. The files' "
                   "paths come back as MEDIA: lines. action list names models and limits.",
    .parameters =
        "{\"type\":\"object\",\"properties\":{"
        "\"action\":{\"type\":\"string\",\"enum\":[\"generate\",\"status\",\"list\"]},"
        "\"prompt\":{\"type\":\"string\",\"description\":\"what to draw\"},"
        "\"image\":{\"type\":\"string\",\"description\":\"a picture to start from: path, URL or "
        "data URL\"},"
        "\"images\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"maxItems\":5},"
        "\"model\":{\"type\":\"string\"},\"filename\":{\"type\":\"string\"},"
        "\"size\":{\"type\":\"string\",\"description\":\"such as 1024x1024\"},"
        "\"aspectRatio\":{\"type\":\"string\",\"description\":\"1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 "
        "16:9 or 21:9\"},"
        "\"resolution\":{\"type\":\"string\",\"description\":\"1K, 2K or 4K\"},"
        "\"quality\":{\"type\":\"string\",\"enum\":[\"low\",\"medium\",\"high\",\"auto\"]},"
        "\"outputFormat\":{\"type\":\"string\",\"enum\":[\"png\",\"jpeg\",\"webp\"]},"
        "\"background\":{\"type\":\"string\"},"
        "\"count\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":4},"
        "\"timeoutMs\":{\"type\":\"integer\",\"minimum\":1}}}",
    .run = run,
};
