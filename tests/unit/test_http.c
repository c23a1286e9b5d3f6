/* http_run against a raw server: what is sent, what each failure is called, that nothing hangs, and
 * that a request never goes out twice. */
#include "net/http.h"

#include "base/clock.h"
#include "net/http_head.h"
#include "test_server.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>

#include <cmocka.h>

struct seen {
    int heads, status;
    double retry_after;
    char type[64], id[64], custom[64];
    struct buf body;
    enum chela_error head_rc, body_rc;
};

static enum chela_error see_head(void *ctx, const struct http_answer *a, struct err *e) {
    struct seen *s = ctx;
    s->heads++;
    s->status = a->status;
    s->retry_after = a->retry_after;
    str_copy(s->type, sizeof s->type, a->content_type);
    str_copy(s->id, sizeof s->id, a->request_id);
    str_copy(s->custom, sizeof s->custom, http_answer_header(a, S("x-custom")));
    return s->head_rc ? err_set(e, s->head_rc, "from on_head") : CHELA_OK;
}

static enum chela_error see_body(void *ctx, str piece, struct err *e) {
    struct seen *s = ctx;
    assert_int_equal(s->heads, 1);
    buf_add(&s->body, piece);
    return s->body_rc ? err_set(e, s->body_rc, "from on_body") : CHELA_OK;
}

static struct test_server server;
static char url[128];
static struct seen seen;
static struct http_outcome out;
static struct err err;

static struct http_request request(const char *scheme, const char *method) {
    snprintf(url, sizeof url, "%s://127.0.0.1:%d/v1/x?q=1", scheme, server.port);
    buf_free(&seen.body);
    seen = (struct seen){ .body = BUF_INIT(1 << 20) };
    err = (struct err)ERR_INIT;
    return (struct http_request){ .method = str_c(method),
                                  .url = str_c(url),
                                  .timeouts = { 3000, 3000, 3000, 0 },
                                  .max_body = 1 << 20,
                                  .ctx = &seen,
                                  .on_head = see_head,
                                  .on_body = see_body };
}

static void serve(const struct test_script *scripts, size_t count) {
    test_serve_scripts(&server, scripts, count);
}

static enum chela_error run(const struct http_request *r) {
    return http_run(r, &out, &err);
}

static void done(void) {
    http_close_idle();
    test_serve_end(&server);
}

/* One script, one plain request. */
static enum chela_error exchange(const struct test_script *script) {
    serve(script, 1);
    struct http_request r = request("http", "GET");
    enum chela_error rc = run(&r);
    done();
    return rc;
}

static void assert_message(const char *part) {
    if (!strstr(err.message, part)) fail_msg("\"%s\" is not in \"%s\"", part, err.message);
}

static void answer_is_read(void **state) {
    (void)state;
    const struct test_script s = {
        .answer = "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n"
                  "X-Request-Id:  abc \r\nX-CUSTOM: v\r\nContent-Length: 5\r\n\r\nhel",
        .more_ms = 20,
        .more = "lo",
    };
    assert_int_equal(exchange(&s), CHELA_OK);
    assert_int_equal(out.status, 200);
    assert_true(out.complete && out.request_sent && !out.permanent);
    assert_true(out.first_byte_ms >= 0 && out.total_ms >= out.first_byte_ms);
    assert_string_equal(seen.type, "text/event-stream");
    assert_string_equal(seen.id, "abc");
    assert_string_equal(seen.custom, "v");
    assert_true(str_eq(buf_str(&seen.body), S("hello")));
    assert_non_null(strstr(server.request[0], "GET /v1/x?q=1 HTTP/1.1\r\n"));
}

static void chunked_and_interim(void **state) {
    (void)state;
    const struct test_script s = {
        .answer = "HTTP/1.1 103 Early Hints\r\nX-Custom: not this\r\n\r\n"
                  "HTTP/1.1 404 Nope\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        .more_ms = 10,
        .more = "2\r\nde\r\n0\r\nX-Custom: trailer\r\n\r\n",
    };
    assert_int_equal(exchange(&s), CHELA_OK);
    assert_int_equal(seen.heads, 1);
    assert_int_equal(out.status, 404);
    assert_string_equal(seen.custom, "");
    assert_true(str_eq(buf_str(&seen.body), S("abcde")));
}

static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

static void post_is_sent(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok };
    serve(&s, 1);
    struct http_request r = request("http", "POST");
    struct secret key = { 0 };
    char origin[64];
    snprintf(origin, sizeof origin, "http://127.0.0.1:%d", server.port);
    assert_true(secret_set(&key, S("sk-or-v1-0123456789"), str_c(origin)));
    const struct http_header headers[] = { { STR_INIT("X-A"), STR_INIT("1") },
                                           { STR_INIT("X-Empty"), STR_INIT("") } };
    r.headers = headers;
    r.header_count = 2;
    r.bearer = &key;
    r.body = S("{\"a\":1}");
    assert_int_equal(run(&r), CHELA_OK);
    done();
    const char *q = server.request[0];
    assert_non_null(strstr(q, "POST /v1/x?q=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(q, "\r\nX-A: 1\r\n"));
    assert_non_null(strstr(q, "\r\nX-Empty:\r\n"));
    assert_non_null(strstr(q, "\r\nAuthorization: Bearer sk-or-v1-0123456789\r\n"));
    assert_non_null(strstr(q, "\r\n\r\n{\"a\":1}"));
    assert_null(strcasestr(q, "Expect:"));
    assert_null(strcasestr(q, "Accept-Encoding"));
    assert_null(strcasestr(q, "x-www-form"));
    secret_free(&key);
}

/* libcurl asks for permission before it sends more than a megabyte, and waits a second for it. */
static void large_body_goes_out_without_expect(void **state) {
    (void)state;
    static char body[1500000];
    memset(body, 'x', sizeof body);
    const struct test_script s = { .answer = ok };
    serve(&s, 1);
    struct http_request r = request("http", "POST");
    r.body = (str){ body, sizeof body };
    assert_int_equal(run(&r), CHELA_OK);
    done();
    assert_null(strcasestr(server.request[0], "Expect:"));
    assert_non_null(strstr(server.request[0], "Content-Length: 1500000"));
}

static void key_stays_at_home(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok };
    serve(&s, 1);
    struct http_request r = request("http", "GET");
    const char *const elsewhere[] = { "https://openrouter.ai", "http://127.0.0.1", "" };
    for (size_t i = 0; i < 3; i++) {
        struct secret key = { 0 };
        assert_true(secret_set(&key, S("sk-or-v1-0123456789"), str_c(elsewhere[i])));
        r.bearer = &key;
        assert_int_equal(run(&r), CHELA_INTERNAL);
        assert_false(out.request_sent);
        assert_null(strstr(err.message, "0123456789"));
        secret_free(&key);
    }
    assert_int_equal(server.connections, 0);
    r.bearer = NULL;
    assert_int_equal(run(&r), CHELA_OK);
    done();
    assert_null(strcasestr(server.request[0], "Authorization"));
}

static void user_info_is_not_sent(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok };
    serve(&s, 1);
    struct http_request r = request("http", "GET");
    snprintf(url, sizeof url, "http://me:secret@127.0.0.1:%d/p#f", server.port);
    r.url = str_c(url);
    assert_int_equal(run(&r), CHELA_OK);
    done();
    assert_non_null(strstr(server.request[0], "GET /p HTTP/1.1"));
    assert_null(strcasestr(server.request[0], "Authorization"));
    assert_null(strstr(server.request[0], "secret"));
}

static void redirect_is_an_answer(void **state) {
    (void)state;
    const struct test_script s = { .answer =
                                       "HTTP/1.1 307 Elsewhere\r\nLocation: http://x.invalid/\r\n"
                                       "Content-Length: 0\r\n\r\n" };
    assert_int_equal(exchange(&s), CHELA_OK);
    assert_int_equal(out.status, 307);
}

static void header_injection(void **state) {
    (void)state;
    struct http_request r = request("http", "GET");
    const struct http_header bad[] = { { STR_INIT("X-A"), STR_INIT("1\r\nX-B: 2") },
                                       { STR_INIT("X\nA"), STR_INIT("1") },
                                       { STR_INIT("X:A"), STR_INIT("1") },
                                       { STR_INIT(""), STR_INIT("1") } };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        r.headers = &bad[i];
        r.header_count = 1;
        assert_int_equal(run(&r), CHELA_INTERNAL);
        assert_false(out.request_sent);
    }
}

static void wrong_urls(void **state) {
    (void)state;
    struct http_request r = request("ftp", "GET");
    assert_int_equal(run(&r), CHELA_INPUT);
    assert_true(out.permanent);
    r = request("http", "BREW");
    assert_int_equal(run(&r), CHELA_INPUT);
}

/* ---- failures to connect ---- */

static void refused(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok };
    serve(&s, 0);
    done();
    struct http_request r = request("http", "GET");
    assert_int_equal(run(&r), CHELA_UNAVAILABLE);
    assert_false(out.request_sent || out.permanent);
    assert_int_equal(out.status, 0);
    assert_message("connection refused by 127.0.0.1:");
    assert_true(err.hint[0]);
}

static void unknown_host(void **state) {
    (void)state;
    struct http_request r = request("http", "GET");
    /* A label over 63 bytes is no name, so no resolver is asked. */
    r.url =
        S("http://xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.test/");
    assert_int_equal(run(&r), CHELA_UNAVAILABLE);
    assert_false(out.request_sent);
    assert_message("could not resolve host xxx");
}

static void tls_to_a_plain_port(void **state) {
    (void)state;
    const struct test_script s = { .deaf = true,
                                   .answer = "HTTP/1.1 400 no\r\n\r\n",
                                   .stall_ms = 100 };
    serve(&s, 1);
    struct http_request r = request("https", "GET");
    assert_int_equal(run(&r), CHELA_UNAVAILABLE);
    done();
    assert_false(out.request_sent);
    assert_true(out.permanent);
    assert_message("TLS: no secure connection to 127.0.0.1:");
}

static void certificates_file_is_missing(void **state) {
    (void)state;
    const struct test_script s = { .deaf = true };
    serve(&s, 1);
    struct http_request r = request("https", "GET");
    setenv("SSL_CERT_FILE", "/nonexistent/ca.pem", 1);
    enum chela_error rc = run(&r);
    unsetenv("SSL_CERT_FILE");
    done();
    assert_int_equal(rc, CHELA_UNAVAILABLE);
    assert_true(out.permanent);
    assert_message("/nonexistent/ca.pem");
}

static void proxy_is_down(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok };
    serve(&s, 0);
    done();
    char proxy[64];
    snprintf(proxy, sizeof proxy, "http://localhost:%d", server.port);
    setenv("http_proxy", proxy, 1);
    struct http_request r = request("http", "GET");
    r.url = S("http://openrouter.test/");
    enum chela_error rc = run(&r);
    unsetenv("http_proxy");
    assert_int_equal(rc, CHELA_UNAVAILABLE);
    assert_message("proxy");
    assert_false(out.request_sent);
}

/* ---- timers ---- */

/* The servers stall for five seconds: three is what a busy machine may add to a timer. */
enum { STALL = 5000, SLOWEST = 3000 };

static enum chela_error timed(const struct test_script *script, const char *scheme,
                              struct http_timeouts t, int64_t least) {
    serve(script, 1);
    struct http_request r = request(scheme, "GET");
    r.timeouts = t;
    int64_t start = clock_ms();
    enum chela_error rc = run(&r);
    int64_t took = clock_ms() - start;
    done();
    if (took < least || took > SLOWEST) fail_msg("took %d ms: %s", (int)took, err.message);
    return rc;
}

static void connect_timer(void **state) {
    (void)state;
    const struct test_script s = { .deaf = true, .stall_ms = STALL };
    assert_int_equal(timed(&s, "https", (struct http_timeouts){ .connect = 200 }, 190),
                     CHELA_TIMEOUT);
    assert_false(out.request_sent);
    assert_message("connecting to 127.0.0.1:");
}

static void first_byte_timer(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok, .wait_ms = STALL };
    assert_int_equal(timed(&s, "http", (struct http_timeouts){ 3000, 200, 5000, 0 }, 200),
                     CHELA_TIMEOUT);
    assert_true(out.request_sent);
    assert_int_equal(out.status, 0);
    assert_message("did not answer for 0.2 s");
}

static void idle_timer(void **state) {
    (void)state;
    const struct test_script s = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
                                   .more_ms = 100,
                                   .more = "def",
                                   .stall_ms = STALL };
    assert_int_equal(timed(&s, "http", (struct http_timeouts){ 3000, 5000, 200, 0 }, 300),
                     CHELA_TIMEOUT);
    assert_int_equal(out.status, 200);
    assert_false(out.complete);
    assert_message("in the middle of its answer");
    /* no timer: the server is waited for, and cuts the answer itself */
    const struct test_script slow = { .answer = s.answer, .stall_ms = 700 };
    assert_int_equal(timed(&slow, "http", (struct http_timeouts){ 0 }, 690), CHELA_CUT);
}

static void total_timer(void **state) {
    (void)state;
    const struct test_script s = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
                                   .more_ms = 150,
                                   .more = "def",
                                   .stall_ms = STALL };
    assert_int_equal(timed(&s, "http", (struct http_timeouts){ 3000, 3000, 3000, 250 }, 250),
                     CHELA_TIMEOUT);
    assert_message("took longer than 0.25 s");
}

/* ---- cuts ---- */

static void cuts(void **state) {
    (void)state;
    static const struct {
        const char *answer;
        bool reset;
        enum chela_error code;
        const char *message;
    } cases[] = {
        { NULL, false, CHELA_UNAVAILABLE, "closed the connection without an answer" },
        { NULL, true, CHELA_UNAVAILABLE, "closed the connection without an answer" },
        { "HTTP/1.1 200 OK\r\nContent-Ty", false, CHELA_CUT, "middle of the answer's head" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", false, CHELA_CUT, "in the middle" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", false, CHELA_CUT, "in the middle" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", false, CHELA_CUT,
          "in the middle" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", false, CHELA_CUT,
          "in the middle" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", true, CHELA_CUT,
          "in the middle" },
        { "hello, this is no web server\r\n", false, CHELA_PROTOCOL, "does not answer in HTTP" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct test_script s = { .answer = cases[i].answer,
                                       .reset = cases[i].reset,
                                       .stall_ms = cases[i].reset && cases[i].answer ? 50 : 0 };
        enum chela_error rc = exchange(&s);
        if (rc != cases[i].code) fail_msg("case %zu: %s: %s", i, err_code(rc), err.message);
        assert_message(cases[i].message);
        assert_true(out.request_sent);
        assert_false(out.complete);
    }
    /* A body that only the connection's end delimits is whole. */
    const struct test_script s = { .answer = "HTTP/1.1 200 OK\r\n\r\nabc" };
    assert_int_equal(exchange(&s), CHELA_OK);
    assert_true(out.complete);
}

static void bounds(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok };
    for (size_t max = 1; max <= 2; max++) {
        serve(&s, 1);
        struct http_request r = request("http", "GET");
        r.max_body = max;
        assert_int_equal(run(&r), max == 2 ? CHELA_OK : CHELA_LIMIT);
        done();
    }
    char *huge = malloc(300 * 1024);
    size_t n = strlen("HTTP/1.1 200 OK\r\n");
    memcpy(huge, "HTTP/1.1 200 OK\r\n", n);
    for (int i = 0; i < 290; i++) {
        memset(huge + n, 'x', 1000);
        memcpy(huge + n, "X-Filler: ", 10);
        memcpy(huge + n + 1000, "\r\n", 3);
        n += 1002;
    }
    const struct test_script many = { .answer = huge };
    assert_int_equal(exchange(&many), CHELA_LIMIT);
    memset(huge + 30, 'x', 200 * 1024);
    assert_int_equal(exchange(&many), CHELA_LIMIT);
    free(huge);
}

static void callbacks_end_it(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok };
    for (int in_body = 0; in_body <= 1; in_body++) {
        serve(&s, 1);
        struct http_request r = request("http", "GET");
        if (in_body)
            seen.body_rc = CHELA_UPSTREAM;
        else
            seen.head_rc = CHELA_PROTOCOL;
        assert_int_equal(run(&r), in_body ? CHELA_UPSTREAM : CHELA_PROTOCOL);
        assert_string_equal(err.message, in_body ? "from on_body" : "from on_head");
        assert_int_equal(out.status, 200);
        done();
    }
}

/* ---- cancelling ---- */

static atomic_bool stop;

static void *stop_soon(void *arg) {
    test_sleep(*(int *)arg);
    atomic_store(&stop, true);
    return NULL;
}

static void on_alarm(int number) {
    (void)number;
    atomic_store(&stop, true);
}

static int64_t cancel_after(int ms, bool by_signal, int64_t tick) {
    const struct test_script s = { .answer = ok, .wait_ms = STALL };
    serve(&s, 1);
    struct http_request r = request("http", "GET");
    atomic_store(&stop, false);
    r.cancel = &stop;
    r.tick_ms = tick;
    pthread_t thread;
    if (by_signal) {
        signal(SIGALRM, on_alarm);
        ualarm((useconds_t)ms * 1000, 0);
    } else {
        pthread_create(&thread, NULL, stop_soon, &ms);
    }
    int64_t start = clock_ms();
    assert_int_equal(run(&r), CHELA_CANCELLED);
    int64_t took = clock_ms() - start;
    if (!by_signal) pthread_join(thread, NULL);
    done();
    return took;
}

static void cancel(void **state) {
    (void)state;
    assert_in_range(cancel_after(100, false, 0), 95, SLOWEST);
    const struct test_script s = { .answer = ok };
    serve(&s, 1);
    struct http_request r = request("http", "GET");
    r.cancel = &stop; /* still set: nothing is even tried */
    assert_int_equal(run(&r), CHELA_CANCELLED);
    assert_false(out.request_sent);
    test_sleep(30);
    done();
    assert_int_equal(server.connections, 0);
}

static void signal_cancels_at_once(void **state) {
    (void)state;
    assert_in_range(cancel_after(60, true, STALL), 55, SLOWEST); /* well before the next tick */
}

static enum chela_error tick(void *ctx, struct err *e) {
    return ++*(int *)ctx < 4 ? CHELA_OK : err_set(e, CHELA_TIMEOUT, "from on_tick");
}

static void ticks(void **state) {
    (void)state;
    const struct test_script s = { .answer = ok, .wait_ms = STALL };
    serve(&s, 1);
    struct http_request r = request("http", "GET");
    int count = 0;
    r.ctx = &count;
    r.on_head = NULL;
    r.on_body = NULL;
    r.on_tick = tick;
    r.tick_ms = 10;
    int64_t start = clock_ms();
    assert_int_equal(run(&r), CHELA_TIMEOUT);
    assert_true(clock_ms() - start < 700); /* three ticks of the usual length take longer */
    assert_string_equal(err.message, "from on_tick");
    done();
}

/* ---- kept connections ---- */

static void connection_is_kept(void **state) {
    (void)state;
    const struct test_script s[] = { { .answer = ok, .keep = true }, { .answer = ok } };
    serve(s, 2);
    struct http_request r = request("http", "GET");
    assert_int_equal(run(&r), CHELA_OK);
    r = request("http", "GET");
    assert_int_equal(run(&r), CHELA_OK);
    done();
    assert_int_equal(server.connections, 1);
    assert_int_equal(server.requests, 2);
}

/* The server takes the second request over the kept connection and hangs up. libcurl would send it
 * again on a fresh one; for a POST that might be a second bill. */
static void post_goes_out_once(void **state) {
    (void)state;
    const struct test_script s[] = { { .answer = ok, .keep = true },
                                     { .answer = NULL },
                                     { .answer = ok } };
    serve(s, 3);
    struct http_request r = request("http", "POST");
    r.body = S("{}");
    assert_int_equal(run(&r), CHELA_OK);
    r = request("http", "POST");
    r.body = S("{}");
    assert_int_equal(run(&r), CHELA_UNAVAILABLE);
    assert_true(out.request_sent);
    done();
    assert_int_equal(server.requests, 2);
}

static void *run_in_thread(void *arg) {
    struct http_outcome o;
    struct http_request r = {
        .method = S("GET"), .url = str_c(url), .timeouts = { 3000, 3000, 3000, 0 }, .max_body = 100
    };
    *(enum chela_error *)arg = http_run(&r, &o, NULL);
    return NULL;
}

static void threads_have_clients_of_their_own(void **state) {
    (void)state;
    const struct test_script s[] = { { .answer = ok, .keep = false },
                                     { .answer = ok },
                                     { .answer = ok } };
    serve(s, 3);
    request("http", "GET");
    pthread_t t[3];
    enum chela_error rc[3];
    for (size_t i = 0; i < 3; i++) pthread_create(&t[i], NULL, run_in_thread, &rc[i]);
    for (size_t i = 0; i < 3; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(rc[i], CHELA_OK);
    }
    done();
}

/* ---- Retry-After ---- */

static double retry_after(const char *lines) {
    struct http_answer a = { .head = str_c(lines) };
    return http_retry_after(&a, curl_lib(NULL));
}

static void retry_after_forms(void **state) {
    (void)state;
    assert_true(retry_after("retry-after: 3\n") == 3);
    assert_true(retry_after("Retry-After: 0.5\n") == 0.5);
    assert_true(retry_after("Retry-After: -4\n") == 0);
    assert_true(retry_after("Retry-After: 1e12\n") == 30.0 * 24 * 3600);
    assert_true(retry_after("Retry-After: soon\n") == -1);
    assert_true(retry_after("Retry-After:\n") == -1);
    assert_true(retry_after("X: 1\n") == -1);
    assert_true(retry_after("retry-after: 9\nretry-after-ms: 1500\n") == 1.5);
    assert_true(retry_after("Date: Wed, 21 Oct 2026 07:28:00 GMT\n"
                            "Retry-After: Wed, 21 Oct 2026 07:28:42 GMT\n") == 42);
    assert_true(retry_after("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\n") == 0);
    assert_true(retry_after("Retry-After: Fri, 31 Dec 2100 23:59:59 GMT\n") == 30.0 * 24 * 3600);
    const struct test_script s = {
        .answer = "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
    };
    assert_int_equal(exchange(&s), CHELA_OK);
    assert_true(out.retry_after == 7 && seen.retry_after == 7);
}

int main(void) {
    static const char *const clear[] = { "http_proxy", "https_proxy",   "HTTPS_PROXY",
                                         "all_proxy",  "ALL_PROXY",     "no_proxy",
                                         "NO_PROXY",   "SSL_CERT_FILE", "SSL_CERT_DIR" };
    for (size_t i = 0; i < sizeof clear / sizeof clear[0]; i++) unsetenv(clear[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_is_read),
        cmocka_unit_test(chunked_and_interim),
        cmocka_unit_test(post_is_sent),
        cmocka_unit_test(large_body_goes_out_without_expect),
        cmocka_unit_test(key_stays_at_home),
        cmocka_unit_test(user_info_is_not_sent),
        cmocka_unit_test(redirect_is_an_answer),
        cmocka_unit_test(header_injection),
        cmocka_unit_test(wrong_urls),
        cmocka_unit_test(refused),
        cmocka_unit_test(unknown_host),
        cmocka_unit_test(tls_to_a_plain_port),
        cmocka_unit_test(certificates_file_is_missing),
        cmocka_unit_test(proxy_is_down),
        cmocka_unit_test(connect_timer),
        cmocka_unit_test(first_byte_timer),
        cmocka_unit_test(idle_timer),
        cmocka_unit_test(total_timer),
        cmocka_unit_test(cuts),
        cmocka_unit_test(bounds),
        cmocka_unit_test(callbacks_end_it),
        cmocka_unit_test(cancel),
        cmocka_unit_test(signal_cancels_at_once),
        cmocka_unit_test(ticks),
        cmocka_unit_test(connection_is_kept),
        cmocka_unit_test(post_goes_out_once),
        cmocka_unit_test(threads_have_clients_of_their_own),
        cmocka_unit_test(retry_after_forms),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_free(&seen.body);
    return failed;
}
