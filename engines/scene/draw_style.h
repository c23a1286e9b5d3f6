/* Styles that are not drawn but done to the finished picture. */
#ifndef CHELA_ENGINES_SCENE_DRAW_STYLE_H
#define CHELA_ENGINES_SCENE_DRAW_STYLE_H

#include "engines/scene/plan.h"

#include <cairo.h>

/* surface: RGB24 or ARGB32. Flat and line pictures are left as they are. */
void style_apply(cairo_surface_t *surface, enum style style, uint64_t seed);

#endif
