#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../src/cli/cmd_doc.c"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The runner's half, kept here to look at. */
static struct buf printed = BUF_INIT(1 << 20), noted = BUF_INIT(1 << 20);
static bool given_json, given_raw;

void cli_print(str text) {
    buf_add(&printed, text);
}

void cli_note(const char *fmt, ...) {
    char line[2000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    buf_addf(&noted, "%s\n", line);
}

bool cli_given(const struct cli *c, const char *option) {
    (void)c;
    return strcmp(option, "json") == 0 ? given_json : given_raw;
}

static char folder[] = "/tmp/chela-doc-XXXXXX";

static int enter(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state) {
    (void)state;
    static const char *const names[] = { "a.json5", "b.json5", "in", "link" };
    for (size_t i = 0; i < 4; i++) unlink(names[i]);
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void put(const char *name, const char *text) {
    assert_int_equal(file_write(name, str_c(text), 0640, NULL), CHELA_OK);
}

static void holds(const char *name, const char *text) {
    struct buf got = BUF_INIT(1 << 20);
    assert_int_equal(file_read(name, &got, NULL), CHELA_OK);
    assert_string_equal(got.n ? got.p : "", text);
    buf_free(&got);
}

/* Runs a command with up to three operands; what it printed and noted is in the buffers. */
static enum chela_error run(const struct command *command, const char *a, const char *b,
                            const char *value, struct err *e) {
    static struct cli c;
    memset(&c, 0, sizeof c);
    c.command = command;
    c.json = given_json;
    const char *const args[] = { a, b, value };
    for (size_t i = 0; i < 3 && args[i]; i++) c.arg[c.arg_count++] = str_c(args[i]);
    buf_clear(&printed);
    buf_clear(&noted);
    err_set(e, CHELA_OK, "%s", "");
    enum chela_error rc = command->run(&c, e);
    assert_false(c.json); /* the runner must print no envelope */
    return rc;
}

static const char *output(const struct buf *b) {
    return b->n ? b->p : "";
}

static void checking(void **state) {
    (void)state;
    struct err e;
    put("a.json5", "{a: 1}\n");
    put("b.json5", "{\n  a: 1,\n  b 2}\n");
    assert_int_equal(run(&cmd_doc_check, "a.json5", NULL, NULL, &e), CHELA_OK);
    assert_string_equal(output(&printed), "");
    assert_int_equal(run(&cmd_doc_check, "b.json5", NULL, NULL, &e), CHELA_INPUT);
    assert_string_equal(e.message, "b.json5:3:5: expected ':' behind the key, found '2'");
    assert_string_equal(output(&noted), ""); /* the runner tells it */
    assert_int_equal(run(&cmd_doc_check, "none", "b.json5", "a.json5", &e), CHELA_INPUT);
    assert_string_equal(output(&printed), "a.json5: ok\n");
    assert_string_equal(output(&noted), "none: No such file or directory\n"
                                        "b.json5:3:5: expected ':' behind the key, found '2'\n");
    assert_string_equal(e.message, "2 of 3 files are wrong");
    assert_int_equal(run(&cmd_doc_check, "a.json5", "none", NULL, &e), CHELA_NOINPUT);
    assert_string_equal(e.message, "1 of 2 files is wrong");
    given_json = true;
    assert_int_equal(run(&cmd_doc_check, "a.json5", NULL, NULL, &e), CHELA_INPUT);
    assert_string_equal(e.message,
                        "a.json5:1:2: expected a key in double quotes or '}', found 'a'");
    given_json = false;
    char deep[300];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    put("b.json5", deep);
    assert_int_equal(run(&cmd_doc_check, "b.json5", NULL, NULL, &e), CHELA_LIMIT);
    assert_string_equal(e.message, "b.json5:1:201: nested deeper than 200");
}

static void getting(void **state) {
    (void)state;
    struct err e;
    put("a.json5", "{ s: 'a\\n\"b', o: { n: 0x10, /* c */ }, l: [1] }");
    assert_int_equal(run(&cmd_doc_get, "a.json5", "s", NULL, &e), CHELA_OK);
    assert_string_equal(output(&printed), "'a\\n\"b'\n");
    assert_int_equal(run(&cmd_doc_get, "a.json5", "o", NULL, &e), CHELA_OK);
    assert_string_equal(output(&printed), "{ n: 0x10, /* c */ }\n");
    given_raw = true;
    assert_int_equal(run(&cmd_doc_get, "a.json5", "s", NULL, &e), CHELA_OK);
    assert_string_equal(output(&printed), "a\n\"b\n");
    assert_int_equal(run(&cmd_doc_get, "a.json5", "o.n", NULL, &e), CHELA_OK);
    assert_string_equal(output(&printed), "0x10\n");
    given_raw = false;
    static const char *const absent[][3] = {
        { "x", "a.json5: x is not there; the document is an object of 3 members", "" },
        { "o.m", "a.json5: o.m is not there; o is an object of 1 member", "did you mean \"n\"?" },
        { "o.n.x", "a.json5: o.n.x is not there; o.n is a number", "" },
        { "l[1]", "a.json5: l[1] is not there; l is an array of 1 item", "" },
        { "o[\"a.b\"].c", "a.json5: o[\"a.b\"].c is not there; o is an object of 1 member", "" },
        { "[0]", "a.json5: [0] is not there; the document is an object of 3 members", "" },
        { "sx", "a.json5: sx is not there; the document is an object of 3 members",
          "did you mean \"s\"?" },
    };
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_int_equal(run(&cmd_doc_get, "a.json5", absent[i][0], NULL, &e), CHELA_INPUT);
        assert_string_equal(e.message, absent[i][1]);
        if (absent[i][2][0]) assert_string_equal(e.hint, absent[i][2]);
    }
    assert_int_equal(run(&cmd_doc_get, "a.json5", "o.", NULL, &e), CHELA_USAGE);
    assert_string_equal(e.message, "path \"o.\", position 3: expected a name, found the end");
    assert_int_equal(run(&cmd_doc_get, "none", "o", NULL, &e), CHELA_NOINPUT);
}

static void editing(void **state) {
    (void)state;
    struct err e;
    struct stat before, after;
    put("a.json5", "{ a: 1, // one\n}\n");
    assert_int_equal(symlink("a.json5", "link"), 0);
    assert_int_equal(run(&cmd_doc_set, "link", "b.c", "'x'", &e), CHELA_OK);
    holds("a.json5", "{ a: 1, // one\n  b: {\n    c: 'x'\n  },\n}\n");
    assert_int_equal(lstat("link", &before), 0);
    assert_true(S_ISLNK(before.st_mode));
    assert_int_equal(stat("a.json5", &before), 0);
    assert_int_equal(before.st_mode & 07777, 0640);

    /* Nothing changed: the same file, not a new one in its place. */
    assert_int_equal(run(&cmd_doc_set, "a.json5", "b.c", "'x'", &e), CHELA_OK);
    assert_int_equal(run(&cmd_doc_unset, "a.json5", "b.d", NULL, &e), CHELA_OK);
    assert_string_equal(output(&noted), "a.json5: b.d was not there\n");
    assert_int_equal(stat("a.json5", &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);

    assert_int_equal(run(&cmd_doc_unset, "a.json5", "b", NULL, &e), CHELA_OK);
    holds("a.json5", "{ a: 1, // one\n}\n");

    static const struct {
        const char *path, *value;
        enum chela_error code;
        const char *message, *hint;
    } wrong[] = {
        { "a", "hello", CHELA_USAGE,
          "the value: line 1, column 1: expected a value, found \"hello\"",
          "a string takes quotes of its own: '\"hello\"'" },
        { "a[", "1", CHELA_USAGE,
          "path \"a[\", position 3: expected an index or a quoted key, found the end", NULL },
        { "a.b", "1", CHELA_INPUT, "a.json5: a is a number, not an object", NULL },
        { "b[1]", "1", CHELA_INPUT, "a.json5: b is not there: its first index is 0, not 1", NULL },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(run(&cmd_doc_set, "a.json5", wrong[i].path, wrong[i].value, &e),
                         wrong[i].code);
        assert_int_equal(e.code, wrong[i].code);
        assert_string_equal(e.message, wrong[i].message);
        if (wrong[i].hint) assert_string_equal(e.hint, wrong[i].hint);
    }
    assert_int_equal(run(&cmd_doc_unset, "a.json5", "", NULL, &e), CHELA_INPUT);
    assert_string_equal(e.message, "a.json5: the whole document cannot be removed");
    given_json = true;
    put("b.json5", "{\"a\":1}");
    assert_int_equal(run(&cmd_doc_set, "b.json5", "a", "0x1", &e), CHELA_USAGE);
    assert_int_equal(run(&cmd_doc_set, "b.json5", "b", "[]", &e), CHELA_OK);
    holds("b.json5", "{\"a\":1,\"b\":[]}");
    given_json = false;
    holds("a.json5", "{ a: 1, // one\n}\n");
}

static void from_standard_input(void **state) {
    (void)state;
    struct err e;
    static const char *const expected[] = { "{a: 1, b: 2}\n", "{}\n", "1\n", "{a: 1}\n" };
    for (size_t i = 0; i < 4; i++) {
        put("in", "{a: 1}\n");
        int saved = dup(STDIN_FILENO), fd = open("in", O_RDONLY);
        assert_true(saved >= 0 && fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
        enum chela_error rc = i == 0   ? run(&cmd_doc_set, "-", "b", "2", &e)
                              : i == 1 ? run(&cmd_doc_unset, "-", "a", NULL, &e)
                              : i == 2 ? run(&cmd_doc_get, "-", "a", NULL, &e)
                                       : run(&cmd_doc_unset, "-", "x", NULL, &e);
        assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
        close(saved);
        close(fd);
        assert_int_equal(rc, CHELA_OK);
        assert_string_equal(output(&printed), expected[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checking),
        cmocka_unit_test(getting),
        cmocka_unit_test(editing),
        cmocka_unit_test(from_standard_input),
    };
    int failed = cmocka_run_group_tests(tests, enter, leave);
    buf_free(&printed);
    buf_free(&noted);
    return failed;
}
