/* libmd4c's one function, loaded when the first Markdown is shown. */
#ifndef CHELA_TERM_MD4C_LIB_H
#define CHELA_TERM_MD4C_LIB_H

#include "base/err.h"

#include <md4c.h>

struct md4c_lib {
    __typeof__(md_parse) *md_parse;
};

/* NULL with *e when the library is missing. */
const struct md4c_lib *md4c_lib(struct err *e);

#endif
