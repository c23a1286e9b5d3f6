/* Things whose form depends on chance: no two trees, clouds or mountains are alike, and each is the
 * same again for the same seed. Units as in kinds.h. */
#include "engines/scene/draw.h"

#include <math.h>

#define PI 3.14159265358979323846

static void circle(cairo_t *cr, double x, double y, double r) {
    cairo_new_sub_path(cr);
    cairo_arc(cr, x, y, r, 0, 2 * PI);
    cairo_close_path(cr);
}

/* ---- the sky ---- */

static void draw_sun(const struct pen *p) {
    cairo_t *cr = p->cr;
    pen_halo(p, 0, 50, 100, 0xffe9a0, 0.55);
    cairo_save(cr);
    cairo_translate(cr, 0, 50);
    cairo_rotate(cr, p->moving ? p->t * 0.12 : 0.1);
    for (int i = 0; i < 12; i++) {
        cairo_rotate(cr, PI / 6);
        cairo_move_to(cr, -6, 40);
        cairo_line_to(cr, 0, i % 2 ? 50 : 56);
        cairo_line_to(cr, 6, 40);
        cairo_close_path(cr);
    }
    pen_fill_plain(p, GLOW | p->accent);
    cairo_restore(cr);
    circle(cr, 0, 50, 34);
    pen_fill_plain(p, GLOW | p->main);
    circle(cr, -4, 54, 25);
    pen_fill_plain(p, SHINE);
}

static void draw_moon(const struct pen *p) {
    static const double craters[][3] = { { -14, 64, 9 }, { 14, 56, 7 },  { -4, 34, 11 },
                                         { 22, 34, 5 },  { -26, 44, 5 }, { 8, 78, 5 } };
    cairo_t *cr = p->cr;
    pen_halo(p, 0, 50, 105, 0xf6f0d8, 0.40);
    circle(cr, 0, 50, 44);
    pen_fill_plain(p, GLOW | p->main);
    for (size_t i = 0; i < sizeof craters / sizeof craters[0]; i++) {
        circle(cr, craters[i][0], craters[i][1], craters[i][2]);
        pen_fill_plain(p, GLOW | p->accent);
    }
}

static void draw_star(const struct pen *p) {
    double twinkle = 1 + 0.12 * pen_wave(p, 1.9);
    pen_halo(p, 0, 50, 80, 0xfff3c0, 0.35);
    cairo_save(p->cr);
    cairo_translate(p->cr, 0, 50);
    cairo_scale(p->cr, twinkle, twinkle);
    pen_path(p, "S 0 0 50 5");
    pen_fill_plain(p, GLOW | p->main);
    cairo_restore(p->cr);
}

static void draw_cloud(const struct pen *p) {
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    double x[7], y[7], r[7];
    int n = 5 + (int)(chance(&dice) * 3);
    for (int i = 0; i < n; i++) {
        double at = (i + 0.5) / n * 2 - 1;
        x[i] = at * 72;
        r[i] = (1 - 0.55 * at * at) * chance_in(&dice, 34, 46);
        y[i] = r[i] * 0.92 + chance_in(&dice, 0, 10) * (1 - at * at);
    }
    cairo_save(cr);
    cairo_rectangle(cr, -130, 0, 260, 140); /* a flat bottom */
    cairo_clip(cr);
    for (int layer = 0; layer < 2; layer++) { /* a shade below, the white above it */
        for (int i = 0; i < n; i++) circle(cr, x[i], y[i] + layer * 6, r[i] * (layer ? 0.95 : 1));
        pen_fill_plain(p, layer ? p->main : p->accent);
    }
    cairo_restore(cr);
}

static void draw_rainbow(const struct pen *p) {
    static const uint32_t bands[] = { 0xe8453f, 0xf58f3b, 0xf7d548, 0x64b84f,
                                      0x4a9fe0, 0x4f62c8, 0x8d55b8 };
    cairo_t *cr = p->cr;
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
    for (int i = 0; i < 7; i++) {
        struct rgb c = rgb_of(bands[i]);
        cairo_new_path(cr);
        cairo_arc(cr, 0, 0, 96 - i * 5.2, 0, PI);
        cairo_set_line_width(cr, 5.6);
        pen_set(p, c, 0.72);
        cairo_stroke(cr);
    }
}

static void draw_planet(const struct pen *p) {
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    cairo_save(cr);
    circle(cr, 0, 50, 40);
    cairo_clip(cr);
    cairo_rectangle(cr, -60, 0, 120, 100);
    pen_fill_plain(p, GLOW | p->main);
    for (int i = 0; i < 5; i++) {
        cairo_rectangle(cr, -60, 12 + i * 16 + chance_in(&dice, -3, 3), 120,
                        chance_in(&dice, 3, 8));
        pen_fill_plain(p, SHINE);
    }
    circle(cr, 26, 36, 52);
    circle(cr, 10, 60, 44);
    cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
    pen_fill_plain(p, SHADE);
    cairo_restore(cr);
    cairo_save(cr);
    cairo_translate(cr, 0, 50);
    cairo_rotate(cr, 0.28);
    cairo_scale(cr, 1, 0.24);
    cairo_arc(cr, 0, 0, 62, 0.75 * PI, 2.25 * PI);
    cairo_restore(cr);
    pen_stroke(p, GLOW | p->accent, 6);
}

static void draw_lightning(const struct pen *p) {
    double flash = p->moving ? fmod(p->t + p->phase * 2.3, 2.3) : 0.1;
    if (flash > 0.28 && p->moving) return;
    pen_halo(p, 0, 50, 90, 0xfff6c8, 0.35);
    pen_path(p, "M 6 100 L -20 52 L -2 52 L -14 0 L 24 62 L 5 62 L 22 100 Z");
    pen_fill_plain(p, GLOW | p->main);
}

static void draw_firework(const struct pen *p) {
    cairo_t *cr = p->cr;
    double grow = p->moving ? fmod(p->t / 2.4 + p->phase, 1) : 0.75;
    for (int i = 0; i < 18; i++) {
        double a = i * PI / 9, r = 48 * sqrt(grow) * (i % 2 ? 0.72 : 1), drop = 12 * grow * grow;
        cairo_move_to(cr, r * 0.45 * cos(a), 50 + r * 0.45 * sin(a) - drop * 0.4);
        cairo_line_to(cr, r * cos(a), 50 + r * sin(a) - drop);
        struct rgb c = rgb_of(i % 2 ? p->accent : p->main);
        pen_set(p, c, 1 - grow * grow * 0.8);
        cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
        cairo_set_line_width(cr, 2.4);
        cairo_stroke(cr);
        circle(cr, r * cos(a), 50 + r * sin(a) - drop, 2.4);
        cairo_fill(cr);
    }
}

/* ---- what grows ---- */

/* A crown of leaves: dark blobs behind, light ones before, all about (x, y). */
static void crown(const struct pen *p, uint64_t *dice, double x, double y, double rx, double ry) {
    static const uint32_t inks[] = { DARK, MAIN, LIGHT };
    static const double sizes[] = { 1, 0.86, 0.42 }, shift[] = { 0, 0.06, 0.26 };
    cairo_t *cr = p->cr;
    for (int layer = 0; layer < 3; layer++) {
        int n = layer == 2 ? 4 : 8;
        for (int i = 0; i < n; i++) {
            double a = 2 * PI * i / n + chance_in(dice, -0.2, 0.2), s = sizes[layer];
            double spread = layer == 2 ? 0.36 : 0.55;
            circle(cr, x + rx * (spread * cos(a) * s - shift[layer] * 0.6),
                   y + ry * (spread * sin(a) * s + shift[layer]),
                   rx * chance_in(dice, 0.38, 0.52) * s * (layer == 2 ? 0.42 : 1));
        }
        if (layer < 2) circle(cr, x, y, rx * 0.6 * sizes[layer]);
        struct pen soft = *p;
        if (layer == 2) soft.alpha *= 0.35;
        pen_fill_plain(&soft, inks[layer]);
    }
    if (!p->snowy) return;
    cairo_move_to(cr, x - rx * 0.72, y + ry * 0.30);
    cairo_curve_to(cr, x - rx * 0.6, y + ry * 1.15, x + rx * 0.6, y + ry * 1.15, x + rx * 0.70,
                   y + ry * 0.34);
    cairo_curve_to(cr, x + rx * 0.44, y + ry * 0.62, x + rx * 0.30, y + ry * 0.30, x + rx * 0.06,
                   y + ry * 0.56);
    cairo_curve_to(cr, x - rx * 0.20, y + ry * 0.80, x - rx * 0.40, y + ry * 0.34, x - rx * 0.72,
                   y + ry * 0.30);
    cairo_close_path(cr);
    pen_fill_plain(p, 0xf6fafd);
}

static void draw_tree(const struct pen *p) {
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    pen_path(p, "M -8 0 C -4 14 -5 26 -4 42 L 4 42 C 5 26 4 14 9 0 Z");
    pen_fill(p, ACC);
    pen_path(p, "M 0 30 L -14 48 M 1 34 L 14 50");
    pen_stroke(p, ACC, 4);
    cairo_save(cr);
    cairo_translate(cr, 0, 40);
    cairo_rotate(cr, 0.018 * pen_wave(p, 3.4));
    crown(p, &dice, 0, 28, 36, 30);
    if (p->seed % 3 == 0 && !p->snowy)
        for (int i = 0; i < 5; i++) {
            circle(cr, chance_in(&dice, -24, 24), chance_in(&dice, 10, 46), 2.6);
            pen_fill_plain(p, 0xe0443c);
        }
    cairo_restore(cr);
}

static void draw_pine(const struct pen *p) {
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    pen_path(p, "B -4 0 8 20 1");
    pen_fill(p, ACC);
    cairo_save(cr);
    cairo_rotate(cr, 0.012 * pen_wave(p, 3.8));
    for (int i = 0; i < 4; i++) {
        double low = 14 + i * 19, wide = 27 - i * 5.2 + chance_in(&dice, -1.5, 1.5);
        cairo_move_to(cr, 0, low + 32);
        cairo_curve_to(cr, -wide * 0.3, low + 20, -wide * 0.7, low + 6, -wide, low);
        cairo_curve_to(cr, -wide * 0.4, low + 4, wide * 0.4, low - 4, wide, low);
        cairo_curve_to(cr, wide * 0.7, low + 6, wide * 0.3, low + 20, 0, low + 32);
        cairo_close_path(cr);
        pen_fill(p, i % 2 ? MAIN : DARK);
        if (!p->snowy) continue;
        cairo_move_to(cr, 0, low + 32);
        cairo_curve_to(cr, -wide * 0.3, low + 20, -wide * 0.5, low + 12, -wide * 0.62, low + 9);
        cairo_curve_to(cr, -wide * 0.3, low + 15, wide * 0.1, low + 7, wide * 0.56, low + 10);
        cairo_curve_to(cr, wide * 0.4, low + 14, wide * 0.3, low + 20, 0, low + 32);
        cairo_close_path(cr);
        pen_fill_plain(p, 0xf6fafd);
    }
    cairo_restore(cr);
}

static void draw_bush(const struct pen *p) {
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    cairo_save(cr);
    cairo_rectangle(cr, -100, 0, 200, 140);
    cairo_clip(cr);
    crown(p, &dice, -34, 30, 48, 40);
    crown(p, &dice, 36, 28, 46, 38);
    crown(p, &dice, 2, 46, 52, 46);
    for (int i = 0; i < 7; i++) {
        circle(cr, chance_in(&dice, -60, 60), chance_in(&dice, 14, 76), 4);
        pen_fill_plain(p, ACC);
    }
    cairo_restore(cr);
}

static void draw_forest(const struct pen *p) {
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < 9; i++) {
            struct pen one = *p;
            double height = chance_in(&dice, 0.62, 0.95) - row * 0.06;
            double x = -118 + i * 29.5 + chance_in(&dice, -8, 8) + (row % 2) * 12;
            struct rgb tint = rgb_mix(rgb_of(p->main), rgb_of(0xcfe0e8), 0.42 - row * 0.2);
            one.main = (uint32_t)(tint.r * 255) << 16 | (uint32_t)(tint.g * 255) << 8 |
                       (uint32_t)(tint.b * 255);
            one.seed = chance_next(&dice) | 1;
            one.phase = chance(&dice);
            cairo_save(cr);
            cairo_translate(cr, x, (2 - row) * 4);
            cairo_scale(cr, height, height);
            if (chance(&dice) < 0.55)
                draw_pine(&one);
            else
                draw_tree(&one);
            cairo_restore(cr);
        }
}

static void draw_grass(const struct pen *p) {
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    for (int i = 0; i < 26; i++) {
        double x = chance_in(&dice, -118, 118), h = chance_in(&dice, 40, 100);
        double lean = chance_in(&dice, -18, 18) + 6 * pen_wave(p, 2.7);
        cairo_move_to(cr, x - 5, 0);
        cairo_curve_to(cr, x - 4, h * 0.5, x + lean * 0.5, h * 0.8, x + lean, h);
        cairo_curve_to(cr, x + lean * 0.6, h * 0.7, x + 5, h * 0.4, x + 5, 0);
        cairo_close_path(cr);
        pen_fill_plain(p, i % 3 ? MAIN : DARK);
    }
}

/* ---- the land ---- */

static void peak(const struct pen *p, double x, double height, double half, uint64_t *dice) {
    cairo_t *cr = p->cr;
    double fold = x + chance_in(dice, -0.1, 0.22) * half;
    cairo_move_to(cr, x - half, 0);
    cairo_line_to(cr, x - half * 0.55, height * 0.42);
    cairo_line_to(cr, x - half * 0.42, height * 0.5);
    cairo_line_to(cr, x, height);
    cairo_line_to(cr, x + half * 0.4, height * 0.56);
    cairo_line_to(cr, x + half * 0.52, height * 0.5);
    cairo_line_to(cr, x + half, 0);
    cairo_close_path(cr);
    pen_fill(p, MAIN);
    cairo_move_to(cr, x, height);
    cairo_line_to(cr, x + half * 0.4, height * 0.56);
    cairo_line_to(cr, x + half * 0.52, height * 0.5);
    cairo_line_to(cr, x + half, 0);
    cairo_line_to(cr, fold + half * 0.16, 0);
    cairo_line_to(cr, fold, height * 0.4);
    cairo_line_to(cr, fold + half * 0.08, height * 0.66);
    cairo_close_path(cr);
    pen_fill_plain(p, DARK);
    double snow = p->snowy ? 0.52 : 0.70;
    cairo_move_to(cr, x, height);
    cairo_line_to(cr, x - half * (1 - snow) * 0.93, height * snow);
    cairo_line_to(cr, x - half * 0.16, height * (snow + 0.08));
    cairo_line_to(cr, x - half * 0.06, height * (snow - 0.05));
    cairo_line_to(cr, x + half * 0.08, height * (snow + 0.07));
    cairo_line_to(cr, x + half * 0.18, height * (snow - 0.02));
    cairo_line_to(cr, x + half * (1 - snow) * 0.88, height * snow);
    cairo_close_path(cr);
    pen_fill_plain(p, ACC);
}

static void draw_mountain(const struct pen *p) {
    uint64_t dice = p->seed;
    peak(p, -42, chance_in(&dice, 62, 76), 46, &dice);
    peak(p, 44, chance_in(&dice, 56, 70), 44, &dice);
    peak(p, chance_in(&dice, -8, 8), 100, 62, &dice);
}

static void draw_volcano(const struct pen *p) {
    cairo_t *cr = p->cr;
    for (int i = 0; i < 5; i++) {
        double rise = p->moving ? fmod(p->t * 0.18 + i * 0.2, 1) : i * 0.2;
        circle(cr, 8 * sin(i * 2.1) + rise * 24, 92 + rise * 60, 9 + rise * 18);
        struct pen smoke = *p;
        smoke.alpha *= 0.75 - 0.6 * rise;
        pen_fill_plain(&smoke, 0x8a8286);
    }
    pen_halo(p, 0, 92, 40, 0xff8a3c, 0.6);
    pen_path(p, "M -85 0 C -50 20 -32 60 -18 92 C -8 86 8 86 18 92 C 32 60 50 20 85 0 Z");
    pen_fill(p, MAIN);
    pen_path(p, "M -18 92 C -8 86 8 86 18 92 C 10 80 16 60 10 44 C 8 52 4 56 2 66 C 0 50 -4 34 -8 "
                "24 C -10 44 -8 "
                "70 -18 92 Z");
    pen_fill_plain(p, GLOW | p->accent);
    pen_path(p, "O 0 91 16 4");
    pen_fill_plain(p, GLOW | 0xffc04a);
}

static void draw_hill(const struct pen *p) {
    pen_path(p, "M -160 0 C -100 20 -60 100 0 100 C 60 100 110 24 160 0 Z");
    pen_fill(p, MAIN);
    pen_path(p, "M -120 14 C -80 30 -50 92 0 96 C -30 80 -60 30 -120 14 Z");
    pen_fill_plain(p, SHINE);
}

static void draw_island(const struct pen *p) {
    pen_path(p, "M -130 0 C -90 34 -40 40 0 38 C 50 36 100 26 130 0 Z");
    pen_fill(p, MAIN);
    pen_path(p, "M -70 24 C -50 52 20 54 60 28 C 20 38 -30 38 -70 24 Z");
    pen_fill(p, ACC);
}

/* ---- what is built ---- */

static void windows(const struct pen *p, uint64_t *dice, double x, double w, double h) {
    int floors = (int)((h - 10) / 6.2) + 1, across = (int)((w - 6.2) / 4.4) + 1;
    for (int i = 0; i < floors; i++)
        for (int k = 0; k < across; k++) {
            bool lit = chance(dice) < 0.55;
            cairo_rectangle(p->cr, x + 2.6 + k * 4.4, 5 + i * 6.2, 2.6, 3.4);
            pen_fill_plain(p, lit ? (uint32_t)(GLOW | 0xffe08a) : (uint32_t)0x9fc0d8);
        }
}

static void draw_city(const struct pen *p) {
    cairo_t *cr = p->cr;
    uint64_t dice = p->seed;
    for (int row = 0; row < 2; row++) {
        double x = -120;
        while (x < 116) {
            double w = chance_in(&dice, 13, 23), h = chance_in(&dice, 34, row ? 70 : 100);
            if (x + w > 120) w = 120 - x;
            struct rgb c = rgb_mix(rgb_of(p->main), rgb_of(0xdfe9f2), row ? 0 : 0.38);
            struct pen one = *p;
            one.main =
                (uint32_t)(c.r * 255) << 16 | (uint32_t)(c.g * 255) << 8 | (uint32_t)(c.b * 255);
            cairo_rectangle(cr, x, 0, w, h);
            pen_fill(&one, MAIN);
            if (chance(&dice) < 0.3) {
                cairo_rectangle(cr, x + w / 2 - 0.8, h, 1.6, 9);
                pen_fill_plain(&one, DARK);
            } else if (chance(&dice) < 0.3) {
                cairo_rectangle(cr, x + w * 0.25, h, w * 0.5, 5);
                pen_fill_plain(&one, DARK);
            }
            windows(&one, &dice, x, w, h);
            x += w + (row ? chance_in(&dice, 0, 9) : 0.6);
        }
    }
}

static void draw_sign(const struct pen *p) {
    pen_path(p, "B -6 0 12 60 2");
    pen_fill(p, ACC);
    pen_path(p, "B -74 40 148 60 6");
    pen_fill(p, MAIN);
    pen_path(p, "M -68 60 L -20 60 M 10 56 L 66 56 M -64 80 L 0 80 M 24 84 L 66 84");
    pen_stroke(p, DARK, 1);
    if (p->text) pen_text(p, p->text, 0, 70, 132, 46, 0x3a2a1c);
}

void draw_form(const struct pen *p, const struct kind *k) {
    switch (k->form) {
    case FORM_SHAPES: break;
    case FORM_SUN: draw_sun(p); break;
    case FORM_MOON: draw_moon(p); break;
    case FORM_STAR: draw_star(p); break;
    case FORM_CLOUD: draw_cloud(p); break;
    case FORM_RAINBOW: draw_rainbow(p); break;
    case FORM_PLANET: draw_planet(p); break;
    case FORM_LIGHTNING: draw_lightning(p); break;
    case FORM_FIREWORK: draw_firework(p); break;
    case FORM_TREE: draw_tree(p); break;
    case FORM_PINE: draw_pine(p); break;
    case FORM_BUSH: draw_bush(p); break;
    case FORM_FOREST: draw_forest(p); break;
    case FORM_GRASS: draw_grass(p); break;
    case FORM_MOUNTAIN: draw_mountain(p); break;
    case FORM_VOLCANO: draw_volcano(p); break;
    case FORM_HILL: draw_hill(p); break;
    case FORM_ISLAND: draw_island(p); break;
    case FORM_CITY: draw_city(p); break;
    case FORM_SIGN: draw_sign(p); break;
    }
}
