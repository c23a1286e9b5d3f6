/* Faults applied. What replaces the answer (a status, a page, silence) happens in place of the
 * handler; what spoils it is a filter, which looks at whole events when the answer is a stream. */
#include "sandbox/fault.h"

#include <stdlib.h>
#include <string.h>

enum {
    SPECS = 16, /* --fault may be given so often */
    SEEN = 64,  /* header texts whose `times` are remembered */
    SEEN_TEXT = 256,
    MOST_EVENT = 1 << 20,      /* a longer event passes unspoiled */
    STALL_MS = 10 * 60 * 1000, /* even a hang ends */
};

struct seen {
    char text[SEEN_TEXT];
    int64_t used;
};

struct faults {
    struct server_handler inner;
    struct fault_spec spec[SPECS];
    int64_t used[SPECS];
    size_t count;
    struct seen seen[SEEN];
    size_t seen_next;
};

/* One request's. */
struct fault {
    struct exchange_filter filter; /* first: the server hands it back */
    struct faults *all;
    struct fault_spec spec;
    struct buf event; /* bytes of an event that is not complete */
    int64_t events, passed;
    bool stream;
    bool silent;   /* nothing more passes */
    bool stalled;  /* nor does the end */
    bool replaced; /* the body is ours */
    bool held;     /* `last` waits */
    char last;
};

struct faults *faults_new(const struct server_handler *inner) {
    struct faults *f = calloc(1, sizeof *f);
    if (f) f->inner = *inner;
    return f;
}

void faults_free(struct faults *f) {
    free(f);
}

enum chela_error faults_add(struct faults *f, str text, struct err *e) {
    if (f->count == SPECS) return err_set(e, CHELA_USAGE, "more than %d faults", SPECS);
    enum chela_error code = fault_parse(&f->spec[f->count], text, e);
    if (code == CHELA_OK) f->count++;
    return code;
}

/* ---- which fault a request gets ---- */

static bool fits(const struct fault_spec *s, const struct server_request *r, int64_t *used) {
    if (s->path[0] && !str_has(r->path, str_c(s->path))) return false;
    if (s->times && *used >= s->times) return false;
    ++*used;
    return true;
}

/* The header comes with every try of a request, so how often it has come is kept by its text. */
static int64_t *uses_of(struct faults *f, str text) {
    for (size_t i = 0; i < SEEN; i++)
        if (str_eq(str_c(f->seen[i].text), text)) return &f->seen[i].used;
    struct seen *s = &f->seen[f->seen_next++ % SEEN];
    str_copy(s->text, sizeof s->text, text);
    s->used = 0;
    return &s->used;
}

/* False: none. A header that is no fault has been answered; then *answered is true. */
static bool choose(struct faults *f, struct exchange *x, struct fault_spec *out, bool *answered) {
    const struct server_request *r = exchange_request(x);
    str header = exchange_header(x, S("x-chela-fault"));
    *answered = false;
    if (header.n) {
        struct err e = ERR_INIT;
        enum chela_error code =
            header.n < SEEN_TEXT
                ? fault_parse(out, header, &e)
                : err_set(&e, CHELA_USAGE, "X-Chela-Fault: longer than %d bytes", SEEN_TEXT - 1);
        if (code != CHELA_OK) {
            exchange_fail(x, 400, str_c(e.message));
            *answered = true;
            return false;
        }
        return fits(out, r, uses_of(f, header));
    }
    for (size_t i = 0; i < f->count; i++) {
        *out = f->spec[i];
        if (fits(out, r, &f->used[i])) return true;
    }
    return false;
}

/* ---- the filter ---- */

static void give_up(struct exchange *x) {
    exchange_cut(x);
}

static void pass(struct fault *f, struct exchange *x, str bytes) {
    if (f->silent) return;
    if (f->spec.cut >= 0 && f->passed + (int64_t)bytes.n >= f->spec.cut) {
        exchange_pass_write(&f->filter, x, str_head(bytes, (size_t)(f->spec.cut - f->passed)));
        exchange_cut(x);
        f->silent = true;
        return;
    }
    f->passed += (int64_t)bytes.n;
    exchange_pass_write(&f->filter, x, bytes);
}

static void stall(struct fault *f) {
    f->silent = f->stalled = true;
}

/* JSON that breaks off in its middle, in an event that is otherwise whole. */
static void pass_malformed(struct fault *f, struct exchange *x, str event) {
    str text = str_trim(event);
    pass(f, x, str_head(text, text.n - text.n / 3));
    pass(f, x, S("\n\n"));
}

static void pass_huge(struct fault *f, struct exchange *x) {
    char piece[16 << 10];
    memset(piece, 'x', sizeof piece);
    pass(f, x, S("data: {\"huge\":\""));
    for (int64_t left = f->spec.huge; left > 0 && !f->silent; left -= (int64_t)sizeof piece)
        pass(f, x, (str){ piece, left < (int64_t)sizeof piece ? (size_t)left : sizeof piece });
    pass(f, x, S("\"}\n\n"));
}

/* As OpenRouter reports an error in a stream that has begun: a chunk with both choices and error.
 */
static void pass_error(struct fault *f, struct exchange *x) {
    struct buf json = BUF_INIT(4096);
    server_error_json(&json, f->spec.error_event, S("the error that was asked for"));
    pass(f, x,
         S("data: {\"id\":\"gen-fault\",\"object\":\"chat.completion.chunk\",\"created\":1,"
           "\"model\":\"sandbox/agent\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},"
           "\"finish_reason\":\"error\"}],"));
    pass(f, x, str_skip(buf_str(&json), 1)); /* without its brace */
    pass(f, x, S("\n\ndata: [DONE]\n\n"));
    buf_free(&json);
    if (f->silent) return;
    f->silent = true;
    exchange_pass_end(&f->filter, x);
}

/* Whether the JSON of an event has `name` with a string that is not empty. */
static bool has_text(str event, str name) {
    ptrdiff_t at = str_find(event, name);
    if (at < 0) return false;
    str rest = str_skip(event, (size_t)at + name.n);
    while (rest.n && (rest.p[0] == ' ' || rest.p[0] == ':')) rest = str_skip(rest, 1);
    return rest.n > 1 && rest.p[0] == '"' && rest.p[1] != '"';
}

static void on_event(struct fault *f, struct exchange *x, str event) {
    const struct fault_spec *s = &f->spec;
    if (f->silent) return;
    if (!str_starts(event, S("data:")) && !str_has(event, S("\ndata:"))) {
        pass(f, x, event); /* a comment */
        return;
    }
    int64_t n = ++f->events;
    bool last = has_text(event, S("\"finish_reason\"")) || str_has(event, S("data: [DONE]"));
    if (s->stall >= 0 && n > s->stall) {
        stall(f);
    } else if ((s->cut_event >= 0 && n > s->cut_event) || (s->cut == FAULT_AT_FINISH && last)) {
        f->silent = true;
        exchange_cut(x);
    } else if (s->no_finish && last) {
        f->silent = true; /* the end still passes */
    } else if (s->malformed == n) {
        pass_malformed(f, x, event);
    } else {
        pass(f, x, event);
        if (s->huge && n == 1) pass_huge(f, x);
        if (s->error_event && has_text(event, S("\"content\""))) pass_error(f, x);
    }
}

static void on_head(struct exchange_filter *filter, struct exchange *x,
                    const struct server_answer *a) {
    struct fault *f = (struct fault *)filter;
    const struct fault_spec *s = &f->spec;
    struct arena *arena = exchange_request(x)->arena;
    struct server_header *headers = arena_alloc(arena, (a->count + 1) * sizeof *headers);
    struct server_answer changed = *a;
    if (!headers) {
        exchange_cut(x);
        return;
    }
    for (size_t i = 0; i < a->count; i++) {
        headers[i] = a->headers[i];
        if (!str_ieq(headers[i].name, S("content-type"))) continue;
        f->stream = str_istarts(headers[i].value, S("text/event-stream"));
        if (s->wrong_type) headers[i].value = S("application/x-unexpected");
    }
    changed.headers = headers;
    if (s->error_event && !f->stream) {
        f->replaced = true;
        changed.status = 200;
        changed.length = -1;
    }
    exchange_pass_head(filter, x, &changed);
    if (s->cut == 0 || s->cut_event == 0) {
        f->silent = true;
        exchange_cut(x);
    } else if (s->stall == 0) {
        stall(f);
    }
}

static void on_plain(struct fault *f, struct exchange *x, str bytes) {
    const struct fault_spec *s = &f->spec;
    if (f->replaced) return;
    if (s->stall >= 0 && f->passed + (int64_t)bytes.n > s->stall) {
        pass(f, x, str_head(bytes, (size_t)(s->stall - f->passed)));
        stall(f);
        return;
    }
    if (!s->malformed) {
        pass(f, x, bytes);
        return;
    }
    if (bytes.n == 0) return; /* all but the last byte pass */
    if (f->held) pass(f, x, (str){ &f->last, 1 });
    f->held = true;
    f->last = bytes.p[bytes.n - 1];
    pass(f, x, str_head(bytes, bytes.n - 1));
}

static void on_write(struct exchange_filter *filter, struct exchange *x, str bytes) {
    struct fault *f = (struct fault *)filter;
    if (f->silent) return;
    if (!f->stream) {
        on_plain(f, x, bytes);
        return;
    }
    if (f->event.n + bytes.n > MOST_EVENT) {
        pass(f, x, buf_str(&f->event));
        pass(f, x, bytes);
        buf_free(&f->event);
        return;
    }
    if (!buf_add(&f->event, bytes)) {
        exchange_cut(x);
        return;
    }
    ptrdiff_t end;
    size_t used = 0;
    while ((end = str_find(str_skip(buf_str(&f->event), used), S("\n\n"))) >= 0) {
        on_event(f, x, str_head(str_skip(buf_str(&f->event), used), (size_t)end + 2));
        used += (size_t)end + 2;
    }
    if (used == f->event.n)
        buf_free(&f->event);
    else if (used)
        buf_consume(&f->event, used);
}

static void on_end(struct exchange_filter *filter, struct exchange *x) {
    struct fault *f = (struct fault *)filter;
    if (f->stalled) {
        exchange_after(x, STALL_MS, give_up);
        return;
    }
    if (f->event.n) pass(f, x, buf_str(&f->event));
    if (f->held) pass(f, x, f->last == ',' ? S(" ") : S(","));
    if (f->replaced) {
        struct buf json = BUF_INIT(4096);
        server_error_json(&json, f->spec.error_event, S("the error that was asked for"));
        pass(f, x, buf_str(&json));
        buf_free(&json);
    }
    exchange_pass_end(filter, x);
}

static void on_over(struct exchange_filter *filter, struct exchange *x, bool whole) {
    (void)x;
    (void)whole;
    buf_free(&((struct fault *)filter)->event);
}

/* ---- in place of the handler ---- */

static const char page[] =
    "<!DOCTYPE html>\n<html><head><title>Error</title></head>\n<body><h1>Something went wrong</h1>"
    "<p>This page stands where an answer was expected.</p></body></html>\n";

static void answer_status(struct exchange *x, const struct fault_spec *s) {
    struct server_header headers[2] = { { S("Content-Type"), s->html ? S("text/html; charset=utf-8")
                                                                     : S("application/json") } };
    size_t count = 1;
    struct buf json = BUF_INIT(4096);
    if (s->retry_after != FAULT_NEVER)
        headers[count++] = (struct server_header){ S("Retry-After"),
                                                   arena_printf(exchange_request(x)->arena, "%lld",
                                                                (long long)s->retry_after) };
    if (s->wrong_type) headers[0].value = S("application/x-unexpected");
    if (!s->html) server_error_json(&json, s->status, S("the status that was asked for"));
    str body = s->html ? str_c(page) : buf_str(&json);
    exchange_head(x, s->status ? s->status : 200, headers, count, (int64_t)body.n);
    exchange_write(x, body);
    exchange_end(x);
    buf_free(&json);
}

static void proceed(struct exchange *x) {
    struct fault *f = exchange_data(x);
    const struct fault_spec *s = &f->spec;
    exchange_set_data(x, NULL);
    if (s->cut == FAULT_AT_HEAD) {
        exchange_raw(x, S("HTTP/1.1 200 OK\r\nContent-Ty"));
        exchange_abort(x);
    } else if (s->stall == FAULT_AT_HEAD) {
        exchange_after(x, STALL_MS, give_up);
    } else if (s->status || s->html) {
        answer_status(x, s);
    } else {
        f->all->inner.request(f->all->inner.ctx, x);
    }
}

void faults_request(void *ctx, struct exchange *x) {
    struct faults *all = ctx;
    struct fault_spec spec = { 0 };
    bool answered;
    if (!choose(all, x, &spec, &answered)) {
        if (!answered) all->inner.request(all->inner.ctx, x);
        return;
    }
    struct fault *f = arena_alloc(exchange_request(x)->arena, sizeof *f);
    if (!f) {
        exchange_fail(x, 503, S("out of memory"));
        return;
    }
    *f = (struct fault){
        .filter = { .head = on_head, .write = on_write, .end = on_end, .over = on_over },
        .all = all,
        .spec = spec,
        .event = BUF_INIT(MOST_EVENT)
    };
    exchange_set_data(x, f);
    if (!spec.status && !spec.html) exchange_add_filter(x, &f->filter);
    if (spec.delay_ms)
        exchange_after(x, spec.delay_ms, proceed);
    else
        proceed(x);
}
