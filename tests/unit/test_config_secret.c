/* Secret references: the environment, files, commands. */
#include "config_home.h"

#include "base/clock.h"

static enum chela_error resolve(struct home *h, struct secret *out, char *source, struct err *e) {
    struct config *c = home_load(h);
    struct doc *d = config_doc(c);
    doc_node n = doc_path_get(d, S("models.providers.openrouter.apiKey"), NULL);
    *e = (struct err)ERR_INIT;
    enum chela_error rc = config_secret(c, d, n, S("https://openrouter.ai"), out, source, 256, e);
    config_free(c);
    return rc;
}

/* apiKey is `value`; `secrets` stands beside models. */
static void configure(struct home *h, const char *value, const char *secrets) {
    char text[4096];
    snprintf(text, sizeof text, "{models: {providers: {openrouter: {apiKey: %s}}}, secrets: %s}",
             value, secrets);
    home_config(h, text);
}

static void gives(struct home *h, const char *value, const char *secrets, const char *key) {
    struct secret s = { 0 };
    struct err e;
    char source[256];
    configure(h, value, secrets);
    if (resolve(h, &s, source, &e) != CHELA_OK) fail_msg("%s: %s", value, e.message);
    assert_string_equal(s.bytes, key);
    assert_string_equal(s.origin, "https://openrouter.ai");
    assert_string_equal(source, "models.providers.openrouter.apiKey");
    secret_free(&s);
}

static void fails(struct home *h, const char *value, const char *secrets, const char *message) {
    struct secret s = { 0 };
    struct err e;
    char source[256];
    configure(h, value, secrets);
    assert_int_not_equal(resolve(h, &s, source, &e), CHELA_OK);
    assert_has(e.message, message);
    assert_has(e.message, "models.providers.openrouter.apiKey");
    assert_null(s.bytes);
}

static void from_the_environment(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_env(&h, "OR_KEY", " sk-or-1 ");
    gives(&h, "'sk-or-plain'", "{}", "sk-or-plain");
    gives(&h, "'${OR_KEY}'", "{}", "sk-or-1");
    gives(&h, "'secretref-env:OR_KEY'", "{}", "sk-or-1");
    gives(&h, "'__env__:OR_KEY'", "{}", "sk-or-1");
    gives(&h, "{source: 'env', id: 'OR_KEY'}", "{}", "sk-or-1");
    gives(&h, "{source: 'env', provider: 'default', id: 'OR_KEY'}", "{}", "sk-or-1");
    gives(&h, "{source: 'env', provider: 'mine', id: 'OR_KEY'}", "{defaults: {env: 'mine'}}",
          "sk-or-1");
    gives(&h, "{source: 'env', provider: 'mine', id: 'OR_KEY'}",
          "{providers: {mine: {source: 'env', allowlist: ['X', 'OR_KEY']}}}", "sk-or-1");
    fails(&h, "{source: 'env', provider: 'mine', id: 'OR_KEY'}",
          "{providers: {mine: {source: 'env', allowlist: ['X']}}}", "allowlist lacks OR_KEY");
    fails(&h, "{source: 'env', provider: 'other', id: 'OR_KEY'}", "{}",
          "there is no secrets.providers.other");
    fails(&h, "{source: 'env', provider: 'f', id: 'OR_KEY'}",
          "{providers: {f: {source: 'file', path: '/x'}}}", "is no provider of kind \"env\"");
    fails(&h, "{source: 'env', id: 'not a name'}", "{}", "is no name for a variable");
    fails(&h, "'${NOT_SET}'", "{}", "environment variable NOT_SET is not set");
    fails(&h, "{source: 'env', id: 'NOT_SET'}", "{}", "environment variable NOT_SET is not set");
    fails(&h, "{source: 'env'}", "{}", "a secret reference is {source");
    fails(&h, "{id: 'OR_KEY'}", "{}", "a secret reference is {source");
    fails(&h, "'  '", "{}", "is empty");
    home_free(&h);
}

static void from_files(void **state) {
    (void)state;
    static const char json[] = "{providers: {default: {source: 'file', path: 'keys.json'},"
                               " vault: {source: 'file', path: '~/keys.json', mode: 'json'},"
                               " one: {source: 'file', path: 'one.txt', mode: 'singleValue'},"
                               " auto: {source: 'file', path: './one.txt'},"
                               " gone: {source: 'file', path: 'gone'}, none: {source: 'file'}}}";
    struct home h;
    home_make(&h);
    home_file(&h, ".openclaw/keys.json",
              "{\"a/b\":{\"~\":[\"zero\",\"one\"]},\"plain\":\"p\",\"number\":1,\"\":\"empty\"}");
    home_file(&h, "keys.json", "{\"x\":\"from home\",\"k\":\"at-home\"}");
    home_file(&h, ".openclaw/one.txt", "sk-or-single\n");
    gives(&h, "{source: 'file', id: '/a~1b/~0/1'}", json, "one");
    gives(&h, "{source: 'file', provider: 'default', id: '/plain'}", json, "p");
    gives(&h, "{source: 'file', id: '/'}", json, "empty");
    gives(&h, "{source: 'file', provider: 'vault', id: '/k'}", json, "at-home");
    gives(&h, "{source: 'file', provider: 'one', id: 'value'}", json, "sk-or-single");
    gives(&h, "{source: 'file', provider: 'auto', id: 'value'}", json, "sk-or-single");
    fails(&h, "{source: 'file', provider: 'vault', id: '/x'}", json, "no header can carry");
    fails(&h, "{source: 'file', id: '/number'}", json, "has no string at /number");
    fails(&h, "{source: 'file', id: '/a~1b/~0/2'}", json, "has no string at");
    fails(&h, "{source: 'file', id: '/a~2b'}", json, "has no string at");
    fails(&h, "{source: 'file', id: 'plain'}", json, "expected a JSON pointer");
    fails(&h, "{source: 'file', provider: 'vault', id: 'value'}", json, "expected a JSON pointer");
    fails(&h, "{source: 'file', provider: 'one', id: '/x'}", json, "its id must be \"value\"");
    fails(&h, "{source: 'file', provider: 'gone', id: 'value'}", json, "No such file");
    fails(&h, "{source: 'file', provider: 'none', id: 'value'}", json, "names no file");
    fails(&h, "{source: 'file', provider: 'nobody', id: 'value'}", json,
          "there is no secrets.providers.nobody");
    assert_string_equal(h.log, "");
    home_free(&h);
}

static void script(const struct home *h, const char *name, const char *text, unsigned mode) {
    home_file(h, name, text);
    assert_int_equal(chmod(home_path(h, name), mode), 0);
}

/* secrets with one exec provider "default" whose members are `more` and the command `name`. */
static const char *exec_provider(const struct home *h, const char *name, const char *more) {
    static char text[2048];
    snprintf(
        text, sizeof text,
        "{providers: {default: {source: 'exec', command: '%s', args: ['one two', '$HOME'] %s}}}",
        home_path(h, name), more);
    return text;
}

static void from_commands(void **state) {
    (void)state;
    static const char ref[] = "{source: 'exec', id: 'the/id'}";
    struct home h;
    home_make(&h);
    home_env(&h, "PASSED", "passed");
    home_env(&h, "KEPT", "kept");
    script(&h, "plain", "#!/bin/sh\necho \"  sk-or-printed\"\n", 0700);
    fails(&h, ref, exec_provider(&h, "plain", ""), "asks for a command to be run");
    home_file(&h, ".config/chela/chela.json5", "{secrets: {allowExec: false}}");
    fails(&h, ref, exec_provider(&h, "plain", ""), "asks for a command to be run");
    home_file(&h, ".config/chela/chela.json5", "{secrets: {allowExec: true}}");
    gives(&h, ref, exec_provider(&h, "plain", ""), "sk-or-printed");
    /* arguments as they are, no shell; only the variables that were named */
    script(&h, "args", "#!/bin/sh\necho \"$#-$1-$2-$PASSED-$KEPT-$OWN\" | tr ' ' _\n", 0700);
    gives(&h, ref, exec_provider(&h, "args", ", passEnv: ['PASSED', 'UNSET'], env: {OWN: 'own'}"),
          "2-one_two-$HOME-passed--own");
    /* OpenClaw's protocol */
    script(&h, "json",
           "#!/bin/sh\nread line\ncase $line in\n"
           "'{\"protocolVersion\":1,\"provider\":\"default\",\"ids\":[\"the/id\"]}')\n"
           "  echo '{\"protocolVersion\":1,\"values\":{\"the/id\":\"sk-or-json\"}}' ;;\n"
           "*) echo \"unexpected:$line\" ;;\nesac\n",
           0700);
    gives(&h, ref, exec_provider(&h, "json", ""), "sk-or-json");
    gives(&h, ref, exec_provider(&h, "json", ", jsonOnly: true"), "sk-or-json");
    fails(&h, ref, exec_provider(&h, "plain", ", jsonOnly: true"), "printed no JSON");
    script(&h, "refuses",
           "#!/bin/sh\necho '{\"values\":{},\"errors\":{\"the/id\":{\"message\":\"locked\"}}}'\n",
           0700);
    fails(&h, ref, exec_provider(&h, "refuses", ""), "no value for \"the/id\": locked");
    script(&h, "fails", "#!/bin/sh\necho sk-or-partial\nexit 3\n", 0700);
    fails(&h, ref, exec_provider(&h, "fails", ""), "failed with exit code 3");
    script(&h, "dies", "#!/bin/sh\nkill -9 $$\n", 0700);
    fails(&h, ref, exec_provider(&h, "dies", ""), "ended by signal 9");
    script(&h, "silent", "#!/bin/sh\n:\n", 0700);
    fails(&h, ref, exec_provider(&h, "silent", ""), "is empty");
    /* what must not be run */
    script(&h, "open", "#!/bin/sh\necho x\n", 0722);
    fails(&h, ref, exec_provider(&h, "open", ""), "only its owner can write");
    gives(&h, ref, exec_provider(&h, "open", ", allowInsecurePath: true"), "x");
    fails(&h, ref, exec_provider(&h, "gone", ""), "No such file");
    script(&h, "not-executable", "#!/bin/sh\necho x\n", 0600);
    fails(&h, ref, exec_provider(&h, "not-executable", ""), "Permission denied");
    fails(&h, ref, "{providers: {default: {source: 'exec', command: 'plain'}}}",
          "must be an absolute path");
    home_free(&h);
}

static void commands_are_bounded(void **state) {
    (void)state;
    static const char ref[] = "{source: 'exec', id: 'id'}";
    struct home h;
    home_make(&h);
    home_file(&h, ".config/chela/chela.json5", "{secrets: {allowExec: true}}");
    script(&h, "endless", "#!/bin/sh\nwhile :; do echo 0123456789012345678901234567890; done\n",
           0700);
    fails(&h, ref, exec_provider(&h, "endless", ""), "printed over 64 KiB");
    int64_t start = clock_ms();
    script(&h, "sleeps", "#!/bin/sh\nexec /bin/sleep 60\n", 0700);
    fails(&h, ref, exec_provider(&h, "sleeps", ", timeoutMs: 200"), "took too long");
    /* its output is closed, but it goes on */
    script(&h, "lingers", "#!/bin/sh\necho key\nexec /bin/sleep 60 >/dev/null\n", 0700);
    fails(&h, ref, exec_provider(&h, "lingers", ", timeoutMs: 200"), "took too long");
    assert_true(clock_ms() - start < 20000);
    home_free(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_environment),
        cmocka_unit_test(from_files),
        cmocka_unit_test(from_commands),
        cmocka_unit_test(commands_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
