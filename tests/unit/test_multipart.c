/* multipart/form-data: parts as they were sent, and broken bodies refused. */
#include "unit.h"

#include "server/multipart.h"

#include <string.h>

#define TYPE "multipart/form-data; boundary=----x1"

static enum chela_error read_all(const char *type, str body, struct part *parts, size_t *count,
                                 struct err *e) {
    struct multipart m;
    bool found = true;
    *count = 0;
    enum chela_error rc = multipart_open(&m, str_c(type), body, e);
    while (rc == CHELA_OK && found) {
        rc = multipart_next(&m, &parts[*count], &found, e);
        if (rc == CHELA_OK && found) ++*count;
    }
    return rc;
}

static void parts_come_as_sent(void **state) {
    (void)state;
    struct part parts[8];
    size_t n;
    struct err e = ERR_INIT;
    str body =
        S("preamble\r\n------x1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n"
          "------x1  \r\ncontent-disposition: form-data; filename=\"q;=\\\"x.png\"; name=b\r\n"
          "Content-Type: image/png\r\n\r\n\0\x01--\r\n-----\r\n------x1\r\n"
          "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n------x1\r\n"
          "Content-Disposition: form-data; name=\"\"; filename=\"\"\r\n\r\n------x1--\r\nepilogue");
    assert_int_equal(read_all(TYPE, body, parts, &n, &e), CHELA_OK);
    assert_int_equal(n, 4);
    assert_true(str_eq(parts[0].name, S("a")) && str_eq(parts[0].data, S("1\r\n2")));
    assert_false(parts[0].is_file);
    assert_true(str_eq(parts[1].name, S("b")) && parts[1].is_file);
    assert_true(str_eq(parts[1].filename, S("q;=\\\"x.png")));
    assert_true(str_eq(parts[1].type, S("image/png")));
    assert_true(str_eq(parts[1].data, S("\0\x01--\r\n-----")));
    assert_true(parts[2].data.n == 0 && parts[3].data.n == 0 && parts[3].is_file);
    assert_int_equal(read_all("multipart/form-data; boundary=\"----x1\"", body, parts, &n, &e),
                     CHELA_OK);
    assert_int_equal(n, 4);
}

static void broken_bodies_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *type, *body, *why;
    } rows[] = {
        { "application/json", "", "multipart/form-data" },
        { "multipart/form-data", "", "boundary" },
        { "multipart/form-data; boundary=", "", "boundary" },
        { TYPE, "", "boundary is not in it" },
        { TYPE, "------x1", "line break" },
        { TYPE, "------x1\r\nContent-Disposition: form-data; name=a\r\n", "headers" },
        { TYPE, "------x1\r\nContent-Disposition: form-data\r\n\r\nx\r\n------x1--", "no name" },
        { TYPE, "------x1\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n------x",
          "last boundary" },
        { TYPE, "------x1\r\nContent-Disposition: form-data; name=a\r\n\r\nx------x1--",
          "last boundary" },
        { TYPE, "------x1\r\nno colon\r\n\r\nx\r\n------x1--", "colon" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct part parts[8];
        size_t n;
        struct err e = ERR_INIT;
        assert_int_equal(read_all(rows[i].type, str_c(rows[i].body), parts, &n, &e), CHELA_INPUT);
        if (!strstr(e.message, rows[i].why)) fail_msg("row %zu: %s", i, e.message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_as_sent),
        cmocka_unit_test(broken_bodies_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
