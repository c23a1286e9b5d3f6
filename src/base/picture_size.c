#include "base/picture_size.h"

#include "base/mime.h"

static unsigned at(str s, size_t i) {
    return (unsigned char)s.p[i];
}

static unsigned big16(str s, size_t i) {
    return at(s, i) << 8 | at(s, i + 1);
}

static unsigned little16(str s, size_t i) {
    return at(s, i + 1) << 8 | at(s, i);
}

static unsigned big32(str s, size_t i) {
    return big16(s, i) << 16 | big16(s, i + 2);
}

static bool of_png(str s, unsigned *w, unsigned *h) {
    if (s.n < 24 || !str_eq(str_head(str_skip(s, 12), 4), S("IHDR"))) return false;
    *w = big32(s, 16);
    *h = big32(s, 20);
    return true;
}

static bool of_gif(str s, unsigned *w, unsigned *h) {
    if (s.n < 10) return false;
    *w = little16(s, 6);
    *h = little16(s, 8);
    return true;
}

/* Three kinds of first chunk: extended, lossless, lossy. */
static bool of_webp(str s, unsigned *w, unsigned *h) {
    if (s.n < 30) return false;
    str chunk = str_head(str_skip(s, 12), 4);
    if (str_eq(chunk, S("VP8X"))) {
        *w = 1 + (little16(s, 24) | at(s, 26) << 16);
        *h = 1 + (little16(s, 27) | at(s, 29) << 16);
        return true;
    }
    if (str_eq(chunk, S("VP8L")) && at(s, 20) == 0x2f) {
        unsigned bits = little16(s, 21) | little16(s, 23) << 16;
        *w = 1 + (bits & 0x3fff);
        *h = 1 + (bits >> 14 & 0x3fff);
        return true;
    }
    if (!str_eq(chunk, S("VP8 "))) return false;
    *w = little16(s, 26) & 0x3fff;
    *h = little16(s, 28) & 0x3fff;
    return true;
}

/* Start of frame: C0 to CF without the tables C4, C8 and CC. */
static bool of_jpeg(str s, unsigned *w, unsigned *h) {
    for (size_t i = 2; i + 9 <= s.n;) {
        if (at(s, i) != 0xff) return false;
        unsigned marker = at(s, i + 1);
        if (marker == 0xff) { /* filler */
            i++;
            continue;
        }
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) { /* without a length */
            i += 2;
            continue;
        }
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
            marker != 0xcc) {
            *h = big16(s, i + 5);
            *w = big16(s, i + 7);
            return true;
        }
        unsigned length = big16(s, i + 2);
        if (length < 2 || marker == 0xd9 || marker == 0xda) return false;
        i += 2 + length;
    }
    return false;
}

bool picture_size(str bytes, unsigned *width, unsigned *height) {
    str mime = mime_of_picture(bytes);
    bool found = str_eq(mime, S("image/png"))    ? of_png(bytes, width, height)
                 : str_eq(mime, S("image/gif"))  ? of_gif(bytes, width, height)
                 : str_eq(mime, S("image/webp")) ? of_webp(bytes, width, height)
                 : str_eq(mime, S("image/jpeg")) ? of_jpeg(bytes, width, height)
                                                 : false;
    return found && *width && *height;
}
