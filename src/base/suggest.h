/* "Did you mean …?": the nearest of a list by edits (insert, delete, replace, swap neighbours). */
#ifndef CHELA_BASE_SUGGEST_H
#define CHELA_BASE_SUGGEST_H

#include "base/str.h"

struct suggest {
    str typed;
    str best;       /* empty: nothing is near enough */
    unsigned edits; /* of best */
};

void suggest_init(struct suggest *s, str typed);
void suggest_offer(struct suggest *s, str candidate); /* candidate must outlive s */

#endif
