/* params.extra_body: fields that are put into the request as they are, over whatever is there; the
 * way to anything that OpenRouter knows and this program does not. What a request says itself is
 * more specific and stands. `store` does not pass even here (R15), nor do names that are dangerous
 * to whoever reads the body into a JavaScript object.
 */
#include "shape/rule.h"

static bool bool_param_wins(const struct shape_ctx *x, str key) {
    const char *origin;
    doc_node n = str_eq(key, S("parallel_tool_calls")) ? param_parallel_tool_calls(x, &origin) : 0;
    return n && doc_type(x->params->doc, n) == DOC_BOOL;
}

static enum chela_error one(struct shape_ctx *x, str key, str value, const char *path,
                            struct err *e) {
    const char *why = key_is_unsafe(key)        ? "no field may have this name"
                      : str_eq(key, S("store")) ? "store is never sent"
                      : bool_param_wins(x, key) ? "params.parallel_tool_calls says it"
                                                : NULL;
    if (why) {
        shape_record(x, &rule_extra_body, CHANGE_DROPPED, body_field(x, key), value, "%s", why);
        return CHELA_OK;
    }
    doc_node said = x->kind == CALL_RAW ? body_get(x, key) : 0;
    if (said) {
        if (!str_eq(node_json(x, x->body, said), value))
            shape_record(x, &rule_extra_body, CHANGE_WITHHELD, body_field(x, key), value,
                         "the request says this itself");
        return CHELA_OK;
    }
    return member_set(x, &rule_extra_body, doc_root(x->body), key, value, e, "%s", path);
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    static const char *const aliases[] = { "extra_body", "extraBody" };
    const char *origin;
    doc_node extra = PARAM(x, aliases, &origin);
    if (!extra) return CHELA_OK;
    struct doc *d = x->params->doc;
    const char *path = param_path(x, origin, S("extra_body"));
    if (doc_type(d, extra) != DOC_OBJECT) {
        shape_record(x, &rule_extra_body, CHANGE_WITHHELD, S("body"), node_json(x, d, extra),
                     "%s is not an object", path);
        return CHELA_OK;
    }
    for (doc_node m = doc_first(d, extra); m; m = doc_next(d, m)) {
        str key = doc_key(d, m);
        if (doc_get(d, extra, key) != m) continue; /* of twins the last */
        enum chela_error rc = one(x, key, node_json(x, d, m), path, e);
        if (rc != CHELA_OK) return rc;
    }
    return CHELA_OK;
}

const struct shape_rule rule_extra_body = {
    .name = "extra-body",
    .anchor = "docs/rules.md#extra-body",
    .apply = apply,
};
