#include "shape_case.h"

#define SONNET  "anthropic/claude-sonnet-4.6"
#define NO_MARK "{agents: {defaults: {params: {cacheRetention: 'none'}}}}"

#define USER     "{\"role\":\"user\",\"content\":\"u\"}"
#define PREFILL  "{\"role\":\"assistant\",\"content\":\"{\"}"
#define TOOL     "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\"}]}"
#define NO_TOOLS "{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[]}"
#define TOOL_USE "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"c\"}]}"
#define TOOLCALL                                                                                   \
    "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\"},{\"type\":\"toolCall\"}]}"
#define TEXTS "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}"

static void check(const char *model, const char *url, const char *has, const char *wants,
                  const char *reasoning) {
    char body[1024], want[1024];
    snprintf(body, sizeof body, "{\"messages\":[%s]%s%s}", has, *reasoning ? "," : "", reasoning);
    snprintf(want, sizeof want, "{\"messages\":[%s]%s%s}", wants, *reasoning ? "," : "", reasoning);
    check_body(
        (struct request){
            .model = model, .url = url, .config = NO_MARK, .kind = CALL_RAW, .body = body },
        want);
}

#define HIGH "\"reasoning\":{\"effort\":\"high\"}"

static void the_table(void **state) {
    (void)state;
    static const struct {
        const char *has, *wants;
    } rows[] = {
        { USER "," PREFILL, USER },
        { USER "," PREFILL "," PREFILL, USER },
        { USER "," TOOL, USER "," TOOL },
        { USER "," NO_TOOLS, USER },
        { USER "," TOOL_USE, USER "," TOOL_USE },
        { USER "," TOOLCALL, USER "," TOOLCALL },
        { USER "," TEXTS, USER },
        { USER "," TOOL "," PREFILL, USER "," TOOL },
        { USER "," PREFILL "," USER, USER "," PREFILL "," USER },
        { PREFILL, "" },
        { "", "" },
        { USER ",7", USER ",7" },
    };
    static const char *const models[] = { SONNET, "Anthropic/Claude-X",
                                          "openrouter/anthropic/claude-x" };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t m = 0; m < 3; m++) check(models[m], "", rows[i].has, rows[i].wants, HIGH);
}

static void when_reasoning_is_on(void **state) {
    (void)state;
    static const char *const on[] = {
        HIGH,
        "\"reasoning\":{\"enabled\":true}",
        "\"reasoning\":{\"max_tokens\":2000}",
        "\"reasoning\":{}",
        "\"reasoning\":true",
        "\"reasoning\":1",
        "\"reasoning\":\"high\"",
        "\"reasoning\":{\"effort\":\"minimal\"}",
    };
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++)
        check(SONNET, "", USER "," PREFILL, USER, on[i]);
    static const char *const off[] = {
        "",
        "\"reasoning\":null",
        "\"reasoning\":false",
        "\"reasoning\":\"\"",
        "\"reasoning\":\" Off \"",
        "\"reasoning\":\"none\"",
        "\"reasoning\":{\"effort\":\"none\"}",
        "\"reasoning\":{\"effort\":\"OFF\"}",
        "\"reasoning\":{\"enabled\":false}",
        "\"reasoning\":{\"enabled\":false,\"effort\":\"high\"}",
    };
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        check(SONNET, "", USER "," PREFILL, USER "," PREFILL, off[i]);
}

static void by_level(void **state) {
    (void)state;
    struct request q = { .model = SONNET,
                         .config = NO_MARK,
                         .kind = CALL_RAW,
                         .level = "high",
                         .body = "{\"messages\":[" USER "," PREFILL "]}" };
    check_body(q, "{\"messages\":[" USER "]," HIGH "}");
    q.level = "off";
    check_body(q, "{\"messages\":[" USER "," PREFILL "],\"reasoning\":{\"effort\":\"none\"}}");
    q.level = NULL;
    check_body(q, q.body);
    /* the final body counts: extra_body may switch reasoning off, or on */
    q.level = "high";
    q.config = "{agents: {defaults: {params: {cacheRetention: 'none',"
               " extra_body: {reasoning: {enabled: false}}}}}}";
    check_body(q, "{\"messages\":[" USER "," PREFILL "],\"reasoning\":{\"enabled\":false}}");
    q.level = NULL;
    q.config = "{agents: {defaults: {params: {cacheRetention: 'none',"
               " extra_body: {reasoning_effort: 'high'}}}}}";
    check_body(q, "{\"messages\":[" USER "],\"reasoning_effort\":\"high\"}");
}

static void elsewhere_it_stays(void **state) {
    (void)state;
    static const char *const urls[] = { "https://eu.openrouter.ai/api/v1",
                                        "https://proxy.example.com/v1",
                                        "https://OPENROUTER.ai/api/v1" };
    for (size_t i = 0; i < 3; i++) check(SONNET, urls[i], USER "," PREFILL, USER "," PREFILL, HIGH);
    check(SONNET, "https://openrouter.ai/v1/", USER "," PREFILL, USER, HIGH);
    static const char *const models[] = { "openai/gpt-5.4", "~anthropic/claude-latest",
                                          "anthropics/x" };
    for (size_t i = 0; i < 3; i++) check(models[i], "", USER "," PREFILL, USER "," PREFILL, HIGH);
    check(SONNET, "", USER "," PREFILL, USER, HIGH);
}

static void it_is_recorded(void **state) {
    (void)state;
    struct request q = { .model = SONNET,
                         .kind = CALL_RAW,
                         .body = "{\"messages\":[" USER "," PREFILL "," PREFILL "]," HIGH "}" };
    struct shaped s;
    shape_case(&s, q);
    const struct change *c =
        case_change(&s, CHANGE_DROPPED, "anthropic-prefill", "body messages[2]");
    assert_non_null(c);
    assert_string_equal(c->value.p, PREFILL);
    assert_non_null(case_change(&s, CHANGE_DROPPED, "anthropic-prefill", "body messages[1]"));
    case_end(&s);
    q.url = "https://eu.openrouter.ai/api/v1";
    shape_case(&s, q);
    assert_non_null(case_change(&s, CHANGE_WITHHELD, "anthropic-prefill", "body messages[2]"));
    case_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table),      cmocka_unit_test(when_reasoning_is_on),
        cmocka_unit_test(by_level),       cmocka_unit_test(elsewhere_it_stays),
        cmocka_unit_test(it_is_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
