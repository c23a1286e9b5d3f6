/* What every unit test includes: cmocka, and a scratch folder as a fixture. */
#ifndef CHELA_TESTS_UNIT_H
#define CHELA_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers it needs */
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

struct scratch {
    char path[128];
};

static int scratch_unlink(const char *path, const struct stat *st, int kind, struct FTW *where) {
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline int scratch_make(void **state) {
    struct scratch *s = malloc(sizeof *s);
    if (!s) return -1;
    const char *tmp = getenv("TMPDIR");
    snprintf(s->path, sizeof s->path, "%s/chela-test-XXXXXX", tmp ? tmp : "/tmp");
    *state = s;
    return mkdtemp(s->path) ? 0 : -1;
}

static inline int scratch_remove(void **state) {
    struct scratch *s = *state;
    nftw(s->path, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
    free(s);
    return 0;
}

static inline void scratch_path(const struct scratch *s, char *out, size_t cap, const char *name) {
    snprintf(out, cap, "%s/%s", s->path, name);
}

#endif
