/* The agent's tools: which are offered, what of a call is refused, and how; and the history that a
 * model gets. */
#include "config_home.h"

#include "agent/message.h"
#include "agent/replay.h"
#include "agent/tool_policy.h"
#include "agent/tool_schema.h"
#include "agent/tools.h"

/* ---- policy ---- */

/* "status image video tts": which of the four are allowed */
static void assert_allowed(const char *config, const char *agent, const char *expected) {
    static const char *const names[][2] = { { "session_status", "status" },
                                            { "image_generate", "image" },
                                            { "video_generate", "video" },
                                            { "tts", "tts" } };
    struct home h;
    struct buf got = BUF_INIT(256);
    home_make(&h);
    home_config(&h, config);
    struct config *c = home_load(&h);
    for (size_t i = 0; i < 4; i++)
        if (tool_allowed(c, str_c(agent), str_c(names[i][0])))
            buf_addf(&got, "%s%s", got.n ? " " : "", names[i][1]);
    if (strcmp(got.n ? got.p : "", expected) != 0)
        fail_msg("%s (%s): allowed are \"%s\", expected \"%s\"", config, agent, got.n ? got.p : "",
                 expected);
    buf_free(&got);
    config_free(c);
    home_free(&h);
}

static void the_configuration_decides(void **state) {
    (void)state;
    static const struct {
        const char *tools, *expected;
    } cases[] = {
        { "{}", "status image video tts" },
        { "{allow: []}", "status image video tts" },
        { "{allow: ['session_status']}", "status" },
        { "{allow: ['Session_Status', 'TTS']}", "status tts" },
        { "{allow: ['*_generate']}", "image video" },
        { "{allow: ['*e*t*']}", "status image video" },
        { "{allow: ['exec', 'group:fs', 'group:plugins']}", "" },
        { "{allow: ['group:media']}", "image video tts" },
        { "{allow: ['group:sessions', 'group:fs']}", "status" },
        { "{allow: ['group:openclaw']}", "status image video tts" },
        { "{deny: ['group:media']}", "status" },
        { "{deny: ['*']}", "" },
        { "{deny: ['exec']}", "status image video tts" },
        { "{allow: ['tts'], deny: ['t*']}", "" },
        { "{allow: ['tts'], alsoAllow: ['session_status']}", "status tts" },
        { "{profile: 'minimal'}", "status" },
        { "{profile: 'coding'}", "status image video" },
        { "{profile: 'coding', alsoAllow: ['tts']}", "status image video tts" },
        { "{profile: 'coding', deny: ['video_generate']}", "status image" },
        { "{profile: 'messaging', allow: ['tts']}", "" },
        { "{profile: 'full'}", "status image video tts" },
        { "{profile: 'of a later edition'}", "status image video tts" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char config[512];
        snprintf(config, sizeof config, "{tools: %s}", cases[i].tools);
        assert_allowed(config, "", cases[i].expected);
    }
}

static void an_agent_narrows_it(void **state) {
    (void)state;
    static const char config[] = "{tools: {profile: 'minimal', deny: ['tts']}, agents: {list: ["
                                 "{id: 'a'}, {id: 'b', tools: {profile: 'full'}},"
                                 "{id: 'c', tools: {profile: 'full', allow: ['t*', 'v*']}}]}}";
    assert_allowed(config, "a", "status");
    assert_allowed(config, "b", "status image video");
    assert_allowed(config, "c", "video");
}

/* ---- schema ---- */

static void assert_checks(const char *rule, const char *value, const char *expected) {
    struct doc *schema = NULL, *d = NULL;
    struct err e = ERR_INIT;
    assert_int_equal(doc_parse(&schema, str_c(rule), DOC_JSON, NULL, &e), CHELA_OK);
    assert_int_equal(doc_parse(&d, str_c(value), DOC_JSON, NULL, &e), CHELA_OK);
    tool_schema_check(schema, doc_root(schema), d, doc_root(d), "arguments", &e);
    if (strcmp(e.message, expected) != 0)
        fail_msg("%s against %s: \"%s\", expected \"%s\"", value, rule, e.message, expected);
    doc_free(schema);
    doc_free(d);
}

static void arguments_are_checked(void **state) {
    (void)state;
    static const char rule[] =
        "{\"type\":\"object\",\"required\":[\"prompt\"],\"additionalProperties\":false,"
        "\"properties\":{\"prompt\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":3},"
        "\"count\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":4},"
        "\"size\":{\"enum\":[\"small\",\"large\",2]},\"mixed\":{\"type\":[\"string\",\"number\"]},"
        "\"list\":{\"type\":\"array\",\"maxItems\":2,\"items\":{\"type\":\"object\","
        "\"properties\":{\"url\":{\"type\":\"string\"}}}}}}";
    static const char *const cases[][2] = {
        { "{\"prompt\":\"x\"}", "" },
        { "{\"prompt\":\"\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4\",\"count\":4.0,\"size\":2}", "" },
        { "{\"prompt\":\"x\",\"count\":null,\"mixed\":1.5,\"list\":[{},{\"url\":\"u\"}]}", "" },
        { "[]", "arguments: expected object, not an array" },
        { "{}", "arguments: \"prompt\" is missing" },
        { "{\"prompt\":null}", "arguments.prompt: expected string, not null" },
        { "{\"prompt\":\"\"}", "arguments.prompt: expected at least 1 characters, not 0" },
        { "{\"prompt\":\"abcd\"}", "arguments.prompt: expected at most 3 characters, not 4" },
        { "{\"prompt\":\"x\",\"count\":\"2\"}", "arguments.count: expected integer, not a string" },
        { "{\"prompt\":\"x\",\"count\":1.5}", "arguments.count: expected integer, not a number" },
        { "{\"prompt\":\"x\",\"count\":9}", "arguments.count: expected at most 4, not 9" },
        { "{\"prompt\":\"x\",\"size\":\"huge\"}",
          "arguments.size: expected one of [\"small\",\"large\",2], not \"huge\"" },
        { "{\"prompt\":\"x\",\"mixed\":true}",
          "arguments.mixed: expected string or number, not true or false" },
        { "{\"prompt\":\"x\",\"list\":[1]}", "arguments.list[0]: expected object, not a number" },
        { "{\"prompt\":\"x\",\"list\":[{},{\"url\":3}]}",
          "arguments.list[1].url: expected string, not a number" },
        { "{\"prompt\":\"x\",\"list\":[{},{},{}]}",
          "arguments.list: expected at most 2 items, not 3" },
        { "{\"prompt\":\"x\",\"other\":1}", "arguments: there is no \"other\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_checks(rule, cases[i][0], cases[i][1]);
    assert_checks("{\"type\":\"object\"}", "{\"anything\":1}", "");
}

/* ---- calls ---- */

static enum chela_error echo(struct tool_context *x, struct doc *d, struct buf *result,
                             struct err *e) {
    str text = { 0 };
    (void)x;
    doc_string(d, doc_get(d, doc_root(d), S("text")), &text);
    buf_add(result, text);
    if (str_eq(text, S("stop"))) return err_set(e, CHELA_CANCELLED, "cancelled");
    if (!str_eq(text, S("fail"))) return CHELA_OK;
    err_set(e, CHELA_UPSTREAM, "it failed");
    return err_hint(e, CHELA_UPSTREAM, "try another text");
}

static const struct agent_tool tool_echo = {
    .name = "echo",
    .description = "Says it again",
    .parameters = "{\"type\":\"object\",\"required\":[\"text\"],\"properties\":{\"text\":"
                  "{\"type\":\"string\"}}}",
    .run = echo,
};

static void assert_call(const char *name, const char *arguments, const char *expected,
                        bool expect_failed) {
    const struct tool_set set = { .item = { &tool_echo }, .count = 1 };
    struct tool_context x = { 0 };
    struct buf result = BUF_INIT(64 << 10);
    struct err e = ERR_INIT;
    bool failed = !expect_failed;
    const struct tool_call call = { .tool = tools_find(&set, str_c(name)),
                                    .name = str_c(name),
                                    .arguments = str_c(arguments) };
    assert_int_equal(tools_run(&x, &set, &call, &result, &failed, &e), CHELA_OK);
    if (!strstr(result.n ? result.p : "", expected))
        fail_msg("%s(%s) gave %s", name, arguments, result.n ? result.p : "");
    assert_int_equal(failed, expect_failed);
    buf_free(&result);
}

static void a_call_gives_a_result_or_says_what_is_wrong(void **state) {
    (void)state;
    assert_call("echo", "{\"text\":\"hello\"}", "hello", false);
    assert_call("echo", "{\"text\":\"fail\"}",
                "{\"error\":\"it failed\",\"hint\":\"try another text\"}", true);
    assert_call("echo", "{\"text\":", "the arguments are not JSON", true);
    assert_call("echo", "{\"text\":", "they were: {\\\"text\\\":", true);
    assert_call("echo", "{}", "arguments: \\\"text\\\" is missing", true);
    assert_call("exec", "{}", "there is no tool named \\\"exec\\\"", true);
    assert_call("exec", "{}", "the tools are: echo", true);
    struct tool_set set = { .item = { &tool_echo }, .count = 1 };
    struct tool_context x = { 0 };
    struct buf result = BUF_INIT(1024), tiny = BUF_INIT(4);
    bool failed;
    const struct tool_call stop = { &tool_echo, S("echo"), S("{\"text\":\"stop\"}") };
    assert_int_equal(tools_run(&x, &set, &stop, &result, &failed, NULL), CHELA_CANCELLED);
    const struct tool_call large = { &tool_echo, S("echo"), S("{\"text\":\"larger\"}") };
    assert_int_equal(tools_run(&x, &set, &large, &tiny, &failed, NULL), CHELA_OK);
    assert_true(failed);
    buf_free(&result);
    buf_free(&tiny);
}

static void every_tool_can_be_sent(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1u << 20);
    for (size_t i = 0; agent_tools[i]; i++) {
        struct tool_set set = { .item = { agent_tools[i] }, .count = 1 };
        struct doc *d = NULL;
        struct err e = ERR_INIT;
        str type = { 0 };
        assert_true(i < AGENT_TOOLS_MAX && agent_tools[i]->run);
        if (doc_parse(&d, tools_json(&set, &a), DOC_JSON, NULL, &e) != CHELA_OK)
            fail_msg("%s: %s", agent_tools[i]->name, e.message);
        doc_string(d, doc_path_get(d, S("[0].function.parameters.type"), NULL), &type);
        assert_str(type, "object");
        doc_free(d);
    }
    arena_free(&a);
}

/* ---- messages and history ---- */

static void calls_are_made_fit_to_be_sent_again(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1u << 20);
    struct chat_tool_call calls[] = {
        { .id = S("x"), .name = S("echo"), .arguments = S("{\"a\":1}") },
        { .id = S("x"), .name = S("a b.c"), .arguments = S("[]") },
        { .name = S(""), .arguments = S("{\"a\"") },
    };
    const struct chat_reply reply = { .text = S(" \n"), .calls = calls, .call_count = 3 };
    struct message_call fit[3];
    struct buf out = BUF_INIT(1u << 20);
    message_fit_calls(fit, &reply, 4, 2, &a);
    message_assistant(&out, &reply, fit);
#define CALL(id, name, arguments)                                                                  \
    "{\"id\":\"" id "\",\"type\":\"function\",\"function\":{\"name\":\"" name                      \
    "\",\"arguments\":\"" arguments "\"}}"
    assert_str(buf_str(&out),
               "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" CALL(
                   "x", "echo", "{\\\"a\\\":1}") "," CALL("call_4_2_2", "a_b_c",
                                                          "{}") "," CALL("call_4_2_3", "unnamed",
                                                                         "{}") "]}");
    assert_str(fit[2].written_arguments, "{\"a\"");
    buf_free(&out);
    arena_free(&a);
}

static void reasoning_goes_back_in_its_own_field(void **state) {
    (void)state;
    static const struct {
        const char *field, *details, *expected;
    } cases[] = {
        { "reasoning", "", ",\"reasoning\":\"r\"}" },
        { "reasoning_content", "", ",\"reasoning_content\":\"r\"}" },
        { "reasoning", "[1]", ",\"reasoning_details\":[1]}" },
        { "reasoning_content", "[1]", ",\"reasoning_content\":\"r\",\"reasoning_details\":[1]}" },
        { NULL, "", "}" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct chat_reply reply = { .text = S("t"),
                                          .reasoning = S("r"),
                                          .reasoning_field = cases[i].field,
                                          .reasoning_details = str_c(cases[i].details) };
        struct buf out = BUF_INIT(1u << 20), expected = BUF_INIT(1u << 20);
        message_assistant(&out, &reply, NULL);
        buf_addf(&expected, "{\"role\":\"assistant\",\"content\":\"t\"%s", cases[i].expected);
        assert_str(buf_str(&out), expected.p);
        buf_free(&out);
        buf_free(&expected);
    }
}

#define ASKS(...)   "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" __VA_ARGS__ "]}"
#define ANSWERS(id) "{\"role\":\"tool\",\"tool_call_id\":\"" id "\",\"content\":\"ok\"}"
#define NOTHING(id)                                                                                \
    "{\"role\":\"tool\",\"tool_call_id\":\"" id                                                    \
    "\",\"content\":\"{\\\"error\\\":\\\"interrupted: this call was not made\\\"}\"}"

static void assert_history(const struct session_message *m, size_t count, const char *model,
                           const char *const *expected, size_t expected_count) {
    struct arena a = ARENA_INIT(8u << 20);
    struct err e = ERR_INIT;
    str *list = NULL;
    size_t got = 0;
    assert_int_equal(replay_history(m, count, str_c(model), &a, &list, &got, &e), CHELA_OK);
    assert_int_equal(got, expected_count);
    for (size_t i = 0; i < got; i++) assert_str(list[i], expected[i]);
    arena_free(&a);
}

static void a_call_without_a_result_gets_one(void **state) {
    (void)state;
    static const struct session_message m[] = {
        { .model = STR_INIT("m"), .body = STR_INIT("{\"role\":\"user\",\"content\":\"q\"}") },
        { .model = STR_INIT("m"),
          .body = STR_INIT(ASKS(CALL("a", "f", "{}") "," CALL("b", "f", "{}"))) },
        { .model = STR_INIT("m"), .body = STR_INIT(ANSWERS("a")) },
        { .model = STR_INIT("m"), .body = STR_INIT("{\"role\":\"user\",\"content\":\"r\"}") },
        { .model = STR_INIT("m"), .body = STR_INIT(ASKS(CALL("c", "f", "{}"))) },
    };
    const char *const expected[] = { m[0].body.p, m[1].body.p, m[2].body.p, NOTHING("b"),
                                     m[3].body.p, m[4].body.p, NOTHING("c") };
    assert_history(m, 5, "m", expected, 7);
    struct arena a = ARENA_INIT(8u << 20);
    struct replay_call *left;
    size_t count;
    assert_int_equal(replay_unanswered(m, 5, &a, &left, &count, NULL), CHELA_OK);
    assert_int_equal(count, 1);
    assert_str(left[0].id, "c");
    assert_int_equal(replay_unanswered(m, 3, &a, &left, &count, NULL), CHELA_OK);
    assert_int_equal(count, 1);
    assert_str(left[0].id, "b");
    arena_free(&a);
}

static void another_model_gets_no_reasoning_and_nobody_what_was_withdrawn(void **state) {
    (void)state;
    static const struct session_message m[] = {
        { .model = STR_INIT("m"),
          .body = STR_INIT("{\"role\":\"user\",\"content\":\"refused\"}"),
          .state = TURN_WITHDRAWN },
        { .model = STR_INIT("m"),
          .body = STR_INIT("{\"role\":\"assistant\",\"content\":\"a\",\"reasoning\":\"r\","
                           "\"reasoning_details\":[{\"x\":[1]}],\"reasoning_content\":\"\"}") },
        { .model = STR_INIT("n"),
          .body = STR_INIT("{\"role\":\"user\",\"content\":\"\\\"reasoning\\\" is fine\"}") },
    };
    const char *const same[] = { m[1].body.p, m[2].body.p };
    const char *const other[] = { "{\"role\":\"assistant\",\"content\":\"a\"}", m[2].body.p };
    assert_history(m, 3, "m", same, 2);
    assert_history(m, 3, "m:free", other, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_configuration_decides),
        cmocka_unit_test(an_agent_narrows_it),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(a_call_gives_a_result_or_says_what_is_wrong),
        cmocka_unit_test(every_tool_can_be_sent),
        cmocka_unit_test(calls_are_made_fit_to_be_sent_again),
        cmocka_unit_test(reasoning_goes_back_in_its_own_field),
        cmocka_unit_test(a_call_without_a_result_gets_one),
        cmocka_unit_test(another_model_gets_no_reasoning_and_nobody_what_was_withdrawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
