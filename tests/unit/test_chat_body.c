/* The request before the rules, byte for byte, and what is refused of a body that a user brings. */
#include "../../src/chat/chat_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct chat c;
static struct err err;

static int fresh(void **state) {
    (void)state;
    doc_free(c.doc);
    arena_free(&c.arena);
    c = (struct chat){ 0 };
    arena_init(&c.arena, 256u << 20);
    c.record.arena = &c.arena;
    c.shape.record = &c.record;
    c.shape.arena = &c.arena;
    c.shape.model.id = S("m/x");
    err = (struct err)ERR_INIT;
    return 0;
}

static void assert_str(str got, const char *expected) {
    if (!str_eq(got, str_c(expected))) fail_msg("got %.*s\nexpected %s", STR_ARG(got), expected);
}

#define TAIL ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"

static void build(const struct chat_input *in, const char *expected) {
    str out = { 0 };
    if (chat_body_build(&c, in, &out, &err) != CHELA_OK) fail_msg("%s", err.message);
    assert_str(out, expected);
}

static void one_prompt(void **state) {
    (void)state;
    const struct chat_input in = { .kind = CALL_INFER, .prompt = S("say \"h\xc3\xa9\"\n") };
    build(&in, "{\"model\":\"m/x\",\"messages\":[{\"role\":\"user\",\"content\":"
               "\"say \\\"h\xc3\xa9\\\"\\n\"}]" TAIL);
    assert_int_equal(c.record.count, 0);
    const struct chat_input with_system = { .kind = CALL_INFER,
                                            .prompt = S("p"),
                                            .system = S("s") };
    build(&with_system, "{\"model\":\"m/x\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
                        "{\"role\":\"user\",\"content\":\"p\"}]" TAIL);
    const struct chat_input nothing = { .kind = CALL_INFER };
    str out;
    assert_int_equal(chat_body_build(&c, &nothing, &out, &err), CHELA_USAGE);
}

static void a_turn(void **state) {
    (void)state;
    const str history[] = { S("{\"role\":\"user\",\"content\": [ 1.0 ]}"),
                            S("{\"role\":\"assistant\",\"content\":\"a\"}") };
    struct chat_input in = { .kind = CALL_AGENT,
                             .system = S("s"),
                             .prompt = S("p"),
                             .history = history,
                             .history_count = 2 };
    build(&in,
          "{\"model\":\"m/x\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
          "{\"role\":\"user\",\"content\": [ 1.0 ]},{\"role\":\"assistant\",\"content\":\"a\"},"
          "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"p\"}]}]" TAIL);
    in.prompt = (str){ 0 }; /* after a tool's result */
    in.system = (str){ 0 };
    build(&in, "{\"model\":\"m/x\",\"messages\":[{\"role\":\"user\",\"content\": [ 1.0 ]},"
               "{\"role\":\"assistant\",\"content\":\"a\"}]" TAIL);
}

static const char png[] = "\x89PNG\r\n\x1a\n";

static void pictures(void **state) {
    (void)state;
    const struct chat_file files[] = {
        { .name = S("a.png"), .bytes = { png, 8 } },
        { .name = S("b"), .mime = S("image/webp"), .bytes = S("x") },
    };
    struct chat_input in = {
        .kind = CALL_INFER, .prompt = S("p"), .files = files, .file_count = 2
    };
    static const char expected[] =
        "{\"model\":\"m/"
        "x\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
        "\"p\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/"
        "png;base64,iVBORw0KGgo=\"}"
        "},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/"
        "webp;base64,eA==\"}}]}]" TAIL;
    build(&in, expected); /* a model that nobody knows may well take pictures */
    struct model_row row = { .image_input = true };
    c.shape.row = &row;
    build(&in, expected);
    assert_int_equal(c.record.count, 0);

    row.image_input = false;
    in.system = S("s");
    build(&in,
          "{\"model\":\"m/x\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":"
          "\"user\",\"content\":[{\"type\":\"text\",\"text\":\"p\"},{\"type\":\"text\",\"text\":"
          "\"(image omitted: model does not support images)\"}]}]" TAIL);
    assert_int_equal(c.record.count, 1);
    assert_string_equal(c.record.first->rule, "images");
    assert_int_equal(c.record.first->kind, CHANGE_DROPPED);
    assert_str(c.record.first->where, "body messages[1].content");
    assert_str(c.record.first->reason, "2 pictures left out: m/x takes no pictures");
}

static void no_picture(void **state) {
    (void)state;
    const struct chat_file file = { .name = S("notes.txt"), .bytes = S("hello") };
    const struct chat_input in = { .kind = CALL_INFER, .files = &file, .file_count = 1 };
    str out;
    assert_int_equal(chat_body_build(&c, &in, &out, &err), CHELA_INPUT);
    assert_non_null(strstr(err.message, "notes.txt"));
}

static void pictures_of_a_history_are_left_out(void **state) {
    (void)state;
    static const char kept[] = "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},"
                               "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:1\"}},"
                               "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:2\"}}]}";
    const str history[] = { str_c(kept), S("{\"role\":\"assistant\",\"content\":\"image_url\"}") };
    struct chat_input in = { .kind = CALL_AGENT, .history = history, .history_count = 2 };
    struct model_row row = { .image_input = true };
    c.shape.row = &row;
    str out = { 0 };
    assert_int_equal(chat_body_build(&c, &in, &out, &err), CHELA_OK);
    assert_true(str_has(out, str_c(kept)));
    row.image_input = false;
    build(&in, "{\"model\":\"m/x\",\"messages\":[{\"role\":\"user\",\"content\":["
               "{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":"
               "\"(image omitted: model does not support images)\"}]},"
               "{\"role\":\"assistant\",\"content\":\"image_url\"}]" TAIL);
    assert_int_equal(c.record.count, 1);
    assert_str(c.record.first->where, "body messages[0].content");
}

static void tools_are_for_models_that_take_them(void **state) {
    (void)state;
    const str history[] = { S("{}") };
    struct chat_input in = { .kind = CALL_AGENT,
                             .history = history,
                             .history_count = 1,
                             .tools = S("[{\"type\":\"function\"}]") };
    static const char with[] = "{\"model\":\"m/x\",\"messages\":[{}],\"tools\":"
                               "[{\"type\":\"function\"}]" TAIL;
    build(&in, with);
    struct model_row row = { .tools = true };
    c.shape.row = &row;
    build(&in, with);
    row.tools = false;
    build(&in, "{\"model\":\"m/x\",\"messages\":[{}]" TAIL);
    assert_string_equal(c.record.first->rule, "tools");
    assert_int_equal(c.record.first->kind, CHANGE_WITHHELD);
}

/* ---- raw bodies ---- */

static void raw(const char *body, const char *model, const char *expected, size_t changes) {
    fresh(NULL);
    str named;
    if (chat_body_parse_raw(&c, str_c(body), &named, &err) != CHELA_OK) fail_msg("%s", err.message);
    assert_str(named, model);
    if (chat_body_complete_raw(&c, &err) != CHELA_OK) fail_msg("%s", err.message);
    struct buf out = BUF_INIT(1 << 20);
    assert_true(doc_write(c.doc, &out));
    assert_str(buf_str(&out), expected);
    assert_int_equal(c.record.count, changes);
    buf_free(&out);
}

static void raw_bodies_keep_their_bytes(void **state) {
    (void)state;
    raw("{ \"messages\" : [ ], \"x\":1.0e2,\"stream\":true,\"stream_options\":{},\"model\":\"m/x\" "
        "}",
        "m/x",
        "{ \"messages\" : [ ], \"x\":1.0e2,\"stream\":true,\"stream_options\":{},\"model\":\"m/x\" "
        "}",
        0);
    raw("{\"model\":\"openrouter/m/x\",\"messages\":[],\"stream\":false}", "openrouter/m/x",
        "{\"model\":\"m/x\",\"messages\":[],\"stream\":false}", 1);
}

static void raw_bodies_are_completed(void **state) {
    (void)state;
    raw("{\"messages\":[]}", "",
        "{\"messages\":[],\"model\":\"m/"
        "x\",\"stream\":true,\"stream_options\":{\"include_usage\":true}"
        "}",
        3);
    raw("{\"messages\":[],\"model\":null,\"stream\":null}", "",
        "{\"messages\":[],\"model\":\"m/"
        "x\",\"stream\":true,\"stream_options\":{\"include_usage\":true}"
        "}",
        3);
    assert_int_equal(c.record.first->kind, CHANGE_CHANGED);
    assert_string_equal(c.record.first->rule, "raw-bodies");
}

static void raw_bodies_that_are_none(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        { "", "request body: line 1, column 1" },
        { "{\"messages\":[],}", "request body: line 1, column 16" },
        { "[]", "request body: line 1, column 1: expected an object, not an array" },
        { "\n  \"text\"", "request body: line 2, column 3: expected an object, not a string" },
        { "{\"message\":[]}", "has no \"messages\"" },
        { "{\n \"messages\": {}}",
          "line 2, column 14: \"messages\" must be an array, not an object" },
        { "{\"messages\":[],\"model\":7}", "column 24: \"model\" must be a string, not a number" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fresh(NULL);
        str named;
        enum chela_error rc = chat_body_parse_raw(&c, str_c(cases[i][0]), &named, &err);
        if (rc != CHELA_INPUT || !strstr(err.message, cases[i][1]))
            fail_msg("case %zu: %s: %s", i, err_code(rc), err.message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_prompt, fresh),
        cmocka_unit_test_setup(a_turn, fresh),
        cmocka_unit_test_setup(pictures, fresh),
        cmocka_unit_test_setup(no_picture, fresh),
        cmocka_unit_test_setup(pictures_of_a_history_are_left_out, fresh),
        cmocka_unit_test_setup(tools_are_for_models_that_take_them, fresh),
        cmocka_unit_test_setup(raw_bodies_keep_their_bytes, fresh),
        cmocka_unit_test_setup(raw_bodies_are_completed, fresh),
        cmocka_unit_test_setup(raw_bodies_that_are_none, fresh),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fresh(NULL);
    return failed;
}
