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

/* The seal of a JSON text, as the client has it. */
static inline str seal_of(const char *quoted) {
    struct buf out = BUF_INIT(1 << 16);
    str json = json_of(quoted);
    seal_write(&out, json);
    return (str){ out.p, out.n };
}

#endif
