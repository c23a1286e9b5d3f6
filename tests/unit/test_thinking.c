#include "shape_case.h"

static const struct model_row plain = { .reasoning = true }; /* a row that lists no efforts */
static const struct model_row no_reasoning = { .reasoning = false };
static const struct model_row listed = { .reasoning = true,
                                         .efforts = { STR_INIT("low"), STR_INIT("high"),
                                                      STR_INIT("max") },
                                         .effort_count = 3 };
static const struct model_row mandatory = { .reasoning = true,
                                            .efforts = { STR_INIT("none"), STR_INIT("low"),
                                                         STR_INIT("xhigh") },
                                            .effort_count = 3,
                                            .reasoning_mandatory = true };
static const struct model_row must = { .reasoning = true, .reasoning_mandatory = true };
static const struct model_row adaptive = { .reasoning = true,
                                           .efforts = { STR_INIT("low"), STR_INIT("adaptive") },
                                           .effort_count = 2 };

#define SONNET "anthropic/claude-sonnet-4.6"
#define FLASH  "deepseek/deepseek-v4-flash:free"

static const char *levels(const char *id, const struct model_row *row, char *text, size_t cap) {
    str list[THINKING_LEVELS];
    size_t n = thinking_levels(str_c(id), row, list);
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, cap - used, "%s%.*s", i ? " " : "", STR_ARG(list[i]));
    return text;
}

static void offers(void **state) {
    (void)state;
    static const struct {
        const char *id;
        const struct model_row *row;
        const char *want;
    } rows[] = {
        { SONNET, &plain, "off minimal low medium high" },
        { "vendor/unknown", NULL, "off minimal low medium high" },
        { "vendor/listed", &listed, "off low high max" },
        { "vendor/mandatory", &mandatory, "low xhigh" },
        { "vendor/must", &must, "minimal low medium high" },
        { "vendor/adaptive", &adaptive, "off low adaptive" },
        { "openai/gpt-4o-mini", &no_reasoning, "off" },
        { "openrouter/auto", &plain, "off" },
        { "openrouter/hunter-alpha", &plain, "off" },
        { FLASH, NULL, "off minimal low medium high xhigh" },
        { "deepseek/deepseek-v4-pro", &listed, "off minimal low medium high xhigh" },
        { "deepseek/deepseek-v4-pro", &no_reasoning, "off minimal low medium high xhigh" },
        { "deepseek/deepseek-v4-pro-0501", NULL, "off minimal low medium high" },
    };
    char text[128];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(levels(rows[i].id, rows[i].row, text, sizeof text), rows[i].want);
}

/* want NULL: refused */
static void from_flag(void **state) {
    (void)state;
    static const struct {
        const char *level, *id;
        const struct model_row *row;
        const char *want;
    } rows[] = {
        { "", SONNET, &plain, "" },
        { "high", SONNET, &plain, "high" },
        { " High ", SONNET, &plain, "high" },
        { "minimal", SONNET, &plain, "minimal" },
        { "off", SONNET, &plain, "off" },
        { "adaptive", SONNET, &plain, "medium" },
        { "xhigh", SONNET, &plain, NULL },
        { "max", SONNET, &plain, NULL },
        { "xhigh", "vendor/unknown", NULL, NULL },
        { "max", "vendor/listed", &listed, "max" },
        { "medium", "vendor/listed", &listed, NULL },
        { "adaptive", "vendor/listed", &listed, "low" },
        { "off", "vendor/listed", &listed, "off" },
        { "off", "vendor/mandatory", &mandatory, NULL },
        { "off", "vendor/must", &must, NULL },
        { "adaptive", "vendor/adaptive", &adaptive, "adaptive" },
        { "xhigh", FLASH, NULL, "xhigh" },
        { "max", FLASH, NULL, "xhigh" },
        { "adaptive", FLASH, NULL, "medium" },
        { "low", "openrouter/auto", NULL, "low" },
        { "high", "openrouter/auto", &no_reasoning, "high" },
        { "xhigh", "openrouter/auto", NULL, NULL },
        { "high", "openrouter/hunter-alpha:free", NULL, "high" },
        { "high", "openai/gpt-4o-mini", &no_reasoning, "high" },
        { "banana", SONNET, &plain, NULL },
        { "none", SONNET, &plain, NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct thinking t;
        struct err e = ERR_INIT;
        enum chela_error rc =
            thinking_from_flag(&t, str_c(rows[i].level), str_c(rows[i].id), rows[i].row, &e);
        if (!rows[i].want) {
            if (rc != CHELA_USAGE) fail_msg("%s on %s was accepted", rows[i].level, rows[i].id);
            continue;
        }
        if (rc != CHELA_OK) fail_msg("%s on %s: %s", rows[i].level, rows[i].id, e.message);
        if (!str_eq(t.level, str_c(rows[i].want)))
            fail_msg("%s on %s: %.*s", rows[i].level, rows[i].id, STR_ARG(t.level));
        assert_string_equal(t.source, t.level.n ? "--thinking" : "");
    }
}

static void refusal_lists_the_levels(void **state) {
    (void)state;
    struct thinking t;
    struct err e = ERR_INIT;
    assert_int_equal(thinking_from_flag(&t, S("xhigh"), S("openai/gpt-5.4"), &plain, &e),
                     CHELA_USAGE);
    assert_string_equal(
        e.message,
        "--thinking xhigh: openai/gpt-5.4 has the levels off, minimal, low, medium, high");
    assert_true(e.hint[0]);
}

static void check_config(const char *config, const char *id, const char *agent,
                         const struct model_row *row, const char *level, const char *source) {
    struct request q = { .config = config };
    struct shaped s = { .e = ERR_INIT };
    arena_init(&s.arena, 1 << 20);
    case_load(&s, &q);
    struct thinking t;
    str key = str_starts(str_c(id), S("openrouter/")) ? str_c(id)
                                                      : arena_printf(&s.arena, "openrouter/%s", id);
    thinking_from_config(&t, s.config, key, str_c(agent), str_c(id), row);
    if (!str_eq(t.level, str_c(level))) fail_msg("%s: %.*s", config, STR_ARG(t.level));
    assert_string_equal(t.source, source);
    case_end(&s);
}

#define DEFAULT(level) "{agents: {defaults: {thinkingDefault: '" level "'}}}"

static void from_config(void **state) {
    (void)state;
    const char *at = "agents.defaults.thinkingDefault";
    check_config("{}", SONNET, "", &plain, "", "");
    check_config(DEFAULT("high"), SONNET, "", &plain, "high", at);
    check_config(DEFAULT("max"), SONNET, "", &plain, "high", at);
    check_config(DEFAULT("xhigh"), SONNET, "", &plain, "high", at);
    check_config(DEFAULT("adaptive"), SONNET, "", &plain, "medium", at);
    check_config(DEFAULT("max"), FLASH, "", &plain, "xhigh", at);
    check_config(DEFAULT("adaptive"), FLASH, "", &plain, "medium", at);
    check_config(DEFAULT("xhigh"), "vendor/listed", "", &listed, "high", at);
    check_config(DEFAULT("medium"), "vendor/listed", "", &listed, "low", at);
    check_config(DEFAULT("minimal"), "vendor/listed", "", &listed, "low", at);
    check_config(DEFAULT("off"), "vendor/mandatory", "", &mandatory, "low", at);
    check_config(DEFAULT("off"), SONNET, "", &plain, "off", at);
    check_config(DEFAULT("max"), "openrouter/auto", "", NULL, "high", at);
}

static void the_more_specific_setting_wins(void **state) {
    (void)state;
    const char *config =
        "{agents: {defaults: {thinkingDefault: 'low',"
        "  models: {'openrouter/openai/gpt-5.4': {params: {thinking: 'minimal'}}}},"
        " list: [{id: 'main'}, {id: 'coder', thinkingDefault: 'high'}]}}";
    check_config(config, SONNET, "", &plain, "low", "agents.defaults.thinkingDefault");
    check_config(config, SONNET, "coder", &plain, "high", "agents.list[].thinkingDefault");
    check_config(config, SONNET, "nobody", &plain, "low", "agents.defaults.thinkingDefault");
    check_config(config, "openai/gpt-5.4", "coder", &plain, "minimal",
                 "agents.defaults.models[].params");
}

static void needs_a_row(void **state) {
    (void)state;
    assert_true(thinking_needs_row(S("xhigh"), S("vendor/x"), NULL));
    assert_true(thinking_needs_row(S("MAX"), S("vendor/x"), NULL));
    assert_false(thinking_needs_row(S("xhigh"), S("vendor/x"), &plain));
    assert_false(thinking_needs_row(S("high"), S("vendor/x"), NULL));
    assert_false(thinking_needs_row(S("banana"), S("vendor/x"), NULL));
    assert_false(thinking_needs_row(S("max"), S("deepseek/deepseek-v4-pro"), NULL));
    assert_false(thinking_needs_row(S("max"), S("openrouter/auto"), NULL));
    assert_false(thinking_needs_row(S(""), S("vendor/x"), NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offers),
        cmocka_unit_test(from_flag),
        cmocka_unit_test(refusal_lists_the_levels),
        cmocka_unit_test(from_config),
        cmocka_unit_test(the_more_specific_setting_wins),
        cmocka_unit_test(needs_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
