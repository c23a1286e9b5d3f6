#include "media/call.h"

#include "media/speech_config.h"

static const size_t arena_max = 16u << 20;
enum { MAX_REFUSAL = 16 << 10, CONNECT_MS = 15000 };

static enum chela_error find_key(struct media_call *c, const struct speech_config *speech,
                                 bool may_lack, struct err *e) {
    str origin = c->shape.route.origin, profile = c->shape.model.profile;
    enum chela_error rc =
        speech && !profile.n
            ? credential_find_speech(c->config, origin, speech->key, &c->credential, e)
            : credential_find(c->config, origin, profile, &c->credential, e);
    if (rc != CHELA_NO_KEY || !may_lack) return rc;
    credential_free(&c->credential);
    c->credential = (struct credential){ .source = "none was found" };
    if (e) *e = (struct err)ERR_INIT;
    return CHELA_OK;
}

enum chela_error media_call_begin(struct media_call *c, struct config *config,
                                  const struct model_ref *model, const struct speech_config *speech,
                                  bool may_lack_key, struct err *e) {
    struct err own = ERR_INIT;
    if (!e) e = &own;
    *c = (struct media_call){ .config = config };
    arena_init(&c->arena, arena_max);
    c->headers.arena = &c->arena;
    c->record.arena = &c->arena;
    c->shape = (struct shape_ctx){ .kind = CALL_INFER,
                                   .config = config,
                                   .model = *model,
                                   .headers = &c->headers,
                                   .record = &c->record,
                                   .arena = &c->arena };
    enum chela_error rc =
        route_speech(&c->shape.route, config, speech ? speech->base_url : (str){ 0 },
                     speech ? speech->base_url_path : NULL, &c->arena, e);
    if (rc == CHELA_OK) rc = find_key(c, speech, may_lack_key, e);
    if (rc != CHELA_OK) return rc;
    headers_set(&c->headers, S("User-Agent"), S("chela/" CHELA_VERSION));
    return shape_apply_headers(&c->shape, e);
}

enum chela_error media_call_body(struct media_call *c, struct buf *text, struct err *e) {
    buf_free(&c->text);
    c->text = *text;
    c->body = buf_str(&c->text);
    if (c->text.failed == BUF_TOO_LARGE)
        return err_set(e, CHELA_LIMIT, "the request is larger than %d MB", MEDIA_MAX_REQUEST >> 20);
    if (c->text.failed || arena_failed(&c->arena))
        return err_set(e, CHELA_NOMEM, "out of memory for the request");
    return CHELA_OK;
}

void media_call_explain(const struct media_call *c, bool json, bool colour, struct buf *out) {
    const struct explained x = { .method = S("POST"),
                                 .url = c->url,
                                 .body = c->body,
                                 .headers = &c->headers,
                                 .record = &c->record,
                                 .route = &c->shape.route,
                                 .credential = &c->credential };
    if (json)
        explain_json(&x, out);
    else
        explain_text(&x, colour, out);
}

void media_call_end(struct media_call *c) {
    credential_free(&c->credential);
    buf_free(&c->text);
    arena_free(&c->arena);
    *c = (struct media_call){ 0 };
}

/* ---- on the wire ---- */

static bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static enum chela_error on_head(void *ctx, const struct http_answer *head, struct err *e) {
    struct media_wire *w = ctx;
    str type = head->content_type;
    bool page = w->x->wants != MEDIA_WANTS_ANY && str_has(type, S("html"));
    if (w->x->wants == MEDIA_WANTS_BYTES)
        page = page || str_has(type, S("json")) || str_starts(type, S("text/"));
    bool good = head->status >= 200 && head->status <= 299 && !page;
    w->refused = good ? 0 : head->status;
    str_copy(w->type, sizeof w->type, type);
    str_copy(w->request_id, sizeof w->request_id, head->request_id);
    str to = is_redirect(head->status) ? http_answer_header(head, S("location")) : (str){ 0 };
    if (!str_copy(w->location, sizeof w->location, to)) w->location[0] = '\0';
    return good && w->x->on_head ? w->x->on_head(w->x->ctx, head, e) : CHELA_OK;
}

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    struct media_wire *w = ctx;
    if (!w->refused) return w->x->on_body(w->x->ctx, piece, e);
    buf_add(&w->refusal, str_head(piece, MAX_REFUSAL - w->refusal.n));
    return CHELA_OK;
}

static enum chela_error on_tick(void *ctx, struct err *e) {
    struct media_wire *w = ctx;
    return w->x->on_tick ? w->x->on_tick(w->x->ctx, e) : CHELA_OK;
}

void media_wire_begin(struct media_wire *w, const struct media_exchange *x, int64_t timeout_ms,
                      struct http_request *request) {
    int64_t ms = timeout_ms, idle = x->idle_ms && x->idle_ms < ms ? x->idle_ms : ms;
    *w = (struct media_wire){ .x = x, .refusal = BUF_INIT(MAX_REFUSAL) };
    request->timeouts = (struct http_timeouts){ ms < CONNECT_MS ? ms : CONNECT_MS, idle, idle, ms };
    request->max_body = x->max_body;
    request->cancel = x->cancel;
    request->ctx = w;
    request->on_head = on_head;
    request->on_body = on_body;
    request->on_tick = on_tick;
}

enum chela_error media_wire_end(struct media_wire *w, enum chela_error rc,
                                const struct http_outcome *out, struct err *e) {
    if (w->refused && rc != CHELA_CANCELLED) {
        *e = (struct err)ERR_INIT;
        e->retry_after = out->retry_after;
        rc = chat_http_error(w->refused, str_c(w->type), buf_str(&w->refusal), e);
        e->http_status = w->refused;
    }
    if (rc != CHELA_OK) str_copy(e->request_id, sizeof e->request_id, str_c(w->request_id));
    buf_free(&w->refusal);
    return rc;
}

enum chela_error media_call_send(struct media_call *c, const struct media_exchange *x,
                                 struct http_outcome *out, struct err *e) {
    struct http_header header[HEADERS_MAX];
    struct media_wire wire;
    for (size_t i = 0; i < c->headers.count; i++)
        header[i] = (struct http_header){ c->headers.item[i].name, c->headers.item[i].value };
    struct http_request request = { .method = S("POST"),
                                    .url = c->url,
                                    .headers = header,
                                    .header_count = c->headers.count,
                                    .bearer = &c->credential.key,
                                    .body = c->body };
    media_wire_begin(&wire, x, x->timeout_ms, &request);
    return media_wire_end(&wire, http_run(&request, out, e), out, e);
}
