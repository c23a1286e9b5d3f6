/* A draft is invisible until it is whole, and leaves nothing behind when it is dropped. */
#include "unit.h"

#include "base/draft.h"
#include "base/file.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned files_in(const char *path) {
    DIR *folder = opendir(path);
    assert_non_null(folder);
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static void assert_holds(const char *path, const char *text) {
    struct buf bytes = BUF_INIT(1024);
    assert_int_equal(file_read(path, &bytes, NULL), CHELA_OK);
    assert_true(str_eq(buf_str(&bytes), str_c(text)));
    buf_free(&bytes);
}

static void replaces_at_once(void **state) {
    const struct scratch *s = *state;
    char target[256];
    scratch_path(s, target, sizeof target, "x.bin");
    assert_int_equal(file_write(target, S("before"), 0644, NULL), CHELA_OK);
    struct draft d;
    struct err e = ERR_INIT;
    assert_int_equal(draft_begin(&d, s->path, 0640, &e), CHELA_OK);
    assert_int_equal(draft_write(&d, S("af"), &e), CHELA_OK);
    assert_int_equal(draft_write(&d, S("ter"), &e), CHELA_OK);
    assert_true(d.size == 5);
    assert_holds(target, "before");
    char head[4];
    assert_int_equal(draft_head(&d, head, sizeof head), 4);
    assert_memory_equal(head, "afte", 4);
    assert_int_equal(draft_commit(&d, target, &e), CHELA_OK);
    assert_holds(target, "after");
    assert_int_equal(d.fd, -1);
    draft_drop(&d); /* nothing to do, and nothing done */
    assert_int_equal(files_in(s->path), 1);
    struct stat st;
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat(target, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640 & ~mask);
}

static void dropped_or_failed_it_leaves_nothing(void **state) {
    const struct scratch *s = *state;
    char target[256];
    struct draft d;
    struct err e = ERR_INIT;
    assert_int_equal(draft_begin(&d, s->path, 0600, &e), CHELA_OK);
    assert_int_equal(draft_write(&d, S("x"), &e), CHELA_OK);
    assert_int_equal(files_in(s->path), 1);
    draft_drop(&d);
    assert_int_equal(files_in(s->path), 0);

    scratch_path(s, target, sizeof target, "folder");
    assert_int_equal(mkdir(target, 0700), 0);
    assert_int_equal(draft_begin(&d, s->path, 0600, &e), CHELA_OK);
    assert_int_equal(draft_commit(&d, target, &e), CHELA_IO); /* a folder is not replaced */
    assert_non_null(strstr(e.message, target));
    assert_int_equal(files_in(s->path), 1);

    scratch_path(s, target, sizeof target, "missing");
    assert_int_equal(draft_begin(&d, target, 0600, &e), CHELA_IO);
    assert_int_equal(d.fd, -1);
}

static void a_named_one_is_found_again_and_emptied(void **state) {
    const struct scratch *s = *state;
    char path[256], elsewhere[256], target[256];
    scratch_path(s, path, sizeof path, ".job.part");
    scratch_path(s, elsewhere, sizeof elsewhere, "precious");
    scratch_path(s, target, sizeof target, "job.mp4");
    struct draft d;
    struct err e = ERR_INIT;
    assert_int_equal(draft_begin_at(&d, path, 0600, &e), CHELA_OK);
    assert_int_equal(draft_write(&d, S("half of it"), &e), CHELA_OK);
    close(d.fd); /* as if the process had died */
    assert_int_equal(draft_begin_at(&d, path, 0600, &e), CHELA_OK);
    assert_int_equal(draft_write(&d, S("all"), &e), CHELA_OK);
    assert_int_equal(draft_commit(&d, target, &e), CHELA_OK);
    assert_holds(target, "all");
    assert_int_equal(files_in(s->path), 1);

    assert_int_equal(file_write(elsewhere, S("mine"), 0600, NULL), CHELA_OK);
    assert_int_equal(symlink(elsewhere, path), 0); /* nobody makes us write through a link */
    assert_int_equal(draft_begin_at(&d, path, 0600, &e), CHELA_IO);
    assert_holds(elsewhere, "mine");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(replaces_at_once, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(dropped_or_failed_it_leaves_nothing, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(a_named_one_is_found_again_and_emptied, scratch_make,
                                        scratch_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
