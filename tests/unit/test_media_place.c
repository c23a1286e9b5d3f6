/* Where files go and what they are called; how large a picture is. */
#include "config_home.h"

#include "base/picture_size.h"
#include "media/place.h"

#include <sys/stat.h>

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02\0\0\0"

static struct home h;

static int setup(void **state) {
    (void)state;
    home_make(&h);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    home_free(&h);
    return 0;
}

/* The path that bytes of `mime` get for --output `output`, without the folder. */
static const char *named(struct config *c, const char *output, const char *mime, size_t index,
                         size_t count) {
    static char path[PATH_MAX];
    struct place p;
    struct err e = ERR_INIT;
    if (place_find(&p, c, str_c(output), "image", &e) != CHELA_OK) fail_msg("%s", e.message);
    if (place_path(&p, str_c(mime), index, count, path, &e) != CHELA_OK) fail_msg("%s", e.message);
    assert_true(str_starts(str_c(path), str_c(p.folder)));
    return strrchr(path, '/') + 1;
}

static void names(void **state) {
    (void)state;
    struct config *c = home_load(&h);
    char output[2048];
    static const struct {
        const char *output, *mime;
        size_t index, count;
        const char *name;
    } cases[] = {
        { "x.png", "image/png", 1, 1, "x.png" },
        { "x.PNG", "image/png", 1, 1, "x.PNG" },
        { "x.jpeg", "image/jpeg", 1, 1, "x.jpeg" },
        { "x.png", "image/jpeg", 1, 1, "x.jpg" }, /* the bytes decide */
        { "x", "image/webp", 1, 1, "x.webp" },
        { "x.y.png", "image/png", 2, 3, "x.y-2.png" },
        { ".hidden", "image/png", 1, 1, ".hidden.png" },
        { "x.dat", "application/octet-stream", 1, 1, "x.dat" },
        { "x", "application/octet-stream", 1, 1, "x.bin" },
        { "x.mp4", "video/webm", 1, 1, "x.webm" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(output, sizeof output, "%s/new/%s", h.path, cases[i].output);
        assert_string_equal(named(c, output, cases[i].mime, cases[i].index, cases[i].count),
                            cases[i].name);
    }
    snprintf(output, sizeof output, "%s/", h.path);
    assert_true(str_starts(str_c(named(c, output, "image/png", 1, 1)), S("image-2")));
    snprintf(output, sizeof output, "%s", h.path); /* a folder that is there, without the slash */
    assert_true(str_starts(str_c(named(c, output, "image/png", 1, 1)), S("image-2")));
    config_free(c);
}

static void in_the_state_folder_for_the_user_alone(void **state) {
    (void)state;
    struct config *c = home_load(&h);
    struct place p;
    struct draft d;
    struct media_file file;
    struct arena a;
    struct err e = ERR_INIT;
    struct stat st;
    arena_init(&a, 1 << 20);
    assert_int_equal(place_find(&p, c, S(""), "image", &e), CHELA_OK);
    assert_int_equal(stat(p.folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_true(str_ends(str_c(p.folder), S("/chela/media")));
    assert_int_equal(place_draft(&p, &d, &e), CHELA_OK);
    assert_int_equal(draft_write(&d, S(PNG), &e), CHELA_OK);
    assert_int_equal(place_commit(&p, &d, S("image/jpeg"), 1, 1, &file, &a, &e), CHELA_OK);
    assert_str(file.mime, "image/png"); /* whatever was claimed */
    assert_true(file.width == 800 && file.height == 600 && file.size == sizeof PNG - 1);
    assert_int_equal(stat(file.path.p, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    arena_free(&a);
    config_free(c);
}

static void sizes_of_pictures(void **state) {
    (void)state;
    static const struct {
        str bytes;
        unsigned w, h;
    } cases[] = {
        { STR_INIT(PNG), 800, 600 },
        { STR_INIT("GIF89a\x40\x01\xf0\0"), 320, 240 },
        { STR_INIT("RIFF....WEBPVP8X....\0\0\0\0\x7f\x02\0\xdf\x01\0"), 640, 480 },
        { STR_INIT("RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a\x80\x02\xe0\x01"), 640, 480 },
        { STR_INIT("RIFF....WEBPVP8L....\x2f\x7f\xc2\x77\0........"), 640, 480 },
        { STR_INIT(
              "\xff\xd8\xff\xe0\0\x06JFIF\xff\xff\xc4\0\x04XX\xff\xc0\0\x11\x08\x01\xe0\x02\x80"
              "\x03"),
          640, 480 },
        { STR_INIT("\xff\xd8\xff\xe0\0\x06JFIF\xff\xda\0\x04"), 0,
          0 }, /* no frame before the scan */
        { STR_INIT("\xff\xd8\xff\xe0\0\x01"), 0, 0 },
        { STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"), 0, 0 },
        { STR_INIT("RIFF....WEBPVP8L....\x2e........."), 0, 0 },
        { STR_INIT("<svg/>"), 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned w = 0, height = 0;
        bool found = picture_size(cases[i].bytes, &w, &height);
        if (found != (cases[i].w > 0)) fail_msg("case %zu", i);
        if (found && (w != cases[i].w || height != cases[i].h))
            fail_msg("case %zu is %u x %u", i, w, height);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names, setup, teardown),
        cmocka_unit_test_setup_teardown(in_the_state_folder_for_the_user_alone, setup, teardown),
        cmocka_unit_test(sizes_of_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
