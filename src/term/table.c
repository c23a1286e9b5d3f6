#include "term/table.h"

#include "term/style.h"
#include "term/width.h"
#include "term/wrap.h"

#include <stdlib.h>

enum { BETWEEN = 3, NARROWEST = 4 }; /* cells: " │ "; a column that can still be read */

static const str bar = STR_INIT("\u2502"), rule = STR_INIT("\u2500"), cross = STR_INIT("\u253C");

static str cell(const struct table *t, size_t row, size_t column) {
    return t->cells[row * t->columns + column];
}

static size_t widest_line(str text) {
    size_t most = 0;
    str line;
    for (bool more = true; more;) {
        more = str_cut(text, '\n', &line, &text);
        size_t width = width_both(line).most;
        if (width > most) most = width;
    }
    return most;
}

static void measure(const struct table *t, size_t *wanted) {
    for (size_t i = 0; i < t->columns; i++) {
        wanted[i] = 1;
        for (size_t row = 0; row < t->rows; row++) {
            size_t cells = widest_line(cell(t, row, i));
            if (cells > wanted[i]) wanted[i] = cells;
        }
    }
}

/* How much the columns take when none is wider than `most`. */
static size_t total(const size_t *wanted, size_t n, size_t most) {
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += wanted[i] < most ? wanted[i] : most;
    return sum;
}

/* Lowers a common ceiling until they fit, and gives what is left to the first ones it cut. */
static void fit(size_t *wanted, size_t n, size_t room) {
    size_t low = 1, high = room;
    while (low < high) { /* the highest ceiling that fits */
        size_t middle = low + (high - low + 1) / 2;
        if (total(wanted, n, middle) <= room)
            low = middle;
        else
            high = middle - 1;
    }
    size_t used = total(wanted, n, low), left = room > used ? room - used : 0;
    for (size_t i = 0; i < n; i++) {
        if (wanted[i] <= low) continue;
        wanted[i] = low + (left > 0);
        left -= left > 0;
    }
}

static void blanks(struct buf *out, size_t n) {
    while (n--) buf_addc(out, ' ');
}

struct cell_state {
    struct wrap wrap;
    str style;
};

/* One line of one cell, filled up to its width. */
static void cell_line(struct cell_state *c, size_t width, enum table_align align, bool fill,
                      size_t at, const struct look *look, struct buf *out) {
    str line = { 0 };
    wrap_line(&c->wrap, &line);
    size_t used = width_of(line), room = width > used ? width - used : 0;
    size_t before = !used ? 0 : align == TABLE_RIGHT ? room : align == TABLE_CENTRE ? room / 2 : 0;
    blanks(out, before);
    wrap_emit(out, line, &c->style);
    /* Wherever this terminal thinks the text has ended: the next column begins where it should. */
    if (look->moves && width_is_doubtful(line)) buf_addf(out, "\033[%zuG", at + before + used + 1);
    if (fill) blanks(out, room - before);
}

static void add_row(const struct table *t, size_t row, const size_t *width, size_t at,
                    struct cell_state *state, const struct look *look, struct buf *out) {
    for (size_t i = 0; i < t->columns; i++) {
        wrap_init(&state[i].wrap, cell(t, row, i), width[i]);
        state[i].style = S("");
    }
    for (bool more = true; more;) {
        more = false;
        size_t column = at;
        for (size_t i = 0; i < t->columns; i++) {
            bool last = i + 1 == t->columns;
            cell_line(&state[i], width[i], t->align[i], !last, column, look, out);
            column += width[i] + BETWEEN;
            if (!last) {
                buf_addc(out, ' ');
                style_text(out, look, STYLE_DIM, bar);
                buf_addc(out, ' ');
            }
            if (!state[i].wrap.ended) more = true;
        }
        while (out->n && out->p[out->n - 1] == ' ') out->n--;
        buf_addc(out, '\n');
    }
}

static void add_rule(const struct table *t, const size_t *width, const struct look *look,
                     struct buf *out) {
    style_set(out, look, STYLE_DIM);
    for (size_t i = 0; i < t->columns; i++) {
        size_t n = width[i] + (i > 0) + (i + 1 < t->columns);
        while (n--) buf_add(out, rule);
        if (i + 1 < t->columns) buf_add(out, cross);
    }
    style_set(out, look, STYLE_PLAIN);
    buf_addc(out, '\n');
}

/* "Heading: value", a line a cell, and an empty line between rows. */
static enum chela_error add_records(const struct table *t, size_t width, struct buf *out) {
    struct buf text = BUF_INIT(1u << 20);
    for (size_t row = t->rows > 1; row < t->rows; row++) {
        for (size_t i = 0; i < t->columns; i++) {
            if (!cell(t, row, i).n) continue;
            buf_clear(&text);
            buf_add(&text, row ? cell(t, 0, i) : S(""));
            buf_add(&text, row && cell(t, 0, i).n ? S(": ") : S(""));
            buf_add(&text, cell(t, row, i));
            struct wrap w;
            str line, style = { 0 };
            wrap_init(&w, buf_str(&text), width);
            while (wrap_line(&w, &line)) {
                wrap_emit(out, line, &style);
                buf_addc(out, '\n');
            }
        }
        if (row + 1 < t->rows) buf_addc(out, '\n');
    }
    bool failed = text.failed != BUF_GOOD;
    buf_free(&text);
    return failed ? CHELA_LIMIT : CHELA_OK;
}

enum chela_error table_lines(const struct table *t, size_t width, size_t at,
                             const struct look *look, struct buf *out) {
    size_t n = t->columns, between = n ? BETWEEN * (n - 1) : 0;
    if (!n || !t->rows) return CHELA_OK;
    size_t room = width > between ? width - between : 0;
    size_t *wanted = calloc(n, sizeof *wanted);
    struct cell_state *state = calloc(n, sizeof *state);
    enum chela_error rc = wanted && state ? CHELA_OK : CHELA_NOMEM;
    if (rc == CHELA_OK) {
        measure(t, wanted);
        bool fits = total(wanted, n, SIZE_MAX) <= room;
        if (!fits && room < NARROWEST * n) {
            rc = add_records(t, width, out);
        } else {
            if (!fits) fit(wanted, n, room);
            for (size_t row = 0; row < t->rows; row++) {
                add_row(t, row, wanted, at, state, look, out);
                if (row == 0) add_rule(t, wanted, look, out);
            }
        }
    }
    free(wanted);
    free(state);
    return rc;
}
