#include "engines/scene/draw.h"

#include <math.h>

#define PI 3.14159265358979323846

/* ---- colours ---- */

struct rgb rgb_of(uint32_t hex) {
    return (struct rgb){ (hex >> 16 & 0xFF) / 255.0, (hex >> 8 & 0xFF) / 255.0,
                         (hex & 0xFF) / 255.0 };
}

struct rgb rgb_mix(struct rgb a, struct rgb b, double t) {
    return (struct rgb){ a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t };
}

static struct rgb shade(struct rgb c, double by) { /* by < 0: darker */
    struct rgb white = { 1, 1, 1 }, black = { 0.05, 0.04, 0.10 };
    return by < 0 ? rgb_mix(c, black, -by) : rgb_mix(c, white, by);
}

struct rgb pen_rgb(const struct pen *p, uint32_t ink) {
    struct rgb c;
    switch (ink) {
    case MAIN: c = rgb_of(p->main); break;
    case DARK: c = shade(rgb_of(p->main), -0.2); break;
    case LIGHT: c = shade(rgb_of(p->main), 0.5); break;
    case ACC: c = rgb_of(p->accent); break;
    case ACCD: c = shade(rgb_of(p->accent), -0.2); break;
    case SHADE: c = (struct rgb){ 0.05, 0.04, 0.10 }; break;
    case SHINE: c = (struct rgb){ 1, 1, 1 }; break;
    default: c = rgb_of(ink & 0xFFFFFF); break;
    }
    if (ink & GLOW) return c;
    return (struct rgb){ c.r * p->ambient.r, c.g * p->ambient.g, c.b * p->ambient.b };
}

static double ink_alpha(const struct pen *p, uint32_t ink) {
    return p->alpha * (ink == SHADE ? 0.18 : ink == SHINE ? 0.45 : 1);
}

void pen_set(const struct pen *p, struct rgb c, double alpha) {
    cairo_set_source_rgba(p->cr, c.r, c.g, c.b, alpha * p->alpha);
}

void pen_ink(const struct pen *p, uint32_t ink) {
    struct rgb c = pen_rgb(p, ink);
    cairo_set_source_rgba(p->cr, c.r, c.g, c.b, ink_alpha(p, ink));
}

/* ---- filling and stroking ---- */

static void outline(const struct pen *p, uint32_t ink) {
    double width = 1.6, unused = 0;
    cairo_device_to_user_distance(p->cr, &width, &unused);
    cairo_set_line_width(p->cr, fabs(width) > 1.1 ? fabs(width) : 1.1);
    cairo_set_source_rgba(p->cr, 0.12, 0.12, 0.16,
                          p->alpha * (ink == SHINE || ink == SHADE ? 0 : 1));
    cairo_stroke(p->cr);
}

void pen_fill(const struct pen *p, uint32_t ink) {
    cairo_t *cr = p->cr;
    if (p->line) {
        cairo_set_source_rgba(cr, 1, 1, 1, ink == SHINE || ink == SHADE ? 0 : p->alpha);
        cairo_fill_preserve(cr);
        outline(p, ink);
        return;
    }
    double x1, y1, x2, y2, alpha = ink_alpha(p, ink);
    struct rgb c = pen_rgb(p, ink);
    if (ink & GLOW || ink == SHADE || ink == SHINE) {
        cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
        cairo_fill(cr);
        return;
    }
    cairo_path_extents(cr, &x1, &y1, &x2, &y2);
    cairo_pattern_t *gradient = cairo_pattern_create_linear(0, y2, 0, y1);
    struct rgb top = shade(c, 0.10), bottom = shade(c, -0.12);
    cairo_pattern_add_color_stop_rgba(gradient, 0, top.r, top.g, top.b, alpha);
    cairo_pattern_add_color_stop_rgba(gradient, 1, bottom.r, bottom.g, bottom.b, alpha);
    cairo_set_source(cr, gradient);
    cairo_fill_preserve(cr);
    cairo_pattern_destroy(gradient);
    struct rgb edge = shade(c, -0.35);
    cairo_set_source_rgba(cr, edge.r, edge.g, edge.b, alpha * 0.45);
    cairo_set_line_width(cr, 0.9);
    cairo_stroke(cr);
}

void pen_fill_plain(const struct pen *p, uint32_t ink) {
    if (p->line) { /* the edge first: of many parts only the outermost stays */
        double width = 3.2, unused = 0;
        cairo_device_to_user_distance(p->cr, &width, &unused);
        cairo_set_line_width(p->cr, fabs(width) > 2.2 ? fabs(width) : 2.2);
        cairo_set_source_rgba(p->cr, 0.12, 0.12, 0.16, ink == SHINE || ink == SHADE ? 0 : p->alpha);
        cairo_stroke_preserve(p->cr);
        cairo_set_source_rgba(p->cr, 1, 1, 1, ink == SHINE || ink == SHADE ? 0 : p->alpha);
        cairo_fill(p->cr);
        return;
    }
    pen_ink(p, ink);
    cairo_fill(p->cr);
}

void pen_halo(const struct pen *p, double x, double y, double r, uint32_t ink, double alpha) {
    struct rgb c = rgb_of(ink & 0xFFFFFF);
    if (p->line) return;
    cairo_pattern_t *light = cairo_pattern_create_radial(x, y, 0, x, y, r);
    cairo_pattern_add_color_stop_rgba(light, 0, c.r, c.g, c.b, alpha * p->alpha);
    cairo_pattern_add_color_stop_rgba(light, 0.4, c.r, c.g, c.b, alpha * p->alpha * 0.45);
    cairo_pattern_add_color_stop_rgba(light, 1, c.r, c.g, c.b, 0);
    cairo_set_source(p->cr, light);
    cairo_arc(p->cr, x, y, r, 0, 2 * PI);
    cairo_fill(p->cr);
    cairo_pattern_destroy(light);
}

void pen_stroke(const struct pen *p, uint32_t ink, double width) {
    cairo_t *cr = p->cr;
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    if (p->line && width > 3) { /* a thick line is a surface: its two edges */
        cairo_set_line_width(cr, width + 1.6);
        cairo_set_source_rgba(cr, 0.12, 0.12, 0.16, p->alpha);
        cairo_stroke_preserve(cr);
        cairo_set_line_width(cr, width - 0.4);
        cairo_set_source_rgba(cr, 1, 1, 1, p->alpha);
        cairo_stroke(cr);
        return;
    }
    cairo_set_line_width(cr, width);
    if (p->line)
        cairo_set_source_rgba(cr, 0.12, 0.12, 0.16, p->alpha);
    else
        pen_ink(p, ink);
    cairo_stroke(cr);
}

/* ---- the path language ---- */

static const char *skip_blanks(const char *s) {
    while (*s == ' ') s++;
    return s;
}

static const char *number(const char *s, double *out) {
    double v = 0, place = 1;
    bool minus = false;
    s = skip_blanks(s);
    if (*s == '-') {
        minus = true;
        s++;
    }
    for (; *s >= '0' && *s <= '9'; s++) v = v * 10 + (*s - '0');
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++) v += (*s - '0') * (place /= 10);
    *out = minus ? -v : v;
    return s;
}

static void ellipse(cairo_t *cr, double x, double y, double rx, double ry) {
    cairo_save(cr);
    cairo_new_sub_path(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, rx, ry);
    cairo_arc(cr, 0, 0, 1, 0, 2 * PI);
    cairo_close_path(cr);
    cairo_restore(cr);
}

static void box(cairo_t *cr, double x, double y, double w, double h, double r) {
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -PI / 2, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, PI / 2);
    cairo_arc(cr, x + r, y + h - r, r, PI / 2, PI);
    cairo_arc(cr, x + r, y + r, r, PI, 1.5 * PI);
    cairo_close_path(cr);
}

static void star(cairo_t *cr, double x, double y, double r, double points) {
    cairo_new_sub_path(cr);
    for (int i = 0; i < 2 * (int)points; i++) {
        double a = PI / 2 + i * PI / points, d = i % 2 ? r * 0.44 : r;
        cairo_line_to(cr, x + d * cos(a), y + d * sin(a));
    }
    cairo_close_path(cr);
}

/* From the current point, as SVG's Q. */
static void quadratic(cairo_t *cr, double x1, double y1, double x2, double y2) {
    double x0, y0;
    cairo_get_current_point(cr, &x0, &y0);
    cairo_curve_to(cr, x0 + 2.0 / 3 * (x1 - x0), y0 + 2.0 / 3 * (y1 - y0), x2 + 2.0 / 3 * (x1 - x2),
                   y2 + 2.0 / 3 * (y1 - y2), x2, y2);
}

void pen_path(const struct pen *p, const char *s) {
    static const char letters[] = "MLCQZOBS";
    static const unsigned char counts[] = { 2, 2, 6, 4, 0, 4, 5, 4 };
    cairo_t *cr = p->cr;
    for (s = skip_blanks(s); *s; s = skip_blanks(s)) {
        double v[6] = { 0 };
        char letter = *s++;
        for (size_t i = 0; letters[i]; i++) {
            if (letters[i] != letter) continue;
            for (unsigned k = 0; k < counts[i]; k++) s = number(s, &v[k]);
        }
        switch (letter) {
        case 'M': cairo_move_to(cr, v[0], v[1]); break;
        case 'L': cairo_line_to(cr, v[0], v[1]); break;
        case 'C': cairo_curve_to(cr, v[0], v[1], v[2], v[3], v[4], v[5]); break;
        case 'Q': quadratic(cr, v[0], v[1], v[2], v[3]); break;
        case 'Z': cairo_close_path(cr); break;
        case 'O': ellipse(cr, v[0], v[1], v[2], v[3]); break;
        case 'B': box(cr, v[0], v[1], v[2], v[3], v[4]); break;
        case 'S': star(cr, v[0], v[1], v[2], v[3]); break;
        default: return; /* no such letter: a mistake in a table, which a test looks for */
        }
    }
}

/* ---- moving ---- */

double pen_wave(const struct pen *p, double period) {
    return p->moving ? sin(2 * PI * (p->t / period + p->phase)) : 0;
}

static void turn(cairo_t *cr, const struct shape *s, double angle) {
    cairo_translate(cr, s->px, s->py);
    cairo_rotate(cr, angle);
    cairo_translate(cr, -s->px, -s->py);
}

static void stretch(cairo_t *cr, const struct shape *s, double sx, double sy) {
    cairo_translate(cr, s->px, s->py);
    cairo_scale(cr, sx, sy);
    cairo_translate(cr, -s->px, -s->py);
}

/* Mostly open: shut for a moment every few seconds. */
static double lid(const struct pen *p) {
    double cycle = fmod(p->t + p->phase * 3.7, 3.7);
    return p->moving && cycle < 0.16 ? 0.12 : 1;
}

static void move_shape(const struct pen *p, const struct shape *s) {
    cairo_t *cr = p->cr;
    switch ((enum move)s->move) {
    case STILL: break;
    case WAG: turn(cr, s, 0.22 * pen_wave(p, 0.9)); break;
    case NOD: turn(cr, s, 0.05 * pen_wave(p, 2.6)); break;
    case FLAP: stretch(cr, s, 1, 0.35 + 0.65 * (p->moving ? pen_wave(p, 0.55) : 1)); break;
    case FLAP_2: stretch(cr, s, 0.65 + 0.35 * (p->moving ? pen_wave(p, 0.45) : 1), 1); break;
    case BILLOW: stretch(cr, s, 0.95 + 0.05 * (p->moving ? pen_wave(p, 1.7) : 1), 1); break;
    case SPIN: turn(cr, s, p->moving ? -p->t * 5 : 0); break;
    case TURN: turn(cr, s, p->moving ? -p->t * 0.9 : 0.3); break;
    case SWAY: turn(cr, s, 0.07 * pen_wave(p, 3.1)); break;
    case STEP: turn(cr, s, 0.16 * pen_wave(p, 0.7)); break;
    case STEP_2: turn(cr, s, -0.16 * pen_wave(p, 0.7)); break;
    case BLINK: stretch(cr, s, 1, lid(p)); break;
    case SNAP: turn(cr, s, 0.09 * pen_wave(p, 1.3) * (s->px < 0 ? 1 : -1)); break;
    case FLICKER: stretch(cr, s, 1 + 0.08 * pen_wave(p, 0.31), 1 + 0.14 * pen_wave(p, 0.23)); break;
    case RISE: cairo_translate(cr, 2 * pen_wave(p, 1.7), 3 * pen_wave(p, 1.1)); break;
    case BEAT: stretch(cr, s, 1 + 0.05 * pen_wave(p, 0.9), 1 + 0.05 * pen_wave(p, 0.9)); break;
    }
}

void draw_shapes(const struct pen *p, const struct shape *shapes) {
    cairo_t *cr = p->cr;
    for (const struct shape *s = shapes; s->path; s++) {
        cairo_save(cr);
        cairo_new_path(cr);
        move_shape(p, s);
        pen_path(p, s->path);
        if (s->line)
            pen_stroke(p, s->ink, s->line);
        else
            pen_fill(p, s->ink);
        cairo_restore(cr);
    }
}

void draw_kind(const struct pen *p, const struct kind *k) {
    if (k->form == FORM_SHAPES)
        draw_shapes(p, k->shapes);
    else
        draw_form(p, k);
}
