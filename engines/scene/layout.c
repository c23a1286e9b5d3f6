#include "engines/scene/layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct maker {
    struct layout *out;
    const struct plan *plan;
    uint64_t dice;
    double scale; /* of everything that is a subject */
    bool onto_picture;
    int first[PLAN_ITEMS]; /* placed things of an item: first[i] … first[i] + count - 1; -1: none */
    unsigned number[PLAN_ITEMS];
};

double placed_width(const struct placed *p) {
    return p->size * p->kind->wide / 100.0;
}

static double clamp(double v, double low, double high) {
    return v < low ? low : v > high ? high : v;
}

/* ---- the frame ---- */

static double horizon_of(enum place place) {
    switch (place) {
    case PLACE_SEA: return 0.52;
    case PLACE_BEACH: return 0.46;
    case PLACE_UNDERWATER: return 0.88;
    case PLACE_SPACE:
    case PLACE_SKY:
    case PLACE_PLAIN: return 2;
    case PLACE_CITY: return 0.70;
    case PLACE_ROOM: return 0.64;
    case PLACE_MOON: return 0.66;
    default: return 0.60;
    }
}

/* Where the lane of a thing lies in this place: a sea has no ground to stand on, a room no sky. */
static enum lane lane_of(const struct plan *plan, const struct kind *kind) {
    enum lane lane = kind->lane;
    enum place place = plan->place;
    bool afloat = place == PLACE_SEA || place == PLACE_UNDERWATER || place == PLACE_SPACE ||
                  place == PLACE_SKY;
    if (lane == LANE_WORN) lane = LANE_TABLE;
    if (place == PLACE_UNDERWATER && (lane == LANE_FLOAT || lane == LANE_AIR || lane == LANE_SKY))
        return LANE_UNDER;
    if (place == PLACE_UNDERWATER && lane == LANE_FRONT)
        return strcmp(kind->name, "crab") == 0 ? LANE_LOW : LANE_UNDER;
    if (lane == LANE_UNDER && place != PLACE_UNDERWATER)
        return place == PLACE_SEA || place == PLACE_BEACH ? LANE_FLOAT : LANE_FRONT;
    if (lane == LANE_FLOAT && place != PLACE_SEA && place != PLACE_BEACH) return LANE_FRONT;
    if (lane == LANE_TABLE && place != PLACE_ROOM) return afloat ? LANE_AIR : LANE_FRONT;
    if (lane == LANE_BACK && place == PLACE_ROOM) return LANE_FRONT;
    if (lane == LANE_FRONT && (place == PLACE_SPACE || place == PLACE_SKY)) return LANE_AIR;
    return lane;
}

static bool is_subject(enum lane lane) {
    return lane == LANE_FRONT || lane == LANE_BACK || lane == LANE_FLOAT || lane == LANE_UNDER ||
           lane == LANE_TABLE || lane == LANE_AIR;
}

/* Few things are shown large, many small. */
static double scale_of(const struct plan *plan) {
    static const double heights[] = { 0.56, 0.56, 0.48, 0.42, 0.37, 0.34, 0.31, 0.29, 0.27 };
    unsigned n = 0;
    double tallest = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        if (!item->count || !is_subject(lane_of(plan, item->kind))) continue;
        if (item->relation == REL_WEAR || item->relation == REL_HOLD) continue;
        double size = item->kind->size / 100.0;
        n += item->count;
        if (size > tallest) tallest = size;
    }
    if (!n) return 1;
    double wanted = n < 9 ? heights[n] : n < 16 ? 0.25 : 0.21;
    return clamp(wanted / tallest, 0.45, 2.3);
}

/* ---- placing ---- */

static struct placed *add(struct maker *m, const struct kind *kind, int item) {
    struct layout *out = m->out;
    if (out->count == LAYOUT_MOST || !kind) return NULL;
    struct placed *p = &out->things[out->count++];
    *p = (struct placed){ .kind = kind,
                          .main = kind->main,
                          .accent = kind->accent,
                          .seed = chance_next(&m->dice) | 1,
                          .phase = chance(&m->dice),
                          .decor = item < 0,
                          .carrier = -1,
                          .item = item };
    return p;
}

static bool stands(enum lane lane) {
    return lane == LANE_FRONT || lane == LANE_BACK || lane == LANE_LOW || lane == LANE_TABLE;
}

/* The depth of a point on the ground, 0 at the horizon, 1 at the bottom. */
static double ground(const struct maker *m, double depth) {
    const struct layout *out = m->out;
    double from = out->horizon;
    return from + (out->height - from) * depth;
}

static double base_of(struct maker *m, enum lane lane, unsigned i, unsigned n) {
    const struct layout *out = m->out;
    double wave = n > 1 ? 0.05 * sin(i * 2.4) : 0;
    switch (lane) {
    case LANE_FAR: return out->horizon + 0.004;
    case LANE_BACK: return ground(m, (m->plan->place == PLACE_BEACH ? 0.72 : 0.24) + wave * 0.5);
    case LANE_FRONT: return ground(m, (m->plan->place == PLACE_BEACH ? 0.84 : 0.70) + wave * 1.6);
    case LANE_LOW: return ground(m, 0.88 + wave);
    case LANE_TABLE: return ground(m, 0.52 + wave * 1.4);
    case LANE_FLOAT: return ground(m, (m->plan->place == PLACE_BEACH ? 0.22 : 0.36) + wave * 2);
    default: return out->height * 0.5;
    }
}

static bool groundless(const struct maker *m) {
    return m->out->horizon > m->out->height;
}

/* A herd stands in two rows. */
static unsigned rows_of(enum lane lane, unsigned n) {
    return lane == LANE_FRONT && n > 5 ? 2 : 1;
}

/* n things side by side: the x of the i-th. One alone stands in the middle, or aside of what stands
 * behind it. */
static double column(struct maker *m, enum lane lane, unsigned i, unsigned n, unsigned others) {
    double width = m->out->width;
    unsigned rows = rows_of(lane, n);
    if (rows == 2) { /* the even ones behind, between the odd ones */
        n = (n + 1 - i % 2) / 2;
        i = i / 2;
    }
    double step = width / n;
    double x = (i + 0.5) * step + chance_in(&m->dice, -0.06, 0.06) * step;
    if (n == 1 && others) x = width * (lane == LANE_BACK ? 0.68 : 0.32);
    if (n == 1 && !others) x = width * chance_in(&m->dice, 0.47, 0.53);
    if (m->onto_picture && n == 1) x = width * 0.26;
    return x;
}

struct lane_count {
    unsigned n[LANE_WORN + 1];
    unsigned next[LANE_WORN + 1];
    double widths[LANE_WORN + 1];
};

static double natural_size(const struct maker *m, const struct plan_item *item, enum lane lane) {
    double size = item->kind->size / 100.0 * item->size;
    if (is_subject(lane)) size *= m->scale;
    if (lane == LANE_FLOAT && m->plan->place == PLACE_BEACH) size *= 0.6; /* out there */
    double most = m->out->height * 0.78, wide = m->out->width * 0.86;
    if (size > most) size = most;
    if (size * item->kind->wide / 100.0 > wide && lane != LANE_FAR)
        size = wide * 100 / item->kind->wide;
    return size;
}

static void count_lanes(const struct maker *m, struct lane_count *c) {
    for (size_t i = 0; i < m->plan->count; i++) {
        const struct plan_item *item = &m->plan->items[i];
        enum lane lane = lane_of(m->plan, item->kind);
        if (item->relation == REL_WEAR || item->relation == REL_HOLD ||
            (item->relation == REL_ON && item->target >= 0))
            continue;
        c->n[lane] += item->count;
        c->widths[lane] +=
            item->count * natural_size(m, item, lane) * item->kind->wide / 100.0 * 1.08;
    }
}

/* Scattered over an area, evenly enough: cells of a grid, each with a little chance. */
static void scatter(struct maker *m, struct placed *p, unsigned i, unsigned n, double top,
                    double bottom) {
    double width = m->out->width, area = bottom - top;
    unsigned columns = (unsigned)ceil(sqrt(n * width / (area > 0.1 ? area : 0.1)));
    if (columns > n) columns = n;
    if (columns < 1) columns = 1;
    unsigned lines = (n + columns - 1) / columns, line = i / columns;
    unsigned in_line = line + 1 == lines ? n - line * columns : columns;
    double cell = width / in_line, tall = area / lines;
    if (placed_width(p) > cell * 0.92) p->size *= cell * 0.92 / placed_width(p);
    if (p->size > tall * 1.15) p->size = tall * 1.15;
    double play = fmax(0.5 - placed_width(p) / cell / 2, 0.04) * 0.7;
    p->x = (i % columns + 0.5 + chance_in(&m->dice, -play, play)) * cell;
    p->y = top + (line + 0.5 + chance_in(&m->dice, -0.22, 0.22)) * area / lines + p->size / 2;
}

static void place_sky(struct maker *m, struct placed *p, unsigned i, unsigned n) {
    struct layout *out = m->out;
    double sky = fmin(out->horizon, out->height);
    bool alone =
        !m->onto_picture && (m->plan->place == PLACE_SKY || m->plan->place == PLACE_SPACE ||
                             m->plan->place == PLACE_PLAIN);
    switch (p->kind->form) {
    case FORM_SUN:
    case FORM_MOON:
        p->x = out->width * (n == 1 && alone && m->plan->count == 1 ? 0.5 : 0.8) -
               i * out->width * 0.3;
        p->y =
            n == 1 && alone && m->plan->count == 1 ? sky * 0.5 + p->size / 2 : sky * 0.12 + p->size;
        if (m->plan->hour == HOUR_SUNSET || m->plan->hour == HOUR_DAWN) /* low over the horizon */
            p->y = fmin(out->horizon, out->height) - 0.03 + p->size * (alone ? 0 : 0.35);
        break;
    case FORM_LIGHTNING:
        p->x = (i + 0.5) * out->width / n;
        p->y = fmin(sky, 0.75 * out->height);
        break;
    default:
        if (alone)
            scatter(m, p, i, n, out->height * 0.12, out->height * 0.88);
        else
            scatter(m, p, i, n, out->height * 0.05, sky * (n > 3 ? 0.72 : 0.55));
    }
}

static void place_one(struct maker *m, struct placed *p, enum lane lane, struct lane_count *c,
                      unsigned i, unsigned n) {
    struct layout *out = m->out;
    unsigned others = 0, at = c->next[lane]++, all = c->n[lane] ? c->n[lane] : 1;
    for (int l = LANE_BACK; l <= LANE_TABLE; l++)
        if (l != (int)lane && l != LANE_LOW) others += c->n[l];
    p->shadow = stands(lane) && !groundless(m);
    switch (lane) {
    case LANE_SKY: place_sky(m, p, i, n); break;
    case LANE_AIR: {
        bool alone = out->horizon > out->height;
        double sky = fmin(out->horizon, out->height);
        double low =
            alone ? out->height * 0.9 : sky * (c->n[LANE_FRONT] + c->n[LANE_BACK] ? 0.7 : 1.05);
        scatter(m, p, at, all, out->height * 0.08, low);
        break;
    }
    case LANE_UNDER: scatter(m, p, at, all, out->height * 0.12, out->height * 0.80); break;
    case LANE_LOW:
        p->x = (at + 0.5 + chance_in(&m->dice, -0.3, 0.3)) * out->width / all;
        p->y = base_of(m, lane, at, all);
        break;
    default:
        p->x = column(m, lane, at, all, others);
        p->y = base_of(m, lane, at, all);
        if (rows_of(lane, all) == 2) p->y = ground(m, at % 2 ? 0.88 : 0.46);
        if (groundless(m)) p->y = out->height * 0.5 + p->size * 0.5;
        if (lane == LANE_FAR && all == 1)
            p->x = out->width *
                   (p->kind->form == FORM_RAINBOW ? 0.5 : 0.5 + chance_in(&m->dice, -0.12, 0.12));
    }
    if (!stands(lane) && lane != LANE_FAR && lane != LANE_FLOAT)
        p->y = fmin(p->y, out->height * 0.97);
}

static void apply_side(struct maker *m, struct placed *p, unsigned side, unsigned i, unsigned n) {
    const struct layout *out = m->out;
    double shift = n > 1 ? ((double)i - (n - 1) / 2.0) * placed_width(p) * 0.9 : 0;
    if (side & SIDE_LEFT) p->x = out->width * 0.22 + shift;
    if (side & SIDE_RIGHT) p->x = out->width * 0.78 + shift;
    if (side & SIDE_MIDDLE) p->x = out->width * 0.5 + shift;
    if (side & SIDE_TOP && !p->shadow) p->y = out->height * 0.06 + p->size;
    if (side & SIDE_BOTTOM) p->y = out->height * 0.95;
}

static uint32_t darker(uint32_t c) {
    return (c >> 16 & 0xFF) * 3 / 4 << 16 | (c >> 8 & 0xFF) * 3 / 4 << 8 | (c & 0xFF) * 3 / 4;
}

static void place_item(struct maker *m, struct lane_count *c, size_t index) {
    const struct plan_item *item = &m->plan->items[index];
    enum lane lane = lane_of(m->plan, item->kind);
    double room = m->out->width * 0.96;
    m->first[index] = -1;
    m->number[index] = 0;
    for (unsigned i = 0; i < item->count; i++) {
        struct placed *p = add(m, item->kind, (int)index);
        if (!p) return;
        if (!i) m->first[index] = (int)(p - m->out->things);
        m->number[index]++;
        p->size = natural_size(m, item, lane);
        bool row =
            lane == LANE_FRONT || lane == LANE_BACK || lane == LANE_FLOAT || lane == LANE_TABLE;
        double needed = c->widths[lane] / rows_of(lane, c->n[lane]);
        if (row && needed > room) p->size *= fmax(room / needed, 0.3);
        p->size *= item->count > 1 ? chance_in(&m->dice, 0.88, 1.06) : 1;
        if (item->colour_count) {
            p->main = item->colours[i % item->colour_count];
            if (p->kind->form == FORM_CLOUD || p->kind->form == FORM_MOON)
                p->accent = darker(p->main);
            if (item->colour_count > 1 && item->count == 1) p->accent = item->colours[1];
        } else if (item->count > 1 && (p->kind->lane == LANE_AIR || p->kind->lane == LANE_LOW)) {
            static const uint32_t bright[] = { 0xe8483f, 0xf7c93e, 0x3f8fd0,
                                               0x59ad5c, 0xb35fc0, 0xf28f3b };
            if (!p->kind->alive && i) p->main = bright[(i + index) % 6];
        }
        place_one(m, p, lane, c, i, item->count);
        apply_side(m, p, item->side, i, item->count);
        bool faces =
            p->kind->gait == GAIT_SWIM || p->kind->gait == GAIT_FLY || p->kind->gait == GAIT_DRIVE;
        p->flip = (faces && !p->kind->alive && p->kind->form == FORM_SHAPES)
                      ? false
                      : (i % 2 && p->kind->alive);
        p->depth = lane == LANE_SKY ? -2 + p->y * 0.01 : lane == LANE_FAR ? -1 : p->y;
        if (lane == LANE_UNDER || lane == LANE_AIR)
            p->depth = 0.5 - p->size * 0.1; /* the small ones before */
    }
}

/* ---- relations ---- */

/* Where a head is, for animals that are drawn from the side; others wear hats where things sit. */
static void head_of(const struct kind *kind, double *x, double *y) {
    static const struct {
        const char *name;
        signed char x, y;
    } rows[] = {
        { "horse", -36, 102 },  { "unicorn", -32, 100 }, { "cow", -58, 95 },
        { "sheep", -52, 84 },   { "pig", -46, 88 },      { "elephant", -46, 92 },
        { "giraffe", -22, 94 }, { "deer", -28, 88 },     { "turtle", -82, 68 },
        { "snake", -8, 94 },    { "dragon", -24, 98 },   { "dinosaur", -28, 101 },
        { "fish", -40, 82 },    { "whale", -50, 72 },    { "chicken", -32, 96 },
        { "king", 0, 100 },
    };
    *x = kind->seat_x;
    *y = kind->seat_y ? kind->seat_y : 96;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, kind->name) == 0) {
            *x = rows[i].x;
            *y = rows[i].y;
        }
}

static void wear(struct placed *p, const struct placed *wearer, double size) {
    double x, y;
    head_of(wearer->kind, &x, &y);
    bool glasses = strcmp(p->kind->name, "glasses") == 0;
    p->size = wearer->size * (glasses ? 0.13 : 0.27) * size;
    if (glasses) y -= 21;
    if (wearer->kind->wide > 150 && !glasses) p->size *= 1.1;
    p->x = wearer->x + (wearer->flip ? -x : x) / 100 * wearer->size;
    p->y = wearer->y - y / 100 * wearer->size + (glasses ? p->size / 2 : p->size * 0.16);
    p->flip = wearer->flip;
    p->shadow = false;
    p->depth = wearer->depth + 0.0005;
}

/* In the hand on the right: it stands where the hand is, up to a little over the head. */
static void hold(struct placed *p, const struct placed *holder, unsigned i) {
    double side = i % 2 ? -1 : 1, reach = holder->kind->wide * 0.0042;
    double most = holder->size * (p->kind->lane == LANE_AIR ? 0.62 : 0.46);
    bool umbrella = strcmp(p->kind->name, "umbrella") == 0;
    if (umbrella) most = holder->size * 0.92;
    if (p->size > most) p->size = most;
    if (umbrella) p->size = most;
    p->x = holder->x + side * holder->size * reach;
    p->y = holder->y - holder->size * (i < 2 ? 0.34 : 0.42);
    if (umbrella) p->x -= side * 0.02 * holder->size;
    p->shadow = false;
    p->flip = false;
    p->depth = holder->depth + 0.0005;
}

/* The i-th of n that share a seat. */
static void sit(struct placed *p, const struct placed *seat, unsigned i, unsigned n) {
    double top = seat->kind->seat_y ? seat->kind->seat_y / 100.0 : 0.98;
    bool wide = seat->kind->lane == LANE_FAR || seat->kind->lane == LANE_SKY;
    double width = placed_width(seat) * (n > 1 ? 0.86 : 0.9), slot = width / n;
    double most = seat->size * (wide ? 0.9 : 1.0);
    if (p->size > most) p->size = most;
    if (placed_width(p) > slot && !wide) p->size = slot * 100 / p->kind->wide;
    double spread = ((double)i - (n - 1) / 2.0) * slot;
    p->x = seat->x + (seat->flip ? -1 : 1) * seat->kind->seat_x / 100.0 * seat->size + spread;
    p->y = seat->y - top * seat->size + 0.004;
    if (p->y - p->size < 0.02) p->size = fmax(p->y - 0.02, 0.08);
    p->shadow = false;
    p->depth = seat->depth + 0.0004 + 0.00001 * i;
}

/* On its left (-1) or right (1). What is said of sides holds, so the other one makes room. */
static void beside(struct maker *m, struct placed *p, struct placed *other, int direction,
                   bool strict, unsigned i) {
    double gap =
        0.02 + placed_width(p) * 0.5 + placed_width(other) * 0.5 + i * placed_width(p) * 1.05;
    double edge = placed_width(p) * 0.5 + 0.012, width = m->out->width,
           x = other->x + direction * gap;
    bool outside = x < edge || x > width - edge;
    if (outside && !strict) {
        x = other->x - direction * gap;
    } else if (outside) {
        x = direction < 0 ? edge : width - edge;
        other->x = clamp(x - direction * gap, 0.1, width - 0.1);
    }
    p->x = x;
    bool both = p->shadow && other->shadow;
    if (both) p->y = other->y + 0.006;
    if (!p->shadow && p->kind->lane == LANE_AIR && other->shadow)
        p->y = other->y - other->size * 0.25;
    p->depth = both ? p->y : p->depth;
}

/* How many are where items[index] is, on or under the same thing: of the items before it, and all.
 */
static void count_sharers(const struct maker *m, size_t index, unsigned *before, unsigned *all) {
    const struct plan_item *item = &m->plan->items[index];
    *before = *all = 0;
    for (size_t i = 0; i < m->plan->count; i++) {
        if (m->plan->items[i].relation != item->relation ||
            m->plan->items[i].target != item->target)
            continue;
        if (i < index) *before += m->number[i];
        *all += m->number[i];
    }
}

static void relate(struct maker *m, size_t index) {
    const struct plan_item *item = &m->plan->items[index];
    if (item->relation == REL_NONE || item->target < 0 || m->first[index] < 0) return;
    int target = m->first[item->target];
    if (target < 0) return;
    for (unsigned i = 0; i < m->number[index]; i++) {
        struct placed *p = &m->out->things[m->first[index] + (int)i];
        unsigned which = i % m->number[item->target];
        struct placed *other = &m->out->things[target + (int)which];
        unsigned n = m->number[index];
        bool setting = other->kind->form == FORM_FOREST || other->kind->form == FORM_CITY;
        unsigned before, all;
        count_sharers(m, index, &before, &all);
        if (p->kind->form == FORM_RAINBOW) { /* it spans what it is over */
            p->x = other->x;
            continue;
        }
        switch (item->relation) {
        case REL_NONE: break;
        case REL_WEAR:
            wear(p, other, item->size);
            p->carrier = target + (int)which;
            break;
        case REL_HOLD:
            hold(p, other, i);
            p->carrier = target + (int)which;
            break;
        case REL_ON:
            if (setting || other->kind->form == FORM_GRASS) break;
            sit(p, other, (before + i) / m->number[item->target],
                (all + m->number[item->target] - 1) / m->number[item->target]);
            p->carrier = target + (int)which;
            break;
        case REL_ABOVE: {
            double above = other->y - other->size;
            p->x = other->x + ((double)i - (n - 1) / 2.0) * placed_width(p) * 1.1;
            if (above < p->size + 0.06) p->size = fmax(above * 0.8, 0.1);
            p->y = fmax(above - 0.03 - (i % 2) * p->size * 0.35, p->size * 1.1 + 0.02);
            p->shadow = false;
            break;
        }
        case REL_BELOW:
            if (other->kind->lane != LANE_FAR)
                p->x = other->x + ((double)(before + i) - (all - 1) / 2.0) * placed_width(p) * 1.15;
            if (other->shadow && p->shadow) {
                double most = other->size * 0.55;
                if (p->size > most) p->size = most;
                p->y = other->y + 0.002;
            }
            break;
        case REL_LEFT: beside(m, p, other, -1, true, i); break;
        case REL_RIGHT: beside(m, p, other, 1, true, i); break;
        case REL_BESIDE: beside(m, p, other, i % 2 ? -1 : 1, false, i / 2); break;
        case REL_BEHIND:
            if (all == 1) p->x = other->x + placed_width(other) * 0.42; /* many keep their row */
            if (p->shadow) p->y = other->y - 0.05;
            p->depth = other->depth - 0.01;
            break;
        case REL_BEFORE:
            if (all == 1) p->x = other->x - placed_width(other) * 0.3;
            if (p->shadow && p->y < other->y + 0.07)
                p->y = fmin(other->y + 0.07, m->out->height - 0.02);
            p->depth = other->depth + 0.01;
            break;
        }
    }
}

/* ---- what nobody asked for ---- */

static struct placed *decorate(struct maker *m, const char *name, double x, double y, double size) {
    struct placed *p = add(m, kind_named(str_c(name)), -1);
    if (!p) return NULL;
    p->x = x;
    p->y = y;
    p->size = size;
    p->depth = y;
    p->shadow = p->kind->lane != LANE_SKY && p->kind->lane != LANE_FAR;
    return p;
}

static bool asked_for(const struct maker *m, const char *name) {
    for (size_t i = 0; i < m->plan->count; i++)
        if (strcmp(m->plan->items[i].kind->name, name) == 0) return true;
    return false;
}

/* Its light is there, so is the sun or the moon. */
static void decorate_light(struct maker *m) {
    struct layout *out = m->out;
    bool low = m->plan->hour == HOUR_SUNSET || m->plan->hour == HOUR_DAWN;
    bool covered = m->plan->weather & (WEATHER_CLOUDS | WEATHER_FOG);
    double sky = fmin(out->horizon, out->height);
    struct placed *p = NULL;
    if (covered || asked_for(m, "sun") || asked_for(m, "moon")) return;
    if (low)
        p = decorate(m, "sun", out->width * 0.8, sky + 0.02, 0.22);
    else if (m->plan->hour == HOUR_NIGHT)
        p = decorate(m, "moon", out->width * 0.84, sky * 0.12 + 0.11, 0.11);
    if (p) p->depth = -1.95;
    if (p && low) p->main = 0xffe08a;
}

static void decorate_sky(struct maker *m) {
    struct layout *out = m->out;
    decorate_light(m);
    unsigned n = m->plan->weather & WEATHER_CLOUDS ? 5 : 3;
    bool clear = m->plan->weather & WEATHER_CLEAR || m->plan->hour == HOUR_NIGHT;
    double sky = fmin(out->horizon, out->height);
    if (asked_for(m, "cloud") || (clear && !(m->plan->weather & WEATHER_CLOUDS))) return;
    for (unsigned i = 0; i < n; i++) {
        double size = chance_in(&m->dice, 0.06, n > 3 ? 0.16 : 0.11);
        double x = out->width * (i + chance_in(&m->dice, 0.1, 0.9)) / n;
        struct placed *p =
            decorate(m, "cloud", x, chance_in(&m->dice, sky * 0.14, sky * 0.52) + size / 2, size);
        if (p) p->depth = -1.9;
    }
}

static void decorate_ground(struct maker *m) {
    struct layout *out = m->out;
    static const char *const flowers[] = { "flower", "tulip", "flower" };
    bool winter = m->plan->season == SEASON_WINTER;
    if (!asked_for(m, "forest") && !asked_for(m, "tree") && !asked_for(m, "pine"))
        for (int i = 0; i < 4; i++) {
            const char *name = winter || i % 2 ? "pine" : "tree";
            struct placed *p =
                decorate(m, name, out->width * chance_in(&m->dice, 0.02, 0.98),
                         ground(m, 0.05) + 0.01 * i, chance_in(&m->dice, 0.09, 0.14));
            if (p) p->depth = -0.5 + p->y * 0.1;
        }
    for (int i = 0; i < 6; i++) {
        struct placed *p = decorate(m, "grass", out->width * chance_in(&m->dice, 0.03, 0.97),
                                    ground(m, chance_in(&m->dice, 0.45, 1)), 0.022);
        if (p && winter) p->main = 0xb8c4a8;
        if (p) p->shadow = false;
    }
    if (winter || asked_for(m, "flower")) return;
    for (int i = 0; i < 5; i++) {
        struct placed *p =
            decorate(m, flowers[i % 3], out->width * chance_in(&m->dice, 0.04, 0.96),
                     ground(m, chance_in(&m->dice, 0.55, 1)), chance_in(&m->dice, 0.035, 0.05));
        static const uint32_t colours[] = { 0xf7f3ea, 0xf06a8a, 0xf7c93e, 0xa97fd8 };
        if (p) p->main = colours[i % 4];
        if (p) p->shadow = false;
    }
}

static void row_of(struct maker *m, const char *name, double y, double size, double depth) {
    struct layout *out = m->out;
    const struct kind *kind = kind_named(str_c(name));
    double step = size * kind->wide / 100.0 * 0.94;
    int n = (int)ceil(out->width / step) + 1;
    for (int i = 0; i < n; i++) {
        struct placed *p = decorate(m, name, (i + 0.5) * out->width / n, y, size);
        if (p) p->depth = depth;
        if (p) p->shadow = false;
    }
}

static void decorate_all(struct maker *m) {
    struct layout *out = m->out;
    switch (m->plan->place) {
    case PLACE_ANY:
    case PLACE_SPACE:
    case PLACE_MOON:
    case PLACE_PLAIN:
    case PLACE_ROOM: break;
    case PLACE_SKY: decorate_sky(m); break;
    case PLACE_LAND:
        decorate_sky(m);
        decorate_ground(m);
        break;
    case PLACE_SEA: decorate_sky(m); break;
    case PLACE_BEACH:
        decorate_sky(m);
        if (!asked_for(m, "palm")) decorate(m, "palm", out->width * 0.93, ground(m, 0.66), 0.40);
        if (!asked_for(m, "shell")) decorate(m, "shell", out->width * 0.16, ground(m, 0.94), 0.035);
        if (!asked_for(m, "starfish"))
            decorate(m, "starfish", out->width * 0.72, ground(m, 0.95), 0.04);
        break;
    case PLACE_UNDERWATER:
        for (int i = 0; i < 5; i++)
            decorate(m, i % 2 ? "coral" : "seaweed",
                     out->width * (i + chance_in(&m->dice, 0.2, 0.8)) / 5,
                     ground(m, chance_in(&m->dice, 0.2, 0.8)), chance_in(&m->dice, 0.12, 0.24));
        break;
    case PLACE_CITY:
        decorate_sky(m);
        if (!asked_for(m, "city")) row_of(m, "city", out->horizon + 0.004, 0.42, -1);
        break;
    case PLACE_DESERT:
        decorate_sky(m);
        if (!asked_for(m, "cactus")) {
            decorate(m, "cactus", out->width * 0.12, ground(m, 0.3), 0.17);
            decorate(m, "cactus", out->width * 0.88, ground(m, 0.16), 0.11);
        }
        break;
    case PLACE_FOREST:
        decorate_sky(m);
        row_of(m, "forest", out->horizon + 0.012, 0.36, -1);
        decorate(m, "pine", out->width * 0.05, ground(m, 0.42), 0.62);
        decorate(m, "tree", out->width * 0.95, ground(m, 0.38), 0.56);
        decorate_ground(m);
        break;
    }
}

/* ---- the whole ---- */

static void keep_inside(struct layout *out) {
    for (size_t i = 0; i < out->count; i++) {
        struct placed *p = &out->things[i];
        double half = placed_width(p) * 0.5 + 0.012;
        if (p->decor || p->kind->lane == LANE_FAR || p->carrier >= 0) continue;
        if (half * 2 < out->width) p->x = clamp(p->x, half, out->width - half);
        if (p->y - p->size < 0.01 && p->size < out->height && p->kind->form != FORM_SUN &&
            p->kind->form != FORM_MOON)
            p->y = p->size + 0.01;
    }
}

struct order {
    struct placed thing;
    int was;
};

static int by_depth(const void *a, const void *b) {
    const struct order *x = a, *y = b;
    if (x->thing.depth < y->thing.depth) return -1;
    if (x->thing.depth > y->thing.depth) return 1;
    return x->was - y->was;
}

/* Sorted for drawing; `carrier` is an index, so it moves along. */
static void sort(struct layout *out) {
    static _Thread_local struct order list[LAYOUT_MOST];
    int now[LAYOUT_MOST];
    for (size_t i = 0; i < out->count; i++) list[i] = (struct order){ out->things[i], (int)i };
    qsort(list, out->count, sizeof list[0], by_depth);
    for (size_t i = 0; i < out->count; i++) now[list[i].was] = (int)i;
    for (size_t i = 0; i < out->count; i++) {
        out->things[i] = list[i].thing;
        if (out->things[i].carrier >= 0) out->things[i].carrier = now[out->things[i].carrier];
    }
}

void layout_make(struct layout *out, const struct plan *plan, unsigned width, unsigned height,
                 uint64_t seed, bool onto_picture) {
    struct maker m = { .out = out,
                       .plan = plan,
                       .dice = plan->hash ^ seed * 0x9e3779b97f4a7c15u,
                       .onto_picture = onto_picture };
    struct lane_count lanes = { 0 };
    double side = width < height ? width : height;
    *out = (struct layout){ .width = width / side, .height = height / side };
    out->horizon = out->height * (onto_picture ? 0.6 : horizon_of(plan->place));
    out->shore = out->height * 0.68;
    m.scale = scale_of(plan);
    if (onto_picture) m.scale *= 0.62;
    count_lanes(&m, &lanes);
    for (size_t i = 0; i < plan->count; i++) place_item(&m, &lanes, i);
    for (size_t i = 0; i < plan->count; i++) relate(&m, i);
    keep_inside(out);
    static const enum relation carried[] = { REL_ON, REL_HOLD, REL_WEAR };
    for (int pass = 0; pass < 3; pass++) /* what is carried follows: a hat on a cat on a chair */
        for (size_t i = 0; i < plan->count; i++)
            if (plan->items[i].relation == carried[pass]) relate(&m, i);
    if (!onto_picture) decorate_all(&m);
    sort(out);
}
