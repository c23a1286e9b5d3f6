/* Which params apply to a model, and which has the last word. */
#include "config_home.h"

static const char layered[] =
    "{models: {providers: {openrouter: {params: {a: 'provider', b: 'provider'}, models: ["
    "   {id: 'openai/gpt-5.4', params: {a: 'row'}}, {id: 'OpenAI/gpt-5.4', params: {a: 'case'}},"
    "   {id: 'auto', params: {a: 'auto row'}}]}}},"
    " agents: {defaults: {params: {a: 'defaults', b: 'defaults', c: 'defaults'}, models: {"
    "   'openrouter/openai/gpt-5.4': {params: {a: 'model', d: 'model'}},"
    "   'OpenRouter/z-ai/GLM-5': {params: {a: 'glm'}},"
    "   'openrouter/openrouter/auto': {params: {a: 'doubled', e: 'doubled'}},"
    "   'openrouter/auto': {params: {a: 'auto'}}, 'openrouter/none': {}, 'openrouter/bad': {alias:"
    "   'x'}}},"
    "  list: [{id: 'first'}, {id: 'Main', default: true, params: {f: 'main'}},"
    "   {id: 'other', params: {a: 'other'}}]}}";

static void expect(struct config *c, const char *key, const char *agent, const char *name,
                   const char *value, const char *origin) {
    struct config_params p;
    const char *from;
    str text = { 0 };
    config_params(c, str_c(key), str_c(agent), &p);
    doc_node n = config_param(&p, &name, 1, &from);
    if (!value) {
        assert_int_equal(n, 0);
        assert_null(from);
        return;
    }
    assert_true(doc_string(p.doc, n, &text));
    assert_str(text, value);
    if (origin) assert_string_equal(from, origin);
}

static void layers(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_config(&h, layered);
    struct config *c = home_load(&h);
    const char *gpt = "openrouter/openai/gpt-5.4";
    expect(c, gpt, "", "a", "model", "agents.defaults.models[].params");
    expect(c, gpt, "", "b", "defaults", "agents.defaults.params");
    expect(c, gpt, "", "f", "main", "agents.list[].params"); /* the default agent's */
    expect(c, gpt, "OTHER", "a", "other", "agents.list[].params");
    expect(c, gpt, "first", "a", "model", NULL);
    expect(c, gpt, "nobody", "f", NULL, NULL);
    expect(c, "openrouter/openai/other", "", "a", "defaults", NULL);
    expect(c, "openrouter/openai/other", "", "missing", NULL, NULL);
    /* provider in any case, id exactly */
    expect(c, "openrouter/z-ai/GLM-5", "", "a", "glm", NULL);
    expect(c, "openrouter/z-ai/glm-5", "", "a", "defaults", NULL);
    expect(c, "openrouter/OpenAI/gpt-5.4", "", "a", "case",
           "models.providers.openrouter.models[].params");
    /* both spellings of auto; the canonical one has the last word */
    expect(c, "openrouter/auto", "", "a", "auto", NULL);
    expect(c, "openrouter/auto", "", "e", "doubled", NULL);
    struct config_params p;
    config_params(c, S("openrouter/auto"), S(""), &p);
    assert_int_equal(p.count, CONFIG_PARAM_LAYERS);
    assert_string_equal(p.origin[0], "models.providers.openrouter.params");
    config_free(c);
    home_free(&h);
}

static void nothing_configured(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    struct config *c = home_load(&h);
    struct config_params p;
    config_params(c, S("openrouter/auto"), S(""), &p);
    assert_int_equal(p.count, 0);
    expect(c, "openrouter/auto", "", "a", NULL, NULL);
    config_free(c);
    home_free(&h);
}

/* The last layer with any alias wins; inside one layer the first alias does. */
static void aliases(void **state) {
    (void)state;
    static const char *const ttl[] = { "responseCacheTtlSeconds", "response_cache_ttl_seconds",
                                       "responseCacheTtl", "response_cache_ttl" };
    struct home h;
    struct config_params p;
    int64_t n = 0;
    home_make(&h);
    home_config(&h, "{agents: {defaults: {"
                    " params: {responseCacheTtlSeconds: 10},"
                    " models: {'openrouter/auto': {params: {responseCacheTtl: 60,"
                    "  response_cache_ttl_seconds: 90}}, 'openrouter/a/b': {params: {}}}}}}");
    struct config *c = home_load(&h);
    config_params(c, S("openrouter/auto"), S(""), &p);
    assert_true(doc_int(p.doc, config_param(&p, ttl, 4, NULL), &n));
    assert_int_equal(n, 90);
    config_params(c, S("openrouter/a/b"), S(""), &p); /* an empty layer says nothing */
    assert_true(doc_int(p.doc, config_param(&p, ttl, 4, NULL), &n));
    assert_int_equal(n, 10);
    config_free(c);
    home_free(&h);
}

static void which_agent_is_the_default(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_config(&h, "{agents: {list: [{id: 'one'}, {id: 'two'}]}}");
    struct config *c = home_load(&h);
    struct doc *d = config_doc(c);
    doc_node list = doc_path_get(d, S("agents.list"), NULL);
    assert_int_equal(config_agent(c, S("")), doc_at(d, list, 0));
    assert_int_equal(config_agent(c, S(" Two ")), doc_at(d, list, 1));
    assert_int_equal(config_agent(c, S("three")), 0);
    config_free(c);
    home_free(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers),
        cmocka_unit_test(nothing_configured),
        cmocka_unit_test(aliases),
        cmocka_unit_test(which_agent_is_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
