/* Every allocation of loading fails once, in turn: nothing leaks, and a configuration that loads
 * all the same says what it says when nothing fails. */
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
#define fail    arena_fail
#include "../../src/base/arena.c"
#undef fail
#define fail buf_fail
#include "../../src/base/buf.c"
#undef fail
#include "../../src/config/env.c"
#include "../../src/config/include.c"
#include "../../src/config/load.c"
#include "../../src/config/source.c"
#include "../../src/config/substitute.c"
#undef malloc
#undef calloc
#undef realloc

#include "unit.h" /* last: cmocka has a macro `fail` */

static const char main_text[] =
    "{\n env: {A: 'from env', LD_X: 'no', vars: {B: 'b'}},\n"
    " agents: {defaults: {$include: ['one', 'two'], workspace: '${A}/${B}/${NONE}',\n"
    "  model: {fallbacks: ['x', '${A}'], $include: 'list-beside'}}, odd: 1},\n"
    " tools: {deny: {$include: 'list'}}, ui: {$include: 'one'}\n}";

static enum chela_error read_text(void *ctx, struct config *c, const char *path, struct buf *out,
                                  char real[4096], struct err *e) {
    (void)ctx, (void)c;
    str name = str_c(path);
    const char *text = str_ends(name, S("/one"))   ? "{params: {x: '${A}'}, modle: 1}"
                       : str_ends(name, S("/two")) ? "{params: {y: [1, {$include: 'list'}]}}"
                       : str_ends(name, S("/list"))
                           ? "['a', '${B}']"
                           : "{fallbacks: ['included', 'also'], primary: 'openrouter/auto'}";
    str_copy(real, 4096, name);
    return buf_add(out, str_c(text)) ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}

/* What a loaded configuration says: verdict, reports, document. */
static enum chela_error load_once(const char *text, struct buf *said) {
    static const char *const env[] = { "HOME=/h", NULL };
    static struct config_paths where = { .openclaw_json = "/h/openclaw.json",
                                         .chela_json5 = "/h/chela.json5" };
    const struct config_input in = { .where = &where,
                                     .env = env,
                                     .text = str_c(text),
                                     .dotenv = S("Q=1\nbad line\nR=\"x\\ny\"\n"),
                                     .chela = S("{attribution: {title: 't'}}"),
                                     .read = read_text };
    struct config *c = NULL;
    struct err e = ERR_INIT;
    enum chela_error rc = config_from_text(&c, &in, &e);
    failing = 0;
    assert_true((c != NULL) == (rc == CHELA_OK || rc == CHELA_CONFIG));
    if (!c) return rc;
    const struct config_reports *reports[] = { &c->problems, &c->warnings };
    buf_clear(said);
    buf_addf(said, "%d\n", (int)rc);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < reports[k]->count; i++)
            buf_addf(said, "%s:%u:%u %.*s: %.*s\n", reports[k]->item[i].file,
                     reports[k]->item[i].line, reports[k]->item[i].column,
                     STR_ARG(reports[k]->item[i].path), STR_ARG(reports[k]->item[i].text));
    assert_true(doc_write_json(c->main.doc, doc_root(c->main.doc), said));
    config_free(c);
    return rc;
}

static void try_all(const char *text, enum chela_error expected) {
    struct buf said = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
    failing = allocations = 0;
    assert_int_equal(load_once(text, &said), expected);
    long total = allocations;
    assert_true(total > 20);
    for (long i = 1; i <= total; i++) {
        allocations = 0;
        failing = i;
        enum chela_error rc = load_once(text, &again);
        if (rc == CHELA_NOMEM || rc == CHELA_LIMIT) continue;
        if (!str_eq(buf_str(&said), buf_str(&again)))
            fail_msg("allocation %ld of %ld: %s\ninstead of\n%s", i, total, again.p, said.p);
    }
    buf_free(&said);
    buf_free(&again);
}

static void a_good_file(void **state) {
    (void)state;
    try_all(main_text, CHELA_OK);
}

static void a_bad_file(void **state) {
    (void)state;
    try_all("{\n agents: {defaults: {model: 5, $include: 'list', params: 'x${NONE}'}},\n"
            " models: {providers: {openrouter: {baseUrl: 1, models: [{}, {}, {}, {}, {}, {}, {}, "
            "{}, {}]\n"
            " }}}, messages: [], tools: {allow: [1, 2, 3, 4, 5, 6, 7, 8, 9]}}",
            CHELA_CONFIG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file),
        cmocka_unit_test(a_bad_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
