/* Pictures and video have catalogues of their own, with what can be asked of them. */
#include "doc/json_write.h"
#include "sandbox/models.h"
#include "sandbox/sizes.h"

static void texts(struct json_writer *w, const char *key, const char *const *list) {
    json_key(w, str_c(key));
    json_array(w);
    for (; *list; list++) json_string(w, str_c(*list));
    json_array_end(w);
}

static void null_of(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_null(w);
}

static void head(struct json_writer *w, const char *id) {
    json_kstring(w, "id", str_c(id));
    json_kstring(w, "canonical_slug", str_c(id));
    json_kstring(w, "name", sandbox_models_name(str_c(id)));
    json_kstring(w, "description", sandbox_models_description(str_c(id)));
    json_kint(w, "created", MODELS_CREATED);
}

/* ---- pictures ---- */

static void choice(struct json_writer *w, const char *key, const char *const *values) {
    json_key(w, str_c(key));
    json_object(w);
    json_kstring(w, "type", S("enum"));
    texts(w, "values", values);
    json_object_end(w);
}

static void range(struct json_writer *w, const char *key, int64_t low, int64_t high) {
    json_key(w, str_c(key));
    json_object(w);
    json_kstring(w, "type", S("range"));
    json_kint(w, "min", low);
    json_kint(w, "max", high);
    json_object_end(w);
}

static void picture_parameters(struct json_writer *w) {
    static const char *const formats[] = { "png", "jpeg", "webp", NULL };
    json_key(w, S("supported_parameters"));
    json_object(w);
    choice(w, "aspect_ratio", picture_ratios);
    choice(w, "resolution", picture_tiers);
    choice(w, "output_format", formats);
    range(w, "n", 1, PICTURES_MOST);
    range(w, "input_references", 0, PICTURE_INPUTS_MOST);
    json_key(w, S("seed"));
    json_object(w);
    json_kstring(w, "type", S("boolean"));
    json_object_end(w);
    json_object_end(w);
    json_kbool(w, "supports_streaming", true);
}

bool sandbox_models_pictures(bool there, struct buf *out) {
    static const char *const inputs[] = { "text", "image", NULL }, *const outputs[] = { "image",
                                                                                        NULL };
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    if (there) {
        json_object(&w);
        head(&w, MODEL_PICTURE);
        json_key(&w, S("architecture"));
        json_object(&w);
        texts(&w, "input_modalities", inputs);
        texts(&w, "output_modalities", outputs);
        json_object_end(&w);
        picture_parameters(&w);
        json_kstring(&w, "endpoints", S("/api/v1/images/models/" MODEL_PICTURE "/endpoints"));
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    return !out->failed;
}

bool sandbox_models_picture_endpoints(struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "id", S(MODEL_PICTURE));
    json_key(&w, S("endpoints"));
    json_array(&w);
    json_object(&w);
    json_kstring(&w, "provider_name", S("local"));
    json_kstring(&w, "provider_slug", S("local"));
    null_of(&w, "provider_tag");
    picture_parameters(&w);
    json_key(&w, S("pricing"));
    json_array(&w);
    json_array_end(&w);
    json_key(&w, S("allowed_passthrough_parameters"));
    json_array(&w);
    json_array_end(&w);
    json_object_end(&w);
    json_array_end(&w);
    json_object_end(&w);
    return !out->failed;
}

/* ---- video ---- */

bool sandbox_models_videos(bool there, struct buf *out) {
    static const char *const frames[] = { "first_frame", "last_frame", NULL };
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    if (there) {
        json_object(&w);
        head(&w, MODEL_VIDEO);
        texts(&w, "supported_aspect_ratios", video_ratios);
        texts(&w, "supported_resolutions", video_tiers);
        json_key(&w, S("supported_sizes"));
        json_array(&w);
        for (size_t r = 0; video_tiers[r]; r++)
            for (size_t i = 0; video_ratios[i]; i++) {
                struct size size;
                struct buf text = BUF_INIT(32);
                video_size(str_c(video_ratios[i]), str_c(video_tiers[r]), &size);
                buf_addf(&text, "%ux%u", size.width, size.height);
                json_string(&w, buf_str(&text));
                buf_free(&text);
            }
        json_array_end(&w);
        json_key(&w, S("supported_durations"));
        json_array(&w);
        for (int64_t s = 1; s <= VIDEO_SECONDS_MOST; s++) json_int(&w, s);
        json_array_end(&w);
        texts(&w, "supported_frame_images", frames);
        json_kbool(&w, "generate_audio", true);
        json_kbool(&w, "seed", true);
        null_of(&w, "creativity");
        null_of(&w, "upscale_factor");
        json_key(&w, S("allowed_passthrough_parameters"));
        json_array(&w);
        json_array_end(&w);
        json_key(&w, S("pricing_skus"));
        json_object(&w);
        json_kstring(&w, "video_second", S("0"));
        json_object_end(&w);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    return !out->failed;
}
