/* From the service's chunks to one reply.
 *
 * Services differ, so this reads what any of them sends and insists on three things only: what is
 * not JSON ends the exchange, an error object is an error whatever came before it, and an answer
 * without a finish is none. All parts of a delta are read; reasoning is taken from one field even
 * when it comes in two. Bytes that are not UTF-8 read as U+FFFD, as every browser does. */
#include "chat/reader.h"

#include "base/log.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chat_reader {
    struct arena *arena;
    struct chat_events events;
    struct buf text, reasoning, usage;
    const char *reasoning_field;
    struct details details;
    struct calls calls;
    str id, model, provider;
    char finish[64], native[64];
    unsigned long chunks;
    bool done;
};

static const char *const reasoning_fields[] = { "reasoning_content", "reasoning",
                                                "reasoning_text" };

struct chat_reader *chat_reader_new(struct arena *a, const struct chat_events *events) {
    struct chat_reader *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->arena = a;
    if (events) r->events = *events;
    buf_init(&r->text, CHAT_MAX_TEXT);
    buf_init(&r->reasoning, CHAT_MAX_TEXT);
    buf_init(&r->usage, 1 << 20);
    return r;
}

void chat_reader_free(struct chat_reader *r) {
    if (!r) return;
    buf_free(&r->text);
    buf_free(&r->reasoning);
    buf_free(&r->usage);
    details_free(&r->details);
    calls_free(&r->calls);
    free(r);
}

bool chat_reader_done(const struct chat_reader *r) {
    return r->done;
}

bool chat_reader_finished(const struct chat_reader *r) {
    return r->finish[0] != '\0';
}

bool chat_reader_has_content(const struct chat_reader *r) {
    return r->text.n || r->reasoning.n || r->calls.count;
}

/* ---- pieces ---- */

static str string_at(struct doc *d, doc_node object, str key) {
    str s = { 0 };
    return doc_string(d, doc_get(d, object, key), &s) ? s : (str){ 0 };
}

static enum chela_error add_piece(struct chat_reader *r, struct buf *to, str piece,
                                  void (*tell)(void *, str), struct err *e) {
    if (!piece.n) return CHELA_OK;
    if (!buf_add(to, piece))
        return to->failed == BUF_NO_MEMORY
                   ? err_set(e, CHELA_NOMEM, "out of memory")
                   : err_set(e, CHELA_LIMIT, "the answer is longer than %d bytes",
                             (int)CHAT_MAX_TEXT);
    if (tell) tell(r->events.ctx, piece);
    return CHELA_OK;
}

static enum chela_error add_text(struct chat_reader *r, str piece, struct err *e) {
    return add_piece(r, &r->text, piece, r->events.on_text, e);
}

static enum chela_error add_reasoning(struct chat_reader *r, str piece, struct err *e) {
    return add_piece(r, &r->reasoning, piece, r->events.on_reasoning, e);
}

/* A string, or a list of parts: {"type":"text","text":…}, also as some providers nest thinking. */
static enum chela_error read_content(struct chat_reader *r, struct doc *d, doc_node content,
                                     struct err *e) {
    str text;
    if (doc_string(d, content, &text)) return add_text(r, text, e);
    if (doc_type(d, content) != DOC_ARRAY) return CHELA_OK;
    enum chela_error rc = CHELA_OK;
    for (doc_node part = doc_first(d, content); part && rc == CHELA_OK; part = doc_next(d, part)) {
        doc_node thinking = doc_get(d, part, S("thinking"));
        rc = add_text(r, string_at(d, part, S("text")), e);
        if (rc == CHELA_OK && doc_string(d, thinking, &text)) rc = add_reasoning(r, text, e);
        for (doc_node n = doc_first(d, thinking); n && rc == CHELA_OK; n = doc_next(d, n))
            rc = add_reasoning(r, string_at(d, n, S("text")), e);
    }
    return rc;
}

/* What of reasoning_details is shown: *used says whether any of it was reasoning text. */
static enum chela_error read_details(struct chat_reader *r, struct doc *d, doc_node list,
                                     bool *used, struct err *e) {
    enum chela_error rc = CHELA_OK;
    for (doc_node n = doc_first(d, list); n && rc == CHELA_OK; n = doc_next(d, n)) {
        str type = string_at(d, n, S("type")), text = string_at(d, n, S("text"));
        if (str_eq(type, S("reasoning.text")) && text.n) {
            *used = true;
            rc = add_reasoning(r, text, e);
        } else if (str_eq(type, S("response.output_text")) || str_eq(type, S("response.text"))) {
            rc = add_text(r, text, e);
        }
        if (rc == CHELA_OK) rc = details_add(&r->details, d, n, e);
    }
    return rc;
}

static enum chela_error read_reasoning(struct chat_reader *r, struct doc *d, doc_node delta,
                                       struct err *e) {
    doc_node list = doc_get(d, delta, S("reasoning_details"));
    bool used = false;
    if (doc_type(d, list) != DOC_ARRAY) list = 0;
    enum chela_error rc = read_details(r, d, list, &used, e);
    /* The same text may come a second time, in a field of its own. */
    for (size_t i = 0; i < sizeof reasoning_fields / sizeof reasoning_fields[0]; i++) {
        str text = string_at(d, delta, str_c(reasoning_fields[i]));
        if (!text.n || rc != CHELA_OK) continue;
        if (!r->reasoning_field) r->reasoning_field = reasoning_fields[i];
        if (!used) rc = add_reasoning(r, text, e);
        used = true;
    }
    for (doc_node n = doc_first(d, list); n && !used && rc == CHELA_OK; n = doc_next(d, n))
        if (str_eq(string_at(d, n, S("type")), S("reasoning.summary")))
            rc = add_reasoning(r, string_at(d, n, S("summary")), e);
    return rc;
}

static enum chela_error read_delta(struct chat_reader *r, struct doc *d, doc_node delta,
                                   struct err *e) {
    enum chela_error rc = read_reasoning(r, d, delta, e);
    if (rc == CHELA_OK) rc = read_content(r, d, doc_get(d, delta, S("content")), e);
    if (rc == CHELA_OK) rc = add_text(r, string_at(d, delta, S("refusal")), e);
    doc_node calls = doc_get(d, delta, S("tool_calls"));
    if (doc_type(d, calls) != DOC_ARRAY) calls = 0;
    for (doc_node n = doc_first(d, calls); n && rc == CHELA_OK; n = doc_next(d, n))
        rc = calls_add(&r->calls, d, n, e);
    if (rc == CHELA_OK && !calls)
        rc = calls_add(&r->calls, d, doc_get(d, delta, S("function_call")), e);
    return rc;
}

/* ---- one chunk, or the whole answer ---- */

static void keep_first(struct chat_reader *r, str *kept, struct doc *d, doc_node root, str key) {
    if (!kept->n) *kept = arena_dup(r->arena, string_at(d, root, key));
}

static enum chela_error keep_usage(struct chat_reader *r, struct doc *d, doc_node usage,
                                   struct err *e) {
    if (doc_type(d, usage) != DOC_OBJECT) return CHELA_OK;
    buf_clear(&r->usage);
    return buf_add(&r->usage, doc_raw(d, usage))
               ? CHELA_OK
               : err_set(e, CHELA_LIMIT, "the answer's usage object is too large");
}

static bool is_error(struct doc *d, doc_node n) {
    str text;
    return doc_type(d, n) == DOC_OBJECT || (doc_string(d, n, &text) && text.n);
}

static enum chela_error read_choice(struct chat_reader *r, struct doc *d, doc_node choice,
                                    struct err *e) {
    int64_t index;
    if (doc_int(d, doc_get(d, choice, S("index")), &index) && index != 0) return CHELA_OK;
    doc_node delta = doc_get(d, choice, S("delta"));
    /* A stream that closes with the whole message would say everything twice. */
    if (doc_type(d, delta) != DOC_OBJECT && !chat_reader_has_content(r))
        delta = doc_get(d, choice, S("message"));
    enum chela_error rc = read_delta(r, d, delta, e);
    if (rc == CHELA_OK) rc = keep_usage(r, d, doc_get(d, choice, S("usage")), e);
    if (rc != CHELA_OK) return rc;
    if (is_error(d, doc_get(d, choice, S("error"))))
        return chat_error_object(d, doc_get(d, choice, S("error")), e);
    str finish = string_at(d, choice, S("finish_reason"));
    str native = string_at(d, choice, S("native_finish_reason"));
    if (finish.n) str_copy(r->finish, sizeof r->finish, finish);
    if (native.n) str_copy(r->native, sizeof r->native, native);
    return CHELA_OK;
}

static enum chela_error read_answer(struct chat_reader *r, struct doc *d, struct err *e) {
    doc_node root = doc_root(d);
    if (doc_type(d, root) != DOC_OBJECT) return CHELA_OK;
    keep_first(r, &r->id, d, root, S("id"));
    keep_first(r, &r->model, d, root, S("model"));
    keep_first(r, &r->provider, d, root, S("provider"));
    if (is_error(d, doc_get(d, root, S("error"))))
        return chat_error_object(d, doc_get(d, root, S("error")), e);
    doc_node choices = doc_get(d, root, S("choices"));
    if (doc_type(d, choices) != DOC_ARRAY) choices = 0;
    enum chela_error rc = CHELA_OK;
    for (doc_node n = doc_first(d, choices); n && rc == CHELA_OK; n = doc_next(d, n))
        rc = read_choice(r, d, n, e);
    if (rc == CHELA_OK) rc = keep_usage(r, d, doc_get(d, root, S("usage")), e);
    if (rc == CHELA_OK && arena_failed(r->arena)) rc = err_set(e, CHELA_NOMEM, "out of memory");
    return rc;
}

/* For a message: one line of at most 80 bytes. */
static void excerpt(str data, char dst[96]) {
    str head = str_head(data, 80);
    head.n -= utf8_partial_tail(head);
    snprintf(dst, 96, "%.*s%s", STR_ARG(head), head.n < data.n ? "…" : "");
    for (char *p = dst; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f) *p = ' ';
}

static enum chela_error not_json(struct chat_reader *r, bool whole, str data, const struct err *why,
                                 struct err *e) {
    char shown[96], what[64] = "the answer";
    excerpt(data, shown);
    if (!whole) snprintf(what, sizeof what, "event %lu of the stream", r->chunks);
    return err_set(e, CHELA_PROTOCOL, "%s is not JSON (%s): %s", what, why->message, shown);
}

static bool repair_utf8(str data, struct buf *out) {
    while (data.n) {
        size_t n = utf8_step(data);
        buf_add(out, n ? str_head(data, n) : S("\xef\xbf\xbd"));
        data = str_skip(data, n ? n : 1);
    }
    return !out->failed;
}

static enum chela_error read_json(struct chat_reader *r, str data, bool whole, struct err *e) {
    struct buf repaired = BUF_INIT(3 * (size_t)CHAT_MAX_TEXT);
    if (!utf8_valid(data)) {
        log_warn("%s is not UTF-8: the bytes that are not read as U+FFFD",
                 whole ? "the answer" : "an event of the stream");
        if (!repair_utf8(data, &repaired)) {
            buf_free(&repaired);
            return err_set(e, CHELA_NOMEM, "out of memory");
        }
        data = buf_str(&repaired);
    }
    struct doc *d = NULL;
    struct err why = ERR_INIT;
    enum chela_error rc = doc_parse(&d, data, DOC_JSON, NULL, &why);
    if (rc == CHELA_NOMEM || rc == CHELA_LIMIT) {
        if (e) *e = why;
    } else if (rc != CHELA_OK) {
        rc = not_json(r, whole, data, &why, e);
    } else {
        rc = read_answer(r, d, e);
        if (rc == CHELA_OK && whole &&
            doc_type(d, doc_get(d, doc_root(d), S("choices"))) == DOC_NONE) {
            char shown[96];
            excerpt(data, shown);
            rc = err_set(e, CHELA_PROTOCOL, "the answer has no \"choices\": %s", shown);
        }
    }
    doc_free(d);
    buf_free(&repaired);
    return rc;
}

enum chela_error chat_reader_chunk(struct chat_reader *r, str data, struct err *e) {
    if (r->done) return CHELA_OK;
    r->chunks++;
    /* A relay may prefix twice, or hand comments on as data. */
    data = str_trim(data);
    while (str_starts(data, S("data:"))) data = str_trim(str_skip(data, 5));
    if (!data.n || data.p[0] == ':') return CHELA_OK;
    if (str_eq(data, S("[DONE]"))) {
        r->done = true;
        return CHELA_OK;
    }
    return read_json(r, data, false, e);
}

enum chela_error chat_reader_whole(struct chat_reader *r, str json, struct err *e) {
    enum chela_error rc = read_json(r, json, true, e);
    /* A whole answer has ended, also when it does not say why. */
    if (rc == CHELA_OK && !r->finish[0]) str_copy(r->finish, sizeof r->finish, S("stop"));
    return rc;
}

/* ---- the end ---- */

/* "stop", "length", "tool_calls", or NULL for what is a failure. */
static const char *finish_of(str reason) {
    static const char *const table[][2] = {
        { "stop", "stop" },
        { "end", "stop" },
        { "length", "length" },
        { "tool_calls", "tool_calls" },
        { "tool_call", "tool_calls" },
        { "function_call", "tool_calls" },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (str_eq(reason, str_c(table[i][0]))) return table[i][1];
    return NULL;
}

static enum chela_error failed_finish(const struct chat_reader *r, struct err *e) {
    char who[160] = "", native[96] = "";
    if (r->provider.n) snprintf(who, sizeof who, " of %.*s", STR_ARG(str_head(r->provider, 100)));
    if (r->native[0] && strcmp(r->native, r->finish) != 0)
        snprintf(native, sizeof native, ", \"%s\" in the provider's words", r->native);
    if (strcmp(r->finish, "content_filter") == 0) {
        err_set(e, CHELA_FILTERED, "the answer was withheld by a content filter%s (%s%s)", who,
                r->finish, native);
        return err_hint(e, CHELA_FILTERED, "say it differently, or ask another model");
    }
    err_set(e, CHELA_UPSTREAM, "the model's provider%s ended the answer with \"%s\"%s", who,
            r->finish, native);
    return err_hint(e, CHELA_UPSTREAM, "try again, or ask another model");
}

static enum chela_error empty_answer(const struct chat_reader *r, struct err *e) {
    const char *what = r->reasoning.n ? "only reasoning and no answer" : "nothing";
    err_set(e, CHELA_EMPTY, "the model answered with %s (finish reason %s)", what, r->finish);
    return strcmp(r->finish, "length") == 0
               ? err_hint(e, CHELA_EMPTY,
                          "the token limit was reached first: raise maxTokens, or "
                          "choose a lower thinking level")
               : err_hint(e, CHELA_EMPTY, "try again, or ask another model");
}

static enum chela_error judge(const struct chat_reader *r, struct err *e) {
    if (!r->finish[0]) {
        err_set(e, CHELA_CUT, "the stream ended without a finish, after %zu bytes of answer",
                r->text.n);
        return err_hint(e, CHELA_CUT, "what came is not the whole answer: try again");
    }
    if (!finish_of(str_c(r->finish))) return failed_finish(r, e);
    if (!str_trim(buf_str(&r->text)).n && !r->calls.count) return empty_answer(r, e);
    return CHELA_OK;
}

static enum chela_error fill_in(struct chat_reader *r, struct chat_reply *out, struct err *e) {
    struct arena *a = r->arena;
    *out = (struct chat_reply){ .id = r->id, .model = r->model, .provider = r->provider };
    out->text = arena_dup(a, buf_str(&r->text));
    out->reasoning = arena_dup(a, buf_str(&r->reasoning));
    out->reasoning_field = r->reasoning_field;
    out->calls = calls_list(&r->calls, a);
    out->call_count = out->calls ? r->calls.count : 0;
    const char *finish = finish_of(str_c(r->finish));
    if (finish && strcmp(finish, "tool_calls") == 0 && !r->calls.count) finish = "stop";
    out->finish_reason = arena_dup(a, str_c(finish ? finish : r->finish));
    out->native_finish_reason = arena_dup(a, str_c(r->native));
    usage_none(&out->usage);
    str raw = arena_dup(a, buf_str(&r->usage));
    struct doc *d = NULL;
    if (raw.n && doc_parse(&d, raw, DOC_JSON, NULL, NULL) == CHELA_OK)
        usage_read(&out->usage, d, doc_root(d));
    doc_free(d);
    enum chela_error rc = details_text(&r->details, a, &out->reasoning_details, e);
    if (rc == CHELA_OK && arena_failed(a)) rc = err_set(e, CHELA_NOMEM, "out of memory");
    return rc;
}

void chat_reader_partial(struct chat_reader *r, struct chat_reply *out) {
    fill_in(r, out, NULL);
}

enum chela_error chat_reader_finish(struct chat_reader *r, struct chat_reply *out, struct err *e) {
    enum chela_error rc = fill_in(r, out, e);
    if (rc == CHELA_OK) rc = judge(r, e);
    for (size_t i = 0; rc == CHELA_OK && r->events.on_call && i < out->call_count; i++)
        r->events.on_call(r->events.ctx, &out->calls[i]);
    return rc;
}
