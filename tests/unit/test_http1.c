/* The parsers of requests and responses: what they accept, what they refuse, and that pieces change
 * nothing. */
#include "server/http1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX = 4096 };

static struct http1_request r;
static struct http1_error error;

/* 0: complete; -1: more is needed; else the status it was refused with. */
static int parse(str bytes, size_t max) {
    struct http1_scan scan = { 0 };
    size_t used;
    error = (struct http1_error){ 0 };
    switch (http1_head(&scan, bytes, max, &r, &used, &error)) {
    case HTTP1_DONE: assert_true(used <= bytes.n); return 0;
    case HTTP1_MORE: return -1;
    default: assert_non_null(error.why); return error.status;
    }
}

/* The same bytes one after the other, each time in memory of exactly their size. */
static int parse_in_pieces(str bytes, size_t step, size_t max, size_t *used) {
    struct http1_scan scan = { 0 };
    for (size_t n = 0;;) {
        n = n + step < bytes.n ? n + step : bytes.n;
        char *copy = malloc(n ? n : 1);
        memcpy(copy, bytes.p, n);
        enum http1_result got = http1_head(&scan, (str){ copy, n }, max, &r, used, &error);
        if (got == HTTP1_DONE) { /* slices must point into the last copy: read them all */
            size_t sum = r.method.n + r.target.n;
            for (size_t i = 0; i < r.header_count; i++) {
                str name = r.header[i].name, value = r.header[i].value;
                assert_true(name.p >= copy && name.p + name.n <= copy + n);
                assert_true(value.n == 0 || (value.p >= copy && value.p + value.n <= copy + n));
                sum += name.n + value.n;
            }
            assert_true(sum <= n);
        }
        free(copy);
        if (got == HTTP1_DONE) return 0;
        if (got == HTTP1_ERROR) return error.status;
        if (n == bytes.n) return -1;
    }
}

/* Returns how many bytes it wrote. */
static size_t place(char *dst, str s) {
    memcpy(dst, s.p, s.n);
    return s.n;
}

static void assert_str(str s, const char *text) {
    if (!str_eq(s, str_c(text))) fail_msg("'%.*s' is not '%s'", STR_ARG(s), text);
}

static void test_plain_request(void **state) {
    (void)state;
    str bytes =
        S("POST /api/v1/chat?a=b?c HTTP/1.1\r\nHost: openrouter.ai:8080\r\n"
          "Content-Length: 12\r\nX-Empty:\r\nX-Blank: \t a b \t\r\nCOOKIE: \xc3\xa9\r\n\r\nbody");
    struct http1_scan scan = { 0 };
    size_t used;
    assert_int_equal(http1_head(&scan, bytes, MAX, &r, &used, &error), HTTP1_DONE);
    assert_int_equal(used, bytes.n - 4);
    assert_str(r.method, "POST");
    assert_str(r.target, "/api/v1/chat?a=b?c");
    assert_str(r.path, "/api/v1/chat");
    assert_str(r.query, "a=b?c");
    assert_str(r.authority, "openrouter.ai:8080");
    assert_int_equal(r.form, HTTP1_ORIGIN);
    assert_int_equal(r.framing.minor, 1);
    assert_true(r.framing.keep_alive && r.framing.has_length && !r.framing.chunked &&
                !r.expect_continue);
    assert_int_equal(r.framing.length, 12);
    assert_int_equal(r.header_count, 5);
    assert_str(http1_header(&r, S("x-empty")), "");
    assert_str(http1_header(&r, S("X-BLANK")), "a b");
    assert_str(http1_header(&r, S("cookie")), "\xc3\xa9");
    assert_str(http1_header(&r, S("absent")), "");
}

struct verdict {
    const char *bytes;
    int status;
};

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"

static const struct verdict verdicts[] = {
    /* accepted */
    { GET "\r\n", 0 },
    { "\r\n\r\n" GET "\r\n", 0 },
    { "GET / HTTP/1.0\r\n\r\n", 0 },
    { "GET / HTTP/1.7\r\nHost:\r\n\r\n", 0 },
    { "M-SEARCH * HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0 },
    { "CONNECT openrouter.ai:443 HTTP/1.1\r\nHost: openrouter.ai:443\r\n\r\n", 0 },
    { "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n", 0 },
    { "GET http://openrouter.ai/api/v1/models HTTP/1.1\r\nHost: x\r\n\r\n", 0 },
    { GET "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 0 },
    { GET "Transfer-Encoding: Chunked\r\n\r\n", 0 },
    { GET "Content-Length: 007\r\n\r\n", 0 },
    /* not yet */
    { "", -1 },
    { "\r\n", -1 },
    { "GE", -1 },
    { GET, -1 },
    { GET "\r", -1 },
    /* smuggling */
    { GET "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { GET "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n", 400 },
    { GET "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400 },
    { GET "Content-Length: 5, 5\r\n\r\n", 400 },
    { GET "Content-Length: +5\r\n\r\n", 400 },
    { GET "Content-Length: -5\r\n\r\n", 400 },
    { GET "Content-Length: 0x5\r\n\r\n", 400 },
    { GET "Content-Length: 5 5\r\n\r\n", 400 },
    { GET "Content-Length:\r\n\r\n", 400 },
    { GET "Content-Length: 99999999999999999999\r\n\r\n", 413 },
    { GET "Content-Length: 9999999999999999999x\r\n\r\n", 400 },
    { GET "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { GET "Transfer-Encoding: gzip, chunked\r\n\r\n", 501 },
    { GET "Transfer-Encoding: chunked, identity\r\n\r\n", 501 },
    { GET "Transfer-Encoding: xchunked\r\n\r\n", 501 },
    { GET "Transfer-Encoding:\r\n\r\n", 501 },
    { "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { GET "Transfer-Encoding : chunked\r\n\r\n", 400 },
    { GET "X: a\r\n folded\r\n\r\n", 400 },
    { GET "X: a\r\n\tfolded\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n", 400 },
    { "GET / HTTP/1.1\nHost: a\n\n", 400 },
    { GET "X: a\n\r\n", 400 },
    { GET "\n", 400 },
    { GET "X: a\rb\r\n\r\n", 400 },
    { GET "X: a\r\r\n\r\n", 400 },
    { GET "X: \x01\r\n\r\n", 400 },
    { GET "X: \x7f\r\n\r\n", 400 },
    { GET ": a\r\n\r\n", 400 },
    { GET "no colon\r\n\r\n", 400 },
    { GET "X\xc3\xa9: a\r\n\r\n", 400 },
    { GET "X[]: a\r\n\r\n", 400 },
    /* host */
    { "GET / HTTP/1.1\r\n\r\n", 400 },
    { GET "Host: a\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nHost: me@a\r\n\r\n", 400 },
    /* request line */
    { "\x16\x03\x01", 400 },
    { "\n", 400 },
    { " GET / HTTP/1.1\r\n", 400 },
    { "\rGET / HTTP/1.1\r\n", 400 },
    { "GET / HTTP/1.1 \r\n", 400 },
    { "GET  / HTTP/1.1\r\n", 400 },
    { "GET /  HTTP/1.1\r\n", 400 },
    { "GET /a b HTTP/1.1\r\n", 400 },
    { "GET /\xc3\xa9 HTTP/1.1\r\n", 400 },
    { "GET /#a HTTP/1.1\r\n", 400 },
    { "GET /\r\n", 400 },
    { "GET\r\n", 400 },
    { "G@T / HTTP/1.1\r\n", 400 },
    { "GET / http/1.1\r\n", 400 },
    { "GET / HTTP/11\r\n", 400 },
    { "GET / HTTP/1.11\r\n", 400 },
    { "GET / HTTP/2.0\r\n", 505 },
    { "GET / HTTP/0.9\r\n", 505 },
    { "PRI * HTTP/2.0\r\n\r\n", 505 },
    { "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH / HTTP/1.1\r\n", 501 },
    { "GET a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "GET http://me@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "CONNECT :443 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "CONNECT a:0 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "CONNECT a:65536 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "CONNECT a:443/x HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
};

static void test_verdicts_whole_and_at_every_split(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        str bytes = str_c(verdicts[i].bytes);
        int got = parse(bytes, MAX);
        if (got != verdicts[i].status)
            fail_msg("%s: %d (%s), not %d", verdicts[i].bytes, got, error.why ? error.why : "",
                     verdicts[i].status);
        size_t used;
        for (size_t step = 1; step <= bytes.n; step++) {
            got = parse_in_pieces(bytes, step, MAX, &used);
            if (got != verdicts[i].status)
                fail_msg("%s by %zu: %d, not %d", verdicts[i].bytes, step, got, verdicts[i].status);
            if (got == 0) assert_int_equal(used, bytes.n);
        }
    }
}

static void test_nul_is_refused_everywhere(void **state) {
    (void)state;
    const char text[] = GET "X-Name: some value\r\n\r\n";
    for (size_t i = 0; i < sizeof text - 2; i++) { /* a NUL for the last LF: the line is not over */
        char copy[sizeof text];
        memcpy(copy, text, sizeof text);
        copy[i] = '\0';
        assert_int_equal(parse((str){ copy, sizeof text - 1 }, MAX), 400);
    }
}

static void test_limits(void **state) {
    (void)state;
    char bytes[3000];
    str line = S("GET /");
    memset(bytes, 'a', sizeof bytes);
    place(bytes, line);
    assert_int_equal(parse((str){ bytes, 999 }, 1000), -1);
    assert_int_equal(parse((str){ bytes, 1000 }, 1000), 414);
    assert_int_equal(parse((str){ bytes, sizeof bytes }, 1000), 414);

    str get = S(GET "X: ");
    place(bytes, get);
    place(bytes + 1000 - 4, S("\r\n\r\n"));
    assert_int_equal(parse((str){ bytes, 1000 }, 1000), 0);
    assert_int_equal(parse((str){ bytes, 1000 }, 999), 431);
    assert_int_equal(parse((str){ bytes, 998 }, 999), -1);
    size_t used;
    assert_int_equal(parse_in_pieces((str){ bytes, 1000 }, 7, 1000, &used), 0);
    assert_int_equal(parse_in_pieces((str){ bytes, 1000 }, 7, 999, &used), 431);

    size_t n = get.n - 3;
    for (unsigned i = 0; i < HTTP1_MAX_HEADERS - 1; i++) n += place(bytes + n, S("a:b\r\n"));
    place(bytes + n, S("\r\n"));
    assert_int_equal(parse((str){ bytes, n + 2 }, MAX), 0);
    assert_int_equal(r.header_count, HTTP1_MAX_HEADERS);
    place(bytes + n, S("a:b\r\n\r\n"));
    assert_int_equal(parse((str){ bytes, n + 7 }, MAX), 431);
}

static void test_connection_and_expect(void **state) {
    (void)state;
    assert_int_equal(parse(S(GET "Connection: foo , Close\r\n\r\n"), MAX), 0);
    assert_false(r.framing.keep_alive);
    assert_int_equal(parse(S("GET / HTTP/1.0\r\n\r\n"), MAX), 0);
    assert_false(r.framing.keep_alive);
    assert_int_equal(parse(S("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), MAX), 0);
    assert_true(r.framing.keep_alive);
    assert_int_equal(
        parse(S("GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n"), MAX), 0);
    assert_false(r.framing.keep_alive);
    assert_int_equal(parse(S(GET "Expect: 100-Continue\r\n\r\n"), MAX), 0);
    assert_true(r.expect_continue && !r.expect_unknown);
    assert_int_equal(parse(S("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"), MAX), 0);
    assert_false(r.expect_continue);
    assert_int_equal(parse(S(GET "Expect: tea\r\n\r\n"), MAX), 0);
    assert_true(r.expect_unknown);
}

static void test_target_forms(void **state) {
    (void)state;
    parse(S("GET HTTPS://openrouter.ai:443/api?x HTTP/1.1\r\nHost: other\r\n\r\n"), MAX);
    assert_int_equal(r.form, HTTP1_ABSOLUTE);
    assert_str(r.authority, "openrouter.ai:443");
    assert_str(r.path, "/api");
    assert_str(r.query, "x");
    parse(S("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"), MAX);
    assert_str(r.path, "/");
    parse(S("GET http://a?q HTTP/1.1\r\nHost: a\r\n\r\n"), MAX);
    assert_str(r.path, "/");
    assert_str(r.query, "q");
    parse(S("CONNECT a:443 HTTP/1.1\r\nHost: b\r\n\r\n"), MAX);
    assert_int_equal(r.form, HTTP1_AUTHORITY);
    assert_str(r.authority, "a:443");
}

/* ---- chunked ---- */

/* Decodes in pieces of `step`; text receives the data. As parse(): 0, -1 or the status. */
static int decode(str in, size_t step, char *text, size_t *used) {
    struct http1_chunked c = { 0 };
    size_t n = 0;
    *used = 0;
    text[0] = '\0';
    while (*used < in.n) {
        str part = str_head(str_skip(in, *used), step), data;
        size_t taken;
        enum http1_result got = http1_chunk(&c, part, &taken, &data, &error);
        assert_true(taken <= part.n);
        assert_true(got != HTTP1_MORE || taken > 0);
        if (data.n) memcpy(text + n, data.p, data.n);
        n += data.n;
        text[n] = '\0';
        *used += taken;
        if (got == HTTP1_DONE) return 0;
        if (got == HTTP1_ERROR) return error.status;
    }
    return -1;
}

static const struct {
    const char *in;
    int status;
    const char *data, *rest;
} chunked[] = {
    { "0\r\n\r\n", 0, "", "" },
    { "5\r\nhello\r\n0\r\n\r\nGET", 0, "hello", "GET" },
    { "005\r\nhello\r\nA;ext=\"1\"\r\n0123456789\r\n0\r\n\r\n", 0, "hello0123456789", "" },
    { "3 \r\nabc\r\n00\r\nX-Sum: 1\r\nY:\r\n\r\nrest", 0, "abc", "rest" },
    { "5\r\nhel", -1, "hel", NULL },
    { "5\r\nhello\r\n0\r\n", -1, "hello", NULL },
    { "0\r\nX: 1\r\n", -1, "", NULL },
    { "\r\n", 400, "", NULL },
    { "x\r\n", 400, "", NULL },
    { "-1\r\n", 400, "", NULL },
    { "0x5\r\nhello\r\n", 400, "", NULL },
    { "5\nhello\r\n0\r\n\r\n", 400, "", NULL },
    { "5\r\nhello!\r\n0\r\n\r\n", 400, "hello", NULL },
    { "5\r\nhello\n0\r\n\r\n", 400, "hello", NULL },
    { "5\r\nhello\r0\r\n\r\n", 400, "hello", NULL },
    { "5;a\x01\r\nhello\r\n0\r\n\r\n", 400, "", NULL },
    { "5;a\nhello\r\n0\r\n\r\n", 400, "", NULL },
    { "0\r\n X: folded\r\n\r\n", 400, "", NULL },
    { "0\r\n: no name\r\n\r\n", 400, "", NULL },
    { "0\r\nno colon\r\n\r\n", 400, "", NULL },
    { "0\r\nX: 1\n\r\n", 400, "", NULL },
    { "0\r\n\rX", 400, "", NULL },
    { "10000000000000000\r\n", 400, "", NULL },
    { "0000000000000000f\r\n", 400, "", NULL },
};

static void test_chunked_bodies(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof chunked / sizeof chunked[0]; i++) {
        str in = str_c(chunked[i].in);
        for (size_t step = 1; step <= in.n; step++) {
            char text[256];
            size_t used;
            int got = decode(in, step, text, &used);
            if (got != chunked[i].status)
                fail_msg("%s by %zu: %d, not %d", chunked[i].in, step, got, chunked[i].status);
            assert_string_equal(text, chunked[i].data);
            if (got == 0) assert_string_equal(in.p + used, chunked[i].rest);
        }
    }
}

static void test_chunk_overhead_is_bounded(void **state) {
    (void)state;
    struct http1_chunked c = { 0 };
    char ext[1100] = "1;";
    memset(ext + 2, 'x', 1024);
    place(ext + 1026, S("\r\na\r\n"));
    enum http1_result got = HTTP1_MORE;
    unsigned chunks = 0;
    for (; chunks < 100 && got != HTTP1_ERROR; chunks++)
        for (str in = { ext, 1031 }; in.n && got != HTTP1_ERROR;) {
            size_t used;
            str data;
            got = http1_chunk(&c, in, &used, &data, &error);
            in = str_skip(in, used);
        }
    assert_int_equal(error.status, 431);
    assert_true(chunks > 10 && chunks < 20);
}

static const struct {
    const char *head;
    int verdict; /* 0: good; else the error's status */
    int status;
    const char *framing; /* k: keep-alive, c: chunked, l: a length, n: no body */
} responses[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 0, 200, "kl" },
    { "HTTP/1.1 200 \r\nTransfer-Encoding: Chunked\r\n\r\n", 0, 200, "kc" },
    { "HTTP/1.1 200\r\n\r\n", 0, 200, "k" },
    { "\r\nHTTP/1.0 404 Not\tFound \xe9\r\n\r\n", 0, 404, "" },
    { "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n", 0, 200, "k" },
    { "HTTP/1.1 200 OK\r\nConnection: x, close\r\n\r\n", 0, 200, "" },
    { "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 0, 304, "kln" },
    { "HTTP/1.1 103 Early Hints\r\n\r\n", 0, 103, "kn" },
    { "HTTP/1.1 204 No\r\n\r\n", 0, 204, "kn" },
    { "HTTP/2 200\r\n\r\n", 400, 0, NULL },
    { "HTTP/2.0 200 OK\r\n\r\n", 505, 0, NULL },
    { "HTTP/1.1 20 OK\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 2000\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 099 No\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 200OK\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 200 a\x01\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 200 OK\n\r\n", 400, 0, NULL },
    { "ICY 200 OK\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 200 OK\r\nA: 1\r\n folded\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, 0, NULL },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501, 0, NULL },
    { "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 400, 0, NULL },
};

static void test_responses_whole_and_at_every_split(void **state) {
    (void)state;
    static struct http1_response a;
    for (size_t i = 0; i < sizeof responses / sizeof responses[0]; i++) {
        str in = str_c(responses[i].head);
        for (size_t step = 1; step <= in.n; step++) {
            struct http1_scan scan = { 0 };
            enum http1_result got = HTTP1_MORE;
            size_t used = 0;
            error = (struct http1_error){ 0 };
            for (size_t n = 0; n < in.n && got == HTTP1_MORE;) {
                n = n + step < in.n ? n + step : in.n;
                got = http1_response_head(&scan, str_head(in, n), MAX, &a, &used, &error);
            }
            if (error.status != responses[i].verdict)
                fail_msg("%s by %zu: %d", responses[i].head, step, error.status);
            if (error.status) continue;
            char framing[8];
            snprintf(framing, sizeof framing, "%s%s%s%s", a.framing.keep_alive ? "k" : "",
                     a.framing.chunked ? "c" : "", a.framing.has_length ? "l" : "",
                     a.bodyless ? "n" : "");
            assert_string_equal(framing, responses[i].framing);
            assert_int_equal(a.status, responses[i].status);
            assert_int_equal(used, in.n);
        }
    }
    struct http1_scan scan = { 0 };
    size_t used;
    str in = S("HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\n\r\nbody");
    assert_int_equal(http1_response_head(&scan, in, MAX, &a, &used, &error), HTTP1_DONE);
    assert_str(http1_response_header(&a, S("x-A")), "1");
    assert_int_equal(used, in.n - 4);
    assert_int_equal(http1_response_head(&scan, in, 20, &a, &used, &error), HTTP1_ERROR);
}

static void test_lists(void **state) {
    (void)state;
    str rest = S(" a,, b ,"), item;
    assert_true(http1_list_next(&rest, &item));
    assert_str(item, "a");
    assert_true(http1_list_next(&rest, &item));
    assert_str(item, "b");
    assert_false(http1_list_next(&rest, &item));
}

static void test_when_to_come_again(void **state) {
    (void)state;
    static const struct {
        const char *headers;
        double seconds;
    } rows[] = {
        { "A: b\r\n", -1 },
        { "Retry-After: 7\r\n", 7 },
        { "Retry-After: 7\r\nRetry-After-Ms: 1500\r\n", 1.5 },
        { "Retry-After: -7\r\n", -1 },
        { "Retry-After: soon\r\n", -1 },
        { "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n",
          30 },
        { "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:07 GMT\r\n",
          0 },
        { "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 0 },
        { "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT+1\r\n", -1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct http1_response a;
        struct http1_scan scan = { 0 };
        char head[400];
        size_t used = 0;
        snprintf(head, sizeof head, "HTTP/1.1 429 Slow\r\n%s\r\n", rows[i].headers);
        assert_int_equal(http1_response_head(&scan, str_c(head), MAX, &a, &used, &error),
                         HTTP1_DONE);
        double seconds = http1_retry_after(&a);
        if (seconds < rows[i].seconds || seconds > rows[i].seconds)
            fail_msg("%s: %g", rows[i].headers, seconds);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_request),
        cmocka_unit_test(test_verdicts_whole_and_at_every_split),
        cmocka_unit_test(test_nul_is_refused_everywhere),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_connection_and_expect),
        cmocka_unit_test(test_target_forms),
        cmocka_unit_test(test_chunked_bodies),
        cmocka_unit_test(test_chunk_overhead_is_bounded),
        cmocka_unit_test(test_responses_whole_and_at_every_split),
        cmocka_unit_test(test_when_to_come_again),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
