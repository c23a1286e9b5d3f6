#include "term/markdown.h"

#include "base/utf8.h"
#include "term/code.h"

static const size_t max_done = 256u << 20;

void markdown_init(struct markdown *m, const struct look *look) {
    *m = (struct markdown){ .render.look = look };
    buf_init(&m->piece, 4 * MARKDOWN_MAX_PIECE);
    buf_init(&m->done, max_done);
}

void markdown_free(struct markdown *m) {
    buf_free(&m->piece);
    buf_free(&m->done);
}

str markdown_done(const struct markdown *m) {
    return buf_str(&m->done);
}

void markdown_taken(struct markdown *m) {
    buf_clear(&m->done);
}

/* ---- what a line is ---- */

static str without_indent(str line, size_t *indent) {
    size_t n = 0;
    while (n < line.n && line.p[n] == ' ') n++;
    *indent = n;
    return str_skip(line, n);
}

static bool is_blank(str line) {
    return str_trim(line).n == 0;
}

/* "- x", "3. x", also with nothing behind the mark; at most three columns in. *ends_paragraph: also
 * when it comes right under one. */
static bool is_item(str line, bool *ends_paragraph) {
    size_t indent, digits = 0;
    str s = without_indent(line, &indent);
    if (indent > 3 || !s.n) return false;
    bool one = s.p[0] == '1';
    while (digits < s.n && digits < 10 && s.p[digits] >= '0' && s.p[digits] <= '9') digits++;
    if (digits > 9 || digits == s.n) return false;
    char mark = s.p[digits];
    bool marked = digits ? mark == '.' || mark == ')' : mark == '-' || mark == '+' || mark == '*';
    str rest = str_skip(s, digits + 1);
    if (!marked || (rest.n && rest.p[0] != ' ' && rest.p[0] != '\t')) return false;
    *ends_paragraph = !is_blank(rest) && (digits == 0 || (digits == 1 && one));
    return true;
}

struct fence {
    char mark;
    size_t length, indent;
    str info;
};

static bool is_fence(str line, struct fence *f) {
    str s = without_indent(line, &f->indent);
    if (f->indent > 3 || !s.n || (s.p[0] != '`' && s.p[0] != '~')) return false;
    f->mark = s.p[0];
    f->length = 0;
    while (f->length < s.n && s.p[f->length] == f->mark) f->length++;
    f->info = str_trim(str_skip(s, f->length));
    return f->length >= 3 && (f->mark == '~' || str_chr(f->info, '`') < 0);
}

static bool closes(const struct markdown *m, str line) {
    struct fence f;
    return is_fence(line, &f) && f.mark == m->fence && f.length >= m->fence_length && !f.info.n;
}

/* "|---|:--:|": the line under a table's head. */
static bool is_delimiter_row(str line) {
    line = str_trim(line);
    bool bar = false, dash = false;
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];
        if (c != '|' && c != '-' && c != ':' && c != ' ') return false;
        bar |= c == '|';
        dash |= c == '-';
    }
    return bar && dash;
}

static bool has_bar(const struct markdown *m, size_t line) {
    str rest, head;
    str_cut(str_skip(buf_str(&m->piece), line), '\n', &head, &rest);
    return str_chr(head, '|') >= 0;
}

/* ---- pieces ---- */

static void reset(struct markdown *m) {
    buf_clear(&m->piece);
    m->line = m->before = 0;
    m->state = MARKDOWN_TEXT;
    m->blank = m->follows_on = false;
}

static void render_piece(const struct markdown *m, struct render *r, str piece, struct buf *out) {
    bool gap = r->gap;
    if (m->follows_on)
        r->gap = false;
    else
        r->ordinal = 0;
    render_markdown(r, piece, out);
    r->gap = r->gap || gap;
}

/* The first n bytes of the piece are finished; the rest stays, to be looked at again. */
static void finish(struct markdown *m, size_t n) {
    if (!n) return;
    render_piece(m, &m->render, str_head(buf_str(&m->piece), n), &m->done);
    buf_consume(&m->piece, n);
    m->line = m->line > n ? m->line - n : 0;
    m->before = m->before > n ? m->before - n : 0;
    m->blank = m->follows_on = false;
    m->state = MARKDOWN_TEXT;
}

static void begin_code(struct markdown *m, const struct fence *f) {
    if (m->render.gap) buf_addc(&m->done, '\n');
    code_rule(m->render.look, f->info, m->render.look->columns, &m->done);
    buf_addc(&m->done, '\n');
    reset(m);
    m->state = MARKDOWN_CODE;
    m->fence = f->mark;
    m->fence_length = f->length;
    m->fence_indent = f->indent;
    m->render.gap = true;
}

/* A line of code loses the blanks that its fence had. */
static void add_code_line(const struct markdown *m, str line, struct buf *out) {
    for (size_t i = 0; i < m->fence_indent && str_starts(line, S(" ")); i++)
        line = str_skip(line, 1);
    code_line(line, out);
    buf_addc(out, '\n');
}

static void end_code(struct markdown *m) {
    code_rule(m->render.look, S(""), m->render.look->columns, &m->done);
    buf_addc(&m->done, '\n');
    reset(m);
}

static void code_line_ended(struct markdown *m) {
    str line = str_head(buf_str(&m->piece), m->piece.n - 1);
    if (closes(m, line)) {
        end_code(m);
    } else {
        add_code_line(m, line, &m->done);
        buf_clear(&m->piece);
    }
}

/* The last line of the piece is whole: does it begin or end anything? */
static void line_ended(struct markdown *m) {
    if (m->state == MARKDOWN_CODE) {
        code_line_ended(m);
        return;
    }
    str line = str_head(str_skip(buf_str(&m->piece), m->line), m->piece.n - 1 - m->line);
    size_t indent;
    bool ends_paragraph = false, item = is_item(line, &ends_paragraph), blank = is_blank(line);
    struct fence f;
    without_indent(line, &indent);
    if (blank && m->state == MARKDOWN_TEXT) {
        finish(m, m->piece.n);
    } else if (is_fence(line, &f) && (m->state == MARKDOWN_TEXT || indent < 2)) {
        finish(m, m->line);
        begin_code(m, &f);
    } else if (m->state == MARKDOWN_LIST && m->blank && !blank && indent < 2 && !item) {
        finish(m, m->line);
    } else if (m->state == MARKDOWN_TEXT && (m->line == 0 ? item : ends_paragraph)) {
        finish(m, m->line);
        m->state = MARKDOWN_LIST;
    } else if (m->state == MARKDOWN_TEXT && m->before && is_delimiter_row(line) &&
               has_bar(m, m->before)) {
        finish(m, m->before); /* a table right under a paragraph */
        m->follows_on = true;
    }
    m->blank = blank;
    m->before = m->line;
    m->line = m->piece.n;
}

/* ---- a piece that has become too large ---- */

/* Where it is cut: a list before its last item, text before its last line, a line behind its last
 * blank; else anywhere between two characters. */
static size_t place_to_cut(const struct markdown *m) {
    str piece = buf_str(&m->piece), line, rest = piece;
    size_t item = 0;
    bool any;
    while (m->state == MARKDOWN_LIST && rest.n) {
        size_t at = piece.n - rest.n, indent;
        str_cut(rest, '\n', &line, &rest);
        without_indent(line, &indent);
        if (at && indent < 2 && is_item(line, &any)) item = at;
    }
    if (item) return item;
    if (m->line && m->state != MARKDOWN_CODE) return m->line;
    ptrdiff_t blank = m->state == MARKDOWN_CODE ? -1 : str_rchr(piece, ' ');
    return blank >= 0 ? (size_t)blank + 1 : piece.n - utf8_partial_tail(piece);
}

/* The head and the delimiter row of the table that the piece is; else nothing. */
static str table_head(str piece) {
    str head, row, rest;
    if (!str_cut(piece, '\n', &head, &rest) || str_chr(head, '|') < 0) return S("");
    return str_cut(rest, '\n', &row, &rest) && is_delimiter_row(row)
               ? str_head(piece, head.n + row.n + 2)
               : S("");
}

static void cut(struct markdown *m) {
    size_t at = place_to_cut(m);
    struct buf rest = BUF_INIT(2 * MARKDOWN_MAX_PIECE);
    str piece = buf_str(&m->piece), head = table_head(piece);
    if (at > head.n && piece.n - at + head.n < MARKDOWN_MAX_PIECE / 2) buf_add(&rest, head);
    buf_add(&rest, str_skip(piece, at));
    if (m->state == MARKDOWN_CODE) {
        add_code_line(m, str_head(piece, at), &m->done);
        buf_consume(&m->piece, at);
    } else {
        finish(m, at);
        reset(m);
        m->follows_on = true;
        markdown_feed(m, buf_str(&rest));
    }
    buf_free(&rest);
}

/* ---- the stream ---- */

void markdown_feed(struct markdown *m, str text) {
    while (text.n) {
        size_t room = MARKDOWN_MAX_PIECE - m->piece.n, n = 0;
        while (n < text.n && n < room && text.p[n] != '\n' && text.p[n] != '\r') n++;
        bool ended = n < text.n && n < room && text.p[n] == '\n';
        bool dropped = n < text.n && n < room && text.p[n] == '\r';
        buf_add(&m->piece, str_head(text, n + ended));
        text = str_skip(text, n + ended + dropped);
        if (m->piece.failed) return; /* out of memory */
        if (ended) line_ended(m);
        if (m->piece.n >= MARKDOWN_MAX_PIECE) cut(m);
    }
}

void markdown_end(struct markdown *m) {
    if (m->piece.n > m->line || (m->state == MARKDOWN_CODE && m->piece.n))
        markdown_feed(m, S("\n"));
    if (m->state == MARKDOWN_CODE) end_code(m);
    finish(m, m->piece.n);
    reset(m);
}

void markdown_open(const struct markdown *m, struct buf *out) {
    str piece = buf_str(&m->piece);
    piece = str_head(piece, piece.n - utf8_partial_tail(piece));
    if (m->state == MARKDOWN_CODE) {
        bool may_close = str_starts(str_trim(piece), (str){ &m->fence, 1 });
        if (piece.n && !may_close) add_code_line(m, piece, out);
        return;
    }
    struct render r = m->render;
    render_piece(m, &r, piece, out);
}
