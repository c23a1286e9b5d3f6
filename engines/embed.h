/* local/hash-256: vectors by signed feature hashing. No learned weights: it knows which words and
 * pieces of words two texts share, and nothing of what they mean.
 *
 * Features are words (those that carry no subject count little), pairs of neighbours, and runs of
 * three to five characters inside words, so that "cat" is near "cats" and a typing mistake costs
 * little. Each feature adds its weight, with a sign of its own, to one place of the vector.
 */
#ifndef CHELA_ENGINES_EMBED_H
#define CHELA_ENGINES_EMBED_H

#include "base/str.h"

enum { EMBED_MOST = 256 };

/* out has `dimensions` floats (1 to EMBED_MOST), of length 1; a text without a letter or digit
 * gives the vector of its bytes. */
void embed_text(str text, float *out, unsigned dimensions);

#endif
