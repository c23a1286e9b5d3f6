/* What the sessions commands print: transcripts, and rows in columns. */
#include "unit.h"

#include "agent/transcript.h"

#include <string.h>
/* the columns themselves: they are the program's, not the library's */
#include "../../src/cli/columns.c"

#define MESSAGE(turn_, round_, state_, body_)                                                      \
    {                                                                                              \
        .model = STR_INIT("v/m"), .body = STR_INIT(body_), .turn = turn_, .round = round_,         \
        .at_ms = 7, .state = state_                                                                \
    }

static const struct session_message messages[] = {
    MESSAGE(1, 0, TURN_DONE,
            "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Look\"},"
            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:\"}}]}"),
    MESSAGE(1, 1, TURN_DONE,
            "{\"role\":\"assistant\",\"content\":null,\"reasoning\":\"secret\",\"tool_calls\":"
            "[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"status\","
            "\"arguments\":\"{}\"}}]}"),
    MESSAGE(1, 1, TURN_DONE,
            "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"one\\ntwo\"}"),
    MESSAGE(1, 2, TURN_DONE, "{\"role\":\"assistant\",\"content\":\"A picture.\"}"),
    MESSAGE(2, 0, TURN_OPEN, "{\"role\":\"user\",\"content\":\"And?\"}"),
};
enum { COUNT = sizeof messages / sizeof messages[0] };

static void markdown_is_for_people(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1u << 20);
    transcript_markdown(&out, messages, COUNT);
    assert_string_equal(out.p, "## You, turn 1\n\nLook\n\n*(image_url)*\n"
                               "\n## v/m\n\n> calls **status** with `{}`\n"
                               "\n> one\n> two\n"
                               "\n## v/m\n\nA picture.\n"
                               "\n## You, turn 2\n\nAnd?\n"
                               "\n*This turn has no end: open.*\n");
    buf_free(&out);
}

static void long_results_are_cut_at_a_character(void **state) {
    (void)state;
    struct buf body = BUF_INIT(1u << 20), out = BUF_INIT(1u << 20);
    buf_add(&body, S("{\"role\":\"tool\",\"content\":\"x"));
    for (int i = 0; i < 300; i++) buf_add(&body, S("\xED\x95\x9C"));
    buf_add(&body, S("\"}"));
    const struct session_message m = { .body = buf_str(&body), .turn = 1, .state = TURN_DONE };
    transcript_markdown(&out, &m, 1);
    assert_true(str_ends(buf_str(&out), S("\xED\x95\x9C\n> \xE2\x80\xA6 303 bytes more\n")));
    buf_free(&body);
    buf_free(&out);
}

static void programs_get_every_byte(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1u << 20);
    transcript_jsonl(&out, S("s"), messages, COUNT);
    str line, rest = buf_str(&out);
    for (size_t i = 0; i < COUNT; i++) {
        str_cut(rest, '\n', &line, &rest);
        assert_true(str_starts(line, S("{\"session\":\"s\",\"turn\":")));
        assert_true(str_has(line, messages[i].body));
    }
    assert_int_equal(rest.n, 0);
    buf_clear(&out);
    transcript_json(&out, S("s"), messages, COUNT);
    for (size_t i = 0; i < COUNT; i++) assert_true(str_has(buf_str(&out), messages[i].body));
    buf_free(&out);
}

/* ---- columns ---- */

static const struct column columns[] = {
    { .title = "NAME", .shrink = 6 },
    { .title = "N", .right = true },
    { .title = "NONE", .optional = true },
    { .title = "WHAT", .shrink = 5 },
};

static void check_columns(size_t width, const char *expected) {
    struct arena a = ARENA_INIT(1u << 20);
    struct buf out = BUF_INIT(1u << 16);
    struct columns t;
    assert_true(columns_begin(&t, columns, 4, 2, width, &a));
    str *cell = columns_row(&t);
    cell[0] = S("\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4 talk"); /* 6 cells and 5 */
    cell[1] = columns_number(&a, 1234567);
    cell[2] = columns_number(&a, -1);
    cell[3] = S("all of\x1b[2J it");
    cell = columns_row(&t);
    cell[0] = S("b");
    cell[1] = columns_number(&a, 0);
    cell[2] = S("0");
    columns_row(&t)[0] = S("one too many");
    columns_print(&t, &out);
    assert_string_equal(out.p, expected);
    buf_free(&out);
    arena_free(&a);
}

#define KOREAN "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4"

static void columns_are_as_wide_as_what_is_in_them(void **state) {
    (void)state;
    check_columns(0, "NAME                 N  WHAT\n" KOREAN
                     " talk  1,234,567  all of\xE2\x90\x9B[2J it\n"
                     "b                    0\n");
}

static void columns_give_way_in_their_order(void **state) {
    (void)state;
    check_columns(34, "NAME              N  WHAT\n" KOREAN
                      " \xE2\x80\xA6  1,234,567  all of\xE2\x90\x9B[2J it\n"
                      "b                 0\n");
    check_columns(24, "NAME            N  WHAT\n\xED\x95\x9C\xEA\xB5\xAD\xE2\x80\xA6 "
                      "  1,234,567  all \xE2\x80\xA6\n"
                      "b               0\n");
}

static void money_is_rounded_honestly(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1u << 16);
    assert_true(str_eq(columns_money(&a, -1), S("\xE2\x80\x93")));
    assert_true(str_eq(columns_money(&a, 0), S("$0")));
    assert_true(str_eq(columns_money(&a, 1e-6), S("<$0.0001")));
    assert_true(str_eq(columns_money(&a, 1.23456), S("$1.2346")));
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_is_for_people),
        cmocka_unit_test(long_results_are_cut_at_a_character),
        cmocka_unit_test(programs_get_every_byte),
        cmocka_unit_test(columns_are_as_wide_as_what_is_in_them),
        cmocka_unit_test(columns_give_way_in_their_order),
        cmocka_unit_test(money_is_rounded_honestly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
