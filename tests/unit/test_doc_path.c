#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "doc/doc.h"

#include <string.h>

static const char *const config =
    "{ agents: { defaults: { models: { \"openrouter/auto\": { params: { a: 1 } } } },\n"
    "    list: [ { id: 'x' }, 7, [ 8 ] ] },\n"
    "  'it\\'s': 2, \"\": { \"\": 3 }, 'a.b': 4, 'q\"]': 5, \"tab\\t\": 6 }";

static struct doc *parse(const char *text, enum doc_syntax syntax) {
    struct err e = ERR_INIT;
    struct doc *d = NULL;
    if (doc_parse(&d, str_c(text), syntax, NULL, &e) != CHELA_OK) fail_msg("%s", e.message);
    return d;
}

static void getting(void **state) {
    (void)state;
    static const struct {
        const char *path, *raw; /* raw NULL: not there */
        const char *spelled;    /* what doc_path_of makes of it, NULL: the same */
    } cases[] = {
        { "agents.defaults.models[\"openrouter/auto\"].params.a", "1", NULL },
        { "agents.defaults.models.openrouter/auto.params.a", "1",
          "agents.defaults.models[\"openrouter/auto\"].params.a" },
        { "[\"agents\"]['list'][0][\"id\"]", "'x'", "agents.list[0].id" },
        { "agents.list[2][0]", "8", NULL },
        { "agents.list[00000000001]", "7", "agents.list[1]" },
        { "agents.list[3]", NULL, NULL },
        { "agents.list[18446744073709551615]", NULL, NULL },
        { "agents.list.id", NULL, NULL },
        { "agents[0]", NULL, NULL },
        { "agents.list[1].x[2].y", NULL, NULL },
        { "[\"it's\"]", "2", NULL },
        { "['it\\'s']", "2", "[\"it's\"]" },
        { "[\"\"][\"\"]", "3", NULL },
        { "[\"a.b\"]", "4", NULL },
        { "a.b", NULL, NULL },
        { "[\"q\\\"]\"]", "5", NULL },
        { "['q\"]']", "5", "[\"q\\\"]\"]" },
        { "[\"tab\\t\"]", "6", NULL },
        { "[\"tab\\u0009\"]", "6", "[\"tab\\t\"]" },
    };
    struct doc *d = parse(config, DOC_JSON5);
    struct err e = ERR_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        err_set(&e, CHELA_INPUT, "of the last one");
        doc_node n = doc_path_get(d, str_c(cases[i].path), &e);
        if (e.code != CHELA_OK) fail_msg("%s: %s", cases[i].path, e.message);
        if (!cases[i].raw) {
            if (n) fail_msg("%s is there", cases[i].path);
            continue;
        }
        if (!str_eq(doc_raw(d, n), str_c(cases[i].raw))) fail_msg("%s", cases[i].path);
        struct buf out = BUF_INIT(1000);
        assert_true(doc_path_of(d, n, &out));
        assert_string_equal(out.p, cases[i].spelled ? cases[i].spelled : cases[i].path);
        buf_free(&out);
    }
    assert_int_equal(doc_path_get(d, S(""), NULL), doc_root(d));
    struct buf out = BUF_INIT(1000);
    assert_true(doc_path_of(d, doc_root(d), &out));
    assert_int_equal(out.n, 0);
    doc_free(d);
}

static bool spell(void *ctx, str key, bool item) {
    struct buf *out = ctx;
    buf_addf(out, "%s%.*s;", item ? "#" : "", STR_ARG(key));
    return !str_eq(key, S("stop"));
}

static void steps(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        /* path, steps, without the last */
        { "", "", NULL },
        { "a", "a;", "" },
        { "a.b[2].c", "a;b;#;c;", "a.b[2]" },
        { "a.b[2]", "a;b;#;", "a.b" },
        { "a['x.y[0]\\'']", "a;x.y[0]';", "a" },
        { "[\"a\\u0062\"]", "ab;", "" },
        { "a.stop.b", "a;stop;", "a.stop" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = ERR_INIT;
        struct buf out = BUF_INIT(1000);
        str path = str_c(cases[i][0]);
        assert_true(doc_path_steps(path, spell, &out, &e));
        assert_string_equal(out.p ? out.p : "", cases[i][1]);
        assert_int_equal(doc_path_up(&path), cases[i][2] != NULL);
        if (cases[i][2]) assert_true(str_eq(path, str_c(cases[i][2])));
        buf_free(&out);
    }
    struct err e = ERR_INIT;
    struct buf out = BUF_INIT(1000);
    assert_false(doc_path_steps(S("a.b["), spell, &out, &e));
    assert_int_equal(e.code, CHELA_INPUT);
    assert_int_equal(out.n, 0); /* a bad path gives no steps at all */
}

static void wrong_paths(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        { ".a", "path \".a\", position 1: expected a name, found '.'" },
        { "a.", "path \"a.\", position 3: expected a name, found the end" },
        { "a..b", "path \"a..b\", position 3: expected a name, found '.'" },
        { "a[", "path \"a[\", position 3: expected an index or a quoted key, found the end" },
        { "a[b]", "path \"a[b]\", position 3: expected an index or a quoted key, found 'b'" },
        { "a[-1]", "path \"a[-1]\", position 3: expected an index or a quoted key, found '-'" },
        { "a[1", "path \"a[1\", position 4: expected ']', found the end" },
        { "a[1x]", "path \"a[1x]\", position 4: expected ']', found 'x'" },
        { "a[0]b", "path \"a[0]b\", position 5: expected '.' or '[', found 'b'" },
        { "a]", "path \"a]\", position 2: expected '.' or '[', found ']'" },
        { "a\"b\"", "path \"a\"b\"\", position 2: expected '.' or '[', found '\"'" },
        { "[\"a", "path \"[\"a\", position 4: expected '\"' to end the key, found the end" },
        { "['a]", "path \"['a]\", position 5: expected \"'\" to end the key, found the end" },
        { "[\"a\\x\"]", "path \"[\"a\\x\"]\", position 5: expected an escape of JSON, found 'x'" },
        { "[\"\\u12\"]",
          "path \"[\"\\u12\"]\", position 4: expected an escape of JSON, found 'u'" },
        { "x[99999999999999999999]",
          "path \"x[99999999999999999999]\", position 3: expected a smaller index, found '9'" },
    };
    struct doc *d = parse(config, DOC_JSON5);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = ERR_INIT;
        str path = str_c(cases[i][0]);
        assert_int_equal(doc_path_get(d, path, &e), 0);
        assert_int_equal(e.code, CHELA_INPUT);
        assert_string_equal(e.message, cases[i][1]);
        assert_int_equal(doc_path_set(d, path, S("1"), &e), 0);
        assert_string_equal(e.message, cases[i][1]);
        assert_false(doc_path_unset(d, path, &e));
        assert_string_equal(e.message, cases[i][1]);
    }
    assert_false(doc_edited(d));
    doc_free(d);
}

static void setting(void **state) {
    (void)state;
    static const struct {
        const char *path, *value;
        const char *result; /* the document, or the message when it starts otherwise */
    } cases[] = {
        { "", "[1]", "[1]" },
        { "a", "2", "{\"a\":2,\"l\":[1],\"s\":\"x\",\"n\":null}" },
        { "b", "2", "{\"a\":{},\"l\":[1],\"s\":\"x\",\"n\":null,\"b\":2}" },
        { "a.b.c", "2", "{\"a\":{\"b\":{\"c\":2}},\"l\":[1],\"s\":\"x\",\"n\":null}" },
        { "a.b[0][0].c", "2", "{\"a\":{\"b\":[[{\"c\":2}]]},\"l\":[1],\"s\":\"x\",\"n\":null}" },
        { "l[0]", "2", "{\"a\":{},\"l\":[2],\"s\":\"x\",\"n\":null}" },
        { "l[1]", "2", "{\"a\":{},\"l\":[1,2],\"s\":\"x\",\"n\":null}" },
        { "l[1].x", "2", "{\"a\":{},\"l\":[1,{\"x\":2}],\"s\":\"x\",\"n\":null}" },
        { "a[\"x.y\"]", "2", "{\"a\":{\"x.y\":2},\"l\":[1],\"s\":\"x\",\"n\":null}" },
        { "l[2]", "2", "l has 1 items: the next index is 1, not 2" },
        { "l.x", "2", "l is an array, not an object" },
        { "a[0]", "2", "a is an object, not an array" },
        { "s.x", "2", "s is a string, not an object" },
        { "n.x", "2", "n is null, not an object" },
        { "l[0].x", "2", "l[0] is a number, not an object" },
        { "[0]", "2", "the document is an object, not an array" },
        { "b.c[1]", "2", "b.c is not there: its first index is 0, not 1" },
        { "a.b.c", "",
          "the new value: line 1, column 1: expected a value, found the end of the text" },
    };
    const char *text = "{\"a\":{},\"l\":[1],\"s\":\"x\",\"n\":null}";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct doc *d = parse(text, DOC_JSON);
        struct err e = ERR_INIT;
        struct buf out = BUF_INIT(1000);
        doc_node n = doc_path_set(d, str_c(cases[i].path), str_c(cases[i].value), &e);
        bool good = strchr("{[", cases[i].result[0]) != NULL;
        if (good != (n != 0)) fail_msg("%s: %s", cases[i].path, e.message);
        assert_true(doc_write(d, &out));
        assert_string_equal(out.p, good ? cases[i].result : text);
        if (!good) assert_string_equal(e.message, cases[i].result);
        if (good) assert_int_equal(n, doc_path_get(d, str_c(cases[i].path), &e));
        buf_free(&out);
        doc_free(d);
    }
}

static void unsetting(void **state) {
    (void)state;
    struct doc *d = parse("{\"a\":{\"b\":1,\"c\":2,\"b\":3},\"l\":[1,2]}", DOC_JSON);
    struct err e = ERR_INIT;
    struct buf out = BUF_INIT(1000);
    assert_true(doc_path_unset(d, S("a.b"), &e));
    assert_true(doc_path_unset(d, S("l[0]"), &e));
    static const char *const absent[] = { "a.b", "x.y", "l[1]", "l.x", "a[0]", "a.c.d" };
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        err_set(&e, CHELA_INPUT, "of the last one");
        assert_false(doc_path_unset(d, str_c(absent[i]), &e));
        assert_int_equal(e.code, CHELA_OK);
    }
    assert_false(doc_path_unset(d, S(""), &e));
    assert_string_equal(e.message, "the whole document cannot be removed");
    assert_true(doc_write(d, &out));
    assert_string_equal(out.p, "{\"a\":{\"c\":2},\"l\":[2]}");
    buf_free(&out);
    doc_free(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(getting), cmocka_unit_test(steps),     cmocka_unit_test(wrong_paths),
        cmocka_unit_test(setting), cmocka_unit_test(unsetting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
