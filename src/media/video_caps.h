/* What a video model offers: what durations, resolutions and shapes a request is snapped to. */
#ifndef CHELA_MEDIA_VIDEO_CAPS_H
#define CHELA_MEDIA_VIDEO_CAPS_H

#include "base/str.h"

enum { VIDEO_MAX_INPUTS = 4, VIDEO_CAPS_MOST = 32 };

struct video_caps {
    int64_t durations[VIDEO_CAPS_MOST]; /* seconds */
    size_t duration_count;              /* 0: any */
    str resolutions[VIDEO_CAPS_MOST];   /* "720P" */
    size_t resolution_count;
    str ratios[VIDEO_CAPS_MOST];
    size_t ratio_count;
};

/* google/veo-3.1-fast, and what is taken for a model that nothing is known of. */
extern const struct video_caps video_caps_bundled;
/* The resolutions that chela knows by name, lowest first. */
extern const str video_resolutions[];
extern const size_t video_resolution_count;

#endif
