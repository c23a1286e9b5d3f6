#include "term/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const struct {
    int number;
    enum terminal_signal means;
} watched[] = {
    { SIGINT, TERMINAL_INTERRUPT }, { SIGWINCH, TERMINAL_RESIZED }, { SIGTERM, TERMINAL_END },
    { SIGHUP, TERMINAL_END },       { SIGQUIT, TERMINAL_END },      { SIGTSTP, TERMINAL_STOP },
};
enum { WATCHED = sizeof watched / sizeof watched[0] };

static struct {
    bool open, quiet;
    struct termios before;
    struct sigaction old[WATCHED];
    int pipe[2];
} terminal = { .pipe = { -1, -1 } };
static volatile sig_atomic_t came[WATCHED], end_signal;

static void on_signal(int number) {
    int saved = errno;
    for (size_t i = 0; i < WATCHED; i++)
        if (watched[i].number == number) came[i] = 1;
    if (number == SIGTERM || number == SIGHUP || number == SIGQUIT) end_signal = number;
    ssize_t ignored = write(terminal.pipe[1], "", 1); /* full: it is readable already */
    (void)ignored;
    errno = saved;
}

static void set_modes(void) {
    struct termios modes = terminal.before;
    if (terminal.quiet) {
        modes.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
        modes.c_cc[VMIN] = 1;
        modes.c_cc[VTIME] = 0;
    }
    tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
}

static void watch(void) {
    struct sigaction action = { .sa_handler = on_signal };
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < WATCHED; i++) sigaction(watched[i].number, &action, &terminal.old[i]);
}

enum chela_error terminal_open(struct err *e) {
    static bool at_exit;
    if (terminal.open) return CHELA_OK;
    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &terminal.before) != 0)
        return err_set(e, CHELA_USAGE, "standard input and output are no terminal");
    if (pipe2(terminal.pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return err_set(e, CHELA_IO, "no pipe for signals: %s", strerror(errno));
    if (!at_exit) atexit(terminal_close);
    at_exit = terminal.open = true;
    terminal.quiet = false;
    end_signal = 0;
    for (size_t i = 0; i < WATCHED; i++) came[i] = 0;
    watch();
    return CHELA_OK;
}

void terminal_close(void) {
    if (!terminal.open) return;
    terminal.open = terminal.quiet = false;
    set_modes();
    for (size_t i = 0; i < WATCHED; i++) sigaction(watched[i].number, &terminal.old[i], NULL);
    close(terminal.pipe[0]);
    close(terminal.pipe[1]);
}

int terminal_fd(void) {
    return terminal.pipe[0];
}

unsigned terminal_signals(void) {
    char drained[64];
    unsigned signals = 0;
    while (terminal.open && read(terminal.pipe[0], drained, sizeof drained) > 0) {}
    for (size_t i = 0; i < WATCHED; i++) {
        if (!came[i]) continue;
        came[i] = 0;
        signals |= watched[i].means;
    }
    return signals;
}

int terminal_end_signal(void) {
    return end_signal;
}

void terminal_stop(void) {
    struct sigaction stop = { .sa_handler = SIG_DFL }, ours;
    bool quiet = terminal.quiet;
    terminal_quiet(false);
    sigaction(SIGTSTP, &stop, &ours);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
    terminal_quiet(quiet);
    on_signal(SIGWINCH); /* the window may have changed meanwhile */
}

void terminal_quiet(bool quiet) {
    terminal.quiet = quiet;
    if (terminal.open) set_modes();
}

void terminal_size(struct look *look) {
    struct winsize size = { 0 };
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    look->columns = size.ws_col ? size.ws_col : 80;
    look->rows = size.ws_row ? size.ws_row : 24;
}
