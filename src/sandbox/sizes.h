/* How large a picture or a video is to be, from the many ways of saying it: a ratio and a tier, or
 * width and height. Pure. */
#ifndef CHELA_SANDBOX_SIZES_H
#define CHELA_SANDBOX_SIZES_H

#include "base/str.h"

enum {
    PICTURE_SIDE_LEAST = 64,
    PICTURE_SIDE_MOST = 4096,
    PICTURES_MOST = 10,
    PICTURE_INPUTS_MOST = 16,
    VIDEO_SIDE_LEAST = 128,
    VIDEO_SIDE_MOST = 3840,
    VIDEO_SECONDS_MOST = 30,
};

struct size {
    unsigned width, height;
};

extern const char *const picture_ratios[]; /* "1:1", …; NULL at the end */
extern const char *const picture_tiers[];  /* "512", "1K", "2K", "4K" */
extern const char *const video_ratios[];
extern const char *const video_tiers[]; /* "480p", "720p", "1080p" */

/* ratio: of picture_ratios, or empty or "auto" (1:1); tier in either case, or empty (1K). The
 * tables of the service for the ratios it has tables for; else the same area. */
bool picture_size_for(str ratio, str tier, struct size *out);
/* The same area in the proportions of a picture of width x height. */
bool picture_size_like(unsigned width, unsigned height, str tier, struct size *out);
/* 720p is the shorter side; both sides are even. */
bool video_size(str ratio, str resolution, struct size *out);

#endif
