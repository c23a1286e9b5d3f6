#include "term/code.h"

#include "term/safe.h"
#include "term/style.h"
#include "term/width.h"

enum { WIDEST = 60, TAB = 4, LONGEST_LABEL = 100 };
static const size_t max_line = 16u << 20;

void code_rule(const struct look *look, str label, size_t columns, struct buf *out) {
    size_t wide = columns < WIDEST ? columns : WIDEST, used = 0;
    style_set(out, look, STYLE_DIM);
    if (label.n && wide > 8) {
        struct buf safe = BUF_INIT(4 * LONGEST_LABEL);
        safe_line(&safe, str_head(label, LONGEST_LABEL));
        buf_add(out, S("\u2500\u2500 "));
        buf_add(out, width_head(buf_str(&safe), wide - 5, &used));
        buf_addc(out, ' ');
        used += 4;
        buf_free(&safe);
    }
    for (; used < wide; used++) buf_add(out, S("\u2500"));
    style_set(out, look, STYLE_PLAIN);
}

void code_line(str line, struct buf *out) {
    struct buf safe = BUF_INIT(max_line);
    safe_text(&safe, line);
    str rest = buf_str(&safe), part;
    size_t column = 0;
    while (str_cut(rest, '\t', &part, &rest)) {
        buf_add(out, part);
        column += width_of(part);
        do buf_addc(out, ' ');
        while (++column % TAB);
    }
    buf_add(out, part);
    buf_free(&safe);
}
