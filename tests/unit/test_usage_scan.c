/* The price behind a large picture: found whatever the pieces, and nothing else taken for it. */
#include "gateway/usage_scan.h"

#include "unit.h"

#define NESTED "{\"cost\":0.25,\"note\":\"}\\\"{\",\"more\":[{\"usage\":{}}]}"

static const struct {
    const char *document, *usage;
    bool whole;
} cases[] = {
    { "{\"data\":[{\"b64_json\":\"AA==\"}],\"usage\":{\"cost\":0.25}}", "{\"cost\":0.25}", true },
    { "{\"usage\": " NESTED " ,\"data\":[]}", NESTED, true },
    { "{\"usage\":{\"cost\":1},\"usage\":{\"cost\":2}}", "{\"cost\":2}", true },
    { "{\"data\":{\"usage\":{\"cost\":1}},\"text\":\"\\\"usage\\\":{\"}", "", true },
    { "{\"text\":\"usage\",\"a\":{\"cost\":1}}", "", true },
    { "{\"usage2\":{\"cost\":1},\"usag\":{},\"usage\":[1],\"x\":{\"y\":1}}", "", true },
    { "{\"usage\":null,\"data\":{\"cost\":1}}", "", true },
    { "[{\"usage\":{\"cost\":1}}]", "", true },
    { "{\"data\":\"\\\\\",\"usage\":{}}\n", "{}", true },
    { "{\"usage\":{\"cost\":1},\"data\":[", "{\"cost\":1}", false },
    { "{\"data\":\"AAAA", "", false },
    { "", "", false },
};

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t step = 1; step < 80; step++) {
            struct usage_scan s = { 0 };
            struct buf usage = BUF_INIT(1 << 20);
            for (str rest = str_c(cases[i].document); rest.n; rest = str_skip(rest, step))
                usage_scan(&s, str_head(rest, step), &usage);
            if (!str_eq(buf_str(&usage), str_c(cases[i].usage)) || s.whole != cases[i].whole)
                fail_msg("%s in pieces of %zu: %.*s", cases[i].document, step,
                         STR_ARG(buf_str(&usage)));
            buf_free(&usage);
        }
}

/* One that is larger than any usage is passed over; it does not fill the memory. */
static void test_bound(void **state) {
    (void)state;
    struct usage_scan s = { 0 };
    struct buf usage = BUF_INIT(USAGE_SCAN_MOST);
    usage_scan(&s, S("{\"usage\":{\"x\":\""), &usage);
    for (int i = 0; i < 5000; i++) usage_scan(&s, S("0123456789"), &usage);
    usage_scan(&s, S("\"},\"data\":[]}"), &usage);
    assert_int_equal(usage.n, 0);
    assert_true(s.whole);
    buf_free(&usage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
