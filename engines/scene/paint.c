#include "engines/scene/paint.h"

#include <math.h>

#define PI 3.14159265358979323846

void scene_read(struct scene *s, str prompt, unsigned width, unsigned height, uint64_t seed) {
    *s = (struct scene){ .width = width, .height = height, .seed = seed };
    plan_read(&s->plan, prompt);
    str words = str_trim(prompt);
    if (words.n >= sizeof s->words) { /* up to a word's end */
        words = str_head(words, sizeof s->words - 8);
        ptrdiff_t blank = str_rchr(words, ' ');
        if (blank > 0) words = str_head(words, (size_t)blank);
    }
    str_copy(s->words, sizeof s->words, words);
    for (char *c = s->words; *c; c++)
        if (*c == '\n' || *c == '\r' || *c == '\t') *c = ' ';
}

void scene_place(struct scene *s) {
    layout_make(&s->layout, &s->plan, s->width, s->height, s->seed, s->under != NULL);
}

void scene_free(struct scene *s) {
    if (s->still) cairo_surface_destroy(s->still);
    if (s->under) cairo_surface_destroy(s->under);
    style_free(&s->style);
    for (size_t i = 0; i < s->inset_count; i++) cairo_surface_destroy(s->insets[i]);
    *s = (struct scene){ 0 };
}

static struct pen pen_for(const struct scene *s, cairo_t *cr, double t) {
    return (struct pen){ .cr = cr,
                         .ambient = place_ambient(&s->plan),
                         .line = s->plan.style == STYLE_LINE,
                         .moving = s->moving,
                         .t = t,
                         .seed = s->plan.hash ^ s->seed,
                         .alpha = 1,
                         .text = s->plan.text[0] ? s->plan.text : NULL,
                         .snowy = s->plan.season == SEASON_WINTER };
}

/* ---- motion of whole things ---- */

struct shift {
    double x, y, turn, stretch; /* stretch: of the height, about the foot */
};

/* A value that goes from 0 to 1 and begins again: across the picture, margins included. */
static double across(double x, double speed, double t, double margin, double width) {
    double way = width + 2 * margin;
    double at = fmod(x + margin + speed * t, way);
    return (at < 0 ? at + way : at) - margin;
}

static struct shift shift_of(const struct scene *s, const struct placed *p, double t) {
    struct shift m = { 0, 0, 0, 1 };
    double wave = sin(2 * PI * (t / 2.6 + p->phase)), w = s->layout.width;
    double wide = placed_width(p), direction = p->flip ? 1 : -1;
    double wind = s->plan.weather & (WEATHER_WIND | WEATHER_STORM) ? 2.5 : 1;
    if (!s->moving) return m;
    switch (p->kind->gait) {
    case GAIT_NONE: break;
    case GAIT_DRIFT:
        m.x = across(p->x, 0.022 * wind * (0.6 + p->phase), t, wide, w) - p->x;
        if (p->kind->form != FORM_CLOUD) m.y = 0.012 * wave;
        break;
    case GAIT_FLY:
        m.x = across(p->x, direction * 0.13 * (0.8 + 0.4 * p->phase), t, wide, w) - p->x;
        m.y = 0.018 * wave;
        break;
    case GAIT_WALK:
        m.x = 0.05 * sin(2 * PI * (t / 6 + p->phase));
        m.y = -0.006 * fabs(sin(2 * PI * t / 0.7));
        break;
    case GAIT_SIDLE:
        m.x = 0.16 * sin(2 * PI * t / 5.5);
        m.y = -0.005 * fabs(sin(2 * PI * t / 0.35));
        m.turn = 0.03 * sin(2 * PI * t / 0.7);
        break;
    case GAIT_DRIVE: m.x = across(p->x, 0.16, t, wide, w) - p->x; break;
    case GAIT_ROCK:
        m.y = 0.010 * wave * wind;
        m.turn = 0.035 * sin(2 * PI * (t / 3.1 + p->phase)) * wind;
        m.x = 0.03 * sin(2 * PI * (t / 11 + p->phase));
        break;
    case GAIT_SWIM:
        m.x = across(p->x, direction * 0.07 * (0.7 + 0.6 * p->phase), t, wide, w) - p->x;
        m.y = 0.015 * wave;
        break;
    case GAIT_RISE:
        if (p->kind->form == FORM_SHAPES) { /* a rocket */
            m.y = -0.10 * t;
            m.x = 0.004 * sin(40 * t);
        } else if (s->plan.hour == HOUR_DAWN) {
            m.y = -0.035 * t;
        } else if (s->plan.hour == HOUR_SUNSET) {
            m.y = 0.020 * t;
        } else {
            m.y = -0.004 * t;
        }
        break;
    case GAIT_HOVER:
        m.y = 0.020 * wave;
        m.x = 0.015 * sin(2 * PI * (t / 4.7 + p->phase));
        break;
    case GAIT_HOP: {
        double hop = fmod(t / 1.3 + p->phase, 1), up = sin(PI * fmin(hop / 0.5, 1));
        m.y = hop < 0.5 ? -0.07 * up : 0;
        m.stretch = hop < 0.5 ? 1 : 1 - 0.05 * sin(PI * (hop - 0.5) * 2);
        break;
    }
    case GAIT_BREATHE: m.stretch = 1 + 0.012 * wave; break;
    }
    return m;
}

/* ---- one thing ---- */

static void draw_shadow(const struct pen *p, const struct placed *t, double x, double y) {
    double wide = placed_width(t) * 0.46;
    if (p->line || t->kind->form == FORM_GRASS) return;
    cairo_save(p->cr);
    cairo_translate(p->cr, x, y - t->size * 0.004);
    cairo_scale(p->cr, wide, fmin(wide * 0.18, 0.03));
    cairo_arc(p->cr, 0, 0, 1, 0, 2 * PI);
    cairo_restore(p->cr);
    cairo_set_source_rgba(p->cr, 0.05, 0.06, 0.14, 0.20);
    cairo_fill(p->cr);
}

static uint32_t season_colour(const struct scene *s, const struct placed *p) {
    static const uint32_t autumn[] = { 0xd97a2b, 0xc8452f, 0xe8b03a, 0xb85a28 };
    bool leafy =
        p->kind->form == FORM_TREE || p->kind->form == FORM_BUSH || p->kind->form == FORM_FOREST;
    if (!leafy || p->main != p->kind->main) return p->main;
    if (s->plan.season == SEASON_AUTUMN) return autumn[p->seed % 4];
    if (s->plan.season == SEASON_SPRING && p->seed % 2) return 0xf2a8c4;
    if (s->plan.season == SEASON_WINTER) return 0x7fa08c;
    return p->main;
}

static void draw_placed(const struct scene *s, cairo_t *cr, const struct placed *p, double t) {
    struct pen pen = pen_for(s, cr, t);
    struct shift m = shift_of(s, p, t);
    if (p->carrier >= 0) m = shift_of(s, &s->layout.things[p->carrier], t);
    double x = p->x + m.x, y = p->y + m.y;
    pen.main = season_colour(s, p);
    pen.accent = p->accent;
    pen.seed = p->seed;
    pen.phase = p->phase;
    if (p->kind->lane == LANE_FAR && p->kind->form != FORM_RAINBOW) /* the air between */
        pen.ambient = rgb_mix(pen.ambient, (struct rgb){ 1, 1, 1 }, 0.12);
    if (p->shadow) draw_shadow(&pen, p, x, p->y);
    bool sets = (p->kind->form == FORM_SUN || p->kind->form == FORM_MOON) &&
                s->layout.horizon < s->layout.height && !s->under;
    if (sets) { /* behind the horizon */
        cairo_save(cr);
        cairo_rectangle(cr, -1, -1, s->layout.width + 2, s->layout.horizon + 1);
        cairo_clip(cr);
    }
    cairo_save(cr);
    cairo_translate(cr, x, y);
    if (m.turn != 0) cairo_rotate(cr, m.turn);
    double unit = p->size / 100;
    cairo_scale(cr, p->flip ? -unit : unit, -unit * m.stretch);
    if (p->kind->lane == LANE_FLOAT && !p->shadow) { /* the water hides the keel */
        cairo_rectangle(cr, -400, 4 + m.turn * 20, 800, 800);
        cairo_clip(cr);
    }
    draw_kind(&pen, p->kind);
    cairo_restore(cr);
    if (sets) cairo_restore(cr);
}

static bool moves(const struct placed *p) {
    if (p->carrier >= 0 || p->kind->gait != GAIT_NONE) return true;
    switch (p->kind->form) {
    case FORM_SHAPES:
        for (const struct shape *s = p->kind->shapes; s->path; s++)
            if (s->move != STILL) return true;
        return false;
    case FORM_TREE:
    case FORM_PINE:
    case FORM_GRASS: return !p->decor; /* far trees may stand still */
    case FORM_VOLCANO:
    case FORM_LIGHTNING:
    case FORM_FIREWORK: return true;
    default: return false;
    }
}

/* ---- pictures that were given ---- */

static void draw_insets(const struct scene *s, cairo_t *cr, double t) {
    for (size_t i = 0; i < s->inset_count; i++) {
        double iw = cairo_image_surface_get_width(s->insets[i]),
               ih = cairo_image_surface_get_height(s->insets[i]);
        double side = 0.30, w = iw > ih ? side : side * iw / ih,
               h = iw > ih ? side * ih / iw : side;
        double x = s->layout.width - 0.05 - w / 2 - (double)i * 0.16,
               y = s->layout.height - 0.07 - h / 2;
        double bob = s->moving ? 0.008 * sin(2 * PI * (t / 3 + (double)i * 0.3)) : 0;
        cairo_save(cr);
        cairo_translate(cr, x, y + bob);
        cairo_rotate(cr, i % 2 ? 0.07 : -0.06);
        cairo_rectangle(cr, -w / 2 - 0.016 + 0.006, -h / 2 - 0.016 + 0.008, w + 0.032, h + 0.05);
        cairo_set_source_rgba(cr, 0, 0, 0, 0.28);
        cairo_fill(cr);
        cairo_rectangle(cr, -w / 2 - 0.016, -h / 2 - 0.016, w + 0.032, h + 0.05);
        cairo_set_source_rgb(cr, 0.99, 0.98, 0.96);
        cairo_fill(cr);
        cairo_scale(cr, w / iw, h / ih);
        cairo_set_source_surface(cr, s->insets[i], -iw / 2, -ih / 2);
        cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
        cairo_paint(cr);
        cairo_restore(cr);
    }
}

/* What an edit says of hour, weather and season is laid over the picture as light. */
static void tint_under(const struct scene *s, cairo_t *cr) {
    const struct plan *plan = &s->plan;
    struct rgb light = place_ambient(plan);
    if (plan->hour_said && plan->hour != HOUR_DAY) {
        cairo_set_operator(cr, CAIRO_OPERATOR_MULTIPLY);
        cairo_set_source_rgb(cr, light.r, light.g, light.b);
        cairo_paint(cr);
        cairo_set_operator(cr, CAIRO_OPERATOR_OVER);
    }
    if (plan->hour_said && (plan->hour == HOUR_SUNSET || plan->hour == HOUR_DAWN)) {
        cairo_pattern_t *glow = cairo_pattern_create_linear(0, 0, 0, s->layout.height);
        cairo_pattern_add_color_stop_rgba(glow, 0, 1, 0.55, 0.25, 0.34);
        cairo_pattern_add_color_stop_rgba(glow, 1, 1, 0.75, 0.35, 0.06);
        cairo_set_source(cr, glow);
        cairo_paint(cr);
        cairo_pattern_destroy(glow);
    }
    if (plan->season == SEASON_WINTER) {
        cairo_set_source_rgba(cr, 0.90, 0.95, 1, 0.22);
        cairo_paint(cr);
    }
    /* "make it blue": nothing to put it on, so the whole is tinted */
    if (plan->ground_colour) {
        struct rgb c = rgb_of(plan->ground_colour);
        cairo_set_source_rgba(cr, c.r, c.g, c.b, 0.25);
        cairo_paint(cr);
    }
}

static void draw_under(const struct scene *s, cairo_t *cr) {
    double side = s->width < s->height ? s->width : s->height;
    cairo_save(cr);
    cairo_scale(cr, 1 / side, 1 / side);
    cairo_set_source_surface(cr, s->under, 0, 0);
    cairo_paint(cr);
    cairo_restore(cr);
    tint_under(s, cr);
}

/* ---- the whole ---- */

static void draw_title(const struct scene *s, cairo_t *cr) {
    struct pen pen = pen_for(s, cr, 0);
    bool sign = false;
    for (size_t i = 0; i < s->layout.count; i++)
        sign = sign || s->layout.things[i].kind->form == FORM_SIGN;
    if (!pen.text || sign) return;
    pen.ambient = (struct rgb){ 1, 1, 1 };
    for (int i = 0; i < 2; i++) { /* a shadow first */
        cairo_save(cr);
        cairo_translate(cr, s->layout.width / 2 + (i ? 0 : 0.004),
                        s->layout.height * 0.14 + (i ? 0 : 0.005));
        cairo_scale(cr, 0.01, -0.01);
        pen_text(&pen, pen.text, 0, 0, s->layout.width * 80, 13, i ? 0xffffff : 0x22283a);
        cairo_restore(cr);
    }
}

static cairo_t *begin(const struct scene *s, cairo_surface_t *to) {
    cairo_t *cr = cairo_create(to);
    double side = s->width < s->height ? s->width : s->height;
    cairo_scale(cr, side, side);
    cairo_set_tolerance(cr, 0.2);
    return cr;
}

static void draw_behind(const struct scene *s, cairo_t *cr) {
    struct pen pen = pen_for(s, cr, 0);
    if (s->under)
        draw_under(s, cr);
    else
        draw_place(&pen, &s->plan, &s->layout);
}

/* From things[from] on, and what is before them. */
static void draw_before(struct scene *s, cairo_t *cr, size_t from, double t) {
    struct pen pen = pen_for(s, cr, t);
    for (size_t i = from; i < s->layout.count; i++) draw_placed(s, cr, &s->layout.things[i], t);
    draw_insets(s, cr, t);
    draw_weather(&pen, &s->plan, &s->layout);
    draw_title(s, cr);
}

/* Of a moving picture everything that stands still, behind whatever moves, is drawn once; returns
 * the first thing that moves. */
static size_t draw_still(struct scene *s, cairo_t *cr) {
    size_t from = 0;
    while (from < s->layout.count && !moves(&s->layout.things[from])) from++;
    if (!s->still) {
        s->still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)s->width, (int)s->height);
        cairo_t *once = begin(s, s->still);
        draw_behind(s, once);
        for (size_t i = 0; i < from; i++) draw_placed(s, once, &s->layout.things[i], 0);
        cairo_destroy(once);
    }
    cairo_save(cr);
    cairo_identity_matrix(cr);
    cairo_set_source_surface(cr, s->still, 0, 0);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_paint(cr);
    cairo_restore(cr);
    return from;
}

static void draw_everything(struct scene *s, cairo_t *cr, double t) {
    struct pen pen = pen_for(s, cr, t);
    size_t from = 0;
    if (s->plan.place == PLACE_ANY && !s->under && !s->inset_count) {
        draw_abstract(&pen, &s->plan, &s->layout, s->words);
        return;
    }
    if (!s->under && s->plan.place == PLACE_ANY) s->plan.place = PLACE_PLAIN;
    if (s->moving)
        from = draw_still(s, cr);
    else
        draw_behind(s, cr);
    if (!s->under) draw_place_moving(&pen, &s->plan, &s->layout);
    draw_before(s, cr, from, t);
}

void scene_paint(struct scene *s, cairo_surface_t *to, double t) {
    cairo_t *cr = begin(s, to);
    draw_everything(s, cr, t);
    cairo_destroy(cr);
    scene_style(s, to);
}

void scene_paint_over(struct scene *s, cairo_surface_t *to, double t, double alpha) {
    cairo_t *cr = begin(s, to);
    if (alpha < 1) cairo_push_group(cr);
    draw_before(s, cr, 0, t);
    if (alpha < 1) {
        cairo_pop_group_to_source(cr);
        cairo_paint_with_alpha(cr, alpha);
    }
    cairo_destroy(cr);
}

void scene_style(struct scene *s, cairo_surface_t *to) {
    style_apply(&s->style, to, s->plan.style, s->plan.hash);
}
