/* Video for the conversation. The call waits for the file; a job that outlives the turn is in the
 * store, and action status finds it. */
#include "agent/tool_media.h"
#include "media/providers.h"
#include "media/video.h"

#include <math.h>

static void on_notice(void *ctx, const char *line) {
    struct tool_context *x = ctx;
    if (x->on_notice) x->on_notice(x->ctx, line);
}

static doc_node argument(struct doc *arguments, const char *name) {
    return doc_get(arguments, doc_root(arguments), str_c(name));
}

static bool is_given(struct doc *arguments, const char *name) {
    return doc_type(arguments, argument(arguments, name)) > DOC_NULL;
}

static enum chela_error read_sources(struct doc *arguments, struct video_source *sources,
                                     size_t *count, struct err *e) {
    str pictures[VIDEO_MAX_INPUTS + 1];
    doc_node roles = argument(arguments, "imageRoles");
    *count = tool_pictures(arguments, "image", "images", pictures, VIDEO_MAX_INPUTS + 1);
    if (doc_len(arguments, roles) > *count)
        return err_set(e, CHELA_INPUT, "imageRoles has %zu roles for %zu different pictures",
                       doc_len(arguments, roles), *count);
    doc_node role = doc_first(arguments, roles);
    for (size_t i = 0; i < *count; i++) {
        sources[i] = (struct video_source){ .picture = pictures[i] };
        if (!role) continue;
        doc_string(arguments, role, &sources[i].role);
        role = doc_next(arguments, role);
    }
    return CHELA_OK;
}

static enum chela_error read_options(struct doc *arguments, struct video_request *q,
                                     struct err *e) {
    doc_node options = argument(arguments, "providerOptions");
    for (doc_node n = doc_first(arguments, options); n; n = doc_next(arguments, n)) {
        str key = doc_key(arguments, n);
        double number;
        if (str_eq(key, S("seed"))) {
            if (!doc_number(arguments, n, &number) || !(fabs(number) < 9e15))
                return err_set(e, CHELA_INPUT, "providerOptions.seed must be a whole number");
            q->has_seed = true;
            q->seed = (int64_t)trunc(number);
        } else if (str_eq(key, S("callback_url"))) {
            if (!doc_string(arguments, n, &q->callback_url))
                return err_set(e, CHELA_INPUT, "providerOptions.callback_url must be a string");
        } else {
            return err_set(e, CHELA_INPUT,
                           "openrouter does not accept providerOptions key: %.*s; it accepts seed "
                           "and callback_url",
                           STR_ARG(key));
        }
    }
    return CHELA_OK;
}

static enum chela_error refuse_inputs(struct doc *arguments, struct err *e) {
    if (is_given(arguments, "video") || doc_len(arguments, argument(arguments, "videos")))
        return err_set(e, CHELA_INPUT,
                       "OpenRouter video generation does not support video reference inputs.");
    if (is_given(arguments, "audioRef") || doc_len(arguments, argument(arguments, "audioRefs")))
        return err_set(e, CHELA_INPUT, "OpenRouter video generation takes no sound as input");
    return CHELA_OK;
}

static enum chela_error generate(struct tool_context *x, struct doc *arguments, struct buf *result,
                                 struct err *e) {
    struct video_source sources[VIDEO_MAX_INPUTS + 1];
    struct tool_folders folders;
    const struct picture_rules rules = tool_rules(x, &folders);
    const struct video_events events = { .ctx = x, .on_notice = on_notice };
    bool flag;
    struct video_request q = {
        .prompt = tool_text(arguments, "prompt"),
        .model = tool_text(arguments, "model"),
        .size = tool_text(arguments, "size"),
        .aspect_ratio = tool_text(arguments, "aspectRatio"),
        .resolution = tool_text(arguments, "resolution"),
        .audio = -1,
        .sources = sources,
        .rules = &rules,
        .output = tool_output(x, arguments),
        .timeout_ms = tool_timeout(x, arguments),
        .cancel = x->cancel,
        .events = &events,
    };
    if (!q.prompt.n) return err_set(e, CHELA_INPUT, "prompt is missing: say what to film");
    doc_number(arguments, argument(arguments, "durationSeconds"), &q.duration);
    if (doc_bool(arguments, argument(arguments, "audio"), &flag)) q.audio = flag;
    q.watermark = doc_bool(arguments, argument(arguments, "watermark"), &flag) && flag;
    enum chela_error rc = refuse_inputs(arguments, e);
    if (rc == CHELA_OK) rc = read_sources(arguments, sources, &q.source_count, e);
    if (rc == CHELA_OK) rc = read_options(arguments, &q, e);
    if (rc != CHELA_OK) return rc;
    struct media_result made;
    rc = video_run(&q, x->config, x->store, &made, e);
    if (rc == CHELA_OK) tool_result(x, &made, "video", "video", result);
    media_result_free(&made);
    return rc;
}

static enum chela_error tell_jobs(struct tool_context *x, bool open_ones, struct buf *result,
                                  struct err *e) {
    struct video_job *list;
    size_t count;
    struct json_writer w = JSON_WRITER(result);
    enum chela_error rc = video_job_list(&list, &count, x->store, x->arena, e);
    if (rc != CHELA_OK) return rc;
    json_array(&w);
    for (size_t i = 0; i < count && i < 50; i++)
        if (!open_ones || video_job_is_open(&list[i])) video_job_json(&list[i], &w);
    json_array_end(&w);
    return CHELA_OK;
}

static enum chela_error status(struct tool_context *x, str id, struct buf *result, struct err *e) {
    if (!id.n) return tell_jobs(x, true, result, e);
    const struct video_resume q = { .id = id, .look = true, .cancel = x->cancel };
    struct media_result seen;
    enum chela_error rc = video_resume(&q, x->config, x->store, &seen, e);
    if (rc == CHELA_OK) buf_add(result, seen.job);
    media_result_free(&seen);
    return rc;
}

static enum chela_error run(struct tool_context *x, struct doc *arguments, struct buf *result,
                            struct err *e) {
    str action = tool_text(arguments, "action");
    if (str_eq(action, S("status"))) return status(x, tool_text(arguments, "jobId"), result, e);
    if (str_eq(action, S("list")))
        return media_providers_json(MEDIA_VIDEO, x->config, x->cancel, result, e);
    return generate(x, arguments, result, e);
}

const struct agent_tool tool_video_generate = {
    .name = "video_generate",
    .description =
        "Makes a short video from words, and from up to four pictures as first frame, "
        "last frame or references. Takes minutes; the file's path comes back as a MEDIA: "
        "line. action status tells of jobs, action list of models and limits.",
    .parameters =
        "{\"type\":\"object\",\"properties\":{"
        "\"action\":{\"type\":\"string\",\"enum\":[\"generate\",\"status\",\"list\"]},"
        "\"prompt\":{\"type\":\"string\",\"description\":\"what to film\"},"
        "\"image\":{\"type\":\"string\",\"description\":\"path, URL or data URL\"},"
        "\"images\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
        "\"imageRoles\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"\","
        "\"first_frame\",\"last_frame\",\"reference_image\"]},\"description\":\"one for each "
        "picture, in order\"},"
        "\"video\":{\"type\":\"string\"},\"videos\":{\"type\":\"array\"},"
        "\"audioRef\":{\"type\":\"string\"},\"audioRefs\":{\"type\":\"array\"},"
        "\"model\":{\"type\":\"string\"},\"filename\":{\"type\":\"string\"},"
        "\"size\":{\"type\":\"string\"},\"aspectRatio\":{\"type\":\"string\"},"
        "\"resolution\":{\"type\":\"string\",\"description\":\"720P or 1080P\"},"
        "\"durationSeconds\":{\"type\":\"number\",\"minimum\":1},"
        "\"audio\":{\"type\":\"boolean\"},\"watermark\":{\"type\":\"boolean\"},"
        "\"providerOptions\":{\"type\":\"object\",\"description\":\"seed, callback_url\"},"
        "\"jobId\":{\"type\":\"string\",\"description\":\"for status\"},"
        "\"timeoutMs\":{\"type\":\"integer\",\"minimum\":1}}}",
    .run = run,
};
