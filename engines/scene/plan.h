/* What a prompt asks for, understood as far as a table of words goes. Pure: no drawing.
 *
 * The grammar is a child's: nouns with a number, colours and a size before them, prepositions
 * between them, and words that set the place, the time, the weather and the style. English, and the
 * common words in Korean.
 */
#ifndef CHELA_ENGINES_SCENE_PLAN_H
#define CHELA_ENGINES_SCENE_PLAN_H

#include "engines/scene/kinds.h"

enum {
    PLAN_ITEMS = 48,
    PLAN_UNKNOWN = 12,
    PLAN_TEXT = 96,
    PLAN_WORD = 32,
    PROMPT_MOST = 8192, /* bytes that are looked at */
};

enum place {
    PLACE_ANY, /* nothing was said; after plan_read only where the plan is empty */
    PLACE_LAND,
    PLACE_SEA,
    PLACE_BEACH,
    PLACE_UNDERWATER,
    PLACE_SPACE,
    PLACE_MOON,
    PLACE_CITY,
    PLACE_DESERT,
    PLACE_FOREST,
    PLACE_ROOM,
    PLACE_SKY,
    PLACE_PLAIN, /* an icon on an empty ground */
};
enum hour { HOUR_DAY, HOUR_DAWN, HOUR_SUNSET, HOUR_NIGHT };
enum season { SEASON_SUMMER, SEASON_SPRING, SEASON_AUTUMN, SEASON_WINTER };
enum style {
    STYLE_FLAT,
    STYLE_PIXEL,
    STYLE_WATERCOLOUR,
    STYLE_LINE,
    STYLE_GREY,
    STYLE_SEPIA,
    STYLE_NEON,
    STYLE_PASTEL,
};
enum weather { /* a set */
               WEATHER_RAIN = 1,
               WEATHER_SNOW = 2,
               WEATHER_FOG = 4,
               WEATHER_STORM = 8,
               WEATHER_CLOUDS = 16,
               WEATHER_WIND = 32,
               WEATHER_CLEAR = 64,
};
enum relation {
    REL_NONE,
    REL_ON,
    REL_ABOVE,
    REL_BELOW,
    REL_LEFT,
    REL_RIGHT,
    REL_BESIDE,
    REL_BEHIND,
    REL_BEFORE,
    REL_WEAR, /* by items[target] */
    REL_HOLD, /* the same */
};
enum side {
    SIDE_ANY,
    SIDE_LEFT = 1,
    SIDE_RIGHT = 2,
    SIDE_TOP = 4,
    SIDE_BOTTOM = 8,
    SIDE_MIDDLE = 16
};

struct plan_item {
    const struct kind *kind;
    unsigned count;
    double size;         /* 1: ordinary */
    uint32_t colours[4]; /* the first colour_count, in turn for several things; 0xRRGGBB */
    unsigned colour_count;
    enum relation relation; /* to items[target] */
    int target;             /* -1: none */
    unsigned side;          /* of the picture, a set of enum side */
};

struct plan {
    struct plan_item items[PLAN_ITEMS];
    size_t count;
    enum place place;
    enum hour hour;
    enum season season;
    enum style style;
    unsigned weather; /* a set of enum weather */
    bool road, river, big_moon, place_said, hour_said;
    uint32_t ground_colour; /* "on a blue background"; 0: none */
    char text[PLAN_TEXT];   /* between quotation marks: to be written in the picture */
    char unknown[PLAN_UNKNOWN][PLAN_WORD];
    size_t unknown_count;
    uint64_t hash; /* of the prompt: the same words, the same picture */
};

void plan_read(struct plan *out, str prompt);
/* "three red balloons, a castle, at night", for people; and what was not understood. */
struct buf;
void plan_tell(const struct plan *p, struct buf *out);

/* A generator for everything that chance decides (splitmix64). */
uint64_t chance_next(uint64_t *state);
double chance(uint64_t *state); /* 0 to 1 */
double chance_in(uint64_t *state, double low, double high);

#endif
