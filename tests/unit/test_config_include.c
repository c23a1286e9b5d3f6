/* $include: merging, bounds, and problems told where they stand. */
#include "config_home.h"

#include "config/internal.h"

static void problems_of(const struct home *h, const char *expected) {
    struct err e;
    struct config *c = home_load_bad(h, &e);
    assert_has(e.message, expected);
    config_free(c);
}

static void merges(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/parts/models.json5",
              "// the models\n{openrouter: {timeoutSeconds: 5, headers: {A: 'inc', B: 'inc'},"
              " models: [{id: 'one/a'}, {id: 'one/b'}]}}");
    home_file(&h, ".openclaw/agents.json5",
              "{defaults: {params: {$include: 'parts/params.json5', own: 1}}}");
    home_file(&h, ".openclaw/parts/params.json5", "{x: 1, own: 2, sub: {$include: './deep.json'}}");
    home_file(&h, ".openclaw/parts/deep.json", "{\"deep\": [1, 2]}");
    home_file(&h, ".openclaw/list.json5", "['exec', 'browser']");
    home_config(&h, "{\n  models: {providers: {$include: './parts/models.json5',\n"
                    "    openrouter: {headers: {B: 'own'}, models: [{id: 'two/c'}]}}},\n"
                    "  agents: {$include: 'agents.json5'},\n"
                    "  tools: {deny: {$include: 'list.json5'}},\n}");
    struct config *c = home_load(&h);
    /* objects deep, arrays concatenated with the included first, siblings win */
    assert_json(c, "models.providers.openrouter.headers", "{\"B\":\"own\",\"A\":\"inc\"}");
    assert_json(c, "models.providers.openrouter.models",
                "[{\"id\":\"one/a\"},{\"id\":\"one/b\"},{\"id\":\"two/c\"}]");
    assert_json(c, "models.providers.openrouter.timeoutSeconds", "5");
    /* an included file's includes are relative to it */
    assert_json(c, "agents",
                "{\"defaults\":{\"params\":{\"own\":1,\"x\":1,\"sub\":{\"deep\":[1,2]}}}}");
    /* an object that is nothing but an include becomes whatever the file holds */
    assert_json(c, "tools", "{\"deny\":[\"exec\",\"browser\"]}");
    config_free(c);
    home_free(&h);
}

static void of_a_list_the_later_wins(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/a.json5",
              "{tools: {allow: ['a'], profile: 'a'}, ui: {x: 'a', y: 'a'}}");
    home_file(&h, ".openclaw/b.json5", "{tools: {allow: ['b'], profile: 'b'}, ui: {x: 'b'}}");
    home_config(&h, "{$include: ['a.json5', './b.json5'], tools: {allow: ['own']}}");
    struct config *c = home_load(&h);
    assert_json(c, "tools.allow", "[\"a\",\"b\",\"own\"]");
    assert_json(c, "tools.profile", "\"b\"");
    assert_json(c, "ui.x", "\"b\"");
    assert_json(c, "ui.y", "\"a\"");
    config_free(c);
    home_config(&h, "{tools: {$include: []}}");
    c = home_load(&h);
    assert_json(c, "", "{\"tools\":{}}");
    config_free(c);
    home_free(&h);
}

static void the_env_block_may_be_included(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/env.json5", "{OPENROUTER_API_KEY: 'sk-or-from-include', NAME: 'n'}");
    home_config(&h, "{env: {$include: 'env.json5'}, agents: {defaults: {workspace: '${NAME}'}}}");
    struct config *c = home_load(&h);
    assert_string_equal(config_env(c, "OPENROUTER_API_KEY"), "sk-or-from-include");
    assert_json(c, "agents.defaults.workspace", "\"n\"");
    config_free(c);
    home_free(&h);
}

static void problems_stand_where_they_are_written(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_env(&h, "LEVEL", "huge");
    home_file(&h, ".openclaw/d.json5",
              "{\n  thinkingDefault: '${LEVEL}',\n  modle: 1,\n  model: {$include: 'm.json5'},\n"
              "  imageModel: {fallbacks: ['a', 3]},\n"
              "  videoGenerationModel: {timeoutMs: 5,\n    primary: {}},\n}");
    home_file(&h, ".openclaw/m.json5", "\n\n  7");
    home_config(&h, "{\n  agents: {defaults: {$include: 'd.json5', imageModel:\n"
                    "    {fallbacks: [true]}}}}");
    struct config *c = home_load_bad(&h, &e);
    size_t n;
    const struct config_warning *p = config_problems(c, &n);
    assert_int_equal(n, 5);
    struct {
        const char *path, *file;
        unsigned line, column;
    } expected[] = {
        { "agents.defaults.imageModel.fallbacks[1]", ".openclaw/d.json5", 5, 33 },
        { "agents.defaults.imageModel.fallbacks[2]", ".openclaw/openclaw.json", 3, 18 },
        { "agents.defaults.thinkingDefault", ".openclaw/d.json5", 2, 20 },
        { "agents.defaults.model", ".openclaw/m.json5", 3, 3 },
        { "agents.defaults.videoGenerationModel.primary", ".openclaw/d.json5", 7, 14 },
    };
    for (size_t i = 0; i < 5; i++) {
        bool found = false;
        for (size_t k = 0; k < n; k++) {
            if (!str_eq(p[k].path, str_c(expected[i].path))) continue;
            found = true;
            assert_string_equal(p[k].file, home_path(&h, expected[i].file));
            assert_int_equal(p[k].line, expected[i].line);
            assert_int_equal(p[k].column, expected[i].column);
        }
        if (!found) fail_msg("nothing about %s", expected[i].path);
    }
    const struct config_warning *w = config_warnings(c, &n);
    assert_int_equal(n, 1);
    assert_string_equal(w->file, home_path(&h, ".openclaw/d.json5"));
    assert_int_equal(w->line, 3);
    config_free(c);
    home_free(&h);
}

static void broken_included_text(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/a.json5", "{\n x: }");
    home_config(&h, "{ui: {$include: 'a.json5'}}");
    problems_of(&h, "a.json5:2:5: expected ");
    home_config(&h, "{\n ui: {$include: 'missing.json5'}}");
    problems_of(&h, "openclaw.json:2:17: ui.$include: ");
    home_config(&h, "{ui: {$include: 5}}");
    problems_of(&h, "expected a file name or a list of them, found a number");
    home_config(&h, "{ui: {$include: ['x', {}]}}");
    problems_of(&h, "x");
    home_config(&h, "{ui: {$include: ''}}");
    problems_of(&h, "is no file name");
    home_free(&h);
}

static void siblings_need_an_object(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/list.json5", "[1]");
    home_config(&h, "{ui: {$include: 'list.json5', x: 1}}");
    problems_of(&h, "list.json5 must hold an object");
    home_config(&h, "{ui: {$include: ['list.json5']}}");
    problems_of(&h, "list.json5 must hold an object");
    home_free(&h);
}

static void stays_inside_the_folder(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, "outside.json5", "{x: 1}");
    home_file(&h, ".openclaw-other/o.json5", "{x: 1}");
    home_config(&h, "{ui: {$include: '../outside.json5'}}");
    problems_of(&h, "the include path \"../outside.json5\" escapes the configuration's folder");
    home_config(&h, "{ui: {$include: 'x/../../.openclaw-other/o.json5'}}");
    problems_of(&h, "escapes");
    home_config(&h, "{ui: {$include: '/etc/hostname'}}");
    problems_of(&h, "escapes");
    assert_int_equal(symlink("../outside.json5", home_path(&h, ".openclaw/link.json5")), 0);
    home_config(&h, "{ui: {$include: 'link.json5'}}");
    problems_of(&h, "leads out of the configuration's folder through a symbolic link");
    /* a link that stays inside is fine */
    home_file(&h, ".openclaw/real.json5", "{x: 2}");
    assert_int_equal(symlink("real.json5", home_path(&h, ".openclaw/in.json5")), 0);
    home_config(&h, "{ui: {$include: 'in.json5'}}");
    struct config *c = home_load(&h);
    assert_json(c, "ui", "{\"x\":2}");
    config_free(c);
    /* other roots by the environment */
    home_env(&h, "OPENCLAW_INCLUDE_ROOTS", home_path(&h, "none"));
    home_config(&h, "{ui: {$include: '../outside.json5'}}");
    problems_of(&h, "escapes");
    h.env_count--;
    home_env(&h, "OPENCLAW_INCLUDE_ROOTS", "/nowhere:~");
    c = home_load(&h);
    assert_json(c, "ui", "{\"x\":1}");
    config_free(c);
    home_free(&h);
}

static void only_plain_files_of_a_sane_size(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/a.json5", "{}");
    assert_int_equal(link(home_path(&h, ".openclaw/a.json5"), home_path(&h, ".openclaw/b.json5")),
                     0);
    home_config(&h, "{ui: {$include: 'b.json5'}}");
    problems_of(&h, "has several hard links");
    assert_int_equal(mkfifo(home_path(&h, ".openclaw/pipe"), 0600), 0);
    home_config(&h, "{ui: {$include: 'pipe'}}"); /* and does not wait for a writer */
    problems_of(&h, "is no regular file");
    size_t size = (2u << 20) + 1;
    char *large = malloc(size + 1);
    assert_non_null(large);
    memset(large, ' ', size);
    large[0] = '{';
    large[size - 1] = '}';
    large[size] = '\0';
    home_file(&h, ".openclaw/large.json5", large);
    home_config(&h, "{ui: {$include: 'large.json5'}}");
    problems_of(&h, "larger than 2097152 bytes");
    memmove(large + 1, large + 2, size - 1); /* a byte less: just fits */
    home_file(&h, ".openclaw/large.json5", large);
    config_free(home_load(&h));
    free(large);
    home_free(&h);
}

static void cycles_and_depth(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/a.json5", "{x: {$include: 'b.json5'}}");
    home_file(&h, ".openclaw/b.json5", "{x: {$include: 'a.json5'}}");
    home_config(&h, "{ui: {$include: 'a.json5'}}");
    problems_of(&h, "a.json5 includes itself, in the end");
    home_config(&h, "{ui: {$include: 'openclaw.json'}}");
    problems_of(&h, "openclaw.json includes itself, in the end");
    /* twice the same file is no cycle */
    home_file(&h, ".openclaw/b.json5", "{}");
    home_config(&h, "{ui: {$include: ['b.json5', 'b.json5']}, web: {$include: 'b.json5'}}");
    config_free(home_load(&h));
    for (int i = 1; i <= 11; i++) {
        char name[64], text[64];
        snprintf(name, sizeof name, ".openclaw/%d.json5", i);
        snprintf(text, sizeof text, "{x: {$include: '%d.json5'}}", i + 1);
        home_file(&h, name, i < 10 ? text : "{}");
        if (i == 10) { /* ten levels are fine */
            home_config(&h, "{ui: {$include: '1.json5'}}");
            config_free(home_load(&h));
            home_file(&h, name, text);
        }
    }
    problems_of(&h, "nested more than 10 deep");
    home_free(&h);
}

/* Lists of lists of lists: the number of files is bounded, not only their depth. */
static void the_number_of_files_is_bounded(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    for (int i = 0; i < 8; i++) {
        char name[64], text[256];
        snprintf(name, sizeof name, ".openclaw/%d.json5", i);
        snprintf(text, sizeof text, "{x: {$include: ['%d.json5', '%d.json5', '%d.json5']}}", i + 1,
                 i + 1, i + 1);
        home_file(&h, name, text);
    }
    home_file(&h, ".openclaw/8.json5", "{}");
    home_config(&h, "{ui: {$include: '0.json5'}}");
    problems_of(&h, "more than 256 files are included");
    home_free(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merges),
        cmocka_unit_test(of_a_list_the_later_wins),
        cmocka_unit_test(the_env_block_may_be_included),
        cmocka_unit_test(problems_stand_where_they_are_written),
        cmocka_unit_test(broken_included_text),
        cmocka_unit_test(siblings_need_an_object),
        cmocka_unit_test(stays_inside_the_folder),
        cmocka_unit_test(only_plain_files_of_a_sane_size),
        cmocka_unit_test(cycles_and_depth),
        cmocka_unit_test(the_number_of_files_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
