/* Ratios, tiers and sizes of pictures and videos; the fields of a media request. */
#include "unit.h"

#include "sandbox/fields.h"
#include "sandbox/sizes.h"

#include <math.h>
#include <string.h>

static void pictures_have_the_services_sizes(void **state) {
    (void)state;
    static const struct {
        const char *ratio, *tier;
        unsigned width, height;
    } rows[] = {
        { "", "", 1024, 1024 },       { "auto", "1K", 1024, 1024 }, { "16:9", "1K", 1344, 768 },
        { "16:9", "2K", 2688, 1536 }, { "9:16", "", 768, 1344 },    { "21:9", "1k", 1536, 672 },
        { "4:5", "512", 448, 576 },   { "1:1", "4K", 4096, 4096 },  { "2:3", "1K", 832, 1248 },
        { "1:4", "1K", 512, 2048 },   { "8:1", "4K", 4096, 1440 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct size s;
        assert_true(picture_size_for(str_c(rows[i].ratio), str_c(rows[i].tier), &s));
        if (s.width != rows[i].width || s.height != rows[i].height)
            fail_msg("%s %s: %ux%u", rows[i].ratio, rows[i].tier, s.width, s.height);
    }
    struct size s;
    assert_false(picture_size_for(S("7:5"), S("1K"), &s));
    assert_false(picture_size_for(S("16:9"), S("3K"), &s));
    assert_false(picture_size_for(S("16/9"), S(""), &s));
}

static void every_listed_ratio_has_its_proportions(void **state) {
    (void)state;
    for (size_t i = 0; picture_ratios[i]; i++)
        for (size_t k = 0; picture_tiers[k]; k++) {
            struct size s;
            str left, right;
            double w = 1, h = 1;
            str_cut(str_c(picture_ratios[i]), ':', &left, &right);
            assert_true(str_f64(left, &w) && str_f64(right, &h));
            assert_true(picture_size_for(str_c(picture_ratios[i]), str_c(picture_tiers[k]), &s));
            assert_in_range(s.width, PICTURE_SIDE_LEAST, PICTURE_SIDE_MOST);
            assert_in_range(s.height, PICTURE_SIDE_LEAST, PICTURE_SIDE_MOST);
            double off = fabs(log((double)s.width / s.height / (w / h)));
            if (off > 0.09 && s.width < PICTURE_SIDE_MOST && s.height < PICTURE_SIDE_MOST)
                fail_msg("%s %s: %ux%u", picture_ratios[i], picture_tiers[k], s.width, s.height);
        }
}

static void an_edit_keeps_proportions(void **state) {
    (void)state;
    struct size s;
    assert_true(picture_size_like(4000, 3000, S("1K"), &s));
    assert_true(fabs((double)s.width / s.height - 4.0 / 3) < 0.05);
    assert_true(picture_size_like(1, 100000, S("1K"), &s)); /* as far as is sane */
    assert_in_range(s.width, PICTURE_SIDE_LEAST, PICTURE_SIDE_MOST);
}

static void videos_have_even_sides(void **state) {
    (void)state;
    struct size s;
    assert_true(video_size(S("16:9"), S("720p"), &s));
    assert_true(s.width == 1280 && s.height == 720);
    assert_true(video_size(S("9:16"), S("1080p"), &s));
    assert_true(s.width == 1080 && s.height == 1920);
    assert_true(video_size(S(""), S(""), &s));
    assert_true(s.width == 1280 && s.height == 720);
    for (size_t i = 0; video_ratios[i]; i++)
        for (size_t k = 0; video_tiers[k]; k++) {
            assert_true(video_size(str_c(video_ratios[i]), str_c(video_tiers[k]), &s));
            assert_true(s.width % 2 == 0 && s.height % 2 == 0);
        }
    assert_false(video_size(S("16:9"), S("721p"), &s));
}

static void fields_remember_the_first_mistake(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1 << 20);
    struct fields f;
    fields_open(&f, S("application/json"),
                S("{\"n\":3,\"s\":\"x\",\"b\":true,\"no\":null,\"wrong\":\"y\"}"), &a);
    assert_int_equal(f.e.code, CHELA_OK);
    assert_int_equal(fields_int(&f, "n", 1, 1, 10), 3);
    assert_true(str_eq(fields_needed(&f, "s", 10), S("x")));
    assert_true(fields_bool(&f, "b", false));
    assert_true(str_eq(fields_text(&f, "no", "other", 10), S("other")));
    assert_int_equal(f.e.code, CHELA_OK);
    fields_int(&f, "wrong", 1, 1, 10);
    assert_string_equal(f.e.message, "wrong: expected an integer from 1 to 10");
    fields_needed(&f, "missing", 10);
    assert_string_equal(f.e.message, "wrong: expected an integer from 1 to 10");
    fields_close(&f);
    fields_open(&f, S("application/json"), S("[1]"), &a);
    assert_string_equal(f.e.message, "the body: expected a JSON object, not an array");
    fields_close(&f);
    fields_open(&f, S(""), S(""), &a);
    assert_int_equal(f.e.code, CHELA_INPUT);
    fields_close(&f);
    arena_free(&a);
}

static void a_form_is_read_like_json(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1 << 20);
    struct fields f;
    fields_open(&f, S("multipart/form-data; boundary=xx"),
                S("--xx\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n4\r\n"
                  "--xx\r\nContent-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n"
                  "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
                  "Content-Type: image/png\r\n\r\n\x89PNG\r\n\r\n--xx--\r\n"),
                &a);
    assert_int_equal(f.e.code, CHELA_OK);
    assert_int_equal(fields_int(&f, "n", 1, 1, 10), 4);
    assert_true(fields_bool(&f, "stream", false));
    assert_int_equal(f.file_count, 1);
    assert_true(str_eq(f.files[0].data, S("\x89PNG\r\n")));
    fields_close(&f);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_have_the_services_sizes),
        cmocka_unit_test(every_listed_ratio_has_its_proportions),
        cmocka_unit_test(an_edit_keeps_proportions),
        cmocka_unit_test(videos_have_even_sides),
        cmocka_unit_test(fields_remember_the_first_mistake),
        cmocka_unit_test(a_form_is_read_like_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
