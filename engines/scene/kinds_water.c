/* Life in and on the water. The crab is chela's own animal, so it gets the most shapes. */
#include "engines/scene/shapes.h"

static const struct shape crab[] = {
    /* legs, three on each side, behind the shell */
    LM("M -42 34 L -66 38 L -78 8", DARK, 6, STEP, -42, 34),
    LM("M -38 28 L -58 24 L -64 0", DARK, 6, STEP_2, -38, 28),
    LM("M -30 22 L -44 12 L -46 -2", DARK, 6, STEP, -30, 22),
    LM("M 42 34 L 66 38 L 78 8", DARK, 6, STEP_2, 42, 34),
    LM("M 38 28 L 58 24 L 64 0", DARK, 6, STEP, 38, 28),
    LM("M 30 22 L 44 12 L 46 -2", DARK, 6, STEP_2, 30, 22),
    /* arms */
    LM("M -44 42 C -64 44 -72 54 -70 64", MAIN, 11, SNAP, -44, 42),
    LM("M 44 42 C 64 44 72 54 70 64", MAIN, 11, SNAP, 44, 42),
    /* pincers: a palm and two fingers each */
    FM("M -70 58 C -88 58 -98 74 -92 92 C -90 98 -84 100 -80 96 C -82 86 -78 80 -70 78 C -66 86 "
       "-60 90 "
       "-56 96 C -50 92 -48 82 -50 74 C -52 64 -60 58 -70 58 Z",
       MAIN, SNAP, -44, 42),
    FM("M 70 58 C 88 58 98 74 92 92 C 90 98 84 100 80 96 C 82 86 78 80 70 78 C 66 86 60 90 56 96 C "
       "50 92 "
       "48 82 50 74 C 52 64 60 58 70 58 Z",
       MAIN, SNAP, 44, 42),
    FM("M -88 74 C -88 68 -82 63 -74 63 C -82 68 -84 74 -86 82 Z", LIGHT, SNAP, -44, 42),
    FM("M 54 74 C 56 68 62 63 68 63 C 62 68 58 74 57 82 Z", LIGHT, SNAP, 44, 42),
    /* eyes on stalks */
    LM("M -16 58 L -20 76", DARK, 6, NOD, 0, 40),
    LM("M 16 58 L 20 76", DARK, 6, NOD, 0, 40),
    FM("O -20 80 9.5 10", WHITE, NOD, 0, 40),
    FM("O 20 80 9.5 10", WHITE, NOD, 0, 40),
    FM("O -18 80 5 6", BLACK, BLINK, -18, 80),
    FM("O 18 80 5 6", BLACK, BLINK, 18, 80),
    FM("O -16 83 1.8 2", WHITE, NOD, 0, 40),
    FM("O 20 83 1.8 2", WHITE, NOD, 0, 40),
    /* shell */
    F("M -52 36 C -54 58 -28 68 0 68 C 28 68 54 58 52 36 C 50 18 26 8 0 8 C -26 8 -50 18 -52 36 Z",
      MAIN),
    F("M -48 36 C -46 22 -24 12 0 12 C 24 12 46 22 48 36 C 40 26 20 22 0 22 C -20 22 -40 26 -48 36 "
      "Z",
      DARK),
    F("M -40 48 C -34 58 -16 63 0 63 C -14 60 -28 56 -34 46 Z", LIGHT),
    F("O -26 42 4 3", LIGHT),
    F("O -14 50 3 2.4", LIGHT),
    F("O 30 48 3 2.4", LIGHT),
    F("O 24 38 4.4 3.2", DARK),
    F("O 36 38 2.6 2", DARK),
    /* a face: cheeks and a smile */
    F("O -30 34 6 4", 0xff9f8f),
    F("O 30 34 6 4", 0xff9f8f),
    L("M -12 36 Q 0 26 12 36", 0x5c1a14, 3),
    END,
};

static const struct shape fish[] = {
    FM("M 50 50 L 86 84 C 80 60 80 40 86 16 Z", ACC, WAG, 50, 50),
    F("M -10 84 C 6 104 30 98 36 80 Z", ACC),
    F("M -4 18 C 8 0 22 2 26 14 Z", ACC),
    F("M -80 50 C -62 88 -2 102 58 52 C -2 0 -62 12 -80 50 Z", MAIN),
    F("M -80 50 C -62 12 -2 0 58 52 C 10 22 -40 26 -80 50 Z", LIGHT),
    F("M -20 86 C -34 62 -34 38 -20 15 C -8 12 0 12 4 14 C -12 38 -12 62 4 87 C -4 89 -12 89 -20 "
      "86 Z",
      ACC),
    FM("M -6 48 C 8 60 22 56 26 44 C 16 38 4 38 -6 48 Z", ACCD, FLAP, -6, 48),
    F("O -54 58 11 12", WHITE),
    FM("O -56 58 6 7", BLACK, BLINK, -56, 58),
    F("O -58 61 2 2.4", WHITE),
    L("M -74 40 Q -66 36 -60 40", DARK, 3),
    END,
};

static const struct shape whale[] = {
    LM("M -20 76 C -20 98 -36 104 -44 92 M -20 76 C -20 98 -4 104 4 92", 0xa9dcf5, 5, RISE, -20,
       76),
    FM("M 84 40 C 100 46 112 60 110 74 C 98 66 90 62 82 70 C 76 62 76 50 84 40 Z", DARK, WAG, 84,
       40),
    F("M -92 40 C -92 72 -50 80 -14 78 C 30 76 58 56 90 46 C 96 40 90 32 84 34 C 60 12 10 2 -40 4 "
      "C -76 6 -92 "
      "20 -92 40 Z",
      MAIN),
    F("M -90 32 C -60 24 -10 22 20 10 C 0 4 -30 2 -50 4 C -76 8 -88 18 -90 32 Z", 0xeaf3f7),
    L("M -78 26 C -66 20 -52 16 -40 14 M -70 18 C -60 13 -50 11 -36 10", 0xb9ccd6, 2),
    FM("M -10 24 C 0 4 22 -6 36 0 C 30 14 16 26 4 30 Z", DARK, FLAP, -10, 24),
    FM("O -62 46 4 5", BLACK, BLINK, -62, 46),
    F("O -63 48 1.4 1.6", WHITE),
    L("M -88 32 C -80 28 -74 30 -68 34", DARK, 3),
    END,
};

static const struct shape dolphin[] = {
    FM("M 66 26 C 84 16 96 18 100 26 C 90 28 86 32 84 44 C 76 38 68 34 66 26 Z", DARK, WAG, 66, 30),
    F("M -4 72 C 2 90 14 96 22 94 C 16 84 18 74 22 66 Z", DARK),
    F("M -98 40 C -92 46 -84 48 -78 52 C -60 82 10 84 44 52 C 56 42 66 34 74 28 C 60 22 40 20 10 "
      "20 C -30 20 -70 "
      "26 -80 38 Z",
      MAIN),
    F("M -86 40 C -60 34 -20 40 30 26 C 0 18 -60 22 -80 38 Z", 0xe8f2f6),
    FM("M -26 34 C -22 14 -10 4 2 4 C 0 18 -6 32 -10 38 Z", DARK, FLAP, -24, 34),
    FM("O -58 54 4 4.6", BLACK, BLINK, -58, 54),
    L("M -92 42 Q -76 40 -66 46", DARK, 2),
    END,
};

static const struct shape octopus[] = {
    LM("M -22 40 C -48 30 -40 6 -58 4", MAIN, 11, SWAY, -22, 40),
    LM("M -12 36 C -26 20 -18 4 -30 -2", MAIN, 11, STEP, -12, 36),
    LM("M 0 36 C 4 20 -6 8 2 -4", DARK, 11, STEP_2, 0, 36),
    LM("M 12 36 C 26 20 18 4 30 -2", MAIN, 11, STEP, 12, 36),
    LM("M 22 40 C 48 30 40 6 58 4", MAIN, 11, SWAY, 22, 40),
    F("M -34 54 C -44 96 44 96 34 54 C 34 38 24 32 0 32 C -24 32 -34 38 -34 54 Z", MAIN),
    F("M -27 66 C -26 80 -12 84 -2 84 C -12 79 -19 74 -20 64 Z", LIGHT),
    F("O -13 58 8 9", WHITE),
    F("O 13 58 8 9", WHITE),
    FM("O -12 57 4 5", BLACK, BLINK, -12, 57),
    FM("O 12 57 4 5", BLACK, BLINK, 12, 57),
    F("O -23 48 5 3", 0xff9fb0),
    F("O 23 48 5 3", 0xff9fb0),
    L("M -6 45 Q 0 40 6 45", 0x4a1a35, 2),
    END,
};

static const struct shape jellyfish[] = {
    LM("M -22 50 C -30 36 -14 26 -24 2", LIGHT, 4, SWAY, -22, 50),
    LM("M -8 48 C -14 34 2 24 -8 -4", MAIN, 5, SWAY, -8, 48),
    LM("M 8 48 C 16 32 0 22 10 0", MAIN, 5, SWAY, 8, 48),
    LM("M 22 50 C 30 36 14 26 26 4", LIGHT, 4, SWAY, 22, 50),
    FM("M -38 54 C -40 110 40 110 38 54 C 30 46 24 54 19 50 C 12 44 6 52 0 48 C -6 52 -12 44 -19 "
       "50 C -24 54 -30 "
       "46 -38 54 Z",
       MAIN, BEAT, 0, 52),
    F("M -28 66 C -28 84 -12 90 0 91 C -12 84 -20 78 -20 64 Z", SHINE),
    F("O -10 66 3 4", BLACK),
    F("O 10 66 3 4", BLACK),
    L("M -4 60 Q 0 57 4 60", BLACK, 2),
    END,
};

static const struct shape turtle[] = {
    FM("M 44 24 C 60 28 66 20 68 14 C 58 16 50 14 44 16 Z", ACC, WAG, 44, 20),
    FM("M -30 20 C -36 10 -40 0 -30 0 L -18 0 C -14 8 -14 14 -16 20 Z", ACC, STEP, -24, 18),
    FM("M 24 20 C 20 10 18 0 28 0 L 40 0 C 42 8 40 14 38 20 Z", ACC, STEP_2, 30, 18),
    FM("M -44 30 C -58 28 -66 40 -66 54 C -66 70 -88 76 -96 62 C -102 50 -92 42 -84 42 C -76 30 "
       "-66 12 -44 16 Z",
       ACC, NOD, -50, 26),
    FM("O -86 60 3.4 4", BLACK, BLINK, -86, 60),
    F("M -54 22 C -52 76 -20 96 4 96 C 30 96 52 70 54 22 Z", MAIN),
    F("M -54 22 C -30 30 30 30 54 22 C 56 14 50 12 40 12 L -40 12 C -50 12 -56 14 -54 22 Z", DARK),
    F("M -12 86 L 12 86 L 22 64 L 0 50 L -22 64 Z", DARK),
    F("M -30 56 L -24 40 L -40 34 L -46 46 Z", DARK),
    F("M 30 56 L 24 40 L 40 34 L 46 46 Z", DARK),
    F("M -10 44 L 0 36 L 10 44 L 6 34 L -6 34 Z", DARK),
    END,
};

static const struct shape duck[] = {
    F("M 40 50 C 62 58 74 70 78 64 C 80 50 66 30 50 28 Z", MAIN),
    F("M -62 44 C -60 8 -30 0 4 0 C 44 0 66 16 62 46 C 40 62 10 48 -10 52 C -30 56 -54 58 -62 44 Z",
      MAIN),
    F("M -20 40 C 0 52 34 50 48 34 C 36 12 4 10 -12 22 C -20 28 -22 34 -20 40 Z", DARK),
    FM("M -62 50 C -64 30 -30 30 -28 50 C -18 58 -18 96 -44 98 C -70 98 -76 70 -62 50 Z", MAIN, NOD,
       -46, 40),
    FM("M -66 76 C -84 82 -92 76 -94 70 C -86 64 -76 64 -66 66 Z", 0xf29f38, NOD, -46, 40),
    FM("O -52 80 4 5", BLACK, BLINK, -52, 80),
    F("O -53 82 1.3 1.6", WHITE),
    END,
};

static const struct shape penguin[] = {
    F("M -20 4 C -28 -2 -14 -2 -6 0 L -6 8 Z M 20 4 C 28 -2 14 -2 6 0 L 6 8 Z", 0xf2a03c),
    FM("M -24 60 C -40 46 -42 28 -38 20 C -30 28 -26 38 -22 42 Z", MAIN, FLAP_2, -24, 56),
    FM("M 24 60 C 40 46 42 28 38 20 C 30 28 26 38 22 42 Z", MAIN, FLAP_2, 24, 56),
    F("M -28 40 C -30 74 -26 100 0 100 C 26 100 30 74 28 40 C 28 14 18 2 0 2 C -18 2 -28 14 -28 40 "
      "Z",
      MAIN),
    F("M -19 38 C -22 62 -16 70 -12 84 C -8 88 -3 84 0 80 C 3 84 8 88 12 84 C 16 70 22 62 19 38 C "
      "18 16 12 6 0 6 C "
      "-12 6 -18 16 -19 38 Z",
      WHITE),
    FM("O -8 80 3.2 4", BLACK, BLINK, -8, 80),
    FM("O 8 80 3.2 4", BLACK, BLINK, 8, 80),
    F("M -6 74 L 6 74 L 0 66 Z", 0xf2a03c),
    F("O -13 71 3.4 2.2", 0xffb7b0),
    F("O 13 71 3.4 2.2", 0xffb7b0),
    END,
};

static const struct shape shark[] = {
    FM("M 76 44 C 90 60 98 76 104 86 C 92 80 78 66 68 54 Z M 76 44 C 88 38 96 28 100 16 C 88 20 76 "
       "30 68 38 Z",
       MAIN, WAG, 72, 46),
    F("M -6 72 C 2 92 16 100 26 98 C 20 88 20 76 26 64 Z", DARK),
    F("M -98 48 C -80 74 -20 80 30 66 C 52 58 66 50 80 46 C 60 34 20 22 -20 22 C -60 22 -88 34 -98 "
      "48 Z",
      MAIN),
    F("M -92 42 C -60 38 -10 40 60 42 C 40 30 10 22 -20 22 C -56 22 -82 32 -92 42 Z", 0xeaf0f3),
    F("M -26 30 C -20 8 -4 -2 8 0 C 2 12 2 22 2 30 Z", DARK),
    L("M -30 54 L -34 40 M -22 54 L -26 40 M -14 54 L -18 40", DARK, 2),
    FM("O -62 56 4 4.4", BLACK, BLINK, -62, 56),
    F("M -84 40 L -80 34 L -76 40 L -72 34 L -68 40 L -64 34 L -60 40 L -56 35 L -52 40 Z", WHITE),
    END,
};

static const struct shape starfish[] = {
    F("S 0 50 54 5", MAIN),
    F("O 0 50 18 18", LIGHT),
    F("O 0 80 4 4", DARK),
    F("O 0 66 3 3", DARK),
    F("O 26 58 4 4", DARK),
    F("O -26 58 4 4", DARK),
    F("O 16 24 4 4", DARK),
    F("O -16 24 4 4", DARK),
    F("O -6 52 2.4 3", BLACK),
    F("O 6 52 2.4 3", BLACK),
    L("M -4 45 Q 0 42 4 45", BLACK, 2),
    END,
};

static const struct shape shell[] = {
    F("M 0 0 C -60 10 -70 70 -40 90 C -30 100 -16 92 0 100 C 16 92 30 100 40 90 C 70 70 60 10 0 0 "
      "Z",
      MAIN),
    L("M 0 4 L -42 82 M 0 4 L -22 92 M 0 4 L 0 96 M 0 4 L 22 92 M 0 4 L 42 82", DARK, 3),
    F("M -14 0 L 14 0 L 10 10 L -10 10 Z", DARK),
    END,
};

static const struct shape seaweed[] = {
    LM("M -14 0 C -30 26 0 44 -16 70 C -22 82 -16 92 -12 98", MAIN, 8, SWAY, -14, 0),
    LM("M 2 0 C 18 24 -10 40 6 62 C 14 76 6 84 8 92", DARK, 8, SWAY, 2, 0),
    LM("M 16 0 C 30 18 10 34 22 50 C 28 60 22 66 24 72", MAIN, 7, SWAY, 16, 0),
    END,
};

static const struct shape coral[] = {
    L("M 0 0 L 0 40 M 0 22 C -26 30 -30 50 -28 74 M -28 52 C -40 56 -46 66 -46 78 M 0 40 C -8 56 "
      "-8 70 -6 96 M 0 30 C "
      "24 36 30 52 28 84 M 28 56 C 40 58 46 66 46 74 M -2 64 C 8 70 10 76 10 84",
      MAIN, 10),
    L("M -2 4 L -2 40 M 26 60 L 26 80", LIGHT, 3),
    END,
};

static const struct kind rows[] = {
    { "crab", LANE_FRONT, GAIT_SIDLE, 26, 190, 0xe8452f, 0xb22a1c, crab, FORM_SHAPES, 0, 66, true },
    { "fish", LANE_UNDER, GAIT_SWIM, 17, 165, 0xf58a2c, 0xffd45c, fish, FORM_SHAPES, 0, 80, true },
    { "whale", LANE_UNDER, GAIT_SWIM, 34, 200, 0x4d87b8, 0x35648d, whale, FORM_SHAPES, 0, 76,
      true },
    { "dolphin", LANE_UNDER, GAIT_SWIM, 22, 200, 0x6d9fc4, 0x4d7fa5, dolphin, FORM_SHAPES, 0, 70,
      true },
    { "octopus", LANE_UNDER, GAIT_HOVER, 28, 120, 0xb35fa8, 0x8d4586, octopus, FORM_SHAPES, 0, 88,
      true },
    { "jellyfish", LANE_UNDER, GAIT_HOVER, 24, 80, 0xe59bd0, 0xc878b4, jellyfish, FORM_SHAPES, 0,
      96, true },
    { "turtle", LANE_FRONT, GAIT_WALK, 17, 165, 0x5d8f4e, 0x9ac06a, turtle, FORM_SHAPES, 0, 96,
      true },
    { "duck", LANE_FLOAT, GAIT_ROCK, 14, 165, 0xf6c83f, 0xe0a92a, duck, FORM_SHAPES, -44, 98,
      true },
    { "penguin", LANE_FRONT, GAIT_WALK, 24, 72, 0x2c3346, 0xf2a03c, penguin, FORM_SHAPES, 0, 98,
      true },
    { "shark", LANE_UNDER, GAIT_SWIM, 24, 200, 0x6f8796, 0x556b79, shark, FORM_SHAPES, 0, 70,
      true },
    { "starfish", LANE_LOW, GAIT_NONE, 10, 100, 0xf08a5d, 0xd86b42, starfish, FORM_SHAPES, 0, 0,
      true },
    { "shell", LANE_LOW, GAIT_NONE, 9, 110, 0xf4c9b8, 0xd99a86, shell, FORM_SHAPES, 0, 0, false },
    { "seaweed", LANE_LOW, GAIT_NONE, 26, 60, 0x3f9d63, 0x2d7a4c, seaweed, FORM_SHAPES, 0, 0,
      false },
    { "coral", LANE_LOW, GAIT_NONE, 22, 100, 0xf0687c, 0xc94a60, coral, FORM_SHAPES, 0, 0, false },
};
KINDS(kinds_water, rows);
