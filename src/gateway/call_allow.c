#include "gateway/call_allow.h"

#include <stdio.h>

static bool allows_model(const struct client_key *k, const struct endpoint *p) {
    char full[512];
    int n = snprintf(full, sizeof full, "%.*s/%.*s", STR_ARG(p->upstream->id), STR_ARG(p->id));
    return client_key_allows(k, p->asked) || client_key_allows(k, p->id) ||
           (n > 0 && (size_t)n < sizeof full && client_key_allows(k, (str){ full, (size_t)n }));
}

static bool allows_preset(const struct call *c, const struct client_key *k,
                          const struct endpoint *p, str *why) {
    str text;
    ptrdiff_t at =
        str_chr(p->asked, '@') < 0 ? -1 : str_chr(p->id, '@'); /* an alias may have one */
    if (at >= 0) *why = str_skip(p->id, (size_t)at);
    if (at >= 0 && !client_key_allows(k, *why)) return false;
    if (!doc_string(c->doc, doc_get(c->doc, doc_root(c->doc), S("preset")), &text)) return true;
    *why = arena_printf(c->arena, "@preset/%.*s", STR_ARG(text));
    return client_key_allows(k, *why);
}

/* The name is also that of a version of it ("advisor_20260301"). */
static bool allows_helper(const struct client_key *k, str name, str *why) {
    static const str helpers[] = { STR_INIT("openrouter:advisor"), STR_INIT("openrouter:fusion"),
                                   STR_INIT("openrouter:image_generation"),
                                   STR_INIT("openrouter:subagent") };
    str prefix = S("openrouter:");
    if (str_starts(name, prefix)) name = str_skip(name, prefix.n);
    for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++) {
        if (!str_starts(name, str_skip(helpers[i], prefix.n))) continue;
        *why = helpers[i];
        return client_key_allows(k, *why);
    }
    return true;
}

static bool allows_helpers(const struct call *c, const struct client_key *k, str *why) {
    static const struct {
        str list, name;
    } lists[] = { { STR_INIT("tools"), STR_INIT("type") },
                  { STR_INIT("plugins"), STR_INIT("id") } };
    str name;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        doc_node list = doc_get(c->doc, doc_root(c->doc), lists[i].list);
        for (doc_node n = doc_first(c->doc, list); n; n = doc_next(c->doc, n))
            if (doc_string(c->doc, doc_get(c->doc, n, lists[i].name), &name) &&
                !allows_helper(k, name, why))
                return false;
    }
    return true;
}

bool call_allows(const struct call *c, const struct client_key *k, const struct endpoint *p,
                 str *why) {
    *why = p->asked;
    if (!k->models[0]) return true;
    if (!allows_model(k, p)) return false;
    return !p->upstream->is_openrouter ||
           (allows_preset(c, k, p, why) && allows_helpers(c, k, why));
}
