/* Things people own. */
#include "engines/scene/shapes.h"

static const struct shape book[] = {
    F("M -60 6 L 0 0 L 60 6 L 60 74 L 0 66 L -60 74 Z", MAIN),
    F("M -55 12 C -36 4 -14 4 0 10 L 0 76 C -14 70 -36 70 -55 78 Z", 0xfdf8ec),
    F("M 55 12 C 36 4 14 4 0 10 L 0 76 C 14 70 36 70 55 78 Z", 0xf4ecd8),
    L("M -46 64 C -34 60 -20 60 -9 63 M -46 52 C -34 48 -20 48 -9 51 M -46 40 C -34 36 -20 36 -9 "
      "39 M -46 28 C -34 24 -20 24 -9 27 M 46 64 C 34 60 20 60 9 63 M 46 52 C 34 48 20 48 9 51 M "
      "46 40 C 34 36 20 36 9 39",
      0xa89c88, 2),
    F("M 22 12 L 22 -8 L 27 -2 L 32 -8 L 32 11 Z", ACC),
    END,
};
static const struct shape lamp[] = {
    F("M -40 60 L -70 0 L 70 0 L 40 60 Z", SHINE),
    F("O 0 6 28 7", ACC),
    F("B -3 6 6 50 2", ACC),
    F("M -22 98 L 22 98 L 40 52 L -40 52 Z", MAIN),
    F("O 0 53 39 5", GLOW | 0xfff3c4),
    L("M 26 52 L 26 34", 0x8a8d96, 1),
    F("O 26 32 3 3", 0x8a8d96),
    END,
};
static const struct shape computer[] = {
    F("M -62 10 L 62 10 L 74 0 L -74 0 Z", 0xb8bec8),
    F("M -54 8 L 54 8 L 58 4 L -58 4 Z", 0x8a929c),
    F("B -62 10 124 82 5", MAIN),
    F("B -56 18 112 68 2", 0x1f3550),
    L("M -46 74 L -10 74 M -46 64 L 12 64 M -38 54 L 26 54 M -38 44 L 2 44 M -46 34 L -18 34",
      GLOW | 0x7be0b0, 3),
    L("M 8 44 L 30 44 M -14 34 L 10 34", GLOW | 0xf2c14a, 3),
    FM("B 14 30 4 8 0", GLOW | 0xffffff, BLINK, 16, 34),
    END,
};
static const struct shape phone[] = {
    F("B -26 0 52 100 9", MAIN),
    F("B -22 10 44 80 3", 0x2f6fb0),
    F("M -22 10 L 22 10 L 22 46 C 8 58 -6 40 -22 52 Z", 0x59b0c8),
    F("O 8 72 8 8", 0xffe08a),
    F("B -16 58 10 10 3", 0xffffff),
    F("B -16 22 10 10 3", 0xf2a03c),
    F("B -2 22 10 10 3", 0x6ab04c),
    F("B 10 22 8 10 3", 0xe8506a),
    F("B -6 93 12 3 1", 0x6a707c),
    F("O 0 5 3 3", 0x6a707c),
    END,
};
static const struct shape clock[] = {
    L("M -24 8 L -32 -2 M 24 8 L 32 -2", 0x5a4a40, 5),
    F("O -30 88 14 12", ACC),
    F("O 30 88 14 12", ACC),
    F("O 0 48 46 46", MAIN),
    F("O 0 48 38 38", WHITE),
    L("M 0 84 L 0 78 M 0 12 L 0 18 M 36 48 L 30 48 M -36 48 L -30 48 M 18 79 L 16 75 M 31 66 L 27 "
      "64 M 18 17 L 16 21 M 31 30 L 27 32 M -18 79 L -16 75 M -31 66 L -27 64 M -18 17 L -16 21 M "
      "-31 30 L -27 32",
      0x33353f, 2),
    LM("M 0 48 L -16 62", 0x33353f, 4, STILL, 0, 0),
    LM("M 0 48 L 12 74", 0x33353f, 3, STILL, 0, 0),
    LM("M 0 44 L 0 80", 0xd6453d, 1, TURN, 0, 48),
    F("O 0 48 4 4", 0xd6453d),
    END,
};
static const struct shape key[] = {
    F("M -4 54 L -4 4 L 4 0 L 6 54 Z", MAIN),
    F("M 4 4 L 20 4 L 20 14 L 12 14 L 12 20 L 22 20 L 22 30 L 4 30 Z", MAIN),
    L("O 0 76 18 18", MAIN, 12),
    F("B -8 50 16 8 2", DARK),
    END,
};
static const struct shape heart[] = {
    FM("M 0 -2 C -70 44 -58 98 -26 98 C -10 98 -2 88 0 78 C 2 88 10 98 26 98 C 58 98 70 44 0 -2 Z",
       MAIN, BEAT, 0, 50),
    FM("M -40 72 C -40 84 -32 90 -24 89 C -32 82 -34 72 -32 60 C -38 62 -40 66 -40 72 Z", SHINE,
       BEAT, 0, 50),
    END,
};
static const struct shape ball[] = {
    F("O 0 50 50 50", MAIN),
    F("M 0 100 C -16 84 -16 16 0 0 C 30 4 48 26 50 50 C 48 76 30 96 0 100 Z", ACC),
    F("M 0 100 C 10 84 10 16 0 0 C -8 14 -10 86 0 100 Z", WHITE),
    F("M 50 50 C 36 58 16 60 2 58 L 2 42 C 16 40 36 42 50 50 Z", WHITE),
    F("O -24 74 9 7", SHINE),
    END,
};
static const struct shape soccer_ball[] = {
    F("O 0 50 50 50", WHITE),
    F("M 0 72 L -20 57 L -12 34 L 12 34 L 20 57 Z", BLACK),
    F("M -16 98 L 0 88 L 16 98 C 6 101 -6 101 -16 98 Z M 49 58 L 36 68 L 38 82 C 45 76 48 68 49 58 "
      "Z M -49 58 L -36 68 L -38 82 C -45 76 -48 68 -49 58 Z M 36 16 L 26 18 L 22 6 C 28 8 33 12 "
      "36 16 Z M -36 16 L -26 18 L -22 6 C -28 8 -33 12 -36 16 Z",
      BLACK),
    L("M 0 72 L 0 88 M 20 57 L 36 68 M -20 57 L -36 68 M 12 34 L 26 18 M -12 34 L -26 18", BLACK,
      2),
    END,
};
static const struct shape umbrella[] = {
    L("M 0 66 L 0 10 C 0 -4 18 -4 18 10", 0x7a5334, 5),
    F("M -60 56 C -58 92 -26 98 0 98 C 26 98 58 92 60 56 C 50 64 44 64 38 56 C 32 64 24 64 19 56 C "
      "12 64 6 64 0 56 C -6 64 -12 64 -19 56 C -24 64 -32 64 -38 56 C -44 64 -50 64 -60 56 Z",
      MAIN),
    F("M -19 56 C -16 80 -8 96 0 98 C 8 96 16 80 19 56 C 12 64 6 64 0 56 C -6 64 -12 64 -19 56 Z",
      ACC),
    L("M 0 98 L 0 106", 0x7a5334, 4),
    END,
};
static const struct shape hat[] = {
    F("O 0 12 62 12", MAIN),
    F("M -34 14 C -36 60 -26 92 0 90 C 26 92 36 60 34 14 Z", MAIN),
    F("M -35 14 C -20 6 20 6 35 14 L 35 30 C 20 22 -20 22 -35 30 Z", ACC),
    F("M -22 46 C -22 64 -16 78 -8 82 C -14 72 -16 60 -15 44 Z", SHINE),
    END,
};
static const struct shape guitar[] = {
    F("M -9 40 L -6 98 L 6 98 L 9 40 Z", 0x6a4428),
    F("B -9 94 18 14 3", 0x4a3020),
    F("O -12 98 2.4 2", 0xd9dee6),
    F("O 12 98 2.4 2", 0xd9dee6),
    F("O -12 104 2.4 2", 0xd9dee6),
    F("O 12 104 2.4 2", 0xd9dee6),
    F("M 0 56 C -22 60 -28 44 -20 34 C -38 24 -34 -4 0 -4 C 34 -4 38 24 20 34 C 28 44 22 60 0 56 Z",
      MAIN),
    F("O 0 34 9 9", 0x4a3020),
    F("B -12 8 24 5 1", 0x4a3020),
    L("M -3 10 L -3 96 M 0 10 L 0 96 M 3 10 L 3 96", 0xe6e9ee, 1),
    L("M -7 58 L 7 58 M -7 66 L 7 66 M -7 74 L 7 74 M -6 82 L 6 82", 0xc9ced8, 1),
    END,
};
static const struct shape piano[] = {
    F("B -62 0 10 34 1", DARK),
    F("B 52 0 10 34 1", DARK),
    F("B -66 56 132 42 4", MAIN),
    F("B -70 28 140 30 3", MAIN),
    F("B -62 38 124 16 1", WHITE),
    L("M -50 38 L -50 54 M -38 38 L -38 54 M -26 38 L -26 54 M -14 38 L -14 54 M -2 38 L -2 54 M "
      "10 38 L 10 54 M 22 38 L 22 54 M 34 38 L 34 54 M 46 38 L 46 54",
      0xb8bec8, 1),
    L("M -50 46 L -50 53 M -38 46 L -38 53 M -14 46 L -14 53 M -2 46 L -2 53 M 10 46 L 10 53 M 34 "
      "46 L 34 53 M 46 46 L 46 53",
      BLACK, 5),
    F("B -24 62 48 28 1", WHITE),
    L("M -18 84 L 18 84 M -18 78 L 18 78 M -18 72 L 18 72 M -18 66 L 18 66", 0xa0a4ac, 1),
    END,
};
static const struct shape drum[] = {
    F("M -46 14 L -46 66 L 46 66 L 46 14 C 46 -4 -46 -4 -46 14 Z", MAIN),
    L("M -44 60 L -22 4 L 0 54 L 22 4 L 44 60", WHITE, 3),
    F("O 0 66 46 12", 0xfdf3dc),
    L("O 0 66 46 12", ACC, 4),
    L("M 18 70 L 52 98 M -18 70 L -52 98", 0xb8854f, 4),
    F("O 18 70 4 4", 0xd9b07a),
    F("O -18 70 4 4", 0xd9b07a),
    END,
};
static const struct shape chess[] = {
    /* a king and a knight's board piece: the white king */
    L("M 0 84 L 0 104 M -8 96 L 8 96", MAIN, 5),
    F("M -14 84 C -10 78 10 78 14 84 L 20 66 L -20 66 Z", MAIN),
    F("B -20 62 40 6 2", LIGHT),
    F("M -14 62 C -12 40 -18 24 -22 18 L 22 18 C 18 24 12 40 14 62 Z", MAIN),
    F("B -26 10 52 10 3", MAIN),
    F("B -32 0 64 11 3", DARK),
    F("M -8 58 C -8 40 -11 28 -13 20 L -8 20 C -5 32 -4 44 -4 58 Z", SHINE),
    END,
};
static const struct shape chair[] = {
    F("B -30 0 8 46 1", DARK),
    F("B 22 0 8 46 1", DARK),
    F("B -30 48 8 52 2", MAIN),
    F("B 22 48 8 52 2", MAIN),
    F("B -24 82 48 10 2", MAIN),
    F("B -24 66 48 10 2", MAIN),
    F("M -34 52 L 34 52 L 40 40 L -40 40 Z", ACC),
    F("B -40 34 80 7 2", MAIN),
    F("B -38 0 8 36 1", MAIN),
    F("B 30 0 8 36 1", MAIN),
    END,
};
static const struct shape table[] = {
    F("M -70 84 L 70 84 L 86 70 L -86 70 Z", LIGHT),
    F("B -86 60 172 11 2", MAIN),
    F("B -76 0 11 62 2", MAIN),
    F("B 65 0 11 62 2", MAIN),
    F("B -52 14 8 48 2", DARK),
    F("B 44 14 8 48 2", DARK),
    END,
};
static const struct shape bed[] = {
    F("B -90 0 10 78 3", 0x7a5334),
    F("B 80 0 10 50 3", 0x7a5334),
    F("B -84 14 168 22 2", 0x9a6f45),
    F("B -82 34 164 20 6", WHITE),
    F("M -76 52 C -76 70 -36 70 -36 52 Z", WHITE),
    F("M -34 58 C 0 64 60 64 84 56 L 84 22 L -34 22 Z", MAIN),
    F("M -34 58 L -34 46 L 84 44 L 84 56 C 60 64 0 64 -34 58 Z", LIGHT),
    END,
};
static const struct shape candle[] = {
    FM("M 0 74 C -12 80 -8 92 0 104 C 8 92 12 80 0 74 Z", GLOW | 0xffb03c, FLICKER, 0, 74),
    FM("M 0 76 C -5 80 -4 86 0 92 C 4 86 5 80 0 76 Z", GLOW | 0xfff0b0, FLICKER, 0, 76),
    F("O 0 84 30 30", SHINE),
    L("M 0 68 L 0 78", BLACK, 2),
    F("M -14 68 C -10 72 10 72 14 68 L 14 6 L -14 6 Z", MAIN),
    F("M -14 68 C -14 60 -8 60 -8 50 C -6 60 -2 62 2 64 C 6 58 10 54 14 60 L 14 68 Z", LIGHT),
    F("O 0 6 24 6", ACC),
    END,
};
static const struct shape gift[] = {
    F("B -40 0 80 62 3", MAIN),
    F("B -46 56 92 18 3", DARK),
    F("B -8 0 16 74 0", ACC),
    F("M 0 74 C -36 74 -40 98 -22 98 C -8 98 -2 84 0 74 Z M 0 74 C 36 74 40 98 22 98 C 8 98 2 84 0 "
      "74 Z",
      ACC),
    F("O 0 76 8 7", ACCD),
    END,
};
static const struct shape camera[] = {
    F("B -28 64 36 18 4", MAIN),  F("B -54 8 108 62 8", MAIN),
    F("B -54 36 108 12 0", DARK), F("O 4 38 28 28", 0x4a505c),
    F("O 4 38 21 21", 0x26384f),  F("O 4 38 12 12", 0x3f6f9c),
    F("O -3 46 5 5", SHINE),      F("B 30 54 16 8 2", GLOW | 0xfff3c4),
    F("O -42 58 5 5", 0xd6453d),  END,
};
static const struct shape pencil[] = {
    F("M -11 82 L -11 24 L 11 24 L 11 82 Z", MAIN),
    F("B -4 24 8 58 0", LIGHT),
    F("M -11 24 L 0 -4 L 11 24 Z", 0xf2d3a4),
    F("M -4 7 L 0 -4 L 4 7 Z", BLACK),
    F("B -11 80 22 8 0", 0xc9ced8),
    F("M -11 88 C -11 102 11 102 11 88 Z", 0xf28fa0),
    END,
};
static const struct shape flag[] = {
    F("B -40 0 6 100 2", 0x8a6a48),
    FM("M -34 96 C -10 106 14 84 44 96 L 44 52 C 14 40 -10 62 -34 52 Z", MAIN, BILLOW, -34, 74),
    FM("M -34 82 C -10 92 14 70 44 82 L 44 66 C 14 54 -10 76 -34 66 Z", ACC, BILLOW, -34, 74),
    F("O -37 102 5 5", 0xf2c14a),
    END,
};
static const struct shape crown[] = {
    F("M -46 6 L -54 74 L -26 44 L 0 92 L 26 44 L 54 74 L 46 6 Z", MAIN),
    F("B -48 0 96 14 3", DARK),
    F("O -54 78 6 6", ACC),
    F("O 0 96 7 7", ACC),
    F("O 54 78 6 6", ACC),
    F("O 0 24 7 9", ACC),
    F("O -24 20 5 6", 0x4f9be0),
    F("O 24 20 5 6", 0x4f9be0),
    END,
};
static const struct shape diamond[] = {
    F("M 0 0 L -50 66 L -28 92 L 28 92 L 50 66 Z", MAIN),
    F("M 0 0 L -50 66 L -20 66 Z", DARK),
    F("M 0 0 L 20 66 L 50 66 Z", DARK),
    F("M -20 66 L -28 92 L 0 92 Z M 20 66 L 28 92 L 0 92 Z", LIGHT),
    F("M -20 66 L 0 92 L 20 66 L 0 0 Z", SHINE),
    END,
};
static const struct shape trophy[] = {
    L("M -30 84 C -58 88 -54 50 -24 50 M 30 84 C 58 88 54 50 24 50", MAIN, 7),
    F("M -32 94 L 32 94 C 34 60 20 42 8 40 L 8 22 L -8 22 L -8 40 C -20 42 -34 60 -32 94 Z", MAIN),
    F("B -34 90 68 8 3", LIGHT),
    F("S 0 70 13 5", LIGHT),
    F("M -20 14 L 20 14 L 14 24 L -14 24 Z", DARK),
    F("B -30 0 60 15 2", 0x6a4428),
    END,
};
static const struct shape bell[] = {
    FM("O 0 8 9 8", DARK, WAG, 0, 96),
    F("M -48 14 C -30 24 -38 92 0 94 C 38 92 30 24 48 14 Z", MAIN),
    F("B -52 8 104 9 4", DARK),
    F("O 0 96 8 6", ACC),
    F("M -24 30 C -20 60 -16 76 -6 84 C -16 80 -28 60 -30 30 Z", SHINE),
    END,
};
static const struct shape anchor[] = {
    L("O 0 88 9 9", MAIN, 6),
    L("M 0 78 L 0 8 M -24 64 L 24 64", MAIN, 9),
    L("M -44 34 C -40 8 -18 4 0 4 C 18 4 40 8 44 34", MAIN, 9),
    F("M -54 28 L -42 48 L -32 30 Z M 54 28 L 42 48 L 32 30 Z", MAIN),
    END,
};
static const struct shape bag[] = {
    L("M -20 70 C -20 104 20 104 20 70", DARK, 6),
    F("M -44 0 C -50 0 -48 40 -42 72 L 42 72 C 48 40 50 0 44 0 Z", MAIN),
    F("M -42 72 L -44 44 C -20 34 20 34 44 44 L 42 72 Z", DARK),
    F("B -7 34 14 12 3", 0xf2c14a),
    END,
};
static const struct shape shoe[] = {
    F("M -60 8 L -58 70 C -44 78 -28 78 -22 70 C -10 52 14 44 44 36 C 62 30 64 18 62 8 Z", MAIN),
    F("B -64 0 128 12 5", WHITE),
    L("M -20 66 L -6 58 M -12 58 L 4 50 M -2 52 L 14 44", WHITE, 4),
    F("M 30 40 C 40 30 44 20 44 10 L 62 8 C 64 18 62 30 44 36 Z", ACC),
    F("B -60 34 16 8 2", ACC),
    END,
};
static const struct shape glasses[] = {
    L("M -70 62 L -56 60 M 70 62 L 56 60 M -12 56 Q 0 64 12 56", MAIN, 6),
    F("O -34 48 22 20", 0xcfeaf7),
    F("O 34 48 22 20", 0xcfeaf7),
    L("O -34 48 22 20", MAIN, 6),
    L("O 34 48 22 20", MAIN, 6),
    F("M -46 52 L -34 60 L -30 60 L -44 48 Z M 22 52 L 34 60 L 38 60 L 24 48 Z", SHINE),
    END,
};
static const struct shape television[] = {
    L("M -8 86 L -26 104 M 8 86 L 26 104", 0x4a505c, 4),
    L("M -36 6 L -44 -2 M 36 6 L 44 -2", 0x4a505c, 6),
    F("B -62 4 124 84 8", MAIN),
    F("B -54 14 84 64 6", 0x7fb8d8),
    F("M -54 14 L 30 14 L 30 40 C 10 54 -20 30 -54 44 Z", 0x6ab04c),
    F("O -28 60 9 9", 0xffe08a),
    F("O 46 64 7 7", DARK),
    F("O 46 44 7 7", DARK),
    L("M 40 28 L 52 28 M 40 22 L 52 22", DARK, 2),
    END,
};
static const struct shape light_bulb[] = {
    F("O 0 62 52 52", SHINE),
    F("M -14 24 C -14 38 -34 44 -34 66 C -34 88 -18 100 0 100 C 18 100 34 88 34 66 C 34 44 14 38 "
      "14 24 Z",
      GLOW | 0xffe37a),
    L("M -10 26 L -12 56 L -5 48 L 0 58 L 5 48 L 12 56 L 10 26", 0xe0963c, 2),
    F("B -15 6 30 20 4", 0x9aa2ae),
    L("M -15 12 L 15 14 M -15 19 L 15 21", 0x6a707c, 2),
    F("B -7 0 14 7 3", 0x5a606c),
    END,
};
static const struct shape globe[] = {
    F("O 0 4 34 6", 0x7a5334),
    L("M 0 6 L 0 20", 0x7a5334, 6),
    L("M -30 92 C -58 74 -52 22 0 18 C 20 16 36 24 42 34", ACC, 5),
    F("O 0 58 38 38", MAIN),
    F("M -30 76 C -18 92 -2 90 2 82 C -4 76 0 70 -8 66 C -14 72 -16 60 -22 62 C -28 66 -34 66 -30 "
      "76 Z M 8 64 C 20 72 32 66 34 56 C 30 46 24 34 14 30 C 10 40 14 46 8 52 C 2 56 4 60 8 64 Z M "
      "-18 44 C -12 48 -6 42 -8 34 C -10 28 -16 28 -20 34 Z",
      0x6ab04c),
    END,
};
static const struct shape envelope[] = {
    F("B -60 6 120 80 3", MAIN),
    F("M -60 84 L 0 40 L 60 84 Z", LIGHT),
    L("M -58 8 L -16 46 M 58 8 L 16 46 M -60 84 L 0 40 L 60 84", DARK, 2),
    F("O 0 42 9 9", 0xc8283c),
    END,
};
static const struct shape door[] = {
    F("B -34 0 68 100 3", DARK),    F("B -28 0 56 95 2", MAIN),
    F("B -20 52 17 34 1", DARK),    F("B 3 52 17 34 1", DARK),
    F("B -20 10 17 34 1", DARK),    F("B 3 10 17 34 1", DARK),
    F("O 20 48 3.4 3.4", 0xf2c94a), END,
};
static const struct shape sandcastle[] = {
    F("B -44 0 88 32 2", MAIN),
    F("B -50 0 24 56 1", DARK),
    F("B 26 0 24 56 1", DARK),
    F("B -16 20 32 50 1", MAIN),
    F("M -50 56 L -50 62 L -43 62 L -43 58 L -34 58 L -34 62 L -26 62 L -26 56 Z M 26 56 L 26 62 L "
      "33 62 L 33 58 L 42 58 L 42 62 L 50 62 L 50 56 Z M -16 70 L -16 77 L -8 77 L -8 73 L 8 73 L "
      "8 77 L 16 77 L 16 70 Z",
      MAIN),
    L("M 0 74 L 0 102", 0x8a6a48, 3),
    F("M 1 102 L 20 95 L 1 88 Z", ACC),
    F("M -9 0 L -9 14 C -9 24 9 24 9 14 L 9 0 Z", 0x8a6a3c),
    END,
};
static const struct shape teddy[] = {
    F("O -24 92 11 11", MAIN),
    F("O 24 92 11 11", MAIN),
    F("O -24 92 6 6", LIGHT),
    F("O 24 92 6 6", LIGHT),
    F("O -30 40 10 14", DARK),
    F("O 30 40 10 14", DARK),
    F("O -20 8 15 12", DARK),
    F("O 20 8 15 12", DARK),
    F("O -20 8 8 7", LIGHT),
    F("O 20 8 8 7", LIGHT),
    F("O 0 28 26 26", MAIN),
    F("O 0 72 29 25", MAIN),
    F("O 0 64 13 10", LIGHT),
    F("O 0 69 5 4", 0x4a3020),
    F("O -11 76 3 3.6", BLACK),
    F("O 11 76 3 3.6", BLACK),
    L("M -5 61 Q 0 57 5 61", 0x4a3020, 2),
    F("M 0 46 L -16 54 L -16 38 Z M 0 46 L 16 54 L 16 38 Z", ACC),
    F("O 0 46 4 4", ACCD),
    END,
};
static const struct kind rows[] = {
    { "book", LANE_TABLE, GAIT_NONE, 18, 150, 0xb8453d, 0xd6283c, book, FORM_SHAPES, 0, 70, false },
    { "lamp", LANE_TABLE, GAIT_NONE, 32, 84, 0xf2b84a, 0x7a5334, lamp, FORM_SHAPES, 0, 0, false },
    { "computer", LANE_TABLE, GAIT_NONE, 28, 148, 0x4a505c, 0xb8bec8, computer, FORM_SHAPES, 0, 92,
      false },
    { "phone", LANE_TABLE, GAIT_NONE, 24, 54, 0x2c2f38, 0x6a707c, phone, FORM_SHAPES, 0, 0, false },
    { "clock", LANE_TABLE, GAIT_NONE, 22, 100, 0xd6453d, 0xf2c14a, clock, FORM_SHAPES, 0, 94,
      false },
    { "key", LANE_TABLE, GAIT_NONE, 20, 50, 0xe0b03c, 0xb8892a, key, FORM_SHAPES, 0, 0, false },
    { "heart", LANE_AIR, GAIT_HOVER, 30, 116, 0xe8384f, 0xb82a3c, heart, FORM_SHAPES, 0, 0, false },
    { "ball", LANE_FRONT, GAIT_HOP, 16, 100, 0xe8483f, 0x3f8fd0, ball, FORM_SHAPES, 0, 100, false },
    { "soccer ball", LANE_FRONT, GAIT_HOP, 15, 100, 0xffffff, 0x26262e, soccer_ball, FORM_SHAPES, 0,
      100, false },
    { "umbrella", LANE_FRONT, GAIT_NONE, 28, 122, 0xd6453d, 0xf28f6a, umbrella, FORM_SHAPES, 0, 0,
      false },
    { "hat", LANE_WORN, GAIT_NONE, 12, 124, 0x6a4a8a, 0xf2c14a, hat, FORM_SHAPES, 0, 90, false },
    { "guitar", LANE_TABLE, GAIT_NONE, 34, 66, 0xd98a3c, 0x6a4428, guitar, FORM_SHAPES, 0, 0,
      false },
    { "piano", LANE_FRONT, GAIT_NONE, 30, 140, 0x33303a, 0x26262e, piano, FORM_SHAPES, 0, 98,
      false },
    { "drum", LANE_TABLE, GAIT_NONE, 20, 108, 0xd6453d, 0xf2c14a, drum, FORM_SHAPES, 0, 70, false },
    { "chess piece", LANE_TABLE, GAIT_NONE, 26, 64, 0xf4e8d0, 0x4a3a34, chess, FORM_SHAPES, 0, 0,
      false },
    { "chair", LANE_FRONT, GAIT_NONE, 30, 80, 0xb07a48, 0xd6574a, chair, FORM_SHAPES, 0, 44,
      false },
    { "table", LANE_FRONT, GAIT_NONE, 24, 172, 0xa8744a, 0x8a5f3c, table, FORM_SHAPES, 0, 76,
      false },
    { "bed", LANE_FRONT, GAIT_NONE, 26, 180, 0x5f8fc8, 0xf4f4f8, bed, FORM_SHAPES, 10, 56, false },
    { "candle", LANE_TABLE, GAIT_NONE, 24, 50, 0xf6ead6, 0xc9a24a, candle, FORM_SHAPES, 0, 0,
      false },
    { "gift", LANE_TABLE, GAIT_NONE, 20, 94, 0xd6453d, 0xf7d35e, gift, FORM_SHAPES, 0, 84, false },
    { "camera", LANE_TABLE, GAIT_NONE, 18, 132, 0x3d4450, 0xd6453d, camera, FORM_SHAPES, 0, 72,
      false },
    { "pencil", LANE_TABLE, GAIT_NONE, 28, 24, 0xf2b632, 0x33353f, pencil, FORM_SHAPES, 0, 0,
      false },
    { "flag", LANE_BACK, GAIT_NONE, 32, 90, 0xd6453d, 0xffffff, flag, FORM_SHAPES, 0, 0, false },
    { "crown", LANE_WORN, GAIT_NONE, 13, 116, 0xf7c93e, 0xd6283c, crown, FORM_SHAPES, 0, 0, false },
    { "diamond", LANE_TABLE, GAIT_NONE, 17, 108, 0x7fd0ee, 0x4fa8d0, diamond, FORM_SHAPES, 0, 0,
      false },
    { "trophy", LANE_TABLE, GAIT_NONE, 24, 104, 0xf2c03c, 0xc9932a, trophy, FORM_SHAPES, 0, 0,
      false },
    { "bell", LANE_TABLE, GAIT_NONE, 18, 106, 0xf2c03c, 0xd6453d, bell, FORM_SHAPES, 0, 0, false },
    { "anchor", LANE_FRONT, GAIT_NONE, 26, 108, 0x4a5f7c, 0x33455c, anchor, FORM_SHAPES, 0, 0,
      false },
    { "bag", LANE_TABLE, GAIT_NONE, 20, 96, 0xb8653d, 0x8a4528, bag, FORM_SHAPES, 0, 0, false },
    { "shoe", LANE_TABLE, GAIT_NONE, 14, 164, 0x3f8fd0, 0xd6453d, shoe, FORM_SHAPES, 0, 0, false },
    { "glasses", LANE_WORN, GAIT_NONE, 12, 144, 0x33353f, 0xcfeaf7, glasses, FORM_SHAPES, 0, 0,
      false },
    { "television", LANE_TABLE, GAIT_NONE, 26, 124, 0x9a6f45, 0x4a505c, television, FORM_SHAPES, 0,
      86, false },
    { "light bulb", LANE_TABLE, GAIT_NONE, 22, 80, 0xffe37a, 0x9aa2ae, light_bulb, FORM_SHAPES, 0,
      0, false },
    { "globe", LANE_TABLE, GAIT_NONE, 26, 96, 0x4f9fd8, 0xc9a24a, globe, FORM_SHAPES, 0, 94,
      false },
    { "envelope", LANE_TABLE, GAIT_NONE, 15, 130, 0xf6ead0, 0xd6c8a4, envelope, FORM_SHAPES, 0, 0,
      false },
    { "door", LANE_BACK, GAIT_NONE, 40, 68, 0xb8653d, 0x8a4528, door, FORM_SHAPES, 0, 0, false },
    { "sandcastle", LANE_FRONT, GAIT_NONE, 22, 102, 0xe8c27a, 0xd6453d, sandcastle, FORM_SHAPES, 0,
      0, false },
    { "teddy bear", LANE_TABLE, GAIT_NONE, 24, 82, 0xc08a5a, 0xd6453d, teddy, FORM_SHAPES, 0, 96,
      false },
};
KINDS(kinds_objects, rows);
