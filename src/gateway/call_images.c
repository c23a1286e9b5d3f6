/* Pictures: OpenRouter has one path for making and editing, and takes JSON; OpenAI has two, and
 * takes edits as a form. Each upstream gets what it knows. */
#include "gateway/call_media.h"

#include "base/mime.h"
#include "doc/json_write.h"
#include "server/multipart.h"

static bool is_picture(str field) {
    return str_eq(field, S("image")) || str_eq(field, S("image[]")) ||
           str_starts(field, S("image["));
}

static void write_picture(struct json_writer *w, const struct part *part) {
    str mime = mime_of_picture(str_head(part->data, MIME_HEAD));
    json_object(w);
    json_kstring(w, "type", S("image_url"));
    json_key(w, S("image_url"));
    json_object(w);
    json_key(w, S("url"));
    json_data_url(w, mime.n ? mime : S("image/png"), part->data);
    json_object_end(w);
    json_object_end(w);
}

static enum chela_error write_field(struct json_writer *w, const struct part *part, struct err *e) {
    static const str texts[] = { STR_INIT("prompt"),        STR_INIT("size"),
                                 STR_INIT("quality"),       STR_INIT("background"),
                                 STR_INIT("output_format"), STR_INIT("resolution"),
                                 STR_INIT("aspect_ratio") };
    static const str numbers[] = { STR_INIT("n"), STR_INIT("output_compression"),
                                   STR_INIT("seed") };
    int64_t number;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (str_eq(part->name, texts[i])) json_kstring(w, texts[i].p, part->data);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (!str_eq(part->name, numbers[i])) continue;
        if (!str_i64(str_trim(part->data), &number))
            return err_set(e, CHELA_INPUT, "%s: a whole number is needed", numbers[i].p);
        json_kint(w, numbers[i].p, number);
    }
    if (str_eq(part->name, S("mask")))
        return err_set(e, CHELA_INPUT, "mask: OpenRouter's images API takes none");
    return CHELA_OK;
}

static enum chela_error edits_as_json(struct call *c, struct buf *out, struct err *e) {
    const struct server_request *r = exchange_request(c->x);
    struct json_writer w = JSON_WRITER(out);
    enum chela_error code = CHELA_OK;
    json_object(&w);
    json_kstring(&w, "model", c->endpoint->id);
    for (int pictures = 0; pictures < 2 && code == CHELA_OK; pictures++) {
        struct multipart m;
        struct part part;
        bool found = false;
        if (pictures) {
            json_key(&w, S("input_references"));
            json_array(&w);
        }
        code = multipart_open(&m, exchange_header(c->x, S("content-type")), r->body, e);
        while (code == CHELA_OK && (code = multipart_next(&m, &part, &found, e)) == CHELA_OK &&
               found) {
            if (pictures && is_picture(part.name))
                write_picture(&w, &part);
            else if (!pictures)
                code = write_field(&w, &part, e);
        }
        if (pictures) json_array_end(&w);
    }
    json_object_end(&w);
    return code;
}

const struct call_media media_images = { .once = true,
                                         .at_openrouter = STR_INIT("/images"),
                                         .elsewhere = STR_INIT("/images/generations") };
const struct call_media media_image_edits = { .form = true,
                                              .once = true,
                                              .at_openrouter = STR_INIT("/images"),
                                              .elsewhere = STR_INIT("/images/edits"),
                                              .as_json = edits_as_json };
