/* What is added to an answer for strict clients, and that nothing else is touched. */
#include "gateway/complete.h"

#include "base/buf.h"

#include "unit.h"

static const struct {
    const char *answer, *completed;
} cases[] = {
    /* whole: stays */
    { "{ \"id\":\"a\",\"object\":\"x\",\"created\":1,\"model\":\"m\",\"system_fingerprint\":null,"
      "\"choices\":[{\"index\":0,\"finish_reason\":null,\"message\":{\"role\":\"assistant\"}}]}",
      NULL },
    /* nothing is there but the text */
    { "{\"created\":7.9,\"choices\":[{\"message\":{\"content\":\"a\"}},{}],\"usage\":{\"prompt_"
      "tokens\":3,"
      "\"prompt_tokens_details\":{}}}",
      "{\"created\":7,\"choices\":[{\"message\":{\"content\":\"a\",\"role\":\"assistant\"},"
      "\"index\":0,"
      "\"finish_reason\":null},{\"index\":1,\"finish_reason\":null}],\"usage\":{\"prompt_tokens\":"
      "3,"
      "\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens\":0,\"total_tokens\":3},"
      "\"id\":\"req-1\",\"model\":\"fake/\\\"x\",\"object\":\"chat.completion\","
      "\"system_fingerprint\":null}" },
    /* what is there is right, even where it looks odd */
    { "{\"id\":null,\"object\":\"x\",\"created\":1,\"model\":\"m\",\"system_fingerprint\":\"f\","
      "\"choices\":[7],\"usage\":null}",
      NULL },
};

static void test_answers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct doc *d = NULL;
        struct buf out = BUF_INIT(1 << 16);
        assert_int_equal(doc_parse(&d, str_c(cases[i].answer), DOC_JSON, NULL, NULL), CHELA_OK);
        complete_answer(d, S("req-1"), S("fake/\"x"), true);
        assert_int_equal(doc_edited(d), cases[i].completed != NULL);
        assert_true(doc_write(d, &out));
        const char *wanted = cases[i].completed ? cases[i].completed : cases[i].answer;
        if (!str_eq(buf_str(&out), str_c(wanted)))
            fail_msg("case %zu: %.*s", i, STR_ARG(buf_str(&out)));
        buf_free(&out);
        doc_free(d);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
