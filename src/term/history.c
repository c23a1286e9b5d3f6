#include "term/history.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Twice what is kept, each at its longest and all of it escaped, and as much again. */
static const size_t max_file = (size_t)8 * HISTORY_KEEPS * HISTORY_LONGEST;

static void escape(struct buf *out, str input) {
    for (size_t i = 0; i < input.n; i++) {
        char c = input.p[i];
        if (c == '\n')
            buf_add(out, S("\\n"));
        else if (c == '\\')
            buf_add(out, S("\\\\"));
        else
            buf_addc(out, c);
    }
}

static void unescape(struct buf *out, str line) {
    for (size_t i = 0; i < line.n; i++) {
        bool escaped = line.p[i] == '\\' && i + 1 < line.n;
        if (escaped) i++;
        buf_addc(out, escaped && line.p[i] == 'n' ? '\n' : line.p[i]);
    }
}

static size_t count_lines(str text) {
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) n += text.p[i] == '\n';
    return n;
}

/* Without its first n lines. */
static str skip_lines(str text, size_t n) {
    str line;
    while (n--) str_cut(text, '\n', &line, &text);
    return text;
}

enum chela_error history_load(const char *path, void (*take)(void *ctx, str input), void *ctx,
                              struct err *e) {
    if (!file_exists(path)) return CHELA_OK;
    struct buf file = BUF_INIT(max_file), input = BUF_INIT(max_file);
    enum chela_error rc = file_read(path, &file, e);
    str text = buf_str(&file), line;
    size_t lines = count_lines(text);
    if (lines > HISTORY_KEEPS) text = skip_lines(text, lines - HISTORY_KEEPS);
    if (rc == CHELA_OK && lines > 2 * HISTORY_KEEPS) rc = file_write(path, text, 0600, e);
    while (rc == CHELA_OK && str_cut(text, '\n', &line, &text)) {
        buf_clear(&input);
        unescape(&input, line);
        if (input.n) take(ctx, buf_str(&input));
    }
    buf_free(&file);
    buf_free(&input);
    return rc;
}

enum chela_error history_append(const char *path, str input, struct err *e) {
    if (input.n > HISTORY_LONGEST) return CHELA_OK;
    struct buf line = BUF_INIT(2 * HISTORY_LONGEST + 1);
    escape(&line, input);
    buf_addc(&line, '\n');
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    bool good = fd >= 0 && !line.failed && write(fd, line.p, line.n) == (ssize_t)line.n;
    enum chela_error rc = good ? CHELA_OK : err_set(e, CHELA_IO, "%s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    buf_free(&line);
    return rc;
}
