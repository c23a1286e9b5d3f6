/* A program run to its end, and what is left when it does not come to one. */
#include "unit.h"

#include "base/child.h"
#include "base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum chela_error shell(const char *script, struct child *c, struct err *e) {
    const char *const argv[] = { "sh", "-c", script, NULL };
    c->argv = argv;
    if (!c->limit_ms) c->limit_ms = 20000;
    enum chela_error rc = child_run(c, e);
    c->argv = NULL;
    return rc;
}

static void bytes_in_and_out(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1 << 20), big = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    for (int i = 0; i < 50000; i++) buf_add(&big, S("0123456789")); /* more than pipes hold */
    struct child c = { .input = buf_str(&big), .out = &out };
    assert_int_equal(shell("cat", &c, &e), CHELA_OK);
    assert_true(str_eq(buf_str(&out), buf_str(&big)));
    buf_free(&out);
    buf_free(&big);
}

static void failures_say_why(void **state) {
    (void)state;
    static const struct {
        const char *script;
        enum chela_error code;
        const char *said;
    } rows[] = {
        { "echo first >&2; echo the reason >&2; exit 3", CHELA_INPUT, "the reason" },
        { "exit 1", CHELA_INPUT, "it failed" },
        { "kill -SEGV $$", CHELA_INPUT, "signal 11" },
        { "echo 12345678901", CHELA_LIMIT, "too large" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = BUF_INIT(10);
        struct err e = ERR_INIT;
        struct child c = { .out = &out };
        assert_int_equal(shell(rows[i].script, &c, &e), rows[i].code);
        assert_non_null(strstr(e.message, rows[i].said));
        buf_free(&out);
    }
    const char *const nothing[] = { "no-such-program", NULL };
    const struct child none = { .argv = nothing, .limit_ms = 1000 };
    assert_int_equal(child_run(&none, NULL), CHELA_UNAVAILABLE);
}

/* The process whose number the child printed: it is gone, or its parent is about to hear so. */
static void assert_gone(const struct buf *out) {
    char digits[16];
    str_copy(digits, sizeof digits, str_trim(buf_str(out)));
    pid_t pid = (pid_t)strtol(digits, NULL, 10);
    assert_true(pid > 1);
    for (int i = 0; i < 500 && kill(pid, 0) == 0; i++) usleep(10000);
    assert_int_equal(kill(pid, 0), -1);
}

static void the_deadline_ends_what_it_started_too(void **state) {
    (void)state;
    struct buf out = BUF_INIT(64);
    struct err e = ERR_INIT;
    struct child c = { .out = &out, .limit_ms = 300 };
    int64_t start = clock_ms();
    assert_int_equal(shell("sleep 60 & echo $!; wait", &c, &e), CHELA_TIMEOUT);
    assert_true(clock_ms() - start < 10000);
    assert_gone(&out);
    buf_free(&out);
}

static void *cancel_soon(void *cancel) {
    usleep(200000);
    atomic_store((atomic_bool *)cancel, true);
    return NULL;
}

static void a_cancel_ends_it(void **state) {
    (void)state;
    struct buf out = BUF_INIT(64);
    struct err e = ERR_INIT;
    atomic_bool cancel = false;
    struct child c = { .out = &out, .cancel = &cancel };
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    assert_int_equal(shell("echo $$; exec sleep 60", &c, &e), CHELA_CANCELLED);
    pthread_join(thread, NULL);
    assert_gone(&out);
    buf_free(&out);
}

static void looks_where_it_is_told(void **state) {
    (void)state;
    assert_true(child_there("/nowhere:/bin:/usr/bin", "sh"));
    assert_false(child_there("/nowhere", "sh"));
    assert_false(child_there("", "sh"));
    assert_true(child_there(NULL, "sh"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_in_and_out),
        cmocka_unit_test(failures_say_why),
        cmocka_unit_test(the_deadline_ends_what_it_started_too),
        cmocka_unit_test(a_cancel_ends_it),
        cmocka_unit_test(looks_where_it_is_told),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
