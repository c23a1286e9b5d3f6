/* What tests of the skins share: JSON written with ' for ", streams fed in pieces. */
#ifndef CHELA_TESTS_SKIN_CASE_H
#define CHELA_TESTS_SKIN_CASE_H

#include "skin/seal.h"
#include "skin/skin.h"

#include "unit.h"

#include <string.h>

/* Lives until the eighth call after this one. */
static inline str json_of(const char *quoted) {
    static char texts[8][1 << 15];
    static unsigned turn;
    char *text = texts[turn++ % 8];
    assert_true(strlen(quoted) < sizeof texts[0]);
    size_t n = 0;
    for (; quoted[n]; n++) text[n] = quoted[n] == '\'' ? '"' : quoted[n];
    text[n] = 0;
    return str_c(text);
}

static inline struct doc *parsed(str text) {
    struct doc *d;
    struct err e = ERR_INIT;
    if (doc_parse(&d, text, DOC_JSON, NULL, &e)) fail_msg("%s: %.*s", e.message, STR_ARG(text));
    return d;
}

/* Both as compact JSON; expected may leave members out that stand behind its own. */
static inline void expect_json(size_t row, str got, const char *expected) {
    str wanted = json_of(expected);
    if (!str_eq(got, wanted))
        fail_msg("case %zu:\n got    %.*s\n wanted %.*s", row, STR_ARG(got), STR_ARG(wanted));
}

struct skin_request_case {
    const char *body;
    char to;          /* 'o' OpenRouter, 'r' another whose model reasons, 'p' plain */
    const char *chat; /* what is sent; with '!' before it: the error's text */
};

static inline void check_requests(const struct skin *skin, const struct skin_request_case *cases,
                                  size_t count) {
    for (size_t i = 0; i < count; i++) {
        str body = json_of(cases[i].body);
        struct doc *d = parsed(body);
        struct buf chat = BUF_INIT(1 << 20);
        struct err e = ERR_INIT;
        const struct skin_target to = { .openrouter = cases[i].to == 'o',
                                        .reasons = cases[i].to == 'r' };
        enum chela_error code = skin->request(d, &to, &chat, &e);
        if (cases[i].chat[0] == '!') {
            assert_int_equal(code, CHELA_INPUT);
            if (!strstr(e.message, cases[i].chat + 1))
                fail_msg("case %zu: \"%s\" without \"%s\"", i, e.message, cases[i].chat + 1);
        } else {
            if (code != CHELA_OK) fail_msg("case %zu: %s", i, e.message);
            expect_json(i, buf_str(&chat), cases[i].chat);
            doc_free(parsed(buf_str(&chat)));
        }
        buf_free(&chat);
        doc_free(d);
    }
}

static const struct skin_facts skin_test_facts = { .request_id = STR_INIT("req-1"),
                                                   .model = STR_INIT("m"),
                                                   .unix_s = 1790000000 };

/* A stream of chat chunks, one a line, as the client gets it; fed by `step` bytes. */
static inline enum chela_error feed_stream(const struct skin *skin, const char *chunks, size_t step,
                                           struct buf *out, struct err *e) {
    struct buf bytes = BUF_INIT(1 << 20);
    str rest = json_of(chunks), line;
    while (rest.n) {
        str_cut(rest, '\n', &line, &rest);
        if (line.n) buf_addf(&bytes, "data: %.*s\n\n", STR_ARG(line));
    }
    struct skin_stream *s = skin_stream_new(skin, &skin_test_facts);
    enum chela_error code = CHELA_OK;
    for (size_t at = 0; at < bytes.n && code == CHELA_OK; at += step)
        code = skin_stream_take(s, str_head(str_skip(buf_str(&bytes), at), step), out, e);
    if (code == CHELA_OK) code = skin_stream_end(s, (str){ 0 }, out, e);
    skin_stream_free(s);
    buf_free(&bytes);
    return code;
}

/* The events' names and what is short of each, a word each: enough to see the order. */
static inline void names_of(str events, struct buf *out) {
    str line;
    while (events.n) {
        str_cut(events, '\n', &line, &events);
        if (str_starts(line, S("event: ")))
            buf_addf(out, "%s%.*s", out->n ? " " : "", STR_ARG(str_skip(line, 7)));
    }
}

/* The same bytes whatever the pieces, its events in this order, and this in it. */
static inline void check_stream(const struct skin *skin, size_t row, const char *chunks,
                                const char *order, const char *holds) {
    size_t length = strlen(chunks) + 200;
    struct buf first = BUF_INIT(1 << 20), names = BUF_INIT(1 << 16);
    for (size_t step = length; step > 0; step--) {
        struct buf out = BUF_INIT(1 << 20);
        struct err e = ERR_INIT;
        if (feed_stream(skin, chunks, step, &out, &e))
            fail_msg("case %zu by %zu: %s", row, step, e.message);
        if (step == length)
            buf_add(&first, buf_str(&out));
        else if (!str_eq(buf_str(&out), buf_str(&first)))
            fail_msg("case %zu by %zu: %s", row, step, out.p);
        buf_free(&out);
    }
    names_of(buf_str(&first), &names);
    assert_string_equal(names.p, order);
    if (!str_has(buf_str(&first), json_of(holds)))
        fail_msg("case %zu: no %s in\n%s", row, holds, first.p);
    buf_free(&first);
    buf_free(&names);
}

/* Items as a model gives them in one piece: what comes back must be these bytes. */
static const char *const reasoning_items[] = {
    "{'type':'reasoning.text','text':'hm \\n \xc3\xa9','signature':'c2ln','format':"
    "'anthropic-claude-v1','index':0}",
    "{'type':'reasoning.text','text':'a','format':'unknown','index':0},{'type':'reasoning."
    "encrypted',"
    "'data':'A+/=','id':'rs_1','format':'openai-responses-v1','index':1},{'type':"
    "'reasoning.summary','summary':'s','zeta':[1.0]}",
    "{'format':'google-gemini-v1','index':3,'id':'tool_1','type':'reasoning.encrypted','data':'x'}",
    "{'type':'reasoning.of.tomorrow','deep':{'a':[1e3]}}",
};

/* The answer of this message goes to the client, and what the client has of it (its member `key`,
 * between `before` and `after`) is a request again: it holds what is wanted. */
static inline void check_return(const struct skin *skin, size_t row, const char *message,
                                const char *wanted, const char *key, const char *before,
                                const char *after) {
    struct buf chat = BUF_INIT(1 << 16), answer = BUF_INIT(1 << 16), body = BUF_INIT(1 << 16);
    struct buf again = BUF_INIT(1 << 16);
    struct err e = ERR_INIT;
    buf_addf(&chat, "{'choices':[{'message':{%s},'finish_reason':'stop'}]}", message);
    assert_int_equal(skin_answer(skin, json_of(chat.p), &skin_test_facts, &answer, &e), CHELA_OK);
    struct doc *d = parsed(buf_str(&answer));
    buf_add(&body, str_c(before));
    doc_write_json(d, doc_get(d, doc_root(d), str_c(key)), &body);
    buf_add(&body, str_c(after));
    doc_free(d);
    d = parsed(buf_str(&body));
    const struct skin_target to = { .openrouter = true };
    assert_int_equal(skin->request(d, &to, &again, &e), CHELA_OK);
    if (!str_has(buf_str(&again), json_of(wanted))) fail_msg("case %zu: %s", row, again.p);
    doc_free(d);
    buf_free(&chat);
    buf_free(&answer);
    buf_free(&body);
    buf_free(&again);
}

static inline void check_reasoning(const struct skin *skin, const char *key, const char *before,
                                   const char *after) {
    static const char calls[] =
        "'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{}'},"
        "'extra_content':{'google':{'thought_signature':'A+/='}}},{'id':'b','type':'function',"
        "'function':{'name':'f','arguments':'{}'}}]";
    size_t count = sizeof reasoning_items / sizeof reasoning_items[0];
    for (size_t i = 0; i < count; i++) {
        struct buf message = BUF_INIT(1 << 16);
        buf_addf(&message, "'content':'x','reasoning_details':[%s]", reasoning_items[i]);
        check_return(skin, i, message.p, reasoning_items[i], key, before, after);
        buf_free(&message);
    }
    check_return(skin, count, calls, calls, key, before, after);
}

/* The seal of a JSON text, as the client has it. */
static inline str seal_of(const char *quoted) {
    struct buf out = BUF_INIT(1 << 16);
    str json = json_of(quoted);
    seal_write(&out, json);
    return (str){ out.p, out.n };
}

#endif
