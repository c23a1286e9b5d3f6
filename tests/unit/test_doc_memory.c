/* Every allocation of a document fails once, in turn: nothing leaks, nothing is half done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static long allocations, failing; /* the one that fails, from 1; 0: none */

static bool fails(void) {
    return ++allocations == failing;
}

static void *failing_malloc(size_t n) {
    return fails() ? NULL : malloc(n);
}

static void *failing_calloc(size_t n, size_t size) {
    return fails() ? NULL : calloc(n, size);
}

static void *failing_realloc(void *p, size_t n) {
    return fails() ? NULL : realloc(p, n);
}

#define malloc  failing_malloc
#define calloc  failing_calloc
#define realloc failing_realloc
#include "../../src/doc/parse.c"
#include "../../src/doc/text.c"
#include "../../src/doc/write.c"
#define put put_step
#include "../../src/doc/path.c"
#undef malloc
#undef calloc
#undef realloc

static void same(const struct doc *d, str wanted) {
    struct buf out = BUF_INIT(1 << 20);
    assert_true(doc_write(d, &out));
    if (!str_eq(buf_str(&out), wanted))
        fail_msg("got\n%.*s\nwanted\n%.*s", STR_ARG(buf_str(&out)), STR_ARG(wanted));
    buf_free(&out);
}

/* An edit failed: the document is as it was before. */
static void refused(const struct doc *d, const struct err *e, const struct buf *before) {
    assert_int_equal(e->code, CHELA_NOMEM);
    same(d, buf_str(before));
}

static void keep(const struct doc *d, struct buf *before) {
    buf_clear(before);
    assert_true(doc_write(d, before));
}

static bool edits(struct doc *d, struct buf *before) {
    struct err e = ERR_INIT;
    char big[6000];
    memset(big, '7', sizeof big);
    struct buf many = BUF_INIT(1 << 20);
    buf_addc(&many, '[');
    for (int i = 0; i < 300; i++) buf_addf(&many, "%s{}", i ? "," : "");
    buf_addc(&many, ']');
    bool good = true;
    keep(d, before);
    if (!doc_path_set(d, S("a.b[0].c"), (str){ big, sizeof big }, &e)) {
        refused(d, &e, before);
        good = false;
    }
    keep(d, before);
    if (!doc_set(d, doc_root(d), S("many"), buf_str(&many), &e)) {
        refused(d, &e, before);
        good = false;
    }
    keep(d, before);
    if (!doc_replace(d, doc_first(d, doc_root(d)), buf_str(&many), &e)) {
        refused(d, &e, before);
        good = false;
    }
    buf_free(&many);
    keep(d, before);
    doc_node twin = doc_get(d, doc_root(d), S("a"));
    if (!doc_set(d, doc_root(d), S("a"), S("{}"), &e)) {
        refused(d, &e, before);
        good = false;
    } else if (doc_first(d, doc_root(d)) != twin) {
        /* Removing cannot fail, whatever memory is left. */
        assert_int_equal(doc_remove_key(d, doc_root(d), S("a")), 1);
    }
    str s;
    doc_node text = doc_get(d, doc_root(d), S("text"));
    if (doc_string(d, text, &s))
        assert_true(str_eq(s, S("a\nb")));
    else
        good = false;
    str key = doc_key(d, text);
    assert_true(!key.n || str_eq(key, S("text")));
    good = good && key.n;
    return good;
}

static bool run_once(void) {
    static const char source[] = "{ k: 1, /* c */ \"te\\x78t\": 'a\\nb', // d\n a: {}, a: {} }";
    struct doc *d = NULL;
    struct err e = ERR_INIT;
    if (doc_parse(&d, str_c(source), DOC_JSON5, NULL, &e) != CHELA_OK) {
        assert_null(d);
        assert_int_equal(e.code, CHELA_NOMEM);
        return false;
    }
    struct buf before = BUF_INIT(1 << 20), json = BUF_INIT(1 << 20);
    bool good = edits(d, &before);
    if (!doc_write_json(d, doc_root(d), &json)) {
        assert_int_equal(json.failed, BUF_NO_MEMORY);
        good = false;
    }
    buf_free(&before);
    buf_free(&json);
    doc_free(d);
    return good;
}

static void each_allocation_fails(void **state) {
    (void)state;
    failing = 0;
    allocations = 0;
    assert_true(run_once());
    long count = allocations;
    assert_true(count > 10);
    long hurt = 0;
    for (failing = 1; failing <= count; failing++) {
        allocations = 0;
        if (!run_once()) hurt++;
    }
    failing = 0;
    assert_true(hurt > 8);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_allocation_fails) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
