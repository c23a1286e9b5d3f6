#include "term/entity.h"

#include "base/utf8.h"

/* "#169;" or "#xA9;"; 0 when it is no number or no character. */
static uint32_t number(str s) {
    uint32_t base = 10, value = 0;
    if (s.n && ascii_lower(s.p[0]) == 'x') {
        base = 16;
        s = str_skip(s, 1);
    }
    for (; s.n && s.p[0] != ';'; s = str_skip(s, 1)) {
        char c = ascii_lower(s.p[0]);
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                                                : base;
        if (digit >= base || value > 0x10FFFF) return 0;
        value = value * base + digit;
    }
    return value;
}

void entity_decode(struct buf *out, str entity) {
    static const struct {
        const char *name, *text;
    } known[] = {
        { "&amp;", "&" },         { "&lt;", "<" },          { "&gt;", ">" },
        { "&quot;", "\"" },       { "&apos;", "'" },        { "&nbsp;", "\u00A0" },
        { "&ndash;", "\u2013" },  { "&mdash;", "\u2014" },  { "&hellip;", "\u2026" },
        { "&lsquo;", "\u2018" },  { "&rsquo;", "\u2019" },  { "&ldquo;", "\u201C" },
        { "&rdquo;", "\u201D" },  { "&laquo;", "\u00AB" },  { "&raquo;", "\u00BB" },
        { "&bull;", "\u2022" },   { "&middot;", "\u00B7" }, { "&deg;", "\u00B0" },
        { "&plusmn;", "\u00B1" }, { "&times;", "\u00D7" },  { "&divide;", "\u00F7" },
        { "&ne;", "\u2260" },     { "&le;", "\u2264" },     { "&ge;", "\u2265" },
        { "&larr;", "\u2190" },   { "&rarr;", "\u2192" },   { "&uarr;", "\u2191" },
        { "&darr;", "\u2193" },   { "&copy;", "\u00A9" },   { "&reg;", "\u00AE" },
        { "&trade;", "\u2122" },  { "&euro;", "\u20AC" },   { "&pound;", "\u00A3" },
        { "&infin;", "\u221E" },  { "&micro;", "\u00B5" },  { "&szlig;", "\u00DF" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_eq(entity, str_c(known[i].name))) {
            buf_add(out, str_c(known[i].text));
            return;
        }
    char bytes[4];
    size_t n = str_starts(entity, S("&#")) ? utf8_put(bytes, number(str_skip(entity, 2))) : 0;
    buf_add(out, n && bytes[0] ? (str){ bytes, n } : entity);
}
