#include "term/style.h"

void style_set(struct buf *out, const struct look *look, unsigned style) {
    static const char *const codes[] = { "1", "2", "3", "4", "9", "36", "32", "31" };
    if (!look->colour) return;
    buf_add(out, S("\033[0"));
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (style >> i & 1u) buf_addf(out, ";%s", codes[i]);
    buf_addc(out, 'm');
}

void style_text(struct buf *out, const struct look *look, unsigned style, str text) {
    if (!text.n) return;
    if (style) style_set(out, look, style);
    buf_add(out, text);
    if (style) style_set(out, look, STYLE_PLAIN);
}
