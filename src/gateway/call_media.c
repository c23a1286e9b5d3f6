#include "gateway/call_media.h"

#include "doc/json_write.h"
#include "server/multipart.h"

#include <string.h>

const struct call_media media_speech = { .once = true };
const struct call_media media_transcription = { .form = true };
const struct call_media media_vectors = { 0 };

/* ---- the request ---- */

static enum chela_error read_form(struct call *c, str type, struct err *e) {
    struct multipart m;
    struct part part;
    bool found;
    str body = exchange_request(c->x)->body, file = { 0 };
    enum chela_error code = multipart_open(&m, type, body, e);
    while (code == CHELA_OK) {
        code = multipart_next(&m, &part, &found, e);
        if (code != CHELA_OK || !found) break;
        bool model = str_eq(part.name, S("model"));
        if (model && c->media->form.p)
            return err_set(e, CHELA_INPUT, "model: the form has this field twice");
        if (model) c->media->form = str_trim(part.data);
        if (part.is_file && part.data.n > file.n) file = part.data;
    }
    if (code != CHELA_OK) return code;
    if (!file.n) return err_set(e, CHELA_INPUT, "the form has no file");
    if (file.n > MEDIA_FORM_FILE) return err_set(e, CHELA_LIMIT, "file: larger than 25 MB");
    if (!c->media->form.n) return err_set(e, CHELA_INPUT, "model: a form needs this field");
    struct buf json = BUF_INIT(4096);
    buf_add(&json, S("{\"model\":"));
    json_quote(&json, c->media->form);
    buf_addc(&json, '}');
    c->json = arena_dup(c->arena, buf_str(&json));
    if (json.failed) code = err_set(e, CHELA_INPUT, "model: the name is too long");
    buf_free(&json);
    return code;
}

enum chela_error call_media_read(struct call *c, struct err *e) {
    str type = exchange_header(c->x, S("content-type"));
    c->media = arena_alloc(c->arena, sizeof *c->media);
    if (!c->media) return err_set(e, CHELA_NOMEM, "out of memory");
    if (!str_istarts(type, S("multipart/"))) return CHELA_OK;
    if (!c->api->media->form) return err_set(e, CHELA_INPUT, "a JSON object is expected, no form");
    return read_form(c, type, e);
}

/* There is a default for conversations; which picture or voice somebody meant can't be guessed. */
enum chela_error call_media_check(struct call *c, struct err *e) {
    doc_node root = doc_root(c->doc);
    if (doc_get(c->doc, root, S("model")) || doc_get(c->doc, root, S("models"))) return CHELA_OK;
    return err_set(e, CHELA_INPUT, "model: this field is needed");
}

str call_media_path(const struct call *c) {
    const struct call_media *m = c->api->media;
    str path = c->endpoint->upstream->is_openrouter ? m->at_openrouter : m->elsewhere;
    return path.n ? path : c->api->path;
}

enum chela_error call_media_form(struct call *c, struct err *e) {
    str body = exchange_request(c->x)->body, said = c->media->form, id = c->endpoint->id;
    buf_free(&c->sent);
    if (c->endpoint->upstream->is_openrouter && c->api->media->as_json) {
        enum chela_error code = c->api->media->as_json(c, &c->sent, e);
        if (code == CHELA_OK && c->sent.failed)
            code = err_set(e, CHELA_LIMIT, "the form is too large");
        COUNT(&c->g->counters, bodies_edited);
        c->body[0] = buf_str(&c->sent);
        c->body_parts = 1;
        return code;
    }
    size_t before = (size_t)(said.p - body.p);
    if (str_eq(said, id)) {
        c->body[0] = body;
        c->body_parts = 1;
        COUNT(&c->g->counters, bodies_unchanged);
    } else {
        c->body[0] = str_head(body, before);
        c->body[1] = id;
        c->body[2] = str_skip(body, before + said.n);
        c->body_parts = 3;
        COUNT(&c->g->counters, bodies_edited);
    }
    c->type = exchange_header(c->x, S("content-type"));
    return CHELA_OK;
}

size_t call_media_headers(const struct call *c, struct server_header *out, size_t n, size_t most) {
    static const str names[] = { STR_INIT("range"), STR_INIT("if-range"), STR_INIT("accept") };
    const struct server_request *r = exchange_request(c->x);
    for (size_t i = 0; i < r->header_count && n < most; i++)
        for (size_t k = 0; k < sizeof names / sizeof names[0] && n < most; k++)
            if (str_ieq(r->headers[i].name, names[k])) out[n++] = r->headers[i];
    return n;
}

bool call_media_may_repeat(const struct call *c, int status) {
    return !c->api->media->once || !c->fetch.sent || status;
}

/* ---- the answer ---- */

enum media_turn call_media_turn(struct call *c, const struct http1_response *r) {
    struct err e = ERR_INIT;
    enum media_turn way = c->api->media->turn ? c->api->media->turn(c, r) : MEDIA_STAYS;
    if (way != MEDIA_FOLLOWS) return way;
    fetch_cancel(&c->fetch);
    call_answer_reset(c);
    enum chela_error code = call_send(c, &e);
    if (code != CHELA_OK) call_attempt_failed(c, code, 0, &e);
    return way;
}

void call_media_head(struct call *c, const struct http1_response *r) {
    str type = http1_response_header(r, S("content-type"));
    str encoding = http1_response_header(r, S("content-encoding"));
    c->media->through = !str_istarts(type, S("application/json")) ||
                        (encoding.n && !str_ieq(encoding, S("identity")));
    c->media->events = str_istarts(type, S("text/event-stream"));
    c->media->scan = (struct usage_scan){ 0 };
}

bool call_media_passes(str header) {
    static const str names[] = { STR_INIT("content-range"), STR_INIT("accept-ranges"),
                                 STR_INIT("content-disposition"), STR_INIT("etag"),
                                 STR_INIT("last-modified") };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_ieq(header, names[i])) return true;
    return false;
}

/* image_generation.completed, speech.audio.done, transcript.text.done, an error: without one of
 * them a stream of pictures or sound has broken off, whatever its framing says. */
static bool says_end(str bytes) {
    static const str marks[] = { STR_INIT("[DONE]"), STR_INIT(".completed\""), STR_INIT(".done\""),
                                 STR_INIT("\"error\"") };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (str_has(bytes, marks[i])) return true;
    return false;
}

static void look_for_end(struct media_part *m, str bytes) {
    char seam[2 * sizeof m->tail];
    size_t n = bytes.n < sizeof m->tail ? bytes.n : sizeof m->tail;
    memcpy(seam, m->tail, sizeof m->tail);
    memcpy(seam + sizeof m->tail, bytes.p, n);
    m->ended = m->ended || says_end((str){ seam, sizeof m->tail + n }) || says_end(bytes);
    memmove(m->tail, seam + n, sizeof m->tail); /* of a short piece: behind what was there */
    if (bytes.n >= sizeof m->tail)
        memcpy(m->tail, bytes.p + bytes.n - sizeof m->tail, sizeof m->tail);
}

void call_media_given(struct call *c, str bytes) {
    if (c->media->events)
        look_for_end(c->media, bytes);
    else if (!c->media->through)
        usage_scan(&c->media->scan, bytes, &c->relay.usage);
}

static enum chela_error edit_answer(struct call *c, struct doc *d, struct err *e) {
    struct buf edited = BUF_INIT(2 * CALL_WHOLE);
    enum chela_error code = c->api->media->edit(c, d, e);
    if (code == CHELA_OK && doc_edited(d) && !doc_write(d, &edited))
        code = err_set(e, CHELA_LIMIT, "the answer is too large after it was edited");
    if (code == CHELA_OK && doc_edited(d)) {
        buf_free(&c->held); /* d borrowed it, and is not read any more */
        c->held = edited;
    } else {
        buf_free(&edited);
    }
    return code;
}

enum chela_error call_media_whole(struct call *c, struct err *e) {
    const char *who = c->endpoint->upstream->id.p;
    struct doc *d = NULL;
    if (c->status >= 300) return CHELA_OK; /* the client is sent elsewhere */
    if (!c->held.n) return err_set(e, CHELA_EMPTY, "%s answered with nothing", who);
    if (c->media->through) return CHELA_OK;
    enum chela_error code = doc_parse(&d, buf_str(&c->held), DOC_JSON, NULL, e);
    if (code != CHELA_OK) return err_set(e, CHELA_PROTOCOL, "the answer of %s is no JSON", who);
    if (!c->api->media->has_state) code = call_error_in(c, d, e);
    doc_node usage = doc_get(d, doc_root(d), S("usage"));
    if (code == CHELA_OK && doc_type(d, usage) == DOC_OBJECT)
        buf_add(&c->relay.usage, doc_raw(d, usage));
    if (code == CHELA_OK && c->api->media->edit) code = edit_answer(c, d, e);
    doc_free(d);
    return code;
}

bool call_media_complete(const struct call *c) {
    const struct media_part *m = c->media;
    return m->events ? m->ended : m->through || m->scan.whole;
}
