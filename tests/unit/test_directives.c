/* Directives are never seen, however the text that holds them is cut into pieces. */
#include "unit.h"

#include "media/directives.h"

#include <string.h>

static const struct speech_config all = { .may_text = true, .may_voice = true, .may_model = true };

static const struct {
    const char *text, *shown, *hidden, *span;
    bool tagged;
} rows[] = {
    { "A plain reply.", "A plain reply.", "", "", false },
    { "Read this. [[tts:text]]Hi![[/tts:text]]", "Read this. ", "Hi!", "", true },
    { "[[ TTS : text ]]One[[/tts:text]] and [[tts:text]]two[[/tts:text]].", " and .", "One", "",
      true },
    { "See [[tts]]only this[[/tts]] here.", "See only this here.", "", "only this", true },
    { "[[tts:voice=bob]]A [[/tts:anything]]reply[[tts:odd]].", "A reply.", "", "", true },
    { "[[ttsx]], [[other]], [[[tts]]], [[tts] and [tts]]",
      "[[ttsx]], [[other]], [], [[tts] and [tts]]", "", "", true },
    { "[[tts:voice=x\ny]] ends no line", "[[tts:voice=x\ny]] ends no line", "", "", false },
    { "[[tts:text]]never closed", "never closed", "", "", true },
    { "cut in [[tts:vo", "cut in ", "", "", false },
    { "ends in [[", "ends in [[", "", "", false },
    { "ends in [[t", "ends in [[t", "", "", false },
    /* code */
    { "`[[tts]]` and ``a`[[tts]]``", "`[[tts]]` and ``a`[[tts]]``", "", "", false },
    { "a ` alone [[tts]]\n\nand `then`", "a ` alone \n\nand `then`", "", "", true },
    { "a `` [[tts]] ` of two", "a ``  ` of two", "", "", true },
    { "```c\n[[tts]]\n`` `\n```\n[[tts]]out", "```c\n[[tts]]\n`` `\n```\nout", "", "", true },
    { "  ````\n```\n[[tts]]\n````\n[[tts]]", "  ````\n```\n[[tts]]\n````\n", "", "", true },
    { "```\n[[tts]] never closed", "```\n[[tts]] never closed", "", "", false },
    { "```[[tts]]``` is a span [[tts]]", "```[[tts]]``` is a span ", "", "", true },
    { "not at ``` the start [[tts]]", "not at ``` the start ", "", "", true },
    { "\xed\x95\x9c[[tts:text]]\xea\xb5\xad[[/tts:text]]\xeb\xa7\x90", "\xed\x95\x9c\xeb\xa7\x90",
      "\xea\xb5\xad", "", true },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void add(void *ctx, str text) {
    buf_add(ctx, text);
}

static void assert_row(size_t row, size_t piece, size_t first) {
    struct directives d;
    struct buf shown = BUF_INIT(1 << 20);
    str rest = str_c(rows[row].text);
    directives_init(&d, &all, &shown, add);
    directives_feed(&d, str_head(rest, first));
    for (rest = str_skip(rest, first); rest.n; rest = str_skip(rest, piece))
        directives_feed(&d, str_head(rest, piece));
    directives_end(&d);
    const char *hidden = d.has_hidden ? d.hidden.p : "", *span = d.has_span ? d.span.p : "";
    if (!str_eq(buf_str(&shown), str_c(rows[row].shown)) || d.tagged != rows[row].tagged ||
        !str_eq(str_c(hidden), str_c(rows[row].hidden)) ||
        !str_eq(str_c(span), str_c(rows[row].span)) || d.failed)
        fail_msg("%s\nin pieces of %zu, %zu: \"%.*s\" hidden \"%s\" span \"%s\" tagged %d",
                 rows[row].text, first, piece, STR_ARG(buf_str(&shown)), hidden, span, d.tagged);
    directives_free(&d);
    buf_free(&shown);
}

static void in_any_pieces(void **state) {
    (void)state;
    for (size_t row = 0; row < ROWS; row++) {
        size_t n = strlen(rows[row].text);
        for (size_t first = 0; first <= n; first++) assert_row(row, n + 1, first);
        for (size_t piece = 1; piece < 8; piece++) assert_row(row, piece, 0);
    }
}

/* What is no directive must not wait for the end: a person reads along. */
static void the_rest_is_shown_at_once(void **state) {
    (void)state;
    static const char *const texts[] = { "words", "a [link](x", "[[see", "```\ncode",
                                         "`code` and" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct directives d;
        struct buf shown = BUF_INIT(1 << 20);
        directives_init(&d, &all, &shown, add);
        directives_feed(&d, str_c(texts[i]));
        assert_true(str_eq(buf_str(&shown), str_c(texts[i])));
        directives_free(&d);
        buf_free(&shown);
    }
}

static void nothing_is_held_for_ever(void **state) {
    (void)state;
    static const char *const begins[] = { "` ", "[[tts:voice=", "```" };
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        struct directives d;
        struct buf shown = BUF_INIT(1 << 20);
        directives_init(&d, &all, &shown, add);
        directives_feed(&d, str_c(begins[i]));
        for (int k = 0; k < 1000; k++) directives_feed(&d, S("abcdefgh"));
        assert_true(shown.n > 3000 && d.held.n < 5000);
        directives_free(&d);
        buf_free(&shown);
    }
}

static void assert_settings(const struct speech_config *set, const char *text, const char *voice,
                            const char *model) {
    struct directives d;
    struct buf shown = BUF_INIT(1 << 20);
    directives_init(&d, set, &shown, add);
    directives_feed(&d, str_c(text));
    directives_end(&d);
    assert_string_equal(d.voice, voice);
    assert_string_equal(d.model, model);
    assert_int_equal(shown.n, 0);
    directives_free(&d);
    buf_free(&shown);
}

static void settings(void **state) {
    (void)state;
    struct speech_config set = all;
    assert_settings(&set, "[[tts:voice=bob openrouter_model=a/b speed=2]]", "bob", "a/b");
    assert_settings(&set, "[[tts:provider=elevenlabs voice=bob]]", "bob", "");
    set.may_provider = true; /* a voice of theirs is none of ours */
    assert_settings(&set, "[[tts:voice=bob provider=elevenlabs openrouter_model=a/b]]", "", "a/b");
    assert_settings(&set, "[[tts:provider=OpenRouter voice=bob]]", "bob", "");
    set.may_voice = set.may_model = false;
    assert_settings(&set, "[[tts:voice=bob openroutermodel=a/b]]", "", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_any_pieces),
        cmocka_unit_test(the_rest_is_shown_at_once),
        cmocka_unit_test(nothing_is_held_for_ever),
        cmocka_unit_test(settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
