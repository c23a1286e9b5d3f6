#include "base/sha256.h"

#include "base/dynlib.h"

#include <openssl/evp.h>

#define FUNCTIONS(X)                                                                               \
    X(EVP_sha256)                                                                                  \
    X(EVP_Digest)

struct functions {
#define SLOT(f) __typeof__(f) *f;
    FUNCTIONS(SLOT)
#undef SLOT
};

static const char *const names[] = {
#define NAME(f) #f,
    FUNCTIONS(NAME)
#undef NAME
};

/* dlsym gives addresses, the table has functions: POSIX lets one be read as the other. */
static union {
    struct functions table;
    void *slots[sizeof names / sizeof names[0]];
} loaded;

enum chela_error sha256(unsigned char out[SHA256_SIZE], str bytes, struct err *e) {
    static struct dynlib library = DYNLIB_INIT("libcrypto.so.3", "libssl3", names, loaded.slots);
    enum chela_error code = dynlib_open(&library, e);
    if (code != CHELA_OK) return code;
    const struct functions *f = &loaded.table;
    unsigned n = SHA256_SIZE;
    if (f->EVP_Digest(bytes.n ? bytes.p : "", bytes.n, out, &n, f->EVP_sha256(), NULL) == 1)
        return CHELA_OK;
    return err_set(e, CHELA_NOMEM, "out of memory for a hash");
}
