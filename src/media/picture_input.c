#include "media/picture_input.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/mime.h"
#include "base/picture_size.h"
#include "media/fetch.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FETCH_MS = 60000 };

static enum chela_error take_bytes(struct picture_input *out, struct buf *bytes, struct arena *a,
                                   struct err *e) {
    str shown = str_head(out->source, 100);
    out->mime = mime_of_picture(buf_str(bytes));
    if (!out->mime.n) {
        err_set(e, CHELA_INPUT, "%.*s: not a picture that models read", STR_ARG(shown));
        return err_hint(e, CHELA_INPUT, "PNG, JPEG, GIF and WebP are");
    }
    out->bytes = arena_dup(a, buf_str(bytes));
    if (!out->bytes.p) return err_set(e, CHELA_NOMEM, "%.*s: out of memory", STR_ARG(shown));
    if (!picture_size(out->bytes, &out->width, &out->height)) out->width = out->height = 0;
    return CHELA_OK;
}

/* ---- data URLs ---- */

static enum chela_error from_data_url(struct buf *bytes, str url, struct err *e) {
    str head, data;
    if (!str_cut(url, ',', &head, &data) || !str_istarts(head, S("data:image/")) || head.n < 8 ||
        !str_ieq(str_skip(head, head.n - 7), S(";base64"))) {
        err_set(e, CHELA_INPUT, "\"%.*s…\" is no data URL of a picture",
                STR_ARG(str_head(url, 40)));
        return err_hint(e, CHELA_INPUT, "it starts with data:image/png;base64,");
    }
    if (base64_decode(bytes, data)) return CHELA_OK;
    if (bytes->failed == BUF_TOO_LARGE)
        return err_set(e, CHELA_LIMIT, "a picture of more than %d MB", PICTURE_MAX_BYTES >> 20);
    return err_set(e, CHELA_INPUT, "\"%.*s…\" is not base64", STR_ARG(str_head(url, 40)));
}

/* ---- the web ---- */

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    if (buf_add(ctx, piece)) return CHELA_OK;
    return err_set(e, CHELA_NOMEM, "out of memory");
}

static enum chela_error from_web(struct buf *bytes, str url, const struct picture_rules *rules,
                                 struct err *e) {
    struct http_outcome out;
    const struct media_exchange x = { .timeout_ms = FETCH_MS,
                                      .cancel = rules->cancel,
                                      .max_body = PICTURE_MAX_BYTES,
                                      .ctx = bytes,
                                      .on_body = on_body };
    enum chela_error rc = media_fetch(url, NULL, &x, &out, e);
    return rc == CHELA_OK ? rc : err_prefix(e, rc, "%.*s: ", STR_ARG(str_head(url, 200)));
}

/* ---- files ---- */

static bool lies_in(const char *path, const char *root) {
    char real[PATH_MAX];
    if (!realpath(root, real)) return false;
    str folder = str_c(real);
    return str_starts(str_c(path), folder) && (path[folder.n] == '/' || str_eq(folder, S("/")));
}

static enum chela_error check_roots(const char *path, const struct picture_rules *rules,
                                    struct err *e) {
    char real[PATH_MAX];
    if (!rules->roots) return CHELA_OK;
    if (!realpath(path, real)) return CHELA_OK; /* reading will say what is wrong */
    for (size_t i = 0; rules->roots[i]; i++)
        if (lies_in(real, rules->roots[i])) return CHELA_OK;
    err_set(e, CHELA_FORBIDDEN, "%s: a model may not choose files there", path);
    return err_hint(e, CHELA_FORBIDDEN,
                    "pictures in the folder where chela runs, and those it made, can be used");
}

static enum chela_error from_file(struct buf *bytes, str source, const struct picture_rules *rules,
                                  struct err *e) {
    char path[PATH_MAX];
    int n;
    if (str_istarts(source, S("file://"))) source = str_skip(source, 7);
    if (str_starts(source, S("~/")) && rules->home)
        n = snprintf(path, sizeof path, "%s%.*s", rules->home, STR_ARG(str_skip(source, 1)));
    else
        n = snprintf(path, sizeof path, "%.*s", STR_ARG(source));
    if (n < 0 || (size_t)n >= sizeof path || str_chr(source, '\0') >= 0)
        return err_set(e, CHELA_NOINPUT, "%.80s…: the path is too long", path);
    enum chela_error rc = check_roots(path, rules, e);
    return rc == CHELA_OK ? file_read(path, bytes, e) : rc;
}

enum chela_error picture_input_load(struct picture_input *out, str source,
                                    const struct picture_rules *rules, struct arena *a,
                                    struct err *e) {
    source = str_trim(source);
    if (str_starts(source, S("@"))) source = str_skip(source, 1);
    *out = (struct picture_input){ .source = arena_dup(a, source) };
    if (!source.n) return err_set(e, CHELA_USAGE, "the name of a picture is empty");
    bool web = str_istarts(source, S("http://")) || str_istarts(source, S("https://"));
    if (web && (rules->pass_urls || rules->no_network)) {
        struct url u;
        out->url = out->source;
        return url_parse(source, &u) ? CHELA_OK
                                     : err_set(e, CHELA_INPUT, "%.*s: no URL", STR_ARG(source));
    }
    struct buf bytes = BUF_INIT(PICTURE_MAX_BYTES);
    enum chela_error rc = web                               ? from_web(&bytes, source, rules, e)
                          : str_istarts(source, S("data:")) ? from_data_url(&bytes, source, e)
                                                            : from_file(&bytes, source, rules, e);
    if (rc == CHELA_OK) rc = take_bytes(out, &bytes, a, e);
    buf_free(&bytes);
    return rc;
}

void picture_input_write(const struct picture_input *p, const char *frame_type,
                         struct json_writer *w) {
    json_object(w);
    json_kstring(w, "type", S("image_url"));
    json_key(w, S("image_url"));
    json_object(w);
    json_key(w, S("url"));
    if (p->url.n)
        json_string(w, p->url);
    else
        json_data_url(w, p->mime, p->bytes);
    json_object_end(w);
    if (frame_type) json_kstring(w, "frame_type", str_c(frame_type));
    json_object_end(w);
}
