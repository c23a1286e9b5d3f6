#include "base/dynlib.h"

#include <dlfcn.h>

enum chela_error dynlib_load(const char *soname, const char *package, const char *const *names,
                             void **slots, size_t n, struct err *e) {
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *why = dlerror();
        err_set(e, CHELA_UNAVAILABLE, "cannot load %s: %s", soname, why ? why : "unknown reason");
        return err_hint(e, CHELA_UNAVAILABLE, "install the package %s", package);
    }
    for (size_t i = 0; i < n; i++) {
        slots[i] = dlsym(library, names[i]);
        if (!slots[i]) {
            err_set(e, CHELA_UNAVAILABLE, "%s has no function %s", soname, names[i]);
            return err_hint(e, CHELA_UNAVAILABLE, "install a newer package %s", package);
        }
    }
    return CHELA_OK;
}
