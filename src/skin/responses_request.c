/* OpenAI's Responses body as chat/completions has it.
 *
 * There a turn of the model is several items (reasoning, a message, calls); here it is one message.
 * So items are gathered until something that the model did not say. Nothing is kept here between
 * requests: what refers to an earlier response is refused.
 */
#include "skin/request.h"
#include "skin/responses.h"

static const char not_kept[] =
    "this gateway keeps no responses: send the conversation's items in input";

static const struct field fields[] = {
    { STR_INIT("input"), FIELD_OURS, NULL },
    { STR_INIT("instructions"), FIELD_OURS, NULL },
    { STR_INIT("tools"), FIELD_OURS, NULL },
    { STR_INIT("tool_choice"), FIELD_OURS, NULL },
    { STR_INIT("text"), FIELD_OURS, NULL },
    { STR_INIT("reasoning"), FIELD_OURS, NULL },
    { STR_INIT("max_output_tokens"), FIELD_OURS, NULL },
    { STR_INIT("top_logprobs"), FIELD_OURS, NULL },
    { STR_INIT("metadata"), FIELD_OPENROUTER, NULL },
    { STR_INIT("cache_control"), FIELD_OPENROUTER, NULL },
    { STR_INIT("plugins"), FIELD_OPENROUTER, NULL },
    { STR_INIT("session_id"), FIELD_OPENROUTER, NULL },
    { STR_INIT("trace"), FIELD_OPENROUTER, NULL },
    { STR_INIT("route"), FIELD_OPENROUTER, NULL },
    { STR_INIT("stop_server_tools_when"), FIELD_OPENROUTER, NULL },
    { STR_INIT("prompt_cache_options"), FIELD_OPENROUTER, NULL },
    /* encrypted reasoning is always given, and nothing else that can be included exists here */
    { STR_INIT("include"), FIELD_DROP, NULL },
    { STR_INIT("truncation"), FIELD_DROP, NULL },
    { STR_INIT("max_tool_calls"), FIELD_DROP, NULL }, /* of tools that a server calls */
    { STR_INIT("stream_options"), FIELD_DROP, NULL },
    { STR_INIT("safety_identifier"), FIELD_DROP, NULL },
    { STR_INIT("client_metadata"), FIELD_DROP, NULL }, /* Codex's, for OpenAI */
    { STR_INIT("store"), FIELD_REFUSE_TRUE, not_kept },
    { STR_INIT("previous_response_id"), FIELD_REFUSE, not_kept },
    { STR_INIT("conversation"), FIELD_REFUSE, not_kept },
    { STR_INIT("background"), FIELD_REFUSE_TRUE, "only false is possible here" },
    { STR_INIT("prompt"), FIELD_REFUSE, "prompts are not stored here: send their text" },
};

/* ---- contents ---- */

static bool is_text(struct request *r, doc_node part) {
    return is_type(r, part, "input_text") || is_type(r, part, "output_text") ||
           is_type(r, part, "text") || is_type(r, part, "summary_text") ||
           is_type(r, part, "reasoning_text") || is_type(r, part, "refusal");
}

static str text_of(struct request *r, doc_node part) {
    return member_text(r, part, is_type(r, part, "refusal") ? "refusal" : "text");
}

static enum chela_error write_part(struct request *r, doc_node part) {
    if (is_text(r, part)) {
        text_part(r, text_of(r, part), part);
    } else if (is_type(r, part, "input_image") && member_text(r, part, "image_url").n) {
        image_part(r, member_text(r, part, "image_url"), member_text(r, part, "detail"));
    } else if (is_type(r, part, "input_file") && !member(r, part, "file_id")) {
        str name = member_text(r, part, "filename"), data = member_text(r, part, "file_data");
        file_part(r, name.n ? name : S("file"), data.n ? data : member_text(r, part, "file_url"));
    } else if (is_type(r, part, "input_audio")) {
        begin_part(r, "input_audio");
        copy_as(r, part, "input_audio", "input_audio");
        json_object_end(&r->w);
    } else if (is_type(r, part, "input_video")) {
        begin_part(r, "video_url");
        json_key(&r->w, S("video_url"));
        json_object(&r->w);
        json_kstring(&r->w, "url", member_text(r, part, "video_url"));
        json_object_end(&r->w);
        json_object_end(&r->w);
    } else if (member(r, part, "file_id")) {
        return refuse(r, part, "files are not kept here: send file_data or a URL, not a file_id");
    } else {
        return refuse(r, part, "a part of type \"%.*s\" has no counterpart at this upstream",
                      STR_ARG(str_head(type_of(r, part), 60)));
    }
    return CHELA_OK;
}

static bool as_one_text(struct request *r, doc_node list) {
    for (doc_node n = doc_first(r->d, list); n; n = doc_next(r->d, n))
        if (!is_text(r, n) || has_marker(r, n)) return false;
    return true;
}

static void add_texts(struct request *r, doc_node content, struct buf *out, str between) {
    str text;
    if (doc_string(r->d, content, &text)) {
        buf_add(out, text);
        return;
    }
    for (doc_node n = doc_first(r->d, content); n; n = doc_next(r->d, n)) {
        if (n != doc_first(r->d, content)) buf_add(out, between);
        buf_add(out, text_of(r, n));
    }
}

static enum chela_error write_content_of(struct request *r, doc_node content) {
    enum chela_error code = CHELA_OK;
    if (doc_type(r->d, content) != DOC_STRING && doc_type(r->d, content) != DOC_ARRAY)
        return refuse(r, content, "a text or a list of parts is needed");
    if (doc_type(r->d, content) == DOC_STRING || as_one_text(r, content)) {
        struct buf text = BUF_INIT(SKIN_BODY);
        add_texts(r, content, &text, S("\n\n"));
        if (text.failed) code = no_memory(r);
        json_string(&r->w, buf_str(&text));
        buf_free(&text);
        return code;
    }
    json_array(&r->w);
    for (doc_node n = doc_first(r->d, content); n && code == CHELA_OK; n = doc_next(r->d, n))
        code = write_part(r, n);
    json_array_end(&r->w);
    return code;
}

/* ---- a turn of the model, of several items ---- */

struct turn_items {
    struct thoughts thoughts;
    struct buf text;
    struct buf calls; /* items, comma between them */
    bool spoke, called;
};

static void give_turn(struct request *r, struct turn_items *t) {
    if (t->spoke || t->called || thoughts_any(&t->thoughts)) {
        json_object(&r->w);
        json_kstring(&r->w, "role", S("assistant"));
        json_key(&r->w, S("content"));
        if (t->spoke)
            json_string(&r->w, buf_str(&t->text));
        else
            json_null(&r->w);
        thoughts_write(&t->thoughts, &r->w);
        if (t->called) {
            json_key(&r->w, S("tool_calls"));
            json_array(&r->w);
            json_raw(&r->w, buf_str(&t->calls));
            json_array_end(&r->w);
        }
        json_object_end(&r->w);
    }
    thoughts_reset(&t->thoughts);
    buf_free(&t->text);
    buf_free(&t->calls);
    t->spoke = t->called = false;
}

/* Two messages in a row are two turns; with calls before it, a message belongs to theirs. */
static enum chela_error add_message(struct request *r, struct turn_items *t, doc_node item) {
    if (t->spoke && !t->called) give_turn(r, t);
    doc_node content = member(r, item, "content");
    add_texts(r, content, &t->text, (str){ 0 });
    t->spoke = true;
    return t->text.failed ? no_memory(r) : CHELA_OK;
}

/* Of a tool in a namespace both names. */
static void write_name(struct json_writer *w, str space, str name) {
    struct buf both = BUF_INIT(4096);
    buf_add(&both, space);
    if (space.n) buf_add(&both, S(SPACE_MARK));
    buf_add(&both, name);
    json_kstring(w, "name", buf_str(&both));
    buf_free(&both);
}

/* custom: its input is a text, and becomes {"input": …}. */
static enum chela_error add_call(struct request *r, struct turn_items *t, doc_node item,
                                 bool custom) {
    struct json_writer w = JSON_WRITER(&t->calls);
    struct buf arguments = BUF_INIT(SKIN_BODY);
    if (t->called) buf_addc(&t->calls, ',');
    t->called = true;
    if (custom) {
        struct json_writer inner = JSON_WRITER(&arguments);
        json_object(&inner);
        json_kstring(&inner, "input", member_text(r, item, "input"));
        json_object_end(&inner);
    } else {
        buf_add(&arguments, member_text(r, item, "arguments"));
    }
    json_object(&w);
    json_kstring(&w, "id", member_text(r, item, "call_id"));
    json_kstring(&w, "type", S("function"));
    json_key(&w, S("function"));
    json_object(&w);
    write_name(&w, member_text(r, item, "namespace"), member_text(r, item, "name"));
    json_kstring(&w, "arguments", buf_str(&arguments));
    json_object_end(&w);
    thoughts_beside(&t->thoughts, member_text(r, item, "call_id"), &w);
    json_object_end(&w);
    bool good = !arguments.failed && !t->calls.failed;
    buf_free(&arguments);
    return good ? CHELA_OK : no_memory(r);
}

static enum chela_error add_reasoning(struct request *r, struct turn_items *t, doc_node item) {
    struct buf text = BUF_INIT(SKIN_BODY);
    doc_node content = member(r, item, "content");
    if (!doc_len(r->d, content)) content = member(r, item, "summary");
    add_texts(r, content, &text, (str){ 0 });
    bool good = !text.failed && thoughts_add(&t->thoughts, buf_str(&text),
                                             member_text(r, item, "encrypted_content"),
                                             PLAIN_ENCRYPTED, member_text(r, item, "id"));
    buf_free(&text);
    return good ? CHELA_OK : no_memory(r);
}

/* ---- input ---- */

static enum chela_error write_message(struct request *r, doc_node item, str role) {
    /* a template that knows no developer knows a system */
    if (str_eq(role, S("developer")) && !r->to->openrouter) role = S("system");
    json_object(&r->w);
    json_kstring(&r->w, "role", role);
    json_key(&r->w, S("content"));
    enum chela_error code = write_content_of(r, member(r, item, "content"));
    json_object_end(&r->w);
    return code;
}

static enum chela_error write_output(struct request *r, doc_node item) {
    json_object(&r->w);
    json_kstring(&r->w, "role", S("tool"));
    json_kstring(&r->w, "tool_call_id", member_text(r, item, "call_id"));
    json_key(&r->w, S("content"));
    enum chela_error code = write_content_of(r, member(r, item, "output"));
    json_object_end(&r->w);
    return code;
}

static enum chela_error write_item_of(struct request *r, struct turn_items *t, doc_node item) {
    str role = member_text(r, item, "role"), type = type_of(r, item);
    bool message = !type.n || str_eq(type, S("message"));
    if (message && str_eq(role, S("assistant"))) return add_message(r, t, item);
    if (is_type(r, item, "reasoning")) return add_reasoning(r, t, item);
    if (is_type(r, item, "function_call")) return add_call(r, t, item, false);
    if (is_type(r, item, "custom_tool_call")) return add_call(r, t, item, true);
    give_turn(r, t);
    if (is_type(r, item, "function_call_output") || is_type(r, item, "custom_tool_call_output"))
        return write_output(r, item);
    if (message &&
        (str_eq(role, S("user")) || str_eq(role, S("system")) || str_eq(role, S("developer"))))
        return write_message(r, item, role);
    if (message) return refuse(r, item, "role: user, assistant, system or developer is needed");
    if (is_type(r, item, "item_reference")) return refuse(r, item, "%s", not_kept);
    return refuse(r, item, "an item of type \"%.*s\" has no counterpart at this upstream",
                  STR_ARG(str_head(type, 60)));
}

static enum chela_error write_input(struct request *r) {
    doc_node root = doc_root(r->d), input = member(r, root, "input");
    enum chela_error code = CHELA_OK;
    struct turn_items turn = { .thoughts = THOUGHTS_INIT,
                               .text = BUF_INIT(SKIN_BODY),
                               .calls = BUF_INIT(SKIN_BODY) };
    str text;
    json_key(&r->w, S("messages"));
    json_array(&r->w);
    if (member(r, root, "instructions")) {
        json_object(&r->w);
        json_kstring(&r->w, "role", S("system"));
        json_key(&r->w, S("content"));
        code = write_content_of(r, member(r, root, "instructions"));
        json_object_end(&r->w);
    }
    if (doc_string(r->d, input, &text)) {
        json_object(&r->w);
        json_kstring(&r->w, "role", S("user"));
        json_kstring(&r->w, "content", text);
        json_object_end(&r->w);
    } else if (doc_type(r->d, input) == DOC_ARRAY) {
        for (doc_node n = doc_first(r->d, input); n && code == CHELA_OK; n = doc_next(r->d, n))
            code = write_item_of(r, &turn, n);
        give_turn(r, &turn);
    } else {
        code = err_set(r->e, CHELA_INPUT, "input: a text or a list of items is needed");
    }
    json_array_end(&r->w);
    return code;
}

/* ---- tools ---- */

/* The tools that tool_choice allows; 0: all. */
static doc_node allowed_tools(struct request *r) {
    doc_node choice = member(r, doc_root(r->d), "tool_choice");
    return is_type(r, choice, "allowed_tools") ? member(r, choice, "tools") : 0;
}

static bool is_allowed(struct request *r, doc_node tool, doc_node allowed) {
    for (doc_node n = doc_first(r->d, allowed); n; n = doc_next(r->d, n))
        if (str_eq(member_text(r, n, "name"), member_text(r, tool, "name"))) return true;
    return !allowed;
}

static enum chela_error write_tool(struct request *r, doc_node tool, str space) {
    bool custom = is_type(r, tool, "custom");
    if (!custom && !is_type(r, tool, "function"))
        return refuse(r, tool,
                      "a tool of type \"%.*s\" runs at the service, and there is no counterpart at "
                      "this upstream",
                      STR_ARG(str_head(type_of(r, tool), 60)));
    json_object(&r->w);
    json_kstring(&r->w, "type", S("function"));
    json_key(&r->w, S("function"));
    json_object(&r->w);
    write_name(&r->w, space, member_text(r, tool, "name"));
    copy_as(r, tool, "description", "description");
    if (custom) {
        write_raw(r, "parameters",
                  S("{\"type\":\"object\",\"properties\":{\"input\":{\"type\":\"string\"}},"
                    "\"required\":[\"input\"]}"));
    } else {
        copy_as(r, tool, "parameters", "parameters");
        copy_as(r, tool, "strict", "strict");
    }
    json_object_end(&r->w);
    if (has_marker(r, tool)) copy_as(r, tool, "cache_control", "cache_control");
    json_object_end(&r->w);
    return CHELA_OK;
}

/* A tool, or those of a namespace. */
static enum chela_error write_tools_of(struct request *r, doc_node tool, doc_node allowed) {
    enum chela_error code = CHELA_OK;
    doc_node list = is_type(r, tool, "namespace") ? member(r, tool, "tools") : 0;
    if (!list) return is_allowed(r, tool, allowed) ? write_tool(r, tool, (str){ 0 }) : CHELA_OK;
    for (doc_node n = doc_first(r->d, list); n && code == CHELA_OK; n = doc_next(r->d, n))
        if (is_allowed(r, n, allowed)) code = write_tool(r, n, member_text(r, tool, "name"));
    return code;
}

static enum chela_error write_tools(struct request *r) {
    doc_node list = member(r, doc_root(r->d), "tools"), allowed = allowed_tools(r);
    enum chela_error code = CHELA_OK;
    if (list && doc_type(r->d, list) != DOC_ARRAY) return refuse(r, list, "a list is needed");
    if (!doc_len(r->d, list)) return CHELA_OK;
    json_key(&r->w, S("tools"));
    json_array(&r->w);
    for (doc_node n = doc_first(r->d, list); n && code == CHELA_OK; n = doc_next(r->d, n))
        code = write_tools_of(r, n, allowed);
    json_array_end(&r->w);
    return code;
}

static enum chela_error write_tool_choice(struct request *r) {
    doc_node choice = member(r, doc_root(r->d), "tool_choice");
    if (doc_type(r->d, choice) == DOC_STRING) {
        copy_as(r, doc_root(r->d), "tool_choice", "tool_choice");
    } else if (is_type(r, choice, "allowed_tools")) {
        copy_as(r, choice, "mode", "tool_choice");
    } else if (is_type(r, choice, "function") || is_type(r, choice, "custom")) {
        json_key(&r->w, S("tool_choice"));
        named_function(r, choice);
    } else if (choice) {
        return refuse(r, choice, "a choice of type \"%.*s\" has no counterpart at this upstream",
                      STR_ARG(str_head(type_of(r, choice), 60)));
    }
    return CHELA_OK;
}

/* ---- how to answer ---- */

static void write_format(struct request *r, doc_node format) {
    if (!format || is_type(r, format, "text")) return;
    json_key(&r->w, S("response_format"));
    if (!is_type(r, format, "json_schema")) {
        json_raw(&r->w, doc_raw(r->d, format));
        return;
    }
    json_object(&r->w);
    json_kstring(&r->w, "type", S("json_schema"));
    json_key(&r->w, S("json_schema"));
    json_object(&r->w);
    static const char *const keys[] = { "name", "description", "schema", "strict" };
    for (size_t i = 0; i < 4; i++) copy_as(r, format, keys[i], keys[i]);
    json_object_end(&r->w);
    json_object_end(&r->w);
}

static enum chela_error write_rest(struct request *r) {
    doc_node root = doc_root(r->d), text = member(r, root, "text");
    copy_as(r, root, "max_output_tokens", "max_tokens");
    if (member(r, root, "top_logprobs")) {
        json_kbool(&r->w, "logprobs", true);
        copy_as(r, root, "top_logprobs", "top_logprobs");
    }
    write_format(r, member(r, text, "format"));
    copy_as(r, text, "verbosity", "verbosity");
    if (r->to->openrouter)
        copy_as(r, root, "reasoning", "reasoning");
    else if (r->to->reasons)
        copy_as(r, member(r, root, "reasoning"), "effort", "reasoning_effort");
    return CHELA_OK;
}

enum chela_error responses_request(struct doc *d, const struct skin_target *to, struct buf *chat,
                                   struct err *e) {
    static enum chela_error (*const steps[])(struct request *) = { write_input, write_tools,
                                                                   write_tool_choice, write_rest };
    struct request r = { .d = d, .to = to, .w = JSON_WRITER(chat), .e = e };
    return request_write(&r, fields, sizeof fields / sizeof fields[0], steps, 4);
}

/* ---- what the answer repeats ---- */

void responses_echo(struct doc *d, struct buf *out) {
    static const struct {
        const char *key, *none; /* NULL: the member is left out */
    } rows[] = {
        { "instructions", "null" },
        { "metadata", "{}" },
        { "temperature", "null" },
        { "top_p", "null" },
        { "presence_penalty", "null" },
        { "frequency_penalty", "null" },
        { "tools", "[]" },
        { "tool_choice", "\"auto\"" },
        { "parallel_tool_calls", "true" },
        { "max_output_tokens", "null" },
        { "max_tool_calls", "null" },
        { "previous_response_id", "null" },
        { "background", "false" },
        { "store", "false" },
        { "truncation", "\"disabled\"" },
        { "text", "{\"format\":{\"type\":\"text\"}}" },
        { "reasoning", NULL },
        { "user", NULL },
        { "safety_identifier", NULL },
        { "prompt_cache_key", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        doc_node n = doc_get(d, doc_root(d), str_c(rows[i].key));
        bool said = n && doc_type(d, n) != DOC_NULL;
        if (!said && !rows[i].none) continue;
        buf_addf(out, "%s\"%s\":", out->n ? "," : "", rows[i].key);
        if (said)
            doc_write_json(d, n, out);
        else
            buf_add(out, str_c(rows[i].none));
    }
}

/* ---- for a service that speaks the same API ---- */

enum chela_error responses_unseal(struct doc *d, struct err *e) {
    enum chela_error code = CHELA_OK;
    doc_node input = doc_get(d, doc_root(d), S("input"));
    for (doc_node n = doc_first(d, input); n && code == CHELA_OK; n = doc_next(d, n)) {
        str type;
        if (doc_string(d, doc_get(d, n, S("type")), &type) && str_eq(type, S("reasoning")))
            code = unseal_member(d, n, "encrypted_content", "data", NULL, e);
    }
    return code;
}
