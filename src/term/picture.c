#include "term/picture.h"

#include "base/base64.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/mime.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    ASK_MS = 100,
    CHAFA_MS = 5000,
    CHUNK = 4096,   /* of base64: the most that the protocol takes at once */
    CELL_RATIO = 2, /* a cell is about twice as high as wide */
    CELL_WIDTH = 9, /* pixels, about: so that an icon does not fill the screen */
};
static const size_t max_output = 64u << 20;

static str env_text(const char *const *environment, const char *name) {
    size_t n = strlen(name);
    for (; environment && *environment; environment++)
        if (strncmp(*environment, name, n) == 0 && (*environment)[n] == '=')
            return str_c(*environment + n + 1);
    return S("");
}

/* ---- does it have the protocol? ---- */

/* Asks for a picture to be tried and for what every terminal tells (its attributes): if the answer
 * to the first comes before that of the second, the protocol is there. */
static bool ask(struct buf *typed) {
    static const str question = STR_INIT("\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\\033[c");
    struct buf answer = BUF_INIT(64u << 10);
    int64_t deadline = clock_ms() + ASK_MS;
    bool kitty = false, done = false;
    if (write(STDOUT_FILENO, question.p, question.n) != (ssize_t)question.n) return false;
    while (!done) {
        int64_t left = deadline - clock_ms();
        struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
        if (left <= 0 || poll(&fd, 1, (int)left) <= 0) break;
        char *room = buf_room(&answer, 256);
        ssize_t n = room ? read(STDIN_FILENO, room, 256) : 0;
        if (n <= 0) break;
        answer.n += (size_t)n;
        ptrdiff_t attributes = str_find(buf_str(&answer), S("\033[?"));
        done = attributes >= 0 && str_chr(str_skip(buf_str(&answer), (size_t)attributes), 'c') >= 0;
    }
    str got = buf_str(&answer);
    ptrdiff_t reply = str_find(got, S("\033_Gi=31;")), first = str_find(got, S("\033"));
    kitty = reply >= 0 && str_has(str_skip(got, (size_t)reply), S(";OK"));
    buf_add(typed, first >= 0 ? str_head(got, (size_t)first) : got);
    buf_free(&answer);
    return kitty;
}

/* tmux and screen swallow it, whatever terminal they run in. */
static bool is_without(const char *const *environment) {
    str term = env_text(environment, "TERM");
    return env_text(environment, "TMUX").n || str_starts(term, S("screen")) ||
           str_starts(term, S("tmux")) || str_eq(term, S("dumb")) || str_eq(term, S("linux"));
}

bool picture_kitty_named(const char *const *environment) {
    str term = env_text(environment, "TERM"), program = env_text(environment, "TERM_PROGRAM");
    return !is_without(environment) &&
           (env_text(environment, "KITTY_WINDOW_ID").n || str_has(term, S("kitty")) ||
            str_has(term, S("ghostty")) || str_ieq(program, S("WezTerm")) ||
            str_ieq(program, S("ghostty")));
}

bool picture_kitty(const char *const *environment, struct buf *typed) {
    static enum { UNKNOWN, YES, NO } known;
    if (known) return known == YES;
    bool has = picture_kitty_named(environment) || (!is_without(environment) && ask(typed));
    known = has ? YES : NO;
    return has;
}

/* ---- kitty ---- */

static size_t big_endian(str bytes, size_t at) {
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) n = n << 8 | (unsigned char)bytes.p[at + i];
    return n;
}

/* Columns and rows that keep the picture's shape inside the screen. */
static bool fit(str png, const struct look *look, size_t *columns, size_t *rows) {
    if (png.n < 24) return false;
    size_t width = big_endian(png, 16), height = big_endian(png, 20);
    size_t most = look->rows > 6 ? look->rows - 4 : 2;
    if (!width || !height || width > 1u << 20 || height > 1u << 20) return false;
    *columns = width / CELL_WIDTH + 1;
    if (*columns > look->columns) *columns = look->columns;
    *rows = (*columns * height + width * CELL_RATIO - 1) / (width * CELL_RATIO);
    if (*rows > most) {
        *rows = most;
        *columns = *rows * CELL_RATIO * width / height;
        if (*columns > look->columns) *columns = look->columns;
    }
    if (!*columns) *columns = 1;
    if (!*rows) *rows = 1;
    return true;
}

static bool send_kitty(str png, const struct look *look, struct buf *out) {
    struct buf text = BUF_INIT(max_output);
    size_t columns, rows;
    bool good = fit(png, look, &columns, &rows) && base64_encode(&text, png);
    str rest = buf_str(&text);
    for (bool first = true; good && rest.n; first = false) {
        str chunk = str_head(rest, CHUNK);
        rest = str_skip(rest, CHUNK);
        buf_add(out, S("\033_G"));
        if (first) buf_addf(out, "a=T,f=100,q=2,c=%zu,r=%zu,", columns, rows);
        buf_addf(out, "m=%d;", rest.n > 0);
        buf_add(out, chunk);
        buf_add(out, S("\033\\"));
    }
    buf_add(out, good ? S("\n") : S(""));
    buf_free(&text);
    return good && !out->failed;
}

/* ---- chafa ---- */

static bool run_chafa(const char *path, bool kitty, const struct look *look, struct buf *out) {
    char size[64];
    size_t rows = look->rows > 6 ? look->rows - 4 : 2;
    snprintf(size, sizeof size, "--size=%zux%zu", look->columns, rows);
    const char *const words[] = { "chafa",
                                  size,
                                  "--animate=off",
                                  kitty ? "--format=kitty" : "--format=symbols",
                                  look->colour ? "--colors=256" : "--colors=none",
                                  "--",
                                  path,
                                  NULL };
    const struct child chafa = { .argv = words, .out = out, .limit_ms = CHAFA_MS };
    return child_run(&chafa, NULL) == CHELA_OK && out->n > 0;
}

bool picture_show(const char *path, str bytes, bool kitty, const struct look *look,
                  struct buf *out) {
    if (!look->moves) return false;
    if (kitty && str_eq(mime_of_picture(bytes), S("image/png")))
        return send_kitty(bytes, look, out);
    struct buf drawn = BUF_INIT(max_output);
    bool good = run_chafa(path, kitty, look, &drawn);
    if (good) buf_add(out, buf_str(&drawn));
    if (good && !str_ends(buf_str(&drawn), S("\n"))) buf_addc(out, '\n');
    buf_free(&drawn);
    return good;
}
