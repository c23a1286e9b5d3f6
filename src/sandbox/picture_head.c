#include "sandbox/picture_head.h"

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

static void read_jpeg(struct picture_head *out, str s) {
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

static void read_webp(struct picture_head *out, str s) {
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

struct picture_head picture_head(str s) {
    struct picture_head out = { 0 };
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
