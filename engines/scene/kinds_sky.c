/* What is above. Mostly drawn by code. */
#include "engines/scene/shapes.h"

static const struct shape comet[] = {
    F("M 30 34 L -110 96 L -96 76 L -120 76 L 20 14 Z", GLOW | 0xffe9b0),
    F("O 30 22 18 18", GLOW | 0xfff3cf),
    F("S 30 22 20 5", GLOW | 0xffd75e),
    END,
};
static const struct shape satellite[] = {
    F("B -90 36 56 30 1", ACC),
    F("B 34 36 56 30 1", ACC),
    L("M -76 36 L -76 66 M -62 36 L -62 66 M -48 36 L -48 66 M -90 51 L -34 51 M 48 36 L 48 66 M "
      "62 36 L 62 66 M 76 36 L 76 66 M 34 51 L 90 51",
      0xbfd8ee, 1),
    L("M -34 51 L 34 51", 0x8a929c, 5),
    F("B -20 26 40 54 4", MAIN),
    F("M -22 84 C -20 104 20 104 22 84 Z", LIGHT),
    L("M 0 84 L 0 104", 0x8a929c, 2),
    FM("O 0 20 4 4", GLOW | 0xff6b57, BLINK, 0, 20),
    END,
};

static const struct kind rows[] = {
    { "sun", LANE_SKY, GAIT_RISE, 24, 100, 0xffd23f, 0xffb52e, NULL, FORM_SUN, 0, 0, false },
    { "moon", LANE_SKY, GAIT_RISE, 20, 100, 0xf6efcf, 0xdcd2a8, NULL, FORM_MOON, 0, 0, false },
    { "star", LANE_SKY, GAIT_HOVER, 9, 100, 0xffe27a, 0xffd23f, NULL, FORM_STAR, 0, 0, false },
    { "cloud", LANE_SKY, GAIT_DRIFT, 15, 190, 0xffffff, 0xdfe8f2, NULL, FORM_CLOUD, 0, 60, false },
    { "rainbow", LANE_FAR, GAIT_NONE, 48, 200, 0xff0000, 0x0000ff, NULL, FORM_RAINBOW, 0, 0,
      false },
    { "planet", LANE_SKY, GAIT_NONE, 24, 140, 0xe0a05c, 0xf2d8a4, NULL, FORM_PLANET, 0, 0, false },
    { "comet", LANE_SKY, GAIT_FLY, 14, 190, 0xffe9b0, 0xffd75e, comet, FORM_SHAPES, 0, 0, false },
    { "satellite", LANE_SKY, GAIT_DRIFT, 16, 180, 0xd9dee6, 0x3f6fb0, satellite, FORM_SHAPES, 0, 0,
      false },
    { "lightning", LANE_SKY, GAIT_NONE, 40, 50, 0xfff0a0, 0xffe04a, NULL, FORM_LIGHTNING, 0, 0,
      false },
    { "firework", LANE_SKY, GAIT_NONE, 30, 100, 0xff5a7a, 0xffd23f, NULL, FORM_FIREWORK, 0, 0,
      false },
    { "mountain", LANE_FAR, GAIT_NONE, 46, 170, 0x7f8fa8, 0xf4f8fc, NULL, FORM_MOUNTAIN, 0, 0,
      false },
    { "volcano", LANE_FAR, GAIT_NONE, 46, 170, 0x6a5a58, 0xff6a2c, NULL, FORM_VOLCANO, 0, 0,
      false },
    { "hill", LANE_FAR, GAIT_NONE, 20, 320, 0x7fb85a, 0x5f9a44, NULL, FORM_HILL, 0, 0, false },
    { "island", LANE_FAR, GAIT_NONE, 22, 260, 0xe8cf94, 0x5aa84f, NULL, FORM_ISLAND, 0, 24, false },
};
KINDS(kinds_sky, rows);
