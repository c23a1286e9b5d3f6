/* The client of the gateway's hot path against a server of raw bytes: what it takes for an answer,
 * what for a failure, when a connection is kept, and that nothing is sent twice. */
#include "sandbox/scratch.h"
#include "upstream/upstream.h"

#include "server_fixture.h"
#include "test_server.h"

static uv_loop_t loop;
static struct upstream_pool *pool;
static struct test_server server;

struct try {
    struct fetch fetch;
    struct buf body;
    int status;
    unsigned heads, pieces, overs;
    enum chela_error code;
    struct err err;
    size_t most; /* bytes after which it pauses; 0: never */
    bool cancel_at_head, release_at_head;
    void (*then)(struct try * t); /* in `over` */
};

static void on_head(void *ctx, const struct http1_response *r) {
    struct try *t = ctx;
    t->heads++;
    t->status = r->status;
    if (t->cancel_at_head) fetch_cancel(&t->fetch);
    if (t->release_at_head) fetch_release(&t->fetch);
}

static void on_body(void *ctx, char *bytes, size_t n) {
    struct try *t = ctx;
    t->pieces++;
    buf_add(&t->body, (str){ bytes, n });
    if (t->most && t->body.n > t->most) fetch_pause(&t->fetch);
}

static void on_over(void *ctx, enum chela_error code, const struct err *e) {
    struct try *t = ctx;
    t->overs++;
    t->code = code;
    if (e) t->err = *e;
    assert_false(fetch_running(&t->fetch));
    if (t->then) t->then(t);
}

static const struct fetch_handler handler = { on_head, on_body, on_over };

static struct origin *origin_at(int port) {
    char url[64];
    struct origin *o;
    struct err e = ERR_INIT;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", port);
    o = upstream_origin(pool, str_c(url), &e);
    if (!o) fail_msg("%s", e.message);
    return o;
}

static void start_to(struct try *t, struct origin *o, str body) {
    const struct server_header headers[] = { { S("X-One"), S("1") } };
    const struct fetch_request r = { .method = S("POST"),
                                     .target = S("/v1/chat"),
                                     .headers = headers,
                                     .header_count = 1,
                                     .body = &body,
                                     .body_parts = 1,
                                     .connect_ms = 5000 };
    struct err e = ERR_INIT;
    t->overs = t->heads = t->pieces = 0;
    t->status = 0;
    buf_free(&t->body);
    buf_init(&t->body, 64 << 20);
    assert_int_equal(fetch_start(&t->fetch, o, &r, &handler, t, &e), CHELA_OK);
}

static void start(struct try *t, str body) {
    start_to(t, origin_at(server.port), body);
}

static void on_stop(uv_timer_t *timer) {
    uv_stop(timer->loop);
}

static void run_for(uint64_t ms) {
    uv_timer_t timer;
    uv_update_time(&loop);
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_stop, ms, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&loop, UV_RUN_NOWAIT);
}

static void finish(struct try *t) {
    for (int i = 0; i < 1000 && !t->overs; i++) run_for(5);
    assert_int_equal(t->overs, 1);
}

static void run(struct try *t, str body) {
    start(t, body);
    finish(t);
}

static void assert_body(const struct try *t, const char *text) {
    assert_int_equal(t->code, CHELA_OK);
    assert_int_equal(t->heads, 1);
    assert_text(buf_str(&t->body), text);
}

static int set_up(void **state) {
    struct err e = ERR_INIT;
    (void)state;
    uv_loop_init(&loop);
    signal(SIGPIPE, SIG_IGN);
    return upstream_pool_new(&pool, &loop, &upstream_default_settings, &e) == CHELA_OK ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    upstream_pool_close(pool);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(upstream_open(pool), 0);
    upstream_pool_free(pool);
    return uv_loop_close(&loop);
}

#define PLAY(...)                                                                                  \
    const struct test_script scripts[] = { __VA_ARGS__ };                                          \
    test_serve_scripts(&server, scripts, sizeof scripts / sizeof scripts[0])

#define OK_LENGTH "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"

/* ---- what comes ---- */

static void test_connection_is_kept(void **state) {
    (void)state;
    struct try t = { 0 };
    PLAY({ .answer = OK_LENGTH "first", .keep = true }, { .answer = OK_LENGTH "again" });
    run(&t, S("{\"a\":1}"));
    assert_body(&t, "first");
    assert_int_equal(upstream_idle(pool), 1);
    run(&t, S(""));
    assert_body(&t, "again");
    test_serve_end(&server);
    assert_int_equal(server.connections, 1);
    char host[64];
    snprintf(host, sizeof host, "POST /v1/chat HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n", server.port);
    assert_memory_equal(server.request[0], host, strlen(host));
    assert_non_null(strstr(server.request[0], "X-One: 1\r\nContent-Length: 7\r\n\r\n{\"a\":1}"));
    assert_non_null(strstr(server.request[1], "Content-Length: 0\r\n\r\n"));
    assert_int_equal(atomic_load(&upstream_counts(pool)->opened), 1);
    assert_int_equal(atomic_load(&upstream_counts(pool)->reused), 1);
    buf_free(&t.body);
}

static void test_chunks_come_together(void **state) {
    (void)state;
    struct try t = { 0 };
    PLAY({ .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\none\r\n4;x=y\r\ntwo \r\n5\r\nth",
           .more = "ree\r\n0\r\nTrailer: 1\r\n\r\n",
           .more_ms = 50,
           .keep = true },
         { .answer = OK_LENGTH "after" });
    run(&t, S("x"));
    assert_int_equal(t.pieces, 2); /* one a read, however many chunks */
    assert_int_equal(t.code, CHELA_OK);
    assert_text(str_head(buf_str(&t.body), 7), "onetwo ");
    run(&t, S("x"));
    assert_body(&t, "after");
    test_serve_end(&server);
    assert_int_equal(server.connections, 1);
    buf_free(&t.body);
}

static void test_other_framings(void **state) {
    (void)state;
    struct try t = { 0 };
    PLAY({ .answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                     "HTTP/1.1 20",
           .more = "0\r\nContent-Length: 2\r\n\r\nok",
           .more_ms = 30,
           .keep = true },
         { .answer = "HTTP/1.1 204 No Content\r\n\r\n", .keep = true },
         { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .keep = true },
         { .answer = "HTTP/1.0 200\r\n\r\nto the", .more = " end", .more_ms = 30 });
    run(&t, S("x"));
    assert_body(&t, "ok");
    run(&t, S("x"));
    assert_body(&t, "");
    assert_int_equal(t.status, 204);
    run(&t, S("x"));
    assert_body(&t, "");
    run(&t, S("x"));
    assert_body(&t, "to the end");
    test_serve_end(&server);
    assert_int_equal(server.connections, 1);
    assert_int_equal(upstream_idle(pool), 0);
    buf_free(&t.body);
}

static void test_what_is_no_answer(void **state) {
    (void)state;
    static const struct {
        const char *answer;
        bool reset;
        enum chela_error code;
        const char *says;
    } cases[] = {
        { NULL, false, CHELA_UNAVAILABLE, "no answer: it closed the connection" },
        { NULL, true, CHELA_UNAVAILABLE, "no answer: connection reset" },
        { "HTTP/1.1 200 OK\r\nCont", false, CHELA_UNAVAILABLE, "no answer" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", false, CHELA_CUT, "broke off" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", false, CHELA_CUT,
          "broke off" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", true, CHELA_CUT,
          "broke off" },
        { "HTTP/1.0 200 OK\r\n\r\nto the end", true, CHELA_CUT, "broke off" },
        { "SSH-2.0-OpenSSH_9.2\r\n", false, CHELA_PROTOCOL, "no proper HTTP" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", false,
          CHELA_PROTOCOL, "no proper HTTP" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", false,
          CHELA_PROTOCOL, "both Content-Length" },
        { "HTTP/1.1 101 Switching Protocols\r\n\r\n", false, CHELA_PROTOCOL, "101" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct try t = { 0 };
        PLAY({ .answer = cases[i].answer, .reset = cases[i].reset, .more_ms = 20 });
        run(&t, S("x"));
        test_serve_end(&server);
        if (t.code != cases[i].code || !strstr(t.err.message, cases[i].says))
            fail_msg("case %zu: %d, %s", i, t.code, t.err.message);
        assert_int_equal(server.requests, 1); /* a request is sent once */
        buf_free(&t.body);
    }
}

static void test_nobody_listens(void **state) {
    (void)state;
    struct try t = { 0 };
    int port;
    PLAY({ .answer = OK_LENGTH "never" });
    port = server.port;
    test_serve_end(&server);
    start_to(&t, origin_at(port), S("x"));
    assert_int_equal(t.overs, 0); /* never inside the call */
    finish(&t);
    assert_int_equal(t.code, CHELA_UNAVAILABLE);
    assert_non_null(strstr(t.err.message, "cannot connect to it: connection refused"));
    buf_free(&t.body);
}

static void test_name_that_is_none(void **state) {
    (void)state;
    struct try t = { 0 }, u = { 0 };
    struct origin *o;
    struct err e = ERR_INIT;
    o = upstream_origin(pool, S("http://nowhere.invalid:1"), &e);
    assert_non_null(o);
    start_to(&t, o, S("x"));
    start_to(&u, o, S("x")); /* waits for the same look-up */
    finish(&t);
    finish(&u);
    assert_int_equal(atomic_load(&upstream_counts(pool)->looked_up), 1);
    assert_int_equal(t.code, CHELA_UNAVAILABLE);
    assert_int_equal(u.code, CHELA_UNAVAILABLE);
    assert_non_null(strstr(t.err.message, "cannot find the address"));
    buf_free(&t.body);
    buf_free(&u.body);
}

static void test_localhost_by_name(void **state) {
    (void)state;
    struct try t = { 0 }, u = { 0 };
    struct origin *o;
    struct err e = ERR_INIT;
    char url[64];
    /* ::1 comes first, and nobody listens there: the next address is tried. */
    PLAY({ .answer = OK_LENGTH "named" }, { .answer = OK_LENGTH "other" });
    snprintf(url, sizeof url, "http://localhost:%d", server.port);
    o = upstream_origin(pool, str_c(url), &e);
    assert_non_null(o);
    start_to(&t, o, S("x"));
    start_to(&u, o, S("x"));
    finish(&t);
    finish(&u);
    test_serve_end(&server);
    assert_int_equal(t.code, CHELA_OK);
    assert_int_equal(u.code, CHELA_OK);
    assert_int_equal(atomic_load(&upstream_counts(pool)->looked_up), 0);
    buf_free(&t.body);
    buf_free(&u.body);
}

/* ---- sent once, and again only when it was not accepted ---- */

static struct try second;

static void too_late_for_the_connection(struct try *t) {
    (void)t;
    usleep(100 * 1000); /* by now the server has closed, and the loop has not seen it */
    assert_int_equal(upstream_idle(pool), 1);
    start(&second, S("the second request"));
}

static void test_closed_at_the_same_moment(void **state) {
    (void)state;
    struct try t = { .then = too_late_for_the_connection };
    second = (struct try){ 0 };
    PLAY({ .answer = OK_LENGTH "first", .more_ms = 20 }, { .answer = OK_LENGTH "again" });
    run(&t, S("x"));
    finish(&second);
    test_serve_end(&server);
    assert_body(&second, "again");
    assert_int_equal(server.connections, 2);
    assert_int_equal(server.requests, 2);
    assert_int_equal(atomic_load(&upstream_counts(pool)->again), 1);
    buf_free(&t.body);
    buf_free(&second.body);
}

static void test_accepted_is_not_sent_again(void **state) {
    (void)state;
    struct try t = { 0 };
    PLAY({ .answer = OK_LENGTH "first", .keep = true },
         { .answer = NULL }, /* reads the request and hangs up */
         { .answer = OK_LENGTH "never" });
    run(&t, S("x"));
    run(&t, S("y"));
    assert_int_equal(t.code, CHELA_UNAVAILABLE);
    test_serve_end(&server);
    assert_int_equal(server.requests, 2);
    assert_int_equal(atomic_load(&upstream_counts(pool)->again), 0);
    buf_free(&t.body);
}

/* ---- keeping, releasing, cancelling ---- */

static void test_close_and_keep_alive_are_heeded(void **state) {
    (void)state;
    struct try t = { 0 };
    PLAY({ .answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na",
           .stall_ms = 200 },
         { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nbX", .stall_ms = 200 },
         { .answer = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=5\r\nContent-Length: 1\r\n\r\n"
                     "c",
           .stall_ms = 500 });
    run(&t, S("x"));
    assert_int_equal(upstream_idle(pool), 0);
    run(&t, S("x")); /* more than was promised */
    assert_body(&t, "b");
    assert_int_equal(upstream_idle(pool), 0);
    run(&t, S("x"));
    run_for(100);
    assert_int_equal(upstream_idle(pool), 0); /* a second less than the server allows */
    test_serve_end(&server);
    assert_int_equal(server.connections, 3);
    buf_free(&t.body);
}

static void test_release_waits_for_the_end(void **state) {
    (void)state;
    struct try t = { .release_at_head = true };
    PLAY({ .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
           .more = "0\r\n\r\n",
           .more_ms = 50,
           .keep = true },
         { .answer = OK_LENGTH "after" });
    start(&t, S("x"));
    run_for(200);
    assert_int_equal(t.overs, 0);
    assert_int_equal(t.pieces, 0);
    assert_int_equal(upstream_idle(pool), 1);
    t.release_at_head = false;
    run(&t, S("x"));
    assert_body(&t, "after");
    test_serve_end(&server);
    assert_int_equal(server.connections, 1);
    buf_free(&t.body);
}

static void test_release_does_not_wait_long(void **state) {
    (void)state;
    struct try t = { .release_at_head = true };
    PLAY({ .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
           .stall_ms = 3000 });
    start(&t, S("x"));
    run_for(300);
    assert_int_equal(upstream_open(pool), 1);
    run_for(600);
    assert_int_equal(upstream_open(pool), 0);
    test_serve_end(&server);
    buf_free(&t.body);
}

static void test_cancel_closes_at_once(void **state) {
    (void)state;
    struct try t = { .cancel_at_head = true };
    PLAY({ .answer = OK_LENGTH "fi", .stall_ms = 5000 });
    int64_t before = clock_ms();
    start(&t, S("x"));
    run_for(100);
    assert_int_equal(t.heads, 1);
    assert_int_equal(t.pieces + t.overs, 0);
    assert_int_equal(upstream_open(pool), 0);
    test_serve_end(&server); /* its stall ends with our leaving */
    assert_true(clock_ms() - before < 2000);
    fetch_cancel(&t.fetch); /* nothing happens */
    buf_free(&t.body);
}

static void test_cancel_before_it_is_connected(void **state) {
    (void)state;
    struct try t = { 0 };
    struct origin *o;
    struct err e = ERR_INIT;
    o = upstream_origin(pool, S("http://nowhere.invalid:1"), &e);
    assert_non_null(o);
    start_to(&t, o, S("x"));
    fetch_cancel(&t.fetch);
    run_for(50);
    assert_int_equal(t.overs, 0);
    buf_free(&t.body);
}

/* ---- time ---- */

static void test_time_limits(void **state) {
    (void)state;
    struct try t = { 0 };
    PLAY({ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", .stall_ms = 5000 });
    start(&t, S("x"));
    fetch_expect(&t.fetch, 100, "the first token");
    run_for(60);
    fetch_expect(&t.fetch, 100, "the next token");
    run_for(60);
    assert_int_equal(t.overs, 0);
    finish(&t);
    assert_int_equal(t.code, CHELA_TIMEOUT);
    assert_non_null(strstr(t.err.message, "took too long: the next token"));
    test_serve_end(&server);
    buf_free(&t.body);
}

static void test_paused_time_does_not_count(void **state) {
    (void)state;
    struct try t = { 0 };
    PLAY({ .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", .stall_ms = 5000 });
    start(&t, S("x"));
    run_for(30);
    fetch_expect(&t.fetch, 50, "the next token");
    fetch_pause(&t.fetch);
    run_for(120);
    assert_int_equal(t.overs, 0);
    fetch_expect(&t.fetch, 50, "the next token");
    fetch_resume(&t.fetch);
    finish(&t);
    assert_int_equal(t.code, CHELA_TIMEOUT);
    test_serve_end(&server);
    buf_free(&t.body);
}

/* ---- large ---- */

enum { LARGE = 8 << 20 };

static void test_a_paused_answer_waits_in_the_kernel(void **state) {
    (void)state;
    struct try t = { .most = 100 << 10 };
    struct buf answer = BUF_INIT(LARGE + 1024);
    buf_addf(&answer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", LARGE);
    for (int i = 0; i < LARGE; i++) buf_addc(&answer, (char)('a' + i % 23));
    PLAY({ .answer = answer.p, .keep = true });
    start(&t, S("x"));
    run_for(150);
    assert_true(t.body.n > t.most && t.body.n < t.most + 200000);
    t.most = 0;
    fetch_resume(&t.fetch);
    finish(&t);
    assert_int_equal(t.code, CHELA_OK);
    assert_int_equal(t.body.n, LARGE);
    assert_text(str_skip(buf_str(&t.body), LARGE - 3), str_skip(buf_str(&answer), answer.n - 3).p);
    test_serve_end(&server);
    buf_free(&t.body);
    buf_free(&answer);
}

static void test_a_large_request_is_sent_whole(void **state) {
    (void)state;
    struct try t = { 0 };
    char *body = malloc(LARGE);
    memset(body, 'b', LARGE);
    PLAY({ .answer = OK_LENGTH "large", .keep = true }, { .answer = OK_LENGTH "small" });
    run(&t, (str){ body, LARGE });
    assert_body(&t, "large");
    run(&t, S("x"));
    assert_body(&t, "small");
    test_serve_end(&server);
    assert_int_equal(server.connections, 1);
    free(body);
    buf_free(&t.body);
}

static void test_an_answer_before_the_request_is_sent(void **state) {
    (void)state;
    struct try t = { 0 };
    char *body = malloc(LARGE);
    memset(body, 'b', LARGE);
    PLAY({ .deaf = true,
           .answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge",
           .stall_ms = 500 });
    start(&t, (str){ body, LARGE });
    finish(&t);
    assert_body(&t, "large");
    assert_int_equal(t.status, 413);
    assert_int_equal(upstream_idle(pool), 0); /* half a request is on it */
    test_serve_end(&server);
    free(body);
    buf_free(&t.body);
}

/* ---- keys, proxies, TLS ---- */

static void test_a_key_goes_to_its_origin_only(void **state) {
    (void)state;
    struct try t = { .body = BUF_INIT(64 << 20) };
    struct secret key = { 0 };
    struct err e = ERR_INIT;
    PLAY({ .answer = OK_LENGTH "keyed" });
    struct origin *o = origin_at(server.port);
    struct fetch_request r = { .method = S("GET"), .target = S("/"), .bearer = &key };
    secret_set(&key, S("sk-1"), S("https://openrouter.ai"));
    assert_int_equal(fetch_start(&t.fetch, o, &r, &handler, &t, &e), CHELA_INTERNAL);
    secret_set(&key, S("sk-1"), S(""));
    assert_int_equal(fetch_start(&t.fetch, o, &r, &handler, &t, &e), CHELA_INTERNAL);
    assert_null(strstr(e.message, "sk-1"));
    secret_set(&key, S("sk-1"), str_c(origin_text(o)));
    assert_int_equal(fetch_start(&t.fetch, o, &r, &handler, &t, &e), CHELA_OK);
    finish(&t);
    assert_body(&t, "keyed");
    test_serve_end(&server);
    assert_int_equal(server.requests, 1);
    assert_non_null(strstr(server.request[0], "\r\nAuthorization: Bearer sk-1\r\n\r\n"));
    assert_null(strstr(server.request[0], "Content-Length"));
    secret_free(&key);
    buf_free(&t.body);
}

static struct upstream_pool *pool_behind(const char *proxy, const char *no_proxy) {
    struct upstream_settings s = upstream_default_settings;
    struct upstream_pool *p;
    struct err e = ERR_INIT;
    s.https_proxy = proxy;
    s.no_proxy = no_proxy;
    if (upstream_pool_new(&p, &loop, &s, &e) != CHELA_OK) fail_msg("%s", e.message);
    return p;
}

static void close_pool(struct upstream_pool *p) {
    upstream_pool_close(p);
    uv_run(&loop, UV_RUN_DEFAULT);
    upstream_pool_free(p);
}

static void test_a_proxy_that_refuses(void **state) {
    (void)state;
    struct try t = { 0 };
    struct origin *o;
    struct err e = ERR_INIT;
    char proxy[64];
    PLAY({ .answer = "HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n" });
    snprintf(proxy, sizeof proxy, "me:pw@127.0.0.1:%d", server.port);
    struct upstream_pool *p = pool_behind(proxy, "example.com, .openrouter.test");
    o = upstream_origin(p, S("https://openrouter.ai/api/v1"), &e);
    assert_non_null(o);
    start_to(&t, o, S("x"));
    finish(&t);
    assert_int_equal(t.code, CHELA_UNAVAILABLE);
    assert_non_null(strstr(t.err.message, "407, it wants a user"));
    test_serve_end(&server);
    static const char asked[] = "CONNECT openrouter.ai:443 HTTP/1.1\r\nHost: openrouter.ai:443\r\n"
                                "Proxy-Authorization: Basic bWU6cHc=\r\n\r\n";
    assert_memory_equal(server.request[0], asked, sizeof asked - 1);
    close_pool(p);
    buf_free(&t.body);
}

static void test_a_proxy_that_is_none(void **state) {
    (void)state;
    struct upstream_settings s = upstream_default_settings;
    struct upstream_pool *p;
    struct err e = ERR_INIT;
    s.https_proxy = "socks5://127.0.0.1:1080";
    assert_int_equal(upstream_pool_new(&p, &loop, &s, &e), CHELA_CONFIG);
    assert_non_null(strstr(e.message, "HTTPS_PROXY"));
}

static void on_request(void *ctx, struct exchange *x) {
    (void)ctx;
    exchange_answer(x, 200, S("text/plain"), exchange_request(x)->body);
}

static void test_tls(void **state) {
    (void)state;
    static struct fixture f;
    const struct server_handler echo = { NULL, on_request };
    struct tls_server *tls;
    struct err e = ERR_INIT;
    struct try t = { 0 };
    struct origin *o;
    char url[64], path[64] = "/tmp/chela-test-ca-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(tls_server_new(&tls, &e), CHELA_OK);
    str ca = tls_server_ca(tls);
    assert_int_equal(write(fd, ca.p, ca.n), (ssize_t)ca.n);
    close(fd);
    f.limits = server_default_limits;
    fixture_start(&f, &echo, tls);
    snprintf(url, sizeof url, "https://127.0.0.1:%d", f.port);

    char *body = malloc(LARGE);
    for (int i = 0; i < LARGE; i++) body[i] = (char)('a' + i % 25);
    setenv("SSL_CERT_FILE", path, 1);
    struct upstream_pool *p = pool_behind(NULL, NULL);
    o = upstream_origin(p, str_c(url), &e);
    assert_non_null(o);
    for (int i = 0; i < 2; i++) {
        start_to(&t, o, (str){ body, LARGE });
        finish(&t);
        if (t.code != CHELA_OK) fail_msg("%s", t.err.message);
        assert_int_equal(t.body.n, LARGE);
        assert_memory_equal(t.body.p, body, LARGE);
    }
    assert_int_equal(atomic_load(&upstream_counts(p)->opened), 1);
    close_pool(p);

    setenv("SSL_CERT_FILE", "/nowhere", 1);
    p = pool_behind(NULL, NULL);
    assert_null(upstream_origin(p, str_c(url), &e));
    assert_int_equal(e.code, CHELA_CONFIG);
    assert_non_null(strstr(e.message, "SSL_CERT_FILE=/nowhere"));
    close_pool(p);

    unsetenv("SSL_CERT_FILE"); /* nobody vouches for the server */
    p = pool_behind(NULL, NULL);
    o = upstream_origin(p, str_c(url), &e);
    assert_non_null(o);
    start_to(&t, o, S("x"));
    finish(&t);
    assert_int_equal(t.code, CHELA_UNAVAILABLE);
    assert_non_null(strstr(t.err.message, "no TLS connection: unable to get local issuer"));
    close_pool(p);

    unlink(path);
    fixture_stop(&f);
    tls_server_free(tls);
    buf_free(&t.body);
    free(body);
}

/* ---- Unix sockets ---- */

static void say_host(void *ctx, struct exchange *x) {
    (void)ctx;
    exchange_answer(x, 200, S("text/plain"), exchange_header(x, S("host")));
}

static void test_a_unix_socket(void **state) {
    (void)state;
    const struct server_handler local = { NULL, say_host };
    struct scratch_folder folder;
    struct try t = { 0 };
    struct server *s;
    struct err e = ERR_INIT;
    char path[108];
    assert_int_equal(scratch_make(&folder, &e), CHELA_OK);
    int fd = scratch_listen(folder.path, "x.sock", path, &e);
    assert_true(fd >= 0);
    assert_int_equal(server_open_unix(&s, &loop, fd, NULL, &local, &e), CHELA_OK);
    struct origin *o = upstream_origin_unix(pool, path, "http://local", &e);
    assert_ptr_equal(upstream_origin_unix(pool, path, "http://local", &e), o);
    assert_ptr_not_equal(upstream_origin(pool, S("http://local/"), &e), o);
    for (int i = 0; i < 3; i++) {
        start_to(&t, o, S("x"));
        finish(&t);
        assert_body(&t, "local");
    }
    assert_int_equal(atomic_load(&upstream_counts(pool)->opened), 1); /* kept like any other */
    server_drain(s, NULL, NULL);
    run_for(20);
    server_free(s);
    scratch_remove(&folder);
    start_to(&t, o, S("x"));
    finish(&t);
    assert_int_equal(t.code, CHELA_UNAVAILABLE);
    assert_non_null(strstr(t.err.message, "http://local: cannot connect to it"));
    buf_free(&t.body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_connection_is_kept),
        TEST(test_chunks_come_together),
        TEST(test_other_framings),
        TEST(test_what_is_no_answer),
        TEST(test_nobody_listens),
        TEST(test_name_that_is_none),
        TEST(test_localhost_by_name),
        TEST(test_closed_at_the_same_moment),
        TEST(test_accepted_is_not_sent_again),
        TEST(test_close_and_keep_alive_are_heeded),
        TEST(test_release_waits_for_the_end),
        TEST(test_release_does_not_wait_long),
        TEST(test_cancel_closes_at_once),
        TEST(test_cancel_before_it_is_connected),
        TEST(test_time_limits),
        TEST(test_paused_time_does_not_count),
        TEST(test_a_paused_answer_waits_in_the_kernel),
        TEST(test_a_large_request_is_sent_whole),
        TEST(test_an_answer_before_the_request_is_sent),
        TEST(test_a_key_goes_to_its_origin_only),
        TEST(test_a_proxy_that_refuses),
        TEST(test_a_proxy_that_is_none),
        TEST(test_tls),
        TEST(test_a_unix_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
