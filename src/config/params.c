/* Which params objects apply to a model, and which of them has the last word.
 *
 * A parameter may be given for the provider, for all models, for a model and for an agent. Nothing
 * is merged here: the layers are handed out in order, because some parameters replace each other
 * (response cache) and one is merged key by key (provider routing), and that is their rules'
 * affair.
 */
#include "config/internal.h"

static void add(struct config_params *p, doc_node params, const char *origin) {
    if (doc_type(p->doc, params) != DOC_OBJECT || p->count == CONFIG_PARAM_LAYERS) return;
    p->layer[p->count] = params;
    p->origin[p->count++] = origin;
}

static str without_provider(str key) {
    return str_istarts(key, S("openrouter/")) ? str_skip(key, 11) : key;
}

/* Provider in any case, model id exactly: keys are "openrouter/<id>". */
static bool same_key(str a, str b) {
    bool a_named = str_istarts(a, S("openrouter/")), b_named = str_istarts(b, S("openrouter/"));
    return a_named == b_named && str_eq(without_provider(a), without_provider(b));
}

static doc_node openrouter(struct config *c) {
    struct doc *d = c->main.doc;
    doc_node models = doc_get(d, doc_root(d), S("models"));
    return doc_get(d, doc_get(d, models, S("providers")), S("openrouter"));
}

/* The row of models.providers.openrouter.models[] for the key; its id may lack the provider. */
static doc_node provider_model(struct config *c, str key) {
    struct doc *d = c->main.doc;
    doc_node rows = doc_get(d, openrouter(c), S("models"));
    for (doc_node row = doc_first(d, rows); row; row = doc_next(d, row)) {
        str id;
        if (!doc_string(d, doc_get(d, row, S("id")), &id)) continue;
        if (same_key(id, key) || str_eq(id, without_provider(key))) return row;
    }
    return 0;
}

/* The last member of `entries` whose key, without `prefix`, is the model's. */
static doc_node entry_of(struct config *c, doc_node entries, str prefix, str key) {
    struct doc *d = c->main.doc;
    doc_node found = 0;
    for (doc_node n = doc_first(d, entries); n; n = doc_next(d, n)) {
        str name = doc_key(d, n);
        if (str_istarts(name, prefix) && same_key(str_skip(name, prefix.n), key)) found = n;
    }
    return found;
}

doc_node config_agent(struct config *c, str agent) {
    struct doc *d = c->main.doc;
    doc_node list = doc_get(d, doc_get(d, doc_root(d), S("agents")), S("list"));
    doc_node first = 0;
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n)) {
        str id;
        bool chosen = false;
        if (!doc_string(d, doc_get(d, n, S("id")), &id)) continue;
        if (agent.n ? str_ieq(str_trim(id), str_trim(agent))
                    : doc_bool(d, doc_get(d, n, S("default")), &chosen) && chosen)
            return n;
        if (!first) first = n;
    }
    return agent.n ? 0 : first;
}

void config_params(struct config *c, str key, str agent, struct config_params *out) {
    struct doc *d = c->main.doc;
    *out = (struct config_params){ .doc = d };
    doc_node defaults = doc_get(d, doc_get(d, doc_root(d), S("agents")), S("defaults"));
    doc_node entries = doc_get(d, defaults, S("models"));
    add(out, doc_get(d, openrouter(c), S("params")), "models.providers.openrouter.params");
    add(out, doc_get(d, defaults, S("params")), "agents.defaults.params");
    add(out, doc_get(d, provider_model(c, key), S("params")),
        "models.providers.openrouter.models[].params");
    add(out, doc_get(d, entry_of(c, entries, S("openrouter/"), key), S("params")),
        "agents.defaults.models[].params (under its old doubled key)");
    add(out, doc_get(d, entry_of(c, entries, S(""), key), S("params")),
        "agents.defaults.models[].params");
    add(out, doc_get(d, config_agent(c, agent), S("params")), "agents.list[].params");
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
