#include "chat/key_check.h"

#include "chat/chat_internal.h"

#include <math.h>
#include <stdio.h>

enum { CONNECT_MS = 8000, TOTAL_MS = 10000, MAX_ANSWER = 256 << 10 };

struct exchange {
    struct arena arena;
    struct http_header header[HEADERS_MAX];
    struct http_outcome outcome;
    struct buf body;
    char type[128];
};

const char *key_verdict_name(enum key_verdict verdict) {
    static const char *const names[] = { "unchecked", "good", "refused" };
    return names[verdict];
}

static enum chela_error on_head(void *ctx, const struct http_answer *head, struct err *e) {
    (void)e;
    struct exchange *x = ctx;
    str_copy(x->type, sizeof x->type, head->content_type);
    return CHELA_OK;
}

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    struct exchange *x = ctx;
    return buf_add(&x->body, piece) ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}

static enum chela_error ask(struct exchange *x, struct config *c, const struct route *route,
                            const struct secret *key, const atomic_bool *cancel, struct err *e) {
    struct shape_ctx shape = { .config = c, .route = *route, .arena = &x->arena };
    struct http_request request = {
        .method = S("GET"),
        .url = route_url(route, S("key"), &x->arena),
        .headers = x->header,
        .bearer = key,
        .timeouts = { CONNECT_MS, TOTAL_MS, TOTAL_MS, TOTAL_MS },
        .max_body = MAX_ANSWER,
        .cancel = cancel,
        .tick_ms = 50,
        .ctx = x,
        .on_head = on_head,
        .on_body = on_body,
    };
    if (!chat_plain_headers(&shape, x->header, &request.header_count, e)) return e->code;
    return request.url.n ? http_run(&request, &x->outcome, e)
                         : err_set(e, CHELA_NOMEM, "out of memory");
}

/* Numbers that are not there, null and negative alike: -1. */
static double amount(struct doc *d, doc_node data, const char *key) {
    double value;
    doc_node n = doc_get(d, data, str_c(key));
    return doc_number(d, n, &value) && isfinite(value) && value >= 0 ? value : -1;
}

static bool flag(struct doc *d, doc_node data, const char *key) {
    bool value = false;
    return doc_bool(d, doc_get(d, data, str_c(key)), &value) && value;
}

static void read_data(struct key_report *out, struct doc *d, doc_node data) {
    str label = { 0 };
    if (flag(d, data, "is_management_key") || flag(d, data, "is_provisioning_key")) {
        out->verdict = KEY_REFUSED;
        str_copy(out->reason, sizeof out->reason,
                 S("it is a management key: it makes other keys, but no model answers to it"));
        return;
    }
    out->verdict = KEY_GOOD;
    out->usage = amount(d, data, "usage");
    out->limit = amount(d, data, "limit");
    out->remaining = amount(d, data, "limit_remaining");
    out->free_tier = flag(d, data, "is_free_tier");
    if (doc_string(d, doc_get(d, data, S("label")), &label))
        str_copy(out->label, sizeof out->label, label);
}

/* 200, and what the service tells of the key. */
static void read_report(struct key_report *out, str json) {
    struct doc *d;
    struct err ignored = ERR_INIT;
    str_copy(
        out->reason, sizeof out->reason,
        S("the server does not tell of keys as OpenRouter does: its answer is something else"));
    if (doc_parse(&d, json, DOC_JSON, NULL, &ignored) != CHELA_OK) return;
    doc_node data = doc_get(d, doc_root(d), S("data"));
    if (doc_type(d, data) == DOC_OBJECT) {
        out->reason[0] = '\0';
        read_data(out, d, data);
    }
    doc_free(d);
}

static void judge(struct key_report *out, const struct exchange *x) {
    struct err why = ERR_INIT;
    out->status = x->outcome.status;
    if (out->status == 200) {
        read_report(out, buf_str(&x->body));
        return;
    }
    if (out->status == 401 || out->status == 403) out->verdict = KEY_REFUSED;
    chat_http_error(out->status, str_c(x->type), buf_str(&x->body), &why);
    str_copy(out->reason, sizeof out->reason, str_c(why.message));
}

enum chela_error key_check(struct key_report *out, struct config *c, const struct route *route,
                           const struct secret *key, const atomic_bool *cancel, struct err *e) {
    struct exchange x = { .body = BUF_INIT(MAX_ANSWER) };
    struct err why = ERR_INIT;
    arena_init(&x.arena, 1u << 20);
    *out = (struct key_report){ .usage = -1, .limit = -1, .remaining = -1 };
    enum chela_error rc = ask(&x, c, route, key, cancel, &why);
    if (rc == CHELA_OK)
        judge(out, &x);
    else
        str_copy(out->reason, sizeof out->reason, str_c(why.message));
    buf_free(&x.body);
    arena_free(&x.arena);
    if (rc != CHELA_CANCELLED && rc != CHELA_NOMEM) return CHELA_OK;
    if (e) *e = why;
    return rc;
}
