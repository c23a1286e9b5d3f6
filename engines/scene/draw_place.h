/* What is behind everything: sky, sea, ground, walls. In the picture's units (layout.h). */
#ifndef CHELA_ENGINES_SCENE_DRAW_PLACE_H
#define CHELA_ENGINES_SCENE_DRAW_PLACE_H

#include "engines/scene/draw.h"
#include "engines/scene/layout.h"

/* The light that things stand in at this hour, in this weather. */
struct rgb place_ambient(const struct plan *plan);
/* The parts that never move, and those that do (waves, stars, rays, bubbles), drawn over them. */
void draw_place(const struct pen *p, const struct plan *plan, const struct layout *l);
void draw_place_moving(const struct pen *p, const struct plan *plan, const struct layout *l);
/* Rain, snow, fog: before everything. */
void draw_weather(const struct pen *p, const struct plan *plan, const struct layout *l);
/* A picture of nothing in particular, with the words under it. */
void draw_abstract(const struct pen *p, const struct plan *plan, const struct layout *l,
                   const char *words);

#endif
