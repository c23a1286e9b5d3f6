/* Rows in columns, for people: as wide as what is in them, and at a terminal no wider than it. */
#ifndef CHELA_CLI_COLUMNS_H
#define CHELA_CLI_COLUMNS_H

#include "base/arena.h"
#include "base/buf.h"

enum { COLUMNS_MAX = 12 };

struct column {
    const char *title;
    bool right;    /* numbers stand at the right */
    bool optional; /* left out when nothing but 0 and – is in it */
    size_t shrink; /* cells that are left of it when the line is too long; 0: all of it stays */
};

struct columns {
    const struct column *column;
    size_t count;
    size_t width; /* of the terminal; 0: whatever it takes */
    struct arena *arena;
    str (*row)[COLUMNS_MAX];
    size_t rows, cap;
};

/* Room for at most `rows` rows. False: no memory. */
bool columns_begin(struct columns *t, const struct column *column, size_t count, size_t rows,
                   size_t width, struct arena *a);
/* A new row's cells, to be filled; what comes from outside is made harmless when it is printed. */
str *columns_row(struct columns *t);
/* Title and rows. */
void columns_print(struct columns *t, struct buf *out);

/* "12,345"; in the arena. */
str columns_number(struct arena *a, int64_t n);
/* "$0.0123", "–" for less than 0. */
str columns_money(struct arena *a, double usd);
/* "2026-11-25 20:12", local time. */
str columns_time(struct arena *a, int64_t unix_ms);
/* Of the terminal that stdout is; 0: it is none. */
size_t columns_of_terminal(void);

#endif
