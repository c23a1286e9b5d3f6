#include "shape_case.h"

#define GEMINI "google/gemini-3.1-pro-preview"

static void check(const char *model, const char *role, const char *block, const char *want) {
    char body[512], shaped[512];
    snprintf(body, sizeof body, "{\"messages\":[{\"role\":\"%s\",\"content\":[%s]}]}", role, block);
    snprintf(shaped, sizeof shaped, "{\"messages\":[{\"role\":\"%s\",\"content\":[%s]}]}", role,
             want);
    for (int kind = CALL_AGENT; kind <= CALL_RAW; kind++)
        check_body((struct request){ .model = model, .kind = (enum call_kind)kind, .body = body },
                   shaped);
}

static void keeps_base64_and_nothing_else(void **state) {
    (void)state;
    static const struct {
        const char *value;
        bool kept;
    } rows[] = {
        { "\"R0VNSU5JLVNJRw==\"", true },
        { "\"R0VNSU5JLVNJRw\"", true }, /* padding does not count */
        { "\" R0VN SU5JLVNJRw== \\n\"", true },
        { "\"QUJD\"", true },
        { "\"QUI=\"", true },
        { "\"a-_b\"", true }, /* the URL alphabet */
        { "\"a+/b\"", true },
        { "\"a-/b\"", false }, /* two alphabets */
        { "\"QUJ=\"", false }, /* bits that belong to no byte */
        { "\"QR==\"", false },
        { "\"A\"", false },
        { "\"ABCDE\"", false },
        { "\"AB=C\"", false },
        { "\"====\"", false },
        { "\"\"", false },
        { "\"   \"", false },
        { "\"msg_abc!\"", false },
        { "\"h\\u00e4\"", false },
        { "null", false },
        { "7", false },
        { "{\"a\":1}", false },
    };
    static const char *const keys[] = { "thought_signature", "thoughtSignature" };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t k = 0; k < 2; k++) {
            char block[256];
            snprintf(block, sizeof block, "{\"type\":\"text\",\"text\":\"t\",\"%s\":%s}", keys[k],
                     rows[i].value);
            check(GEMINI, "assistant", block,
                  rows[i].kept ? block : "{\"type\":\"text\",\"text\":\"t\"}");
        }
}

#define BAD "{\"text\":\"t\",\"thought_signature\":\"!\",\"thoughtSignature\":\"!\"}"

static void only_gemini_and_only_assistants(void **state) {
    (void)state;
    check("Google/Gemini-2.5-pro", "assistant", BAD, "{\"text\":\"t\"}");
    check("openai/gpt-5.4", "assistant", BAD, BAD);
    check(GEMINI, "tool", BAD, BAD);
    check_body((struct request){ .model = GEMINI,
                                 .url = "http://127.0.0.1:1/v1",
                                 .kind = CALL_AGENT,
                                 .body = "{\"messages\":[{\"role\":\"assistant\",\"content\":[" BAD
                                         "]}]}" },
               "{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"text\":\"t\"}]}]}");
}

static void the_rest_of_the_turn_stays(void **state) {
    (void)state;
    /* ruling 11: reasoning_details go back whole; tool calls keep their ids */
    const char *body =
        "{\"messages\":[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"t|1\","
        "\"thought_signature\":\"!\"}],\"reasoning_details\":[{\"type\":\"reasoning.encrypted\","
        "\"data\":\"not base64!\",\"thoughtSignature\":\"!\"}]},"
        "{\"role\":\"assistant\",\"content\":\"first\"}]}";
    check_body((struct request){ .model = GEMINI, .kind = CALL_RAW, .body = body }, body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_base64_and_nothing_else),
        cmocka_unit_test(only_gemini_and_only_assistants),
        cmocka_unit_test(the_rest_of_the_turn_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
