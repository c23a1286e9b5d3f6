#include "shape_case.h"

#define SONNET "anthropic/claude-sonnet-4.6"
#define MARK   "\"cache_control\":{\"type\":\"ephemeral\"}"
#define LONG   "\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}"

#define RETENTION(key, value) "{agents: {defaults: {params: {" key ": " value "}}}}"

static void check(const char *has, const char *want) {
    for (int kind = CALL_INFER; kind <= CALL_RAW; kind++)
        check_body((struct request){ .model = SONNET, .kind = (enum call_kind)kind, .body = has },
                   want);
}

#define TEXT(t)   "{\"type\":\"text\",\"text\":\"" t "\"}"
#define MARKED(t) "{\"type\":\"text\",\"text\":\"" t "\"," MARK "}"
#define TOOLS(a, b)                                                                                \
    "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}" a "},"                       \
    "{\"type\":\"function\",\"function\":{\"name\":\"b\"}" b "}]"

static void the_three_places(void **state) {
    (void)state;
    check("{\"messages\":[{\"role\":\"system\",\"content\":\"s \\u00e9\\n\"},"
          "{\"role\":\"user\",\"content\":\"u1\"},{\"role\":\"assistant\",\"content\":\"a\"},"
          "{\"role\":\"user\",\"content\":[" TEXT("u2") "]}]," TOOLS("", "") "}",
          "{\"messages\":[{\"role\":\"system\",\"content\":[" MARKED(
              "s \\u00e9\\n") "]},"
                              "{\"role\":\"user\",\"content\":\"u1\"},{\"role\":\"assistant\","
                              "\"content\":\"a\"},"
                              "{\"role\":\"user\",\"content\":[" MARKED("u2") "]}]," TOOLS(
                                  "", "," MARK) "}");
}

static void a_prompt(void **state) {
    (void)state;
    check("{\"messages\":[{\"role\":\"user\",\"content\":\"Say hello\"}]}",
          "{\"messages\":[{\"role\":\"user\",\"content\":[" MARKED("Say hello") "]}]}");
    /* a picture behind the text */
    check("{\"messages\":[{\"role\":\"user\",\"content\":[" TEXT(
              "What?") ",{\"type\":\"image_url\"}]}]}",
          "{\"messages\":[{\"role\":\"user\",\"content\":[" MARKED(
              "What?") ",{\"type\":\"image_url\"}]}]}");
    /* the last user message has no text: the one before it has */
    check("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},"
          "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}," TEXT("") "]}]}",
          "{\"messages\":[{\"role\":\"user\",\"content\":[" MARKED(
              "x") "]},"
                   "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}," TEXT("") "]}]}");
    /* never an assistant turn or a tool's result */
    check("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},"
          "{\"role\":\"assistant\",\"content\":\"Checking\"},"
          "{\"role\":\"tool\",\"content\":\"r\"}]}",
          "{\"messages\":[{\"role\":\"user\",\"content\":[" MARKED(
              "x") "]},"
                   "{\"role\":\"assistant\",\"content\":\"Checking\"},"
                   "{\"role\":\"tool\",\"content\":\"r\"}]}");
}

static void system_and_developer(void **state) {
    (void)state;
    check("{\"messages\":[{\"role\":\"system\",\"content\":[" TEXT("a") "," TEXT(
              "b") "]},"
                   "{\"role\":\"developer\",\"content\":\"d\"}]}",
          "{\"messages\":[{\"role\":\"system\",\"content\":[" TEXT("a") "," MARKED(
              "b") "]},"
                   "{\"role\":\"developer\",\"content\":[" MARKED("d") "]}]}");
    static const char *const unmarked[] = {
        "{\"messages\":[{\"role\":\"system\",\"content\":\"\"}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":[]}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":null}]}",
        "{\"messages\":[{\"role\":\"system\"}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":[" TEXT("a") "," TEXT("") "]}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":[" TEXT(
            "a") ",{\"type\":\"thinking\",\"thinking\":\"t\"}]}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"redacted_thinking\"}]}]}",
        "{\"messages\":[7,null,\"system\"],\"tools\":[]}",
        "{\"messages\":{},\"tools\":[{\"type\":\"openrouter:web_search\"}]}",
    };
    for (size_t i = 0; i < sizeof unmarked / sizeof unmarked[0]; i++)
        check(unmarked[i], unmarked[i]);
}

static void thinking_blocks_carry_none(void **state) {
    (void)state;
    check("{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\"," MARK "},"
          "{\"type\":\"redacted_thinking\"," MARK "}," TEXT("a") "]}]}",
          "{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\"},"
          "{\"type\":\"redacted_thinking\"}," TEXT("a") "]}]}");
}

#define BODY                                                                                       \
    "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"}" \
    "]}"

static void where_it_applies(void **state) {
    (void)state;
    const char *marked = "{\"messages\":[{\"role\":\"system\",\"content\":[" MARKED(
        "s") "]},{\"role\":\"user\",\"content\":[" MARKED("u") "]}]}";
    static const char *const models[] = { SONNET, "Anthropic/X:free", "openrouter/anthropic/x",
                                          "~anthropic/claude-latest" };
    for (size_t i = 0; i < 4; i++)
        check_body((struct request){ .model = models[i], .body = BODY }, marked);
    check_body(
        (struct request){ .model = SONNET, .body = BODY, .url = "https://eu.openrouter.ai/api/v1" },
        marked);
    static const char *const others[] = { "openai/gpt-5.4", "google/gemini-3.1-pro-preview",
                                          "openrouter/auto", "deepseek/anthropic" };
    for (size_t i = 0; i < 4; i++)
        check_body((struct request){ .model = others[i], .body = BODY, .kind = CALL_AGENT }, BODY);
    struct shaped s;
    shape_case(&s,
               (struct request){ .model = SONNET, .body = BODY, .url = "http://127.0.0.1:1/v1" });
    assert_string_equal(s.body.p, BODY);
    assert_non_null(case_change(&s, CHANGE_WITHHELD, "cache-markers", NULL));
    case_end(&s);
}

static void retention(void **state) {
    (void)state;
    struct request q = { .model = SONNET,
                         .body = "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"}]}" };
    static const struct {
        const char *config, *mark;
    } rows[] = {
        { RETENTION("cacheRetention", "'none'"), NULL },
        { RETENTION("cache_retention", "'none'"), NULL },
        { RETENTION("cacheRetention", "'long'"), LONG },
        { RETENTION("cache_retention", "' LONG '"), LONG },
        { RETENTION("cacheRetention", "'short'"), MARK },
        { RETENTION("cacheRetention", "'forever'"), MARK },
        { RETENTION("cacheRetention", "7"), MARK },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char want[256];
        snprintf(want, sizeof want,
                 "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"u\","
                 "%s}]}]}",
                 rows[i].mark ? rows[i].mark : "");
        q.config = rows[i].config;
        check_body(q, rows[i].mark ? want : q.body);
    }
}

/* Marks that a request brings stay as they are, and count towards Anthropic's four. */
static void the_requests_own_markers(void **state) {
    (void)state;
#define OWN(n) "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"" n "\"," MARK "}]}"
    struct request q = { .model = SONNET, .kind = CALL_RAW };
    q.body = "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," OWN("1") "," OWN(
        "2") "," OWN("3") ",{\"role\":\"user\",\"content\":\"last\"}]}";
    check_body(q, "{\"messages\":[{\"role\":\"system\",\"content\":[" MARKED("s") "]}," OWN(
                      "1") "," OWN("2") "," OWN("3") ",{\"role\":\"user\",\"content\":\"last\"}]}");
    q.body = "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," OWN("1") "," OWN(
        "2") "," OWN("3") "," OWN("4") "]}";
    check_body(q, q.body);
    struct shaped s;
    shape_case(&s, q);
    assert_non_null(case_change(&s, CHANGE_WITHHELD, "cache-markers", "body messages[0].content"));
    case_end(&s);
    /* OpenRouter's automatic mark, and those on tools, count too; theirs stay as spelled */
    q.body = "{\"cache_control\":{\"type\":\"ephemeral\"}," TOOLS(
        "," MARK, ", \"cache_control\": "
                  "{\"type\": "
                  "\"ephemeral\"}") ",\"messages\":[{\"role\":\"user\",\"content\":\"u\"}]}";
    check_body(
        q, "{\"cache_control\":{\"type\":\"ephemeral\"}," TOOLS(
               "," MARK,
               ", \"cache_control\": {\"type\": \"ephemeral\"}") ",\"messages\":[{"
                                                                 "\"role\":\"user\",\"content\":"
                                                                 "[" MARKED("u") "]}]}");
    q.body = "{\"cache_control\":{\"type\":\"ephemeral\"},\"messages\":[" OWN("1") "," OWN(
        "2") "," OWN("3") ",{\"role\":\"user\",\"content\":\"last\"}]}";
    check_body(q, q.body);
    /* no, said with null, is an answer */
    q.body = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"u\","
             "\"cache_control\":null}]}]}";
    check_body(q, q.body);
}

/* Anthropic refuses a longer lifetime after a shorter one. */
static void lifetimes_are_not_mixed(void **state) {
    (void)state;
    struct request q = { .model = SONNET,
                         .kind = CALL_RAW,
                         .body = "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":"
                                 "\"text\",\"text\":\"s\"," LONG "}]},"
                                 "{\"role\":\"user\",\"content\":\"u\"}]}" };
    check_body(q, "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":"
                  "\"s\"," LONG "}]},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
                  "\"u\"," LONG "}]}]}");
    q.config = RETENTION("cacheRetention", "'long'");
    q.body = "{\"messages\":[{\"role\":\"system\",\"content\":[" MARKED(
        "s") "]},"
             "{\"role\":\"user\",\"content\":\"u\"}]}";
    check_body(q, "{\"messages\":[{\"role\":\"system\",\"content\":[" MARKED(
                      "s") "]},"
                           "{\"role\":\"user\",\"content\":[" MARKED("u") "]}]}");
    q.body =
        "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"s\"," LONG
        "}]},{\"role\":\"user\",\"content\":[" MARKED("t") "," TEXT("u") "]}]}";
    check_body(q, q.body);
}

static void at_most_four(void **state) {
    (void)state;
    struct buf body = BUF_INIT(1 << 20);
    buf_addf(&body, "{\"messages\":[");
    for (int i = 0; i < 50; i++) buf_addf(&body, "{\"role\":\"system\",\"content\":\"s%d\"},", i);
    buf_addf(&body, "{\"role\":\"user\",\"content\":\"u\"}]," TOOLS("", "") "}");
    struct shaped s;
    shape_case(&s, (struct request){ .model = SONNET, .body = body.p });
    size_t count = 0;
    for (const char *p = s.body.p; (p = strstr(p, "cache_control")); p++) count++;
    assert_int_equal(count, 4);
    /* the end of the prompt, the tools, the user, and the prompt before */
    assert_non_null(strstr(s.body.p, "{\"role\":\"system\",\"content\":[" MARKED("s49") "]}"));
    assert_non_null(strstr(s.body.p, "{\"role\":\"system\",\"content\":[" MARKED("s48") "]}"));
    assert_non_null(strstr(s.body.p, "{\"role\":\"user\",\"content\":[" MARKED("u") "]}"));
    assert_non_null(strstr(s.body.p, TOOLS("", "," MARK)));
    case_end(&s);
    buf_free(&body);
}

static void each_is_recorded_with_its_place(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s,
               (struct request){ .model = SONNET,
                                 .body = "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
                                         "{\"role\":\"user\",\"content\":[" TEXT("a") "," TEXT(
                                             "b") "]}]," TOOLS("", "") "}" });
    static const char *const places[] = { "body messages[0].content[0].cache_control",
                                          "body tools[1].cache_control",
                                          "body messages[1].content[1].cache_control" };
    for (size_t i = 0; i < 3; i++) {
        const struct change *c = case_change(&s, CHANGE_ADDED, "cache-markers", places[i]);
        if (!c) fail_msg("no record of %s", places[i]);
        assert_string_equal(c->value.p, "{\"type\":\"ephemeral\"}");
    }
    case_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_places),
        cmocka_unit_test(a_prompt),
        cmocka_unit_test(system_and_developer),
        cmocka_unit_test(thinking_blocks_carry_none),
        cmocka_unit_test(where_it_applies),
        cmocka_unit_test(retention),
        cmocka_unit_test(the_requests_own_markers),
        cmocka_unit_test(lifetimes_are_not_mixed),
        cmocka_unit_test(at_most_four),
        cmocka_unit_test(each_is_recorded_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
