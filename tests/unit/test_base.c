/* base/: slices, buffers, arenas, errors, secrets, base64, UTF-8, suggestions, files. */
#include "unit.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mime.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void slices(void **state) {
    (void)state;
    assert_true(str_eq(str_trim(S(" \t a b\r\n")), S("a b")));
    assert_true(str_ieq(S("OpenRouter"), S("openROUTER")));
    assert_false(str_ieq(S("a"), S("ab")));
    assert_int_equal(str_find(S("openrouter/auto"), S("/au")), 10);
    assert_int_equal(str_find(S("abc"), S("abcd")), -1);
    assert_int_equal(str_rchr(S("a/b/c"), '/'), 3);
    str head, rest;
    assert_true(str_cut(S("a=b=c"), '=', &head, &rest));
    assert_true(str_eq(head, S("a")) && str_eq(rest, S("b=c")));
    assert_false(str_cut(S("abc"), '=', &head, &rest));
    assert_true(str_eq(head, S("abc")) && rest.n == 0);
    assert_int_equal(str_skip(S("ab"), 5).n, 0);
    char small[4];
    assert_false(str_copy(small, sizeof small, S("abcdef")));
    assert_string_equal(small, "abc");
}

static void whole_numbers(void **state) {
    (void)state;
    int64_t v = 7;
    assert_true(str_i64(S("-9223372036854775808"), &v));
    assert_true(v == INT64_MIN);
    assert_true(str_i64(S("9223372036854775807"), &v));
    assert_true(v == INT64_MAX);
    v = 7;
    static const char *const bad[] = { "",   "-", "+1", " 1", "1 ", "1.0", "9223372036854775808",
                                       "1e3" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(str_i64(str_c(bad[i]), &v));
    assert_true(v == 7);
    double d;
    assert_true(str_f64(S("-1.5e3"), &d) && d < -1499 && d > -1501);
    assert_false(str_f64(S("0x10"), &d));
    assert_false(str_f64(S("inf"), &d));
    assert_false(str_f64(S("1e999"), &d));
}

static void buffers_keep_their_maximum(void **state) {
    (void)state;
    struct buf b = BUF_INIT(8);
    assert_true(buf_add(&b, S("12345678")));
    assert_false(buf_addc(&b, '9'));
    assert_int_equal(b.failed, BUF_TOO_LARGE);
    assert_int_equal(b.n, 0);
    assert_false(buf_add(&b, S("x"))); /* a failed buffer stays failed */
    buf_free(&b);
    assert_true(buf_addf(&b, "%d-%s", 12, "ab"));
    assert_string_equal(b.p, "12-ab");
    buf_consume(&b, 3);
    assert_string_equal(b.p, "ab");
    buf_free(&b);
}

static void arenas_are_bounded(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(4096);
    str s = arena_printf(&a, "%s/%s", "openrouter", "auto");
    assert_true(str_eq(s, S("openrouter/auto")));
    assert_null(arena_alloc(&a, 5000));
    assert_true(arena_failed(&a));
    assert_null(arena_alloc(&a, SIZE_MAX));
    arena_free(&a);
    assert_false(arena_failed(&a));
    assert_non_null(arena_alloc(&a, 4096));
    assert_null(arena_alloc(&a, 1));
    arena_free(&a);
}

static void errors_carry_codes_and_no_keys(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    assert_int_equal(err_set(&e, CHELA_KEY_REFUSED, "key %s", "sk-or-v1-0123456789abcdef"),
                     CHELA_KEY_REFUSED);
    assert_string_equal(e.message, "key sk-***");
    err_prefix(&e, e.code, "%s: ", "openclaw.json");
    assert_string_equal(e.message, "openclaw.json: key sk-***");
    assert_int_equal(err_exit(CHELA_KEY_REFUSED), 77);
    assert_string_equal(err_code(CHELA_RATE_LIMITED), "rate_limited");
    assert_string_equal(err_code((enum chela_error)9999), "internal");
    err_set(&e, CHELA_IO, "%s, again", e.message); /* the message may quote itself */
    assert_string_equal(e.message, "openclaw.json: key sk-***, again");
}

static void secrets_are_masked(void **state) {
    (void)state;
    char text[] = "Authorization: Bearer abcdefghijkl, x-sk-notakey sk-or-v1-aaaabbbbcccc.";
    secret_redact(text);
    assert_string_equal(text, "Authorization: Bearer ***, x-sk-notakey sk-***");
    char mask[40];
    secret_mask(mask, sizeof mask, S("sk-or-v1-0123456789abcdef"));
    assert_string_equal(mask, "sk-or-v1-…cdef");
    secret_mask(mask, sizeof mask, S("short"));
    assert_string_equal(mask, "***");
    assert_true(secret_eq(S("abc"), S("abc")));
    assert_false(secret_eq(S("abc"), S("abd")));
    assert_false(secret_eq(S("abc"), S("ab")));
}

static void base64_round_trips(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        { "", "" },        { "f", "Zg==" },        { "fo", "Zm8=" },
        { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "\xff\xfe", "//4=" }
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct buf b = BUF_INIT(64);
        assert_true(base64_encode(&b, str_c(pairs[i][0])));
        assert_true(str_eq(buf_str(&b), str_c(pairs[i][1])));
        buf_clear(&b);
        assert_true(base64_decode(&b, str_c(pairs[i][1])));
        assert_true(str_eq(buf_str(&b), str_c(pairs[i][0])));
        buf_free(&b);
    }
    static const char *const bad[] = { "Z", "Zg=", "Zg===", "Z!==", "Zg==Zg==", "=" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct buf b = BUF_INIT(64);
        assert_false(base64_decode(&b, str_c(bad[i])));
        buf_free(&b);
    }
    struct buf b = BUF_INIT(64);
    assert_true(base64_decode(&b, S("__4")));
    assert_true(str_eq(buf_str(&b), S("\xff\xfe")));
    buf_free(&b);
}

/* However a text is cut, its pieces say what the whole says: every length of data, every cut. */
static void base64_in_pieces(void **state) {
    (void)state;
    const str bytes = S("\x00\xff pieces of a picture \x80\x7f");
    for (size_t n = 0; n <= bytes.n; n++) {
        struct buf text = BUF_INIT(128), out = BUF_INIT(128);
        assert_true(base64_encode(&text, str_head(bytes, n)));
        for (size_t cut = 0; cut <= text.n; cut++) {
            struct base64_stream s = { 0 };
            buf_clear(&out);
            assert_true(base64_feed(&s, &out, str_head(buf_str(&text), cut)));
            assert_true(base64_feed(&s, &out, S(" \r\n")));
            assert_true(base64_feed(&s, &out, str_skip(buf_str(&text), cut)));
            assert_true(base64_finish(&s, &out));
            assert_true(str_eq(buf_str(&out), str_head(bytes, n)));
        }
        buf_free(&text);
        buf_free(&out);
    }
    struct base64_stream s = { 0 };
    struct buf out = BUF_INIT(128);
    assert_true(base64_feed(&s, &out, S("Zm9vYg")));
    assert_false(base64_feed(&s, &out, S("*")));
    assert_false(base64_feed(&s, &out, S("Zm9v"))); /* for good */
    assert_false(base64_finish(&s, &out));
    buf_free(&out);
}

static void utf8_is_strict(void **state) {
    (void)state;
    assert_true(utf8_valid(S("한국어 \xF0\x9F\xA6\x80")));
    static const char *const bad[] = { "\xC0\x80",     "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                       "\xE0\x9F\xBF", "\xFF",         "\x80",
                                       "\xE2\x82" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(utf8_valid(str_c(bad[i])));
    str crab = S("\xF0\x9F\xA6\x80");
    for (size_t n = 1; n < 4; n++) assert_int_equal(utf8_partial_tail(str_head(crab, n)), n);
    assert_int_equal(utf8_partial_tail(crab), 0);
    assert_int_equal(utf8_partial_tail(S("a\x80")), 0); /* can never become whole */
}

static void suggestions_are_near(void **state) {
    (void)state;
    static const struct {
        const char *typed, *best;
    } rows[] = {
        { "modle", "model" }, { "promt", "prompt" }, { "xyzzy", "" }, { "mdoel", "model" }
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct suggest s;
        suggest_init(&s, str_c(rows[i].typed));
        suggest_offer(&s, S("prompt"));
        suggest_offer(&s, S("model"));
        assert_true(str_eq(s.best, str_c(rows[i].best)));
    }
}

static void pictures_are_known_by_their_bytes(void **state) {
    (void)state;
    assert_true(str_eq(mime_of_picture(S("\x89PNG\r\n\x1a\n....")), S("image/png")));
    assert_true(str_eq(mime_of_picture(S("RIFF....WEBPVP8 ")), S("image/webp")));
    assert_int_equal(mime_of_picture(S("RIFF....WAVEfmt ")).n, 0);
    assert_int_equal(mime_of_picture(S("<html>")).n, 0);
}

static void files_are_written_whole(void **state) {
    struct scratch *dir = *state;
    char path[256], link[256];
    struct err e = ERR_INIT;
    scratch_path(dir, path, sizeof path, "a/b/c.json");
    scratch_path(dir, link, sizeof link, "link");
    assert_int_equal(file_write(path, S("x"), 0600, &e), CHELA_IO); /* no folder yet */
    assert_true(str_has(str_c(e.message), S("c.json")));
    char folder[256];
    scratch_path(dir, folder, sizeof folder, "a/b");
    assert_int_equal(file_mkdirs(folder, 0700, &e), CHELA_OK);
    assert_int_equal(file_write(path, S("one"), 0600, &e), CHELA_OK);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(file_write(link, S("two"), 0600, &e), CHELA_OK); /* through the link */
    struct stat st;
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct buf b = BUF_INIT(3);
    assert_int_equal(file_read(path, &b, &e), CHELA_OK);
    assert_true(str_eq(buf_str(&b), S("two")));
    buf_free(&b);
    struct buf small = BUF_INIT(2);
    assert_int_equal(file_read(path, &small, &e), CHELA_LIMIT);
    buf_free(&small);
    struct buf none = BUF_INIT(2);
    assert_int_equal(file_read(folder, &none, &e), CHELA_NOINPUT);
    buf_free(&none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(buffers_keep_their_maximum),
        cmocka_unit_test(arenas_are_bounded),
        cmocka_unit_test(errors_carry_codes_and_no_keys),
        cmocka_unit_test(secrets_are_masked),
        cmocka_unit_test(base64_round_trips),
        cmocka_unit_test(base64_in_pieces),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(suggestions_are_near),
        cmocka_unit_test(pictures_are_known_by_their_bytes),
        cmocka_unit_test_setup_teardown(files_are_written_whole, scratch_make, scratch_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
