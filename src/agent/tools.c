#include "agent/tools.h"

#include "agent/tool_policy.h"
#include "agent/tool_schema.h"
#include "doc/json_write.h"

#include <string.h>

extern const struct agent_tool tool_session_status, tool_image_generate, tool_video_generate,
    tool_tts;

const struct agent_tool *const agent_tools[] = {
    &tool_session_status, &tool_image_generate, &tool_video_generate, &tool_tts, NULL,
};

enum { TOOLS_JSON_MAX = 1 << 20 };

bool tool_add_output(struct tool_context *x, str path, str mime, str kind) {
    if (x->output_count == AGENT_OUTPUTS_MAX) return false;
    x->output[x->output_count++] =
        (struct agent_output){ arena_dup(x->arena, path), arena_dup(x->arena, mime),
                               arena_dup(x->arena, kind) };
    return !arena_failed(x->arena);
}

void tools_offered(struct tool_set *out, const struct agent_tool *const *all, struct config *c,
                   str agent) {
    out->count = 0;
    for (; *all && out->count < AGENT_TOOLS_MAX; all++)
        if (tool_allowed(c, agent, str_c((*all)->name))) out->item[out->count++] = *all;
}

const struct agent_tool *tools_find(const struct tool_set *set, str name) {
    for (size_t i = 0; i < set->count; i++)
        if (str_eq(name, str_c(set->item[i]->name))) return set->item[i];
    return NULL;
}

str tools_json(const struct tool_set *set, struct arena *a) {
    if (!set->count) return (str){ 0 };
    struct buf text = BUF_INIT(TOOLS_JSON_MAX);
    struct json_writer w = JSON_WRITER(&text);
    json_array(&w);
    for (size_t i = 0; i < set->count; i++) {
        json_object(&w);
        json_kstring(&w, "type", S("function"));
        json_key(&w, S("function"));
        json_object(&w);
        json_kstring(&w, "name", str_c(set->item[i]->name));
        json_kstring(&w, "description", str_c(set->item[i]->description));
        json_key(&w, S("parameters"));
        json_raw(&w, str_c(set->item[i]->parameters));
        json_object_end(&w);
        json_object_end(&w);
    }
    json_array_end(&w);
    str out = text.failed ? (str){ 0 } : arena_dup(a, buf_str(&text));
    buf_free(&text);
    return out;
}

/* ---- one call ---- */

void tools_error(struct buf *out, const char *message, const char *hint) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "error", str_c(message));
    if (hint && hint[0]) json_kstring(&w, "hint", str_c(hint));
    json_object_end(&w);
}

static enum chela_error unknown_tool(const struct tool_set *set, str name, struct err *e) {
    err_set(e, CHELA_NOT_FOUND, "there is no tool named \"%.*s\"", STR_ARG(str_head(name, 128)));
    struct buf names = BUF_INIT(sizeof e->hint);
    for (size_t i = 0; i < set->count; i++)
        buf_addf(&names, "%s%s", i ? ", " : "", set->item[i]->name);
    if (set->count)
        err_hint(e, CHELA_NOT_FOUND, "the tools are: %.*s", STR_ARG(buf_str(&names)));
    else
        err_hint(e, CHELA_NOT_FOUND, "there are no tools here");
    buf_free(&names);
    return CHELA_NOT_FOUND;
}

static enum chela_error check_arguments(const struct agent_tool *tool, struct doc *d,
                                        struct err *e) {
    struct doc *schema = NULL;
    enum chela_error rc = doc_parse(&schema, str_c(tool->parameters), DOC_JSON, NULL, e);
    if (rc == CHELA_OK)
        rc = tool_schema_check(schema, doc_root(schema), d, doc_root(d), "arguments", e);
    doc_free(schema);
    return rc;
}

static enum chela_error run_tool(struct tool_context *x, const struct tool_set *set,
                                 const struct tool_call *call, struct buf *result, struct err *e) {
    if (!call->tool) return unknown_tool(set, call->name, e);
    struct doc *d = NULL;
    enum chela_error rc = doc_parse(&d, call->arguments, DOC_JSON, NULL, e);
    if (rc != CHELA_OK) {
        str head = str_head(call->arguments, 160);
        err_prefix(e, rc, "the arguments are not JSON: ");
        return err_hint(e, rc, "they were: %.*s%s", STR_ARG(head),
                        head.n < call->arguments.n ? "…" : "");
    }
    rc = check_arguments(call->tool, d, e);
    if (rc == CHELA_OK) rc = call->tool->run(x, d, result, e);
    doc_free(d);
    return rc;
}

enum chela_error tools_run(struct tool_context *x, const struct tool_set *set,
                           const struct tool_call *call, struct buf *result, bool *failed,
                           struct err *e) {
    struct err why = ERR_INIT;
    enum chela_error rc = run_tool(x, set, call, result, &why);
    if (rc == CHELA_OK && result->failed == BUF_TOO_LARGE)
        rc = err_set(&why, CHELA_LIMIT, "the result is larger than %zu bytes", result->max);
    *failed = rc != CHELA_OK;
    if (rc == CHELA_CANCELLED || rc == CHELA_NOMEM || result->failed == BUF_NO_MEMORY) {
        if (rc == CHELA_OK) rc = err_set(&why, CHELA_NOMEM, "out of memory for a tool's result");
        if (e) *e = why;
        return rc;
    }
    if (*failed) {
        buf_free(result);
        tools_error(result, why.message, why.hint);
    }
    return CHELA_OK;
}
