#include "engines/scene/kinds.h"

static const struct kinds *const sets[] = {
    &kinds_sky,       &kinds_plants,   &kinds_beasts, &kinds_pets, &kinds_water,
    &kinds_buildings, &kinds_vehicles, &kinds_people, &kinds_food, &kinds_objects,
};
enum { SETS = sizeof sets / sizeof sets[0] };

size_t kind_count(void) {
    size_t n = 0;
    for (size_t i = 0; i < SETS; i++) n += sets[i]->count;
    return n;
}

const struct kind *kind_at(size_t i) {
    for (size_t s = 0; s < SETS; i -= sets[s++]->count)
        if (i < sets[s]->count) return &sets[s]->list[i];
    return NULL;
}

const struct kind *kind_named(str name) {
    for (size_t i = 0; i < kind_count(); i++)
        if (str_eq(name, str_c(kind_at(i)->name))) return kind_at(i);
    return NULL;
}
