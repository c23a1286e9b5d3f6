/* Faults as a client meets them: each kind, on a stream and on plain JSON, through real sockets. */
#include "sandbox/fault.h"
#include "server_fixture.h"

static struct fixture f;
static struct faults *faults;
static atomic_bool gone;
static atomic_uint handled;

#define CHUNK(delta, finish)                                                                       \
    "data: {\"choices\":[{\"delta\":{" delta "},\"finish_reason\":" finish "}]}\n\n"
#define ROLE  CHUNK("\"role\":\"assistant\",\"content\":\"\"", "null")
#define HELLO CHUNK("\"content\":\"Hello\"", "null")
#define WORLD CHUNK("\"content\":\" world\"", "null")
#define STOP  CHUNK("", "\"stop\"")
#define USAGE "data: {\"choices\":[],\"usage\":{}}\n\n"
#define DONE  "data: [DONE]\n\n"

static const char events[] = ": hello\n\n" ROLE HELLO WORLD STOP USAGE DONE;
static const char json[] = "{\"choices\":[{\"message\":{\"content\":\"Hello world\"}}]}";

struct pacing {
    size_t at;
};

static void on_gone(struct exchange *x) {
    (void)x;
    atomic_store(&gone, true);
}

static void write_more(struct exchange *x) {
    struct pacing *p = exchange_data(x);
    str rest = str_skip(str_c(events), p->at), part = str_head(rest, 37);
    p->at += part.n;
    exchange_write(x, part);
    if (p->at < sizeof events - 1)
        exchange_after(x, 1, write_more);
    else
        exchange_end(x);
}

static void on_request(void *ctx, struct exchange *x) {
    (void)ctx;
    const struct server_request *r = exchange_request(x);
    struct server_header type = { S("Content-Type"), S("text/event-stream; charset=utf-8") };
    atomic_fetch_add(&handled, 1);
    exchange_on_closed(x, on_gone);
    if (exchange_data(x)) abort(); /* the fault layer's must not show */
    if (str_eq(r->path, S("/json"))) {
        exchange_answer(x, 201, S("application/json"), str_c(json));
    } else if (str_eq(r->path, S("/open"))) { /* the last event is not closed */
        exchange_head(x, 200, &type, 1, -1);
        exchange_write(x, S(HELLO "data: {\"half"));
        exchange_end(x);
    } else if (str_eq(r->path, S("/paced"))) { /* events cut anywhere, over several turns */
        struct pacing *p = arena_alloc(r->arena, sizeof *p);
        exchange_set_data(x, p);
        exchange_head(x, 200, &type, 1, -1);
        write_more(x);
    } else {
        exchange_head(x, 200, &type, 1, -1);
        for (str rest = str_c(events); rest.n; rest = str_skip(rest, 11))
            exchange_write(x, str_head(rest, 11));
        exchange_end(x);
    }
}

static const struct server_handler inner = { NULL, on_request };

static int set_up(void **state) {
    (void)state;
    f.limits = server_default_limits;
    f.limits.drain_ms = 200;
    faults = faults_new(&inner);
    assert_non_null(faults);
    atomic_store(&gone, false);
    atomic_store(&handled, 0);
    fixture_start(&f, &(struct server_handler){ faults, faults_request }, NULL);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fixture_stop(&f);
    faults_free(faults);
    return 0;
}

/* One request with the fault in its header. */
static void ask(struct answer *a, const char *path, const char *spec) {
    char text[600];
    int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n%s%s%s\r\n", path,
                     spec ? "X-Chela-Fault: " : "", spec ? spec : "", spec ? "\r\n" : "");
    int fd = dial_port(f.port);
    answer_init(a);
    put(fd, (str){ text, (size_t)n });
    take(a, fd, false);
    close(fd);
}

/* The body that comes of `spec` must be `body`, and end properly or not. */
static void expect(const char *path, const char *spec, const char *body, bool whole) {
    struct answer a;
    ask(&a, path, spec);
    if (!str_eq(a.body, str_c(body)))
        fail_msg("%s %s: '%.*s' is not '%s'", path, spec, STR_ARG(a.body), body);
    if (a.whole != whole) fail_msg("%s %s: whole is %d", path, spec, a.whole);
    answer_free(&a);
}

static void expect_stream(const char *spec, const char *body, bool whole) {
    expect("/stream", spec, body, whole);
    expect("/paced", spec, body, whole);
}

/* ---- the grammar ---- */

static void test_grammar(void **state) {
    (void)state;
    struct fault_spec s;
    struct err e = ERR_INIT;
    assert_int_equal(fault_parse(&s, S("delay=20, status=429,retry-after=3,times=2,path=chat"), &e),
                     CHELA_OK);
    assert_int_equal(s.delay_ms, 20);
    assert_int_equal(s.status, 429);
    assert_int_equal(s.retry_after, 3);
    assert_int_equal(s.times, 2);
    assert_string_equal(s.path, "chat");
    assert_int_equal(s.stall, FAULT_NEVER);
    assert_int_equal(fault_parse(&s, S("cut=finish,stall=head,html,wrong-type,no-finish"), &e),
                     CHELA_OK);
    assert_int_equal(s.cut, FAULT_AT_FINISH);
    assert_int_equal(s.stall, FAULT_AT_HEAD);
    assert_true(s.html && s.wrong_type && s.no_finish);
    assert_int_equal(fault_parse(&s, S("cut=0"), &e), CHELA_OK);
    assert_int_equal(s.cut, 0);
}

static void test_what_is_no_fault_is_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "", "no fault is called ''" },
        { "slow", "delay=MS, stall=N|head, cut=BYTES|head|finish" },
        { "stal=1", "no fault is called 'stal'" },
        { "status", "from 300 to 599" },
        { "status=99", "from 300 to 599" },
        { "status=4x9", "from 300 to 599" },
        { "delay=-1", "from 0 to 600000" },
        { "cut=middle", "or head, or finish" },
        { "stall=finish", "or head" },
        { "html=1", "takes no value" },
        { "path=", "needs a value" },
        { "retry-after=1", "goes with status" },
        { "status=500,,html", "no fault is called ''" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault_spec s;
        struct err e = ERR_INIT;
        assert_int_equal(fault_parse(&s, str_c(rows[i].text), &e), CHELA_USAGE);
        if (!strstr(e.message, rows[i].message)) fail_msg("%s: %s", rows[i].text, e.message);
    }
    struct fault_spec s;
    struct err e = ERR_INIT;
    fault_parse(&s, S("stal=1"), &e);
    assert_string_equal(e.hint, "did you mean stall?");
}

/* ---- on the wire ---- */

static void test_what_is_no_event_passes(void **state) {
    (void)state;
    expect("/open", "malformed=9", HELLO "data: {\"half", true);
}

static void test_no_fault(void **state) {
    (void)state;
    expect_stream(NULL, events, true);
    expect("/json", NULL, json, true);
}

static void test_delay(void **state) {
    (void)state;
    int64_t start = clock_ms();
    expect("/paced", "delay=150", events, true); /* the handler's own timer still works */
    assert_in_range(clock_ms() - start, 150, 5000);
}

static void test_cut(void **state) {
    (void)state;
    enum { PART = sizeof ": hello\n\n" ROLE HELLO };
    for (size_t keep = 0; keep < PART - 1; keep += 13) {
        char spec[32], body[PART];
        snprintf(spec, sizeof spec, "cut=%zu", keep);
        str_copy(body, keep + 1, str_c(events));
        expect_stream(spec, body, false);
    }
    expect("/json", "cut=5", "{\"cho", false);
    expect_stream("cut=100000", events, true);
    expect_stream("cut-event=0", "", false);
    expect_stream("cut-event=2", ": hello\n\n" ROLE HELLO, false);
    expect_stream("cut=finish", ": hello\n\n" ROLE HELLO WORLD, false);
    struct answer a;
    ask(&a, "/stream", "cut=head");
    assert_int_equal(a.status, 0);
    assert_text(buf_str(&a.raw), "HTTP/1.1 200 OK\r\nContent-Ty");
    answer_free(&a);
}

static void test_handler_hears_of_a_cut(void **state) {
    (void)state;
    expect("/paced", "cut=20", ": hello\n\ndata: {\"cho", false);
    assert_true(wait_for(&gone, 1000) >= 0);
}

static void test_stream_without_finish(void **state) {
    (void)state;
    expect_stream("no-finish", ": hello\n\n" ROLE HELLO WORLD, true);
}

static void test_malformed(void **state) {
    (void)state;
    struct answer a;
    ask(&a, "/paced", "malformed=2");
    assert_true(a.whole);
    assert_true(str_starts(a.body, S(": hello\n\n" ROLE "data: {\"choices\":[{\"delta\":{\"con")));
    assert_true(str_ends(a.body, S("\n\n" WORLD STOP USAGE DONE)));
    assert_false(str_has(a.body, S(HELLO)));
    answer_free(&a);
    ask(&a, "/json", "malformed=1");
    assert_true(a.whole);
    assert_int_equal(a.body.n, sizeof json - 1);
    assert_false(str_ends(a.body, S("}]}")));
    answer_free(&a);
}

static void test_error_event(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct answer a;
        ask(&a, i ? "/paced" : "/stream", "error-event=502");
        assert_true(a.whole);
        assert_int_equal(a.status, 200);
        assert_true(str_starts(a.body, S(": hello\n\n" ROLE HELLO "data: {\"id\":")));
        assert_true(str_has(a.body, S("\"finish_reason\":\"error\"}],\"error\":{\"message\":")));
        assert_true(str_has(a.body, S("\"code\":502")));
        assert_true(str_ends(a.body, S("}\n\n" DONE)));
        assert_false(str_has(a.body, S("world")));
        answer_free(&a);
    }
    struct answer a;
    ask(&a, "/json", "error-event=429");
    assert_int_equal(a.status, 200);
    assert_true(str_starts(a.body, S("{\"error\":{\"message\":")));
    assert_true(str_has(a.body, S("\"code\":429")));
    answer_free(&a);
}

static void test_huge_line(void **state) {
    (void)state;
    struct answer a;
    ask(&a, "/paced", "huge=3000000");
    assert_true(a.whole);
    assert_int_equal(a.body.n,
                     sizeof events - 1 + 3000000 + sizeof "data: {\"huge\":\"\"}\n\n" - 1);
    assert_true(str_ends(a.body, S("x\"}\n\n" HELLO WORLD STOP USAGE DONE)));
    answer_free(&a);
}

static void test_status(void **state) {
    (void)state;
    struct answer a;
    ask(&a, "/json", "status=429,retry-after=7");
    assert_int_equal(a.status, 429);
    assert_text(answer_header(&a, S("retry-after")), "7");
    assert_text(answer_header(&a, S("content-type")), "application/json");
    assert_true(str_has(a.body, S("\"code\":429")));
    assert_true(str_has(a.body, S("rate_limit_exceeded")));
    answer_free(&a);
    ask(&a, "/json", "status=524");
    assert_int_equal(a.status, 524);
    assert_text(answer_header(&a, S("retry-after")), "");
    answer_free(&a);
    ask(&a, "/json", "html");
    assert_int_equal(a.status, 200);
    assert_text(answer_header(&a, S("content-type")), "text/html; charset=utf-8");
    assert_true(str_starts(a.body, S("<!DOCTYPE html>")));
    answer_free(&a);
    ask(&a, "/json", "html,status=502");
    assert_int_equal(a.status, 502);
    answer_free(&a);
    assert_int_equal(atomic_load(&handled), 0);
}

static void test_wrong_type(void **state) {
    (void)state;
    struct answer a;
    ask(&a, "/stream", "wrong-type,cut-event=1"); /* still known to be a stream */
    assert_text(answer_header(&a, S("content-type")), "application/x-unexpected");
    assert_text(a.body, ": hello\n\n" ROLE);
    answer_free(&a);
}

/* Nothing more comes, and nothing ends: until the client leaves. */
static void check_stall(const char *path, const char *spec, const char *got) {
    char text[200];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\nX-Chela-Fault: %s\r\n\r\n", path,
             spec);
    struct answer a;
    answer_init(&a);
    int fd = dial_port(f.port);
    struct timeval limit = { .tv_usec = 150000 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    put(fd, str_c(text));
    ssize_t n;
    do {
        char *room = buf_room(&a.raw, 4096);
        n = recv(fd, room, 4096, 0);
        if (n > 0) a.raw.n += (size_t)n;
    } while (n > 0);
    assert_int_equal(n, -1); /* no end, no reset: only the time ran out */
    assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    if (!str_ends(buf_str(&a.raw), str_c(got)))
        fail_msg("%s: '%.*s' does not end with '%s'", spec, STR_ARG(buf_str(&a.raw)), got);
    if (!*got) assert_int_equal(a.raw.n, 0);
    close(fd);
    answer_free(&a);
}

static void test_stall(void **state) {
    (void)state;
    check_stall("/stream", "stall=head", "");
    check_stall("/stream", "stall=0", "\r\n\r\n");
    check_stall("/stream", "stall=1", "null}]}\n\n\r\n");
    check_stall("/paced", "stall=2", "null}]}\n\n\r\n");
    check_stall("/json", "stall=5", "\r\n\r\n{\"cho");
}

static void test_times_of_a_header(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct answer a;
        ask(&a, "/json", "status=503,times=2");
        assert_int_equal(a.status, i < 2 ? 503 : 201);
        answer_free(&a);
    }
}

static void test_bad_header_is_a_400(void **state) {
    (void)state;
    struct answer a;
    ask(&a, "/json", "explode");
    assert_int_equal(a.status, 400);
    assert_true(str_has(a.body, S("no fault is called 'explode'; there are: delay=MS")));
    answer_free(&a);
    assert_int_equal(atomic_load(&handled), 0);
}

static void test_faults_for_all_requests(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    assert_int_equal(faults_add(faults, S("status=500,times=1,path=json"), &e), CHELA_OK);
    assert_int_equal(faults_add(faults, S("cut=3,times=1,path=json"), &e), CHELA_OK);
    assert_int_equal(faults_add(faults, S("what"), &e), CHELA_USAGE);
    struct answer a;
    expect("/stream", NULL, events, true); /* another path */
    ask(&a, "/json", NULL);
    assert_int_equal(a.status, 500);
    answer_free(&a);
    expect("/json", NULL, "{\"c", false);
    expect("/json", NULL, json, true);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grammar),
        cmocka_unit_test(test_what_is_no_fault_is_named),
        CASE(test_no_fault),
        CASE(test_what_is_no_event_passes),
        CASE(test_delay),
        CASE(test_cut),
        CASE(test_handler_hears_of_a_cut),
        CASE(test_stream_without_finish),
        CASE(test_malformed),
        CASE(test_error_event),
        CASE(test_huge_line),
        CASE(test_status),
        CASE(test_wrong_type),
        CASE(test_stall),
        CASE(test_times_of_a_header),
        CASE(test_bad_header_is_a_400),
        CASE(test_faults_for_all_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
