/* Which model the configuration chooses when nobody named one, and which come after it.
 *
 * A "model" is a string, or an object with "primary" and "fallbacks"; an agent's own goes before
 * agents.defaults.model, each of the two parts by itself. An empty list of fallbacks is a choice:
 * none.
 */
#include "base/log.h"
#include "catalog/model_id.h"

static bool primary_of(struct doc *d, doc_node model, str *text, doc_node *at) {
    *at = doc_type(d, model) == DOC_OBJECT ? doc_get(d, model, S("primary")) : model;
    return doc_string(d, *at, text) && str_trim(*text).n;
}

/* "agents.defaults.model.primary: ", with the code that says where the mistake is. */
static enum chela_error in_config(struct doc *d, doc_node n, enum chela_error rc, struct err *e) {
    if (rc == CHELA_INPUT) rc = CHELA_CONFIG;
    struct buf path = BUF_INIT(1024);
    doc_path_of(d, n, &path);
    err_prefix(e, rc, "%.*s: ", STR_ARG(buf_str(&path)));
    buf_free(&path);
    if (e) e->code = rc;
    return rc;
}

enum chela_error model_ref_primary(struct model_ref *out, bool *found, struct config *c,
                                   doc_node choice, struct arena *a, struct err *e) {
    struct doc *d = config_doc(c);
    str text;
    doc_node at;
    *found = primary_of(d, choice, &text, &at);
    enum chela_error rc = *found ? model_ref_parse(out, text, c, a, e) : CHELA_OK;
    return rc ? in_config(d, at, rc, e) : CHELA_OK;
}

enum chela_error model_ref_default(struct model_ref *out, struct config *c, str agent,
                                   struct arena *a, struct err *e) {
    struct doc *d = config_doc(c);
    bool found;
    enum chela_error rc =
        model_ref_primary(out, &found, c, doc_get(d, config_agent(c, agent), S("model")), a, e);
    if (rc == CHELA_OK && !found)
        rc = model_ref_primary(out, &found, c, doc_path_get(d, S("agents.defaults.model"), NULL), a,
                               e);
    if (rc != CHELA_OK || found) return rc;
    return model_ref_parse(out, S("openrouter/auto"), NULL, a, e);
}

static doc_node fallbacks_of(struct doc *d, doc_node model) {
    return doc_get(d, model, S("fallbacks"));
}

enum chela_error model_ref_fallbacks(struct model_ref **out, size_t *count, struct config *c,
                                     str agent, struct arena *a, struct err *e) {
    struct doc *d = config_doc(c);
    doc_node list = fallbacks_of(d, doc_get(d, config_agent(c, agent), S("model")));
    if (!list) list = fallbacks_of(d, doc_path_get(d, S("agents.defaults.model"), NULL));
    return model_ref_list(out, count, c, list, a, e);
}

enum chela_error model_ref_list(struct model_ref **out, size_t *count, struct config *c,
                                doc_node list, struct arena *a, struct err *e) {
    struct doc *d = config_doc(c);
    *out = NULL;
    *count = 0;
    size_t most = doc_len(d, list);
    if (!most) return CHELA_OK;
    if (most > 256) most = 256;
    struct model_ref *refs = arena_alloc(a, most * sizeof *refs);
    if (!refs) return err_set(e, CHELA_NOMEM, "fallbacks: out of memory");
    size_t n = 0;
    for (doc_node item = doc_first(d, list); item && n < most; item = doc_next(d, item)) {
        str text;
        struct err why = ERR_INIT;
        if (!doc_string(d, item, &text)) continue; /* the wrong type: config_load refused it */
        enum chela_error rc = model_ref_parse(&refs[n], text, c, a, &why);
        if (rc == CHELA_NOMEM) return err_set(e, rc, "%s", why.message);
        if (rc) {
            in_config(d, item, rc, &why);
            log_warn("%s (left out)", why.message);
            continue;
        }
        bool again = false;
        for (size_t i = 0; i < n; i++)
            again = again ||
                    (str_eq(refs[i].key, refs[n].key) && str_eq(refs[i].profile, refs[n].profile));
        if (!again) n++;
    }
    *out = refs;
    *count = n;
    return CHELA_OK;
}
