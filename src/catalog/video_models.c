/* What video models offer, from JSON and back.
 *
 * The cache keeps OpenRouter's own fields, cut down to those that are read here, so that one reader
 * serves both. A row that says nothing of video is none: a server that answers every …/models with
 * its chat models must not make them video models that take anything.
 */
#include "catalog/video_models.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "catalog/cache_file.h"
#include "catalog/model_id.h"
#include "catalog/model_ref.h"
#include "doc/json_write.h"

#include <stdio.h>

enum {
    FILE_MAX_BYTES = 4 << 20,
    ROWS_MAX = 2000,
    ITEMS_MAX = 64, /* of one list; what comes after is left out */
    WORD_MAX = 32,  /* "1920x1080" */
    SECONDS_MAX = 3600,
};

static const char file_name[] = "video-models.json";

static const char *const fields[] = { "supported_durations",
                                      "supported_resolutions",
                                      "supported_aspect_ratios",
                                      "supported_sizes",
                                      "supported_frame_images",
                                      "generate_audio",
                                      "seed" };
enum { FIELDS = sizeof fields / sizeof fields[0] };

static const struct doc_limits limits = {
    .max_bytes = FILE_MAX_BYTES,
    .max_nodes = 500000,
    .max_depth = 64,
};

static const int64_t bundled_durations[] = { 4, 6, 8 };
static const str bundled_resolutions[] = { STR_INIT("720p"), STR_INIT("1080p") };
static const str bundled_ratios[] = { STR_INIT("16:9"), STR_INIT("9:16") };

const struct video_model video_model_bundled = {
    .id = STR_INIT("google/veo-3.1-fast"),
    .durations = bundled_durations,
    .duration_count = 3,
    .resolutions = bundled_resolutions,
    .resolution_count = 2,
    .ratios = bundled_ratios,
    .ratio_count = 2,
    .sound = -1,
    .seed = -1,
};

/* ---- one row ---- */

static bool is_word(str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~') return false; /* it is shown, and sent */
    return s.n && s.n <= WORD_MAX;
}

static const str *read_words(struct doc *d, doc_node array, size_t *count, struct arena *a) {
    str *list = NULL, word;
    size_t cap = 0;
    for (doc_node n = doc_first(d, array); n && *count < ITEMS_MAX; n = doc_next(d, n)) {
        if (!doc_string(d, n, &word) || !is_word(word)) continue;
        list = arena_list(a, list, *count, &cap, sizeof *list);
        if (!list) return NULL;
        list[(*count)++] = arena_dup(a, word);
    }
    return list;
}

static const int64_t *read_seconds(struct doc *d, doc_node array, size_t *count, struct arena *a) {
    int64_t *list = NULL, seconds;
    size_t cap = 0;
    for (doc_node n = doc_first(d, array); n && *count < ITEMS_MAX; n = doc_next(d, n)) {
        if (!doc_int(d, n, &seconds) || seconds < 1 || seconds > SECONDS_MAX) continue;
        list = arena_list(a, list, *count, &cap, sizeof *list);
        if (!list) return NULL;
        list[(*count)++] = seconds;
    }
    return list;
}

static int read_flag(struct doc *d, doc_node n) {
    bool flag;
    return doc_bool(d, n, &flag) ? flag : -1;
}

static void read_frames(struct video_model *m, struct doc *d, doc_node array) {
    str frame;
    m->says_frames = doc_type(d, array) == DOC_ARRAY;
    for (doc_node n = doc_first(d, array); n; n = doc_next(d, n)) {
        if (!doc_string(d, n, &frame)) continue;
        m->first_frame = m->first_frame || str_eq(frame, S("first_frame"));
        m->last_frame = m->last_frame || str_eq(frame, S("last_frame"));
    }
}

/* True: it has an id, and says something of video. */
static bool is_video(struct doc *d, doc_node n, str *id) {
    if (!doc_string(d, doc_get(d, n, S("id")), id) || id->n > MODEL_REF_MAX || model_id_fault(*id))
        return false;
    for (size_t i = 0; i < FIELDS; i++)
        if (str_starts(str_c(fields[i]), S("supported_")) && doc_get(d, n, str_c(fields[i])))
            return true;
    return false;
}

static bool read_row(struct video_model *m, struct doc *d, doc_node n, struct arena *a) {
    str id;
    if (!is_video(d, n, &id)) return false;
    *m = (struct video_model){ .id = arena_dup(a, id) };
    m->durations = read_seconds(d, doc_get(d, n, S("supported_durations")), &m->duration_count, a);
    m->resolutions =
        read_words(d, doc_get(d, n, S("supported_resolutions")), &m->resolution_count, a);
    m->ratios = read_words(d, doc_get(d, n, S("supported_aspect_ratios")), &m->ratio_count, a);
    m->sizes = read_words(d, doc_get(d, n, S("supported_sizes")), &m->size_count, a);
    read_frames(m, d, doc_get(d, n, S("supported_frame_images")));
    m->sound = read_flag(d, doc_get(d, n, S("generate_audio")));
    m->seed = read_flag(d, doc_get(d, n, S("seed")));
    return true;
}

/* ---- the file ---- */

/* NULL: good; else what is wrong with it. */
static const char *read_rows(struct video_models *out, struct doc *d, struct arena *a) {
    doc_node data = doc_get(d, doc_root(d), S("data"));
    size_t count = doc_len(d, data);
    if (doc_type(d, data) != DOC_ARRAY || count > ROWS_MAX) return "it has no list of models";
    struct video_model *list = arena_alloc(a, (count + 1) * sizeof *list);
    if (!list) return "out of memory";
    out->list = list;
    for (doc_node n = doc_first(d, data); n; n = doc_next(d, n))
        out->count += read_row(&list[out->count], d, n, a);
    return arena_failed(a) ? "out of memory" : NULL;
}

static const char *read_file(struct video_models *out, str text, str base_url, struct arena *a) {
    struct doc *d = NULL;
    str from = { 0 };
    int64_t fetched_ms = -1;
    if (doc_parse(&d, text, DOC_JSON, &limits, NULL) != CHELA_OK) return "it is no JSON";
    const char *fault = NULL;
    if (!doc_int(d, doc_get(d, doc_root(d), S("fetchedAtMs")), &fetched_ms) || fetched_ms < 0 ||
        !doc_string(d, doc_get(d, doc_root(d), S("baseUrl")), &from))
        fault = "it does not begin as chela writes it";
    else if (str_eq(from, base_url)) /* another service offers other models */
        fault = read_rows(out, d, a);
    if (!fault && out->list) out->fetched_ms = fetched_ms;
    doc_free(d);
    return fault;
}

void video_models_load(struct video_models *out, struct config *c, str base_url, struct arena *a) {
    char path[CACHE_PATH_MAX];
    struct buf text = BUF_INIT(FILE_MAX_BYTES);
    struct err e = ERR_INIT;
    const char *fault = NULL;
    *out = (struct video_models){ .fetched_ms = -1 };
    if (!cache_path(path, config_where(c), file_name) || !file_exists(path)) return;
    if (file_read(path, &text, &e) != CHELA_OK)
        fault = e.message;
    else
        fault = read_file(out, buf_str(&text), base_url, a);
    if (fault) {
        log_warn("%s: the video models' cache is ignored: %s", path, fault);
        *out = (struct video_models){ .fetched_ms = -1 };
    }
    buf_free(&text);
}

bool video_models_are_stale(const struct video_models *m) {
    return m->fetched_ms < 0 || cache_is_stale(m->fetched_ms);
}

const struct video_model *video_models_find(const struct video_models *m, str id) {
    do {
        const struct video_model *near = NULL;
        for (size_t i = 0; i < m->count; i++) {
            if (str_eq(m->list[i].id, id)) return &m->list[i];
            if (!near && str_ieq(m->list[i].id, id)) near = &m->list[i];
        }
        if (near) return near;
    } while (model_id_parent(id, &id));
    return NULL;
}

/* ---- an answer into the file ---- */

static enum chela_error no_list(struct err *e, const char *why) {
    return err_set(e, CHELA_PROTOCOL, "the answer of GET /videos/models is no list of them: %s",
                   why);
}

static void write_row(struct json_writer *w, struct doc *d, doc_node n, str id) {
    json_object(w);
    json_kstring(w, "id", id);
    for (size_t i = 0; i < FIELDS; i++) {
        doc_node value = doc_get(d, n, str_c(fields[i]));
        if (!value) continue;
        json_key(w, str_c(fields[i]));
        json_raw(w, doc_raw(d, value));
    }
    json_object_end(w);
}

static enum chela_error collect(struct doc *d, struct json_writer *w, struct err *e) {
    doc_node data = doc_get(d, doc_root(d), S("data"));
    bool any = false;
    str id;
    if (doc_type(d, data) != DOC_ARRAY) return no_list(e, "it has no array \"data\"");
    if (doc_len(d, data) > ROWS_MAX)
        return err_set(e, CHELA_LIMIT,
                       "the answer of GET /videos/models has %zu rows; %d are the "
                       "most",
                       doc_len(d, data), ROWS_MAX);
    for (doc_node n = doc_first(d, data); n; n = doc_next(d, n)) {
        if (!is_video(d, n, &id)) continue;
        write_row(w, d, n, id);
        any = true;
    }
    return any ? CHELA_OK : no_list(e, "no row in it is of a video model");
}

static enum chela_error write_file(struct buf *out, struct doc *d, str base_url, struct err *e) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kint(&w, "version", 1);
    json_kint(&w, "fetchedAtMs", clock_unix_ms());
    json_kstring(&w, "baseUrl", base_url);
    json_key(&w, S("data"));
    json_array(&w);
    enum chela_error rc = collect(d, &w, e);
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
    if (rc != CHELA_OK || !out->failed) return rc;
    return err_set(e, out->failed == BUF_TOO_LARGE ? CHELA_LIMIT : CHELA_NOMEM,
                   "the video models' cache cannot be written");
}

enum chela_error video_models_store(struct config *c, str base_url, str json, struct err *e) {
    struct doc *d = NULL;
    struct buf out = BUF_INIT(FILE_MAX_BYTES);
    enum chela_error rc = doc_parse(&d, json, DOC_JSON, &limits, e);
    if (rc == CHELA_LIMIT || rc == CHELA_NOMEM) return rc;
    if (rc != CHELA_OK) return no_list(e, "it is no JSON");
    rc = write_file(&out, d, base_url, e);
    doc_free(d);
    if (rc == CHELA_OK) rc = cache_put(config_where(c), file_name, buf_str(&out), e);
    buf_free(&out);
    return rc;
}
