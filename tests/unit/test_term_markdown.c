/* Markdown on a screen: goldens in tests/data/term, NAME.in → NAME.COLUMNS.txt, and the promise
 * that text which comes byte by byte looks in the end as if it had come at once. */
#include "unit.h"

#include "base/file.h"
#include "markdown_screen.h"

static const struct golden {
    const char *name;
    size_t columns;
    bool colour;
} goldens[] = {
    { "article", 72, false }, { "article", 30, false },    { "article", 72, true },
    { "tables", 80, false },  { "tables", 48, false },     { "tables", 24, false },
    { "tables", 60, true },   { "unfinished", 60, false }, { "hostile", 60, false },
    { "hostile", 40, true },  { "emoji", 50, false },      { "emoji", 20, false },
};
enum { GOLDENS = sizeof goldens / sizeof goldens[0] };

static void read_data(const char *name, struct buf *out) {
    char path[512];
    struct err e = ERR_INIT;
    snprintf(path, sizeof path, TEST_DATA "/term/%s", name);
    if (file_read(path, out, &e) != CHELA_OK) fail_msg("%s", e.message);
}

/* Escapes as they can be read: "^[". */
static void readable(str text, struct buf *out) {
    str part;
    while (str_cut(text, '\033', &part, &text)) {
        buf_add(out, part);
        buf_add(out, S("^["));
    }
    buf_add(out, part);
}

static void goldens_at_several_widths(void **state) {
    (void)state;
    for (size_t i = 0; i < GOLDENS; i++) {
        const struct golden *g = &goldens[i];
        const struct look look = { .columns = g->columns, .rows = 24, .colour = g->colour };
        char name[64];
        struct buf source = BUF_INIT(1u << 20), wanted = BUF_INIT(1u << 20);
        struct buf lines = BUF_INIT(1u << 20), shown = BUF_INIT(1u << 20);
        snprintf(name, sizeof name, "%s.in", g->name);
        read_data(name, &source);
        snprintf(name, sizeof name, "%s.%zu%s.txt", g->name, g->columns,
                 g->colour ? ".colour" : "");
        markdown_at_once(buf_str(&source), &look, &lines);
        readable(buf_str(&lines), &shown);
        read_data(name, &wanted);
        if (!str_eq(buf_str(&shown), buf_str(&wanted))) fail_msg("%s: now\n%s", name, shown.p);
        buf_free(&source);
        buf_free(&wanted);
        buf_free(&lines);
        buf_free(&shown);
    }
}

static void byte_by_byte_is_as_at_once(void **state) {
    (void)state;
    for (size_t i = 0; i < GOLDENS; i++) {
        const struct golden *g = &goldens[i];
        const struct look look = {
            .columns = g->columns, .rows = 400, .colour = g->colour, .moves = true
        };
        char name[64];
        struct buf source = BUF_INIT(1u << 20), lines = BUF_INIT(1u << 20);
        struct buf wanted = BUF_INIT(1u << 20), seen = BUF_INIT(1u << 20);
        struct vt whole, pieces;
        snprintf(name, sizeof name, "%s.in", g->name);
        read_data(name, &source);
        markdown_at_once(buf_str(&source), &look, &lines);
        vt_init(&whole, look.columns, look.rows);
        markdown_print(buf_str(&lines), &whole);
        vt_text(&whole, 0, &wanted);
        for (size_t most = 1; most <= 40; most += 13) {
            vt_init(&pieces, look.columns, look.rows);
            markdown_in_pieces(buf_str(&source), &look, most, (uint32_t)most, &pieces);
            if (pieces.alarm) fail_msg("%s: %s", name, pieces.alarm);
            buf_clear(&seen);
            vt_text(&pieces, 0, &seen);
            if (!str_eq(buf_str(&seen), buf_str(&wanted)))
                fail_msg("%s in pieces of %zu:\n%s\nat once:\n%s", name, most, seen.p, wanted.p);
            assert_false(pieces.styled);
            vt_free(&pieces);
        }
        vt_free(&whole);
        buf_free(&source);
        buf_free(&lines);
        buf_free(&wanted);
        buf_free(&seen);
    }
}

/* On a small screen the part that can be seen is right, and nothing reaches above it. */
static void on_a_small_screen_too(void **state) {
    (void)state;
    struct buf source = BUF_INIT(1u << 20), lines = BUF_INIT(1u << 20);
    struct buf wanted = BUF_INIT(1u << 20), seen = BUF_INIT(1u << 20);
    const struct look look = { .columns = 48, .rows = 7, .moves = true };
    struct vt whole, pieces;
    read_data("tables.in", &source);
    markdown_at_once(buf_str(&source), &look, &lines);
    vt_init(&whole, look.columns, look.rows);
    vt_init(&pieces, look.columns, look.rows);
    markdown_print(buf_str(&lines), &whole);
    markdown_in_pieces(buf_str(&source), &look, 3, 3, &pieces);
    assert_null(pieces.alarm);
    vt_text(&whole, vt_top(&whole), &wanted);
    vt_text(&pieces, vt_top(&pieces), &seen);
    assert_string_equal(seen.p, wanted.p);
    vt_free(&whole);
    vt_free(&pieces);
    buf_free(&source);
    buf_free(&lines);
    buf_free(&wanted);
    buf_free(&seen);
}

/* A megabyte in which nothing ever ends: pieces stay small, and everything is shown, once. */
static void a_megabyte_without_an_end(void **state) {
    (void)state;
    static const struct {
        const char *first, *before, *after;
    } kinds[] = {
        { "", "", " " },                    /* one line */
        { "", "", "\n" },                   /* one paragraph */
        { "", "- ", "\n" },                 /* one list */
        { "", "1. ", "\n" },                /* … with numbers */
        { "- ", "", "\n" },                 /* … with one item */
        { "| a |\n|---|\n", "| ", " |\n" }, /* one table */
        { "", "> ", "\n" },                 /* one quote */
        { "```\n", "", "\n" },              /* one block of code */
        { "```\n", "", " " },               /* … with one line */
    };
    const struct look look = { .columns = 60, .rows = 24 };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct buf text = BUF_INIT(2u << 20), once = BUF_INIT(8u << 20);
        struct markdown m;
        unsigned words = 0, shown = 0;
        buf_add(&text, str_c(kinds[i].first));
        while (text.n < 1u << 20)
            buf_addf(&text, "%sword%u%s", kinds[i].before, ++words, kinds[i].after);
        markdown_at_once(buf_str(&text), &look, &once);
        markdown_init(&m, &look);
        for (str rest = buf_str(&text); rest.n; rest = str_skip(rest, 997)) {
            markdown_feed(&m, str_head(rest, 997));
            assert_in_range(m.piece.n, 0, MARKDOWN_MAX_PIECE);
        }
        markdown_end(&m);
        assert_true(str_eq(buf_str(&once), markdown_done(&m)));
        for (size_t at = 0; at < once.n; at++) shown += once.p[at] == 'd';
        if (shown != words) fail_msg("kind %zu: %u words, %u shown", i, words, shown);
        char last[64];
        snprintf(last, sizeof last, "\n%u. word%u\n", words, words);
        if (strcmp(kinds[i].before, "1. ") == 0) assert_true(str_ends(buf_str(&once), str_c(last)));
        markdown_free(&m);
        buf_free(&text);
        buf_free(&once);
    }
}

static void numbers_begin_anew_in_a_new_list(void **state) {
    (void)state;
    const struct look look = { .columns = 60, .rows = 24 };
    struct buf out = BUF_INIT(4096);
    markdown_at_once(S("1. a\n1. b\n\nText\n\n1. c\n\nText\n\n5) d\n6) e\n"), &look, &out);
    assert_string_equal(out.p, "1. a\n2. b\n\nText\n\n1. c\n\nText\n\n5) d\n6) e\n");
    buf_free(&out);
}

static void half_a_character_is_not_shown(void **state) {
    (void)state;
    const struct look look = { .columns = 60, .rows = 24 };
    struct buf open = BUF_INIT(4096);
    struct markdown m;
    markdown_init(&m, &look);
    markdown_feed(&m, S("a\xED\x95"));
    markdown_open(&m, &open);
    assert_string_equal(open.p, "a\n");
    markdown_feed(&m, S("\x9C"));
    buf_clear(&open);
    markdown_open(&m, &open);
    assert_string_equal(open.p, "a\uD55C\n");
    markdown_free(&m);
    buf_free(&open);
}

static void carriage_returns_are_dropped(void **state) {
    (void)state;
    const struct look look = { .columns = 60, .rows = 24 };
    struct buf out = BUF_INIT(4096);
    markdown_at_once(S("a\r\nb\r\n\r\n```\r\nc\r\n```\r\nd"), &look, &out);
    assert_true(str_starts(buf_str(&out), S("a\nb\n\n\u2500")));
    assert_true(str_has(buf_str(&out), S("\nc\n")) && str_ends(buf_str(&out), S("\n\nd\n")));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goldens_at_several_widths),
        cmocka_unit_test(byte_by_byte_is_as_at_once),
        cmocka_unit_test(on_a_small_screen_too),
        cmocka_unit_test(a_megabyte_without_an_end),
        cmocka_unit_test(numbers_begin_anew_in_a_new_list),
        cmocka_unit_test(half_a_character_is_not_shown),
        cmocka_unit_test(carriage_returns_are_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
