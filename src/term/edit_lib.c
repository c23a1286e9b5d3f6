#include "term/edit_lib.h"

#include "base/dynlib.h"

static const char *const names[] = {
#define NAME(f) #f,
    EDIT_LIB_FUNCTIONS(NAME)
#undef NAME
};

static union {
    struct edit_lib table;
    void *slots[sizeof names / sizeof names[0]];
} loaded;

_Static_assert(sizeof loaded.table == sizeof loaded.slots, "one slot a function");

const struct edit_lib *edit_lib(struct err *e) {
    static struct dynlib library = DYNLIB_INIT("libedit.so.2", "libedit2", names, loaded.slots);
    return dynlib_open(&library, e) == CHELA_OK ? &loaded.table : NULL;
}
