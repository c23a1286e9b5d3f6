/* R13, rulings 3 and 12: the chosen level becomes OpenRouter's `reasoning` object, on any route.
 * What the request says there itself stands; the OpenAI spelling of the same wish,
 * `reasoning_effort`, is not forwarded (R15) but understood: dropping a wish without a word would
 * be worse than either.
 */
#include "shape/rule.h"

static bool from_flag(const struct shape_ctx *x) {
    return x->thinking.level.n && str_eq(str_c(x->thinking.source), str_c(thinking_flag_source));
}

str thinking_chosen(struct shape_ctx *x, const char **source) {
    *source = x->thinking.source ? x->thinking.source : "";
    if (from_flag(x)) return x->thinking.level;
    static const char *const efforts[] = { "none", "minimal", "low", "medium",
                                           "high", "xhigh",   "max" };
    str said = node_word(x, x->body, body_own(x, S("reasoning_effort")));
    bool enabled = false;
    doc_bool(x->body, doc_get(x->body, body_own(x, S("reasoning")), S("enabled")), &enabled);
    for (size_t i = enabled ? 1 : 0; i < sizeof efforts / sizeof efforts[0]; i++)
        if (str_eq(said, str_c(efforts[i]))) {
            *source = "the request's reasoning_effort";
            return i ? str_c(efforts[i]) : S("off");
        }
    return x->thinking.level;
}

/* Does `reasoning` leave room for this effort? A value that says nothing does, and an object with
 * neither effort nor max_tokens that is not switched off, nor switched on against it. Strings and
 * arrays are left to OpenRouter. */
static bool has_room(struct shape_ctx *x, doc_node reasoning, str effort) {
    bool flag;
    double number;
    switch (doc_type(x->body, reasoning)) {
    case DOC_NONE:
    case DOC_NULL: return true;
    case DOC_BOOL: return doc_bool(x->body, reasoning, &flag) && !flag;
    case DOC_NUMBER: return doc_number(x->body, reasoning, &number) && number == 0;
    case DOC_OBJECT:
        if (doc_bool(x->body, doc_get(x->body, reasoning, S("enabled")), &flag) &&
            (!flag || str_eq(effort, S("none"))))
            return false;
        return !doc_get(x->body, reasoning, S("effort")) &&
               !doc_get(x->body, reasoning, S("max_tokens"));
    default: return false;
    }
}

enum chela_error reasoning_put(struct shape_ctx *x, const struct shape_rule *rule, str effort,
                               const char *source, struct err *e) {
    doc_node reasoning = body_get(x, S("reasoning"));
    if (extra_body_has(x, S("reasoning"))) {
        shape_record(x, rule, CHANGE_WITHHELD, S("body reasoning"), effort,
                     "extra_body brings a reasoning of its own");
        return CHELA_OK;
    }
    if (!has_room(x, reasoning, effort)) {
        str said = node_word(x, x->body, doc_get(x->body, reasoning, S("effort")));
        if (!str_eq(said, effort))
            shape_record(x, rule, CHANGE_WITHHELD, S("body reasoning.effort"), effort,
                         "the request says itself how much to reason");
        return CHELA_OK;
    }
    str value = arena_printf(x->arena, "\"%.*s\"", STR_ARG(effort));
    if (doc_type(x->body, reasoning) == DOC_OBJECT)
        return member_set(x, rule, reasoning, S("effort"), value, e, "the thinking level, from %s",
                          source);
    return body_set(x, rule, S("reasoning"),
                    arena_printf(x->arena, "{\"effort\":%.*s}", STR_ARG(value)), e,
                    "the thinking level, from %s", source);
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    if (deepseek_v4_applies(x)) return CHELA_OK;
    const char *source;
    str level = thinking_chosen(x, &source);
    enum chela_error rc =
        body_drop(x, &rule_thinking, S("reasoning_effort"), e,
                  "OpenAI's spelling is not forwarded; OpenRouter's is reasoning.effort");
    if (rc != CHELA_OK) return rc;
    const char *why = thinking_withheld(x->model.id, x->row);
    if (!why)
        return level.n ? reasoning_put(x, &rule_thinking, thinking_effort(level, x->row), source, e)
                       : CHELA_OK;
    rc = body_drop(x, &rule_thinking, S("reasoning"), e, "%s", why);
    if (rc == CHELA_OK && level.n && !str_eq(level, S("off")))
        shape_record(x, &rule_thinking, CHANGE_WITHHELD, S("body reasoning.effort"),
                     thinking_effort(level, x->row), "%s (the level is from %s)", why, source);
    return rc;
}

const struct shape_rule rule_thinking = {
    .name = "thinking",
    .anchor = "docs/rules.md#thinking",
    .apply = apply,
};
