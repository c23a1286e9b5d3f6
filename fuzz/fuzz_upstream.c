/* An answer as the gateway's client reads it: whatever the pieces it comes in, head, body and
 * verdict are the same; a body is never longer than what came; a fetch ends at most once. Byte 0
 * chooses the pieces, byte 1 whether the connection ends behind the bytes, and whether the request
 * was a HEAD. */
#include "upstream/upstream_link.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what) {
    if (!what) abort();
}

struct reading {
    struct fetch fetch;
    struct buf log, body;
    unsigned overs;
    enum chela_error code;
};

static void note_head(void *ctx, const struct http1_response *r) {
    struct reading *x = ctx;
    must(!x->overs && r->status >= 200 && r->status <= 999);
    must(!(r->framing.chunked && r->framing.has_length));
    buf_addf(&x->log, "%d %d %d %llu\n", r->status, r->framing.keep_alive, r->framing.chunked,
             (unsigned long long)r->framing.length);
    for (size_t i = 0; i < r->header_count; i++) {
        buf_add(&x->log, r->header[i].name);
        buf_addc(&x->log, ':');
        buf_add(&x->log, r->header[i].value);
        buf_addc(&x->log, '\n');
    }
}

static void note_body(void *ctx, char *bytes, size_t n) {
    struct reading *x = ctx;
    must(!x->overs && n > 0);
    buf_add(&x->body, (str){ bytes, n });
}

static void note_over(void *ctx, enum chela_error code, const struct err *e) {
    struct reading *x = ctx;
    must(x->overs++ == 0 && (code == CHELA_OK) == (e == NULL));
    x->code = code;
}

static const struct fetch_handler notes = { note_head, note_body, note_over };

static void read_all(struct reading *x, str bytes, size_t step, bool ends, bool head_request) {
    static struct upstream_pool pool;
    static char text[] = "http://lab";
    uv_loop_t loop;
    struct origin origin = { .pool = &pool, .text = text, .host = text };
    uv_loop_init(&loop);
    memset(&pool, 0, offsetof(struct upstream_pool, read));
    pool.loop = &loop;
    pool.settings = upstream_default_settings;
    pool.settings.max_head = 600;
    *x = (struct reading){ .log = BUF_INIT(1 << 20), .body = BUF_INIT(1 << 20) };
    struct uplink *c = uplink_new(&origin);
    must(c != NULL);
    x->fetch = (struct fetch){ .sent = true,
                               .handler = &notes,
                               .ctx = x,
                               .origin = &origin,
                               .conn = c,
                               .head_request = head_request };
    c->fetch = &x->fetch;
    c->step = STEP_EXCHANGE;
    c->reading = true; /* there is no socket to read */
    while (bytes.n && c->step == STEP_EXCHANGE) {
        str piece = str_head(bytes, step < bytes.n ? step : bytes.n);
        char *copy = malloc(piece.n); /* of its size, so that nothing is read beyond it */
        must(copy != NULL);
        memcpy(copy, piece.p, piece.n);
        take(c, copy, piece.n);
        free(copy);
        bytes = str_skip(bytes, piece.n);
    }
    if (ends && c->step == STEP_EXCHANGE) uplink_ended(c, UV_EOF);
    must(x->overs == 1 || c->step == STEP_EXCHANGE);
    if (c->step != STEP_CLOSED) uplink_close(c);
    uv_run(&loop, UV_RUN_DEFAULT);
    must(pool.open == 0 && pool.idle == 0 && pool.conns == NULL);
    must(uv_loop_close(&loop) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 1 << 16) return 0;
    str bytes = { (const char *)data + 2, size - 2 };
    bool ends = data[1] & 1, head_request = data[1] & 2;
    struct reading whole, parts;
    read_all(&whole, bytes, bytes.n ? bytes.n : 1, ends, head_request);
    read_all(&parts, bytes, data[0] + 1u, ends, head_request);
    must(whole.overs == parts.overs && whole.code == parts.code);
    must(str_eq(buf_str(&whole.log), buf_str(&parts.log)));
    must(whole.body.n <= bytes.n);
    /* A body may break off at different bytes of the same error. */
    must(whole.code != CHELA_OK || str_eq(buf_str(&whole.body), buf_str(&parts.body)));
    buf_free(&whole.log);
    buf_free(&whole.body);
    buf_free(&parts.log);
    buf_free(&parts.body);
    return 0;
}
