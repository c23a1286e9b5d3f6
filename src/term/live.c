#include "term/live.h"

#include "term/width.h"

enum { MAX_LINES_BYTES = 8 << 20 };

void live_init(struct live *l, const struct look *look) {
    *l = (struct live){ .look = look, .drawn_columns = look->columns };
    buf_init(&l->lines, MAX_LINES_BYTES);
}

void live_free(struct live *l) {
    buf_free(&l->lines);
}

static str first_line(str lines) {
    str line, rest;
    str_cut(lines, '\n', &line, &rest);
    return line;
}

static str next_line(str lines) {
    str line, rest;
    str_cut(lines, '\n', &line, &rest);
    return rest;
}

static size_t count_rows(str lines, size_t columns) {
    size_t rows = 0;
    for (; lines.n; lines = next_line(lines)) rows += width_rows(first_line(lines), columns, NULL);
    return rows;
}

/* Takes away the lines that need not be drawn again, or can't be: they are the same, or they have
 * left the screen. The last line of either stays. Returns the rows of what is left of *was. */
static size_t skip_settled(const struct live *l, str *was, str *will) {
    size_t rows = count_rows(*was, l->drawn_columns);
    for (;;) {
        str was_next = next_line(*was), will_next = next_line(*will);
        if (!was_next.n || !will_next.n) return rows;
        bool same = str_eq(first_line(*was), first_line(*will));
        if (!same && rows <= l->look->rows) return rows;
        rows -= width_rows(first_line(*was), l->drawn_columns, NULL);
        *was = was_next;
        *will = will_next;
    }
}

static void write_line(const struct look *look, str line, struct buf *out) {
    size_t end;
    width_rows(line, look->columns, &end);
    bool doubtful = width_is_doubtful(line); /* where it ends, and which cells it leaves out */
    if (doubtful) buf_add(out, S("\033[2K"));
    buf_add(out, line);
    /* At the margin this would clear the last character. */
    if (!doubtful && end < look->columns) buf_add(out, S("\033[K"));
}

/* What comes most of the time: the line with the cursor has become longer, or is followed by
 * others. Only what is new is written. */
static bool append(const struct look *look, str was, str will, struct buf *out) {
    str old = first_line(was), line = first_line(will);
    if (next_line(was).n || !str_starts(line, old)) return false;
    buf_add(out, str_skip(line, old.n));
    for (str rest = next_line(will); rest.n; rest = next_line(rest)) {
        buf_add(out, S("\r\n"));
        write_line(look, first_line(rest), out);
    }
    return true;
}

/* up: rows from the first line of `was` to the cursor's, which is the last. */
static void draw(const struct live *l, str was, str will, size_t up, struct buf *out) {
    const struct look *look = l->look;
    bool aligned = true; /* the old line lies where the new one goes */
    if (up > 1) buf_addf(out, "\033[%zuA", up - 1);
    buf_addc(out, '\r');
    for (; will.n; will = next_line(will), was = next_line(was)) {
        str line = first_line(will), old = first_line(was);
        size_t rows = width_rows(line, look->columns, NULL);
        bool last = next_line(will).n == 0, was_last = next_line(was).n == 0;
        bool same_rows = was.n && width_rows(old, l->drawn_columns, NULL) == rows;
        if (aligned && was.n && (!same_rows || (last && !was_last))) {
            buf_add(out, S("\033[J")); /* all that follows is drawn */
            aligned = false;
        }
        if (!aligned || !was.n || !str_eq(line, old) || last || was_last) {
            write_line(look, line, out);
            if (!last) buf_add(out, S("\r\n"));
        } else {
            buf_addf(out, "\033[%zuB", rows);
        }
    }
}

void live_paint(struct live *l, str done, str open, struct buf *out) {
    if (!l->look->moves) {
        buf_add(out, done);
        return;
    }
    struct buf will = BUF_INIT(MAX_LINES_BYTES);
    buf_add(&will, done);
    buf_add(&will, open.n ? open : S("\n"));
    str was = l->lines.n ? buf_str(&l->lines) : S("\n"), to = buf_str(&will);
    if (!str_eq(was, to)) {
        size_t up = skip_settled(l, &was, &to);
        if (!append(l->look, was, to, out)) {
            buf_add(out, S("\033[?2026h"));
            draw(l, was, to, up, out);
            buf_add(out, S("\033[?2026l"));
        }
    }
    l->drawn_columns = l->look->columns;
    buf_clear(&l->lines);
    buf_add(&l->lines, open);
    buf_free(&will);
}

void live_end(struct live *l, struct buf *out) {
    str last = buf_str(&l->lines);
    while (next_line(last).n) last = next_line(last);
    if (first_line(last).n) buf_add(out, S("\r\n"));
    buf_clear(&l->lines);
}

void live_resized(struct live *l, bool reflows) {
    if (reflows) l->drawn_columns = l->look->columns;
}
