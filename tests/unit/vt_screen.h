/* A terminal for tests: what would be on the screen, and above it, after these bytes.
 *
 * It knows the sequences that term/live.h lists and no other: anything else that could do something
 * to a terminal is an `alarm`. Its widths are an old terminal's, each code point by itself, so that
 * a line which newer ones draw narrower is tried here too.
 */
#ifndef CHELA_TESTS_VT_SCREEN_H
#define CHELA_TESTS_VT_SCREEN_H

#include "base/buf.h"
#include "term/width.h"

#include <stdlib.h>
#include <string.h>

enum { VT_CELL = 24, VT_MOST_LINES = 1 << 16 };

struct vt_cell {
    char text[VT_CELL]; /* "" empty; "\1" the right half of the cell before it */
};

struct vt {
    size_t columns, rows;
    struct vt_cell *cells; /* line after line, from the first that was ever written */
    size_t lines, room;    /* how many there are, and how many there is memory for */
    size_t row, column;    /* the cursor's; row counts from the first line */
    bool wrap_pending;
    bool styled;       /* a style is on */
    const char *alarm; /* NULL: nothing strange was received */
    size_t written;    /* characters drawn, to see how much is drawn twice */
};

static inline struct vt_cell *vt_cell(struct vt *t, size_t row, size_t column) {
    return &t->cells[row * t->columns + column];
}

static inline void vt_need(struct vt *t, size_t row) {
    if (row < t->lines) return;
    size_t n = row + 1;
    if (n > VT_MOST_LINES) abort();
    if (n > t->room) {
        t->room = 2 * n;
        t->cells = realloc(t->cells, t->room * t->columns * sizeof *t->cells);
        if (!t->cells) abort();
    }
    memset(vt_cell(t, t->lines, 0), 0, (n - t->lines) * t->columns * sizeof *t->cells);
    t->lines = n;
}

static inline void vt_init(struct vt *t, size_t columns, size_t rows) {
    *t = (struct vt){ .columns = columns, .rows = rows };
    vt_need(t, 0);
}

static inline void vt_free(struct vt *t) {
    free(t->cells);
}

static inline size_t vt_top(const struct vt *t) {
    return t->lines > t->rows ? t->lines - t->rows : 0;
}

static inline void vt_line_feed(struct vt *t) {
    t->row++;
    vt_need(t, t->row);
}

static inline void vt_clear(struct vt *t, size_t row, size_t from) {
    for (size_t i = from; i < t->columns; i++) vt_cell(t, row, i)->text[0] = '\0';
}

static inline void vt_put(struct vt *t, str character, size_t cells) {
    if (!cells) { /* goes onto the character before it */
        size_t at = t->column;
        if (!t->wrap_pending && at) at--;
        while (at && vt_cell(t, t->row, at)->text[0] == '\1') at--;
        char *text = vt_cell(t, t->row, at)->text;
        size_t n = strlen(text);
        if (n && n + character.n < VT_CELL) memcpy(text + n, character.p, character.n + 0);
        if (n && n + character.n < VT_CELL) text[n + character.n] = '\0';
        return;
    }
    if (t->wrap_pending || (t->column + cells > t->columns)) {
        t->wrap_pending = false;
        t->column = 0;
        vt_line_feed(t);
    }
    if (t->column + cells > t->columns) t->column = t->columns - cells;
    struct vt_cell *c = vt_cell(t, t->row, t->column);
    if (c->text[0] == '\1') vt_cell(t, t->row, t->column - 1)->text[0] = ' ';
    size_t after = t->column + cells;
    if (after < t->columns && vt_cell(t, t->row, after)->text[0] == '\1')
        vt_cell(t, t->row, after)->text[0] = ' ';
    str_copy(c->text, VT_CELL, character);
    if (cells == 2) str_copy(vt_cell(t, t->row, t->column + 1)->text, VT_CELL, S("\1"));
    t->written++;
    t->column = after;
    if (t->column >= t->columns) {
        t->column = t->columns - 1;
        t->wrap_pending = true;
    }
}

static inline size_t vt_number(str digits, size_t otherwise) {
    int64_t n;
    return str_i64(digits, &n) && n >= 0 ? (size_t)n : otherwise;
}

/* "ESC [ parameters final" */
static inline void vt_control(struct vt *t, str parameters, char final) {
    size_t n = vt_number(parameters, 1), top = vt_top(t);
    bool wrapping = t->wrap_pending;
    if (final != 'm' && final != 'h' && final != 'l') t->wrap_pending = false;
    switch (final) {
    case 'A': t->row = t->row >= top + n ? t->row - n : top; break;
    case 'B':
        t->row = t->row + n < top + t->rows ? t->row + n : top + t->rows - 1;
        vt_need(t, t->row);
        break;
    case 'G': t->column = n <= t->columns ? n - 1 : t->columns - 1; break;
    case 'K':
        vt_clear(t, t->row, str_eq(parameters, S("2")) ? 0 : t->column);
        if (wrapping && !parameters.n) t->alarm = "the end of a full line is cleared";
        break;
    case 'J':
        vt_clear(t, t->row, t->column);
        for (size_t i = t->row + 1; i < t->lines; i++) vt_clear(t, i, 0);
        break;
    case 'm': t->styled = !str_eq(parameters, S("0")); break;
    case 'h':
    case 'l':
        if (!str_eq(parameters, S("?2026"))) t->alarm = "a mode is set that nobody knows";
        break;
    default: t->alarm = "a sequence that nobody knows";
    }
}

static inline void vt_write(struct vt *t, str s) {
    while (s.n) {
        size_t n;
        struct width w;
        uint32_t c = width_code(s, &n);
        if (c == '\r') {
            t->column = 0;
            t->wrap_pending = false;
        } else if (c == '\n') {
            t->wrap_pending = false;
            vt_line_feed(t);
        } else if (c == 0x1B) {
            size_t end = 2;
            if (s.n < 3 || s.p[1] != '[') t->alarm = "an escape that begins no sequence";
            while (end < s.n && s.p[end] && strchr("0123456789;?", s.p[end])) end++;
            if (end >= s.n) {
                t->alarm = "a sequence without an end";
                return;
            }
            vt_control(t, str_head(str_skip(s, 2), end - 2), s.p[end]);
            n = end + 1;
        } else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
                   (c >= 0x2066 && c <= 0x2069) || (n == 1 && c >= 0x80)) {
            t->alarm = "a control character";
        } else {
            width_cluster(str_head(s, n), &w);
            vt_put(t, str_head(s, n), w.cells);
        }
        s = str_skip(s, n);
    }
}

/* The lines from `row` on, without blanks at their ends and without empty lines at the end. */
static inline void vt_text(struct vt *t, size_t row, struct buf *out) {
    for (; row < t->lines; row++) {
        size_t end = out->n;
        for (size_t i = 0; i < t->columns; i++) {
            const char *text = vt_cell(t, row, i)->text;
            if (text[0] == '\1') continue;
            buf_add(out, text[0] ? str_c(text) : S(" "));
            if (text[0] && text[0] != ' ') end = out->n;
        }
        if (out->n) out->n = end;
        buf_addc(out, '\n');
    }
    while (str_ends(buf_str(out), S("\n\n"))) out->n--;
    if (out->p) out->p[out->n] = '\0';
}

#endif
