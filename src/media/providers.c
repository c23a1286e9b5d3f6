#include "media/providers.h"

#include "doc/json_write.h"
#include "media/image.h"
#include "media/models.h"
#include "media/speech_config.h"
#include "media/video.h"
#include "media/video_offer.h"

#include <string.h>

enum { LOOK_MS = 5000 };

static const char label[] = "OpenRouter";
static const char *const image_models[] = { "google/gemini-3.1-flash-image-preview",
                                            "google/gemini-3-pro-image-preview",
                                            "openai/gpt-5.4-image-2", NULL };
static const char *const speech_models[] = { "hexgrad/kokoro-82m",
                                             "google/gemini-3.1-flash-tts-preview",
                                             "mistralai/voxtral-mini-tts-2603",
                                             "elevenlabs/eleven-turbo-v2", NULL };
static const char *const speech_voices[] = { "af_alloy", NULL };

/* Is there a key? And the model that the configuration chooses, in a. */
struct state {
    bool configured;
    str model;
    struct model_ref ref;       /* of pictures and video */
    struct media_call call;     /* of video: who is asked for its models */
    struct video_models listed; /* empty: the bundled one */
    const struct video_model *offer;
};

static enum chela_error find_offer(struct state *s, struct config *c, const atomic_bool *cancel,
                                   struct err *e) {
    enum chela_error rc = media_call_begin(&s->call, c, &s->ref, NULL, true, e);
    if (rc == CHELA_OK) rc = video_offer_list(&s->listed, &s->call, LOOK_MS, cancel, e);
    if (rc != CHELA_OK) return rc;
    s->offer = video_offer(&s->listed, &s->call);
    if (!s->listed.count) s->listed = (struct video_models){ &video_model_bundled, 1, -1 };
    return CHELA_OK;
}

static enum chela_error find_state(struct state *s, enum media_kind kind, struct config *c,
                                   const atomic_bool *cancel, struct arena *a, struct err *e) {
    struct err why = ERR_INIT;
    struct credential key = { 0 };
    struct media_models models;
    struct speech_config speech;
    enum chela_error rc;
    if (kind == MEDIA_SPEECH) {
        rc = speech_config(&speech, c, S(""), a, e);
        s->model = speech.model;
        s->configured = credential_find_speech(c, S("https://openrouter.ai"), speech.key, &key,
                                               &why) == CHELA_OK;
    } else {
        rc = media_models(&models, c, kind, S(""), a, e);
        if (rc == CHELA_OK) s->ref = models.list[0];
        s->model = s->ref.id;
        s->configured =
            credential_find(c, S("https://openrouter.ai"), S(""), &key, &why) == CHELA_OK;
    }
    credential_free(&key);
    return rc == CHELA_OK && kind == MEDIA_VIDEO ? find_offer(s, c, cancel, e) : rc;
}

/* ---- JSON ---- */

static void write_words(struct json_writer *w, const char *key, const char *const *words) {
    json_key(w, str_c(key));
    json_array(w);
    for (; *words; words++) json_string(w, str_c(*words));
    json_array_end(w);
}

static void write_list(struct json_writer *w, const char *key, const str *list, size_t count) {
    json_key(w, str_c(key));
    json_array(w);
    for (size_t i = 0; i < count; i++) json_string(w, list[i]);
    json_array_end(w);
}

static void write_image_mode(struct json_writer *w, const char *name, bool edit) {
    json_key(w, str_c(name));
    json_object(w);
    if (edit) json_kbool(w, "enabled", true);
    json_kint(w, "maxCount", IMAGE_MAX_COUNT);
    if (edit) json_kint(w, "maxInputImages", IMAGE_MAX_INPUTS);
    json_kbool(w, "supportsSize", false);
    json_kbool(w, "supportsAspectRatio", true);
    json_kbool(w, "supportsResolution", true);
    json_object_end(w);
}

static void write_image_capabilities(struct json_writer *w) {
    write_image_mode(w, "generate", false);
    write_image_mode(w, "edit", true);
    json_key(w, S("geometry"));
    json_object(w);
    write_list(w, "aspectRatios", image_ratios, image_ratio_count);
    write_list(w, "resolutions", image_resolutions, image_resolution_count);
    json_object_end(w);
}

/* "720p" as OpenClaw shows it: "720P" */
static void write_upper(struct json_writer *w, str text) {
    struct buf upper = BUF_INIT(64);
    for (size_t i = 0; i < text.n; i++)
        buf_addc(&upper, (char)(text.p[i] == 'p' ? 'P' : text.p[i]));
    json_string(w, buf_str(&upper));
    buf_free(&upper);
}

static void write_video_mode(struct json_writer *w, const char *name, const struct video_model *v,
                             size_t inputs) {
    json_key(w, str_c(name));
    json_object(w);
    json_kbool(w, "enabled", true);
    json_kint(w, "maxVideos", 1);
    if (inputs) json_kint(w, "maxInputImages", (int64_t)inputs);
    json_key(w, S("supportedDurationSeconds"));
    json_array(w);
    for (size_t i = 0; i < v->duration_count; i++) json_int(w, v->durations[i]);
    json_array_end(w);
    write_list(w, "aspectRatios", v->ratios, v->ratio_count);
    json_key(w, S("resolutions"));
    json_array(w);
    for (size_t i = 0; i < v->resolution_count; i++) write_upper(w, v->resolutions[i]);
    json_array_end(w);
    if (v->size_count) write_list(w, "sizes", v->sizes, v->size_count);
    if (v->says_frames) {
        const str frames[] = { S("first_frame"), S("last_frame") };
        write_list(w, "frames", frames + !v->first_frame,
                   (size_t)v->first_frame + (size_t)v->last_frame);
    }
    json_kbool(w, "supportsAudio", v->sound != 0);
    json_kbool(w, "supportsSize", true);
    json_object_end(w);
}

static void write_video_capabilities(struct json_writer *w, const struct video_model *v) {
    write_video_mode(w, "generate", v, 0);
    write_video_mode(w, "imageToVideo", v, VIDEO_MAX_INPUTS);
    json_key(w, S("videoToVideo"));
    json_object(w);
    json_kbool(w, "enabled", false);
    json_object_end(w);
}

static void write_video_models(struct json_writer *w, const struct video_models *listed) {
    json_key(w, S("models"));
    json_array(w);
    for (size_t i = 0; i < listed->count; i++) json_string(w, listed->list[i].id);
    json_array_end(w);
    json_key(w, S("modelCapabilities"));
    json_object(w);
    for (size_t i = 0; i < listed->count; i++)
        write_video_mode(w, listed->list[i].id.p, &listed->list[i], 0);
    json_object_end(w);
}

static void write_provider(struct json_writer *w, enum media_kind kind, const struct state *s) {
    json_object(w);
    json_kbool(w, "available", true);
    json_kbool(w, "configured", s->configured);
    json_kbool(w, "selected", true);
    json_kstring(w, "id", S("openrouter"));
    json_kstring(w, kind == MEDIA_SPEECH ? "name" : "label", str_c(label));
    json_kstring(w, "defaultModel", media_default_model(kind));
    json_kstring(w, "model", s->model);
    if (kind == MEDIA_VIDEO)
        write_video_models(w, &s->listed);
    else
        write_words(w, "models", kind == MEDIA_IMAGE ? image_models : speech_models);
    if (kind == MEDIA_SPEECH) {
        write_words(w, "voices", speech_voices);
    } else {
        json_key(w, S("capabilities"));
        json_object(w);
        if (kind == MEDIA_IMAGE)
            write_image_capabilities(w);
        else
            write_video_capabilities(w, s->offer);
        json_object_end(w);
    }
    json_object_end(w);
}

enum chela_error media_providers_json(enum media_kind kind, struct config *c,
                                      const atomic_bool *cancel, struct buf *out, struct err *e) {
    struct arena a;
    struct state s = { 0 };
    struct json_writer w = JSON_WRITER(out);
    arena_init(&a, 1 << 20);
    enum chela_error rc = find_state(&s, kind, c, cancel, &a, e);
    if (rc == CHELA_OK && kind == MEDIA_SPEECH) {
        json_object(&w);
        json_key(&w, S("providers"));
    }
    if (rc == CHELA_OK) {
        json_array(&w);
        write_provider(&w, kind, &s);
        json_array_end(&w);
    }
    if (rc == CHELA_OK && kind == MEDIA_SPEECH) {
        json_kstring(&w, "active", S("openrouter"));
        json_object_end(&w);
    }
    media_call_end(&s.call);
    arena_free(&a);
    return rc;
}

/* ---- text ---- */

static void add_words(struct buf *out, const char *name, const char *const *words) {
    buf_addf(out, "  %-12s", name);
    for (size_t i = 0; words[i]; i++) buf_addf(out, "%s%s", i ? ", " : "", words[i]);
    buf_addc(out, '\n');
}

static void add_list(struct buf *out, const char *name, const str *list, size_t count) {
    buf_addf(out, "  %-12s", name);
    for (size_t i = 0; i < count; i++) buf_addf(out, "%s%.*s", i ? ", " : "", STR_ARG(list[i]));
    buf_addc(out, '\n');
}

static void add_video_models(struct buf *out, const struct video_models *listed) {
    buf_addf(out, "  %-12s", "known");
    for (size_t i = 0; i < listed->count; i++)
        buf_addf(out, "%s%.*s", i ? ", " : "", STR_ARG(listed->list[i].id));
    buf_addc(out, '\n');
}

static void add_video_limits(struct buf *out, const struct video_model *v) {
    if (v->ratio_count) add_list(out, "ratios", v->ratios, v->ratio_count);
    if (v->resolution_count) add_list(out, "resolutions", v->resolutions, v->resolution_count);
    if (v->size_count) add_list(out, "sizes", v->sizes, v->size_count);
    if (v->duration_count) {
        buf_addf(out, "  %-12s", "durations");
        for (size_t i = 0; i < v->duration_count; i++)
            buf_addf(out, "%s%lld", i ? ", " : "", (long long)v->durations[i]);
        buf_add(out, S(" seconds\n"));
    }
    buf_addf(out, "  %-12sup to %d, as %s%sreference\n", "pictures", VIDEO_MAX_INPUTS,
             !v->says_frames || v->first_frame ? "first frame, " : "",
             !v->says_frames || v->last_frame ? "last frame, " : "");
    if (v->sound >= 0) buf_addf(out, "  %-12s%s\n", "sound", v->sound ? "yes" : "no");
}

static void add_limits(enum media_kind kind, const struct state *s, struct buf *out) {
    if (kind == MEDIA_IMAGE) {
        add_list(out, "ratios", image_ratios, image_ratio_count);
        add_list(out, "resolutions", image_resolutions, image_resolution_count);
        buf_addf(out, "  %-12s1 to %d pictures, from up to %d others\n", "counts", IMAGE_MAX_COUNT,
                 IMAGE_MAX_INPUTS);
    } else if (kind == MEDIA_VIDEO) {
        add_video_limits(out, s->offer);
    } else {
        add_words(out, "voices", speech_voices);
    }
}

enum chela_error media_providers_text(enum media_kind kind, struct config *c,
                                      const atomic_bool *cancel, struct buf *out, struct err *e) {
    struct arena a;
    struct state s = { 0 };
    arena_init(&a, 1 << 20);
    enum chela_error rc = find_state(&s, kind, c, cancel, &a, e);
    if (rc == CHELA_OK) {
        buf_addf(out, "openrouter (%s)\n", s.configured ? "a key is there" : "no key was found");
        buf_addf(out, "  %-12s%.*s\n", "model", STR_ARG(s.model));
        if (kind == MEDIA_VIDEO)
            add_video_models(out, &s.listed);
        else
            add_words(out, "known", kind == MEDIA_IMAGE ? image_models : speech_models);
        add_limits(kind, &s, out);
    }
    media_call_end(&s.call);
    arena_free(&a);
    return rc;
}
