/* The line that a terminal shows while a video is made. */
#include "unit.h"

#include "cli/video_line.c"

static void lines(void **state) {
    (void)state;
    static const struct {
        struct video_progress p;
        const char *line;
    } cases[] = {
        { { .state = STR_INIT("submitting"), .elapsed_ms = 400 }, "submitting, 0 s" },
        { { .state = STR_INIT("in_progress"), .elapsed_ms = 12900 }, "in progress, 12 s" },
        { { .state = STR_INIT("in_progress"), .elapsed_ms = 12900, .usual_ms = 50000 },
          "in progress, 12 s of about 50 s" },
        { { .state = STR_INIT("in_progress"), .elapsed_ms = 63000, .usual_ms = 50000 },
          "in progress, 63 s; usually 50 s" },
        { { .state = STR_INIT("running"), .elapsed_ms = 12000, .percent = 33 },
          "running 33 %, 12 s of about 36 s" },
        { { .state = STR_INIT("running"), .elapsed_ms = 12000, .percent = 33, .usual_ms = 180000 },
          "running 33 %, 12 s of about 3 min" },
        { { .state = STR_INIT("pending"), .elapsed_ms = 9000000 }, "pending, 2 h" },
        { { .state = STR_INIT("completed"), .bytes = 3100000 }, "downloading, 3.1 MB" },
        { { .state = STR_INIT("completed"), .bytes = 3100000, .total = 12400000 },
          "downloading, 3.1 of 12.4 MB" },
        { { .state = STR_INIT("completed"), .bytes = 3100000, .total = 2 }, "downloading, 3.1 MB" },
        { { .state = STR_INIT("a_state_that_is_longer_than_any_line_would_have_room_for") },
          "a state that is longer than any line wo, 0 s" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[VIDEO_LINE_MAX];
        video_line(&cases[i].p, line);
        assert_string_equal(line, cases[i].line);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(lines) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
