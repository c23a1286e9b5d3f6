/* Inside catalog/: the cache folder, and the model catalogue in it. */
#ifndef CHELA_CATALOG_CACHE_FILE_H
#define CHELA_CATALOG_CACHE_FILE_H

#include "base/buf.h"
#include "config/config.h"

enum {
    CACHE_FILE_MAX = 16 << 20, /* bytes; of an answer of GET /models too */
    CACHE_ROWS_MAX = 20000,
    CACHE_PATH_MAX = 4096 + 32,
};

/* ---- any file of the cache ---- */
bool cache_path(char path[CACHE_PATH_MAX], const struct config_paths *where, const char *name);
/* Older than a day, or from the future by more than a minute: the clock went back. */
bool cache_is_stale(int64_t fetched_ms);
enum chela_error cache_put(const struct config_paths *where, const char *name, str text,
                           struct err *e);

/* ---- models.json ---- */

struct cache_file {
    int fd; /* -1: there is none */
    int64_t fetched_ms;
    int64_t rows_at; /* offset of the first row */
    char path[CACHE_PATH_MAX];
};

/* fd -1 when there is no file, or (with a warning) one that is not as chela writes it. */
void cache_file_open(struct cache_file *f, const struct config_paths *where);
void cache_file_close(struct cache_file *f);

/* One row's JSON text, and its id, which points into it. True: stop here. */
typedef bool cache_row_fn(void *ctx, str id, str json);
/* Gives every row to fn, in order. False: the file is broken (said by a warning), or unreadable. */
bool cache_file_each(const struct cache_file *f, cache_row_fn *fn, void *ctx);

/* Writing: begin, each row by model_row_write between cache_file_row, end. */
void cache_file_begin(struct buf *out, int64_t fetched_ms);
void cache_file_row(struct buf *out, bool first);
void cache_file_end(struct buf *out);
enum chela_error cache_file_put(const struct config_paths *where, str text, struct err *e);

#endif
