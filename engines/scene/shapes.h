/* Short names for the rows of the kinds_*.c tables, which alone use them. */
#ifndef CHELA_ENGINES_SCENE_SHAPES_H
#define CHELA_ENGINES_SCENE_SHAPES_H

#include "engines/scene/kinds.h"

/* Filled; a stroke of a width; each as it moves about a point. END closes a list. */
#define F(path, ink)                                                                               \
    { path, ink, 0, STILL, 0, 0 }
#define L(path, ink, line)                                                                         \
    { path, ink, line, STILL, 0, 0 }
#define FM(path, ink, move, x, y)                                                                  \
    { path, ink, 0, move, x, y }
#define LM(path, ink, line, move, x, y)                                                            \
    { path, ink, line, move, x, y }
#define END                                                                                        \
    { NULL, 0, 0, 0, 0, 0 }

#define BLACK 0x26262e
#define WHITE 0xfdfbf7
#define PINK  0xf2a0a8
#define SKIN  0xf3c9a5

#define KINDS(name, rows) const struct kinds name = { rows, sizeof(rows) / sizeof((rows)[0]) }

#endif
