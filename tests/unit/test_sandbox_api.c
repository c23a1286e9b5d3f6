/* The routes over a real server: bases, methods, keys, streams that wait and streams that are left.
 */
#include "server_fixture.h"

#include "doc/doc.h"
#include "sandbox/api.h"

static struct fixture fixture;
static struct sandbox_api api;
static atomic_bool reported;
static atomic_bool reported_whole;

static void on_report(void *ctx, const struct server_report *r) {
    (void)ctx;
    atomic_store(&reported_whole, r->whole);
    atomic_store(&reported, true);
}

static int start(void **state) {
    (void)state;
    static const struct server_handler handler = { &api, sandbox_api_request };
    fixture.limits = server_default_limits;
    fixture.report = on_report;
    api.pace_ms = 0;
    fixture_start(&fixture, &handler, NULL);
    return 0;
}

static int stop(void **state) {
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void request(int fd, const char *method, const char *path, const char *headers,
                    const char *body) {
    struct buf out = BUF_INIT(1 << 20);
    buf_addf(&out, "%s %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n\r\n%s", method, path,
             headers, strlen(body), body);
    put(fd, buf_str(&out));
    buf_free(&out);
}

static int ask(struct answer *a, const char *method, const char *path, const char *headers,
               const char *body) {
    int fd = dial_port(fixture.port);
    answer_init(a);
    request(fd, method, path, headers, body);
    take(a, fd, strcmp(method, "HEAD") == 0);
    assert_true(a->whole);
    close(fd);
    return a->status;
}

/* An error's message, after its form was checked. */
static void check_error(const struct answer *a, int status, const char *type, const char *has) {
    struct doc *d;
    struct err e = ERR_INIT;
    int64_t code = 0;
    str message = { 0 }, kind = { 0 };
    assert_int_equal(a->status, status);
    assert_text(answer_header(a, S("Content-Type")), "application/json");
    assert_int_equal(doc_parse(&d, a->body, DOC_JSON, NULL, &e), CHELA_OK);
    assert_true(doc_int(d, doc_path_get(d, S("error.code"), &e), &code));
    assert_int_equal(code, status);
    assert_true(doc_string(d, doc_path_get(d, S("error.metadata.error_type"), &e), &kind));
    assert_text(kind, type);
    assert_true(doc_string(d, doc_path_get(d, S("error.message"), &e), &message));
    if (!str_has(message, str_c(has))) fail_msg("no \"%s\": %.*s", has, STR_ARG(message));
    doc_free(d);
}

#define HELLO  "{\"messages\":[{\"role\":\"user\",\"content\":\"say hello\"}]}"
#define STREAM "{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"count to 1000\"}]}"

static void answers_under_both_bases(void **state) {
    (void)state;
    static const struct {
        const char *method, *path, *body, *has;
    } rows[] = {
        { "POST", "/api/v1/chat/completions", HELLO, "\"content\":\"hello\"" },
        { "POST", "/v1/chat/completions", HELLO, "\"content\":\"hello\"" },
        { "POST", "/v1/chat/completions/", HELLO, "\"content\":\"hello\"" },
        { "POST", "/v1/chat/completions?x=1", HELLO, "\"content\":\"hello\"" },
        { "GET", "/api/v1/models", "", "\"id\":\"sandbox/agent\"" },
        { "GET", "/v1/models", "", "\"moonshotai/kimi-k2.6\"" },
        { "GET", "/api/v1/models/count", "", "\"count\":3" },
        { "GET", "/api/v1/model/openrouter/auto", "", "\"id\":\"openrouter/auto\"" },
        { "GET", "/api/v1/models/sandbox/agent/endpoints", "", "\"endpoints\"" },
        { "GET", "/health", "", "ok" },
        { "GET", "/v1/health", "", "ok" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer a;
        if (ask(&a, rows[i].method, rows[i].path, "", rows[i].body) != 200)
            fail_msg("%s: %d", rows[i].path, a.status);
        if (!str_has(a.body, str_c(rows[i].has)))
            fail_msg("%s: %.*s", rows[i].path, STR_ARG(a.body));
        if (rows[i].body[0]) {
            str id = answer_header(&a, S("X-Generation-Id"));
            assert_true(str_starts(id, S("gen-")) && str_has(a.body, id));
        }
        answer_free(&a);
    }
}

static void model_rows_have_every_field(void **state) {
    (void)state;
    static const char *const fields[] = {
        "id",      "canonical_slug",       "name",
        "created", "description",          "context_length",
        "pricing", "top_provider",         "architecture",
        "links",   "supported_parameters",
    };
    struct answer a;
    struct doc *d;
    struct err e = ERR_INIT;
    ask(&a, "GET", "/api/v1/models", "", "");
    assert_int_equal(doc_parse(&d, a.body, DOC_JSON, NULL, &e), CHELA_OK);
    doc_node rows = doc_path_get(d, S("data"), &e);
    assert_int_equal(doc_len(d, rows), 3);
    assert_int_equal(doc_type(d, doc_path_get(d, S("links.next"), &e)), DOC_NULL);
    assert_int_equal(doc_type(d, doc_path_get(d, S("total_count"), &e)), DOC_NUMBER);
    for (doc_node r = doc_first(d, rows); r; r = doc_next(d, r)) {
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
            if (!doc_get(d, r, str_c(fields[i]))) fail_msg("no %s", fields[i]);
        str text;
        assert_true(doc_string(d, doc_get(d, r, S("description")), &text));
        assert_true(str_has(text, S("rules engine"))); /* each row says who answers */
        doc_node pricing = doc_get(d, r, S("pricing"));
        for (doc_node p = doc_first(d, pricing); p; p = doc_next(d, p))
            assert_true(doc_string(d, p, &text) && str_eq(text, S("0")));
    }
    doc_free(d);
    answer_free(&a);
}

static void tells_what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *method, *path, *headers, *body;
        int status;
        const char *type, *has;
    } rows[] = {
        { "POST", "/v1/chat/completions", "", "{\"messages\":", 400, "invalid_request", "line 1" },
        { "POST", "/v1/chat/completions", "", "", 400, "invalid_request", "empty" },
        { "POST", "/v1/chat/completions", "", "{\"messages\":[]}", 400, "invalid_request",
          "messages" },
        { "GET", "/", "", "", 404, "not_found", "/api/v1" },
        { "POST", "/chat/completions", "", HELLO, 404, "not_found",
          "did you mean /api/v1/chat/completions?" },
        { "GET", "/api/models", "", "", 404, "not_found", "did you mean /api/v1/models?" },
        { "GET", "/api/v1x/models", "", "", 404, "not_found", "/api/v1/models" },
        { "GET", "/v1/nothing", "", "", 404, "not_found", "POST /api/v1/chat/completions" },
        { "GET", "/v1/model/nobody/knows", "", "", 404, "not_found", "nobody/knows" },
        { "GET", "/v1/models//endpoints", "", "", 404, "not_found", "no model" },
        { "GET", "/v1/key", "", "", 401, "authentication", "no key" },
        { "GET", "/v1/key", "Authorization: Bearer \r\n", "", 401, "authentication", "no key" },
        { "GET", "/v1/key", "Authorization: Bearer sk-or-bad-1\r\n", "", 401, "authentication",
          "refused" },
        { "POST", "/v1/chat/completions", "Authorization: bearer sk-or-bad\r\n", HELLO, 401,
          "authentication", "refused" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer a;
        ask(&a, rows[i].method, rows[i].path, rows[i].headers, rows[i].body);
        check_error(&a, rows[i].status, rows[i].type, rows[i].has);
        answer_free(&a);
    }
    struct answer a;
    ask(&a, "DELETE", "/v1/models", "", "");
    check_error(&a, 405, "invalid_request", "DELETE");
    assert_text(answer_header(&a, S("Allow")), "GET");
    answer_free(&a);
    ask(&a, "GET", "/v1/chat/completions", "", "");
    check_error(&a, 405, "invalid_request", "use POST");
    assert_text(answer_header(&a, S("Allow")), "POST");
    answer_free(&a);
    ask(&a, "HEAD", "/v1/models", "", "");
    assert_int_equal(a.status, 200);
    answer_free(&a);
}

static void shows_the_key_masked(void **state) {
    (void)state;
    static const char *const ints[] = { "usage", "byok_usage_monthly",
                                        "free_model_daily_requests.remaining",
                                        "rate_limit.requests" };
    struct answer a;
    struct doc *d;
    struct err e = ERR_INIT;
    str label;
    int64_t v;
    ask(&a, "GET", "/api/v1/auth/key", "Authorization: Bearer sk-or-v1-0123456789abcdef\r\n", "");
    assert_int_equal(a.status, 200);
    assert_false(str_has(a.body, S("0123456789")));
    assert_int_equal(doc_parse(&d, a.body, DOC_JSON, NULL, &e), CHELA_OK);
    assert_true(doc_string(d, doc_path_get(d, S("data.label"), &e), &label));
    assert_text(label, "sk-or-v1-…cdef");
    for (size_t i = 0; i < sizeof ints / sizeof ints[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "data.%s", ints[i]);
        assert_true(doc_int(d, doc_path_get(d, str_c(path), &e), &v));
    }
    assert_int_equal(doc_type(d, doc_path_get(d, S("data.limit"), &e)), DOC_NULL);
    doc_free(d);
    answer_free(&a);
}

static void streams(void **state) {
    (void)state;
    struct answer a;
    ask(&a, "POST", "/v1/chat/completions", "", STREAM);
    assert_int_equal(a.status, 200);
    assert_true(str_starts(answer_header(&a, S("Content-Type")), S("text/event-stream")));
    assert_true(str_has(a.body, answer_header(&a, S("X-Generation-Id"))));
    assert_true(str_starts(a.body, S(": OPENROUTER PROCESSING\n\n")));
    assert_true(str_ends(a.body, S("data: [DONE]\n\n")));
    assert_true(str_has(a.body, S("1000")));
    answer_free(&a);
}

/* More than the server's mark and the kernel's buffers, read late: it waits, and loses nothing. */
static void waits_for_a_slow_reader(void **state) {
    (void)state;
    int fd = dial_port(fixture.port), small = 4096;
    struct answer a;
    answer_init(&a);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    struct buf body = BUF_INIT(1 << 20);
    buf_add(&body, S("{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"say "));
    for (int i = 0; i < 3500; i++) buf_addf(&body, "w%d ", i);
    buf_add(&body, S("end\"}]}"));
    request(fd, "POST", "/v1/chat/completions", "", body.p);
    buf_free(&body);
    usleep(200000);
    take(&a, fd, false);
    assert_true(a.whole);
    assert_true(a.body.n > 700000);
    assert_true(str_has(a.body, S("w3499")));
    assert_true(str_ends(a.body, S("data: [DONE]\n\n")));
    answer_free(&a);
    close(fd);
}

/* Paced, the events come one by one; the client leaves after the first, and the server hears it. */
static void stops_when_the_client_leaves(void **state) {
    (void)state;
    api.pace_ms = 20;
    int fd = dial_port(fixture.port);
    struct answer a;
    answer_init(&a);
    atomic_store(&reported, false);
    request(fd, "POST", "/v1/chat/completions", "", STREAM);
    while (str_find(buf_str(&a.raw), S("data: ")) < 0) assert_true(answer_more(&a, fd) > 0);
    assert_int_equal(str_find(buf_str(&a.raw), S("1000")), -1);
    close(fd);
    int64_t took = wait_for(&reported, 2000);
    assert_true(took >= 0 && took < 1000);
    assert_false(atomic_load(&reported_whole));
    answer_free(&a);
    api.pace_ms = 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_under_both_bases),
        cmocka_unit_test(model_rows_have_every_field),
        cmocka_unit_test(tells_what_is_wrong),
        cmocka_unit_test(shows_the_key_masked),
        cmocka_unit_test(streams),
        cmocka_unit_test(waits_for_a_slow_reader),
        cmocka_unit_test(stops_when_the_client_leaves),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
