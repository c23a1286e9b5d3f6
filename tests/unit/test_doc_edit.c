#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../fuzz/doc_rounds.h"
#include "base/clock.h"
#include "doc_cases.h"

static struct doc *parse(str text, enum doc_syntax syntax) {
    struct err e = ERR_INIT;
    struct doc *d = NULL;
    if (doc_parse(&d, text, syntax, NULL, &e) != CHELA_OK)
        fail_msg("%.*s\n%s", STR_ARG(text), e.message);
    return d;
}

static void assert_text(const struct doc *d, str wanted) {
    struct buf out = BUF_INIT(64u << 20);
    assert_true(doc_write(d, &out));
    if (!str_eq(buf_str(&out), wanted))
        fail_msg("got\n%.*s\nwanted\n%.*s", STR_ARG(buf_str(&out)), STR_ARG(wanted));
    buf_free(&out);
}

/* "set PATH VALUE": the value starts behind the first blank outside the path's quotes; without a
 * path (the value follows at once) it is the root. */
static void run_edit(struct doc *d, str what) {
    struct err e = ERR_INIT;
    str verb, rest;
    str_cut(what, ' ', &verb, &rest);
    size_t n = 0;
    bool quoted = false;
    for (; n < rest.n && (quoted || rest.p[n] != ' '); n++)
        if (rest.p[n] == '"' && !(n && rest.p[n - 1] == '\\')) quoted = !quoted;
    str path = str_head(rest, n), value = str_skip(rest, n + 1);
    bool root = !value.n;
    bool good;
    if (str_eq(verb, S("set"))) {
        good = doc_path_set(d, root ? S("") : path, root ? path : value, &e) != 0;
    } else if (str_eq(verb, S("append"))) {
        doc_node array = doc_path_get(d, root ? S("") : path, &e);
        /* A member of a number: refused, which the case wants to see. */
        good = !array || doc_append(d, array, root ? path : value, &e) != 0;
    } else {
        good = doc_path_unset(d, path, &e);
    }
    if (!good) fail_msg("%.*s: %s", STR_ARG(what), e.message);
}

static void cases(void **state) {
    (void)state;
    struct buf text = BUF_INIT(1 << 20);
    read_cases("edits.txt", &text);
    struct doc_case c;
    size_t count = 0;
    for (str rest = buf_str(&text); next_case(&rest, &c); count++) {
        struct doc *d = parse(c.part[0].body, c.syntax);
        assert_false(doc_edited(d));
        for (size_t i = 1; i + 1 < c.count; i++) run_edit(d, c.part[i].head);
        assert_true(doc_edited(d));
        assert_text(d, c.part[c.count - 1].body);
        doc_free(d);
    }
    assert_true(count > 40);
    buf_free(&text);
}

static void handles(void **state) {
    (void)state;
    struct doc *d = parse(S("{\"a\":{\"b\":[1,2,3]},\"c\":4}"), DOC_JSON);
    doc_node root = doc_root(d), a = doc_get(d, root, S("a")), b = doc_get(d, a, S("b"));
    doc_node two = doc_at(d, b, 1), c = doc_get(d, root, S("c"));
    struct err e = ERR_INIT;

    /* A replaced value keeps its handle and its name. */
    assert_int_equal(doc_set(d, root, S("c"), S(" {\"x\":[5]} "), &e), c);
    assert_int_equal(doc_type(d, c), DOC_OBJECT);
    assert_true(str_eq(doc_key(d, c), S("c")));
    assert_true(str_eq(doc_raw(d, c), S("{\"x\":[5]}")));
    doc_node five = doc_at(d, doc_get(d, c, S("x")), 0);
    assert_int_equal(doc_parent(d, doc_parent(d, five)), c);
    unsigned line, column;
    doc_place(d, c, &line, &column);
    assert_int_equal(line + column, 0);
    doc_place(d, two, &line, &column);
    assert_int_equal(column, 14);

    /* What one edit wrote the next one reads and edits. */
    doc_node made = doc_append(d, doc_parent(d, five), S("[6]"), &e);
    assert_int_equal(doc_next(d, five), made);
    assert_int_not_equal(doc_append(d, made, S("7"), &e), 0);
    assert_text(d, S("{\"a\":{\"b\":[1,2,3]},\"c\":{\"x\":[5,[6,7]]}}"));
    struct buf out = BUF_INIT(1000);
    assert_true(doc_write_node(d, made, &out));
    assert_true(str_eq(buf_str(&out), S("[6,7]")));
    buf_clear(&out);
    assert_true(doc_write_node(d, 0, &out));
    assert_int_equal(out.n, 0);
    buf_free(&out);

    /* A removed one is nothing, and leads on. */
    assert_true(doc_remove(d, two));
    assert_int_equal(doc_type(d, two), DOC_NONE);
    assert_int_equal(doc_next(d, two), doc_at(d, b, 1));
    assert_false(doc_remove(d, two));
    assert_int_equal(doc_replace(d, two, S("1"), &e), 0);
    assert_string_equal(e.message, "there is no such value in the document");

    /* What was inside a removed value is out of reach. */
    assert_true(doc_remove(d, a));
    assert_int_equal(doc_append(d, b, S("9"), &e), 0);
    assert_int_equal(doc_set(d, a, S("b"), S("9"), &e), 0);
    assert_int_equal(doc_remove_key(d, a, S("b")), 0);
    assert_false(doc_remove(d, b));
    assert_int_not_equal(doc_replace(d, c, S("0"), &e), 0);
    assert_int_equal(doc_append(d, made, S("9"), &e), 0);
    assert_int_equal(doc_replace(d, five, S("9"), &e), 0);
    assert_text(d, S("{\"c\":0}"));
    assert_false(doc_remove(d, root));
    doc_free(d);
}

static void removing_in_a_loop(void **state) {
    (void)state;
    struct doc *d = parse(S("[1, 2, 3, 4, 5, 6]"), DOC_JSON);
    int64_t i = 0;
    for (doc_node c = doc_first(d, doc_root(d)); c; c = doc_next(d, c))
        if (doc_int(d, c, &i) && i != 3) assert_true(doc_remove(d, c));
    assert_text(d, S("[3]"));
    doc_free(d);
}

/* A value may be a piece of the document itself. */
static void a_value_from_the_document(void **state) {
    (void)state;
    struct doc *d = parse(S("{\"a\":[1],\"b\":2}"), DOC_JSON);
    doc_node root = doc_root(d);
    for (int i = 0; i < 6; i++) {
        doc_node a = doc_get(d, root, S("a"));
        assert_int_not_equal(doc_set(d, root, S("b"), doc_raw(d, a), NULL), 0);
        assert_int_not_equal(doc_set(d, root, S("a"), S("[1,1]"), NULL), 0);
        doc_node b = doc_get(d, root, S("b"));
        assert_int_not_equal(doc_set(d, root, doc_key(d, b), doc_raw(d, b), NULL), 0);
    }
    assert_text(d, S("{\"a\":[1,1],\"b\":[1,1]}"));
    doc_free(d);
}

static void refused_edits_change_nothing(void **state) {
    (void)state;
    str text = S("{\"a\":[1],\"b\":{}}");
    struct doc_limits l = { .max_bytes = 40, .max_nodes = 12, .max_depth = 3 };
    struct doc *d = NULL;
    struct err e = ERR_INIT;
    assert_int_equal(doc_parse(&d, text, DOC_JSON, &l, &e), CHELA_OK);
    doc_node root = doc_root(d), a = doc_get(d, root, S("a")), b = doc_get(d, root, S("b"));
    static const struct {
        str value;
        enum chela_error code;
        const char *message;
    } bad[] = {
        { STR_INIT(""), CHELA_INPUT, "the new value: line 1, column 1: expected a value" },
        { STR_INIT("1,"), CHELA_INPUT, "the new value: line 1, column 2: expected the end" },
        { STR_INIT("{a:1}"), CHELA_INPUT, "the new value: line 1, column 2: expected a key" },
        { STR_INIT("// x"), CHELA_INPUT, "the new value: line 1, column 1: expected a value" },
        { STR_INIT("\"\xFF\""), CHELA_INPUT, "the new value: line 1, column 2: expected UTF-8" },
        { STR_INIT("[[]]"), CHELA_LIMIT, "the new value: line 1, column 2: nested deeper than 3" },
        { STR_INIT("[1,2,3,4,5,6,7,8,9]"), CHELA_LIMIT, "the new value: more than 12 values" },
        { STR_INIT("\"1234567890123456789012345678901234567890\""), CHELA_LIMIT,
          "the edits add more than 40 bytes" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(doc_append(d, a, bad[i].value, &e), 0);
        assert_int_equal(e.code, bad[i].code);
        if (!str_starts(str_c(e.message), str_c(bad[i].message))) fail_msg("%s", e.message);
        assert_int_equal(doc_set(d, b, S("x"), bad[i].value, NULL), 0);
        assert_int_equal(doc_replace(d, doc_first(d, a), bad[i].value, NULL), 0);
        assert_int_equal(doc_path_set(d, S("b.c"), bad[i].value, NULL), 0);
    }
    assert_int_equal(doc_path_set(d, S("c[0]"), S("x"), &e), 0);
    assert_int_equal(doc_set(d, a, S("x"), S("1"), &e), 0);
    assert_string_equal(e.message, "cannot set a member of an array");
    assert_int_equal(doc_append(d, b, S("1"), &e), 0);
    assert_string_equal(e.message, "cannot append to an object");
    assert_int_equal(doc_set(d, b, S("\xFF"), S("1"), &e), 0);
    assert_string_equal(e.message, "the key is not UTF-8");
    assert_false(doc_edited(d));
    assert_text(d, text);
    /* The limits are of the whole document: what fits is taken, until it does not. */
    int taken = 0;
    while (doc_append(d, a, S("2"), &e)) taken++;
    assert_int_equal(e.code, CHELA_LIMIT);
    assert_true(taken > 0 && taken < 10);
    assert_int_equal(doc_len(d, a), taken + 1);
    doc_free(d);
}

/* With no room left for what the layout wants, removing still leaves a good document. */
static void removing_needs_no_room(void **state) {
    (void)state;
    str text = S("{\"a\":1 ,\n\"b\":2\n,\"c\":3\n,\n\"d\":4 }");
    struct doc_limits l = doc_default_limits;
    l.max_bytes = text.n;
    struct doc *d = NULL;
    assert_int_equal(doc_parse(&d, text, DOC_JSON, &l, NULL), CHELA_OK);
    doc_node root = doc_root(d);
    while (doc_set(d, root, S("a"), S("7"), NULL)) continue;
    assert_true(doc_remove(d, doc_get(d, root, S("c"))));
    assert_text(d, S("{\"a\":7 ,\n\"b\":2\n,\"d\":4 }")); /* not the layout's ",\n" */
    assert_true(doc_remove(d, doc_get(d, root, S("d"))));
    assert_text(d, S("{\"a\":7 ,\n\"b\":2 }"));
    assert_true(doc_remove(d, doc_get(d, root, S("b"))));
    assert_true(doc_remove(d, doc_get(d, root, S("a"))));
    assert_text(d, S("{}"));
    doc_free(d);
    str comments = S("[1 /* 1 */, 2 // 2\n]");
    l.max_bytes = comments.n;
    assert_int_equal(doc_parse(&d, comments, DOC_JSON5, &l, NULL), CHELA_OK);
    root = doc_root(d);
    while (doc_replace(d, doc_first(d, root), S("7"), NULL)) continue;
    assert_true(doc_remove(d, doc_last(d, root)));
    assert_text(d, S("[7 /* 1 */, ]"));
    doc_free(d);
}

/* A hundred thousand twins: linear, or this would take minutes. */
static void many_twins(void **state) {
    (void)state;
    struct buf text = BUF_INIT(8 << 20);
    buf_add(&text, S("{                              "));
    for (int i = 0; i < 100000; i++)
        buf_addf(&text, "%s\"%s\":%d", i ? ",\n" : "", i % 3 ? "a" : "b", i);
    buf_add(&text, S("}"));
    int64_t started = clock_ms();
    struct doc *d = parse(buf_str(&text), DOC_JSON);
    doc_node a = doc_set(d, doc_root(d), S("a"), S("1"), NULL);
    assert_int_not_equal(a, 0);
    assert_int_equal(doc_len(d, doc_root(d)), 33335);
    assert_int_equal(doc_remove_key(d, doc_root(d), S("b")), 33334);
    buf_clear(&text);
    assert_true(doc_write_json(d, doc_root(d), &text));
    assert_true(str_eq(buf_str(&text), S("{\"a\":1}")));
    assert_true(clock_ms() - started < 20000);
    doc_free(d);
    buf_free(&text);
}

/* ---- random edits of random documents ---- */
struct source {
    struct buf text;
    uint32_t state;
    bool json5;
};

static uint32_t roll(struct source *s, uint32_t sides) {
    s->state = s->state * 1664525u + 1013904223u;
    return (s->state >> 8) % sides;
}

static void add_blank(struct source *s) {
    static const char *const blanks[] = {
        "", "", "", "", " ", "  ", "\n", "\n  ", "\r\n\t", "\n\n"
    };
    static const char *const comments[] = { "/**/",   "/* , ] */", "// x\n",   "// \"}\n  ",
                                            "/*\n*/", "//\r\n",    "\xC2\xA0", "// y\xE2\x80\xA8" };
    buf_addf(&s->text, "%s", blanks[roll(s, 10)]);
    while (s->json5 && roll(s, 4) == 0)
        buf_addf(&s->text, "%s%s", comments[roll(s, 8)], blanks[roll(s, 10)]);
}

static void add_value(struct source *s, unsigned depth) {
    static const char *const plain[] = { "1",    "-2.5e3",          "\"\"", "\"a\\nb\"", "null",
                                         "true", "\"\xED\x95\x9C\"" };
    static const char *const more[] = { "'it\\'s'", "0xF", ".5", "+1_0", "Infinity" };
    static const char *const keys[] = { "\"a\"", "\"b\"", "\"\\u0061\"", "\"x y\"",
                                        "model", "'it'",  "\\u0061" };
    uint32_t kind = roll(s, depth ? 8 : 6);
    if (kind < 4 || depth == 4) {
        bool json5 = s->json5 && roll(s, 3) == 0;
        buf_addf(&s->text, "%s", json5 ? more[roll(s, 5)] : plain[roll(s, 7)]);
        return;
    }
    bool object = kind % 2;
    uint32_t count = roll(s, 5);
    buf_addc(&s->text, object ? '{' : '[');
    for (uint32_t i = 0; i < count; i++) {
        add_blank(s);
        if (object) {
            buf_addf(&s->text, "%s", keys[roll(s, s->json5 ? 7 : 4)]);
            add_blank(s);
            buf_addc(&s->text, ':');
            add_blank(s);
        }
        add_value(s, depth + 1);
        add_blank(s);
        if (i + 1 < count || (s->json5 && roll(s, 2))) buf_addc(&s->text, ',');
    }
    add_blank(s);
    buf_addc(&s->text, object ? '}' : ']');
}

static void random_edits(void **state) {
    (void)state;
    struct source s = { .text = BUF_INIT(1 << 20), .state = 11 };
    size_t edited = 0;
    for (int i = 0; i < 3000; i++) {
        s.json5 = i % 3 != 0;
        buf_clear(&s.text);
        add_blank(&s);
        add_value(&s, 0);
        add_blank(&s);
        uint8_t choices[60];
        for (size_t k = 0; k < sizeof choices; k++) choices[k] = (uint8_t)roll(&s, 256);
        /* A third only inserts or only removes (see edit_once), which is held to more. */
        if (i % 5 == 0)
            for (size_t k = 2; k < sizeof choices; k += 4) choices[k] = i % 2 ? 0 : 5;
        bool good =
            doc_rounds(buf_str(&s.text), s.json5 ? DOC_JSON5 : DOC_JSON, choices, sizeof choices);
        if (!good) fail_msg("not parsed: %.*s", STR_ARG(buf_str(&s.text)));
        edited++;
    }
    assert_int_equal(edited, 3000);
    buf_free(&s.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),
        cmocka_unit_test(handles),
        cmocka_unit_test(removing_in_a_loop),
        cmocka_unit_test(a_value_from_the_document),
        cmocka_unit_test(refused_edits_change_nothing),
        cmocka_unit_test(removing_needs_no_room),
        cmocka_unit_test(many_twins),
        cmocka_unit_test(random_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
