/* Where the things of a plan stand. Pure: numbers only.
 *
 * Lengths are in units of the picture's shorter side; x to the right from the left edge, y
 * downwards from the top. A placed thing stands on (x, y) and is `size` high.
 */
#ifndef CHELA_ENGINES_SCENE_LAYOUT_H
#define CHELA_ENGINES_SCENE_LAYOUT_H

#include "engines/scene/plan.h"

enum { LAYOUT_MOST = 256 };

struct placed {
    const struct kind *kind;
    double x, y, size;
    double depth; /* what is deeper is drawn first */
    uint32_t main, accent;
    uint64_t seed;
    double phase; /* 0 to 1 */
    bool flip;    /* mirrored */
    bool shadow;  /* stands on the ground */
    bool decor;   /* was not asked for */
    bool fixed;   /* sits on something: it moves with it, or not at all */
    int carrier;  /* index of what carries it; -1: nothing */
    int item;     /* of the plan; -1 for decoration */
};

struct layout {
    double width, height;              /* of the picture: the smaller one is 1 */
    double horizon;                    /* y; beyond the bottom when there is none */
    double shore;                      /* of a beach, y */
    struct placed things[LAYOUT_MOST]; /* in the order of drawing */
    size_t count;
};

/* onto_picture: an edit. Nothing is decorated, and what is asked for keeps to the sides. */
void layout_make(struct layout *out, const struct plan *plan, unsigned width, unsigned height,
                 uint64_t seed, bool onto_picture);
double placed_width(const struct placed *p);

#endif
