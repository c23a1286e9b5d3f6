/* The JSON Schema that is printed says of a file what reading it says. */
#include "config_home.h"
#include "schema_check.h"

#include "config/schema.h"

/* Is `text` valid by the schema of `file`? */
static bool valid(enum config_file file, const char *text, char *why, size_t cap) {
    struct buf schema = BUF_INIT(4 << 20);
    struct json_writer w = JSON_WRITER(&schema);
    struct schema_check c = { .depth = 0 };
    config_schema_write(&w, file);
    assert_false(schema.failed);
    assert_int_equal(doc_parse(&c.s, buf_str(&schema), DOC_JSON, NULL, NULL), CHELA_OK);
    assert_int_equal(doc_parse(&c.v, str_c(text), DOC_JSON5, NULL, NULL), CHELA_OK);
    c.root = doc_root(c.s);
    bool good = check_value(&c, c.root, doc_root(c.v));
    str_copy(why, cap, str_c(c.why));
    doc_free(c.s);
    doc_free(c.v);
    buf_free(&schema);
    return good;
}

static void it_agrees_with_the_reader(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        { "{}", true },
        { "[]", false },
        { "{agents: {defaults: {model: 'openrouter/auto'}}}", true },
        { "{agents: {defaults: {model: {primary: 'x', fallbacks: ['a/b']}}}}", true },
        { "{agents: {defaults: {model: 7}}}", false },
        { "{agents: {defaults: {model: {fallbacks: ['a/b', 1]}}}}", false },
        { "{agents: {defaults: {thinkingDefault: 'xhigh'}}}", true },
        { "{agents: {defaults: {thinkingDefault: 'xxhigh'}}}", false },
        { "{agents: {defaults: {timeoutSeconds: -1}}}", false },
        { "{agents: {defaults: {imageGenerationModel: {timeoutMs: 1.5}}}}", false },
        { "{agents: {defaults: {models: {'openrouter/x': {alias: 1}}}}}", false },
        { "{agents: {defaults: {models: {'openrouter/x': {alias: 'a', other: 1}}}}}", true },
        { "{agents: {list: [{id: 'main', tools: {allow: [], more: 1}}]}}", true },
        { "{agents: {list: {}}}", false },
        { "{gateway: 7, plugins: []}", true },
        { "{unknown: {x: 1}}", true },
        { "{env: {A: 'x', vars: {B: 'y'}, shellEnv: {enabled: true}}}", true },
        { "{env: {A: 1}}", false },
        { "{env: {vars: {B: []}}}", false },
        { "{models: {providers: {openrouter: {apiKey: {source: 'env', id: 'X'}}}}}", true },
        { "{models: {providers: {openrouter: {apiKey: {source: 'nowhere'}}}}}", false },
        { "{models: {providers: {other: 7}}}", false },
        { "{models: {providers: {other: {baseUrl: 'https://x.example', more: 1}}}}", true },
        { "{messages: {tts: {auto: 'always', timeoutMs: 999}}}", false },
    };
    struct home h;
    home_make(&h);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[512];
        struct config *c;
        bool good = valid(CONFIG_OPENCLAW, rows[i].text, why, sizeof why);
        if (good != rows[i].good) fail_msg("%s: %s", rows[i].text, why);
        home_config(&h, rows[i].text);
        assert_int_equal(config_load(&c, h.env, NULL) == CHELA_OK, good);
        config_free(c);
    }
    home_free(&h);
}

static void what_passes_in_silence_is_valid(void **state) {
    (void)state;
    static const char *const names[] = { "page-chat",   "page-image", "page-video",
                                         "page-speech", "page-cache", "openclaw-real" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[1024], why[512];
        struct buf text = BUF_INIT(1 << 20);
        snprintf(path, sizeof path, TEST_DATA "/config/%s.json5", names[i]);
        assert_int_equal(file_read(path, &text, NULL), CHELA_OK);
        if (!valid(CONFIG_OPENCLAW, text.p, why, sizeof why)) fail_msg("%s: %s", path, why);
        buf_free(&text);
    }
}

static void the_own_file_is_closed(void **state) {
    (void)state;
    char why[512];
    assert_true(valid(CONFIG_CHELA, "{attribution: {title: 'x'}}", why, sizeof why));
    assert_false(valid(CONFIG_CHELA, "{attribution: {titel: 'x'}}", why, sizeof why));
    assert_false(valid(CONFIG_CHELA, "{other: 1}", why, sizeof why));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_agrees_with_the_reader),
        cmocka_unit_test(what_passes_in_silence_is_valid),
        cmocka_unit_test(the_own_file_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
