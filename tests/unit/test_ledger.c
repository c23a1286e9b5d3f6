/* ledger/: the calendar, money, clients' keys, rows and their sums. */
#include "unit.h"

#include "ledger/client_key_json.h"
#include "ledger/ledger.h"

#include <string.h>

static int64_t at(const char *text) {
    int64_t ms = -1;
    if (!time_read(str_c(text), &ms)) fail_msg("%s is no time", text);
    return ms;
}

static struct store *books(const struct scratch *dir) {
    struct store *s = NULL;
    struct err e = ERR_INIT;
    if (ledger_open(&s, dir->path, &e) != CHELA_OK) fail_msg("%s", e.message);
    return s;
}

/* ---- time ---- */

static void times_are_read_and_written(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        { "1970-01-01", 0 },
        { "2000-02-29", 951782400000 },
        { "2026-11-25T20:12:03.250Z", 1795637523250 },
        { "2026-11-25 20:12", 1795637520000 },
        { "2026-11-25T20:12:03+00:00", 1795637523000 },
        { "2100-03-01", 4107542400000 },
    };
    char text[32];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(at(good[i].text), good[i].ms);
    time_text(text, 1795637523250);
    assert_string_equal(text, "2026-11-25T20:12:03.250Z");
    static const char *const bad[] = { "",
                                       "2026",
                                       "2026-02-29",
                                       "2026-13-01",
                                       "2026-11-25T",
                                       "2026-11-25T24:00",
                                       "2026-11-25T20:12:03+01:00",
                                       "2026-11-25x",
                                       "2026-1--25",
                                       "2026-11-25T20:12:03.Z" };
    int64_t ms;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (time_read(str_c(bad[i]), &ms)) fail_msg("\"%s\" was taken for a time", bad[i]);
}

static void windows_end_where_the_next_begins(void **state) {
    (void)state;
    static const struct {
        enum window w;
        const char *now, *end;
    } cases[] = {
        { WINDOW_DAILY, "2026-11-25T23:59:59.999Z", "2026-11-26" },
        { WINDOW_DAILY, "2026-11-26", "2026-11-27" },
        { WINDOW_WEEKLY, "2026-11-25", "2026-11-30" },           /* a Wednesday; Monday */
        { WINDOW_WEEKLY, "2026-11-29T23:59:59Z", "2026-11-30" }, /* Sunday */
        { WINDOW_WEEKLY, "2026-11-30", "2026-12-07" },
        { WINDOW_MONTHLY, "2026-11-30T12:00", "2026-12-01" },
        { WINDOW_MONTHLY, "2026-12-31T23:59", "2027-01-01" },
        { WINDOW_MONTHLY, "2028-02-29", "2028-03-01" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t end = window_end(cases[i].w, at(cases[i].now));
        assert_int_equal(end, at(cases[i].end));
        assert_int_equal(window_number(cases[i].w, end), window_number(cases[i].w, end - 1) + 1);
    }
    assert_int_equal(window_end(WINDOW_TOTAL, 0), -1);
}

static void money_is_never_counted_too_low(void **state) {
    (void)state;
    assert_int_equal(nano_of(0.1), 100000000);
    assert_int_equal(nano_of(0.00052), 520000);
    assert_int_equal(nano_of(1e-12), 1);
    assert_int_equal(nano_of(-1), 0);
    assert_int_equal(nano_of(0.0 / 0.0), 0);
    assert_true(nano_of(1e300) > 0);
}

static void what_was_spent_is_forgotten_with_its_window(void **state) {
    (void)state;
    struct spend s = { 0 };
    spend_add(&s, 5, at("2026-11-29T12:00"));
    spend_add(&s, 7, at("2026-11-30T12:00")); /* another day and week, the same month */
    int64_t now = at("2026-11-30T13:00");
    assert_int_equal(spend_in(&s, WINDOW_DAILY, now), 7);
    assert_int_equal(spend_in(&s, WINDOW_WEEKLY, now), 7);
    assert_int_equal(spend_in(&s, WINDOW_MONTHLY, now), 12);
    now = at("2026-12-01");
    assert_int_equal(spend_in(&s, WINDOW_DAILY, now), 0);
    assert_int_equal(spend_in(&s, WINDOW_WEEKLY, now), 7);
    assert_int_equal(spend_in(&s, WINDOW_MONTHLY, now), 0);
    assert_int_equal(spend_in(&s, WINDOW_TOTAL, now), 12);
}

/* ---- keys ---- */

static struct client_key make(struct store *s, const char *name, char text[CLIENT_KEY_TEXT]) {
    struct client_key k;
    struct err e = ERR_INIT;
    assert_int_equal(client_key_make(&k, text, at("2026-11-25"), &e), CHELA_OK);
    assert_int_equal(client_key_set_name(&k, str_c(name), &e), CHELA_OK);
    assert_int_equal(client_key_insert(s, &k, &e), CHELA_OK);
    return k;
}

static void a_key_is_kept_as_its_hash(void **state) {
    struct store *s = books(*state);
    char text[CLIENT_KEY_TEXT], others[CLIENT_KEY_TEXT], hash[2 * SHA256_SIZE + 1];
    struct client_key k = make(s, "alice", text), other = make(s, "bob", others), *found;
    struct arena a = ARENA_INIT(1 << 20);
    struct err e = ERR_INIT;
    assert_int_equal(strlen(text), 9 + 64);
    assert_memory_equal(text, "sk-or-v1-", 9);
    assert_int_equal(client_key_hash(hash, str_c(text), &e), CHELA_OK);
    assert_string_equal(hash, k.hash);
    assert_string_not_equal(hash, other.hash);
    assert_int_equal(client_key_find(s, S("alice"), &a, &found, &e), CHELA_OK);
    assert_string_equal(found->hash, k.hash);
    assert_int_equal(client_key_find(s, str_head(str_c(hash), 12), &a, &found, &e), CHELA_OK);
    assert_int_equal(client_key_find(s, S("alic"), &a, &found, &e), CHELA_NOT_FOUND);
    assert_non_null(strstr(e.hint, "alice"));
    make(s, "bob", text);
    assert_int_equal(client_key_find(s, S("bob"), &a, &found, &e), CHELA_USAGE);
    assert_int_equal(client_key_delete(s, str_c(k.hash), &e), CHELA_OK);
    assert_int_equal(client_key_delete(s, str_c(k.hash), &e), CHELA_NOT_FOUND);
    assert_int_equal(client_key_update(s, &k, &e), CHELA_NOT_FOUND);
    arena_free(&a);
    store_close(s);
}

static void the_hash_is_sha256(void **state) {
    (void)state;
    char hash[2 * SHA256_SIZE + 1];
    assert_int_equal(client_key_hash(hash, S("abc"), NULL), CHELA_OK);
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void a_label_shows_little(void **state) {
    (void)state;
    char label[32];
    client_key_label(label, S("sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef"));
    assert_string_equal(label, "sk-or-v1-012...def");
    client_key_label(label, S("a-short-one-of-20-by"));
    assert_string_equal(label, "***");
}

static void a_list_of_models(void **state) {
    (void)state;
    struct client_key k = { 0 };
    struct err e = ERR_INIT;
    assert_true(client_key_allows(&k, S("anything")));
    assert_int_equal(client_key_add_models(&k, S(" anthropic/* ,openai/gpt-4o"), &e), CHELA_OK);
    assert_int_equal(client_key_add_models(&k, S("fake/bench"), &e), CHELA_OK);
    assert_string_equal(k.models, "anthropic/* openai/gpt-4o fake/bench");
    assert_true(client_key_allows(&k, S("anthropic/claude-sonnet-4.6")));
    assert_true(client_key_allows(&k, S("OpenAI/gpt-4o")));
    assert_true(client_key_allows(&k, S("fake/bench")));
    assert_false(client_key_allows(&k, S("openai/gpt-4o-mini")));
    assert_false(client_key_allows(&k, S("anthropic")));
    assert_int_equal(client_key_add_models(&k, S("a*b"), &e), CHELA_USAGE);
    char many[1200];
    memset(many, 'x', sizeof many);
    assert_int_equal(client_key_add_models(&k, (str){ many, sizeof many }, &e), CHELA_USAGE);
}

static void spending_is_added_by_window(void **state) {
    struct store *s = books(*state);
    char text[CLIENT_KEY_TEXT];
    struct client_key k = make(s, "alice", text), *list;
    struct arena a = ARENA_INIT(1 << 20);
    size_t count;
    static const char *const days[] = { "2026-11-25", "2026-11-25", "2026-11-26" };
    for (size_t i = 0; i < 3; i++) {
        struct spend more = { 0 };
        spend_add(&more, 10, at(days[i]));
        assert_int_equal(client_key_spend(s, str_c(k.hash), &more, NULL), CHELA_OK);
    }
    assert_int_equal(client_key_list(s, &a, &list, &count, NULL), CHELA_OK);
    assert_int_equal(count, 1);
    int64_t now = at("2026-11-26T12:00");
    assert_int_equal(spend_in(&list->spend, WINDOW_TOTAL, now), 30);
    assert_int_equal(spend_in(&list->spend, WINDOW_DAILY, now), 10);
    assert_int_equal(spend_in(&list->spend, WINDOW_WEEKLY, now), 30);
    arena_free(&a);
    store_close(s);
}

static void a_key_as_json(void **state) {
    (void)state;
    struct client_key k = { .name = "a \"b\"", .limit = 5000000000, .reset = WINDOW_DAILY };
    struct buf out = BUF_INIT(1 << 16);
    struct json_writer w = JSON_WRITER(&out);
    spend_add(&k.spend, 1500000000, at("2026-11-25"));
    client_key_json(&w, &k, at("2026-11-25T12:00"));
    assert_non_null(strstr(out.p, "\"limit\":5,\"limit_remaining\":3.5,\"limit_reset\":\"daily\""));
    assert_non_null(strstr(out.p, "\"expires_at\":null"));
    assert_non_null(strstr(out.p, "\"usage_daily\":1.5"));
    buf_clear(&out);
    w = (struct json_writer)JSON_WRITER(&out);
    client_key_json(&w, &k, at("2026-11-26T12:00")); /* a new day */
    assert_non_null(strstr(out.p, "\"limit_remaining\":5,"));
    assert_non_null(strstr(out.p, "\"usage\":1.5,"));
    buf_free(&out);
}

/* ---- rows ---- */

static struct ledger_row row_of(const char *generation, const char *when, const char *model,
                                double cost) {
    return (struct ledger_row){ .at_ms = at(when),
                                .request = str_c(generation),
                                .generation = str_c(generation),
                                .key = S("hash"),
                                .key_name = S("alice"),
                                .path = S("/chat/completions"),
                                .asked = S("auto"),
                                .upstream = S("fake"),
                                .model = str_c(model),
                                .status = 200,
                                .attempts = 1,
                                .ms = 12,
                                .first_ms = -1,
                                .prompt = 40,
                                .completion = 9,
                                .reasoning = -1,
                                .cached = 12,
                                .cache_write = -1,
                                .audio = -1,
                                .image = -1,
                                .cost = cost };
}

static void write_rows(struct store *s, const struct ledger_row *rows, size_t count) {
    struct store_query *q = NULL;
    assert_int_equal(store_begin(s, NULL), CHELA_OK);
    assert_int_equal(ledger_prepare(&q, s, NULL), CHELA_OK);
    for (size_t i = 0; i < count; i++) assert_int_equal(ledger_insert(q, &rows[i], NULL), CHELA_OK);
    store_finish(q);
    assert_int_equal(store_commit(s, NULL), CHELA_OK);
}

static void a_row_is_found_again(void **state) {
    struct store *s = books(*state);
    struct arena a = ARENA_INIT(1 << 20);
    struct ledger_row rows[] = { row_of("gen-1", "2026-11-25", "m", 0.25),
                                 row_of("gen-2", "2026-11-25", "m", -1) },
                      found;
    rows[0].first_ms = 7;
    rows[0].estimated = true;
    rows[0].end = LEDGER_CUT;
    rows[0].cache = LEDGER_CACHE_MISS;
    write_rows(s, rows, 2);
    assert_int_equal(ledger_find(s, S("gen-1"), &a, &found, NULL), CHELA_OK);
    assert_true(str_eq(found.model, S("m")) && str_eq(found.key_name, S("alice")));
    assert_int_equal(found.first_ms, 7);
    assert_int_equal(found.reasoning, -1);
    assert_int_equal(found.cached, 12);
    assert_true(found.estimated && found.end == LEDGER_CUT && found.cache == LEDGER_CACHE_MISS);
    assert_true(found.cost == 0.25);
    assert_int_equal(ledger_find(s, S("gen-2"), &a, &found, NULL), CHELA_OK);
    assert_true(found.cost < 0 && found.first_ms == -1);
    assert_int_equal(ledger_find(s, S("gen-3"), &a, &found, NULL), CHELA_NOT_FOUND);
    arena_free(&a);
    store_close(s);
}

static size_t sums(struct store *s, struct arena *a, enum usage_by by, const char *since,
                   const char *until, struct usage_sum **list) {
    struct usage_query q = { .by = by, .since_ms = since ? at(since) : 0 };
    size_t count;
    struct err e = ERR_INIT;
    if (until) q.until_ms = at(until);
    if (ledger_usage(s, &q, a, list, &count, &e) != CHELA_OK) fail_msg("%s", e.message);
    return count;
}

/* Three days of rows; the sums must be the same before and after the old ones were added up. */
static void pruning_keeps_the_sums(void **state) {
    struct store *s = books(*state);
    struct arena a = ARENA_INIT(1 << 20);
    struct usage_sum *list;
    static const char *const days[] = { "2026-11-23T10:00", "2026-11-24T10:00",
                                        "2026-11-25T10:00" };
    bool more;
    for (size_t i = 0; i < 3; i++) {
        struct ledger_row rows[] = { row_of("x", days[i], "dear", 1),
                                     row_of("y", days[i], "cheap", 0.125),
                                     row_of("z", days[i], "cheap", 0.125) };
        rows[1].estimated = true;
        rows[2].end = LEDGER_FAILED;
        write_rows(s, rows, 3);
    }
    const struct ledger_bound bound = { .days = 1 };
    for (int round = 0; round < 2; round++) {
        assert_int_equal(sums(s, &a, USAGE_BY_MODEL, NULL, NULL, &list), 2);
        assert_true(str_eq(list[0].model, S("dear")) && list[0].cost == 3);
        assert_int_equal(list[1].requests, 6);
        assert_int_equal(list[1].failed, 3);
        assert_int_equal(list[1].prompt, 240);
        assert_true(list[1].cost == 0.75 && list[1].estimated == 0.375);
        assert_int_equal(sums(s, &a, USAGE_BY_DAY, "2026-11-24", "2026-11-25", &list), 1);
        assert_true(str_eq(list[0].day, S("2026-11-24")));
        assert_int_equal(list[0].requests, 3);
        assert_int_equal(sums(s, &a, USAGE_BY_ACTIVITY, NULL, NULL, &list), 6);
        double usd;
        assert_int_equal(ledger_total(s, &usd, NULL), CHELA_OK);
        assert_true(usd == 3.75);
        assert_int_equal(ledger_prune(s, &bound, at("2026-11-25T10:00"), &more, NULL), CHELA_OK);
        assert_int_equal(more, round == 0);
    }
    struct ledger_row found;
    assert_int_equal(ledger_prune(s, &(struct ledger_bound){ .rows = 1 }, 0, &more, NULL),
                     CHELA_OK);
    assert_int_equal(ledger_find(s, S("x"), &a, &found, NULL), CHELA_NOT_FOUND);
    assert_int_equal(ledger_find(s, S("z"), &a, &found, NULL), CHELA_OK);
    assert_int_equal(sums(s, &a, USAGE_BY_KEY, NULL, NULL, &list), 1);
    assert_int_equal(list[0].requests, 9);
    assert_true(str_eq(list[0].key_name, S("alice")));
    arena_free(&a);
    store_close(s);
}

static void a_slice_at_a_time(void **state) {
    struct store *s = books(*state);
    struct ledger_row row = row_of("x", "2026-11-25", "m", 0.5);
    const struct ledger_bound bound = { .rows = 10 };
    bool more = true;
    int rounds = 0;
    double usd;
    for (int i = 0; i < 25; i++) {
        struct ledger_row rows[100];
        for (size_t k = 0; k < 100; k++) rows[k] = row;
        write_rows(s, rows, 100);
    }
    for (; more; rounds++) assert_int_equal(ledger_prune(s, &bound, 0, &more, NULL), CHELA_OK);
    assert_int_equal(rounds, 4); /* 1000, 1000, 490, nothing */
    assert_int_equal(ledger_total(s, &usd, NULL), CHELA_OK);
    assert_true(usd == 1250);
    store_close(s);
}

int main(void) {
#define IN_SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_and_written),
        cmocka_unit_test(windows_end_where_the_next_begins),
        cmocka_unit_test(money_is_never_counted_too_low),
        cmocka_unit_test(what_was_spent_is_forgotten_with_its_window),
        cmocka_unit_test(the_hash_is_sha256),
        cmocka_unit_test(a_label_shows_little),
        cmocka_unit_test(a_list_of_models),
        cmocka_unit_test(a_key_as_json),
        IN_SCRATCH(a_key_is_kept_as_its_hash),
        IN_SCRATCH(spending_is_added_by_window),
        IN_SCRATCH(a_row_is_found_again),
        IN_SCRATCH(pruning_keeps_the_sums),
        IN_SCRATCH(a_slice_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
