/* The terminal that the process owns: its modes, its size, and the signals that concern it.
 *
 * One for the process, since signals are. What was changed is put back by terminal_close and at
 * exit. Signals do nothing by themselves: they are noted, and whoever waits (poll on terminal_fd
 * beside other descriptors) asks which came.
 */
#ifndef CHELA_TERM_TERMINAL_H
#define CHELA_TERM_TERMINAL_H

#include "base/err.h"
#include "term/look.h"

enum terminal_signal {
    TERMINAL_INTERRUPT = 1, /* Ctrl-C */
    TERMINAL_RESIZED = 2,
    TERMINAL_STOP = 4, /* Ctrl-Z: leave the terminal as you found it, then terminal_stop */
    TERMINAL_END = 8,  /* the user is gone, or somebody wants the process to end */
};

/* Standard input and output must be a terminal. */
enum chela_error terminal_open(struct err *e);
void terminal_close(void); /* also when it is not open */
/* Readable when a signal has come. */
int terminal_fd(void);
/* The signals that came since the last call, a sum of the above; never waits. */
unsigned terminal_signals(void);
/* Which signal meant TERMINAL_END; 0: none has come. */
int terminal_end_signal(void);
/* Stops the process with the modes that the terminal had; returns when it goes on. */
void terminal_stop(void);
/* While an answer is printed: what is typed is not shown, and kept for the next line. */
void terminal_quiet(bool quiet);
/* Sets columns and rows; 80 and 24 when the terminal does not say. */
void terminal_size(struct look *look);

#endif
