/* The rules that make headers: authorization, content-type, attribution, configured-headers. */
#include "shape_case.h"

#define CATEGORIES                                                                                 \
    "cli-agent,cloud-agent,programming-app,creative-writing,writing-assistant,general-chat,"       \
    "personal-agent"
#define PROXY "https://cdn.example.test/api/v1"

static const char *const names[] = { "HTTP-Referer", "X-OpenRouter-Title",
                                     "X-OpenRouter-Categories" };

static void attribution_on_verified_routes(void **state) {
    (void)state;
    static const char *const urls[] = { "", "https://eu.openrouter.ai/api/v1",
                                        "https://openrouter.ai:8443/x" };
    for (size_t u = 0; u < 3; u++)
        for (int kind = CALL_INFER; kind <= CALL_RAW; kind++) {
            struct shaped s;
            shape_case(&s, (struct request){ .url = urls[u], .kind = (enum call_kind)kind });
            assert_string_equal(case_header(&s, names[0]), "https://openclaw.ai");
            assert_string_equal(case_header(&s, names[1]), "OpenClaw");
            assert_string_equal(case_header(&s, names[2]), CATEGORIES);
            assert_non_null(case_change(&s, CHANGE_ADDED, "attribution", "header HTTP-Referer"));
            case_end(&s);
        }
}

static void attribution_on_no_other_route(void **state) {
    (void)state;
    static const char *const urls[] = { PROXY, "http://openrouter.ai/api/v1",
                                        "https://u:p@openrouter.ai/api/v1",
                                        "https://openrouter.ai.evil.com/api/v1",
                                        "http://127.0.0.1:18080/proxy/v1" };
    for (size_t u = 0; u < sizeof urls / sizeof urls[0]; u++) {
        struct shaped s;
        shape_case(&s, (struct request){ .url = urls[u] });
        for (size_t i = 0; i < 3; i++) {
            char where[64];
            snprintf(where, sizeof where, "header %s", names[i]);
            assert_null(case_header(&s, names[i]));
            assert_non_null(case_change(&s, CHANGE_WITHHELD, "attribution", where));
        }
        case_end(&s);
    }
}

static void attribution_can_be_renamed(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .chela = "{attribution: {referer: 'https://mine.example',"
                                              " title: 'Mine', categories: ''}}" });
    assert_string_equal(case_header(&s, names[0]), "https://mine.example");
    assert_string_equal(case_header(&s, names[1]), "Mine");
    assert_string_equal(case_header(&s, names[2]), CATEGORIES); /* empty is no name */
    case_end(&s);
    shape_case(&s, (struct request){ .chela = "{attribution: {title: 'a\\nX-Evil: b'}}" });
    assert_string_equal(case_header(&s, names[1]), "OpenClaw");
    case_end(&s);
}

#define HEADERS(list) "{models: {providers: {openrouter: {headers: {" list "}}}}}"

static void configured_headers_do_not_replace_attribution(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){
                       .config = HEADERS("'X-Lab': '1', 'http-referer': 'https://mine.example',"
                                         "'X-OpenRouter-Title': 'Mine'") });
    assert_string_equal(case_header(&s, "X-Lab"), "1");
    assert_string_equal(case_header(&s, "HTTP-Referer"), "https://openclaw.ai");
    assert_string_equal(case_header(&s, "X-OpenRouter-Title"), "OpenClaw");
    const struct change *c =
        case_change(&s, CHANGE_DROPPED, "configured-headers", "header http-referer");
    assert_non_null(c);
    assert_non_null(strstr(c->reason.p, "chela.json5"));
    case_end(&s);
}

static void configured_headers_pass_off_the_verified_route(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .url = PROXY,
                                     .config = HEADERS("'X-Lab': '1', 'HTTP-Referer':"
                                                       "'https://mine.example'") });
    assert_string_equal(case_header(&s, "X-Lab"), "1");
    assert_string_equal(case_header(&s, "HTTP-Referer"), "https://mine.example");
    assert_null(case_header(&s, "X-OpenRouter-Title"));
    assert_non_null(case_change(&s, CHANGE_ADDED, "configured-headers", "header HTTP-Referer"));
    assert_non_null(case_change(&s, CHANGE_WITHHELD, "attribution", "header HTTP-Referer"));
    case_end(&s);
}

static void some_names_are_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "Authorization",
        "proxy-authorization",
        "Connection",
        "Transfer-Encoding",
        "TE",
        "Content-Length",
        "host",
        "Upgrade",
        "Keep-Alive",
        "Trailer",
        "Content-Type",
        "Accept",
        "__proto__",
        "Accept-Encoding",
        "Expect",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char config[256], where[64];
        snprintf(config, sizeof config, HEADERS("'%s': 'x-evil'"), bad[i]);
        snprintf(where, sizeof where, "header %s", bad[i]);
        struct shaped s;
        shape_case(&s, (struct request){ .url = PROXY, .config = config });
        const char *value = case_header(&s, bad[i]);
        assert_true(!value || !strcmp(value, "application/json"));
        assert_non_null(case_change(&s, CHANGE_DROPPED, "configured-headers", where));
        case_end(&s);
    }
}

static void a_header_that_would_smuggle_is_dropped(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .config = HEADERS("'X-A': 'a\\r\\nX-B: b', 'X C': 'c'") });
    assert_null(case_header(&s, "X-A"));
    assert_null(case_header(&s, "X C"));
    assert_non_null(case_change(&s, CHANGE_DROPPED, "configured-headers", "header X-A"));
    assert_non_null(case_change(&s, CHANGE_DROPPED, "configured-headers", "header X C"));
    case_end(&s);
}

static void headers_may_be_secrets(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s,
               (struct request){
                   .env = "LAB_TOKEN=tokentokentokentoken1234",
                   .config = HEADERS("'X-Token': {source: 'env', provider: 'default', id: "
                                     "'LAB_TOKEN'}, 'X-Var': '${LAB_TOKEN}', 'X-Plain': 'a b'") });
    if (s.rc != CHELA_OK) fail_msg("%s", s.e.message);
    assert_string_equal(case_header(&s, "X-Token"), "tokentokentokentoken1234");
    assert_string_equal(case_header(&s, "X-Var"), "tokentokentokentoken1234");
    assert_string_equal(case_header(&s, "X-Plain"), "a b");
    for (const struct change *c = s.record.first; c; c = c->next)
        assert_false(str_has(c->value, S("tokentokentoken")));
    assert_string_equal(
        case_change(&s, CHANGE_ADDED, "configured-headers", "header X-Plain")->value.p, "a b");
    case_end(&s);
}

static void a_missing_secret_is_an_error_with_its_place(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .config = HEADERS("'X-Token': {source: 'env', provider: "
                                                       "'default', id: 'LAB_MISSING'}") });
    assert_int_not_equal(s.rc, CHELA_OK);
    assert_non_null(strstr(s.e.message, "models.providers.openrouter.headers.X-Token"));
    assert_non_null(strstr(s.e.message, "LAB_MISSING"));
    case_end(&s);
}

static void the_more_specific_header_wins(void **state) {
    (void)state;
    const char *config =
        "{models: {providers: {openrouter: {headers: {'X-A': '1', 'X-B': '1', 'X-C': '1'},"
        " request: {headers: {'x-c': '3'}},"
        " models: [{id: 'openai/gpt-5.4', name: 'g', headers: {'x-b': '2', 'X-C': '2'}},"
        "          {id: 'other/model', name: 'o', headers: {'X-A': '9'}}]}}}}";
    struct shaped s;
    shape_case(&s, (struct request){ .config = config });
    assert_string_equal(case_header(&s, "X-A"), "1");
    assert_string_equal(case_header(&s, "X-B"), "2");
    assert_string_equal(case_header(&s, "X-C"), "3");
    assert_non_null(case_change(&s, CHANGE_CHANGED, "configured-headers", "header x-c"));
    case_end(&s);
}

static void every_body_is_json(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .url = PROXY });
    assert_string_equal(case_header(&s, "Content-Type"), "application/json");
    assert_string_equal(case_header(&s, "Accept"), "application/json");
    case_end(&s);
}

static void the_key_is_recorded_and_not_put_in(void **state) {
    (void)state;
    struct shaped s = { .e = ERR_INIT };
    shape_case(&s, (struct request){ .url = "https://eu.openrouter.ai/api/v1" });
    assert_null(case_header(&s, "Authorization"));
    const struct change *c = case_change(&s, CHANGE_ADDED, "authorization", "header Authorization");
    assert_non_null(c);
    assert_non_null(strstr(c->reason.p, "https://eu.openrouter.ai "));
    /* what a gateway's client sent does not travel on */
    assert_true(headers_set(&s.headers, S("authorization"), S("Bearer client-key")));
    struct request q = { .url = "https://eu.openrouter.ai/api/v1" };
    case_apply(&s, &q, "{}");
    assert_null(case_header(&s, "Authorization"));
    assert_non_null(case_change(&s, CHANGE_DROPPED, "authorization", NULL));
    case_end(&s);
}

static void shaping_again_adds_no_header(void **state) {
    (void)state;
    struct request q = { .kind = CALL_AGENT,
                         .config = "{models: {providers: {openrouter: {headers: {'X-Lab': '1'}}}},"
                                   "agents: {defaults: {params: {responseCache: true}}}}" };
    struct shaped s;
    shape_case(&s, q);
    size_t count = s.headers.count;
    case_apply(&s, &q, s.body.p ? "{}" : "");
    assert_int_equal(s.headers.count, count);
    case_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attribution_on_verified_routes),
        cmocka_unit_test(attribution_on_no_other_route),
        cmocka_unit_test(attribution_can_be_renamed),
        cmocka_unit_test(configured_headers_do_not_replace_attribution),
        cmocka_unit_test(configured_headers_pass_off_the_verified_route),
        cmocka_unit_test(some_names_are_refused),
        cmocka_unit_test(a_header_that_would_smuggle_is_dropped),
        cmocka_unit_test(headers_may_be_secrets),
        cmocka_unit_test(a_missing_secret_is_an_error_with_its_place),
        cmocka_unit_test(the_more_specific_header_wins),
        cmocka_unit_test(every_body_is_json),
        cmocka_unit_test(the_key_is_recorded_and_not_put_in),
        cmocka_unit_test(shaping_again_adds_no_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
