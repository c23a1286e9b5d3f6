/* Pictures and other attachments: what their headers say. Nothing is decoded beyond that. */
#include "base/base64.h"
#include "sandbox/skills.h"

#include <string.h>

enum { HEADER_BYTES = 96 << 10 }; /* a JPEG may carry a thumbnail before its size */

struct picture {
    const char *type; /* NULL: unknown */
    uint32_t width, height;
};

static uint32_t big(const unsigned char *p, unsigned bytes) {
    uint32_t v = 0;
    for (unsigned i = 0; i < bytes; i++) v = v << 8 | p[i];
    return v;
}

static uint32_t little(const unsigned char *p, unsigned bytes) {
    uint32_t v = 0;
    for (unsigned i = bytes; i > 0; i--) v = v << 8 | p[i - 1];
    return v;
}

static void read_jpeg(struct picture *out, str s) {
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 2; i + 9 < s.n;) {
        if (p[i] != 0xFF) return;
        unsigned char marker = p[i + 1];
        if (marker == 0xFF) { /* padding */
            i++;
            continue;
        }
        bool frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame) {
            out->height = big(p + i + 5, 2);
            out->width = big(p + i + 7, 2);
            return;
        }
        i += 2 + big(p + i + 2, 2);
    }
}

static void read_webp(struct picture *out, str s) {
    const unsigned char *p = (const unsigned char *)s.p;
    if (str_starts(str_skip(s, 12), S("VP8X")) && s.n >= 30) {
        out->width = little(p + 24, 3) + 1;
        out->height = little(p + 27, 3) + 1;
    } else if (str_starts(str_skip(s, 12), S("VP8L")) && s.n >= 25) {
        uint32_t bits = little(p + 21, 4);
        out->width = (bits & 0x3FFF) + 1;
        out->height = (bits >> 14 & 0x3FFF) + 1;
    } else if (str_starts(str_skip(s, 12), S("VP8 ")) && s.n >= 30) {
        out->width = little(p + 26, 2) & 0x3FFF;
        out->height = little(p + 28, 2) & 0x3FFF;
    }
}

static struct picture read_picture(str s) {
    struct picture out = { 0 };
    const unsigned char *p = (const unsigned char *)s.p;
    if (str_starts(s, S("\x89PNG\r\n\x1a\n"))) {
        out.type = "PNG";
        if (s.n >= 24) {
            out.width = big(p + 16, 4);
            out.height = big(p + 20, 4);
        }
    } else if (str_starts(s, S("GIF87a")) || str_starts(s, S("GIF89a"))) {
        out.type = "GIF";
        if (s.n >= 10) {
            out.width = little(p + 6, 2);
            out.height = little(p + 8, 2);
        }
    } else if (str_starts(s, S("\xFF\xD8\xFF"))) {
        out.type = "JPEG";
        read_jpeg(&out, s);
    } else if (str_starts(s, S("RIFF")) && str_starts(str_skip(s, 8), S("WEBP"))) {
        out.type = "WebP";
        read_webp(&out, s);
    }
    return out;
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
    struct picture p = good ? read_picture(buf_str(&header)) : (struct picture){ 0 };
    buf_free(&header);
    if (!p.type) {
        str type, rest;
        str_cut(str_skip(head, 5), ';', &type, &rest);
        buf_addf(t->out, "%.*s (%zu bytes)", STR_ARG(text_cut(type, 60)), bytes);
        return;
    }
    buf_addf(t->out, "%s", p.type);
    if (p.width && p.height) buf_addf(t->out, " %u×%u", p.width, p.height);
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
