#include "gateway/listing.h"

#include "doc/doc.h"
#include "gateway/model_select.h"
#include "upstream/upstream.h"

#include <stdio.h>

enum {
    CONNECT_MS = 5 * 1000,
    WAIT_MS = 15 * 1000,
    LIST_MOST = 16 << 20, /* of one answer */
    ROWS_MOST = 64 << 20,
};

struct listing { /* in its exchange's arena */
    struct gateway *g;
    struct settings *s;
    struct exchange *x;
    struct client *client; /* who asks; NULL: nobody's key */
    str path;
    const struct upstream *asked[2];
    size_t count, next;
    struct fetch fetch;
    struct buf held, rows; /* rows: of all lists, with commas between them */
    size_t row_count;
    int status;
    bool alone;  /* one answer, passed on as it is */
    bool theirs; /* the query is for openrouter.ai to judge: what is ours is left out */
};

static bool is_ours(str path) { /* its rows come from the catalogue too */
    return str_starts(path, S("/models"));
}

static void release(struct listing *l) {
    fetch_cancel(&l->fetch);
    buf_free(&l->held);
    buf_free(&l->rows);
    settings_release(l->s);
    accounts_leave(l->g->accounts, l->client);
}

static void on_closed(struct exchange *x) {
    release(exchange_data(x));
}

/* ---- the answer ---- */

static enum chela_error write_answer(struct listing *l, struct buf *out, struct err *e) {
    str query = exchange_request(l->x)->query;
    size_t count = l->row_count;
    enum chela_error code = CHELA_OK;
    if (!is_ours(l->path)) {
        buf_addf(out, "{\"data\":[%.*s]}", STR_ARG(buf_str(&l->rows)));
        return CHELA_OK;
    }
    if (l->theirs)
        buf_addf(out, "{\"data\":[%.*s],\"total_count\":%zu,\"links\":{\"next\":null}}",
                 STR_ARG(buf_str(&l->rows)), count);
    else
        count = models_list(l->s, buf_str(&l->rows), l->row_count, out);
    if (query.n && !l->theirs && !out->failed) code = model_select(out, query, &count, e);
    if (code == CHELA_OK && str_eq(l->path, S("/models/count"))) {
        buf_clear(out);
        buf_addf(out, "{\"data\":{\"count\":%zu}}", count);
    }
    return code;
}

static void finish(struct listing *l) {
    struct exchange *x = l->x;
    struct buf json = BUF_INIT(2 * (size_t)ROWS_MOST);
    struct err e = ERR_INIT;
    enum chela_error code = CHELA_OK;
    if (l->alone)
        buf_add(&json, buf_str(&l->held));
    else
        code = write_answer(l, &json, &e);
    int status = l->alone ? l->status : 200;
    bool failed = json.failed || l->rows.failed;
    release(l);
    if (code != CHELA_OK)
        exchange_fail(x, err_http(code), str_c(e.message));
    else if (failed)
        exchange_fail(x, 500, S("the list is too large"));
    else if (l->alone && !json.n)
        exchange_fail(x, 502, S("the local engines do not answer"));
    else
        exchange_answer(x, status, S("application/json"), buf_str(&json));
    buf_free(&json);
}

/* The engines list two references for clients that have no other gateway than the sandbox; here
 * they are what the catalogue says. */
static bool is_listed(const struct listing *l, struct doc *d, doc_node row) {
    str id;
    if (!is_ours(l->path) || l->theirs || !doc_string(d, doc_get(d, row, S("id")), &id))
        return true;
    const struct upstream *local = settings_upstream(l->s, S("local"));
    for (size_t i = 0; local && i < local->model_count; i++)
        if (str_eq(id, local->models[i].id)) return true;
    return false;
}

static void keep_rows(struct listing *l) {
    struct doc *d = NULL;
    if (l->status != 200 || l->held.failed ||
        doc_parse(&d, buf_str(&l->held), DOC_JSON, NULL, NULL) != CHELA_OK)
        return;
    doc_node list = doc_get(d, doc_root(d), S("data"));
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n)) {
        if (!is_listed(l, d, n)) continue;
        if (l->row_count++) buf_addc(&l->rows, ',');
        buf_add(&l->rows, doc_raw(d, n));
    }
    doc_free(d);
}

/* ---- who is asked ---- */

static void ask_next(struct listing *l);

static void on_head(void *ctx, const struct http1_response *r) {
    ((struct listing *)ctx)->status = r->status;
}

static void on_body(void *ctx, char *bytes, size_t n) {
    buf_add(&((struct listing *)ctx)->held, (str){ bytes, n });
}

static void on_over(void *ctx, enum chela_error code, const struct err *e) {
    struct listing *l = ctx;
    (void)e;
    if (code != CHELA_OK) l->status = 0;
    if (!l->alone) keep_rows(l);
    ask_next(l);
}

static bool start(struct listing *l, const struct upstream *u) {
    static const struct fetch_handler handler = { on_head, on_body, on_over };
    const struct server_header headers[] = { { S("User-Agent"), S("chela/" CHELA_VERSION) } };
    /* the engines count as rows what /models/count would only count */
    str path = str_eq(l->path, S("/models/count")) ? S("/models") : l->path;
    const struct fetch_request r = {
        .method = S("GET"),
        .target = arena_printf(exchange_request(l->x)->arena, "%.*s%.*s%s%.*s", STR_ARG(u->target),
                               STR_ARG(path), l->theirs ? "?" : "",
                               STR_ARG(l->theirs ? exchange_request(l->x)->query : S(""))),
        .headers = headers,
        .header_count = 1,
        .bearer = secret_is_set(&u->key) ? &u->key : NULL,
        .connect_ms = CONNECT_MS,
        .total_ms = WAIT_MS,
    };
    buf_free(&l->held);
    l->status = 0;
    return fetch_start(&l->fetch, u->origin, &r, &handler, l, NULL) == CHELA_OK;
}

static void ask_next(struct listing *l) {
    while (l->next < l->count)
        if (start(l, l->asked[l->next++])) return;
    finish(l);
}

static struct listing *make(struct gateway *g, struct exchange *x, str path) {
    struct listing *l = arena_alloc(exchange_request(x)->arena, sizeof *l);
    if (!l) {
        exchange_fail(x, 503, S("out of memory"));
        return NULL;
    }
    *l = (struct listing){ .g = g,
                           .s = settings_use(g->settings),
                           .x = x,
                           .client = exchange_data(x),
                           .path = path,
                           .held = BUF_INIT(LIST_MOST),
                           .rows = BUF_INIT(ROWS_MOST) };
    exchange_set_data(x, l);
    exchange_on_closed(x, on_closed);
    return l;
}

static const struct upstream *local_of(const struct settings *s) {
    const struct upstream *u = settings_upstream(s, S("local"));
    return u && u->is_local ? u : NULL;
}

void listing_answer(struct gateway *g, struct exchange *x, str path) {
    struct listing *l = make(g, x, str_eq(path, S("/models/user")) ? S("/models") : path);
    if (!l) return;
    const struct upstream *openrouter = settings_upstream(l->s, S("openrouter"));
    const struct upstream *local = local_of(l->s);
    l->theirs = is_ours(l->path) && model_select_is_theirs(exchange_request(x)->query);
    if ((!is_ours(l->path) || l->theirs) && openrouter && !openrouter->no_key.n)
        l->asked[l->count++] = openrouter;
    if (local && !l->theirs) l->asked[l->count++] = local;
    ask_next(l);
}

bool listing_ask_local(struct gateway *g, struct exchange *x, str path) {
    const struct upstream *local = local_of(g->settings);
    struct listing *l = local ? make(g, x, path) : NULL;
    if (!l) return local != NULL;
    l->alone = true;
    l->asked[l->count++] = local;
    ask_next(l);
    return true;
}
