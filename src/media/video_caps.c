#include "media/video_caps.h"

const struct video_caps video_caps_bundled = {
    .durations = { 4, 6, 8 },
    .duration_count = 3,
    .resolutions = { STR_INIT("720P"), STR_INIT("1080P") },
    .resolution_count = 2,
    .ratios = { STR_INIT("16:9"), STR_INIT("9:16") },
    .ratio_count = 2,
};

const str video_resolutions[] = {
    STR_INIT("360P"), STR_INIT("480P"),  STR_INIT("540P"),  STR_INIT("720P"),
    STR_INIT("768P"), STR_INIT("1080P"), STR_INIT("1440P"), STR_INIT("2160P"),
};
const size_t video_resolution_count = sizeof video_resolutions / sizeof video_resolutions[0];
