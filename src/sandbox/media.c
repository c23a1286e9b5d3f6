#include "sandbox/media.h"

#include "base/base64.h"
#include "base/clock.h"
#include "doc/doc.h"
#include "sandbox/generation_id.h"

enum { LIMIT_MS = 180 * 1000, SAYS_MAX = 4096 };

struct media *media_open(const struct sandbox_api *api, struct exchange *x,
                         const struct media_kind *kind, size_t own_bytes) {
    const struct server_request *r = exchange_request(x);
    struct media *m = arena_alloc(r->arena, sizeof *m);
    void *own = arena_alloc(r->arena, own_bytes + 1);
    if (!m || !own) {
        exchange_fail(x, 503, S("out of memory"));
        return NULL;
    }
    *m = (struct media){ .x = x,
                         .api = api,
                         .kind = kind,
                         .own = own,
                         .limit_ms = LIMIT_MS,
                         .ask = BUF_INIT(MEDIA_REQUEST_MAX),
                         .whole = BUF_INIT(MEDIA_WHOLE_MAX),
                         .says = BUF_INIT(SAYS_MAX),
                         .created = clock_unix_ms() / 1000 };
    generation_id(m->id, sizeof m->id, m->created);
    if (str_eq(r->method, S("POST")))
        fields_open(&m->f, exchange_header(x, S("content-type")), r->body, r->arena);
    return m;
}

static void release(struct media *m) {
    if (m->call) engine_call_drop(m->call);
    m->call = NULL;
    fields_close(&m->f);
    buf_free(&m->ask);
    buf_free(&m->whole);
    buf_free(&m->says);
}

void media_end(struct media *m) {
    struct exchange *x = m->x;
    release(m);
    exchange_end(x);
}

void media_fail(struct media *m, int status, str message) {
    struct exchange *x = m->x;
    exchange_fail(x, status, message); /* the message may be m's */
    release(m);
}

void media_answer(struct media *m, int status, struct buf *json) {
    const struct server_header headers[] = { { S("Content-Type"), S("application/json") },
                                             { S("X-Generation-Id"), str_c(m->id) } };
    if (json->failed) {
        media_fail(m, 500, S("the answer is too large"));
    } else {
        exchange_head(m->x, status, headers, 2, (int64_t)json->n);
        exchange_write(m->x, buf_str(json));
        media_end(m);
    }
    buf_free(json);
}

/* ---- the engine's answer ---- */

static void fail_begun(struct media *m) {
    struct exchange *x = m->x;
    release(m);
    exchange_abort(x); /* a broken answer must not look like an end */
}

static void fail(struct media *m, int status, str message) {
    if (m->begun)
        fail_begun(m);
    else if (m->kind->failed)
        m->kind->failed(m, status, message);
    else
        media_fail(m, status, message);
}

/* The engine's error is in the sandbox's own form; its message is what counts. */
static void fail_refused(struct media *m) {
    struct doc *d = NULL;
    str message = { 0 };
    if (doc_parse(&d, buf_str(&m->whole), DOC_JSON, NULL, NULL) == CHELA_OK)
        doc_string(d, doc_path_get(d, S("error.message"), NULL), &message);
    fail(m, m->status, message.n ? message : S("the engine failed"));
    doc_free(d);
}

static void on_head(void *ctx, const struct engine_answer *a) {
    struct media *m = ctx;
    buf_clear(&m->whole);
    buf_clear(&m->says);
    m->refused = a->status != 200;
    m->status = a->status;
    if (m->refused) return;
    buf_add(&m->says, a->says);
    if (!m->kind->begin) return;
    m->kind->begin(m, a);
    m->begun = true;
}

static bool on_piece(void *ctx, str bytes) {
    struct media *m = ctx;
    if (!m->refused && m->kind->begin) return m->kind->piece(m, bytes);
    buf_add(&m->whole, bytes);
    return true;
}

static void on_end(void *ctx, enum chela_error code, const struct err *e) {
    struct media *m = ctx;
    m->call = NULL;
    if (code != CHELA_OK)
        fail(m, err_http(code), str_c(e->message));
    else if (m->refused)
        fail_refused(m);
    else
        m->kind->done(m);
}

static void on_closed(struct exchange *x) {
    release(exchange_data(x));
}

static void on_drained(struct exchange *x) {
    struct media *m = exchange_data(x);
    if (m->call) engine_call_resume(m->call);
}

void media_ask(struct media *m, const char *path, str type, str body) {
    static const struct engine_taker taker = { on_head, on_piece, on_end };
    const struct engine_ask ask = {
        .path = str_c(path), .type = type, .body = body, .limit_ms = m->limit_ms
    };
    if (m->f.e.code != CHELA_OK) {
        media_fail(m, err_http(m->f.e.code), str_c(m->f.e.message));
        return;
    }
    if (m->ask.failed) {
        fail(m, m->ask.failed == BUF_TOO_LARGE ? 413 : 503, S("the request is too large"));
        return;
    }
    if (!m->api->engines) {
        fail(m, 503, S("there are no engines for this here"));
        return;
    }
    exchange_set_data(m->x, m);
    exchange_on_closed(m->x, on_closed);
    exchange_on_drained(m->x, on_drained);
    m->call = engine_call(m->api->engines, &ask, &taker, m);
    if (!m->call) fail(m, 503, S("out of memory"));
}

/* ---- base64 in pieces ---- */

bool media_base64(struct media_base64 *b, struct exchange *x, str bytes) {
    struct buf text = BUF_INIT(bytes.n * 2 + 64);
    while (b->n && b->n < 3 && bytes.n) {
        b->rest[b->n++] = bytes.p[0];
        bytes = str_skip(bytes, 1);
    }
    if (b->n == 3) {
        base64_encode(&text, (str){ b->rest, 3 });
        b->n = 0;
    }
    if (!b->n) {
        size_t whole = bytes.n - bytes.n % 3;
        base64_encode(&text, str_head(bytes, whole));
        for (size_t i = whole; i < bytes.n; i++) b->rest[b->n++] = bytes.p[i];
    }
    bool room = exchange_write(x, buf_str(&text));
    if (text.failed) exchange_abort(x);
    buf_free(&text);
    return room;
}

bool media_base64_end(struct media_base64 *b, struct exchange *x) {
    struct buf text = BUF_INIT(8);
    base64_encode(&text, (str){ b->rest, b->n });
    b->n = 0;
    bool room = exchange_write(x, buf_str(&text));
    buf_free(&text);
    return room;
}
