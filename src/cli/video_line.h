/* The line that a terminal shows while a video is made. */
#ifndef CHELA_CLI_VIDEO_LINE_H
#define CHELA_CLI_VIDEO_LINE_H

#include "media/video.h"

enum { VIDEO_LINE_MAX = 128 };
/* "in progress, 12 s of about 50 s"; "downloading, 3.1 of 12.4 MB" */
void video_line(const struct video_progress *p, char line[VIDEO_LINE_MAX]);

#endif
