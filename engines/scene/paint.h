/* A plan on a surface: behind, things, weather, style; for one moment. */
#ifndef CHELA_ENGINES_SCENE_PAINT_H
#define CHELA_ENGINES_SCENE_PAINT_H

#include "engines/scene/draw_place.h"
#include "engines/scene/draw_style.h"

enum { SCENE_INSETS = 8 };

struct scene {
    struct plan plan;
    struct layout layout;
    unsigned width, height; /* pixels */
    uint64_t seed;
    char words[160];        /* of an abstract picture */
    cairo_surface_t *under; /* a picture to be added to, width x height; NULL: none */
    cairo_surface_t *insets[SCENE_INSETS]; /* further pictures, shown in frames */
    size_t inset_count;
    bool moving;
    cairo_surface_t *still; /* of a moving picture: what does not move, drawn once */
    struct style_map style;
};

/* Reads the prompt. The pictures are added by the caller, then everything is placed. */
void scene_read(struct scene *s, str prompt, unsigned width, unsigned height, uint64_t seed);
void scene_place(struct scene *s);
void scene_free(struct scene *s);
/* The moment t (seconds) on `to` (RGB24, width x height). */
void scene_paint(struct scene *s, cairo_surface_t *to, double t);
/* The same onto what is there already: things, weather and words, more or less opaque; no style. */
void scene_paint_over(struct scene *s, cairo_surface_t *to, double t, double alpha);
void scene_style(struct scene *s, cairo_surface_t *to);

#endif
