/* chela infer video: jobs that take minutes, cost money, and are never lost. */
#include "base/clock.h"
#include "cli/media_cli.h"
#include "cli/talk.h"
#include "cli/video_line.h"
#include "media/video.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

static const struct option_spec generate_options[] = {
    { "prompt", 'p', OPTION_TEXT, "TEXT", "what to film; - reads standard input" },
    { "model", 'm', OPTION_TEXT, "REF", "the model, as openrouter/<author>/<model>" },
    { "duration", 0, OPTION_TEXT, "SECONDS", "how long; taken as the nearest length it makes" },
    { "aspect-ratio", 0, OPTION_TEXT, "W:H", "its shape, as 16:9" },
    { "resolution", 0, OPTION_TEXT, "NAME", "how fine, as 720P" },
    { "size", 0, OPTION_TEXT, "WxH", "a size such as 1280x720, for models that take one" },
    { "audio", 0, OPTION_FLAG, NULL, "with sound" },
    { "no-audio", 0, OPTION_FLAG, NULL, "without sound" },
    { "image", 0, OPTION_TEXT, "PICTURE",
      "a picture: the first is the first frame, then the last" },
    { "first-frame", 0, OPTION_TEXT, "PICTURE", "the picture that it begins with" },
    { "last-frame", 0, OPTION_TEXT, "PICTURE", "the picture that it ends with" },
    { "reference", 0, OPTION_TEXT, "PICTURE", "a picture of what is to be seen in it" },
    { "seed", 0, OPTION_INT, "N", "for the same again" },
    { "callback-url", 0, OPTION_TEXT, "URL", "where the service tells of the end" },
    { "watermark", 0, OPTION_FLAG, NULL, "a hint that OpenRouter has no place for" },
    { "output", 'o', OPTION_TEXT, "PATH",
      "where to write; the extension follows the bytes; - is stdout" },
    { "timeout-ms", 0, OPTION_INT, "MS", "stop waiting after so long; the job is kept" },
    { "detach", 0, OPTION_FLAG, NULL, "submit and return; `video resume` fetches it" },
    { "wait", 0, OPTION_FLAG, NULL, "wait for the file, as it does without --detach" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of the path" },
    { "local", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};
static const struct option_spec resume_options[] = {
    { "resubmit", 0, OPTION_FLAG, NULL, "submit again, also where that may be paid for twice" },
    { "timeout-ms", 0, OPTION_INT, "MS", "stop waiting after so long; the job is kept" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of the path" },
    { 0 },
};
static const struct option_spec list_options[] = {
    { "json", 0, OPTION_FLAG, NULL, "one JSON document" },
    { 0 },
};

static void on_progress(void *ctx, const struct video_progress *p) {
    char line[VIDEO_LINE_MAX];
    video_line(p, line);
    media_cli_line(ctx, line);
}

/* ---- generate ---- */

static enum chela_error read_numbers(const struct cli *c, struct video_request *q, struct err *e) {
    str duration = cli_text(c, "duration");
    if (duration.n &&
        (!str_f64(duration, &q->duration) || !isfinite(q->duration) || q->duration <= 0))
        return err_set(e, CHELA_USAGE, "--duration takes seconds, not \"%.*s\"", STR_ARG(duration));
    if (cli_given(c, "audio") && cli_given(c, "no-audio"))
        return err_set(e, CHELA_USAGE, "--audio or --no-audio, not both");
    q->audio = cli_given(c, "audio") ? 1 : cli_given(c, "no-audio") ? 0 : -1;
    q->has_seed = cli_given(c, "seed");
    q->seed = cli_int(c, "seed", 0);
    if (cli_given(c, "detach") && cli_given(c, "wait"))
        return err_set(e, CHELA_USAGE, "--detach or --wait, not both");
    return media_cli_timeout(c, &q->timeout_ms, e);
}

enum { MOST_SOURCES = 4 * CLI_MAX_REPEATS };

static size_t read_sources(const struct cli *c, struct video_source list[MOST_SOURCES]) {
    static const char *const options[][2] = { { "first-frame", "first_frame" },
                                              { "last-frame", "last_frame" },
                                              { "image", "" },
                                              { "reference", "reference_image" } };
    size_t n = 0;
    for (size_t o = 0; o < sizeof options / sizeof options[0]; o++) {
        const str *texts;
        size_t count = cli_texts(c, options[o][0], &texts);
        for (size_t i = 0; i < count; i++)
            list[n++] = (struct video_source){ texts[i], str_c(options[o][1]) };
    }
    return n;
}

static enum chela_error print_job(struct media_cli *m, const struct media_result *r,
                                  enum chela_error rc, struct err *e) {
    rc = media_cli_print(m, r, rc, e);
    if (rc != CHELA_OK || m->cli->json || r->files || !r->job.n) return rc;
    struct doc *d = NULL; /* submitted, and nothing to show yet: the job's name */
    str id;
    if (doc_parse(&d, r->job, DOC_JSON, NULL, NULL) == CHELA_OK &&
        doc_string(d, doc_get(d, doc_root(d), S("id")), &id)) {
        cli_print(id);
        cli_print(S("\n"));
    }
    doc_free(d);
    return rc;
}

static enum chela_error generate(struct media_cli *m, const struct video_request *q,
                                 struct err *e) {
    struct store *store = NULL;
    struct media_result result;
    enum chela_error rc = video_job_open(&store, m->config, e);
    if (rc != CHELA_OK) return rc;
    rc = print_job(m, &result, video_run(q, m->config, store, &result, e), e);
    media_result_free(&result);
    store_close(store);
    return rc;
}

static enum chela_error explain(struct media_cli *m, const struct video_request *q, struct err *e) {
    struct buf text = BUF_INIT(512u << 20);
    enum chela_error rc = video_explain(q, m->config, media_cli_wants_json(m->cli),
                                        media_cli_wants_colour(m->cli), &text, e);
    if (rc == CHELA_OK) media_cli_text(&text);
    buf_free(&text);
    return rc;
}

static enum chela_error run_generate(struct cli *c, struct err *e) {
    struct media_cli m;
    struct buf prompt = BUF_INIT(1);
    struct video_source sources[MOST_SOURCES];
    const struct video_events events = { &m, media_cli_notice, on_progress };
    struct video_request q = { .model = cli_text(c, "model"),
                               .size = cli_text(c, "size"),
                               .aspect_ratio = cli_text(c, "aspect-ratio"),
                               .resolution = cli_text(c, "resolution"),
                               .watermark = cli_given(c, "watermark"),
                               .sources = sources,
                               .source_count = read_sources(c, sources),
                               .callback_url = cli_text(c, "callback-url"),
                               .detach = cli_given(c, "detach"),
                               .events = &events };
    enum chela_error rc = media_cli_begin(&m, c, "video", e);
    q.cancel = m.cancel;
    q.rules = &m.rules;
    if (rc == CHELA_OK) rc = media_cli_output(&m, &q.output, e);
    if (rc == CHELA_OK && m.pour && q.detach)
        rc = err_set(e, CHELA_USAGE, "--detach leaves nothing for --output - to take");
    if (rc == CHELA_OK) rc = read_numbers(c, &q, e);
    if (rc == CHELA_OK) rc = talk_prompt(c, "prompt", &prompt, e);
    q.prompt = buf_str(&prompt);
    if (rc == CHELA_OK) rc = c->explain ? explain(&m, &q, e) : generate(&m, &q, e);
    buf_free(&prompt);
    media_cli_end(&m);
    return rc;
}

/* ---- status, resume ---- */

static enum chela_error take_up(struct cli *c, bool look, struct err *e) {
    struct media_cli m;
    struct store *store = NULL;
    const struct video_events events = { &m, media_cli_notice, on_progress };
    struct video_resume q = { .id = c->arg[0],
                              .look = look,
                              .resubmit = !look && cli_given(c, "resubmit"),
                              .events = &events };
    enum chela_error rc = media_cli_begin(&m, c, "video", e);
    q.cancel = m.cancel;
    if (rc == CHELA_OK && !look) rc = media_cli_timeout(c, &q.timeout_ms, e);
    if (rc == CHELA_OK) rc = video_job_open(&store, m.config, e);
    if (rc == CHELA_OK) {
        struct media_result result;
        rc = video_resume(&q, m.config, store, &result, e);
        if (look && !c->json && result.job.n) {
            media_cli_clear(&m);
            struct doc *d = NULL;
            str state = { 0 };
            if (doc_parse(&d, result.job, DOC_JSON, NULL, NULL) == CHELA_OK)
                doc_string(d, doc_get(d, doc_root(d), S("state")), &state);
            cli_print(state);
            cli_print(S("\n"));
            doc_free(d);
        } else {
            rc = media_cli_print(&m, &result, rc, e);
        }
        media_result_free(&result);
    }
    store_close(store);
    media_cli_end(&m);
    return rc;
}

static enum chela_error run_status(struct cli *c, struct err *e) {
    return take_up(c, true, e);
}

static enum chela_error run_resume(struct cli *c, struct err *e) {
    return take_up(c, false, e);
}

/* ---- list ---- */

static void add_line(struct buf *out, const struct video_job *j) {
    time_t at = (time_t)(j->created_ms / 1000);
    struct tm tm;
    char when[32] = "";
    if (localtime_r(&at, &tm)) strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
    buf_addf(out, "%.*s  %s  %-11.*s  %.*s\n", STR_ARG(j->id), when, STR_ARG(j->state),
             STR_ARG(j->file.n ? j->file : str_head(j->prompt, 60)));
}

static enum chela_error run_list(struct cli *c, struct err *e) {
    struct config *config = NULL;
    struct store *store = NULL;
    struct video_job *list = NULL;
    struct arena a;
    size_t count = 0;
    arena_init(&a, 64u << 20);
    enum chela_error rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK) rc = video_job_open(&store, config, e);
    if (rc == CHELA_OK) rc = video_job_list(&list, &count, store, &a, e);
    if (rc == CHELA_OK) {
        struct buf text = BUF_INIT(64u << 20);
        struct json_writer w = JSON_WRITER(&text);
        if (c->json) json_array(&w);
        for (size_t i = 0; i < count; i++) {
            if (c->json)
                video_job_json(&list[i], &w);
            else
                add_line(&text, &list[i]);
        }
        if (c->json) json_array_end(&w);
        if (text.n) media_cli_text(&text);
        buf_free(&text);
        if (!c->json && !count) cli_note("chela: no video was made yet");
    }
    store_close(store);
    config_free(config);
    arena_free(&a);
    return rc;
}

const struct command cmd_infer_video_generate = {
    .path = "infer video generate",
    .summary = "Make a video from words, and from pictures",
    .details =
        "The job is remembered before it is sent: after Ctrl-C, a kill or a power cut\n"
        "`chela infer video list` shows it and `chela infer video resume ID` finishes it, without\n"
        "submitting it twice. Without --model the configured one films\n"
        "(agents.defaults.videoGenerationModel), else google/veo-3.1-fast.",
    .options = generate_options,
    .can_explain = true,
    .run = run_generate,
};

const struct command cmd_infer_video_status = {
    .path = "infer video status",
    .operands = "ID",
    .summary = "Ask once how far a video job is",
    .options = list_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_status,
};

const struct command cmd_infer_video_resume = {
    .path = "infer video resume",
    .operands = "ID",
    .summary = "Go on with a video job where it stands, up to its file",
    .details =
        "Where nobody can know whether the service took the submission, it says so and stops;\n"
        "--resubmit submits again, and may be paid for twice.",
    .options = resume_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_resume,
};

const struct command cmd_infer_video_list = {
    .path = "infer video list",
    .summary = "List the video jobs, the newest first",
    .options = list_options,
    .run = run_list,
};
