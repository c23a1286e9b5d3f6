#include "term/width.h"

#include "base/utf8.h"
#include "term/utf8_locale.h"

#include <wchar.h>

enum {
    ZERO_WIDTH_JOINER = 0x200D,
    EMOJI_STYLE = 0xFE0F,
    REPLACEMENT = 0xFFFD,
    ESCAPE = 0x1B,
};

uint32_t width_code(str s, size_t *length) {
    const unsigned char *p = (const unsigned char *)s.p;
    *length = utf8_step(s);
    switch (*length) {
    case 1: return p[0];
    case 2: return (p[0] & 31u) << 6 | (p[1] & 63u);
    case 3: return (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
    case 4: return (p[0] & 7u) << 18 | (p[1] & 63u) << 12 | (p[2] & 63u) << 6 | (p[3] & 63u);
    default: *length = 1; return REPLACEMENT;
    }
}

static bool is_control(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

static bool is_new_emoji(uint32_t c) { /* the blocks that grow with every Unicode version */
    return c >= 0x1F300 && c <= 0x1FAFF;
}

/* Cells of one code point alone. */
static size_t code_width(uint32_t c) {
    if (is_control(c)) return 0;
    if (c < 0x300) return 1; /* also the soft hyphen, which terminals draw */
    int w = wcwidth((wchar_t)c);
    if (w >= 0) return (size_t)w;
    return is_new_emoji(c) ? 2 : 1; /* newer than this libc */
}

static bool is_flag_letter(uint32_t c) {
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

static bool is_skin_tone(uint32_t c) {
    return c >= 0x1F3FB && c <= 0x1F3FF;
}

/* What may be drawn as a picture and joined with others. */
static bool is_picture(uint32_t c) {
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        { 0xA9, 0xA9 },       { 0xAE, 0xAE },     { 0x203C, 0x203C }, { 0x2049, 0x2049 },
        { 0x2122, 0x2122 },   { 0x2139, 0x2139 }, { 0x2190, 0x21FF }, { 0x231A, 0x23FF },
        { 0x24C2, 0x24C2 },   { 0x25AA, 0x27BF }, { 0x2934, 0x2935 }, { 0x2B05, 0x2B55 },
        { 0x3030, 0x3030 },   { 0x303D, 0x303D }, { 0x3297, 0x3299 }, { 0x1F000, 0x1F1E5 },
        { 0x1F200, 0x1FAFF },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i].first && c <= ranges[i].last) return true;
    return false;
}

static bool takes_keycap(uint32_t c) {
    return (c >= '0' && c <= '9') || c == '#' || c == '*';
}

/* Length of "ESC [ digits and semicolons m" (or G: to a column) at the start of s, else 0. */
static size_t styling(str s) {
    if (s.n < 3 || s.p[0] != ESCAPE || s.p[1] != '[') return 0;
    size_t i = 2;
    while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == ';')) i++;
    return i < s.n && (s.p[i] == 'm' || s.p[i] == 'G') ? i + 1 : 0;
}

/* Whether c goes on with the cluster that began with `base` and has `before` last. */
static bool joins(uint32_t base, uint32_t before, uint32_t c) {
    if (before == ZERO_WIDTH_JOINER && is_picture(base) && is_picture(c)) return true;
    if (is_skin_tone(c)) return is_picture(base) && before != ZERO_WIDTH_JOINER;
    return c >= 0x300 && code_width(c) == 0;
}

struct cluster {
    size_t bytes, cells, most;
    bool doubtful;
};

static struct cluster first_cluster(str s) {
    struct cluster k = { 0 };
    if (!s.n) return k;
    if (s.p[0] >= ' ' && s.p[0] < 0x7F && (s.n == 1 || (unsigned char)s.p[1] < 0x80))
        return (struct cluster){ .bytes = 1,
                                 .cells = 1,
                                 .most = 1 }; /* most text, in any language's code */
    k.bytes = styling(s);
    if (k.bytes) return k;
    uint32_t base = width_code(s, &k.bytes), before = base;
    k.cells = k.most = code_width(base);
    if (is_control(base)) return k;
    while (k.bytes < s.n) {
        size_t n;
        uint32_t c = width_code(str_skip(s, k.bytes), &n);
        bool second_letter =
            is_flag_letter(base) && is_flag_letter(c) && before == base && k.cells < 2;
        if (!second_letter && !joins(base, before, c)) break;
        if (second_letter) k.cells = 2;
        if (c == EMOJI_STYLE && (is_picture(base) || takes_keycap(base))) k.cells = 2;
        if (c == EMOJI_STYLE || c == ZERO_WIDTH_JOINER || is_skin_tone(c) || second_letter)
            k.doubtful = true;
        k.most += code_width(c);
        before = c;
        k.bytes += n;
    }
    if (k.most < k.cells) k.most = k.cells;
    return k;
}

size_t width_cluster(str s, struct width *width) {
    locale_t before = utf8_locale_enter();
    struct cluster k = first_cluster(s);
    utf8_locale_leave(before);
    *width = (struct width){ k.cells, k.most };
    return k.bytes;
}

struct width width_both(str s) {
    locale_t before = utf8_locale_enter();
    struct width sum = { 0 };
    while (s.n) {
        struct cluster k = first_cluster(s);
        sum.cells += k.cells;
        sum.most += k.most;
        s = str_skip(s, k.bytes);
    }
    utf8_locale_leave(before);
    return sum;
}

size_t width_of(str s) {
    return width_both(s).cells;
}

str width_head(str s, size_t cells, size_t *used) {
    locale_t before = utf8_locale_enter();
    size_t end = 0, taken = 0;
    while (end < s.n) {
        struct cluster k = first_cluster(str_skip(s, end));
        if (taken + k.cells > cells) break;
        taken += k.cells;
        end += k.bytes;
    }
    utf8_locale_leave(before);
    if (used) *used = taken;
    return str_head(s, end);
}

size_t width_rows(str s, size_t columns, size_t *end) {
    locale_t before = utf8_locale_enter();
    size_t rows = 1, column = 0;
    while (s.n) {
        struct cluster k = first_cluster(s);
        if (column + k.cells > columns) {
            rows++;
            column = 0;
        }
        column += k.cells;
        s = str_skip(s, k.bytes);
    }
    utf8_locale_leave(before);
    if (end) *end = column;
    return rows;
}

bool width_is_doubtful(str s) {
    locale_t before = utf8_locale_enter();
    bool doubtful = false;
    while (s.n && !doubtful) {
        struct cluster k = first_cluster(s);
        doubtful = k.doubtful;
        s = str_skip(s, k.bytes);
    }
    utf8_locale_leave(before);
    return doubtful;
}
