#include "sandbox/file_answer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 256 << 10 };

struct sending {
    struct exchange *x; /* NULL: the client left */
    uv_loop_t *loop;
    uv_fs_t read;
    int fd;
    int64_t left;
    bool reading;
    char bytes[PIECE];
};

static void free_sending(struct sending *s) {
    close(s->fd);
    free(s);
}

static void read_on(struct sending *s);

static void on_read(uv_fs_t *req) {
    struct sending *s = req->data;
    ssize_t n = req->result;
    uv_fs_req_cleanup(req);
    s->reading = false;
    if (!s->x) {
        free_sending(s);
    } else if (n <= 0) { /* shorter than it was: only a cut says so */
        exchange_abort(s->x);
        free_sending(s);
    } else {
        s->left -= n;
        bool room = exchange_write(s->x, (str){ s->bytes, (size_t)n });
        if (s->left == 0) {
            exchange_end(s->x);
            free_sending(s);
        } else if (room) {
            read_on(s);
        }
    }
}

static void read_on(struct sending *s) {
    uv_buf_t piece = uv_buf_init(s->bytes, s->left < PIECE ? (unsigned)s->left : PIECE);
    s->reading = true;
    s->read.data = s;
    if (uv_fs_read(s->loop, &s->read, s->fd, &piece, 1, -1, on_read) == 0) return;
    s->reading = false;
    exchange_abort(s->x);
    free_sending(s);
}

static void on_closed(struct exchange *x) {
    struct sending *s = exchange_data(x);
    s->x = NULL;
    if (!s->reading) free_sending(s);
}

static void on_drained(struct exchange *x) {
    struct sending *s = exchange_data(x);
    if (!s->reading) read_on(s);
}

void file_answer(struct exchange *x, uv_loop_t *loop, const char *path, str type) {
    struct stat st = { 0 };
    const struct server_header header = { S("Content-Type"), type };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct sending *s = fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 ? malloc(sizeof *s) : NULL;
    if (!s) {
        if (fd >= 0) close(fd);
        exchange_fail(x, 500, S("the file cannot be read"));
        return;
    }
    s->x = x;
    s->loop = loop;
    s->fd = fd;
    s->left = st.st_size;
    exchange_head(x, 200, &header, 1, st.st_size);
    if (str_eq(exchange_request(x)->method, S("HEAD"))) {
        exchange_end(x);
        free_sending(s);
        return;
    }
    exchange_set_data(x, s);
    exchange_on_closed(x, on_closed);
    exchange_on_drained(x, on_drained);
    read_on(s);
}
