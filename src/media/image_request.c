/* What is asked of an image model, and what becomes of the hints.
 *
 * The chat-completions image API takes a shape and a resolution, in image_config, and from Gemini
 * models alone. So a size becomes the ratio that is nearest to it; what a model has no place for is
 * told, never dropped in silence.
 */
#include "media/image.h"

#include "media/ratio.h"

const str image_ratios[] = {
    STR_INIT("1:1"), STR_INIT("2:3"), STR_INIT("3:2"),  STR_INIT("3:4"),  STR_INIT("4:3"),
    STR_INIT("4:5"), STR_INIT("5:4"), STR_INIT("9:16"), STR_INIT("16:9"), STR_INIT("21:9"),
};
const size_t image_ratio_count = sizeof image_ratios / sizeof image_ratios[0];
const str image_resolutions[] = { STR_INIT("1K"), STR_INIT("2K"), STR_INIT("4K") };
const size_t image_resolution_count = sizeof image_resolutions / sizeof image_resolutions[0];

static const struct shape_rule rule_image_config = { .name = "image-config",
                                                     .anchor = "docs/rules.md#image-config" };
static const struct shape_rule rule_image_hints = { .name = "image-hints",
                                                    .anchor = "docs/rules.md#image-hints" };

struct shaping {
    const struct image_request *q;
    struct media_call *call;
    struct media_result *r;
    str aspect_ratio, image_size; /* as they will be sent; "" not */
    int64_t count;
};

/* A hint of words that has no effect, or not the one that was asked for. */
static void tell(struct shaping *s, const char *key, str value, str applied, const char *reason) {
    struct arena *a = &s->r->arena;
    str where = arena_printf(&s->call->arena, "hint %s", key);
    media_override_add(s->r, str_c(key), media_quoted(a, value),
                       applied.n ? media_quoted(a, applied) : (str){ 0 }, "%s", reason);
    shape_record(&s->call->shape, &rule_image_hints, applied.n ? CHANGE_CHANGED : CHANGE_WITHHELD,
                 where, applied.n ? applied : value, "%s", reason);
}

static bool takes_image_config(str model) {
    return str_starts(model, S("google/gemini-"));
}

static void shape_ratio(struct shaping *s) {
    const struct image_request *q = s->q;
    struct ratio wanted;
    str asked = str_trim(q->aspect_ratio), size = str_trim(q->size);
    if (asked.n && ratio_parse(asked, &wanted)) {
        s->aspect_ratio = ratio_nearest(wanted, image_ratios, image_ratio_count);
        if (!str_eq(s->aspect_ratio, asked))
            tell(s, "aspectRatio", asked, s->aspect_ratio, "the nearest ratio that the model has");
    } else if (asked.n) {
        tell(s, "aspectRatio", asked, (str){ 0 }, "it is no ratio, as 16:9 is");
    }
    if (!size.n) return;
    if (s->aspect_ratio.n) {
        tell(s, "size", size, (str){ 0 }, "the aspect ratio counts; the model takes no size");
    } else if (size_parse(size, &wanted)) {
        s->aspect_ratio = ratio_nearest(wanted, image_ratios, image_ratio_count);
        tell(s, "size", size, s->aspect_ratio, "the model takes an aspect ratio, not a size");
    } else {
        tell(s, "size", size, (str){ 0 }, "it is no size, as 1024x1024 is");
    }
}

static void shape_resolution(struct shaping *s, const struct picture_input *inputs) {
    const struct image_request *q = s->q;
    str asked = str_trim(q->resolution);
    if (asked.n) {
        s->image_size = resolution_nearest(asked, image_resolutions, image_resolution_count,
                                           image_resolutions, image_resolution_count);
        if (!s->image_size.n)
            tell(s, "resolution", asked, (str){ 0 }, "the model has 1K, 2K and 4K");
        return;
    }
    if (!q->infer_resolution || str_trim(q->size).n || !q->input_count) return;
    unsigned longest = 0;
    for (size_t i = 0; i < q->input_count; i++) {
        if (inputs[i].width > longest) longest = inputs[i].width;
        if (inputs[i].height > longest) longest = inputs[i].height;
    }
    s->image_size = longest >= 3000 ? S("4K") : longest >= 1500 ? S("2K") : S("1K");
}

static void leave_out(struct shaping *s) {
    static const char reason[] = "image_config is for Google's Gemini models; this one takes none";
    const struct image_request *q = s->q;
    if (str_trim(q->size).n) tell(s, "size", str_trim(q->size), (str){ 0 }, reason);
    if (str_trim(q->aspect_ratio).n)
        tell(s, "aspectRatio", str_trim(q->aspect_ratio), (str){ 0 }, reason);
    if (str_trim(q->resolution).n)
        tell(s, "resolution", str_trim(q->resolution), (str){ 0 }, reason);
}

static void shape_count(struct shaping *s) {
    s->count = s->q->has_count ? s->q->count : 1;
    if (s->count >= 1 && s->count <= IMAGE_MAX_COUNT) return;
    s->count = s->count < 1 ? 1 : IMAGE_MAX_COUNT;
    struct arena *a = &s->r->arena;
    str value = arena_printf(a, "%lld", (long long)s->q->count);
    str applied = arena_printf(a, "%lld", (long long)s->count);
    media_override_add(s->r, S("count"), value, applied, "1 to %d pictures are made at once",
                       IMAGE_MAX_COUNT);
    shape_record(&s->call->shape, &rule_image_hints, CHANGE_CHANGED, S("body n"), applied,
                 "%.*s was asked for; 1 to %d pictures are made at once", STR_ARG(value),
                 IMAGE_MAX_COUNT);
}

static void shape_others(struct shaping *s) {
    static const char reason[] = "OpenRouter's chat-completions image API has no place for it";
    const struct image_request *q = s->q;
    const struct {
        const char *key;
        str value;
    } hints[] = { { "quality", q->quality },
                  { "outputFormat", q->output_format },
                  { "background", q->background } };
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (str_trim(hints[i].value).n)
            tell(s, hints[i].key, str_trim(hints[i].value), (str){ 0 }, reason);
}

/* ---- the body ---- */

static void write_messages(const struct shaping *s, const struct picture_input *inputs,
                           struct json_writer *w) {
    json_key(w, S("messages"));
    json_array(w);
    json_object(w);
    json_kstring(w, "role", S("user"));
    json_key(w, S("content"));
    if (!s->q->input_count) {
        json_string(w, s->q->prompt);
    } else {
        json_array(w);
        json_object(w);
        json_kstring(w, "type", S("text"));
        json_kstring(w, "text", s->q->prompt);
        json_object_end(w);
        for (size_t i = 0; i < s->q->input_count; i++) picture_input_write(&inputs[i], NULL, w);
        json_array_end(w);
    }
    json_object_end(w);
    json_array_end(w);
}

static void write_config(struct shaping *s, struct json_writer *w) {
    if (!s->aspect_ratio.n && !s->image_size.n) return;
    json_key(w, S("image_config"));
    size_t value = w->out->n;
    json_object(w);
    if (s->aspect_ratio.n) json_kstring(w, "aspect_ratio", s->aspect_ratio);
    if (s->image_size.n) json_kstring(w, "image_size", s->image_size);
    json_object_end(w);
    if (w->out->failed) return;
    shape_record(&s->call->shape, &rule_image_config, CHANGE_ADDED, S("body image_config"),
                 str_skip(buf_str(w->out), value), "Gemini models take shape and resolution there");
}

static void write_body(struct shaping *s, const struct picture_input *inputs,
                       struct json_writer *w) {
    json_object(w);
    json_kstring(w, "model", s->call->shape.model.id);
    write_messages(s, inputs, w);
    json_key(w, S("modalities"));
    json_raw(w, S("[\"image\",\"text\"]"));
    json_kint(w, "n", s->count);
    write_config(s, w);
    json_object_end(w);
}

void image_read_hints(struct image_request *q, image_text_fn *text, void *ctx) {
    q->model = text(ctx, "model", "model");
    q->size = text(ctx, "size", "size");
    q->aspect_ratio = text(ctx, "aspect-ratio", "aspectRatio");
    q->resolution = text(ctx, "resolution", "resolution");
    q->quality = text(ctx, "quality", "quality");
    q->output_format = text(ctx, "output-format", "outputFormat");
    q->background = text(ctx, "background", "background");
}

enum chela_error image_body(const struct image_request *q, const struct picture_input *inputs,
                            struct media_call *call, struct media_result *r, struct err *e) {
    struct shaping s = { .q = q, .call = call, .r = r };
    r->overrides = 0; /* each model has its own */
    shape_count(&s);
    if (takes_image_config(call->shape.model.id)) {
        shape_ratio(&s);
        shape_resolution(&s, inputs);
    } else {
        leave_out(&s);
    }
    shape_others(&s);
    struct buf text = BUF_INIT(MEDIA_MAX_REQUEST);
    struct json_writer w = JSON_WRITER(&text);
    write_body(&s, inputs, &w);
    return media_call_body(call, &text, e);
}
