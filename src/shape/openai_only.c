/* R15, ruling 2: what only OpenAI's own service understands is not forwarded: not from params,
 * where such names stand for shaping that this route does not have, and not from a request written
 * for another service. `store` has no way through at all; for the others params.extra_body is the
 * way to insist. (`reasoning_effort` is the thinking rule's.)
 */
#include "shape/rule.h"

static const str params[] = {
    STR_INIT("serviceTier"),
    STR_INIT("service_tier"),
    STR_INIT("fastMode"),
    STR_INIT("fast_mode"),
    STR_INIT("store"),
    STR_INIT("promptCacheKey"),
    STR_INIT("prompt_cache_key"),
    STR_INIT("promptCacheRetention"),
    STR_INIT("prompt_cache_retention"),
    STR_INIT("textVerbosity"),
    STR_INIT("text_verbosity"),
    STR_INIT("verbosity"),
    STR_INIT("reasoning"),
    STR_INIT("reasoningEffort"),
    STR_INIT("reasoning_effort"),
    STR_INIT("reasoningSummary"),
    STR_INIT("reasoning_summary"),
    STR_INIT("openaiWsWarmup"),
    STR_INIT("transport"),
};

static const str fields[] = { STR_INIT("service_tier"), STR_INIT("prompt_cache_key"),
                              STR_INIT("prompt_cache_retention") };

bool param_is_openai_only(str key) {
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++)
        if (str_eq(key, params[i])) return true;
    return false;
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    for (size_t i = 0; x->params && i < x->params->count; i++) {
        struct doc *d = x->params->doc;
        for (doc_node m = doc_first(d, x->params->layer[i]); m; m = doc_next(d, m))
            if (param_is_openai_only(doc_key(d, m)))
                shape_record(x, &rule_openai_only, CHANGE_WITHHELD,
                             arena_printf(x->arena, "params %.*s", STR_ARG(doc_key(d, m))),
                             node_json(x, d, m), "%s is for OpenAI's own service",
                             param_path(x, x->params->origin[i], doc_key(d, m)));
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        enum chela_error rc =
            body_drop(x, &rule_openai_only, fields[i], e,
                      "OpenAI's own shaping is not forwarded; params.extra_body.%.*s insists",
                      STR_ARG(fields[i]));
        if (rc != CHELA_OK) return rc;
    }
    return member_drop(x, &rule_openai_only, doc_root(x->body), S("store"), e,
                       "store is never sent: it asks OpenAI to keep the conversation");
}

const struct shape_rule rule_openai_only = {
    .name = "openai-only",
    .anchor = "docs/rules.md#openai-only",
    .apply = apply,
};
