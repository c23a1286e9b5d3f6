#include "media/models.h"

str media_default_model(enum media_kind kind) {
    switch (kind) {
    case MEDIA_VIDEO: return S("google/veo-3.1-fast");
    case MEDIA_SPEECH: return S("hexgrad/kokoro-82m");
    default: return S("google/gemini-3.1-flash-image-preview");
    }
}

/* The newer place first: who has moved there may have left the older one behind. */
static const char *const places[][2] = {
    [MEDIA_IMAGE] = { "agents.defaults.mediaModels.image", "agents.defaults.imageGenerationModel" },
    [MEDIA_VIDEO] = { "agents.defaults.mediaModels.video", "agents.defaults.videoGenerationModel" },
};

static enum chela_error configured(struct media_models *out, struct config *c, doc_node n,
                                   struct arena *a, struct err *e) {
    struct doc *d = config_doc(c);
    bool found = false;
    struct model_ref *more = NULL;
    size_t count = 0;
    doc_int(d, doc_get(d, n, S("timeoutMs")), &out->timeout_ms);
    enum chela_error rc = model_ref_primary(&out->list[0], &found, c, n, a, e);
    if (rc == CHELA_OK) rc = model_ref_list(&more, &count, c, doc_get(d, n, S("fallbacks")), a, e);
    out->count = found;
    for (size_t i = 0; i < count && out->count < MEDIA_MAX_MODELS; i++)
        if (!found || !str_eq(more[i].key, out->list[0].key)) out->list[out->count++] = more[i];
    return rc;
}

enum chela_error media_models(struct media_models *out, struct config *c, enum media_kind kind,
                              str asked, struct arena *a, struct err *e) {
    *out = (struct media_models){ .source = "default" };
    struct doc *d = config_doc(c);
    enum chela_error rc = CHELA_OK;
    doc_node n = 0;
    for (size_t i = 0; i < 2 && !n; i++) {
        n = doc_path_get(d, str_c(places[kind][i]), NULL);
        if (n) out->source = places[kind][i];
    }
    struct err own = ERR_INIT;
    if (n) rc = configured(out, c, n, a, asked.n ? &own : e);
    if (rc != CHELA_OK && !asked.n) return rc;
    if (asked.n) { /* the configured timeout counts for it all the same */
        out->count = 1;
        out->source = "--model";
        return model_ref_parse(&out->list[0], asked, c, a, e);
    }
    if (out->count) return CHELA_OK;
    out->count = 1;
    return model_ref_parse(&out->list[0], media_default_model(kind), NULL, a, e);
}
