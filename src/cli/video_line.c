/* State, time, and how long it may take: what earlier videos of this model took, else what the
 * service's own percentage comes to, else nothing. A guess from nowhere would be no comfort. */
#include "cli/video_line.h"

#include <stdio.h>

static const char *in_words(int64_t ms, char text[24]) {
    int64_t s = ms / 1000;
    if (s < 120)
        snprintf(text, 24, "%lld s", (long long)s);
    else if (s < 7200)
        snprintf(text, 24, "%lld min", (long long)(s / 60));
    else
        snprintf(text, 24, "%lld h", (long long)(s / 3600));
    return text;
}

static void download_line(const struct video_progress *p, char line[VIDEO_LINE_MAX]) {
    if (p->total >= p->bytes)
        snprintf(line, VIDEO_LINE_MAX, "downloading, %.1f of %.1f MB", (double)p->bytes / 1e6,
                 (double)p->total / 1e6);
    else
        snprintf(line, VIDEO_LINE_MAX, "downloading, %.1f MB", (double)p->bytes / 1e6);
}

void video_line(const struct video_progress *p, char line[VIDEO_LINE_MAX]) {
    char state[40], so_far[24], whole[24], percent[16] = "";
    if (p->bytes) {
        download_line(p, line);
        return;
    }
    str_copy(state, sizeof state, str_head(p->state, sizeof state - 1));
    for (char *c = state; *c; c++)
        if (*c == '_') *c = ' ';
    if (p->percent > 0) snprintf(percent, sizeof percent, " %d %%", p->percent);
    int64_t about = p->usual_ms      ? p->usual_ms
                    : p->percent > 0 ? p->elapsed_ms * 100 / p->percent
                                     : 0;
    in_words(p->elapsed_ms, so_far);
    in_words(about, whole);
    if (!about)
        snprintf(line, VIDEO_LINE_MAX, "%s, %s", state, so_far);
    else if (p->elapsed_ms <= about)
        snprintf(line, VIDEO_LINE_MAX, "%s%s, %s of about %s", state, percent, so_far, whole);
    else
        snprintf(line, VIDEO_LINE_MAX, "%s%s, %s; usually %s", state, percent, so_far, whole);
}
