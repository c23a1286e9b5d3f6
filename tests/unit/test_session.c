/* Sessions in the store, turns as they are written, models that cool down, and the lock. */
#include "unit.h"

#include "agent/cooldown.h"
#include "agent/session.h"
#include "agent/session_lock.h"
#include "agent/turn.h"
#include "base/clock.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store *open_in(const struct scratch *dir) {
    char path[256];
    scratch_path(dir, path, sizeof path, "chela.db");
    struct store *s = NULL;
    struct err e = ERR_INIT;
    if (store_open(&s, path, &e) != CHELA_OK) fail_msg("%s", e.message);
    return s;
}

static void good(enum chela_error rc, const struct err *e) {
    if (rc != CHELA_OK) fail_msg("%s", e->message);
}

static void answer(struct turn *t, const char *message, bool last, int64_t tokens, double cost) {
    struct err e = ERR_INIT;
    struct chat_reply reply = { .usage = {
                                    tokens, tokens, 2 * tokens, -1, -1, -1, -1, -1, cost, { 0 } } };
    const struct turn_answer a = { .model = S("vendor/model"),
                                   .message = str_c(message),
                                   .last = last,
                                   .reply = &reply,
                                   .body = S("{\"messages\":[]}") };
    good(turn_answer(t, &a, &e), &e);
}

static void result(struct turn *t, const char *message, int64_t *place) {
    struct err e = ERR_INIT;
    good(turn_result(t, S("vendor/model"), str_c(message), place, &e), &e);
}

static void ask(struct turn *t, struct store *s, const char *session, const char *question) {
    struct err e = ERR_INIT;
    good(turn_open(t, s, str_c(session), S("vendor/model"), str_c(question), &e), &e);
}

/* "turn.round body state; …" */
static void assert_messages(struct store *s, const char *session, const char *expected) {
    struct arena a = ARENA_INIT(1u << 20);
    struct buf text = BUF_INIT(1u << 20);
    struct session_message *list;
    struct err e = ERR_INIT;
    size_t count;
    good(session_load(s, str_c(session), &a, &list, &count, &e), &e);
    for (size_t i = 0; i < count; i++)
        buf_addf(&text, "%s%lld.%lld %.*s %s", i ? "; " : "", (long long)list[i].turn,
                 (long long)list[i].round, STR_ARG(list[i].body), turn_state_name(list[i].state));
    assert_string_equal(text.n ? text.p : "", expected);
    buf_free(&text);
    arena_free(&a);
}

static void a_turn_is_kept_as_it_happens(void **state) {
    struct store *s = open_in(*state);
    struct turn t;
    int64_t place = 0, second = 0;
    assert_messages(s, "a", "");
    ask(&t, s, "a", "q1");
    assert_messages(s, "a", "1.0 q1 open");
    answer(&t, "a1", false, 10, 0.5);
    result(&t, "r1", &place);
    result(&t, "r2?", &second);
    result(&t, "r2", &second); /* takes the first one's place */
    answer(&t, "a2", true, 20, -1);
    ask(&t, s, "a", "q2");
    store_close(s);
    s = open_in(*state); /* from the disk */
    assert_messages(s, "a",
                    "1.0 q1 done; 1.1 a1 done; 1.1 r1 done; 1.1 r2 done; 1.2 a2 done; 2.0 q2 open");
    store_close(s);
}

static void an_open_turn_is_found_and_ended(void **state) {
    struct store *s = open_in(*state);
    struct err e = ERR_INIT;
    struct turn t, found;
    bool there = true;
    good(turn_find_open(&found, s, S("a"), &there, &e), &e);
    assert_false(there);
    ask(&t, s, "a", "q");
    answer(&t, "a1", false, 1, 0);
    good(turn_end(&t, TURN_OPEN, CHELA_RATE_LIMITED, &e), &e);
    good(turn_find_open(&found, s, S("a"), &there, &e), &e);
    assert_true(there);
    assert_int_equal(found.number, 1);
    assert_int_equal(found.round, 1);
    assert_string_equal(found.error, "rate_limited");
    good(turn_end(&found, TURN_CLOSED, CHELA_OK, &e), &e);
    good(turn_find_open(&found, s, S("a"), &there, &e), &e);
    assert_false(there);
    assert_messages(s, "a", "1.0 q closed; 1.1 a1 closed");
    store_close(s);
}

static void the_list_sums_up_and_forgets(void **state) {
    struct store *s = open_in(*state);
    struct err e = ERR_INIT;
    struct arena a = ARENA_INIT(1u << 20);
    struct session_info *list;
    struct turn t;
    size_t count;
    bool removed;
    ask(&t, s, "old", "q");
    answer(&t, "a", true, 10, 0.25);
    usleep(3000);
    ask(&t, s, "new", "q");
    answer(&t, "a", false, 10, 0.25);
    answer(&t, "a", false, 20, 0.5);
    good(session_list(s, (str){ 0 }, &a, &list, &count, &e), &e);
    assert_int_equal(count, 2);
    assert_true(str_eq(list[0].id, S("new")) && str_eq(list[1].id, S("old")));
    assert_true(list[0].interrupted && !list[1].interrupted);
    assert_int_equal(list[0].messages, 3);
    assert_int_equal(list[0].rounds, 2);
    assert_int_equal(list[0].usage.prompt, 30);
    assert_int_equal(list[0].usage.cached, -1);
    assert_true(list[0].usage.cost > 0.74 && list[0].usage.cost < 0.76);
    assert_true(str_eq(list[1].model, S("vendor/model")));
    good(session_remove(s, S("new"), &removed, &e), &e);
    assert_true(removed);
    good(session_remove(s, S("new"), &removed, &e), &e);
    assert_false(removed);
    assert_messages(s, "new", "");
    good(session_list(s, S("new"), &a, &list, &count, &e), &e);
    assert_int_equal(count, 0);
    good(session_list(s, S("old"), &a, &list, &count, &e), &e);
    assert_int_equal(count, 1);
    int64_t all;
    good(session_remove_all(s, &all, &e), &e);
    assert_int_equal(all, 1);
    assert_messages(s, "old", "");
    arena_free(&a);
    store_close(s);
}

static void a_session_that_outgrows_its_arena_is_an_error(void **state) {
    struct store *s = open_in(*state);
    struct err e = ERR_INIT;
    struct turn t;
    ask(&t, s, "a", "a question");
    struct arena a = ARENA_INIT(64);
    struct session_message *list;
    size_t count;
    assert_int_not_equal(session_load(s, S("a"), &a, &list, &count, &e), CHELA_OK);
    assert_int_equal(count, 0);
    arena_free(&a);
    store_close(s);
}

/* Whatever the moment, what is there is a beginning of q, a1, r, a2, and a finished turn is whole.
 */
static void a_killed_writer_leaves_whole_steps(void **state) {
    store_close(open_in(*state));
    for (unsigned round = 0; round < 12; round++) {
        pid_t child = fork();
        if (child == 0) {
            struct store *s = open_in(*state);
            for (;;) {
                struct turn t;
                int64_t place = 0;
                ask(&t, s, "k", "q");
                answer(&t, "a1", false, 1, 0);
                result(&t, "r", &place);
                answer(&t, "a2", true, 1, 0);
            }
        }
        usleep(9000u + round * 3700u);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct store *s = open_in(*state);
        struct arena a = ARENA_INIT(8u << 20);
        struct session_message *list;
        struct err e = ERR_INIT;
        size_t count;
        good(session_load(s, S("k"), &a, &list, &count, &e), &e);
        static const char *const order[] = { "q", "a1", "r", "a2" };
        size_t at = 0;
        for (size_t i = 0; i < count; i++) {
            if (str_eq(list[i].body, S("q"))) at = 0; /* the turn before may have been cut */
            assert_true(str_eq(list[i].body, str_c(order[at++])));
            if (list[i].state == TURN_DONE && (i + 1 == count || str_eq(list[i + 1].body, S("q"))))
                assert_int_equal(at, 4);
        }
        arena_free(&a);
        store_close(s);
    }
}

/* ---- cooling down ---- */

static int64_t fails(struct store *s, enum chela_error code, double retry_after) {
    struct err why = ERR_INIT, e = ERR_INIT;
    int64_t left;
    err_set(&why, code, "it failed");
    why.retry_after = retry_after;
    good(cooldown_note(s, S("v/m"), S("key"), &why, &left, &e), &e);
    return left / 1000;
}

static int64_t left(struct store *s, str model, str key) {
    int64_t ms;
    struct err e = ERR_INIT;
    good(cooldown_left(s, model, key, &ms, NULL, NULL, &e), &e);
    return (ms + 999) / 1000;
}

static void pauses_grow_and_end_with_an_answer(void **state) {
    struct store *s = open_in(*state);
    struct err e = ERR_INIT;
    assert_int_equal(fails(s, CHELA_RATE_LIMITED, -1), 60);
    assert_int_equal(left(s, S("v/m"), S("key")), 60);
    assert_int_equal(left(s, S("v/m"), S("other key")), 0);
    assert_int_equal(left(s, S("v/other"), S("key")), 0);
    assert_int_equal(fails(s, CHELA_UPSTREAM, -1), 300);
    assert_int_equal(fails(s, CHELA_TIMEOUT, -1), 1500);
    assert_int_equal(fails(s, CHELA_CUT, -1), 3600);
    assert_int_equal(fails(s, CHELA_CUT, -1), 3600);
    good(cooldown_reset(s, S("v/m"), S("key"), &e), &e);
    assert_int_equal(left(s, S("v/m"), S("key")), 0);
    assert_int_equal(fails(s, CHELA_RATE_LIMITED, 7), 8); /* what the service asked for */
    assert_int_equal(fails(s, CHELA_PAYMENT, -1), 10 * 3600);
    assert_int_equal(fails(s, CHELA_PAYMENT, -1), 20 * 3600);
    assert_int_equal(fails(s, CHELA_PAYMENT, -1), 24 * 3600);
    store_close(s);
}

static void what_is_not_the_models_fault_is_no_pause(void **state) {
    struct store *s = open_in(*state);
    static const enum chela_error codes[] = { CHELA_REQUEST, CHELA_LIMIT,     CHELA_FILTERED,
                                              CHELA_EMPTY,   CHELA_CANCELLED, CHELA_NOMEM,
                                              CHELA_CONFIG,  CHELA_NO_KEY,    CHELA_KEY_REFUSED };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        assert_int_equal(fails(s, codes[i], -1), 0);
    assert_int_equal(left(s, S("v/m"), S("key")), 0);
    store_close(s);
}

static void pauses_are_listed_and_cleared(void **state) {
    struct store *s = open_in(*state);
    struct arena a = ARENA_INIT(1u << 20);
    struct err e = ERR_INIT, why = ERR_INIT;
    struct cooldown *list;
    size_t count;
    int64_t ms;
    err_set(&why, CHELA_PAYMENT, "HTTP 402: no credit");
    good(cooldown_note(s, S("a"), S("k"), &why, &ms, &e), &e);
    err_set(&why, CHELA_RATE_LIMITED, "HTTP 429");
    good(cooldown_note(s, S("b"), S("k"), &why, &ms, &e), &e);
    good(cooldown_list(s, &a, &list, &count, &e), &e);
    assert_int_equal(count, 2);
    assert_true(str_eq(list[0].model, S("b")) && str_eq(list[1].model, S("a")));
    assert_true(str_eq(list[1].code, S("payment_required")));
    assert_true(str_eq(list[1].message, S("HTTP 402: no credit")));
    good(cooldown_clear(s, S("b"), &count, &e), &e);
    assert_int_equal(count, 1);
    good(cooldown_clear(s, (str){ 0 }, &count, &e), &e);
    assert_int_equal(count, 1);
    good(cooldown_list(s, &a, &list, &count, &e), &e);
    assert_int_equal(count, 0);
    arena_free(&a);
    store_close(s);
}

/* ---- the lock ---- */

static void count_lines(void *ctx, const char *line) {
    assert_non_null(strstr(line, "\"a\""));
    ++*(int *)ctx;
}

static void turns_of_one_session_wait(void **state) {
    const struct scratch *dir = *state;
    struct file_lock first, second, other;
    struct err e = ERR_INIT;
    atomic_bool cancel = false;
    int told = 0;
    struct session_wait wait = {
        .cancel = &cancel, .most_ms = 1300, .ctx = &told, .on_notice = count_lines
    };
    good(session_lock(&first, dir->path, S("a"), &wait, &e), &e);
    good(session_lock(&other, dir->path, S(".."), &wait, &e), &e);
    int64_t start = clock_ms();
    assert_int_equal(session_lock(&second, dir->path, S("a"), &wait, &e), CHELA_TIMEOUT);
    assert_true(clock_ms() - start >= 1300);
    assert_int_equal(told, 1);
    assert_non_null(strstr(e.message, "another turn"));
    cancel = true;
    assert_int_equal(session_lock(&second, dir->path, S("a"), &wait, &e), CHELA_CANCELLED);
    file_unlock(&first);
    cancel = false;
    good(session_lock(&second, dir->path, S("a"), &wait, &e), &e);
    file_unlock(&second);
    file_unlock(&other);
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
        IN_SCRATCH(a_turn_is_kept_as_it_happens),
        IN_SCRATCH(an_open_turn_is_found_and_ended),
        IN_SCRATCH(the_list_sums_up_and_forgets),
        IN_SCRATCH(a_session_that_outgrows_its_arena_is_an_error),
        IN_SCRATCH(a_killed_writer_leaves_whole_steps),
        IN_SCRATCH(pauses_grow_and_end_with_an_answer),
        IN_SCRATCH(what_is_not_the_models_fault_is_no_pause),
        IN_SCRATCH(pauses_are_listed_and_cleared),
        IN_SCRATCH(turns_of_one_session_wait),
        cmocka_unit_test(session_ids_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
