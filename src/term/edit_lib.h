/* The functions of libedit that are used, as a table filled when the library is loaded. */
#ifndef CHELA_TERM_EDIT_LIB_H
#define CHELA_TERM_EDIT_LIB_H

#include "base/err.h"

#include <histedit.h>

#define EDIT_LIB_FUNCTIONS(X)                                                                      \
    X(el_init)                                                                                     \
    X(el_end)                                                                                      \
    X(el_wgets)                                                                                    \
    X(el_wgetc)                                                                                    \
    X(el_wpush)                                                                                    \
    X(el_wset)                                                                                     \
    X(el_wget)                                                                                     \
    X(el_wline)                                                                                    \
    X(el_winsertstr)                                                                               \
    X(el_deletestr)                                                                                \
    X(el_cursor)                                                                                   \
    X(el_resize)                                                                                   \
    X(el_source)                                                                                   \
    X(history_winit)                                                                               \
    X(history_wend)                                                                                \
    X(history_w)

struct edit_lib {
#define EDIT_LIB_SLOT(f) __typeof__(f) *f;
    EDIT_LIB_FUNCTIONS(EDIT_LIB_SLOT)
#undef EDIT_LIB_SLOT
};

/* The table, loaded once; NULL with *e when the library is missing. */
const struct edit_lib *edit_lib(struct err *e);

#endif
