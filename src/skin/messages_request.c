/* Anthropic's body as chat/completions has it.
 *
 * A user turn there holds the results of tools and what the user says; here each result is a
 * message, and they come first because a call must be answered at once. Texts of several blocks
 * stay several where somebody reads their cache_control (OpenRouter), and become one text
 * elsewhere: many servers' templates take nothing but a text.
 */
#include "skin/messages.h"
#include "skin/request.h"

static const struct field fields[] = {
    { STR_INIT("messages"), FIELD_OURS, NULL },
    { STR_INIT("system"), FIELD_OURS, NULL },
    { STR_INIT("tools"), FIELD_OURS, NULL },
    { STR_INIT("tool_choice"), FIELD_OURS, NULL },
    { STR_INIT("stop_sequences"), FIELD_OURS, NULL },
    { STR_INIT("thinking"), FIELD_OURS, NULL },
    { STR_INIT("output_config"), FIELD_OURS, NULL },
    { STR_INIT("output_format"), FIELD_OURS, NULL },
    { STR_INIT("metadata"), FIELD_OURS, NULL },
    { STR_INIT("service_tier"), FIELD_OURS, NULL },
    { STR_INIT("speed"), FIELD_OURS, NULL },
    { STR_INIT("top_k"), FIELD_OPENROUTER, NULL },
    { STR_INIT("cache_control"), FIELD_OPENROUTER, NULL },
    { STR_INIT("plugins"), FIELD_OPENROUTER, NULL },
    { STR_INIT("session_id"), FIELD_OPENROUTER, NULL },
    { STR_INIT("trace"), FIELD_OPENROUTER, NULL },
    { STR_INIT("route"), FIELD_OPENROUTER, NULL },
    { STR_INIT("stop_server_tools_when"), FIELD_OPENROUTER, NULL },
    /* walked here as `models` */
    { STR_INIT("fallbacks"), FIELD_DROP, NULL },
    /* the whole context goes to the model instead */
    { STR_INIT("context_management"), FIELD_DROP, NULL },
    { STR_INIT("betas"), FIELD_DROP, NULL },
    { STR_INIT("anthropic_version"), FIELD_DROP, NULL },
    { STR_INIT("inference_geo"), FIELD_REFUSE, "this upstream cannot promise where it computes" },
    { STR_INIT("container"), FIELD_REFUSE, "this upstream has no containers" },
    { STR_INIT("mcp_servers"), FIELD_REFUSE,
      "this upstream calls no MCP servers: let the client call them, as tools" },
};

/* ---- blocks that a user or a tool says ---- */

static enum chela_error media_url(struct request *r, doc_node block, struct buf *url) {
    doc_node source = member(r, block, "source");
    str data = member_text(r, source, "data"), mime = member_text(r, source, "media_type");
    if (is_type(r, source, "url"))
        return buf_add(url, member_text(r, source, "url")) ? CHELA_OK : no_memory(r);
    if (!is_type(r, source, "base64"))
        return refuse(r, source ? source : block,
                      "a source of type base64 or url is needed for this upstream");
    bool good = buf_add(url, S("data:")) && buf_add(url, mime) && buf_add(url, S(";base64,")) &&
                buf_add(url, data);
    return good ? CHELA_OK : no_memory(r);
}

static enum chela_error write_blocks(struct request *r, doc_node list);

static enum chela_error write_document(struct request *r, doc_node block) {
    doc_node source = member(r, block, "source");
    str title = member_text(r, block, "title");
    if (is_type(r, source, "text")) {
        if (title.n) text_part(r, title, 0);
        text_part(r, member_text(r, source, "data"), block);
        return CHELA_OK;
    }
    if (is_type(r, source, "content")) {
        str text;
        doc_node content = member(r, source, "content");
        if (!doc_string(r->d, content, &text)) return write_blocks(r, content);
        text_part(r, text, block);
        return CHELA_OK;
    }
    struct buf url = BUF_INIT(SKIN_BODY);
    enum chela_error code = media_url(r, block, &url);
    if (code == CHELA_OK) file_part(r, title.n ? title : S("document.pdf"), buf_str(&url));
    buf_free(&url);
    return code;
}

static enum chela_error write_block(struct request *r, doc_node block) {
    if (is_type(r, block, "text")) {
        text_part(r, member_text(r, block, "text"), block);
        return CHELA_OK;
    }
    if (is_type(r, block, "image")) {
        struct buf url = BUF_INIT(SKIN_BODY);
        enum chela_error code = media_url(r, block, &url);
        if (code == CHELA_OK) image_part(r, buf_str(&url), (str){ 0 });
        buf_free(&url);
        return code;
    }
    if (is_type(r, block, "document")) return write_document(r, block);
    if (is_type(r, block, "search_result")) {
        text_part(r, member_text(r, block, "source"), 0);
        text_part(r, member_text(r, block, "title"), 0);
        return write_blocks(r, member(r, block, "content"));
    }
    return refuse(r, block, "a block of type \"%.*s\" has no counterpart at this upstream",
                  STR_ARG(str_head(type_of(r, block), 60)));
}

static enum chela_error write_blocks(struct request *r, doc_node list) {
    enum chela_error code = CHELA_OK;
    for (doc_node n = doc_first(r->d, list); n && code == CHELA_OK; n = doc_next(r->d, n))
        code = write_block(r, n);
    return code;
}

/* ---- a content: some of the blocks of a list ---- */

typedef bool picks(struct request *r, doc_node block);

static bool any_block(struct request *r, doc_node block) {
    (void)r;
    (void)block;
    return true;
}

static bool is_text(struct request *r, doc_node block) {
    return is_type(r, block, "text");
}

static bool is_said(struct request *r, doc_node block) {
    return !is_type(r, block, "tool_result");
}

static bool as_one_text(struct request *r, doc_node list, picks *pick) {
    for (doc_node n = doc_first(r->d, list); n; n = doc_next(r->d, n))
        if (pick(r, n) && (!is_type(r, n, "text") || has_marker(r, n))) return false;
    return true;
}

static enum chela_error join_texts(struct request *r, doc_node list, picks *pick, str between,
                                   str before) {
    struct buf text = BUF_INIT(SKIN_BODY);
    bool first = true;
    buf_add(&text, before);
    for (doc_node n = doc_first(r->d, list); n; n = doc_next(r->d, n)) {
        if (!pick(r, n)) continue;
        if (!first) buf_add(&text, between);
        first = false;
        buf_add(&text, member_text(r, n, "text"));
    }
    bool good = !text.failed;
    json_string(&r->w, buf_str(&text));
    buf_free(&text);
    return good ? CHELA_OK : no_memory(r);
}

/* content: a text, or a list of blocks. */
static enum chela_error write_content(struct request *r, doc_node content, picks *pick) {
    str text;
    if (doc_string(r->d, content, &text)) {
        json_string(&r->w, text);
        return CHELA_OK;
    }
    if (doc_type(r->d, content) != DOC_ARRAY)
        return refuse(r, content, "a text or a list of blocks is needed");
    if (as_one_text(r, content, pick)) return join_texts(r, content, pick, S("\n\n"), (str){ 0 });
    enum chela_error code = CHELA_OK;
    json_array(&r->w);
    for (doc_node n = doc_first(r->d, content); n && code == CHELA_OK; n = doc_next(r->d, n))
        if (pick(r, n)) code = write_block(r, n);
    json_array_end(&r->w);
    return code;
}

static void begin_message(struct request *r, str role) {
    json_object(&r->w);
    json_kstring(&r->w, "role", role);
}

/* ---- user ---- */

/* Chat has no word for a failed tool, but the model has to see it. */
static str failure_mark(struct request *r, doc_node result, doc_node content) {
    bool failed = false;
    str text = member_text(r, result, "content");
    if (!text.n) text = member_text(r, doc_first(r->d, content), "text");
    doc_bool(r->d, member(r, result, "is_error"), &failed);
    return failed && !str_ihas(str_head(text, 64), S("error")) ? S("Error: ") : (str){ 0 };
}

/* Whether pictures of a tool's result have to go into the user's message: only OpenRouter takes
 * them in a tool's. */
static bool moves_out(struct request *r, doc_node block) {
    return !r->to->openrouter && !is_type(r, block, "text");
}

static bool has_mark_or_media(struct request *r, doc_node result, doc_node content) {
    return r->to->openrouter && (has_marker(r, result) || !as_one_text(r, content, any_block));
}

static enum chela_error write_result(struct request *r, doc_node result) {
    doc_node content = member(r, result, "content");
    str text = { 0 }, mark = failure_mark(r, result, content);
    enum chela_error code = CHELA_OK;
    begin_message(r, S("tool"));
    json_kstring(&r->w, "tool_call_id", member_text(r, result, "tool_use_id"));
    json_key(&r->w, S("content"));
    bool plain = !content || doc_string(r->d, content, &text);
    if (has_mark_or_media(r, result, content)) {
        json_array(&r->w);
        if (mark.n) text_part(r, mark, 0);
        if (plain)
            text_part(r, text, result);
        else
            code = write_blocks(r, content);
        json_array_end(&r->w);
    } else if (plain && !mark.n) {
        json_string(&r->w, text);
    } else if (plain) {
        struct buf marked = BUF_INIT(SKIN_BODY);
        buf_add(&marked, mark);
        if (!buf_add(&marked, text)) code = no_memory(r);
        json_string(&r->w, buf_str(&marked));
        buf_free(&marked);
    } else {
        code = join_texts(r, content, is_text, S("\n"), mark);
    }
    json_object_end(&r->w);
    return code;
}

static bool has_moved(struct request *r, doc_node content) {
    for (doc_node n = doc_first(r->d, content); n; n = doc_next(r->d, n)) {
        doc_node inner = is_type(r, n, "tool_result") ? member(r, n, "content") : 0;
        for (doc_node b = doc_first(r->d, inner); b; b = doc_next(r->d, b))
            if (moves_out(r, b)) return true;
    }
    return false;
}

static bool says_more(struct request *r, doc_node content) {
    for (doc_node n = doc_first(r->d, content); n; n = doc_next(r->d, n))
        if (is_said(r, n)) return true;
    return has_moved(r, content);
}

static enum chela_error write_moved(struct request *r, doc_node content) {
    enum chela_error code = CHELA_OK;
    json_array(&r->w);
    for (doc_node n = doc_first(r->d, content); n && code == CHELA_OK; n = doc_next(r->d, n)) {
        doc_node inner = is_type(r, n, "tool_result") ? member(r, n, "content") : 0;
        for (doc_node b = doc_first(r->d, inner); b && code == CHELA_OK; b = doc_next(r->d, b))
            if (moves_out(r, b)) code = write_block(r, b);
    }
    for (doc_node n = doc_first(r->d, content); n && code == CHELA_OK; n = doc_next(r->d, n))
        if (is_said(r, n)) code = write_block(r, n);
    json_array_end(&r->w);
    return code;
}

static enum chela_error write_user(struct request *r, doc_node content, str role) {
    enum chela_error code = CHELA_OK;
    for (doc_node n = doc_first(r->d, content); n && code == CHELA_OK; n = doc_next(r->d, n))
        if (is_type(r, n, "tool_result")) code = write_result(r, n);
    bool listed = doc_type(r->d, content) == DOC_ARRAY;
    if (code != CHELA_OK || (listed && doc_len(r->d, content) && !says_more(r, content)))
        return code;
    begin_message(r, role);
    json_key(&r->w, S("content"));
    code = has_moved(r, content) ? write_moved(r, content) : write_content(r, content, is_said);
    json_object_end(&r->w);
    return code;
}

/* ---- assistant ---- */

static enum chela_error write_calls(struct request *r, doc_node content,
                                    const struct thoughts *thoughts) {
    bool any = false;
    for (doc_node n = doc_first(r->d, content); n; n = doc_next(r->d, n)) {
        if (!is_type(r, n, "tool_use")) continue;
        struct buf input = BUF_INIT(SKIN_BODY);
        doc_node said = member(r, n, "input");
        str text;
        if (!any) {
            json_key(&r->w, S("tool_calls"));
            json_array(&r->w);
        }
        any = true;
        json_object(&r->w);
        json_kstring(&r->w, "id", member_text(r, n, "id"));
        json_kstring(&r->w, "type", S("function"));
        json_key(&r->w, S("function"));
        json_object(&r->w);
        json_kstring(&r->w, "name", member_text(r, n, "name"));
        if (doc_string(r->d, said, &text))
            buf_add(&input, text); /* arguments that were no object, as they were given */
        else
            buf_add(&input, said ? doc_raw(r->d, said) : S("{}"));
        json_kstring(&r->w, "arguments", buf_str(&input));
        json_object_end(&r->w);
        thoughts_beside(thoughts, member_text(r, n, "id"), &r->w);
        json_object_end(&r->w);
        bool good = !input.failed;
        buf_free(&input);
        if (!good) return no_memory(r);
    }
    if (any) json_array_end(&r->w);
    return CHELA_OK;
}

static enum chela_error gather_thoughts(struct request *r, doc_node content, struct thoughts *t) {
    for (doc_node n = doc_first(r->d, content); n; n = doc_next(r->d, n)) {
        bool good = true;
        if (is_type(r, n, "thinking"))
            good = thoughts_add(t, member_text(r, n, "thinking"), member_text(r, n, "signature"),
                                PLAIN_SIGNATURE, (str){ 0 });
        else if (is_type(r, n, "redacted_thinking"))
            good =
                thoughts_add(t, (str){ 0 }, member_text(r, n, "data"), PLAIN_REDACTED, (str){ 0 });
        else if (!is_type(r, n, "text") && !is_type(r, n, "tool_use"))
            return refuse(r, n, "a block of type \"%.*s\" has no counterpart at this upstream",
                          STR_ARG(str_head(type_of(r, n), 60)));
        if (!good) return no_memory(r);
    }
    return CHELA_OK;
}

static enum chela_error write_assistant(struct request *r, doc_node content) {
    struct thoughts thoughts = THOUGHTS_INIT;
    enum chela_error code = gather_thoughts(r, content, &thoughts);
    bool texts = doc_type(r->d, content) != DOC_ARRAY;
    for (doc_node n = doc_first(r->d, content); n; n = doc_next(r->d, n))
        texts = texts || is_type(r, n, "text");
    if (code == CHELA_OK) {
        begin_message(r, S("assistant"));
        json_key(&r->w, S("content"));
        if (!texts)
            json_null(&r->w);
        else if (doc_type(r->d, content) == DOC_ARRAY && as_one_text(r, content, is_text))
            code = join_texts(r, content, is_text, (str){ 0 }, (str){ 0 });
        else
            code = write_content(r, content, is_text);
        thoughts_write(&thoughts, &r->w);
        if (code == CHELA_OK) code = write_calls(r, content, &thoughts);
        json_object_end(&r->w);
    }
    thoughts_reset(&thoughts);
    return code;
}

static enum chela_error write_messages(struct request *r) {
    doc_node root = doc_root(r->d), list = member(r, root, "messages");
    doc_node system = member(r, root, "system");
    enum chela_error code = CHELA_OK;
    if (doc_type(r->d, list) != DOC_ARRAY)
        return err_set(r->e, CHELA_INPUT, "messages: a list is needed");
    json_key(&r->w, S("messages"));
    json_array(&r->w);
    if (system) {
        begin_message(r, S("system"));
        json_key(&r->w, S("content"));
        code = write_content(r, system, any_block);
        json_object_end(&r->w);
    }
    for (doc_node n = doc_first(r->d, list); n && code == CHELA_OK; n = doc_next(r->d, n)) {
        str role = member_text(r, n, "role");
        doc_node content = member(r, n, "content");
        if (!content)
            code = refuse(r, n, "content is missing");
        else if (str_eq(role, S("assistant")))
            code = write_assistant(r, content);
        else if (str_eq(role, S("user")) || str_eq(role, S("system")))
            code = write_user(r, content, role);
        else
            code = refuse(r, n, "role: user or assistant is needed");
    }
    json_array_end(&r->w);
    return code;
}

/* ---- tools ---- */

static enum chela_error write_tools(struct request *r) {
    doc_node list = member(r, doc_root(r->d), "tools");
    if (!list) return CHELA_OK;
    if (doc_type(r->d, list) != DOC_ARRAY) return refuse(r, list, "a list is needed");
    if (!doc_len(r->d, list)) return CHELA_OK;
    json_key(&r->w, S("tools"));
    json_array(&r->w);
    for (doc_node n = doc_first(r->d, list); n; n = doc_next(r->d, n)) {
        str type = type_of(r, n);
        if (type.n && !str_eq(type, S("custom")))
            return refuse(r, n,
                          "a tool of type \"%.*s\" runs at Anthropic, and there is no counterpart "
                          "at this upstream",
                          STR_ARG(str_head(type, 60)));
        json_object(&r->w);
        json_kstring(&r->w, "type", S("function"));
        json_key(&r->w, S("function"));
        json_object(&r->w);
        copy_as(r, n, "name", "name");
        copy_as(r, n, "description", "description");
        copy_as(r, n, "input_schema", "parameters");
        copy_as(r, n, "strict", "strict");
        json_object_end(&r->w);
        if (has_marker(r, n)) copy_as(r, n, "cache_control", "cache_control");
        json_object_end(&r->w);
    }
    json_array_end(&r->w);
    return CHELA_OK;
}

static enum chela_error write_tool_choice(struct request *r) {
    doc_node choice = member(r, doc_root(r->d), "tool_choice");
    bool alone = false;
    if (!choice) return CHELA_OK;
    json_key(&r->w, S("tool_choice"));
    if (is_type(r, choice, "auto") || is_type(r, choice, "none")) {
        json_string(&r->w, type_of(r, choice));
    } else if (is_type(r, choice, "any")) {
        json_string(&r->w, S("required"));
    } else if (is_type(r, choice, "tool")) {
        named_function(r, choice);
    } else {
        return refuse(r, choice, "type: auto, any, tool or none is needed");
    }
    doc_bool(r->d, member(r, choice, "disable_parallel_tool_use"), &alone);
    if (alone) json_kbool(&r->w, "parallel_tool_calls", false);
    return CHELA_OK;
}

/* ---- how to answer ---- */

/* A budget as an effort, for services that have only efforts. */
static str effort_of(int64_t budget) {
    return budget < 4096 ? S("low") : budget < 16384 ? S("medium") : S("high");
}

/* A model that thinks is not told to stop: some cannot, and would refuse the request. */
static void write_thinking(struct request *r) {
    doc_node root = doc_root(r->d), thinking = member(r, root, "thinking");
    str effort = member_text(r, member(r, root, "output_config"), "effort");
    int64_t budget = 0;
    doc_int(r->d, member(r, thinking, "budget_tokens"), &budget);
    bool on = is_type(r, thinking, "enabled") || is_type(r, thinking, "adaptive");
    if (is_type(r, thinking, "disabled") || (!on && !effort.n)) return;
    if (!r->to->openrouter) {
        if (!r->to->reasons) return;
        if (!effort.n) effort = budget ? effort_of(budget) : S("medium");
        json_kstring(&r->w, "reasoning_effort", effort);
        return;
    }
    json_key(&r->w, S("reasoning"));
    json_object(&r->w);
    if (effort.n)
        json_kstring(&r->w, "effort", effort);
    else if (budget > 0)
        json_kint(&r->w, "max_tokens", budget);
    else
        json_kbool(&r->w, "enabled", true);
    json_object_end(&r->w);
}

static void write_format(struct request *r) {
    doc_node root = doc_root(r->d), format = member(r, member(r, root, "output_config"), "format");
    if (!format) format = member(r, root, "output_format");
    if (!is_type(r, format, "json_schema")) return;
    json_key(&r->w, S("response_format"));
    json_object(&r->w);
    json_kstring(&r->w, "type", S("json_schema"));
    json_key(&r->w, S("json_schema"));
    json_object(&r->w);
    json_kstring(&r->w, "name", S("answer"));
    json_kbool(&r->w, "strict", true);
    copy_as(r, format, "schema", "schema");
    json_object_end(&r->w);
    json_object_end(&r->w);
}

static enum chela_error write_rest(struct request *r) {
    doc_node root = doc_root(r->d);
    copy_as(r, root, "stop_sequences", "stop");
    write_thinking(r);
    write_format(r);
    str user = member_text(r, member(r, root, "metadata"), "user_id");
    if (user.n && !member(r, root, "user")) json_kstring(&r->w, "user", user);
    str tier = member_text(r, root, "service_tier");
    if (str_eq(member_text(r, root, "speed"), S("fast")))
        json_kstring(&r->w, "service_tier", S("priority"));
    else if (str_eq(tier, S("standard_only")))
        json_kstring(&r->w, "service_tier", S("default"));
    else if (tier.n && !str_eq(tier, S("auto")))
        json_kstring(&r->w, "service_tier", tier);
    return CHELA_OK;
}

enum chela_error messages_request(struct doc *d, const struct skin_target *to, struct buf *chat,
                                  struct err *e) {
    static enum chela_error (*const steps[])(struct request *) = { write_messages, write_tools,
                                                                   write_tool_choice, write_rest };
    struct request r = { .d = d, .to = to, .w = JSON_WRITER(chat), .e = e };
    return request_write(&r, fields, sizeof fields / sizeof fields[0], steps, 4);
}

/* ---- for a service that speaks the same API ---- */

static bool is_anthropics(struct doc *item) {
    str format;
    return doc_string(item, doc_get(item, doc_root(item), S("format")), &format) &&
           str_eq(format, S("anthropic-claude-v1"));
}

enum chela_error messages_unseal(struct doc *d, struct err *e) {
    enum chela_error code = CHELA_OK;
    doc_node list = doc_get(d, doc_root(d), S("messages"));
    doc_remove_key(d, doc_root(d), S("fallbacks"));
    for (doc_node m = doc_first(d, list); m; m = doc_next(d, m)) {
        doc_node content = doc_get(d, m, S("content"));
        for (doc_node b = doc_first(d, content); b && code == CHELA_OK; b = doc_next(d, b)) {
            str type;
            if (!doc_string(d, doc_get(d, b, S("type")), &type)) continue;
            if (str_eq(type, S("thinking")))
                code = unseal_member(d, b, "signature", "signature", is_anthropics, e);
            else if (str_eq(type, S("redacted_thinking")))
                code = unseal_member(d, b, "data", "data", is_anthropics, e);
        }
    }
    return code;
}
