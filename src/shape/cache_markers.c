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

struct marks {
    size_t count; /* that the request has */
    enum lifetime lifetime;
};

/* ---- what is there already ---- */
static void count_mark(struct shape_ctx *x, doc_node holder, struct marks *k) {
    doc_node mark = doc_get(x->body, holder, S("cache_control"));
    if (doc_type(x->body, mark) != DOC_OBJECT) return;
    str ttl = { 0 };
    doc_string(x->body, doc_get(x->body, mark, S("ttl")), &ttl);
    enum lifetime l = str_eq(ttl, S("1h")) ? LONG : SHORT;
    k->lifetime = k->count == 0 || k->lifetime == l ? l : MIXED;
    k->count++;
}

static bool is_thinking_block(struct shape_ctx *x, doc_node block) {
    doc_node type = doc_get(x->body, block, S("type"));
    return text_is(x->body, type, S("thinking")) || text_is(x->body, type, S("redacted_thinking"));
}

/* Counts the marks; takes those off thinking blocks, where Anthropic refuses them. */
static enum chela_error survey(struct shape_ctx *x, struct marks *k, struct err *e) {
    struct doc *d = x->body;
    count_mark(x, doc_root(d), k); /* OpenRouter's automatic mark */
    doc_node tools = body_get(x, S("tools"));
    for (doc_node t = doc_first(d, tools); t; t = doc_next(d, t)) count_mark(x, t, k);
    doc_node messages = body_get(x, S("messages"));
    for (doc_node m = doc_first(d, messages); m; m = doc_next(d, m)) {
        count_mark(x, m, k);
        doc_node content = doc_get(d, m, S("content"));
        if (doc_type(d, content) != DOC_ARRAY) continue;
        for (doc_node b = doc_first(d, content); b; b = doc_next(d, b)) {
            if (is_thinking_block(x, b)) {
                enum chela_error rc = member_drop(x, &rule_cache_markers, b, S("cache_control"), e,
                                                  "Anthropic takes no marker on a thinking block");
                if (rc != CHELA_OK) return rc;
            }
            count_mark(x, b, k);
        }
    }
    return CHELA_OK;
}

/* ---- where ours go ---- */
static bool has_text(struct shape_ctx *x, doc_node n) {
    str text;
    return doc_string(x->body, n, &text) && text.n > 0;
}

static bool is_text_block(struct shape_ctx *x, doc_node block) {
    str type;
    return doc_string(x->body, doc_get(x->body, block, S("type")), &type) &&
           str_eq(type, S("text"));
}

/* The place of a prompt's mark: its string content, or its last block. 0: there is none. */
static doc_node prompt_place(struct shape_ctx *x, doc_node message) {
    doc_node content = doc_get(x->body, message, S("content"));
    if (doc_type(x->body, content) != DOC_ARRAY) return has_text(x, content) ? content : 0;
    doc_node last = doc_last(x->body, content);
    if (doc_type(x->body, last) != DOC_OBJECT || is_thinking_block(x, last)) return 0;
    bool empty = is_text_block(x, last) && !has_text(x, doc_get(x->body, last, S("text")));
    return empty ? 0 : last; /* Anthropic refuses a mark on an empty text */
}

/* The last text of the last user message that has any. */
static doc_node user_place(struct shape_ctx *x, doc_node messages) {
    doc_node place = 0;
    for (doc_node m = doc_first(x->body, messages); m; m = doc_next(x->body, m)) {
        if (!message_is(x->body, m, S("user"))) continue;
        doc_node content = doc_get(x->body, m, S("content"));
        if (has_text(x, content)) place = content;
        if (doc_type(x->body, content) != DOC_ARRAY) continue;
        for (doc_node b = doc_first(x->body, content); b; b = doc_next(x->body, b))
            if (is_text_block(x, b) && has_text(x, doc_get(x->body, b, S("text")))) place = b;
    }
    return place;
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

static bool is_prompt(struct shape_ctx *x, doc_node message) {
    return message_is(x->body, message, S("system")) ||
           message_is(x->body, message, S("developer"));
}

/* In the order of their worth: the prompt, the tools, the conversation, earlier prompts. */
static enum chela_error mark(struct shape_ctx *x, struct pen *pen, struct err *e) {
    doc_node messages = body_get(x, S("messages"));
    if (doc_type(x->body, messages) != DOC_ARRAY) return CHELA_OK;
    doc_node prompt[MARKS_MAX] = { 0 }; /* the last ones: no more can be marked */
    size_t prompts = 0;
    for (doc_node m = doc_first(x->body, messages); m; m = doc_next(x->body, m))
        if (is_prompt(x, m)) prompt[prompts++ % MARKS_MAX] = m;
    pen->reason = "the end of the prompt, which every request repeats";
    enum chela_error rc = CHELA_OK;
    if (prompts) rc = put(x, pen, prompt_place(x, prompt[(prompts - 1) % MARKS_MAX]), e);
    pen->reason = "the last tool: all of them are cached with it";
    if (rc == CHELA_OK) rc = put(x, pen, tool_place(x), e);
    pen->reason = "the last text of the user, up to which the next turn repeats";
    if (rc == CHELA_OK) rc = put(x, pen, user_place(x, messages), e);
    pen->reason = "the end of an earlier prompt message";
    for (size_t i = 2; i <= prompts && i <= MARKS_MAX && rc == CHELA_OK; i++)
        rc = put(x, pen, prompt_place(x, prompt[(prompts - i) % MARKS_MAX]), e);
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
    struct marks have = { 0 };
    enum chela_error rc = survey(x, &have, e);
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
    return mark(x, &pen, e);
}

const struct shape_rule rule_cache_markers = {
    .name = "cache-markers",
    .anchor = "docs/rules.md#cache-markers",
    .apply = apply,
};
