/* The request before the rules: what everyone's client would send. The rules (shape/) edit this
 * text, they do not build it, so a field has one place where it comes from.
 *
 * A turn of a conversation has its content as a list of parts, also when there is one part: markers
 * are set on parts, and a history that changed its form would miss the prompt cache. */
#include "chat/chat_internal.h"

#include "base/base64.h"
#include "base/mime.h"
#include "doc/json_write.h"

static const str omitted = STR_INIT("(image omitted: model does not support images)");

/* Not rules of the table (they are no rewriting of what the user wrote), but changes all the same,
 * so explain shows them. */
static const struct shape_rule images = { .name = "images",
                                          .anchor = "docs/internals/chat.md#images" };
static const struct shape_rule raw_bodies = { .name = "raw-bodies",
                                              .anchor = "docs/internals/chat.md#raw-bodies" };

static void write_text_part(struct json_writer *w, str text) {
    json_object(w);
    json_kstring(w, "type", S("text"));
    json_kstring(w, "text", text);
    json_object_end(w);
}

static enum chela_error write_picture(struct json_writer *w, const struct chat_file *f,
                                      struct err *e) {
    str mime = f->mime.n ? f->mime : mime_of_picture(f->bytes);
    if (!mime.n)
        return err_set(e, CHELA_INPUT, "%.*s is no picture that models take: PNG, JPEG, GIF, WebP",
                       STR_ARG(f->name));
    json_object(w);
    json_kstring(w, "type", S("image_url"));
    json_key(w, S("image_url"));
    json_object(w);
    json_key(w, S("url"));
    /* The writer would escape, check and copy what base64 makes anyway: it goes straight in. */
    buf_add(w->out, S("\"data:"));
    buf_add(w->out, mime);
    buf_add(w->out, S(";base64,"));
    base64_encode(w->out, f->bytes);
    buf_addc(w->out, '"');
    w->comma = true;
    json_object_end(w);
    json_object_end(w);
    return CHELA_OK;
}

static enum chela_error write_pictures(struct chat *c, const struct chat_input *in, size_t index,
                                       struct json_writer *w, struct err *e) {
    const struct model_row *row = c->shape.row;
    if (row && !row->image_input) {
        write_text_part(w, omitted); /* one for all: they stood side by side */
        shape_record(&c->shape, &images, CHANGE_DROPPED,
                     arena_printf(&c->arena, "body messages[%zu].content", index), omitted,
                     "%zu picture%s left out: %.*s takes no pictures", in->file_count,
                     in->file_count == 1 ? "" : "s", STR_ARG(c->shape.model.id));
        return CHELA_OK;
    }
    enum chela_error rc = CHELA_OK;
    for (size_t i = 0; i < in->file_count && rc == CHELA_OK; i++)
        rc = write_picture(w, &in->files[i], e);
    return rc;
}

static enum chela_error write_user(struct chat *c, const struct chat_input *in, size_t index,
                                   struct json_writer *w, struct err *e) {
    enum chela_error rc = CHELA_OK;
    json_object(w);
    json_kstring(w, "role", S("user"));
    json_key(w, S("content"));
    if (in->kind == CALL_INFER && !in->file_count) {
        json_string(w, in->prompt);
    } else {
        json_array(w);
        if (in->prompt.n) write_text_part(w, in->prompt);
        if (in->file_count) rc = write_pictures(c, in, index, w, e);
        json_array_end(w);
    }
    json_object_end(w);
    return rc;
}

static enum chela_error write_messages(struct chat *c, const struct chat_input *in,
                                       struct json_writer *w, struct err *e) {
    enum chela_error rc = CHELA_OK;
    json_key(w, S("messages"));
    json_array(w);
    if (in->system.n) {
        json_object(w);
        json_kstring(w, "role", S("system"));
        json_kstring(w, "content", in->system);
        json_object_end(w);
    }
    for (size_t i = 0; i < in->history_count; i++) json_raw(w, in->history[i]);
    /* After a tool's result the model goes on without a new question. */
    if (in->prompt.n || in->file_count)
        rc = write_user(c, in, in->history_count + (in->system.n ? 1 : 0), w, e);
    json_array_end(w);
    return rc;
}

static void write_stream(struct json_writer *w) {
    json_kbool(w, "stream", true);
    json_key(w, S("stream_options"));
    json_object(w);
    json_kbool(w, "include_usage", true);
    json_object_end(w);
}

enum chela_error chat_body_build(struct chat *c, const struct chat_input *in, str *out,
                                 struct err *e) {
    if (!in->prompt.n && !in->file_count && !in->history_count)
        return err_set(e, CHELA_USAGE, "the prompt is empty");
    struct buf text = BUF_INIT(CHAT_MAX_BODY);
    struct json_writer w = JSON_WRITER(&text);
    json_object(&w);
    json_kstring(&w, "model", c->shape.model.id);
    enum chela_error rc = write_messages(c, in, &w, e);
    write_stream(&w);
    json_object_end(&w);
    if (rc == CHELA_OK && text.failed == BUF_TOO_LARGE)
        rc = err_set(e, CHELA_LIMIT, "the request is larger than %d bytes", (int)CHAT_MAX_BODY);
    else if (rc == CHELA_OK)
        *out = arena_dup(&c->arena, buf_str(&text));
    if (rc == CHELA_OK && (text.failed || arena_failed(&c->arena)))
        rc = err_set(e, CHELA_NOMEM, "out of memory for the request");
    buf_free(&text);
    return rc;
}

/* ---- a body that the user brought ---- */

static enum chela_error wrong_place(struct doc *d, doc_node n, struct err *e, const char *what) {
    unsigned line, column;
    doc_place(d, n, &line, &column);
    return err_set(e, CHELA_INPUT, "request body: line %u, column %u: %s, not %s", line, column,
                   what, doc_type_name(doc_type(d, n)));
}

enum chela_error chat_body_parse_raw(struct chat *c, str raw, str *model, struct err *e) {
    raw = arena_dup(&c->arena, raw); /* the document borrows it for as long as c lives */
    if (arena_failed(&c->arena)) return err_set(e, CHELA_LIMIT, "the request body is too large");
    enum chela_error rc = doc_parse(&c->doc, raw, DOC_JSON, NULL, e);
    if (rc != CHELA_OK) return err_prefix(e, rc, "request body: ");
    struct doc *d = c->doc;
    doc_node root = doc_root(d);
    if (doc_type(d, root) != DOC_OBJECT) return wrong_place(d, root, e, "expected an object");
    doc_node messages = doc_get(d, root, S("messages"));
    if (!messages) {
        unsigned line, column;
        doc_place(d, root, &line, &column);
        err_set(e, CHELA_INPUT, "request body: line %u, column %u: this object has no \"messages\"",
                line, column);
        return err_hint(e, CHELA_INPUT, "a chat-completions body has {\"messages\": [...]}");
    }
    if (doc_type(d, messages) != DOC_ARRAY)
        return wrong_place(d, messages, e, "\"messages\" must be an array");
    doc_node named = doc_get(d, root, S("model"));
    *model = (str){ 0 };
    if (named && doc_type(d, named) != DOC_NULL && !doc_string(d, named, model))
        return wrong_place(d, named, e, "\"model\" must be a string");
    return CHELA_OK;
}

static enum chela_error set_member(struct chat *c, str key, str value, const char *reason,
                                   struct err *e) {
    bool there = doc_get(c->doc, doc_root(c->doc), key) != 0;
    if (!doc_set(c->doc, doc_root(c->doc), key, value, e)) return e ? e->code : CHELA_NOMEM;
    shape_record(&c->shape, &raw_bodies, there ? CHANGE_CHANGED : CHANGE_ADDED,
                 arena_printf(&c->arena, "body %.*s", STR_ARG(key)), value, "%s", reason);
    return CHELA_OK;
}

enum chela_error chat_body_complete_raw(struct chat *c, struct err *e) {
    struct doc *d = c->doc;
    doc_node root = doc_root(d);
    str id = c->shape.model.id, said = { 0 };
    enum chela_error rc = CHELA_OK;
    if (!doc_string(d, doc_get(d, root, S("model")), &said) || !str_eq(said, id)) {
        struct buf quoted = BUF_INIT(4096);
        json_quote(&quoted, id);
        rc = quoted.failed ? err_set(e, CHELA_LIMIT, "the model's id is too long")
                           : set_member(c, S("model"), buf_str(&quoted),
                                        "the model's id, as it is called on the wire", e);
        buf_free(&quoted);
    }
    bool streams = true;
    doc_node stream = doc_get(d, root, S("stream"));
    if (rc == CHELA_OK && (!stream || doc_type(d, stream) == DOC_NULL))
        rc = set_member(c, S("stream"), S("true"), "the body does not say; chela streams", e);
    else
        doc_bool(d, stream, &streams);
    if (rc == CHELA_OK && streams && !doc_get(d, root, S("stream_options")))
        rc = set_member(c, S("stream_options"), S("{\"include_usage\":true}"),
                        "so that the stream ends with what was used", e);
    return rc;
}
