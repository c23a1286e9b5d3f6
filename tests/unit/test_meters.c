/* What /metrics tells of each upstream: sums over workers, bounded labels, any id. */
#include "gateway/meters.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct meters *meters_new(void) {
    struct meters *m = calloc(1, sizeof *m);
    assert_non_null(m);
    return m;
}

static bool told(const struct meters *m, const char *line) {
    struct buf text = BUF_INIT(1 << 20);
    meters_write(m, &text);
    bool found = str_has(buf_str(&text), str_c(line));
    buf_free(&text);
    return found;
}

static void test_sums(void **state) {
    (void)state;
    struct meters *a = meters_new(), *b = meters_new(), *sum = meters_new();
    meter_attempt(meter_of(a, S("fake")), false, 1500);
    meter_attempt(meter_of(b, S("other one")), true, 10);
    meter_attempt(meter_of(b, S("fake")), true, 1);
    meter_usage(meter_of(a, S("fake")), 40, 9, 0.00052);
    meter_usage(meter_of(b, S("fake")), -1, -1, -1);
    meter_usage(meter_of(b, S("fake")), 2, 0, (double)NAN);
    meters_add(sum, a);
    meters_add(sum, b);
    assert_true(told(sum, "chela_gateway_upstream_requests_total{upstream=\"fake\"} 2\n"));
    assert_true(told(sum, "chela_gateway_upstream_failures_total{upstream=\"fake\"} 1\n"));
    assert_true(told(sum, "chela_gateway_upstream_failures_total{upstream=\"other one\"} 1\n"));
    assert_true(told(sum, "_tokens_total{upstream=\"fake\",kind=\"prompt\"} 42\n"));
    assert_true(told(sum, "_tokens_total{upstream=\"fake\",kind=\"completion\"} 9\n"));
    assert_true(told(sum, "_seconds_total{upstream=\"fake\"} 1.501\n"));
    assert_true(told(sum, "_cost_usd_total{upstream=\"fake\"} 0.000520000\n"));
    assert_false(told(sum, "\"other\""));
    free(a);
    free(b);
    free(sum);
}

static void test_labels(void **state) {
    (void)state;
    struct meters *m = meters_new();
    meter_attempt(meter_of(m, S("a\"b\\c\nd")), false, 0);
    assert_true(told(m, "{upstream=\"a\\\"b\\\\c\\nd\"} 1\n"));
    for (int i = 0; i < 2 * METERS; i++) {
        char id[16];
        snprintf(id, sizeof id, "id%d", i);
        meter_attempt(meter_of(m, str_c(id)), false, 0);
    }
    meter_attempt(
        meter_of(m, S("an id that is longer than any provider's name has a reason to be")), false,
        0);
    char line[80];
    snprintf(line, sizeof line, "requests_total{upstream=\"other\"} %d\n", METERS + 2);
    assert_true(told(m, line));
    assert_ptr_equal(meter_of(m, S("id3")), meter_of(m, S("id3")));
    free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_sums),
                                        cmocka_unit_test(test_labels) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
