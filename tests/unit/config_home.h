/* A home folder of its own for each test of config/: files are written there, the environment names
 * it, and nothing outside it is read. */
#ifndef CHELA_TESTS_CONFIG_HOME_H
#define CHELA_TESTS_CONFIG_HOME_H

#include "base/file.h"
#include "base/log.h"
#include "config/config.h"

#include "unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct home {
    char path[512];
    char text[32][1024]; /* the environment */
    const char *env[33];
    size_t env_count;
    char log[8192]; /* what was logged */
};

static inline void home_log(void *ctx, enum log_level level, const char *line) {
    struct home *h = ctx;
    (void)level;
    size_t n = strlen(h->log);
    str_copy(h->log + n, sizeof h->log - n, str_c(line));
    n = strlen(h->log);
    str_copy(h->log + n, sizeof h->log - n, S("\n"));
}

static inline void home_env(struct home *h, const char *name, const char *value) {
    assert_true(h->env_count < 32);
    char *entry = h->text[h->env_count];
    size_t n = strlen(name);
    assert_true(str_copy(entry, sizeof h->text[0], str_c(name)));
    entry[n] = '=';
    assert_true(str_copy(entry + n + 1, sizeof h->text[0] - n - 1, str_c(value)));
    h->env[h->env_count] = entry;
    h->env_count++;
}

static inline void home_make(struct home *h) {
    const char *tmp = getenv("TMPDIR");
    char name[512], real[4096];
    memset(h, 0, sizeof *h);
    snprintf(name, sizeof name, "%s/chela-config-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(name));
    assert_non_null(realpath(name, real));
    assert_true(str_copy(h->path, sizeof h->path, str_c(real)));
    home_env(h, "HOME", h->path);
    log_to(home_log, h, LOG_DEBUG);
}

static inline void home_free(struct home *h) {
    log_to(NULL, NULL, LOG_WARN);
    nftw(h->path, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* The full path of a file of this home, in one of a few static buffers. */
static inline const char *home_path(const struct home *h, const char *name) {
    static char path[4][2048];
    static unsigned next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", h->path, name);
    return p;
}

static inline void home_file(const struct home *h, const char *name, const char *text) {
    char folder[2048];
    struct err e = ERR_INIT;
    snprintf(folder, sizeof folder, "%s", home_path(h, name));
    *strrchr(folder, '/') = '\0';
    assert_int_equal(file_mkdirs(folder, 0700, &e), CHELA_OK);
    assert_int_equal(file_write(home_path(h, name), str_c(text), 0600, &e), CHELA_OK);
}

static inline void home_config(const struct home *h, const char *text) {
    home_file(h, ".openclaw/openclaw.json", text);
}

/* Loads what must be right. */
static inline struct config *home_load(const struct home *h) {
    struct config *c = NULL;
    struct err e = ERR_INIT;
    enum chela_error rc = config_load(&c, h->env, &e);
    if (rc != CHELA_OK) fail_msg("%s", e.message);
    assert_non_null(c);
    return c;
}

/* Loads what must be wrong; the first problem's message is in *e. */
static inline struct config *home_load_bad(const struct home *h, struct err *e) {
    struct config *c = NULL;
    *e = (struct err)ERR_INIT;
    assert_int_equal(config_load(&c, h->env, e), CHELA_CONFIG);
    assert_non_null(c);
    return c;
}

static inline void assert_str(str got, const char *expected) {
    if (!str_eq(got, str_c(expected)))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static inline void assert_has(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("\"%s\" is not in \"%s\"", part, text);
}

/* The value at `path` as compact JSON equals `expected`. */
static inline void assert_json(struct config *c, const char *path, const char *expected) {
    struct err e = ERR_INIT;
    struct buf out = BUF_INIT(1u << 20);
    doc_node n = doc_path_get(config_doc(c), str_c(path), &e);
    if (!n) fail_msg("%s is not there (%s)", path, e.message);
    assert_true(doc_write_json(config_doc(c), n, &out));
    if (!str_eq(buf_str(&out), str_c(expected)))
        fail_msg("%s is %.*s, expected %s", path, STR_ARG(buf_str(&out)), expected);
    buf_free(&out);
}

#endif
