/* R11, rulings 4 and 16: where Anthropic may start reading from its prompt cache.
 *
 * Anthropic caches up to a marked block, and takes at most four marks. Ours go to the last block of
 * the system or developer prompt, the last tool, and the last text of the last user message: the
 * parts that the next turn repeats. Marks that a request brought stay and count; ours take their
 * lifetime from them, since Anthropic refuses a longer one after a shorter one.
 */
#include "shape/rule.h"

enum { MARKS_MAX = 4 };

enum lifetime { SHORT, LONG, MIXED };

/* What one walk over the request finds. */
struct survey {
    size_t count; /* of the marks that it has */
    enum lifetime lifetime;
    doc_node prompt[MARKS_MAX]; /* the last prompt messages, in a ring: no more can be marked */
    size_t prompts;
    doc_node user; /* the last text of the last user message that has any */
};

static void count_mark(struct shape_ctx *x, doc_node holder, struct survey *k) {
    doc_node mark = doc_get(x->body, holder, S("cache_control"));
    if (doc_type(x->body, mark) != DOC_OBJECT) return;
    bool hour = text_is(x->body, doc_get(x->body, mark, S("ttl")), S("1h"));
    enum lifetime l = hour ? LONG : SHORT;
    k->lifetime = k->count == 0 || k->lifetime == l ? l : MIXED;
    k->count++;
}

static bool is_thinking_block(struct shape_ctx *x, doc_node block) {
    doc_node type = doc_get(x->body, block, S("type"));
    return text_is(x->body, type, S("thinking")) || text_is(x->body, type, S("redacted_thinking"));
}

static bool has_text(struct shape_ctx *x, doc_node n) {
    return doc_type(x->body, n) == DOC_STRING && doc_raw(x->body, n).n > 2; /* more than quotes */
}

/* *empty: it has nothing in it, and Anthropic refuses a mark there. */
static bool is_text_block(struct shape_ctx *x, doc_node block, bool *empty) {
    *empty = !has_text(x, doc_get(x->body, block, S("text")));
    return text_is(x->body, doc_get(x->body, block, S("type")), S("text"));
}

/* The blocks of a message: marks are counted, those on thinking blocks, where Anthropic refuses
 * them, taken off. */
static enum chela_error walk_blocks(struct shape_ctx *x, doc_node content, bool user,
                                    struct survey *k, struct err *e) {
    for (doc_node b = doc_first(x->body, content); b; b = doc_next(x->body, b)) {
        bool empty;
        if (is_thinking_block(x, b)) {
            enum chela_error rc = member_drop(x, &rule_cache_markers, b, S("cache_control"), e,
                                              "Anthropic takes no marker on a thinking block");
            if (rc != CHELA_OK) return rc;
        }
        count_mark(x, b, k);
        if (user && is_text_block(x, b, &empty) && !empty) k->user = b;
    }
    return CHELA_OK;
}

static enum chela_error walk(struct shape_ctx *x, struct survey *k, struct err *e) {
    struct doc *d = x->body;
    count_mark(x, doc_root(d), k); /* OpenRouter's automatic mark */
    doc_node tools = body_get(x, S("tools"));
    for (doc_node t = doc_first(d, tools); t; t = doc_next(d, t)) count_mark(x, t, k);
    doc_node messages = body_get(x, S("messages"));
    if (doc_type(d, messages) != DOC_ARRAY) return CHELA_OK;
    for (doc_node m = doc_first(d, messages); m; m = doc_next(d, m)) {
        count_mark(x, m, k);
        doc_node role = doc_get(d, m, S("role")), content = doc_get(d, m, S("content"));
        bool user = text_is(d, role, S("user"));
        if (text_is(d, role, S("system")) || text_is(d, role, S("developer")))
            k->prompt[k->prompts++ % MARKS_MAX] = m;
        if (user && has_text(x, content)) k->user = content;
        if (doc_type(d, content) != DOC_ARRAY) continue;
        enum chela_error rc = walk_blocks(x, content, user, k, e);
        if (rc != CHELA_OK) return rc;
    }
    return CHELA_OK;
}

/* ---- where ours go ---- */
/* The place of a prompt's mark: its string content, or its last block. 0: there is none. */
static doc_node prompt_place(struct shape_ctx *x, doc_node message) {
    doc_node content = doc_get(x->body, message, S("content"));
    if (doc_type(x->body, content) != DOC_ARRAY) return has_text(x, content) ? content : 0;
    doc_node last = doc_last(x->body, content);
    bool empty;
    if (doc_type(x->body, last) != DOC_OBJECT || is_thinking_block(x, last)) return 0;
    return is_text_block(x, last, &empty) && empty ? 0 : last;
}

static doc_node tool_place(struct shape_ctx *x) {
    doc_node tools = body_get(x, S("tools"));
    doc_node last = doc_type(x->body, tools) == DOC_ARRAY ? doc_last(x->body, tools) : 0;
    return text_is(x->body, doc_get(x->body, last, S("type")), S("function")) ? last : 0;
}

/* ---- marking ---- */
struct pen {
    str mark; /* JSON text */
    size_t left;
    const char *reason;
};

static enum chela_error put(struct shape_ctx *x, struct pen *pen, doc_node place, struct err *e) {
    struct doc *d = x->body;
    if (!place || (doc_type(d, place) == DOC_OBJECT && doc_get(d, place, S("cache_control"))))
        return CHELA_OK;
    if (!pen->left) {
        shape_record(x, &rule_cache_markers, CHANGE_WITHHELD, body_where(x, place), pen->mark,
                     "Anthropic takes at most %d markers, and the request has them", MARKS_MAX);
        return CHELA_OK;
    }
    pen->left--;
    if (doc_type(d, place) == DOC_OBJECT)
        return member_set(x, &rule_cache_markers, place, S("cache_control"), pen->mark, e, "%s",
                          pen->reason);
    str where = body_where(x, place);
    struct buf block = BUF_INIT(64u << 20);
    buf_add(&block, S("[{\"type\":\"text\",\"text\":"));
    buf_add(&block, doc_raw(d, place));
    buf_addf(&block, ",\"cache_control\":%.*s}]", STR_ARG(pen->mark));
    doc_node done = block.failed ? 0 : doc_replace(d, place, buf_str(&block), e);
    enum chela_error rc = CHELA_OK;
    if (!done)
        rc = block.failed ? err_set(e, CHELA_LIMIT, "%.*s is too long to mark", STR_ARG(where))
                          : e->code;
    else
        shape_record(x, &rule_cache_markers, CHANGE_ADDED,
                     arena_printf(x->arena, "%.*s[0].cache_control", STR_ARG(where)), pen->mark,
                     "%s; the text became a block to carry it", pen->reason);
    buf_free(&block);
    return rc;
}

/* In the order of their worth: the prompt, the tools, the conversation, earlier prompts. */
static enum chela_error mark(struct shape_ctx *x, const struct survey *k, struct pen *pen,
                             struct err *e) {
    enum chela_error rc = CHELA_OK;
    pen->reason = "the end of the prompt, which every request repeats";
    if (k->prompts) rc = put(x, pen, prompt_place(x, k->prompt[(k->prompts - 1) % MARKS_MAX]), e);
    pen->reason = "the last tool: all of them are cached with it";
    if (rc == CHELA_OK) rc = put(x, pen, tool_place(x), e);
    pen->reason = "the last text of the user, up to which the next turn repeats";
    if (rc == CHELA_OK) rc = put(x, pen, k->user, e);
    pen->reason = "the end of an earlier prompt message";
    for (size_t i = 2; i <= k->prompts && i <= MARKS_MAX && rc == CHELA_OK; i++)
        rc = put(x, pen, prompt_place(x, k->prompt[(k->prompts - i) % MARKS_MAX]), e);
    return rc;
}

/* params.cacheRetention; short when nothing, or nothing known, is said. */
static str retention(struct shape_ctx *x, const char **path) {
    static const char *const aliases[] = { "cacheRetention", "cache_retention" };
    const char *origin;
    doc_node n = PARAM(x, aliases, &origin);
    *path = param_path(x, origin, S("cacheRetention"));
    str word = n ? node_word(x, x->params->doc, n) : S("short");
    if (str_eq(word, S("none")) || str_eq(word, S("long")) || str_eq(word, S("short"))) return word;
    shape_record(x, &rule_cache_markers, CHANGE_WITHHELD, S("body cache_control"),
                 node_json(x, x->params->doc, n), "%s knows none, short and long; short is taken",
                 *path);
    return S("short");
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    if (!model_is_anthropic(x->model.id)) return CHELA_OK;
    if (!x->route.verified) {
        shape_record(x, &rule_cache_markers, CHANGE_WITHHELD, S("body cache_control"), (str){ 0 },
                     "cache markers are for OpenRouter; this route is %s", x->route.why);
        return CHELA_OK;
    }
    const char *path;
    str keep = retention(x, &path);
    if (str_eq(keep, S("none"))) {
        shape_record(x, &rule_cache_markers, CHANGE_WITHHELD, S("body cache_control"), (str){ 0 },
                     "%s is none", path);
        return CHELA_OK;
    }
    struct survey have = { 0 };
    enum chela_error rc = walk(x, &have, e);
    if (rc != CHELA_OK) return rc;
    if (have.count && have.lifetime == MIXED) {
        shape_record(x, &rule_cache_markers, CHANGE_WITHHELD, S("body cache_control"), (str){ 0 },
                     "the request's own markers have different lifetimes, which must not be mixed "
                     "in any order");
        return CHELA_OK;
    }
    bool is_long = have.count ? have.lifetime == LONG : str_eq(keep, S("long"));
    struct pen pen = {
        .mark =
            is_long ? S("{\"type\":\"ephemeral\",\"ttl\":\"1h\"}") : S("{\"type\":\"ephemeral\"}"),
        .left = have.count < MARKS_MAX ? MARKS_MAX - have.count : 0,
    };
    return mark(x, &have, &pen, e);
}

const struct shape_rule rule_cache_markers = {
    .name = "cache-markers",
    .anchor = "docs/rules.md#cache-markers",
    .apply = apply,
};
