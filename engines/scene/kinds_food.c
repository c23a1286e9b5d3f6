/* What is on the table. */
#include "engines/scene/shapes.h"

static const struct shape apple[] = {
    L("M 0 78 C 0 90 4 96 8 100", 0x6a4a34, 5),
    F("M 4 86 C 16 104 36 100 38 96 C 30 82 14 80 4 86 Z", 0x5fb054),
    F("M 0 78 C -18 88 -44 82 -46 50 C -46 20 -24 -2 -10 2 C -4 4 4 4 10 2 C 24 -2 46 20 46 50 C "
      "44 82 18 88 0 78 Z",
      MAIN),
    F("M -34 60 C -34 70 -26 76 -20 76 C -26 68 -28 58 -28 50 C -32 52 -34 56 -34 60 Z", SHINE),
    END,
};
static const struct shape banana[] = {
    F("M -52 72 C -46 20 10 -8 54 20 L 58 30 C 24 20 -16 40 -34 80 L -44 84 Z", MAIN),
    F("M -46 68 C -34 26 10 4 54 24 L 58 30 C 24 20 -16 40 -34 80 Z", DARK),
    F("M -52 72 L -48 92 L -40 92 L -38 78 Z", 0x7a6a34),
    F("M 52 18 L 64 22 L 60 32 L 52 28 Z", 0x5a4a28),
    END,
};
static const struct shape orange[] = {
    F("O 0 46 45 45", MAIN),    F("M 2 88 C 10 104 30 102 34 98 C 26 86 12 84 2 88 Z", 0x5fb054),
    F("O 0 88 4 3", 0x5f8a3c),  F("O -18 62 10 8", SHINE),
    F("O 16 34 1.6 1.6", DARK), F("O 26 46 1.6 1.6", DARK),
    F("O 10 20 1.6 1.6", DARK), F("O -8 26 1.6 1.6", DARK),
    F("O 28 62 1.6 1.6", DARK), END,
};
static const struct shape strawberry[] = {
    F("M 0 0 C -34 16 -52 52 -42 72 C -34 88 34 88 42 72 C 52 52 34 16 0 0 Z", MAIN),
    F("M 0 78 L -40 82 L -24 92 L -30 104 L -8 94 L 0 108 L 8 94 L 30 104 L 24 92 L 40 82 Z",
      0x4f9e48),
    F("O -20 60 2 3", 0xffe9a0),
    F("O 0 64 2 3", 0xffe9a0),
    F("O 20 60 2 3", 0xffe9a0),
    F("O -10 46 2 3", 0xffe9a0),
    F("O 10 46 2 3", 0xffe9a0),
    F("O -20 36 2 3", 0xffe9a0),
    F("O 22 40 2 3", 0xffe9a0),
    F("O 0 28 2 3", 0xffe9a0),
    END,
};
static const struct shape cherry[] = {
    L("M -20 36 C -14 66 0 86 16 98 M 22 34 C 24 60 22 84 16 98", 0x5f8a3c, 4),
    F("M 16 98 C 34 108 56 98 58 84 C 42 80 24 84 16 98 Z", 0x5fb054),
    F("O -22 22 24 23", MAIN),
    F("O 26 20 24 23", MAIN),
    F("O -30 30 6 5", SHINE),
    F("O 18 28 6 5", SHINE),
    END,
};
static const struct shape cup[] = {
    LM("M -14 78 C -22 88 -6 92 -14 104 M 8 78 C 0 88 16 92 8 104", 0xe6eaf0, 4, RISE, 0, 78),
    L("M 36 52 C 66 56 66 20 32 24", MAIN, 8),
    F("M -40 68 L 40 68 C 40 30 34 6 20 4 L -20 4 C -34 6 -40 30 -40 68 Z", MAIN),
    F("O 0 68 40 9", DARK),
    F("O 0 68 34 6.6", 0x7a4a2c),
    F("B -48 0 96 6 3", LIGHT),
    F("M -32 58 C -32 34 -28 18 -20 12 C -26 22 -26 40 -26 58 Z", SHINE),
    END,
};
static const struct shape cake[] = {
    LM("M -24 74 L -24 90", 0xf7a8c0, 5, STILL, 0, 0),
    LM("M 0 76 L 0 92", 0x9fd0ea, 5, STILL, 0, 0),
    LM("M 24 74 L 24 90", 0xf7d35e, 5, STILL, 0, 0),
    FM("O -24 97 3.6 6", GLOW | 0xffc040, FLICKER, -24, 92),
    FM("O 0 99 3.6 6", GLOW | 0xffc040, FLICKER, 0, 94),
    FM("O 24 97 3.6 6", GLOW | 0xffc040, FLICKER, 24, 92),
    F("B -66 0 132 7 3", 0xd9dee6),
    F("B -56 6 112 34 4", ACC),
    F("B -40 40 80 34 4", MAIN),
    F("M -56 40 L -56 28 C -50 18 -42 18 -38 28 C -32 18 -24 18 -20 28 C -14 18 -4 18 0 28 C 6 18 "
      "14 18 20 28 C 26 18 34 18 38 28 C 44 18 52 18 56 28 L 56 40 Z",
      WHITE),
    F("M -40 76 L -40 62 C -34 54 -28 54 -24 62 C -18 54 -8 54 -4 62 C 2 54 12 54 16 62 C 22 54 34 "
      "54 40 62 L 40 76 Z",
      LIGHT),
    F("O -44 12 3 3", 0xe8506a),
    F("O -22 14 3 3", 0xf7d35e),
    F("O 2 11 3 3", 0x6ab0e0),
    F("O 24 14 3 3", 0xe8506a),
    F("O 44 12 3 3", 0xf7d35e),
    END,
};
static const struct shape pizza[] = {
    F("O 0 46 54 50", 0xc98a4a),
    F("O 0 47 47 43", ACC),
    F("O 0 47 44 40", 0xf7d678),
    F("O -18 66 9 8", MAIN),
    F("O 16 70 9 8", MAIN),
    F("O 26 42 9 8", MAIN),
    F("O 4 46 9 8", MAIN),
    F("O -26 40 9 8", MAIN),
    F("O -4 20 9 8", MAIN),
    F("O 22 20 8 7", MAIN),
    F("O -8 54 4 3", 0x4f9e48),
    F("O 14 56 4 3", 0x4f9e48),
    F("O -14 30 4 3", 0x4f9e48),
    F("O 12 30 4 3", 0x4f9e48),
    F("O 34 58 4 3", 0x4f9e48),
    F("O -34 56 4 3", 0x33333d),
    F("O 0 76 4 3", 0x33333d),
    L("M -38 76 L 38 18 M 38 76 L -38 18 M 0 96 L 0 -2", 0xd9a860, 1),
    END,
};
static const struct shape bread[] = {
    F("M -58 0 C -64 0 -64 30 -56 44 C -74 60 -50 88 -30 78 C -18 94 20 94 30 78 C 52 88 74 60 56 "
      "44 C 64 30 64 0 58 0 Z",
      MAIN),
    F("M -50 6 C -54 8 -54 30 -46 46 C -54 56 -44 70 -30 66 C -16 80 18 80 30 66 C 44 70 54 56 46 "
      "46 C 54 30 54 8 50 6 Z",
      LIGHT),
    END,
};
static const struct shape ice_cream[] = {
    F("M -24 54 L 0 -2 L 24 54 Z", 0xd9a05c),
    L("M -17 40 L 6 12 M -8 54 L 13 26 M 17 40 L -6 12 M 8 54 L -13 26", 0xb8803c, 2),
    F("O -14 60 17 17", MAIN),
    F("O 14 60 17 17", ACC),
    F("O 0 80 18 17", LIGHT),
    F("M -30 56 C -24 44 -16 52 -10 46 C -4 40 4 44 8 48 C 14 44 24 44 30 56 Z", MAIN),
    F("O 2 98 6 6", 0xd6283c),
    END,
};
static const struct shape bottle[] = {
    F("M -9 66 L -9 94 L 9 94 L 9 66 C 22 60 24 50 24 40 L 24 6 C 24 0 -24 0 -24 6 L -24 40 C -24 "
      "50 -22 60 -9 66 Z",
      MAIN),
    F("B -10 92 20 9 2", ACC),
    F("B -24 16 48 26 0", WHITE),
    F("B -17 46 5 14 2", SHINE),
    END,
};
static const struct shape hamburger[] = {
    F("M -56 56 C -56 104 56 104 56 56 Z", MAIN),
    F("O -24 80 4 2.6", 0xfdf0d0),
    F("O 0 86 4 2.6", 0xfdf0d0),
    F("O 24 80 4 2.6", 0xfdf0d0),
    F("O -38 68 4 2.6", 0xfdf0d0),
    F("O 38 68 4 2.6", 0xfdf0d0),
    F("M -62 52 C -50 62 -40 46 -30 56 C -20 64 -10 46 0 56 C 10 64 20 46 30 56 C 40 64 50 46 62 "
      "52 L 58 44 L -58 44 Z",
      0x6ab04c),
    F("B -58 38 116 9 3", 0xd6453d),
    F("M -58 40 L 58 40 L 40 28 L 30 36 L -58 36 Z", 0xf7c93e),
    F("B -60 20 120 18 8", 0x6a3f28),
    F("M -56 22 L 56 22 C 56 4 48 0 36 0 L -36 0 C -48 0 -56 4 -56 22 Z", MAIN),
    END,
};
static const struct kind rows[] = {
    { "apple", LANE_TABLE, GAIT_NONE, 15, 96, 0xdc3a36, 0x5fb054, apple, FORM_SHAPES, 0, 80,
      false },
    { "banana", LANE_TABLE, GAIT_NONE, 14, 130, 0xf7d23e, 0x7a6a34, banana, FORM_SHAPES, 0, 0,
      false },
    { "orange", LANE_TABLE, GAIT_NONE, 15, 94, 0xf2912c, 0x5fb054, orange, FORM_SHAPES, 0, 90,
      false },
    { "strawberry", LANE_TABLE, GAIT_NONE, 13, 90, 0xe0384a, 0x4f9e48, strawberry, FORM_SHAPES, 0,
      0, false },
    { "cherry", LANE_TABLE, GAIT_NONE, 14, 104, 0xc81f3c, 0x5fb054, cherry, FORM_SHAPES, 0, 0,
      false },
    { "cup", LANE_TABLE, GAIT_NONE, 17, 110, 0x4f9fc8, 0xffffff, cup, FORM_SHAPES, 0, 70, false },
    { "cake", LANE_TABLE, GAIT_NONE, 24, 130, 0xf7a8c0, 0xf6dcae, cake, FORM_SHAPES, 0, 76, false },
    { "pizza", LANE_TABLE, GAIT_NONE, 20, 112, 0xd6453d, 0xc8402f, pizza, FORM_SHAPES, 0, 0,
      false },
    { "bread", LANE_TABLE, GAIT_NONE, 16, 126, 0xc98a4a, 0xf2d8a8, bread, FORM_SHAPES, 0, 86,
      false },
    { "ice cream", LANE_TABLE, GAIT_NONE, 24, 64, 0xf7a8c0, 0x8a5a3c, ice_cream, FORM_SHAPES, 0, 0,
      false },
    { "bottle", LANE_TABLE, GAIT_NONE, 26, 50, 0x4f9e78, 0xc8553d, bottle, FORM_SHAPES, 0, 0,
      false },
    { "hamburger", LANE_TABLE, GAIT_NONE, 18, 122, 0xd98f45, 0x6ab04c, hamburger, FORM_SHAPES, 0,
      92, false },
};
KINDS(kinds_food, rows);
