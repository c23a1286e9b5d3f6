#include "engines/scene/draw_place.h"

#include <math.h>

#define PI 3.14159265358979323846

/* ---- light ---- */

struct sky {
    uint32_t top, middle, low; /* low: at the horizon */
};

static const struct sky skies[] = { [HOUR_DAY] = { 0x3f9be8, 0x86c5f2, 0xd8eef8 },
                                    [HOUR_DAWN] = { 0x6a86c8, 0xf0b6a0, 0xffe6bc },
                                    [HOUR_SUNSET] = { 0x3a3278, 0xd3577c, 0xffb45e },
                                    [HOUR_NIGHT] = { 0x080d2a, 0x18234f, 0x35437e } };

static struct sky sky_of(const struct plan *plan) {
    struct sky s = skies[plan->hour];
    if (plan->hour == HOUR_DAY && plan->weather & WEATHER_STORM)
        s = (struct sky){ 0x3f4a5c, 0x66727f, 0x98a2a8 };
    else if (plan->hour == HOUR_DAY && plan->weather & WEATHER_CLOUDS)
        s = (struct sky){ 0x7f93a8, 0xa6b6c4, 0xcdd7de };
    else if (plan->hour == HOUR_DAY &&
             (plan->season == SEASON_WINTER || plan->weather & WEATHER_FOG))
        s = (struct sky){ 0x8fb2d4, 0xbdd3e4, 0xe9f1f6 };
    return s;
}

struct rgb place_ambient(const struct plan *plan) {
    static const struct rgb lights[] = { [HOUR_DAY] = { 1, 1, 1 },
                                         [HOUR_DAWN] = { 1, 0.93, 0.88 },
                                         [HOUR_SUNSET] = { 0.95, 0.76, 0.72 },
                                         [HOUR_NIGHT] = { 0.44, 0.50, 0.76 } };
    struct rgb c = lights[plan->hour];
    if (plan->style == STYLE_NEON) return (struct rgb){ 0.86, 0.80, 1 };
    if (plan->place == PLACE_PLAIN || plan->place == PLACE_ROOM || plan->place == PLACE_ANY)
        return plan->hour == HOUR_NIGHT ? (struct rgb){ 0.72, 0.68, 0.78 }
                                        : (struct rgb){ 1, 1, 1 };
    if (plan->place == PLACE_SPACE) return (struct rgb){ 0.94, 0.94, 1 };
    if (plan->place == PLACE_MOON) return (struct rgb){ 0.92, 0.93, 1 };
    if (plan->place == PLACE_UNDERWATER) return (struct rgb){ c.r * 0.86, c.g * 0.96, c.b };
    if (plan->weather & (WEATHER_STORM | WEATHER_CLOUDS))
        c = rgb_mix(c, (struct rgb){ 0.62, 0.66, 0.72 }, 0.4);
    return c;
}

/* ---- helpers ---- */

static void vertical(const struct pen *p, double y1, double y2, const struct rgb *stops, int n) {
    cairo_pattern_t *gradient = cairo_pattern_create_linear(0, y1, 0, y2);
    for (int i = 0; i < n; i++)
        cairo_pattern_add_color_stop_rgb(gradient, (double)i / (n - 1), stops[i].r, stops[i].g,
                                         stops[i].b);
    cairo_set_source(p->cr, gradient);
    cairo_pattern_destroy(gradient);
}

static struct rgb lit(const struct pen *p, uint32_t c) {
    return pen_rgb(p, c);
}

static void fill_gradient(const struct pen *p, double y1, double y2, uint32_t top,
                          uint32_t bottom) {
    struct rgb stops[] = { lit(p, top), lit(p, bottom) };
    if (p->line)
        cairo_set_source_rgb(p->cr, 1, 1, 1);
    else
        vertical(p, y1, y2, stops, 2);
    if (p->line) {
        cairo_fill_preserve(p->cr);
        cairo_set_source_rgb(p->cr, 0.12, 0.12, 0.16);
        cairo_set_line_width(p->cr, 0.0028);
        cairo_stroke(p->cr);
    } else {
        cairo_fill(p->cr);
    }
}

/* A line of hills from edge to edge, closed below. */
static void ridge(const struct pen *p, const struct layout *l, double y, double height,
                  double period, double phase) {
    cairo_t *cr = p->cr;
    cairo_move_to(cr, -0.01, l->height + 0.01);
    for (int i = 0; i <= 60; i++) {
        double x = -0.01 + (l->width + 0.02) * i / 60;
        double wave = 0.6 * sin(2 * PI * x / period + phase) +
                      0.4 * sin(2 * PI * x / period * 2.3 + phase * 1.7);
        cairo_line_to(cr, x, y - height * (0.5 + 0.5 * wave));
    }
    cairo_line_to(cr, l->width + 0.01, l->height + 0.01);
    cairo_close_path(cr);
}

static void draw_sky(const struct pen *p, const struct plan *plan, const struct layout *l) {
    struct sky s = sky_of(plan);
    struct rgb stops[] = { rgb_of(s.top), rgb_of(s.middle), rgb_of(s.low) };
    double end = fmin(l->horizon, l->height);
    if (p->line)
        cairo_set_source_rgb(p->cr, 1, 1, 1);
    else
        vertical(p, 0, end, stops, 3);
    cairo_paint(p->cr);
    if (!p->line && (plan->hour == HOUR_SUNSET || plan->hour == HOUR_DAWN) &&
        l->horizon < l->height) {
        struct pen glow = *p; /* where the sun is, or was */
        pen_halo(&glow, l->width * 0.8, l->horizon, 0.75,
                 plan->hour == HOUR_DAWN ? 0xfff0c0 : 0xffd070, 0.55);
    }
}

/* ---- ground ---- */

struct ground {
    uint32_t far, near_top, near_bottom;
};

static struct ground ground_of(const struct plan *plan) {
    if (plan->place == PLACE_CITY) return (struct ground){ 0x9fb0bc, 0xb3b6bc, 0x9a9da6 };
    switch (plan->season) {
    case SEASON_WINTER: return (struct ground){ 0xc3d3e2, 0xf2f6fa, 0xdde7f0 };
    case SEASON_AUTUMN: return (struct ground){ 0xb58a52, 0xc9a04f, 0xa87a3a };
    case SEASON_SPRING: return (struct ground){ 0x8fc487, 0x9bd46a, 0x6fb04a };
    default: return (struct ground){ 0x7fb591, 0x8cc85c, 0x5f9e42 };
    }
}

static uint32_t blend(uint32_t a, uint32_t b, double t) {
    struct rgb c = rgb_mix(rgb_of(a), rgb_of(b), t);
    return (uint32_t)lrint(c.r * 255) << 16 | (uint32_t)lrint(c.g * 255) << 8 |
           (uint32_t)lrint(c.b * 255);
}

static void draw_road(const struct pen *p, const struct plan *plan, const struct layout *l) {
    cairo_t *cr = p->cr;
    double y1 = l->horizon + (l->height - l->horizon) * 0.60,
           y2 = l->horizon + (l->height - l->horizon) * 0.90;
    if (plan->place != PLACE_CITY && !plan->road) return;
    cairo_rectangle(cr, -0.01, y1, l->width + 0.02, y2 - y1);
    fill_gradient(p, y1, y2, 0x6a6f7a, 0x565b66);
    for (int i = 0; i * 0.2 < l->width; i++) {
        cairo_rectangle(cr, 0.04 + i * 0.2, (y1 + y2) / 2 - 0.006, 0.11, 0.012);
        cairo_set_source_rgb(cr, 0.94 * p->ambient.r, 0.90 * p->ambient.g, 0.74 * p->ambient.b);
        cairo_fill(cr);
    }
}

static void draw_river(const struct pen *p, const struct layout *l) {
    cairo_t *cr = p->cr;
    double h = l->horizon, b = l->height, w = l->width;
    cairo_move_to(cr, w * 0.47, h);
    cairo_curve_to(cr, w * 0.62, h + (b - h) * 0.22, w * 0.20, h + (b - h) * 0.42, w * 0.42,
                   b + 0.01);
    cairo_line_to(cr, w * 0.86, b + 0.01);
    cairo_curve_to(cr, w * 0.46, h + (b - h) * 0.46, w * 0.74, h + (b - h) * 0.2, w * 0.50, h);
    cairo_close_path(cr);
    fill_gradient(p, h, b, 0x8fc8ea, 0x4f9fd6);
}

static void draw_land(const struct pen *p, const struct plan *plan, const struct layout *l) {
    struct sky s = sky_of(plan);
    struct ground g = ground_of(plan);
    double h = l->horizon, phase = (double)(plan->hash % 628) / 100;
    double depth = l->height - h;
    for (int i = 0; i < 2; i++) { /* far hills, nearly as light as the sky behind them */
        double y = h - 0.01 + i * 0.012;
        ridge(p, l, y, 0.13 - i * 0.05, 0.9 + i * 0.35, phase + i * 2);
        uint32_t tint = blend(g.far, s.low, 0.62 - i * 0.30);
        struct pen unlit = *p;
        unlit.ambient = rgb_mix(p->ambient, (struct rgb){ 1, 1, 1 }, 0.35 - i * 0.2);
        fill_gradient(&unlit, y - 0.13, y + 0.05, tint, blend(tint, s.low, 0.25));
    }
    ridge(p, l, h + 0.012, 0.024, 1.7, phase + 4);
    fill_gradient(p, h, h + depth * 0.6, blend(g.near_top, g.far, 0.35), g.near_top);
    ridge(p, l, h + depth * 0.34, 0.05, 2.3, phase + 1);
    fill_gradient(p, h + depth * 0.3, l->height, g.near_top, g.near_bottom);
    if (plan->river) draw_river(p, l);
    draw_road(p, plan, l);
}

static void draw_sea(const struct pen *p, const struct plan *plan, const struct layout *l,
                     double bottom) {
    struct sky s = sky_of(plan);
    cairo_rectangle(p->cr, -0.01, l->horizon, l->width + 0.02, bottom - l->horizon + 0.02);
    struct pen glow = *p;
    glow.ambient = rgb_mix(p->ambient, (struct rgb){ 1, 1, 1 }, 0.2);
    fill_gradient(&glow, l->horizon, bottom, blend(0x4fa3d8, s.low, 0.35),
                  blend(0x1f5f9e, s.middle, 0.12));
}

static void draw_sand(const struct pen *p, const struct layout *l) {
    cairo_t *cr = p->cr;
    double y = l->shore;
    for (int i = 0; i < 2; i++) { /* foam, then sand */
        double up = i ? 0.016 : 0;
        cairo_move_to(cr, -0.01, y + 0.03 + up);
        cairo_curve_to(cr, l->width * 0.3, y - 0.05 + up, l->width * 0.6, y + 0.08 + up,
                       l->width + 0.01, y - 0.01 + up);
        cairo_line_to(cr, l->width + 0.01, l->height + 0.01);
        cairo_line_to(cr, -0.01, l->height + 0.01);
        cairo_close_path(cr);
        if (i)
            fill_gradient(p, y, l->height, 0xf7e2b0, 0xe6c486);
        else
            fill_gradient(p, y, l->height, 0xffffff, 0xe8f4fa);
    }
}

static void draw_desert(const struct pen *p, const struct plan *plan, const struct layout *l) {
    double h = l->horizon, depth = l->height - h, phase = (double)(plan->hash % 628) / 100;
    for (int i = 0; i < 4; i++) {
        double y = h + depth * (0.04 + i * 0.22);
        ridge(p, l, y, 0.07 - i * 0.006, 1.1 + i * 0.3, phase + i * 1.9);
        fill_gradient(p, y - 0.07, y + depth * 0.4, blend(0xf4d08a, 0xfbe6bc, 0.7 - i * 0.2),
                      blend(0xdba55c, 0xf4d08a, 0.5 - i * 0.12));
    }
}

static void draw_moonscape(const struct pen *p, const struct plan *plan, const struct layout *l) {
    cairo_t *cr = p->cr;
    uint64_t dice = plan->hash;
    cairo_save(cr);
    cairo_translate(cr, l->width * 0.2, l->height * 0.2);
    cairo_scale(cr, 0.0024, -0.0024);
    struct pen earth = *p;
    earth.main = 0x4f9fd8;
    earth.ambient = (struct rgb){ 1, 1, 1 };
    pen_halo(&earth, 0, 0, 90, 0x9fd0ff, 0.4);
    pen_path(&earth, "O 0 0 44 44");
    pen_fill(&earth, MAIN);
    pen_path(&earth,
             "M -32 20 C -18 40 -2 36 4 28 C -2 20 4 16 -6 10 C -14 16 -16 4 -24 6 C -32 10 -38 10 "
             "-32 20 Z M 8 8 "
             "C 22 16 36 10 38 -2 C 34 -14 26 -28 14 -34 C 10 -22 14 -14 8 -8 C 2 -2 4 4 8 8 Z");
    pen_fill_plain(&earth, 0x6ab04c);
    cairo_restore(cr);
    ridge(p, l, l->horizon + 0.02, 0.05, 1.3, 1);
    fill_gradient(p, l->horizon - 0.03, l->height, 0xc3c5cc, 0x8c8f9a);
    for (int i = 0; i < 14; i++) {
        double depth = chance_in(&dice, 0.1, 1), x = chance_in(&dice, 0, l->width);
        double y = l->horizon + (l->height - l->horizon) * depth,
               r = 0.02 + 0.05 * depth * chance(&dice);
        cairo_save(cr);
        cairo_translate(cr, x, y);
        cairo_scale(cr, 1, 0.36);
        cairo_arc(cr, 0, 0, r, 0, 2 * PI);
        cairo_restore(cr);
        pen_ink(p, 0x7c7f8a);
        cairo_fill(cr);
    }
}

/* ---- inside, below, beyond ---- */

static void draw_window(const struct pen *p, const struct plan *plan, double x, double y, double w,
                        double h) {
    cairo_t *cr = p->cr;
    struct sky s = sky_of(plan);
    cairo_rectangle(cr, x - 0.018, y - 0.018, w + 0.036, h + 0.036);
    fill_gradient(p, y, y + h, 0xffffff, 0xe8e2d8);
    cairo_rectangle(cr, x, y, w, h);
    struct rgb stops[] = { rgb_of(s.top), rgb_of(s.low) };
    vertical(p, y, y + h, stops, 2);
    cairo_fill(cr);
    cairo_rectangle(cr, x + w / 2 - 0.006, y, 0.012, h);
    cairo_rectangle(cr, x, y + h / 2 - 0.006, w, 0.012);
    pen_ink(p, 0xf6f2ea);
    cairo_fill(cr);
}

static void draw_room(const struct pen *p, const struct plan *plan, const struct layout *l) {
    static const uint32_t walls[][2] = { { 0xf4e6d0, 0xe6cfae },
                                         { 0xd8e6e4, 0xb9d2d0 },
                                         { 0xe9dcea, 0xd0bcd4 },
                                         { 0xdde6f0, 0xbccde0 } };
    const uint32_t *wall = walls[plan->hash % 4];
    cairo_t *cr = p->cr;
    cairo_rectangle(cr, -0.01, -0.01, l->width + 0.02, l->height + 0.02);
    fill_gradient(p, 0, l->horizon, wall[0], wall[1]);
    draw_window(p, plan, l->width * 0.66, l->height * 0.10, 0.26, 0.30);
    cairo_rectangle(cr, l->width * 0.10, l->height * 0.12, 0.20, 0.15); /* a framed picture */
    fill_gradient(p, l->height * 0.12, l->height * 0.27, 0xa87a4c, 0x8a5f38);
    cairo_rectangle(cr, l->width * 0.10 + 0.014, l->height * 0.12 + 0.014, 0.172, 0.122);
    fill_gradient(p, l->height * 0.12, l->height * 0.27, 0xbfe0f0, 0x9cc78a);
    cairo_rectangle(cr, -0.01, l->horizon, l->width + 0.02, l->height - l->horizon + 0.02);
    fill_gradient(p, l->horizon, l->height, 0xd19d66, 0x9c6a3c); /* a table, up to the bottom */
    cairo_rectangle(cr, -0.01, l->horizon - 0.006, l->width + 0.02, 0.012);
    fill_gradient(p, l->horizon, l->horizon + 0.012, 0xe2b684, 0xc08c56);
    for (int i = 1; i < 4; i++) {
        double y = l->horizon + (l->height - l->horizon) * i * 0.27;
        cairo_move_to(cr, 0, y);
        cairo_curve_to(cr, l->width * 0.3, y - 0.008, l->width * 0.6, y + 0.010, l->width,
                       y - 0.002);
        pen_set(p, lit(p, 0x8a5a30), 0.28);
        cairo_set_line_width(cr, 0.0035);
        cairo_stroke(cr);
    }
}

static void draw_underwater(const struct pen *p, const struct plan *plan, const struct layout *l) {
    bool night = plan->hour == HOUR_NIGHT;
    cairo_rectangle(p->cr, -0.01, -0.01, l->width + 0.02, l->height + 0.02);
    struct pen water = *p;
    water.ambient = (struct rgb){ 1, 1, 1 };
    fill_gradient(&water, 0, l->height, night ? 0x1d4f80 : 0x5cc6e8, night ? 0x061a3c : 0x0f4f8c);
    ridge(p, l, l->horizon + 0.02, 0.05, 1.2, 2);
    fill_gradient(p, l->horizon - 0.05, l->height, 0xe2d09a, 0xb39a64);
}

static void draw_space(const struct pen *p, const struct plan *plan, const struct layout *l) {
    static const uint32_t clouds[] = { 0x7a3fb0, 0x2f6fd0, 0xc04a8a, 0x2f9fa8 };
    uint64_t dice = plan->hash;
    struct rgb stops[] = { rgb_of(0x05061a), rgb_of(0x130f38), rgb_of(0x0a1030) };
    if (p->line)
        cairo_set_source_rgb(p->cr, 1, 1, 1);
    else
        vertical(p, 0, l->height, stops, 3);
    cairo_paint(p->cr);
    for (int i = 0; i < 7; i++)
        pen_halo(p, chance_in(&dice, 0, l->width), chance_in(&dice, 0, l->height),
                 chance_in(&dice, 0.25, 0.6), clouds[chance_next(&dice) % 4], 0.34);
}

static void draw_plain(const struct pen *p, const struct plan *plan, const struct layout *l) {
    static const uint32_t grounds[] = { 0xfdf1dc, 0xe4f2f5, 0xf8e4ea, 0xeaf3e0, 0xefe8f8 };
    uint32_t c = plan->ground_colour ? plan->ground_colour : grounds[plan->hash % 5];
    if (p->line) c = 0xffffff;
    struct rgb base = rgb_of(c),
               edge = rgb_mix(base, (struct rgb){ 0.2, 0.2, 0.3 }, p->line ? 0 : 0.10);
    cairo_pattern_t *gradient =
        cairo_pattern_create_radial(l->width / 2, l->height / 2, 0.1, l->width / 2, l->height / 2,
                                    0.8 * fmax(l->width, l->height));
    cairo_pattern_add_color_stop_rgb(gradient, 0, base.r, base.g, base.b);
    cairo_pattern_add_color_stop_rgb(gradient, 1, edge.r, edge.g, edge.b);
    cairo_set_source(p->cr, gradient);
    cairo_paint(p->cr);
    cairo_pattern_destroy(gradient);
}

void draw_place(const struct pen *p, const struct plan *plan, const struct layout *l) {
    if (plan->ground_colour && plan->place != PLACE_ROOM) {
        draw_plain(p, plan, l);
        return;
    }
    switch (plan->place) {
    case PLACE_ANY: break;
    case PLACE_PLAIN: draw_plain(p, plan, l); break;
    case PLACE_SPACE: draw_space(p, plan, l); break;
    case PLACE_MOON:
        draw_space(p, plan, l);
        draw_moonscape(p, plan, l);
        break;
    case PLACE_UNDERWATER: draw_underwater(p, plan, l); break;
    case PLACE_ROOM: draw_room(p, plan, l); break;
    case PLACE_SKY: draw_sky(p, plan, l); break;
    case PLACE_SEA:
        draw_sky(p, plan, l);
        draw_sea(p, plan, l, l->height);
        break;
    case PLACE_BEACH:
        draw_sky(p, plan, l);
        draw_sea(p, plan, l, l->shore + 0.08);
        draw_sand(p, l);
        break;
    case PLACE_DESERT:
        draw_sky(p, plan, l);
        draw_desert(p, plan, l);
        break;
    case PLACE_LAND:
    case PLACE_CITY:
    case PLACE_FOREST:
        draw_sky(p, plan, l);
        draw_land(p, plan, l);
        break;
    }
}

/* ---- what moves ---- */

static void draw_stars(const struct pen *p, const struct plan *plan, const struct layout *l) {
    uint64_t dice = plan->hash ^ 77;
    double bottom = fmin(l->horizon, l->height);
    for (int i = 0; i < 130; i++) {
        double x = chance(&dice) * l->width, y = chance(&dice) * bottom * 0.96,
               r = chance_in(&dice, 0.0008, 0.0028);
        double own = chance(&dice), shine = 0.75;
        if (p->moving) shine = 0.55 + 0.4 * sin(2 * PI * (p->t / (1.2 + own * 2) + own));
        cairo_arc(p->cr, x, y, r, 0, 2 * PI);
        cairo_set_source_rgba(p->cr, 1, 0.98, 0.92, shine);
        cairo_fill(p->cr);
    }
}

static void draw_waves(const struct pen *p, const struct plan *plan, const struct layout *l) {
    cairo_t *cr = p->cr;
    double bottom = plan->place == PLACE_BEACH ? l->shore - 0.01 : l->height;
    double swell = plan->weather & (WEATHER_STORM | WEATHER_WIND) ? 2.4 : 1;
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    for (int row = 0; row < 9; row++) {
        double depth = (row + 0.6) / 9, y = l->horizon + (bottom - l->horizon) * depth * depth;
        double length = 0.05 + 0.12 * depth, gap = length * 2.1;
        double drift = p->moving ? p->t * (0.01 + 0.03 * depth) * swell : 0;
        double from = fmod(row * 0.37 + drift, gap) - gap;
        for (int i = 0; from + i * gap < l->width + gap; i++) {
            double x = from + i * gap;
            double lift = (0.004 + 0.010 * depth) * swell *
                          (p->moving ? 0.6 + 0.4 * sin(p->t * 1.6 + row + x * 9) : 1);
            cairo_move_to(cr, x, y);
            cairo_curve_to(cr, x + length * 0.3, y - lift, x + length * 0.7, y - lift, x + length,
                           y);
            cairo_set_source_rgba(cr, p->line ? 0.2 : 1, p->line ? 0.2 : 1, p->line ? 0.25 : 1,
                                  0.16 + 0.22 * depth);
            cairo_set_line_width(cr, 0.0022 + 0.003 * depth);
            cairo_stroke(cr);
        }
    }
}

static void draw_glitter(const struct pen *p, const struct layout *l, double bottom,
                         uint32_t colour) {
    uint64_t dice = 5;
    struct rgb c = rgb_of(colour);
    for (int i = 0; i < 46; i++) {
        double depth = chance(&dice), y = l->horizon + (bottom - l->horizon) * depth;
        double spread = 0.04 + 0.14 * depth, x = l->width * 0.8 + chance_in(&dice, -1, 1) * spread;
        double w = chance_in(&dice, 0.01, 0.045), own = chance(&dice);
        double shine = p->moving ? 0.5 + 0.5 * sin(2 * PI * (p->t * 0.8 + own)) : own;
        cairo_rectangle(p->cr, x - w / 2, y, w, 0.0035);
        cairo_set_source_rgba(p->cr, c.r, c.g, c.b, 0.65 * shine);
        cairo_fill(p->cr);
    }
}

static void draw_rays(const struct pen *p, const struct layout *l) {
    cairo_t *cr = p->cr;
    for (int i = 0; i < 6; i++) {
        double x = l->width * (i + 0.3) / 6, sway = 0.03 * pen_wave(p, 5 + i);
        cairo_move_to(cr, x, -0.01);
        cairo_line_to(cr, x + 0.05, -0.01);
        cairo_line_to(cr, x + 0.20 + sway, l->height * 0.9);
        cairo_line_to(cr, x + 0.02 + sway, l->height * 0.9);
        cairo_close_path(cr);
        cairo_pattern_t *light = cairo_pattern_create_linear(0, 0, 0, l->height * 0.9);
        cairo_pattern_add_color_stop_rgba(light, 0, 1, 1, 1, 0.16);
        cairo_pattern_add_color_stop_rgba(light, 1, 1, 1, 1, 0);
        cairo_set_source(cr, light);
        cairo_fill(cr);
        cairo_pattern_destroy(light);
    }
}

static void draw_bubbles(const struct pen *p, const struct plan *plan, const struct layout *l) {
    uint64_t dice = plan->hash ^ 9;
    for (int i = 0; i < 26; i++) {
        double x = chance(&dice) * l->width, y = chance(&dice), r = chance_in(&dice, 0.004, 0.014),
               own = chance(&dice);
        if (p->moving) y = fmod(y + 1000 - p->t * (0.05 + 0.06 * own), 1);
        cairo_arc(p->cr, x + 0.01 * sin(y * 20 + own * 6), y * l->height, r, 0, 2 * PI);
        cairo_set_source_rgba(p->cr, 1, 1, 1, 0.42);
        cairo_set_line_width(p->cr, 0.0022);
        cairo_stroke(p->cr);
    }
}

void draw_place_moving(const struct pen *p, const struct plan *plan, const struct layout *l) {
    bool stars = plan->hour == HOUR_NIGHT && !(plan->weather & (WEATHER_CLOUDS | WEATHER_FOG));
    if (plan->ground_colour) return;
    switch (plan->place) {
    case PLACE_SPACE:
    case PLACE_MOON:
        if (!p->line) draw_stars(p, plan, l);
        break;
    case PLACE_UNDERWATER:
        if (!p->line) draw_rays(p, l);
        draw_bubbles(p, plan, l);
        break;
    case PLACE_ANY:
    case PLACE_PLAIN:
    case PLACE_ROOM: break;
    default:
        if (stars && !p->line) draw_stars(p, plan, l);
        if (plan->place != PLACE_SEA && plan->place != PLACE_BEACH) break;
        draw_waves(p, plan, l);
        if (!p->line && plan->hour != HOUR_DAY)
            draw_glitter(p, l, plan->place == PLACE_SEA ? l->height : l->shore,
                         plan->hour == HOUR_NIGHT ? 0xe8ecff : 0xffd98a);
    }
}

/* ---- weather ---- */

static void draw_rain(const struct pen *p, const struct plan *plan, const struct layout *l) {
    uint64_t dice = plan->hash ^ 3;
    cairo_t *cr = p->cr;
    double lean = plan->weather & (WEATHER_WIND | WEATHER_STORM) ? 0.03 : 0.008;
    int n = (int)(150 * l->width * l->height);
    cairo_set_line_width(cr, 0.0026);
    for (int i = 0; i < n; i++) {
        double x = chance(&dice) * (l->width + 0.1), y = chance(&dice),
               speed = chance_in(&dice, 1.1, 1.5);
        if (p->moving) y = fmod(y + p->t * speed, 1);
        y = y * (l->height + 0.1) - 0.05;
        cairo_move_to(cr, x - lean * y * 2, y);
        cairo_line_to(cr, x - lean * y * 2 - lean, y + 0.045);
    }
    cairo_set_source_rgba(cr, p->line ? 0.3 : 0.86, p->line ? 0.3 : 0.92, 1, 0.55);
    cairo_stroke(cr);
}

static void draw_snow(const struct pen *p, const struct plan *plan, const struct layout *l) {
    uint64_t dice = plan->hash ^ 4;
    cairo_t *cr = p->cr;
    int n = (int)(170 * l->width * l->height);
    for (int i = 0; i < n; i++) {
        double x = chance(&dice) * l->width, y = chance(&dice), r = chance_in(&dice, 0.0025, 0.008),
               own = chance(&dice);
        if (p->moving) {
            y = fmod(y + p->t * (0.06 + 0.10 * own), 1);
            x += 0.02 * sin(p->t * 0.9 + own * 6.3);
        }
        cairo_new_sub_path(cr);
        cairo_arc(cr, x, y * (l->height + 0.04) - 0.02, r, 0, 2 * PI);
    }
    cairo_set_source_rgba(cr, 1, 1, 1, 0.92);
    if (p->line) cairo_set_source_rgba(cr, 0.5, 0.5, 0.55, 1);
    cairo_fill(cr);
}

static void draw_fog(const struct pen *p, const struct layout *l) {
    double shift = 0.04 * pen_wave(p, 9);
    for (int i = 0; i < 5; i++) {
        double y = l->height * (0.34 + i * 0.14);
        cairo_pattern_t *band = cairo_pattern_create_linear(0, y - 0.12, 0, y + 0.12);
        cairo_pattern_add_color_stop_rgba(band, 0, 0.92, 0.94, 0.96, 0);
        cairo_pattern_add_color_stop_rgba(band, 0.5, 0.92, 0.94, 0.96, 0.46);
        cairo_pattern_add_color_stop_rgba(band, 1, 0.92, 0.94, 0.96, 0);
        cairo_set_source(p->cr, band);
        cairo_rectangle(p->cr, -0.1, y - 0.12 + shift * (i % 2 ? 0.3 : -0.3), l->width + 0.2, 0.24);
        cairo_fill(p->cr);
        cairo_pattern_destroy(band);
    }
}

void draw_weather(const struct pen *p, const struct plan *plan, const struct layout *l) {
    bool outside = plan->place != PLACE_ROOM && plan->place != PLACE_UNDERWATER &&
                   plan->place != PLACE_SPACE && plan->place != PLACE_MOON;
    if (!outside) return;
    if (plan->weather & WEATHER_FOG && !p->line) draw_fog(p, l);
    if (plan->weather & WEATHER_RAIN) draw_rain(p, plan, l);
    if (plan->weather & WEATHER_SNOW) draw_snow(p, plan, l);
}

/* ---- nothing in particular ---- */

void draw_abstract(const struct pen *p, const struct plan *plan, const struct layout *l,
                   const char *words) {
    static const uint32_t palettes[][5] = {
        { 0x0f2e4c, 0x1f6f8b, 0xf2a154, 0xe8574a, 0xf7e8cf },
        { 0x2b1b4a, 0x6a3f9c, 0xe07a9c, 0xf7c59f, 0xfdf0e4 },
        { 0x12372a, 0x43805f, 0xadbc6a, 0xfbe18c, 0xfaf6e6 },
        { 0x26233a, 0x3e6fa8, 0x6fc3c8, 0xf6d76b, 0xf4f4ee },
        { 0x3a1f2b, 0x9c3d54, 0xe88b5a, 0xf3c969, 0xfaf0dd },
    };
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    const uint32_t *colours = palettes[chance_next(&dice) % 5];
    struct rgb stops[] = { rgb_of(colours[4]),
                           rgb_mix(rgb_of(colours[4]), rgb_of(colours[2]), 0.35) };
    vertical(p, 0, l->height, stops, 2);
    cairo_paint(cr);
    double cx = l->width * chance_in(&dice, 0.3, 0.7),
           cy = l->height * chance_in(&dice, 0.28, 0.42);
    struct rgb disc = rgb_of(colours[3]);
    pen_halo(p, cx, cy, 0.5, colours[3], 0.5);
    cairo_arc(cr, cx, cy, chance_in(&dice, 0.14, 0.22), 0, 2 * PI);
    pen_set(p, disc, 0.95);
    cairo_fill(cr);
    for (int i = 0; i < 6; i++) { /* ribbons, one behind the other, slowly moving */
        double y = l->height * (0.42 + i * 0.10), phase = chance_in(&dice, 0, 6.3);
        double period = chance_in(&dice, 0.7, 1.6), height = chance_in(&dice, 0.06, 0.14);
        ridge(p, l, y, height, period, phase + (p->moving ? p->t * (0.25 + 0.08 * i) : 0));
        struct rgb c =
            rgb_mix(rgb_of(colours[2 - i / 2 > 0 ? 2 - i / 2 : 0]), rgb_of(colours[i % 3]), 0.45);
        pen_set(p, c, 0.82);
        cairo_fill(cr);
    }
    for (int i = 0; i < 9; i++) {
        double x = chance(&dice) * l->width, y = chance(&dice) * l->height * 0.6;
        double bob = 0.012 * pen_wave(p, 3 + i * 0.4);
        cairo_arc(cr, x, y + bob, chance_in(&dice, 0.006, 0.03), 0, 2 * PI);
        struct rgb c = rgb_of(colours[i % 4]);
        pen_set(p, c, 0.55);
        cairo_fill(cr);
    }
    if (!words[0]) return;
    struct pen letters = *p;
    letters.ambient = (struct rgb){ 1, 1, 1 };
    cairo_save(cr); /* pen_text has y upwards */
    cairo_translate(cr, l->width / 2, l->height * 0.87);
    cairo_scale(cr, 0.01, -0.01);
    pen_text(&letters, words, 0, 0, l->width * 82, 15, colours[4]);
    cairo_restore(cr);
    (void)plan;
}
