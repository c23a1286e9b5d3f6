/* chela config file | get | validate: what is printed, what is masked, how it ends. */
#include "config_home.h"

#include "../../src/cli/cmd_config.c"
#include "../../src/cli/config_path.c"

static struct buf output = BUF_INIT(1 << 20), notes = BUF_INIT(1 << 20);

void cli_print(str text) {
    buf_add(&output, text);
}

void cli_note(const char *fmt, ...) {
    char line[2000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    buf_addf(&notes, "%s\n", line);
}

/* Runs one; the output is in `output`. */
static enum chela_error run(const struct home *h, const struct command *command, const char *arg,
                            bool json, struct err *e) {
    static struct cli c;
    c = (struct cli){ .env = h->env, .command = command, .json = json };
    if (arg) c.arg[c.arg_count++] = str_c(arg);
    buf_free(&output);
    buf_free(&notes);
    *e = (struct err)ERR_INIT;
    return command->run(&c, e);
}

static void prints(const struct home *h, const char *path, bool json, const char *expected) {
    struct err e;
    if (run(h, &cmd_config_get, path, json, &e) != CHELA_OK) fail_msg("%s: %s", path, e.message);
    assert_str(buf_str(&output), expected);
}

static void is_not_set(const struct home *h, const char *path, const char *hint) {
    struct err e;
    assert_int_equal(run(h, &cmd_config_get, path, false, &e), CHELA_INPUT);
    assert_int_equal(err_exit(e.code), 65);
    assert_int_equal(output.n, 0);
    assert_has(e.message, path);
    assert_has(e.message, "is not set");
    if (*hint)
        assert_has(e.hint, hint);
    else
        assert_string_equal(e.hint, "");
}

static void the_path_in_use(void **state) {
    (void)state;
    struct home h;
    struct err e;
    char line[2048];
    home_make(&h);
    snprintf(line, sizeof line, "%s\n", home_path(&h, ".openclaw/openclaw.json"));
    assert_int_equal(run(&h, &cmd_config_file, NULL, false, &e), CHELA_OK);
    assert_str(buf_str(&output), line);
    assert_has(notes.p, "does not exist");
    home_config(&h, "{");
    assert_int_equal(run(&h, &cmd_config_file, NULL, false, &e), CHELA_OK);
    assert_str(buf_str(&output), line);
    assert_int_equal(notes.n, 0);
    home_free(&h);
}

static void values_as_they_are_in_force(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_env(&h, "SPACE", "/work space");
    home_file(&h, ".openclaw/inc.json5", "{timeoutMs: 180_000, primary: 'openrouter/x'}");
    home_config(&h, "{agents: {defaults: {workspace: '${SPACE}', timeoutSeconds: +0x10,"
                    " imageGenerationModel: {$include: 'inc.json5'}, params: {list: [1, [], {}],"
                    " on: true, none: null, twin: 1, twin: 2, 'a b': 'line\\nbreak'}}}}");
    prints(&h, "agents.defaults.workspace", false, "/work space\n");
    prints(&h, "agents.defaults.workspace", true, "\"/work space\"\n");
    prints(&h, "agents.defaults.imageGenerationModel.timeoutMs", false, "180000\n");
    prints(&h, "agents.defaults.timeoutSeconds", true, "16\n");
    prints(&h, "agents.defaults.imageGenerationModel", false,
           "{\n  \"timeoutMs\": 180000,\n  \"primary\": \"openrouter/x\"\n}\n");
    prints(&h, "agents.defaults.params", true,
           "{\n  \"list\": [\n    1,\n    [],\n    {}\n  ],\n  \"on\": true,\n  \"none\": null,\n"
           "  \"twin\": 2,\n  \"a b\": \"line\\nbreak\"\n}\n");
    prints(&h, "agents.defaults.params[\"a b\"]", false, "line\nbreak\n");
    prints(&h, "agents.defaults.params.list[0]", false, "1\n");
    home_free(&h);
    home_make(&h);
    prints(&h, NULL, false, "{}\n");
    prints(&h, "", true, "{}\n");
    home_free(&h);
}

static void secrets_stay_unseen(void **state) {
    (void)state;
    static const char long_key[] = "sk-or-v1-0123456789abcdef";
    struct home h;
    struct err e;
    char text[2048];
    home_make(&h);
    snprintf(text, sizeof text,
             "{env: {OPENROUTER_API_KEY: '%s', vars: {SLACK_TOKEN: 'xoxb-secret-1'}},"
             " models: {providers: {openrouter: {apiKey: '%s', auth: 'api-key',"
             "  baseUrl: 'https://user:hunter2@proxy.example/v1',"
             "  headers: {Authorization: 'Bearer hunter2hunter2', 'X-Note': 'see %s', 'X-Api-Key': "
             "'s3'},"
             "  request: {auth: {mode: 'header', headerName: 'X-Key',"
             "   value: 'hunter4', token: 'hunter2'}}},"
             "  b: {apiKey: {source: 'env', provider: 'default', id: 'B_KEY'}, maxTokens: 5}}},"
             " gateway: {auth: {mode: 'token', password: 1234, token: ['hunter2', 'hunter3']}}}",
             long_key, long_key, long_key);
    home_config(&h, text);
    prints(&h, "env.OPENROUTER_API_KEY", false, "sk-or-v1-…cdef\n");
    prints(&h, "env.OPENROUTER_API_KEY", true, "\"sk-or-v1-…cdef\"\n");
    prints(&h, "env.vars.SLACK_TOKEN", false, "***\n");
    prints(&h, "models.providers.openrouter.headers.Authorization", false, "Bearer…ter2\n");
    prints(&h, "gateway.auth.token[1]", false, "***\n");
    prints(&h, "gateway.auth.password", false, "***\n");
    prints(&h, "gateway.auth.password", true, "\"***\"\n");
    prints(&h, "models.providers.openrouter.request.auth.value", false, "***\n");
    prints(&h, "models.providers.openrouter.baseUrl", false, "https://***@proxy.example/v1\n");
    /* a reference is no secret, and neither is a setting that is only called like one */
    prints(&h, "models.providers.b.apiKey.id", false, "B_KEY\n");
    prints(&h, "models.providers.b.maxTokens", false, "5\n");
    prints(&h, "models.providers.openrouter.auth", false, "api-key\n");
    prints(&h, "gateway.auth.mode", false, "token\n");
    for (int json = 0; json < 2; json++) {
        assert_int_equal(run(&h, &cmd_config_get, NULL, json == 1, &e), CHELA_OK);
        assert_null(strstr(output.p, "0123456789"));
        assert_null(strstr(output.p, "hunter"));
        assert_null(strstr(output.p, "1234"));
        assert_null(strstr(output.p, "s3"));
        assert_null(strstr(output.p, "xoxb"));
    }
    home_free(&h);
}

static void what_is_not_there(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_config(&h, "{agents: {defaults: {workspace: '/w'}, list: [{id: 'a'}]}}");
    is_not_set(&h, "agents.defaults.workspac", "did you mean \"agents.defaults.workspace\"?");
    is_not_set(&h, "agnets.defaults.workspace", "did you mean \"agents\"?");
    is_not_set(&h, "agents.default.workspace.x", "did you mean \"agents.defaults\"?");
    is_not_set(&h, "agents.defaults.zzz", "");
    is_not_set(&h, "agents.list[3].id", "agents.list has 1 item");
    is_not_set(&h, "agents.defaults.workspace.x", "agents.defaults.workspace is a string");
    assert_int_equal(run(&h, &cmd_config_get, "agents[", false, &e), CHELA_INPUT);
    home_config(&h, "{agents: 5}");
    assert_int_equal(run(&h, &cmd_config_get, "agents", false, &e), CHELA_CONFIG);
    home_free(&h);
}

static void validation(void **state) {
    (void)state;
    struct home h;
    struct err e;
    char expected[4096];
    home_make(&h);
    const char *path = home_path(&h, ".openclaw/openclaw.json");
    assert_int_equal(run(&h, &cmd_config_validate, NULL, false, &e), CHELA_OK);
    snprintf(expected, sizeof expected, "%s: ok (the file does not exist)\n", path);
    assert_str(buf_str(&output), expected);
    home_config(&h, "{}");
    assert_int_equal(run(&h, &cmd_config_validate, NULL, false, &e), CHELA_OK);
    snprintf(expected, sizeof expected, "%s: ok\n", path);
    assert_str(buf_str(&output), expected);
    home_config(&h, "{\n  agnets: 1,\n}");
    assert_int_equal(run(&h, &cmd_config_validate, NULL, false, &e), CHELA_OK);
    snprintf(expected, sizeof expected,
             "%s:2:11: warning: agnets: unknown key; did you mean \"agents\"?\n%s: ok\n", path,
             path);
    assert_str(buf_str(&output), expected);
    home_config(&h, "{\n  agnets: 1,\n  models: 2,\n}");
    assert_int_equal(run(&h, &cmd_config_validate, NULL, false, &e), CHELA_CONFIG);
    assert_int_equal(err_exit(e.code), 78);
    snprintf(expected, sizeof expected,
             "%s:3:11: problem: models: expected an object, found the number 2\n"
             "%s:2:11: warning: agnets: unknown key; did you mean \"agents\"?\n",
             path, path);
    assert_str(buf_str(&output), expected);
    snprintf(expected, sizeof expected, "%s: 1 problem", path);
    assert_string_equal(e.message, expected);
    assert_int_equal(run(&h, &cmd_config_validate, NULL, true, &e), CHELA_CONFIG);
    snprintf(expected, sizeof expected,
             "{\"ok\":false,\"path\":\"%s\",\"problems\":[{\"path\":\"models\",\"file\":\"%s\","
             "\"line\":3,"
             "\"column\":11,\"message\":\"expected an object, found the number 2\"}],\"warnings\":["
             "{\"path\":\"agnets\",\"file\":\"%s\",\"line\":2,\"column\":11,\"message\":"
             "\"unknown key; did you mean \\\"agents\\\"?\"}]}\n",
             path, path, path);
    assert_str(buf_str(&output), expected);
    /* a file that is no JSON5 at all is one problem */
    home_config(&h, "{\n  agents: }");
    assert_int_equal(run(&h, &cmd_config_validate, NULL, true, &e), CHELA_CONFIG);
    assert_has(output.p, "\"line\":2,\"column\":11,\"message\":\"expected ");
    home_free(&h);
}

static int free_buffers(void **state) {
    (void)state;
    buf_free(&output);
    buf_free(&notes);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_path_in_use),     cmocka_unit_test(values_as_they_are_in_force),
        cmocka_unit_test(secrets_stay_unseen), cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(validation),
    };
    return cmocka_run_group_tests(tests, NULL, free_buffers);
}
