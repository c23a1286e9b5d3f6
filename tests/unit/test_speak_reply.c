/* What of a reply is spoken, and what is left on the screen. */
#include "unit.h"

#include "media/speak_reply.h"

static const struct speech_config all = {
    .directives = true, .may_text = true, .may_voice = true, .may_model = true, .max_text = 4096
};

static void assert_words(str got, const char *expected, size_t row) {
    if (!str_eq(got, str_c(expected)))
        fail_msg("row %zu: got \"%.*s\", expected \"%s\"", row, STR_ARG(got), expected);
}

static void what_directives_make_of_it(void **state) {
    (void)state;
    static const struct {
        const char *reply, *shown, *said;
        bool tagged, hidden;
    } rows[] = {
        { " A plain **reply**. ", "A plain **reply**.", "A plain **reply**.", false, false },
        { "Read this. [[tts:text]] Hi! [[/tts:text]]", "Read this.", "Hi!", true, true },
        { "See [[tts]]only this[[/tts]] here.", "See only this here.", "only this", true, false },
        { "[[tts:text]]never closed", "never closed", "never closed", true, false },
        { "[[tts:voice=x]]", "", "", true, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a;
        struct spoken_words w;
        struct err e = ERR_INIT;
        arena_init(&a, 1 << 20);
        assert_int_equal(spoken_words(&w, str_c(rows[i].reply), &all, &a, &e), CHELA_OK);
        assert_words(w.shown, rows[i].shown, i);
        assert_words(w.said, rows[i].said, i);
        assert_int_equal(w.tagged, rows[i].tagged);
        assert_int_equal(w.hidden, rows[i].hidden);
        arena_free(&a);
    }
}

static void without_directives_they_are_text(void **state) {
    (void)state;
    struct arena a;
    struct spoken_words w;
    struct err e = ERR_INIT;
    struct speech_config set = all;
    const str reply = S("[[tts:voice=bob]]A reply.");
    set.directives = false;
    arena_init(&a, 1 << 20);
    assert_int_equal(spoken_words(&w, reply, &set, &a, &e), CHELA_OK);
    assert_true(!w.tagged && str_eq(w.shown, reply) && !w.voice.n);
    arena_free(&a);
}

static void marks_are_not_read_out(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        { "# Title\n\nSome **bold** and `code`.", "Title\nSome bold and code." },
        { "- one\n* two\n> three", "one\ntwo\nthree" },
        { "see [the page](https://x.test/) now", "see the page now" },
        { "a snake_case word and _this_", "a snake_case word and this" },
        { "```c\nint x;\n```", "int x;" },
        { "---", "" },
    };
    struct arena a;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_words(spoken_plain(str_c(rows[i][0]), &a), rows[i][1], i);
    arena_free(&a);
}

static void length_counts_characters(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    assert_int_equal(speech_check_length(S("\xed\x95\x9c\xea\xb5\xad"), 2, &e), CHELA_OK);
    assert_int_equal(speech_check_length(S("abc"), 2, &e), CHELA_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_directives_make_of_it),
        cmocka_unit_test(without_directives_they_are_text),
        cmocka_unit_test(marks_are_not_read_out),
        cmocka_unit_test(length_counts_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
