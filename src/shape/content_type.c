/* Ruling 9: every JSON body says that it is JSON, whatever else is configured. */
#include "shape/rule.h"

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    enum chela_error rc = header_set(x, &rule_content_type, S("Content-Type"),
                                     S("application/json"), e, "the body is JSON");
    if (rc != CHELA_OK) return rc;
    return header_set(x, &rule_content_type, S("Accept"), S("application/json"), e,
                      "the answer is JSON, or a stream of it");
}

const struct shape_rule rule_content_type = {
    .name = "content-type",
    .anchor = "docs/rules.md#content-type",
    .apply = apply,
};
