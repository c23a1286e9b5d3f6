/* What is asked of a video model: hints are snapped to what it offers, pictures get their parts. */
#include "media/video.h"

#include "media/ratio.h"

#include <math.h>
#include <stdio.h>

static const struct shape_rule rule_video_hints = { .name = "video-hints",
                                                    .anchor = "docs/rules.md#video-hints" };
static const struct shape_rule rule_video_frames = { .name = "video-frames",
                                                     .anchor = "docs/rules.md#video-frames" };

struct shaping {
    const struct video_request *q;
    struct media_call *call;
    struct media_result *r;
    const struct video_caps *caps;
};

/* value and applied are JSON. */
static void tell(struct shaping *s, const char *key, str value, str applied, const char *reason) {
    str where = arena_printf(&s->call->arena, "hint %s", key);
    media_override_add(s->r, str_c(key), value, applied, "%s", reason);
    shape_record(&s->call->shape, &rule_video_hints, applied.n ? CHANGE_CHANGED : CHANGE_WITHHELD,
                 where, applied.n ? applied : value, "%s", reason);
}

static void write_duration(struct shaping *s, struct json_writer *w) {
    struct arena *a = &s->r->arena;
    double wanted = s->q->duration;
    if (wanted <= 0) return;
    double whole = round(wanted) < 1 ? 1 : round(wanted);
    int64_t seconds = number_nearest(whole, s->caps->durations, s->caps->duration_count);
    json_kint(w, "duration", seconds);
    if (fabs(wanted - (double)seconds) > 0)
        tell(s, "durationSeconds", arena_printf(a, "%g", wanted),
             arena_printf(a, "%lld", (long long)seconds),
             "the nearest length that the model makes");
}

static void write_resolution(struct shaping *s, struct json_writer *w) {
    struct arena *a = &s->r->arena;
    str asked = str_trim(s->q->resolution);
    char lower[32];
    if (!asked.n) return;
    str got = resolution_nearest(asked, video_resolutions, video_resolution_count,
                                 s->caps->resolutions, s->caps->resolution_count);
    if (!got.n) {
        tell(s, "resolution", media_quoted(a, asked), (str){ 0 }, "no resolution of that name");
        return;
    }
    str_copy(lower, sizeof lower, got);
    for (char *p = lower; *p; p++) *p = ascii_lower(*p);
    json_kstring(w, "resolution", str_c(lower));
    if (!str_ieq(got, asked))
        tell(s, "resolution", media_quoted(a, asked), media_quoted(a, got),
             "the nearest resolution that the model makes");
}

static void write_ratio(struct shaping *s, struct json_writer *w) {
    struct arena *a = &s->r->arena;
    str asked = str_trim(s->q->aspect_ratio);
    struct ratio wanted;
    if (!asked.n) return;
    if (!ratio_parse(asked, &wanted)) {
        tell(s, "aspectRatio", media_quoted(a, asked), (str){ 0 }, "it is no ratio, as 16:9 is");
        return;
    }
    str got = ratio_nearest(wanted, s->caps->ratios, s->caps->ratio_count);
    json_kstring(w, "aspect_ratio", got);
    if (!str_eq(got, asked))
        tell(s, "aspectRatio", media_quoted(a, asked), media_quoted(a, got),
             "the nearest ratio that the model makes");
}

/* ---- pictures ---- */

enum part { FIRST, LAST, REFERENCE };

/* One first frame and one last; what is left over, or said to be one, is a reference. */
static void assign(const struct video_request *q, enum part parts[VIDEO_MAX_INPUTS]) {
    bool first = false, last = false;
    for (size_t i = 0; i < q->source_count; i++) {
        str role = q->sources[i].role;
        enum part p = str_eq(role, S("reference_image")) ? REFERENCE
                      : str_eq(role, S("first_frame"))   ? FIRST
                      : str_eq(role, S("last_frame"))    ? LAST
                      : first                            ? LAST
                                                         : FIRST;
        if ((p == FIRST && first) || (p == LAST && last)) p = REFERENCE;
        first = first || p == FIRST;
        last = last || p == LAST;
        parts[i] = p;
    }
}

static void write_pictures(struct shaping *s, const struct picture_input *inputs,
                           struct json_writer *w) {
    static const char *const names[] = { "first_frame", "last_frame", "input_references" };
    const struct video_request *q = s->q;
    enum part parts[VIDEO_MAX_INPUTS];
    assign(q, parts);
    for (int references = 0; references < 2; references++) {
        bool any = false;
        for (size_t i = 0; i < q->source_count; i++) {
            if ((parts[i] == REFERENCE) != (references == 1)) continue;
            if (!any) {
                json_key(w, references ? S("input_references") : S("frame_images"));
                json_array(w);
            }
            any = true;
            picture_input_write(&inputs[i], references ? NULL : names[parts[i]], w);
            shape_record(&s->call->shape, &rule_video_frames, CHANGE_ADDED,
                         references ? S("body input_references") : S("body frame_images"),
                         inputs[i].url.n ? inputs[i].url : inputs[i].mime, "picture %zu: %s", i + 1,
                         q->sources[i].role.n ? "as its role says" : "by its place among them");
        }
        if (any) json_array_end(w);
    }
}

enum chela_error video_load_sources(const struct video_request *q,
                                    const struct picture_rules *rules,
                                    struct picture_input inputs[VIDEO_MAX_INPUTS], struct arena *a,
                                    struct err *e) {
    struct picture_rules pass = *rules;
    pass.pass_urls = true;
    if (q->source_count > VIDEO_MAX_INPUTS) {
        err_set(e, CHELA_USAGE, "%zu pictures, where at most %d are taken", q->source_count,
                VIDEO_MAX_INPUTS);
        return err_hint(e, CHELA_USAGE, "openrouter supports at most %d reference images",
                        VIDEO_MAX_INPUTS);
    }
    enum chela_error rc = CHELA_OK;
    for (size_t i = 0; i < q->source_count && rc == CHELA_OK; i++)
        rc = picture_input_load(&inputs[i], q->sources[i].picture, &pass, a, e);
    return rc;
}

enum chela_error video_body(const struct video_request *q, const struct picture_input *inputs,
                            struct media_call *call, struct media_result *r, struct err *e) {
    struct shaping s = { .q = q, .call = call, .r = r, .caps = &video_caps_bundled };
    struct buf text = BUF_INIT(MEDIA_MAX_REQUEST);
    struct json_writer w = JSON_WRITER(&text);
    r->overrides = 0; /* each model has its own */
    json_object(&w);
    json_kstring(&w, "model", call->shape.model.id);
    json_kstring(&w, "prompt", q->prompt);
    write_duration(&s, &w);
    write_resolution(&s, &w);
    write_ratio(&s, &w);
    if (str_trim(q->size).n) json_kstring(&w, "size", str_trim(q->size));
    if (q->audio >= 0) json_kbool(&w, "generate_audio", q->audio > 0);
    write_pictures(&s, inputs, &w);
    if (q->has_seed) json_kint(&w, "seed", q->seed);
    if (str_trim(q->callback_url).n) json_kstring(&w, "callback_url", str_trim(q->callback_url));
    if (q->watermark)
        tell(&s, "watermark", S("true"), (str){ 0 }, "OpenRouter has no place for it");
    json_object_end(&w);
    return media_call_body(call, &text, e);
}
