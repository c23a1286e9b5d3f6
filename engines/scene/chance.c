/* The generator of plan.h: splitmix64, the same on every machine. */
#include "engines/scene/plan.h"

uint64_t chance_next(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

double chance(uint64_t *state) {
    return (double)(chance_next(state) >> 11) / 9007199254740992.0;
}

double chance_in(uint64_t *state, double low, double high) {
    return low + (high - low) * chance(state);
}
