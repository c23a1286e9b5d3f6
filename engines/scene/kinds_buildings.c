/* What people build. Windows glow, so that a house at night is lit. */
#include "engines/scene/shapes.h"

#define PANE (GLOW | 0xffe08a)

static const struct shape house[] = {
    F("B 22 62 12 34 1", 0x9c5a48),
    FM("O 28 104 6 4", 0xe6e6ec, RISE, 28, 100),
    FM("O 34 113 8 5", 0xe6e6ec, RISE, 28, 100),
    F("B -48 0 96 58 1", MAIN),
    F("M -60 54 L 0 100 L 60 54 Z", ACC),
    F("M -60 54 L 0 100 L 60 54 L 54 50 L 0 91 L -54 50 Z", ACCD),
    F("B -12 0 24 36 2", 0x7a4f34),
    F("O 6 18 2 2", 0xf2c94a),
    F("B -38 24 18 18 1", PANE),
    F("B 20 24 18 18 1", PANE),
    L("M -29 24 L -29 42 M -38 33 L -20 33 M 29 24 L 29 42 M 20 33 L 38 33", 0xffffff, 2),
    F("O 0 66 9 9", PANE),
    L("M 0 57 L 0 75 M -9 66 L 9 66", 0xffffff, 2),
    F("B -41 20 24 4 1", ACCD),
    F("B 17 20 24 4 1", ACCD),
    END,
};
static const struct shape castle[] = {
    F("B -30 0 60 62 0", MAIN),
    F("M -32 62 L -32 72 L -22 72 L -22 66 L -12 66 L -12 72 L -2 72 L -2 66 L 8 66 L 8 72 L 18 72 "
      "L 18 66 L 28 66 L 28 72 L 32 72 L 32 62 Z",
      MAIN),
    F("B -16 58 32 28 0", LIGHT),
    F("M -20 84 L 0 114 L 20 84 Z", ACC),
    L("M 0 112 L 0 126", 0x5a4a40, 2),
    FM("M 1 126 L 17 121 L 1 116 Z", 0xf2c14a, BILLOW, 1, 121),
    F("B -5 66 10 14 5", PANE),
    F("B -58 0 30 74 0", DARK),
    F("B 28 0 30 74 0", DARK),
    F("M -62 72 L -43 104 L -24 72 Z", ACC),
    F("M 24 72 L 43 104 L 62 72 Z", ACC),
    L("M -43 102 L -43 114 M 43 102 L 43 114", 0x5a4a40, 2),
    FM("M -42 114 L -28 110 L -42 106 Z", 0xf2c14a, BILLOW, -42, 110),
    FM("M 44 114 L 58 110 L 44 106 Z", 0xf2c14a, BILLOW, 44, 110),
    F("B -48 44 10 16 5", PANE),
    F("B 38 44 10 16 5", PANE),
    F("B -48 16 10 14 5", PANE),
    F("B 38 16 10 14 5", PANE),
    F("M -14 0 L -14 24 C -14 42 14 42 14 24 L 14 0 Z", 0x5f432f),
    L("M -7 0 L -7 34 M 0 0 L 0 37 M 7 0 L 7 34", 0x452f20, 2),
    F("B -22 44 8 12 4", PANE),
    F("B 14 44 8 12 4", PANE),
    END,
};
static const struct shape tower[] = {
    F("M -20 0 L -15 78 L 15 78 L 20 0 Z", MAIN),
    F("M -20 76 L -20 92 L -12 92 L -12 86 L -4 86 L -4 92 L 4 92 L 4 86 L 12 86 L 12 92 L 20 92 L "
      "20 76 Z",
      DARK),
    F("B -5 50 10 16 5", PANE),
    F("B -5 22 10 14 5", PANE),
    F("B -7 0 14 16 5", 0x5f432f),
    END,
};
static const struct shape lighthouse[] = {
    F("M -34 0 C -30 10 -20 12 0 12 C 20 12 30 10 34 0 Z", 0x8a8d96),
    F("M -17 8 L -10 76 L 10 76 L 17 8 Z", MAIN),
    F("M -15.6 22 L -14.2 36 L 14.2 36 L 15.6 22 Z M -12.8 50 L -11.4 63 L 11.4 63 L 12.8 50 Z",
      ACC),
    F("B -15 74 30 5 1", 0x4a505c),
    F("B -9 79 18 13 1", GLOW | 0xffe9a0),
    L("M -5 79 L -5 92 M 5 79 L 5 92", 0x4a505c, 2),
    F("M -13 92 L 0 104 L 13 92 Z", 0xc0392f),
    FM("M 9 88 L 90 104 L 90 70 Z M -9 88 L -90 104 L -90 70 Z", SHINE, FLICKER, 0, 86),
    F("B -4 8 8 14 3", 0x5f432f),
    F("B -3 42 6 8 3", 0x4a505c),
    END,
};
static const struct shape church[] = {
    F("B -10 0 52 46 0", MAIN),
    F("M -16 44 L 16 70 L 48 44 Z", ACC),
    F("B -40 0 32 66 0", MAIN),
    F("M -44 64 L -24 102 L -4 64 Z", ACC),
    L("M -24 100 L -24 116 M -30 110 L -18 110", 0x5a4a40, 3),
    F("O -24 54 6 6", PANE),
    F("B -31 0 14 24 7", 0x6a4a34),
    F("B 2 14 9 20 4", GLOW | 0x8fd0f0),
    F("B 22 14 9 20 4", GLOW | 0xf0a0b8),
    END,
};
static const struct shape bridge[] = {
    F("M -100 0 L -100 44 C -40 66 40 66 100 44 L 100 0 L 78 0 C 74 36 36 40 32 0 L 16 0 C 14 34 "
      "-14 34 -16 0 L -32 0 C -36 40 -74 36 -78 0 Z",
      MAIN),
    L("M -100 47 C -40 69 40 69 100 47", DARK, 5),
    L("M -100 66 C -40 88 40 88 100 66 M -90 50 L -90 68 M -66 56 L -66 74 M -42 60 L -42 78 M -18 "
      "63 L -18 80 M 6 63 L 6 80 M 30 61 L 30 79 M 54 58 L 54 76 M 78 53 L 78 72",
      DARK, 3),
    END,
};
static const struct shape windmill[] = {
    F("M -24 0 L -14 66 L 14 66 L 24 0 Z", MAIN),
    F("M -17 64 C -16 84 16 84 17 64 Z", ACC),
    F("B -6 0 12 20 5", 0x6a4a34),
    F("B -4 34 8 10 1", PANE),
    FM("M -2 68 L -8 116 L 8 116 L 2 68 Z M 2 72 L -44 62 L -46 78 L 2 68 Z M 2 70 L 8 22 L -8 22 "
       "L -2 70 Z M -2 68 L 46 78 L 44 62 L -2 72 Z",
       0xf4ead6, TURN, 0, 70),
    FM("O 0 70 4 4", 0x6a4a34, TURN, 0, 70),
    END,
};
static const struct shape tent[] = {
    F("M 0 88 L -60 0 L 60 0 Z", MAIN),     F("M 0 88 L -18 0 L 18 0 Z", DARK),
    F("M 0 70 L -10 0 L 10 0 Z", 0x4a3a34), L("M 0 88 L -4 98 M 0 88 L 4 98", 0x8a6a48, 3),
    F("M 0 88 L 44 0 L 60 0 Z", ACC),       END,
};
static const struct shape barn[] = {
    F("M -50 0 L -50 50 L -32 82 L 0 96 L 32 82 L 50 50 L 50 0 Z", MAIN),
    L("M -56 46 L -35 84 L 0 100 L 35 84 L 56 46", 0xf4ead6, 6),
    F("B -20 0 40 40 1", DARK),
    L("M -20 0 L 20 40 M -20 40 L 20 0 M -20 1 L -20 40 L 20 40 L 20 1", 0xf4ead6, 3),
    F("B -9 58 18 16 1", PANE),
    L("M 0 58 L 0 74 M -9 66 L 9 66", 0xf4ead6, 2),
    END,
};
static const struct shape fence[] = {
    F("B -100 24 200 9 2", MAIN),
    F("B -100 54 200 9 2", MAIN),
    F("M -92 0 L -92 78 L -84 92 L -76 78 L -76 0 Z M -50 0 L -50 78 L -42 92 L -34 78 L -34 0 Z M "
      "-8 0 L -8 78 L 0 92 L 8 78 L 8 0 Z M 34 0 L 34 78 L 42 92 L 50 78 L 50 0 Z M 76 0 L 76 78 L "
      "84 92 L 92 78 L 92 0 Z",
      LIGHT),
    END,
};
static const struct shape temple[] = {
    F("B -44 0 88 8 1", 0x9a958c),
    F("B -36 8 72 24 0", MAIN),
    F("M -56 30 C -40 34 -34 40 -30 48 L 30 48 C 34 40 40 34 56 30 C 40 28 -40 28 -56 30 Z", ACC),
    F("B -26 46 52 18 0", MAIN),
    F("M -44 62 C -32 66 -26 72 -22 78 L 22 78 C 26 72 32 66 44 62 C 30 60 -30 60 -44 62 Z", ACC),
    F("B -16 76 32 10 0", MAIN),
    F("M -30 84 C -16 88 -8 96 0 106 C 8 96 16 88 30 84 C 20 82 -20 82 -30 84 Z", ACC),
    F("B -9 8 18 20 1", 0x6a4a34),
    F("B -20 50 8 10 1", PANE),
    F("B 12 50 8 10 1", PANE),
    F("B -30 12 10 14 1", PANE),
    F("B 20 12 10 14 1", PANE),
    END,
};
static const struct shape pyramid[] = {
    F("M 0 100 L -90 0 L 30 0 Z", MAIN),
    F("M 0 100 L 30 0 L 90 0 Z", DARK),
    L("M -76 16 L 25 16 M -60 34 L 20 34 M -44 52 L 14 52 M -28 70 L 8 70", DARK, 1),
    END,
};
static const struct shape fountain[] = {
    FM("M -4 60 C -10 96 -30 96 -36 66 C -28 84 -16 84 -2 60 Z M 4 60 C 10 96 30 96 36 66 C 28 84 "
       "16 84 2 60 Z M -3 60 C -2 100 2 100 3 60 Z",
       0xa9dcf5, RISE, 0, 60),
    F("B -5 20 10 42 2", MAIN),
    F("M -30 44 C -26 30 26 30 30 44 Z", MAIN),
    F("M -56 20 C -54 4 -40 0 0 0 C 40 0 54 4 56 20 Z", DARK),
    F("O 0 21 54 7", 0x7cc4ea),
    END,
};
static const struct shape igloo[] = {
    F("M -54 0 C -54 84 54 84 54 0 Z", MAIN),
    L("M -50 22 L 50 22 M -40 44 L 40 44 M -26 0 L -26 22 M 26 0 L 26 22 M 0 22 L 0 44 M -36 22 L "
      "-34 44 M 36 22 L 34 44 M -14 44 L -12 60 M 14 44 L 12 60",
      DARK, 2),
    F("M -22 0 C -22 40 22 40 22 0 Z", LIGHT),
    F("M -14 0 C -14 28 14 28 14 0 Z", 0x4a5f7c),
    END,
};
static const struct shape lamppost[] = {
    F("B -3 0 6 80 1", 0x3d4450),
    F("M -12 0 L -7 10 L 7 10 L 12 0 Z", 0x3d4450),
    F("M -10 80 L -14 96 L 14 96 L 10 80 Z", GLOW | 0xffe9a0),
    F("M -17 96 L 0 106 L 17 96 Z", 0x3d4450),
    F("O 0 88 26 26", SHINE),
    END,
};
static const struct kind rows[] = {
    { "house", LANE_BACK, GAIT_NONE, 42, 118, 0xf6e3c0, 0xc8553d, house, FORM_SHAPES, 0, 92,
      false },
    { "castle", LANE_BACK, GAIT_NONE, 54, 126, 0xc9c3cf, 0x7a5fb0, castle, FORM_SHAPES, 0, 100,
      false },
    { "tower", LANE_BACK, GAIT_NONE, 50, 42, 0xc2bcb4, 0x8a8078, tower, FORM_SHAPES, 0, 88, false },
    { "lighthouse", LANE_BACK, GAIT_NONE, 56, 70, 0xfaf6f0, 0xd6453d, lighthouse, FORM_SHAPES, 0, 0,
      false },
    { "church", LANE_BACK, GAIT_NONE, 48, 96, 0xf2ead8, 0x6a6f8a, church, FORM_SHAPES, 0, 0,
      false },
    { "bridge", LANE_BACK, GAIT_NONE, 26, 200, 0xb8a894, 0x8a7a68, bridge, FORM_SHAPES, 0, 62,
      false },
    { "windmill", LANE_BACK, GAIT_NONE, 44, 76, 0xf4ead6, 0xb8553d, windmill, FORM_SHAPES, 0, 82,
      false },
    { "tent", LANE_BACK, GAIT_NONE, 30, 122, 0xf08a3c, 0xd86a28, tent, FORM_SHAPES, 0, 0, false },
    { "barn", LANE_BACK, GAIT_NONE, 42, 112, 0xc8402f, 0xf4ead6, barn, FORM_SHAPES, 0, 96, false },
    { "fence", LANE_LOW, GAIT_NONE, 15, 200, 0xe8dcc8, 0xc9b89a, fence, FORM_SHAPES, 0, 90, false },
    { "temple", LANE_BACK, GAIT_NONE, 46, 112, 0xd64f40, 0x3f5a5c, temple, FORM_SHAPES, 0, 0,
      false },
    { "pyramid", LANE_BACK, GAIT_NONE, 44, 180, 0xe8c274, 0xc99a4a, pyramid, FORM_SHAPES, 0, 0,
      false },
    { "fountain", LANE_BACK, GAIT_NONE, 30, 114, 0xc2c6cc, 0x8a929c, fountain, FORM_SHAPES, 0, 0,
      false },
    { "igloo", LANE_BACK, GAIT_NONE, 28, 110, 0xe6f2fa, 0xb8d4e6, igloo, FORM_SHAPES, 0, 62,
      false },
    { "street lamp", LANE_BACK, GAIT_NONE, 42, 34, 0x3d4450, 0xffe9a0, lamppost, FORM_SHAPES, 0, 0,
      false },
    { "city", LANE_FAR, GAIT_NONE, 44, 240, 0x5f7396, 0x43557a, NULL, FORM_CITY, 0, 0, false },
    { "sign", LANE_BACK, GAIT_NONE, 26, 150, 0xb8854f, 0x7a5230, NULL, FORM_SIGN, 0, 0, false },
};
KINDS(kinds_buildings, rows);
