/* The recorder: a filter nearest to the wire, so that a recording says what the client got, faults
 * included. One write per line to a file opened for appending: lines of several processes do not
 * mix. */
#include "sandbox/record.h"

#include "base/base64.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "doc/json_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_BODY = 64 << 20, MOST_LINE = 512 << 20 };

struct recorder {
    int fd;
    bool failed; /* said once */
    struct server_handler inner;
};

struct record { /* of one exchange; in its arena */
    struct exchange_filter filter;
    struct recorder *recorder;
    struct server_answer answer;
    struct buf body;
    struct timespec time;
};

enum chela_error recorder_open(struct recorder **out, const char *path,
                               const struct server_handler *inner, struct err *e) {
    *out = NULL;
    struct recorder *r = calloc(1, sizeof *r);
    if (!r) return err_set(e, CHELA_NOMEM, "recording: out of memory");
    r->inner = *inner;
    r->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (r->fd < 0) {
        free(r);
        return err_set(e, CHELA_IO, "%s: cannot record there: %s", path, strerror(errno));
    }
    *out = r;
    return CHELA_OK;
}

void recorder_free(struct recorder *r) {
    if (!r) return;
    close(r->fd);
    free(r);
}

/* ---- writing a line ---- */

static bool is_secret(str name) {
    return str_ieq(name, S("authorization")) || str_ieq(name, S("proxy-authorization")) ||
           str_ieq(name, S("x-api-key")) || str_ieq(name, S("api-key")) ||
           str_ieq(name, S("cookie")) || str_ieq(name, S("set-cookie")) ||
           str_ieq(name, S("x-provider-api-keys"));
}

static void write_headers(struct json_writer *w, const struct server_header *headers,
                          size_t count) {
    json_object(w);
    for (size_t i = 0; i < count; i++) {
        str value = headers[i].value;
        char masked[64];
        char name[128];
        str_copy(name, sizeof name, headers[i].name);
        for (char *p = name; *p; p++) *p = ascii_lower(*p);
        json_key(w, str_c(name));
        if (is_secret(headers[i].name) && value.n) {
            bool bearer = str_istarts(value, S("bearer "));
            secret_mask(masked, sizeof masked, str_skip(value, bearer ? 7 : 0));
            struct buf text = BUF_INIT(128);
            if (bearer) buf_add(&text, S("Bearer "));
            buf_add(&text, str_c(masked));
            json_string(w, buf_str(&text));
            buf_free(&text);
        } else {
            json_string(w, value);
        }
    }
    json_object_end(w);
}

static void write_body(struct json_writer *w, str body) {
    if (utf8_valid(body)) {
        json_kstring(w, "body", body);
        return;
    }
    struct buf text = BUF_INIT(MOST_LINE);
    base64_encode(&text, body);
    json_kstring(w, "body_base64", buf_str(&text));
    buf_free(&text);
}

static void write_line(struct record *r, const struct server_request *q, bool complete,
                       struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    char seconds[32], text[48];
    struct tm tm;
    gmtime_r(&r->time.tv_sec, &tm);
    strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, sizeof text, "%s.%03ldZ", seconds, r->time.tv_nsec / 1000000);
    struct buf path = BUF_INIT(1 << 20);
    buf_add(&path, q->path);
    if (q->query.n) buf_addc(&path, '?'), buf_add(&path, q->query);

    json_object(&w);
    json_kstring(&w, "time", str_c(text));
    json_kstring(&w, "method", q->method);
    json_kstring(&w, "path", buf_str(&path));
    json_key(&w, S("headers"));
    write_headers(&w, q->headers, q->header_count);
    write_body(&w, q->body);
    json_key(&w, S("response"));
    json_object(&w);
    json_kint(&w, "status", r->answer.status);
    json_key(&w, S("headers"));
    write_headers(&w, r->answer.headers, r->answer.count);
    write_body(&w, buf_str(&r->body));
    json_kbool(&w, "complete", complete && !r->body.failed);
    json_object_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
    buf_free(&path);
}

static void on_over(struct exchange_filter *f, struct exchange *x, bool whole) {
    struct record *r = (struct record *)f;
    struct buf line = BUF_INIT(MOST_LINE);
    write_line(r, exchange_request(x), whole, &line);
    bool written = !line.failed && write(r->recorder->fd, line.p, line.n) == (ssize_t)line.n;
    if (!written && !r->recorder->failed) {
        r->recorder->failed = true;
        log_error("recording failed: %s", line.failed ? "out of memory" : strerror(errno));
    }
    buf_free(&line);
    buf_free(&r->body);
}

/* ---- the filter ---- */

static void on_head(struct exchange_filter *f, struct exchange *x, const struct server_answer *a) {
    struct record *r = (struct record *)f;
    struct arena *arena = exchange_request(x)->arena;
    struct server_header *copy = arena_alloc(arena, (a->count + 1) * sizeof *copy);
    r->answer = *a;
    if (!copy) r->answer.count = 0;
    for (size_t i = 0; i < r->answer.count; i++)
        copy[i] = (struct server_header){ arena_dup(arena, a->headers[i].name),
                                          arena_dup(arena, a->headers[i].value) };
    r->answer.headers = copy;
    exchange_pass_head(f, x, a);
}

static void on_write(struct exchange_filter *f, struct exchange *x, str bytes) {
    buf_add(&((struct record *)f)->body, bytes);
    exchange_pass_write(f, x, bytes);
}

void recorder_request(void *ctx, struct exchange *x) {
    struct recorder *all = ctx;
    struct record *r = arena_alloc(exchange_request(x)->arena, sizeof *r);
    if (!r) {
        exchange_fail(x, 503, S("out of memory"));
        return;
    }
    *r = (struct record){ .filter = { .head = on_head, .write = on_write, .over = on_over },
                          .recorder = all,
                          .body = BUF_INIT(MOST_BODY) };
    clock_gettime(CLOCK_REALTIME, &r->time);
    exchange_add_filter(x, &r->filter);
    all->inner.request(all->inner.ctx, x);
}
