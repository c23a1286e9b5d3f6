/* Recording and replaying: what a line holds, that keys are masked, and that a recording answers as
 * its original did. */
#include "doc/doc.h"
#include "sandbox/fault.h"
#include "sandbox/record.h"
#include "server_fixture.h"
#include "unit.h"

#include "base/file.h"

#include <sys/stat.h>

static struct fixture f;
static struct recorder *recorder;
static char path[256];

static const char stream[] = "data: {\"n\":1}\n\ndata: {\"n\":2}\n\ndata: [DONE]\n\n";

static void on_request(void *ctx, struct exchange *x) {
    (void)ctx;
    const struct server_request *r = exchange_request(x);
    if (str_eq(r->path, S("/stream"))) {
        struct server_header headers[] = { { S("Content-Type"), S("text/event-stream") },
                                           { S("X-Generation-Id"), S("gen-1") } };
        exchange_head(x, 200, headers, 2, -1);
        exchange_write(x, str_head(str_c(stream), 20));
        exchange_write(x, str_skip(str_c(stream), 20));
        exchange_end(x);
    } else if (str_eq(r->path, S("/binary"))) {
        exchange_answer(x, 200, S("audio/mpeg"), S("\xff\x00\xfe"));
    } else if (str_eq(r->path, S("/cut"))) {
        exchange_head(x, 200, NULL, 0, 100);
        exchange_write(x, S("the first half"));
        exchange_abort(x);
    } else if (str_eq(r->path, S("/count"))) {
        static unsigned count;
        exchange_answer(x, 200, S("text/plain"), arena_printf(r->arena, "%u", ++count));
    } else if (str_eq(r->path, S("/silent"))) {
        exchange_abort(x);
    } else {
        exchange_answer(x, 200, S("text/plain"),
                        arena_printf(r->arena, "%.*s?%.*s:%.*s", STR_ARG(r->path),
                                     STR_ARG(r->query), STR_ARG(r->body)));
    }
}

static const struct server_handler inner = { NULL, on_request };

static void start_recording(void) {
    struct err e = ERR_INIT;
    f.limits = server_default_limits;
    assert_int_equal(recorder_open(&recorder, path, &inner, &e), CHELA_OK);
    fixture_start(&f, &(struct server_handler){ recorder, recorder_request }, NULL);
}

static void stop_recording(void) {
    fixture_stop(&f);
    recorder_free(recorder);
}

static int set_up(void **state) {
    if (scratch_make(state) != 0) return -1;
    scratch_path(*state, path, sizeof path, "recording");
    return 0;
}

static void ask(struct answer *a, const char *line, const char *headers, str body) {
    char head[600];
    int n = snprintf(head, sizeof head, "%s HTTP/1.1\r\nHost: a\r\n%sContent-Length: %zu\r\n\r\n",
                     line, headers, body.n);
    int fd = dial_port(f.port);
    answer_init(a);
    put(fd, (str){ head, (size_t)n });
    put(fd, body);
    take(a, fd, false);
    close(fd);
}

static void tell(const char *line, str body) {
    struct answer a;
    ask(&a, line, "", body);
    answer_free(&a);
}

static void expect(const char *line, str body, int status, str answer) {
    struct answer a;
    ask(&a, line, "", body);
    assert_int_equal(a.status, status);
    if (!str_eq(a.body, answer)) fail_msg("%s: '%.*s'", line, STR_ARG(a.body));
    answer_free(&a);
}

/* ---- recording ---- */

static struct doc *parse_line(str line) {
    struct doc *d;
    struct err e = ERR_INIT;
    if (doc_parse(&d, line, DOC_JSON, NULL, &e) != CHELA_OK)
        fail_msg("%s: %.*s", e.message, STR_ARG(line));
    return d;
}

static void assert_at(struct doc *d, const char *where, const char *text) {
    struct err e = ERR_INIT;
    str s = { 0 };
    doc_string(d, doc_path_get(d, str_c(where), &e), &s);
    if (!str_eq(s, str_c(text))) fail_msg("%s: '%.*s' is not '%s'", where, STR_ARG(s), text);
}

static void test_a_line_holds_request_and_answer(void **state) {
    (void)state;
    struct answer a;
    start_recording();
    ask(&a, "POST /stream?a=1",
        "Authorization: Bearer sk-or-v1-0123456789abcdef0123\r\nX-Api-Key: short\r\n"
        "Cookie: \r\nX-Title: caf\xc3\xa9 \"x\"\r\n",
        S("{\"stream\":true}"));
    assert_text(a.body, stream);
    answer_free(&a);
    tell("GET /binary", S("\x80\n"));
    tell("GET /cut", S(""));
    stop_recording();

    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct buf text = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    assert_int_equal(file_read(path, &text, &e), CHELA_OK);
    str rest = buf_str(&text), line;

    assert_true(str_cut(rest, '\n', &line, &rest));
    struct doc *d = parse_line(line);
    str time;
    assert_true(doc_string(d, doc_get(d, doc_root(d), S("time")), &time));
    assert_int_equal(time.n, sizeof "2026-01-02T03:04:05.678Z" - 1);
    assert_at(d, "method", "POST");
    assert_at(d, "path", "/stream?a=1");
    assert_at(d, "headers.authorization", "Bearer sk-or-v1-…0123");
    assert_at(d, "headers[\"x-api-key\"]", "***");
    assert_at(d, "headers[\"x-title\"]", "caf\xc3\xa9 \"x\"");
    assert_at(d, "body", "{\"stream\":true}");
    assert_at(d, "response.headers[\"content-type\"]", "text/event-stream");
    assert_at(d, "response.headers[\"x-generation-id\"]", "gen-1");
    assert_at(d, "response.body", stream);
    bool complete = false;
    assert_true(doc_bool(d, doc_path_get(d, S("response.complete"), &e), &complete) && complete);
    doc_free(d);

    assert_true(str_cut(rest, '\n', &line, &rest));
    d = parse_line(line);
    assert_at(d, "body_base64", "gAo=");
    assert_at(d, "response.body_base64", "/wD+");
    doc_free(d);

    assert_true(str_cut(rest, '\n', &line, &rest));
    d = parse_line(line);
    assert_at(d, "response.body", "the first half");
    assert_true(doc_bool(d, doc_path_get(d, S("response.complete"), &e), &complete) && !complete);
    doc_free(d);
    assert_int_equal(rest.n, 0);
    assert_false(str_has(buf_str(&text), S("0123456789abcdef")));
    buf_free(&text);
}

/* The recorder stands behind the faults: it says what the client got. */
static void test_faults_are_recorded(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct faults *faults = faults_new(&inner);
    assert_int_equal(faults_add(faults, S("cut=5,times=1"), &e), CHELA_OK);
    assert_int_equal(faults_add(faults, S("status=529,times=1"), &e), CHELA_OK);
    struct server_handler h = { faults, faults_request };
    f.limits = server_default_limits;
    assert_int_equal(recorder_open(&recorder, path, &h, &e), CHELA_OK);
    fixture_start(&f, &(struct server_handler){ recorder, recorder_request }, NULL);
    tell("GET /stream", S(""));
    tell("GET /stream", S(""));
    stop_recording();
    faults_free(faults);
    struct buf text = BUF_INIT(1 << 20);
    assert_int_equal(file_read(path, &text, &e), CHELA_OK);
    assert_true(str_has(buf_str(&text), S("\"body\":\"data:\",\"complete\":false")));
    assert_true(str_has(buf_str(&text), S("\"response\":{\"status\":529,")));
    buf_free(&text);
}

static void test_unwritable_file(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    assert_int_equal(recorder_open(&recorder, "/nonexistent/x", &inner, &e), CHELA_IO);
    assert_non_null(strstr(e.message, "/nonexistent/x"));
}

/* ---- replaying ---- */

static struct replay *replay;

static void start_replay(uint64_t pace_ms) {
    struct err e = ERR_INIT;
    if (replay_open(&replay, path, pace_ms, &e) != CHELA_OK) fail_msg("%s", e.message);
    fixture_start(&f, &(struct server_handler){ replay, replay_request }, NULL);
}

static void stop_replay(void) {
    fixture_stop(&f);
    replay_free(replay);
}

static void test_a_recording_answers_like_its_original(void **state) {
    (void)state;
    start_recording();
    tell("POST /echo?q", S("one"));
    tell("POST /echo?q", S("two"));
    tell("POST /echo", S("three"));
    tell("POST /stream", S(""));
    tell("GET /binary", S(""));
    tell("GET /cut", S(""));
    tell("GET /silent", S(""));
    for (int i = 0; i < 3; i++) tell("GET /count", S(""));
    stop_recording();

    start_replay(0);
    expect("POST /echo?q", S("two"), 200, S("/echo?q:two")); /* another order */
    expect("POST /echo?q", S("two"), 200, S("/echo?q:two")); /* again */
    expect("POST /echo?q", S("new"), 200, S("/echo?q:one")); /* the next of that path */
    expect("POST /stream", S(""), 200, str_c(stream));
    expect("GET /binary", S(""), 200, S("\xff\x00\xfe"));
    expect("GET /count", S(""), 200, S("1")); /* the same, asked several times: in order */
    expect("GET /count", S(""), 200, S("2"));
    expect("GET /count", S(""), 200, S("3"));
    expect("GET /count", S(""), 200, S("3"));

    struct answer a;
    ask(&a, "GET /cut", "", S(""));
    assert_text(a.body, "the first half");
    assert_false(a.whole);
    answer_free(&a);
    ask(&a, "GET /silent", "", S(""));
    assert_int_equal(a.status, 0);
    answer_free(&a);
    ask(&a, "POST /echo?q", "", S("more"));
    assert_int_equal(a.status, 404);
    assert_true(str_has(a.body, S("no answer left for POST /echo")));
    answer_free(&a);
    ask(&a, "GET /echo", "", S("three")); /* another method */
    assert_int_equal(a.status, 404);
    answer_free(&a);
    stop_replay();
}

static void test_pace(void **state) {
    (void)state;
    start_recording();
    tell("POST /stream", S(""));
    tell("POST /echo", S("x"));
    stop_recording();
    start_replay(60);
    int64_t start = clock_ms();
    expect("POST /stream", S(""), 200, str_c(stream));
    assert_in_range(clock_ms() - start, 120, 3000); /* three events */
    expect("POST /echo", S("x"), 200, S("/echo?:x"));
    stop_replay();
}

static void test_large_answers_wait_for_their_reader(void **state) {
    (void)state;
    struct buf line = BUF_INIT(16 << 20);
    buf_add(&line,
            S("{\"method\":\"GET\",\"path\":\"/\",\"response\":{\"status\":200,\"headers\":{},"
              "\"body\":\""));
    for (int i = 0; i < 80000; i++) buf_addf(&line, "%099d,", i);
    buf_add(&line, S("\"}}\n\n"));
    struct err e = ERR_INIT;
    assert_int_equal(file_write(path, buf_str(&line), 0600, &e), CHELA_OK);
    buf_free(&line);
    start_replay(0);
    struct answer a;
    ask(&a, "GET /", "", S(""));
    assert_true(a.whole);
    assert_int_equal(a.body.n, 8000000);
    assert_true(str_ends(a.body, S("79999,")));
    answer_free(&a);
    stop_replay();
}

static void test_bad_recordings_name_the_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "{\"method\":\"GET\",\"path\":\"/\",\"response\":{\"status\":200}}\n{", "line 2" },
        { "\n\n{}", "line 3 of the recording: method, path" },
        { "{\"method\":\"GET\",\"path\":\"/\",\"response\":{\"status\":77}}", "200 to 599" },
        { "{\"method\":\"GET\",\"path\":\"/\",\"response\":{\"status\":200,\"body_base64\":\"?\"}}",
          "not base64" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = ERR_INIT;
        assert_int_equal(file_write(path, str_c(rows[i].text), 0600, &e), CHELA_OK);
        assert_int_equal(replay_open(&replay, path, 0, &e), CHELA_INPUT);
        if (!strstr(e.message, rows[i].message)) fail_msg("%s", e.message);
        assert_non_null(strstr(e.message, path));
    }
    struct err e = ERR_INIT;
    assert_int_not_equal(replay_open(&replay, "/nonexistent/x", 0, &e), CHELA_OK);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_remove)
    const struct CMUnitTest tests[] = {
        CASE(test_a_line_holds_request_and_answer),
        CASE(test_faults_are_recorded),
        CASE(test_unwritable_file),
        CASE(test_a_recording_answers_like_its_original),
        CASE(test_pace),
        CASE(test_large_answers_wait_for_their_reader),
        CASE(test_bad_recordings_name_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
