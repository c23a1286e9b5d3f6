/* Letters in pictures, by pango: signs, posters, the caption of an abstract picture. */
#include "engines/scene/draw.h"
#include "engines/work.h"

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

enum { SIZE = 40 /* pixels that a layout is measured at */ };

bool pen_text(const struct pen *p, const char *text, double x, double y, double width,
              double height, uint32_t ink) {
    cairo_t *cr = p->cr;
    int w = 0, h = 0;
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans Bold");
    pango_font_description_set_absolute_size(font, SIZE * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    /* A long text is broken so that its lines suit the box. */
    double letters = (double)g_utf8_strlen(text, -1);
    double columns = letters > 14 ? width / height * 5 : letters;
    if (columns < 12) columns = 12;
    pango_layout_set_width(layout, (int)(columns * SIZE * 0.72) * PANGO_SCALE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_pixel_size(layout, &w, &h);
    bool good = w > 0 && h > 0 && pango_layout_get_unknown_glyphs_count(layout) == 0;
    if (good) {
        double full = columns * SIZE * 0.72,
               scale = width / w < height / h ? width / w : height / h;
        cairo_save(cr);
        cairo_translate(cr, x - full * scale / 2, y + h * scale / 2);
        cairo_scale(cr, scale, -scale);
        pen_ink(p, ink);
        pango_cairo_show_layout(cr, layout);
        cairo_restore(cr);
    }
    g_object_unref(layout);
    return good;
}

/* Pango takes a letter that its font lacks from any other that is installed. */
const char *hangul_missing(void) {
    FcConfig *fonts = FcInitLoadConfigAndFonts(); /* our own, which can be freed */
    FcCharSet *letters = FcCharSetCreate();
    FcPattern *wanted = FcPatternCreate();
    FcObjectSet *told = FcObjectSetBuild(FC_FAMILY, NULL);
    FcCharSetAddChar(letters, 0xD55C);
    FcPatternAddCharSet(wanted, FC_CHARSET, letters);
    FcFontSet *found = FcFontList(fonts, wanted, told);
    bool good = found && found->nfont > 0;
    if (found) FcFontSetDestroy(found);
    FcObjectSetDestroy(told);
    FcPatternDestroy(wanted);
    FcCharSetDestroy(letters);
    FcConfigDestroy(fonts);
    return good ? NULL : "fonts-naver-d2coding";
}
