#include "route/route.h"

#include "unit.h"

#include <string.h>

static struct arena arena = ARENA_INIT(1 << 20);

struct row {
    const char *url;
    bool verified, exact;
    const char *base, *origin, *query;
};

/* The rows of the rule's table, by ruling 5: https, host equal to or under openrouter.ai, no user
 * info is verified; exact is the text of the base URL. */
static const struct row rows[] = {
    { "", true, true, "https://openrouter.ai/api/v1", "https://openrouter.ai", "" },
    { "   ", true, true, "https://openrouter.ai/api/v1", "https://openrouter.ai", "" },
    { "https://openrouter.ai/api/v1", true, true, "https://openrouter.ai/api/v1",
      "https://openrouter.ai", "" },
    { " https://openrouter.ai/api/v1// ", true, true, "https://openrouter.ai/api/v1",
      "https://openrouter.ai", "" },
    { "https://openrouter.ai/v1", true, true, "https://openrouter.ai/api/v1",
      "https://openrouter.ai", "" },
    { "https://openrouter.ai/v1/", true, true, "https://openrouter.ai/api/v1",
      "https://openrouter.ai", "" },
    { "https://OPENROUTER.ai/api/v1/", true, false, "https://OPENROUTER.ai/api/v1",
      "https://openrouter.ai", "" },
    { "HTTPS://openrouter.ai/api/v1", true, false, "HTTPS://openrouter.ai/api/v1",
      "https://openrouter.ai", "" },
    { "http://openrouter.ai/api/v1", false, false, "http://openrouter.ai/api/v1",
      "http://openrouter.ai", "" },
    { "https://eu.openrouter.ai/api/v1", true, false, "https://eu.openrouter.ai/api/v1",
      "https://eu.openrouter.ai", "" },
    { "https://a.b.openrouter.ai", true, false, "https://a.b.openrouter.ai",
      "https://a.b.openrouter.ai", "" },
    { "https://openrouter.ai:8443/x", true, false, "https://openrouter.ai:8443/x",
      "https://openrouter.ai:8443", "" },
    { "https://openrouter.ai:443/api/v1", true, false, "https://openrouter.ai:443/api/v1",
      "https://openrouter.ai", "" },
    { "https://user:p@openrouter.ai/api/v1", false, false, "https://user:p@openrouter.ai/api/v1",
      "https://openrouter.ai", "" },
    { "https://user@openrouter.ai/api/v1", false, false, "https://user@openrouter.ai/api/v1",
      "https://openrouter.ai", "" },
    { "openrouter.ai", true, false, "https://openrouter.ai", "https://openrouter.ai", "" },
    { "openrouter.ai/api/v1", true, false, "https://openrouter.ai/api/v1", "https://openrouter.ai",
      "" },
    { "proxy.lan:8080/v1", false, false, "https://proxy.lan:8080/v1", "https://proxy.lan:8080",
      "" },
    { "https://openrouter.ai.evil.com/api/v1", false, false,
      "https://openrouter.ai.evil.com/api/v1", "https://openrouter.ai.evil.com", "" },
    { "https://notopenrouter.ai/api/v1", false, false, "https://notopenrouter.ai/api/v1",
      "https://notopenrouter.ai", "" },
    { "https://proxy.example.com/v1", false, false, "https://proxy.example.com/v1",
      "https://proxy.example.com", "" },
    { "https://openrouter.ai./api/v1", false, false, "https://openrouter.ai./api/v1",
      "https://openrouter.ai.", "" },
    { "https://.openrouter.ai/api/v1", false, false, "https://.openrouter.ai/api/v1",
      "https://.openrouter.ai", "" },
    { "https://evil.com/.openrouter.ai", false, false, "https://evil.com/.openrouter.ai",
      "https://evil.com", "" },
    { "https://evil_.openrouter.ai/v1", false, false, "https://evil_.openrouter.ai/v1",
      "https://evil_.openrouter.ai", "" },
    { "https://evil.com:443@openrouter.ai/v1", false, false,
      "https://evil.com:443@openrouter.ai/v1", "https://openrouter.ai", "" },
    { "http://127.0.0.1:18080/proxy/v1/", false, false, "http://127.0.0.1:18080/proxy/v1",
      "http://127.0.0.1:18080", "" },
    { "https://openrouter.ai/api/v1?x=1&y=2", true, false, "https://openrouter.ai/api/v1",
      "https://openrouter.ai", "x=1&y=2" },
    { "https://proxy.example.com/v1/?key=a/b", false, false, "https://proxy.example.com/v1",
      "https://proxy.example.com", "key=a/b" },
};

static void classifies(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *w = &rows[i];
        struct route r;
        struct err e = ERR_INIT;
        if (route_of_url(&r, str_c(w->url), &arena, &e)) fail_msg("%s: %s", w->url, e.message);
        if (r.verified != w->verified || r.exact != w->exact)
            fail_msg("%s: verified %d exact %d (%s)", w->url, r.verified, r.exact, r.why);
        assert_string_equal(arena_cstr(&arena, r.base_url), w->base);
        assert_string_equal(arena_cstr(&arena, r.origin), w->origin);
        assert_string_equal(arena_cstr(&arena, r.query), w->query);
        assert_true(r.why && *r.why);
    }
}

static void refuses(void **state) {
    (void)state;
    static const char *const bad[] = { "not a url",
                                       "nonsense",
                                       "ftp://openrouter.ai/v1",
                                       "https://",
                                       "https:///v1",
                                       "https://evil.com#@openrouter.ai/v1",
                                       "https://evil.com\\@openrouter.ai/v1",
                                       "https://openrouter.ai/v1\r\nX: y",
                                       "https://open router.ai/v1",
                                       "https://evil.com%2f.openrouter.ai/v1",
                                       "https://openrouter.ai:99999/v1" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct route r;
        struct err e = ERR_INIT;
        if (route_of_url(&r, str_c(bad[i]), &arena, &e) != CHELA_CONFIG)
            fail_msg("%s was accepted", bad[i]);
        assert_non_null(strstr(e.message, "baseUrl"));
        assert_non_null(strstr(e.hint, "https://openrouter.ai/api/v1"));
    }
}

static void keeps_passwords_out_of_messages(void **state) {
    (void)state;
    struct route r;
    struct err e = ERR_INIT;
    route_of_url(&r, S("https://user:hunter2@bad host/v1"), &arena, &e);
    assert_null(strstr(e.message, "hunter2"));
}

static void warns_of_plain_http(void **state) {
    (void)state;
    struct route r;
    assert_int_equal(route_of_url(&r, S("http://proxy.example.com/v1"), &arena, NULL), CHELA_OK);
    assert_non_null(strstr(r.why, "can be read on the way"));
    static const char *const local[] = { "http://127.0.0.1:1/v1", "http://localhost/v1",
                                         "http://x.localhost/v1", "http://[::1]:8080/v1" };
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        assert_int_equal(route_of_url(&r, str_c(local[i]), &arena, NULL), CHELA_OK);
        assert_null(strstr(r.why, "can be read on the way"));
    }
    assert_int_equal(route_of_url(&r, S("http://127.evil.example/v1"), &arena, NULL), CHELA_OK);
    assert_non_null(strstr(r.why, "can be read on the way"));
}

static void joins_paths(void **state) {
    (void)state;
    struct route r;
    route_of_url(&r, S("https://proxy.example.com/v1/?key=1"), &arena, NULL);
    assert_string_equal(arena_cstr(&arena, route_url(&r, S("chat/completions"), &arena)),
                        "https://proxy.example.com/v1/chat/completions?key=1");
    route_of_url(&r, S(""), &arena, NULL);
    assert_string_equal(r.source, "default");
    assert_string_equal(arena_cstr(&arena, route_url(&r, S("/models"), &arena)),
                        "https://openrouter.ai/api/v1/models");
}

static void headers_are_one_a_name(void **state) {
    (void)state;
    struct header_list h = { .arena = &arena };
    str value;
    assert_true(headers_set(&h, S("X-Lab"), S("1")));
    assert_true(headers_set(&h, S("Accept"), S("a")));
    assert_true(headers_set(&h, S("x-lab"), S(" 2 ")));
    assert_int_equal(h.count, 2);
    assert_true(headers_get(&h, S("X-LAB"), &value));
    assert_true(str_eq(value, S("2")));
    assert_true(str_eq(h.item[0].name, S("x-lab"))); /* the later spelling, in the old place */
    assert_true(headers_remove(&h, S("X-lab")));
    assert_false(headers_remove(&h, S("X-lab")));
    assert_int_equal(h.count, 1);
    assert_true(str_eq(h.item[0].name, S("Accept")));
}

static void headers_refuse_smuggling(void **state) {
    (void)state;
    struct header_list h = { .arena = &arena };
    static const char *const names[] = { "", "X Lab", "X-Lab:", "X\r\nY", "X\tY", "H\xc3\xa4" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_false(headers_set(&h, str_c(names[i]), S("1")));
    static const char *const values[] = { "a\r\nX: b", "a\nb", "a\x01", "a\x7f" };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_false(headers_set(&h, S("X"), str_c(values[i])));
    assert_false(headers_set(&h, S("X"), S("a\0b")));
    assert_true(headers_set(&h, S("X"), S("a\tb \xc3\xa4")));
    assert_int_equal(h.count, 1);
}

static void headers_have_a_bound(void **state) {
    (void)state;
    struct header_list h = { .arena = &arena };
    const size_t most = sizeof h.item / sizeof h.item[0];
    for (size_t i = 0; i < most; i++)
        assert_true(headers_set(&h, arena_printf(&arena, "X-%zu", i), S("v")));
    assert_false(headers_set(&h, S("One-More"), S("v")));
    assert_true(headers_set(&h, S("x-0"), S("w")));
    assert_int_equal(h.count, most);
}

static int free_arena(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classifies),
        cmocka_unit_test(refuses),
        cmocka_unit_test(keeps_passwords_out_of_messages),
        cmocka_unit_test(warns_of_plain_http),
        cmocka_unit_test(joins_paths),
        cmocka_unit_test(headers_are_one_a_name),
        cmocka_unit_test(headers_refuse_smuggling),
        cmocka_unit_test(headers_have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, free_arena);
}
