/* The server on real sockets: framing, order, limits, time, back-pressure, leaving and draining. */
#include "server_fixture.h"

static struct fixture f;
static atomic_uint requests;
static atomic_size_t flooded; /* bytes that the /flood handler has written */
static atomic_bool gone;      /* a `closed` callback ran */
static atomic_int last_status;
static atomic_bool last_whole;

enum { FLOOD = 48 << 20, PIECE = 10000 };

static void on_gone(struct exchange *x) {
    (void)x;
    atomic_store(&gone, true);
}

static unsigned char pattern(size_t i) {
    return (unsigned char)(i * 7 + i / 251);
}

static void flood(struct exchange *x) {
    char piece[PIECE];
    for (;;) {
        size_t at = atomic_load(&flooded), n = FLOOD - at < PIECE ? FLOOD - at : PIECE;
        if (n == 0) {
            exchange_end(x);
            return;
        }
        for (size_t i = 0; i < n; i++) piece[i] = (char)pattern(at + i);
        bool room = exchange_write(x, (str){ piece, n });
        atomic_store(&flooded, at + n);
        if (!room) return;
    }
}

static void say_late(struct exchange *x) {
    exchange_answer(x, 200, S("text/plain"), S("late"));
}

static void tick(struct exchange *x) {
    exchange_write(x, S("data: tick\n\n"));
    exchange_after(x, 20, tick);
}

static void never(struct exchange *x) {
    exchange_answer(x, 500, S("text/plain"), S("the timer was not replaced"));
}

static void on_request(void *ctx, struct exchange *x) {
    (void)ctx;
    const struct server_request *r = exchange_request(x);
    atomic_fetch_add(&requests, 1);
    exchange_on_closed(x, on_gone);
    if (str_eq(r->path, S("/echo"))) {
        exchange_answer(x, 200, S("text/plain"), r->body);
    } else if (str_eq(r->path, S("/late"))) {
        exchange_after(x, 1, never);
        exchange_after(x, 100, say_late);
    } else if (str_eq(r->path, S("/parts"))) {
        struct server_header type = { S("Content-Type"), S("text/event-stream") };
        exchange_head(x, 200, &type, 1, -1);
        exchange_write(x, S("one"));
        exchange_write(x, S(""));
        exchange_write(x, S("two"));
        exchange_end(x);
        if (exchange_write(x, S("after the end"))) abort();
    } else if (str_eq(r->path, S("/ticks"))) {
        exchange_head(x, 200, NULL, 0, -1);
        tick(x);
    } else if (str_eq(r->path, S("/flood"))) {
        atomic_store(&flooded, 0);
        exchange_on_drained(x, flood);
        exchange_head(x, 200, NULL, 0, str_eq(r->query, S("chunked")) ? -1 : FLOOD);
        flood(x);
    } else if (str_eq(r->path, S("/large"))) {
        char *large = calloc(1, 64 << 10);
        exchange_answer(x, 200, S("text/plain"), (str){ large, 64 << 10 });
        free(large);
    } else if (str_eq(r->path, S("/none"))) {
        exchange_head(x, 204, NULL, 0, -1);
        exchange_end(x);
    } else if (str_eq(r->path, S("/short"))) {
        exchange_head(x, 200, NULL, 0, 10);
        exchange_write(x, S("12345"));
        exchange_end(x);
    } else if (str_eq(r->path, S("/long"))) {
        exchange_head(x, 200, NULL, 0, 5);
        exchange_write(x, S("123"));
        exchange_write(x, S("45678"));
        exchange_end(x);
    } else if (str_eq(r->path, S("/abort"))) {
        exchange_head(x, 200, NULL, 0, -1);
        exchange_write(x, S("half"));
        exchange_abort(x);
    } else if (str_eq(r->path, S("/headers"))) {
        const struct server_header headers[] = {
            { S("X-Good"), S("yes") },       { S("X-Bad"), S("a\r\nX-Injected: b") },
            { S("X Bad"), S("name") },       { S("Content-Length"), S("99") },
            { S("Connection"), S("close") },
        };
        exchange_head(x, 200, headers, 5, 2);
        exchange_write(x, S("ok"));
        exchange_end(x);
    } else if (str_eq(r->path, S("/inspect"))) {
        str text = arena_printf(r->arena, "%.*s|%.*s|%.*s|%.*s|%zu|%.*s", STR_ARG(r->method),
                                STR_ARG(r->target), STR_ARG(r->path), STR_ARG(r->query),
                                r->header_count, STR_ARG(exchange_header(x, S("x-test"))));
        exchange_answer(x, 200, S("text/plain"), text);
    } else if (!str_eq(r->path, S("/hang"))) {
        exchange_fail(x, 404, S("no such path"));
    }
}

static void on_report(void *ctx, const struct server_report *r) {
    (void)ctx;
    atomic_store(&last_status, r->status);
    atomic_store(&last_whole, r->whole);
}

static const struct server_handler handler = { NULL, on_request };

static int dial(void) {
    int fd = dial_port(f.port);
    assert_true(fd >= 0);
    return fd;
}

static int set_up_sending(uint64_t send_ms) {
    f.limits = server_default_limits;
    f.limits.max_header = 4096;
    f.limits.max_body = 1 << 20;
    f.limits.header_ms = 300;
    f.limits.body_ms = 300;
    f.limits.idle_ms = 1500;
    f.limits.send_ms = send_ms;
    f.limits.drain_ms = 1500;
    f.limits.max_connections = 8;
    atomic_store(&requests, 0);
    atomic_store(&gone, false);
    f.report = on_report;
    fixture_start(&f, &handler, NULL);
    return 0;
}

static int set_up(void **state) {
    (void)state;
    return set_up_sending(10000);
}

static int set_up_hasty(void **state) {
    (void)state;
    return set_up_sending(400);
}

static int tear_down(void **state) {
    (void)state;
    fixture_stop(&f);
    return 0;
}

static void ask(struct answer *a, int fd, str bytes) {
    put(fd, bytes);
    take(a, fd, false);
}

/* One request on a connection of its own. */
static void ask_once(struct answer *a, str bytes) {
    int fd = dial();
    answer_init(a);
    ask(a, fd, bytes);
    close(fd);
}

#define HOST " HTTP/1.1\r\nHost: a\r\n"

/* ---- framing and order ---- */

static void test_keep_alive(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    for (int i = 0; i < 3; i++) {
        ask(&a, fd, S("POST /echo" HOST "Content-Length: 5\r\n\r\nhello"));
        assert_int_equal(a.status, 200);
        assert_text(a.body, "hello");
        assert_text(answer_header(&a, S("content-type")), "text/plain");
        assert_text(answer_header(&a, S("connection")), "");
        assert_int_equal(answer_header(&a, S("date")).n, 29);
    }
    ask(&a, fd, S("POST /echo" HOST "Connection: close\r\nContent-Length: 3\r\n\r\nbye"));
    assert_text(a.body, "bye");
    assert_text(answer_header(&a, S("connection")), "close");
    assert_ended(&a, fd);
    close(fd);
    answer_free(&a);
}

static void test_pipelined_requests_are_answered_in_order(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    put(fd, S("POST /echo" HOST "Content-Length: 1\r\n\r\n1"
              "GET /late" HOST "\r\n"
              "GET /parts" HOST "\r\n"
              "POST /echo" HOST "Transfer-Encoding: chunked\r\n\r\n2\r\n44\r\n0\r\n\r\n"
              "POST /echo" HOST "Content-Length: 3\r\n\r\n5"));
    take(&a, fd, false);
    assert_text(a.body, "1");
    take(&a, fd, false);
    assert_text(a.body, "late");
    take(&a, fd, false);
    assert_text(a.body, "onetwo");
    take(&a, fd, false);
    assert_text(a.body, "44");
    ask(&a, fd, S("55"));
    assert_text(a.body, "555");
    close(fd);
    answer_free(&a);
}

static void test_bytes_one_by_one(void **state) {
    (void)state;
    str bytes = S("POST /echo" HOST "Transfer-Encoding: chunked\r\n\r\n"
                  "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"
                  "POST /echo" HOST "Content-Length: 4\r\n\r\nlast");
    struct answer a;
    answer_init(&a);
    int fd = dial();
    for (size_t i = 0; i < bytes.n; i++) {
        put(fd, str_head(str_skip(bytes, i), 1));
        if (i % 8 == 0) usleep(500);
    }
    take(&a, fd, false);
    assert_text(a.body, "abcde");
    take(&a, fd, false);
    assert_text(a.body, "last");
    close(fd);
    answer_free(&a);
}

static void test_large_bodies(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    char *body = malloc(1 << 20);
    for (size_t i = 0; i < 1 << 20; i++) body[i] = (char)pattern(i);
    for (int i = 0; i < 2; i++) {
        put(fd, S("POST /echo" HOST "Content-Length: 1048576\r\n\r\n"));
        put(fd, (str){ body, 100000 });
        usleep(10000);
        put(fd, (str){ body + 100000, (1 << 20) - 100000 });
        take(&a, fd, false);
        assert_int_equal(a.status, 200);
        assert_true(str_eq(a.body, (str){ body, 1 << 20 }));
    }
    free(body);
    close(fd);
    answer_free(&a);
}

static void test_what_the_handler_sees(void **state) {
    (void)state;
    struct answer a;
    ask_once(&a,
             S("GET http://openrouter.ai/inspect?a=b HTTP/1.1\r\nHost: b\r\nX-Test: 7\r\n\r\n"));
    assert_text(a.body, "GET|http://openrouter.ai/inspect?a=b|/inspect|a=b|2|7");
    answer_free(&a);
}

static void test_continue_is_sent_when_the_body_waits_for_it(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    ask(&a, fd, S("POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    assert_int_equal(a.status, 100);
    ask(&a, fd, S("hi"));
    assert_text(a.body, "hi");
    ask(&a, fd, S("POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"));
    assert_int_equal(a.status, 200); /* the body was there: no need to ask for it */
    ask(&a, fd, S("POST /echo" HOST "Expect: 100-continue\r\nContent-Length: 9999999\r\n\r\n"));
    assert_int_equal(a.status, 413);
    assert_ended(&a, fd);
    close(fd);
    answer_free(&a);
}

static void test_answers_without_body(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    put(fd, S("HEAD /late" HOST "\r\n"));
    take(&a, fd, true);
    assert_text(answer_header(&a, S("content-length")), "4");
    put(fd, S("HEAD /parts" HOST "\r\n"));
    take(&a, fd, true);
    assert_int_equal(a.status, 200);
    ask(&a, fd, S("GET /none" HOST "\r\n"));
    assert_int_equal(a.status, 204);
    assert_text(answer_header(&a, S("content-length")), "");
    assert_text(answer_header(&a, S("transfer-encoding")), "");
    ask(&a, fd, S("GET /parts" HOST "\r\n")); /* nothing of the above has leaked a byte */
    assert_text(a.body, "onetwo");
    close(fd);
    answer_free(&a);
}

static void test_http_1_0(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    ask(&a, fd, S("POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx"));
    assert_text(a.body, "x");
    assert_text(answer_header(&a, S("connection")), "keep-alive");
    ask(&a, fd, S("GET /parts HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    assert_text(answer_header(&a, S("transfer-encoding")), "");
    assert_text(answer_header(&a, S("connection")), "close");
    assert_text(a.body, "onetwo"); /* ended by the close */
    close(fd);
    answer_free(&a);
    ask_once(&a, S("GET /late HTTP/1.0\r\n\r\n"));
    assert_text(a.body, "late");
    assert_text(answer_header(&a, S("connection")), "close");
    answer_free(&a);
}

static void test_declared_length_is_kept(void **state) {
    (void)state;
    struct answer a;
    int fd = dial();
    answer_init(&a);
    ask(&a, fd, S("GET /long" HOST "\r\n"));
    assert_text(a.body, "12345");
    ask(&a, fd, S("GET /parts" HOST "\r\n")); /* and not a byte more */
    assert_text(a.body, "onetwo");
    close(fd);
    answer_free(&a);
    ask_once(&a, S("GET /short" HOST "\r\n"));
    assert_text(a.body, "12345");
    assert_false(a.whole);
    answer_free(&a);
    ask_once(&a, S("GET /abort" HOST "\r\n"));
    assert_text(a.body, "half");
    assert_false(a.whole);
    answer_free(&a);
    assert_false(atomic_load(&gone)); /* all of them were the handler's own doing */
}

static void test_headers_cannot_be_injected(void **state) {
    (void)state;
    struct answer a;
    ask_once(&a, S("GET /headers" HOST "\r\n"));
    assert_text(answer_header(&a, S("x-good")), "yes");
    assert_text(answer_header(&a, S("x-injected")), "");
    assert_text(answer_header(&a, S("content-length")), "2");
    assert_false(str_has(a.head, S("X Bad")));
    assert_false(str_has(a.head, S("99")));
    answer_free(&a);
}

static void test_answer_after_half_close(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    put(fd, S("POST /echo" HOST "Content-Length: 1\r\n\r\n1"
              "POST /echo" HOST "Content-Length: 1\r\n\r\n2"));
    shutdown(fd, SHUT_WR);
    take(&a, fd, false);
    assert_text(a.body, "1");
    take(&a, fd, false);
    assert_text(a.body, "2");
    assert_ended(&a, fd);
    close(fd);
    answer_free(&a);
}

/* Answers that do not fit into the buffers: the requests that wait meanwhile are not forgotten. */
static void test_large_answers_after_half_close(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    for (int i = 0; i < 40; i++) put(fd, S("GET /large" HOST "\r\n"));
    shutdown(fd, SHUT_WR);
    usleep(50000);
    for (int i = 0; i < 40; i++) {
        take(&a, fd, false);
        assert_int_equal(a.body.n, 64 << 10);
    }
    assert_ended(&a, fd);
    close(fd);
    answer_free(&a);
}

/* ---- refusals ---- */

static void test_refusals_are_json_and_close(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        int status;
    } rows[] = {
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { "\x16\x03\x01 hello", 400 },
        { "GET /" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
        { "POST /echo" HOST "Transfer-Encoding: chunked\r\n\r\nzz", 400 },
        { "POST /echo" HOST "Transfer-Encoding: gzip\r\n\r\n", 501 },
        { "GET / HTTP/3.0\r\n", 505 },
        { "POST /echo" HOST "Content-Length: 1048577\r\n\r\n", 413 },
        { "POST /echo" HOST "Transfer-Encoding: chunked\r\n\r\nffffffffffff\r\n", -1 },
        { "GET /" HOST "Expect: tea\r\n\r\n", 417 },
        { "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer a;
        answer_init(&a);
        int fd = dial();
        put(fd, str_c(rows[i].bytes));
        if (rows[i].status < 0) { /* a chunk that is larger than any body may be */
            char *body = calloc(1, 2 << 20);
            put(fd, (str){ body, 2 << 20 });
            free(body);
        }
        take(&a, fd, false);
        assert_int_equal(a.status, rows[i].status < 0 ? 413 : rows[i].status);
        assert_text(answer_header(&a, S("content-type")), "application/json");
        assert_text(answer_header(&a, S("connection")), "close");
        assert_true(str_starts(a.body, S("{\"error\":{\"message\":\"")));
        assert_true(str_has(a.body, S("\"metadata\":{")));
        assert_ended(&a, fd);
        close(fd);
        answer_free(&a);
    }
    assert_int_equal(atomic_load(&requests), 0);
}

static void ask_with_long_tail(struct answer *a, str start) {
    char text[6000];
    memset(text, 'a', sizeof text);
    memcpy(text, start.p, start.n);
    ask_once(a, (str){ text, sizeof text });
}

static void test_too_long_lines_and_heads(void **state) {
    (void)state;
    struct answer a;
    ask_with_long_tail(&a, S("GET /"));
    assert_int_equal(a.status, 414);
    answer_free(&a);
    ask_with_long_tail(&a, S("GET /" HOST "X: "));
    assert_int_equal(a.status, 431);
    answer_free(&a);
}

/* The answer must arrive although the client goes on sending what was refused. */
static void test_refusal_reaches_a_client_that_still_sends(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    char *body = calloc(1, 4 << 20);
    put(fd, S("POST /echo" HOST "Content-Length: 4194304\r\n\r\n"));
    put(fd, (str){ body, 4 << 20 });
    free(body);
    take(&a, fd, false);
    assert_int_equal(a.status, 413);
    assert_ended(&a, fd);
    close(fd);
    answer_free(&a);
}

static void test_too_many_connections(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fds[8];
    for (int i = 0; i < 8; i++) {
        fds[i] = dial();
        ask(&a, fds[i], S("GET /parts" HOST "\r\n"));
        assert_int_equal(a.status, 200);
        answer_free(&a);
        answer_init(&a);
    }
    int one_more = dial();
    take(&a, one_more, false);
    assert_int_equal(a.status, 503);
    assert_ended(&a, one_more);
    close(one_more);
    close(fds[0]);
    usleep(50000);
    fds[0] = dial();
    answer_free(&a);
    answer_init(&a);
    ask(&a, fds[0], S("GET /parts" HOST "\r\n"));
    assert_int_equal(a.status, 200);
    for (int i = 0; i < 8; i++) close(fds[i]);
    answer_free(&a);
}

/* ---- time ---- */

static void test_slow_head_and_body_time_out(void **state) {
    (void)state;
    str start_line = S("GET /parts" HOST "X-Slow: ");
    struct answer a;
    answer_init(&a);
    int fd = dial();
    int64_t start = clock_ms();
    put(fd, start_line);
    for (int i = 0; i < 200; i++) { /* always something new, never the end: 2 s */
        if (send(fd, "a", 1, MSG_NOSIGNAL) < 0) break;
        usleep(10000);
        if (recv(fd, (char[1]){ 0 }, 1, MSG_PEEK | MSG_DONTWAIT) == 1) break; /* an answer */
    }
    take(&a, fd, false);
    assert_int_equal(a.status, 408);
    assert_true(clock_ms() - start < 1500);
    close(fd);
    answer_free(&a);

    answer_init(&a);
    fd = dial();
    put(fd, S("POST /echo" HOST "Content-Length: 100\r\n\r\nabc"));
    for (int i = 0; i < 3; i++) { /* it may be slow, as long as it goes on */
        usleep(200000);
        put(fd, S("d"));
    }
    start = clock_ms();
    take(&a, fd, false);
    assert_int_equal(a.status, 408);
    assert_in_range(clock_ms() - start, 200, 2000);
    close(fd);
    answer_free(&a);
    assert_int_equal(atomic_load(&requests), 0);
}

static void test_idle_connections_are_closed(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial();
    int64_t start = clock_ms();
    assert_ended(&a, fd); /* never said a word: header_ms */
    assert_in_range(clock_ms() - start, 200, 1300);
    close(fd);
    fd = dial();
    ask(&a, fd, S("GET /parts" HOST "\r\n"));
    start = clock_ms();
    assert_ended(&a, fd); /* idle_ms */
    assert_in_range(clock_ms() - start, 1400, 8000);
    close(fd);
    answer_free(&a);
}

static void test_client_that_takes_nothing_is_cut(void **state) {
    (void)state;
    int fd = dial();
    put(fd, S("GET /flood" HOST "\r\n"));
    int64_t took = wait_for(&gone, 6000);
    assert_in_range(took, 300, 4000);
    close(fd);
}

/* ---- back-pressure ---- */

static void check_flood(str query) {
    struct answer a;
    answer_init(&a);
    int fd = dial();
    put(fd, S("GET /flood"));
    put(fd, query);
    put(fd, S(HOST "\r\n"));
    usleep(250000); /* take nothing: the handler must have been stopped */
    size_t before = atomic_load(&flooded);
    assert_in_range(before, SERVER_OUT_HIGH, 16 << 20);
    usleep(50000);
    assert_int_equal(atomic_load(&flooded), before);
    for (int i = 0; i < 5; i++) { /* slowly, but faster than send_ms */
        for (int k = 0; k < 40; k++) assert_true(answer_more(&a, fd) > 0);
        usleep(150000);
    }
    assert_true(atomic_load(&flooded) < FLOOD);
    take(&a, fd, false);
    assert_true(a.whole);
    assert_int_equal(a.body.n, FLOOD);
    for (size_t i = 0; i < FLOOD; i++)
        if ((unsigned char)a.body.p[i] != pattern(i)) fail_msg("byte %zu is wrong", i);
    assert_false(atomic_load(&gone));
    close(fd);
    answer_free(&a);
}

static void test_slow_reader_loses_nothing(void **state) {
    (void)state;
    check_flood(S(""));
    check_flood(S("?chunked"));
}

/* Requests without end from a client that reads no answers: reading stops, memory is bounded. */
static void test_requests_without_taking_answers(void **state) {
    (void)state;
    int fd = dial();
    char bytes[64 << 10];
    size_t n = 0;
    str one = S("GET /large" HOST "\r\n");
    while (n + one.n <= sizeof bytes) {
        memcpy(bytes + n, one.p, one.n);
        n += one.n;
    }
    struct timeval limit = { .tv_usec = 200000 };
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    size_t sent = 0;
    for (int i = 0; i < 2000; i++) {
        ssize_t k = send(fd, bytes, n, MSG_NOSIGNAL);
        if (k <= 0) break; /* the window is shut */
        sent += (size_t)k;
    }
    assert_true(sent < (size_t)2000 * n);
    unsigned count;
    do { /* until it rests */
        count = atomic_load(&requests);
        usleep(300000);
    } while (count != atomic_load(&requests));
    assert_in_range(count, 2, 150); /* × 64 KiB */
    assert_true(wait_for(&gone, 10) < 0);
    close(fd);
}

/* ---- leaving ---- */

static void test_disconnect_is_noticed(void **state) {
    (void)state;
    struct linger reset = { .l_onoff = 1, .l_linger = 0 };
    for (int kind = 0, tries = 0; kind < 4;) {
        atomic_store(&gone, false);
        struct answer a;
        answer_init(&a);
        int fd = dial();
        put(fd, kind < 2 ? S("GET /ticks" HOST "\r\n") : S("GET /hang" HOST "\r\n"));
        if (kind < 2)
            assert_true(answer_more(&a, fd) > 0);
        else
            usleep(20000);
        if (kind % 2) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
        int64_t took = wait_for(&gone, 1000);
        assert_int_equal(atomic_load(&last_status), kind < 2 ? 200 : 0);
        answer_free(&a);
        if (took > 200 && ++tries < 3) continue; /* a busy machine has three tries */
        assert_in_range(took, 0, 200);
        kind++;
        tries = 0;
    }
}

static void test_drain(void **state) {
    (void)state;
    struct answer idle, late, stream;
    answer_init(&idle), answer_init(&late), answer_init(&stream);
    int fd_idle = dial(), fd_late = dial(), fd_stream = dial();
    ask(&idle, fd_idle, S("GET /parts" HOST "\r\n"));
    put(fd_late, S("GET /late" HOST "\r\n"));
    put(fd_stream, S("GET /ticks" HOST "\r\n"));
    assert_true(answer_more(&stream, fd_stream) > 0);
    int64_t start = clock_ms();
    uv_async_send(&f.drain);
    assert_ended(&idle, fd_idle); /* nothing to wait for */
    assert_true(clock_ms() - start < 1000);
    assert_int_equal(dial_port(f.port), -1);
    take(&late, fd_late, false);
    assert_text(late.body, "late");
    assert_text(answer_header(&late, S("connection")), "close");
    assert_false(atomic_load(&f.drained));
    close(fd_late);
    assert_in_range(wait_for(&f.drained, 8000), 0, 8000); /* the endless one was cut */
    assert_true(atomic_load(&gone));
    close(fd_idle), close(fd_stream);
    answer_free(&idle), answer_free(&late), answer_free(&stream);
}

static void test_reports(void **state) {
    (void)state;
    struct answer a;
    ask_once(&a, S("GET /nowhere" HOST "\r\n"));
    assert_int_equal(a.status, 404);
    assert_text(a.body, "{\"error\":{\"message\":\"no such path\",\"code\":404,\"metadata\":"
                        "{\"error_type\":\"not_found\"}}}");
    answer_free(&a);
    assert_int_equal(atomic_load(&last_status), 404);
    assert_true(atomic_load(&last_whole));
    ask_once(&a, S("GET /abort" HOST "\r\n"));
    answer_free(&a);
    assert_false(atomic_load(&last_whole));
}

/* ---- opening ---- */

static void test_port_in_use_and_bad_hosts(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct server *s;
    assert_int_equal(server_open(&s, &f.loop, "127.0.0.1", f.port, NULL, &handler, &e),
                     CHELA_UNAVAILABLE);
    assert_true(str_has(str_c(e.message), S("in use")));
    assert_true(e.hint[0]);
    assert_null(s);
    assert_int_equal(server_open(&s, &f.loop, "localhost", 0, NULL, &handler, &e), CHELA_USAGE);
    assert_int_equal(server_open(&s, &f.loop, "::1", 70000, NULL, &handler, &e), CHELA_USAGE);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_keep_alive),
        CASE(test_pipelined_requests_are_answered_in_order),
        CASE(test_bytes_one_by_one),
        CASE(test_large_bodies),
        CASE(test_what_the_handler_sees),
        CASE(test_continue_is_sent_when_the_body_waits_for_it),
        CASE(test_answers_without_body),
        CASE(test_http_1_0),
        CASE(test_declared_length_is_kept),
        CASE(test_headers_cannot_be_injected),
        CASE(test_answer_after_half_close),
        CASE(test_large_answers_after_half_close),
        CASE(test_refusals_are_json_and_close),
        CASE(test_too_long_lines_and_heads),
        CASE(test_refusal_reaches_a_client_that_still_sends),
        CASE(test_too_many_connections),
        CASE(test_slow_head_and_body_time_out),
        CASE(test_idle_connections_are_closed),
        cmocka_unit_test_setup_teardown(test_client_that_takes_nothing_is_cut, set_up_hasty,
                                        tear_down),
        CASE(test_slow_reader_loses_nothing),
        CASE(test_requests_without_taking_answers),
        CASE(test_disconnect_is_noticed),
        CASE(test_drain),
        CASE(test_reports),
        CASE(test_port_in_use_and_bad_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
