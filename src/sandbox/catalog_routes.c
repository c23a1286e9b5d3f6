/* The lists of models. Each asks the engines what is there, every time: a package that is installed
 * while the sandbox runs is seen at once, and a missing one never offers what it cannot do. */
#include "sandbox/media.h"
#include "sandbox/media_routes.h"
#include "sandbox/models.h"

enum { ASK_MS = 5000, LIST_MAX = 256 << 10 };

struct wanted {
    /* False: what was asked for is not listed. */
    bool (*write)(unsigned there, str id, str output, struct buf *out);
    str id; /* of one row */
};

static str query_value(str query, str name) {
    for (str pair, rest = query; rest.n;) {
        str key, value;
        str_cut(rest, '&', &pair, &rest);
        if (str_cut(pair, '=', &key, &value) && str_eq(key, name)) return value;
    }
    return (str){ 0 };
}

static void tell(struct media *m, unsigned there) {
    const struct wanted *wanted = m->own;
    str output = query_value(exchange_request(m->x)->query, S("output_modalities"));
    struct buf json = BUF_INIT(LIST_MAX);
    if (wanted->write(there, wanted->id, output, &json) || json.failed) {
        media_answer(m, 200, &json);
        return;
    }
    buf_clear(&json);
    buf_addf(&json, "no model \"%.*s\" is listed here: see GET /api/v1/models",
             STR_ARG(str_head(wanted->id, 100)));
    media_fail(m, 404, buf_str(&json));
    buf_free(&json);
}

static void done(struct media *m) {
    tell(m, sandbox_models_there(buf_str(&m->whole)));
}

static void without_engines(struct media *m, int status, str message) {
    (void)status;
    (void)message;
    tell(m, 0);
}

static void list(const struct sandbox_api *api, struct exchange *x, const struct wanted *wanted) {
    static const struct media_kind kind = { NULL, NULL, done, without_engines };
    struct media *m = media_open(api, x, &kind, sizeof *wanted);
    if (!m) return;
    *(struct wanted *)m->own = *wanted;
    m->limit_ms = ASK_MS;
    media_ask(m, "/engines", S(""), S(""));
}

/* ---- what is written ---- */

static bool write_list(unsigned there, str id, str output, struct buf *out) {
    (void)id;
    return sandbox_models_list(there, output, out);
}

static bool write_count(unsigned there, str id, str output, struct buf *out) {
    (void)id;
    return sandbox_models_count(there, output, out);
}

static bool write_row(unsigned there, str id, str output, struct buf *out) {
    (void)output;
    return sandbox_models_row(there, id, out);
}

static bool write_endpoints(unsigned there, str id, str output, struct buf *out) {
    (void)output;
    return sandbox_models_endpoints(there, id, out);
}

static bool write_embedding_list(unsigned there, str id, str output, struct buf *out) {
    (void)id;
    (void)output;
    return sandbox_models_list(there, S("embeddings"), out);
}

static bool write_picture_list(unsigned there, str id, str output, struct buf *out) {
    (void)id;
    (void)output;
    return sandbox_models_pictures(sandbox_models_has(there, S(MODEL_PICTURE)), out);
}

static bool write_picture_endpoints(unsigned there, str id, str output, struct buf *out) {
    (void)output;
    return str_ieq(id, S(MODEL_PICTURE)) && sandbox_models_has(there, id) &&
           sandbox_models_picture_endpoints(out);
}

static bool write_video_list(unsigned there, str id, str output, struct buf *out) {
    (void)id;
    (void)output;
    return sandbox_models_videos(sandbox_models_has(there, S(MODEL_VIDEO)), out);
}

/* ---- routes ---- */

void serve_models(const struct sandbox_api *api, struct exchange *x) {
    list(api, x, &(struct wanted){ .write = write_list });
}

void serve_models_count(const struct sandbox_api *api, struct exchange *x) {
    list(api, x, &(struct wanted){ .write = write_count });
}

void serve_picture_models(const struct sandbox_api *api, struct exchange *x) {
    list(api, x, &(struct wanted){ .write = write_picture_list });
}

void serve_video_models(const struct sandbox_api *api, struct exchange *x) {
    list(api, x, &(struct wanted){ .write = write_video_list });
}

void serve_embedding_models(const struct sandbox_api *api, struct exchange *x) {
    list(api, x, &(struct wanted){ .write = write_embedding_list });
}

void serve_model_row(const struct sandbox_api *api, struct exchange *x, str id) {
    list(api, x, &(struct wanted){ write_row, id });
}

void serve_model_endpoints(const struct sandbox_api *api, struct exchange *x, str id) {
    list(api, x, &(struct wanted){ write_endpoints, id });
}

void serve_picture_endpoints(const struct sandbox_api *api, struct exchange *x, str id) {
    list(api, x, &(struct wanted){ write_picture_endpoints, id });
}
