/* Type and size of a picture, from its header. Nothing is decoded beyond that. */
#ifndef CHELA_SANDBOX_PICTURE_HEAD_H
#define CHELA_SANDBOX_PICTURE_HEAD_H

#include "base/str.h"

struct picture_head {
    const char *type;       /* "PNG", "JPEG", "GIF", "WebP"; NULL: unknown */
    uint32_t width, height; /* 0: not found in these bytes */
};

/* bytes: the beginning of the file; a JPEG may carry a thumbnail before its size. */
struct picture_head picture_head(str bytes);

#endif
