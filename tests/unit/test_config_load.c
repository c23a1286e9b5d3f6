/* The whole pipeline on files: reading, the environment, ${VAR}, checking. */
#include "config_home.h"

#include "config/internal.h"

static const struct config_warning *find(const struct config_warning *list, size_t count,
                                         const char *path) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].path, str_c(path))) return &list[i];
    fail_msg("no report about %s", path);
    return NULL;
}

static const struct config_warning *warning(struct config *c, const char *path) {
    size_t n;
    const struct config_warning *list = config_warnings(c, &n);
    return find(list, n, path);
}

static const struct config_warning *problem(struct config *c, const char *path) {
    size_t n;
    const struct config_warning *list = config_problems(c, &n);
    return find(list, n, path);
}

static size_t warning_count(struct config *c) {
    size_t n;
    config_warnings(c, &n);
    return n;
}

static size_t problem_count(struct config *c) {
    size_t n;
    config_problems(c, &n);
    return n;
}

/* ---- reading ---- */

static void nothing_there_is_empty(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    struct config *c = home_load(&h);
    assert_json(c, "", "{}");
    assert_int_equal(doc_type(config_chela_doc(c), doc_root(config_chela_doc(c))), DOC_OBJECT);
    assert_int_equal(warning_count(c), 0);
    config_free(c);
    home_config(&h, " \n\t"); /* as if it were missing */
    c = home_load(&h);
    assert_json(c, "", "{}");
    config_free(c);
    home_free(&h);
}

static void known_files_load_in_silence(void **state) {
    (void)state;
    static const char *const names[] = { "page-chat",   "page-image", "page-video",
                                         "page-speech", "page-cache", "openclaw-real" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct home h;
        char path[1024];
        home_make(&h);
        snprintf(path, sizeof path, TEST_DATA "/config/%s.json5", names[i]);
        home_env(&h, "OPENCLAW_CONFIG_PATH", path);
        struct config *c = home_load(&h);
        size_t n;
        const struct config_warning *list = config_warnings(c, &n);
        if (n) fail_msg("%s: %.*s: %.*s", path, STR_ARG(list[0].path), STR_ARG(list[0].text));
        if (i == 1) {
            int64_t ms;
            assert_true(config_int(c, "agents.defaults.imageGenerationModel.timeoutMs", &ms));
            assert_int_equal(ms, 180000);
        }
        if (i == 5) {
            str text;
            assert_true(config_string(c, "agents.defaults.model.fallbacks[1]", &text));
            assert_str(text, "ollama/qwen3:14b");
            assert_false(config_string(c, "agents.defaults.model", &text));
        }
        config_free(c);
        home_free(&h);
    }
}

static void broken_text_names_its_place(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_config(&h, "{\n  agents: {\n    defaults = 1\n  }\n}\n");
    struct config *c = home_load_bad(&h, &e);
    const struct config_warning *p = problem(c, "");
    assert_int_equal(p->line, 3);
    assert_int_equal(p->column, 14);
    assert_string_equal(p->file, home_path(&h, ".openclaw/openclaw.json"));
    assert_has(e.message, ".openclaw/openclaw.json:3:14: expected ");
    assert_json(c, "", "{}"); /* reads as empty */
    config_free(c);
    home_free(&h);
}

static void unreadable_is_a_problem(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_env(&h, "OPENCLAW_CONFIG_PATH", h.path); /* a folder */
    struct config *c = home_load_bad(&h, &e);
    assert_has(e.message, "directory");
    config_free(c);
    home_free(&h);
}

static void root_must_be_an_object(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_config(&h, "[1]");
    struct config *c = home_load_bad(&h, &e);
    assert_has(e.message, "expected an object, found an array");
    config_free(c);
    home_free(&h);
}

/* ---- the environment ---- */

static void check_env(struct config *c, const char *name, const char *expected) {
    const char *got = config_env(c, name);
    if (!expected)
        assert_null(got);
    else if (!got)
        fail_msg("%s is not set", name);
    else
        assert_string_equal(got, expected);
}

static void environment_order(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_env(&h, "A", "process");
    home_env(&h, "BLANK", " ");
    home_env(&h, "EMPTY", "");
    home_file(&h, ".openclaw/.env", "A=file\nB=file\nBLANK=file\n");
    home_config(&h, "{env: {A: 'block', B: 'block', C: 'block', D: '', E: '${A}',"
                    " vars: {A: 'vars', B: 'vars', C: 'vars', F: 'vars'}}}");
    struct config *c = home_load(&h);
    check_env(c, "A", "process");
    check_env(c, "B", "file");
    check_env(c, "C", "block");
    check_env(c, "F", "vars");
    check_env(c, "BLANK", "file"); /* blank counts as unset */
    check_env(c, "EMPTY", "");
    check_env(c, "D", NULL); /* an empty value sets nothing */
    check_env(c, "E", NULL); /* a value with a reference is not applied */
    check_env(c, "G", NULL);
    check_env(c, "vars", NULL);
    config_free(c);
    home_free(&h);
}

static void dotenv_syntax(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/.env",
              "\xef\xbb\xbf# a comment\r\n"
              "PLAIN = some words  # and why\r\n"
              "export EXPORTED=1\n"
              "HASH=a#b\n"
              "SINGLE='it # is\\n raw' # rest\n"
              "DOUBLE=\"tab\\there \\\"quoted\\\" \\$x\"\n"
              "BACK=`a'b\"c`\n"
              "MULTI=\"one\ntwo\"\n"
              "AFTER=yes\n"
              "OPEN=\"not closed\n"
              "TWICE=1\nTWICE=2\n"
              "=nothing\n"
              "no equals sign\n"
              "LD_PRELOAD=/evil.so\n"
              "LAST=end");
    struct config *c = home_load(&h);
    check_env(c, "PLAIN", "some words");
    check_env(c, "EXPORTED", "1");
    check_env(c, "HASH", "a#b");
    check_env(c, "SINGLE", "it # is\\n raw");
    check_env(c, "DOUBLE", "tab\there \"quoted\" \\$x");
    check_env(c, "BACK", "a'b\"c");
    check_env(c, "MULTI", "one\ntwo");
    check_env(c, "AFTER", "yes");
    check_env(c, "OPEN", "\"not closed");
    check_env(c, "TWICE", "2");
    check_env(c, "LAST", "end");
    check_env(c, "LD_PRELOAD", NULL);
    size_t n;
    const struct config_warning *w = config_warnings(c, &n);
    assert_int_equal(n, 3);
    assert_int_equal(w[0].line, 14); /* the value over two lines counts as two */
    assert_int_equal(w[1].line, 15);
    assert_int_equal(w[2].line, 16);
    assert_str(w[2].path, "LD_PRELOAD");
    config_free(c);
    home_free(&h);
}

static void dangerous_names_are_refused(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_config(&h, "{env: {PATH: '/evil', ld_library_path: '/evil', NODE_OPTIONS: '--x',"
                    " DYLD_INSERT_LIBRARIES: 'x', BASH_ENV: 'x', 'not a name': 'x', FINE: 'y',"
                    " vars: {LD_AUDIT: 'x'}, shellEnv: {enabled: true, timeoutMs: 1}}}");
    struct config *c = home_load(&h);
    assert_int_equal(warning_count(c), 7);
    check_env(c, "PATH", NULL);
    check_env(c, "LD_AUDIT", NULL);
    check_env(c, "FINE", "y");
    assert_has(warning(c, "env.vars.LD_AUDIT")->text.p, "not taken from a configuration");
    config_free(c);
    home_free(&h);
}

static void env_values_are_strings(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_config(&h, "{env: {PORT: 1, vars: {X: true}}}");
    struct config *c = home_load_bad(&h, &e);
    assert_has(problem(c, "env.PORT")->text.p, "expected a string, found the number 1");
    assert_has(problem(c, "env.vars.X")->text.p, "expected a string, found true");
    config_free(c);
    home_free(&h);
}

/* ---- ${VAR} ---- */

static void variables_are_resolved(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_env(&h, "A", "x\"y\\z\xc3\xa9");
    home_env(&h, "_B9", "b");
    home_config(&h, "{env: {C: 'from block'}, agents: {defaults: {params: {"
                    "a: '${A}', two: '-${_B9}${_B9}-', block: '${C}', literal: '$${A}',"
                    "lower: '${abc} ${A', dollars: '$ $$ $A $$$', escaped: '\\u0024{_B9}',"
                    "list: ['${_B9}', {deep: '${_B9}'}], '${A}': 1, money: '$$$${A}'"
                    "}}}}");
    struct config *c = home_load(&h);
    assert_json(c, "agents.defaults.params",
                "{\"a\":\"x\\\"y\\\\z\xc3\xa9\",\"two\":\"-bb-\",\"block\":\"from block\","
                "\"literal\":\"${A}\",\"lower\":\"${abc} ${A\",\"dollars\":\"$ $$ $A $$$\","
                "\"escaped\":\"b\",\"list\":[\"b\",{\"deep\":\"b\"}],\"${A}\":1,"
                "\"money\":\"$$${A}\"}");
    assert_int_equal(warning_count(c), 0);
    config_free(c);
    home_free(&h);
}

static void missing_variables_warn_where_it_matters(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_env(&h, "EMPTY", "");
    home_config(&h,
                "{\n agents: {defaults: {workspace: '/w/${MISSING}',\n  params: {x: '${EMPTY}'},"
                " heartbeat: {to: '${NOBODY}'}}},\n"
                " channels: {telegram: {botToken: '${BOT}'}}\n}");
    struct config *c = home_load(&h);
    assert_int_equal(warning_count(c), 2);
    const struct config_warning *w = warning(c, "agents.defaults.workspace");
    assert_has(w->text.p, "missing env var \"MISSING\"");
    assert_int_equal(w->line, 2);
    assert_int_equal(w->column, 33);
    assert_int_equal(warning(c, "agents.defaults.params.x")->line, 3);
    str text;
    assert_true(config_string(c, "agents.defaults.workspace", &text));
    assert_str(text, "/w/${MISSING}");
    config_free(c);
    home_free(&h);
}

static void a_problem_in_resolved_text_keeps_its_place(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_env(&h, "LEVEL", "extreme");
    home_config(&h, "{\n  agents: {defaults: {\n    thinkingDefault: '${LEVEL}' }}}");
    struct config *c = home_load_bad(&h, &e);
    assert_has(e.message, "openclaw.json:3:22: agents.defaults.thinkingDefault: expected ");
    assert_has(e.message, "found \"extreme\"");
    config_free(c);
    home_free(&h);
}

/* ---- checking ---- */

static void unknown_keys_warn(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_config(
        &h, "{\n agnets: {},\n agents: {defaults: {modle: 'x', zzzzzz: 1,\n"
            "  imageGenerationModel: {timeoutms: 5}}, list: [{id: 'a', modle: 1}]},\n"
            " models: {providers: {openruoter: {}, mine: {whatever: 1}, 'openrouter-mine': {},\n"
            "  openrouter: {base_url: 'x', request: {alowPrivateNetwork: true}}}},\n"
            " messages: {tst: {}, other: 1, tts: {providers: {openrouter: {vioce: 'x'}}}},\n"
            " tools: {anything: 1}\n}");
    struct config *c = home_load(&h);
    assert_has(warning(c, "agnets")->text.p, "did you mean \"agents\"?");
    const struct config_warning *w = warning(c, "agents.defaults.modle");
    assert_has(w->text.p, "unknown key; did you mean \"model\"?");
    assert_int_equal(w->line, 3);
    assert_int_equal(w->column, 29);
    assert_has(warning(c, "agents.defaults.zzzzzz")->text.p, "it has no effect");
    assert_has(warning(c, "agents.defaults.imageGenerationModel.timeoutms")->text.p,
               "did you mean \"timeoutMs\"?");
    assert_has(warning(c, "agents.list[0].modle")->text.p, "did you mean \"model\"?");
    assert_has(warning(c, "models.providers.openruoter")->text.p, "did you mean \"openrouter\"?");
    assert_has(warning(c, "models.providers.openrouter.base_url")->text.p,
               "did you mean \"baseUrl\"?");
    assert_has(warning(c, "models.providers.openrouter.request.alowPrivateNetwork")->text.p,
               "did you mean \"allowPrivateNetwork\"?");
    assert_has(warning(c, "messages.tst")->text.p, "did you mean \"tts\"?");
    assert_has(warning(c, "messages.tts.providers.openrouter.vioce")->text.p,
               "did you mean \"voice\"?");
    assert_has(warning(c, "models.providers.mine.whatever")->text.p, "it has no effect");
    assert_int_equal(warning_count(c), 11); /* and none about openrouter-mine, other … */
    config_free(c);
    home_free(&h);
}

static void wrong_types_are_problems(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_config(&h,
                "{\n agents: {defaults: {model: [1], params: null,\n"
                "  imageGenerationModel: {timeoutMs: 1.5}, videoGenerationModel: {timeoutMs: 0},\n"
                "  models: {a: 'x'}}, list: {}},\n"
                " models: {providers: {openrouter: {baseUrl: 7, timeoutSeconds: 'soon',\n"
                "  auth: 'apikey', models: [{id: 1}]}}},\n"
                " messages: {tts: {auto: 'sometimes', timeoutMs: 999}}\n}");
    struct config *c = home_load_bad(&h, &e);
    assert_has(problem(c, "agents.defaults.model")->text.p,
               "expected a string or an object, found an array");
    assert_has(problem(c, "agents.defaults.params")->text.p, "expected an object, found null");
    assert_has(problem(c, "agents.defaults.imageGenerationModel.timeoutMs")->text.p,
               "expected a whole number, found the number 1.5");
    assert_has(problem(c, "agents.defaults.videoGenerationModel.timeoutMs")->text.p,
               "expected 1 to 86400000, found 0");
    assert_has(problem(c, "agents.defaults.models.a")->text.p, "expected an object");
    assert_has(problem(c, "agents.list")->text.p, "expected an array, found an object");
    assert_has(problem(c, "models.providers.openrouter.baseUrl")->text.p, "expected a string");
    assert_has(problem(c, "models.providers.openrouter.timeoutSeconds")->text.p,
               "expected a number");
    assert_has(
        problem(c, "models.providers.openrouter.auth")->text.p,
        "expected \"api-key\", \"aws-sdk\", \"oauth\" or \"token\", found \"apikey\"; did you "
        "mean \"api-key\"?");
    assert_int_equal(problem(c, "models.providers.openrouter.models[0].id")->line, 6);
    assert_has(problem(c, "messages.tts.auto")->text.p, "expected \"off\"");
    assert_has(problem(c, "messages.tts.timeoutMs")->text.p, "expected 1000 to 120000, found 999");
    assert_int_equal(problem_count(c), 12);
    assert_has(e.message, "openclaw.json:2:29: agents.defaults.model: expected");
    assert_has(e.hint, "12 problems");
    config_free(c);
    home_free(&h);
}

static void every_level_is_accepted(void **state) {
    (void)state;
    static const char *const levels[] = { "off",  "minimal", "low", "medium",
                                          "high", "xhigh",   "max", "adaptive" };
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        struct home h;
        char text[128];
        home_make(&h);
        snprintf(text, sizeof text, "{agents: {defaults: {thinkingDefault: '%s'}}}", levels[i]);
        home_config(&h, text);
        config_free(home_load(&h));
        home_free(&h);
    }
}

static void bounds_themselves_are_allowed(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_config(&h, "{agents: {defaults: {imageGenerationModel: {timeoutMs: 1}}},"
                    " messages: {tts: {timeoutMs: 1000}}, tts: {timeoutMs: 120000}}");
    config_free(home_load(&h));
    home_free(&h);
}

static void reports_are_bounded(void **state) {
    (void)state;
    struct home h;
    struct err e;
    struct buf text = BUF_INIT(1u << 20);
    home_make(&h);
    buf_add(&text, S("{agents: {list: ["));
    for (int i = 0; i < 500; i++) buf_add(&text, S("{id: 1, odd: 1},"));
    buf_add(&text, S("]}}"));
    home_config(&h, text.p);
    struct config *c = home_load_bad(&h, &e);
    size_t n;
    const struct config_warning *list = config_problems(c, &n);
    assert_int_equal(n, 100);
    assert_has(list[99].text.p, "there are more");
    assert_int_equal(warning_count(c), 100);
    config_free(c);
    buf_free(&text);
    home_free(&h);
}

static void chela_file_is_strict(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_file(&h, ".config/chela/chela.json5",
              "{attribution: {referer: 'https://a.example', title: 'A', categories: 'x,y'},"
              " secrets: {allowExec: true}}");
    struct config *c = home_load(&h);
    str title;
    struct doc *d = config_chela_doc(c);
    assert_true(doc_string(d, doc_path_get(d, S("attribution.title"), NULL), &title));
    assert_str(title, "A");
    config_free(c);
    home_file(&h, ".config/chela/chela.json5", "{\n  attribution: {titel: 'A'}, gatewey: {}}");
    c = home_load_bad(&h, &e);
    assert_has(e.message, "chela.json5:2:24: attribution.titel: unknown key; did you mean "
                          "\"title\"?");
    assert_has(problem(c, "gatewey")->text.p, "unknown key");
    config_free(c);
    home_free(&h);
}

/* The last of two equal keys counts, for checking as for reading. */
static void twins(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_config(&h, "{env: {A: '1', A: '2'}, agents: 5, agents: {defaults: {params: {"
                    "x: '${MISSING}', x: '${A}'}}}}");
    struct config *c = home_load(&h);
    check_env(c, "A", "2");
    assert_json(c, "agents.defaults.params.x", "\"2\"");
    size_t n;
    const struct config_warning *w = config_warnings(c, &n);
    assert_int_equal(n, 2);
    assert_str(w[0].path, "env.A");
    assert_int_equal(w[0].column, 11);
    assert_str(w[1].path, "agents");
    assert_has(w[1].text.p, "the key stands twice");
    config_free(c);
    home_free(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_there_is_empty),
        cmocka_unit_test(known_files_load_in_silence),
        cmocka_unit_test(broken_text_names_its_place),
        cmocka_unit_test(unreadable_is_a_problem),
        cmocka_unit_test(root_must_be_an_object),
        cmocka_unit_test(environment_order),
        cmocka_unit_test(dotenv_syntax),
        cmocka_unit_test(dangerous_names_are_refused),
        cmocka_unit_test(env_values_are_strings),
        cmocka_unit_test(variables_are_resolved),
        cmocka_unit_test(missing_variables_warn_where_it_matters),
        cmocka_unit_test(a_problem_in_resolved_text_keeps_its_place),
        cmocka_unit_test(unknown_keys_warn),
        cmocka_unit_test(wrong_types_are_problems),
        cmocka_unit_test(every_level_is_accepted),
        cmocka_unit_test(bounds_themselves_are_allowed),
        cmocka_unit_test(reports_are_bounded),
        cmocka_unit_test(chela_file_is_strict),
        cmocka_unit_test(twins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
