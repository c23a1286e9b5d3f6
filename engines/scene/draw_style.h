/* Styles that are not drawn but done to the finished picture. */
#ifndef CHELA_ENGINES_SCENE_DRAW_STYLE_H
#define CHELA_ENGINES_SCENE_DRAW_STYLE_H

#include "engines/scene/plan.h"

#include <cairo.h>

/* What watercolour needs of each pixel, computed once for all frames of a video. Zero-initialise.
 */
struct style_map {
    int32_t *from;       /* the pixel whose colour runs to this one */
    unsigned char *keep; /* how much of it hides the paper, 0 to 255 */
    uint32_t *copy;      /* the picture before */
};

/* surface: RGB24 or ARGB32. Flat and line pictures are left as they are. */
void style_apply(struct style_map *map, cairo_surface_t *surface, enum style style, uint64_t seed);
void style_free(struct style_map *map);

#endif
