/* Markdown on the terminal of vt_screen.h: at once, and as it comes. */
#ifndef CHELA_TESTS_MARKDOWN_SCREEN_H
#define CHELA_TESTS_MARKDOWN_SCREEN_H

#include "term/live.h"
#include "term/markdown.h"
#include "vt_screen.h"

enum { MARKDOWN_OUTPUT = 64 << 20 };

static inline void markdown_at_once(str text, const struct look *look, struct buf *lines) {
    struct markdown m;
    markdown_init(&m, look);
    markdown_feed(&m, text);
    markdown_end(&m);
    buf_add(lines, markdown_done(&m));
    markdown_free(&m);
}

static inline void markdown_print(str lines, struct vt *screen) {
    str line;
    while (lines.n) {
        str_cut(lines, '\n', &line, &lines);
        vt_write(screen, line);
        vt_write(screen, S("\r\n"));
    }
}

/* In pieces of 1 to `most` bytes, painted after every one. Ends early, with screen->alarm, when
 * something strange is sent or a piece grows too large. */
static inline void markdown_in_pieces(str text, const struct look *look, size_t most, uint32_t seed,
                                      struct vt *screen) {
    struct markdown m;
    struct live live;
    struct buf out = BUF_INIT(MARKDOWN_OUTPUT), open = BUF_INIT(MARKDOWN_OUTPUT);
    markdown_init(&m, look);
    live_init(&live, look);
    for (bool more = true; more && !screen->alarm;) {
        seed = seed * 1664525u + 1013904223u;
        str piece = str_head(text, 1 + (seed >> 16) % most);
        text = str_skip(text, piece.n);
        more = piece.n > 0;
        if (more)
            markdown_feed(&m, piece);
        else
            markdown_end(&m);
        buf_clear(&open);
        buf_clear(&out);
        markdown_open(&m, &open);
        live_paint(&live, markdown_done(&m), buf_str(&open), &out);
        markdown_taken(&m);
        vt_write(screen, buf_str(&out));
        if (m.piece.n >= MARKDOWN_MAX_PIECE) screen->alarm = "a piece is too large";
    }
    markdown_free(&m);
    live_free(&live);
    buf_free(&out);
    buf_free(&open);
}

#endif
