/* Sizes, ratios and resolutions: what is read, and what is nearest. */
#include "unit.h"

#include "catalog/video_models.h"
#include "media/image.h"
#include "media/ratio.h"

static void read_strictly(void **state) {
    (void)state;
    struct ratio r;
    assert_true(ratio_parse(S(" 16 : 9 "), &r) && r.w == 16 && r.h == 9);
    assert_true(size_parse(S("1792x1024"), &r) && r.w == 1792 && r.h == 1024);
    assert_true(size_parse(S("640X480"), &r));
    static const char *const bad[] = { "",       "16",     "16:", ":9",        "0:9", "-16:9",
                                       "16:9:1", "16.5:9", "a:b", "9999999:1", "16x9" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (ratio_parse(str_c(bad[i]), &r)) fail_msg("\"%s\" was read as a ratio", bad[i]);
    assert_false(size_parse(S("16:9"), &r));
    assert_false(size_parse(S("large"), &r));
    assert_false(size_parse(S("640"), &r));
    assert_false(size_parse(S("-1x5"), &r));
    assert_false(size_parse(S("9999999x5"), &r));
}

static void assert_nearest(int64_t w, int64_t h, const str *list, size_t count,
                           const char *expected) {
    str got = ratio_nearest((struct ratio){ w, h }, list, count);
    if (!str_eq(got, str_c(expected)))
        fail_msg("%lld:%lld is %.*s, not %s", (long long)w, (long long)h, STR_ARG(got), expected);
}

static void nearest_ratio(void **state) {
    (void)state;
    static const struct {
        int64_t w, h;
        const char *ratio;
    } cases[] = {
        { 1024, 1024, "1:1" },  { 1792, 1024, "16:9" }, { 1024, 1792, "9:16" },
        { 1536, 1024, "3:2" },  { 1, 1, "1:1" },        { 7, 1, "21:9" },
        { 1, 7, "9:16" },       { 1600, 1200, "4:3" },  { 5, 4, "5:4" },
        { 2560, 1080, "21:9" }, { 800, 1000, "4:5" },   { 2, 1, "16:9" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_nearest(cases[i].w, cases[i].h, image_ratios, image_ratio_count, cases[i].ratio);
    const struct video_model *v = &video_model_bundled;
    assert_nearest(1, 1, v->ratios, v->ratio_count, "16:9"); /* equally far: by the alphabet */
    assert_nearest(3, 4, v->ratios, v->ratio_count, "9:16");
    static const str turned[] = { STR_INIT("9:16"), STR_INIT("16:9") };
    assert_nearest(1, 1, turned, 2, "16:9"); /* wherever it stands */
    assert_nearest(1, 1, turned, 0, "");
}

static void nearest_resolution(void **state) {
    (void)state;
    static const struct {
        const char *wanted, *got;
    } video[] = { { "480P", "720p" }, { "720p", "720p" }, { "768P", "720p" }, { "1080P", "1080p" },
                  { "4K", "1080p" },  { "999P", "" },     { "", "" } };
    static const str known[] = { STR_INIT("480P"), STR_INIT("720P"), STR_INIT("768P"),
                                 STR_INIT("1080P"), STR_INIT("4K") };
    static const str fine[] = { STR_INIT("720p"), STR_INIT("4K") };
    const struct video_model *v = &video_model_bundled;
    for (size_t i = 0; i < sizeof video / sizeof video[0]; i++) {
        str got = resolution_nearest(str_c(video[i].wanted), known, 5, v->resolutions,
                                     v->resolution_count);
        if (!str_eq(got, str_c(video[i].got)))
            fail_msg("%s is %.*s, not %s", video[i].wanted, STR_ARG(got), video[i].got);
    }
    assert_true(str_eq(resolution_nearest(S("1080P"), known, 5, fine, 2), S("720p")));
    str got = resolution_nearest(S(" 2k "), image_resolutions, image_resolution_count,
                                 image_resolutions, image_resolution_count);
    assert_true(str_eq(got, S("2K")));
}

static void nearest_size(void **state) {
    (void)state;
    static const str list[] = { STR_INIT("1280x720"), STR_INIT("720x1280"), STR_INIT("1920x1080"),
                                STR_INIT("640x640"), STR_INIT("wide") };
    static const struct {
        int64_t w, h;
        const char *size;
    } cases[] = {
        { 1280, 720, "1280x720" },   { 1280, 704, "1280x720" }, { 640, 1136, "720x1280" },
        { 3840, 2160, "1920x1080" }, { 9, 9, "640x640" },       { 320, 180, "1280x720" }
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        str got = size_nearest((struct ratio){ cases[i].w, cases[i].h }, list, 5);
        if (!str_eq(got, str_c(cases[i].size)))
            fail_msg("%s, not %.*s", cases[i].size, STR_ARG(got));
    }
    assert_false(size_nearest((struct ratio){ 1, 1 }, list + 4, 1).n);
}

static void nearest_number(void **state) {
    (void)state;
    const struct video_model *v = &video_model_bundled;
    static const struct {
        double wanted;
        int64_t got;
    } cases[] = {
        { 1, 4 }, { 3, 4 }, { 4, 4 }, { 5, 6 }, { 5.4, 6 }, { 6, 6 }, { 7, 8 }, { 100, 8 }
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(number_nearest(cases[i].wanted, v->durations, v->duration_count),
                         cases[i].got);
    static const int64_t mixed[] = { 8, 4, 6 };
    assert_int_equal(number_nearest(5, mixed, 3), 6);
    assert_int_equal(number_nearest(7, mixed, 3), 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_strictly),      cmocka_unit_test(nearest_ratio),
        cmocka_unit_test(nearest_resolution), cmocka_unit_test(nearest_size),
        cmocka_unit_test(nearest_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
