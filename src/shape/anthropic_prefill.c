/* R12, ruling 14: Anthropic refuses a conversation that reasons and ends with an assistant turn. On
 * the exact OpenRouter route such trailing turns are removed, unless the turn uses a tool (then it
 * is no prefill but waits for its result). Whether it reasons is read off the body as it will be
 * sent. An alias such as ~anthropic/claude-latest keeps its prefill: which model it means is
 * OpenRouter's to say.
 */
#include "shape/rule.h"

static bool is_off_word(str word) {
    return word.n == 0 || str_eq(word, S("off")) || str_eq(word, S("none"));
}

static bool is_on(struct shape_ctx *x, doc_node n) {
    struct doc *d = x->body;
    bool flag;
    doc_node effort;
    switch (doc_type(d, n)) {
    case DOC_NONE:
    case DOC_NULL: return false;
    case DOC_BOOL: return doc_bool(d, n, &flag) && flag;
    case DOC_STRING: return !is_off_word(node_word(x, d, n));
    case DOC_OBJECT:
        if (doc_bool(d, doc_get(d, n, S("enabled")), &flag) && !flag) return false;
        effort = doc_get(d, n, S("effort"));
        return doc_type(d, effort) != DOC_STRING || !is_off_word(node_word(x, d, effort));
    default: return true;
    }
}

static bool uses_tool(struct doc *d, doc_node message) {
    doc_node calls = doc_get(d, message, S("tool_calls"));
    if (doc_type(d, calls) == DOC_ARRAY && doc_first(d, calls)) return true;
    doc_node content = doc_get(d, message, S("content"));
    if (doc_type(d, content) != DOC_ARRAY) return false;
    for (doc_node b = doc_first(d, content); b; b = doc_next(d, b)) {
        doc_node type = doc_get(d, b, S("type"));
        if (text_is(d, type, S("tool_use")) || text_is(d, type, S("toolCall"))) return true;
    }
    return false;
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    bool alias = str_starts(x->model.id, S("~")) || str_istarts(x->model.id, S("openrouter/~"));
    if (!model_is_anthropic(x->model.id) || alias) return CHELA_OK;
    if (!is_on(x, body_get(x, S("reasoning"))) && !is_on(x, body_get(x, S("reasoning_effort"))))
        return CHELA_OK;
    doc_node messages = body_get(x, S("messages"));
    if (doc_type(x->body, messages) != DOC_ARRAY) return CHELA_OK;
    for (;;) {
        doc_node last = doc_last(x->body, messages);
        if (!message_is(x->body, last, S("assistant")) || uses_tool(x->body, last)) return CHELA_OK;
        str where = body_where(x, last);
        str value = node_json(x, x->body, last);
        if (!x->route.exact) {
            shape_record(x, &rule_anthropic_prefill, CHANGE_WITHHELD, where, value,
                         "a prefill stays off https://openrouter.ai/api/v1; this route is %s",
                         x->route.why);
            return CHELA_OK;
        }
        if (!doc_remove(x->body, last))
            return err_set(e, CHELA_NOMEM, "cannot remove a message from the request");
        shape_record(x, &rule_anthropic_prefill, CHANGE_DROPPED, where, value,
                     "Anthropic's reasoning must not follow a prefilled assistant turn");
    }
}

const struct shape_rule rule_anthropic_prefill = {
    .name = "anthropic-prefill",
    .anchor = "docs/rules.md#anthropic-prefill",
    .apply = apply,
};
