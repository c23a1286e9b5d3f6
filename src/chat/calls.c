/* Tool calls come in pieces, and providers differ in how they say which call a piece belongs to: by
 * index, by id, by neither, or with one index for several calls that differ in their ids. */
#include "chat/reader.h"

#include <stdlib.h>

enum { NAME_MAX_BYTES = 1024, SIGNATURE_MAX = 1 << 20 };

static struct call *last_of_index(struct calls *x, int64_t index) {
    for (size_t i = x->count; i-- > 0;)
        if (x->item[i]->index == index) return x->item[i];
    return NULL;
}

static struct call *of_id(struct calls *x, str id) {
    for (size_t i = x->count; i-- > 0;)
        if (str_eq(buf_str(&x->item[i]->id), id)) return x->item[i];
    return NULL;
}

/* The call that a piece continues; NULL: it starts one. */
static struct call *continued(struct calls *x, int64_t index, str id, str name) {
    if (index >= 0) {
        struct call *c = last_of_index(x, index);
        bool another = c && id.n && name.n && c->id.n && !str_eq(id, buf_str(&c->id));
        return another ? NULL : c;
    }
    if (id.n) return of_id(x, id);
    struct call *last = x->count ? x->item[x->count - 1] : NULL;
    return last && !(name.n && last->name.n) ? last : NULL;
}

static struct call *start(struct calls *x, int64_t index) {
    struct call *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    *c = (struct call){ .id = BUF_INIT(NAME_MAX_BYTES),
                        .name = BUF_INIT(NAME_MAX_BYTES),
                        .arguments = BUF_INIT(CALL_ARGUMENTS_MAX),
                        .signature = BUF_INIT(SIGNATURE_MAX),
                        .index = index };
    x->item[x->count++] = c;
    return c;
}

static str text_of(struct doc *d, doc_node n) {
    str s = { 0 };
    if (doc_string(d, n, &s)) return s;
    enum doc_type type = doc_type(d, n);
    return type == DOC_OBJECT || type == DOC_ARRAY ? doc_raw(d, n) : (str){ 0 };
}

static str string_at(struct doc *d, doc_node object, str key) {
    str s = { 0 };
    return doc_string(d, doc_get(d, object, key), &s) ? s : (str){ 0 };
}

static bool fill(struct buf *b, str s) {
    return b->n || buf_add(b, s);
}

enum chela_error calls_add(struct calls *x, struct doc *d, doc_node piece, struct err *e) {
    if (doc_type(d, piece) != DOC_OBJECT) return CHELA_OK;
    doc_node function = doc_get(d, piece, S("function"));
    if (!function) function = piece; /* the old "function_call": {name, arguments} */
    int64_t index;
    if (!doc_int(d, doc_get(d, piece, S("index")), &index) || index < 0) index = -1;
    str id = string_at(d, piece, S("id")), name = string_at(d, function, S("name"));
    struct call *c = continued(x, index, id, name);
    if (!c) {
        if (x->count == CALLS_MAX)
            return err_set(e, CHELA_LIMIT, "the answer has more than %d tool calls",
                           (int)CALLS_MAX);
        c = start(x, index);
        if (!c) return err_set(e, CHELA_NOMEM, "out of memory");
    }
    doc_node google = doc_get(d, doc_get(d, piece, S("extra_content")), S("google"));
    str signature = string_at(d, google, S("thought_signature"));
    if (!signature.n) signature = string_at(d, function, S("thought_signature"));
    if (!fill(&c->id, id) || !fill(&c->name, name) || !fill(&c->signature, signature))
        return err_set(e, CHELA_LIMIT, "a tool call of the answer has a name that is too long");
    if (!buf_add(&c->arguments, text_of(d, doc_get(d, function, S("arguments")))))
        return err_set(e, CHELA_LIMIT, "the arguments of a tool call (%.*s) are over %d bytes",
                       STR_ARG(buf_str(&c->name)), (int)CALL_ARGUMENTS_MAX);
    return CHELA_OK;
}

struct chat_tool_call *calls_list(const struct calls *x, struct arena *a) {
    struct chat_tool_call *list = arena_alloc(a, (x->count + 1) * sizeof *list);
    for (size_t i = 0; list && i < x->count; i++) {
        const struct call *c = x->item[i];
        bool bare = !str_trim(buf_str(&c->arguments)).n;
        list[i].id = arena_dup(a, buf_str(&c->id));
        list[i].name = arena_dup(a, buf_str(&c->name));
        list[i].arguments = bare ? S("{}") : arena_dup(a, buf_str(&c->arguments));
        list[i].thought_signature = arena_dup(a, buf_str(&c->signature));
    }
    return arena_failed(a) ? NULL : list;
}

void calls_free(struct calls *x) {
    for (size_t i = 0; i < x->count; i++) {
        buf_free(&x->item[i]->id);
        buf_free(&x->item[i]->name);
        buf_free(&x->item[i]->arguments);
        buf_free(&x->item[i]->signature);
        free(x->item[i]);
    }
    x->count = 0;
}
