/* A chat-completions body becomes an agent_request, or an error that names the field.
 *
 * The sandbox is stricter than the service it stands in for: a wrong type or a value out of its
 * documented range is refused here, because a developer wants to hear of it before paying for it.
 * Unknown fields are ignored, as there. null counts as absent wherever the service allows it.
 */
#include "sandbox/agent.h"

#include "base/buf.h"

#include <string.h>

enum { MAX_MESSAGES = 20000, MAX_TOOLS = 2000, MAX_NAME = 256 };

struct reader {
    struct agent_request *r;
    struct doc *d;
    struct arena *a;
    struct err *e;
};

static enum chela_error wrong(struct reader *in, const char *field, const char *expected) {
    return err_set(in->e, CHELA_INPUT, "%s: expected %s", field, expected);
}

static enum chela_error no_memory(struct reader *in) {
    return err_set(in->e, CHELA_NOMEM, "out of memory while reading the request");
}

/* The member, or 0 when it is absent or null. */
static doc_node member(struct reader *in, doc_node object, const char *key) {
    doc_node n = doc_get(in->d, object, str_c(key));
    return doc_type(in->d, n) == DOC_NULL ? 0 : n;
}

static doc_node root_member(struct reader *in, const char *key) {
    return member(in, doc_root(in->d), key);
}

/* ---- scalars of the body ---- */

static enum chela_error check_range(struct reader *in, const char *field, double low, double high,
                                    const char *expected) {
    doc_node n = root_member(in, field);
    double value;
    if (!n) return CHELA_OK;
    if (!doc_number(in->d, n, &value) || value < low || value > high)
        return wrong(in, field, expected);
    return CHELA_OK;
}

static enum chela_error check_ranges(struct reader *in) {
    static const struct {
        const char *field;
        double low, high;
        const char *expected;
    } rows[] = {
        { "temperature", 0, 2, "a number from 0 to 2" },
        { "top_p", 0, 1, "a number from 0 to 1" },
        { "top_k", 0, 1e9, "an integer of 0 or more" },
        { "min_p", 0, 1, "a number from 0 to 1" },
        { "top_a", 0, 1, "a number from 0 to 1" },
        { "frequency_penalty", -2, 2, "a number from -2 to 2" },
        { "presence_penalty", -2, 2, "a number from -2 to 2" },
        { "repetition_penalty", 0, 2, "a number from 0 to 2" },
        { "top_logprobs", 0, 20, "an integer from 0 to 20" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum chela_error failed =
            check_range(in, rows[i].field, rows[i].low, rows[i].high, rows[i].expected);
        if (failed) return failed;
    }
    return CHELA_OK;
}

static enum chela_error read_bool(struct reader *in, const char *field, bool *out) {
    doc_node n = root_member(in, field);
    if (n && !doc_bool(in->d, n, out)) return wrong(in, field, "true or false");
    return CHELA_OK;
}

static enum chela_error read_limit(struct reader *in) {
    static const char *const fields[] = { "max_tokens", "max_completion_tokens" };
    for (size_t i = 0; i < 2; i++) { /* the newer name wins */
        doc_node n = root_member(in, fields[i]);
        int64_t value;
        if (!n) continue;
        if (!doc_int(in->d, n, &value) || value < 1)
            return wrong(in, fields[i], "an integer of 1 or more");
        in->r->max_tokens = value;
    }
    return CHELA_OK;
}

static enum chela_error read_stop(struct reader *in) {
    static const char expected[] = "a string or an array of up to 4 strings";
    struct agent_request *r = in->r;
    doc_node n = root_member(in, "stop");
    if (!n) return CHELA_OK;
    if (doc_string(in->d, n, &r->stop[0])) {
        r->stop_count = r->stop[0].n ? 1 : 0;
        return CHELA_OK;
    }
    if (doc_type(in->d, n) != DOC_ARRAY || doc_len(in->d, n) > AGENT_MAX_STOPS)
        return wrong(in, "stop", expected);
    for (doc_node c = doc_first(in->d, n); c; c = doc_next(in->d, c)) {
        str s;
        if (!doc_string(in->d, c, &s)) return wrong(in, "stop", expected);
        if (s.n) r->stop[r->stop_count++] = s;
    }
    return CHELA_OK;
}

static enum chela_error read_model(struct reader *in) {
    doc_node n = root_member(in, "model");
    if (n && !doc_string(in->d, n, &in->r->model)) return wrong(in, "model", "a string");
    doc_node list = root_member(in, "models");
    if (!list) return CHELA_OK;
    if (doc_type(in->d, list) != DOC_ARRAY) return wrong(in, "models", "an array of strings");
    for (doc_node c = doc_first(in->d, list); c; c = doc_next(in->d, c)) {
        str id;
        if (!doc_string(in->d, c, &id)) return wrong(in, "models", "an array of strings");
        if (!in->r->model.n) in->r->model = id;
    }
    return CHELA_OK;
}

static bool effort_of(str name, enum agent_effort *out) {
    static const struct {
        const char *name;
        enum agent_effort effort;
    } rows[] = { { "none", EFFORT_NONE },     { "minimal", EFFORT_LOW }, { "low", EFFORT_LOW },
                 { "medium", EFFORT_MEDIUM }, { "high", EFFORT_HIGH },   { "xhigh", EFFORT_HIGH },
                 { "max", EFFORT_HIGH } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!str_eq(name, str_c(rows[i].name))) continue;
        *out = rows[i].effort;
        return true;
    }
    return false;
}

static const char efforts[] = "one of none, minimal, low, medium, high, xhigh, max";

/* reasoning { effort | max_tokens | enabled, exclude }; "enabled" is what users of the AI SDK write
 * for { enabled: true }. */
static enum chela_error read_reasoning_object(struct reader *in, doc_node n, str *effort) {
    struct agent_request *r = in->r;
    str word = { 0 };
    if (doc_string(in->d, n, &word) && str_eq(word, S("enabled"))) {
        r->effort = EFFORT_MEDIUM;
        return CHELA_OK;
    }
    if (doc_type(in->d, n) != DOC_OBJECT) return wrong(in, "reasoning", "an object");
    doc_node level = member(in, n, "effort"), budget = member(in, n, "max_tokens");
    doc_node enabled = member(in, n, "enabled"), exclude = member(in, n, "exclude");
    bool on = true;
    r->effort = EFFORT_MEDIUM;
    if (budget &&
        (!doc_int(in->d, budget, &r->max_reasoning_tokens) || r->max_reasoning_tokens < 0))
        return wrong(in, "reasoning.max_tokens", "an integer of 0 or more");
    if (budget && r->max_reasoning_tokens == 0) r->effort = EFFORT_NONE;
    if (level && (!doc_string(in->d, level, effort) || !effort_of(*effort, &r->effort)))
        return wrong(in, "reasoning.effort", efforts);
    if (enabled && !doc_bool(in->d, enabled, &on))
        return wrong(in, "reasoning.enabled", "true or false");
    if (!on) r->effort = EFFORT_NONE;
    if (exclude && !doc_bool(in->d, exclude, &r->hide_reasoning))
        return wrong(in, "reasoning.exclude", "true or false");
    return CHELA_OK;
}

static enum chela_error read_reasoning(struct reader *in) {
    struct agent_request *r = in->r;
    doc_node object = root_member(in, "reasoning"), level = root_member(in, "reasoning_effort");
    doc_node include = root_member(in, "include_reasoning");
    str inner = { 0 }, outer = { 0 };
    enum chela_error failed = object ? read_reasoning_object(in, object, &inner) : CHELA_OK;
    if (failed) return failed;
    if (level) {
        enum agent_effort effort;
        if (!doc_string(in->d, level, &outer) || !effort_of(outer, &effort))
            return wrong(in, "reasoning_effort", efforts);
        if (inner.n && !str_eq(inner, outer))
            return err_set(in->e, CHELA_INPUT,
                           "reasoning_effort: \"%.*s\" contradicts reasoning.effort \"%.*s\"",
                           STR_ARG(outer), STR_ARG(inner));
        if (!object || doc_len(in->d, object) == 0) r->effort = effort;
    }
    if (include) {
        bool on;
        if (!doc_bool(in->d, include, &on)) return wrong(in, "include_reasoning", "true or false");
        if (!on) r->hide_reasoning = true;
        if (on && !object && !level) r->effort = EFFORT_MEDIUM;
    }
    return CHELA_OK;
}

static enum chela_error read_format(struct reader *in) {
    struct agent_request *r = in->r;
    doc_node n = root_member(in, "response_format");
    if (!n) return CHELA_OK;
    str type;
    if (!doc_string(in->d, member(in, n, "type"), &type))
        return wrong(in, "response_format",
                     "an object with type \"text\", \"json_object\" or "
                     "\"json_schema\"");
    if (str_eq(type, S("json_object"))) r->format = FORMAT_JSON_OBJECT;
    if (!str_eq(type, S("json_schema"))) return CHELA_OK;
    r->format = FORMAT_JSON_SCHEMA;
    doc_node holder = member(in, n, "json_schema");
    if (doc_type(in->d, holder) != DOC_OBJECT)
        return wrong(in, "response_format.json_schema", "an object with a name and a schema");
    r->schema = member(in, holder, "schema");
    enum doc_type kind = doc_type(in->d, r->schema);
    if (r->schema && kind != DOC_OBJECT && kind != DOC_BOOL)
        return wrong(in, "response_format.json_schema.schema", "a JSON schema (an object)");
    return CHELA_OK;
}

/* ---- tools ---- */

static enum chela_error read_tools(struct reader *in) {
    struct agent_request *r = in->r;
    doc_node list = root_member(in, "tools");
    if (!list) return CHELA_OK;
    if (doc_type(in->d, list) != DOC_ARRAY) return wrong(in, "tools", "an array");
    size_t n = doc_len(in->d, list), i = 0;
    if (n > MAX_TOOLS) return err_set(in->e, CHELA_INPUT, "tools: more than %d", MAX_TOOLS);
    struct agent_tool *tools = arena_alloc(in->a, (n + 1) * sizeof *tools);
    if (!tools) return no_memory(in);
    for (doc_node c = doc_first(in->d, list); c; c = doc_next(in->d, c), i++) {
        char field[64];
        str place = arena_printf(in->a, "tools[%zu].function", i);
        str_copy(field, sizeof field, place);
        if (doc_type(in->d, c) != DOC_OBJECT) return wrong(in, field, "an object with a name");
        str type;
        doc_node function = member(in, c, "function");
        /* Tools that the service itself would run (web search …) have no function: nobody runs
         * them here. */
        if (!function && doc_string(in->d, member(in, c, "type"), &type) &&
            !str_eq(type, S("function")))
            continue;
        struct agent_tool *tool = &tools[r->tool_count];
        if (!doc_string(in->d, member(in, function, "name"), &tool->name) || !tool->name.n)
            return wrong(in, field, "an object with a name");
        if (tool->name.n > MAX_NAME)
            return err_set(in->e, CHELA_INPUT, "%s.name: longer than %d bytes", field, MAX_NAME);
        doc_node description = member(in, function, "description");
        if (description && !doc_string(in->d, description, &tool->description))
            return err_set(in->e, CHELA_INPUT, "%s.description: expected a string", field);
        tool->parameters = member(in, function, "parameters");
        if (tool->parameters && doc_type(in->d, tool->parameters) != DOC_OBJECT)
            return err_set(in->e, CHELA_INPUT, "%s.parameters: expected a JSON schema (an object)",
                           field);
        r->tool_count++;
    }
    r->tools = tools;
    return CHELA_OK;
}

static enum chela_error read_choice(struct reader *in) {
    static const char expected[] =
        "\"none\", \"auto\", \"required\" or {\"type\":\"function\",\"function\":{\"name\":…}}";
    struct agent_request *r = in->r;
    doc_node n = root_member(in, "tool_choice");
    if (!n) return CHELA_OK;
    str word;
    if (doc_string(in->d, n, &word)) {
        if (str_eq(word, S("none")))
            r->choice = CHOICE_NONE;
        else if (str_eq(word, S("required")))
            r->choice = CHOICE_REQUIRED;
        else if (!str_eq(word, S("auto")))
            return wrong(in, "tool_choice", expected);
    } else if (doc_string(in->d, member(in, member(in, n, "function"), "name"), &word)) {
        r->choice = CHOICE_NAMED;
        r->named_tool = word;
        for (size_t i = 0; i < r->tool_count; i++)
            if (str_eq(r->tools[i].name, word)) return CHELA_OK;
        return err_set(in->e, CHELA_INPUT, "tool_choice: no tool is named \"%.*s\"",
                       STR_ARG(str_head(word, 64)));
    } else if (doc_type(in->d, n) != DOC_OBJECT) {
        return wrong(in, "tool_choice", expected);
    }
    if (r->choice == CHOICE_REQUIRED && !r->tool_count)
        return err_set(in->e, CHELA_INPUT, "tool_choice: \"required\" without tools");
    return CHELA_OK;
}

/* ---- messages ---- */

static bool part_attachment(struct reader *in, doc_node part, str type,
                            struct agent_attachment *out) {
    static const struct {
        const char *type, *holder, *key;
        enum agent_attached kind;
    } rows[] = {
        { "image_url", "image_url", "url", ATTACHED_IMAGE },
        { "input_audio", "input_audio", "format", ATTACHED_AUDIO },
        { "video_url", "video_url", "url", ATTACHED_VIDEO },
        { "input_video", "video_url", "url", ATTACHED_VIDEO },
        { "file", "file", "filename", ATTACHED_FILE },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!str_eq(type, str_c(rows[i].type))) continue;
        doc_node holder = member(in, part, rows[i].holder);
        *out = (struct agent_attachment){ .kind = rows[i].kind };
        if (!doc_string(in->d, member(in, holder, rows[i].key), &out->source))
            doc_string(in->d, holder, &out->source);
        return true;
    }
    return false;
}

/* U+0000 reads as a blank: it means nothing in a prompt, and printf would end there. */
static bool without_nul(struct reader *in, str *text) {
    if (str_chr(*text, '\0') < 0) return true;
    char *copy = arena_alloc(in->a, text->n + 1);
    if (!copy) return false;
    for (size_t i = 0; i < text->n; i++) copy[i] = text->p[i] ? text->p[i] : ' ';
    text->p = copy;
    return true;
}

static enum chela_error read_parts(struct reader *in, doc_node parts, const char *field,
                                   struct agent_message *m) {
    struct buf text = BUF_INIT(in->a->max);
    struct agent_attachment *attached =
        arena_alloc(in->a, (doc_len(in->d, parts) + 1) * sizeof *attached);
    if (!attached) return no_memory(in);
    for (doc_node c = doc_first(in->d, parts); c; c = doc_next(in->d, c)) {
        str type, piece;
        if (!doc_string(in->d, member(in, c, "type"), &type)) {
            buf_free(&text);
            return err_set(in->e, CHELA_INPUT, "%s: expected parts with a type", field);
        }
        if (part_attachment(in, c, type, &attached[m->attached_count])) {
            m->attached_count++;
        } else if (doc_string(in->d, member(in, c, "text"), &piece)) {
            if (text.n && piece.n) buf_addc(&text, '\n');
            buf_add(&text, piece);
        } else if (str_eq(type, S("text"))) {
            buf_free(&text);
            return err_set(in->e, CHELA_INPUT, "%s: a part of type \"text\" needs a text", field);
        }
    }
    bool failed = text.failed;
    m->text = arena_dup(in->a, buf_str(&text));
    m->attached = attached;
    buf_free(&text);
    return failed || arena_failed(in->a) || !without_nul(in, &m->text) ? no_memory(in) : CHELA_OK;
}

static bool role_of(str name, enum agent_role *out) {
    static const struct {
        const char *name;
        enum agent_role role;
    } rows[] = { { "system", AGENT_SYSTEM },
                 { "developer", AGENT_SYSTEM },
                 { "user", AGENT_USER },
                 { "assistant", AGENT_ASSISTANT },
                 { "tool", AGENT_TOOL } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!str_eq(name, str_c(rows[i].name))) continue;
        *out = rows[i].role;
        return true;
    }
    return false;
}

static enum chela_error read_message(struct reader *in, doc_node n, size_t index,
                                     struct agent_message *m) {
    str place = arena_printf(in->a, "messages[%zu]", index);
    if (!place.n) return no_memory(in);
    if (doc_type(in->d, n) != DOC_OBJECT) return wrong(in, place.p, "an object with a role");
    str role;
    if (!doc_string(in->d, member(in, n, "role"), &role) || !role_of(role, &m->role))
        return err_set(in->e, CHELA_INPUT,
                       "%s.role: expected one of system, developer, user, assistant, tool",
                       place.p);
    str field = arena_printf(in->a, "%s.content", place.p);
    if (!field.n) return no_memory(in);
    doc_node content = member(in, n, "content"), calls = member(in, n, "tool_calls");
    if (calls && doc_type(in->d, calls) != DOC_ARRAY)
        return err_set(in->e, CHELA_INPUT, "%s.tool_calls: expected an array", place.p);
    if (m->role == AGENT_ASSISTANT) m->calls = calls;
    if (m->role == AGENT_TOOL &&
        !doc_string(in->d, member(in, n, "tool_call_id"), &m->tool_call_id))
        return err_set(in->e, CHELA_INPUT, "%s.tool_call_id: expected a string", place.p);
    if (doc_type(in->d, content) == DOC_ARRAY) return read_parts(in, content, field.p, m);
    if (doc_string(in->d, content, &m->text))
        return without_nul(in, &m->text) ? CHELA_OK : no_memory(in);
    if (!content && m->role == AGENT_ASSISTANT) return CHELA_OK;
    return wrong(in, field.p, "a string or an array of parts");
}

static enum chela_error read_messages(struct reader *in) {
    doc_node list = root_member(in, "messages");
    if (!list) return err_set(in->e, CHELA_INPUT, "messages: missing");
    if (doc_type(in->d, list) != DOC_ARRAY) return wrong(in, "messages", "an array");
    size_t n = doc_len(in->d, list), i = 0;
    if (n == 0) return err_set(in->e, CHELA_INPUT, "messages: expected at least one message");
    if (n > MAX_MESSAGES)
        return err_set(in->e, CHELA_INPUT, "messages: more than %d", MAX_MESSAGES);
    struct agent_message *messages = arena_alloc(in->a, n * sizeof *messages);
    if (!messages) return no_memory(in);
    for (doc_node c = doc_first(in->d, list); c; c = doc_next(in->d, c), i++) {
        enum chela_error failed = read_message(in, c, i, &messages[i]);
        if (failed) return failed;
    }
    in->r->messages = messages;
    in->r->message_count = n;
    return CHELA_OK;
}

static enum chela_error read_seed(struct reader *in) {
    doc_node n = root_member(in, "seed");
    if (n && !doc_int(in->d, n, &in->r->seed)) return wrong(in, "seed", "an integer");
    in->r->seeded = n != 0;
    return CHELA_OK;
}

/* ---- the whole ---- */

size_t agent_arena_max(size_t body_bytes) {
    /* Joined text parts are at most the body again; messages, words and answers need the rest. */
    return body_bytes * 4 + (32u << 20);
}

enum chela_error agent_read(struct agent_request *r, str body, struct arena *a, struct err *e) {
    *r = (struct agent_request){ .arena = a, .parallel = true };
    enum chela_error failed = doc_parse(&r->doc, body, DOC_JSON, NULL, e);
    if (failed) return err_prefix(e, failed, "the body is not JSON: ");
    struct reader in = { r, r->doc, a, e };
    if (doc_type(r->doc, doc_root(r->doc)) != DOC_OBJECT)
        return err_set(e, CHELA_INPUT, "the body: expected a JSON object, not %s",
                       doc_type_name(doc_type(r->doc, doc_root(r->doc))));
    static enum chela_error (*const steps[])(struct reader *) = {
        read_messages, read_model, read_limit,     read_stop,   read_seed,
        check_ranges,  read_tools, read_reasoning, read_format, read_choice,
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if ((failed = steps[i](&in))) return failed;
    if ((failed = read_bool(&in, "stream", &r->stream))) return failed;
    return read_bool(&in, "parallel_tool_calls", &r->parallel);
}
