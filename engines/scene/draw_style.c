#include "engines/scene/draw_style.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct pixels {
    unsigned char *data;
    int width, height, stride;
};

static uint32_t *row(const struct pixels *px, int y) {
    return (uint32_t *)(void *)(px->data + (ptrdiff_t)y * px->stride);
}

static uint32_t pack(double r, double g, double b) {
    double v[3] = { r, g, b };
    uint32_t c = 0xFF;
    for (int i = 0; i < 3; i++)
        c = c << 8 | (uint32_t)(v[i] < 0 ? 0 : v[i] > 255 ? 255 : lrint(v[i]));
    return c;
}

#define RED(c)   ((c) >> 16 & 0xFF)
#define GREEN(c) ((c) >> 8 & 0xFF)
#define BLUE(c)  ((c)&0xFF)

/* ---- colour by colour ---- */

static uint32_t recolour(uint32_t c, enum style style) {
    double r = RED(c), g = GREEN(c), b = BLUE(c), grey = 0.30 * r + 0.59 * g + 0.11 * b;
    switch (style) {
    case STYLE_GREY: return pack(grey, grey, grey);
    case STYLE_SEPIA: return pack(grey * 0.95 + 30, grey * 0.82 + 16, grey * 0.62);
    case STYLE_PASTEL: return pack(r * 0.55 + 112, g * 0.55 + 110, b * 0.55 + 114);
    case STYLE_NEON: {
        double dark = grey / 255;
        dark = dark * dark * (3 - 2 * dark);
        return pack((r * 1.5 - 60) * (0.45 + dark) + 14, (g * 1.25 - 60) * (0.4 + dark * 0.8),
                    (b * 1.5 - 20) * (0.5 + dark) + 34);
    }
    default: return c;
    }
}

static void recolour_all(const struct pixels *px, enum style style) {
    for (int y = 0; y < px->height; y++)
        for (int x = 0; x < px->width; x++) row(px, y)[x] = recolour(row(px, y)[x], style);
}

/* ---- pixels: blocks of one colour, few colours ---- */

static uint32_t block_mean(const struct pixels *px, int x0, int y0, int size) {
    uint64_t r = 0, g = 0, b = 0, n = 0;
    for (int y = y0; y < y0 + size && y < px->height; y++)
        for (int x = x0; x < x0 + size && x < px->width; x++, n++) {
            uint32_t c = row(px, y)[x];
            r += RED(c);
            g += GREEN(c);
            b += BLUE(c);
        }
    double levels = 255.0 / 14, all = (double)(n ? n : 1);
    return pack(round((double)r / all / levels) * levels, round((double)g / all / levels) * levels,
                round((double)b / all / levels) * levels);
}

static void pixelate(const struct pixels *px) {
    int side = px->width < px->height ? px->width : px->height, size = side / 112;
    if (size < 2) size = 2;
    for (int y0 = 0; y0 < px->height; y0 += size)
        for (int x0 = 0; x0 < px->width; x0 += size) {
            uint32_t c = block_mean(px, x0, y0, size);
            for (int y = y0; y < y0 + size && y < px->height; y++)
                for (int x = x0; x < x0 + size && x < px->width; x++) row(px, y)[x] = c;
        }
}

/* ---- watercolour: edges that wander, pigment that gathers, paper that shows ---- */

static double lattice(uint64_t seed, int x, int y) {
    uint64_t z = seed ^ (uint64_t)(uint32_t)x * 0x9e3779b97f4a7c15u ^
                 (uint64_t)(uint32_t)y * 0xc2b2ae3d27d4eb4fu;
    z = (z ^ z >> 29) * 0xbf58476d1ce4e5b9u;
    return (double)((z ^ z >> 32) & 0xFFFF) / 65535;
}

static double noise(uint64_t seed, double x, double y) {
    int ix = (int)floor(x), iy = (int)floor(y);
    double fx = x - ix, fy = y - iy;
    fx = fx * fx * (3 - 2 * fx);
    fy = fy * fy * (3 - 2 * fy);
    double a = lattice(seed, ix, iy), b = lattice(seed, ix + 1, iy), c = lattice(seed, ix, iy + 1),
           d = lattice(seed, ix + 1, iy + 1);
    return a + (b - a) * fx + (c - a) * fy + (a - b - c + d) * fx * fy;
}

static int clamp_to(int v, int end) {
    return v < 0 ? 0 : v >= end ? end - 1 : v;
}

static bool make_map(struct style_map *map, const struct pixels *px, uint64_t seed) {
    size_t n = (size_t)px->width * (size_t)px->height;
    map->from = malloc(n * sizeof *map->from);
    map->keep = malloc(n);
    map->copy = malloc(n * sizeof *map->copy);
    if (!map->from || !map->keep || !map->copy) return false;
    double side = px->width < px->height ? px->width : px->height, reach = side * 0.011;
    size_t i = 0;
    for (int y = 0; y < px->height; y++)
        for (int x = 0; x < px->width; x++, i++) {
            double u = x / side, v = y / side;
            double dx =
                (noise(seed, u * 26, v * 26) - 0.5) * 2 + noise(seed + 3, u * 80, v * 80) - 0.5;
            double dy =
                (noise(seed + 1, u * 26, v * 26) - 0.5) * 2 + noise(seed + 4, u * 80, v * 80) - 0.5;
            int sx = clamp_to(x + (int)(dx * reach), px->width);
            int sy = clamp_to(y + (int)(dy * reach), px->height);
            double wash = 0.80 + 0.34 * noise(seed + 2, u * 7, v * 7);
            double grain = noise(seed + 5, u * 300, v * 300), keep = (0.84 - 0.10 * grain) * wash;
            map->from[i] = sy * px->width + sx;
            map->keep[i] = (unsigned char)lrint(255 * (keep > 1 ? 1 : keep));
        }
    return true;
}

static uint32_t over_paper(uint32_t c, uint32_t paper, unsigned keep, unsigned shift) {
    int from = (int)(paper >> shift & 0xFF), to = (int)(c >> shift & 0xFF);
    return (uint32_t)(from + (to - from) * (int)keep / 255) << shift;
}

/* Without memory for it the picture stays flat. */
static void watercolour(struct style_map *map, const struct pixels *px, uint64_t seed) {
    static const uint32_t paper = 0xfcf9f1;
    if (!map->from && !make_map(map, px, seed)) {
        style_free(map);
        return;
    }
    for (int y = 0; y < px->height; y++)
        memcpy(map->copy + (size_t)y * (size_t)px->width, row(px, y),
               (size_t)px->width * sizeof *map->copy);
    size_t i = 0;
    for (int y = 0; y < px->height; y++)
        for (int x = 0; x < px->width; x++, i++) {
            uint32_t c = map->copy[map->from[i]];
            unsigned keep = map->keep[i];
            row(px, y)[x] = 0xFF000000u | over_paper(c, paper, keep, 16) |
                            over_paper(c, paper, keep, 8) | over_paper(c, paper, keep, 0);
        }
}

void style_free(struct style_map *map) {
    free(map->from);
    free(map->keep);
    free(map->copy);
    *map = (struct style_map){ 0 };
}

void style_apply(struct style_map *map, cairo_surface_t *surface, enum style style, uint64_t seed) {
    if (style == STYLE_FLAT || style == STYLE_LINE) return;
    cairo_surface_flush(surface);
    const struct pixels px = { cairo_image_surface_get_data(surface),
                               cairo_image_surface_get_width(surface),
                               cairo_image_surface_get_height(surface),
                               cairo_image_surface_get_stride(surface) };
    if (!px.data) return;
    if (style == STYLE_PIXEL)
        pixelate(&px);
    else if (style == STYLE_WATERCOLOUR)
        watercolour(map, &px, seed);
    else
        recolour_all(&px, style);
    cairo_surface_mark_dirty(surface);
}
