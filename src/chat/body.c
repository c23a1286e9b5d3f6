/* The request before the rules: what everyone's client would send. The rules (shape/) edit this
 * text, they do not build it, so a field has one place where it comes from.
 *
 * A turn of a conversation has its content as a list of parts, also when there is one part: markers
 * are set on parts, and a history that changed its form would miss the prompt cache. */
#include "chat/chat_internal.h"

#include "base/mime.h"
#include "doc/json_write.h"

static const str omitted = STR_INIT("(image omitted: model does not support images)");

/* Not rules of the table (they are no rewriting of what the user wrote), but changes all the same,
 * so explain shows them. */
static const struct shape_rule images = { .name = "images",
                                          .anchor = "docs/internals/chat.md#images" };
static const struct shape_rule tools = { .name = "tools",
                                         .anchor = "docs/internals/chat.md#tools" };
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
    json_data_url(w, mime, f->bytes);
    json_object_end(w);
    json_object_end(w);
    return CHELA_OK;
}

enum chela_error chat_user_message(struct buf *out, str prompt, const struct chat_file *files,
                                   size_t count, struct err *e) {
    struct json_writer w = JSON_WRITER(out);
    enum chela_error rc = CHELA_OK;
    json_object(&w);
    json_kstring(&w, "role", S("user"));
    json_key(&w, S("content"));
    json_array(&w);
    if (prompt.n) write_text_part(&w, prompt);
    for (size_t i = 0; i < count && rc == CHELA_OK; i++) rc = write_picture(&w, &files[i], e);
    json_array_end(&w);
    json_object_end(&w);
    return rc;
}

/* ---- pictures that the model does not take ---- */

/* One line for pictures that stand side by side. Returns how many there were. */
static size_t omit_pictures(struct doc *d) {
    struct buf part = BUF_INIT(256);
    struct json_writer w = JSON_WRITER(&part);
    write_text_part(&w, omitted);
    size_t count = 0;
    bool beside = false;
    doc_node content = doc_get(d, doc_root(d), S("content"));
    for (doc_node n = doc_first(d, content); n; n = doc_next(d, n)) {
        str type = { 0 };
        bool picture =
            doc_string(d, doc_get(d, n, S("type")), &type) && str_eq(type, S("image_url"));
        if (picture && beside)
            doc_remove(d, n);
        else if (picture)
            doc_replace(d, n, buf_str(&part), NULL);
        count += picture;
        beside = picture;
    }
    buf_free(&part);
    return count;
}

static void write_message(struct chat *c, str message, size_t index, struct json_writer *w) {
    const struct model_row *row = c->shape.row;
    struct buf text = BUF_INIT(CHAT_MAX_BODY);
    struct doc *d = NULL;
    size_t count = 0;
    if (row && !row->image_input && str_has(message, S("\"image_url\"")) &&
        doc_parse(&d, message, DOC_JSON, NULL, NULL) == CHELA_OK)
        count = omit_pictures(d);
    if (count && doc_write(d, &text)) {
        message = buf_str(&text);
        shape_record(&c->shape, &images, CHANGE_DROPPED,
                     arena_printf(&c->arena, "body messages[%zu].content", index), omitted,
                     "%zu picture%s left out: %.*s takes no pictures", count, count == 1 ? "" : "s",
                     STR_ARG(c->shape.model.id));
    }
    json_raw(w, message);
    buf_free(&text);
    doc_free(d);
}

/* ---- messages ---- */

static enum chela_error out_of_room(const struct buf *b, struct err *e) {
    if (b->failed == BUF_TOO_LARGE)
        return err_set(e, CHELA_LIMIT, "the request is larger than %d bytes", (int)CHAT_MAX_BODY);
    return err_set(e, CHELA_NOMEM, "out of memory for the request");
}

static enum chela_error write_prompt(struct chat *c, const struct chat_input *in, size_t index,
                                     struct json_writer *w, struct err *e) {
    if (in->kind == CALL_INFER && !in->file_count) {
        json_object(w);
        json_kstring(w, "role", S("user"));
        json_kstring(w, "content", in->prompt);
        json_object_end(w);
        return CHELA_OK;
    }
    struct buf text = BUF_INIT(CHAT_MAX_BODY);
    enum chela_error rc = chat_user_message(&text, in->prompt, in->files, in->file_count, e);
    if (rc == CHELA_OK && text.failed)
        rc = out_of_room(&text, e);
    else if (rc == CHELA_OK)
        write_message(c, buf_str(&text), index, w);
    buf_free(&text);
    return rc;
}

static enum chela_error write_messages(struct chat *c, const struct chat_input *in,
                                       struct json_writer *w, struct err *e) {
    enum chela_error rc = CHELA_OK;
    size_t index = 0;
    json_key(w, S("messages"));
    json_array(w);
    if (in->system.n) {
        json_object(w);
        json_kstring(w, "role", S("system"));
        json_kstring(w, "content", in->system);
        json_object_end(w);
        index++;
    }
    for (size_t i = 0; i < in->history_count; i++) write_message(c, in->history[i], index++, w);
    if (in->prompt.n || in->file_count) rc = write_prompt(c, in, index, w, e);
    json_array_end(w);
    return rc;
}

static void write_tools(struct chat *c, const struct chat_input *in, struct json_writer *w) {
    if (!in->tools.n) return;
    if (c->shape.row && !c->shape.row->tools) {
        shape_record(&c->shape, &tools, CHANGE_WITHHELD, S("body tools"), in->tools,
                     "the catalogue says that %.*s takes no tools", STR_ARG(c->shape.model.id));
        return;
    }
    json_key(w, S("tools"));
    json_raw(w, in->tools);
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
    write_tools(c, in, &w);
    write_stream(&w);
    json_object_end(&w);
    if (rc == CHELA_OK && text.failed) rc = out_of_room(&text, e);
    if (rc == CHELA_OK) *out = arena_dup(&c->arena, buf_str(&text));
    if (rc == CHELA_OK && arena_failed(&c->arena))
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
