#include "term/render.h"

#include "term/code.h"
#include "term/entity.h"
#include "term/md4c_lib.h"
#include "term/safe.h"
#include "term/style.h"
#include "term/table.h"
#include "term/width.h"
#include "term/wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_DEPTH = 12, /* of nested quotes, lists and items that are drawn as such */
    MAX_CELLS =
        1 << 16,   /* md4c makes up the cells that a row lacks: a few KB can ask for millions */
    NARROWEST = 8, /* columns left for text, however deep it is nested */
    RULE = 60,     /* columns of a horizontal line */
    LONGEST_ADDRESS = 400, /* of a link: data: URLs can be megabytes */
};
static const size_t max_text = 16u << 20;

enum span { EMPHASIS, STRONG, CODE, STRIKE, LINK, SPANS };

struct container {
    enum { QUOTE, LIST, ITEM } kind;
    size_t width;    /* of the prefix it gives its lines */
    char marker[24]; /* of an item: "• ", until it is written */
    /* of a list */
    bool tight, ordered, begun;
    unsigned number; /* of the next item */
    char delimiter;
};

struct writer {
    const struct look *look;
    struct buf *out;
    struct buf text; /* of the block under way, styled; of a code block: as it is written */
    struct container container[MAX_DEPTH];
    size_t depth, deeper; /* how many are open, and how many more that are not drawn */
    unsigned span[SPANS]; /* how many of each are open */
    unsigned base;        /* the block's own style */
    size_t link_at;       /* where the text of the open link begins */
    bool in_code;
    bool gap; /* an empty line comes before the next line */
    unsigned first_number, last_number;
    /* of a table */
    struct buf cell_ends; /* one size_t a cell: where it ends in `text` */
    enum table_align *align;
    size_t columns, column;
};

/* ---- lines ---- */

static void prefix(struct writer *w, bool blank) {
    for (size_t i = 0; i < w->depth; i++) {
        struct container *c = &w->container[i];
        if (c->kind == QUOTE) {
            style_text(w->out, w->look, STYLE_DIM, S("\u2502"));
            buf_addc(w->out, ' ');
        } else if (c->marker[0] && !blank) {
            buf_add(w->out, str_c(c->marker));
            c->marker[0] = '\0';
        } else {
            for (size_t n = 0; n < c->width; n++) buf_addc(w->out, ' ');
        }
    }
}

static void end_line(struct writer *w) {
    while (w->out->n && w->out->p[w->out->n - 1] == ' ') w->out->n--;
    buf_addc(w->out, '\n');
}

static void write_gap(struct writer *w) {
    if (!w->gap) return;
    w->gap = false;
    prefix(w, true);
    end_line(w);
}

static void write_line(struct writer *w, str line) {
    write_gap(w);
    prefix(w, false);
    buf_add(w->out, line);
    end_line(w);
}

static void write_lines(struct writer *w, str lines) {
    str line;
    while (lines.n) {
        str_cut(lines, '\n', &line, &lines);
        write_line(w, line);
    }
}

static size_t indent(const struct writer *w) {
    size_t width = 0;
    for (size_t i = 0; i < w->depth; i++) width += w->container[i].width;
    return width;
}

static size_t room(const struct writer *w) {
    size_t before = indent(w), columns = w->look->columns;
    return columns > before + NARROWEST ? columns - before : NARROWEST;
}

/* Writes what has been gathered of a paragraph, a heading or an item. */
static void flush(struct writer *w) {
    str text = str_trim(buf_str(&w->text));
    if (width_of(text)) {
        struct wrap wrap;
        struct buf styled = BUF_INIT(max_text);
        str line, style = { 0 };
        wrap_init(&wrap, text, room(w));
        while (wrap_line(&wrap, &line)) {
            buf_clear(&styled);
            wrap_emit(&styled, line, &style);
            write_line(w, buf_str(&styled));
        }
        buf_free(&styled);
    }
    buf_clear(&w->text);
}

static void write_rule(struct writer *w) {
    struct buf line = BUF_INIT(4096);
    code_rule(w->look, S(""), room(w) < RULE ? room(w) : RULE, &line);
    write_line(w, buf_str(&line));
    buf_free(&line);
}

static void write_code(struct writer *w, str language) {
    struct buf line = BUF_INIT(max_text);
    str text = buf_str(&w->text), part;
    code_rule(w->look, language, room(w), &line);
    write_line(w, buf_str(&line));
    while (text.n) {
        str_cut(text, '\n', &part, &text);
        buf_clear(&line);
        code_line(part, &line);
        write_line(w, buf_str(&line));
    }
    buf_clear(&line);
    code_rule(w->look, S(""), room(w), &line);
    write_line(w, buf_str(&line));
    buf_free(&line);
    buf_clear(&w->text);
}

/* ---- inline text ---- */

static unsigned style_now(const struct writer *w) {
    static const unsigned styles[SPANS] = { [EMPHASIS] = STYLE_ITALIC,
                                            [STRONG] = STYLE_BOLD,
                                            [CODE] = STYLE_CYAN,
                                            [STRIKE] = STYLE_STRIKE,
                                            [LINK] = STYLE_UNDERLINE };
    unsigned style = w->base;
    for (size_t i = 0; i < SPANS; i++)
        if (w->span[i]) style |= styles[i];
    return style;
}

static void begin_text(struct writer *w, unsigned base) {
    w->base = base;
    if (base) style_set(&w->text, w->look, base);
}

static void end_text(struct writer *w) {
    if (w->base) style_set(&w->text, w->look, STYLE_PLAIN);
    w->base = STYLE_PLAIN;
}

/* Where there is no colour the marks of Markdown stay, so that what was meant can be seen. */
static void mark(struct writer *w, enum span span) {
    static const str marks[SPANS] = { [EMPHASIS] = STR_INIT("*"),
                                      [STRONG] = STR_INIT("**"),
                                      [CODE] = STR_INIT("`"),
                                      [STRIKE] = STR_INIT("~~") };
    if (!w->look->colour) buf_add(&w->text, marks[span]);
}

static void open_span(struct writer *w, enum span span) {
    mark(w, span);
    w->span[span]++;
    style_set(&w->text, w->look, style_now(w));
}

static void close_span(struct writer *w, enum span span) {
    if (w->span[span]) w->span[span]--;
    style_set(&w->text, w->look, style_now(w));
    mark(w, span);
}

/* Behind a link whose text is not its address. A link that hides where it leads is how people are
 * deceived; and it is shown as text, not as a terminal's hyperlink, so that it can be copied. */
static void show_address(struct writer *w, const MD_ATTRIBUTE *address, str shown) {
    str url = { address->text, address->size };
    if (!url.n || str_eq(url, shown) || (str_ends(url, shown) && url.n - shown.n <= 8)) return;
    struct buf safe = BUF_INIT(8 * LONGEST_ADDRESS);
    safe_line(&safe, str_head(url, LONGEST_ADDRESS));
    buf_addc(&w->text, ' ');
    style_set(&w->text, w->look, w->base | STYLE_DIM);
    buf_addf(&w->text, "(%.*s%s)", STR_ARG(buf_str(&safe)),
             url.n > LONGEST_ADDRESS ? "\u2026" : "");
    style_set(&w->text, w->look, style_now(w));
    buf_free(&safe);
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *ctx) {
    struct writer *w = ctx;
    (void)detail;
    switch (type) {
    case MD_SPAN_EM: open_span(w, EMPHASIS); break;
    case MD_SPAN_STRONG: open_span(w, STRONG); break;
    case MD_SPAN_CODE: open_span(w, CODE); break;
    case MD_SPAN_DEL: open_span(w, STRIKE); break;
    case MD_SPAN_A:
        open_span(w, LINK);
        w->link_at = w->text.n;
        break;
    case MD_SPAN_IMG: buf_add(&w->text, S("[image: ")); break;
    case MD_SPAN_LATEXMATH: buf_add(&w->text, S("$")); break;
    case MD_SPAN_LATEXMATH_DISPLAY: buf_add(&w->text, S("$$")); break;
    default: break;
    }
    return 0;
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *ctx) {
    struct writer *w = ctx;
    switch (type) {
    case MD_SPAN_EM: close_span(w, EMPHASIS); break;
    case MD_SPAN_STRONG: close_span(w, STRONG); break;
    case MD_SPAN_CODE: close_span(w, CODE); break;
    case MD_SPAN_DEL: close_span(w, STRIKE); break;
    case MD_SPAN_A: {
        size_t end = w->text.n;
        close_span(w, LINK);
        str shown = str_skip(str_head(buf_str(&w->text), end), w->link_at);
        show_address(w, &((const MD_SPAN_A_DETAIL *)detail)->href, shown);
        break;
    }
    case MD_SPAN_IMG:
        buf_add(&w->text, S("]"));
        show_address(w, &((const MD_SPAN_IMG_DETAIL *)detail)->src, S(""));
        break;
    case MD_SPAN_LATEXMATH: buf_add(&w->text, S("$")); break;
    case MD_SPAN_LATEXMATH_DISPLAY: buf_add(&w->text, S("$$")); break;
    default: break;
    }
    return 0;
}

static bool is_line_break(str html) {
    return str_istarts(html, S("<br")) && (str_eq(html, S("<br>")) || str_ends(html, S("/>")));
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx) {
    struct writer *w = ctx;
    str s = { text, size };
    if (w->in_code) {
        buf_add(&w->text, s);
    } else if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR ||
               (type == MD_TEXT_HTML && is_line_break(s))) {
        buf_addc(&w->text, '\n');
    } else if (type == MD_TEXT_ENTITY) {
        struct buf decoded = BUF_INIT(256);
        entity_decode(&decoded, s);
        safe_line(&w->text, buf_str(&decoded));
        buf_free(&decoded);
    } else if (type == MD_TEXT_NULLCHAR) {
        buf_add(&w->text, S("\uFFFD"));
    } else {
        safe_line(&w->text, s);
    }
    return w->text.failed ? -1 : 0;
}

/* ---- tables ---- */

static int begin_table(struct writer *w, size_t columns) {
    w->columns = columns;
    w->align = calloc(columns ? columns : 1, sizeof *w->align);
    buf_clear(&w->cell_ends);
    return w->align ? 0 : -1;
}

static int end_cell(struct writer *w) {
    size_t end = w->text.n;
    buf_add(&w->cell_ends, (str){ (const char *)&end, sizeof end });
    return w->cell_ends.failed ? -1 : 0;
}

static int end_table(struct writer *w) {
    size_t count = w->cell_ends.n / sizeof(size_t), from = 0;
    str *cells = calloc(count ? count : 1, sizeof *cells);
    struct buf lines = BUF_INIT(max_text);
    enum chela_error rc = cells ? CHELA_OK : CHELA_NOMEM;
    for (size_t i = 0; rc == CHELA_OK && i < count; i++) {
        size_t end;
        memcpy(&end, w->cell_ends.p + i * sizeof end, sizeof end);
        cells[i] = str_trim(str_skip(str_head(buf_str(&w->text), end), from));
        from = end;
    }
    const struct table table = { .columns = w->columns,
                                 .align = w->align,
                                 .cells = cells,
                                 .rows = w->columns ? count / w->columns : 0 };
    if (rc == CHELA_OK) rc = table_lines(&table, room(w), indent(w), w->look, &lines);
    if (rc == CHELA_OK) write_lines(w, buf_str(&lines));
    bool failed = rc != CHELA_OK || lines.failed;
    buf_free(&lines);
    free(cells);
    free(w->align);
    w->align = NULL;
    buf_clear(&w->text);
    return failed ? -1 : 0;
}

/* ---- blocks ---- */

static struct container *innermost(struct writer *w) {
    return w->depth && !w->deeper ? &w->container[w->depth - 1] : NULL;
}

static void enter(struct writer *w, const struct container *c) {
    if (w->depth == MAX_DEPTH || w->deeper)
        w->deeper++;
    else
        w->container[w->depth++] = *c;
}

static void leave(struct writer *w) {
    if (w->deeper)
        w->deeper--;
    else if (w->depth)
        w->depth--;
}

static void enter_list(struct writer *w, struct container list) {
    const struct container *around = w->depth >= 2 ? &w->container[w->depth - 2] : NULL;
    list.kind = LIST;
    if (w->depth == 0 && list.ordered && w->first_number) list.number = w->first_number;
    if (around && around->kind == LIST && around->tight) w->gap = false; /* under its item */
    enter(w, &list);
}

static void enter_item(struct writer *w, const MD_BLOCK_LI_DETAIL *detail) {
    static const char *const bullets[] = { "\u2022", "\u25E6", "\u25AA" };
    struct container item = { .kind = ITEM }, *list = innermost(w);
    size_t level = 0;
    for (size_t i = 0; i < w->depth; i++) level += w->container[i].kind == LIST;
    const char *bullet = bullets[level ? (level - 1) % 3 : 0];
    if (list && list->begun) w->gap = !list->tight;
    if (list) list->begun = true;
    if (detail->is_task)
        snprintf(item.marker, sizeof item.marker, "%s ",
                 detail->task_mark == ' ' ? "\u2610" : "\u2611");
    else if (list && list->ordered)
        snprintf(item.marker, sizeof item.marker, "%u%c ", list->number++, list->delimiter);
    else
        snprintf(item.marker, sizeof item.marker, "%s ", bullet);
    item.width = width_of(str_c(item.marker));
    enter(w, &item);
}

static void leave_item(struct writer *w) {
    const struct container *item = innermost(w);
    if (item && item->marker[0]) write_line(w, S("")); /* an empty item has its marker still */
    leave(w);
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *ctx) {
    struct writer *w = ctx;
    if (!w->align) flush(w); /* a table's cells are gathered until its end */
    if (w->depth == 0 && type != MD_BLOCK_DOC) w->last_number = 0;
    switch (type) {
    case MD_BLOCK_QUOTE:
        write_gap(w); /* outside it */
        enter(w, &(struct container){ .kind = QUOTE, .width = 2 });
        break;
    case MD_BLOCK_UL:
        enter_list(w, (struct container){ .tight = ((MD_BLOCK_UL_DETAIL *)detail)->is_tight });
        break;
    case MD_BLOCK_OL: {
        const MD_BLOCK_OL_DETAIL *list = detail;
        enter_list(w, (struct container){ .tight = list->is_tight,
                                          .ordered = true,
                                          .number = list->start,
                                          .delimiter = list->mark_delimiter });
        break;
    }
    case MD_BLOCK_LI: enter_item(w, detail); break;
    case MD_BLOCK_H: {
        unsigned level = ((MD_BLOCK_H_DETAIL *)detail)->level;
        begin_text(w, level == 1 ? STYLE_BOLD | STYLE_UNDERLINE : STYLE_BOLD);
        for (unsigned i = 0; !w->look->colour && i < level; i++) buf_addc(&w->text, '#');
        if (!w->look->colour) buf_addc(&w->text, ' ');
        break;
    }
    case MD_BLOCK_CODE: w->in_code = true; break;
    case MD_BLOCK_TABLE: return begin_table(w, ((MD_BLOCK_TABLE_DETAIL *)detail)->col_count);
    case MD_BLOCK_TR: w->column = 0; break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD: {
        MD_ALIGN align = ((MD_BLOCK_TD_DETAIL *)detail)->align;
        if (w->column < w->columns)
            w->align[w->column++] = align == MD_ALIGN_CENTER  ? TABLE_CENTRE
                                    : align == MD_ALIGN_RIGHT ? TABLE_RIGHT
                                                              : TABLE_LEFT;
        begin_text(w, type == MD_BLOCK_TH ? STYLE_BOLD : STYLE_PLAIN);
        break;
    }
    default: break;
    }
    return 0;
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *ctx) {
    struct writer *w = ctx;
    int rc = 0;
    switch (type) {
    case MD_BLOCK_TH:
    case MD_BLOCK_TD: end_text(w); return end_cell(w);
    case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY:
    case MD_BLOCK_TR: return 0;
    case MD_BLOCK_TABLE: rc = end_table(w); break;
    case MD_BLOCK_CODE: {
        const MD_ATTRIBUTE *language = &((MD_BLOCK_CODE_DETAIL *)detail)->lang;
        write_code(w, (str){ language->text, language->size });
        w->in_code = false;
        break;
    }
    case MD_BLOCK_HR: write_rule(w); break;
    case MD_BLOCK_H:
        end_text(w);
        flush(w);
        break;
    case MD_BLOCK_LI:
        flush(w);
        leave_item(w);
        return 0;
    case MD_BLOCK_OL:
        if (w->depth == 1 && !w->deeper) w->last_number = w->container[0].number;
        leave(w);
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_QUOTE:
        flush(w);
        leave(w);
        break;
    default: flush(w); break;
    }
    if (type != MD_BLOCK_DOC) w->gap = true;
    return rc;
}

/* ---- a piece ---- */

/* Where the bracket of "[1]: https://…" is, a line that Markdown would swallow; else -1. */
static ptrdiff_t definition(str line) {
    size_t at = 0;
    while (at < line.n && strchr(" >-+*.)0123456789", line.p[at])) at++;
    str s = str_skip(line, at);
    return str_starts(s, S("[")) && str_find(s, S("]:")) > 1 ? (ptrdiff_t)at : -1;
}

/* The piece with its link definitions kept from md4c. */
static void shield(str piece, struct buf *out) {
    bool in_code = false;
    str line;
    while (piece.n) {
        bool ended = str_cut(piece, '\n', &line, &piece);
        str word = str_trim(line);
        if (str_starts(word, S("```")) || str_starts(word, S("~~~"))) in_code = !in_code;
        ptrdiff_t at = in_code ? -1 : definition(line);
        if (at >= 0) {
            buf_add(out, str_head(line, (size_t)at));
            buf_addc(out, '\\');
            line = str_skip(line, (size_t)at);
        }
        buf_add(out, line);
        if (ended) buf_addc(out, '\n');
    }
}

static bool parse(struct writer *w, str piece) {
    const struct md4c_lib *lib = md4c_lib(NULL);
    static const MD_PARSER parser = {
        .flags = MD_DIALECT_GITHUB | MD_FLAG_NOHTMLBLOCKS | MD_FLAG_NOINDENTEDCODEBLOCKS |
                 MD_FLAG_LATEXMATHSPANS,
        .enter_block = on_enter_block,
        .leave_block = on_leave_block,
        .enter_span = on_enter_span,
        .leave_span = on_leave_span,
        .text = on_text,
    };
    struct buf shielded = BUF_INIT(max_text);
    shield(piece, &shielded);
    bool good =
        lib && !shielded.failed && lib->md_parse(shielded.p, (MD_SIZE)shielded.n, &parser, w) == 0;
    buf_free(&shielded);
    return good;
}

void render_markdown(struct render *r, str piece, struct buf *out) {
    while (str_starts(piece, S("\n"))) piece = str_skip(piece, 1);
    if (!str_trim(piece).n) return;
    size_t start = out->n;
    struct writer w = { .look = r->look,
                        .out = out,
                        .gap = r->gap,
                        .first_number = r->ordinal,
                        .text = BUF_INIT(max_text),
                        .cell_ends = BUF_INIT(MAX_CELLS * sizeof(size_t)) };
    if (!parse(&w, piece)) {
        free(w.align);
        if (!out->failed) out->n = start;
        w = (struct writer){
            .look = r->look, .out = out, .gap = r->gap, .text = w.text, .cell_ends = w.cell_ends
        };
        buf_clear(&w.text);
        safe_text(&w.text, piece);
        flush(&w);
    }
    buf_free(&w.text);
    buf_free(&w.cell_ends);
    r->gap = r->gap || out->n > start;
    r->ordinal = w.last_number;
}
