/* What was typed, and comes back. */
#include "unit.h"

#include "base/file.h"
#include "term/history.h"

#include <sys/stat.h>

struct taken {
    size_t count;
    char first[128], last[128];
};

static void take(void *ctx, str input) {
    struct taken *t = ctx;
    if (!t->count++) str_copy(t->first, sizeof t->first, input);
    str_copy(t->last, sizeof t->last, input);
}

static void what_is_appended_comes_back(void **state) {
    char path[256];
    struct stat st;
    struct taken t = { 0 };
    scratch_path(*state, path, sizeof path, "history");
    assert_int_equal(history_load(path, take, &t, NULL), CHELA_OK); /* there is none yet */
    assert_int_equal(t.count, 0);
    assert_int_equal(history_append(path, S("two\nlines \\n and a \\"), NULL), CHELA_OK);
    assert_int_equal(history_append(path, S("\uD55C\uAD6D\uC5B4"), NULL), CHELA_OK);
    assert_int_equal(history_load(path, take, &t, NULL), CHELA_OK);
    assert_int_equal(t.count, 2);
    assert_string_equal(t.first, "two\nlines \\n and a \\");
    assert_string_equal(t.last, "\uD55C\uAD6D\uC5B4");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void it_does_not_grow_without_end(void **state) {
    char path[256], line[32];
    struct taken t = { 0 };
    scratch_path(*state, path, sizeof path, "history");
    struct buf text = BUF_INIT(1u << 20), kept = BUF_INIT(1u << 20);
    for (int i = 1; i <= 2 * HISTORY_KEEPS + 1; i++) buf_addf(&text, "line %d\n", i);
    assert_int_equal(file_write(path, buf_str(&text), 0600, NULL), CHELA_OK);
    assert_int_equal(history_load(path, take, &t, NULL), CHELA_OK);
    assert_int_equal(t.count, HISTORY_KEEPS);
    snprintf(line, sizeof line, "line %d", HISTORY_KEEPS + 2);
    assert_string_equal(t.first, line);
    assert_int_equal(file_read(path, &kept, NULL), CHELA_OK);
    assert_true(str_starts(buf_str(&kept), str_c(line)));
    t.count = 0;
    assert_int_equal(history_load(path, take, &t, NULL), CHELA_OK);
    assert_int_equal(t.count, HISTORY_KEEPS);
    buf_free(&text);
    buf_free(&kept);
}

static void a_very_long_input_is_not_kept(void **state) {
    char path[256];
    struct buf input = BUF_INIT(1u << 20);
    scratch_path(*state, path, sizeof path, "history");
    while (input.n <= HISTORY_LONGEST) buf_add(&input, S("0123456789"));
    assert_int_equal(history_append(path, buf_str(&input), NULL), CHELA_OK);
    assert_false(file_exists(path));
    buf_free(&input);
}

static void a_file_that_cannot_be_read_is_left_alone(void **state) {
    struct err e = ERR_INIT;
    struct taken t = { 0 };
    const struct scratch *s = *state;
    assert_int_equal(history_load(s->path, take, &t, &e), CHELA_NOINPUT); /* a folder */
    assert_int_equal(history_append(s->path, S("x"), &e), CHELA_IO);
    assert_int_equal(t.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_appended_comes_back, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(it_does_not_grow_without_end, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(a_very_long_input_is_not_kept, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read_is_left_alone, scratch_make,
                                        scratch_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
