/* How endpoints have been doing: who is put aside, for how long, and what is measured. */
#include "base/clock.h"
#include "gateway/health.h"

#include "unit.h"

#include <string.h>

static int64_t the_time = 1000000;

/* The clock of this program: in place of base/clock.c. */
int64_t clock_ms(void) {
    return the_time;
}

int64_t clock_unix_ms(void) {
    return the_time;
}

static struct health *table;
static struct health_entry *one;

static int make(void **state) {
    (void)state;
    the_time = 1000000;
    table = health_new();
    one = health_of(table, S("fake"), S("bench"), 1);
    return one ? 0 : -1;
}

static int done(void **state) {
    (void)state;
    health_free(table);
    return 0;
}

static int64_t aside(void) {
    int64_t until = health_look(table, one).aside_until;
    return until ? until - the_time : 0;
}

static int64_t wait(void) {
    int64_t until = health_look(table, one).wait_until;
    return until ? until - the_time : 0;
}

static void what_a_failure_means(void **state) {
    (void)state;
    static const struct {
        int status;
        enum chela_error code;
        double retry_after;
        bool counts;
        int64_t aside, wait;
    } cases[] = {
        { 500, CHELA_UPSTREAM, -1, true, 1000, 0 },
        { 0, CHELA_TIMEOUT, -1, true, 1000, 0 },
        { 429, CHELA_RATE_LIMITED, -1, true, 1000, 0 },
        { 429, CHELA_RATE_LIMITED, 7, true, 7000, 7000 },
        { 503, CHELA_UPSTREAM, 0.25, true, 250, 250 },
        { 503, CHELA_UPSTREAM, 99999, true, HEALTH_MOST_WAIT_MS, HEALTH_MOST_WAIT_MS },
        { 401, CHELA_KEY_REFUSED, -1, true, HEALTH_KEY_MS, 0 },
        { 402, CHELA_PAYMENT, -1, true, HEALTH_KEY_MS, 0 },
        { 400, CHELA_REQUEST, -1, false, 0, 0 }, /* the client's doing */
        { 404, CHELA_NOT_FOUND, 9, false, 0, 0 },
        { 413, CHELA_LIMIT, -1, false, 0, 0 },
        { 422, CHELA_REQUEST, -1, false, 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        health_reset(table);
        bool counts = health_bad(table, one, cases[i].status, cases[i].code, cases[i].retry_after);
        if (counts != cases[i].counts || aside() != cases[i].aside || wait() != cases[i].wait)
            fail_msg("case %zu: counts %d, aside %lld, wait %lld", i, counts, (long long)aside(),
                     (long long)wait());
    }
}

static void failures_in_a_row_count_double(void **state) {
    (void)state;
    static const int64_t expected[] = { 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000 };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        health_bad(table, one, 500, CHELA_UPSTREAM, -1);
        assert_int_equal(aside(), expected[i]);
    }
    the_time += 29999;
    assert_int_equal(aside(), 1);
    the_time += 1;
    assert_int_equal(aside(), 0);
    health_bad(table, one, 500, CHELA_UPSTREAM, -1);
    assert_int_equal(aside(), 30000); /* time forgives the pause, not the row */
    health_good(table, one, 10, true);
    assert_int_equal(aside(), 0);
    health_bad(table, one, 500, CHELA_UPSTREAM, -1);
    assert_int_equal(aside(), 1000);
}

static void each_key_model_and_upstream_has_its_own(void **state) {
    (void)state;
    struct health_entry *key = health_of(table, S("fake"), S("bench"), 2);
    struct health_entry *model = health_of(table, S("fake"), S("other"), 1);
    struct health_entry *upstream = health_of(table, S("fake2"), S("bench"), 1);
    assert_ptr_equal(health_of(table, S("fake"), S("bench"), 1), one);
    health_bad(table, one, 500, CHELA_UPSTREAM, -1);
    assert_int_equal(health_look(table, key).aside_until, 0);
    assert_int_equal(health_look(table, model).aside_until, 0);
    assert_int_equal(health_look(table, upstream).aside_until, 0);
}

static void a_full_table_knows_nobody(void **state) {
    (void)state;
    char name[32];
    size_t got = 1;
    health_good(table, one, 5, true);
    for (int i = 0; i < HEALTH_ENTRIES + 10; i++) {
        snprintf(name, sizeof name, "m%d", i);
        struct health_entry *e = health_of(table, S("fake"), str_c(name), 1);
        if (e) health_good(table, e, 5, true);
        got += e != NULL;
    }
    assert_int_equal(got, HEALTH_ENTRIES);
    health_good(table, NULL, 5, true);
    health_speed(table, NULL, 5);
    assert_false(health_bad(table, NULL, 500, CHELA_UPSTREAM, -1));
    assert_int_equal(health_look(table, NULL).aside_until, 0);
    assert_true(health_figures(table, NULL, 1000).uptime < 0);
}

static void names_that_nobody_has_make_room(void **state) {
    (void)state;
    char name[32];
    health_good(table, one, 5, true);
    for (int i = 0; i < 3 * HEALTH_ENTRIES; i++) {
        snprintf(name, sizeof name, "junk%d", i);
        assert_non_null(health_of(table, S("fake"), str_c(name), 1));
    }
    assert_null(health_find(table, S("fake"), S("junk0"), 1));
    assert_non_null(health_find(table, S("fake"), str_c(name), 1));
    assert_true(health_figures(table, one, 1000).uptime == 100);
}

static void figures(void **state) {
    (void)state;
    for (int i = 1; i <= 100; i++) {
        health_good(table, one, i * 10, true);
        health_speed(table, one, i);
    }
    health_good(table, one, 99999, false); /* streams were measured, so they count alone */
    struct health_figures f = health_figures(table, one, HEALTH_RECENT_MS);
    assert_true(f.latency_ms[PERCENT_50] == 500 && f.latency_ms[PERCENT_75] == 750);
    assert_true(f.latency_ms[PERCENT_90] == 900 && f.latency_ms[PERCENT_99] == 990);
    assert_true(f.throughput[PERCENT_50] == 50); /* so many have no less */
    assert_true(f.throughput[PERCENT_90] == 10 && f.throughput[PERCENT_99] == 1);
    assert_true(f.uptime == 100);
}

static void figures_are_of_the_last_minutes(void **state) {
    (void)state;
    assert_true(health_figures(table, one, HEALTH_RECENT_MS).latency_ms[PERCENT_50] == 0);
    health_good(table, one, 100, true);
    the_time += HEALTH_RECENT_MS;
    health_good(table, one, 300, true);
    health_bad(table, one, 500, CHELA_UPSTREAM, -1);
    assert_true(health_figures(table, one, HEALTH_RECENT_MS).latency_ms[PERCENT_50] == 100);
    the_time += 1;
    struct health_figures f = health_figures(table, one, HEALTH_RECENT_MS);
    assert_true(f.latency_ms[PERCENT_50] == 300 && f.uptime == 50);
    f = health_figures(table, one, 2 * HEALTH_RECENT_MS);
    assert_true(f.latency_ms[PERCENT_50] == 100 && f.uptime > 66 && f.uptime < 67);
    for (int i = 0; i < 1000; i++) health_good(table, one, 7, true); /* the ring goes round */
    f = health_figures(table, one, 2 * HEALTH_RECENT_MS);
    assert_true(f.latency_ms[PERCENT_99] == 7 && f.uptime == 100);
}

static void whole_answers_count_when_there_are_no_streams(void **state) {
    (void)state;
    health_good(table, one, 1234, false);
    assert_true(health_figures(table, one, HEALTH_RECENT_MS).latency_ms[PERCENT_50] == 1234);
}

static void it_can_be_told(void **state) {
    (void)state;
    struct buf out = BUF_INIT(4096);
    health_good(table, one, 12.34, true);
    health_bad(table, one, 503, CHELA_UPSTREAM, 2);
    health_json(table, &out);
    static const char *const parts[] = {
        "\"upstream\":\"fake\"", "\"good\":1,\"bad\":1", "\"last_status\":503",
        "\"aside_ms\":2000",     "\"wait_ms\":2000",     "\"latency_ms\":{\"p50\":12.3,",
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!str_has(buf_str(&out), str_c(parts[i]))) fail_msg("%s is not in %s", parts[i], out.p);
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_failure_means, make, done),
        cmocka_unit_test_setup_teardown(failures_in_a_row_count_double, make, done),
        cmocka_unit_test_setup_teardown(each_key_model_and_upstream_has_its_own, make, done),
        cmocka_unit_test_setup_teardown(a_full_table_knows_nobody, make, done),
        cmocka_unit_test_setup_teardown(names_that_nobody_has_make_room, make, done),
        cmocka_unit_test_setup_teardown(figures, make, done),
        cmocka_unit_test_setup_teardown(figures_are_of_the_last_minutes, make, done),
        cmocka_unit_test_setup_teardown(whole_answers_count_when_there_are_no_streams, make, done),
        cmocka_unit_test_setup_teardown(it_can_be_told, make, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
