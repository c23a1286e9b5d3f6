/* Pictures that go into a request: what is one, where it may lie, and what it becomes. */
#include "config_home.h"

#include "media/picture_input.h"

#include <unistd.h>

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02\0\0\0"

static struct home h;
static struct arena arena;
static struct picture_input got;
static struct err err;

static int setup(void **state) {
    (void)state;
    home_make(&h);
    arena_init(&arena, 64u << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    home_free(&h);
    arena_free(&arena);
    return 0;
}

static enum chela_error load(const char *source, const struct picture_rules *rules) {
    static const struct picture_rules any = { 0 };
    err = (struct err)ERR_INIT;
    return picture_input_load(&got, str_c(source), rules ? rules : &any, &arena, &err);
}

static void write_png(const char *name) {
    assert_int_equal(file_write(home_path(&h, name), S(PNG), 0600, NULL), CHELA_OK);
}

static void from_files(void **state) {
    (void)state;
    char source[4096];
    const struct picture_rules rules = { .home = h.path };
    write_png("a.jpg"); /* its name lies */
    assert_int_equal(load(home_path(&h, "a.jpg"), NULL), CHELA_OK);
    assert_str(got.mime, "image/png");
    assert_true(got.width == 800 && got.height == 600);
    snprintf(source, sizeof source, " @%s ", home_path(&h, "a.jpg"));
    assert_int_equal(load(source, NULL), CHELA_OK);
    snprintf(source, sizeof source, "file://%s", home_path(&h, "a.jpg"));
    assert_int_equal(load(source, NULL), CHELA_OK);
    assert_int_equal(load("~/a.jpg", &rules), CHELA_OK);
    assert_int_equal(load(home_path(&h, "missing.png"), NULL), CHELA_NOINPUT);
    assert_has(err.message, "missing.png");
    home_file(&h, "b.png", "not a picture");
    assert_int_equal(load(home_path(&h, "b.png"), NULL), CHELA_INPUT);
    assert_has(err.hint, "PNG, JPEG, GIF and WebP");
    assert_int_equal(load("  ", NULL), CHELA_USAGE);
}

static void from_data_urls(void **state) {
    (void)state;
    assert_int_equal(load("data:image/jpeg;base64,iVBORw0KGgo=", NULL), CHELA_OK);
    assert_str(got.mime, "image/png"); /* by the bytes */
    assert_str(got.bytes, "\x89PNG\r\n\x1a\n");
    assert_int_equal(load("DATA:image/png;x=1;BASE64,iVBORw0KGgo=", NULL), CHELA_OK);
    static const char *const bad[] = { "data:image/png;base64,***",
                                       "data:text/plain;base64,aGk=", "data:image/png,raw",
                                       "data:image/png;base64", "data:image/png;base64,aGVsbG8=" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(load(bad[i], NULL), CHELA_INPUT);
}

/* A model names files too; it gets those of two folders, and no link leads it out of them. */
static void a_model_is_kept_to_its_folders(void **state) {
    (void)state;
    char inside[2048], link[2048], up[4096];
    snprintf(inside, sizeof inside, "%s/inside", h.path);
    assert_int_equal(file_mkdirs(inside, 0700, NULL), CHELA_OK);
    write_png("inside/a.png");
    write_png("secret.png");
    write_png("inside.png"); /* starts like the folder's name */
    snprintf(link, sizeof link, "%s/inside/link.png", h.path);
    assert_int_equal(symlink(home_path(&h, "secret.png"), link), 0);
    const char *const roots[] = { inside, "/nowhere", NULL };
    const struct picture_rules rules = { .roots = roots };
    assert_int_equal(load(home_path(&h, "inside/a.png"), &rules), CHELA_OK);
    snprintf(up, sizeof up, "%s/../secret.png", inside);
    assert_int_equal(load(up, &rules), CHELA_FORBIDDEN);
    assert_int_equal(load(link, &rules), CHELA_FORBIDDEN);
    assert_int_equal(load(home_path(&h, "inside.png"), &rules), CHELA_FORBIDDEN);
    assert_int_equal(load(home_path(&h, "inside/none.png"), &rules), CHELA_NOINPUT);
}

static void urls(void **state) {
    (void)state;
    const struct picture_rules pass = { .pass_urls = true }, quiet = { .no_network = true };
    assert_int_equal(load("https://example.org/a.png", &pass), CHELA_OK);
    assert_str(got.url, "https://example.org/a.png");
    assert_int_equal(got.bytes.n, 0);
    assert_int_equal(load("http://127.0.0.1/a.png", &quiet), CHELA_OK);
    assert_int_equal(load("https://a b/", &pass), CHELA_INPUT);
    assert_int_equal(load("http://127.0.0.1/a.png", NULL), CHELA_FORBIDDEN);
    assert_has(err.message, "not on the public Internet");
}

static void written(void **state) {
    (void)state;
    struct buf out = BUF_INIT(4096);
    struct json_writer w = JSON_WRITER(&out);
    json_array(&w);
    assert_int_equal(load("data:image/png;base64,iVBORw0KGgo=", NULL), CHELA_OK);
    picture_input_write(&got, NULL, &w);
    const struct picture_rules pass = { .pass_urls = true };
    assert_int_equal(load("https://example.org/a.png", &pass), CHELA_OK);
    picture_input_write(&got, "first_frame", &w);
    json_array_end(&w);
    assert_str(
        buf_str(&out),
        "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0KGgo=\"}},"
        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.org/a.png\"},"
        "\"frame_type\":\"first_frame\"}]");
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(from_files, setup, teardown),
        cmocka_unit_test_setup_teardown(from_data_urls, setup, teardown),
        cmocka_unit_test_setup_teardown(a_model_is_kept_to_its_folders, setup, teardown),
        cmocka_unit_test_setup_teardown(urls, setup, teardown),
        cmocka_unit_test_setup_teardown(written, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
