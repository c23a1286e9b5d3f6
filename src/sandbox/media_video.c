/* POST /videos, GET /videos/{id}: the asynchronous API over video_jobs.h. */
#include "doc/json_write.h"
#include "media/ratio.h"
#include "sandbox/file_answer.h"
#include "sandbox/media.h"
#include "sandbox/media_routes.h"
#include "sandbox/models.h"
#include "sandbox/sizes.h"
#include "sandbox/video_jobs.h"

enum { PROMPT_MOST = 64 << 10, REFERENCES_MOST = 8, FPS = 24, DEFAULT_SECONDS = 4 };

/* ---- the request ---- */

static const char data_url[] = "a data URL of a picture with base64 (the sandbox fetches nothing)";

/* The base64 of {type: image_url, image_url: {url: "data:…"}}; empty: a mistake, which is told. */
static str picture_of(struct fields *f, doc_node part, const char *field) {
    str url = { 0 };
    doc_node holder = doc_get(f->d, part, S("image_url"));
    if (!doc_string(f->d, doc_get(f->d, holder, S("url")), &url)) doc_string(f->d, holder, &url);
    ptrdiff_t comma = str_istarts(url, S("data:image/")) ? str_chr(url, ',') : -1;
    if (comma > 0 && str_has(str_head(url, (size_t)comma), S(";base64")))
        return str_skip(url, (size_t)comma + 1);
    fields_wrong(f, field, data_url);
    return (str){ 0 };
}

static void write_frames(struct fields *f, struct json_writer *w) {
    bool taken[2] = { false, false };
    for (doc_node c = doc_first(f->d, fields_get(f, "frame_images")); c; c = doc_next(f->d, c)) {
        str type = { 0 };
        doc_string(f->d, doc_get(f->d, c, S("frame_type")), &type);
        bool last = str_eq(type, S("last_frame"));
        if (!last && !str_eq(type, S("first_frame")))
            fields_wrong(f, "frame_images", "a frame_type of first_frame or last_frame");
        if (taken[last])
            fields_wrong(f, "frame_images", "one first_frame and one last_frame at most");
        taken[last] = true;
        json_kstring(w, last ? "last" : "first", picture_of(f, c, "frame_images"));
    }
}

/* Sound and video among the references are accepted and not used: there is nothing to do with them.
 */
static void write_references(struct fields *f, struct json_writer *w) {
    unsigned n = 0;
    json_key(w, S("references"));
    json_array(w);
    for (doc_node c = doc_first(f->d, fields_get(f, "input_references")); c;
         c = doc_next(f->d, c)) {
        if (!doc_get(f->d, c, S("image_url"))) continue;
        if (++n > REFERENCES_MOST) fields_wrong(f, "input_references", "at most 8 pictures");
        json_string(w, picture_of(f, c, "input_references"));
    }
    json_array_end(w);
}

static void choose_size(struct fields *f, struct size *out) {
    str size = fields_text(f, "size", "", 32), ratio = fields_text(f, "aspect_ratio", "", 16);
    str tier = fields_text(f, "resolution", "", 16);
    struct ratio sides;
    *out = (struct size){ 1280, 720 };
    if (size.n && !size_parse(size, &sides)) {
        fields_wrong(f, "size", "width and height, such as 1280x720");
    } else if (size.n) {
        bool fits = sides.w >= VIDEO_SIDE_LEAST && sides.w <= VIDEO_SIDE_MOST &&
                    sides.h >= VIDEO_SIDE_LEAST && sides.h <= VIDEO_SIDE_MOST &&
                    sides.w * sides.h <= (int64_t)1920 * 1920;
        if (!fits)
            fields_wrong(f, "size", "sides of 128 to 3840 pixels, at most 1920x1920 together");
        if (fits) *out = (struct size){ (unsigned)sides.w & ~1u, (unsigned)sides.h & ~1u };
    } else if (!video_size(ratio, S(""), out)) {
        fields_wrong(f, "aspect_ratio", "one of 16:9 9:16 1:1 4:3 3:4 3:2 2:3 21:9 9:21");
    } else if (!video_size(ratio, tier, out)) {
        fields_wrong(f, "resolution", "one of 480p, 720p, 1080p");
    }
}

/* The engine's request without its closing brace; the prompt is returned. */
static str write_ask(struct fields *f, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    struct size size;
    str prompt = fields_text(f, "prompt", "", PROMPT_MOST);
    bool pictures = fields_get(f, "frame_images") || fields_get(f, "input_references");
    if (!str_trim(prompt).n && !pictures) fields_wrong(f, "prompt", "a string that is not empty");
    fields_needed(f, "model", 256);
    choose_size(f, &size);
    json_object(&w);
    json_kstring(&w, "prompt", prompt);
    json_kint(&w, "width", size.width);
    json_kint(&w, "height", size.height);
    json_kint(&w, "fps", FPS);
    json_kint(&w, "seconds", fields_int(f, "duration", DEFAULT_SECONDS, 1, VIDEO_SECONDS_MOST));
    json_kint(&w, "seed", fields_int(f, "seed", 0, -2147483648LL, 4294967295LL));
    json_kbool(&w, "sound", fields_bool(f, "generate_audio", true));
    write_frames(f, &w);
    write_references(f, &w);
    return prompt;
}

/* ---- the answers ---- */

/* Under the base that the client used; relative when it named no host. */
static void write_url(struct json_writer *w, const struct exchange *x, const struct video_job *job,
                      const char *after) {
    struct buf url = BUF_INIT(1024);
    str path = exchange_request(x)->path, origin = exchange_origin(x);
    buf_addf(&url, "%.*s%s/videos/%s%s", STR_ARG(origin),
             str_starts(path, S("/api/")) ? "/api/v1" : "/v1", job->id, after);
    json_string(w, buf_str(&url));
    buf_free(&url);
}

static void answer_job(struct exchange *x, int status, const struct video_job *job) {
    struct buf json = BUF_INIT(8192);
    struct json_writer w = JSON_WRITER(&json);
    const struct server_header headers[] = { { S("Content-Type"), S("application/json") },
                                             { S("X-Generation-Id"), str_c(job->generation) } };
    json_object(&w);
    json_kstring(&w, "id", str_c(job->id));
    json_kstring(&w, "generation_id", str_c(job->generation));
    json_kstring(&w, "model", S(MODEL_VIDEO));
    json_key(&w, S("polling_url"));
    write_url(&w, x, job, "");
    json_kstring(&w, "status", str_c(video_state_name(job->state)));
    if (job->state == VIDEO_COMPLETED) {
        json_key(&w, S("unsigned_urls"));
        json_array(&w);
        write_url(&w, x, job, "/content?index=0");
        json_array_end(&w);
    }
    if (job->state >= VIDEO_COMPLETED) {
        if (job->error[0]) json_kstring(&w, "error", str_c(job->error));
        json_key(&w, S("usage"));
        json_object(&w);
        json_kint(&w, "cost", 0);
        json_kbool(&w, "is_byok", false);
        json_object_end(&w);
    }
    json_object_end(&w);
    exchange_head(x, status, headers, 2, (int64_t)json.n);
    exchange_write(x, buf_str(&json));
    exchange_end(x);
    buf_free(&json);
}

/* ---- routes ---- */

static void submit(const struct sandbox_api *api, struct exchange *x, struct fields *f) {
    struct buf ask = BUF_INIT(MEDIA_REQUEST_MAX);
    const struct video_job *job = NULL;
    struct err e = f->e;
    str prompt = e.code == CHELA_OK ? write_ask(f, &ask) : (str){ 0 };
    e = f->e;
    enum chela_error rc = e.code;
    if (rc == CHELA_OK) rc = video_jobs_add(api->videos, &ask, prompt, &job, &e);
    if (rc == CHELA_OK)
        answer_job(x, 202, job);
    else
        exchange_fail(x, err_http(rc), str_c(e.message));
    buf_free(&ask);
}

void serve_videos(const struct sandbox_api *api, struct exchange *x) {
    const struct server_request *r = exchange_request(x);
    struct fields *f = arena_alloc(r->arena, sizeof *f);
    if (!f || !api->videos) {
        exchange_fail(x, 503, S("there is nothing here that makes videos"));
        return;
    }
    fields_open(f, exchange_header(x, S("content-type")), r->body, r->arena);
    submit(api, x, f);
    fields_close(f);
}

static const struct video_job *find(const struct sandbox_api *api, struct exchange *x, str id) {
    const struct video_job *job = api->videos ? video_jobs_find(api->videos, id) : NULL;
    if (!job)
        exchange_fail(x, 404,
                      arena_printf(exchange_request(x)->arena,
                                   "no video job \"%.*s\" is known here",
                                   STR_ARG(str_head(id, 64))));
    return job;
}

void serve_video(const struct sandbox_api *api, struct exchange *x, str id) {
    const struct video_job *job = find(api, x, id);
    if (job) answer_job(x, 200, job);
}

void serve_video_content(const struct sandbox_api *api, struct exchange *x, str id) {
    const struct video_job *job = find(api, x, id);
    str query = exchange_request(x)->query;
    if (!job) return;
    if (query.n && str_has(query, S("index=")) && !str_has(query, S("index=0")))
        exchange_fail(x, 400, S("index: there is one video, index 0"));
    else if (job->state == VIDEO_COMPLETED)
        file_answer(x, engines_loop(api->engines), job->path, S("video/mp4"));
    else
        exchange_fail(x, 400,
                      arena_printf(exchange_request(x)->arena,
                                   "the video is not there: the job is %s",
                                   video_state_name(job->state)));
}
