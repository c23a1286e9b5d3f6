/* The words that prompts are made of, and what each means. A table, searched longest phrase first.
 */
#ifndef CHELA_ENGINES_SCENE_WORDS_H
#define CHELA_ENGINES_SCENE_WORDS_H

#include "base/str.h"

enum meaning {
    MEANS_NOTHING, /* filler: "a", "picture", "of" */
    MEANS_KIND,    /* name: of a kind */
    MEANS_COLOUR,  /* value: 0xRRGGBB */
    MEANS_COUNT,   /* value */
    MEANS_SIZE,    /* value: hundredths */
    MEANS_PLACE,   /* value: enum place */
    MEANS_HOUR,
    MEANS_SEASON,
    MEANS_WEATHER,
    MEANS_STYLE,
    MEANS_RELATION, /* value: enum relation */
    MEANS_SIDE,     /* value: enum side */
    MEANS_AND,
    MEANS_NOT,
    MEANS_IS,
    MEANS_ROAD,
    MEANS_RIVER,
    MEANS_GROUND, /* "background" */
    MEANS_POST,   /* Korean: the thing before is where the next one is; value: enum relation */
    MEANS_COUNTER /* Korean: 마리, 개 … after a number */
};

struct word {
    enum meaning means;
    int value;
    const char *name; /* of a kind; NULL otherwise */
};

/* text: lower case, blanks between words. Takes the longest phrase at its start that is known,
 * plurals and Korean particles included; *used bytes of it. False: the first word is not known. */
bool word_find(str text, struct word *out, size_t *used, bool *plural);
/* Bytes of the first word of text. */
size_t word_length(str text);

#endif
