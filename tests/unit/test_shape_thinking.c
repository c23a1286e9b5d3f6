/* The thinking rule: a level becomes `reasoning`, or is withheld. */
#include "shape_case.h"

static const struct model_row plain = { .reasoning = true };
static const struct model_row no_reasoning = { .reasoning = false };
static const struct model_row listed = { .reasoning = true,
                                         .efforts = { STR_INIT("max"), STR_INIT("adaptive") },
                                         .effort_count = 2 };

#define EFFORT(level) "{\"reasoning\":{\"effort\":\"" level "\"}}"

static void levels_become_efforts(void **state) {
    (void)state;
    static const struct {
        const char *level;
        const struct model_row *row;
        const char *want;
    } rows[] = {
        { NULL, &plain, "{}" },
        { "off", &plain, EFFORT("none") },
        { "minimal", &plain, EFFORT("minimal") },
        { "low", &plain, EFFORT("low") },
        { "medium", &plain, EFFORT("medium") },
        { "high", &plain, EFFORT("high") },
        { "xhigh", &plain, EFFORT("xhigh") },
        { "adaptive", &plain, EFFORT("medium") },
        { "max", &listed, EFFORT("max") },
        { "adaptive", &listed, EFFORT("adaptive") },
        { "high", NULL, EFFORT("high") },
        { "off", NULL, EFFORT("none") },
        { "high", &no_reasoning, "{}" },
        { "off", &no_reasoning, "{}" },
    };
    static const char *const urls[] = { "", "https://proxy.example.com/v1" }; /* any route */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t u = 0; u < 2; u++)
            for (int kind = CALL_INFER; kind <= CALL_RAW; kind++)
                check_body((struct request){ .level = rows[i].level,
                                             .row = rows[i].row,
                                             .url = urls[u],
                                             .kind = (enum call_kind)kind },
                           rows[i].want);
}

static void x_ai_follows_its_row(void **state) {
    (void)state;
    check_body((struct request){ .model = "x-ai/grok-4.20", .level = "off", .row = &plain },
               EFFORT("none"));
    check_body((struct request){ .model = "x-ai/grok-4.20", .level = "low", .row = &no_reasoning },
               "{}");
}

static void some_models_get_none(void **state) {
    (void)state;
    static const struct {
        const char *model;
        const struct model_row *row;
    } rows[] = {
        { "openrouter/auto", &plain },           { "auto", NULL },
        { "openrouter/hunter-alpha", &plain },   { "openrouter/hunter-alpha:free", NULL },
        { "openai/gpt-4o-mini", &no_reasoning },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request q = { .model = rows[i].model, .row = rows[i].row, .level = "high" };
        check_body(q, "{}");
        struct shaped s;
        shape_case(&s, q);
        const struct change *c =
            case_change(&s, CHANGE_WITHHELD, "thinking", "body reasoning.effort");
        assert_non_null(c);
        assert_string_equal(c->value.p, "high");
        assert_non_null(strstr(c->reason.p, "--thinking"));
        case_end(&s);
        /* nor does a request of their own make for one */
        q.kind = CALL_RAW;
        q.level = NULL;
        q.body = "{\"reasoning\":{\"effort\":\"high\"},\"reasoning_effort\":\"high\",\"a\":1}";
        check_body(q, "{\"a\":1}");
        q.level = "off";
        q.body = "{\"a\":1}";
        check_body(q, "{\"a\":1}");
    }
    check_body((struct request){ .model = "openrouter/auto",
                                 .config = "{agents: {defaults: {params: {extra_body: {reasoning: "
                                           "{effort: 'low'}}}}}}" },
               EFFORT("low"));
}

/* What the request has under `reasoning`, and what level high makes of it. */
static void existing_reasoning(void **state) {
    (void)state;
    static const struct {
        const char *has, *high, *off;
    } rows[] = {
        { "{}", "{\"effort\":\"high\"}", "{\"effort\":\"none\"}" },
        { "{\"enabled\":true}", "{\"enabled\":true,\"effort\":\"high\"}", "{\"enabled\":true}" },
        { "{\"enabled\":false}", "{\"enabled\":false}", "{\"enabled\":false}" },
        { "{\"exclude\":true}", "{\"exclude\":true,\"effort\":\"high\"}",
          "{\"exclude\":true,\"effort\":\"none\"}" },
        { "{\"effort\":\"low\"}", "{\"effort\":\"low\"}", "{\"effort\":\"low\"}" },
        { "{\"max_tokens\":2000}", "{\"max_tokens\":2000}", "{\"max_tokens\":2000}" },
        { "null", "{\"effort\":\"high\"}", "{\"effort\":\"none\"}" },
        { "false", "{\"effort\":\"high\"}", "{\"effort\":\"none\"}" },
        { "0", "{\"effort\":\"high\"}", "{\"effort\":\"none\"}" },
        { "true", "true", "true" },
        { "1", "1", "1" },
        { "\"none\"", "\"none\"", "\"none\"" },
        { "\"high\"", "\"high\"", "\"high\"" },
        { "[1]", "[1]", "[1]" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char body[128], high[128], off[128];
        snprintf(body, sizeof body, "{\"reasoning\":%s}", rows[i].has);
        snprintf(high, sizeof high, "{\"reasoning\":%s}", rows[i].high);
        snprintf(off, sizeof off, "{\"reasoning\":%s}", rows[i].off);
        struct request q = { .kind = CALL_RAW, .row = &plain, .body = body };
        check_body(q, body); /* nobody chose */
        q.level = "high";
        check_body(q, high);
        q.level = "off";
        check_body(q, off);
    }
}

static void reasoning_effort_is_understood_and_not_forwarded(void **state) {
    (void)state;
    struct request q = { .kind = CALL_RAW,
                         .row = &plain,
                         .body = "{\"reasoning_effort\":\"low\"}" };
    check_body(q, EFFORT("low"));
    q.level = "high"; /* the flag is nearer than the file */
    check_body(q, EFFORT("high"));
    q.source = "agents.defaults.thinkingDefault"; /* the default is not */
    check_body(q, EFFORT("low"));
    q.level = NULL;
    q.body = "{\"reasoning_effort\":\"none\"}";
    check_body(q, EFFORT("none"));
    q.body = "{\"reasoning\":{\"enabled\":true},\"reasoning_effort\":\"none\"}";
    check_body(q, "{\"reasoning\":{\"enabled\":true}}");
    q.body = "{\"reasoning_effort\":\"banana\"}";
    check_body(q, "{}");
    q.body = "{\"reasoning_effort\":null}";
    check_body(q, "{}");
    q.body = "{\"reasoning\":{\"effort\":\"low\"},\"reasoning_effort\":\"high\"}";
    check_body(q, EFFORT("low"));
    struct shaped s;
    shape_case(&s, q);
    assert_non_null(case_change(&s, CHANGE_DROPPED, "thinking", "body reasoning_effort"));
    case_end(&s);
}

static void untouched_bytes_stay(void **state) {
    (void)state;
    check_body((struct request){ .kind = CALL_RAW,
                                 .level = "high",
                                 .body = "{ \"n\" : 1.0e+2 ,\n \"reasoning\" : {\"exclude\":true} "
                                         ", \"s\":\"\\u0041\" }" },
               "{ \"n\" : 1.0e+2 ,\n \"reasoning\" : {\"exclude\":true,\"effort\":\"high\"} "
               ", \"s\":\"\\u0041\" }");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_become_efforts),
        cmocka_unit_test(x_ai_follows_its_row),
        cmocka_unit_test(some_models_get_none),
        cmocka_unit_test(existing_reasoning),
        cmocka_unit_test(reasoning_effort_is_understood_and_not_forwarded),
        cmocka_unit_test(untouched_bytes_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
