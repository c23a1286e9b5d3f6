#include "store/sqlite_lib.h"

#include "base/dynlib.h"

static const char *const names[] = {
#define NAME(f) #f,
    SQLITE_LIB_FUNCTIONS(NAME)
#undef NAME
};

/* dlsym gives addresses, the table has functions: POSIX lets one be read as the other. */
static union {
    struct sqlite_lib table;
    void *slots[sizeof names / sizeof names[0]];
} loaded;

_Static_assert(sizeof loaded.table == sizeof loaded.slots, "one slot a function");

const struct sqlite_lib *sqlite_lib(struct err *e) {
    static struct dynlib library =
        DYNLIB_INIT("libsqlite3.so.0", "libsqlite3-0", names, loaded.slots);
    return dynlib_open(&library, e) == CHELA_OK ? &loaded.table : NULL;
}
