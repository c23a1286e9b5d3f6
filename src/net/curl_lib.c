#include "net/curl_lib.h"

#include "base/dynlib.h"

#include <pthread.h>
#include <stddef.h>

static const char *const names[] = {
#define NAME(f) "curl_" #f,
    CURL_LIB_FUNCTIONS(NAME)
#undef NAME
};

enum { COUNT = sizeof names / sizeof names[0] };

/* dlsym gives addresses, the table has functions: POSIX lets one be read as the other. */
static union {
    struct curl_lib table;
    void *slots[COUNT];
} loaded;
static enum chela_error outcome;
static struct err failure = ERR_INIT;
static pthread_once_t once = PTHREAD_ONCE_INIT;

_Static_assert(sizeof loaded.table == sizeof loaded.slots, "one slot a function");

static void load(void) {
    outcome = dynlib_load("libcurl.so.4", "libcurl4", names, loaded.slots, COUNT, &failure);
    if (outcome == CHELA_OK && loaded.table.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        outcome = err_set(&failure, CHELA_UNAVAILABLE, "libcurl.so.4 could not initialise itself");
}

const struct curl_lib *curl_lib(struct err *e) {
    pthread_once(&once, load);
    if (outcome == CHELA_OK) return &loaded.table;
    if (e) *e = failure;
    return NULL;
}
