/* Edits of openclaw.json: what stays, what is refused, two at a time, and death in mid-edit.
 *
 * For the last the modules that write are compiled here with mortal.h: a child dies before the n-th
 * system call that changes something, for each n, and half-way through the writes. */
#include "config_home.h"

#include "base/clock.h"
#include "config/internal.h"

#include <errno.h>
#include <sys/wait.h>

#include "mortal.h"

#include "../../src/base/draft.c"
#include "../../src/base/file.c"
#include "../../src/base/file_lock.c"
#include "../../src/config/edit.c"
#include "immortal.h"

static const char *const commented =
    "// mine\n"
    "{\n"
    "  agents: { defaults: { /* here */ model: 'openrouter/auto', },\n"
    "  }, // the end\n"
    "  x: 0x10,\n"
    "}\n";

static struct config_edit begin(const struct home *h) {
    struct config_edit x;
    struct err e = ERR_INIT;
    if (config_edit_begin(&x, h->env, &e) != CHELA_OK) fail_msg("%s (%s)", e.message, e.hint);
    return x;
}

static void set(struct config_edit *x, const char *path, const char *value) {
    struct err e = ERR_INIT;
    if (config_edit_set(x, str_c(path), str_c(value), &e) != CHELA_OK) fail_msg("%s", e.message);
}

static void commit(struct config_edit *x) {
    struct err e = ERR_INIT;
    if (config_edit_commit(x, &e) != CHELA_OK) fail_msg("%s", e.message);
}

/* begin, set, commit, end */
static void edit(const struct home *h, const char *path, const char *value) {
    struct config_edit x = begin(h);
    set(&x, path, value);
    commit(&x);
    config_edit_end(&x);
}

static enum chela_error refused(const struct home *h, const char *path, const char *value,
                                struct err *e) {
    struct config_edit x = begin(h);
    *e = (struct err)ERR_INIT;
    enum chela_error rc = config_edit_set(&x, str_c(path), str_c(value), e);
    if (rc == CHELA_OK) rc = config_edit_commit(&x, e);
    assert_false(x.written);
    config_edit_end(&x);
    assert_int_equal(e->code, rc);
    return rc;
}

/* The file's bytes, until the next call. */
static const char *bytes(const struct home *h, const char *name) {
    static struct buf text = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    buf_free(&text);
    if (file_read(home_path(h, name), &text, &e) != CHELA_OK) fail_msg("%s", e.message);
    return text.p ? text.p : "";
}

static bool is_there(const struct home *h, const char *name) {
    struct stat st;
    return lstat(home_path(h, name), &st) == 0;
}

#define CONFIG ".openclaw/openclaw.json"
#define BACKUP CONFIG ".bak"
#define LOCK   ".openclaw/.openclaw.json.lock"

static void every_other_byte_stays(void **state) {
    (void)state;
    struct home h;
    struct stat st;
    home_make(&h);
    home_config(&h, commented);
    assert_int_equal(chmod(home_path(&h, CONFIG), 0644), 0);
    edit(&h, "agents.defaults.model", "\"openrouter/a/b\"");
    assert_string_equal(
        bytes(&h, CONFIG),
        "// mine\n{\n  agents: { defaults: { /* here */ model: \"openrouter/a/b\", },\n"
        "  }, // the end\n  x: 0x10,\n}\n");
    assert_string_equal(bytes(&h, BACKUP), commented);
    assert_int_equal(stat(home_path(&h, CONFIG), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(home_path(&h, BACKUP), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_false(is_there(&h, LOCK));
    home_free(&h);
}

static void a_file_is_made(void **state) {
    (void)state;
    struct home h;
    struct stat st;
    home_make(&h);
    edit(&h, "agents.defaults.model.primary", "\"openrouter/auto\"");
    assert_string_equal(bytes(&h, CONFIG),
                        "{\n  \"agents\": {\n    \"defaults\": {\n      \"model\": {\n"
                        "        \"primary\": \"openrouter/auto\"\n      }\n    }\n  }\n}\n");
    assert_false(is_there(&h, BACKUP));
    assert_int_equal(stat(home_path(&h, ".openclaw"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    home_free(&h);
}

static void nothing_is_written_for_nothing(void **state) {
    (void)state;
    struct home h;
    struct config_edit x;
    bool removed;
    struct err e = ERR_INIT;
    home_make(&h);
    x = begin(&h); /* no file, no folder: neither is left behind */
    assert_true(is_there(&h, LOCK));
    set(&x, "agents.defaults.model", "\"openrouter/auto\"");
    config_edit_end(&x);
    assert_false(is_there(&h, ".openclaw"));
    home_config(&h, commented);
    x = begin(&h);
    set(&x, "agents.defaults.model", "\"openrouter/auto\""); /* says what 'openrouter/auto' says */
    set(&x, "x", "16");
    assert_int_equal(config_edit_unset(&x, S("agents.defaults.models"), &removed, &e), CHELA_OK);
    assert_false(removed);
    set(&x, "new", "1"); /* there and back again */
    assert_int_equal(config_edit_unset(&x, S("new"), &removed, &e), CHELA_OK);
    assert_true(removed);
    commit(&x);
    assert_false(x.written);
    config_edit_end(&x);
    assert_string_equal(bytes(&h, CONFIG), commented);
    assert_false(is_there(&h, BACKUP));
    home_free(&h);
}

static void links_are_followed(void **state) {
    (void)state;
    struct home h;
    struct stat st;
    home_make(&h);
    home_file(&h, "dot/files/conf.json5", "{a: 1} // by hand\n");
    home_file(&h, ".openclaw/other", "");
    assert_int_equal(symlink("../dot/files/conf.json5", home_path(&h, CONFIG)), 0);
    edit(&h, "ui", "2");
    assert_string_equal(bytes(&h, "dot/files/conf.json5"), "{a: 1, ui: 2} // by hand\n");
    assert_string_equal(bytes(&h, BACKUP), "{a: 1} // by hand\n");
    assert_int_equal(lstat(home_path(&h, CONFIG), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    /* to a file that is not there yet, over a second link */
    assert_int_equal(unlink(home_path(&h, CONFIG)), 0);
    assert_int_equal(unlink(home_path(&h, "dot/files/conf.json5")), 0);
    assert_int_equal(symlink("../dot/link", home_path(&h, CONFIG)), 0);
    assert_int_equal(symlink(home_path(&h, "dot/files/new.json5"), home_path(&h, "dot/link")), 0);
    edit(&h, "ui", "3");
    assert_string_equal(bytes(&h, "dot/files/new.json5"), "{\n  \"ui\": 3\n}\n");
    assert_int_equal(lstat(home_path(&h, CONFIG), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    /* in a circle */
    assert_int_equal(unlink(home_path(&h, "dot/link")), 0);
    assert_int_equal(symlink("link", home_path(&h, "dot/link")), 0);
    struct config_edit x;
    struct err e = ERR_INIT;
    assert_int_equal(config_edit_begin(&x, h.env, &e), CHELA_IO);
    assert_has(e.message, "symbolic links");
    home_free(&h);
}

static void no_new_problem(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_config(&h, commented);
    assert_int_equal(refused(&h, "agents.defaults.timeoutSeconds", "'soon'", &e), CHELA_INPUT);
    assert_string_equal(e.message,
                        "agents.defaults.timeoutSeconds: expected a number, found a string");
    assert_int_equal(refused(&h, "agents.list[2].id", "'x'", &e), CHELA_INPUT);
    assert_has(e.message, "first index is 0");
    assert_int_equal(refused(&h, "x.y", "1", &e), CHELA_INPUT);
    assert_has(e.message, "x is a number, not an object");
    assert_int_equal(refused(&h, "$include", "'nowhere.json5'", &e), CHELA_INPUT);
    assert_has(e.message, "nowhere.json5");
    assert_string_equal(bytes(&h, CONFIG), commented);
    home_free(&h);
}

static void what_is_broken_can_be_mended(void **state) {
    (void)state;
    static const char *const broken =
        "{agents: {defaults: {timeoutSeconds: 'x', mediaMaxMb: 'y', // both\n model: 1}}}\n";
    struct home h;
    struct err e;
    home_make(&h);
    home_file(&h, ".config/chela/chela.json5", "{wrong: 1}"); /* another file's trouble */
    home_config(&h, broken);
    assert_int_equal(refused(&h, "ui.x", "1", &e), CHELA_CONFIG);
    assert_has(e.message, "openclaw.json:1:");
    assert_has(e.message, "agents.defaults.timeoutSeconds: expected a number");
    assert_has(e.hint, "mended first");
    assert_int_equal(refused(&h, "agents.defaults.mediaMaxMb", "'z'", &e), CHELA_CONFIG);
    assert_int_equal(refused(&h, "agents.defaults.mediaMaxMb", "[]", &e), CHELA_INPUT);
    assert_has(e.message, "found an array");
    assert_string_equal(bytes(&h, CONFIG), broken);
    edit(&h, "agents.defaults.mediaMaxMb", "5"); /* one at a time */
    edit(&h, "agents.defaults.timeoutSeconds", "6");
    edit(&h, "agents.defaults.model", "'openrouter/auto'");
    assert_string_equal(bytes(&h, CONFIG), "{agents: {defaults: {timeoutSeconds: 6, mediaMaxMb: 5, "
                                           "// both\n model: 'openrouter/auto'}}}\n");
    edit(&h, "ui.x", "1");
    home_config(&h, "{\n  a: 1\n  b: 2\n}\n");
    struct config_edit x;
    assert_int_equal(config_edit_begin(&x, h.env, &e), CHELA_CONFIG);
    assert_has(e.message, "openclaw.json:3:3: expected");
    assert_has(e.hint, "by hand");
    home_config(&h, "[]");
    assert_int_equal(config_edit_begin(&x, h.env, &e), CHELA_CONFIG);
    assert_has(e.message, "expected an object, found an array");
    assert_false(is_there(&h, LOCK));
    home_free(&h);
}

static void included_files_are_left_alone(void **state) {
    (void)state;
    struct home h;
    struct err e;
    home_make(&h);
    home_file(&h, ".openclaw/agents.json5",
              "{ defaults: {\n    model: { primary: 'openrouter/auto', fallbacks: ['a/b'] } } }");
    home_config(&h, "{\n  agents: { $include: './agents.json5',"
                    " defaults: { model: { fallbacks: ['c/d'] }, params: {} } },\n}\n");
    assert_int_equal(refused(&h, "agents.defaults.model.primary", "'openrouter/x/y'", &e),
                     CHELA_CONFIG);
    assert_has(e.message, "agents.defaults.model.primary is set in ");
    assert_has(e.message, ".openclaw/agents.json5:2:");
    assert_has(e.message, "openclaw.json includes");
    /* what holds something that was included, what lies in it, and what is merged of both */
    assert_int_equal(refused(&h, "agents", "{}", &e), CHELA_CONFIG);
    assert_int_equal(refused(&h, "agents.defaults.model.primary.x", "1", &e), CHELA_CONFIG);
    assert_int_equal(refused(&h, "agents.defaults.model.fallbacks", "[]", &e), CHELA_CONFIG);
    struct config_edit x = begin(&h);
    assert_int_equal(config_edit_unset(&x, S("agents.defaults.model"), NULL, &e), CHELA_CONFIG);
    config_edit_end(&x);
    /* what stands in the file itself */
    edit(&h, "agents.defaults.params.x", "1");
    edit(&h, "agents.list", "[]");
    assert_string_equal(
        bytes(&h, CONFIG),
        "{\n  agents: { $include: './agents.json5',"
        " defaults: { model: { fallbacks: ['c/d'] }, params: { x: 1 } }, list: [] },"
        "\n}\n");
    home_free(&h);
}

static void other_programs_are_noticed(void **state) {
    (void)state;
    struct home h;
    struct err e = ERR_INIT;
    home_make(&h);
    home_config(&h, "{a: 1}");
    struct config_edit x = begin(&h);
    set(&x, "ui", "2");
    home_config(&h, "{a: 1, b: 'by an editor'}");
    assert_int_equal(config_edit_commit(&x, &e), CHELA_IO);
    assert_has(e.message, "another program changed it");
    config_edit_end(&x);
    assert_string_equal(bytes(&h, CONFIG), "{a: 1, b: 'by an editor'}");
    assert_false(is_there(&h, BACKUP));
    assert_int_equal(unlink(home_path(&h, CONFIG)), 0);
    assert_int_equal(mkdir(home_path(&h, CONFIG), 0700), 0);
    assert_int_equal(config_edit_begin(&x, h.env, &e), CHELA_NOINPUT);
    assert_has(e.message, "no regular file");
    home_free(&h);
}

static void locks_wait(void **state) {
    (void)state;
    struct home h;
    struct err e = ERR_INIT;
    struct file_lock one, two;
    char path[2048];
    home_make(&h);
    snprintf(path, sizeof path, "%s", home_path(&h, "lock"));
    assert_int_equal(file_lock(&one, path, 0, &e), CHELA_OK);
    int64_t start = clock_ms();
    assert_int_equal(file_lock(&two, path, 60, &e), CHELA_TIMEOUT);
    assert_true(clock_ms() - start >= 60);
    assert_has(e.message, "held by another process");
    file_unlock(&two); /* of nothing */
    assert_true(is_there(&h, "lock"));
    /* the holder goes, and takes the file along: who waited gets a lock on a new one */
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        bool good = file_lock(&two, path, 5000, NULL) == CHELA_OK;
        struct stat st;
        good = good && stat(path, &st) == 0;
        file_unlock(&two);
        _exit(good ? 0 : 1);
    }
    nanosleep(&(struct timespec){ .tv_nsec = 30000000 }, NULL);
    file_unlock(&one);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_false(is_there(&h, "lock"));
    assert_int_equal(file_lock(&one, home_path(&h, "no/folder"), 0, &e), CHELA_IO);
    home_free(&h);
}

/* ---- two at a time ---- */

enum { EDITS = 50, WRITERS = 2 };

static void two_writers_lose_nothing(void **state) {
    (void)state;
    struct home h;
    pid_t child[WRITERS];
    home_make(&h);
    home_config(&h, "{ // all of these\n  env: { vars: {} },\n}\n");
    fflush(NULL);
    for (int w = 0; w < WRITERS; w++) {
        child[w] = fork();
        assert_true(child[w] >= 0);
        for (int i = 0; !child[w] && i < EDITS; i++) {
            char name[64], value[64];
            struct config_edit x;
            snprintf(name, sizeof name, "env.vars.W%d_%d", w, i);
            snprintf(value, sizeof value, "'%d'", i);
            if (config_edit_begin(&x, h.env, NULL) != CHELA_OK) _exit(1);
            if (config_edit_set(&x, str_c(name), str_c(value), NULL) != CHELA_OK) _exit(2);
            if (config_edit_commit(&x, NULL) != CHELA_OK) _exit(3);
            config_edit_end(&x);
        }
        if (!child[w]) _exit(0);
    }
    for (int w = 0; w < WRITERS; w++) {
        int status;
        assert_int_equal(waitpid(child[w], &status, 0), child[w]);
        assert_int_equal(status, 0);
    }
    struct config *c = home_load(&h);
    for (int i = 0; i < WRITERS * EDITS; i++) {
        char name[64], value[64];
        snprintf(name, sizeof name, "env.vars.W%d_%d", i / EDITS, i % EDITS);
        snprintf(value, sizeof value, "\"%d\"", i % EDITS);
        assert_json(c, name, value);
    }
    assert_int_equal(doc_len(config_doc(c), doc_path_get(config_doc(c), S("env.vars"), NULL)),
                     WRITERS * EDITS);
    config_free(c);
    assert_has(bytes(&h, CONFIG), "{ // all of these\n");
    home_free(&h);
}

/* ---- death in mid-edit ---- */

/* Runs the edit in a child that dies after `steps`; true when it did. */
static bool dies(const struct home *h, long steps, const char *path, const char *value) {
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        steps_to_live = steps;
        struct config_edit x;
        if (config_edit_begin(&x, h->env, NULL) != CHELA_OK) _exit(1);
        if (config_edit_set(&x, str_c(path), str_c(value), NULL) != CHELA_OK) _exit(2);
        if (config_edit_commit(&x, NULL) != CHELA_OK) _exit(3);
        config_edit_end(&x);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) return true;
    assert_int_equal(WEXITSTATUS(status), 0);
    return false;
}

static void a_killed_edit_leaves_a_whole_file(void **state) {
    (void)state;
    static const char *const old = "{ui: 1} // mine\n", *const new = "{ui: 22222222} // mine\n";
    struct home h;
    long steps = 1, old_ones = 0, new_ones = 0;
    home_make(&h);
    for (;; steps++) {
        home_config(&h, old);
        (void)remove(home_path(&h, BACKUP));
        bool died = dies(&h, steps, "ui", "22222222");
        bool is_new = strcmp(bytes(&h, CONFIG), new) == 0;
        if (!is_new) assert_string_equal(bytes(&h, CONFIG), old);
        new_ones += is_new;
        old_ones += !is_new;
        if (is_new || is_there(&h, BACKUP)) assert_string_equal(bytes(&h, BACKUP), old);
        if (!died) break;
        edit(&h, "ui", "1"); /* its lock died with it */
        assert_string_equal(bytes(&h, CONFIG), old);
    }
    assert_true(old_ones >= 10); /* the wrapped calls are the ones that run */
    assert_true(new_ones >= 3);
    home_free(&h);
    /* and where there was nothing */
    home_make(&h);
    for (steps = 1; dies(&h, steps, "ui", "1"); steps++) {
        if (is_there(&h, CONFIG)) assert_string_equal(bytes(&h, CONFIG), "{\n  \"ui\": 1\n}\n");
        nftw(home_path(&h, ".openclaw"), scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
    }
    assert_string_equal(bytes(&h, CONFIG), "{\n  \"ui\": 1\n}\n");
    home_free(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_other_byte_stays),
        cmocka_unit_test(a_file_is_made),
        cmocka_unit_test(nothing_is_written_for_nothing),
        cmocka_unit_test(links_are_followed),
        cmocka_unit_test(no_new_problem),
        cmocka_unit_test(what_is_broken_can_be_mended),
        cmocka_unit_test(included_files_are_left_alone),
        cmocka_unit_test(other_programs_are_noticed),
        cmocka_unit_test(locks_wait),
        cmocka_unit_test(two_writers_lose_nothing),
        cmocka_unit_test(a_killed_edit_leaves_a_whole_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
