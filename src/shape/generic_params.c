/* The model parameters that have a field of the request to go to: temperature, maxTokens,
 * chat_template_kwargs, parallel_tool_calls. Everything else in params is a setting of another rule
 * or is not sent, and the record says so: a parameter that silently does nothing is a trap.
 */
#include "shape/rule.h"

#include <math.h>

static void wrong_type(struct shape_ctx *x, const char *key, doc_node n, const char *origin,
                       const char *wanted) {
    shape_record(x, &rule_generic_params, CHANGE_WITHHELD, body_field(x, str_c(key)),
                 node_json(x, x->params->doc, n), "%s is not %s", param_path(x, origin, str_c(key)),
                 wanted);
}

static enum chela_error temperature(struct shape_ctx *x, struct err *e) {
    static const char *const aliases[] = { "temperature" };
    const char *origin;
    double value;
    doc_node n = PARAM(x, aliases, &origin);
    if (!n) return CHELA_OK;
    if (!doc_number(x->params->doc, n, &value) || !isfinite(value)) {
        wrong_type(x, "temperature", n, origin, "a number");
        return CHELA_OK;
    }
    str text = node_json(x, x->params->doc, n);
    if (request_says(x, &rule_generic_params, S("temperature"), text)) return CHELA_OK;
    return body_set(x, &rule_generic_params, S("temperature"), text, e, "%s",
                    param_path(x, origin, S("temperature")));
}

static enum chela_error max_tokens(struct shape_ctx *x, struct err *e) {
    static const char *const aliases[] = { "maxTokens" };
    const char *origin;
    double value;
    doc_node n = PARAM(x, aliases, &origin);
    if (!n) return CHELA_OK;
    if (!doc_number(x->params->doc, n, &value) || !(value >= 1 && value <= 1e12) ||
        value != floor(value)) {
        wrong_type(x, "maxTokens", n, origin, "a whole number of tokens above 0");
        return CHELA_OK;
    }
    str text = arena_printf(x->arena, "%.0f", value);
    if (request_says(x, &rule_generic_params, S("max_tokens"), text) ||
        request_says(x, &rule_generic_params, S("max_completion_tokens"), text))
        return CHELA_OK;
    return body_set(x, &rule_generic_params, S("max_completion_tokens"), text, e, "%s",
                    param_path(x, origin, S("maxTokens")));
}

static enum chela_error template_kwargs(struct shape_ctx *x, struct err *e) {
    static const char *const aliases[] = { "chat_template_kwargs", "chatTemplateKwargs" };
    const struct shape_rule *r = &rule_generic_params;
    const char *origin;
    doc_node n = PARAM(x, aliases, &origin);
    if (!n) return CHELA_OK;
    struct doc *d = x->params->doc;
    if (doc_type(d, n) != DOC_OBJECT) {
        wrong_type(x, "chat_template_kwargs", n, origin, "an object");
        return CHELA_OK;
    }
    const char *path = param_path(x, origin, S("chat_template_kwargs"));
    doc_node own = body_own(x, S("chat_template_kwargs"));
    if (doc_type(x->body, own) != DOC_OBJECT) {
        str text = node_json(x, d, n);
        if (request_says(x, r, S("chat_template_kwargs"), text)) return CHELA_OK;
        return body_set(x, r, S("chat_template_kwargs"), text, e, "%s", path);
    }
    enum chela_error rc = CHELA_OK;
    for (doc_node m = doc_first(d, n); m && rc == CHELA_OK; m = doc_next(d, m))
        if (!doc_get(x->body, own, doc_key(d, m)) && !key_is_unsafe(doc_key(d, m)))
            rc = member_set(x, r, own, doc_key(d, m), node_json(x, d, m), e, "%s", path);
    return rc;
}

static enum chela_error parallel_tool_calls(struct shape_ctx *x, struct err *e) {
    const char *origin;
    doc_node n = param_parallel_tool_calls(x, &origin);
    bool flag;
    if (!n || doc_type(x->params->doc, n) == DOC_NULL) return CHELA_OK; /* null: not from here */
    if (!doc_bool(x->params->doc, n, &flag)) {
        wrong_type(x, "parallel_tool_calls", n, origin, "true, false or null");
        return CHELA_OK;
    }
    str text = flag ? S("true") : S("false");
    if (request_says(x, &rule_generic_params, S("parallel_tool_calls"), text)) return CHELA_OK;
    return member_set(x, &rule_generic_params, doc_root(x->body), S("parallel_tool_calls"), text, e,
                      "%s", param_path(x, origin, S("parallel_tool_calls")));
}

doc_node param_parallel_tool_calls(const struct shape_ctx *x, const char **origin) {
    static const char *const aliases[] = { "parallel_tool_calls", "parallelToolCalls" };
    return PARAM(x, aliases, origin);
}

/* Settings that some rule reads. */
static bool known(str key) {
    static const char *const keys[] = {
        "temperature",
        "maxTokens",
        "chat_template_kwargs",
        "chatTemplateKwargs",
        "parallel_tool_calls",
        "parallelToolCalls",
        "extra_body",
        "extraBody",
        "provider",
        "thinking",
        "cacheRetention",
        "cache_retention",
        "responseCache",
        "response_cache",
        "responseCacheTtlSeconds",
        "response_cache_ttl_seconds",
        "responseCacheTtl",
        "response_cache_ttl",
        "responseCacheClear",
        "response_cache_clear",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (str_eq(key, str_c(keys[i]))) return true;
    return param_is_openai_only(key);
}

static void tell_unsent(struct shape_ctx *x) {
    for (size_t i = 0; x->params && i < x->params->count; i++) {
        struct doc *d = x->params->doc;
        for (doc_node m = doc_first(d, x->params->layer[i]); m; m = doc_next(d, m)) {
            str key = doc_key(d, m);
            if (known(key)) continue;
            shape_record(x, &rule_generic_params, CHANGE_WITHHELD,
                         arena_printf(x->arena, "params %.*s", STR_ARG(key)), node_json(x, d, m),
                         "%s: no rule sends this parameter; extra_body sends any field as it is",
                         param_path(x, x->params->origin[i], key));
        }
    }
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    enum chela_error rc = temperature(x, e);
    if (rc == CHELA_OK) rc = max_tokens(x, e);
    if (rc == CHELA_OK) rc = template_kwargs(x, e);
    if (rc == CHELA_OK) rc = parallel_tool_calls(x, e);
    if (rc == CHELA_OK) tell_unsent(x);
    return rc;
}

const struct shape_rule rule_generic_params = {
    .name = "generic-params",
    .anchor = "docs/rules.md#generic-params",
    .apply = apply,
};
