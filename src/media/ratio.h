/* Sizes, aspect ratios and resolutions: reading them, and finding what a model has that is nearest
 * to what was asked for. */
#ifndef CHELA_MEDIA_RATIO_H
#define CHELA_MEDIA_RATIO_H

#include "base/str.h"

struct ratio {
    int64_t w, h; /* both at least 1 */
};

bool ratio_parse(str text, struct ratio *out); /* "16:9" */
bool size_parse(str text, struct ratio *out);  /* "1024x1024" */
/* The nearest of list ("16:9", …): by the ratio's logarithm, so that 2:1 is as far from 1:1 as 1:2
 * is; of two equally far the one whose sides fit better, then the first in the alphabet. */
str ratio_nearest(struct ratio wanted, const str *list, size_t count);
/* The nearest of list ("1280x720", …): its shape counts ten times as much as its area. */
str size_nearest(struct ratio wanted, const str *list, size_t count);
/* The nearest of list ("720P", "1080P"; "1K", "2K") by the lines; of two equally far the
 * larger. Letters count alike in either case. Empty: `wanted` is none of `known`. */
str resolution_nearest(str wanted, const str *known, size_t known_count, const str *list,
                       size_t count);
/* The nearest whole number; of two equally far the larger. */
int64_t number_nearest(double wanted, const int64_t *list, size_t count);

#endif
