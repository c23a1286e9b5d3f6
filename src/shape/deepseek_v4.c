/* R14: DeepSeek V4 on the exact OpenRouter route.
 *
 * DeepSeek wants every replayed assistant turn to carry `reasoning_content` while it thinks, and
 * none of them when it does not; `thinking` switches it, `reasoning_effort` says how much. The
 * general `reasoning` object goes along, since OpenRouter may route to a host that reads only that.
 * Nobody chose: high, its documented default. xhigh is the highest, and max means xhigh.
 */
#include "shape/rule.h"

bool deepseek_v4_applies(const struct shape_ctx *x) {
    return x->route.exact && model_is_deepseek_v4(x->model.id);
}

static doc_node own_reasoning(const struct shape_ctx *x) {
    return body_own(x, S("reasoning"));
}

/* The request's own word on how much to think, in its `reasoning` or `thinking`; "" none. */
static str said(struct shape_ctx *x) {
    bool enabled;
    str effort = node_word(x, x->body, doc_get(x->body, own_reasoning(x), S("effort")));
    if (effort.n) return effort;
    doc_node flag = doc_get(x->body, own_reasoning(x), S("enabled"));
    if (doc_bool(x->body, flag, &enabled) && !enabled) return S("none");
    str type = node_word(x, x->body, doc_get(x->body, body_own(x, S("thinking")), S("type")));
    return str_eq(type, S("disabled")) ? S("none") : (str){ 0 };
}

/* The nearest that DeepSeek V4 has. */
static str supported(str effort) {
    static const char *const known[] = { "none", "minimal", "low", "medium", "high", "xhigh" };
    if (str_eq(effort, S("off"))) return S("none");
    if (str_eq(effort, S("max"))) return S("xhigh");
    if (str_eq(effort, S("adaptive"))) return S("medium");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_eq(effort, str_c(known[i]))) return str_c(known[i]);
    return S("high");
}

static enum chela_error strip_reasoning(struct shape_ctx *x, struct err *e) {
    enum chela_error rc = CHELA_OK;
    doc_node messages = body_get(x, S("messages"));
    for (doc_node m = doc_first(x->body, messages); m && rc == CHELA_OK; m = doc_next(x->body, m))
        rc = member_drop(x, &rule_deepseek_v4, m, S("reasoning_content"), e,
                         "without thinking, DeepSeek V4 takes no reasoning back");
    return rc;
}

static enum chela_error fill_reasoning(struct shape_ctx *x, struct err *e) {
    enum chela_error rc = CHELA_OK;
    doc_node messages = body_get(x, S("messages"));
    for (doc_node m = doc_first(x->body, messages); m && rc == CHELA_OK; m = doc_next(x->body, m)) {
        if (!message_is(x->body, m, S("assistant"))) continue;
        if (doc_get(x->body, m, S("reasoning_content"))) continue;
        rc = member_set(x, &rule_deepseek_v4, m, S("reasoning_content"), S("\"\""), e,
                        "while thinking, DeepSeek V4 wants it in every assistant turn");
    }
    return rc;
}

static enum chela_error switch_off(struct shape_ctx *x, const char *source, struct err *e) {
    const struct shape_rule *r = &rule_deepseek_v4;
    enum chela_error rc = body_set(x, r, S("thinking"), S("{\"type\":\"disabled\"}"), e,
                                   "DeepSeek V4 is told not to think, from %s", source);
    if (rc == CHELA_OK)
        rc =
            body_drop(x, r, S("reasoning_effort"), e, "DeepSeek V4 does not think in this request");
    if (rc == CHELA_OK)
        rc = body_drop(x, r, S("reasoning"), e, "DeepSeek V4 does not think in this request");
    return rc == CHELA_OK ? strip_reasoning(x, e) : rc;
}

static enum chela_error switch_on(struct shape_ctx *x, str effort, const char *source,
                                  struct err *e) {
    const struct shape_rule *r = &rule_deepseek_v4;
    str quoted = arena_printf(x->arena, "\"%.*s\"", STR_ARG(effort));
    enum chela_error rc = CHELA_OK;
    doc_node own = doc_get(x->body, own_reasoning(x), S("effort"));
    if (str_eq(node_word(x, x->body, own), S("max")))
        rc = member_set(x, r, own_reasoning(x), S("effort"), quoted, e,
                        "on DeepSeek V4 max means xhigh");
    if (rc == CHELA_OK) rc = reasoning_put(x, r, effort, source, e);
    if (rc == CHELA_OK)
        rc = body_set(x, r, S("thinking"), S("{\"type\":\"enabled\"}"), e,
                      "DeepSeek V4 is told to think, from %s", source);
    if (rc == CHELA_OK)
        rc = body_set(x, r, S("reasoning_effort"), quoted, e,
                      "the field in which DeepSeek V4 reads the level, from %s", source);
    return rc == CHELA_OK ? fill_reasoning(x, e) : rc;
}

/* extra_body says whether to think: the fields of the level are left to it, and the turns follow.
 */
static enum chela_error follow_extra_body(struct shape_ctx *x, str level, struct err *e) {
    if (level.n)
        shape_record(x, &rule_deepseek_v4, CHANGE_WITHHELD, S("body thinking"), level,
                     "extra_body brings a thinking of its own");
    struct doc *d = x->params->doc;
    doc_node thinking = doc_get(d, extra_body(x), S("thinking"));
    str type = node_word(x, d, doc_get(d, thinking, S("type")));
    return str_eq(type, S("disabled")) ? strip_reasoning(x, e) : fill_reasoning(x, e);
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    if (!deepseek_v4_applies(x)) return CHELA_OK;
    const char *source;
    str level = thinking_chosen(x, &source);
    if (extra_body_has(x, S("thinking"))) return follow_extra_body(x, level, e);
    str own = said(x);
    bool flagged_off =
        str_eq(level, S("off")) && str_eq(str_c(source), str_c(thinking_flag_source));
    if (!level.n) {
        level = S("high");
        source = "DeepSeek V4's documented default";
    }
    if (own.n && !flagged_off) {
        level = own;
        source = "the request itself";
    }
    str effort = supported(level);
    return str_eq(effort, S("none")) ? switch_off(x, source, e) : switch_on(x, effort, source, e);
}

const struct shape_rule rule_deepseek_v4 = {
    .name = "deepseek-v4",
    .anchor = "docs/rules.md#deepseek-v4",
    .apply = apply,
};
