/* Where the key comes from, in the settled order, and what is said when there is none. */
#include "config_home.h"

#define PROFILES ".openclaw/agents/main/agent/auth-profiles.json"
#define STATE    ".openclaw/agents/main/agent/auth-state.json"

static const char origin[] = "https://openrouter.ai";

static void expect_as(struct home *h, const char *profile, const char *key, const char *source) {
    struct config *c = home_load(h);
    struct credential cr;
    struct err e = ERR_INIT;
    enum chela_error rc = credential_find(c, str_c(origin), str_c(profile), &cr, &e);
    if (rc != CHELA_OK) fail_msg("%s", e.message);
    assert_string_equal(cr.key.bytes, key);
    assert_string_equal(cr.key.origin, origin);
    assert_string_equal(cr.source, source);
    credential_free(&cr);
    assert_null(cr.key.bytes);
    config_free(c);
}

static void expect(struct home *h, const char *key, const char *source) {
    expect_as(h, "", key, source);
}

static void refuse(struct home *h, const char *profile, enum chela_error code, struct err *e) {
    struct config *c = home_load(h);
    struct credential cr;
    *e = (struct err)ERR_INIT;
    assert_int_equal(credential_find(c, str_c(origin), str_c(profile), &cr, e), code);
    assert_null(cr.key.bytes);
    config_free(c);
}

static const char one_profile[] =
    "{\"version\":1,\"profiles\":{\"openrouter:default\":"
    "{\"type\":\"api_key\",\"provider\":\"openrouter\",\"key\":\"sk-or-stored\"}}}";

/* Each source is there from the start; they are taken away one after the other. */
static void order_of_sources(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_file(&h, PROFILES, one_profile);
    home_file(&h, ".openclaw/.env", "OPENROUTER_API_KEY=sk-or-dotenv\n");
    home_config(&h, "{env: {OPENROUTER_API_KEY: 'sk-or-block', vars: {OPENROUTER_API_KEY: 'v'}},"
                    " models: {providers: {openrouter: {apiKey: 'sk-or-provider'}}}}");
    home_env(&h, "OPENROUTER_API_KEY", "sk-or-env");
    expect(&h, "sk-or-stored", "auth profile openrouter:default");
    unlink(home_path(&h, PROFILES));
    expect(&h, "sk-or-env", "environment OPENROUTER_API_KEY");
    h.env[--h.env_count] = NULL;
    expect(&h, "sk-or-dotenv", "OPENROUTER_API_KEY in the state folder's .env");
    unlink(home_path(&h, ".openclaw/.env"));
    expect(&h, "sk-or-block", "env.OPENROUTER_API_KEY of the configuration");
    home_config(&h, "{models: {providers: {openrouter: {apiKey: 'sk-or-provider'}}}}");
    expect(&h, "sk-or-provider", "models.providers.openrouter.apiKey");
    home_config(&h, "{}");
    refuse(&h, "", CHELA_NO_KEY, &e);
    assert_has(e.message, "no key for OpenRouter");
    assert_has(e.message, "auth-profiles.json: no such file");
    assert_has(e.message, "environment OPENROUTER_API_KEY");
    assert_has(e.message, ".openclaw/.env");
    assert_has(e.message, "env of ");
    assert_has(e.message, "models.providers.openrouter.apiKey");
    assert_has(e.hint, "https://openrouter.ai/keys");
    assert_has(e.hint, "OPENROUTER_API_KEY=");
    home_free(&h);
}

static void the_configured_key_first_when_it_says_so(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, PROFILES, one_profile);
    home_config(&h, "{models: {providers: {openrouter: {auth: 'api-key', apiKey: 'sk-or-cfg'}}}}");
    expect(&h, "sk-or-cfg", "models.providers.openrouter.apiKey");
    home_config(&h, "{models: {providers: {openrouter: {auth: 'token', apiKey: 'sk-or-cfg'}}}}");
    expect(&h, "sk-or-stored", "auth profile openrouter:default");
    home_config(&h, "{models: {providers: {openrouter: {auth: 'api-key'}}}}");
    expect(&h, "sk-or-stored", "auth profile openrouter:default");
    /* nothing behind it: the others get their turn */
    home_config(&h, "{models: {providers: {openrouter: {auth: 'api-key', apiKey: '${NOPE}'}}}}");
    expect(&h, "sk-or-stored", "auth profile openrouter:default");
    home_free(&h);
}

static const char many_profiles[] =
    "{\"version\":1,\"profiles\":{"
    "\"broken\":5,\"nobody\":{\"type\":\"api_key\",\"key\":\"x\"},"
    "\"untyped\":{\"provider\":\"openrouter\",\"key\":\"untyped\"},"
    "\"anthropic:a\":{\"type\":\"api_key\",\"provider\":\"anthropic\",\"key\":\"not-for-us\"},"
    "\"openrouter:oauth\":{\"type\":\"oauth\",\"provider\":\"openrouter\",\"access\":\"x\"},"
    "\"openrouter:old\":{\"type\":\"token\",\"provider\":\"openrouter\",\"token\":\"o\","
    "\"expires\":1},"
    "\"openrouter:first\":{\"mode\":\"api_key\",\"provider\":\"OpenRouter\",\"apiKey\":\" "
    "first\\n\"},"
    "\"openrouter:token\":{\"type\":\"token\",\"provider\":\"openrouter\",\"token\":\"token\","
    "\"expires\":99999999999999},"
    "\"openrouter:ref\":{\"type\":\"api_key\",\"provider\":\"openrouter\","
    "\"keyRef\":{\"source\":\"env\",\"provider\":\"default\",\"id\":\"WORK_KEY\"}},"
    "\"openrouter:inkey\":{\"type\":\"api_key\",\"provider\":\"openrouter\","
    "\"key\":{\"source\":\"env\",\"id\":\"WORK_KEY\"}},"
    "\"openrouter:short\":{\"type\":\"api_key\",\"provider\":\"openrouter\",\"key\":\"${WORK_KEY}"
    "\"}"
    "}%s}";

static void write_profiles(const struct home *h, const char *tail) {
    char text[4096];
    snprintf(text, sizeof text, "%s", many_profiles);
    char *mark = strstr(text, "%s");
    snprintf(mark, sizeof text - (size_t)(mark - text), "%s}", tail);
    home_file(h, PROFILES, text);
}

static void order_of_profiles(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    write_profiles(&h, "");
    home_env(&h, "WORK_KEY", "work");
    /* in the file's order, passing over what is no key */
    expect(&h, "first", "auth profile openrouter:first");
    assert_has(h.log, "profile \"broken\" is no object; dropped");
    assert_has(h.log, "profile \"nobody\" has no provider; dropped");
    assert_has(h.log, "profile \"untyped\" has no type; dropped");
    assert_has(h.log, "openrouter:oauth: it is of a type that OpenRouter has no use for");
    assert_has(h.log, "openrouter:old: its token has expired");
    /* those that auth.profiles names come first */
    home_config(&h, "{auth: {profiles: {'openrouter:ref': {provider: 'openrouter'}}}}");
    expect(&h, "work", "auth profile openrouter:ref");
    /* an order names all that may be used */
    home_config(&h, "{auth: {order: {openrouter: ['gone', 'anthropic:a', 'openrouter:token']}}}");
    expect(&h, "token", "auth profile openrouter:token");
    /* the state file's order before the configuration's */
    home_file(&h, STATE,
              "{\"order\":{\"openrouter\":[\"openrouter:short\",\"openrouter:first\"]}}");
    expect(&h, "work", "auth profile openrouter:short");
    /* what cools down is tried last, but tried */
    home_file(&h, STATE,
              "{\"order\":{\"openrouter\":[\"openrouter:short\",\"openrouter:first\"]},"
              "\"usageStats\":{\"openrouter:short\":{\"cooldownUntil\":99999999999999}}}");
    expect(&h, "first", "auth profile openrouter:first");
    home_file(&h, STATE,
              "{\"order\":{\"openrouter\":[\"openrouter:short\"]},"
              "\"usageStats\":{\"openrouter:short\":{\"disabledUntil\":99999999999999}}}");
    expect(&h, "work", "auth profile openrouter:short");
    /* older editions kept the order beside the profiles */
    unlink(home_path(&h, STATE));
    write_profiles(&h, ",\"order\":{\"openrouter\":[\"openrouter:inkey\"]}");
    expect(&h, "work", "auth profile openrouter:inkey");
    home_free(&h);
}

static void a_profile_by_name(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    write_profiles(&h, "");
    home_env(&h, "OPENROUTER_API_KEY", "sk-or-env");
    home_config(&h, "{auth: {order: {openrouter: ['openrouter:first']}}}");
    expect_as(&h, "openrouter:token", "token", "auth profile openrouter:token");
    expect_as(&h, "token", "token", "auth profile openrouter:token");
    /* asked for by name: nothing else will do */
    refuse(&h, "ref", CHELA_NO_KEY, &e);
    assert_has(e.message, "auth profile openrouter:ref: environment variable WORK_KEY is not set");
    refuse(&h, "anthropic:a", CHELA_NO_KEY, &e);
    assert_has(e.message, "there is no auth profile \"anthropic:a\" for OpenRouter");
    refuse(&h, "frist", CHELA_NO_KEY, &e);
    assert_has(e.hint, "there are: openrouter:first");
    unlink(home_path(&h, PROFILES));
    refuse(&h, "frist", CHELA_NO_KEY, &e);
    assert_has(e.hint, "leave out the @profile");
    home_free(&h);
}

static void the_older_file(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/agents/main/agent/auth.json",
              "{\"openrouter\":{\"type\":\"api_key\",\"key\":\"sk-or-legacy\"}}");
    expect(&h, "sk-or-legacy", "auth profile openrouter:default");
    expect_as(&h, "default", "sk-or-legacy", "auth profile openrouter:default");
    home_file(&h, PROFILES, one_profile);
    expect(&h, "sk-or-stored", "auth profile openrouter:default");
    home_free(&h);
}

static void a_broken_store_does_not_stop_the_search(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_file(&h, PROFILES, "{\"profiles\":");
    refuse(&h, "", CHELA_NO_KEY, &e);
    assert_has(e.message, "auth-profiles.json: line 1, column 13: expected");
    home_env(&h, "OPENROUTER_API_KEY", "sk-or-env");
    expect(&h, "sk-or-env", "environment OPENROUTER_API_KEY");
    home_free(&h);
}

/* A key that no header can carry is the one the user meant: no other is taken in its place. */
static void spoilt_keys(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_env(&h, "OPENROUTER_API_KEY", "  sk-or-env \r\n");
    expect(&h, "sk-or-env", "environment OPENROUTER_API_KEY");
    static const char *const spoilt[] = { "sk-or\r\nX-Evil: 1", "sk or", "sk\tor", "sk-or-\x7f",
                                          "sk-or-\xc3\xa9" };
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        h.env_count--;
        home_env(&h, "OPENROUTER_API_KEY", spoilt[i]);
        refuse(&h, "", CHELA_KEY_REFUSED, &e);
        assert_has(e.message, "environment OPENROUTER_API_KEY: the key holds");
        assert_null(strstr(e.message, "sk"));
    }
    home_file(&h, PROFILES,
              "{\"profiles\":{\"openrouter:default\":{\"type\":\"api_key\","
              "\"provider\":\"openrouter\",\"key\":\"a\\u0000b\"}}}");
    refuse(&h, "", CHELA_KEY_REFUSED, &e);
    assert_has(e.message, "auth profile openrouter:default: the key holds");
    home_free(&h);
}

static void files_that_others_can_read(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, PROFILES, one_profile);
    expect(&h, "sk-or-stored", "auth profile openrouter:default");
    assert_string_equal(h.log, "");
    assert_int_equal(chmod(home_path(&h, PROFILES), 0640), 0);
    expect(&h, "sk-or-stored", "auth profile openrouter:default");
    assert_has(h.log, "other users may read it (OpenClaw may have made it so); run: chmod 600");
    home_free(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_sources),
        cmocka_unit_test(the_configured_key_first_when_it_says_so),
        cmocka_unit_test(order_of_profiles),
        cmocka_unit_test(a_profile_by_name),
        cmocka_unit_test(the_older_file),
        cmocka_unit_test(a_broken_store_does_not_stop_the_search),
        cmocka_unit_test(spoilt_keys),
        cmocka_unit_test(files_that_others_can_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
