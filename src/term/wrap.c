#include "term/wrap.h"

#include "term/width.h"

static const str style_off = STR_INIT("\033[0m");

void wrap_init(struct wrap *w, str text, size_t columns) {
    *w = (struct wrap){ .rest = text, .columns = columns };
}

static bool is_in(uint32_t c, const uint32_t *set, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (set[i] == c) return true;
    return false;
}

/* Japanese and Chinese typography: these do not begin a line … */
static bool may_not_begin(uint32_t c) {
    static const uint32_t set[] = {
        '!',    '%',    ')',    ',',    '.',    ':',    ';',    '?',    ']',    '}',    0x2019,
        0x201D, 0x2026, 0x3001, 0x3002, 0x3005, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015,
        0x301C, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x30A1,
        0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30FB, 0x30FC, 0xFF01,
        0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D, 0xFF5D, 0xFF5E,
    };
    return is_in(c, set, sizeof set / sizeof set[0]);
}

/* … and these do not end one. */
static bool may_not_end(uint32_t c) {
    static const uint32_t set[] = { '(',    '[',    '{',    0x2018, 0x201C, 0x3008, 0x300A,
                                    0x300C, 0x300E, 0x3010, 0x3014, 0xFF08, 0xFF3B, 0xFF5B };
    return is_in(c, set, sizeof set / sizeof set[0]);
}

/* Written without blanks between words. */
static bool is_unspaced(uint32_t c) {
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF00 && c <= 0xFFEF) ||
           (c >= 0x20000 && c <= 0x3FFFD);
}

static bool is_word(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0xC0;
}

/* May a line end between the clusters that begin with these? 0: there is none before. */
static bool breaks_between(uint32_t before_last, uint32_t last, uint32_t next) {
    if (last == '-') return is_word(before_last) && is_word(next);
    if (!is_unspaced(last) && !is_unspaced(next)) return false;
    return last && last != ' ' && next != ' ' && !may_not_end(last) && !may_not_begin(next);
}

static str without_blanks_at_the_end(str s) {
    while (s.n && s.p[s.n - 1] == ' ') s.n--;
    return s;
}

static str skip_blanks(str s) {
    while (s.n && s.p[0] == ' ') s = str_skip(s, 1);
    return s;
}

bool wrap_line(struct wrap *w, str *line) {
    if (w->ended) return false;
    str s = w->rest;
    size_t columns = w->columns ? w->columns : 1, width = 0;
    size_t end = 0; /* of the line, at the last place where a break is allowed; 0: none yet */
    uint32_t before_last = 0, last = 0;
    for (size_t i = 0; i < s.n;) {
        struct width cluster; /* the most it may take counts: no terminal shall break the line */
        size_t length, n = width_cluster(str_skip(s, i), &cluster);
        uint32_t c = width_code(str_skip(s, i), &length);
        if (c == '\n') {
            *line = without_blanks_at_the_end(str_head(s, i));
            w->rest = str_skip(s, i + 1);
            w->ended = w->rest.n == 0;
            return true;
        }
        if (c == 0x1B) { /* styling: belongs to what follows it */
            i += n;
            continue;
        }
        if ((c == ' ' && last && last != ' ') || breaks_between(before_last, last, c)) end = i;
        if (width && width + cluster.most > columns && c != ' ') {
            if (!end) end = i; /* a word wider than the line */
            *line = without_blanks_at_the_end(str_head(s, end));
            w->rest = skip_blanks(str_skip(s, end));
            return true;
        }
        width += cluster.most;
        i += n;
        before_last = last;
        last = c;
    }
    *line = without_blanks_at_the_end(s);
    w->ended = true;
    return true;
}

str wrap_style(str styled, str before) {
    str style = before;
    for (ptrdiff_t at; (at = str_chr(styled, '\033')) >= 0;) {
        struct width none;
        styled = str_skip(styled, (size_t)at);
        size_t n = width_cluster(styled, &none);
        style = str_head(styled, n);
        styled = str_skip(styled, n);
    }
    return str_eq(style, style_off) ? S("") : style;
}

void wrap_emit(struct buf *out, str line, str *style) {
    if (line.n) buf_add(out, *style);
    buf_add(out, line);
    *style = wrap_style(line, *style);
    if (line.n && style->n) buf_add(out, style_off);
}
