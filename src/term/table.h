/* A table, fitted to the width of the screen.
 *
 * Columns are as wide as their widest line if that fits; if not, the widest ones give way first,
 * and their cells are broken into several lines. Where even narrow columns don't fit side by side,
 * each row becomes a list of "heading: value".
 */
#ifndef CHELA_TERM_TABLE_H
#define CHELA_TERM_TABLE_H

#include "base/buf.h"
#include "base/err.h"
#include "term/look.h"

enum table_align { TABLE_LEFT, TABLE_CENTRE, TABLE_RIGHT };

struct table {
    size_t columns;
    const enum table_align *align; /* one a column */
    const str *cells;              /* row after row; styled text, line feeds are line breaks */
    size_t rows;                   /* the first one is the head */
};

/* Appends the table's lines, each ended by a line feed, at most `width` cells wide (but at least 1
 * a column). at: the screen's column it begins in, from 0. */
enum chela_error table_lines(const struct table *t, size_t width, size_t at,
                             const struct look *look, struct buf *out);

#endif
