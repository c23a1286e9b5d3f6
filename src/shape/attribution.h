/* The three attribution headers, for the rules that treat their names apart. */
#ifndef CHELA_SHAPE_ATTRIBUTION_H
#define CHELA_SHAPE_ATTRIBUTION_H

#include "base/str.h"

enum { ATTRIBUTION_HEADERS = 3 };

struct attribution_header {
    str name, value;
    const char *setting; /* where chela.json5 renames it */
};

extern const struct attribution_header attribution_headers[ATTRIBUTION_HEADERS];

bool attribution_owns(str header);

#endif
