/* A parameter may be given for the provider, for all models, for a model and for an agent. Nothing
 * is merged here: the layers are handed out in order, because some parameters replace each other
 * (response cache) and one is merged key by key (provider routing), and that is their rules'
 * affair.
 *
 * A model's entry is found by what its key means, not by how it is written: "openrouter/a/b",
 * "OpenRouter/a/b", "a/b" as OpenRouter's pages have it, "openrouter/openrouter/auto" as older
 * programs wrote it. The case of an id is part of it.
 */
#include "catalog/params.h"

#include "catalog/model_id.h"

static void add(struct config_params *p, doc_node params, const char *origin) {
    if (doc_type(p->doc, params) != DOC_OBJECT || p->count == CONFIG_PARAM_LAYERS) return;
    p->layer[p->count] = params;
    p->origin[p->count++] = origin;
}

/* The model that is looked for. */
struct wanted {
    struct config *config;
    str key;
    struct arena arena; /* for reading keys */
};

/* A row of models.providers.openrouter.models[] is OpenRouter's, with the prefix or without. */
static bool is_row(struct wanted *w, str id) {
    id = str_trim(id);
    if (model_id_fault(id)) return false;
    struct model_ref ref;
    struct err ignored = ERR_INIT;
    return model_ref_set_id(&ref, model_id_on_wire(id, &w->arena), &w->arena, &ignored) ==
               CHELA_OK &&
           str_eq(ref.key, w->key);
}

static bool is_canonical(str text, str key) {
    static const str prefix = STR_INIT("openrouter/");
    return str_istarts(text, prefix) && str_eq(str_skip(text, prefix.n), str_skip(key, prefix.n));
}

static doc_node provider_row(struct wanted *w, doc_node rows) {
    struct doc *d = config_doc(w->config);
    for (doc_node row = doc_first(d, rows); row; row = doc_next(d, row)) {
        str id;
        if (doc_string(d, doc_get(d, row, S("id")), &id) && is_row(w, id)) return row;
    }
    return 0;
}

/* Other spellings of the key first, in the file's order; of the canonical one the last counts. */
static void add_entries(struct config_params *p, struct wanted *w, doc_node entries) {
    struct doc *d = p->doc;
    doc_node canonical = 0;
    for (doc_node n = doc_first(d, entries); n; n = doc_next(d, n)) {
        str name = str_trim(doc_key(d, n));
        struct model_ref ref;
        if (is_canonical(name, w->key))
            canonical = n;
        else if (model_ref_of_key(&ref, name, w->config, &w->arena) && str_eq(ref.key, w->key) &&
                 p->count + 2 < CONFIG_PARAM_LAYERS)
            add(p, doc_get(d, n, S("params")),
                "agents.defaults.models[].params (under another spelling of the key)");
    }
    add(p, doc_get(d, canonical, S("params")), "agents.defaults.models[].params");
}

void config_params(struct config *c, str key, str agent, struct config_params *out) {
    struct doc *d = config_doc(c);
    struct wanted w = { .config = c, .key = key, .arena = ARENA_INIT(1u << 20) };
    doc_node provider = doc_path_get(d, S("models.providers.openrouter"), NULL);
    doc_node defaults = doc_path_get(d, S("agents.defaults"), NULL);
    doc_node row = provider_row(&w, doc_get(d, provider, S("models")));
    *out = (struct config_params){ .doc = d };
    add(out, doc_get(d, provider, S("params")), "models.providers.openrouter.params");
    add(out, doc_get(d, defaults, S("params")), "agents.defaults.params");
    add(out, doc_get(d, row, S("params")), "models.providers.openrouter.models[].params");
    add_entries(out, &w, doc_get(d, defaults, S("models")));
    add(out, doc_get(d, config_agent(c, agent), S("params")), "agents.list[].params");
    arena_free(&w.arena);
}

doc_node config_param(const struct config_params *p, const char *const *aliases, size_t n,
                      const char **origin) {
    for (size_t layer = p->count; layer > 0; layer--) {
        for (size_t i = 0; i < n; i++) {
            doc_node found = doc_get(p->doc, p->layer[layer - 1], str_c(aliases[i]));
            if (!found) continue;
            if (origin) *origin = p->origin[layer - 1];
            return found;
        }
    }
    if (origin) *origin = NULL;
    return 0;
}
