/* What a place sounds like: waves, wind, rain, birds, soft tones, all made of noise and sines.
 * Pure. */
#ifndef CHELA_ENGINES_SCENE_NOISE_H
#define CHELA_ENGINES_SCENE_NOISE_H

#include "engines/scene/plan.h"
#include "engines/sound.h"

enum { NOISE_RATE = 48000 };

/* seconds * NOISE_RATE samples, faded in and out. False: no memory. */
bool noise_of(const struct plan *plan, double seconds, uint64_t seed, struct sound *out);

#endif
