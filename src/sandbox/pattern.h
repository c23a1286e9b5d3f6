/* Regular expressions of JSON schemas (`pattern`): match a text, or make one that matches.
 *
 * The subset that schemas use: literals, classes, \d \w \s and their complements, ^ $, groups,
 * alternation, quantifiers. Look-around, back references and \b are refused: pattern_compile says
 * so, and the caller goes on without the pattern.
 */
#ifndef CHELA_SANDBOX_PATTERN_H
#define CHELA_SANDBOX_PATTERN_H

#include "base/arena.h"
#include "base/buf.h"

struct pattern; /* lives in the arena */

/* NULL: not in the subset, or larger than 512 steps. */
struct pattern *pattern_compile(str source, struct arena *a);
/* As JSON schema has it: anywhere in the text, unless ^ or $ say otherwise. */
bool pattern_matches(const struct pattern *p, str text);
/* Appends the shortest matching text of at least min and at most max characters (max is looked at
 * up to min + 64). False: there is none. */
bool pattern_generate(const struct pattern *p, size_t min, size_t max, struct buf *out);

#endif
