/* R9: the key travels as a bearer token, or as models.providers.openrouter.request.auth says. The
 * bytes are added in net/, after it compared origins, so that nothing above it ever holds them;
 * here the header is only recorded, and any other Authorization taken out of its way. */
#include "shape/rule.h"

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    (void)e;
    str name;
    bool other = x->config && config_auth_header(x->config, &name);
    if (headers_remove(x->headers, S("Authorization")))
        shape_record(x, &rule_authorization, CHANGE_DROPPED, S("header Authorization"), (str){ 0 },
                     "the caller's own authorization is not passed on");
    if (other)
        shape_record(
            x, &rule_authorization, CHANGE_ADDED,
            arena_printf(x->arena, "header %.*s", STR_ARG(name)), S("***"),
            "the key is sent in this header (models.providers.openrouter.request.auth), to "
            "%.*s and no other origin",
            STR_ARG(x->route.origin));
    else
        shape_record(x, &rule_authorization, CHANGE_ADDED, S("header Authorization"),
                     S("Bearer ***"),
                     "the key is sent as a bearer token, to %.*s and no other origin",
                     STR_ARG(x->route.origin));
    return CHELA_OK;
}

const struct shape_rule rule_authorization = {
    .name = "authorization",
    .anchor = "docs/rules.md#authorization",
    .apply = apply,
};
