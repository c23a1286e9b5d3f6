/* What is asked of a video model: hints are snapped to what it offers, pictures get their parts. */
#include "media/video.h"

#include "media/ratio.h"
#include "media/video_offer.h"

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
    const struct video_model *offer;
    const char *doubt; /* follows a reason; "" none */
};

/* The resolutions that chela knows by name. */
static const str resolutions[] = {
    STR_INIT("360P"), STR_INIT("480P"),  STR_INIT("540P"),  STR_INIT("720P"),
    STR_INIT("768P"), STR_INIT("1080P"), STR_INIT("1440P"), STR_INIT("2160P"),
};

/* value and applied are JSON. */
static void tell(struct shaping *s, const char *key, str value, str applied, const char *reason) {
    str where = arena_printf(&s->call->arena, "hint %s", key);
    media_override_add(s->r, str_c(key), value, applied, "%s%s", reason, s->doubt);
    shape_record(&s->call->shape, &rule_video_hints, applied.n ? CHANGE_CHANGED : CHANGE_WITHHELD,
                 where, applied.n ? applied : value, "%s%s", reason, s->doubt);
}

static void write_duration(struct shaping *s, struct json_writer *w) {
    struct arena *a = &s->r->arena;
    double wanted = s->q->duration;
    if (wanted <= 0) return;
    double whole = round(wanted) < 1 ? 1 : round(wanted);
    if (whole > 1e6) whole = 1e6;
    int64_t seconds = s->offer->duration_count
                          ? number_nearest(whole, s->offer->durations, s->offer->duration_count)
                          : (int64_t)whole;
    json_kint(w, "duration", seconds);
    if (fabs(wanted - (double)seconds) > 0)
        tell(s, "durationSeconds", arena_printf(a, "%g", wanted),
             arena_printf(a, "%lld", (long long)seconds),
             s->offer->duration_count ? "the nearest length that the model makes"
                                      : "lengths are whole seconds");
}

static void write_resolution(struct shaping *s, struct json_writer *w) {
    struct arena *a = &s->r->arena;
    const struct video_model *m = s->offer;
    const size_t known = sizeof resolutions / sizeof resolutions[0];
    str asked = str_trim(s->q->resolution), got = { 0 };
    if (!asked.n) return;
    for (size_t i = 0; i < m->resolution_count && !got.n; i++)
        if (str_ieq(m->resolutions[i], asked)) got = m->resolutions[i];
    if (!got.n && m->resolution_count)
        got = resolution_nearest(asked, resolutions, known, m->resolutions, m->resolution_count);
    else if (!got.n && ascii_lower(asked.p[asked.n - 1]) == 'p') /* "720P" is written "720p" */
        got = arena_printf(a, "%.*sp", STR_ARG(str_head(asked, asked.n - 1)));
    else if (!got.n)
        got = asked;
    if (!got.n) {
        tell(s, "resolution", media_quoted(a, asked), (str){ 0 }, "no resolution of that name");
        return;
    }
    json_kstring(w, "resolution", got);
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
    str got = ratio_nearest(wanted, s->offer->ratios, s->offer->ratio_count);
    if (!got.n) got = asked; /* none is listed */
    json_kstring(w, "aspect_ratio", got);
    if (!str_eq(got, asked))
        tell(s, "aspectRatio", media_quoted(a, asked), media_quoted(a, got),
             "the nearest ratio that the model makes");
}

static void write_size(struct shaping *s, struct json_writer *w) {
    struct arena *a = &s->r->arena;
    str asked = str_trim(s->q->size), got = asked;
    struct ratio wanted;
    if (!asked.n) return;
    if (s->offer->size_count) {
        got = size_parse(asked, &wanted)
                  ? size_nearest(wanted, s->offer->sizes, s->offer->size_count)
                  : (str){ 0 };
        if (!got.n) {
            tell(s, "size", media_quoted(a, asked), (str){ 0 }, "it is no size, as 1280x720 is");
            return;
        }
    }
    json_kstring(w, "size", got);
    if (!str_ieq(got, asked))
        tell(s, "size", media_quoted(a, asked), media_quoted(a, got),
             "the nearest size that the model makes");
}

static void write_sound(struct shaping *s, struct json_writer *w) {
    if (s->q->audio < 0) return;
    if (s->q->audio && s->offer->sound == 0)
        tell(s, "audio", S("true"), (str){ 0 }, "the model makes no sound");
    else
        json_kbool(w, "generate_audio", s->q->audio > 0);
}

static void write_seed(struct shaping *s, struct json_writer *w) {
    if (!s->q->has_seed) return;
    if (s->offer->seed == 0)
        tell(s, "seed", arena_printf(&s->r->arena, "%lld", (long long)s->q->seed), (str){ 0 },
             "the model takes none");
    else
        json_kint(w, "seed", s->q->seed);
}

/* ---- pictures ---- */

enum part { FIRST, LAST, REFERENCE };

static bool takes(const struct video_model *m, enum part p) {
    return p == REFERENCE || !m->says_frames || (p == FIRST ? m->first_frame : m->last_frame);
}

/* What a picture is said to be, the model must take it as: it is paid for. */
static enum chela_error check_roles(const struct video_request *q, const struct video_model *m,
                                    struct err *e) {
    for (size_t i = 0; i < q->source_count; i++) {
        str role = q->sources[i].role;
        enum part p = str_eq(role, S("first_frame"))  ? FIRST
                      : str_eq(role, S("last_frame")) ? LAST
                                                      : REFERENCE;
        if (takes(m, p)) continue;
        err_set(e, CHELA_INPUT, "%.*s takes no picture as %.*s", STR_ARG(m->id), STR_ARG(role));
        return err_hint(e, CHELA_INPUT, "it takes %s",
                        m->first_frame  ? "first_frame, and references"
                        : m->last_frame ? "last_frame, and references"
                                        : "references");
    }
    return CHELA_OK;
}

/* One first frame and one last; what is left over, or said to be one, is a reference. */
static void assign(const struct video_request *q, const struct video_model *m,
                   enum part parts[VIDEO_MAX_INPUTS]) {
    bool first = false, last = false;
    for (size_t i = 0; i < q->source_count; i++) {
        str role = q->sources[i].role;
        enum part p = str_eq(role, S("reference_image")) ? REFERENCE
                      : str_eq(role, S("first_frame"))   ? FIRST
                      : str_eq(role, S("last_frame"))    ? LAST
                      : first                            ? LAST
                                                         : FIRST;
        if ((p == FIRST && first) || (p == LAST && last) || !takes(m, p)) p = REFERENCE;
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
    assign(q, s->offer, parts);
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

/* Is there anything to be held against what the model offers? */
static bool has_hints(const struct video_request *q) {
    return q->duration > 0 || q->audio > 0 || q->source_count || q->has_seed ||
           str_trim(q->size).n || str_trim(q->aspect_ratio).n || str_trim(q->resolution).n;
}

enum chela_error video_body(const struct video_request *q, const struct picture_input *inputs,
                            int64_t limit_ms, struct media_call *call, struct media_result *r,
                            struct err *e) {
    struct shaping s = { .q = q, .call = call, .r = r, .offer = &video_model_bundled, .doubt = "" };
    struct video_models listed;
    if (has_hints(q)) {
        enum chela_error rc = video_offer_list(&listed, call, limit_ms, q->cancel, e);
        if (rc != CHELA_OK) return rc;
        s.offer = video_offer(&listed, call);
        if (!limit_ms && video_models_are_stale(&listed))
            s.doubt = ", as far as is known without asking the service";
        rc = check_roles(q, s.offer, e);
        if (rc != CHELA_OK) return rc;
    }
    struct buf text = BUF_INIT(MEDIA_MAX_REQUEST);
    struct json_writer w = JSON_WRITER(&text);
    r->overrides = 0; /* each model has its own */
    json_object(&w);
    json_kstring(&w, "model", call->shape.model.id);
    json_kstring(&w, "prompt", q->prompt);
    write_duration(&s, &w);
    write_resolution(&s, &w);
    write_ratio(&s, &w);
    write_size(&s, &w);
    write_sound(&s, &w);
    write_pictures(&s, inputs, &w);
    write_seed(&s, &w);
    if (str_trim(q->callback_url).n) json_kstring(&w, "callback_url", str_trim(q->callback_url));
    if (q->watermark)
        tell(&s, "watermark", S("true"), (str){ 0 }, "OpenRouter has no place for it");
    json_object_end(&w);
    return media_call_body(call, &text, e);
}
