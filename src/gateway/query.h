/* A request's query string: name=value&…, percent-encoded. */
#ifndef CHELA_GATEWAY_QUERY_H
#define CHELA_GATEWAY_QUERY_H

#include "base/arena.h"

/* The first value of that name, decoded, in a; false: it is not there, or empty. */
bool query_value(str query, const char *name, struct arena *a, str *out);

#endif
