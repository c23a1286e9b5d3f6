/* Shared libraries loaded when a command first needs them.
 *
 * Linking libcurl costs an empty program 20 ms and 10 MB at start-up (33 shared objects), and most
 * commands send nothing. So the wrappers in net/ and store/ name the functions they use in an
 * X-macro, and dynlib_load fills a table of pointers from it, once.
 */
#ifndef CHELA_BASE_DYNLIB_H
#define CHELA_BASE_DYNLIB_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* slots[i] receives the address of names[i]. The library stays loaded. Thread-safe for distinct
 * tables. Fails with CHELA_UNAVAILABLE, naming the library and `package`, which brings it. */
enum chela_error dynlib_load(const char *soname, const char *package, const char *const *names,
                             void **slots, size_t n, struct err *e);

/* The same once for the whole process, whatever thread asks first; later calls give the outcome of
 * the first. For a table that is static. */
struct dynlib {
    const char *soname, *package;
    const char *const *names;
    void **slots;
    size_t count;
    bool tried;
    struct err outcome;
};
#define DYNLIB_INIT(file, from, functions, table)                                                  \
    {                                                                                              \
        .soname = (file), .package = (from), .names = (functions), .slots = (table),               \
        .count = sizeof(functions) / sizeof(functions)[0]                                          \
    }

enum chela_error dynlib_open(struct dynlib *d, struct err *e);

#endif
