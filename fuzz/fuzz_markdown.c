/* Any text, cut in two random ways, leaves the screen as if it had come at once, and nothing of it
 * reaches the terminal that could act there. Input: a byte for the width, one for the look, four
 * that seed the cuts, the text. */
#include "../tests/unit/markdown_screen.h"

static void check(bool good) {
    if (!good) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 6 || size > 40000) return 0;
    const struct look look = { .columns = 4 + data[0] % 100,
                               .rows = data[1] & 2 ? 6 : 4000,
                               .colour = data[1] & 1,
                               .moves = true };
    uint32_t seed;
    memcpy(&seed, data + 2, 4);
    str text = { (const char *)data + 6, size - 6 };
    struct vt whole;
    struct buf lines = BUF_INIT(MARKDOWN_OUTPUT);
    struct buf wanted = BUF_INIT(MARKDOWN_OUTPUT), seen = BUF_INIT(MARKDOWN_OUTPUT);
    vt_init(&whole, look.columns, look.rows);
    markdown_at_once(text, &look, &lines);
    markdown_print(buf_str(&lines), &whole);
    check(!whole.alarm);
    vt_text(&whole, 0, &wanted);
    for (uint32_t way = 0; way < 2; way++) {
        struct vt pieces;
        vt_init(&pieces, look.columns, look.rows);
        markdown_in_pieces(text, &look, 24, seed + way * 7919u, &pieces);
        check(!pieces.alarm);
        buf_clear(&seen);
        vt_text(&pieces, 0, &seen);
        /* On a small screen lines may have left it before they were finished; and a line that this
         * terminal draws wider than it is may have taken more rows than were counted. */
        if (look.rows > 100 && !width_is_doubtful(text))
            check(str_eq(buf_str(&seen), buf_str(&wanted)));
        check(!pieces.styled);
        vt_free(&pieces);
    }
    vt_free(&whole);
    buf_free(&lines);
    buf_free(&wanted);
    buf_free(&seen);
    return 0;
}
