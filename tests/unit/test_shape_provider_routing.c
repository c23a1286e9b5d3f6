#include "shape_case.h"

#define PARAMS(provider) "{agents: {defaults: {params: {provider: " provider "}}}}"

static void layers_merge_key_by_key(void **state) {
    (void)state;
    const char *config =
        "{models: {providers: {openrouter: {params: {provider:"
        "   {sort: 'price', data_collection: 'deny'}}}}},"
        " agents: {defaults: {models: {'openrouter/openai/gpt-5.4': {params: {provider:"
        "   {order: ['openai']}}}}},"
        " list: [{id: 'main'}, {id: 'a', params: {provider: {sort: 'latency', require_parameters: "
        "true}}}]}}";
    check_body((struct request){ .config = config, .agent = "a", .body = "{\"model\":\"m\"}" },
               "{\"model\":\"m\",\"provider\":{\"data_collection\":\"deny\",\"order\":[\"openai\"],"
               "\"sort\":\"latency\",\"require_parameters\":true}}");
    check_body((struct request){ .config = config, .model = "other/m" },
               "{\"provider\":{\"sort\":\"price\",\"data_collection\":\"deny\"}}");
}

static void forwarded_for_every_call(void **state) {
    (void)state;
    for (int kind = CALL_INFER; kind <= CALL_RAW; kind++)
        check_body(
            (struct request){ .config = PARAMS("{only: ['azure']}"), .kind = (enum call_kind)kind },
            "{\"provider\":{\"only\":[\"azure\"]}}");
    check_body((struct request){ .config = PARAMS("{only: ['azure']}"),
                                 .url = "https://eu.openrouter.ai/api/v1" },
               "{\"provider\":{\"only\":[\"azure\"]}}");
}

static void withheld_off_the_verified_route(void **state) {
    (void)state;
    struct shaped s;
    shape_case(&s, (struct request){ .config = PARAMS("{order: ['lab']}"),
                                     .url = "http://127.0.0.1:1/v1" });
    assert_string_equal(s.body.p, "{}");
    const struct change *c = case_change(&s, CHANGE_WITHHELD, "provider-routing", "body provider");
    assert_non_null(c);
    assert_string_equal(c->value.p, "{\"order\":[\"lab\"]}");
    case_end(&s);
}

static void the_request_says_it_best(void **state) {
    (void)state;
    check_body((struct request){ .config = PARAMS("{sort: 'price', zdr: true}"),
                                 .kind = CALL_RAW,
                                 .body = "{\"provider\" : {\"sort\":\"latency\"},  \"x\": 1 }" },
               "{\"provider\" : {\"sort\":\"latency\",\"zdr\":true},  \"x\": 1 }");
    check_body((struct request){ .config = PARAMS("{sort: 'price'}"),
                                 .kind = CALL_RAW,
                                 .body = "{\"provider\":null}" },
               "{\"provider\":null}");
}

static void odd_values(void **state) {
    (void)state;
    /* JSON5 becomes strict JSON; dangerous names and non-objects do not pass */
    check_body((struct request){ .config = PARAMS("{max_price: {prompt: .5, completion: 0x10},"
                                                  " '__proto__': {a: 1}, nothing: null}") },
               "{\"provider\":{\"max_price\":{\"prompt\":0.5,\"completion\":16},"
               "\"nothing\":null}}");
    static const char *const bad[] = { PARAMS("['openai']"), PARAMS("'openai'"), PARAMS("null") };
    for (size_t i = 0; i < 3; i++) {
        struct shaped s;
        shape_case(&s, (struct request){ .config = bad[i] });
        assert_string_equal(s.body.p, "{}");
        assert_non_null(case_change(&s, CHANGE_WITHHELD, "provider-routing", NULL));
        case_end(&s);
    }
}

static void extra_body_replaces_it(void **state) {
    (void)state;
    check_body((struct request){ .config = "{agents: {defaults: {params: {provider: {sort: 'price'}"
                                           ", extra_body: {provider: {zdr: true}}}}}}" },
               "{\"provider\":{\"zdr\":true}}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_merge_key_by_key),
        cmocka_unit_test(forwarded_for_every_call),
        cmocka_unit_test(withheld_off_the_verified_route),
        cmocka_unit_test(the_request_says_it_best),
        cmocka_unit_test(odd_values),
        cmocka_unit_test(extra_body_replaces_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
