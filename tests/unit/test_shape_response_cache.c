#include "shape_case.h"

/* Params of one layer, and the three headers they make; "" is none. */
static const struct {
    const char *params, *cache, *ttl, *clear;
} rows[] = {
    { "", "", "", "" },
    { "responseCacheTtlSeconds: 300", "", "", "" },
    { "responseCache: true", "true", "", "" },
    { "response_cache: true", "true", "", "" },
    { "responseCache: true, responseCacheTtlSeconds: 300", "true", "300", "" },
    { "responseCache: false, responseCacheTtlSeconds: 300, responseCacheClear: true", "false", "",
      "" },
    { "responseCacheClear: true", "true", "", "true" },
    { "responseCacheClear: true, responseCacheTtlSeconds: 9", "true", "9", "true" },
    { "responseCache: true, responseCacheClear: false", "true", "", "" },
    { "responseCacheClear: false", "", "", "" },
    { "response_cache: 'on', response_cache_ttl: 45", "true", "45", "" },
    { "responseCache: ' YES '", "true", "", "" },
    { "responseCache: 'enabled'", "true", "", "" },
    { "responseCache: '1'", "true", "", "" },
    { "responseCache: 'off'", "false", "", "" },
    { "responseCache: 'Disable'", "false", "", "" },
    { "responseCache: '0'", "false", "", "" },
    { "responseCache: 1", "", "", "" },
    { "responseCache: null", "", "", "" },
    { "responseCache: 'maybe'", "", "", "" },
    { "responseCache: true, responseCacheTtlSeconds: 0", "true", "1", "" },
    { "responseCache: true, responseCacheTtlSeconds: -5", "true", "1", "" },
    { "responseCache: true, responseCacheTtlSeconds: 86401", "true", "86400", "" },
    { "responseCache: true, responseCacheTtlSeconds: 1e300", "true", "86400", "" },
    { "responseCache: true, responseCacheTtlSeconds: 1.9", "true", "1", "" },
    { "responseCache: true, responseCacheTtl: '120.9'", "true", "120", "" },
    { "responseCache: true, responseCacheTtl: '90.7'", "true", "90", "" },
    { "responseCache: true, responseCacheTtl: '12abc'", "true", "12", "" },
    { "responseCache: true, responseCacheTtl: ' 7 '", "true", "7", "" },
    { "responseCache: true, responseCacheTtl: '1e2x'", "true", "100", "" },
    { "responseCache: true, responseCacheTtl: '.5'", "true", "1", "" },
    { "responseCache: true, responseCacheTtlSeconds: 'abc'", "true", "", "" },
    { "responseCache: true, responseCacheTtlSeconds: ''", "true", "", "" },
    { "responseCache: true, responseCacheTtlSeconds: null", "true", "", "" },
    { "responseCache: true, responseCacheTtlSeconds: NaN", "true", "", "" },
    { "responseCache: false, response_cache: true", "false", "", "" },
    { "response_cache: false, responseCache: true, response_cache_ttl_seconds: 60, "
      "responseCacheTtlSeconds: 600, responseCacheClear: true",
      "true", "600", "true" },
    { "responseCache: true, responseCacheTtl: 60, response_cache_ttl_seconds: 90", "true", "90",
      "" },
};

static void check(struct shaped *s, const char *header, const char *want, const char *what) {
    const char *got = case_header(s, header);
    if (strcmp(got ? got : "", want)) fail_msg("%s: %s is %s", what, header, got ? got : "absent");
}

static void check_all(struct shaped *s, const char *cache, const char *ttl, const char *clear,
                      const char *what) {
    check(s, "X-OpenRouter-Cache", cache, what);
    check(s, "X-OpenRouter-Cache-TTL", ttl, what);
    check(s, "X-OpenRouter-Cache-Clear", clear, what);
}

static void makes_headers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char config[512];
        snprintf(config, sizeof config,
                 "{agents: {defaults: {models: {'openrouter/openai/gpt-5.4': {params: {%s}}}}}}",
                 rows[i].params);
        for (int kind = CALL_AGENT; kind <= CALL_RAW; kind++) {
            struct shaped s;
            shape_case(&s, (struct request){ .config = config, .kind = (enum call_kind)kind });
            check_all(&s, rows[i].cache, rows[i].ttl, rows[i].clear, rows[i].params);
            case_end(&s);
        }
    }
}

static void the_last_layer_with_any_alias_wins(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){
                       .kind = CALL_AGENT,
                       .agent = "a",
                       .config =
                           "{agents: {defaults: {"
                           " params: {response_cache: true, response_cache_ttl_seconds: 10},"
                           " models: {'openrouter/openai/gpt-5.4': {params: {responseCacheTtl: 20}}"
                           "}}, list: [{id: 'a', params: {responseCacheTtlSeconds: 30}}]}}" });
    check_all(&s, "true", "30", "", "three layers");
    case_end(&s);
    shape_case(&s, (struct request){
                       .kind = CALL_AGENT,
                       .config = "{agents: {defaults: {"
                                 " params: {responseCache: true, responseCacheTtlSeconds: 77},"
                                 " models: {'openrouter/openai/gpt-5.4': {params: {response_cache: "
                                 "false}}}}}}" });
    check_all(&s, "false", "", "", "overridden");
    case_end(&s);
}

static const char on[] = "{agents: {defaults: {params: {responseCache: true, "
                         "responseCacheTtlSeconds: 300}}}}";

static void withheld_from_other_routes(void **state) {
    (void)state;
    struct shaped s;
    shape_case(
        &s, (struct request){ .kind = CALL_AGENT, .config = on, .url = "http://127.0.0.1:1/v1" });
    check_all(&s, "", "", "", "proxy");
    assert_non_null(
        case_change(&s, CHANGE_WITHHELD, "response-cache", "header X-OpenRouter-Cache"));
    case_end(&s);
    shape_case(&s, (struct request){ .kind = CALL_AGENT,
                                     .config = on,
                                     .url = "https://eu.openrouter.ai/api/v1" });
    check_all(&s, "true", "300", "", "subdomain");
    case_end(&s);
}

static void withheld_from_a_single_prompt(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .kind = CALL_INFER, .config = on });
    check_all(&s, "", "", "", "infer");
    const struct change *c =
        case_change(&s, CHANGE_WITHHELD, "response-cache", "header X-OpenRouter-Cache");
    assert_non_null(c);
    assert_string_equal(c->value.p, "true");
    case_end(&s);
}

static void what_does_nothing_is_told(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){
                       .kind = CALL_AGENT,
                       .config = "{agents: {defaults: {params: {responseCacheTtl: 300}}}}" });
    assert_non_null(
        case_change(&s, CHANGE_WITHHELD, "response-cache", "header X-OpenRouter-Cache-TTL"));
    case_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_headers),
        cmocka_unit_test(the_last_layer_with_any_alias_wins),
        cmocka_unit_test(withheld_from_other_routes),
        cmocka_unit_test(withheld_from_a_single_prompt),
        cmocka_unit_test(what_does_nothing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
