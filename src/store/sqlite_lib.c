#include "store/sqlite_lib.h"

#include "base/dynlib.h"

#include <pthread.h>
#include <stddef.h>

static const char *const names[] = {
#define NAME(f) #f,
    SQLITE_LIB_FUNCTIONS(NAME)
#undef NAME
};

enum { COUNT = sizeof names / sizeof names[0] };

/* dlsym gives addresses, the table has functions: POSIX lets one be read as the other. */
static union {
    struct sqlite_lib table;
    void *slots[COUNT];
} loaded;
static enum chela_error outcome;
static struct err failure = ERR_INIT;
static pthread_once_t once = PTHREAD_ONCE_INIT;

_Static_assert(sizeof loaded.table == sizeof loaded.slots, "one slot a function");

static void load(void) {
    outcome = dynlib_load("libsqlite3.so.0", "libsqlite3-0", names, loaded.slots, COUNT, &failure);
}

const struct sqlite_lib *sqlite_lib(struct err *e) {
    pthread_once(&once, load);
    if (outcome == CHELA_OK) return &loaded.table;
    if (e) *e = failure;
    return NULL;
}
