/* Where files are looked for, from the environment alone. */
#include "config_home.h"

#include "config/internal.h"

struct expectation {
    const char *env[6];
    const char *openclaw_json, *openclaw_state, *auth_profiles, *chela_json5, *state, *cache;
};

static void check(const struct expectation *x) {
    struct config_paths p;
    struct err e = ERR_INIT;
    if (config_paths(&p, x->env, &e) != CHELA_OK) fail_msg("%s", e.message);
    assert_string_equal(p.openclaw_json, x->openclaw_json);
    if (x->openclaw_state) assert_string_equal(p.openclaw_state, x->openclaw_state);
    if (x->auth_profiles) assert_string_equal(p.auth_profiles, x->auth_profiles);
    if (x->chela_json5) assert_string_equal(p.chela_json5, x->chela_json5);
    if (x->state) assert_string_equal(p.state, x->state);
    if (x->cache) assert_string_equal(p.cache, x->cache);
}

static void finds_files(void **state) {
    (void)state;
    static const struct expectation list[] = {
        { { "HOME=/h" },
          "/h/.openclaw/openclaw.json",
          "/h/.openclaw",
          "/h/.openclaw/agents/main/agent/auth-profiles.json",
          "/h/.config/chela/chela.json5",
          "/h/.local/state/chela",
          "/h/.cache/chela" },
        { { "HOME=/h", "OPENCLAW_STATE_DIR=/s/./x/../y//" },
          "/s/y/openclaw.json",
          "/s/y",
          "/s/y/agents/main/agent/auth-profiles.json",
          "/h/.config/chela/chela.json5",
          NULL,
          NULL },
        { { "HOME=/h", "OPENCLAW_STATE_DIR=/s", "OPENCLAW_CONFIG_PATH=/c/my.json5" },
          "/c/my.json5",
          "/s",
          NULL,
          NULL,
          NULL,
          NULL },
        { { "HOME=/h", "OPENCLAW_HOME=/o" },
          "/o/.openclaw/openclaw.json",
          "/o/.openclaw",
          NULL,
          "/h/.config/chela/chela.json5", /* chela's own stay where the user lives */
          NULL,
          NULL },
        { { "OPENCLAW_HOME=~/o", "HOME=/h" },
          "/h/o/.openclaw/openclaw.json",
          NULL,
          NULL,
          NULL,
          NULL,
          NULL },
        { { "HOME=/h", "OPENCLAW_CONFIG_PATH=~/c.json" },
          "/h/c.json",
          "/h/.openclaw",
          NULL,
          NULL,
          NULL,
          NULL },
        /* blank is unset; a folder of XDG that is not absolute is ignored */
        { { "HOME=/h", "OPENCLAW_CONFIG_PATH= ", "XDG_STATE_HOME=rel", "XDG_CACHE_HOME=/x/c",
            "XDG_CONFIG_HOME=/x/f" },
          "/h/.openclaw/openclaw.json",
          NULL,
          NULL,
          "/x/f/chela/chela.json5",
          "/h/.local/state/chela",
          "/x/c/chela" },
        /* ".." does not climb above the root */
        { { "HOME=/h", "OPENCLAW_STATE_DIR=/../../s" },
          "/s/openclaw.json",
          "/s",
          NULL,
          NULL,
          NULL,
          NULL },
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) check(&list[i]);
}

static void relative_paths_start_here(void **state) {
    (void)state;
    char here[2048], expected[4096];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(expected, sizeof expected, "%s/c.json", here);
    check(&(struct expectation){ .env = { "HOME=/h", "OPENCLAW_CONFIG_PATH=./x/../c.json" },
                                 .openclaw_json = expected });
}

static void too_long_is_an_error(void **state) {
    (void)state;
    char text[6000] = "OPENCLAW_STATE_DIR=/";
    size_t n = strlen(text);
    memset(text + n, 'a', 5000);
    text[n + 5000] = '\0';
    struct config_paths p;
    struct err e = ERR_INIT;
    const char *env[] = { "HOME=/h", text, NULL };
    assert_int_equal(config_paths(&p, env, &e), CHELA_CONFIG);
    /* long enough to fit by itself, too long with a file behind it */
    text[4090] = '\0';
    assert_int_equal(config_paths(&p, env, &e), CHELA_CONFIG);
}

static void environment_is_searched_by_whole_names(void **state) {
    (void)state;
    const char *env[] = { "ABC=1", "AB=2", "EMPTY=", NULL };
    assert_string_equal(env_get(env, "AB"), "2");
    assert_string_equal(env_get(env, "EMPTY"), "");
    assert_null(env_get(env, "A"));
    assert_null(env_get(NULL, "A"));
}

static void inside_is_by_segments(void **state) {
    (void)state;
    assert_true(path_is_inside(S("/a/b"), S("/a")));
    assert_true(path_is_inside(S("/a"), S("/a")));
    assert_true(path_is_inside(S("/x"), S("/")));
    assert_false(path_is_inside(S("/ab"), S("/a")));
    assert_false(path_is_inside(S("/"), S("/a")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_files),
        cmocka_unit_test(relative_paths_start_here),
        cmocka_unit_test(too_long_is_an_error),
        cmocka_unit_test(environment_is_searched_by_whole_names),
        cmocka_unit_test(inside_is_by_segments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
