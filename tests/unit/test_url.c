/* Origins decide where a key may go, so what counts is what is refused and what compares equal. */
#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_str(str got, const char *expected) {
    if (!str_eq(got, str_c(expected)))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static void parts(void **state) {
    (void)state;
    struct url u;
    assert_true(url_parse(S("https://me:pw@Host.Example:8443/a/b?x=1&y#frag"), &u));
    assert_str(u.scheme, "https");
    assert_str(u.userinfo, "me:pw");
    assert_str(u.host, "Host.Example");
    assert_str(u.port, "8443");
    assert_str(u.path, "/a/b");
    assert_str(u.query, "x=1&y");

    assert_true(url_parse(S("http://h"), &u));
    assert_str(u.path, "/");
    assert_str(u.port, "");
    assert_str(u.userinfo, "");
    assert_true(url_parse(S("http://h?q"), &u));
    assert_str(u.path, "/");
    assert_str(u.query, "q");
    assert_true(url_parse(S("http://h:/p"), &u));
    assert_str(u.port, "");
    assert_true(url_parse(S("HTTP://[::1]:8080/p"), &u));
    assert_str(u.host, "[::1]");
    assert_str(u.port, "8080");
    assert_true(url_parse(S("http://h/a?b?c#d#e"), &u));
    assert_str(u.query, "b?c");
}

/* Everything before the last '@' of the authority is user info, also when it looks like a host. */
static void user_info_is_no_host(void **state) {
    (void)state;
    struct url u;
    assert_true(url_parse(S("https://openrouter.ai@evil.example/api/v1"), &u));
    assert_str(u.host, "evil.example");
    assert_str(u.userinfo, "openrouter.ai");
    assert_true(url_parse(S("https://openrouter.ai:443@evil.example"), &u));
    assert_str(u.host, "evil.example");
    assert_true(url_parse(S("https://a@b@evil.example"), &u));
    assert_str(u.host, "evil.example");
    assert_str(u.userinfo, "a@b");
    assert_true(url_parse(S("https://evil.example/@openrouter.ai"), &u));
    assert_str(u.host, "evil.example");
    assert_true(url_parse(S("https://evil.example?@openrouter.ai"), &u));
    assert_str(u.host, "evil.example");
    assert_true(url_parse(S("https://evil.example#@openrouter.ai"), &u));
    assert_str(u.host, "evil.example");
}

static void refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "openrouter.ai",
        "//openrouter.ai",
        "ftp://h/",
        "file:///etc/passwd",
        "http:/h",
        "https://",
        "https:///path",
        "https://:443/",
        "https://user@/",
        "https://h h/",
        "https://h\n/",
        "https://h/a b",
        "https://h\x7f/",
        "https://h:0/",
        "https://h:65536/",
        "https://h:-1/",
        "https://h:8a/",
        "https://h:80:80/",
        "https://openrouter.ai\\@evil.example/",
        "https://openrouter%2eai/",
        "https://[::1/",
        "https://[]/",
        "https://[::1]x/",
        "https://[::1/]/",
        "https://a[::1]/",
        "https://h*/",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct url u;
        if (url_parse(str_c(bad[i]), &u)) fail_msg("taken: \"%s\"", bad[i]);
        char origin[64];
        if (url_origin(str_c(bad[i]), origin, sizeof origin)) fail_msg("origin: \"%s\"", bad[i]);
    }
    struct url u;
    assert_false(url_parse((str){ "http://h\0x/", 11 }, &u));
}

static void origins(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        { "https://OpenRouter.AI/api/v1?x", "https://openrouter.ai" },
        { "HTTPS://openrouter.ai:443", "https://openrouter.ai" },
        { "https://openrouter.ai:0443/", "https://openrouter.ai" },
        { "https://openrouter.ai:80/", "https://openrouter.ai:80" },
        { "http://openrouter.ai:80/", "http://openrouter.ai" },
        { "http://openrouter.ai:443/", "http://openrouter.ai:443" },
        { "http://u:p@127.0.0.1:18080/v1", "http://127.0.0.1:18080" },
        { "http://[FE80::1]:9/", "http://[fe80::1]:9" },
        { "https://openrouter.ai./", "https://openrouter.ai." },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char origin[64];
        assert_true(url_origin(str_c(pairs[i][0]), origin, sizeof origin));
        assert_string_equal(origin, pairs[i][1]);
    }
    char tight[sizeof "http://h:9"];
    assert_true(url_origin(S("http://h:9/"), tight, sizeof tight));
    assert_string_equal(tight, "http://h:9");
    assert_false(url_origin(S("http://h:9/"), tight, sizeof tight - 1));
}

/* The examples of RFC 3986 §5.4 that make sense for http, and what polling URLs look like. */
static void links(void **state) {
    (void)state;
    static const struct {
        const char *base, *ref, *whole;
    } cases[] = {
        { "http://a/b/c/d;p?q", "g", "http://a/b/c/g" },
        { "http://a/b/c/d;p?q", "./g", "http://a/b/c/g" },
        { "http://a/b/c/d;p?q", "g/", "http://a/b/c/g/" },
        { "http://a/b/c/d;p?q", "/g", "http://a/g" },
        { "http://a/b/c/d;p?q", "//g", "http://g" },
        { "http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y" },
        { "http://a/b/c/d;p?q", "g?y", "http://a/b/c/g?y" },
        { "http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q" },
        { "http://a/b/c/d;p?q", "g?y#s", "http://a/b/c/g?y" },
        { "http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q" },
        { "http://a/b/c/d;p?q", ".", "http://a/b/c/" },
        { "http://a/b/c/d;p?q", "..", "http://a/b/" },
        { "http://a/b/c/d;p?q", "../g", "http://a/b/g" },
        { "http://a/b/c/d;p?q", "../../../g", "http://a/g" },
        { "http://a/b/c/d;p?q", "/./g", "http://a/g" },
        { "http://a/b/c/d;p?q", "g..", "http://a/b/c/g.." },
        { "http://a/b/c/d;p?q", "./g/.", "http://a/b/c/g/" },
        { "http://a/b/c/d;p?q", "g/../h", "http://a/b/c/h" },
        { "http://a/b/c/d;p?q", "g?y/../x", "http://a/b/c/g?y/../x" },
        { "http://a/b/c/d;p?q", "https://h/x", "https://h/x" },
        { "http://a/b/c/d;p?q", "file:///etc/passwd", "" },
        { "http://a/b/c/d;p?q", "mailto:x", "" },
        { "no url", "g", "" },
        { "https://openrouter.ai/api/v1/", "/api/v1/videos/j1",
          "https://openrouter.ai/api/v1/videos/j1" },
        { "https://openrouter.ai/api/v1/", "videos/j1", "https://openrouter.ai/api/v1/videos/j1" },
        { "https://h:8443/p/", "x:y", "" },
        { "https://h:8443/p/", "./x:y", "https://h:8443/p/x:y" },
        { "https://me:pw@h/p/", "x", "https://h/p/x" },
        { "https://h", "x", "https://h/x" },
        { "https://h/p/", "a b", "" },
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_str(url_resolve(str_c(cases[i].base), str_c(cases[i].ref), &a), cases[i].whole);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),
        cmocka_unit_test(links),
        cmocka_unit_test(user_info_is_no_host),
        cmocka_unit_test(refused),
        cmocka_unit_test(origins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
