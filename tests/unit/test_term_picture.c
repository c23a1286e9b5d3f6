/* Pictures: to a terminal of kitty's protocol as they are, else through chafa, else not at all. */
#include "unit.h"

#include "base/base64.h"
#include "term/picture.h"

#include <string.h>
#include <sys/stat.h>

static const struct look look = { .columns = 40, .rows = 20, .colour = true, .moves = true };

/* A PNG's beginning: its size is all that is looked at. */
static str png(unsigned char bytes[64], unsigned width, unsigned height) {
    memcpy(bytes, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    for (unsigned i = 0; i < 4; i++) {
        bytes[16 + i] = (unsigned char)(width >> (24 - 8 * i));
        bytes[20 + i] = (unsigned char)(height >> (24 - 8 * i));
    }
    return (str){ (const char *)bytes, 64 };
}

static void the_environment_tells_of_kitty(void **state) {
    (void)state;
    /* Inside tmux nobody is asked; what is found out stays so for the process. */
    static const char *const inside[] = { "TERM=tmux-256color", "TMUX=/x", "KITTY_WINDOW_ID=1",
                                          NULL };
    struct buf typed = BUF_INIT(64);
    assert_false(picture_kitty(inside, &typed));
    assert_int_equal(typed.n, 0);
    buf_free(&typed);
}

static void a_png_is_sent_whole_and_fitted(void **state) {
    (void)state;
    static const struct {
        unsigned width, height;
        const char *size;
    } rows[] = {
        { 900, 450, "c=40,r=10," },  /* as wide as the screen */
        { 900, 1800, "c=16,r=16," }, /* as high as may be */
        { 16, 16, "c=2,r=1," },      /* an icon stays one */
        { 1, 4000, "c=1,r=16," },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char bytes[64] = { 0 };
        struct buf out = BUF_INIT(1u << 16), decoded = BUF_INIT(1u << 16);
        str picture = png(bytes, rows[i].width, rows[i].height);
        assert_true(picture_show("x.png", picture, true, &look, &out));
        if (!str_has(buf_str(&out), str_c(rows[i].size))) fail_msg("row %zu: %.60s", i, out.p + 1);
        ptrdiff_t start = str_chr(buf_str(&out), ';'), end = str_rchr(buf_str(&out), '\033');
        str text = str_skip(str_head(buf_str(&out), (size_t)end), (size_t)start + 1);
        assert_true(base64_decode(&decoded, text));
        assert_true(str_eq(buf_str(&decoded), picture));
        buf_free(&out);
        buf_free(&decoded);
    }
}

static void a_large_one_goes_in_chunks(void **state) {
    (void)state;
    unsigned char head[64] = { 0 };
    struct buf large = BUF_INIT(1u << 16), out = BUF_INIT(1u << 17);
    buf_add(&large, png(head, 100, 100));
    while (large.n < 10000) buf_addc(&large, 'x');
    assert_true(picture_show("x.png", buf_str(&large), true, &look, &out));
    size_t chunks = 0;
    for (str rest = buf_str(&out), part; str_cut(rest, '\033', &part, &rest);)
        chunks += str_starts(rest, S("_G"));
    assert_int_equal(chunks, 4); /* 13,336 characters, 4,096 at once */
    assert_true(str_has(buf_str(&out), S("_Gm=0;")) && str_has(buf_str(&out), S("_Gm=1;")));
    buf_free(&large);
    buf_free(&out);
}

static void without_chafa_and_without_a_cursor_nothing_is_shown(void **state) {
    (void)state;
    unsigned char bytes[64] = { 0 };
    struct buf out = BUF_INIT(1u << 16);
    const struct look dumb = { .columns = 40, .rows = 20 };
    assert_false(picture_show("x.png", png(bytes, 10, 10), true, &dumb, &out));
    setenv("PATH", "/nowhere", 1);
    assert_false(picture_show("x.png", png(bytes, 10, 10), false, &look, &out));
    assert_int_equal(out.n, 0);
    buf_free(&out);
}

static void chafa_draws_what_the_terminal_cannot_read(void **state) {
    char path[256], script[256], found[512];
    unsigned char bytes[64] = { 0 };
    struct buf out = BUF_INIT(1u << 16);
    const struct scratch *s = *state;
    scratch_path(s, script, sizeof script, "chafa");
    scratch_path(s, path, sizeof path, "a picture.png");
    FILE *f = fopen(script, "w");
    assert_non_null(f);
    fputs("#!/bin/sh\necho \"$@\"\ncat\n", f); /* its standard input must not be ours */
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(script, 0755), 0);
    snprintf(found, sizeof found, "%s:/usr/bin:/bin", s->path);
    setenv("PATH", found, 1);
    assert_true(picture_show(path, png(bytes, 10, 10), false, &look, &out));
    assert_true(str_starts(buf_str(&out), S("--size=40x16 --animate=off --format=symbols")));
    assert_true(str_has(buf_str(&out), str_c(path)));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_tells_of_kitty),
        cmocka_unit_test(a_png_is_sent_whole_and_fitted),
        cmocka_unit_test(a_large_one_goes_in_chunks),
        cmocka_unit_test_setup_teardown(chafa_draws_what_the_terminal_cannot_read, scratch_make,
                                        scratch_remove),
        cmocka_unit_test(without_chafa_and_without_a_cursor_nothing_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
