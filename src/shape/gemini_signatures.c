/* R16: the thought signatures of replayed turns, for Gemini models on any route.
 *
 * Gemini takes back only what it signed, in base64; a turn that another model or another program
 * wrote may carry anything in that field, and the whole request is refused for it. So a signature
 * in a content block of an assistant turn that is no canonical base64 is removed. Nothing else of
 * the turn is touched: `reasoning_details` go back whole (ruling 11), tool-call ids and the order
 * of turns stay (no native replay validation, no bootstrap turn).
 *
 * Google's own endpoint hands a call's signature out in `extra_content` and wants it back there. A
 * conversation keeps it, for the routes that lead there; OpenRouter has `reasoning_details` for it.
 */
#include "shape/rule.h"

/* The value of a base64 digit in either alphabet, -1 none. *mark: which alphabet it gives away. */
static int digit(char c, char *mark) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c != '+' && c != '/' && c != '-' && c != '_') return -1;
    *mark = c == '+' || c == '/' ? 's' : 'u';
    return c == '+' || c == '-' ? 62 : 63;
}

/* Would decoding it and encoding it again give the same text, blanks and padding apart? */
static bool is_canonical_base64(str text) {
    char alphabet = 0;
    size_t digits = 0;
    int last = 0;
    bool padded = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i], mark = 0;
        if (ascii_space(c) || c == '\f' || c == '\v') continue;
        if (c == '=') {
            padded = true;
            continue;
        }
        last = digit(c, &mark);
        if (last < 0 || padded || (alphabet && mark && alphabet != mark)) return false;
        if (mark) alphabet = mark;
        digits++;
    }
    switch (digits % 4) { /* the bits that belong to no byte must be zero */
    case 0: return digits > 0;
    case 2: return (last & 15) == 0;
    case 3: return (last & 3) == 0;
    default: return false;
    }
}

static enum chela_error clean(struct shape_ctx *x, doc_node block, struct err *e) {
    static const str keys[] = { STR_INIT("thought_signature"), STR_INIT("thoughtSignature") };
    enum chela_error rc = CHELA_OK;
    for (size_t i = 0; i < 2 && rc == CHELA_OK; i++) {
        doc_node n = doc_get(x->body, block, keys[i]);
        str text;
        if (!n || (doc_string(x->body, n, &text) && is_canonical_base64(text))) continue;
        rc = member_drop(x, &rule_gemini_signatures, block, keys[i], e,
                         "Gemini refuses a thought signature that is not base64");
    }
    return rc;
}

static enum chela_error clean_content(struct shape_ctx *x, doc_node message, struct err *e) {
    doc_node content = doc_get(x->body, message, S("content"));
    enum chela_error rc = CHELA_OK;
    if (doc_type(x->body, content) != DOC_ARRAY) return CHELA_OK;
    for (doc_node b = doc_first(x->body, content); b && rc == CHELA_OK; b = doc_next(x->body, b))
        rc = clean(x, b, e);
    return rc;
}

static enum chela_error clean_calls(struct shape_ctx *x, doc_node message, struct err *e) {
    enum chela_error rc = CHELA_OK;
    doc_node calls = doc_get(x->body, message, S("tool_calls"));
    for (doc_node n = doc_first(x->body, calls); n && rc == CHELA_OK; n = doc_next(x->body, n))
        if (doc_get(x->body, n, S("extra_content")))
            rc = member_drop(x, &rule_gemini_signatures, n, S("extra_content"), e,
                             "a call's signature is for Google's own endpoint; OpenRouter takes it "
                             "in reasoning_details");
    return rc;
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    bool gemini = model_is_gemini(x->model.id);
    bool calls = x->kind == CALL_AGENT && x->route.verified; /* a body of the user's stays his */
    if (!gemini && !calls) return CHELA_OK;
    enum chela_error rc = CHELA_OK;
    doc_node messages = body_get(x, S("messages"));
    for (doc_node m = doc_first(x->body, messages); m; m = doc_next(x->body, m)) {
        if (!message_is(x->body, m, S("assistant"))) continue;
        if (gemini) rc = clean_content(x, m, e);
        if (calls && rc == CHELA_OK) rc = clean_calls(x, m, e);
        if (rc != CHELA_OK) return rc;
    }
    return CHELA_OK;
}

const struct shape_rule rule_gemini_signatures = {
    .name = "gemini-signatures",
    .anchor = "docs/rules.md#gemini-signatures",
    .apply = apply,
};
