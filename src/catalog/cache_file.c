/* The catalogue's cache, <cache>/models.json: JSON as a whole, and one row a line, the id first.
 *
 * Nearly every command that talks to a model needs one row of some four hundred. So opening reads
 * the first line (which has the age) and the last bytes (the file is whole), and a look-up passes
 * over the lines in one small buffer and parses the one it wants: no page of memory for the rest.
 * The descriptor stays open, so a refresh that renames a new file into place changes nothing for
 * a catalogue that is being read.
 */
#include "catalog/cache_file.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const str head_text = STR_INIT("{\"version\":1,\"fetchedAtMs\":");
static const str head_end = STR_INIT(",\"data\":[\n");
static const str tail_text = STR_INIT("\n]}\n");
enum {
    PIECE = 16384, /* longer than any line that model_row_write makes */
    DAY_MS = 24 * 60 * 60 * 1000,
    CLOCK_SLACK_MS = 60 * 1000,
};

static const char file_name[] = "models.json";

bool cache_path(char path[CACHE_PATH_MAX], const struct config_paths *where, const char *name) {
    int n = snprintf(path, CACHE_PATH_MAX, "%s/%s", where->cache, name);
    return n > 0 && n < CACHE_PATH_MAX;
}

bool cache_is_stale(int64_t fetched_ms) {
    int64_t age = clock_unix_ms() - fetched_ms;
    return age > DAY_MS || age < -CLOCK_SLACK_MS;
}

static ssize_t read_at(int fd, char *p, size_t n, int64_t at) {
    ssize_t got;
    do got = pread(fd, p, n, (off_t)at);
    while (got < 0 && errno == EINTR);
    return got;
}

static const char *check(struct cache_file *f) {
    struct stat st;
    if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode)) return "it is no regular file";
    if (st.st_size > CACHE_FILE_MAX) return "it is too large";
    char head[96], tail[4];
    ssize_t n = read_at(f->fd, head, sizeof head, 0);
    str text = { head, n > 0 ? (size_t)n : 0 };
    ptrdiff_t end = str_find(text, head_end);
    if (!str_starts(text, head_text) || end < 0 ||
        !str_i64(str_skip(str_head(text, (size_t)end), head_text.n), &f->fetched_ms) ||
        f->fetched_ms < 0)
        return "it does not begin as chela writes it";
    f->rows_at = (int64_t)((size_t)end + head_end.n);
    if (read_at(f->fd, tail, sizeof tail, st.st_size - (off_t)sizeof tail) !=
            (ssize_t)sizeof tail ||
        !str_eq((str){ tail, sizeof tail }, tail_text))
        return "its end is missing";
    return NULL;
}

void cache_file_open(struct cache_file *f, const struct config_paths *where) {
    *f = (struct cache_file){ .fd = -1 };
    if (!cache_path(f->path, where, file_name)) return;
    f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const char *fault = NULL;
    if (f->fd < 0 && errno != ENOENT && errno != ENOTDIR) fault = strerror(errno);
    if (f->fd >= 0) fault = check(f);
    if (!fault) return;
    log_warn("%s: the model catalogue's cache is ignored: %s", f->path, fault);
    cache_file_close(f);
}

void cache_file_close(struct cache_file *f) {
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
}

/* {"id":"…" up to the quote; ids have none inside. */
static bool id_of(str line, str *id) {
    static const str begin = STR_INIT("{\"id\":\"");
    if (!str_starts(line, begin)) return false;
    str rest = str_skip(line, begin.n);
    return str_cut(rest, '"', id, &rest) && id->n;
}

bool cache_file_each(const struct cache_file *f, cache_row_fn *fn, void *ctx) {
    char piece[PIECE];
    size_t have = 0, rows = 0;
    const char *fault = NULL;
    for (int64_t at = f->rows_at; !fault;) {
        ssize_t n = read_at(f->fd, piece + have, sizeof piece - have, at);
        if (n <= 0) {
            fault = n < 0 ? strerror(errno) : "its end is missing";
            break;
        }
        at += n;
        have += (size_t)n;
        str rest = { piece, have }, line, id;
        while (!fault && str_chr(rest, '\n') >= 0) {
            str_cut(rest, '\n', &line, &rest);
            if (str_eq(line, S("]}")) && rows) return true;
            if (str_ends(line, S(","))) line.n--;
            if (!id_of(line, &id) || ++rows > CACHE_ROWS_MAX)
                fault = "a line of it is no row";
            else if (fn(ctx, id, line))
                return true;
        }
        if (rest.n == sizeof piece) fault = "a line of it is too long";
        memmove(piece, rest.p, rest.n);
        have = rest.n;
    }
    log_warn("%s: the model catalogue's cache is ignored: %s", f->path, fault);
    return false;
}

void cache_file_begin(struct buf *out, int64_t fetched_ms) {
    buf_add(out, head_text);
    buf_addf(out, "%lld", (long long)fetched_ms);
    buf_add(out, head_end);
}

void cache_file_row(struct buf *out, bool first) {
    if (!first) buf_add(out, S(",\n"));
}

void cache_file_end(struct buf *out) {
    buf_add(out, tail_text);
}

enum chela_error cache_put(const struct config_paths *where, const char *name, str text,
                           struct err *e) {
    char path[CACHE_PATH_MAX];
    if (!cache_path(path, where, name))
        return err_set(e, CHELA_IO, "%s: the path is too long", where->cache);
    enum chela_error rc = file_mkdirs(where->cache, 0700, e);
    return rc ? rc : file_write(path, text, 0600, e);
}

enum chela_error cache_file_put(const struct config_paths *where, str text, struct err *e) {
    return cache_put(where, file_name, text, e);
}
