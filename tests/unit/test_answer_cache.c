/* The response cache: what is kept of an answer, for how long, and which answer goes first. */
#include "gateway/answer_cache.h"
#include "gateway/answer_store.h"

#include "unit.h"

#include <string.h>

/* ---- texts ---- */

static const struct answer_label label = { STR_INIT("\"gen-new\""), STR_INIT("77") };

static char *kept(str bytes, bool stream, size_t step, size_t piece) {
    struct answer_text t;
    struct answer_place place = { 0 };
    struct buf out = BUF_INIT(1 << 16);
    answer_text_init(&t, stream, 1 << 16);
    while (bytes.n) {
        size_t n = step < bytes.n ? step : bytes.n;
        answer_text_take(&t, str_head(bytes, n));
        bytes = str_skip(bytes, n);
    }
    if (answer_text_done(&t)) {
        while (answer_text_more(&t, &place)) answer_text_read(&t, &place, &label, piece, &out);
        assert_int_equal(out.n, answer_text_length(&t, &label));
    }
    answer_text_free(&t);
    return buf_detach(&out);
}

static const struct {
    bool stream;
    const char *given, *again; /* again NULL: it is not kept */
} texts[] = {
    { false,
      "{\"created\": 5, \"id\":\"gen-1\",\"choices\":[{\"message\":{\"content\":\"id\"}}],"
      "\"usage\":{\"prompt_tokens\":3,\"cost\":0.5,\"is_byok\":false,"
      "\"prompt_tokens_details\":{\"cached_tokens\":2}}}",
      "{\"created\": 77, \"id\":\"gen-new\",\"choices\":[{\"message\":{\"content\":\"id\"}}],"
      "\"usage\":{\"prompt_tokens\":0,\"cost\":0,\"is_byok\":false,"
      "\"prompt_tokens_details\":{\"cached_tokens\":0}}}" },
    { false,
      "{\"object\":\"list\",\"data\":[{\"embedding\":[0.25],\"index\":0}],\"usage\":{\"total_"
      "tokens\":4}}",
      "{\"object\":\"list\",\"data\":[{\"embedding\":[0.25],\"index\":0}],\"usage\":{\"total_"
      "tokens\":0}}" },
    { false, "{\"id\":\"a\",\"openrouter_metadata\":{\"attempt\":1},\"choices\":[1]}",
      "{\"id\":\"gen-new\",\"choices\":[1]}" },
    { false, "<html>", NULL },
    { false, "", NULL },
    { true,
      ": wait\n\ndata: "
      "{\"id\":\"g\",\"created\":1,\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
      ": chela\n\ndata: "
      "{\"id\":\"g\",\"created\":1,\"choices\":[],\"usage\":{\"total_tokens\":9}}\n\n"
      "data: {\"id\":\"r\",\"choices\":[],\"openrouter_metadata\":{\"attempt\":1}}\n\n"
      "data: [DONE]\n\n",
      "data: {\"id\":\"gen-new\",\"created\":77,\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
      "data: {\"id\":\"gen-new\",\"created\":77,\"choices\":[],\"usage\":{\"total_tokens\":0}}\n\n"
      "data: [DONE]\n\n" },
    { true, /* responses: ids of items stay */
      "event: response.created\r\ndata: "
      "{\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\","
      "\"created_at\":5,\"completed_at\":null,\"usage\":{\"input_tokens\":7}}}\r\n\r\n"
      "data: {\"item_id\":\"msg_1\",\"delta\":\"a\"}\n\n",
      "event: response.created\r\ndata: "
      "{\"type\":\"response.created\",\"response\":{\"id\":\"gen-new\","
      "\"created_at\":77,\"completed_at\":null,\"usage\":{\"input_tokens\":0}}}\n\r\n"
      "data: {\"item_id\":\"msg_1\",\"delta\":\"a\"}\n\n" },
    { true, /* messages */
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\","
      "\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}}\n\n",
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"gen-new\","
      "\"usage\":{\"input_tokens\":0,\"output_tokens\":0}}}\n\n" },
    { true, "data: {\"id\":\"g\"}\n", NULL }, /* half an event */
    { true, "data: {\"id\":\n\n", NULL },
};

static void an_answer_is_made_ready(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (size_t step = 1; step < 400; step += step < 5 ? 1 : 97) {
            char *got = kept(str_c(texts[i].given), texts[i].stream, step, 1 + step % 13);
            if (!texts[i].again != !got || (got && strcmp(got, texts[i].again) != 0))
                fail_msg("text %zu in steps of %zu: %s", i, step, got ? got : "(not kept)");
            free(got);
        }
}

static void a_long_answer_is_not_kept(void **state) {
    (void)state;
    struct answer_text t;
    answer_text_init(&t, true, 100);
    for (int i = 0; i < 10; i++) answer_text_take(&t, S("data: {\"x\":\"aaaaaaaaaa\"}\n\n"));
    assert_false(answer_text_done(&t));
    answer_text_free(&t);
}

static void the_first_id_is_the_source(void **state) {
    (void)state;
    struct answer_text t;
    answer_text_init(&t, true, 1000);
    answer_text_take(&t, S("data: {\"id\":\"gen-1\"}\n\ndata: {\"id\":\"gen-2\"}\n\n"));
    assert_true(answer_text_done(&t));
    assert_string_equal(t.source_id, "gen-1");
    answer_text_free(&t);
}

/* ---- the table ---- */

static struct answer_key key_of(unsigned n) {
    struct answer_key key = { { 0 } };
    key.hash[0] = (unsigned char)(n & 1); /* two chains */
    key.hash[31] = (unsigned char)n;
    return key;
}

static void put(struct answer_store *s, unsigned n, int64_t ttl_ms, int64_t now) {
    struct answer_key key = key_of(n);
    struct answer_text t;
    answer_text_init(&t, false, 4096);
    answer_text_take(&t, S("{\"id\":\"x\"}"));
    assert_true(answer_text_done(&t));
    answer_store_put(s, &key, &t, S("application/json"), ttl_ms, now);
}

static bool has(struct answer_store *s, unsigned n, int64_t now) {
    struct answer_key key = key_of(n);
    const struct answer *a = answer_store_find(s, &key, now);
    answer_release(a);
    return a != NULL;
}

static int open_store(void **state) {
    struct answer_store *s = answer_store_new();
    answer_store_limit(s, 1 << 20, 4);
    *state = s;
    return s ? 0 : -1;
}

static int close_store(void **state) {
    answer_store_free(*state);
    return 0;
}

static void time_ends_an_answer(void **state) {
    struct answer_store *s = *state;
    put(s, 1, 1000, 0);
    put(s, 2, 5000, 0);
    assert_true(has(s, 1, 999));
    assert_false(has(s, 1, 1000));
    assert_true(has(s, 2, 1000));
    struct answer_store_counts n;
    answer_store_count(s, 6000, &n);
    assert_int_equal(n.answers, 0);
    assert_int_equal(n.bytes, 0);
    assert_int_equal(n.expired, 2);
}

static void the_longest_unused_goes_first(void **state) {
    struct answer_store *s = *state;
    for (unsigned n = 1; n <= 4; n++) put(s, n, 1000, 0);
    assert_true(has(s, 1, 1));
    put(s, 5, 1000, 2);
    assert_true(has(s, 1, 3));
    assert_false(has(s, 2, 3));
    struct answer_store_counts n;
    answer_store_limit(s, 1 << 20, 1);
    answer_store_count(s, 3, &n);
    assert_int_equal(n.answers, 1);
    assert_int_equal(n.evicted, 4);
    assert_true(has(s, 1, 3)); /* the last one that was asked for */
}

static void bytes_are_bounded(void **state) {
    struct answer_store *s = *state;
    struct answer_store_counts n;
    put(s, 1, 1000, 0);
    answer_store_count(s, 0, &n);
    answer_store_limit(s, n.bytes * 2 + 1, 100);
    for (unsigned i = 2; i < 20; i++) put(s, i, 1000, 0);
    answer_store_count(s, 0, &n);
    assert_int_equal(n.answers, 2);
    assert_true(n.bytes <= n.max_bytes);
    assert_true(answer_store_reserve(s, n.max_bytes));
    assert_false(answer_store_reserve(s, 1));
    answer_store_unreserve(s, n.max_bytes);
    assert_true(answer_store_reserve(s, 1));
}

static void a_second_answer_replaces_the_first(void **state) {
    struct answer_store *s = *state;
    put(s, 1, 1000, 0);
    put(s, 1, 1000, 500);
    struct answer_store_counts n;
    answer_store_count(s, 1400, &n);
    assert_int_equal(n.answers, 1);
    struct answer_key key = key_of(1);
    const struct answer *a = answer_store_find(s, &key, 1400);
    assert_int_equal(a->stored_ms, 500);
    answer_store_drop(s, &key);
    assert_false(has(s, 1, 1400));
    assert_string_equal(a->content_type, "application/json"); /* a reader keeps what it has */
    answer_release(a);
    assert_int_equal(answer_store_clear(s), 0);
}

/* ---- what is asked for ---- */

static void wishes(void **state) {
    (void)state;
    static const struct {
        enum cache_mode mode;
        int64_t preset_ttl;
        const char *cache, *ttl, *clear;
        bool on, refresh;
        int64_t seconds;
    } cases[] = {
        { CACHE_ASKED, 0, "", "", "", false, false, 300 },
        { CACHE_ASKED, 0, "true", "", "", true, false, 300 },
        { CACHE_ASKED, 0, " TRUE ", "60", "true", true, true, 60 },
        { CACHE_ASKED, 0, "yes", "60", "true", false, false, 60 },
        { CACHE_ASKED, 0, "false", "", "true", false, false, 300 },
        { CACHE_ASKED, 0, "true", "60abc", "", true, false, 60 },
        { CACHE_ASKED, 0, "true", "1.5", "", true, false, 1 },
        { CACHE_ASKED, 0, "true", "0", "", true, false, 1 },
        { CACHE_ASKED, 0, "true", "99999", "false", true, false, 86400 },
        { CACHE_ASKED, 0, "true", "99999999999999999999999", "", true, false, 86400 },
        { CACHE_ASKED, 0, "true", "abc60", "", true, false, 300 },
        { CACHE_ASKED, 45, "true", "-5", "", true, false, 45 },
        { CACHE_ALWAYS, 45, "", "", "", true, false, 45 },
        { CACHE_ALWAYS, 0, "false", "", "", false, false, 300 },   /* the header beats a yes … */
        { CACHE_NEVER, 0, "true", "", "true", false, false, 300 }, /* … but not a no */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cache_settings s = { .mode = cases[i].mode, .ttl = cases[i].preset_ttl };
        struct answer_wish w =
            answer_wish_read(&s, str_c(cases[i].cache), str_c(cases[i].ttl), str_c(cases[i].clear));
        if (w.on != cases[i].on || w.refresh != cases[i].refresh || w.ttl != cases[i].seconds)
            fail_msg("case %zu: on %d, refresh %d, %lld s", i, w.on, w.refresh, (long long)w.ttl);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_made_ready),
        cmocka_unit_test(a_long_answer_is_not_kept),
        cmocka_unit_test(the_first_id_is_the_source),
        cmocka_unit_test_setup_teardown(time_ends_an_answer, open_store, close_store),
        cmocka_unit_test_setup_teardown(the_longest_unused_goes_first, open_store, close_store),
        cmocka_unit_test_setup_teardown(bytes_are_bounded, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_second_answer_replaces_the_first, open_store,
                                        close_store),
        cmocka_unit_test(wishes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
