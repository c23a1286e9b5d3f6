/* The stored keys: what an edit changes and what it leaves, who may read them, two writers at once
 * and death in the middle. */
#include "config_home.h"

#include "base/clock.h"

#include <sys/wait.h>
#include <time.h>

#include "mortal.h"

#include "../../src/base/draft.c"
#include "../../src/base/file.c"
#include "../../src/base/file_lock.c"
#include "../../src/config/auth_edit.c"
#include "../../src/config/auth_lock.c"
#include "immortal.h"

#define FOLDER   ".openclaw/agents/main/agent"
#define PROFILES FOLDER "/auth-profiles.json"
#define STATE    FOLDER "/auth-state.json"
#define LOCK     PROFILES ".lock"

static struct config_paths where(const struct home *h) {
    struct config_paths p;
    struct err e = ERR_INIT;
    assert_int_equal(config_paths(&p, h->env, &e), CHELA_OK);
    return p;
}

static void store(const struct home *h, const char *id, struct auth_value v) {
    struct config_paths p = where(h);
    struct err e = ERR_INIT;
    if (!v.provider.n) v.provider = S("openrouter");
    if (auth_store_put(&p, str_c(id), &v, &e) != CHELA_OK) fail_msg("%s", e.message);
}

static void store_key(const struct home *h, const char *id, const char *key) {
    store(h, id, (struct auth_value){ .secret = str_c(key) });
}

static const char *bytes(const struct home *h, const char *name) {
    static char text[16384];
    struct buf b = BUF_INIT(sizeof text - 1);
    struct err e = ERR_INIT;
    if (file_read(home_path(h, name), &b, &e) != CHELA_OK) fail_msg("%s", e.message);
    str_copy(text, sizeof text, buf_str(&b));
    buf_free(&b);
    return text;
}

static unsigned mode_of(const struct home *h, const char *name) {
    struct stat st;
    assert_int_equal(stat(home_path(h, name), &st), 0);
    return st.st_mode & 0777;
}

static const char fresh[] = "{\n"
                            "  \"version\": 1,\n"
                            "  \"profiles\": {\n"
                            "    \"openrouter:default\": {\n"
                            "      \"type\": \"api_key\",\n"
                            "      \"provider\": \"openrouter\",\n"
                            "      \"key\": \"sk-or-v1-new\"\n"
                            "    }\n"
                            "  }\n"
                            "}\n";

static void the_first_key(void **state) {
    (void)state;
    struct home h;
    mode_t mask = umask(0);
    home_make(&h);
    store_key(&h, "openrouter:default", "sk-or-v1-new");
    umask(mask);
    assert_string_equal(bytes(&h, PROFILES), fresh);
    assert_int_equal(mode_of(&h, PROFILES), 0600);
    assert_int_equal(mode_of(&h, FOLDER), 0700);
    assert_int_equal(mode_of(&h, ".openclaw"), 0700);
    assert_false(file_exists(home_path(&h, LOCK)));
    assert_false(file_exists(home_path(&h, STATE)));
    home_free(&h);
}

static void a_folder_that_others_can_read_is_closed(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, PROFILES, "{\"version\":1,\"profiles\":{}}");
    assert_int_equal(chmod(home_path(&h, FOLDER), 0755), 0);
    assert_int_equal(chmod(home_path(&h, PROFILES), 0644), 0);
    store_key(&h, "openrouter:default", "k");
    assert_int_equal(mode_of(&h, FOLDER), 0700);
    assert_int_equal(mode_of(&h, PROFILES), 0600);
    home_free(&h);
}

static const char others[] =
    "{ // kept\n"
    "  \"version\": 1,\n"
    "  \"profiles\": {\n"
    "    \"anthropic:a\": {\"type\": \"oauth\", \"provider\": \"anthropic\",   \"access\": "
    "\"x\"},\n"
    "    \"openrouter:default\": { \"mode\": \"api_key\", \"provider\": \"openrouter\",\n"
    "      \"email\": \"me@example.com\", %s }\n"
    "  }, \"odd\": 0x10\n"
    "}\n";

static void write_others(const struct home *h, const char *key) {
    char text[1024];
    snprintf(text, sizeof text, others, key);
    home_file(h, PROFILES, text);
}

static void expect_others(const struct home *h, const char *key) {
    char text[1024];
    snprintf(text, sizeof text, others, key);
    assert_string_equal(bytes(h, PROFILES), text);
}

static void every_other_byte_stays(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    write_others(&h, "\"key\": \"old\"");
    store_key(&h, "openrouter:default", "n\"ew");
    expect_others(&h, "\"key\": \"n\\\"ew\"");
    write_others(&h, "\"apiKey\": \"old\", \"key\": {\"source\": \"env\", \"id\": \"A\"}");
    store_key(&h, "openrouter:default", "new");
    expect_others(&h, "\"key\": \"new\"");
    bool there;
    struct config_paths p = where(&h);
    assert_int_equal(auth_store_remove(&p, S("nobody"), &there, NULL), CHELA_OK);
    assert_false(there);
    expect_others(&h, "\"key\": \"new\"");
    assert_int_equal(auth_store_remove(&p, S("anthropic:a"), &there, NULL), CHELA_OK);
    assert_true(there);
    assert_null(strstr(bytes(&h, PROFILES), "anthropic"));
    assert_has(bytes(&h, PROFILES), "{ // kept\n");
    assert_has(bytes(&h, PROFILES), "}, \"odd\": 0x10\n}\n");
    home_free(&h);
}

static void a_key_becomes_a_reference_and_back(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    store_key(&h, "openrouter:default", "sk-or-v1-new");
    store(&h, "openrouter:default", (struct auth_value){ .variable = S("OPENROUTER_API_KEY") });
    assert_has(bytes(&h, PROFILES), "\"keyRef\": {\n        \"source\": \"env\",\n"
                                    "        \"provider\": \"default\",\n"
                                    "        \"id\": \"OPENROUTER_API_KEY\"\n      }\n");
    assert_null(strstr(bytes(&h, PROFILES), "sk-or"));
    store_key(&h, "openrouter:default", "sk-or-v1-new");
    assert_string_equal(bytes(&h, PROFILES), fresh);
    home_free(&h);
}

static void tokens_expire(void **state) {
    (void)state;
    struct home h;
    struct auth_store s;
    home_make(&h);
    struct config_paths p = where(&h);
    int64_t later = clock_unix_ms() + 60000;
    store_key(&h, "openrouter:t", "a key that becomes a token");
    store(&h, "openrouter:t",
          (struct auth_value){ .kind = AUTH_TOKEN, .secret = S("t"), .expires_ms = later });
    auth_store_open(&s, &p);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.profile[0].kind, AUTH_TOKEN);
    assert_int_equal(s.profile[0].expires_ms, later);
    assert_true(s.profile[0].key != 0);
    auth_store_close(&s);
    store(&h, "openrouter:t",
          (struct auth_value){ .kind = AUTH_TOKEN, .secret = S("t"), .expires_ms = 1000 });
    auth_store_open(&s, &p);
    assert_int_equal(s.profile[0].key, 0);
    assert_string_equal(s.profile[0].why, "its token has expired");
    auth_store_close(&s);
    store(&h, "openrouter:t", (struct auth_value){ .kind = AUTH_TOKEN, .secret = S("t") });
    assert_null(strstr(bytes(&h, PROFILES), "expires"));
    assert_null(strstr(bytes(&h, PROFILES), "\"key\""));
    home_free(&h);
}

/* ---- the order ---- */

static void expect_order(const struct home *h, const char *ids) {
    struct auth_store s;
    const struct auth_profile *list[AUTH_MAX_PROFILES];
    struct config_paths p = where(h);
    struct config *c = home_load(h);
    char got[1024] = "";
    auth_store_open(&s, &p);
    size_t count = auth_store_order(&s, c, S("openrouter"), list);
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(got);
        snprintf(got + n, sizeof got - n, "%s%.*s", i ? " " : "", STR_ARG(list[i]->id));
    }
    assert_string_equal(got, ids);
    auth_store_close(&s);
    config_free(c);
}

static void an_order_is_set_and_kept_up(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    store_key(&h, "openrouter:a", "a");
    store_key(&h, "openrouter:b", "b");
    store(&h, "anthropic:b", (struct auth_value){ .provider = S("anthropic"), .secret = S("b") });
    expect_order(&h, "openrouter:a openrouter:b");
    struct config_paths p = where(&h);
    str ids[] = { S("openrouter:b"), S("openrouter:a") };
    assert_int_equal(auth_order_put(&p, S("openrouter"), ids, 2, NULL), CHELA_OK);
    assert_int_equal(mode_of(&h, STATE), 0600);
    expect_order(&h, "openrouter:b openrouter:a");
    /* an order names all that may be used: a new key is put in front, a stored one stays */
    store_key(&h, "openrouter:c", "c");
    store_key(&h, "openrouter:a", "a2");
    expect_order(&h, "openrouter:c openrouter:b openrouter:a");
    bool there;
    assert_int_equal(auth_store_remove(&p, S("openrouter:c"), &there, NULL), CHELA_OK);
    assert_null(strstr(bytes(&h, STATE), "openrouter:c"));
    assert_int_equal(auth_store_remove(&p, S("openrouter:b"), &there, NULL), CHELA_OK);
    assert_int_equal(auth_store_remove(&p, S("openrouter:a"), &there, NULL), CHELA_OK);
    assert_null(strstr(bytes(&h, STATE), "\"openrouter\""));
    store_key(&h, "openrouter:d", "d");
    expect_order(&h, "openrouter:d");
    assert_int_equal(auth_order_put(&p, S("openrouter"), ids, 1, NULL), CHELA_OK);
    expect_order(&h, "");
    assert_int_equal(auth_order_put(&p, S("openrouter"), NULL, 0, NULL), CHELA_OK);
    expect_order(&h, "openrouter:d");
    assert_string_equal(bytes(&h, STATE), "{\n  \"version\": 1\n}\n");
    home_free(&h);
}

static void the_state_keeps_what_else_it_holds(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    store_key(&h, "openrouter:a", "a");
    home_file(
        &h, STATE,
        "{\"version\":1,\"lastGood\":{\"x\":\"y\"},\"order\":{\"anthropic\":[\"anthropic:a\"]},"
        "\"usageStats\":{\"openrouter:a\":{\"cooldownUntil\":99999999999999}}}");
    struct config_paths p = where(&h);
    str ids[] = { S("openrouter:a") };
    assert_int_equal(auth_order_put(&p, S("openrouter"), ids, 1, NULL), CHELA_OK);
    assert_has(bytes(&h, STATE), "\"lastGood\":{\"x\":\"y\"}");
    assert_has(bytes(&h, STATE), "\"anthropic\":[\"anthropic:a\"]");
    struct auth_store s;
    auth_store_open(&s, &p);
    assert_true(s.profile[0].waits_ms == 99999999999999);
    assert_false(s.profile[0].disabled);
    auth_store_close(&s);
    home_free(&h);
}

/* ---- what was there before ---- */

static void the_older_file_comes_along(void **state) {
    (void)state;
    struct home h;
    home_make(&h);
    home_file(&h, FOLDER "/auth.json",
              "{\"openrouter\":{\"type\":\"api_key\",\"key\":\"old\"},"
              "\"openai\":{\"type\":\"api_key\",\"key\":\"other\"},\"junk\":5}");
    struct config_paths p = where(&h);
    struct auth_store s;
    auth_store_open(&s, &p);
    assert_true(s.legacy && s.count == 2);
    auth_store_close(&s);
    store_key(&h, "openrouter:work", "new");
    auth_store_open(&s, &p);
    assert_false(s.legacy);
    assert_int_equal(s.count, 3);
    assert_str(s.profile[0].id, "openrouter:default");
    assert_str(s.profile[1].id, "openai:default");
    assert_str(s.profile[1].provider, "openai");
    assert_str(s.profile[2].id, "openrouter:work");
    auth_store_close(&s);
    home_free(&h);
}

static void a_broken_file_is_left_alone(void **state) {
    (void)state;
    static const char *const broken[] = { "{\"profiles\":", "[]", "{\"version\":1}}" };
    struct home h;
    home_make(&h);
    struct config_paths p = where(&h);
    struct auth_value v = { .provider = S("openrouter"), .secret = S("k") };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct err e = ERR_INIT;
        home_file(&h, PROFILES, broken[i]);
        assert_int_equal(auth_store_put(&p, S("openrouter:default"), &v, &e), CHELA_CONFIG);
        assert_int_equal(e.code, CHELA_CONFIG);
        assert_has(e.message, "auth-profiles.json: ");
        assert_has(e.hint, "nothing was changed");
        assert_string_equal(bytes(&h, PROFILES), broken[i]);
        assert_false(file_exists(home_path(&h, LOCK)));
    }
    /* and one whose order cannot be read: the key would be stored and not used */
    struct err e = ERR_INIT;
    home_file(&h, PROFILES, "{}");
    home_file(&h, STATE, "{");
    assert_int_equal(auth_store_put(&p, S("openrouter:default"), &v, &e), CHELA_CONFIG);
    assert_has(e.message, "auth-state.json: ");
    assert_string_equal(bytes(&h, PROFILES), "{}");
    home_free(&h);
}

/* ---- others at work ---- */

static void age_lock(const struct home *h, int64_t ms) {
    int64_t at = clock_unix_ms() - ms;
    struct timespec t = { at / 1000, at % 1000 * 1000000 };
    struct timespec times[2] = { t, t };
    assert_int_equal(utimensat(AT_FDCWD, home_path(h, LOCK), times, 0), 0);
}

static void expect_lock(const struct home *h, enum chela_error expected, const char *who) {
    struct auth_lock l;
    struct err e = ERR_INIT;
    struct config_paths p = where(h);
    assert_int_equal(auth_lock(&l, p.auth_profiles, 50, &e), expected);
    auth_unlock(&l);
    assert_has(e.message, who);
    assert_int_equal(file_exists(home_path(h, LOCK)), expected != CHELA_OK);
}

static void openclaw_at_work_is_waited_for(void **state) {
    (void)state;
    struct home h;
    char text[128], who[64];
    home_make(&h);
    snprintf(text, sizeof text, "{\n  \"pid\": %ld,\n  \"createdAt\": \"x\"\n}", (long)getppid());
    snprintf(who, sizeof who, "process %ld is writing it", (long)getppid());
    home_file(&h, LOCK, text);
    expect_lock(&h, CHELA_TIMEOUT, who);
    age_lock(&h, 29000);
    expect_lock(&h, CHELA_TIMEOUT, who);
    age_lock(&h, 31000);
    expect_lock(&h, CHELA_OK, "");
    home_file(&h, LOCK, text);
    age_lock(&h, -31000); /* from the future */
    expect_lock(&h, CHELA_OK, "");
    home_file(&h, LOCK, "{\"pid\": 99999999}"); /* no such process */
    expect_lock(&h, CHELA_OK, "");
    home_file(&h, LOCK, ""); /* made a moment ago: its maker's name comes next */
    expect_lock(&h, CHELA_TIMEOUT, "another program is writing it");
    age_lock(&h, 3000);
    expect_lock(&h, CHELA_OK, "");
    home_free(&h);
}

static void two_writers_lose_nothing(void **state) {
    (void)state;
    enum { WRITERS = 3, KEYS = 15 };
    struct home h;
    home_make(&h);
    struct config_paths p = where(&h);
    fflush(NULL);
    for (int w = 0; w < WRITERS; w++) {
        if (fork() != 0) continue;
        for (int i = 0; i < KEYS; i++) {
            char id[64];
            struct auth_value v = { .provider = S("openrouter"), .secret = S("k") };
            snprintf(id, sizeof id, "openrouter:%d-%d", w, i);
            if (auth_store_put(&p, str_c(id), &v, NULL) != CHELA_OK) _exit(1);
        }
        _exit(0);
    }
    for (int w = 0; w < WRITERS; w++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    struct auth_store s;
    auth_store_open(&s, &p);
    assert_int_equal(s.count, WRITERS * KEYS);
    auth_store_close(&s);
    home_free(&h);
}

/* ---- death in the middle ---- */

/* Stores a key in a child that dies after so many steps; true when it did. */
static bool dies(const struct config_paths *p, long steps) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct auth_value v = { .provider = S("openrouter"), .secret = S("sk-or-v1-new") };
        steps_to_live = steps;
        _exit((int)auth_store_put(p, S("openrouter:default"), &v, NULL));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) return true;
    assert_int_equal(status, 0);
    return false;
}

static void a_killed_edit_leaves_whole_files(void **state) {
    (void)state;
    static const char old[] =
        "{\"version\":1,\"profiles\":{\"openrouter:old\":{\"type\":\"api_key\","
        "\"provider\":\"openrouter\",\"key\":\"old\"}}}";
    static const char order[] = "{\"order\":{\"openrouter\":[\"openrouter:old\"]}}";
    long old_ones = 0, halves = 0;
    for (long steps = 1;; steps++) {
        struct home h;
        home_make(&h);
        home_file(&h, PROFILES, old);
        home_file(&h, STATE, order);
        struct config_paths p = where(&h);
        bool died = dies(&p, steps);
        bool stored = strcmp(bytes(&h, PROFILES), old) != 0;
        bool led = strcmp(bytes(&h, STATE), order) != 0;
        if (stored) assert_true(led); /* a stored key is one that is used */
        expect_order(&h, stored ? "openrouter:default openrouter:old" : "openrouter:old");
        old_ones += !stored;
        halves += led && !stored;
        /* its locks died with it, and the next one repairs what it left */
        store_key(&h, "openrouter:default", "sk-or-v1-new");
        expect_order(&h, "openrouter:default openrouter:old");
        assert_false(file_exists(home_path(&h, LOCK)));
        home_free(&h);
        if (!died) break;
    }
    assert_true(old_ones >= 10 && halves >= 4); /* the counted calls are those that run */
    for (long steps = 1;; steps++) {            /* and where there was nothing */
        struct home h;
        home_make(&h);
        struct config_paths p = where(&h);
        bool died = dies(&p, steps);
        if (file_exists(home_path(&h, PROFILES))) {
            assert_string_equal(bytes(&h, PROFILES), fresh);
            assert_int_equal(mode_of(&h, PROFILES), 0600);
        }
        home_free(&h);
        if (!died) break;
    }
}

/* ---- what people paste ---- */

static void pasted_keys(void **state) {
    (void)state;
    static const char *const table[][2] = {
        { "sk-or-v1-abc", "sk-or-v1-abc" },
        { "  sk-or-v1-abc \r\n", "sk-or-v1-abc" },
        { "export OPENROUTER_API_KEY=sk-or-v1-abc", "sk-or-v1-abc" },
        { "export OPENROUTER_API_KEY=\"sk-or-v1-abc\";", "sk-or-v1-abc" },
        { "export  my_key = 'sk-or-v1-abc' ;", "sk-or-v1-abc" },
        { "OPENROUTER_API_KEY=`sk-or-v1-abc`", "sk-or-v1-abc" },
        { "'\"sk-or-v1-abc\"'", "sk-or-v1-abc" },
        { "Authorization: Bearer sk-or-v1-abc", "sk-or-v1-abc" },
        { "\"bearer sk-or-v1-abc\"", "sk-or-v1-abc" },
        { "\033[200~sk-or-v1-abc\033[201~", "sk-or-v1-abc" },
        { "sk-or-\nv1-abc", "sk-or-v1-abc" },
        { "\xef\xbb\xbfsk-or\xe2\x80\x8b-v1\xe2\x80\xa8-abc\xc2\xa0", "sk-or-v1-abc" },
        { "eyJhbGciOi.Jx==", "eyJhbGciOi.Jx==" }, /* no assignment */
        { "abc=", "abc=" },
        { "KEY=", "KEY=" },
        { "sk-or-v1-\xc3\xa9", "sk-or-v1-\xc3\xa9" }, /* not mended: refused where it is used */
        { "sk or", "sk or" },
        { "\"", "\"" },
        { "\"\"", "" },
        { " ;; ", "" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[128];
        assert_true(str_copy(text, sizeof text, str_c(table[i][0])));
        assert_str(auth_clean_key(text, strlen(text)), table[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_key),
        cmocka_unit_test(a_folder_that_others_can_read_is_closed),
        cmocka_unit_test(every_other_byte_stays),
        cmocka_unit_test(a_key_becomes_a_reference_and_back),
        cmocka_unit_test(tokens_expire),
        cmocka_unit_test(an_order_is_set_and_kept_up),
        cmocka_unit_test(the_state_keeps_what_else_it_holds),
        cmocka_unit_test(the_older_file_comes_along),
        cmocka_unit_test(a_broken_file_is_left_alone),
        cmocka_unit_test(openclaw_at_work_is_waited_for),
        cmocka_unit_test(two_writers_lose_nothing),
        cmocka_unit_test(a_killed_edit_leaves_whole_files),
        cmocka_unit_test(pasted_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
