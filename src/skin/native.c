/* What an answer says that comes in the client's own API and passes through: enough to fall over
 * before its content, to know its end from a break, and to count it. */
#include "skin/native.h"

#include "chat/chat.h"

#include <string.h>

/* ---- usage ---- */

/* What is not said stays: a stream may count its input at the beginning and its output at the end.
 */
static void count(struct doc *d, doc_node object, const char *key, int64_t *out) {
    int64_t n;
    if (doc_int(d, doc_get(d, object, str_c(key)), &n) && n >= 0 && n < SKIN_TOKENS) *out = n;
}

static void count_common(struct doc *d, doc_node usage, struct skin_seen *seen) {
    doc_node cost = doc_get(d, usage, S("cost"));
    seen->counted = seen->counted || doc_type(d, usage) == DOC_OBJECT;
    count(d, usage, "output_tokens", &seen->output);
    if (doc_type(d, cost) == DOC_NUMBER) str_copy(seen->cost, sizeof seen->cost, doc_raw(d, cost));
}

/* Anthropic counts cached tokens beside the input. */
static void count_message(struct doc *d, doc_node usage, struct skin_seen *seen) {
    count_common(d, usage, seen);
    count(d, usage, "input_tokens", &seen->uncached);
    count(d, usage, "cache_read_input_tokens", &seen->cached);
    count(d, usage, "cache_creation_input_tokens", &seen->written);
    count(d, doc_get(d, usage, S("output_tokens_details")), "thinking_tokens", &seen->reasoning);
}

static void count_response(struct doc *d, doc_node usage, struct skin_seen *seen) {
    doc_node in = doc_get(d, usage, S("input_tokens_details"));
    int64_t input = 0;
    count_common(d, usage, seen);
    count(d, usage, "input_tokens", &input);
    count(d, in, "cached_tokens", &seen->cached);
    count(d, in, "cache_write_tokens", &seen->written);
    count(d, doc_get(d, usage, S("output_tokens_details")), "reasoning_tokens", &seen->reasoning);
    seen->uncached = input - seen->cached - seen->written;
}

void skin_seen_usage(const struct skin_seen *seen, struct buf *out) {
    int64_t input = seen->uncached + seen->cached + seen->written;
    int64_t total = input + seen->output;
    buf_clear(out);
    if (!seen->counted) return;
    buf_addf(out,
             "{\"prompt_tokens\":%lld,\"completion_tokens\":%lld,\"total_tokens\":%lld,"
             "\"prompt_tokens_details\":{\"cached_tokens\":%lld,\"cache_write_tokens\":%lld},"
             "\"completion_tokens_details\":{\"reasoning_tokens\":%lld}",
             (long long)input, (long long)seen->output, (long long)total, (long long)seen->cached,
             (long long)seen->written, (long long)seen->reasoning);
    if (seen->cost[0]) buf_addf(out, ",\"cost\":%s", seen->cost);
    buf_addc(out, '}');
}

/* ---- events ---- */

static void learn(struct doc *d, doc_node object, struct skin_seen *seen) {
    str text;
    if (doc_string(d, doc_get(d, object, S("id")), &text))
        str_copy(seen->id, sizeof seen->id, text);
    if (doc_string(d, doc_get(d, object, S("model")), &text))
        str_copy(seen->model, sizeof seen->model, text);
}

static void keep_error(struct doc *d, doc_node error, struct skin_seen *seen) {
    seen->error = (struct err)ERR_INIT;
    if (doc_type(d, error) == DOC_OBJECT)
        chat_error_object(d, error, &seen->error);
    else
        err_set(&seen->error, CHELA_PROTOCOL, "the upstream says that it failed");
    if (!seen->error.http_status) seen->error.http_status = err_http(seen->error.code);
}

static enum skin_event messages_says(struct doc *d, str type, struct skin_seen *seen) {
    doc_node root = doc_root(d);
    str kind = { 0 };
    if (str_eq(type, S("message_start"))) {
        doc_node message = doc_get(d, root, S("message"));
        learn(d, message, seen);
        count_message(d, doc_get(d, message, S("usage")), seen);
        return EVENT_LEAD;
    }
    if (str_eq(type, S("message_delta"))) {
        doc_string(d, doc_get(d, doc_get(d, root, S("delta")), S("stop_reason")), &kind);
        str_copy(seen->finish, sizeof seen->finish, kind);
        count_message(d, doc_get(d, root, S("usage")), seen);
        return EVENT_LEAD;
    }
    if (str_eq(type, S("error"))) {
        keep_error(d, doc_get(d, root, S("error")), seen);
        return EVENT_FAILED;
    }
    if (str_eq(type, S("content_block_start"))) {
        doc_string(d, doc_get(d, doc_get(d, root, S("content_block")), S("type")), &kind);
        return str_eq(kind, S("text")) || str_eq(kind, S("thinking")) ? EVENT_LEAD : EVENT_CONTENT;
    }
    if (str_eq(type, S("message_stop"))) return EVENT_LAST;
    return str_eq(type, S("ping")) || str_eq(type, S("content_block_stop")) ? EVENT_LEAD
                                                                            : EVENT_CONTENT;
}

static enum skin_event responses_says(struct doc *d, str type, struct skin_seen *seen) {
    static const str leads[] = {
        STR_INIT("response.queued"),
        STR_INIT("response.in_progress"),
        STR_INIT("response.output_item.added"),
        STR_INIT("response.content_part.added"),
        STR_INIT("response.reasoning_summary_part.added"),
        STR_INIT("response.debug"),
    };
    doc_node root = doc_root(d), response = doc_get(d, root, S("response"));
    doc_int(d, doc_get(d, root, S("sequence_number")), &seen->number);
    if (str_eq(type, S("response.created"))) {
        learn(d, response, seen);
        return EVENT_LEAD;
    }
    if (str_eq(type, S("response.completed")) || str_eq(type, S("response.incomplete"))) {
        str_copy(seen->finish, sizeof seen->finish, str_skip(type, 9));
        count_response(d, doc_get(d, response, S("usage")), seen);
        return EVENT_LAST;
    }
    if (str_eq(type, S("response.failed"))) {
        keep_error(d, doc_get(d, response, S("error")), seen);
        return EVENT_FAILED;
    }
    if (str_eq(type, S("error"))) { /* its members are the error's */
        doc_node inner = doc_get(d, root, S("error"));
        keep_error(d, inner ? inner : root, seen);
        return EVENT_FAILED;
    }
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (str_eq(type, leads[i])) return EVENT_LEAD;
    return EVENT_CONTENT;
}

/* The pieces of an answer, which are nearly all of it, are known by their beginning. */
static bool is_piece(str data) {
    static const str pieces[] = {
        STR_INIT("{\"type\":\"content_block_delta\""),
        STR_INIT("{\"type\":\"response.output_text.delta\""),
        STR_INIT("{\"type\":\"response.function_call_arguments.delta\""),
        STR_INIT("{\"type\":\"response.reasoning_text.delta\""),
        STR_INIT("{\"type\":\"response.reasoning_summary_text.delta\""),
    };
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        if (str_starts(data, pieces[i])) return true;
    return false;
}

enum skin_event skin_event_read(const struct skin *skin, str data, bool begun,
                                struct skin_seen *seen) {
    struct doc *d = NULL;
    str type;
    if (begun && is_piece(data)) {
        seen->number++;
        return EVENT_CONTENT;
    }
    if (doc_parse(&d, data, DOC_JSON, NULL, NULL) != CHELA_OK) return EVENT_TORN;
    enum skin_event says = EVENT_CONTENT;
    if (doc_string(d, doc_get(d, doc_root(d), S("type")), &type))
        says =
            skin == &skin_messages ? messages_says(d, type, seen) : responses_says(d, type, seen);
    doc_free(d);
    return says;
}

/* ---- whole answers ---- */

enum chela_error skin_native_judge(const struct skin *skin, struct doc *d, struct buf *usage,
                                   struct err *e) {
    doc_node root = doc_root(d), said = doc_get(d, root, S("usage"));
    const char *list = skin == &skin_messages ? "content" : "output";
    struct skin_seen seen = { 0 };
    if (doc_type(d, doc_get(d, root, str_c(list))) != DOC_ARRAY)
        return err_set(e, CHELA_EMPTY, "the answer has no %s", list);
    if (skin == &skin_messages)
        count_message(d, said, &seen);
    else
        count_response(d, said, &seen);
    skin_seen_usage(&seen, usage);
    return CHELA_OK;
}
