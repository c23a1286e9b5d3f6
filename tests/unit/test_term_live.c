/* What is painted is what is seen, with little drawn twice and nothing above the screen touched. */
#include "unit.h"

#include "term/live.h"
#include "vt_screen.h"

struct bench {
    struct look look;
    struct live live;
    struct vt screen;
    struct buf out, seen;
};

static void begin(struct bench *b, size_t columns, size_t rows) {
    *b = (struct bench){ .look = { .columns = columns, .rows = rows, .moves = true } };
    live_init(&b->live, &b->look);
    vt_init(&b->screen, columns, rows);
    buf_init(&b->out, 1u << 20);
    buf_init(&b->seen, 1u << 20);
}

static void end(struct bench *b) {
    live_free(&b->live);
    vt_free(&b->screen);
    buf_free(&b->out);
    buf_free(&b->seen);
}

static void paint(struct bench *b, const char *done, const char *open) {
    buf_clear(&b->out);
    live_paint(&b->live, str_c(done), str_c(open), &b->out);
    vt_write(&b->screen, buf_str(&b->out));
    assert_null(b->screen.alarm);
}

static void expect(struct bench *b, const char *text) {
    buf_clear(&b->seen);
    vt_text(&b->screen, 0, &b->seen);
    assert_string_equal(b->seen.p, text);
}

static void a_growing_line_is_only_added_to(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 20, 5);
    paint(&b, "", "Hel\n");
    paint(&b, "", "Hello\n");
    assert_string_equal(b.out.p, "lo");
    paint(&b, "", "Hello\n");
    assert_int_equal(b.out.n, 0);
    expect(&b, "Hello\n");
    end(&b);
}

static void finished_lines_stay_and_open_ones_change(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 20, 6);
    paint(&b, "one\n", "two\nthree\n");
    expect(&b, "one\ntwo\nthree\n");
    size_t before = b.screen.written;
    paint(&b, "", "two\nTHREE\n");
    assert_int_equal(b.screen.written - before, 5); /* "two" is not drawn again */
    before = b.screen.written;
    paint(&b, "", "TWO\nTHREE\n");
    assert_int_equal(b.screen.written - before, 8); /* the last one places the cursor */
    paint(&b, "TWO\n", "four\n");
    expect(&b, "one\nTWO\nfour\n");
    paint(&b, "five\n", "");
    expect(&b, "one\nTWO\nfive\n");
    paint(&b, "six\n", "");
    expect(&b, "one\nTWO\nfive\nsix\n");
    end(&b);
}

static void what_is_gone_is_cleared(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 10, 6);
    paint(&b, "", "a long one\nb\nc\nd\n");
    paint(&b, "", "short\nb\n");
    expect(&b, "short\nb\n");
    paint(&b, "", "");
    expect(&b, "\n");
    paint(&b, "end\n", "");
    expect(&b, "end\n");
    end(&b);
}

static void a_full_line_keeps_its_last_character(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 5, 6);
    paint(&b, "", "12345\nx\n");
    paint(&b, "", "67890\nx\n");
    paint(&b, "", "67890\n\uD55C\uAD6D1\n");
    paint(&b, "67890\n", "\uAD6D\uD55C2\n");
    expect(&b, "67890\n\uAD6D\uD55C2\n");
    end(&b);
}

static void lines_wider_than_the_screen_are_counted_in_rows(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 5, 8);
    paint(&b, "", "abcdefghijklm\nx\n");
    paint(&b, "", "ABCDEFGHIJKLM\ny\n");
    expect(&b, "ABCDE\nFGHIJ\nKLM\ny\n");
    paint(&b, "", "abc\ny\n");
    expect(&b, "abc\ny\n");
    paint(&b, "", "abcd\uD55Cefgh\ny\n"); /* the wide one does not fit into the first row */
    paint(&b, "abcd\uD55Cefgh\n", "z\n");
    expect(&b, "abcd\n\uD55Cefg\nh\nz\n");
    end(&b);
}

static void what_has_left_the_screen_is_left_alone(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 10, 3);
    paint(&b, "", "1\n2\n3\n4\n5\n");
    paint(&b, "", "one\ntwo\nthree\nfour\nfive\n");
    expect(&b, "1\n2\nthree\nfour\nfive\n");
    paint(&b, "one\ntwo\nthree\nfour\n", "FIVE\nsix\n");
    expect(&b, "1\n2\nthree\nfour\nFIVE\nsix\n");
    end(&b);
}

static void a_long_last_line_is_not_drawn_again_and_again(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 10, 3);
    char line[202] = "";
    for (size_t i = 0; i < 200; i++) {
        line[i] = (char)('a' + i % 26);
        line[i + 1] = '\n';
        paint(&b, "", line);
    }
    assert_int_equal(b.screen.written, 200);
    assert_int_equal(b.screen.lines, 20);
    end(&b);
}

static void terminals_that_disagree_about_a_width(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 20, 5); /* this one draws a family as three people: six cells for our two */
    paint(&b, "", "a \U0001F468\u200D\U0001F469\u200D\U0001F467 long line\nx\n");
    paint(&b, "", "\U0001F468\u200D\U0001F469\nx\n");
    expect(&b, "\U0001F468\u200D\U0001F469\nx\n");
    end(&b);
}

static void a_terminal_that_cannot_move_gets_lines_only(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 10, 3);
    b.look.moves = false;
    paint(&b, "one\n", "tw\n");
    paint(&b, "two\n", "");
    assert_string_equal(b.out.p, "two\n");
    end(&b);
}

static void a_new_width(void **state) {
    (void)state;
    struct bench b;
    begin(&b, 8, 6);
    paint(&b, "", "one two\nthree\n");
    /* Narrower: the terminal has broken its lines anew, so four rows lie under the first one. */
    struct vt narrow;
    vt_init(&narrow, 4, 6);
    vt_write(&narrow, S("one two\r\nthree"));
    assert_int_equal(narrow.row, 3);
    vt_free(&b.screen);
    b.screen = narrow;
    b.look.columns = 4;
    live_resized(&b.live, true);
    paint(&b, "", "one\ntwo\nthre\ne!\n");
    expect(&b, "one\ntwo\nthre\ne!\n");
    end(&b);
}

static unsigned next(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* Whatever is painted in whatever order, the screen ends as if it had been printed at once. */
static void any_changes(size_t rows, unsigned seed) {
    static const char *const words[] = { "",
                                         "a",
                                         "bc def",
                                         "0123456789abcdef",
                                         "\uD55C\uAD6D\uC5B4\uD55C\uAD6D\uC5B4",
                                         "e\u0301",
                                         "\033[0;1mx\033[0m",
                                         "12345678" };
    struct bench b;
    struct vt whole;
    struct buf all = BUF_INIT(1u << 16), done = BUF_INIT(1u << 16), open = BUF_INIT(1u << 16);
    begin(&b, 8, rows);
    vt_init(&whole, 8, rows);
    for (int step = 0; step < 12; step++) {
        buf_clear(&done);
        buf_clear(&open);
        for (unsigned i = next(&seed) % 3; i; i--) buf_addf(&done, "%s\n", words[next(&seed) % 8]);
        for (unsigned i = next(&seed) % 5; i; i--) buf_addf(&open, "%s\n", words[next(&seed) % 8]);
        buf_add(&all, buf_str(&done));
        paint(&b, done.n ? done.p : "", open.n ? open.p : "");
    }
    buf_add(&all, open.n ? buf_str(&open) : S("\n"));
    for (str rest = buf_str(&all), line; rest.n;) {
        str_cut(rest, '\n', &line, &rest);
        vt_write(&whole, line);
        if (rest.n) vt_write(&whole, S("\r\n"));
    }
    buf_clear(&all);
    vt_text(&whole, vt_top(&whole), &all);
    vt_text(&b.screen, vt_top(&b.screen), &b.seen);
    /* A small screen is not scrolled back for lines that are gone: less of the past is seen. */
    if (rows < 100 ? !str_ends(buf_str(&all), buf_str(&b.seen)) : strcmp(all.p, b.seen.p) != 0)
        fail_msg("seen\n%s\nfor\n%s", b.seen.p, all.p);
    vt_free(&whole);
    buf_free(&all);
    buf_free(&done);
    buf_free(&open);
    end(&b);
}

static void any_changes_lead_to_the_same_screen(void **state) {
    (void)state;
    for (unsigned seed = 1; seed <= 400; seed++) {
        any_changes(200, seed);
        any_changes(16, seed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_growing_line_is_only_added_to),
        cmocka_unit_test(finished_lines_stay_and_open_ones_change),
        cmocka_unit_test(what_is_gone_is_cleared),
        cmocka_unit_test(a_full_line_keeps_its_last_character),
        cmocka_unit_test(lines_wider_than_the_screen_are_counted_in_rows),
        cmocka_unit_test(what_has_left_the_screen_is_left_alone),
        cmocka_unit_test(a_long_last_line_is_not_drawn_again_and_again),
        cmocka_unit_test(terminals_that_disagree_about_a_width),
        cmocka_unit_test(a_terminal_that_cannot_move_gets_lines_only),
        cmocka_unit_test(a_new_width),
        cmocka_unit_test(any_changes_lead_to_the_same_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
