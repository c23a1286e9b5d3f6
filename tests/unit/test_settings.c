/* What the gateway is told: upstreams, their models and keys, and what is wrong with them. */
#include "gateway/settings.h"

#include "config_home.h"

static uv_loop_t loop;
static struct upstream_pool *pool;

static int begin(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    uv_loop_init(&loop);
    return upstream_pool_new(&pool, &loop, &upstream_default_settings, &e) == CHELA_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    upstream_pool_close(pool);
    uv_run(&loop, UV_RUN_DEFAULT);
    upstream_pool_free(pool);
    uv_loop_close(&loop);
    return 0;
}

static int make(void **state) {
    static struct home home;
    home_make(&home);
    *state = &home;
    return 0;
}

static int done(void **state) {
    home_free(*state);
    return 0;
}

static struct settings *load(const struct home *h, const char *openclaw, const char *chela,
                             struct err *e) {
    struct settings *s = NULL;
    *e = (struct err)ERR_INIT;
    home_config(h, openclaw);
    home_file(h, ".config/chela/chela.json5", chela);
    settings_load(&s, h->env, pool, NULL, e);
    return s;
}

static struct settings *good(const struct home *h, const char *openclaw, const char *chela) {
    struct err e;
    struct settings *s = load(h, openclaw, chela, &e);
    if (!s) fail_msg("%s", e.message);
    return s;
}

static void nothing_is_needed(void **state) {
    struct settings *s = good(*state, "{}", "{}");
    assert_int_equal(s->upstream_count, 1);
    assert_str(s->upstream[0].id, "openrouter");
    assert_true(s->upstream[0].is_openrouter && s->upstream[0].shape);
    assert_true(s->upstream[0].no_key.n > 0); /* it says why */
    assert_int_equal(s->heartbeat_ms, 15000);
    assert_str(s->log, "text");
    assert_int_equal(s->cache.mode, CACHE_ASKED);
    assert_int_equal(s->cache.bytes, 64 << 20);
    assert_int_equal(s->upstream[0].timeouts.connect, 10000);
    settings_release(s);
}

#define FAKE(more)                                                                                 \
    "{ models: { providers: { fake: { baseUrl: 'http://127.0.0.1:9/v1', " more " } } } }"

static void an_upstream_and_its_models(void **state) {
    struct settings *s = good(
        *state,
        FAKE("apiKey: 'sk-fake-0123456789', headers: { 'X-Mine': '1', Host: 'evil' }, models: ["
             "{ id: ' a ', name: 'A', contextWindow: 8000, maxTokens: 100,"
             "  cost: { input: 2, output: 4, cacheRead: 0.5 } },"
             "{ id: 'b', name: 'B', reasoning: false, compat: { supportsTools: false } }]"),
        "{ gateway: { upstreams: { fake: { zdr: true, dataCollection: 'deny', quantization: 'fp8',"
        " timeouts: { idleMs: 7 }, parameters: ['top_k', 'tools', 'reasoning', 'nonsense'] } },"
        " timeouts: { idleMs: 5, totalMs: 6 } } }");
    const struct upstream *u = settings_upstream(s, S("fake"));
    assert_non_null(u);
    assert_true(!u->is_openrouter && !u->shape && u->zdr && !u->collects_data);
    assert_str(u->quantization, "fp8");
    assert_str(u->target, "/v1");
    assert_int_equal(u->timeouts.idle, 7);
    assert_int_equal(u->timeouts.total, 6);
    assert_true(secret_is_set(&u->key) && u->key_print != 0);
    assert_int_equal(u->header_count, 1); /* Host is not for a configuration to set */
    assert_str(u->headers[0].name, "X-Mine");
    assert_int_equal(u->model_count, 2);
    const struct upstream_model *m = u->models;
    assert_str(m[0].id, "a");
    assert_int_equal(m[0].context_length, 8000);
    assert_int_equal(m[0].max_output, 100);
    assert_true(m[0].price_prompt == 2e-6 && m[0].price_completion == 4e-6);
    assert_true(m[0].price_cache_read == 5e-7 && m[1].price_prompt < 0);
    parameters listed = parameters_named(S("top_k")) | parameters_named(S("tools")) |
                        parameters_named(S("reasoning"));
    assert_true(~u->lacks == listed && ~m[0].lacks == listed);
    assert_true(~m[1].lacks == parameters_named(S("top_k")));
    assert_null(settings_upstream(s, S("nobody")));
    settings_release(s);
}

static void what_cannot_be_asked_is_left_out(void **state) {
    struct home *h = *state;
    struct settings *s =
        good(h,
             "{ models: { providers: { none: { models: [] },"
             " bedrock: { baseUrl: 'https://example.org', api: 'bedrock', models: [] } } } }",
             "{}");
    assert_int_equal(s->upstream_count, 1);
    assert_has(h->log, "none: it has no baseUrl");
    assert_has(h->log, "bedrock: its api is none that the gateway speaks");
    settings_release(s);
}

static void each_speaks_its_api(void **state) {
    struct settings *s = good(*state,
                              "{ models: { providers: { a: { baseUrl: 'https://a.org/anthropic', "
                              "api: 'anthropic-messages',"
                              " models: [] }, b: { baseUrl: 'https://b.org/v1', api: "
                              "'anthropic-messages', authHeader: true,"
                              " models: [] }, c: { baseUrl: 'https://c.org/v1', api: "
                              "'openai-responses', models: [] } } } }",
                              "{}");
    assert_str(s->upstream[0].target, "/anthropic/v1");
    assert_true(s->upstream[0].key_bare && s->upstream[0].api == WIRE_MESSAGES);
    assert_str(s->upstream[1].target, "/v1");
    assert_true(!s->upstream[1].key_bare && !s->upstream[2].key_bare);
    assert_true(s->upstream[2].api == WIRE_RESPONSES && s->upstream[3].api == WIRE_CHAT);
    settings_release(s);
}

static void an_alias_is_the_first_that_fits(void **state) {
    static const char *const rows[][2] = {
        { "claude-haiku-4", "small" }, { "claude-opus", "large" }, { "claude", "claude" },
        { "a-b-x-c-d", "both" },       { "a-x-c", "a-x-c" },       { "", "" },
    };
    struct settings *s =
        good(*state, "{}",
             "{ gateway: { aliases: { 'claude-haiku*': 'small', 'claude-*': ' large ',"
             " 'a-*-x*-c-*': 'both' } } }");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_str(settings_unaliased(s, str_c(rows[i][0])), rows[i][1]);
    settings_release(s);
}

static void settings_live_while_they_are_used(void **state) {
    struct settings *s = good(*state, FAKE("models: []"), "{}");
    struct settings *used = settings_use(s);
    settings_release(s);
    assert_str(used->upstream[0].id, "fake");
    settings_release(used);
    settings_release(NULL);
}

static void a_name_is_found_out_once(void **state) {
    struct settings *s = good(*state, "{}", "{}");
    struct arena a = ARENA_INIT(1 << 20);
    struct err e = ERR_INIT;
    const struct known_model *first = settings_model(s, S("openrouter/auto"), &a, &e);
    assert_non_null(first);
    assert_ptr_equal(settings_model(s, S("openrouter/auto"), &a, &e), first);
    char name[40];
    for (int i = 0; i < 2 * SETTINGS_KNOWN; i++) { /* clients choose them */
        snprintf(name, sizeof name, "acme/model-%d", i);
        assert_non_null(settings_model(s, str_c(name), &a, &e));
    }
    assert_int_equal(s->known_count, SETTINGS_KNOWN);
    assert_ptr_equal(settings_model(s, S("openrouter/auto"), &a, &e), first);
    arena_free(&a);
    settings_release(s);
}

static void the_cache(void **state) {
    struct settings *s = good(*state, "{}",
                              "{ gateway: { cache: { enabled: false, ttlSeconds: 9, maxBytes: 1000,"
                              " maxAnswers: 3 }, heartbeatMs: 0, log: 'off' } }");
    assert_int_equal(s->cache.mode, CACHE_NEVER);
    assert_int_equal(s->cache.ttl, 9);
    assert_int_equal(s->cache.bytes, 1000);
    assert_int_equal(s->cache.answers, 3);
    assert_int_equal(s->heartbeat_ms, 0);
    settings_release(s);
}

static void what_is_refused(void **state) {
    static const struct {
        const char *openclaw, *chela, *says;
    } cases[] = {
        { "{ models: [", "{}", "" },
        { FAKE("models: []"), "{ gateway: { cache: { ttlSeconds: 0 } } }", "ttlSeconds" },
        { FAKE("models: []"), "{ gateway: { cache: { size: 3 } } }", "size" },
        { FAKE("apiKey: '${CHELA_TEST_NOT_SET}', models: []"), "{}", "CHELA_TEST_NOT_SET" },
        { "{ models: { providers: { fake: { baseUrl: 'ftp://x', models: [] } } } }", "{}", "fake" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e;
        struct settings *s = load(*state, cases[i].openclaw, cases[i].chela, &e);
        if (s) fail_msg("case %zu was taken", i);
        assert_has(e.message, cases[i].says);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_needed, make, done),
        cmocka_unit_test_setup_teardown(an_upstream_and_its_models, make, done),
        cmocka_unit_test_setup_teardown(what_cannot_be_asked_is_left_out, make, done),
        cmocka_unit_test_setup_teardown(each_speaks_its_api, make, done),
        cmocka_unit_test_setup_teardown(an_alias_is_the_first_that_fits, make, done),
        cmocka_unit_test_setup_teardown(settings_live_while_they_are_used, make, done),
        cmocka_unit_test_setup_teardown(a_name_is_found_out_once, make, done),
        cmocka_unit_test_setup_teardown(the_cache, make, done),
        cmocka_unit_test_setup_teardown(what_is_refused, make, done),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
