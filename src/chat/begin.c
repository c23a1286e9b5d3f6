/* From settings to the finished request, without sending it. What can be decided without the
 * network is: only a level above high, of a model without a catalogue row, is worth a look-up
 * first. */
#include "chat/chat_internal.h"

#include "base/log.h"

enum { ARENA_MAX = 512 << 20 }; /* the body twice, and an answer */

static enum chela_error find_model(struct chat *c, const struct chat_input *in, struct err *e) {
    str asked = in->model;
    if (in->kind == CALL_RAW) {
        str named = { 0 };
        enum chela_error rc = chat_body_parse_raw(c, in->raw_body, &named, e);
        if (rc != CHELA_OK) return rc;
        if (!asked.n) asked = named;
    }
    if (asked.n)
        return catalog_resolve(&c->shape.model, asked, c->catalog, c->config, &c->arena, e);
    return model_ref_default(&c->shape.model, c->config, in->agent, &c->arena, e);
}

/* explain shows what would be sent, also before there is a key. */
static enum chela_error find_key(struct chat *c, const struct chat_input *in, struct err *e) {
    enum chela_error rc = credential_find(c->config, c->shape.route.origin, c->shape.model.profile,
                                          &c->credential, e);
    if (rc != CHELA_NO_KEY || !in->no_network) return rc;
    credential_free(&c->credential);
    c->credential = (struct credential){ .source = "none was found" };
    if (e) *e = (struct err)ERR_INIT;
    return CHELA_OK;
}

static const struct model_row *find_row(struct chat *c) {
    return catalog_find(c->catalog, c->shape.model.id);
}

/* The configured level as it is written: against a row that lists every level nothing falls. */
static str configured_level(struct chat *c, const struct chat_input *in) {
    struct model_row all = { .reasoning = true };
    static const char *const names[] = { "minimal", "low", "medium", "high", "xhigh", "max" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        all.efforts[all.effort_count++] = str_c(names[i]);
    struct thinking t = { 0 };
    thinking_from_config(&t, c->config, c->shape.model.key, in->agent, c->shape.model.id, &all);
    return t.level;
}

static enum chela_error decide_thinking(struct chat *c, const struct chat_input *in,
                                        struct err *e) {
    struct shape_ctx *x = &c->shape;
    x->row = find_row(c);
    str wanted = in->thinking.n ? in->thinking : configured_level(c, in);
    if (!in->no_network && thinking_needs_row(wanted, x->model.id, x->row) &&
        catalog_is_stale(c->catalog)) {
        chat_catalogue_fetch(c, NULL);
        struct catalog *fresh = NULL;
        if (catalog_open(&fresh, c->config, NULL) == CHELA_OK) {
            catalog_free(c->catalog);
            c->catalog = fresh;
            x->row = find_row(c);
        }
    }
    if (in->thinking.n && in->thinking_may_fall) {
        thinking_fit(&x->thinking, in->thinking, thinking_flag_source, x->model.id, x->row);
        return CHELA_OK;
    }
    if (in->thinking.n)
        return thinking_from_flag(&x->thinking, in->thinking, x->model.id, x->row, e);
    thinking_from_config(&x->thinking, c->config, x->model.key, in->agent, x->model.id, x->row);
    return CHELA_OK;
}

static enum chela_error make_body(struct chat *c, const struct chat_input *in, struct err *e) {
    if (in->kind == CALL_RAW) return chat_body_complete_raw(c, e);
    str text = { 0 };
    enum chela_error rc = chat_body_build(c, in, &text, e);
    return rc == CHELA_OK ? doc_parse(&c->doc, text, DOC_JSON, NULL, e) : rc;
}

static enum chela_error keep_body(struct chat *c, struct err *e) {
    struct buf text = BUF_INIT(CHAT_MAX_BODY);
    bool good = doc_write(c->doc, &text);
    if (good) c->body = arena_dup(&c->arena, buf_str(&text));
    bool large = text.failed == BUF_TOO_LARGE;
    buf_free(&text);
    if (large)
        return err_set(e, CHELA_LIMIT, "the request is larger than %d bytes", (int)CHAT_MAX_BODY);
    if (!good || arena_failed(&c->arena))
        return err_set(e, CHELA_NOMEM, "out of memory for the request");
    return CHELA_OK;
}

static enum chela_error begin(struct chat *c, const struct chat_input *in, struct err *e) {
    struct shape_ctx *x = &c->shape;
    enum chela_error rc = catalog_open(&c->catalog, c->config, e);
    if (rc == CHELA_OK) rc = find_model(c, in, e);
    if (rc == CHELA_OK) rc = route_chat(&x->route, c->config, &c->arena, e);
    if (rc == CHELA_OK) rc = find_key(c, in, e);
    if (rc != CHELA_OK) return rc;
    config_params(c->config, x->model.key, in->agent, &c->params);
    rc = decide_thinking(c, in, e);
    if (rc == CHELA_OK) rc = make_body(c, in, e);
    if (rc != CHELA_OK) return rc;
    x->body = c->doc;
    headers_set(&c->headers, S("User-Agent"), S("chela/" CHELA_VERSION));
    rc = shape_apply(x, e);
    if (rc != CHELA_OK) return rc;
    c->url = route_url(&x->route, S("chat/completions"), &c->arena);
    return keep_body(c, e);
}

enum chela_error chat_begin(struct chat *c, struct config *config, const struct chat_input *in,
                            struct err *e) {
    struct err own = ERR_INIT;
    *c = (struct chat){ .config = config };
    arena_init(&c->arena, ARENA_MAX);
    c->headers.arena = &c->arena;
    c->record.arena = &c->arena;
    c->shape = (struct shape_ctx){ .kind = in->kind,
                                   .config = config,
                                   .params = &c->params,
                                   .headers = &c->headers,
                                   .record = &c->record,
                                   .arena = &c->arena };
    return begin(c, in, e ? e : &own);
}

void chat_end(struct chat *c) {
    chat_refresh_end(c);
    doc_free(c->doc);
    catalog_free(c->catalog);
    credential_free(&c->credential);
    arena_free(&c->arena);
    *c = (struct chat){ 0 };
}
