/* A configuration in a folder of its own, for the tests of catalog/. */
#ifndef CHELA_TESTS_CATALOG_HOME_H
#define CHELA_TESTS_CATALOG_HOME_H

#include "base/file.h"
#include "config/config.h"

#include "unit.h"

struct home {
    struct scratch *scratch;
    char text[3][192];
    const char *env[4];
    char cache[192]; /* the catalogue's cache file */
    struct config *config;
};

static inline void home_open(struct home *h, const char *openclaw_json) {
    void *made = NULL;
    assert_int_equal(scratch_make(&made), 0);
    h->scratch = made;
    const char *p = h->scratch->path;
    snprintf(h->text[0], sizeof h->text[0], "HOME=%s", p);
    snprintf(h->text[1], sizeof h->text[1], "OPENCLAW_STATE_DIR=%s", p);
    snprintf(h->text[2], sizeof h->text[2], "XDG_CACHE_HOME=%s/cache", p);
    for (int i = 0; i < 3; i++) h->env[i] = h->text[i];
    h->env[3] = NULL;
    snprintf(h->cache, sizeof h->cache, "%s/cache/chela/models.json", p);
    char file[192];
    scratch_path(h->scratch, file, sizeof file, "openclaw.json");
    struct err e = ERR_INIT;
    assert_int_equal(file_write(file, str_c(openclaw_json), 0600, &e), CHELA_OK);
    if (config_load(&h->config, h->env, &e)) fail_msg("%s", e.message);
}

static inline void home_close(struct home *h) {
    config_free(h->config);
    void *made = h->scratch;
    scratch_remove(&made);
}

#define assert_str(a, b)                                                                           \
    do {                                                                                           \
        str got_ = (a), want_ = str_c(b);                                                          \
        if (!str_eq(got_, want_)) fail_msg("\"%.*s\" != \"%s\"", STR_ARG(got_), want_.p);          \
    } while (0)

#endif
