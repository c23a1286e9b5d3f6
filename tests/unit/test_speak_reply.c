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

static void directives(void **state) {
    (void)state;
    static const struct {
        const char *reply, *shown, *said;
        bool tagged;
    } rows[] = {
        { "A plain reply of some length.", "A plain reply of some length.",
          "A plain reply of some length.", false },
        { "Read this. [[tts:text]]Hi![[/tts:text]]", "Read this.", "Hi!", true },
        { "[[ TTS : text ]]One[[/tts:text]] and [[tts:text]]two[[/tts:text]] shown.", "and  shown.",
          "One", true },
        { "See [[tts]]only this is spoken[[/tts]] here.", "See only this is spoken here.",
          "only this is spoken", true },
        { "[[tts:voice=bob]]A reply of some length.", "A reply of some length.",
          "A reply of some length.", true },
        { "In code `[[tts:text]]x[[/tts:text]]` it stays.",
          "In code `[[tts:text]]x[[/tts:text]]` it stays.",
          "In code [[tts:text]]x[[/tts:text]] it stays.", false },
        { "```\n[[tts]]\n```\nA reply of some length.",
          "```\n[[tts]]\n```\nA reply of some length.", "[[tts]]\nA reply of some length.", false },
        { "[[ttsx]] and [[other]] stay as they are.", "[[ttsx]] and [[other]] stay as they are.",
          "[[ttsx]] and [[other]] stay as they are.", false },
        { "Too short", "Too short", "", false },
        { "[[tts:text]]never closed", "", "", true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a;
        struct spoken_words w;
        struct err e = ERR_INIT;
        arena_init(&a, 1 << 20);
        assert_int_equal(spoken_words(&w, str_c(rows[i].reply), &all, &a, &e), CHELA_OK);
        assert_words(w.shown, rows[i].shown, i);
        assert_words(w.said, rows[i].said, i);
        if (w.tagged != rows[i].tagged) fail_msg("row %zu is tagged: %d", i, w.tagged);
        arena_free(&a);
    }
}

static void settings_are_taken_as_they_are_allowed(void **state) {
    (void)state;
    struct arena a;
    struct spoken_words w;
    struct err e = ERR_INIT;
    struct speech_config set = all;
    const str reply = S("[[tts:voice=bob openrouter_model=a/b speed=2]]A reply of some length.");
    arena_init(&a, 1 << 20);
    assert_int_equal(spoken_words(&w, reply, &set, &a, &e), CHELA_OK);
    assert_words(w.voice, "bob", 0);
    assert_words(w.model, "a/b", 0);
    set.may_voice = set.may_model = false;
    assert_int_equal(spoken_words(&w, reply, &set, &a, &e), CHELA_OK);
    assert_true(!w.voice.n && !w.model.n);
    set.directives = false; /* then they are nothing but text */
    assert_int_equal(spoken_words(&w, reply, &set, &a, &e), CHELA_OK);
    assert_true(!w.tagged && str_eq(w.shown, reply));
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
        cmocka_unit_test(directives),
        cmocka_unit_test(settings_are_taken_as_they_are_allowed),
        cmocka_unit_test(marks_are_not_read_out),
        cmocka_unit_test(length_counts_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
