/* What grows. Trees and bushes are drawn by code, so that no two are alike. */
#include "engines/scene/shapes.h"

static const struct shape flower[] = {
    LM("M 0 0 C -6 20 4 36 0 62", 0x4f9a48, 4, SWAY, 0, 0),
    FM("M -2 18 C -24 16 -30 32 -32 36 C -18 38 -6 32 -2 18 Z M 0 10 C 20 8 28 22 30 28 C 16 30 4 "
       "24 0 10 Z",
       0x5fb054, SWAY, 0, 0),
    FM("O 0 90 11 12", MAIN, SWAY, 0, 0),
    FM("O 17 79 12 11", MAIN, SWAY, 0, 0),
    FM("O 11 60 11 12", MAIN, SWAY, 0, 0),
    FM("O -11 60 11 12", MAIN, SWAY, 0, 0),
    FM("O -17 79 12 11", MAIN, SWAY, 0, 0),
    FM("O 0 73 10 10", ACC, SWAY, 0, 0),
    FM("O -3 76 3 3", LIGHT, SWAY, 0, 0),
    END,
};
static const struct shape tulip[] = {
    LM("M 0 0 C 4 20 -4 40 0 62", 0x4f9a48, 4, SWAY, 0, 0),
    FM("M 0 4 C -20 12 -26 34 -24 48 C -10 40 -2 24 0 4 Z M 0 4 C 18 12 24 28 22 40 C 10 34 2 22 0 "
       "4 Z",
       0x5fb054, SWAY, 0, 0),
    FM("M -18 84 C -22 62 -12 56 0 56 C 12 56 22 62 18 84 L 18 98 L 9 84 L 0 100 L -9 84 L -18 98 "
       "Z",
       MAIN, SWAY, 0, 0),
    FM("M -8 60 C -12 70 -8 84 0 96 C 8 84 12 70 8 60 C 4 57 -4 57 -8 60 Z", DARK, SWAY, 0, 0),
    END,
};
static const struct shape rose[] = {
    LM("M 0 0 C -4 20 4 40 0 60", 0x3f7f3c, 4, SWAY, 0, 0),
    FM("M 0 16 C -20 14 -28 28 -28 36 C -14 36 -4 30 0 16 Z M 0 28 C 18 26 26 38 26 46 C 12 46 4 "
       "40 0 28 Z",
       0x4a9446, SWAY, 0, 0),
    FM("M -22 80 C -26 58 -12 52 0 52 C 12 52 26 58 22 80 C 22 94 10 100 0 100 C -10 100 -22 94 "
       "-22 80 Z",
       MAIN, SWAY, 0, 0),
    LM("M -20 80 C -8 66 8 66 20 80 M -14 88 C -4 74 10 76 14 84 C 12 96 -8 94 -4 84 C -1 80 6 82 "
       "4 86",
       DARK, 3, SWAY, 0, 0),
    END,
};
static const struct shape sunflower[] = {
    LM("M 0 0 L 0 60", 0x4f9a48, 5, SWAY, 0, 0),
    FM("M 0 18 C -24 12 -34 30 -36 38 C -20 42 -6 34 0 18 Z M 0 28 C 22 22 32 40 34 48 C 18 52 6 "
       "44 0 28 Z",
       0x5fb054, SWAY, 0, 0),
    FM("S 0 72 32 16", MAIN, SWAY, 0, 0),
    FM("S 0 72 28 11", ACC, SWAY, 0, 0),
    FM("O 0 72 15 15", 0x6a4426, SWAY, 0, 0),
    FM("O 0 72 9 9", 0x8a5a34, SWAY, 0, 0),
    END,
};
static const struct shape mushroom[] = {
    F("M -14 0 C -18 30 -12 44 -12 52 L 12 52 C 12 44 18 30 14 0 C 6 -4 -6 -4 -14 0 Z", 0xf6ead6),
    F("M -48 46 C -48 84 -24 100 0 100 C 24 100 48 84 48 46 C 20 36 -20 36 -48 46 Z", MAIN),
    F("O -20 68 8 9", WHITE),
    F("O 6 82 8 8", WHITE),
    F("O 26 62 7 8", WHITE),
    F("O 0 56 5 5", WHITE),
    F("O -36 54 4 4", WHITE),
    END,
};
static const struct shape cactus[] = {
    F("M -12 0 L -12 86 C -12 104 12 104 12 86 L 12 0 Z", MAIN),
    L("M -12 34 L -30 34 C -38 34 -38 40 -38 46 L -38 62 M 12 44 L 28 44 C 36 44 36 50 36 56 L 36 "
      "78",
      MAIN, 15),
    L("M -4 6 L -4 88 M 4 6 L 4 88 M -38 44 L -38 60 M 36 54 L 36 76", DARK, 2),
    F("S 0 98 9 5", 0xf28fb0),
    F("S -38 70 6 5", 0xf28fb0),
    END,
};
static const struct shape leaf[] = {
    F("M 0 4 C -44 24 -40 74 0 100 C 40 74 44 24 0 4 Z", MAIN),
    L("M 0 -6 L 0 88 M 0 30 L -18 44 M 0 30 L 18 44 M 0 52 L -16 66 M 0 52 L 16 66", DARK, 3),
    END,
};
static const struct shape pumpkin[] = {
    F("M -4 80 C -6 92 -14 98 -8 102 C 2 104 4 92 5 80 Z", 0x5f8a3c),
    F("O -34 42 24 40", DARK),
    F("O 34 42 24 40", DARK),
    F("O -18 42 26 43", MAIN),
    F("O 18 42 26 43", MAIN),
    F("O 0 42 20 44", MAIN),
    L("M -22 6 C -34 26 -34 58 -20 78 M 22 6 C 34 26 34 58 20 78", DARK, 2),
    END,
};
static const struct shape palm[] = {
    L("M 6 0 C -2 26 -2 50 8 76", 0x9a6f45, 10),
    L("M 1 16 L 9 18 M -1 32 L 6 33 M -1 48 L 6 48 M 2 62 L 9 61", 0x7a5634, 2),
    FM("M 8 76 C -10 96 -36 92 -50 70 C -34 78 -14 74 8 76 Z", DARK, SWAY, 8, 76),
    FM("M 8 76 C 30 94 56 86 64 62 C 48 74 28 70 8 76 Z", DARK, SWAY, 8, 76),
    FM("M 8 76 C -16 80 -38 66 -42 44 C -28 58 -10 62 8 76 Z", MAIN, SWAY, 8, 76),
    FM("M 8 76 C 32 78 48 60 50 40 C 38 54 22 60 8 76 Z", MAIN, SWAY, 8, 76),
    FM("M 8 76 C -2 98 -20 106 -34 100 C -18 94 -6 86 8 76 Z", MAIN, SWAY, 8, 76),
    FM("M 8 76 C 18 98 34 104 50 96 C 34 92 20 86 8 76 Z", MAIN, SWAY, 8, 76),
    F("O 3 72 5 5", 0x7a4f2c),
    F("O 13 71 5 5", 0x8a5a34),
    END,
};

static const struct kind rows[] = {
    { "flower", LANE_LOW, GAIT_NONE, 15, 60, 0xf06a8a, 0xf7c93e, flower, FORM_SHAPES, 0, 0, false },
    { "tulip", LANE_LOW, GAIT_NONE, 15, 50, 0xe0506a, 0xf7c93e, tulip, FORM_SHAPES, 0, 0, false },
    { "rose", LANE_LOW, GAIT_NONE, 15, 56, 0xd0283c, 0xf7c93e, rose, FORM_SHAPES, 0, 0, false },
    { "sunflower", LANE_LOW, GAIT_NONE, 24, 68, 0xf7c02e, 0xe89a20, sunflower, FORM_SHAPES, 0, 0,
      false },
    { "mushroom", LANE_LOW, GAIT_NONE, 12, 96, 0xd63a30, 0xffffff, mushroom, FORM_SHAPES, 0, 100,
      false },
    { "cactus", LANE_BACK, GAIT_NONE, 32, 88, 0x5a9a4f, 0xf28fb0, cactus, FORM_SHAPES, 0, 0,
      false },
    { "leaf", LANE_TABLE, GAIT_NONE, 16, 84, 0xd98a2b, 0xb06a1c, leaf, FORM_SHAPES, 0, 0, false },
    { "pumpkin", LANE_LOW, GAIT_NONE, 15, 115, 0xf08a2c, 0xd06a1c, pumpkin, FORM_SHAPES, 0, 82,
      false },
    { "palm", LANE_BACK, GAIT_NONE, 46, 110, 0x5aa84f, 0x9a6f45, palm, FORM_SHAPES, 0, 0, false },
    { "tree", LANE_BACK, GAIT_NONE, 44, 76, 0x5fa84a, 0x7a5334, NULL, FORM_TREE, 0, 82, false },
    { "pine", LANE_BACK, GAIT_NONE, 46, 52, 0x3f8058, 0x6a4a34, NULL, FORM_PINE, 0, 0, false },
    { "bush", LANE_LOW, GAIT_NONE, 14, 150, 0x5a9e48, 0xe06a7a, NULL, FORM_BUSH, 0, 90, false },
    { "forest", LANE_FAR, GAIT_NONE, 34, 255, 0x3f8a52, 0x5a4030, NULL, FORM_FOREST, 0, 0, false },
    { "grass", LANE_LOW, GAIT_NONE, 8, 250, 0x6ab04c, 0x4f8f3a, NULL, FORM_GRASS, 0, 0, false },
};
KINDS(kinds_plants, rows);
