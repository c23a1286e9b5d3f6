/* The option parser and the help that comes from its tables. */
#include "unit.h"

#include "cli/options.h"

/* the table and parser under test, with commands of the test's own */
#include "../../src/cli/help.c"
#include "../../src/cli/options.c"

static const struct option_spec options[] = {
    { "model", 'm', OPTION_TEXT, "REF", "which model" },
    { "count", 0, OPTION_INT, "N", "how many" },
    { "json", 0, OPTION_FLAG, NULL, "JSON" },
    { "local", 0, OPTION_FLAG, NULL, NULL },
    { "sandbox", 0, OPTION_MAYBE, "[URL]", "where" },
    { 0 },
};
static const struct command run_command = { .path = "infer model run",
                                            .summary = "Run",
                                            .options = options,
                                            .operands = "FILE",
                                            .max_args = 2 };
static const struct command get_command = { .path = "config get",
                                            .summary = "Get",
                                            .min_args = 1,
                                            .max_args = 1,
                                            .operands = "PATH",
                                            .options = options };
const struct command *const cli_commands[] = { &run_command, &get_command, NULL };

static enum chela_error parse(struct cli *c, const char *const *words, struct err *e) {
    str args[16];
    size_t n = 0;
    while (words[n]) {
        args[n] = str_c(words[n]);
        n++;
    }
    *c = (struct cli){ .command = &run_command };
    return options_parse(c, args, n, e);
}

static void every_form_of_an_option(void **state) {
    (void)state;
    static const char *const forms[][4] = {
        { "--model", "x", NULL }, { "--model=x", NULL }, { "-m", "x", NULL }, { "-mx", NULL }
    };
    for (size_t i = 0; i < 4; i++) {
        struct cli c;
        assert_int_equal(parse(&c, forms[i], NULL), CHELA_OK);
        assert_true(str_eq(cli_text(&c, "model"), S("x")));
    }
}

static void a_value_that_may_be_left_out(void **state) {
    (void)state;
    static const struct {
        const char *words[4], *value;
        size_t operands;
    } rows[] = {
        { { "--sandbox", NULL }, "", 0 },           { { "--sandbox", "x", NULL }, "x", 0 },
        { { "--sandbox=x", "y", NULL }, "x", 1 },   { { "--sandbox=", "y", NULL }, "", 1 },
        { { "--sandbox", "--json", NULL }, "", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cli c;
        assert_int_equal(parse(&c, rows[i].words, NULL), CHELA_OK);
        assert_true(cli_given(&c, "sandbox"));
        assert_true(str_eq(cli_text(&c, "sandbox"), str_c(rows[i].value)));
        assert_int_equal(c.arg_count, rows[i].operands);
    }
}

static void repeats_operands_and_the_end_of_options(void **state) {
    (void)state;
    struct cli c;
    const char *const words[] = { "--model", "a",      "--count=-3", "one",   "--model",
                                  "b",       "--json", "--",         "--two", NULL };
    assert_int_equal(parse(&c, words, NULL), CHELA_OK);
    const str *texts;
    assert_int_equal(cli_texts(&c, "model", &texts), 2);
    assert_true(str_eq(texts[0], S("a")) && str_eq(texts[1], S("b")));
    assert_int_equal(cli_int(&c, "count", 9), -3);
    assert_true(c.json);
    assert_int_equal(c.arg_count, 2);
    assert_true(str_eq(c.arg[1], S("--two")));
    assert_false(cli_given(&c, "local"));
}

static void a_command_line_inside_a_command_line(void **state) {
    (void)state;
    static const struct command explain = {
        .path = "explain", .options = options, .max_args = 9, .passes_words = true
    };
    const str args[] = { S("--json"), S("infer"), S("--model"), S("x"), S("--"), S("-y") };
    struct cli c = { .command = &explain };
    assert_int_equal(options_parse(&c, args, 6, NULL), CHELA_OK);
    assert_true(c.json);
    assert_int_equal(c.arg_count, 5);
    assert_true(str_eq(c.arg[1], S("--model")) && str_eq(c.arg[3], S("--")));
}

static void mistakes_are_usage_errors_with_a_remedy(void **state) {
    (void)state;
    static const struct {
        const char *words[4];
        const char *message;
    } rows[] = {
        { { "--modle", "x", NULL }, "no option --modle" },
        { { "--model", NULL }, "--model needs a value" },
        { { "--json=1", NULL }, "--json takes no value" },
        { { "--count", "many", NULL }, "whole number" },
        { { "a", "b", "c", NULL }, "unexpected \"c\"" },
        { { "-z", NULL }, "no option -z" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cli c;
        struct err e = ERR_INIT;
        assert_int_equal(parse(&c, rows[i].words, &e), CHELA_USAGE);
        if (!strstr(e.message, rows[i].message)) fail_msg("\"%s\"", e.message);
    }
    struct cli c;
    struct err e = ERR_INIT;
    const char *const near[] = { "--modle", "x", NULL };
    parse(&c, near, &e);
    assert_string_equal(e.hint, "did you mean --model?");
}

static void commands_are_found_by_their_words(void **state) {
    (void)state;
    size_t used;
    struct err e = ERR_INIT;
    const str good[] = { S("infer"), S("model"), S("run"), S("--json") };
    assert_ptr_equal(options_command(good, 4, &used, &e), &run_command);
    assert_int_equal(used, 3);
    const str typo[] = { S("confg"), S("get") };
    assert_null(options_command(typo, 2, &used, &e));
    assert_string_equal(e.hint, "did you mean \"chela config get\"?");
    const str nothing[] = { S("frobnicate") };
    assert_null(options_command(nothing, 1, &used, &e));
    assert_int_equal(e.code, CHELA_USAGE);
}

static void help_shows_what_is_there_and_hides_the_rest(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1u << 16);
    help_command(&run_command, &out);
    assert_true(str_has(buf_str(&out), S("-m, --model REF")));
    assert_false(str_has(buf_str(&out), S("--local")));
    buf_clear(&out);
    assert_true(help_group(S("infer model"), &out));
    assert_false(help_group(S("infer mod"), &out));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_an_option),
        cmocka_unit_test(a_value_that_may_be_left_out),
        cmocka_unit_test(repeats_operands_and_the_end_of_options),
        cmocka_unit_test(a_command_line_inside_a_command_line),
        cmocka_unit_test(mistakes_are_usage_errors_with_a_remedy),
        cmocka_unit_test(commands_are_found_by_their_words),
        cmocka_unit_test(help_shows_what_is_there_and_hides_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
