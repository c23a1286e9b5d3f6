/* A plan on a surface: behind, things, weather, style; for one moment. */
#ifndef CHELA_ENGINES_SCENE_PAINT_H
#define CHELA_ENGINES_SCENE_PAINT_H

#include "engines/scene/draw_place.h"

struct scene {
    struct plan plan;
    struct layout layout;
    unsigned width, height; /* pixels */
    uint64_t seed;
    char words[160];            /* of an abstract picture */
    cairo_surface_t *under;     /* a picture to be edited, width x height; NULL: none */
    cairo_surface_t *insets[8]; /* further pictures, shown in frames */
    size_t inset_count;
    bool moving;
    /* For moving pictures: what stands still, drawn once. */
    cairo_surface_t *still;
};

/* Reads the prompt and places everything. The pictures are added by the caller before scene_place.
 */
void scene_read(struct scene *s, str prompt, unsigned width, unsigned height, uint64_t seed);
void scene_place(struct scene *s);
void scene_free(struct scene *s);
/* The moment t (seconds) on `to` (RGB24 or ARGB32, width x height). */
void scene_paint(struct scene *s, cairo_surface_t *to, double t);

#endif
