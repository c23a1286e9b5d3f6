/* The pen: shapes in their inks on a cairo surface, under the light of the hour, moving with time.
 *
 * Everything is drawn as a function of time, so a still is the moment 0 of the moving picture, and
 * the same plan, seed and size give the same bytes.
 */
#ifndef CHELA_ENGINES_SCENE_DRAW_H
#define CHELA_ENGINES_SCENE_DRAW_H

#include "engines/scene/kinds.h"
#include "engines/scene/plan.h"

#include <cairo.h>

struct rgb {
    double r, g, b;
};

struct rgb rgb_of(uint32_t hex);
struct rgb rgb_mix(struct rgb a, struct rgb b, double t); /* t 0: a */

struct pen {
    cairo_t *cr;
    struct rgb ambient; /* multiplies every colour that does not glow */
    bool line;          /* outlines on white, for a line drawing */
    bool moving;        /* false: a still */
    double t;           /* seconds */
    double phase;       /* of this thing, 0 to 1, so that not all move alike */
    uint64_t seed;      /* of this thing */
    uint32_t main, accent;
    double alpha;     /* of what is set next */
    const char *text; /* for a sign; NULL: it is empty */
    bool snowy;       /* trees and mountains carry snow */
};

/* An ink's colour under the pen's light. */
struct rgb pen_rgb(const struct pen *p, uint32_t ink);
void pen_set(const struct pen *p, struct rgb c, double alpha);
void pen_ink(const struct pen *p, uint32_t ink);
/* The current path, filled: lighter above, darker below, with a soft edge; a line drawing gets its
 * outline. */
void pen_fill(const struct pen *p, uint32_t ink);
void pen_stroke(const struct pen *p, uint32_t ink, double width);
/* Appends a path in kinds.h's language to the current path. */
void pen_path(const struct pen *p, const char *path);
/* A wave between -1 and 1 with a period in seconds; 0 in a still. */
double pen_wave(const struct pen *p, double period);

/* The current path in one colour, without edge or shading: for forms made of many parts. */
void pen_fill_plain(const struct pen *p, uint32_t ink);
/* A soft round light, r at its edge. */
void pen_halo(const struct pen *p, double x, double y, double r, uint32_t ink, double alpha);
/* Text in a box of width x height around (x, y), as large as fits; y upwards. False: no font has
 * its letters. */
bool pen_text(const struct pen *p, const char *text, double x, double y, double width,
              double height, uint32_t ink);

/* The shapes of a thing, 100 units high, at the current origin. */
void draw_shapes(const struct pen *p, const struct shape *shapes);
/* The same for any kind; draw_forms.c has those that are drawn by code. */
void draw_kind(const struct pen *p, const struct kind *k);
void draw_form(const struct pen *p, const struct kind *k);

#endif
