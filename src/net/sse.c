/* A line is worked on where it lies when it came whole; only what a read cut in two is copied. What
 * the caller sees does not depend on the cuts: limits are on lines and events, never on pieces. */
#include "net/sse.h"

#include <string.h>

void sse_init(struct sse *s, size_t max_event, void *ctx,
              enum chela_error (*on_event)(void *, const struct sse_event *, struct err *)) {
    *s = (struct sse){ .line = BUF_INIT(max_event),
                       .data = BUF_INIT(max_event),
                       .name = BUF_INIT(max_event),
                       .ctx = ctx,
                       .on_event = on_event };
}

void sse_free(struct sse *s) {
    buf_free(&s->line);
    buf_free(&s->data);
    buf_free(&s->name);
}

static enum chela_error too_large(const struct sse *s, const char *what, enum buf_failure why,
                                  struct err *e) {
    if (why == BUF_NO_MEMORY) return err_set(e, CHELA_NOMEM, "out of memory in an event stream");
    return err_set(e, CHELA_LIMIT, "%s of the event stream is longer than %zu bytes", what,
                   s->line.max);
}

static enum chela_error dispatch(struct sse *s, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (s->had_data) {
        const struct sse_event event = { buf_str(&s->name), buf_str(&s->data) };
        rc = s->on_event(s->ctx, &event, e);
    } else if (s->name.n) {
        s->comments++;
    }
    s->had_data = false;
    buf_clear(&s->data);
    buf_clear(&s->name);
    return rc;
}

static enum chela_error take_line(struct sse *s, str line, struct err *e) {
    if (!s->started && str_starts(line, S("\xef\xbb\xbf"))) line = str_skip(line, 3);
    s->started = true;
    if (line.n == 0) return dispatch(s, e);
    str field, value;
    bool colon = str_cut(line, ':', &field, &value);
    if (colon && value.n && value.p[0] == ' ') value = str_skip(value, 1);
    if (field.n == 0) {
        s->comments++;
    } else if (str_eq(field, S("data"))) {
        if (s->had_data) buf_addc(&s->data, '\n');
        s->had_data = true;
        if (!buf_add(&s->data, value)) return too_large(s, "an event", s->data.failed, e);
    } else if (str_eq(field, S("event"))) {
        buf_clear(&s->name);
        buf_add(&s->name, value);
        if (s->name.failed) return too_large(s, "a name", s->name.failed, e);
    }
    return CHELA_OK;
}

/* `rest` of a line, the end of which has come. */
static enum chela_error end_line(struct sse *s, str rest, struct err *e) {
    if (s->line.n == 0) {
        if (rest.n > s->line.max) return too_large(s, "a line", BUF_TOO_LARGE, e);
        return take_line(s, rest, e);
    }
    if (!buf_add(&s->line, rest)) return too_large(s, "a line", s->line.failed, e);
    enum chela_error rc = take_line(s, buf_str(&s->line), e);
    buf_clear(&s->line);
    return rc;
}

enum chela_error sse_feed(struct sse *s, str bytes, struct err *e) {
    const char *p = bytes.p, *end = bytes.n ? bytes.p + bytes.n : bytes.p, *lf = NULL;
    while (p < end) {
        if (s->after_cr) {
            s->after_cr = false;
            if (*p == '\n') {
                p++;
                continue;
            }
        }
        /* One search for LF serves all lines that CR ends before it. */
        if (!lf || lf < p) lf = memchr(p, '\n', (size_t)(end - p));
        if (!lf) lf = end;
        const char *cr = memchr(p, '\r', (size_t)(lf - p));
        const char *stop = cr ? cr : lf;
        str piece = { p, (size_t)(stop - p) };
        if (stop == end) {
            if (!buf_add(&s->line, piece)) return too_large(s, "a line", s->line.failed, e);
            break;
        }
        enum chela_error rc = end_line(s, piece, e);
        if (rc != CHELA_OK) return rc;
        s->after_cr = cr != NULL;
        p = stop + 1;
    }
    return CHELA_OK;
}

enum chela_error sse_end(struct sse *s, struct err *e) {
    enum chela_error rc = s->line.n ? end_line(s, (str){ 0 }, e) : CHELA_OK;
    return rc == CHELA_OK ? dispatch(s, e) : rc;
}
