/* store/ and the sessions kept in it. */
#include "unit.h"

#include "agent/session.h"
#include "store/store.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store *open_in(const struct scratch *dir) {
    char path[256];
    scratch_path(dir, path, sizeof path, "state/chela.db");
    struct store *s = NULL;
    struct err e = ERR_INIT;
    if (store_open(&s, path, &e) != CHELA_OK) fail_msg("%s", e.message);
    return s;
}

static void the_file_is_the_users_alone(void **state) {
    char path[256];
    store_close(open_in(*state));
    struct stat st;
    scratch_path(*state, path, sizeof path, "state/chela.db");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    scratch_path(*state, path, sizeof path, "state");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void a_broken_file_is_an_error_with_a_remedy(void **state) {
    char path[256];
    scratch_path(*state, path, sizeof path, "chela.db");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 200; i++) fputs("this is no database\n", f);
    fclose(f);
    struct store *s = NULL;
    struct err e = ERR_INIT;
    assert_int_equal(store_open(&s, path, &e), CHELA_IO);
    assert_null(s);
    assert_non_null(strstr(e.message, path));
    assert_true(e.hint[0] != '\0');
}

static size_t count_in(struct store *s, const char *id) {
    struct arena a = ARENA_INIT(1u << 20);
    struct session_message *list;
    size_t count = 0;
    struct err e = ERR_INIT;
    assert_int_equal(session_load(s, str_c(id), &a, &list, &count, &e), CHELA_OK);
    arena_free(&a);
    return count;
}

static const struct session_message turn[] = {
    { STR_INIT("vendor/model"), STR_INIT("{\"role\":\"user\",\"content\":\"\xED\x95\x9C\"}") },
    { STR_INIT("vendor/model"), STR_INIT("{\"role\":\"assistant\",\"content\":\"b\"}") },
};

static void sessions_keep_messages_in_order(void **state) {
    struct store *s = open_in(*state);
    struct err e = ERR_INIT;
    assert_int_equal(count_in(s, "a"), 0);
    assert_int_equal(session_append(s, S("a"), turn, 2, &e), CHELA_OK);
    assert_int_equal(session_append(s, S("b"), turn, 1, &e), CHELA_OK);
    assert_int_equal(session_append(s, S("a"), turn, 2, &e), CHELA_OK);
    store_close(s);
    s = open_in(*state); /* from the disk */
    struct arena a = ARENA_INIT(1u << 20);
    struct session_message *list;
    size_t count;
    assert_int_equal(session_load(s, S("a"), &a, &list, &count, &e), CHELA_OK);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_eq(list[i].body, turn[i % 2].body));
        assert_true(str_eq(list[i].model, turn[i % 2].model));
    }
    arena_free(&a);
    store_close(s);
}

static void a_session_that_outgrows_its_arena_is_an_error(void **state) {
    struct store *s = open_in(*state);
    struct err e = ERR_INIT;
    assert_int_equal(session_append(s, S("a"), turn, 2, &e), CHELA_OK);
    struct arena a = ARENA_INIT(96);
    struct session_message *list;
    size_t count;
    assert_int_equal(session_load(s, S("a"), &a, &list, &count, &e), CHELA_LIMIT);
    assert_int_equal(count, 0);
    arena_free(&a);
    store_close(s);
}

static void a_killed_writer_leaves_whole_turns(void **state) {
    store_close(open_in(*state));
    for (int round = 0; round < 5; round++) {
        pid_t child = fork();
        if (child == 0) {
            struct store *s = open_in(*state);
            for (;;) session_append(s, S("k"), turn, 2, NULL);
        }
        usleep(15000u + (unsigned)round * 7000u);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct store *s = open_in(*state);
        assert_int_equal(count_in(s, "k") % 2, 0);
        store_close(s);
    }
}

static void two_writers_lose_nothing(void **state) {
    store_close(open_in(*state));
    enum { WRITERS = 3, TURNS = 20 };
    pid_t child[WRITERS];
    for (int w = 0; w < WRITERS; w++) {
        child[w] = fork();
        if (child[w] != 0) continue;
        struct store *s = open_in(*state);
        int bad = 0;
        for (int i = 0; i < TURNS; i++) bad += session_append(s, S("w"), turn, 2, NULL) != CHELA_OK;
        store_close(s);
        _exit(bad != 0);
    }
    for (int w = 0; w < WRITERS; w++) {
        int status = 1;
        waitpid(child[w], &status, 0);
        assert_int_equal(status, 0);
    }
    struct store *s = open_in(*state);
    assert_int_equal(count_in(s, "w"), 2 * WRITERS * TURNS);
    store_close(s);
}

static void session_ids_are_checked(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    assert_int_equal(session_check_id(S("lab-session-1"), &e), CHELA_OK);
    assert_int_equal(session_check_id(S("agent:main:me@home"), &e), CHELA_OK);
    assert_int_equal(session_check_id(S(""), &e), CHELA_USAGE);
    assert_int_equal(session_check_id(S("../x"), &e), CHELA_USAGE);
    assert_int_equal(session_check_id(S("a b"), &e), CHELA_USAGE);
    assert_int_equal(session_check_id((str){ "a\0b", 3 }, &e), CHELA_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define IN_SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
        IN_SCRATCH(the_file_is_the_users_alone),
        IN_SCRATCH(a_broken_file_is_an_error_with_a_remedy),
        IN_SCRATCH(sessions_keep_messages_in_order),
        IN_SCRATCH(a_session_that_outgrows_its_arena_is_an_error),
        IN_SCRATCH(a_killed_writer_leaves_whole_turns),
        IN_SCRATCH(two_writers_lose_nothing),
        cmocka_unit_test(session_ids_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
