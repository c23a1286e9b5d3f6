#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "doc/doc.h"
#include "doc/json_write.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static void structure(void **state) {
    (void)state;
    struct buf out = BUF_INIT(10000);
    struct json_writer w = JSON_WRITER(&out);
    json_array(&w);
    json_object(&w);
    json_object_end(&w);
    json_array(&w);
    json_array_end(&w);
    json_object(&w);
    json_kstring(&w, "s", S("a"));
    json_kint(&w, "i", INT64_MIN);
    json_kbool(&w, "b", false);
    json_key(&w, S("n\n"));
    json_null(&w);
    json_key(&w, S("r"));
    json_raw(&w, S("{\"x\": 1}"));
    json_key(&w, S("l"));
    json_array(&w);
    json_int(&w, 1);
    json_bool(&w, true);
    json_string(&w, S(""));
    json_double(&w, 0.5);
    json_array_end(&w);
    json_object_end(&w);
    json_null(&w);
    json_array_end(&w);
    assert_string_equal(out.p, "[{},[],{\"s\":\"a\",\"i\":-9223372036854775808,\"b\":false,"
                               "\"n\\n\":null,\"r\":{\"x\": 1},\"l\":[1,true,\"\",0.5]},null]");
    struct doc *d = NULL;
    assert_int_equal(doc_parse(&d, buf_str(&out), DOC_JSON, NULL, NULL), CHELA_OK);
    doc_free(d);
    buf_free(&out);
}

static void strings(void **state) {
    (void)state;
    static const struct {
        str in;
        const char *out;
    } cases[] = {
        { STR_INIT(""), "\"\"" },
        { STR_INIT("plain, long enough that the vector loop is used for it: 0123456789 0123456789"),
          "\"plain, long enough that the vector loop is used for it: 0123456789 0123456789\"" },
        { STR_INIT("\"\\/\b\f\n\r\t"), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
        { STR_INIT("\0\x01\x1F\x7F"), "\"\\u0000\\u0001\\u001f\x7F\"" },
        { STR_INIT("한\xF0\x9F\x98\x80"), "\"한\xF0\x9F\x98\x80\"" },
        { STR_INIT("a\xFF\xC3(\xED\xA0\x80"),
          "\"a\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
        { STR_INIT("x\xE4\xB8"), "\"x\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out = BUF_INIT(1000);
        assert_true(json_quote(&out, cases[i].in));
        assert_string_equal(out.p, cases[i].out);
        struct doc *d = NULL;
        assert_int_equal(doc_parse(&d, buf_str(&out), DOC_JSON, NULL, NULL), CHELA_OK);
        str back;
        assert_true(doc_string(d, doc_root(d), &back));
        if (i < 5) assert_true(str_eq(back, cases[i].in));
        doc_free(d);
        buf_free(&out);
    }
}

static void assert_double(double v, const char *text) {
    struct buf out = BUF_INIT(100);
    struct json_writer w = JSON_WRITER(&out);
    json_double(&w, v);
    assert_string_equal(out.p, text);
    struct doc *d = NULL;
    double back = 0;
    assert_int_equal(doc_parse(&d, buf_str(&out), DOC_JSON, NULL, NULL), CHELA_OK);
    if (isfinite(v)) assert_true(doc_number(d, doc_root(d), &back) && back == v);
    doc_free(d);
    buf_free(&out);
}

static void doubles(void **state) {
    (void)state;
    assert_double(0, "0");
    assert_double(-0.0, "-0");
    assert_double(0.1, "0.1");
    assert_double(0.1 + 0.2, "0.30000000000000004");
    assert_double(1e21, "1e+21");
    assert_double(123456789, "123456789");
    assert_double(5e-324, "4.94065645841247e-324");
    assert_double(1.7976931348623157e308, "1.7976931348623157e+308");
    assert_double(INFINITY, "null");
    assert_double((double)NAN, "null");
    /* A locale that writes 0,1. */
    const char *comma[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "ko_KR.UTF-8" };
    for (size_t i = 0; i < sizeof comma / sizeof comma[0]; i++)
        if (setlocale(LC_ALL, comma[i])) break;
    assert_double(0.1, "0.1");
    setlocale(LC_ALL, "C");
}

static void failure_is_the_buffers(void **state) {
    (void)state;
    struct buf out = BUF_INIT(10);
    struct json_writer w = JSON_WRITER(&out);
    json_array(&w);
    json_string(&w, S("more than ten bytes"));
    json_int(&w, 1);
    json_array_end(&w);
    assert_int_equal(out.failed, BUF_TOO_LARGE);
    assert_int_equal(out.n, 0);
    assert_false(json_quote(&out, S("x")));
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structure),
        cmocka_unit_test(strings),
        cmocka_unit_test(doubles),
        cmocka_unit_test(failure_is_the_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
