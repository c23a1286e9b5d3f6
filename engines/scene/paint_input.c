#include "engines/scene/paint_input.h"

#include "base/base64.h"
#include "base/mime.h"
#include "engines/ffmpeg.h"

#include <string.h>

enum {
    FILE_MOST = 64 << 20,
    SIDE_MOST = 12000,
    PIXELS_MOST = 50 << 20,
    INSET_SIDE = 1024,
    LIMIT_MS = 30000
};

/* ---- in ---- */

static cairo_status_t read_bytes(void *ctx, unsigned char *to, unsigned n) {
    str *rest = ctx;
    if (rest->n < n) return CAIRO_STATUS_READ_ERROR;
    memcpy(to, rest->p, n);
    *rest = str_skip(*rest, n);
    return CAIRO_STATUS_SUCCESS;
}

static unsigned big_endian(str s, size_t at) {
    const unsigned char *p = (const unsigned char *)s.p + at;
    return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

/* A header may promise pictures that no memory holds, so it is looked at first. */
static enum chela_error decode_png(str file, cairo_surface_t **out, struct err *e) {
    unsigned width = file.n >= 24 ? big_endian(file, 16) : 0,
             height = width ? big_endian(file, 20) : 0;
    if (!width || !height) return err_set(e, CHELA_INPUT, "a picture is broken");
    if (width > SIDE_MOST || height > SIDE_MOST || (uint64_t)width * height > PIXELS_MOST)
        return err_set(e, CHELA_LIMIT, "a picture of %u×%u is too large", width, height);
    cairo_surface_t *s = cairo_image_surface_create_from_png_stream(read_bytes, &file);
    if (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(s);
        return err_set(e, CHELA_INPUT, "a picture is broken: it cannot be decoded");
    }
    *out = s;
    return CHELA_OK;
}

/* The demuxer is named, so that a file which only looks like a picture is not taken for a play
 * list. */
static enum chela_error to_png(str file, str mime, struct buf *png, const atomic_bool *cancel,
                               struct err *e) {
    const char *demuxer = str_eq(mime, S("image/jpeg"))   ? "jpeg_pipe"
                          : str_eq(mime, S("image/webp")) ? "webp_pipe"
                                                          : "gif_pipe";
    const char *const words[] = {
        "-threads",   "1",      "-max_pixels", "52428800", "-protocol_whitelist",
        "pipe",       "-f",     demuxer,       "-i",       "pipe:0",
        "-frames:v",  "1",      "-codec:v",    "png",      "-f",
        "image2pipe", "pipe:1", NULL
    };
    struct child child = { .input = file, .out = png, .limit_ms = LIMIT_MS, .cancel = cancel };
    return ffmpeg_run(words, &child,
                      "only PNG can be read here: for JPEG, WebP and GIF ffmpeg is needed", e);
}

static enum chela_error decode(str file, cairo_surface_t **out, const atomic_bool *cancel,
                               struct err *e) {
    str mime = mime_of_picture(file);
    struct buf png = BUF_INIT(FILE_MOST * 4u);
    enum chela_error rc = CHELA_OK;
    if (!mime.n) return err_set(e, CHELA_INPUT, "a picture is neither PNG nor JPEG, WebP or GIF");
    if (!str_eq(mime, S("image/png"))) {
        rc = to_png(file, mime, &png, cancel, e);
        file = buf_str(&png);
    }
    if (rc == CHELA_OK) rc = decode_png(file, out, e);
    buf_free(&png);
    return rc;
}

static cairo_surface_t *cover(cairo_surface_t *from, unsigned width, unsigned height) {
    double w = cairo_image_surface_get_width(from), h = cairo_image_surface_get_height(from);
    if (!width) {
        double most = w > h ? w : h, scale = most > INSET_SIDE ? INSET_SIDE / most : 1;
        width = (unsigned)(w * scale) > 0 ? (unsigned)(w * scale) : 1;
        height = (unsigned)(h * scale) > 0 ? (unsigned)(h * scale) : 1;
    }
    double scale = width / w > height / h ? width / w : height / h;
    cairo_surface_t *to = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    cairo_t *cr = cairo_create(to);
    cairo_set_source_rgb(cr, 1, 1, 1); /* behind what is transparent */
    cairo_paint(cr);
    cairo_translate(cr, (width - w * scale) / 2, (height - h * scale) / 2);
    cairo_scale(cr, scale, scale);
    cairo_set_source_surface(cr, from, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_paint(cr);
    cairo_destroy(cr);
    return to;
}

enum chela_error input_picture(str text, unsigned width, unsigned height, cairo_surface_t **out,
                               const atomic_bool *cancel, struct err *e) {
    struct buf file = BUF_INIT(FILE_MOST);
    cairo_surface_t *decoded = NULL;
    ptrdiff_t comma = str_istarts(text, S("data:")) ? str_chr(text, ',') : -1;
    if (comma >= 0) text = str_skip(text, (size_t)comma + 1);
    enum chela_error rc = CHELA_OK;
    if (!base64_decode(&file, text) || !file.n)
        rc = err_set(e, CHELA_INPUT, "a picture is not base64, or larger than 64 MiB");
    if (rc == CHELA_OK) rc = decode(buf_str(&file), &decoded, cancel, e);
    buf_free(&file);
    if (rc != CHELA_OK) return rc;
    *out = cover(decoded, width, height);
    cairo_surface_destroy(decoded);
    if (cairo_surface_status(*out) == CAIRO_STATUS_SUCCESS) return CHELA_OK;
    cairo_surface_destroy(*out);
    *out = NULL;
    return err_set(e, CHELA_NOMEM, "out of memory");
}

/* ---- out ---- */

static cairo_status_t write_bytes(void *ctx, const unsigned char *bytes, unsigned n) {
    return buf_add(ctx, (str){ (const char *)bytes, n }) ? CAIRO_STATUS_SUCCESS
                                                         : CAIRO_STATUS_WRITE_ERROR;
}

static str rows_of(cairo_surface_t *s) { /* RGB24 has no gaps at these widths: 4 bytes a pixel */
    size_t bytes =
        (size_t)cairo_image_surface_get_stride(s) * (size_t)cairo_image_surface_get_height(s);
    cairo_surface_flush(s);
    return (str){ (const char *)cairo_image_surface_get_data(s), bytes };
}

static enum chela_error by_ffmpeg(cairo_surface_t *s, const char *codec, struct buf *out,
                                  const atomic_bool *cancel, struct err *e) {
    struct buf size = BUF_INIT(64);
    buf_addf(&size, "%dx%d", cairo_image_surface_get_width(s), cairo_image_surface_get_height(s));
    const char *const words[] = { "-threads",
                                  "1",
                                  "-f",
                                  "rawvideo",
                                  "-pixel_format",
                                  "bgr0",
                                  "-video_size",
                                  size.p,
                                  "-i",
                                  "pipe:0",
                                  "-frames:v",
                                  "1",
                                  "-codec:v",
                                  codec,
                                  "-q:v",
                                  strcmp(codec, "mjpeg") == 0 ? "2" : "86",
                                  "-f",
                                  "image2pipe",
                                  "pipe:1",
                                  NULL };
    struct child child = {
        .input = rows_of(s), .out = out, .limit_ms = LIMIT_MS, .cancel = cancel
    };
    enum chela_error rc =
        ffmpeg_run(words, &child,
                   "JPEG and WebP need ffmpeg, which is not installed here; PNG goes "
                   "without",
                   e);
    buf_free(&size);
    return rc;
}

enum chela_error output_picture(cairo_surface_t *surface, str format, struct buf *out,
                                const char **type, const atomic_bool *cancel, struct err *e) {
    if (str_eq(format, S("png"))) {
        *type = "image/png";
        if (cairo_surface_write_to_png_stream(surface, write_bytes, out) == CAIRO_STATUS_SUCCESS)
            return CHELA_OK;
        return err_set(e, CHELA_NOMEM, "the picture cannot be written: out of memory");
    }
    *type = str_eq(format, S("jpeg")) ? "image/jpeg" : "image/webp";
    return by_ffmpeg(surface, str_eq(format, S("jpeg")) ? "mjpeg" : "libwebp", out, cancel, e);
}
