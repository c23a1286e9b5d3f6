/* What is stored is what came back, so that the next request repeats the prefix byte for byte and
 * prompt caches hit. Rules (cache markers, backfills) work on the request and are not stored.
 *
 * One thing is mended before it is stored: services parse the arguments of replayed calls and
 * refuse the whole request, for ever after, when a model once wrote something else. */
#include "agent/message.h"

#include "doc/json_write.h"

#include <string.h>

enum { NAME_MAX_BYTES = 64 };

const char message_no_result[] = "{\"error\":\"interrupted: this call was not made\"}";
const char message_unknown_result[] =
    "{\"error\":\"interrupted while it ran: it is not known whether it had an effect\"}";

/* ---- calls that can be sent again ---- */

static bool is_object(str json) {
    struct doc *d = NULL;
    bool good = doc_parse(&d, json, DOC_JSON, NULL, NULL) == CHELA_OK &&
                doc_type(d, doc_root(d)) == DOC_OBJECT;
    doc_free(d);
    return good;
}

static bool name_char(char c) {
    char low = ascii_lower(c);
    return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Letters, digits, _ and -, 1 to 64 of them: what every service takes. */
static str fit_name(str name, struct arena *a) {
    char text[NAME_MAX_BYTES];
    size_t n = name.n < sizeof text ? name.n : sizeof text;
    for (size_t i = 0; i < n; i++) text[i] = name_char(name.p[i]) ? name.p[i] : '_';
    return n ? arena_dup(a, (str){ text, n }) : S("unnamed");
}

static bool is_taken(const struct message_call *calls, size_t count, str id) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(calls[i].id, id)) return true;
    return false;
}

void message_fit_calls(struct message_call *fit, const struct chat_reply *reply, int64_t turn,
                       int64_t round, struct arena *a) {
    for (size_t i = 0; i < reply->call_count; i++) {
        const struct chat_tool_call *call = &reply->calls[i];
        str id = call->id;
        if (!id.n || is_taken(fit, i, id))
            id = arena_printf(a, "call_%lld_%lld_%zu", (long long)turn, (long long)round, i + 1);
        fit[i] = (struct message_call){ .id = id,
                                        .name = fit_name(call->name, a),
                                        .arguments =
                                            is_object(call->arguments) ? call->arguments : S("{}"),
                                        .written_name = call->name,
                                        .written_arguments = call->arguments };
    }
}

/* ---- writing ---- */

static void write_signature(struct json_writer *w, str signature) {
    if (!signature.n) return;
    json_key(w, S("extra_content")); /* as it came; a rule decides which route gets it */
    json_object(w);
    json_key(w, S("google"));
    json_object(w);
    json_kstring(w, "thought_signature", signature);
    json_object_end(w);
    json_object_end(w);
}

static void write_calls(struct json_writer *w, const struct chat_reply *reply,
                        const struct message_call *calls) {
    json_key(w, S("tool_calls"));
    json_array(w);
    for (size_t i = 0; i < reply->call_count; i++) {
        json_object(w);
        json_kstring(w, "id", calls[i].id);
        json_kstring(w, "type", S("function"));
        json_key(w, S("function"));
        json_object(w);
        json_kstring(w, "name", calls[i].name);
        json_kstring(w, "arguments", calls[i].arguments);
        json_object_end(w);
        write_signature(w, reply->calls[i].thought_signature);
        json_object_end(w);
    }
    json_array_end(w);
}

/* The details are the reasoning, whole; a text field beside them says the same again, but for
 * reasoning_content, which DeepSeek wants back under its own name. */
static void write_reasoning(struct json_writer *w, const struct chat_reply *r) {
    bool own_name = r->reasoning_field && strcmp(r->reasoning_field, "reasoning_content") == 0;
    if (r->reasoning.n && r->reasoning_field && (own_name || !r->reasoning_details.n))
        json_kstring(w, r->reasoning_field, r->reasoning);
    if (!r->reasoning_details.n) return;
    json_key(w, S("reasoning_details"));
    json_raw(w, r->reasoning_details);
}

void message_assistant(struct buf *out, const struct chat_reply *reply,
                       const struct message_call *calls) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "role", S("assistant"));
    json_key(&w, S("content"));
    if (str_trim(reply->text).n)
        json_string(&w, reply->text);
    else
        json_null(&w);
    write_reasoning(&w, reply);
    if (reply->call_count) write_calls(&w, reply, calls);
    json_object_end(&w);
}

void message_tool(struct buf *out, str call_id, str content) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "role", S("tool"));
    json_kstring(&w, "tool_call_id", call_id);
    json_kstring(&w, "content", content);
    json_object_end(&w);
}
