/* Cells, line breaks, and text made harmless. */
#include "unit.h"

#include "term/safe.h"
#include "term/width.h"
#include "term/wrap.h"

#include <string.h>

static void cells_of_clusters(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t cells, clusters;
    } rows[] = {
        { "", 0, 0 },
        { "plain", 5, 5 },
        { "s\u00FC\u00DF", 3, 3 },
        { "e\u0301", 1, 1 },                    /* e and its accent */
        { "\uD55C\uAD6D\uC5B4", 6, 3 },         /* Korean */
        { "\u1112\u1161\u11AB", 2, 1 },         /* a syllable in its parts */
        { "\u4E2D\u6587\uFF0C", 6, 3 },         /* Chinese and a wide comma */
        { "\u30AB\u3099", 2, 1 },               /* ka made ga by a mark */
        { "\U0001F600", 2, 1 },                 /* a face */
        { "\U0001FAE8", 2, 1 },                 /* one that is newer than this libc */
        { "\u2764", 1, 1 },                     /* a heart as text */
        { "\u2764\uFE0F", 2, 1 },               /* and as a picture */
        { "1\uFE0F\u20E3", 2, 1 },              /* a keycap */
        { "a\uFE0F", 1, 1 },                    /* nothing to make a picture of */
        { "\U0001F44D\U0001F3FD", 2, 1 },       /* with a skin tone */
        { "a\U0001F3FD", 3, 2 },                /* nobody to have one */
        { "\U0001F469\u200D\U0001F680", 2, 1 }, /* an astronaut */
        { "\U0001F468\u200D\U0001F469\u200D\U0001F467", 2, 1 }, /* a family */
        { "\U0001F1F0\U0001F1F7", 2, 1 },                       /* a flag */
        { "\U0001F1F0\U0001F1F7\U0001F1E9\U0001F1EA", 4, 2 },
        { "\U0001F3F4\U000E0067\U000E0062\U000E007F", 2, 1 }, /* a flag in tag characters */
        { "a\u200Db", 2, 2 },             /* a joiner joins letters to nothing */
        { "\xFF\xC3", 2, 2 },             /* not UTF-8 */
        { "\033[0;1mbold\033[0m", 4, 6 }, /* styling */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str rest = str_c(rows[i].text);
        size_t clusters = 0;
        struct width w;
        for (; rest.n; clusters++) rest = str_skip(rest, width_cluster(rest, &w));
        if (width_of(str_c(rows[i].text)) != rows[i].cells || clusters != rows[i].clusters)
            fail_msg("row %zu \"%s\": %zu cells, %zu clusters", i, rows[i].text,
                     width_of(str_c(rows[i].text)), clusters);
    }
}

static void the_most_that_older_terminals_take(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t most;
    } rows[] = {
        { "abc", 3 },
        { "\uD55C", 2 },
        { "\u2764\uFE0F", 2 },
        { "\U0001F44D\U0001F3FD", 4 },
        { "\U0001F468\u200D\U0001F469\u200D\U0001F467", 6 },
        { "\U0001F1F0\U0001F1F7", 2 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(width_both(str_c(rows[i].text)).most, rows[i].most);
}

static void heads_keep_clusters_whole(void **state) {
    (void)state;
    size_t used;
    assert_true(str_eq(width_head(S("abc"), 2, &used), S("ab")));
    assert_int_equal(used, 2);
    assert_true(str_eq(width_head(S("a\uD55Cb"), 2, &used), S("a")));
    assert_int_equal(used, 1);
    assert_true(str_eq(width_head(S("e\u0301e\u0301"), 1, NULL), S("e\u0301")));
    assert_true(str_eq(width_head(S("\033[0;1mab\033[0mc"), 2, NULL), S("\033[0;1mab\033[0m")));
    assert_int_equal(width_head(S("\uD55C"), 1, &used).n, 0);
}

static void rows_as_a_terminal_breaks_them(void **state) {
    (void)state;
    size_t end;
    assert_int_equal(width_rows(S(""), 4, &end), 1);
    assert_int_equal(end, 0);
    assert_int_equal(width_rows(S("abcd"), 4, &end), 1);
    assert_int_equal(end, 4);
    assert_int_equal(width_rows(S("abcde"), 4, &end), 2);
    assert_int_equal(end, 1);
    assert_int_equal(width_rows(S("abc\uD55C"), 4, &end), 2); /* does not fit beside abc */
    assert_int_equal(end, 2);
    assert_int_equal(width_rows(S("abcde"), 4, NULL), 2);
}

static void doubtful_widths(void **state) {
    (void)state;
    assert_false(width_is_doubtful(S("plain, \uD55C\uAD6D, \U0001F600, e\u0301")));
    assert_true(width_is_doubtful(S("x \u26A0\uFE0F")));
    assert_true(width_is_doubtful(S("x \U0001F469\u200D\U0001F680")));
    assert_true(width_is_doubtful(S("x \U0001F44D\U0001F3FD")));
    assert_true(width_is_doubtful(S("x \U0001F1F0\U0001F1F7")));
}

/* The lines joined by '|'. */
static void wrapped(const char *text, size_t columns, char *out, size_t cap) {
    struct buf lines = BUF_INIT(4096);
    struct wrap w;
    str line;
    wrap_init(&w, str_c(text), columns);
    while (wrap_line(&w, &line)) {
        if (lines.n) buf_addc(&lines, '|');
        buf_add(&lines, line.n ? line : S("-"));
        assert_true(lines.n < 1000); /* it comes to an end */
    }
    str_copy(out, cap, buf_str(&lines));
    buf_free(&lines);
}

static void lines_break_where_they_may(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
        const char *lines;
    } rows[] = {
        { "", 10, "-" },
        { "one two three", 7, "one two|three" },
        { "one two three", 8, "one two|three" },
        { "one  two", 4, "one|two" },
        { "one\ntwo", 10, "one|two" },
        { "one\n\ntwo\n", 10, "one|-|two" },
        { "abcdefgh", 3, "abc|def|gh" },
        { "a abcdefgh", 4, "a|abcd|efgh" },
        { "well-known words", 6, "well-|known|words" },
        { "-5 -5", 3, "-5|-5" },
        { "  indented text", 10, "  indented|text" },
        { "\u4E2D\u6587\u5B57\u7B26", 5, "\u4E2D\u6587|\u5B57\u7B26" },
        /* a full stop does not begin a line, an opening bracket does not end one */
        { "\u4E2D\u6587\u3002\u5B57", 4, "\u4E2D|\u6587\u3002|\u5B57" },
        { "\u4E2D\u6587\uFF08\u5B57\uFF09", 6, "\u4E2D\u6587|\uFF08\u5B57\uFF09" },
        { "word\u4E2D\u6587", 6, "word\u4E2D|\u6587" },
        /* Korean breaks at blanks, and inside a word only when it must */
        { "\uD55C\uAD6D \uC5B4\uC0AC", 7, "\uD55C\uAD6D|\uC5B4\uC0AC" },
        { "\uD55C\uAD6D\uC5B4\uC0AC", 5, "\uD55C\uAD6D|\uC5B4\uC0AC" },
        { "\U0001F468\u200D\U0001F469 x", 5, "\U0001F468\u200D\U0001F469|x" },
        { "\U0001F468\u200D\U0001F469 x", 6, "\U0001F468\u200D\U0001F469 x" },
        { "x \U0001F468\u200D\U0001F469", 5, "x|\U0001F468\u200D\U0001F469" },
        { "\uD55C", 1, "\uD55C" }, /* wider than the line: it goes over */
        { "\033[0;1mone two\033[0m", 4, "\033[0;1mone|two\033[0m" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char lines[512];
        wrapped(rows[i].text, rows[i].columns, lines, sizeof lines);
        if (strcmp(lines, rows[i].lines) != 0)
            fail_msg("row %zu: \"%s\" for \"%s\"", i, lines, rows[i].lines);
    }
}

static void a_style_goes_on_in_the_next_line(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1024);
    struct wrap w;
    str line, style = S("");
    wrap_init(&w, S("a \033[0;1mb c\033[0m d"), 3);
    while (wrap_line(&w, &line)) {
        wrap_emit(&out, line, &style);
        buf_addc(&out, '\n');
    }
    assert_string_equal(out.p, "a \033[0;1mb\033[0m\n\033[0;1mc\033[0m d\n");
    assert_int_equal(style.n, 0);
    buf_free(&out);
}

static void what_could_act_is_shown(void **state) {
    (void)state;
    static const struct {
        const char *text, *safe;
    } rows[] = {
        { "plain\n\ttext", "plain\n\ttext" },
        { "\033[31mred\007", "\u241B[31mred\u2407" },
        { "\033]0;title\033\\", "\u241B]0;title\u241B\\" },
        { "\x7F\r", "\u2421\u240D" },
        { "\xC2\x9B"
          "31m",
          "\uFFFD"
          "31m" }, /* CSI in one character */
        { "\xFF", "\uFFFD" },
        { "a\u202Eb\u2066c\u202C", "a\uFFFDb\uFFFDc\uFFFD" },
        { "\u05D0\u200F!", "\u05D0\u200F!" },       /* a mark that Hebrew needs */
        { "\U000E0041\U000E0042", "\uFFFD\uFFFD" }, /* text in tag characters */
        { "\U0001F3F4\U000E0067\U000E007F", "\U0001F3F4\U000E0067\U000E007F" },
        { "\uFEFFx", "\uFFFDx" },
        { "a\u2028b", "a\nb" },
        { "\U0001F468\u200D\U0001F469", "\U0001F468\u200D\U0001F469" },
    };
    struct buf out = BUF_INIT(1024);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_clear(&out);
        safe_text(&out, str_c(rows[i].text));
        if (strcmp(out.p, rows[i].safe) != 0) fail_msg("row %zu: \"%s\"", i, out.p);
    }
    buf_clear(&out);
    safe_line(&out, S("a\nb\tc\u2029d\0e"));
    assert_string_equal(out.p, "a b c d\u2400e");
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_clusters),
        cmocka_unit_test(the_most_that_older_terminals_take),
        cmocka_unit_test(heads_keep_clusters_whole),
        cmocka_unit_test(rows_as_a_terminal_breaks_them),
        cmocka_unit_test(doubtful_widths),
        cmocka_unit_test(lines_break_where_they_may),
        cmocka_unit_test(a_style_goes_on_in_the_next_line),
        cmocka_unit_test(what_could_act_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
