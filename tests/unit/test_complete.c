/* What is added to an answer for strict clients, and that nothing else is touched. */
#include "gateway/complete.h"

#include "base/buf.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

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

static void test_events(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        { "data: {\"a\":1,\"usage\":null,\"b\":2}\n\n", "data: {\"a\":1,\"b\":2}\n\n" },
        { "data: {\"a\":1, \"usage\": null }\n\n", "data: {\"a\":1}\n\n" },
        { "data: {\"usage\":null}\n\ndata: {\"error\":null , \"system_fingerprint\":null}\n\n",
          "data: {}\n\ndata: {}\n\n" },
        { "data: {\"delta\":{\"role\":null,\"content\":\"x\"}}\n\n",
          "data: {\"delta\":{\"content\":\"x\"}}\n\n" },
        { "data: "
          "{\"content\":\"\\\"usage\\\":null,\",\"usage\":{\"a\":null},\"role\":\"null\"}\n\n",
          NULL },
        { "data: {\"usage\":", NULL },
        { "\"usage\":null", "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t n = strlen(rows[i][0]), kept = 0;
        char *bytes = malloc(n); /* of its size, so that nothing is read beyond it */
        assert_non_null(bytes);
        memcpy(bytes, rows[i][0], n);
        complete_events(bytes, n);
        const char *wanted = rows[i][1] ? rows[i][1] : rows[i][0];
        if (!rows[i][1]) assert_memory_equal(bytes, wanted, n);
        for (size_t k = 0; k < n; k++) /* "data: " has the one blank that both hold */
            if (bytes[k] != ' ') bytes[kept++] = bytes[k];
        for (size_t k = 0, at = 0; wanted[at]; at++)
            if (wanted[at] != ' ') assert_true(k < kept && bytes[k++] == wanted[at]);
        free(bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers),
                                        cmocka_unit_test(test_events) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
