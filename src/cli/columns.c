#include "cli/columns.h"

#include "term/safe.h"
#include "term/terminal.h"
#include "term/width.h"

#include <time.h>
#include <unistd.h>

bool columns_begin(struct columns *t, const struct column *column, size_t count, size_t rows,
                   size_t width, struct arena *a) {
    *t = (struct columns){
        .column = column, .count = count, .width = width, .arena = a, .cap = rows
    };
    t->row = arena_alloc(a, (rows + 1) * sizeof *t->row);
    return t->row != NULL;
}

str *columns_row(struct columns *t) {
    return t
        ->row[t->rows < t->cap ? t->rows++ : t->cap]; /* the one behind the last is thrown away */
}

static void make_harmless(struct columns *t, str *cell) {
    struct buf safe = BUF_INIT(4096);
    safe_line(&safe, str_head(*cell, 1024));
    *cell = arena_dup(t->arena, buf_str(&safe));
    buf_free(&safe);
}

static bool is_empty(const struct columns *t, size_t c) {
    for (size_t r = 0; r < t->rows; r++)
        if (!str_eq(t->row[r][c], S("–")) && !str_eq(t->row[r][c], S("0"))) return false;
    return true;
}

/* The width of each column, 0 for one that is left out; all of them with what is between them. */
static size_t measure(struct columns *t, size_t *width) {
    size_t sum = 0;
    for (size_t c = 0; c < t->count; c++) {
        width[c] = 0;
        if (t->column[c].optional && is_empty(t, c)) continue;
        width[c] = width_of(str_c(t->column[c].title));
        for (size_t r = 0; r < t->rows; r++) {
            make_harmless(t, &t->row[r][c]);
            size_t w = width_of(t->row[r][c]);
            if (w > width[c]) width[c] = w;
        }
        sum += width[c] + (c ? 2 : 0);
    }
    return sum;
}

/* The first column that may be narrower becomes so first. */
static void fit(struct columns *t, size_t *width, size_t sum) {
    for (size_t c = 0; c < t->count && t->width && sum > t->width; c++) {
        size_t least = t->column[c].shrink, over = sum - t->width;
        if (!least || width[c] <= least) continue;
        size_t less = width[c] - least < over ? width[c] - least : over;
        width[c] -= less;
        sum -= less;
    }
}

static void cell(struct buf *out, str text, size_t width, bool right, bool last) {
    size_t used = width_of(text);
    bool cut = used > width;
    if (cut) text = width_head(text, width - 1, &used);
    if (cut) used++;
    size_t pad = used < width ? width - used : 0;
    if (right)
        for (; pad; pad--) buf_addc(out, ' ');
    buf_add(out, text);
    if (cut) buf_add(out, S("…"));
    for (; pad && !last; pad--) buf_addc(out, ' ');
}

void columns_print(struct columns *t, struct buf *out) {
    size_t width[COLUMNS_MAX];
    fit(t, width, measure(t, width));
    for (size_t r = 0; r <= t->rows; r++) {
        for (size_t c = 0; c < t->count; c++) {
            str text = r ? t->row[r - 1][c] : str_c(t->column[c].title);
            if (!width[c]) continue;
            if (c) buf_add(out, S("  "));
            cell(out, text, width[c], t->column[c].right, c + 1 == t->count);
        }
        while (out->n && out->p[out->n - 1] == ' ') out->n--;
        buf_addc(out, '\n');
    }
}

str columns_number(struct arena *a, int64_t n) {
    if (n < 0) return S("–");
    str digits = arena_printf(a, "%lld", (long long)n);
    struct buf out = BUF_INIT(64);
    for (size_t i = 0; i < digits.n; i++) {
        if (i && (digits.n - i) % 3 == 0) buf_addc(&out, ',');
        buf_addc(&out, digits.p[i]);
    }
    str text = arena_dup(a, buf_str(&out));
    buf_free(&out);
    return text;
}

str columns_money(struct arena *a, double usd) {
    if (usd < 0) return S("–");
    if (usd == 0) return S("$0");
    return usd < 0.0001 ? S("<$0.0001") : arena_printf(a, "$%.4f", usd);
}

str columns_time(struct arena *a, int64_t unix_ms) {
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm when;
    char text[64];
    if (!localtime_r(&seconds, &when)) return S("–");
    return arena_dup(a, (str){ text, strftime(text, sizeof text, "%Y-%m-%d %H:%M", &when) });
}

size_t columns_of_terminal(void) {
    struct look look = { 0 };
    if (!isatty(STDOUT_FILENO)) return 0;
    terminal_size(&look);
    return look.columns;
}
