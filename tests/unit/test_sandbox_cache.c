/* The sandbox's prompt cache: what of a request it has seen before. */
#include "sandbox_ask.h"

#include "sandbox/prompt_cache.h"

static struct prompt_cache cache;

/* A text of n tokens: each letter that stands alone is one. */
static void letters(struct buf *out, char letter, int n) {
    for (int i = 0; i < n; i++) buf_addf(out, "%s%c", i ? " " : "", letter);
}

struct said {
    const char *role;
    char letter;
    int tokens; /* 4 more are the message's own */
    bool marked;
};

static struct ask *asked(const char *model, const struct said *list, size_t n) {
    struct ask *a = ask_new();
    struct buf body = BUF_INIT(1 << 18);
    buf_addf(&body, "{\"model\":\"%s\",\"messages\":[", model);
    for (size_t i = 0; i < n; i++) {
        buf_addf(&body, "%s{\"role\":\"%s\",\"content\":", i ? "," : "", list[i].role);
        buf_add(&body, list[i].marked ? S("[{\"type\":\"text\",\"text\":\"") : S("\""));
        letters(&body, list[i].letter, list[i].tokens);
        buf_add(&body,
                list[i].marked ? S("\",\"cache_control\":{\"type\":\"ephemeral\"}}]}") : S("\"}"));
    }
    buf_add(&body, S("]}"));
    ask_body(a, buf_str(&body));
    if (a->failed) fail_msg("%s", a->e.message);
    buf_free(&body);
    return a;
}

static struct prompt_cache_use ask(const char *model, const struct said *list, size_t n) {
    struct ask *a = asked(model, list, n);
    struct prompt_cache_use use = prompt_cache_ask(&cache, &a->request, a->answer.prompt_tokens);
    ask_done(a);
    return use;
}

static int forget(void **state) {
    (void)state;
    memset(&cache, 0, sizeof cache);
    return 0;
}

static void what_is_repeated_is_read(void **state) {
    (void)state;
    const struct said talk[] = { { "system", 's', 1000, false },
                                 { "user", 'a', 96, false },
                                 { "assistant", 'b', 46, false },
                                 { "user", 'c', 6, false } };
    assert_int_equal(ask("m", talk, 2).read, 0);
    assert_int_equal(ask("m", talk, 4).read, 1004 + 100); /* whole messages */
    assert_int_equal(ask("m", talk, 4).read, 1004 + 100 + 50 + 10);
    assert_int_equal(ask("m", talk, 3).read, 1004 + 100 + 50); /* each end was kept */
    assert_int_equal(ask("m", talk, 3).written, 0);
    assert_int_equal(ask("other", talk, 4).read, 0); /* a cache belongs to its model */
}

static void a_difference_ends_it(void **state) {
    (void)state;
    struct said talk[] = { { "system", 's', 1100, false },
                           { "user", 'a', 96, false },
                           { "user", 'c', 96, false } };
    ask("m", talk, 3);
    talk[1].letter = 'x';
    assert_int_equal(ask("m", talk, 3).read, 1104);
    talk[0].letter = 'x';
    assert_int_equal(ask("m", talk, 3).read, 0);
}

static void short_prompts_are_not_cached(void **state) {
    (void)state;
    const struct said below[] = { { "user", 'a', 1019, false } };
    const struct said enough[] = { { "user", 'a', 1020, false } };
    ask("m", below, 1);
    assert_int_equal(ask("m", below, 1).read, 0);
    ask("m", enough, 1);
    assert_int_equal(ask("m", enough, 1).read, 1024);
}

static void markers_choose_what_is_kept(void **state) {
    (void)state;
    struct said talk[] = { { "system", 's', 1096, true },
                           { "user", 'a', 96, true },
                           { "assistant", 'b', 96, false },
                           { "user", 'c', 96, true } };
    struct prompt_cache_use use = ask("m", talk, 2);
    assert_int_equal(use.read, 0);
    assert_int_equal(use.written, 1200);
    talk[1].marked = false; /* the marker moved on: the same prefix */
    use = ask("m", talk, 4);
    assert_int_equal(use.read, 1200);
    assert_int_equal(use.written, 200);
    talk[3].letter = 'x'; /* the answer's end had no marker */
    assert_int_equal(ask("m", talk, 4).read, 1200);
}

static void old_prefixes_make_room(void **state) {
    (void)state;
    const struct said one[] = { { "user", 'a', 1100, false } };
    struct ask *a = asked("first", one, 1);
    int64_t tokens = a->answer.prompt_tokens;
    char model[32] = "";
    prompt_cache_ask(&cache, &a->request, tokens);
    for (int i = 0; i < 2 * PROMPT_CACHE_SETS * PROMPT_CACHE_WAYS; i++) {
        snprintf(model, sizeof model, "m%d", i);
        a->request.model = str_c(model);
        prompt_cache_ask(&cache, &a->request, tokens);
    }
    assert_int_equal(prompt_cache_ask(&cache, &a->request, tokens).read, 1104);
    a->request.model = S("first");
    assert_int_equal(prompt_cache_ask(&cache, &a->request, tokens).read, 0);
    ask_done(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_repeated_is_read, forget),
        cmocka_unit_test_setup(a_difference_ends_it, forget),
        cmocka_unit_test_setup(short_prompts_are_not_cached, forget),
        cmocka_unit_test_setup(markers_choose_what_is_kept, forget),
        cmocka_unit_test_setup(old_prefixes_make_room, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
