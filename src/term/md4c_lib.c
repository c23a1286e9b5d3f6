#include "term/md4c_lib.h"

#include "base/dynlib.h"

static const char *const names[] = { "md_parse" };

static union {
    struct md4c_lib table;
    void *slots[sizeof names / sizeof names[0]];
} loaded;

const struct md4c_lib *md4c_lib(struct err *e) {
    static struct dynlib library = DYNLIB_INIT("libmd4c.so.0", "libmd4c0", names, loaded.slots);
    return dynlib_open(&library, e) == CHELA_OK ? &loaded.table : NULL;
}
