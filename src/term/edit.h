/* Typing a line, or several: libedit with history, completion and paste.
 *
 * Alt-Enter (or a backslash at the end) begins a new line of the same input, Enter ends it; what is
 * pasted keeps its line feeds. Ctrl-C drops what was typed, twice on an empty line it leaves, as
 * Ctrl-D does. Emacs keys, or what ~/.editrc says. Without libedit lines are read as the terminal
 * gives them.
 */
#ifndef CHELA_TERM_EDIT_H
#define CHELA_TERM_EDIT_H

#include "base/buf.h"
#include "base/err.h"
#include "term/look.h"

struct edit;

/* What could stand at the end of a line that is being typed: whole words, each to replace what
 * `from` bytes into the line begins. */
struct edit_words {
    size_t from;
    struct buf text; /* each ended by NUL */
    size_t count;
};
void edit_offer(struct edit_words *w, str word);
typedef void edit_complete(void *ctx, str line, struct edit_words *words);

struct edit_options {
    const struct look *look;
    const char *prompt;      /* plain text */
    const char *history;     /* path of the file; NULL: none is kept */
    edit_complete *complete; /* NULL: nothing is completed */
    /* Ctrl-C is offered to it first; true: it was meant for something else. May be NULL. */
    bool (*interrupt)(void *ctx);
    void *ctx;
};

enum edit_outcome {
    EDIT_LINE,
    EDIT_LEAVE,  /* Ctrl-D, Ctrl-C twice, the end of input */
    EDIT_SIGNAL, /* terminal_end_signal says which */
};

/* terminal_open has been called. *note (NULL is fine) is set when lines can't be edited and says
 * why; that is no failure. */
enum chela_error edit_open(struct edit **out, const struct edit_options *o, struct err *note);
void edit_close(struct edit *e); /* NULL is fine */
/* One input without the line feed at its end; *line lives until the next call. */
enum edit_outcome edit_read(struct edit *e, str *line);
/* Into the history, and its file. */
void edit_remember(struct edit *e, str line);
/* What arrived on the terminal and was not meant for whoever read it: typed next. */
void edit_unread(struct edit *e, str bytes);

#endif
