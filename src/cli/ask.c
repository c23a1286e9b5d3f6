#include "cli/ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What would end or stop the program while its terminal is not as it found it. */
static const int watched[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
enum { WATCHED = sizeof watched / sizeof watched[0] };

static atomic_bool cancelled;
static volatile sig_atomic_t caught; /* while a hidden answer is read */
static struct sigaction before_interrupt;

bool ask_is_possible(void) {
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static void on_interrupt(int sig) {
    (void)sig;
    atomic_store(&cancelled, true);
}

static void on_signal(int sig) {
    caught = sig;
}

static void handle(int sig, void (*handler)(int), struct sigaction *before) {
    struct sigaction action = { .sa_handler = handler };
    sigemptyset(&action.sa_mask);
    sigaction(sig, &action, before);
}

void ask_begin(void) {
    atomic_store(&cancelled, false);
    handle(SIGINT, on_interrupt, &before_interrupt);
}

void ask_end(void) {
    sigaction(SIGINT, &before_interrupt, NULL);
}

const atomic_bool *ask_cancel(void) {
    return &cancelled;
}

static enum chela_error no_answer(struct err *e) {
    return err_set(e, CHELA_CANCELLED, "cancelled");
}

static void put(const char *text) {
    fputs(text, stderr);
    fflush(stderr);
}

/* ---- one line ---- */

enum line { LINE_WHOLE, LINE_END, LINE_SIGNAL };

/* The watched signals are blocked here: they come in ppoll, and nowhere else, so that none is
 * missed between a look at the flags and the wait. */
static enum line read_line(struct buf *line, const sigset_t *usual) {
    char piece[512];
    enum line how = LINE_END;
    for (bool more = true; more;) {
        struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
        if (ppoll(&input, 1, NULL, usual) < 0) {
            how = LINE_SIGNAL;
            break;
        }
        ssize_t n = read(STDIN_FILENO, piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        how = n > 0 || line->n ? LINE_WHOLE : LINE_END;
        str text = { piece, n > 0 ? (size_t)n : 0 }, head, rest;
        /* what is behind the line's end was typed ahead, and answers nothing */
        more = !str_cut(text, '\n', &head, &rest) && n > 0;
        buf_add(line, head);
        more = more && !line->failed;
    }
    explicit_bzero(piece, sizeof piece);
    return how;
}

static void block(sigset_t *usual) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < WATCHED; i++) sigaddset(&set, watched[i]);
    sigprocmask(SIG_BLOCK, &set, usual);
}

/* ---- hidden ---- */

/* False: the terminal did not obey. */
static bool read_hidden(struct buf *line, enum line *how) {
    struct termios usual, hidden;
    struct sigaction before[WATCHED];
    sigset_t mask;
    if (tcgetattr(STDIN_FILENO, &usual) != 0) return false;
    hidden = usual;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    hidden.c_lflag |= ICANON | ISIG;
    caught = 0;
    for (size_t i = 0; i < WATCHED; i++) handle(watched[i], on_signal, &before[i]);
    block(&mask);
    bool obeyed = tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
    if (obeyed) *how = read_line(line, &mask);
    /* Flushed: the rest of a paste must not become the next answer, or the shell's next command. */
    if (obeyed) tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    for (size_t i = 0; i < WATCHED; i++) sigaction(watched[i], &before[i], NULL);
    put("\n");
    return obeyed;
}

enum chela_error ask_hidden(const char *question, struct buf *answer, struct err *e) {
    while (!atomic_load(&cancelled)) {
        enum line how = LINE_END;
        buf_clear(answer);
        put(question);
        if (!read_hidden(answer, &how))
            return err_set(e, CHELA_IO, "the terminal cannot hide what is typed: %s",
                           strerror(errno));
        if (caught == SIGINT) atomic_store(&cancelled, true);
        if (caught && caught != SIGINT) {
            raise(caught); /* ends the program, or stops it until it is continued */
            continue;
        }
        if (how == LINE_WHOLE && !caught)
            return answer->failed
                       ? err_set(e, CHELA_LIMIT, "that is longer than %zu bytes", answer->max)
                       : CHELA_OK;
        if (how == LINE_END) break;
    }
    return no_answer(e);
}

/* ---- yes or no ---- */

enum chela_error ask_yes(const char *question, bool otherwise, bool *yes, struct err *e) {
    while (!atomic_load(&cancelled)) {
        struct buf line = BUF_INIT(4096);
        sigset_t mask;
        fprintf(stderr, "%s [%s] ", question, otherwise ? "Y/n" : "y/N");
        fflush(stderr);
        block(&mask);
        enum line how = atomic_load(&cancelled) ? LINE_SIGNAL : read_line(&line, &mask);
        sigprocmask(SIG_SETMASK, &mask, NULL);
        str answer = str_trim(buf_str(&line));
        bool is_yes = str_ieq(answer, S("y")) || str_ieq(answer, S("yes"));
        bool is_no = str_ieq(answer, S("n")) || str_ieq(answer, S("no"));
        bool told = how == LINE_WHOLE && (is_yes || is_no || !answer.n);
        *yes = is_yes || (otherwise && !answer.n);
        buf_free(&line);
        if (told) return CHELA_OK;
        if (how != LINE_WHOLE) put("\n");
        if (how == LINE_END) break;
    }
    return no_answer(e);
}
