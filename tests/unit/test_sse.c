/* The events must not depend on how the bytes were cut: every case runs whole, byte by byte, and
 * with one cut at each position. */
#include "net/sse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LONGEST = 64 };

static enum chela_error collect(void *ctx, const struct sse_event *event, struct err *e) {
    (void)e;
    buf_addf(ctx, "<%.*s|%.*s>", STR_ARG(event->name), STR_ARG(event->data));
    return CHELA_OK;
}

/* Feeds text in two pieces, or (cut == SIZE_MAX) byte by byte; returns what came out. */
static enum chela_error run(str text, size_t cut, struct buf *out, unsigned long *comments) {
    struct sse s;
    sse_init(&s, LONGEST, out, collect);
    enum chela_error rc = CHELA_OK;
    if (cut == SIZE_MAX) {
        for (size_t i = 0; i < text.n && rc == CHELA_OK; i++)
            rc = sse_feed(&s, (str){ text.p + i, 1 }, NULL);
    } else {
        rc = sse_feed(&s, str_head(text, cut), NULL);
        if (rc == CHELA_OK) rc = sse_feed(&s, str_skip(text, cut), NULL);
    }
    if (rc == CHELA_OK) rc = sse_end(&s, NULL);
    *comments = s.comments;
    sse_free(&s);
    return rc;
}

static void check(str text, const char *expected, unsigned long comments, enum chela_error code) {
    for (size_t cut = 0; cut <= text.n + 1; cut++) {
        struct buf out = BUF_INIT(4096);
        unsigned long seen = 0;
        enum chela_error rc = run(text, cut > text.n ? SIZE_MAX : cut, &out, &seen);
        assert_int_equal(rc, code);
        if (!str_eq(buf_str(&out), str_c(expected)))
            fail_msg("cut at %zu: got %.*s, expected %s", cut, STR_ARG(buf_str(&out)), expected);
        if (code == CHELA_OK) assert_int_equal(seen, comments);
        buf_free(&out);
    }
}

static void line_ends(void **state) {
    (void)state;
    check(S("data: a\n\ndata: b\n\n"), "<|a><|b>", 0, CHELA_OK);
    check(S("data: a\r\n\r\ndata: b\r\n\r\n"), "<|a><|b>", 0, CHELA_OK);
    check(S("data: a\r\rdata: b\r\r"), "<|a><|b>", 0, CHELA_OK);
    check(S("data: a\r\ndata: b\r\n\r\n"), "<|a\nb>", 0, CHELA_OK);
    check(S("data: a\rdata: b\r\r"), "<|a\nb>", 0, CHELA_OK);
    check(S("data: a\r\n\rdata: b\n\r\n"), "<|a><|b>", 0, CHELA_OK);
    check(S("data: a\n\r\ndata: b\r\n\n"), "<|a><|b>", 0, CHELA_OK);
}

static void fields(void **state) {
    (void)state;
    check(S("data:a\ndata:  b\n\n"), "<|a\n b>", 0, CHELA_OK);
    check(S("event: error\ndata: x\nid: 7\nretry: 9\nnonsense\n\ndata: y\n\n"), "<error|x><|y>", 0,
          CHELA_OK);
    check(S("event: a\nevent: b\ndata: x\n\n"), "<b|x>", 0, CHELA_OK);
    check(S("data\n\n"), "<|>", 0, CHELA_OK);
    check(S("data\ndata\n\n"), "<|\n>", 0, CHELA_OK);
    check(S("data:\n\n"), "<|>", 0, CHELA_OK);
    check(S("Data: no\ndatax: no\n data: no\n\n"), "", 0, CHELA_OK);
    check(S("data: {\"a\":\"b:c\"}\n\n"), "<|{\"a\":\"b:c\"}>", 0, CHELA_OK);
    check(S("data: caf\xc3\xa9\n\n"), "<|caf\xc3\xa9>", 0, CHELA_OK);
}

static void comments_and_empty_events(void **state) {
    (void)state;
    check(S(": OPENROUTER PROCESSING\n\n:\n\ndata: a\n: between\ndata: b\n\n"), "<|a\nb>", 3,
          CHELA_OK);
    check(S("event: ping\n\ndata: a\n\n"), "<|a>", 1, CHELA_OK);
    check(S("\n\n\n\r\n\r"), "", 0, CHELA_OK);
    check(S(""), "", 0, CHELA_OK);
}

static void byte_order_mark(void **state) {
    (void)state;
    check(S("\xef\xbb\xbf"
            "data: a\n\n"),
          "<|a>", 0, CHELA_OK);
    check(S("data: a\n\n\xef\xbb\xbf"
            "data: b\n\n"),
          "<|a>", 0, CHELA_OK);
}

static void open_at_the_end(void **state) {
    (void)state;
    check(S("data: a\n\ndata: [DONE]"), "<|a><|[DONE]>", 0, CHELA_OK);
    check(S("data: [DONE]\n"), "<|[DONE]>", 0, CHELA_OK);
    check(S("data: [DONE]\r"), "<|[DONE]>", 0, CHELA_OK);
    check(S("data: a\n\n: bye"), "<|a>", 1, CHELA_OK);
    check(S("data: a\n\nevent: x"), "<|a>", 1, CHELA_OK);
}

static void limits(void **state) {
    (void)state;
    char text[512] = "data: first\n\n";
    size_t n = strlen(text);
    memset(text + n, 'x', LONGEST);
    memcpy(text + n, "data: ", 6);
    memcpy(text + n + LONGEST, "\n\n", 3);
    char expected[256];
    memset(expected, 'x', sizeof expected);
    memcpy(expected, "<|first><|", 10);
    memcpy(expected + 10 + LONGEST - 6, ">", 2);
    check(str_c(text), expected, 0, CHELA_OK); /* a line of exactly the limit */

    memcpy(text + n + LONGEST, "x\n\n", 4); /* one more */
    check(str_c(text), "<|first>", 0, CHELA_LIMIT);
    memset(text + n, ':', LONGEST + 1); /* a comment is no better */
    check(str_c(text), "<|first>", 0, CHELA_LIMIT);

    /* an event of many short lines */
    text[n] = '\0';
    for (int i = 0; i < 17; i++) memcpy(text + n + (size_t)i * 10, "data: 123\n", 11);
    check(str_c(text), "<|first>", 0, CHELA_LIMIT);
}

static enum chela_error refuse(void *ctx, const struct sse_event *event, struct err *e) {
    (void)event;
    ++*(int *)ctx;
    return err_set(e, CHELA_UPSTREAM, "enough");
}

static void callback_ends_it(void **state) {
    (void)state;
    int calls = 0;
    struct sse s;
    struct err e = ERR_INIT;
    sse_init(&s, LONGEST, &calls, refuse);
    assert_int_equal(sse_feed(&s, S("data: a\n\ndata: b\n\n"), &e), CHELA_UPSTREAM);
    assert_int_equal(calls, 1);
    assert_string_equal(e.message, "enough");
    sse_free(&s);
    sse_init(&s, LONGEST, &calls, refuse);
    assert_int_equal(sse_feed(&s, S("data: a"), &e), CHELA_OK);
    assert_int_equal(sse_end(&s, &e), CHELA_UPSTREAM);
    sse_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends),
        cmocka_unit_test(fields),
        cmocka_unit_test(comments_and_empty_events),
        cmocka_unit_test(byte_order_mark),
        cmocka_unit_test(open_at_the_end),
        cmocka_unit_test(limits),
        cmocka_unit_test(callback_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
