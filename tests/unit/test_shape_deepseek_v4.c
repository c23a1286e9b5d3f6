#include "shape_case.h"

#define PRO "deepseek/deepseek-v4-pro"
#define ON(e)                                                                                      \
    "\"reasoning\":{\"effort\":\"" e "\"},\"thinking\":{\"type\":\"enabled\"},"                    \
    "\"reasoning_effort\":\"" e "\""
#define OFF    "\"thinking\":{\"type\":\"disabled\"}"
#define SOURCE "agents.defaults.thinkingDefault"

static void levels(void **state) {
    (void)state;
    static const struct {
        const char *level, *want;
    } rows[] = {
        { NULL, "{" ON("high") "}" },   { "minimal", "{" ON("minimal") "}" },
        { "low", "{" ON("low") "}" },   { "medium", "{" ON("medium") "}" },
        { "high", "{" ON("high") "}" }, { "xhigh", "{" ON("xhigh") "}" },
        { "max", "{" ON("xhigh") "}" }, { "adaptive", "{" ON("medium") "}" },
        { "off", "{" OFF "}" },
    };
    static const char *const models[] = { PRO, "deepseek/deepseek-v4-flash",
                                          "deepseek/deepseek-v4-flash:free",
                                          "DeepSeek/DeepSeek-V4-Pro" };
    static const char *const sources[] = { "--thinking", SOURCE };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t m = 0; m < sizeof models / sizeof models[0]; m++)
            for (size_t s = 0; s < 2; s++)
                check_body((struct request){ .model = models[m],
                                             .level = rows[i].level,
                                             .source = sources[s],
                                             .kind = CALL_AGENT },
                           rows[i].want);
}

static void on_the_exact_route_alone(void **state) {
    (void)state;
    static const char *const exact[] = { "https://openrouter.ai/api/v1/",
                                         "https://openrouter.ai/v1" };
    for (size_t i = 0; i < 2; i++)
        check_body((struct request){ .model = PRO, .url = exact[i], .level = "low" },
                   "{" ON("low") "}");
    static const char *const other[] = { "https://eu.openrouter.ai/api/v1",
                                         "http://127.0.0.1:18080/proxy/v1" };
    for (size_t i = 0; i < 2; i++) {
        struct request q = { .model = PRO,
                             .url = other[i],
                             .level = "low",
                             .body =
                                 "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]}" };
        check_body(q, "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}],"
                      "\"reasoning\":{\"effort\":\"low\"}}");
        q.level = NULL;
        check_body(q, q.body);
    }
    static const char *const models[] = { "deepseek/deepseek-v4-pro-0501", "deepseek/deepseek-v3.1",
                                          "deepseek-v4-pro" };
    for (size_t i = 0; i < 3; i++)
        check_body((struct request){ .model = models[i], .level = "low" },
                   "{\"reasoning\":{\"effort\":\"low\"}}");
}

#define TURNS "{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"},"
#define CALL  "\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\"}]"

static void fills_reasoning_content(void **state) {
    (void)state;
    check_body(
        (struct request){
            .model = PRO,
            .level = "high",
            .body = "{\"messages\":[" TURNS "{\"role\":\"assistant\",\"content\":null," CALL "},"
                    "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"r\"},"
                    "{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"kept\"},"
                    "{\"role\":\"assistant\",\"content\":\"b\",\"reasoning_content\":null},"
                    "{\"role\":\"assistant\",\"content\":\"c\"},7,null]}" },
        "{\"messages\":[" TURNS "{\"role\":\"assistant\",\"content\":null," CALL
        ",\"reasoning_content\":\"\"},"
        "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"r\"},"
        "{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"kept\"},"
        "{\"role\":\"assistant\",\"content\":\"b\",\"reasoning_content\":null},"
        "{\"role\":\"assistant\",\"content\":\"c\",\"reasoning_content\":\"\"},7,null]," ON(
            "high") "}");
}

static void off_takes_it_away(void **state) {
    (void)state;
    check_body(
        (struct request){
            .model = PRO,
            .level = "off",
            .kind = CALL_RAW,
            .body = "{\"messages\":[{\"role\":\"user\",\"reasoning_content\":\"x\"},"
                    "{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"\"},"
                    "{\"role\":\"assistant\",\"content\":\"b\"}],"
                    "\"reasoning\":{\"effort\":\"high\"},\"reasoning_effort\":\"high\"}" },
        "{\"messages\":[{\"role\":\"user\"},{\"role\":\"assistant\",\"content\":\"a\"},"
        "{\"role\":\"assistant\",\"content\":\"b\"}]," OFF "}");
}

/* What a raw request says itself; nobody chose a level. */
static void a_request_chooses(void **state) {
    (void)state;
    static const struct {
        const char *body, *want;
    } rows[] = {
        { "{\"reasoning\":{\"effort\":\"low\"}}", "{" ON("low") "}" },
        { "{\"reasoning\":{\"effort\":\"max\"}}", "{" ON("xhigh") "}" },
        { "{\"reasoning\":{\"effort\":\"none\"}}", "{" OFF "}" },
        { "{\"reasoning\":{\"enabled\":false}}", "{" OFF "}" },
        { "{" OFF "}", "{" OFF "}" },
        { "{\"reasoning\":null}", "{" ON("high") "}" },
        { "{\"reasoning\":{\"max_tokens\":9}}",
          "{\"reasoning\":{\"max_tokens\":9},\"thinking\":{\"type\":\"enabled\"},"
          "\"reasoning_effort\":\"high\"}" },
        { "{\"reasoning_effort\":\"low\"}",
          "{\"reasoning_effort\":\"low\",\"reasoning\":{\"effort\":\"low\"},"
          "\"thinking\":{\"type\":\"enabled\"}}" },
        { "{\"reasoning_effort\":\"max\"}",
          "{\"reasoning_effort\":\"xhigh\",\"reasoning\":{\"effort\":\"xhigh\"},"
          "\"thinking\":{\"type\":\"enabled\"}}" },
        { "{\"reasoning_effort\":\"none\"}", "{" OFF "}" },
        { "{\"reasoning\":{\"effort\":\"low\"},\"reasoning_effort\":\"high\"}",
          "{\"reasoning\":{\"effort\":\"low\"},\"reasoning_effort\":\"low\","
          "\"thinking\":{\"type\":\"enabled\"}}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request q = { .model = PRO, .kind = CALL_RAW, .body = rows[i].body };
        check_body(q, rows[i].want);
    }
    /* a configured default is further away than the request, the flag off is not */
    struct request q = { .model = PRO,
                         .kind = CALL_RAW,
                         .level = "off",
                         .source = SOURCE,
                         .body = "{\"reasoning\":{\"effort\":\"low\"}}" };
    check_body(q, "{" ON("low") "}");
    q.source = NULL;
    check_body(q, "{" OFF "}");
}

/* What says so already is not written again, however it is spelled. */
static void right_already(void **state) {
    (void)state;
    check_body(
        (struct request){
            .model = PRO,
            .kind = CALL_RAW,
            .body = "{\"thinking\" : { \"type\" : \"enabled\" } ,"
                    "\"reasoning\":{ \"effort\": \"low\"},\"reasoning_effort\" :\"low\"}" },
        "{\"thinking\" : { \"type\" : \"enabled\" } ,"
        "\"reasoning\":{ \"effort\": \"low\"},\"reasoning_effort\" :\"low\"}");
}

static void extra_body_chooses(void **state) {
    (void)state;
    struct request q = { .model = PRO,
                         .level = "high",
                         .config = "{agents: {defaults: {params: {extra_body: {thinking: {type: "
                                   "'disabled'}}}}}}",
                         .body = "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\","
                                 "\"reasoning_content\":\"x\"}]}" };
    check_body(q, "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}]," OFF "}");
    q.config = "{agents: {defaults: {params: {extra_body: {reasoning_effort: 'low'}}}}}";
    q.body = "{}";
    check_body(q, "{\"reasoning_effort\":\"low\",\"reasoning\":{\"effort\":\"high\"},"
                  "\"thinking\":{\"type\":\"enabled\"}}");
    /* the messages that it brings are shaped like any others */
    q.config = "{agents: {defaults: {params: {extra_body: {messages: [{role: 'assistant'}]}}}}}";
    check_body(
        q, "{\"messages\":[{\"role\":\"assistant\",\"reasoning_content\":\"\"}]," ON("high") "}");
}

static void each_change_is_recorded(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .model = PRO,
                                     .body = "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},"
                                             "{\"role\":\"assistant\",\"content\":\"a\"}]}" });
    static const char *const added[] = { "body reasoning", "body thinking", "body reasoning_effort",
                                         "body messages[1].reasoning_content" };
    for (size_t i = 0; i < 4; i++) {
        const struct change *c = case_change(&s, CHANGE_ADDED, "deepseek-v4", added[i]);
        if (!c) fail_msg("no record of %s", added[i]);
        if (i < 3) assert_non_null(strstr(c->reason.p, "default"));
    }
    case_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(on_the_exact_route_alone),
        cmocka_unit_test(fills_reasoning_content),
        cmocka_unit_test(off_takes_it_away),
        cmocka_unit_test(a_request_chooses),
        cmocka_unit_test(right_already),
        cmocka_unit_test(extra_body_chooses),
        cmocka_unit_test(each_change_is_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
