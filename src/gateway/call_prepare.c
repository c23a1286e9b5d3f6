/* The request as an endpoint gets it. The body was parsed once, for choosing; the first attempt
 * edits that document, a later one starts from the client's bytes again. What no edit touched goes
 * on as it came. */
#include "doc/json_write.h"
#include "gateway/call_media.h"

static enum chela_error fresh_document(struct call *c, struct err *e) {
    if (call_is_worn(c)) return call_wear(c, e);
    if (c->doc && !doc_edited(c->doc)) return CHELA_OK;
    doc_free(c->doc);
    c->doc = NULL;
    return doc_parse(&c->doc, c->json, DOC_JSON, NULL, e);
}

static str path_of(const struct call *c) {
    return call_is_worn(c) ? S("/chat/completions") : c->api->path;
}

/* What the rules concern: the whole body of a chat; what is the same in every API of OpenRouter's;
 * the headers alone. */
static enum chela_error shape_body(const struct call *c, struct shape_ctx *x, struct err *e) {
    if (str_eq(path_of(c), S("/chat/completions"))) return shape_apply(x, e);
    return c->api->skin ? shape_apply_native(x, e) : shape_apply_headers(x, e);
}

/* Upstreams differ in which of two they read: all have to read the one that was allowed. */
static bool is_twice(struct doc *d, str key) {
    size_t count = 0;
    for (doc_node n = doc_first(d, doc_root(d)); n; n = doc_next(d, n))
        count += str_eq(doc_key(d, n), key);
    return count > 1;
}

static enum chela_error set_model(struct call *c, struct err *e) {
    doc_node root = doc_root(c->doc);
    str said, id = c->endpoint->id;
    if (doc_string(c->doc, doc_get(c->doc, root, S("model")), &said) && str_eq(said, id) &&
        !is_twice(c->doc, S("model")))
        return CHELA_OK;
    struct buf quoted = BUF_INIT(4096);
    json_quote(&quoted, id);
    bool set = !quoted.failed && doc_set(c->doc, root, S("model"), buf_str(&quoted), e);
    buf_free(&quoted);
    return set ? CHELA_OK : err_set(e, CHELA_LIMIT, "the model's id is too long");
}

/* `models` was walked here; `provider` was answered here, unless it is OpenRouter that asks its own
 * providers. OpenRouter always says what was used, others only when they are asked. */
static enum chela_error edit(struct call *c, struct err *e) {
    const struct upstream *u = c->endpoint->upstream;
    doc_node root = doc_root(c->doc);
    enum chela_error code = set_model(c, e);
    if (code != CHELA_OK) return code;
    doc_remove_key(c->doc, root, S("models"));
    if (call_is_native(c)) code = call_bare(c, e);
    if (u->is_openrouter || code != CHELA_OK) return code;
    doc_remove_key(c->doc, root, S("provider"));
    if (c->api->choices && c->stream && !call_is_native(c) &&
        !doc_get(c->doc, root, S("stream_options")) &&
        !doc_set(c->doc, root, S("stream_options"), S("{\"include_usage\":true}"), e))
        return e ? e->code : CHELA_NOMEM;
    return CHELA_OK;
}

/* For X-Chela-Explain: what the rules did, in one line. */
static void tell_changes(struct call *c, const struct record *r) {
    static const char *const kinds[] = { "added", "changed", "dropped", "withheld" };
    struct buf json = BUF_INIT(8 << 10);
    struct json_writer w = JSON_WRITER(&json);
    json_array(&w);
    for (const struct change *change = r->first; change && json.n < 7000; change = change->next) {
        json_object(&w);
        json_kstring(&w, "rule", str_c(change->rule));
        json_kstring(&w, "kind", str_c(kinds[change->kind]));
        json_kstring(&w, "where", change->where);
        json_object_end(&w);
    }
    json_array_end(&w);
    c->explained = arena_dup(c->arena, buf_str(&json));
    buf_free(&json);
}

static enum chela_error shape(struct call *c, struct header_list *headers, struct arena *scratch,
                              struct err *e) {
    const struct endpoint *p = c->endpoint;
    struct record record = { .arena = scratch, .unread = !c->explain };
    const struct config_params none = { .doc = config_doc(c->s->config) };
    struct shape_ctx x = { .kind = CALL_RAW,
                           .params = &none,
                           .route = p->upstream->route,
                           .model = { .provider = p->upstream->id, .id = p->id, .key = p->id },
                           .body = c->doc,
                           .headers = headers,
                           .record = &record,
                           .arena = scratch };
    if (p->known) { /* the rules' configuration is OpenRouter's */
        x.config = c->s->config;
        x.params = &p->known->params;
        x.model = p->known->ref;
        x.row = p->known->row;
        x.thinking = p->known->thinking;
    }
    enum chela_error code = shape_body(c, &x, e);
    if (code == CHELA_OK && c->explain) tell_changes(c, &record);
    return code;
}

/* Headers of the client that mean something to an upstream. Its key never does. */
static bool travels(const struct call *c, const struct server_header *h) {
    static const str everywhere[] = {
        STR_INIT("traceparent"), STR_INIT("tracestate"),      STR_INIT("x-session-id"),
        STR_INIT("openai-beta"), STR_INIT("idempotency-key"),
    };
    static const str to_openrouter[] = {
        STR_INIT("x-anthropic-beta"),
        STR_INIT("x-openrouter-metadata"),
        STR_INIT("x-openrouter-experimental-metadata"),
    };
    str name = h->name;
    char first = ascii_lower(name.p[0]);
    if (first == 'a')
        return call_is_native(c) && call_wire(c) == WIRE_MESSAGES &&
               (str_ieq(name, S("anthropic-beta")) || str_ieq(name, S("anthropic-version")));
    if (first != 't' && first != 'x' && first != 'o' && first != 'i') return false;
    for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++)
        if (str_ieq(name, everywhere[i])) return true;
    for (size_t i = 0; i < sizeof to_openrouter / sizeof to_openrouter[0]; i++)
        if (str_ieq(name, to_openrouter[i])) return c->endpoint->upstream->is_openrouter;
    return str_ieq(name, S("x-openrouter-cache")) && str_ieq(str_trim(h->value), S("false")) &&
           c->endpoint->upstream->is_openrouter;
}

static size_t gather(const struct call *c, const struct header_list *shaped,
                     struct server_header *out, size_t most) {
    const struct server_request *r = exchange_request(c->x);
    const struct upstream *u = c->endpoint->upstream;
    size_t n = 0;
    bool typed = false, cache_said = exchange_header(c->x, S("x-openrouter-cache")).n > 0;
    for (size_t i = 0; i < shaped->count && n < most; i++) {
        str name = shaped->item[i].name;
        if (str_ieq(name, S("authorization"))) continue; /* the key makes it */
        if (cache_said && str_istarts(name, S("x-openrouter-cache"))) continue; /* answer_cache.h */
        typed = typed || str_ieq(name, S("content-type"));
        out[n++] = (struct server_header){ name, shaped->item[i].value };
    }
    if (!typed && n < most && c->json.n)
        out[n++] = (struct server_header){ S("Content-Type"),
                                           c->type.n ? c->type : S("application/json") };
    for (size_t i = 0; i < u->header_count && n < most; i++) out[n++] = u->headers[i];
    for (size_t i = 0; i < r->header_count && n < most; i++)
        if (r->headers[i].name.n && travels(c, &r->headers[i])) out[n++] = r->headers[i];
    if (c->media) n = call_media_headers(c, out, n, most);
    if (u->api == WIRE_MESSAGES && !exchange_header(c->x, S("anthropic-version")).n && n < most)
        out[n++] = (struct server_header){ S("Anthropic-Version"), S("2023-06-01") };
    if (n < most) out[n++] = (struct server_header){ S("X-Request-Id"), c->request_id };
    if (n < most) out[n++] = (struct server_header){ S("User-Agent"), S("chela/" CHELA_VERSION) };
    return n;
}

static enum chela_error write_body(struct call *c, struct err *e) {
    buf_free(&c->sent);
    c->type = (str){ 0 };
    if (c->media && c->media->form.p) return call_media_form(c, e);
    c->body_parts = 1;
    if (!doc_edited(c->doc)) {
        c->body[0] = call_is_worn(c) ? buf_str(&c->chat) : c->json;
        COUNT(&c->g->counters, bodies_unchanged);
        return CHELA_OK;
    }
    COUNT(&c->g->counters, bodies_edited);
    if (!doc_write(c->doc, &c->sent))
        return err_set(e, CHELA_LIMIT, "the request is too large after it was edited");
    c->body[0] = buf_str(&c->sent);
    return CHELA_OK;
}

/* Empty: it is too long. */
static str write_target(const struct call *c, char *space, size_t most) {
    const struct upstream *u = c->endpoint->upstream;
    if (c->media && c->media->target.n) return c->media->target;
    str path = c->media ? call_media_path(c) : path_of(c);
    int n = snprintf(space, most, "%.*s%.*s%s%.*s", STR_ARG(u->target), STR_ARG(path),
                     u->route.query.n ? "?" : "", STR_ARG(u->route.query));
    return n < 0 || (size_t)n >= most ? (str){ 0 } : (str){ space, (size_t)n };
}

static enum chela_error start(struct call *c, const struct header_list *shaped, struct err *e) {
    const struct upstream *u = c->endpoint->upstream;
    struct server_header headers[96];
    char space[1024];
    str target = write_target(c, space, sizeof space);
    if (!target.n)
        return err_set(e, CHELA_CONFIG, "the base URL of %.*s is too long", STR_ARG(u->id));
    const struct fetch_request r = {
        .method = c->json.n ? S("POST") : S("GET"),
        .target = target,
        .headers = headers,
        .header_count = gather(c, shaped, headers, sizeof headers / sizeof headers[0]),
        .bearer = secret_is_set(&u->key) ? &u->key : NULL,
        .key_bare = u->key_bare,
        .body = c->body,
        .body_parts = c->body_parts,
        .connect_ms = u->timeouts.connect,
        .total_ms = u->timeouts.total,
    };
    enum chela_error code = fetch_start(&c->fetch, u->origin, &r, &call_fetch, c, e);
    if (code != CHELA_OK) return code;
    if (c->stream)
        fetch_expect(&c->fetch, u->timeouts.first_token, "the first token");
    else
        fetch_expect(&c->fetch, u->timeouts.first_byte, "the answer");
    return CHELA_OK;
}

enum chela_error call_send(struct call *c, struct err *e) {
    struct arena scratch = ARENA_INIT(160u << 20);
    struct header_list headers = { .arena = &scratch };
    enum chela_error code = CHELA_OK;
    if (c->json.n) code = fresh_document(c, e);
    if (code == CHELA_OK && c->json.n) code = edit(c, e);
    if (code == CHELA_OK && c->endpoint->upstream->shape) code = shape(c, &headers, &scratch, e);
    if (code == CHELA_OK && c->json.n) code = write_body(c, e);
    if (code == CHELA_OK) code = start(c, &headers, e);
    doc_free(c->doc); /* a stream may last; what it was made of need not */
    c->doc = NULL;
    arena_free(&scratch);
    return code;
}
