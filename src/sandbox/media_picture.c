/* Requests for pictures: /images, OpenAI's /images/generations and /images/edits, and chat
 * completions that ask for images. Each becomes the same request to the engine, once for every
 * picture. */
#include "sandbox/media_picture.h"

#include "base/base64.h"
#include "base/picture_size.h"
#include "doc/json_write.h"
#include "media/ratio.h"
#include "sandbox/media_routes.h"
#include "sandbox/models.h"
#include "sandbox/words.h"

enum { PROMPT_MOST = 64 << 10, HEAD_BASE64 = 128 << 10 };

/* ---- input pictures ---- */

struct inputs {
    struct media *m;
    struct json_writer w; /* in m->ask, inside "inputs":[ */
    unsigned count;
    unsigned width, height; /* of the first; 0: not understood */
};

static void measure(struct inputs *in, str head) {
    if (in->count == 1 && !picture_size(head, &in->width, &in->height)) in->width = in->height = 0;
}

static void add_url(struct inputs *in, str url, const char *field) {
    struct fields *f = &in->m->f;
    ptrdiff_t comma = str_istarts(url, S("data:")) ? str_chr(url, ',') : -1;
    if (comma < 0 || !str_has(str_head(url, (size_t)comma), S(";base64"))) {
        fields_wrong(f, field, "a data URL with base64 (the sandbox fetches nothing)");
        return;
    }
    if (++in->count > PICTURE_INPUTS_MOST) {
        fields_wrong(f, field, "at most 16 pictures");
        return;
    }
    struct buf head = BUF_INIT(HEAD_BASE64);
    base64_decode(&head, str_head(str_skip(url, (size_t)comma + 1), HEAD_BASE64 / 4 * 4));
    measure(in, buf_str(&head));
    buf_free(&head);
    json_string(&in->w, str_skip(url, (size_t)comma + 1));
}

static void add_file(struct inputs *in, str bytes) {
    struct buf text = BUF_INIT(MEDIA_REQUEST_MAX);
    in->count++;
    measure(in, bytes);
    base64_encode(&text, bytes);
    json_string(&in->w, buf_str(&text));
    if (text.failed) in->m->ask.failed = text.failed;
    buf_free(&text);
}

/* {type: image_url, image_url: {url}}, or image_url as a text. */
static bool part_url(struct doc *d, doc_node part, str *url) {
    doc_node holder = doc_get(d, part, S("image_url"));
    return doc_string(d, holder, url) || doc_string(d, doc_get(d, holder, S("url")), url);
}

static void add_parts(struct inputs *in, doc_node list, const char *field) {
    struct doc *d = in->m->f.d;
    str url;
    for (doc_node c = doc_first(d, list); c; c = doc_next(d, c))
        if (part_url(d, c, &url)) add_url(in, url, field);
}

static void add_files(struct inputs *in) {
    struct fields *f = &in->m->f;
    for (size_t i = 0; i < f->file_count; i++)
        if (str_eq(f->files[i].name, S("image")) || str_eq(f->files[i].name, S("image[]")))
            add_file(in, f->files[i].data);
}

static struct inputs begin_inputs(struct media *m) {
    struct inputs in = { .m = m, .w = JSON_WRITER(&m->ask) };
    json_object(&in.w);
    json_key(&in.w, S("inputs"));
    json_array(&in.w);
    return in;
}

/* ---- the size ---- */

/* Without a ratio an edit keeps the proportions of what it edits. */
static void choose_size(struct media *m, const struct inputs *in, str ratio,
                        const char *ratio_field, str tier, const char *tier_field) {
    struct pictures *own = m->own;
    bool automatic = !ratio.n || str_ieq(ratio, S("auto"));
    bool like = automatic && in->width && in->height;
    bool known = like ? picture_size_like(in->width, in->height, tier, &own->size)
                      : picture_size_for(ratio, tier, &own->size);
    if (known) return;
    if (!picture_size_for(S(""), tier, &own->size))
        fields_wrong(&m->f, tier_field, "one of 512, 1K, 2K, 4K");
    else
        fields_wrong(&m->f, ratio_field,
                     "auto, or one of 1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 …");
}

/* size is a tier or "1024x768"; the latter says everything, so nothing else may. */
static void choose_image_size(struct media *m, const struct inputs *in) {
    struct pictures *own = m->own;
    struct fields *f = &m->f;
    str size = fields_text(f, "size", "", 32), ratio = fields_text(f, "aspect_ratio", "", 16);
    str tier = fields_text(f, "resolution", "", 8);
    if (str_eq(size, S("auto"))) size = (str){ 0 };
    struct ratio sides;
    if (size_parse(size, &sides)) {
        own->size = (struct size){ (unsigned)sides.w, (unsigned)sides.h };
        if (ratio.n || tier.n)
            fields_wrong(f, "size", "either width and height, or aspect_ratio and resolution");
        if (own->size.width < PICTURE_SIDE_LEAST || own->size.width > PICTURE_SIDE_MOST ||
            own->size.height < PICTURE_SIDE_LEAST || own->size.height > PICTURE_SIDE_MOST)
            fields_wrong(f, "size", "sides of 64 to 4096 pixels");
        return;
    }
    if (size.n && tier.n && !str_ieq(size, tier)) fields_wrong(f, "size", "the same as resolution");
    choose_size(m, in, ratio, "aspect_ratio", size.n ? size : tier, size.n ? "size" : "resolution");
}

/* ---- the engine's request ---- */

static void finish_ask(struct media *m, struct inputs *in, str prompt, str format) {
    struct pictures *own = m->own;
    json_array_end(&in->w);
    json_kstring(&in->w, "prompt", prompt);
    json_kstring(&in->w, "format", format);
    json_kint(&in->w, "width", own->size.width);
    json_kint(&in->w, "height", own->size.height);
    own->seed_at = m->ask.n;
    own->prompt_tokens = text_tokens(prompt) + in->count * 256;
    pictures_next(m);
}

void pictures_next(struct media *m) {
    struct pictures *own = m->own;
    if (!m->ask.failed) m->ask.n = own->seed_at;
    buf_addf(&m->ask, ",\"seed\":%lld}", (long long)own->seed + own->done);
    media_ask(m, "/scene", S("application/json"), buf_str(&m->ask));
}

/* Seeds are any integer; the engine mixes them, so wrapping is no harm. */
static int64_t seed_of(struct fields *f) {
    return fields_int(f, "seed", 0, -2147483648LL, 4294967295LL);
}

/* ---- /images and OpenAI's two ---- */

static str format_of(struct fields *f) {
    str format = fields_text(f, "output_format", "png", 16);
    if (str_eq(format, S("jpg"))) format = S("jpeg");
    if (!str_eq(format, S("png")) && !str_eq(format, S("jpeg")) && !str_eq(format, S("webp")))
        fields_wrong(f, "output_format", "png, jpeg or webp");
    return format;
}

static void answer_images(const struct sandbox_api *api, struct exchange *x, bool edit) {
    struct media *m = media_open(api, x, &picture_kind, sizeof(struct pictures));
    if (!m) return;
    struct fields *f = &m->f;
    struct pictures *own = m->own;
    str prompt = fields_needed(f, "prompt", PROMPT_MOST), format = format_of(f);
    own->wanted = fields_int(f, "n", 1, 1, PICTURES_MOST);
    own->seed = seed_of(f);
    own->shape = fields_bool(f, "stream", false) ? SHAPE_IMAGES_STREAM : SHAPE_IMAGES;
    fields_text(f, "model", "", 256); /* whatever it is, local/scene draws */
    struct inputs in = begin_inputs(m);
    add_parts(&in, fields_get(f, "input_references"), "input_references");
    if (f->form) add_files(&in);
    if (edit && !in.count) fields_wrong(f, "image", "at least one picture");
    choose_image_size(m, &in);
    finish_ask(m, &in, prompt, format);
}

void serve_images(const struct sandbox_api *api, struct exchange *x) {
    answer_images(api, x, false);
}

void serve_image_edits(const struct sandbox_api *api, struct exchange *x) {
    answer_images(api, x, true);
}

/* ---- chat ---- */

bool chat_wants_pictures(struct doc *d, str model) {
    doc_node list = doc_get(d, doc_root(d), S("modalities"));
    str word;
    if (str_ieq(model, S(MODEL_PICTURE))) return true;
    for (doc_node c = doc_first(d, list); c; c = doc_next(d, c))
        if (doc_string(d, c, &word) && str_eq(word, S("image"))) return true;
    return false;
}

static bool has_role(struct doc *d, doc_node message, str role) {
    str is;
    return doc_string(d, doc_get(d, message, S("role")), &is) && str_eq(is, role);
}

/* The text of a message, its parts joined; in the arena when they must be. */
static str message_text(struct media *m, doc_node message) {
    struct doc *d = m->f.d;
    doc_node content = doc_get(d, message, S("content"));
    str text = { 0 }, piece;
    if (doc_string(d, content, &text)) return text;
    struct buf joined = BUF_INIT(PROMPT_MOST);
    for (doc_node c = doc_first(d, content); c; c = doc_next(d, c))
        if (doc_string(d, doc_get(d, c, S("text")), &piece)) {
            if (joined.n) buf_addc(&joined, ' ');
            buf_add(&joined, piece);
        }
    text = arena_dup(exchange_request(m->x)->arena, buf_str(&joined));
    if (joined.failed) fields_wrong(&m->f, "messages", "a prompt of at most 64 KiB");
    buf_free(&joined);
    return text;
}

/* The pictures of the last user message; if it has none, those that the assistant made last, so
 * that "now at night" goes on with them. */
static void add_chat_inputs(struct inputs *in, doc_node asked, doc_node made) {
    struct doc *d = in->m->f.d;
    add_parts(in, doc_get(d, asked, S("content")), "messages");
    if (in->count || !made) return;
    add_parts(in, doc_get(d, made, S("images")), "messages");
    add_parts(in, doc_get(d, made, S("content")), "messages");
}

void serve_chat_pictures(const struct sandbox_api *api, struct exchange *x) {
    struct media *m = media_open(api, x, &picture_kind, sizeof(struct pictures));
    if (!m) return;
    struct fields *f = &m->f;
    struct pictures *own = m->own;
    doc_node config = fields_get(f, "image_config"), asked = 0, made = 0;
    str ratio = { 0 }, tier = { 0 };
    for (doc_node c = doc_first(f->d, fields_get(f, "messages")); c; c = doc_next(f->d, c)) {
        if (has_role(f->d, c, S("user"))) asked = c;
        if (has_role(f->d, c, S("assistant"))) made = c;
    }
    str prompt = asked ? message_text(m, asked) : (str){ 0 };
    if (!str_trim(prompt).n) fields_wrong(f, "messages", "a user message that says what to draw");
    doc_string(f->d, doc_get(f->d, config, S("aspect_ratio")), &ratio);
    doc_string(f->d, doc_get(f->d, config, S("image_size")), &tier);
    own->wanted = fields_int(f, "n", 1, 1, PICTURES_MOST);
    own->seed = seed_of(f);
    own->shape = fields_bool(f, "stream", false) ? SHAPE_CHAT_STREAM : SHAPE_CHAT;
    struct inputs in = begin_inputs(m);
    add_chat_inputs(&in, asked, made);
    choose_size(m, &in, ratio, "image_config.aspect_ratio", tier, "image_config.image_size");
    finish_ask(m, &in, prompt, S("png"));
}
