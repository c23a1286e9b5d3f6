/* Pictures and other attachments: what their headers say. Nothing is decoded beyond that. */
#include "base/base64.h"
#include "base/mime.h"
#include "base/picture_size.h"
#include "sandbox/skills.h"

enum { HEADER_BYTES = 96 << 10 }; /* a JPEG may carry a thumbnail before its size */

static const char *name_of(str mime) {
    return str_eq(mime, S("image/png"))    ? "PNG"
           : str_eq(mime, S("image/jpeg")) ? "JPEG"
           : str_eq(mime, S("image/gif"))  ? "GIF"
           : str_eq(mime, S("image/webp")) ? "WebP"
                                           : NULL;
}

static void describe_data_url(struct agent_turn *t, str url) {
    ptrdiff_t comma = str_chr(url, ',');
    str head = comma < 0 ? url : str_head(url, (size_t)comma);
    str data = comma < 0 ? (str){ 0 } : str_skip(url, (size_t)comma + 1);
    size_t padding = str_ends(data, S("==")) ? 2 : str_ends(data, S("=")) ? 1 : 0;
    size_t bytes = data.n / 4 * 3 - (data.n >= 4 ? padding : 0);
    struct buf header = BUF_INIT(HEADER_BYTES);
    bool good =
        str_has(head, S(";base64")) && base64_decode(&header, str_head(data, HEADER_BYTES / 4 * 4));
    const char *name = good ? name_of(mime_of_picture(buf_str(&header))) : NULL;
    unsigned width = 0, height = 0;
    bool measured = name && picture_size(buf_str(&header), &width, &height);
    buf_free(&header);
    if (!name) {
        str type, rest;
        str_cut(str_skip(head, 5), ';', &type, &rest);
        buf_addf(t->out, "%.*s (%zu bytes)", STR_ARG(text_cut(type, 60)), bytes);
        return;
    }
    buf_addf(t->out, "%s", name);
    if (measured) buf_addf(t->out, " %u×%u", width, height);
    buf_addf(t->out, " (%zu bytes)", bytes);
}

static const char *const kinds[][2] = { [ATTACHED_IMAGE] = { "picture", "그림" },
                                        [ATTACHED_AUDIO] = { "sound", "소리" },
                                        [ATTACHED_VIDEO] = { "video", "동영상" },
                                        [ATTACHED_FILE] = { "file", "파일" } };

bool skill_attachments(struct agent_turn *t) {
    const struct agent_message *m = t->asked;
    bool any = false;
    for (int kind = ATTACHED_IMAGE; kind <= ATTACHED_FILE; kind++) {
        size_t count = 0, shown = 0;
        for (size_t i = 0; i < m->attached_count; i++) count += (int)m->attached[i].kind == kind;
        if (!count) continue;
        if (any) buf_addc(t->out, ' ');
        if (t->korean)
            buf_addf(t->out, "%s %zu개를 받았습니다: ", kinds[kind][1], count);
        else
            buf_addf(t->out, "I received %zu %s%s: ", count, kinds[kind][0], count > 1 ? "s" : "");
        for (size_t i = 0; i < m->attached_count && shown < 16; i++) {
            if ((int)m->attached[i].kind != kind) continue;
            str source = m->attached[i].source;
            if (shown++) buf_add(t->out, S(", "));
            if (str_istarts(source, S("data:")))
                describe_data_url(t, source);
            else if (source.n)
                buf_addf(t->out, "%.*s%s", STR_ARG(text_cut(source, 80)),
                         str_istarts(source, S("http")) ? " (not fetched)" : "");
            else
                buf_add(t->out, S("without a name"));
        }
        if (shown < count) buf_addf(t->out, ", … %zu more", count - shown);
        buf_addc(t->out, '.');
        any = true;
    }
    return any;
}
