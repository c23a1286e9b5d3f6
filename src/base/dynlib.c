#include "base/dynlib.h"

#include <dlfcn.h>
#include <pthread.h>

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

enum chela_error dynlib_open(struct dynlib *d, struct err *e) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (!d->tried) {
        d->outcome = (struct err)ERR_INIT;
        dynlib_load(d->soname, d->package, d->names, d->slots, d->count, &d->outcome);
        d->tried = true;
    }
    pthread_mutex_unlock(&lock);
    if (e && d->outcome.code != CHELA_OK) *e = d->outcome;
    return d->outcome.code;
}
