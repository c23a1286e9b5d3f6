/* People, and those who are nearly people. MAIN is what they wear, ACC their hair. */
#include "engines/scene/shapes.h"

/* Legs, arms and a shirt; the head stands at y 66 to 100. */
#define BODY(trousers)                                                                             \
    FM("M -11 34 L -13 2 L -1 2 L 0 30 Z", trousers, STEP, -6, 34),                                \
        FM("M 11 34 L 13 2 L 1 2 L 0 30 Z", trousers, STEP_2, 6, 34),                              \
        FM("B -16 0 15 5 2", 0x5a4436, STEP, -6, 34), FM("B 1 0 15 5 2", 0x5a4436, STEP_2, 6, 34), \
        LM("M -14 58 L -22 38", MAIN, 7, STEP_2, -14, 58),                                         \
        LM("M 14 58 L 22 38", MAIN, 7, STEP, 14, 58), FM("O -23 35 4 4", SKIN, STEP_2, -14, 58),   \
        FM("O 23 35 4 4", SKIN, STEP, 14, 58),                                                     \
        F("M -13 30 C -15 46 -17 58 -13 63 C -8 66 8 66 13 63 C 17 58 15 46 13 30 Z", MAIN),       \
        F("B -4 60 8 10 2", SKIN)

#define HEAD F("O 0 81 17 17", SKIN), F("O -17 80 3 4", SKIN), F("O 17 80 3 4", SKIN)
#define FACE                                                                                       \
    FM("O -6.5 81 2.2 3", BLACK, BLINK, -6, 81), FM("O 6.5 81 2.2 3", BLACK, BLINK, 6, 81),        \
        F("O -10.5 75 3 2", 0xf2a392), F("O 10.5 75 3 2", 0xf2a392),                               \
        L("M -5 73.5 Q 0 69.5 5 73.5", 0x8a4a3c, 2)

static const struct shape man[] = {
    BODY(0x3f4f75),
    HEAD,
    F("M -18 82 C -20 104 20 104 18 82 C 14 90 6 92 -2 90 C -8 92 -14 90 -18 82 Z", ACC),
    FACE,
    END,
};
static const struct shape boy[] = {
    BODY(0x4f7a9c),
    HEAD,
    F("M -18 84 C -20 106 20 106 18 84 C 12 90 8 86 4 92 C 0 86 -6 92 -10 87 C -14 90 -16 88 -18 "
      "84 Z",
      ACC),
    FACE,
    END,
};
#define DRESS                                                                                      \
    F("M -9 14 L -8 2 L -2 2 L -2 14 Z M 9 14 L 8 2 L 2 2 L 2 14 Z", SKIN),                        \
        F("B -11 0 10 4 2", 0xb8465c), F("B 1 0 10 4 2", 0xb8465c),                                \
        LM("M -13 58 L -23 40", SKIN, 6, STEP_2, -13, 58),                                         \
        LM("M 13 58 L 23 40", SKIN, 6, STEP, 13, 58),                                              \
        F("M -11 63 C -8 66 8 66 11 63 C 13 54 12 48 14 42 L 24 14 C 10 8 -10 8 -24 14 L -14 42 "  \
          "C -12 48 -13 54 -11 63 Z",                                                              \
          MAIN),                                                                                   \
        F("M -14 42 L 14 42 L 12.6 46 L -12.6 46 Z", ACCD), F("B -4 61 8 10 2", SKIN)

static const struct shape woman[] = {
    F("M -19 84 C -22 64 -20 54 -16 50 L 16 50 C 20 54 22 64 19 84 C 18 104 -18 104 -19 84 Z", ACC),
    DRESS,
    HEAD,
    F("M -18 80 C -20 104 20 104 18 80 C 16 90 8 94 0 93 C -8 94 -16 90 -18 80 Z", ACC),
    FACE,
    END,
};
static const struct shape girl[] = {
    F("O -22 74 7 12", ACC),
    F("O 22 74 7 12", ACC),
    DRESS,
    HEAD,
    F("M -18 80 C -20 104 20 104 18 80 C 12 92 4 94 0 88 C -4 94 -12 92 -18 80 Z", ACC),
    F("O -19 85 4 3", 0xf2c14a),
    F("O 19 85 4 3", 0xf2c14a),
    FACE,
    END,
};
static const struct shape king[] = {
    F("M -30 2 C -26 40 -20 60 -10 64 L 10 64 C 20 60 26 40 30 2 C 10 -2 -10 -2 -30 2 Z", MAIN),
    F("M -7 62 L 7 62 L 9 1 L -9 1 Z", 0xfaf3e6),
    F("O -12 8 1.6 2.4", BLACK),
    LM("M 20 52 L 26 34", MAIN, 8, NOD, 20, 52),
    L("M 27 4 L 27 70", 0xd9a93a, 3),
    F("O 27 73 5 5", 0xf2c94a),
    HEAD,
    F("M -17 80 C -16 62 -8 56 0 56 C 8 56 16 62 17 80 C 12 72 6 71 0 72 C -6 71 -12 72 -17 80 Z",
      ACC),
    F("M -16 92 L -19 108 L -9 99 L 0 110 L 9 99 L 19 108 L 16 92 Z", 0xf7c93e),
    F("O 0 97 2.6 2.6", 0xd6453d),
    F("O -10 96 2 2", 0x4f9be0),
    F("O 10 96 2 2", 0x4f9be0),
    FACE,
    END,
};
static const struct shape queen[] = {
    F("M -19 84 C -22 64 -20 54 -16 50 L 16 50 C 20 54 22 64 19 84 C 18 104 -18 104 -19 84 Z", ACC),
    F("M -10 63 C -8 66 8 66 10 63 C 12 54 10 48 13 42 L 32 2 C 10 -3 -10 -3 -32 2 L -13 42 C -10 "
      "48 -12 54 -10 63 Z",
      MAIN),
    L("M -24 12 Q 0 4 24 12", LIGHT, 3),
    LM("M -12 58 L -22 42", MAIN, 6, NOD, -12, 58),
    LM("M 12 58 L 22 42", MAIN, 6, NOD, 12, 58),
    F("B -4 61 8 9 2", SKIN),
    HEAD,
    F("M -18 80 C -20 102 20 102 18 80 C 16 90 8 92 0 92 C -8 92 -16 90 -18 80 Z", ACC),
    F("M -13 94 L -16 107 L -7 100 L 0 110 L 7 100 L 16 107 L 13 94 Z", 0xf7c93e),
    F("O 0 99 2.4 2.4", 0xe0558a),
    FACE,
    END,
};
static const struct shape astronaut[] = {
    F("B -22 34 44 36 8", 0xc9ced8),
    FM("B -15 0 13 34 5", 0xeef1f5, STEP, -8, 32),
    FM("B 2 0 13 34 5", 0xeef1f5, STEP_2, 8, 32),
    F("B -16 -1 15 8 3", 0x8c96a5),
    F("B 1 -1 15 8 3", 0x8c96a5),
    LM("M -16 58 L -28 38", 0xf6f8fa, 10, NOD, -14, 58),
    LM("M 16 58 L 28 44", 0xf6f8fa, 10, NOD, 14, 58),
    F("O -29 36 5 5", 0x8c96a5),
    F("O 29 42 5 5", 0x8c96a5),
    F("B -17 26 34 40 9", 0xf6f8fa),
    F("B -9 40 18 12 2", MAIN),
    F("O -5 46 1.8 1.8", 0xd6453d),
    F("O 0 46 1.8 1.8", 0xf2c14a),
    F("O 5 46 1.8 1.8", 0x6ab04c),
    F("O 0 80 22 21", 0xf6f8fa),
    F("O 0 80 16 14", 0x2f4a72),
    F("M -12 84 C -10 92 -2 93 2 92 C -4 90 -8 86 -9 80 Z", SHINE),
    L("M 20 88 L 27 96", 0x8c96a5, 2),
    F("O 28 97 2.4 2.4", 0xd6453d),
    END,
};
static const struct shape robot[] = {
    L("M 0 88 L 0 100", DARK, 3),
    FM("O 0 101 4 4", GLOW | 0xff6b57, BEAT, 0, 101),
    FM("B -17 0 12 18 3", DARK, STEP, -11, 18),
    FM("B 5 0 12 18 3", DARK, STEP_2, 11, 18),
    LM("M -22 44 L -34 34 L -32 22", DARK, 6, NOD, -22, 44),
    LM("M 22 44 L 34 34 L 32 22", DARK, 6, NOD, 22, 44),
    F("O -32 20 6 6", ACC),
    F("O 32 20 6 6", ACC),
    F("B -24 15 48 38 7", MAIN),
    F("B -14 24 28 18 3", LIGHT),
    F("O -7 36 3 3", 0x6ab04c),
    F("O 2 36 3 3", 0xf2c14a),
    L("M -9 29 L 9 29", DARK, 2),
    F("B -6 51 12 7 1", DARK),
    F("B -27 56 54 33 8", MAIN),
    F("O -29 72 4 7", ACC),
    F("O 29 72 4 7", ACC),
    F("B -21 62 42 21 6", 0x26384f),
    FM("O -9 74 5 5", GLOW | 0x7be0ff, BLINK, -9, 74),
    FM("O 9 74 5 5", GLOW | 0x7be0ff, BLINK, 9, 74),
    L("M -6 66.5 L 6 66.5", GLOW | 0x7be0ff, 2),
    END,
};
static const struct shape alien[] = {
    L("M -10 92 L -16 106 M 10 92 L 16 106", MAIN, 3),
    F("O -16 107 4 4", ACC),
    F("O 16 107 4 4", ACC),
    FM("B -11 0 9 22 4", MAIN, STEP, -6, 22),
    FM("B 2 0 9 22 4", MAIN, STEP_2, 6, 22),
    LM("M -12 42 L -24 30", MAIN, 6, NOD, -12, 42),
    LM("M 12 42 L 24 48", MAIN, 6, WAG, 12, 42),
    F("M -13 16 C -16 40 -10 48 0 48 C 10 48 16 40 13 16 Z", ACC),
    F("M -30 76 C -30 100 30 100 30 76 C 30 60 12 46 0 44 C -12 46 -30 60 -30 76 Z", MAIN),
    F("M -22 80 C -24 66 -12 60 -5 64 C -3 74 -12 84 -22 80 Z M 22 80 C 24 66 12 60 5 64 C 3 74 12 "
      "84 22 80 Z",
      BLACK),
    F("O -15 77 2.4 3", WHITE),
    F("O 11 77 2.4 3", WHITE),
    L("M -4 54 Q 0 51 4 54", DARK, 2),
    END,
};
static const struct shape ghost[] = {
    F("M -32 6 C -36 60 -34 100 0 100 C 34 100 36 60 32 6 C 26 -2 20 -2 16 6 C 12 12 6 12 0 4 C -6 "
      "12 -12 12 -16 6 C -20 -2 -26 -2 -32 6 Z",
      MAIN),
    FM("O -12 66 5.4 8", BLACK, BLINK, -12, 66),
    FM("O 12 66 5.4 8", BLACK, BLINK, 12, 66),
    F("O 0 48 6 7", 0x4a4a5c),
    F("O -21 54 6 3.4", 0xf2a0b0),
    F("O 21 54 6 3.4", 0xf2a0b0),
    END,
};
static const struct shape face[] = {
    F("O 0 50 50 50", MAIN),
    FM("O -17 62 6 9", BLACK, BLINK, -17, 62),
    FM("O 17 62 6 9", BLACK, BLINK, 17, 62),
    F("O -15 66 2 2.6", WHITE),
    F("O 19 66 2 2.6", WHITE),
    F("O -32 44 9 5.6", 0xf58f5c),
    F("O 32 44 9 5.6", 0xf58f5c),
    F("M -26 38 C -18 10 18 10 26 38 C 12 32 -12 32 -26 38 Z", 0x7a2c28),
    F("M -12 21 C -6 14 6 14 12 21 C 6 28 -6 28 -12 21 Z", 0xe8606c),
    END,
};
static const struct shape snowman[] = {
    L("M -18 48 L -42 62 M -34 57 L -42 70 M 18 48 L 42 62 M 34 57 L 44 68", 0x6a4a34, 3),
    F("O 0 20 26 22", MAIN),
    F("O 0 50 20 18", MAIN),
    F("O 0 77 15 14", MAIN),
    F("M -16 68 C -6 62 6 62 16 68 L 15 62 C 6 57 -6 57 -15 62 Z", 0xd6453d),
    F("M 8 64 L 16 44 L 22 48 L 14 64 Z", 0xd6453d),
    F("B -15 86 30 4 1", 0x33333d),
    F("B -10 88 20 16 2", 0x33333d),
    F("B -10 90 20 4 0", 0xd6453d),
    F("O -5 80 1.9 2.2", BLACK),
    F("O 5 80 1.9 2.2", BLACK),
    F("M -1 77.5 L 16 74 L -1 73 Z", 0xf28f3b),
    F("O 0 54 1.9 1.9", BLACK),
    F("O 0 46 1.9 1.9", BLACK),
    F("O 0 38 1.9 1.9", BLACK),
    F("O -6 70.5 1 1", BLACK),
    F("O -2 68.8 1 1", BLACK),
    F("O 3 69 1 1", BLACK),
    END,
};
static const struct shape wizard[] = {
    F("M -28 2 C -22 40 -16 60 -10 64 L 10 64 C 16 60 22 40 28 2 C 10 -2 -10 -2 -28 2 Z", MAIN),
    F("S -8 34 5 5", 0xf7d35e),
    F("S 8 20 4 5", 0xf7d35e),
    F("S 2 50 4 5", 0xf7d35e),
    L("M 29 2 L 25 72", 0x8a5a34, 4),
    FM("O 25 75 6 6", GLOW | 0x9fe8ff, BEAT, 25, 75),
    LM("M 14 56 L 26 44", MAIN, 8, NOD, 14, 56),
    LM("M -14 56 L -24 40", MAIN, 8, NOD, -14, 56),
    F("O 27 43 4 4", SKIN),
    F("O -25 38 4 4", SKIN),
    HEAD,
    F("M -16 78 C -16 60 -6 36 0 34 C 6 36 16 60 16 78 C 10 71 5 70 0 71 C -5 70 -10 71 -16 78 Z",
      ACC),
    FACE,
    F("M -28 88 C -10 94 10 94 28 88 C 20 84 -20 84 -28 88 Z", MAIN),
    F("M -17 90 C -10 112 -2 128 12 130 C 6 118 14 104 17 90 C 6 94 -6 94 -17 90 Z", MAIN),
    F("S 0 104 5 5", 0xf7d35e),
    END,
};

static const struct kind rows[] = {
    { "man", LANE_FRONT, GAIT_WALK, 38, 48, 0x4f8fd0, 0x4a3426, man, FORM_SHAPES, 0, 96, true },
    { "woman", LANE_FRONT, GAIT_WALK, 37, 50, 0xd8567a, 0x6a4430, woman, FORM_SHAPES, 0, 96, true },
    { "boy", LANE_FRONT, GAIT_WALK, 30, 50, 0x59ad5c, 0x7a5230, boy, FORM_SHAPES, 0, 96, true },
    { "girl", LANE_FRONT, GAIT_WALK, 29, 56, 0xf2b84a, 0x8a5530, girl, FORM_SHAPES, 0, 96, true },
    { "king", LANE_FRONT, GAIT_BREATHE, 39, 60, 0xb03040, 0x8a8078, king, FORM_SHAPES, 0, 104,
      true },
    { "queen", LANE_FRONT, GAIT_BREATHE, 38, 64, 0x8a4fb0, 0xc98a3c, queen, FORM_SHAPES, 0, 104,
      true },
    { "astronaut", LANE_FRONT, GAIT_HOVER, 38, 64, 0x4f8fd0, 0xffffff, astronaut, FORM_SHAPES, 0,
      100, true },
    { "robot", LANE_FRONT, GAIT_BREATHE, 36, 72, 0x9fb4c8, 0xf2a03c, robot, FORM_SHAPES, 0, 88,
      true },
    { "alien", LANE_FRONT, GAIT_HOVER, 32, 60, 0x8fd05a, 0x5a4fb0, alien, FORM_SHAPES, 0, 94,
      true },
    { "ghost", LANE_FRONT, GAIT_HOVER, 30, 68, 0xf4f4fb, 0xd0d0e8, ghost, FORM_SHAPES, 0, 98,
      true },
    { "face", LANE_FRONT, GAIT_HOVER, 34, 100, 0xffd23f, 0xf2a03c, face, FORM_SHAPES, 0, 96, true },
    { "snowman", LANE_FRONT, GAIT_NONE, 36, 84, 0xf8fbff, 0xd6453d, snowman, FORM_SHAPES, 0, 100,
      true },
    { "wizard", LANE_FRONT, GAIT_BREATHE, 38, 60, 0x4a4fb8, 0xd8d4d0, wizard, FORM_SHAPES, 0, 120,
      true },
};
KINDS(kinds_people, rows);
