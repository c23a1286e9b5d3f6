/* How large a picture is, from the bytes at its start (of a JPEG: up to its frame, which may stand
 * behind much that a camera wrote). */
#ifndef CHELA_BASE_PICTURE_SIZE_H
#define CHELA_BASE_PICTURE_SIZE_H

#include "base/str.h"

/* PNG, GIF, WebP, JPEG; false: another kind, or too little of it. */
bool picture_size(str bytes, unsigned *width, unsigned *height);

#endif
