/* store/: the file, its schema and its writers. */
#include "unit.h"

#include "store/sqlite_lib.h"
#include "store/store.h"

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

/* The first column of the first row. */
static void one_row(struct store *s, const char *sql, char *text, size_t cap) {
    struct store_query *q = NULL;
    struct err e = ERR_INIT;
    bool row = false;
    if (store_prepare(&q, s, sql, &e) != CHELA_OK) fail_msg("%s", e.message);
    assert_int_equal(store_step(q, &row, &e), CHELA_OK);
    assert_true(row);
    assert_true(str_copy(text, cap, store_text(q, 0)));
    store_finish(q);
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

/* A file as the first schema made it. */
static void make_old(const char *path, const char *more) {
    const struct sqlite_lib *lib = sqlite_lib(NULL);
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    assert_int_equal(lib->sqlite3_open_v2(path, &db, flags, NULL), SQLITE_OK);
    static const char schema[] =
        "CREATE TABLE session(id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL,"
        " updated_ms INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE message(session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,"
        " seq INTEGER NOT NULL, model TEXT NOT NULL, body TEXT NOT NULL,"
        " created_ms INTEGER NOT NULL, PRIMARY KEY(session, seq)) WITHOUT ROWID;"
        "INSERT INTO session VALUES('a',10,40);"
        "INSERT INTO message VALUES('a',1,'m','q1',10),('a',2,'m','a1',20),"
        "('a',3,'m','q2',30),('a',4,'m','a2',40);"
        "PRAGMA user_version=1;";
    assert_int_equal(lib->sqlite3_exec(db, schema, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(lib->sqlite3_exec(db, more, NULL, NULL, NULL), SQLITE_OK);
    lib->sqlite3_close(db);
}

static void an_older_schema_is_brought_up_to_date(void **state) {
    char path[256], text[256];
    scratch_path(*state, path, sizeof path, "state");
    assert_int_equal(mkdir(path, 0700), 0);
    scratch_path(*state, path, sizeof path, "state/chela.db");
    make_old(path, "");
    store_close(open_in(*state));
    struct store *s = open_in(*state); /* and stays as it is */
    one_row(s,
            "SELECT group_concat(turn||'.'||round||body, ' ') FROM (SELECT * FROM message"
            " ORDER BY seq)",
            text, sizeof text);
    assert_string_equal(text, "1.0q1 1.1a1 2.0q2 2.1a2");
    one_row(s,
            "SELECT group_concat(turn||state||started_ms||'-'||ended_ms, ' ') FROM turn ORDER BY "
            "turn",
            text, sizeof text);
    assert_string_equal(text, "1done10-20 2done30-40");
    store_close(s);
}

static void a_newer_schema_is_refused(void **state) {
    char path[256];
    scratch_path(*state, path, sizeof path, "chela.db");
    make_old(path, "PRAGMA user_version=1000");
    struct store *s = NULL;
    struct err e = ERR_INIT;
    assert_int_equal(store_open(&s, path, &e), CHELA_IO);
    assert_non_null(strstr(e.message, "newer chela"));
    assert_null(s);
}

static void run_sql(struct store *s, const char *sql, double value) {
    struct store_query *q = NULL;
    bool row;
    assert_int_equal(store_prepare(&q, s, sql, NULL), CHELA_OK);
    store_bind_real(q, 1, value);
    assert_int_equal(store_step(q, &row, NULL), CHELA_OK);
    store_finish(q);
}

static void numbers_come_back_as_they_were(void **state) {
    struct store *s = open_in(*state);
    run_sql(s, "INSERT INTO session(id, created_ms, updated_ms) VALUES('x', ?1, 0)", 1);
    run_sql(s, "INSERT INTO usage VALUES('x',1,1,0,'','','',NULL,0,0,0,0,?1,'')", 0.1 + 0.2);
    struct store_query *q = NULL;
    bool row;
    assert_int_equal(store_prepare(&q, s, "SELECT cost, coalesce(prompt,-1) FROM usage", NULL),
                     CHELA_OK);
    assert_int_equal(store_step(q, &row, NULL), CHELA_OK);
    assert_true(row && store_real(q, 0) >= 0.1 + 0.2 && store_real(q, 0) <= 0.1 + 0.2);
    assert_int_equal(store_int(q, 1), -1);
    store_finish(q);
    store_close(s);
}

static void several_processes_write_and_lose_nothing(void **state) {
    store_close(open_in(*state));
    enum { WRITERS = 3, ROWS = 20 };
    pid_t child[WRITERS];
    for (int w = 0; w < WRITERS; w++) {
        child[w] = fork();
        if (child[w] != 0) continue;
        struct store *s = open_in(*state);
        for (int i = 0; i < ROWS; i++) {
            assert_int_equal(store_begin(s, NULL), CHELA_OK);
            run_sql(s,
                    "INSERT INTO cooldown SELECT ''||count(*), '', ?1, 0, 0, '', '' FROM cooldown",
                    0);
            assert_int_equal(store_commit(s, NULL), CHELA_OK);
        }
        store_close(s);
        _exit(0);
    }
    for (int w = 0; w < WRITERS; w++) {
        int status = 1;
        waitpid(child[w], &status, 0);
        assert_int_equal(status, 0);
    }
    char text[32];
    struct store *s = open_in(*state);
    one_row(s, "SELECT count(*) FROM cooldown", text, sizeof text);
    assert_string_equal(text, "60");
    store_close(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define IN_SCRATCH(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
        IN_SCRATCH(the_file_is_the_users_alone),
        IN_SCRATCH(a_broken_file_is_an_error_with_a_remedy),
        IN_SCRATCH(an_older_schema_is_brought_up_to_date),
        IN_SCRATCH(a_newer_schema_is_refused),
        IN_SCRATCH(numbers_come_back_as_they_were),
        IN_SCRATCH(several_processes_write_and_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
