/* The video models' cache: what an answer of GET /videos/models becomes, and what is refused. */
#include "unit.h"

#include "catalog/video_models.h"

#include "catalog_home.h"

static const char base[] = "https://openrouter.ai/api/v1";

#define ROWS                                                                                       \
    "{\"data\":[{\"id\":\"a/one\",\"name\":\"One\",\"supported_durations\":[5,10,0,\"x\"],"        \
    "\"supported_resolutions\":[\"480p\",\"4K\",\"a b\"],\"supported_aspect_ratios\":null,"        \
    "\"supported_sizes\":[\"640x480\"],\"supported_frame_images\":[\"first_frame\"],"              \
    "\"generate_audio\":false,\"seed\":true},"                                                     \
    "{\"id\":\"b/chat\",\"context_length\":4},{\"id\":\"a b\",\"supported_durations\":[1]},"       \
    "{\"id\":\"c/two\",\"supported_durations\":[]}]}"

static void open_home(struct home *h) {
    home_open(h, "{}");
}

static void store(struct home *h, const char *json) {
    struct err e = ERR_INIT;
    if (video_models_store(h->config, str_c(base), str_c(json), &e)) fail_msg("%s", e.message);
}

static void read_back(void **state) {
    (void)state;
    struct home h;
    struct video_models m;
    struct arena a = ARENA_INIT(1u << 20);
    open_home(&h);
    video_models_load(&m, h.config, str_c(base), &a);
    assert_true(m.count == 0 && video_models_are_stale(&m));
    store(&h, ROWS);
    video_models_load(&m, h.config, str_c(base), &a);
    assert_int_equal(m.count, 2);
    assert_false(video_models_are_stale(&m));
    const struct video_model *one = video_models_find(&m, S("A/One:free"));
    assert_non_null(one);
    assert_int_equal(one->duration_count, 2);
    assert_int_equal(one->durations[1], 10);
    assert_int_equal(one->resolution_count, 2);
    assert_str(one->resolutions[1], "4K");
    assert_int_equal(one->ratio_count, 0);
    assert_str(one->sizes[0], "640x480");
    assert_true(one->says_frames && one->first_frame && !one->last_frame);
    assert_true(one->sound == 0 && one->seed == 1);
    const struct video_model *two = video_models_find(&m, S("c/two"));
    assert_non_null(two);
    assert_true(!two->duration_count && !two->says_frames && two->sound == -1 && two->seed == -1);
    assert_null(video_models_find(&m, S("b/chat")));
    assert_null(video_models_find(&m, S("a/on")));
    arena_free(&a);
    home_close(&h);
}

static void another_service_has_others(void **state) {
    (void)state;
    struct home h;
    struct video_models m;
    struct arena a = ARENA_INIT(1u << 20);
    open_home(&h);
    store(&h, ROWS);
    video_models_load(&m, h.config, S("http://127.0.0.1:1/api/v1"), &a);
    assert_true(m.count == 0 && video_models_are_stale(&m));
    arena_free(&a);
    home_close(&h);
}

static void a_bad_answer_takes_nothing_away(void **state) {
    (void)state;
    static const char *const bad[] = { "<html>",
                                       "{}",
                                       "{\"data\":{}}",
                                       "{\"data\":[]}",
                                       "{\"data\":[{\"id\":\"b/chat\",\"context_length\":4}]}",
                                       "{\"data\":[{\"supported_durations\":[1]}]}" };
    struct home h;
    struct video_models m;
    struct arena a = ARENA_INIT(1u << 20);
    open_home(&h);
    store(&h, ROWS);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = ERR_INIT;
        if (video_models_store(h.config, str_c(base), str_c(bad[i]), &e) != CHELA_PROTOCOL)
            fail_msg("%s: %s", bad[i], e.message);
    }
    video_models_load(&m, h.config, str_c(base), &a);
    assert_int_equal(m.count, 2);
    arena_free(&a);
    home_close(&h);
}

static void a_broken_file_is_ignored(void **state) {
    (void)state;
    static const char *const bad[] = { "", "{", "[]", "{\"fetchedAtMs\":-1,\"baseUrl\":\"x\"}",
                                       ("{\"fetchedAtMs\":1,\"baseUrl\":"
                                        "\"https://openrouter.ai/api/v1\",\"data\":3}") };
    struct home h;
    struct video_models m;
    struct arena a = ARENA_INIT(1u << 20);
    char path[256];
    open_home(&h);
    store(&h, ROWS);
    scratch_path(h.scratch, path, sizeof path, "cache/chela/video-models.json");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = ERR_INIT;
        assert_int_equal(file_write(path, str_c(bad[i]), 0600, &e), CHELA_OK);
        video_models_load(&m, h.config, str_c(base), &a);
        assert_true(m.count == 0 && video_models_are_stale(&m));
    }
    arena_free(&a);
    home_close(&h);
}

static void it_ages(void **state) {
    (void)state;
    struct video_models m = { .fetched_ms = 1 };
    assert_true(video_models_are_stale(&m));
    m.fetched_ms = INT64_MAX / 2; /* the clock went back */
    assert_true(video_models_are_stale(&m));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_back),
        cmocka_unit_test(another_service_has_others),
        cmocka_unit_test(a_bad_answer_takes_nothing_away),
        cmocka_unit_test(a_broken_file_is_ignored),
        cmocka_unit_test(it_ages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
