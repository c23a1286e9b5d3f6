/* Small animals: those of the house, of the garden and of the air. */
#include "engines/scene/shapes.h"

static const struct shape cat[] = {
    LM("M 20 6 C 46 2 52 26 40 42", MAIN, 8, WAG, 20, 6),
    F("M -23 0 C -28 30 -18 50 0 50 C 18 50 28 30 23 0 Z", MAIN),
    F("O 0 19 10 17", LIGHT),
    F("O -9 3 8 4.6", LIGHT),
    F("O 9 3 8 4.6", LIGHT),
    F("M -25 64 L -24 98 L -4 83 Z M 25 64 L 24 98 L 4 83 Z", MAIN),
    F("M -21 74 L -20 90 L -10 82 Z M 21 74 L 20 90 L 10 82 Z", PINK),
    F("O 0 65 27 22", MAIN),
    F("M -3 86 L 0 76 L 3 86 Z M -11 85 L -7 77 L -5 85 Z M 11 85 L 7 77 L 5 85 Z", DARK),
    F("O -6 56 8 6", LIGHT),
    F("O 6 56 8 6", LIGHT),
    F("M -3.4 61 L 3.4 61 L 0 57.5 Z", 0xe07f86),
    L("M -9 56 L -33 59 M -9 54 L -32 51 M 9 56 L 33 59 M 9 54 L 32 51", 0x6b5a4c, 1),
    FM("O -11 67 4.6 5.6", BLACK, BLINK, -11, 67),
    FM("O 11 67 4.6 5.6", BLACK, BLINK, 11, 67),
    F("O -9.6 69.4 1.6 1.9", WHITE),
    F("O 12.4 69.4 1.6 1.9", WHITE),
    END,
};

static const struct shape dog[] = {
    LM("M 20 12 C 36 16 40 28 36 38", MAIN, 8, WAG, 20, 12),
    F("M -23 0 C -27 30 -18 50 0 50 C 18 50 27 30 23 0 Z", MAIN),
    F("O 0 20 11 18", LIGHT),
    F("O -10 3 9 5", LIGHT),
    F("O 10 3 9 5", LIGHT),
    F("O 0 68 25 24", MAIN),
    F("M 4 92 C 22 92 28 74 20 62 C 10 62 2 74 4 92 Z", DARK),
    FM("M -16 88 C -40 92 -40 58 -30 46 C -20 50 -18 70 -16 88 Z", ACC, NOD, -18, 84),
    FM("M 16 88 C 40 92 40 58 30 46 C 20 50 18 70 16 88 Z", ACC, NOD, 18, 84),
    F("O 0 56 14 11", LIGHT),
    F("O 0 62 6 4.4", BLACK),
    L("M 0 58 L 0 54 M -8 53 Q -4 48 0 53 Q 4 48 8 53", BLACK, 1),
    F("M -3.6 51 C -4 42 4 42 3.6 51 Z", 0xe8707c),
    FM("O -10 72 4 5", BLACK, BLINK, -10, 72),
    FM("O 10 72 4 5", BLACK, BLINK, 10, 72),
    F("O -9 74 1.4 1.6", WHITE),
    F("O 11 74 1.4 1.6", WHITE),
    F("M -19 47 C -8 42 8 42 19 47 L 18 42 C 8 37 -8 37 -18 42 Z", 0xd6453d),
    F("O 0 38 3.4 3.6", 0xf2c14a),
    END,
};

static const struct shape rabbit[] = {
    F("O 22 14 8 8", WHITE),
    F("M -22 0 C -26 28 -16 44 0 44 C 16 44 26 28 22 0 Z", MAIN),
    F("O 0 17 11 15", LIGHT),
    F("O -11 3 9 5", LIGHT),
    F("O 11 3 9 5", LIGHT),
    FM("M -14 66 C -24 84 -20 102 -13 102 C -5 102 -4 82 -6 68 Z", MAIN, NOD, -10, 66),
    FM("M 14 66 C 24 84 20 102 13 102 C 5 102 4 82 6 68 Z", MAIN, NOD, 10, 66),
    FM("M -13 70 C -18 84 -16 96 -13 96 C -9 96 -9 82 -9 72 Z", PINK, NOD, -10, 66),
    FM("M 13 70 C 18 84 16 96 13 96 C 9 96 9 82 9 72 Z", PINK, NOD, 10, 66),
    F("O 0 56 22 19", MAIN),
    F("O -5 49 6.4 5", LIGHT),
    F("O 5 49 6.4 5", LIGHT),
    F("M -2.6 53 L 2.6 53 L 0 50 Z", 0xe07f86),
    F("M -2.4 46 L 2.4 46 L 2 41 L -2 41 Z", WHITE),
    FM("O -9 58 3.6 4.6", BLACK, BLINK, -9, 58),
    FM("O 9 58 3.6 4.6", BLACK, BLINK, 9, 58),
    F("O -8 60 1.2 1.4", WHITE),
    F("O 10 60 1.2 1.4", WHITE),
    END,
};

static const struct shape mouse[] = {
    LM("M 26 10 C 52 0 54 30 70 26", PINK, 3, WAG, 26, 10),
    F("M -30 0 C -34 36 -16 52 0 52 C 16 52 34 36 30 0 Z", MAIN),
    F("O 0 18 14 16", LIGHT),
    F("O -26 82 19 18", MAIN),
    F("O 26 82 19 18", MAIN),
    F("O -26 81 12 11", PINK),
    F("O 26 81 12 11", PINK),
    F("O 0 62 27 23", MAIN),
    F("O 0 52 5 4", 0xe0707c),
    FM("O -10 64 4 5", BLACK, BLINK, -10, 64),
    FM("O 10 64 4 5", BLACK, BLINK, 10, 64),
    L("M -6 50 L -26 52 M -6 48 L -24 44 M 6 50 L 26 52 M 6 48 L 24 44", DARK, 1),
    F("O -12 3 9 4", PINK),
    F("O 12 3 9 4", PINK),
    END,
};

static const struct shape bird[] = {
    L("M -4 12 L -8 0 M 8 12 L 6 0", 0xd98a2b, 3),
    FM("M 36 44 L 74 62 L 70 42 L 78 36 L 44 28 Z", DARK, NOD, 36, 40),
    F("M -62 68 C -62 96 -24 100 -16 76 C 4 78 34 66 48 40 C 40 12 -6 2 -34 18 C -54 30 -58 50 -62 "
      "68 Z",
      MAIN),
    F("M -54 52 C -50 30 -28 16 2 14 C -20 28 -26 46 -44 58 Z", LIGHT),
    FM("M -14 60 C 6 66 36 56 56 32 C 30 22 -6 24 -18 42 Z", DARK, FLAP, -12, 52),
    F("M -60 78 L -84 70 L -60 66 Z", 0xf2a03c),
    FM("O -44 78 5 5.6", BLACK, BLINK, -44, 78),
    F("O -45.6 80 1.6 1.9", WHITE),
    END,
};

static const struct shape flying_bird[] = {
    FM("M -4 50 C -16 84 -50 100 -86 92 C -66 82 -48 62 -30 48 Z", DARK, FLAP, -6, 50),
    F("M -46 50 C -40 62 -20 62 0 58 C 22 58 40 54 62 62 L 58 46 C 36 34 -20 30 -46 50 Z", MAIN),
    F("M -40 46 C -20 36 10 36 40 44 C 10 32 -30 34 -40 46 Z", LIGHT),
    FM("M 4 52 C 8 88 40 104 80 98 C 58 86 42 66 26 50 Z", MAIN, FLAP, 6, 52),
    F("M -46 54 L -60 49 L -45 47 Z", 0xf2a03c),
    F("O -36 54 3 3.2", BLACK),
    END,
};

static const struct shape owl[] = {
    F("M -14 4 L -22 -2 L -6 0 Z M 14 4 L 22 -2 L 6 0 Z", 0xd98a2b),
    F("M -34 40 C -36 90 -20 96 0 96 C 20 96 36 90 34 40 C 34 12 20 2 0 2 C -20 2 -34 12 -34 40 Z",
      MAIN),
    F("M -30 80 L -34 100 L -10 92 Z M 30 80 L 34 100 L 10 92 Z", MAIN),
    F("O 0 30 21 26", LIGHT),
    L("M -12 40 Q -8 36 -4 40 M 4 40 Q 8 36 12 40 M -14 28 Q -10 24 -6 28 M -4 28 Q 0 24 4 28 M 6 "
      "28 Q 10 24 14 28 M -8 "
      "16 Q -4 12 0 16 M 0 16 Q 4 12 8 16",
      DARK, 2),
    FM("M -34 56 C -44 36 -38 16 -28 12 C -24 30 -24 44 -26 58 Z", DARK, FLAP_2, -32, 50),
    FM("M 34 56 C 44 36 38 16 28 12 C 24 30 24 44 26 58 Z", DARK, FLAP_2, 32, 50),
    F("O -14 72 15 15", LIGHT),
    F("O 14 72 15 15", LIGHT),
    F("O -14 72 10 10", WHITE),
    F("O 14 72 10 10", WHITE),
    FM("O -13 72 6 7", BLACK, BLINK, -13, 72),
    FM("O 13 72 6 7", BLACK, BLINK, 13, 72),
    F("O -11 75 2 2", WHITE),
    F("O 15 75 2 2", WHITE),
    F("M -5 66 L 5 66 L 0 54 Z", 0xf2a03c),
    END,
};

static const struct shape butterfly[] = {
    FM("M 0 54 C 10 96 66 104 66 74 C 66 58 30 50 0 48 Z", MAIN, FLAP_2, 0, 50),
    FM("M 0 54 C -10 96 -66 104 -66 74 C -66 58 -30 50 0 48 Z", MAIN, FLAP_2, 0, 50),
    FM("M 0 48 C 30 46 54 34 48 14 C 40 -4 8 10 0 40 Z", ACC, FLAP_2, 0, 50),
    FM("M 0 48 C -30 46 -54 34 -48 14 C -40 -4 -8 10 0 40 Z", ACC, FLAP_2, 0, 50),
    FM("O 44 76 9 8", LIGHT, FLAP_2, 0, 50),
    FM("O -44 76 9 8", LIGHT, FLAP_2, 0, 50),
    FM("O 30 22 7 6", WHITE, FLAP_2, 0, 50),
    FM("O -30 22 7 6", WHITE, FLAP_2, 0, 50),
    F("O 0 48 5 28", 0x3a2c2a),
    F("O 0 76 6 6", 0x3a2c2a),
    L("M -2 80 C -8 90 -12 94 -16 96 M 2 80 C 8 90 12 94 16 96", 0x3a2c2a, 2),
    END,
};

static const struct shape bee[] = {
    FM("M -6 62 C -20 96 16 104 14 64 Z", 0xd8ecf7, FLAP_2, 0, 62),
    FM("M 8 62 C 8 94 40 96 30 62 Z", 0xc4e0f0, FLAP_2, 12, 62),
    F("M -52 42 C -48 70 20 80 56 44 C 30 8 -46 10 -52 42 Z", MAIN),
    F("M -14 66 C -20 50 -20 32 -14 17 L 0 16 C -6 34 -6 52 0 68 Z M 18 66 C 12 50 12 32 18 19 L "
      "32 25 C 28 36 28 50 32 62 Z",
      BLACK),
    F("M 56 44 L 68 46 L 56 38 Z", BLACK),
    F("O -36 48 4.6 5.6", BLACK),
    F("O -37 50 1.4 1.6", WHITE),
    L("M -44 62 C -50 74 -56 76 -60 76 M -36 64 C -40 76 -44 80 -48 82", BLACK, 3),
    L("M -48 36 Q -42 30 -36 34", BLACK, 2),
    END,
};

static const struct shape ladybug[] = {
    F("O 0 78 22 16", BLACK),
    F("O -9 82 4 4.6", WHITE),
    F("O 9 82 4 4.6", WHITE),
    L("M -44 20 L -58 12 M -46 36 L -62 36 M 44 20 L 58 12 M 46 36 L 62 36", BLACK, 4),
    F("M -48 30 C -48 68 -26 82 0 82 C 26 82 48 68 48 30 C 48 8 26 0 0 0 C -26 0 -48 8 -48 30 Z",
      MAIN),
    L("M 0 82 L 0 0", BLACK, 4),
    F("O -24 50 9 9", BLACK),
    F("O 24 50 9 9", BLACK),
    F("O -20 20 8 8", BLACK),
    F("O 20 20 8 8", BLACK),
    END,
};

static const struct shape snail[] = {
    F("M -70 0 C -76 14 -70 20 -60 20 L 50 16 C 66 16 80 8 86 0 Z", ACC),
    F("M -62 10 C -84 20 -82 60 -66 64 C -54 64 -52 40 -44 16 Z", ACC),
    L("M -70 60 L -78 84 M -62 62 L -60 86", ACCD, 3),
    F("O -78 86 5 5", BLACK),
    F("O -60 88 5 5", BLACK),
    F("O 14 50 44 44", MAIN),
    L("M 14 50 C 24 50 26 62 14 64 C 0 66 -6 50 2 40 C 14 28 38 34 42 52 C 46 74 24 86 6 82", DARK,
      6),
    L("M -76 40 Q -72 36 -68 38", BLACK, 2),
    END,
};

static const struct shape chicken[] = {
    L("M -6 14 L -10 0 M 10 14 L 12 0", 0xe09a2c, 4),
    F("M 34 44 C 60 52 66 76 60 86 C 46 82 38 72 26 58 Z", DARK),
    F("M -44 78 C -46 50 -46 12 0 10 C 40 10 54 40 46 58 C 30 58 4 50 -8 64 C -10 84 -16 94 -28 94 "
      "C -38 94 -44 88 -44 78 Z",
      MAIN),
    F("M -6 44 C 10 54 36 50 42 34 C 30 20 4 24 -6 44 Z", DARK),
    F("M -40 92 C -42 106 -32 106 -31 98 C -28 106 -20 104 -22 96 C -16 100 -14 92 -18 90 Z",
      0xd93f35),
    F("M -44 82 L -60 76 L -44 70 Z", 0xf2a03c),
    F("M -46 70 C -52 62 -44 58 -40 66 Z", 0xd93f35),
    FM("O -32 82 3.6 4.4", BLACK, BLINK, -32, 82),
    END,
};

static const struct shape bat[] = {
    FM("M -8 54 C -30 90 -60 92 -92 74 C -80 66 -78 56 -76 46 C -62 54 -54 50 -48 40 C -38 50 -24 "
       "46 -8 36 Z",
       MAIN, FLAP, -8, 48),
    FM("M 8 54 C 30 90 60 92 92 74 C 80 66 78 56 76 46 C 62 54 54 50 48 40 C 38 50 24 46 8 36 Z",
       MAIN, FLAP, 8, 48),
    F("O 0 44 13 20", DARK),
    F("M -12 60 L -14 84 L -2 72 Z M 12 60 L 14 84 L 2 72 Z", DARK),
    F("O 0 62 13 12", DARK),
    F("O -5 64 3 3.4", 0xffe9a0),
    F("O 5 64 3 3.4", 0xffe9a0),
    F("M -4 56 L -2 50 L 0 56 L 2 50 L 4 56 Z", WHITE),
    END,
};

static const struct shape frog[] = {
    F("M -46 20 C -64 10 -58 0 -40 0 L -14 0 C -20 12 -30 20 -46 20 Z M 46 20 C 64 10 58 0 40 0 L "
      "14 0 C 20 12 30 20 46 20 Z",
      DARK),
    F("M -40 24 C -44 60 -24 70 0 70 C 24 70 44 60 40 24 C 36 4 -36 4 -40 24 Z", MAIN),
    F("O 0 22 24 18", LIGHT),
    F("O -24 76 17 17", MAIN),
    F("O 24 76 17 17", MAIN),
    F("O -24 78 11 11", WHITE),
    F("O 24 78 11 11", WHITE),
    FM("O -24 78 5.6 7", BLACK, BLINK, -24, 78),
    FM("O 24 78 5.6 7", BLACK, BLINK, 24, 78),
    L("M -26 48 Q 0 30 26 48", 0x2f5a2c, 3),
    F("O -32 46 5 3", 0xffa6a0),
    F("O 32 46 5 3", 0xffa6a0),
    F("M -20 0 C -22 10 -14 14 -10 8 L -6 0 Z M 20 0 C 22 10 14 14 10 8 L 6 0 Z", MAIN),
    END,
};

static const struct kind rows[] = {
    { "cat", LANE_FRONT, GAIT_BREATHE, 27, 82, 0xf0a04b, 0xd98838, cat, FORM_SHAPES, 0, 86, true },
    { "dog", LANE_FRONT, GAIT_BREATHE, 28, 82, 0xc58b56, 0x8a5a34, dog, FORM_SHAPES, 0, 92, true },
    { "rabbit", LANE_FRONT, GAIT_HOP, 24, 64, 0xc9b8a8, 0xb09c8a, rabbit, FORM_SHAPES, 0, 74,
      true },
    { "mouse", LANE_FRONT, GAIT_WALK, 15, 110, 0xa7a9b2, 0x8a8c96, mouse, FORM_SHAPES, 0, 84,
      true },
    { "bird", LANE_FRONT, GAIT_HOP, 14, 160, 0x4f9be0, 0x2f73b5, bird, FORM_SHAPES, -38, 94, true },
    { "flying bird", LANE_AIR, GAIT_FLY, 10, 175, 0x4d5f78, 0x37465a, flying_bird, FORM_SHAPES, 0,
      60, true },
    { "owl", LANE_FRONT, GAIT_BREATHE, 24, 76, 0x9c7450, 0x7a5a3c, owl, FORM_SHAPES, 0, 94, true },
    { "butterfly", LANE_AIR, GAIT_HOVER, 13, 135, 0xf28f3b, 0xf7c548, butterfly, FORM_SHAPES, 0, 0,
      true },
    { "bee", LANE_AIR, GAIT_HOVER, 9, 130, 0xf7c93e, 0x26262e, bee, FORM_SHAPES, 0, 0, true },
    { "ladybug", LANE_LOW, GAIT_WALK, 9, 125, 0xdc3b2e, 0x26262e, ladybug, FORM_SHAPES, 0, 0,
      true },
    { "snail", LANE_LOW, GAIT_WALK, 11, 175, 0xc98a5a, 0xe0c79a, snail, FORM_SHAPES, 0, 0, true },
    { "chicken", LANE_FRONT, GAIT_WALK, 18, 120, 0xfaf3e6, 0xe6d8bf, chicken, FORM_SHAPES, 0, 0,
      true },
    { "bat", LANE_AIR, GAIT_FLY, 11, 185, 0x53466b, 0x3d3350, bat, FORM_SHAPES, 0, 0, true },
    { "frog", LANE_FRONT, GAIT_HOP, 15, 120, 0x6ab04c, 0x4a8a35, frog, FORM_SHAPES, 0, 76, true },
};
KINDS(kinds_pets, rows);
