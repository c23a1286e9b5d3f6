/* gateway/accounts: reserving, settling and writing, with a clock that the test moves. */
#include "unit.h"

#include "base/clock.h"
#include "gateway/accounts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static _Atomic int64_t clock_now;

static int64_t now(void) {
    return atomic_load(&clock_now);
}

static void set_clock(const char *text) {
    int64_t ms;
    assert_true(time_read(str_c(text), &ms));
    atomic_store(&clock_now, ms);
}

static const struct ledger_bound keep_all;

static struct accounts *open_in(const struct scratch *dir) {
    struct accounts *a = NULL;
    struct err e = ERR_INIT;
    set_clock("2026-11-25T12:00");
    if (accounts_open(&a, dir->path, &keep_all, now, &e) != CHELA_OK) fail_msg("%s", e.message);
    return a;
}

/* As `chela gateway keys create` does it, beside a gateway that runs. */
static struct client_key add_key(const struct scratch *dir, char text[CLIENT_KEY_TEXT],
                                 double limit, enum window reset) {
    struct store *s = NULL;
    struct client_key k;
    assert_int_equal(ledger_open(&s, dir->path, NULL), CHELA_OK);
    assert_int_equal(client_key_make(&k, text, now(), NULL), CHELA_OK);
    assert_int_equal(client_key_set_name(&k, S("alice"), NULL), CHELA_OK);
    if (limit >= 0) assert_int_equal(client_key_set_limit(&k, limit, NULL), CHELA_OK);
    k.reset = reset;
    assert_int_equal(client_key_insert(s, &k, NULL), CHELA_OK);
    store_close(s);
    return k;
}

static void settle(struct accounts *a, struct client *c, double reserved, double cost) {
    const struct ledger_row row = { .at_ms = now(),
                                    .request = S("req"),
                                    .generation = S("gen"),
                                    .model = S("m"),
                                    .first_ms = -1,
                                    .cost = cost };
    accounts_settle(a, c, nano_of(reserved), &row);
}

static bool reserve(struct accounts *a, struct client *c, double usd) {
    struct err e = ERR_INIT;
    enum chela_error code = accounts_reserve(a, c, nano_of(usd), &e);
    assert_true(code == CHELA_OK || code == CHELA_PAYMENT);
    return code == CHELA_OK;
}

static void what_is_reserved_is_nobody_elses(void **state) {
    struct accounts *a = open_in(*state);
    char text[CLIENT_KEY_TEXT];
    add_key(*state, text, 1, WINDOW_TOTAL);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    struct client *c = accounts_enter(a, str_c(text));
    assert_non_null(c);
    assert_true(reserve(a, c, 0.6));
    assert_false(reserve(a, c, 0.6));
    assert_true(reserve(a, c, 0.4));
    assert_false(reserve(a, c, 0.000001));
    settle(a, c, 0.4, 0.1); /* 0.3 came back */
    assert_true(reserve(a, c, 0.3));
    assert_false(reserve(a, c, 0.01));
    settle(a, c, 0.3, 0);
    settle(a, c, 0.6, 0.95); /* it cost more than was thought */
    struct client_key k;
    accounts_look(a, c, &k);
    assert_int_equal(k.spend.sum[WINDOW_TOTAL], nano_of(1.05));
    assert_false(reserve(a, c, 0)); /* overdrawn: not even what is free */
    accounts_leave(a, c);
    accounts_close(a);
}

static void a_new_window_is_a_new_budget(void **state) {
    static const struct {
        enum window reset;
        const char *before, *after;
    } cases[] = { { WINDOW_DAILY, "2026-11-25T23:59:59Z", "2026-11-26" },
                  { WINDOW_WEEKLY, "2026-11-29T23:59:59Z", "2026-11-30" },
                  { WINDOW_MONTHLY, "2026-11-30T23:59:59Z", "2026-12-01" } };
    struct accounts *a = open_in(*state);
    for (size_t i = 0; i < 3; i++) {
        char text[CLIENT_KEY_TEXT];
        set_clock("2026-11-25T12:00");
        add_key(*state, text, 1, cases[i].reset);
        assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
        struct client *c = accounts_enter(a, str_c(text));
        assert_true(reserve(a, c, 1));
        settle(a, c, 1, 1);
        set_clock(cases[i].before);
        assert_false(reserve(a, c, 0.5));
        set_clock(cases[i].after);
        assert_true(reserve(a, c, 0.5));
        settle(a, c, 0.5, 0.5);
        assert_int_equal(accounts_sync(a, NULL), CHELA_OK); /* read again: the same */
        assert_false(reserve(a, c, 0.6));
        assert_true(reserve(a, c, 0.5));
        settle(a, c, 0.5, 0);
        accounts_leave(a, c);
    }
    accounts_close(a);
}

static void a_refusal_says_which_limit_and_until_when(void **state) {
    struct accounts *a = open_in(*state);
    char text[CLIENT_KEY_TEXT];
    struct err e = ERR_INIT;
    add_key(*state, text, 0.25, WINDOW_WEEKLY);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    struct client *c = accounts_enter(a, str_c(text));
    assert_int_equal(accounts_reserve(a, c, nano_of(0.5), &e), CHELA_PAYMENT);
    assert_non_null(strstr(e.message, "$0.25 a week"));
    assert_non_null(strstr(e.message, "2026-11-30T00:00:00Z"));
    settle(a, c, 0, 0.25);
    assert_int_equal(accounts_reserve(a, c, nano_of(0.5), &e), CHELA_PAYMENT);
    assert_non_null(strstr(e.message, "is spent"));
    accounts_leave(a, c);
    accounts_close(a);
}

struct race {
    struct accounts *a;
    struct client *c;
    _Atomic int let_through;
};

static void *run_race(void *ctx) {
    struct race *r = ctx;
    for (int i = 0; i < 1000; i++)
        if (reserve(r->a, r->c, 0.01)) atomic_fetch_add(&r->let_through, 1);
    return NULL;
}

static void threads_do_not_overdraw(void **state) {
    struct accounts *a = open_in(*state);
    char text[CLIENT_KEY_TEXT];
    pthread_t thread[4];
    add_key(*state, text, 1, WINDOW_TOTAL);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    struct race r = { .a = a, .c = accounts_enter(a, str_c(text)) };
    for (int i = 0; i < 4; i++) pthread_create(&thread[i], NULL, run_race, &r);
    for (int i = 0; i < 4; i++) pthread_join(thread[i], NULL);
    assert_int_equal(r.let_through, 100);
    accounts_leave(a, r.c);
    accounts_close(a);
}

static void what_is_settled_is_in_the_file(void **state) {
    struct accounts *a = open_in(*state);
    struct store *s = NULL;
    struct arena arena = ARENA_INIT(1 << 20);
    struct client_key *list;
    struct accounts_counts n;
    char text[CLIENT_KEY_TEXT];
    size_t count;
    double usd;
    add_key(*state, text, -1, WINDOW_TOTAL);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    struct client *c = accounts_enter(a, str_c(text));
    for (int i = 0; i < 500; i++) settle(a, c, 0, 0.01);
    accounts_leave(a, c);
    accounts_close(a); /* writes what is queued */
    assert_int_equal(ledger_open(&s, ((struct scratch *)*state)->path, NULL), CHELA_OK);
    assert_int_equal(ledger_total(s, &usd, NULL), CHELA_OK);
    assert_true(usd > 4.999 && usd < 5.001);
    assert_int_equal(client_key_list(s, &arena, &list, &count, NULL), CHELA_OK);
    assert_int_equal(list[0].spend.sum[WINDOW_TOTAL], nano_of(5));
    store_close(s);
    a = open_in(*state);
    accounts_counts(a, &n);
    assert_int_equal(n.rows, 0);
    c = accounts_enter(a, str_c(text));
    struct client_key k;
    accounts_look(a, c, &k);
    assert_int_equal(k.spend.sum[WINDOW_TOTAL], nano_of(5));
    accounts_leave(a, c);
    accounts_close(a);
    arena_free(&arena);
}

/* A call goes on with the key that it came with; the money is the same. */
static void a_key_that_changes_while_it_is_in(void **state) {
    struct accounts *a = open_in(*state);
    struct store *s = NULL;
    char text[CLIENT_KEY_TEXT];
    struct client_key k = add_key(*state, text, 1, WINDOW_TOTAL);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    struct client *before = accounts_enter(a, str_c(text));
    assert_true(reserve(a, before, 0.75));
    assert_int_equal(ledger_open(&s, ((struct scratch *)*state)->path, NULL), CHELA_OK);
    assert_int_equal(client_key_set_limit(&k, 2, NULL), CHELA_OK);
    assert_int_equal(client_key_update(s, &k, NULL), CHELA_OK);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    struct client *after = accounts_enter(a, str_c(text));
    assert_ptr_not_equal(before, after);
    assert_false(reserve(a, after, 1.5));
    assert_true(reserve(a, after, 1.25));
    assert_int_equal(client_key_delete(s, str_c(k.hash), NULL), CHELA_OK);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    assert_null(accounts_enter(a, str_c(text)));
    settle(a, before, 0.75, 0.5);
    settle(a, after, 1.25, 0.5);
    accounts_leave(a, before);
    accounts_leave(a, after);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK); /* of a key that is no more */
    store_close(s);
    accounts_close(a);
}

/* SIGHUP, which does not wait for the next look. */
static void a_reload_reads_the_keys(void **state) {
    struct accounts *a = open_in(*state);
    struct client *c = NULL;
    char text[CLIENT_KEY_TEXT];
    add_key(*state, text, -1, WINDOW_TOTAL);
    int64_t began = clock_ms();
    assert_int_equal(accounts_configure(a, NULL, 0, &keep_all, NULL), CHELA_OK);
    while (!c && clock_ms() - began < ACCOUNTS_LOOK_MS / 2) c = accounts_enter(a, str_c(text));
    assert_non_null(c);
    accounts_leave(a, c);
    accounts_close(a);
}

static void keys_of_the_configuration(void **state) {
    struct accounts *a = open_in(*state);
    struct secret keys[2] = { { 0 } };
    assert_false(accounts_any(a));
    assert_true(secret_set(&keys[0], S("a-plain-key-of-the-configuration"), (str){ 0 }));
    assert_true(secret_set(&keys[1], S("another-key-of-the-configuration"), (str){ 0 }));
    assert_int_equal(accounts_configure(a, keys, 2, &keep_all, NULL), CHELA_OK);
    assert_true(accounts_any(a));
    struct client *c = accounts_enter(a, S("a-plain-key-of-the-configuration"));
    assert_non_null(c);
    assert_true(c->plain && reserve(a, c, 1e6));
    settle(a, c, 1e6, 3);
    accounts_leave(a, c);
    assert_int_equal(accounts_configure(a, keys, 1, &keep_all, NULL), CHELA_OK);
    assert_null(accounts_enter(a, S("another-key-of-the-configuration")));
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK); /* the file's keys do not drive them out */
    c = accounts_enter(a, S("a-plain-key-of-the-configuration"));
    assert_non_null(c);
    accounts_leave(a, c);
    secret_free(&keys[0]);
    secret_free(&keys[1]);
    accounts_close(a);
}

static void a_job_is_billed_once(void **state) {
    struct accounts *a = open_in(*state);
    const struct ledger_row row = { .path = S("/videos/{id}"),
                                    .generation = S("vid_1"),
                                    .cost = 1 };
    assert_true(accounts_bill_job(a, S("vid_1")));
    assert_false(accounts_bill_job(a, S("vid_1")));
    assert_true(accounts_bill_job(a, S("vid_2")));
    accounts_settle(a, NULL, 0, &row);
    accounts_close(a);
    a = open_in(*state);
    assert_false(accounts_bill_job(a, S("vid_1")));
    assert_true(accounts_bill_job(a, S("vid_2"))); /* whose price was never written down */
    accounts_close(a);
}

/* A disk that takes nothing: rows wait, the queue has an end, money stays right in memory. */
static void a_file_that_cannot_be_written(void **state) {
    struct accounts *a = open_in(*state);
    struct store *s = NULL;
    struct accounts_counts n;
    char text[CLIENT_KEY_TEXT];
    add_key(*state, text, 1e6, WINDOW_TOTAL);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    assert_int_equal(ledger_open(&s, ((struct scratch *)*state)->path, NULL), CHELA_OK);
    assert_int_equal(store_run(s, "ALTER TABLE call RENAME TO elsewhere", NULL), CHELA_OK);
    struct client *c = accounts_enter(a, str_c(text));
    for (int i = 0; i < 50000; i++) settle(a, c, 0, 1);
    struct err e = ERR_INIT;
    assert_int_equal(accounts_sync(a, &e), CHELA_IO);
    accounts_counts(a, &n);
    assert_int_equal(n.rows + n.lost, 50000);
    assert_true(n.lost > 0 && n.rows > 10000);
    struct client_key k;
    accounts_look(a, c, &k);
    assert_int_equal(k.spend.sum[WINDOW_TOTAL], nano_of(50000));
    assert_int_equal(store_run(s, "ALTER TABLE elsewhere RENAME TO call", NULL), CHELA_OK);
    assert_int_equal(accounts_sync(a, NULL), CHELA_OK);
    struct store_query *q = NULL;
    bool row = false;
    assert_int_equal(
        store_prepare(&q, s, "SELECT count(*), (SELECT total FROM client_key) FROM call", NULL),
        CHELA_OK);
    assert_int_equal(store_step(q, &row, NULL), CHELA_OK);
    assert_int_equal(store_int(q, 0), n.rows);
    assert_int_equal(store_int(q, 1), nano_of(50000)); /* what was lost was spent all the same */
    store_finish(q);
    store_close(s);
    accounts_leave(a, c);
    accounts_close(a);
}

int main(void) {
#define IN_SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(what_is_reserved_is_nobody_elses),
        IN_SCRATCH(a_new_window_is_a_new_budget),
        IN_SCRATCH(a_refusal_says_which_limit_and_until_when),
        IN_SCRATCH(threads_do_not_overdraw),
        IN_SCRATCH(what_is_settled_is_in_the_file),
        IN_SCRATCH(a_key_that_changes_while_it_is_in),
        IN_SCRATCH(a_reload_reads_the_keys),
        IN_SCRATCH(keys_of_the_configuration),
        IN_SCRATCH(a_job_is_billed_once),
        IN_SCRATCH(a_file_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
