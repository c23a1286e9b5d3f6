#include "sandbox/sizes.h"

#include <math.h>

const char *const picture_ratios[] = { "1:1",  "1:2",  "1:4",  "1:8",    "2:1",    "2:3",
                                       "3:2",  "3:4",  "4:1",  "4:3",    "4:5",    "5:4",
                                       "8:1",  "9:16", "16:9", "9:19.5", "19.5:9", "9:20",
                                       "20:9", "9:21", "21:9", NULL };
const char *const picture_tiers[] = { "512", "1K", "2K", "4K", NULL };
const char *const video_ratios[] = { "16:9", "9:16", "1:1",  "4:3",  "3:4",
                                     "3:2",  "2:3",  "21:9", "9:21", NULL };
const char *const video_tiers[] = { "480p", "720p", "1080p", NULL };

static bool listed(const char *const *list, str text) {
    for (; *list; list++)
        if (str_ieq(text, str_c(*list))) return true;
    return false;
}

static bool ratio_of(const char *const *list, str ratio, double *out) {
    str left, right;
    double w, h;
    if (!listed(list, ratio) || !str_cut(ratio, ':', &left, &right)) return false;
    if (!str_f64(left, &w) || !str_f64(right, &h)) return false;
    *out = w / h;
    return true;
}

/* Thousandths of the area of 1K, and the side's grid. */
static bool tier_of(str tier, double *scale) {
    static const double scales[] = { 0.5, 1, 2, 4 };
    if (!tier.n) tier = S("1K");
    for (size_t i = 0; picture_tiers[i]; i++) {
        if (!str_ieq(tier, str_c(picture_tiers[i]))) continue;
        *scale = scales[i];
        return true;
    }
    return false;
}

static unsigned on_grid(double v, unsigned grid, unsigned least, unsigned most) {
    unsigned n = (unsigned)lrint(v / grid) * grid;
    return n < least ? least : n > most ? most : n;
}

static struct size of_area(double ratio, double scale) {
    double height = 1024 * scale / sqrt(ratio);
    return (struct size){ on_grid(height * ratio, 32, PICTURE_SIDE_LEAST, PICTURE_SIDE_MOST),
                          on_grid(height, 32, PICTURE_SIDE_LEAST, PICTURE_SIDE_MOST) };
}

bool picture_size_for(str ratio, str tier, struct size *out) {
    /* What Gemini's pictures measure at 1K. */
    static const struct {
        const char *ratio;
        struct size size;
    } known[] = {
        { "1:1", { 1024, 1024 } }, { "2:3", { 832, 1248 } },  { "3:2", { 1248, 832 } },
        { "3:4", { 864, 1184 } },  { "4:3", { 1184, 864 } },  { "4:5", { 896, 1152 } },
        { "5:4", { 1152, 896 } },  { "9:16", { 768, 1344 } }, { "16:9", { 1344, 768 } },
        { "21:9", { 1536, 672 } },
    };
    double scale, proportion;
    if (!ratio.n || str_ieq(ratio, S("auto"))) ratio = S("1:1");
    if (!tier_of(tier, &scale) || !ratio_of(picture_ratios, ratio, &proportion)) return false;
    *out = of_area(proportion, scale);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!str_eq(ratio, str_c(known[i].ratio))) continue;
        out->width = on_grid(known[i].size.width * scale, 1, 64, PICTURE_SIDE_MOST);
        out->height = on_grid(known[i].size.height * scale, 1, 64, PICTURE_SIDE_MOST);
    }
    return true;
}

bool picture_size_like(unsigned width, unsigned height, str tier, struct size *out) {
    double scale, ratio = height ? (double)width / height : 1;
    if (!tier_of(tier, &scale)) return false;
    *out = of_area(ratio < 0.125 ? 0.125 : ratio > 8 ? 8 : ratio, scale);
    return true;
}

bool video_size(str ratio, str resolution, struct size *out) {
    static const unsigned sides[] = { 480, 720, 1080 };
    double proportion;
    if (!ratio.n) ratio = S("16:9");
    if (!resolution.n) resolution = S("720p");
    if (!ratio_of(video_ratios, ratio, &proportion)) return false;
    for (size_t i = 0; video_tiers[i]; i++) {
        if (!str_ieq(resolution, str_c(video_tiers[i]))) continue;
        double side = sides[i];
        double width = proportion >= 1 ? side * proportion : side;
        double height = proportion >= 1 ? side : side / proportion;
        out->width = on_grid(width, 2, VIDEO_SIDE_LEAST, VIDEO_SIDE_MOST);
        out->height = on_grid(height, 2, VIDEO_SIDE_LEAST, VIDEO_SIDE_MOST);
        return true;
    }
    return false;
}
