#include "media/ratio.h"

#include <math.h>
#include <string.h>

/* log ratios that differ by less are the same: 1:1 between 16:9 and 9:16 must be a tie */
static const double same = 1e-9;
enum { LINES_OF_1K = 540, SHAPE_WEIGHS = 10 };

static bool pair_parse(str text, char separator, struct ratio *out) {
    str w, h;
    struct ratio r;
    text = str_trim(text);
    if (!str_cut(text, separator, &w, &h)) return false;
    if (!str_i64(str_trim(w), &r.w) || !str_i64(str_trim(h), &r.h)) return false;
    if (r.w < 1 || r.h < 1 || r.w > 1000000 || r.h > 1000000) return false;
    *out = r;
    return true;
}

bool ratio_parse(str text, struct ratio *out) {
    return pair_parse(text, ':', out);
}

bool size_parse(str text, struct ratio *out) {
    return pair_parse(text, 'x', out) || pair_parse(text, 'X', out);
}

static int compare(str a, str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int c = memcmp(a.p, b.p, n);
    return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

str ratio_nearest(struct ratio wanted, const str *list, size_t count) {
    str best = { 0 };
    double best_far = 0;
    int64_t best_gap = 0;
    for (size_t i = 0; i < count; i++) {
        struct ratio r;
        if (!ratio_parse(list[i], &r)) continue;
        double far =
            fabs(log((double)wanted.w / (double)wanted.h) - log((double)r.w / (double)r.h));
        int64_t gap = wanted.w * r.h - r.w * wanted.h;
        if (gap < 0) gap = -gap;
        bool tie = best.n && fabs(far - best_far) < same;
        bool nearer = tie ? gap < best_gap || (gap == best_gap && compare(list[i], best) < 0)
                          : far < best_far;
        if (best.n && !nearer) continue;
        best = list[i];
        best_far = far;
        best_gap = gap;
    }
    return best;
}

str size_nearest(struct ratio wanted, const str *list, size_t count) {
    str best = { 0 };
    double best_far = 0;
    for (size_t i = 0; i < count; i++) {
        struct ratio r;
        if (!size_parse(list[i], &r)) continue;
        double w = log((double)wanted.w / (double)r.w), h = log((double)wanted.h / (double)r.h);
        double far = SHAPE_WEIGHS * fabs(w - h) + fabs(w + h);
        if (best.n && far >= best_far) continue;
        best = list[i];
        best_far = far;
    }
    return best;
}

/* "1080P" is 1080 lines; "2K" is 1080 too, and "4K" 2160. */
static bool lines_of(str text, int64_t *out) {
    size_t n = 0;
    while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9') n++;
    if (!str_i64(str_head(text, n), out) || *out > 100000) return false;
    if (str_ieq(str_skip(text, n), S("K"))) *out *= LINES_OF_1K;
    return true;
}

int64_t number_nearest(double wanted, const int64_t *list, size_t count) {
    int64_t best = 0;
    for (size_t i = 0; i < count; i++) {
        double far = fabs((double)list[i] - wanted), best_far = fabs((double)best - wanted);
        if (i == 0 || far < best_far || (far <= best_far && list[i] > best)) best = list[i];
    }
    return best;
}

str resolution_nearest(str wanted, const str *known, size_t known_count, const str *list,
                       size_t count) {
    enum { MOST = 64 };
    int64_t number[MOST], value;
    bool is_known = false;
    wanted = str_trim(wanted);
    for (size_t i = 0; i < known_count; i++) is_known = is_known || str_ieq(wanted, known[i]);
    if (!is_known || !lines_of(wanted, &value) || !count || count > MOST) return (str){ 0 };
    for (size_t i = 0; i < count; i++)
        if (!lines_of(list[i], &number[i])) return (str){ 0 };
    int64_t nearest = number_nearest((double)value, number, count);
    for (size_t i = 0; i < count; i++)
        if (number[i] == nearest) return list[i];
    return (str){ 0 };
}
