/* Pictures that come from outside: decoded, bounded, brought to size. */
#ifndef CHELA_ENGINES_SCENE_PAINT_INPUT_H
#define CHELA_ENGINES_SCENE_PAINT_INPUT_H

#include "engines/task.h"

#include <cairo.h>

/* text: a data URL or bare base64 of PNG (JPEG, WebP, GIF where ffmpeg is). The result has that
 * size exactly: scaled to cover it, the middle kept; width 0: as it is, at most 1024 on a side. */
enum chela_error input_picture(str text, unsigned width, unsigned height, cairo_surface_t **out,
                               const atomic_bool *cancel, struct err *e);
/* A surface as a file: "png", "jpeg" or "webp", the last two by ffmpeg. *type: its media type. */
enum chela_error output_picture(cairo_surface_t *surface, str format, struct buf *out,
                                const char **type, const atomic_bool *cancel, struct err *e);

#endif
