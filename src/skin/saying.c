#include "skin/saying.h"

#include "skin/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 4096 };

static enum chela_error no_memory(struct err *e) {
    return err_set(e, CHELA_NOMEM, "out of memory");
}

static enum chela_error too_many(struct err *e) {
    return err_set(e, CHELA_LIMIT, "the answer has more than %d parts", SAYING_PARTS);
}

/* ---- life ---- */

static void keep(struct buf *b, size_t max, str text) {
    buf_init(b, max);
    buf_add(b, str_head(text, max));
}

struct saying *saying_new(const struct skin_facts *facts) {
    struct saying *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    keep(&t->id, WORD, (str){ 0 });
    keep(&t->model, WORD, facts->model);
    keep(&t->request_id, WORD, facts->request_id);
    keep(&t->echo, SKIN_ECHO, facts->echo);
    keep(&t->metadata, 1 << 20, facts->metadata);
    buf_init(&t->provider, WORD);
    buf_init(&t->service_tier, WORD);
    buf_init(&t->stop, WORD);
    buf_init(&t->usage, SAYING_USAGE);
    t->now = facts->unix_s;
    if (!t->request_id.failed && !t->echo.failed) return t;
    saying_free(t);
    return NULL;
}

static void part_free(struct part *p) {
    buf_free(&p->text);
    buf_free(&p->seal);
    buf_free(&p->id);
    buf_free(&p->name);
    details_free(&p->details);
    free(p);
}

void saying_free(struct saying *t) {
    if (!t) return;
    buf_free(&t->id);
    buf_free(&t->model);
    buf_free(&t->request_id);
    buf_free(&t->echo);
    buf_free(&t->metadata);
    buf_free(&t->provider);
    buf_free(&t->service_tier);
    buf_free(&t->stop);
    buf_free(&t->usage);
    for (struct part *p = t->first, *next; p; p = next) {
        next = p->next;
        part_free(p);
    }
    free(t);
}

static struct part *new_part(struct saying *t, enum part_kind kind) {
    struct part *p = t->count < SAYING_PARTS ? calloc(1, sizeof *p) : NULL;
    if (!p) return NULL;
    *p = (struct part){ .kind = kind,
                        .place = t->count++,
                        .text = BUF_INIT(SAYING_TEXT),
                        .seal = BUF_INIT(SAYING_TEXT),
                        .id = BUF_INIT(WORD),
                        .name = BUF_INIT(WORD),
                        .index = -1,
                        .before = t->last };
    if (t->last)
        t->last->next = p;
    else
        t->first = p;
    t->last = p;
    return p;
}

/* ---- parts begin, go on and end ---- */

void saying_start(struct saying *t) {
    if (t->started) return;
    t->started = true;
    if (t->writer) t->writer->start(t);
}

static void open_part(struct saying *t, struct part *p) {
    saying_start(t);
    p->open = true;
    t->open = p;
    if (t->writer) t->writer->open(t, p);
}

static void say(struct saying *t, struct part *p, str text) {
    if (text.n && t->writer) t->writer->piece(t, p, text);
}

/* A thought without the text that the client can read: that comes back by itself. */
static bool write_seal(struct part *p) {
    struct buf json = BUF_INIT(SAYING_TEXT);
    struct doc *d = NULL;
    bool good;
    if (p->field[0]) {
        good = buf_addf(&json, "{\"%s\":\"\"}", p->field);
    } else {
        struct buf item = BUF_INIT(SAYING_TEXT);
        good = p->details.count && detail_write(&p->details.item[0], &item, NULL);
        str key = good ? detail_text_key(str_c(p->details.item[0].type)) : (str){ 0 };
        if (good && key.n)
            good = doc_parse(&d, buf_str(&item), DOC_JSON, NULL, NULL) == CHELA_OK &&
                   doc_set(d, doc_root(d), key, S("\"\""), NULL) && doc_write(d, &json);
        else
            good = good && buf_add(&json, buf_str(&item));
        doc_free(d);
        buf_free(&item);
    }
    good = good && seal_write(&p->seal, buf_str(&json));
    buf_free(&json);
    return good;
}

static enum chela_error close_part(struct saying *t, struct part *p, struct err *e) {
    if (p->over) return CHELA_OK;
    if (!p->open) open_part(t, p);
    p->open = false;
    p->over = true;
    t->open = NULL;
    if (p->kind == PART_THOUGHT && !write_seal(p)) return no_memory(e);
    if (t->writer) t->writer->close(t, p);
    details_free(&p->details);
    return CHELA_OK;
}

/* Everything that is open or waits, in order. */
static enum chela_error close_all(struct saying *t, struct err *e) {
    enum chela_error code = t->open ? close_part(t, t->open, e) : CHELA_OK;
    for (struct part *p = t->first; p && code == CHELA_OK; p = p->next) {
        if (p->over) continue;
        open_part(t, p);
        say(t, p, buf_str(&p->text));
        code = close_part(t, p, e);
    }
    return code;
}

/* The part that this text belongs to, opened when it is a new one. */
static struct part *running(struct saying *t, enum part_kind kind, struct err *e) {
    if (t->open && t->open->kind == kind) return t->open;
    if (close_all(t, e) != CHELA_OK) return NULL;
    struct part *p = new_part(t, kind);
    if (!p) {
        too_many(e);
        return NULL;
    }
    return p;
}

static enum chela_error add_text(struct saying *t, enum part_kind kind, str text, struct err *e) {
    if (!text.n) return CHELA_OK;
    struct part *p = running(t, kind, e);
    if (!p) return e->code;
    if (!p->open) open_part(t, p);
    if (t->keeps && !buf_add(&p->text, text)) return no_memory(e);
    say(t, p, text);
    return CHELA_OK;
}

/* ---- reasoning ---- */

static str string_of(struct doc *d, doc_node object, str key) {
    str s = { 0 };
    return doc_string(d, doc_get(d, object, key), &s) ? s : (str){ 0 };
}

/* Whether an item of reasoning_details goes on with the thought that is open. */
static bool continues(const struct saying *t, str type, str id, int64_t index) {
    const struct part *p = t->open;
    if (!p || p->kind != PART_THOUGHT || !p->details.count) return false;
    const struct detail *last = &p->details.item[0];
    bool same_id = !id.n || !last->id[0] || str_eq(id, str_c(last->id));
    return same_id && last->index == index && str_eq(type, str_c(last->type)) &&
           (index >= 0 || !last->signature.n);
}

static enum chela_error add_sealed(struct saying *t, str json, struct err *e) {
    struct part *p = running(t, PART_SEALED, e);
    if (!p) return e->code;
    if (!seal_write(&p->seal, json)) return no_memory(e);
    open_part(t, p);
    return close_part(t, p, e);
}

static enum chela_error add_detail(struct saying *t, struct doc *d, doc_node item, struct err *e) {
    str type = string_of(d, item, S("type")), key = detail_text_key(type);
    int64_t index;
    if (doc_type(d, item) != DOC_OBJECT) return CHELA_OK;
    if (!key.n) return add_sealed(t, doc_raw(d, item), e);
    if (!doc_int(d, doc_get(d, item, S("index")), &index) || index < 0) index = -1;
    str text = string_of(d, item, key);
    struct part *p = t->open;
    if (!continues(t, type, string_of(d, item, S("id")), index)) {
        enum chela_error code = close_all(t, e);
        if (code != CHELA_OK) return code;
        p = running(t, PART_THOUGHT, e);
        if (!p) return e->code;
        p->summary = str_eq(key, S("summary"));
    }
    enum chela_error code = details_add(&p->details, d, item, e);
    if (code != CHELA_OK) return code;
    if (!p->open) open_part(t, p);
    if (t->keeps && !buf_add(&p->text, text)) return no_memory(e);
    say(t, p, text);
    return CHELA_OK;
}

static enum chela_error add_reasoning(struct saying *t, struct doc *d, doc_node m, struct err *e) {
    static const char *const fields[] = { "reasoning", "reasoning_content", "reasoning_text" };
    doc_node list = doc_get(d, m, S("reasoning_details"));
    t->has_details = t->has_details || doc_len(d, list) > 0;
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n)) {
        enum chela_error code = add_detail(t, d, n, e);
        if (code != CHELA_OK) return code;
    }
    for (size_t i = 0; i < 3 && !t->has_details; i++) {
        str text = string_of(d, m, str_c(fields[i]));
        if (!text.n) continue;
        enum chela_error code = add_text(t, PART_THOUGHT, text, e);
        if (code == CHELA_OK) str_copy(t->open->field, sizeof t->open->field, str_c(fields[i]));
        return code;
    }
    return CHELA_OK;
}

/* ---- calls ---- */

static struct part *find_call(const struct saying *t, int64_t index, str id) {
    for (struct part *p = t->last; p; p = p->before) {
        if (p->kind != PART_CALL) continue;
        if (index >= 0 && p->index == index)
            return !id.n || !p->id.n || str_eq(id, buf_str(&p->id)) ? p : NULL;
        if (index < 0) return !id.n || str_eq(id, buf_str(&p->id)) ? p : NULL;
    }
    return NULL;
}

bool call_is_complete(const struct part *p) {
    struct doc *d = NULL;
    bool is = doc_parse(&d, buf_str(&p->text), DOC_JSON, NULL, NULL) == CHELA_OK &&
              doc_type(d, doc_root(d)) == DOC_OBJECT;
    doc_free(d);
    return is;
}

static bool others_wait(const struct saying *t) {
    for (const struct part *p = t->first; p; p = p->next)
        if (!p->open && !p->over) return true;
    return false;
}

/* Gives on what has come of the open call, and of the next one when that is complete. */
static enum chela_error go_on(struct saying *t, struct err *e) {
    for (struct part *p = t->first; p; p = p->next) {
        if (p->over) continue;
        if (!p->open) {
            if (t->open) {
                enum chela_error code = close_part(t, t->open, e);
                if (code != CHELA_OK) return code;
            }
            open_part(t, p);
        }
        if (p->kind != PART_CALL) continue;
        say(t, p, str_skip(buf_str(&p->text), p->given));
        p->given = p->text.n;
        if (!others_wait(t) || !call_is_complete(p)) return CHELA_OK;
        enum chela_error code = close_part(t, p, e);
        if (code != CHELA_OK) return code;
    }
    return CHELA_OK;
}

/* Google's signature of a call stands beside it (extra_content), and has to come back there. */
static enum chela_error seal_call(struct saying *t, struct doc *d, doc_node extra, str id,
                                  struct err *e) {
    struct buf json = BUF_INIT(SAYING_TEXT);
    struct json_writer w = JSON_WRITER(&json);
    if (doc_type(d, extra) != DOC_OBJECT) return CHELA_OK;
    json_object(&w);
    json_kstring(&w, "tool_call", id);
    json_kraw(&w, "extra_content", doc_raw(d, extra));
    json_object_end(&w);
    enum chela_error code = add_sealed(t, buf_str(&json), e);
    buf_free(&json);
    return code;
}

static enum chela_error add_call(struct saying *t, struct doc *d, doc_node piece, struct err *e) {
    doc_node function = doc_get(d, piece, S("function"));
    str id = string_of(d, piece, S("id")), name = string_of(d, function, S("name")), arguments;
    doc_node said = doc_get(d, function, S("arguments"));
    int64_t index;
    if (!doc_int(d, doc_get(d, piece, S("index")), &index) || index < 0) index = -1;
    /* some services give the object itself */
    if (!doc_string(d, said, &arguments))
        arguments = doc_type(d, said) == DOC_OBJECT ? doc_raw(d, said) : (str){ 0 };
    struct part *p = find_call(t, index, id);
    if (p && p->over) {
        if (!arguments.n) return CHELA_OK;
        if (index >= 0 && !id.n)
            return err_set(e, CHELA_PROTOCOL, "a piece of a tool call came after its end");
        p = NULL;
    }
    if (!p) {
        char made[32];
        snprintf(made, sizeof made, "call_%zu", t->count + 1);
        if (!id.n) id = str_c(made);
        enum chela_error code = seal_call(t, d, doc_get(d, piece, S("extra_content")), id, e);
        if (code != CHELA_OK) return code;
        p = new_part(t, PART_CALL);
        if (!p) return too_many(e);
        p->index = index;
        buf_add(&p->id, id);
    }
    if (!p->name.n) buf_add(&p->name, name);
    if (!buf_add(&p->text, arguments) || p->name.failed || p->id.failed) return no_memory(e);
    return go_on(t, e);
}

/* ---- pictures ---- */

static enum chela_error add_image(struct saying *t, struct doc *d, doc_node image, struct err *e) {
    str url = string_of(d, doc_get(d, image, S("image_url")), S("url"));
    if (!url.n) return CHELA_OK;
    enum chela_error code = close_all(t, e);
    struct part *p = code == CHELA_OK ? running(t, PART_IMAGE, e) : NULL;
    if (!p) return e->code;
    if (!buf_add(&p->text, url)) return no_memory(e);
    open_part(t, p);
    return close_part(t, p, e);
}

/* ---- a message, or a piece of one ---- */

static enum chela_error each(struct saying *t, struct doc *d, doc_node list,
                             enum chela_error (*add)(struct saying *, struct doc *, doc_node,
                                                     struct err *),
                             struct err *e) {
    enum chela_error code = CHELA_OK;
    for (doc_node n = doc_first(d, list); n && code == CHELA_OK; n = doc_next(d, n))
        code = add(t, d, n, e);
    return code;
}

static enum chela_error add_content_part(struct saying *t, struct doc *d, doc_node n,
                                         struct err *e) {
    return add_text(t, PART_TEXT, string_of(d, n, S("text")), e);
}

static enum chela_error take_message(struct saying *t, struct doc *d, doc_node m, struct err *e) {
    enum chela_error code = add_reasoning(t, d, m, e);
    doc_node content = doc_get(d, m, S("content"));
    if (code == CHELA_OK && doc_type(d, content) == DOC_ARRAY)
        code = each(t, d, content, add_content_part, e);
    else if (code == CHELA_OK)
        code = add_text(t, PART_TEXT, string_of(d, m, S("content")), e);
    if (code == CHELA_OK) code = add_text(t, PART_REFUSAL, string_of(d, m, S("refusal")), e);
    if (code == CHELA_OK) code = each(t, d, doc_get(d, m, S("images")), add_image, e);
    if (code == CHELA_OK) code = each(t, d, doc_get(d, m, S("tool_calls")), add_call, e);
    return code;
}

static void learn(struct buf *b, str said) {
    if (b->n || !said.n) return;
    buf_add(b, str_head(said, WORD / 2));
}

static void take_head(struct saying *t, struct doc *d, doc_node root) {
    learn(&t->id, string_of(d, root, S("id")));
    str model = string_of(d, root, S("model"));
    if (model.n && !t->started) {
        buf_clear(&t->model);
        learn(&t->model, model);
    }
    learn(&t->provider, string_of(d, root, S("provider")));
    learn(&t->service_tier, string_of(d, root, S("service_tier")));
    if (!t->created) doc_int(d, doc_get(d, root, S("created")), &t->created);
    doc_node usage = doc_get(d, root, S("usage"));
    if (doc_type(d, usage) != DOC_OBJECT) return;
    buf_clear(&t->usage);
    doc_write_json(d, usage, &t->usage); /* on one line: it goes into an event */
}

/* The first choice; neither of the other APIs has more than one. */
static doc_node first_choice(struct doc *d, doc_node root) {
    int64_t index = 0;
    doc_node list = doc_get(d, root, S("choices"));
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n))
        if (!doc_int(d, doc_get(d, n, S("index")), &index) || index == 0) return n;
    return 0;
}

static enum chela_error take(struct saying *t, struct doc *d, struct err *e) {
    doc_node root = doc_root(d), choice = first_choice(d, root);
    doc_node error = doc_get(d, root, S("error"));
    if (!error) error = doc_get(d, choice, S("error"));
    if (doc_type(d, root) != DOC_OBJECT)
        return err_set(e, CHELA_PROTOCOL, "an event of the stream is no object");
    if (doc_type(d, error) == DOC_OBJECT || doc_type(d, error) == DOC_STRING)
        return chat_error_object(d, error, e);
    take_head(t, d, root);
    doc_node m = doc_get(d, choice, S("delta"));
    if (!m) m = doc_get(d, choice, S("message"));
    enum chela_error code = take_message(t, d, m, e);
    if (code != CHELA_OK) return code;
    str finish = string_of(d, choice, S("finish_reason"));
    str stop = string_of(d, choice, S("stop_reason"));
    if (!finish.n) return CHELA_OK;
    if (str_eq(finish, S("error")))
        return err_set(e, CHELA_CUT, "the model's provider broke off its answer");
    str_copy(t->finish, sizeof t->finish, finish);
    str_copy(t->native_finish, sizeof t->native_finish,
             string_of(d, choice, S("native_finish_reason")));
    learn(&t->stop, stop); /* vLLM's */
    return CHELA_OK;
}

enum chela_error saying_take(struct saying *t, str json, struct err *e) {
    struct err none = ERR_INIT;
    struct doc *d = NULL;
    if (!e) e = &none;
    if (doc_parse(&d, json, DOC_JSON, NULL, e) != CHELA_OK)
        return err_set(e, CHELA_PROTOCOL, "an event of the stream is no JSON");
    enum chela_error code = take(t, d, e);
    doc_free(d);
    return code;
}

enum chela_error saying_end(struct saying *t, struct err *e) {
    struct err none = ERR_INIT;
    saying_start(t);
    return close_all(t, e ? e : &none);
}

/* ---- what the writers share ---- */

bool saying_has(const struct saying *t, enum part_kind kind) {
    for (const struct part *p = t->first; p; p = p->next)
        if (p->kind == kind) return true;
    return false;
}

str saying_finish(const struct saying *t) {
    str said = str_c(t->finish);
    if (str_eq(said, S("function_call")) || (str_eq(said, S("stop")) && saying_has(t, PART_CALL)))
        return S("tool_calls");
    return said;
}

void event_begin(struct saying *t, const char *name) {
    buf_addf(t->out, "event: %s\ndata: ", name);
}

void event_end(struct saying *t) {
    t->events++;
    buf_add(t->out, S("\n\n"));
}

int64_t tokens_of(int64_t said) {
    return said > 0 && said < SKIN_TOKENS ? said : 0;
}

struct chat_usage saying_usage(const struct saying *t) {
    struct chat_usage u;
    chat_usage_read(&u, buf_str(&t->usage));
    return u;
}

void json_kraw(struct json_writer *w, const char *key, str json) {
    json_key(w, str_c(key));
    json_raw(w, json);
}

void usage_rest(struct saying *t, struct json_writer *w, const char *without) {
    static const str counts[] = {
        STR_INIT("prompt_tokens"),
        STR_INIT("completion_tokens"),
        STR_INIT("total_tokens"),
        STR_INIT("prompt_tokens_details"),
        STR_INIT("completion_tokens_details"),
        STR_INIT("prompt_cache_hit_tokens"),
        STR_INIT("prompt_cache_miss_tokens"),
        STR_INIT("cache_creation_input_tokens"),
        STR_INIT("cache_read_input_tokens"),
        STR_INIT("input_tokens"),
        STR_INIT("output_tokens"),
        STR_INIT("service_tier"),
    };
    struct doc *d = NULL;
    if (doc_parse(&d, buf_str(&t->usage), DOC_JSON, NULL, NULL) != CHELA_OK) return;
    doc_node root = doc_root(d);
    for (doc_node m = doc_first(d, root); m; m = doc_next(d, m)) {
        bool count = doc_get(d, root, doc_key(d, m)) != m || str_eq(doc_key(d, m), str_c(without));
        for (size_t i = 0; i < sizeof counts / sizeof counts[0] && !count; i++)
            count = str_eq(doc_key(d, m), counts[i]);
        if (count) continue;
        json_key(w, doc_key(d, m));
        json_raw(w, doc_raw(d, m));
    }
    doc_free(d);
}

void saying_id(const struct saying *t, const char *prefix, struct buf *out) {
    str id = t->id.n ? buf_str(&t->id) : buf_str(&t->request_id);
    buf_add(out, str_c(prefix));
    if (str_starts(id, str_c(prefix))) id = str_skip(id, strlen(prefix));
    for (size_t i = 0; i < id.n && i < 128; i++) {
        char c = id.p[i];
        bool good =
            (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '-';
        buf_addc(out, good ? c : '_');
    }
}
