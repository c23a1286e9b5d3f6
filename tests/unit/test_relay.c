/* A stream on its way through: what is held back, what is seen in it, whatever the pieces. */
#include "gateway/relay.h"

#include "unit.h"

#include <string.h>

#define ROLE                                                                                       \
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
#define CONTENT "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}\n\n"
#define FINISH  "data: {\"choices\":[{\"delta\":{},\"finish_reason\": \"stop\"}]}\n\n"
#define USAGE   "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n"
#define DONE    "data: [DONE]\n\n"

static const struct {
    const char *bytes;
    enum relay_verdict verdict; /* at the end of the bytes, or where it came */
    const char *given;          /* all of it */
    const char *facts;          /* c: content, f: finished, e: finished badly, u: usage, n: nulls */
} cases[] = {
    { ROLE, RELAY_GO, "", "" },
    { ": wait\n\n" ROLE CONTENT, RELAY_GO, ": wait\n\n" ROLE CONTENT, "c" },
    { CONTENT FINISH USAGE DONE, RELAY_DONE, CONTENT FINISH USAGE, "cfu" },
    { FINISH DONE, RELAY_DONE, FINISH, "cf" },
    { ROLE DONE, RELAY_DONE, "", "" },
    { CONTENT "data: {\"choi", RELAY_GO, CONTENT, "c" },
    { "data:{\"choices\":[{\"text\":\"x\"}]}\r\n\r\n", RELAY_GO,
      "data:{\"choices\":[{\"text\":\"x\"}]}\r\n\r\n", "c" },
    { "event: message\nid: 7\n" CONTENT, RELAY_GO, "event: message\nid: 7\n" CONTENT, "c" },
    { "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0}]}}]}\n\n", RELAY_GO,
      "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0}]}}]}\n\n", "c" },
    { "data: {\"choices\":[{\"delta\":{\"tool_calls\":[],\"content\":null}}]}\n\n", RELAY_GO, "",
      "" },
    { CONTENT "data: {\"choices\":[{\"finish_reason\":\"error\"}],\"error\":{\"code\":502}}\n\n",
      RELAY_GO,
      CONTENT "data: {\"choices\":[{\"finish_reason\":\"error\"}],\"error\":{\"code\":502}}\n\n",
      "cfe" },
    { CONTENT "data: { \"error\": {\"message\":\"no\",\"code\":429}}\n\n", RELAY_ERROR, CONTENT,
      "c" },
    { "data: {\"error\":\"no\"}\n\n", RELAY_ERROR, "", "" },
    { "data: {\"error\":null,\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", RELAY_GO,
      "data: {\"error\":null,\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", "cn" },
    { "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"finish_reason\\\":\\\"stop\\\"\"}}]}\n\n",
      RELAY_GO,
      "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"finish_reason\\\":\\\"stop\\\"\"}}]}\n\n",
      "c" },
    { "data: nonsense\n\n", RELAY_TORN, "", "" },
    { ROLE "data: {\"choices\":[}\n\n", RELAY_TORN, "", "" },
    { CONTENT "data: {\"choices\":[{\"del\n\n" CONTENT, RELAY_TORN, CONTENT, "c" },
    { CONTENT "data: }\n\n", RELAY_TORN, CONTENT, "c" },
    { CONTENT FINISH "data: {\"usage\":\n\n" DONE, RELAY_DONE, CONTENT FINISH, "cf" },
    { "data: {\ndata: \"choices\":[]}\n\n", RELAY_GO, "data: {\ndata: \"choices\":[]}\n\n", "c" },
    { "data: \n\n\n\n\n" CONTENT, RELAY_GO, "data: \n\n\n\n\n" CONTENT, "c" },
};

static enum relay_verdict feed(struct relay *r, str bytes, size_t step, struct buf *given) {
    enum relay_verdict v = RELAY_GO;
    while (bytes.n && v == RELAY_GO) {
        str piece = str_head(bytes, step < bytes.n ? step : bytes.n), out;
        char *copy = malloc(piece.n);
        memcpy(copy, piece.p, piece.n);
        v = relay_take(r, (str){ copy, piece.n }, &out);
        buf_add(given, out);
        relay_given(r);
        free(copy);
        bytes = str_skip(bytes, piece.n);
    }
    return v;
}

static void test_pieces_change_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        str bytes = str_c(cases[i].bytes);
        for (size_t step = 1; step <= bytes.n; step++) {
            struct relay r;
            struct buf given = BUF_INIT(1 << 20);
            char facts[8];
            relay_init(&r);
            enum relay_verdict v = feed(&r, bytes, step, &given);
            snprintf(facts, sizeof facts, "%s%s%s%s%s", r.content ? "c" : "", r.finished ? "f" : "",
                     r.finished_badly ? "e" : "", r.usage.n ? "u" : "", r.nulls ? "n" : "");
            if (v != cases[i].verdict || strcmp(facts, cases[i].facts) != 0 ||
                !str_eq(buf_str(&given), str_c(cases[i].given)))
                fail_msg("case %zu by %zu: %d '%s' %.*s", i, step, v, facts,
                         STR_ARG(buf_str(&given)));
            buf_free(&given);
            relay_free(&r);
        }
    }
}

static void test_an_error_says_what_it_is(void **state) {
    (void)state;
    struct relay r;
    struct buf given = BUF_INIT(1 << 20);
    relay_init(&r);
    assert_int_equal(
        feed(&r, S("data: {\"error\":{\"message\":\"slow down\",\"code\":429}}\n\n"), 9, &given),
        RELAY_ERROR);
    assert_int_equal(r.error.http_status, 429);
    assert_int_equal(r.error.code, CHELA_RATE_LIMITED);
    assert_non_null(strstr(r.error.message, "slow down"));
    buf_free(&given);
    relay_free(&r);
}

static void test_the_end(void **state) {
    (void)state;
    struct relay r;
    str out;
    struct buf given = BUF_INIT(1 << 20);
    relay_init(&r); /* [DONE] without its blank line */
    assert_int_equal(feed(&r, S(CONTENT FINISH "data: [DONE]"), 1000, &given), RELAY_GO);
    assert_int_equal(relay_end(&r, &out), RELAY_DONE);
    relay_free(&r);
    relay_init(&r); /* no [DONE], but a finish */
    assert_int_equal(feed(&r, S(CONTENT FINISH), 1000, &given), RELAY_GO);
    assert_int_equal(relay_end(&r, &out), RELAY_DONE);
    relay_free(&r);
    relay_init(&r); /* neither */
    assert_int_equal(feed(&r, S(CONTENT), 1000, &given), RELAY_GO);
    assert_int_equal(relay_end(&r, &out), RELAY_GO);
    relay_free(&r);
    buf_free(&given);
}

static void test_a_waiting_stream_holds_nothing(void **state) {
    (void)state;
    struct relay r;
    struct buf given = BUF_INIT(1 << 20);
    relay_init(&r);
    feed(&r, S(ROLE ROLE CONTENT), 50, &given);
    feed(&r, S(CONTENT), 7, &given);
    assert_null(r.kept.p);
    feed(&r, S("data: {"), 50, &given); /* … and no more than the beginning of an event needs */
    for (int i = 0; i < 100; i++) feed(&r, S("}\n\n" CONTENT "data: {"), 5000, &given);
    assert_true(r.kept.n == 7 && r.kept.cap < 100);
    buf_free(&given);
    relay_free(&r);
}

static void test_bounds(void **state) {
    (void)state;
    struct relay r;
    str out;
    relay_init(&r); /* roles and comments without end are given after all */
    size_t taken = 0;
    while (!r.content && taken < 2 * RELAY_HELD) {
        assert_int_equal(relay_take(&r, S(ROLE), &out), RELAY_GO);
        relay_given(&r);
        taken += sizeof ROLE - 1;
    }
    assert_true(taken <= RELAY_HELD + 2 * sizeof ROLE);
    relay_free(&r);
    relay_init(&r); /* comments without end are not content, and the rest still is */
    struct buf given = BUF_INIT(1 << 20);
    feed(&r, S(ROLE ": wait\n\n: wait"), 1000, &given);
    for (size_t i = 0; i < 4 * RELAY_HELD / 9; i++)
        assert_int_equal(feed(&r, S("\n\n: wait"), 4, &given), RELAY_GO);
    assert_false(r.content);
    assert_true(r.kept.n < RELAY_HELD + 1000 && given.n == 0);
    assert_int_equal(feed(&r, S("\n\n" CONTENT FINISH DONE), 50, &given), RELAY_DONE);
    assert_true(str_starts(buf_str(&given), S(ROLE ": wait\n\n: wait\n\n")));
    assert_true(str_ends(buf_str(&given), S("\n\n: wait\n\n" CONTENT FINISH)));
    buf_free(&given);
    relay_free(&r);
    relay_init(&r); /* an event without end is not */
    char *part = malloc(1 << 20);
    memset(part, 'x', 1 << 20);
    enum relay_verdict v = relay_take(&r, S("data: "), &out);
    for (int i = 0; i < 20 && v == RELAY_GO; i++) v = relay_take(&r, (str){ part, 1 << 20 }, &out);
    assert_int_equal(v, RELAY_FULL);
    free(part);
    relay_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_change_nothing),
        cmocka_unit_test(test_an_error_says_what_it_is),
        cmocka_unit_test(test_the_end),
        cmocka_unit_test(test_a_waiting_stream_holds_nothing),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
