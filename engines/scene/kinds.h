/* The things that can be drawn, as data: vector shapes in units of the thing itself.
 *
 * A thing is 100 units high and stands on y = 0, with y upwards and x = 0 in its middle; one that
 * floats in the sky has y = 0 at its lowest point just the same. A shape is a path, an ink and, for
 * pictures that move, a way of moving about a point. A thing whose form depends on chance or on the
 * picture (trees, clouds, mountains) is drawn by code instead and has no shapes. No drawing library
 * is needed to read these tables.
 *
 * Path language, blanks between all words: M x y, L x y, C x1 y1 x2 y2 x y, Q x1 y1 x y, Z as in
 * SVG; O x y rx ry (ellipse), B x y w h r (box from its lower left corner, corners rounded by r),
 * S x y r n (star of n points).
 */
#ifndef CHELA_ENGINES_SCENE_KINDS_H
#define CHELA_ENGINES_SCENE_KINDS_H

#include "base/str.h"

/* Inks: 0xRRGGBB, or one of these. */
enum ink {
    INK_ROLE = 1 << 24,
    MAIN = INK_ROLE, /* the thing's colour */
    DARK,            /* a shade of it */
    LIGHT,           /* a tint of it */
    ACC,             /* its second colour */
    ACCD,
    SHADE,          /* black, barely there */
    SHINE,          /* white, half there */
    GLOW = 1 << 25, /* with 0xRRGGBB: shines of itself, so the night does not dim it */
};

enum move { /* of a shape, about (px, py) */
            STILL,
            WAG,    /* a tail */
            NOD,    /* a head: slowly, a little */
            FLAP,   /* a wing, up and down */
            FLAP_2, /* the other wing of a butterfly: in width */
            BILLOW, /* a sail, a flag */
            SPIN,   /* a wheel */
            TURN,   /* a windmill */
            SWAY,   /* a plant in the wind */
            STEP,   /* a leg; STEP_2 is its other */
            STEP_2,
            BLINK,   /* an eye, shut now and then */
            SNAP,    /* a claw */
            FLICKER, /* a flame */
            RISE,    /* smoke, steam, bubbles */
            BEAT,    /* a heart */
};

struct shape {
    const char *path;
    uint32_t ink;
    unsigned char line; /* width of a stroke, in units; 0: filled */
    unsigned char move; /* enum move */
    short px, py;
};

enum lane {             /* where a thing belongs in a picture */
            LANE_SKY,   /* high up */
            LANE_AIR,   /* flies lower */
            LANE_FAR,   /* on the horizon, wide */
            LANE_BACK,  /* stands behind: houses, trees */
            LANE_FRONT, /* stands in front: animals, people, vehicles */
            LANE_LOW,   /* small things on the ground: flowers, mushrooms */
            LANE_FLOAT, /* on the water */
            LANE_UNDER, /* in the water */
            LANE_TABLE, /* lies on a table, or on the ground outdoors */
            LANE_WORN,  /* worn by another thing: a hat */
};

enum gait { /* how a whole thing moves */
            GAIT_NONE,
            GAIT_DRIFT, /* slowly across: clouds, balloons */
            GAIT_FLY,   /* across, with its ups and downs */
            GAIT_WALK,  /* to and fro a little */
            GAIT_SIDLE, /* as crabs do */
            GAIT_DRIVE, /* across */
            GAIT_ROCK,  /* on waves */
            GAIT_SWIM,
            GAIT_RISE,  /* the sun, a rocket */
            GAIT_HOVER, /* up and down in its place */
            GAIT_HOP,
            GAIT_BREATHE, /* a living thing at rest */
};

enum form { /* drawn by code */
            FORM_SHAPES,
            FORM_SUN,
            FORM_MOON,
            FORM_STAR,
            FORM_CLOUD,
            FORM_RAINBOW,
            FORM_PLANET,
            FORM_LIGHTNING,
            FORM_FIREWORK,
            FORM_TREE,
            FORM_PINE,
            FORM_BUSH,
            FORM_FOREST,
            FORM_GRASS,
            FORM_MOUNTAIN,
            FORM_VOLCANO,
            FORM_HILL,
            FORM_ISLAND,
            FORM_CITY,
            FORM_SIGN,
};

struct kind {
    const char *name; /* as people say it: "hot air balloon" */
    enum lane lane;
    enum gait gait;
    unsigned char size;  /* height in an ordinary picture, hundredths of its shorter side */
    unsigned short wide; /* width, hundredths of the height */
    uint32_t main, accent;
    const struct shape *shapes; /* the last has a NULL path */
    enum form form;
    signed char seat_x, seat_y; /* where another thing sits on it; 0, 0: on top */
    bool alive;                 /* people and animals: they wear hats and ride */
};

struct kinds {
    const struct kind *list;
    size_t count;
};
extern const struct kinds kinds_sky, kinds_plants, kinds_beasts, kinds_pets, kinds_water,
    kinds_buildings, kinds_vehicles, kinds_people, kinds_food, kinds_objects;

const struct kind *kind_named(str name); /* NULL: there is none */
/* How many there are, and the i-th. */
size_t kind_count(void);
const struct kind *kind_at(size_t i);

#endif
