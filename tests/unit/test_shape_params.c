/* generic-params, extra-body, openai-only. */
#include "shape_case.h"

#define PARAMS(list) "{agents: {defaults: {params: {" list "}}}}"

static void check_params(const char *params, const char *body, const char *want) {
    for (int kind = CALL_INFER; kind <= CALL_AGENT; kind++)
        check_body((struct request){ .config = params, .kind = (enum call_kind)kind, .body = body },
                   want);
}

static void generic(void **state) {
    (void)state;
    check_params(
        PARAMS("temperature: 0.3, maxTokens: 777, parallel_tool_calls: false,"
               "extra_body: {lab_extra: 1, transforms: ['middle-out']},"
               "chat_template_kwargs: {a: 1}, topP: 0.5"),
        "{\"stream\":true}",
        "{\"stream\":true,\"lab_extra\":1,\"transforms\":[\"middle-out\"],\"temperature\":0.3,"
        "\"max_completion_tokens\":777,\"chat_template_kwargs\":{\"a\":1},"
        "\"parallel_tool_calls\":false}");
    check_params(PARAMS("temperature: 0"), "{}", "{\"temperature\":0}");
    check_params(PARAMS("temperature: .5"), "{}", "{\"temperature\":0.5}");
    check_params(PARAMS("temperature: '0.5'"), "{}", "{}");
    check_params(PARAMS("temperature: Infinity"), "{}", "{}");
    check_params(PARAMS("maxTokens: '777'"), "{}", "{}");
    check_params(PARAMS("maxTokens: 0"), "{}", "{}");
    check_params(PARAMS("maxTokens: -1"), "{}", "{}");
    check_params(PARAMS("maxTokens: 1.5"), "{}", "{}");
    check_params(PARAMS("maxTokens: 32_000"), "{\"max_completion_tokens\":8192}",
                 "{\"max_completion_tokens\":32000}");
    check_params(PARAMS("parallelToolCalls: true"), "{}", "{\"parallel_tool_calls\":true}");
    check_params(PARAMS("parallelToolCalls: true, parallel_tool_calls: false"), "{}",
                 "{\"parallel_tool_calls\":false}");
    check_params(PARAMS("parallel_tool_calls: 'yes'"), "{}", "{}");
    check_params(PARAMS("chatTemplateKwargs: {b: [1, 'x']}"), "{}",
                 "{\"chat_template_kwargs\":{\"b\":[1,\"x\"]}}");
    check_params(PARAMS("chat_template_kwargs: 'x'"), "{}", "{}");
}

static void null_suppresses_a_lower_layer(void **state) {
    (void)state;
    check_body(
        (struct request){
            .config = "{agents: {defaults: {params: {parallelToolCalls: true, temperature: 1},"
                      "models: {'openrouter/openai/gpt-5.4': {params: {parallel_tool_calls: null}"
                      "}}}}}" },
        "{\"temperature\":1}");
}

static void a_raw_request_says_it_best(void **state) {
    (void)state;
    const char *all = PARAMS("temperature: 0.3, maxTokens: 777, parallel_tool_calls: false,"
                             "extra_body: {lab_extra: 1, top_k: 5}, chat_template_kwargs: {a: 1}");
    check_body((struct request){ .config = all,
                                 .kind = CALL_RAW,
                                 .body = "{\"temperature\":1.0,\"max_tokens\":9,\"lab_extra\":2,"
                                         "\"parallel_tool_calls\":true,"
                                         "\"chat_template_kwargs\":{\"a\":2}}" },
               "{\"temperature\":1.0,\"max_tokens\":9,\"lab_extra\":2,\"parallel_tool_calls\":true,"
               "\"chat_template_kwargs\":{\"a\":2},\"top_k\":5}");
    struct shaped s;
    shape_case(
        &s, (struct request){ .config = all, .kind = CALL_RAW, .body = "{\"temperature\":1.0}" });
    const struct change *c = case_change(&s, CHANGE_WITHHELD, "generic-params", "body temperature");
    assert_non_null(c);
    assert_string_equal(c->value.p, "0.3");
    case_end(&s);
}

static void what_is_not_sent_is_told(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .config = PARAMS("topP: 0.5, wat: {a: 1}, maxTokens: 'x'") });
    assert_string_equal(s.body.p, "{}");
    assert_non_null(case_change(&s, CHANGE_WITHHELD, "generic-params", "params topP"));
    assert_non_null(case_change(&s, CHANGE_WITHHELD, "generic-params", "params wat"));
    assert_non_null(case_change(&s, CHANGE_WITHHELD, "generic-params", "body maxTokens"));
    case_end(&s);
}

static void extra_body_overwrites(void **state) {
    (void)state;
    check_params(PARAMS("temperature: 1, extra_body: {temperature: 0.5, stream: false}"),
                 "{\"stream\":true,\"a\":1}", "{\"stream\":false,\"a\":1,\"temperature\":0.5}");
    check_params(PARAMS("extraBody: {a: 1}"), "{}", "{\"a\":1}");
    check_params(PARAMS("extraBody: {a: 1}, extra_body: {b: 1}"), "{}", "{\"b\":1}");
    check_params(PARAMS("extra_body: [1]"), "{}", "{}");
    check_params(PARAMS("extra_body: {'__proto__': 1, prototype: 1, constructor: 1, a: null}"),
                 "{}", "{\"a\":null}");
    /* the level's reasoning is replaced, and parallel_tool_calls has its own parameter */
    check_body((struct request){ .config = PARAMS("extra_body: {reasoning: {effort: 'low'},"
                                                  "parallel_tool_calls: true},"
                                                  "parallel_tool_calls: false"),
                                 .level = "high" },
               "{\"reasoning\":{\"effort\":\"low\"},\"parallel_tool_calls\":false}");
}

static void store_has_no_way_through(void **state) {
    (void)state;
    check_params(PARAMS("store: true, extra_body: {store: true, a: 1}"), "{\"store\":false}",
                 "{\"a\":1}");
    for (int kind = CALL_INFER; kind <= CALL_RAW; kind++)
        check_body((struct request){ .kind = (enum call_kind)kind,
                                     .url = "http://127.0.0.1:1/v1",
                                     .body = "{\"a\":1,\"store\":true,\"b\":2,\"store\":0}" },
                   "{\"a\":1,\"b\":2}");
    struct shaped s;
    shape_case(&s, (struct request){ .kind = CALL_RAW, .body = "{\"store\":true}" });
    assert_non_null(case_change(&s, CHANGE_DROPPED, "openai-only", "body store"));
    case_end(&s);
    shape_case(&s, (struct request){ .config = PARAMS("extra_body: {store: true}") });
    assert_non_null(case_change(&s, CHANGE_DROPPED, "extra-body", "body store"));
    assert_null(case_change(&s, CHANGE_ADDED, "extra-body", NULL));
    case_end(&s);
}

static void openai_params_are_not_forwarded(void **state) {
    (void)state;
    const char *params = PARAMS(
        "serviceTier: 'priority', service_tier: 'priority', store: true, fastMode: true,"
        "text_verbosity: 'low', promptCacheKey: 'k', prompt_cache_key: 'k',"
        "cacheRetention: 'long', transport: 'websocket', openaiWsWarmup: true,"
        "reasoning_effort: 'high', reasoning: {effort: 'high'}, prompt_cache_retention: 'x'");
    check_params(params, "{\"model\":\"m\"}", "{\"model\":\"m\"}");
    struct shaped s;
    shape_case(&s, (struct request){ .config = params });
    static const char *const told[] = { "params serviceTier", "params store", "params fastMode",
                                        "params text_verbosity", "params reasoning_effort" };
    for (size_t i = 0; i < 5; i++)
        assert_non_null(case_change(&s, CHANGE_WITHHELD, "openai-only", told[i]));
    case_end(&s);
}

static void openai_fields_of_a_request_are_dropped(void **state) {
    (void)state;
    check_body(
        (struct request){ .kind = CALL_RAW,
                          .body =
                              "{\"service_tier\":\"flex\",\"prompt_cache_key\":\"k\",\"seed\":1,"
                              "\"prompt_cache_retention\":\"24h\",\"verbosity\":\"low\"}" },
        "{\"seed\":1,\"verbosity\":\"low\"}");
    /* extra_body is the way to insist; a request's own value then stands */
    check_params(PARAMS("extra_body: {service_tier: 'flex'}"), "{}", "{\"service_tier\":\"flex\"}");
    check_body((struct request){ .config = PARAMS("extra_body: {service_tier: 'flex'}"),
                                 .kind = CALL_RAW,
                                 .body = "{\"service_tier\":\"auto\"}" },
               "{\"service_tier\":\"auto\"}");
    check_params(PARAMS("extra_body: {reasoning_effort: 'low'}"), "{}",
                 "{\"reasoning_effort\":\"low\"}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generic),
        cmocka_unit_test(null_suppresses_a_lower_layer),
        cmocka_unit_test(a_raw_request_says_it_best),
        cmocka_unit_test(what_is_not_sent_is_told),
        cmocka_unit_test(extra_body_overwrites),
        cmocka_unit_test(store_has_no_way_through),
        cmocka_unit_test(openai_params_are_not_forwarded),
        cmocka_unit_test(openai_fields_of_a_request_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
