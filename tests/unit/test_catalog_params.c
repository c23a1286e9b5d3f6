/* Which params apply to a model, and which has the last word. */
#include "config_home.h"

#include "catalog/params.h"

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
    assert_int_equal(p.count, 6);
    assert_string_equal(p.origin[0], "models.providers.openrouter.params");
    config_free(c);
    home_free(&h);
}

/* A key is what it means. */
static void spellings(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_config(&h, "{agents: {defaults: {models: {"
                    " 'anthropic/claude-sonnet-4.6': {params: {a: 'bare', b: 'bare'}},"
                    " 'openrouter/anthropic/claude-sonnet-4.6@work': {params: {b: 'profile'}},"
                    " 'openrouter/anthropic/claude-sonnet-4.6': {params: {c: 'canonical'}},"
                    " 'openrouter/deepseek-v4-pro': {params: {a: 'short'}},"
                    " 'Auto': {params: {a: 'auto'}}, 'ollama/qwen': {params: {a: 'other'}},"
                    " 'openrouter/*': {params: {a: 'pattern'}}, named: {alias: 'auto'}}}},"
                    " models: {providers: {ollama: {}}}}");
    struct config *c = home_load(&h);
    const char *claude = "openrouter/anthropic/claude-sonnet-4.6";
    expect(c, claude, "", "a", "bare",
           "agents.defaults.models[].params (under another spelling of the key)");
    expect(c, claude, "", "b", "profile", NULL); /* the later one */
    expect(c, claude, "", "c", "canonical", "agents.defaults.models[].params");
    expect(c, "openrouter/Anthropic/claude-sonnet-4.6", "", "a", NULL, NULL);
    expect(c, "openrouter/deepseek/deepseek-v4-pro", "", "a", "short", NULL);
    expect(c, "openrouter/auto", "", "a", "auto", NULL);
    /* models.providers.ollama is configured: the key is not OpenRouter's */
    expect(c, "openrouter/ollama/qwen", "", "a", NULL, NULL);
    config_free(c);
    /* many spellings of one model: the canonical one and the agent's still have their say */
    home_config(&h, "{agents: {defaults: {params: {p: 1}, models: {"
                    " 'a/b': {params: {x: '1'}}, 'a/b@1': {params: {x: '2'}}, 'a/b@2': {params:"
                    " {x: '3'}}, 'a/b@3': {params: {x: '4'}}, 'a/b@4': {params: {x: '5'}}, 'a/b@5':"
                    " {params: {x: '6'}}, 'a/b@6': {params: {x: '7'}},"
                    " 'openrouter/a/b': {params: {x: 'canonical'}}}},"
                    " list: [{id: 'main', params: {y: 'agent'}}]}}");
    c = home_load(&h);
    expect(c, "openrouter/a/b", "", "x", "canonical", NULL);
    expect(c, "openrouter/a/b", "", "y", "agent", NULL);
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
        cmocka_unit_test(spellings),
        cmocka_unit_test(nothing_configured),
        cmocka_unit_test(aliases),
        cmocka_unit_test(which_agent_is_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
