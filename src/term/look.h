/* What the terminal is and may be sent. */
#ifndef CHELA_TERM_LOOK_H
#define CHELA_TERM_LOOK_H

#include <stdbool.h>
#include <stddef.h>

struct look {
    size_t columns, rows;
    bool colour; /* styling may be sent */
    bool moves;  /* the cursor may be moved, so lines may be drawn again */
};

#endif
