#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "doc/doc.h"
#include "doc/doc_impl.h"
#include "doc/scan.h"
#include "doc_cases.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>

static struct doc *parse(str text, enum doc_syntax syntax) {
    struct err e = ERR_INIT;
    struct doc *d = NULL;
    if (doc_parse(&d, text, syntax, NULL, &e) != CHELA_OK)
        fail_msg("%.*s\n%s", STR_ARG(text), e.message);
    return d;
}

#define assert_str(got, wanted)                                                                    \
    do {                                                                                           \
        str got_ = (got), wanted_ = (wanted);                                                      \
        if (!str_eq(got_, wanted_))                                                                \
            fail_msg("got    %.*s\nwanted %.*s", STR_ARG(got_), STR_ARG(wanted_));                 \
    } while (0)

static void accepted(void **state) {
    (void)state;
    struct buf cases = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
    read_cases("accept.txt", &cases);
    struct doc_case c;
    size_t count = 0;
    for (str rest = buf_str(&cases); next_case(&rest, &c); count++) {
        struct doc *d = parse(c.part[0].body, c.syntax);
        buf_clear(&out);
        assert_true(doc_write(d, &out));
        assert_str(buf_str(&out), c.part[0].body);
        buf_clear(&out);
        assert_true(doc_write_json(d, doc_root(d), &out));
        assert_str(buf_str(&out), c.part[1].head);
        doc_free(d);
    }
    assert_true(count > 20);
    buf_free(&cases);
    buf_free(&out);
}

static void refused(void **state) {
    (void)state;
    struct buf cases = BUF_INIT(1 << 20);
    read_cases("refuse.txt", &cases);
    struct doc_case c;
    size_t count = 0;
    for (str rest = buf_str(&cases); next_case(&rest, &c); count++) {
        struct err e = ERR_INIT;
        struct doc *d = NULL;
        if (doc_parse(&d, c.part[0].body, c.syntax, NULL, &e) == CHELA_OK)
            fail_msg("accepted: %.*s", STR_ARG(c.part[0].body));
        assert_null(d);
        assert_int_equal(e.code, CHELA_INPUT);
        assert_str(str_c(e.message), c.part[1].head);
    }
    assert_true(count > 40);
    buf_free(&cases);
}

struct bytes_case {
    str text;
    enum doc_syntax syntax;
    const char *message; /* NULL: accepted */
};

static void odd_bytes(void **state) {
    (void)state;
    static const struct bytes_case cases[] = {
        { STR_INIT("[\"\xFF\"]"), DOC_JSON, "column 3: expected UTF-8 text, found the byte 0xFF" },
        { STR_INIT("[\"\xC3"), DOC_JSON, "column 3: expected UTF-8 text, found the byte 0xC3" },
        { STR_INIT("[\"\xC0\xAF\"]"), DOC_JSON, "column 3: expected UTF-8 text" },
        { STR_INIT("[\"\xED\xA0\x80\"]"), DOC_JSON, "column 3: expected UTF-8 text" },
        { STR_INIT("[\"\xF4\x90\x80\x80\"]"), DOC_JSON, "column 3: expected UTF-8 text" },
        { STR_INIT("// \x80\n1"), DOC_JSON5, "column 4: expected UTF-8 text" },
        { STR_INIT("\xEF\xBB\xBF{}"), DOC_JSON, "expected a value, found a byte order mark" },
        { STR_INIT("\xEF\xBB\xBF{}"), DOC_JSON5, NULL },
        { STR_INIT("[\"a\0b\"]"), DOC_JSON, "column 4: expected a string without bare control" },
        { STR_INIT("[\0]"), DOC_JSON,
          "column 2: expected a value, found the control character U+0000" },
        { STR_INIT("[1]\0"), DOC_JSON, "column 4: expected the end of the text" },
        { STR_INIT("[1,\r\n2,\r3,\n4;]"), DOC_JSON, "line 4, column 2: expected ',' or ']'" },
        { STR_INIT("'\\\r\n\\\r\\\n\\\xE2\x80\xA8'"), DOC_JSON5, NULL },
        { STR_INIT("'\xE2\x80\xA8'"), DOC_JSON5, NULL },
        { STR_INIT("1 // \xE2\x80\xA9 2"), DOC_JSON5, "expected the end of the text, found '2'" },
        { STR_INIT("{a\xC2\xA0:\xEF\xBB\xBF 1\x0B}\xE2\x80\x83"), DOC_JSON5, NULL },
        { STR_INIT("[\x0B]"), DOC_JSON, "column 2: expected a value" },
        { STR_INIT("[\xC2\xA0]"), DOC_JSON, "column 2: expected a value" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = ERR_INIT;
        struct doc *d = NULL;
        enum chela_error rc = doc_parse(&d, cases[i].text, cases[i].syntax, NULL, &e);
        if ((rc == CHELA_OK) != !cases[i].message) fail_msg("case %zu: %s", i, e.message);
        if (cases[i].message && !str_has(str_c(e.message), str_c(cases[i].message)))
            fail_msg("case %zu: %s", i, e.message);
        doc_free(d);
    }
}

/* ---- the public suites, when they are beside the tree ---- */

struct suite {
    size_t accepted, refused, wrong;
};

/* lineNumber and columnNumber of an .errorSpec, which is JSON5 itself. */
static bool error_place(const char *path, unsigned *line, unsigned *column) {
    struct buf text = BUF_INIT(1 << 16);
    struct doc *d = NULL;
    int64_t l, c;
    bool good = file_read(path, &text, NULL) == CHELA_OK &&
                doc_parse(&d, buf_str(&text), DOC_JSON5, NULL, NULL) == CHELA_OK &&
                doc_int(d, doc_get(d, doc_root(d), S("lineNumber")), &l) &&
                doc_int(d, doc_get(d, doc_root(d), S("columnNumber")), &c);
    if (good) {
        *line = (unsigned)l;
        *column = (unsigned)c;
    }
    doc_free(d);
    buf_free(&text);
    return good;
}

/* A place as the suite gives it: "line 2, column 0" is the line break that ends line 1, and in a
 * text that is one comment it counts the end once more. */
static bool place_agrees(str text, unsigned line, unsigned column, const char *message) {
    char wanted[80];
    if (column == 0) {
        unsigned l = 1;
        for (size_t i = 0; i < text.n && l < line; i++) {
            column++;
            if (text.p[i] == '\n' && ++l < line) column = 0;
        }
        line--;
    } else if (line == 1 && column > text.n + 1) {
        column = (unsigned)text.n + 1;
    }
    snprintf(wanted, sizeof wanted, "line %u, column %u:", line, column);
    return str_starts(str_c(message), str_c(wanted));
}

static void try_file(const char *folder, const char *name, enum doc_syntax syntax, bool good,
                     bool either, struct suite *s) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct buf text = BUF_INIT(16 << 20), out = BUF_INIT(16 << 20);
    struct err e = ERR_INIT;
    struct doc *d = NULL;
    if (file_read(path, &text, &e) != CHELA_OK) fail_msg("%s", e.message);
    bool is = doc_parse(&d, buf_str(&text), syntax, NULL, &e) == CHELA_OK;
    ++*(is ? &s->accepted : &s->refused);
    if (is) {
        assert_true(doc_write(d, &out));
        assert_str(buf_str(&out), buf_str(&text));
    }
    if (!either && is != good) {
        print_error("%s: %s\n", path, is ? "accepted" : e.message);
        s->wrong++;
    }
    unsigned line, column;
    char *dot = strrchr(path, '.');
    if (!is && dot && (size_t)(dot - path) < sizeof path - 16) {
        memcpy(dot, ".errorSpec", sizeof ".errorSpec");
        if (error_place(path, &line, &column) &&
            !place_agrees(buf_str(&text), line, column, e.message)) {
            print_error("%s: %u:%u, but %s\n", path, line, column, e.message);
            s->wrong++;
        }
    }
    doc_free(d);
    buf_free(&text);
    buf_free(&out);
}

static void try_folder(const char *folder, enum doc_syntax syntax, struct suite *s) {
    DIR *dir = opendir(folder);
    if (!dir) {
        print_message("SKIPPED: %s is not there\n", folder);
        return;
    }
    for (struct dirent *f; (f = readdir(dir));) {
        str name = str_c(f->d_name);
        if (name.p[0] == '.') continue;
        char inner[4096];
        if (f->d_type == DT_DIR) {
            snprintf(inner, sizeof inner, "%s/%s", folder, f->d_name);
            try_folder(inner, syntax, s);
        } else if (syntax == DOC_JSON) {
            if (!str_ends(name, S(".json"))) continue;
            try_file(folder, name.p, syntax, name.p[0] == 'y', name.p[0] == 'i', s);
        } else {
            bool good = str_ends(name, S(".json")) || str_ends(name, S(".json5"));
            bool bad = str_ends(name, S(".js")) || str_ends(name, S(".txt"));
            if (good || bad) try_file(folder, name.p, syntax, good, false, s);
        }
    }
    closedir(dir);
}

static void public_suites(void **state) {
    (void)state;
    struct suite json = { 0 }, json5 = { 0 };
    try_folder(SHARED_DATA "/json/test_parsing", DOC_JSON, &json);
    try_folder(SHARED_DATA "/json5", DOC_JSON5, &json5);
    print_message("JSONTestSuite: %zu accepted, %zu refused; json5-tests: %zu and %zu\n",
                  json.accepted, json.refused, json5.accepted, json5.refused);
    assert_int_equal(json.wrong + json5.wrong, 0);
}

/* ---- limits ---- */
static void limits(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct doc *d = NULL;
    struct doc_limits l = { .max_bytes = 20, .max_nodes = 5, .max_depth = 3 };
    assert_int_equal(doc_parse(&d, S("[1,2,3,4]"), DOC_JSON, &l, &e), CHELA_OK);
    doc_free(d);
    assert_int_equal(doc_parse(&d, S("[1,2,3,4,5]"), DOC_JSON, &l, &e), CHELA_LIMIT);
    assert_string_equal(e.message, "more than 5 values");
    assert_null(d);
    assert_int_equal(doc_parse(&d, S("[[[]]]"), DOC_JSON5, &l, &e), CHELA_OK);
    doc_free(d);
    assert_int_equal(doc_parse(&d, S("[\n[{\"a\":[]}]]"), DOC_JSON, &l, &e), CHELA_LIMIT);
    assert_string_equal(e.message, "line 2, column 7: nested deeper than 3");
    assert_int_equal(doc_parse(&d, S("                     1"), DOC_JSON, &l, &e), CHELA_LIMIT);
    assert_string_equal(e.message, "the text has 22 bytes, more than 20");
    static char deep[100000];
    memset(deep, '[', sizeof deep);
    assert_int_equal(doc_parse(&d, (str){ deep, sizeof deep }, DOC_JSON, NULL, &e), CHELA_LIMIT);
    assert_int_equal(doc_parse(&d, (str){ deep, sizeof deep }, DOC_JSON5, NULL, NULL), CHELA_LIMIT);
}

/* ---- reading ---- */
static void reading(void **state) {
    (void)state;
    str text = S("{\"a\":[10,{\"b\":true},null],\n \"c\":\"한\\n\",\"a\":1.5,\"\":{}}");
    struct doc *d = parse(text, DOC_JSON);
    doc_node root = doc_root(d), a = doc_first(d, root), c = doc_next(d, a);
    assert_int_equal(doc_type(d, root), DOC_OBJECT);
    assert_int_equal(doc_len(d, root), 4);
    assert_int_equal(doc_len(d, a), 3);
    assert_int_equal(doc_len(d, c), 0);
    assert_int_equal(doc_parent(d, c), root);
    assert_int_equal(doc_parent(d, root), 0);
    assert_str(doc_key(d, root), S(""));
    assert_str(doc_key(d, c), S("c"));
    assert_str(doc_key(d, doc_at(d, a, 0)), S(""));
    assert_str(doc_raw(d, a), S("[10,{\"b\":true},null]"));
    assert_int_equal(doc_get(d, root, S("a")), doc_at(d, a, 0) + 5); /* the twin, not the first */
    assert_int_equal(doc_last(d, root), doc_get(d, root, S("")));
    assert_int_equal(doc_last(d, a), doc_at(d, a, 2));
    assert_int_equal(doc_type(d, doc_at(d, a, 2)), DOC_NULL);
    assert_int_equal(doc_at(d, a, 3), 0);
    assert_int_equal(doc_at(d, root, 0), 0);
    assert_int_equal(doc_get(d, a, S("b")), 0);
    assert_int_equal(doc_get(d, root, S("d")), 0);
    unsigned line, column;
    doc_place(d, c, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 6);

    str s, again;
    int64_t i = 7;
    double v = 7;
    bool b = false;
    assert_true(doc_string(d, c, &s));
    assert_str(s, S("한\n"));
    assert_true(doc_string(d, c, &again));
    assert_ptr_equal(s.p, again.p);
    assert_false(doc_string(d, a, &s));
    assert_true(doc_int(d, doc_first(d, a), &i) && i == 10);
    assert_false(doc_int(d, doc_get(d, root, S("a")), &i));
    assert_true(doc_number(d, doc_get(d, root, S("a")), &v) && v == 1.5);
    assert_false(doc_number(d, c, &v));
    assert_true(doc_bool(d, doc_get(d, doc_at(d, a, 1), S("b")), &b) && b);
    assert_false(doc_bool(d, c, &b));
    assert_string_equal(doc_type_name(doc_type(d, root)), "an object");

    /* No node, and nodes that never were. */
    for (doc_node none = 0;; none = 4000000000u) {
        assert_int_equal(doc_type(d, none), DOC_NONE);
        assert_int_equal(doc_first(d, none) + doc_next(d, none) + doc_last(d, none), 0);
        assert_int_equal(doc_get(d, none, S("")) + doc_at(d, none, 0) + doc_parent(d, none), 0);
        assert_int_equal(doc_raw(d, none).n + doc_key(d, none).n + doc_len(d, none), 0);
        assert_false(doc_string(d, none, &s) || doc_int(d, none, &i) || doc_bool(d, none, &b));
        if (none) break;
    }
    doc_free(d);
    doc_free(NULL);
}

static void keys(void **state) {
    (void)state;
    /* A key may not be found by bytes that run past its end. */
    struct doc *d = parse(S("{\"a\":1,\"b\":\"\",\"a\\\"b\":2}"), DOC_JSON);
    assert_int_equal(doc_get(d, doc_root(d), S("a\":1,\"b")), 0);
    assert_int_equal(doc_get(d, doc_root(d), S("a\\\"b")), 0);
    doc_node n = doc_get(d, doc_root(d), S("a\"b"));
    assert_str(doc_raw(d, n), S("2"));
    assert_str(doc_key(d, n), S("a\"b"));
    assert_ptr_equal(doc_key(d, n).p, doc_key(d, n).p);
    doc_free(d);

    /* Keys longer than 16 bits, and values far from their keys. */
    struct buf text = BUF_INIT(1 << 20), key = BUF_INIT(1 << 20);
    for (int i = 0; i < 70000; i++) buf_addc(&key, 'k');
    buf_addf(&text, "{\"%s\":1,\"\\u0066%s\":2,\"z\"%300s:3}", key.p, key.p, "");
    d = parse(buf_str(&text), DOC_JSON);
    assert_str(doc_raw(d, doc_get(d, doc_root(d), buf_str(&key))), S("1"));
    assert_str(doc_raw(d, doc_get(d, doc_root(d), S("z"))), S("3"));
    assert_str(doc_key(d, doc_first(d, doc_root(d))), buf_str(&key));
    n = doc_next(d, doc_first(d, doc_root(d)));
    assert_int_equal(doc_key(d, n).n, 70001);
    assert_int_equal(doc_get(d, doc_root(d), doc_key(d, n)), n);
    doc_free(d);
    buf_free(&text);
    buf_free(&key);
}

/* Few twins are found by comparing, many by hashing: on both sides of that the last one shows. */
static void twins_as_json(void **state) {
    (void)state;
    for (int names = 1; names < 40; names++) {
        struct buf text = BUF_INIT(1 << 16), last = BUF_INIT(1 << 16), out = BUF_INIT(1 << 16);
        for (int i = 0; i < 2 * names; i++) {
            buf_addf(&text, "%s\"k%d\":%d", i ? ", " : "{", i % names, i);
            if (i >= names) buf_addf(&last, "%s\"k%d\":%d", last.n ? "," : "{", i % names, i);
        }
        buf_addc(&text, '}');
        buf_addc(&last, '}');
        struct doc *d = parse(buf_str(&text), DOC_JSON);
        assert_true(doc_write_json(d, doc_root(d), &out));
        assert_str(buf_str(&out), buf_str(&last));
        doc_free(d);
        buf_free(&text);
        buf_free(&last);
        buf_free(&out);
    }
}

struct number_case {
    const char *text;
    double number;
    bool is_int;
    int64_t integer;
};

static void numbers(void **state) {
    (void)state;
    static const struct number_case cases[] = {
        { "0", 0, true, 0 },
        { "-0", -0.0, true, 0 },
        { "1.0", 1, true, 1 },
        { "1e3", 1000, true, 1000 },
        { "12.50e1", 125, true, 125 },
        { "12.55e1", 125.5, false, 0 },
        { "100e-2", 1, true, 1 },
        { "9223372036854775807", 9223372036854775807.0, true, INT64_MAX },
        { "9223372036854775808", 9223372036854775808.0, false, 0 },
        { "-9223372036854775808", -9223372036854775808.0, true, INT64_MIN },
        { "-9223372036854775809", -9223372036854775808.0, false, 0 },
        { "0.000000000000000000000000000000000000000000001e45", 1, true, 1 },
        { "9007199254740993", 9007199254740992.0, true, 9007199254740993 },
        { "1e18", 1e18, true, 1000000000000000000 },
        { "1e19", 1e19, false, 0 },
        { "0e99999999999", 0, true, 0 },
        { "1e400", INFINITY, false, 0 },
        { "-1e99999999999999999999", -INFINITY, false, 0 },
        { "1e-400", 0, false, 0 },
        { "5e-324", 5e-324, false, 0 },
        { "2.2250738585072011e-308", 2.2250738585072011e-308, false, 0 },
        { "0.1", 0.1, false, 0 },
        { "123456789012345678901234567890", 123456789012345678901234567890.0, false, 0 },
        { "+0x10", 16, true, 16 },
        { "-0x8000000000000000", -9223372036854775808.0, true, INT64_MIN },
        { "0x8000000000000000", 9223372036854775808.0, false, 0 },
        { "0x20000000000001", 9007199254740992.0 + 1, true, 9007199254740993 },
        { "0x20000000000000000000000000000000000001", 0x1p149, false, 0 },
        { "180_000", 180000, true, 180000 },
        { "0xff_ff", 65535, true, 65535 },
        { ".5e1", 5, true, 5 },
        { "5.", 5, true, 5 },
        { "-Infinity", -INFINITY, false, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct number_case *c = &cases[i];
        struct doc *d = parse(str_c(c->text), DOC_JSON5);
        double v = 7;
        int64_t n = 7;
        assert_true(doc_number(d, doc_root(d), &v));
        if (v != c->number || signbit(v) != signbit(c->number)) fail_msg("%s: %.17g", c->text, v);
        if (doc_int(d, doc_root(d), &n) != c->is_int || (c->is_int && n != c->integer))
            fail_msg("%s: %lld", c->text, (long long)n);
        doc_free(d);
    }
    struct doc *d = parse(S("NaN"), DOC_JSON5);
    double v = 0;
    assert_true(doc_number(d, doc_root(d), &v) && isnan(v));
    doc_free(d);

    /* Halfway between two doubles, decided by a digit a thousand places on. */
    struct buf text = BUF_INIT(1 << 14);
    buf_add(&text, S("9007199254740993."));
    for (int i = 0; i < 1000; i++) buf_addc(&text, '0');
    d = parse(buf_str(&text), DOC_JSON);
    assert_true(doc_number(d, doc_root(d), &v) && v == 9007199254740992.0);
    doc_free(d);
    buf_addc(&text, '1');
    d = parse(buf_str(&text), DOC_JSON);
    assert_true(doc_number(d, doc_root(d), &v) && v == 9007199254740994.0);
    doc_free(d);
    buf_free(&text);
}

static uint32_t random_of(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void numbers_as_strtod(void **state) {
    (void)state;
    uint32_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        char text[80];
        uint64_t bits =
            (uint64_t)random_of(&seed) << 40 ^ (uint64_t)random_of(&seed) << 20 ^ random_of(&seed);
        double v, got = 0;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v)) continue;
        int digits = (int)(random_of(&seed) % 25);
        int n = i % 3 == 0 ? snprintf(text, sizeof text, "%.*f", digits, fmod(v, 1e15))
                           : snprintf(text, sizeof text, "%.*e", digits, v);
        assert_true(decode_double((str){ text, (size_t)n }, &got));
        if (got != strtod(text, NULL)) fail_msg("%s: %.17g", text, got);
    }
}

/* ---- the scanner's versions ---- */
static void scanners_are(const struct scan *v, const char *p, size_t n) {
    str s = { p, n };
    const char *end = p + n;
    if (v->utf8(s) != scan_plain.utf8(s)) fail_msg("%s: utf8 of %zu bytes", v->name, n);
    struct scan_end a = v->string(p, end), b = scan_plain.string(p, end);
    struct scan_end c = scan_string(v, p, end);
    if (a.at != b.at || a.escaped != b.escaped) fail_msg("%s: string of %zu bytes", v->name, n);
    if (c.at != b.at || c.escaped != b.escaped) fail_msg("%s: short string of %zu", v->name, n);
    if (v->stop(p, end, '\'') != scan_plain.stop(p, end, '\'')) fail_msg("%s: stop", v->name);
}

static void scanners_agree(void **state) {
    (void)state;
#if SCAN_X86
    const struct scan *versions[] = { &scan_sse2, &scan_avx2 };
    size_t count = __builtin_cpu_supports("avx2") ? 2 : 1;
    if (count == 1) print_message("SKIPPED: this processor has no AVX2\n");
    static const char *const pieces[] = {
        "\"",
        "\\\"",
        "\\n",
        "\\",
        "\\u00e9",
        "\\u12",
        "\x1F",
        "\n",
        "'",
        "\xC3\xA9",
        "\xE4\xB8",
        "\xE4\xB8\xAD",
        "\xF0\x9F\x98\x80",
        "\xED\xA0",
        "\xF4\x90\x80\x80",
        "\x80",
        "\xC0\x80",
        "\xE0\x80\x80",
        "\xF0\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFF",
        "\xE0\xA0\x80",
        "\xED\x9F\xBF",
        "\xF4\x8F\xBF\xBF",
        "\x7F",
    };
    for (size_t v = 0; v < count; v++) {
        /* One piece at every place of a text of every length about the block sizes. */
        for (size_t n = 0; n <= 140; n++) {
            for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
                size_t len = strlen(pieces[k]);
                for (size_t at = 0; at + len <= n; at++) {
                    char *text = malloc(n + 1);
                    memset(text, 'x', n);
                    memcpy(text + at, pieces[k], len);
                    char *exact = text + 1; /* odd addresses too */
                    memmove(exact, text, n);
                    scanners_are(versions[v], exact, n);
                    free(text);
                }
            }
        }
        /* Many pieces in a row, good and bad. */
        uint32_t seed = 3;
        for (int i = 0; i < 20000; i++) {
            char text[400];
            size_t n = 0;
            while (n < 330) {
                uint32_t r = random_of(&seed);
                const char *piece = pieces[(r >> 4) % (sizeof pieces / sizeof pieces[0])];
                bool good = i % 2 && (unsigned char)*piece >= 0x80;
                if (good) piece = r & 1 ? "\xE4\xB8\xAD" : "\xF0\x9F\x98\x80";
                size_t len = r % 16 < 12 ? r % 16 : strlen(piece);
                if (r % 16 < 12)
                    memset(text + n, 'a', len);
                else
                    memcpy(text + n, piece, len);
                n += len;
            }
            scanners_are(versions[v], text, n - random_of(&seed) % 64);
        }
    }
#else
    print_message("SKIPPED: one version only on this machine\n");
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),       cmocka_unit_test(refused),
        cmocka_unit_test(odd_bytes),      cmocka_unit_test(public_suites),
        cmocka_unit_test(limits),         cmocka_unit_test(reading),
        cmocka_unit_test(keys),           cmocka_unit_test(twins_as_json),
        cmocka_unit_test(numbers),        cmocka_unit_test(numbers_as_strtod),
        cmocka_unit_test(scanners_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
