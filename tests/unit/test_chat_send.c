/* A whole exchange against a raw server: what is tried again and what is not, which end a stream
 * comes to, how long anything may take, and that the catalogue is fetched beside it. */
#include "chat/chat.h"

#include "base/clock.h"
#include "base/file.h"
#include "test_server.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The servers stall for five seconds: three is what a busy machine may add to a timer. */
enum { STALL = 5000, SLOWEST = 3000 };

static struct test_server server;
static struct config *config;
static struct chat chat;
static struct chat_reply reply;
static struct err err;
static struct buf told, notices;
static char home[64];
static int64_t took;

static void write_text(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", home, name);
    assert_int_equal(file_write(path, str_c(text), 0600, &err), CHELA_OK);
}

/* The configuration keeps the environment: it is static. */
static void load(void) {
    static char env_home[96], env_state[96];
    static const char *const env[] = { env_home, env_state, NULL };
    snprintf(env_home, sizeof env_home, "HOME=%s", home);
    snprintf(env_state, sizeof env_state, "OPENCLAW_STATE_DIR=%s", home);
    config_free(config);
    if (config_load(&config, env, &err) != CHELA_OK) fail_msg("%s", err.message);
}

/* more: further members of models.providers.openrouter */
static void configure(const char *more) {
    char text[2048];
    snprintf(text, sizeof text,
             "{models: {providers: {openrouter: {baseUrl: \"http://127.0.0.1:%d/v1\","
             "apiKey: \"sk-or-v1-0123456789abcdef\", models: [], %s}}}}",
             server.port, more);
    write_text("openclaw.json", text);
    load();
}

/* A cached catalogue of now, so that nothing is fetched. */
static void cache_catalogue(void) {
    assert_int_equal(catalog_store(config, S("{\"data\":[{\"id\":\"m/x\"}]}"), &err), CHELA_OK);
}

static void forget_catalogue(void) {
    char path[sizeof config_where(config)->cache + 16];
    snprintf(path, sizeof path, "%s/models.json", config_where(config)->cache);
    unlink(path);
}

static void tell(void *ctx, str piece) {
    buf_add(ctx, piece);
}

static void notice(void *ctx, const char *line) {
    (void)ctx;
    buf_addf(&notices, "%s\n", line);
}

static atomic_bool cancel;

static enum chela_error begin(const char *more) {
    chat_end(&chat);
    err = (struct err)ERR_INIT;
    configure(more);
    cache_catalogue();
    buf_free(&told);
    buf_free(&notices);
    atomic_store(&cancel, false);
    const struct chat_input in = { .kind = CALL_INFER, .model = S("m/x"), .prompt = S("p") };
    return chat_begin(&chat, config, &in, &err);
}

static enum chela_error send_it(const struct http_timeouts *t) {
    const struct chat_events events = { .ctx = &told, .on_text = tell, .on_notice = notice };
    int64_t start = clock_ms();
    enum chela_error rc = chat_send(&chat, &events, t, &cancel, &reply, &err);
    took = clock_ms() - start;
    assert_int_equal(err.code, rc);
    return rc;
}

/* Serves the scripts and runs one exchange. */
static enum chela_error exchange(const struct test_script *scripts, size_t count,
                                 const char *more) {
    test_serve_scripts(&server, scripts, count);
    enum chela_error rc = begin(more);
    if (rc == CHELA_OK) rc = send_it(NULL);
    http_close_idle();
    test_serve_end(&server);
    return rc;
}
#define EXCHANGE(more, ...)                                                                        \
    exchange((const struct test_script[]){ __VA_ARGS__ },                                          \
             sizeof((const struct test_script[]){ __VA_ARGS__ }) / sizeof(struct test_script),     \
             more)

static void assert_message(const char *part) {
    if (!strstr(err.message, part)) fail_msg("\"%s\" is not in \"%s\"", part, err.message);
}

static void assert_str(str got, const char *expected) {
    if (!str_eq(got, str_c(expected)))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static void assert_tries(size_t n) {
    if (chat.attempt_count != n || server.requests != n)
        fail_msg("%zu attempts, %zu requests, expected %zu: %s", chat.attempt_count,
                 server.requests, n, err.message);
}

#define SSE     "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
#define WORD(w) "data: {\"choices\":[{\"delta\":{\"content\":\"" w "\"}}]}\n\n"
#define STOP    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define DONE    "data: [DONE]\n\n"
#define COMMENT ": OPENROUTER PROCESSING\n\n"
#define GOOD    SSE COMMENT WORD("Hello ") WORD("you") STOP DONE
#define STATUS(s, head, body)                                                                      \
    "HTTP/1.1 " s "\r\nContent-Type: application/json\r\nConnection: close\r\n" head "\r\n" body
#define ERROR_BODY "{\"error\":{\"message\":\"because\"}}"

/* ---- good ends ---- */

static void good_stream(void **state) {
    (void)state;
    assert_int_equal(
        EXCHANGE("", { .answer = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                 "X-Generation-Id: gen-9\r\n"
                                 "X-OpenRouter-Cache-Status: HIT\r\n\r\n" COMMENT WORD("Hel")
                                     WORD("lo") STOP DONE }),
        CHELA_OK);
    assert_str(buf_str(&told), "Hello");
    assert_str(reply.text, "Hello");
    assert_str(reply.id, "gen-9");
    assert_str(reply.cache_status, "HIT");
    assert_tries(1);
    assert_int_equal(chat.attempt[0].status, 200);
    assert_non_null(strstr(server.request[0], "POST /v1/chat/completions HTTP/1.1\r\n"));
    assert_non_null(
        strstr(server.request[0], "Authorization: Bearer sk-or-v1-0123456789abcdef\r\n"));
    assert_non_null(strstr(server.request[0], "\r\n\r\n{\"model\":\"m/x\","));
    assert_str(chat.body, strstr(server.request[0], "\r\n\r\n") + 4);
}

static void whole_answer(void **state) {
    (void)state;
    static const char json[] =
        "{\"choices\":[{\"message\":{\"content\":\"plain\"},\"finish_reason\":\"stop\"}]}";
    char answer[512];
    static const char *const types[] = { "application/json; charset=utf-8", "application/x+json",
                                         "text/plain", "" };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\n%s%s%sX: y\r\n\r\n %s",
                 types[i][0] ? "Content-Type: " : "", types[i], types[i][0] ? "\r\n" : "", json);
        assert_int_equal(EXCHANGE("", { .answer = answer }), CHELA_OK);
        assert_str(reply.text, "plain");
    }
}

static void stream_without_its_name(void **state) {
    (void)state;
    assert_int_equal(
        EXCHANGE("", { .answer = "HTTP/1.1 200 OK\r\n\r\nda",
                       .more_ms = 30,
                       .more = "ta: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n" STOP }),
        CHELA_OK);
    assert_str(reply.text, "x");
    assert_int_equal(
        EXCHANGE("", { .answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" COMMENT WORD(
                           "x") STOP }),
        CHELA_OK);
}

/* The answer is there; the transport's manners are not waited for. */
static void server_that_does_not_close(void **state) {
    (void)state;
    assert_int_equal(EXCHANGE("", { .answer = GOOD, .stall_ms = STALL }), CHELA_OK);
    assert_in_range(took, 90, SLOWEST);
    assert_int_equal(
        EXCHANGE("timeoutSeconds: 1", { .answer = SSE WORD("x") STOP, .stall_ms = STALL }),
        CHELA_OK);
    assert_in_range(took, 900, SLOWEST);
}

static void cut_after_the_finish(void **state) {
    (void)state;
    assert_int_equal(
        EXCHANGE("", { .answer = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                 "Content-Length: 9999\r\n\r\n" WORD("x") STOP }),
        CHELA_OK);
    assert_str(reply.text, "x");
}

/* ---- tries ---- */

static void tried_again_until_it_works(void **state) {
    (void)state;
    assert_int_equal(EXCHANGE("", { .answer = STATUS("500 E", "", ERROR_BODY) },
                              { .answer = STATUS("429 E", "Retry-After: 0.2\r\n", ERROR_BODY) },
                              { .answer = GOOD }),
                     CHELA_OK);
    assert_tries(3);
    assert_in_range(took, 375 + 200, SLOWEST);
    assert_int_equal(chat.attempt[0].status, 500);
    assert_int_equal(chat.attempt[0].code, CHELA_UPSTREAM);
    assert_str(chat.attempt[0].message, "HTTP 500: because");
    assert_int_equal(chat.attempt[1].code, CHELA_RATE_LIMITED);
    assert_int_equal(chat.attempt[2].code, CHELA_OK);
    assert_non_null(strstr(notices.p, "HTTP 500: because; trying again in 0."));
    assert_non_null(strstr(notices.p, "HTTP 429: because; trying again in 0.2 s (3 of 3)\n"));
}

static void tried_three_times(void **state) {
    (void)state;
    static const char *const statuses[] = {
        "408", "409", "429", "500", "502", "503", "524", "529"
    };
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        char answer[256];
        snprintf(answer, sizeof answer, STATUS("%s X", "retry-after-ms: 5\r\n", ERROR_BODY),
                 statuses[i]);
        enum chela_error rc =
            EXCHANGE("", { .answer = answer }, { .answer = answer }, { .answer = answer });
        assert_int_not_equal(rc, CHELA_OK);
        assert_tries(3);
        assert_message("because (tried 3 times)");
        char status[16];
        snprintf(status, sizeof status, "%d", err.http_status);
        assert_string_equal(status, statuses[i]);
    }
}

static void tried_once(void **state) {
    (void)state;
    static const char *const statuses[] = {
        "302", "400", "401", "402", "403", "404", "413", "422"
    };
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        char answer[256];
        snprintf(answer, sizeof answer, STATUS("%s X", "", ERROR_BODY), statuses[i]);
        assert_int_not_equal(EXCHANGE("", { .answer = answer }), CHELA_OK);
        assert_tries(1);
        assert_null(strstr(err.message, "tried"));
    }
}

static void long_retry_after_is_not_waited_for(void **state) {
    (void)state;
    assert_int_equal(EXCHANGE("", { .answer = STATUS("429 X", "Retry-After: 61\r\n", ERROR_BODY) }),
                     CHELA_RATE_LIMITED);
    assert_tries(1);
    assert_true(took < SLOWEST);
    assert_true(err.retry_after == 61);
    assert_message("because (it asks to wait 61 s, which is longer than chela waits)");
}

static void refused_is_tried_again(void **state) {
    (void)state;
    test_serve_scripts(&server, NULL, 0);
    test_serve_end(&server);
    assert_int_equal(begin(""), CHELA_OK);
    assert_int_equal(send_it(NULL), CHELA_UNAVAILABLE);
    assert_int_equal(chat.attempt_count, 3);
    assert_message("connection refused by 127.0.0.1:");
    assert_message("(tried 3 times)");
}

/* What the service may have begun to answer, and bill, is not asked for again. */
static void broken_streams_are_not_tried_again(void **state) {
    (void)state;
    static const struct {
        const char *answer;
        enum chela_error code;
        const char *message, *text;
    } cases[] = {
        { NULL, CHELA_UNAVAILABLE, "without an answer", "" },
        { "HTTP/1.1 200 OK\r\nContent-", CHELA_CUT, "head", "" },
        { SSE, CHELA_CUT, "without a finish", "" },
        { SSE COMMENT, CHELA_CUT, "without a finish", "" },
        { SSE WORD("a"), CHELA_CUT, "without a finish, after 1 bytes", "a" },
        { SSE WORD("a") DONE, CHELA_CUT, "without a finish", "a" },
        { SSE WORD("a") "data: {\"choices\":[{\"del", CHELA_CUT, "in the middle of an event", "a" },
        { "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 999\r\n\r\n" WORD(
              "a"),
          CHELA_CUT, "broke the connection off in the middle of the answer", "a" },
        { SSE WORD("a") "data: {\"choices\":[{\"del\n\n" STOP DONE, CHELA_PROTOCOL,
          "event 2 of the stream is not JSON", "a" },
        { SSE WORD("a") "data: {\"error\":{\"code\":502,\"message\":\"gone\"}}\n\n" STOP DONE,
          CHELA_UPSTREAM, "error 502 in the answer: gone", "a" },
        { SSE "data: {\"error\":{\"code\":429,\"message\":\"slow\"}}\n\n", CHELA_RATE_LIMITED,
          "slow", "" },
        { SSE STOP DONE, CHELA_EMPTY, "answered with nothing", "" },
        { SSE WORD("a") "data: {\"choices\":[{\"finish_reason\":\"content_filter\"}]}\n\n",
          CHELA_FILTERED, "content filter", "a" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum chela_error rc = EXCHANGE("", { .answer = cases[i].answer });
        if (rc != cases[i].code) fail_msg("case %zu: %s: %s", i, err_code(rc), err.message);
        assert_message(cases[i].message);
        assert_str(reply.text, cases[i].text);
        assert_tries(1);
        assert_int_equal(notices.n, 0);
    }
}

static void other_content(void **state) {
    (void)state;
    assert_int_equal(EXCHANGE("", { .answer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
                                              "<!doctype html><title>Open Router</title>" }),
                     CHELA_PROTOCOL);
    assert_message("content type text/html where");
    assert_message("an HTML page titled \"Open Router\"");
    assert_non_null(strstr(err.hint, "OpenRouter's own ends in /api/v1"));
    assert_tries(1);
    assert_int_equal(EXCHANGE("", { .answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
                                              "hello world" }),
                     CHELA_PROTOCOL);
    assert_int_equal(EXCHANGE("", { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }),
                     CHELA_PROTOCOL);
    assert_message("content type none");
    assert_message("an empty body");
    assert_int_equal(EXCHANGE("", { .answer = "HTTP/1.1 404 X\r\nContent-Type: text/html\r\n\r\n"
                                              "<html>no" }),
                     CHELA_NOT_FOUND);
    assert_non_null(strstr(err.hint, "baseUrl"));
}

/* An error answer is read as far as a message needs, not to its end. */
static void endless_error_body(void **state) {
    (void)state;
    static char answer[40000];
    memset(answer, 'x', sizeof answer - 1);
    memcpy(answer, "HTTP/1.1 400 X\r\nContent-Length: 999999\r\n\r\n", 42);
    assert_int_equal(EXCHANGE("", { .answer = answer, .stall_ms = STALL }), CHELA_REQUEST);
    assert_true(took < SLOWEST);
}

static void huge_line(void **state) {
    (void)state;
    enum { SIZE = 17 << 20 };
    char *answer = malloc(SIZE);
    memset(answer, 'x', SIZE - 1);
    answer[SIZE - 1] = '\0';
    memcpy(answer, SSE "data: ", sizeof SSE "data: " - 1);
    assert_int_equal(EXCHANGE("", { .answer = answer }), CHELA_LIMIT);
    assert_message("longer than 16777216 bytes");
    free(answer);
}

/* ---- time ---- */

static void silence(void **state) {
    (void)state;
    assert_int_equal(EXCHANGE("timeoutSeconds: 0.3", { .wait_ms = STALL }), CHELA_TIMEOUT);
    assert_in_range(took, 290, SLOWEST);
    assert_message("did not answer for 0.3 s");
    assert_non_null(strstr(err.hint, "timeoutSeconds"));
    assert_tries(1); /* the request was sent */
    assert_int_equal(
        EXCHANGE("timeoutSeconds: 0.3", { .answer = SSE WORD("a"), .stall_ms = STALL }),
        CHELA_TIMEOUT);
    assert_message("in the middle of its answer");
    assert_str(reply.text, "a");
    assert_tries(1);
}

static void *comment_flood(void *arg) {
    const int fd = accept(*(int *)arg, NULL, NULL);
    char request[4096];
    test_read_request(fd, request, sizeof request);
    test_send(fd, SSE);
    for (int i = 0; i < 100; i++) {
        test_send(fd, COMMENT);
        test_stall(fd, 50);
    }
    close(fd);
    return NULL;
}

static void comments_do_not_keep_it_alive(void **state) {
    (void)state;
    test_serve_scripts(&server, NULL, 0);
    pthread_t thread;
    assert_int_equal(begin("timeoutSeconds: 0.4"), CHELA_OK);
    pthread_create(&thread, NULL, comment_flood, &server.fd);
    assert_int_equal(send_it(NULL), CHELA_TIMEOUT);
    assert_in_range(took, 390, SLOWEST);
    assert_message("the model said nothing for 0.4 s, although the service keeps the connection");
    http_close_idle();
    pthread_join(thread, NULL);
    test_serve_end(&server);
}

static void total_covers_all_tries(void **state) {
    (void)state;
    const struct test_script s[] = { { .answer = STATUS("500 X", "Retry-After: 30\r\n", "{}") } };
    test_serve_scripts(&server, s, 1);
    assert_int_equal(begin(""), CHELA_OK);
    struct http_timeouts t = http_default_timeouts;
    t.total = 2000;
    assert_int_equal(send_it(&t), CHELA_UPSTREAM);
    assert_true(took < SLOWEST); /* 30 s do not fit: not even begun */
    http_close_idle();
    test_serve_end(&server);
}

static void *cancel_soon(void *arg) {
    test_sleep(*(int *)arg);
    atomic_store(&cancel, true);
    return NULL;
}

static void cancel_ends_waiting(void **state) {
    (void)state;
    const struct test_script s[] = { { .answer = STATUS("500 X", "Retry-After: 30\r\n", "{}") } };
    test_serve_scripts(&server, s, 1);
    assert_int_equal(begin(""), CHELA_OK);
    pthread_t thread;
    int ms = 200;
    pthread_create(&thread, NULL, cancel_soon, &ms);
    assert_int_equal(send_it(NULL), CHELA_CANCELLED);
    assert_in_range(took, 190, SLOWEST);
    pthread_join(thread, NULL);
    http_close_idle();
    test_serve_end(&server);
}

/* ---- the catalogue beside the answer ---- */

static void *catalogue_and_chat(void *arg) {
    for (int i = 0; i < 2; i++) {
        int fd = accept(*(int *)arg, NULL, NULL);
        if (fd < 0) return NULL;
        char *request = server.request[server.requests++];
        test_read_request(fd, request, sizeof server.request[0]);
        if (strstr(request, "GET /v1/models")) {
            test_send(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
                          "{\"data\":[{\"id\":\"new/model\"}]}");
            close(fd);
            continue;
        }
        test_send(fd, SSE WORD("a"));
        pthread_t other; /* the other request comes meanwhile */
        pthread_create(&other, NULL, catalogue_and_chat, arg);
        test_sleep(600);
        test_send(fd, STOP DONE);
        close(fd);
        pthread_join(other, NULL);
        return NULL;
    }
    return NULL;
}

static void catalogue_is_fetched_beside(void **state) {
    (void)state;
    test_serve_scripts(&server, NULL, 0);
    assert_int_equal(begin(""), CHELA_OK);
    chat_end(&chat);
    forget_catalogue();
    const struct chat_input in = { .kind = CALL_INFER, .model = S("m/x"), .prompt = S("p") };
    assert_int_equal(chat_begin(&chat, config, &in, &err), CHELA_OK);
    pthread_t thread;
    pthread_create(&thread, NULL, catalogue_and_chat, &server.fd);
    assert_int_equal(send_it(NULL), CHELA_OK);
    assert_in_range(took, 590, SLOWEST);
    chat_end(&chat);
    shutdown(server.fd, SHUT_RDWR);
    pthread_join(thread, NULL);
    http_close_idle();
    test_serve_end(&server);
    struct catalog *k = NULL;
    assert_int_equal(catalog_open(&k, config, &err), CHELA_OK);
    assert_non_null(catalog_find(k, S("new/model")));
    assert_false(catalog_is_stale(k));
    catalog_free(k);
}

/* The catalogue's server says nothing: the answer's end does not wait for it. */
static void catalogue_is_given_up(void **state) {
    (void)state;
    test_serve_scripts(&server,
                       (const struct test_script[]){
                           { .answer = SSE WORD("a"), .more_ms = 350, .more = STOP DONE } },
                       1);
    assert_int_equal(begin(""), CHELA_OK);
    chat_end(&chat);
    forget_catalogue();
    const struct chat_input in = { .kind = CALL_INFER, .model = S("m/x"), .prompt = S("p") };
    assert_int_equal(chat_begin(&chat, config, &in, &err), CHELA_OK);
    assert_int_equal(send_it(NULL), CHELA_OK);
    assert_in_range(took, 340, SLOWEST);
    assert_non_null(chat.refresh);
    int64_t start = clock_ms();
    chat_end(&chat);
    assert_true(clock_ms() - start < SLOWEST);
    http_close_idle();
    test_serve_end(&server);
    cache_catalogue();
}

/* ---- explain ---- */

static void explained(void **state) {
    (void)state;
    test_serve_scripts(&server, NULL, 0);
    configure("headers: {\"X-Trace\": \"abc\", \"X-Api-Key\": \"0123456789abcdef0123\"}");
    cache_catalogue();
    chat_end(&chat);
    const struct chat_input in = {
        .kind = CALL_INFER, .model = S("m/x"), .prompt = S("p"), .no_network = true
    };
    assert_int_equal(chat_begin(&chat, config, &in, &err), CHELA_OK);
    struct buf out = BUF_INIT(1 << 20);
    chat_explain_json(&chat, &out);
    struct doc *d;
    if (doc_parse(&d, buf_str(&out), DOC_JSON, NULL, &err) != CHELA_OK) fail_msg("%s", err.message);
    doc_node root = doc_root(d), headers = doc_get(d, root, S("headers"));
    assert_str(
        doc_raw(d, doc_get(d, root, S("body"))),
        "{\"model\":\"m/x\",\"messages\":[{\"role\":\"user\",\"content\":\"p\"}],\"stream\":true,"
        "\"stream_options\":{\"include_usage\":true}}");
    assert_str(doc_raw(d, doc_get(d, headers, S("Authorization"))), "\"Bearer sk-or-v1-\xe2\x80\xa6"
                                                                    "cdef\"");
    assert_str(doc_raw(d, doc_get(d, headers, S("X-Trace"))), "\"abc\"");
    assert_false(str_has(buf_str(&out), S("0123456789abcdef0123")));
    assert_true(doc_len(d, doc_get(d, root, S("changes"))) > 0);
    doc_node first = doc_first(d, doc_get(d, root, S("changes")));
    static const char *const keys[] = { "rule", "kind", "where", "value", "reason", "anchor" };
    for (size_t i = 0; i < 6; i++) assert_int_not_equal(doc_get(d, first, str_c(keys[i])), 0);
    doc_free(d);
    for (int colour = 0; colour <= 1; colour++) {
        buf_free(&out);
        chat_explain_text(&chat, colour, &out);
        assert_non_null(strstr(out.p, "Bearer sk-or-v1-\xe2\x80\xa6"
                                      "cdef"));
        assert_null(strstr(out.p, "0123456789abcdef"));
        assert_true(!!strchr(out.p, '\x1b') == !!colour);
        assert_non_null(strstr(out.p, "\n  \"stream\": true,\n"));
    }
    buf_free(&out);
    test_serve_end(&server);
    assert_int_equal(server.connections, 0);
}

static void explained_without_a_key(void **state) {
    (void)state;
    chat_end(&chat);
    write_text("openclaw.json", "{}");
    load();
    struct chat_input in = { .kind = CALL_INFER, .prompt = S("p") };
    assert_int_equal(chat_begin(&chat, config, &in, &err), CHELA_NO_KEY);
    chat_end(&chat);
    in.no_network = true;
    err = (struct err)ERR_INIT;
    assert_int_equal(chat_begin(&chat, config, &in, &err), CHELA_OK);
    assert_int_equal(err.code, CHELA_OK);
    struct buf out = BUF_INIT(1 << 20);
    chat_explain_json(&chat, &out);
    assert_non_null(strstr(out.p, "\"Authorization\":\"Bearer (no key)\""));
    assert_non_null(strstr(out.p, "\"masked\":\"(no key)\""));
    assert_non_null(strstr(out.p, "\"url\":\"https://openrouter.ai/api/v1/chat/completions\""));
    buf_free(&out);
}

static int make_home(void **state) {
    (void)state;
    buf_init(&told, 1 << 20);
    buf_init(&notices, 1 << 16);
    snprintf(home, sizeof home, "/tmp/test_chat.XXXXXX");
    return mkdtemp(home) ? 0 : -1;
}

static int remove_home(void **state) {
    (void)state;
    chat_end(&chat);
    config_free(config);
    buf_free(&told);
    buf_free(&notices);
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", home);
    return system(command);
}

int main(void) {
    static const char *const clear[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                         "ALL_PROXY",  "no_proxy",    "NO_PROXY" };
    for (size_t i = 0; i < sizeof clear / sizeof clear[0]; i++) unsetenv(clear[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_stream),
        cmocka_unit_test(whole_answer),
        cmocka_unit_test(stream_without_its_name),
        cmocka_unit_test(server_that_does_not_close),
        cmocka_unit_test(cut_after_the_finish),
        cmocka_unit_test(tried_again_until_it_works),
        cmocka_unit_test(tried_three_times),
        cmocka_unit_test(tried_once),
        cmocka_unit_test(long_retry_after_is_not_waited_for),
        cmocka_unit_test(refused_is_tried_again),
        cmocka_unit_test(broken_streams_are_not_tried_again),
        cmocka_unit_test(other_content),
        cmocka_unit_test(endless_error_body),
        cmocka_unit_test(huge_line),
        cmocka_unit_test(silence),
        cmocka_unit_test(comments_do_not_keep_it_alive),
        cmocka_unit_test(total_covers_all_tries),
        cmocka_unit_test(cancel_ends_waiting),
        cmocka_unit_test(catalogue_is_fetched_beside),
        cmocka_unit_test(catalogue_is_given_up),
        cmocka_unit_test(explained),
        cmocka_unit_test(explained_without_a_key),
    };
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
