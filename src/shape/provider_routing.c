/* R17, ruling 6: OpenRouter's own routing object (order, only, sort, …), from params.provider of
 * the provider, the model and the agent, merged key by key; what a request says itself is more
 * specific than any of them. It applies to every call, since `data_collection: "deny"` is a promise
 * about all of them. Nothing is checked: OpenRouter knows its fields better than this program does.
 */
#include "shape/rule.h"

#include "doc/json_write.h"

static bool later_layer_has(struct shape_ctx *x, size_t layer, str key) {
    struct doc *d = x->params->doc;
    for (size_t i = layer + 1; i < x->params->count; i++)
        if (doc_get(d, doc_get(d, x->params->layer[i], S("provider")), key)) return true;
    return false;
}

/* The merged object as JSON text in x->arena; "" when no layer has one. from: the last layer's
 * path. */
static str merged(struct shape_ctx *x, const char **from) {
    struct doc *d = x->params->doc;
    struct buf text = BUF_INIT(1 << 20);
    struct json_writer w = JSON_WRITER(&text);
    bool any = false;
    json_object(&w);
    for (size_t i = 0; i < x->params->count; i++) {
        doc_node routing = doc_get(d, x->params->layer[i], S("provider"));
        if (!routing) continue;
        if (doc_type(d, routing) != DOC_OBJECT) {
            shape_record(x, &rule_provider_routing, CHANGE_WITHHELD, S("body provider"),
                         node_json(x, d, routing), "%s is not an object",
                         param_path(x, x->params->origin[i], S("provider")));
            continue;
        }
        any = true;
        *from = param_path(x, x->params->origin[i], S("provider"));
        for (doc_node m = doc_first(d, routing); m; m = doc_next(d, m)) {
            str key = arena_dup(x->arena, doc_key(d, m));
            if (doc_get(d, routing, key) != m || later_layer_has(x, i, key)) continue;
            if (key_is_unsafe(key)) {
                shape_record(x, &rule_provider_routing, CHANGE_DROPPED,
                             body_field(x, arena_printf(x->arena, "provider.%.*s", STR_ARG(key))),
                             (str){ 0 }, "no field may have this name");
                continue;
            }
            json_key(&w, key);
            json_raw(&w, node_json(x, d, m));
        }
    }
    json_object_end(&w);
    if (text.failed) x->arena->failed = true;
    str result = any ? arena_dup(x->arena, buf_str(&text)) : (str){ 0 };
    buf_free(&text);
    return result;
}

/* The request has a routing object: it keeps its keys and gets those that it lacks. */
static enum chela_error complete(struct shape_ctx *x, doc_node own, str routing, const char *from,
                                 struct err *e) {
    struct doc *d = NULL;
    enum chela_error rc = doc_parse(&d, routing, DOC_JSON, NULL, e);
    if (rc != CHELA_OK) return rc;
    for (doc_node m = doc_first(d, doc_root(d)); m && rc == CHELA_OK; m = doc_next(d, m)) {
        str key = doc_key(d, m);
        doc_node said = doc_get(x->body, own, key);
        if (said) {
            if (str_eq(node_json(x, x->body, said), doc_raw(d, m))) continue;
            shape_record(x, &rule_provider_routing, CHANGE_WITHHELD,
                         body_field(x, arena_printf(x->arena, "provider.%.*s", STR_ARG(key))),
                         doc_raw(d, m), "the request says this itself");
            continue;
        }
        rc = member_set(x, &rule_provider_routing, own, key, doc_raw(d, m), e, "from %s", from);
    }
    doc_free(d);
    return rc;
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    const char *from = "";
    str routing = x->params && x->params->count ? merged(x, &from) : (str){ 0 };
    if (!routing.n) return CHELA_OK;
    if (!x->route.verified) {
        shape_record(x, &rule_provider_routing, CHANGE_WITHHELD, S("body provider"), routing,
                     "only OpenRouter knows this object; this route is %s", x->route.why);
        return CHELA_OK;
    }
    if (extra_body_has(x, S("provider"))) {
        shape_record(x, &rule_provider_routing, CHANGE_WITHHELD, S("body provider"), routing,
                     "extra_body brings a provider of its own");
        return CHELA_OK;
    }
    doc_node own = body_get(x, S("provider"));
    if (doc_type(x->body, own) == DOC_OBJECT) return complete(x, own, routing, from, e);
    if (own) {
        shape_record(x, &rule_provider_routing, CHANGE_WITHHELD, S("body provider"), routing,
                     "the request says this itself");
        return CHELA_OK;
    }
    return body_set(x, &rule_provider_routing, S("provider"), routing, e,
                    "routing for this model, the more specific setting first: %s", from);
}

const struct shape_rule rule_provider_routing = {
    .name = "provider-routing",
    .anchor = "docs/rules.md#provider-routing",
    .apply = apply,
};
