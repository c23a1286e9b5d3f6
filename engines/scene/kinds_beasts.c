/* Large animals: of the farm, of the wild, and of stories. */
#include "engines/scene/shapes.h"

static const struct shape cow[] = {
    LM("M 66 66 C 80 60 78 40 74 24", MAIN, 4, WAG, 66, 66),
    FM("O 74 20 5 8", 0x4a3a34, WAG, 66, 66),
    FM("B -44 0 13 34 3", DARK, STEP, -38, 32),
    FM("B 42 0 13 34 3", DARK, STEP_2, 48, 32),
    F("M -54 64 C -58 34 -50 22 -30 22 L 54 22 C 70 24 74 56 66 68 C 50 80 -46 80 -54 64 Z", MAIN),
    FM("B -28 0 13 34 3", MAIN, STEP_2, -22, 32),
    FM("B 26 0 13 34 3", MAIN, STEP, 32, 32),
    F("M -20 76 C -28 60 -10 46 6 54 C 20 60 16 76 6 77 Z", ACC),
    F("M 44 74 C 30 66 34 46 50 44 C 66 44 68 62 62 70 Z", ACC),
    F("M -46 40 C -38 34 -30 40 -34 50 C -40 56 -48 52 -46 40 Z", ACC),
    F("B -44 0 13 6 2", 0x4a3a34),
    F("B 42 0 13 6 2", 0x4a3a34),
    F("B -28 0 13 6 2", 0x4a3a34),
    F("B 26 0 13 6 2", 0x4a3a34),
    F("O 14 22 12 7", PINK),
    FM("M -50 92 C -60 94 -66 102 -62 106 M -50 92 L -66 98 L -62 108 Z", 0xe8dcc0, NOD, -56, 70),
    FM("M -72 92 L -88 100 L -90 86 L -76 82 Z M -42 92 L -28 98 L -28 84 L -42 82 Z", MAIN, NOD,
       -56, 70),
    FM("M -72 92 C -74 104 -84 106 -86 108 C -74 112 -66 104 -66 96 Z M -46 92 C -46 104 -38 108 "
       "-34 108 C -42 114 -52 106 -52 96 Z",
       0xe8dcc0, NOD, -56, 70),
    FM("M -78 64 C -80 92 -72 98 -58 98 C -44 98 -38 90 -40 64 C -42 52 -76 52 -78 64 Z", MAIN, NOD,
       -56, 70),
    FM("M -76 96 C -80 84 -72 74 -64 76 C -58 84 -62 98 -66 98 Z", ACC, NOD, -56, 70),
    FM("O -60 60 22 13", PINK, NOD, -56, 70),
    FM("O -68 60 3 4", 0xc0707c, NOD, -56, 70),
    FM("O -52 60 3 4", 0xc0707c, NOD, -56, 70),
    FM("O -68 82 3.6 4.6", BLACK, BLINK, -68, 82),
    FM("O -50 82 3.6 4.6", BLACK, BLINK, -50, 82),
    END,
};

#define HORSE_BODY                                                                                 \
    LM("M 58 68 C 78 66 80 40 72 20", ACC, 10, WAG, 58, 66),                                       \
        FM("M -34 34 L -40 18 L -38 0 L -28 0 L -28 18 L -22 36 Z", DARK, STEP, -30, 34),          \
        FM("M 40 36 L 50 20 L 46 0 L 56 0 L 60 22 L 56 40 Z", DARK, STEP_2, 48, 36),               \
        F("M -40 66 C -46 44 -36 30 -18 30 C 4 26 30 28 50 32 C 66 40 68 62 56 70 C 36 76 0 64 "   \
          "-24 74 Z",                                                                              \
          MAIN),                                                                                   \
        FM("M -22 38 L -24 18 L -22 0 L -12 0 L -12 18 L -6 36 Z", MAIN, STEP_2, -16, 36),         \
        FM("M 28 38 L 36 18 L 32 0 L 42 0 L 46 20 L 48 38 Z", MAIN, STEP, 38, 36),                 \
        F("B -39 0 12 6 1", BLACK), F("B -23 0 12 6 1", BLACK), F("B 31 0 12 6 1", BLACK),         \
        F("B 45 0 12 6 1", BLACK),                                                                 \
        F("M -40 60 C -50 76 -52 88 -46 96 L -28 100 C -20 84 -12 76 -8 66 Z", MAIN),              \
        F("M -36 108 L -30 96 L -40 96 Z", MAIN),                                                  \
        F("M -30 104 C -10 98 0 82 4 64 C -4 66 -10 68 -14 66 C -16 80 -24 90 -34 96 Z", ACC),     \
        F("M -34 104 C -54 104 -66 94 -84 76 C -88 66 -78 60 -70 66 C -60 72 -52 72 -42 74 C -30 " \
          "78 -26 96 -34 104 Z",                                                                   \
          MAIN),                                                                                   \
        F("M -84 76 C -88 66 -78 60 -70 66 C -72 72 -76 76 -84 76 Z", LIGHT),                      \
        F("O -80 70 1.6 2", BLACK),                                                                \
        F("M -38 104 C -48 102 -54 96 -56 90 C -48 92 -42 96 -36 98 Z", ACC),                      \
        FM("O -54 88 3 3.6", BLACK, BLINK, -54, 88)

static const struct shape horse[] = { HORSE_BODY, END };
static const struct shape unicorn[] = {
    HORSE_BODY,
    F("M -48 100 L -66 130 L -40 104 Z", 0xf7d35e),
    L("M -52 106 L -46 102 M -56 114 L -50 109 M -60 121 L -56 117", 0xd9a93a, 2),
    END,
};

static const struct shape sheep[] = {
    FM("B -32 0 9 30 3", 0x4a4348, STEP, -28, 28),
    FM("B 34 0 9 30 3", 0x4a4348, STEP_2, 38, 28),
    FM("B -16 0 9 30 3", 0x4a4348, STEP_2, -12, 28),
    FM("B 18 0 9 30 3", 0x4a4348, STEP, 22, 28),
    F("O -36 44 20 20", MAIN),
    F("O -22 72 22 20", MAIN),
    F("O 6 80 24 20", MAIN),
    F("O 36 70 22 20", MAIN),
    F("O 50 48 20 20", MAIN),
    F("O 30 32 24 16", MAIN),
    F("O -4 30 26 16", MAIN),
    F("B -36 30 84 46 20", MAIN),
    FM("M -72 76 C -84 78 -86 70 -82 66 Z M -34 76 C -24 80 -20 74 -24 68 Z", 0x4a4348, NOD, -52,
       60),
    FM("M -70 72 C -74 44 -64 38 -54 38 C -42 38 -34 46 -38 72 C -44 84 -64 84 -70 72 Z", 0x4a4348,
       NOD, -52, 60),
    FM("O -62 80 10 8", MAIN, NOD, -52, 60),
    FM("O -50 84 11 9", MAIN, NOD, -52, 60),
    FM("O -40 79 9 8", MAIN, NOD, -52, 60),
    FM("O -61 64 4 4.6", WHITE, BLINK, -61, 64),
    FM("O -47 64 4 4.6", WHITE, BLINK, -47, 64),
    FM("O -60 64 2 2.6", BLACK, BLINK, -60, 64),
    FM("O -46 64 2 2.6", BLACK, BLINK, -46, 64),
    END,
};

static const struct shape pig[] = {
    LM("M 56 56 C 70 58 62 70 58 62 C 56 54 72 52 76 62", DARK, 4, WAG, 58, 58),
    FM("B -34 0 14 26 4", DARK, STEP, -28, 24),
    FM("B 32 0 14 26 4", DARK, STEP_2, 38, 24),
    F("M -52 48 C -52 14 -30 14 0 14 C 34 14 58 20 58 50 C 56 84 20 86 0 84 C -34 84 -52 74 -52 48 "
      "Z",
      MAIN),
    FM("B -16 0 14 26 4", MAIN, STEP_2, -10, 24),
    FM("B 14 0 14 26 4", MAIN, STEP, 20, 24),
    F("M -70 78 L -78 98 L -54 88 Z M -36 82 L -24 100 L -20 78 Z", DARK),
    F("O -48 60 32 30", MAIN),
    F("O -52 52 15 11", LIGHT),
    F("O -58 52 3 4.4", 0xb8606c),
    F("O -46 52 3 4.4", 0xb8606c),
    FM("O -62 70 4 4.8", BLACK, BLINK, -62, 70),
    FM("O -38 70 4 4.8", BLACK, BLINK, -38, 70),
    L("M -60 40 Q -52 34 -44 40", 0xb8606c, 2),
    F("O -72 58 6 4", 0xff9fa8),
    F("O -28 58 6 4", 0xff9fa8),
    END,
};

static const struct shape fox[] = {
    FM("M 18 8 C 50 -6 78 20 66 62 C 60 44 40 40 24 26 Z", MAIN, WAG, 20, 10),
    FM("M 66 62 C 74 46 70 34 64 26 C 58 34 54 40 54 44 C 58 48 62 52 66 62 Z", WHITE, WAG, 20, 10),
    F("M -22 0 C -28 30 -16 48 0 48 C 16 48 28 30 22 0 Z", MAIN),
    F("M -12 44 C -14 24 -8 10 0 10 C 8 10 14 24 12 44 Z", WHITE),
    F("O -9 3 8 4.6", 0x4a3530),
    F("O 9 3 8 4.6", 0x4a3530),
    F("M -30 72 L -26 102 L -4 84 Z M 30 72 L 26 102 L 4 84 Z", MAIN),
    F("M -25 80 L -24 95 L -13 86 Z M 25 80 L 24 95 L 13 86 Z", 0x4a3530),
    F("M -36 62 C -26 88 26 88 36 62 C 24 52 12 42 0 40 C -12 42 -24 52 -36 62 Z", MAIN),
    F("M -36 62 C -22 66 -10 66 -3 54 L 0 40 C -12 42 -24 52 -36 62 Z M 36 62 C 22 66 10 66 3 54 L "
      "0 40 C 12 42 24 52 36 62 Z",
      WHITE),
    F("O 0 43 4.6 3.8", BLACK),
    FM("O -13 66 4 5", BLACK, BLINK, -13, 66),
    FM("O 13 66 4 5", BLACK, BLINK, 13, 66),
    F("O -12 68 1.3 1.6", WHITE),
    F("O 14 68 1.3 1.6", WHITE),
    END,
};

#define BEAR_BODY                                                                                  \
    F("O -27 92 11 11", DARK), F("O 27 92 11 11", DARK),                                           \
        FM("O -30 34 11 18", DARK, FLAP_2, -24, 40), FM("O 30 34 11 18", DARK, FLAP_2, 24, 40),    \
        F("O -16 6 15 8", DARK), F("O 16 6 15 8", DARK), F("O 0 28 29 28", MAIN),                  \
        F("O 0 26 18 18", LIGHT), F("O 0 72 31 26", MAIN)

static const struct shape bear[] = {
    BEAR_BODY,
    F("O -27 92 6 6", LIGHT),
    F("O 27 92 6 6", LIGHT),
    F("O 0 63 15 12", LIGHT),
    F("O 0 69 6 4.4", BLACK),
    L("M 0 65 L 0 60 M -7 58 Q 0 53 7 58", BLACK, 2),
    FM("O -13 77 4 5", BLACK, BLINK, -13, 77),
    FM("O 13 77 4 5", BLACK, BLINK, 13, 77),
    F("O -12 79 1.3 1.6", WHITE),
    F("O 14 79 1.3 1.6", WHITE),
    END,
};

static const struct shape panda[] = {
    F("O -27 92 11 11", BLACK),
    F("O 27 92 11 11", BLACK),
    FM("O -30 34 11 18", BLACK, FLAP_2, -24, 40),
    FM("O 30 34 11 18", BLACK, FLAP_2, 24, 40),
    F("O -16 6 15 8", BLACK),
    F("O 16 6 15 8", BLACK),
    F("O 0 28 29 28", MAIN),
    F("O 0 72 31 26", MAIN),
    F("M -24 78 C -22 88 -8 84 -7 74 C -8 64 -24 64 -24 78 Z M 24 78 C 22 88 8 84 7 74 C 8 64 24 "
      "64 24 78 Z",
      BLACK),
    FM("O -14 75 4 4.8", WHITE, BLINK, -14, 75),
    FM("O 14 75 4 4.8", WHITE, BLINK, 14, 75),
    FM("O -14 75 2.2 2.8", BLACK, BLINK, -14, 75),
    FM("O 14 75 2.2 2.8", BLACK, BLINK, 14, 75),
    F("O 0 64 5 3.6", BLACK),
    L("M -6 58 Q 0 54 6 58", BLACK, 2),
    END,
};

static const struct shape lion[] = {
    LM("M 20 8 C 46 4 48 26 42 36", MAIN, 5, WAG, 20, 8),
    FM("O 42 40 7 9", ACC, WAG, 20, 8),
    F("M -22 0 C -28 28 -16 48 0 48 C 16 48 28 28 22 0 Z", MAIN),
    F("O 0 18 10 16", LIGHT),
    F("O -9 3 9 5", LIGHT),
    F("O 9 3 9 5", LIGHT),
    F("O 0 66 39 37", ACC),
    F("O -22 88 8 8", MAIN),
    F("O 22 88 8 8", MAIN),
    F("O 0 66 25 24", MAIN),
    F("O -6 56 9 7", LIGHT),
    F("O 6 56 9 7", LIGHT),
    F("M -6 64 L 6 64 L 0 57 Z", 0x7a4630),
    L("M 0 57 L 0 54 M -6 52 Q 0 48 6 52", 0x7a4630, 2),
    FM("O -10 72 3.8 4.8", BLACK, BLINK, -10, 72),
    FM("O 10 72 3.8 4.8", BLACK, BLINK, 10, 72),
    F("O -9 74 1.2 1.5", WHITE),
    F("O 11 74 1.2 1.5", WHITE),
    END,
};

static const struct shape elephant[] = {
    LM("M 64 56 C 76 52 74 38 74 30", MAIN, 4, WAG, 64, 56),
    FM("B -30 0 18 36 5", DARK, STEP, -22, 34),
    FM("B 44 0 18 36 5", DARK, STEP_2, 52, 34),
    F("M -46 60 C -46 20 -24 20 0 20 C 40 20 68 22 68 54 C 66 88 20 92 -6 86 C -34 84 -46 76 -46 "
      "60 Z",
      MAIN),
    FM("B -10 0 18 36 5", MAIN, STEP_2, -2, 34),
    FM("B 24 0 18 36 5", MAIN, STEP, 32, 34),
    F("B -30 0 18 5 2", LIGHT),
    F("B -10 0 18 5 2", LIGHT),
    F("B 24 0 18 5 2", LIGHT),
    F("B 44 0 18 5 2", LIGHT),
    FM("M -62 54 C -74 40 -72 14 -84 12 C -92 12 -92 22 -100 20 C -102 4 -90 -2 -80 2 C -64 8 -58 "
       "24 -48 40 Z",
       MAIN, NOD, -58, 50),
    F("O -48 66 28 28", MAIN),
    F("M -66 46 C -74 38 -78 36 -86 36 C -80 44 -74 52 -64 54 Z", WHITE),
    FM("M -34 84 C -6 104 16 76 4 52 C -8 38 -26 40 -34 54 Z", DARK, FLAP_2, -34, 66),
    FM("M -28 78 C -8 90 6 72 -2 56 C -10 48 -22 50 -28 60 Z", PINK, FLAP_2, -34, 66),
    FM("O -60 72 3.6 4.6", BLACK, BLINK, -60, 72),
    END,
};

static const struct shape giraffe[] = {
    LM("M 34 44 C 44 42 42 30 42 26", DARK, 3, WAG, 34, 44),
    FM("B -18 0 7 32 2", DARK, STEP, -14, 30),
    FM("B 26 0 7 32 2", DARK, STEP_2, 30, 30),
    F("M -24 44 C -26 30 -14 28 4 28 C 26 28 38 32 36 44 C 30 52 0 52 -10 54 L -16 84 L -30 82 Z",
      MAIN),
    FM("B -8 0 7 32 2", MAIN, STEP_2, -4, 30),
    FM("B 14 0 7 32 2", MAIN, STEP, 18, 30),
    F("O -4 42 5 4", ACC),
    F("O 10 40 6 5", ACC),
    F("O 24 42 5 4", ACC),
    F("O 4 33 4 3", ACC),
    F("O 20 33 4 3", ACC),
    F("O -18 54 4 5", ACC),
    F("O -21 66 4 5", ACC),
    F("O -24 78 3 4", ACC),
    F("O -14 46 4 3", ACC),
    L("M -24 92 L -24 100 M -18 92 L -16 99", ACC, 2),
    F("O -24 100 2 2", ACC),
    F("O -16 99 2 2", ACC),
    F("M -16 94 L -6 96 L -12 88 Z", MAIN),
    F("M -14 90 C -14 96 -24 96 -30 92 C -40 88 -46 84 -44 79 C -40 75 -32 78 -22 78 C -14 80 -12 "
      "84 -14 90 Z",
      MAIN),
    F("M -46 82 C -44 75 -36 78 -34 80 C -36 86 -40 88 -46 82 Z", LIGHT),
    FM("O -26 88 2 2.6", BLACK, BLINK, -26, 88),
    END,
};

static const struct shape monkey[] = {
    LM("M 20 10 C 50 0 62 30 46 48 C 40 54 34 46 40 42", MAIN, 6, WAG, 20, 10),
    F("O -26 68 11 12", MAIN),
    F("O 26 68 11 12", MAIN),
    F("O -26 68 6 7", SKIN),
    F("O 26 68 6 7", SKIN),
    F("M -22 0 C -26 28 -16 46 0 46 C 16 46 26 28 22 0 Z", MAIN),
    F("O 0 20 13 16", SKIN),
    F("O -12 3 10 5", SKIN),
    F("O 12 3 10 5", SKIN),
    F("O 0 70 27 25", MAIN),
    F("M -18 72 C -20 86 -4 88 0 80 C 4 88 20 86 18 72 C 24 46 -24 46 -18 72 Z", SKIN),
    FM("O -8 74 3.6 4.6", BLACK, BLINK, -8, 74),
    FM("O 8 74 3.6 4.6", BLACK, BLINK, 8, 74),
    F("O -2 65 1.4 1.8", 0x7a4630),
    F("O 2 65 1.4 1.8", 0x7a4630),
    L("M -9 60 Q 0 52 9 60", 0x7a4630, 2),
    END,
};

static const struct shape deer[] = {
    FM("B -22 0 6 36 2", DARK, STEP, -19, 34),
    FM("B 26 0 6 36 2", DARK, STEP_2, 29, 34),
    F("M -30 52 C -32 34 -18 32 4 32 C 28 30 40 36 38 50 C 30 60 0 56 -12 60 C -16 70 -20 76 -24 "
      "80 L -38 74 Z",
      MAIN),
    F("M 36 52 L 46 58 L 40 44 Z", WHITE),
    FM("B -12 0 6 36 2", MAIN, STEP_2, -9, 34),
    FM("B 16 0 6 36 2", MAIN, STEP, 19, 34),
    F("O 2 50 3 2.4", WHITE),
    F("O 12 48 3 2.4", WHITE),
    F("O 22 50 3 2.4", WHITE),
    F("O 8 42 2.6 2", WHITE),
    F("O 18 42 2.6 2", WHITE),
    L("M -30 86 C -32 96 -44 96 -46 108 M -36 95 L -30 106 M -22 86 C -18 96 -6 96 -6 108 M -14 95 "
      "L -20 106",
      0x8a6a48, 3),
    F("M -16 84 L -4 88 L -12 76 Z", MAIN),
    F("M -14 80 C -14 90 -28 90 -34 86 C -46 82 -52 76 -50 71 C -44 67 -34 68 -24 68 C -16 70 -14 "
      "74 -14 80 Z",
      MAIN),
    F("O -50 74 3 2.8", BLACK),
    FM("O -30 80 2.6 3.4", BLACK, BLINK, -30, 80),
    END,
};

static const struct shape snake[] = {
    L("M 66 10 C 90 14 88 34 60 34 C 20 36 -10 22 -44 26 C -70 30 -66 54 -40 52 C -18 50 -6 54 -10 "
      "74",
      MAIN, 17),
    L("M 62 10 C 84 14 82 32 58 32 C 22 34 -10 20 -44 24", LIGHT, 4),
    FM("M -26 74 C -30 98 10 104 14 82 C 14 68 -20 62 -26 74 Z", MAIN, NOD, -10, 66),
    FM("O -14 86 4.6 5.4", WHITE, NOD, -10, 66),
    FM("O -15 86 2.4 3.4", BLACK, BLINK, -15, 86),
    LM("M -24 76 L -40 74 L -46 78 M -40 74 L -46 70", 0xd6453d, 2, NOD, -10, 66),
    END,
};

static const struct shape dragon[] = {
    FM("M 8 60 C 26 96 60 104 86 92 C 74 84 72 74 74 64 C 62 68 54 62 50 54 C 40 60 28 56 18 48 Z",
       ACC, FLAP, 10, 54),
    LM("M 34 18 C 66 6 82 20 96 14", MAIN, 10, WAG, 34, 18),
    FM("M 92 22 L 110 14 L 92 4 Z", ACC, WAG, 34, 18),
    F("M -22 2 C -34 30 -20 56 4 56 C 30 56 46 30 36 6 C 24 -2 -10 -2 -22 2 Z", MAIN),
    F("M -16 6 C -24 28 -14 46 0 48 C 12 40 14 16 8 4 Z", 0xf6e2a4),
    L("M -18 14 L 8 14 M -18 24 L 10 24 M -14 34 L 10 34", 0xd9bd6e, 1),
    F("O -14 2 12 5", DARK),
    F("O 22 2 13 5", DARK),
    F("M 4 58 L 14 68 L 16 54 Z M 18 52 L 30 58 L 28 44 Z", ACC),
    F("M -6 96 L 4 112 L 6 92 Z M -22 100 L -20 114 L -12 98 Z", 0xf6e2a4),
    F("M -22 48 C -14 60 -10 62 -16 68 C -36 60 -66 66 -64 78 C -62 88 -42 86 -34 92 C -22 102 10 "
      "104 12 78 C 14 62 4 52 2 44 Z",
      MAIN),
    F("O -56 80 2 2.4", BLACK),
    F("O -22 84 6 7", WHITE),
    FM("O -24 84 3.4 4.8", BLACK, BLINK, -24, 84),
    L("M -60 72 Q -40 68 -26 74", DARK, 2),
    F("M -50 70 L -48 64 L -45 70 Z", WHITE),
    END,
};

static const struct shape dinosaur[] = {
    FM("M 20 20 C 50 10 74 24 100 30 C 78 2 50 -2 20 4 Z", MAIN, WAG, 24, 14),
    F("M -30 4 C -40 34 -26 62 0 62 C 28 60 46 36 38 10 C 30 0 -20 -4 -30 4 Z", MAIN),
    F("M -26 8 C -32 30 -24 48 -10 52 C 4 44 4 18 0 4 Z", LIGHT),
    F("B -24 -2 20 14 6", DARK),
    F("B 14 -2 20 14 6", DARK),
    FM("M -24 40 L -40 36 L -42 30 L -26 30 Z", DARK, NOD, -24, 36),
    F("M 10 66 L 20 74 L 20 60 Z M 24 56 L 36 62 L 32 48 Z M 34 42 L 46 44 L 40 32 Z", ACC),
    F("M -26 52 C -22 62 -22 64 -26 66 C -46 62 -60 68 -58 82 C -54 98 -24 104 -8 98 C 8 92 8 72 2 "
      "56 Z",
      MAIN),
    F("M -58 74 C -44 70 -32 70 -22 74 C -30 64 -52 62 -58 74 Z", LIGHT),
    F("M -54 72 L -51 67 L -48 71 L -45 66 L -42 71 L -39 66 L -36 71 Z", WHITE),
    F("O -24 88 6 7", WHITE),
    FM("O -26 88 3.2 4.6", BLACK, BLINK, -26, 88),
    END,
};

static const struct kind rows[] = {
    { "cow", LANE_FRONT, GAIT_BREATHE, 32, 175, 0xfaf5ee, 0x4a3d3a, cow, FORM_SHAPES, 8, 72, true },
    { "horse", LANE_FRONT, GAIT_WALK, 36, 140, 0xa8703f, 0x5b3a22, horse, FORM_SHAPES, 10, 62,
      true },
    { "unicorn", LANE_FRONT, GAIT_WALK, 36, 140, 0xfaf4fb, 0xe58fc4, unicorn, FORM_SHAPES, 10, 62,
      true },
    { "sheep", LANE_FRONT, GAIT_BREATHE, 25, 140, 0xfaf6ee, 0x4a4348, sheep, FORM_SHAPES, 8, 92,
      true },
    { "pig", LANE_FRONT, GAIT_BREATHE, 24, 140, 0xf3a9b0, 0xd98790, pig, FORM_SHAPES, 10, 80,
      true },
    { "fox", LANE_FRONT, GAIT_BREATHE, 27, 110, 0xe87f35, 0xffffff, fox, FORM_SHAPES, 0, 84, true },
    { "bear", LANE_FRONT, GAIT_BREATHE, 34, 74, 0x9a6a42, 0x7a5232, bear, FORM_SHAPES, 0, 96,
      true },
    { "panda", LANE_FRONT, GAIT_BREATHE, 32, 74, 0xfaf6f0, 0x26262e, panda, FORM_SHAPES, 0, 96,
      true },
    { "lion", LANE_FRONT, GAIT_BREATHE, 33, 90, 0xe8b04f, 0xa8622c, lion, FORM_SHAPES, 0, 98,
      true },
    { "elephant", LANE_FRONT, GAIT_WALK, 40, 160, 0x9aa5b5, 0x7c8796, elephant, FORM_SHAPES, 16, 86,
      true },
    { "giraffe", LANE_FRONT, GAIT_BREATHE, 46, 86, 0xf2c25a, 0xb87a38, giraffe, FORM_SHAPES, 12, 48,
      true },
    { "monkey", LANE_FRONT, GAIT_BREATHE, 26, 96, 0x8a5a3a, 0x6a4228, monkey, FORM_SHAPES, 0, 94,
      true },
    { "deer", LANE_FRONT, GAIT_BREATHE, 34, 96, 0xb8804a, 0x8a5a34, deer, FORM_SHAPES, 8, 56,
      true },
    { "snake", LANE_FRONT, GAIT_WALK, 17, 170, 0x5aa24a, 0x3d7a34, snake, FORM_SHAPES, 0, 0, true },
    { "dragon", LANE_FRONT, GAIT_BREATHE, 38, 160, 0x4fae6a, 0xe0663c, dragon, FORM_SHAPES, -6, 100,
      true },
    { "dinosaur", LANE_FRONT, GAIT_BREATHE, 36, 160, 0x6db350, 0xe0863c, dinosaur, FORM_SHAPES, -20,
      98, true },
};
KINDS(kinds_beasts, rows);
