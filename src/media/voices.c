#include "media/voices.h"

#include "media/fetch.h"

enum { LOOK_MS = 10000, LIST_MAX = 16 << 20 };

static void add(struct voices *v, str id, str model, struct arena *a) {
    struct voice *chosen = &v->list[0];
    if (!id.n || v->count == VOICES_MOST) return;
    if (v->count && str_eq(chosen->id, id) && str_eq(chosen->model, model)) return;
    v->list[v->count++] = (struct voice){ .id = arena_dup(a, id), .model = arena_dup(a, model) };
}

static enum chela_error keep(void *ctx, str piece, struct err *e) {
    return buf_add(ctx, piece) ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}

static enum chela_error take_list(struct voices *v, str json, struct arena *a, struct err *e) {
    struct doc *d = NULL;
    if (doc_parse(&d, json, DOC_JSON, NULL, NULL) != CHELA_OK)
        return err_set(e, CHELA_PROTOCOL, "the list of models is no JSON");
    doc_node data = doc_get(d, doc_root(d), S("data"));
    for (doc_node row = doc_first(d, data); row; row = doc_next(d, row)) {
        str model, id;
        doc_node voices = doc_get(d, row, S("supported_voices"));
        if (!doc_string(d, doc_get(d, row, S("id")), &model)) continue;
        for (doc_node n = doc_first(d, voices); n; n = doc_next(d, n))
            if (doc_string(d, n, &id)) add(v, id, model, a);
    }
    bool good = doc_type(d, data) == DOC_ARRAY;
    doc_free(d);
    return good ? CHELA_OK : err_set(e, CHELA_PROTOCOL, "the answer is no list of models");
}

static enum chela_error ask(struct voices *v, struct config *c, const struct model_ref *model,
                            const struct speech_config *set, const atomic_bool *cancel,
                            struct arena *a, struct err *e) {
    struct media_call call = { 0 };
    struct buf json = BUF_INIT(LIST_MAX);
    struct http_outcome out = { .retry_after = -1 };
    const struct media_exchange x = { .timeout_ms = LOOK_MS,
                                      .cancel = cancel,
                                      .max_body = LIST_MAX,
                                      .wants = MEDIA_WANTS_JSON,
                                      .ctx = &json,
                                      .on_body = keep };
    enum chela_error rc = media_call_begin(&call, c, model, set, true, e);
    if (rc == CHELA_OK) {
        str url = route_url(&call.shape.route, S("models?output_modalities=speech"), &call.arena);
        rc = media_fetch(url, &call, &x, &out, e);
    }
    if (rc == CHELA_OK) rc = take_list(v, buf_str(&json), a, e);
    buf_free(&json);
    media_call_end(&call);
    return rc;
}

enum chela_error voices_find(struct voices *out, struct config *c, const atomic_bool *cancel,
                             struct arena *a, struct err *e) {
    struct speech_config set;
    struct model_ref model;
    *out = (struct voices){ .list = arena_alloc(a, VOICES_MOST * sizeof *out->list) };
    if (!out->list) return err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error rc = speech_config(&set, c, S(""), a, e);
    if (rc == CHELA_OK) rc = model_ref_parse(&model, set.model, c, a, e);
    if (rc != CHELA_OK) return rc;
    add(out, set.voice, model.id, a);
    out->list[0].chosen = true;
    return ask(out, c, &model, &set, cancel, a, e);
}
