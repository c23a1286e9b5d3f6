#include "skin/request.h"

#include "chat/details.h"
#include "skin/saying.h"
#include "skin/seal.h"

#include <stdarg.h>
#include <stdio.h>

enum chela_error refuse(struct request *r, doc_node where, const char *fmt, ...) {
    struct buf path = BUF_INIT(4096);
    char text[600];
    va_list list;
    va_start(list, fmt);
    vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    doc_path_of(r->d, where, &path);
    err_set(r->e, CHELA_INPUT, "%.*s: %s", STR_ARG(str_head(buf_str(&path), 300)), text);
    buf_free(&path);
    return CHELA_INPUT;
}

enum chela_error no_memory(struct request *r) {
    return err_set(r->e, CHELA_NOMEM, "out of memory");
}

str type_of(struct request *r, doc_node n) {
    return member_text(r, n, "type");
}

bool is_type(struct request *r, doc_node n, const char *type) {
    return str_eq(type_of(r, n), str_c(type));
}

doc_node member(struct request *r, doc_node object, const char *key) {
    doc_node n = doc_get(r->d, object, str_c(key));
    return doc_type(r->d, n) == DOC_NULL ? 0 : n;
}

str member_text(struct request *r, doc_node object, const char *key) {
    str text = { 0 };
    return doc_string(r->d, doc_get(r->d, object, str_c(key)), &text) ? text : (str){ 0 };
}

void write_raw(struct request *r, const char *key, str json) {
    json_key(&r->w, str_c(key));
    json_raw(&r->w, json);
}

void copy_as(struct request *r, doc_node object, const char *key, const char *name) {
    doc_node n = member(r, object, key);
    if (n) write_raw(r, name, doc_raw(r->d, n));
}

/* ---- members of the body ---- */

static const struct field *row_of(const struct field *rows, size_t count, str name) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].name, name)) return &rows[i];
    return NULL;
}

static enum chela_error copy_fields(struct request *r, const struct field *rows, size_t count) {
    doc_node root = doc_root(r->d);
    for (doc_node m = doc_first(r->d, root); m; m = doc_next(r->d, m)) {
        str key = doc_key(r->d, m);
        bool flag = true;
        if (doc_get(r->d, root, key) != m) continue; /* of twins the last counts */
        const struct field *row = row_of(rows, count, key);
        if (!row || (row->rule == FIELD_OPENROUTER && r->to->openrouter)) {
            json_key(&r->w, key);
            json_raw(&r->w, doc_raw(r->d, m));
            continue;
        }
        if (row->rule == FIELD_REFUSE_TRUE) doc_bool(r->d, m, &flag);
        bool refused = row->rule == FIELD_REFUSE || (row->rule == FIELD_REFUSE_TRUE && flag);
        if (refused && doc_type(r->d, m) != DOC_NULL) return refuse(r, m, "%s", row->why);
    }
    return CHELA_OK;
}

enum chela_error request_write(struct request *r, const struct field *rows, size_t count,
                               enum chela_error (*const *steps)(struct request *), size_t n) {
    json_object(&r->w);
    enum chela_error code = copy_fields(r, rows, count);
    for (size_t i = 0; i < n && code == CHELA_OK; i++) code = steps[i](r);
    json_object_end(&r->w);
    if (code == CHELA_OK && r->w.out->failed)
        code = err_set(r->e, CHELA_LIMIT, "the request is too large to be translated");
    return code;
}

/* ---- parts of a content ---- */

void begin_part(struct request *r, const char *type) {
    json_object(&r->w);
    json_kstring(&r->w, "type", str_c(type));
}

bool has_marker(struct request *r, doc_node block) {
    return r->to->openrouter && member(r, block, "cache_control");
}

void text_part(struct request *r, str text, doc_node block) {
    begin_part(r, "text");
    json_kstring(&r->w, "text", text);
    if (has_marker(r, block)) copy_as(r, block, "cache_control", "cache_control");
    json_object_end(&r->w);
}

void image_part(struct request *r, str url, str detail) {
    begin_part(r, "image_url");
    json_key(&r->w, S("image_url"));
    json_object(&r->w);
    json_kstring(&r->w, "url", url);
    if (detail.n) json_kstring(&r->w, "detail", detail);
    json_object_end(&r->w);
    json_object_end(&r->w);
}

void file_part(struct request *r, str filename, str data) {
    begin_part(r, "file");
    json_key(&r->w, S("file"));
    json_object(&r->w);
    json_kstring(&r->w, "filename", filename);
    json_kstring(&r->w, "file_data", data);
    json_object_end(&r->w);
    json_object_end(&r->w);
}

void named_function(struct request *r, doc_node choice) {
    json_object(&r->w);
    json_kstring(&r->w, "type", S("function"));
    json_key(&r->w, S("function"));
    json_object(&r->w);
    copy_as(r, choice, "name", "name");
    json_object_end(&r->w);
    json_object_end(&r->w);
}

/* ---- reasoning that comes back ---- */

void thoughts_reset(struct thoughts *t) {
    buf_free(&t->details);
    buf_free(&t->text);
    buf_free(&t->beside);
    t->count = 0;
    t->field[0] = 0;
}

bool thoughts_any(const struct thoughts *t) {
    return t->count || t->text.n;
}

static bool next_item(struct thoughts *t) {
    return !t->count++ || buf_addc(&t->details, ',');
}

static bool add_field(struct thoughts *t, str field, str text) {
    str_copy(t->field, sizeof t->field, field);
    return buf_add(&t->text, text);
}

/* The item whole again: its text was with the client. */
static bool add_sealed(struct thoughts *t, str json, str text) {
    struct doc *d = NULL;
    str type, key;
    if (doc_parse(&d, json, DOC_JSON, NULL, NULL) != CHELA_OK) return true; /* not ours after all */
    doc_node root = doc_root(d);
    bool good = true;
    if (doc_get(d, root, S("tool_call"))) {
        good = (!t->beside.n || buf_addc(&t->beside, ',')) && doc_write_json(d, root, &t->beside);
    } else if (!doc_string(d, doc_get(d, root, S("type")), &type)) {
        doc_node field = doc_first(d, root);
        str name = doc_key(d, field);
        bool known = str_eq(name, S("reasoning")) || str_eq(name, S("reasoning_content")) ||
                     str_eq(name, S("reasoning_text"));
        if (known) good = add_field(t, name, text);
    } else {
        struct buf quoted = BUF_INIT(SEAL_MAX);
        key = detail_text_key(type);
        if (key.n && doc_get(d, root, key))
            good = json_quote(&quoted, text) && doc_set(d, root, key, buf_str(&quoted), NULL);
        good = good && next_item(t) && doc_write(d, &t->details);
        buf_free(&quoted);
    }
    doc_free(d);
    return good;
}

static bool add_plain(struct thoughts *t, str text, str seal, enum plain_kind kind, str id) {
    struct json_writer w = JSON_WRITER(&t->details);
    if (kind == PLAIN_ENCRYPTED && text.n) {
        next_item(t);
        json_object(&w);
        json_kstring(&w, "type", S("reasoning.summary"));
        json_kstring(&w, "summary", text);
        if (id.n) json_kstring(&w, "id", id);
        json_kstring(&w, "format", S("openai-responses-v1"));
        json_kint(&w, "index", (int64_t)t->count - 1);
        json_object_end(&w);
        w.comma = false;
    }
    next_item(t);
    json_object(&w);
    json_kstring(&w, "type",
                 kind == PLAIN_SIGNATURE ? S("reasoning.text") : S("reasoning.encrypted"));
    if (kind == PLAIN_SIGNATURE) json_kstring(&w, "text", text);
    json_kstring(&w, kind == PLAIN_SIGNATURE ? "signature" : "data", seal);
    if (id.n) json_kstring(&w, "id", id);
    json_kstring(&w, "format",
                 kind == PLAIN_ENCRYPTED ? S("openai-responses-v1") : S("anthropic-claude-v1"));
    json_kint(&w, "index", (int64_t)t->count - 1);
    json_object_end(&w);
    return !t->details.failed;
}

bool thoughts_add(struct thoughts *t, str text, str seal, enum plain_kind plain, str id) {
    struct buf json = BUF_INIT(SEAL_MAX);
    bool good;
    if (seal_read(seal, &json))
        good = add_sealed(t, buf_str(&json), text);
    else if (seal.n)
        good = add_plain(t, text, seal, plain, id);
    else
        good = !text.n || add_field(t, S("reasoning"), text);
    buf_free(&json);
    return good;
}

void thoughts_beside(const struct thoughts *t, str call, struct json_writer *w) {
    struct buf list = BUF_INIT(SKIN_BODY);
    struct doc *d = NULL;
    str id;
    if (!t->beside.n) return;
    buf_addc(&list, '[');
    buf_add(&list, buf_str(&t->beside));
    buf_addc(&list, ']');
    if (doc_parse(&d, buf_str(&list), DOC_JSON, NULL, NULL) == CHELA_OK)
        for (doc_node n = doc_first(d, doc_root(d)); n; n = doc_next(d, n)) {
            doc_node extra = doc_get(d, n, S("extra_content"));
            if (!extra || !doc_string(d, doc_get(d, n, S("tool_call")), &id) || !str_eq(id, call))
                continue;
            json_key(w, S("extra_content"));
            json_raw(w, doc_raw(d, extra));
            break;
        }
    doc_free(d);
    buf_free(&list);
}

void thoughts_write(const struct thoughts *t, struct json_writer *w) {
    if (t->count) {
        json_key(w, S("reasoning_details"));
        json_array(w);
        json_raw(w, buf_str(&t->details));
        json_array_end(w);
    } else if (t->text.n) {
        json_kstring(w, t->field, buf_str(&t->text));
    }
}

/* ---- for a service that speaks the client's API ---- */

enum chela_error unseal_member(struct doc *d, doc_node holder, const char *key, const char *own,
                               bool (*fits)(struct doc *item), struct err *e) {
    struct buf json = BUF_INIT(SEAL_MAX), quoted = BUF_INIT(SEAL_MAX);
    struct doc *item = NULL;
    doc_node at = doc_get(d, holder, str_c(key));
    str seal, said = { 0 };
    enum chela_error code = CHELA_OK;
    if (doc_string(d, at, &seal) && seal_read(seal, &json)) {
        if (doc_parse(&item, buf_str(&json), DOC_JSON, NULL, NULL) == CHELA_OK &&
            (!fits || fits(item)))
            doc_string(item, doc_get(item, doc_root(item), str_c(own)), &said);
        if (!said.n)
            doc_remove(d, holder);
        else if (!json_quote(&quoted, said) || !doc_replace(d, at, buf_str(&quoted), e))
            code = err_set(e, CHELA_NOMEM, "out of memory");
        doc_free(item);
    }
    buf_free(&json);
    buf_free(&quoted);
    return code;
}
