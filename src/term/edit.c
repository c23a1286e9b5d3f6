#include "term/edit.h"

#include "base/utf8.h"
#include "term/edit_lib.h"
#include "term/history.h"
#include "term/style.h"
#include "term/terminal.h"
#include "term/utf8_locale.h"
#include "term/width.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_INPUT = 4 << 20, /* of one input; what is pasted beyond it is dropped */
    PROMPT = 128,
    MAX_CANDIDATES = 4000,
    SHOWN_CANDIDATES = 60,
};

/* Keys that nobody types: by these an edit function has libedit do something of its own. */
#define KEY_END   L"\x1e"
#define KEY_ABOVE L"\x1d"
#define KEY_BELOW L"\x1f"
#define KEY_OLDER L"\x10"
#define KEY_NEWER L"\x0e"

struct edit {
    struct edit_options options;
    const struct edit_lib *lib; /* NULL: lines come as the terminal gives them */
    EditLine *el;
    HistoryW *history;
    wchar_t prompt[PROMPT];
    struct buf bytes; /* read and not yet typed */
    struct buf line;  /* what edit_read gave out */
    bool interrupted;
};

void edit_offer(struct edit_words *w, str word) {
    if (w->count == MAX_CANDIDATES) return;
    buf_add(&w->text, word);
    buf_addc(&w->text, '\0');
    w->count++;
}

/* ---- bytes and wide characters ---- */

static void narrow(struct buf *out, const wchar_t *from, const wchar_t *to) {
    for (; from < to; from++) {
        char bytes[4];
        buf_add(out, (str){ bytes, utf8_put(bytes, (uint32_t)*from) });
    }
}

/* The caller frees the result; NULL: out of memory. */
static wchar_t *widen(str s) {
    wchar_t *wide = calloc(s.n + 1, sizeof *wide);
    for (size_t i = 0, n; wide && s.n; s = str_skip(s, n)) wide[i++] = (wchar_t)width_code(s, &n);
    return wide;
}

static void insert(struct edit *e, str text) {
    wchar_t *wide = widen(text);
    if (wide) e->lib->el_winsertstr(e->el, wide);
    free(wide);
}

static struct edit *owner(EditLine *el) {
    void *e = NULL;
    edit_lib(NULL)->el_wget(el, EL_CLIENTDATA, &e);
    return e;
}

/* ---- input: bytes of the terminal, and signals beside them ---- */

static void paste_mode(const struct edit *e, bool on) {
    if (!e->options.look->moves) return; /* a dumb terminal gets no sequences */
    fputs(on ? "\033[?2004h" : "\033[?2004l", stdout);
    fflush(stdout);
}

static void stop(struct edit *e) {
    paste_mode(e, false);
    if (e->el) e->lib->el_wset(e->el, EL_PREP_TERM, 0);
    fputs("\r\n", stdout);
    fflush(stdout);
    terminal_stop();
    if (e->el) e->lib->el_wset(e->el, EL_PREP_TERM, 1);
    paste_mode(e, true);
    if (e->el) e->lib->el_wset(e->el, EL_REFRESH);
}

/* The window has another size. libedit would draw below what the terminal has broken anew: so the
 * cursor goes to where its input begins first. */
static void draw_anew(struct edit *e) {
    const LineInfoW *info = e->lib->el_wline(e->el);
    struct buf before = BUF_INIT(4 * MAX_INPUT);
    struct look now;
    size_t rows = 0;
    terminal_size(&now);
    buf_add(&before, str_c(e->options.prompt));
    narrow(&before, info->buffer, info->cursor);
    buf_addc(&before, '_'); /* the cursor itself */
    for (str line, rest = buf_str(&before); rest.n;) {
        str_cut(rest, '\n', &line, &rest);
        rows += width_rows(line, now.columns, NULL);
    }
    if (rows > now.rows) rows = now.rows;
    if (rows > 1) printf("\033[%zuA", rows - 1);
    fputs("\r\033[J", stdout);
    fflush(stdout);
    e->lib->el_resize(e->el);
    e->lib->el_wset(e->el, EL_REFRESH);
    buf_free(&before);
}

enum input { INPUT_CHARACTER, INPUT_INTERRUPT, INPUT_END };

/* Waits until a whole character is there, or something else has come. */
static enum input await(struct edit *e) {
    while (e->bytes.n == utf8_partial_tail(buf_str(&e->bytes))) {
        struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
                                { .fd = terminal_fd(), .events = POLLIN } };
        poll(fds, 2, -1);
        unsigned signals = terminal_signals();
        if (signals & TERMINAL_END) return INPUT_END;
        if (signals & TERMINAL_STOP) stop(e);
        if (signals & TERMINAL_RESIZED && e->el) draw_anew(e);
        if (signals & TERMINAL_INTERRUPT) return INPUT_INTERRUPT;
        if (!fds[0].revents) continue;
        char *room = buf_room(&e->bytes, 4096);
        ssize_t n = room ? read(STDIN_FILENO, room, 4096) : 0;
        if (n > 0)
            e->bytes.n += (size_t)n;
        else if (n == 0 || (errno != EINTR && errno != EAGAIN))
            return INPUT_END;
    }
    return INPUT_CHARACTER;
}

/* libedit's next character. Ctrl-C is one too, wherever it came from. */
static int next_character(EditLine *el, wchar_t *out) {
    struct edit *e = owner(el);
    enum input input = await(e);
    if (input == INPUT_END) return 0;
    size_t n = 0;
    *out = input == INPUT_INTERRUPT ? L'\003' : (wchar_t)width_code(buf_str(&e->bytes), &n);
    buf_consume(&e->bytes, n);
    return 1;
}

/* ---- keys ---- */

static unsigned char on_newline(EditLine *el, int key) {
    (void)key;
    owner(el)->lib->el_winsertstr(el, L"\n");
    return CC_REFRESH;
}

static unsigned char on_enter(EditLine *el, int key) {
    const struct edit_lib *lib = owner(el)->lib;
    const LineInfoW *line = lib->el_wline(el);
    size_t backslashes = 0;
    for (const wchar_t *p = line->cursor; p > line->buffer && p[-1] == L'\\'; p--) backslashes++;
    if (line->cursor == line->lastchar && backslashes % 2) {
        lib->el_deletestr(el, 1);
        return on_newline(el, key);
    }
    lib->el_wpush(el, KEY_END);
    return CC_NORM;
}

static bool is_meant_elsewhere(const struct edit *e) {
    return e->options.interrupt && e->options.interrupt(e->options.ctx);
}

static unsigned char on_interrupt(EditLine *el, int key) {
    (void)key;
    if (is_meant_elsewhere(owner(el))) return CC_NORM;
    owner(el)->interrupted = true;
    owner(el)->lib->el_wpush(el, KEY_END);
    return CC_NORM;
}

/* The arrows move inside an input of several lines, and at its edge through the history. */
static unsigned char on_up(EditLine *el, int key) {
    (void)key;
    const LineInfoW *line = owner(el)->lib->el_wline(el);
    bool inside = wmemchr(line->buffer, L'\n', (size_t)(line->cursor - line->buffer)) != NULL;
    owner(el)->lib->el_wpush(el, inside ? KEY_ABOVE : KEY_OLDER);
    return CC_NORM;
}

static unsigned char on_down(EditLine *el, int key) {
    (void)key;
    const LineInfoW *line = owner(el)->lib->el_wline(el);
    bool inside = wmemchr(line->cursor, L'\n', (size_t)(line->lastchar - line->cursor)) != NULL;
    owner(el)->lib->el_wpush(el, inside ? KEY_BELOW : KEY_NEWER);
    return CC_NORM;
}

/* What was pasted, as it goes into the line: no control characters, no line feeds at the end. */
static void insert_paste(struct edit *e, str pasted) {
    struct buf clean = BUF_INIT(2 * MAX_INPUT);
    for (size_t i = 0; i < pasted.n; i++) {
        char c = pasted.p[i];
        bool line_end = c == '\r' || (c == '\n' && !(i && pasted.p[i - 1] == '\r'));
        if (line_end)
            buf_addc(&clean, '\n');
        else if ((unsigned char)c >= ' ' && c != 0x7F)
            buf_addc(&clean, c);
        else if (c == '\t')
            buf_add(&clean, S("    "));
    }
    str text = buf_str(&clean);
    while (str_ends(text, S("\n"))) text.n--;
    insert(e, text);
    buf_free(&clean);
}

/* Everything between ESC [ 200 ~ and ESC [ 201 ~, however long it takes to come. */
static unsigned char on_paste(EditLine *el, int key) {
    static const char end[] = "\033[201~";
    struct edit *e = owner(el);
    struct buf pasted = BUF_INIT(2 * MAX_INPUT);
    size_t matched = 0;
    wchar_t c;
    (void)key;
    while (matched < sizeof end - 1) {
        if (e->lib->el_wgetc(el, &c) != 1) break;
        matched = c == (wchar_t)end[matched] ? matched + 1 : c == (wchar_t)end[0];
        if (pasted.n < MAX_INPUT || matched) narrow(&pasted, &c, &c + 1);
    }
    bool ended = matched == sizeof end - 1;
    if (ended) insert_paste(e, str_head(buf_str(&pasted), pasted.n - matched));
    buf_free(&pasted);
    return ended ? CC_REFRESH : CC_EOF;
}

/* ---- completion ---- */

static str nth_word(const struct edit_words *w, size_t n) {
    str text = buf_str(&w->text), word, rest = text;
    do {
        str_cut(rest, '\0', &word, &rest);
    } while (n--);
    return word;
}

/* What all of them begin with, in whole characters. */
static str common_start(const struct edit_words *w) {
    str common = nth_word(w, 0), word, rest = buf_str(&w->text);
    while (rest.n) {
        str_cut(rest, '\0', &word, &rest);
        size_t n = 0;
        while (n < common.n && n < word.n && common.p[n] == word.p[n]) n++;
        common = str_head(common, n);
    }
    common.n -= utf8_partial_tail(common);
    return common;
}

/* The words in columns, under the line that is being typed. */
static void list_words(const struct edit *e, const struct edit_words *w) {
    size_t widest = 1, column = 0, shown = 0, columns = e->options.look->columns;
    str word, rest = buf_str(&w->text);
    while (rest.n && shown++ < SHOWN_CANDIDATES) {
        str_cut(rest, '\0', &word, &rest);
        if (width_of(word) > widest) widest = width_of(word);
    }
    fputs("\r\n", stdout);
    rest = buf_str(&w->text);
    for (shown = 0; rest.n && shown < SHOWN_CANDIDATES; shown++) {
        str_cut(rest, '\0', &word, &rest);
        if (column && column + widest > columns) {
            fputs("\r\n", stdout);
            column = 0;
        }
        fwrite(word.p, 1, word.n, stdout);
        for (size_t n = width_of(word); n < widest + 2 && rest.n; n++) fputc(' ', stdout);
        column += widest + 2;
    }
    if (w->count > shown) printf("\r\n\u2026 and %zu more", w->count - shown);
    fputs("\r\n", stdout);
    fflush(stdout);
}

static size_t count_characters(str s) {
    size_t count = 0;
    for (size_t n; s.n; s = str_skip(s, n), count++) width_code(s, &n);
    return count;
}

static unsigned char on_complete(EditLine *el, int key) {
    struct edit *e = owner(el);
    const LineInfoW *info = e->lib->el_wline(el);
    struct buf line = BUF_INIT(4 * MAX_INPUT);
    struct edit_words words = { .text = BUF_INIT(1u << 20) };
    unsigned char result = CC_ERROR;
    (void)key;
    narrow(&line, info->buffer, info->cursor);
    if (e->options.complete) e->options.complete(e->options.ctx, buf_str(&line), &words);
    if (words.count && !words.text.failed && words.from <= line.n) {
        str typed = str_skip(buf_str(&line), words.from), common = common_start(&words);
        bool longer = common.n > typed.n && str_starts(common, typed);
        if (words.count == 1 && !longer) { /* it was found by its middle, or is all there */
            e->lib->el_deletestr(el, (int)count_characters(typed));
            insert(e, common);
        }
        if (longer) insert(e, str_skip(common, typed.n));
        if (words.count == 1 && !str_ends(common, S("/"))) insert(e, S(" "));
        if (words.count > 1 && !longer) list_words(e, &words);
        result = words.count > 1 && !longer ? CC_REDISPLAY : CC_REFRESH;
    }
    buf_free(&line);
    buf_free(&words.text);
    return result;
}

/* ---- opening and closing ---- */

static wchar_t *show_prompt(EditLine *el) {
    return owner(el)->prompt;
}

static void make_prompt(struct edit *e) { /* \1 stands around what takes no cells */
    struct buf text = BUF_INIT(PROMPT);
    bool colour = e->options.look->colour;
    if (colour) buf_add(&text, S("\1\033[0;1m\1"));
    buf_add(&text, str_head(str_c(e->options.prompt), PROMPT / 2));
    if (colour) buf_add(&text, S("\1\033[0m\1"));
    wchar_t *wide = widen(buf_str(&text));
    if (wide) wcsncpy(e->prompt, wide, PROMPT - 1);
    free(wide);
    buf_free(&text);
}

static void bind_keys(struct edit *e) {
    static const struct {
        const wchar_t *name, *help;
        unsigned char (*function)(EditLine *, int);
    } functions[] = {
        { L"chela-enter", L"end the input", on_enter },
        { L"chela-newline", L"begin a new line of it", on_newline },
        { L"chela-interrupt", L"drop it", on_interrupt },
        { L"chela-up", L"the line above, or an older input", on_up },
        { L"chela-down", L"the line below, or a newer input", on_down },
        { L"chela-paste", L"take what is pasted as it is", on_paste },
        { L"chela-complete", L"complete a command or a name", on_complete },
    };
    static const wchar_t *const keys[][2] = {
        { KEY_END, L"ed-newline" },
        { KEY_ABOVE, L"ed-prev-line" },
        { KEY_BELOW, L"ed-next-line" },
        { KEY_OLDER, L"ed-prev-history" },
        { KEY_NEWER, L"ed-next-history" },
        { L"\r", L"chela-enter" },
        { L"\n", L"chela-enter" },
        { L"\033\r", L"chela-newline" },
        { L"\033\n", L"chela-newline" },
        { L"\033[13;2u", L"chela-newline" }, /* Shift-Enter, where it is told apart */
        { L"\033[27;2;13~", L"chela-newline" },
        { L"\003", L"chela-interrupt" },
        { L"\t", L"chela-complete" },
        { L"\033[200~", L"chela-paste" },
        { L"\033[A", L"chela-up" },
        { L"\033OA", L"chela-up" },
        { L"\033[B", L"chela-down" },
        { L"\033OB", L"chela-down" },
        { L"\033[H", L"ed-move-to-beg" },
        { L"\033OH", L"ed-move-to-beg" },
        { L"\033[1~", L"ed-move-to-beg" },
        { L"\033[F", L"ed-move-to-end" },
        { L"\033OF", L"ed-move-to-end" },
        { L"\033[4~", L"ed-move-to-end" },
        { L"\033[3~", L"ed-delete-next-char" },
        { L"\033[1;5D", L"ed-prev-word" },
        { L"\033[1;5C", L"em-next-word" },
        { L"\x12", L"em-inc-search-prev" },
        { L"\x17", L"ed-delete-prev-word" },
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        e->lib->el_wset(e->el, EL_ADDFN, functions[i].name, functions[i].help,
                        functions[i].function);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        e->lib->el_wset(e->el, EL_BIND, keys[i][0], keys[i][1], NULL);
}

static void take_history(void *ctx, str input) {
    struct edit *e = ctx;
    HistEventW event;
    wchar_t *wide = widen(input);
    if (wide) e->lib->history_w(e->history, &event, H_ENTER, wide);
    free(wide);
}

static void begin_editing(struct edit *e) {
    HistEventW event;
    e->el = e->lib->el_init("chela", stdin, stdout, stderr);
    e->history = e->lib->history_winit();
    if (!e->el || !e->history) return;
    e->lib->history_w(e->history, &event, H_SETSIZE, HISTORY_KEEPS);
    e->lib->history_w(e->history, &event, H_SETUNIQUE, 1);
    e->lib->el_wset(e->el, EL_CLIENTDATA, e);
    e->lib->el_wset(e->el, EL_SIGNAL, 0);
    e->lib->el_wset(e->el, EL_HIST, e->lib->history_w, e->history);
    e->lib->el_wset(e->el, EL_PROMPT_ESC, show_prompt, L'\1');
    e->lib->el_wset(e->el, EL_EDITOR, L"emacs");
    e->lib->el_wset(e->el, EL_GETCFN, next_character);
    e->lib->el_source(e->el, NULL);
    bind_keys(e);
}

enum chela_error edit_open(struct edit **out, const struct edit_options *o, struct err *note) {
    struct edit *e = calloc(1, sizeof *e);
    *out = e;
    if (!e) return err_set(note, CHELA_NOMEM, "out of memory");
    e->options = *o;
    buf_init(&e->bytes, 2 * MAX_INPUT);
    buf_init(&e->line, 2 * MAX_INPUT);
    make_prompt(e);
    e->lib = edit_lib(note);
    locale_t before = utf8_locale_enter();
    if (e->lib) begin_editing(e);
    if (e->history && o->history) history_load(o->history, take_history, e, note);
    utf8_locale_leave(before);
    return CHELA_OK;
}

void edit_close(struct edit *e) {
    if (!e) return;
    if (e->el) e->lib->el_end(e->el);
    if (e->history) e->lib->history_wend(e->history);
    buf_free(&e->bytes);
    buf_free(&e->line);
    free(e);
}

void edit_remember(struct edit *e, str line) {
    if (e->history) take_history(e, line);
    if (e->options.history) history_append(e->options.history, line, NULL);
}

void edit_unread(struct edit *e, str bytes) {
    buf_add(&e->bytes, bytes);
}

/* ---- reading ---- */

/* A line as the terminal gives it, edited by its driver. */
static enum edit_outcome read_plain(struct edit *e) {
    fputs(e->options.prompt, stdout);
    fflush(stdout);
    for (;;) {
        enum input input = await(e);
        if (input == INPUT_END) return EDIT_LEAVE;
        if (input == INPUT_INTERRUPT && is_meant_elsewhere(e)) continue;
        size_t n = 0;
        if (input == INPUT_CHARACTER) width_code(buf_str(&e->bytes), &n);
        str character = str_head(buf_str(&e->bytes), n);
        bool ended = input == INPUT_INTERRUPT || str_eq(character, S("\n"));
        if (!ended) buf_add(&e->line, character);
        buf_consume(&e->bytes, n);
        e->interrupted = input == INPUT_INTERRUPT;
        if (ended) return EDIT_LINE;
    }
}

static enum edit_outcome read_edited(struct edit *e) {
    int n = 0;
    const wchar_t *wide = e->lib->el_wgets(e->el, &n);
    if (!wide || n <= 0) return EDIT_LEAVE;
    while (n && wide[n - 1] == L'\n') n--;
    narrow(&e->line, wide, wide + n);
    return EDIT_LINE;
}

enum edit_outcome edit_read(struct edit *e, str *line) {
    enum edit_outcome outcome;
    unsigned empty = 0; /* Ctrl-C on an empty line, in a row */
    locale_t before = utf8_locale_enter();
    paste_mode(e, true);
    do {
        e->interrupted = false;
        buf_clear(&e->line);
        outcome = e->el ? read_edited(e) : read_plain(e);
        if (!e->interrupted) break;
        empty = e->line.n ? 0 : empty + 1;
        if (empty == 1) fputs("(Ctrl-C again leaves; so does Ctrl-D)\n", stdout);
    } while (empty < 2);
    paste_mode(e, false);
    utf8_locale_leave(before);
    if (e->interrupted) outcome = EDIT_LEAVE;
    if (outcome == EDIT_LEAVE && terminal_end_signal()) outcome = EDIT_SIGNAL;
    *line = buf_str(&e->line);
    return outcome;
}
