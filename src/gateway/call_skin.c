/* A client that speaks another API than its upstream: the body is translated on its way there, the
 * answer on its way back. In between the call is a chat like any other: the same rules, relay,
 * fall-over and accounting. */
#include "base/clock.h"
#include "doc/json_write.h"
#include "gateway/call.h"

enum wire_api call_wire(const struct call *c) {
    if (!c->api->skin) return WIRE_CHAT;
    return c->api->skin == &skin_messages ? WIRE_MESSAGES : WIRE_RESPONSES;
}

bool call_is_native(const struct call *c) {
    const struct upstream *u = c->endpoint ? c->endpoint->upstream : NULL;
    return u && c->api->skin && (u->is_openrouter || u->api != WIRE_CHAT);
}

bool call_is_worn(const struct call *c) {
    return c->api->skin && !call_is_native(c);
}

enum chela_error call_bare(struct call *c, struct err *e) {
    return c->api->skin->unseal(c->doc, e);
}

void call_worn_models(struct call *c) {
    doc_node root = doc_root(c->doc), list = doc_get(c->doc, root, S("fallbacks"));
    if (doc_type(c->doc, list) != DOC_ARRAY || doc_len(c->doc, doc_get(c->doc, root, S("models"))))
        return;
    struct buf models = BUF_INIT(64 << 10);
    struct json_writer w = JSON_WRITER(&models);
    str model;
    json_array(&w);
    for (doc_node n = doc_first(c->doc, list); n; n = doc_next(c->doc, n))
        if (doc_string(c->doc, doc_get(c->doc, n, S("model")), &model)) json_string(&w, model);
    json_array_end(&w);
    if (!models.failed) doc_set(c->doc, root, S("models"), buf_str(&models), NULL);
    buf_free(&models);
}

enum chela_error call_wear(struct call *c, struct err *e) {
    const struct upstream_model *model = c->endpoint->model;
    const struct skin_target to = { .openrouter = c->endpoint->upstream->is_openrouter,
                                    .reasons = model && model->reasons };
    const struct skin *skin = c->api->skin;
    struct doc *said = c->doc;
    enum chela_error code = CHELA_OK;
    c->doc = NULL;
    if (!said) code = doc_parse(&said, c->json, DOC_JSON, NULL, e);
    buf_free(&c->chat);
    buf_init(&c->chat, SKIN_BODY);
    if (code == CHELA_OK) code = skin->request(said, &to, &c->chat, e);
    if (code == CHELA_OK && skin->echo && !c->echo.n) skin->echo(said, &c->echo);
    doc_free(said);
    if (code == CHELA_OK) code = doc_parse(&c->doc, buf_str(&c->chat), DOC_JSON, NULL, e);
    return code;
}

static struct skin_facts facts_of(const struct call *c) {
    return (struct skin_facts){ .request_id = c->request_id,
                                .model = c->endpoint ? c->endpoint->id : S(""),
                                .echo = buf_str(&c->echo),
                                .unix_s = clock_unix_ms() / 1000 };
}

enum chela_error call_worn_stream(struct call *c, struct err *e) {
    const struct skin_facts facts = facts_of(c);
    call_worn_free(c);
    c->worn = skin_stream_new(c->api->skin, &facts);
    return c->worn ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}

void call_worn_free(struct call *c) {
    skin_stream_free(c->worn);
    c->worn = NULL;
}

enum chela_error call_worn_events(struct call *c, str *out, struct buf *events, struct err *e) {
    if (!c->worn || !out->n) return CHELA_OK;
    enum chela_error code = skin_stream_take(c->worn, *out, events, e);
    *out = buf_str(events);
    return code;
}

enum chela_error call_worn_end(struct call *c, str metadata, struct buf *events, struct err *e) {
    return skin_stream_end(c->worn, metadata, events, e);
}

/* The stream that the client asked for, made of an answer that came whole. */
static enum chela_error as_events(struct call *c, struct buf *out, struct err *e) {
    enum chela_error code = call_worn_stream(c, e);
    if (code == CHELA_OK) code = skin_stream_whole(c->worn, buf_str(&c->held), out, e);
    if (code == CHELA_OK) code = skin_stream_end(c->worn, (str){ 0 }, out, e);
    call_worn_free(c);
    for (size_t i = 0; i < c->headers; i++)
        if (str_ieq(c->header[i].name, S("content-type")))
            c->header[i].value = S("text/event-stream");
    return code;
}

enum chela_error call_worn_whole(struct call *c, struct err *e) {
    const struct skin_facts facts = facts_of(c);
    struct buf out = BUF_INIT(SKIN_OUT);
    enum chela_error code = c->stream
                                ? as_events(c, &out, e)
                                : skin_answer(c->api->skin, buf_str(&c->held), &facts, &out, e);
    if (code != CHELA_OK) {
        buf_free(&out);
        return code;
    }
    buf_free(&c->held);
    c->held = out;
    return CHELA_OK;
}
