/* reasoning_details go back to the model with the next turn, whole and in order (wire ruling 11):
 * signatures cover the text they came with. So an item that came in one piece is kept as its own
 * bytes; of one that came in several (same index, same type) the texts are joined, the last
 * signature wins, and any other member is kept from the first piece that had it. Encrypted and
 * unknown items never come in pieces: two that look alike are two. */
#include "chat/reader.h"

#include "doc/json_write.h"

#include <stdlib.h>
#include <string.h>

enum { DETAIL_MAX = DETAILS_BYTES, MEMBERS_MAX = 64 << 10 };

str detail_text_key(str type) {
    if (str_eq(type, S("reasoning.text"))) return S("text");
    if (str_eq(type, S("reasoning.summary"))) return S("summary");
    return (str){ 0 };
}

static str string_of(struct doc *d, doc_node object, str key) {
    str s = { 0 };
    return doc_string(d, doc_get(d, object, key), &s) ? s : (str){ 0 };
}

static enum chela_error no_room(bool large, struct err *e) {
    if (large)
        return err_set(e, CHELA_LIMIT, "the reasoning of the answer is longer than %d bytes",
                       (int)DETAILS_BYTES);
    return err_set(e, CHELA_NOMEM, "out of memory");
}

/* The item that this piece continues: with an index, the last one of that index; without, only the
 * item just before, until its signature closed it. */
static struct detail *open_item(struct details *x, str type, str id, int64_t index) {
    if (!detail_text_key(type).n) return NULL;
    for (size_t i = x->count; i-- > 0;) {
        struct detail *t = &x->item[i];
        bool same_id = !id.n || !t->id[0] || str_eq(id, str_c(t->id));
        if (t->index == index && str_eq(str_c(t->type), type))
            return same_id && (index >= 0 || !t->signature.n) ? t : NULL;
        if (index < 0) return NULL;
    }
    return NULL;
}

static bool joins_by(const struct detail *t, str key) {
    return str_eq(key, S("type")) || str_eq(key, S("index")) ||
           str_eq(key, detail_text_key(str_c(t->type)));
}

/* Members besides the text: the signature, and those that no earlier piece had. */
static bool keep_members(struct detail *t, struct doc *d, doc_node piece, bool first) {
    for (doc_node m = doc_first(d, piece); m; m = doc_next(d, m)) {
        str key = doc_key(d, m);
        if (doc_type(d, m) == DOC_NULL || joins_by(t, key)) continue;
        if (str_eq(key, S("signature"))) {
            buf_clear(&t->signature);
            if (!buf_add(&t->signature, doc_raw(d, m))) return false;
            continue;
        }
        struct buf quoted = BUF_INIT(MEMBERS_MAX);
        bool good = json_quote(&quoted, key) && buf_addc(&quoted, '\n');
        if (good && !str_has(buf_str(&t->known), buf_str(&quoted))) {
            good = buf_add(&t->known, buf_str(&quoted));
            if (good && !first)
                good = buf_addf(&t->more, "%s%.*s:%.*s", t->more.n ? "," : "",
                                STR_ARG(str_trim(buf_str(&quoted))), STR_ARG(doc_raw(d, m)));
        }
        buf_free(&quoted);
        if (!good) return false;
    }
    return true;
}

static struct detail *new_item(struct details *x, str type, str id, int64_t index) {
    if (x->count == x->cap) {
        size_t cap = x->cap ? x->cap * 2 : 8;
        struct detail *longer = realloc(x->item, cap * sizeof *longer);
        if (!longer) return NULL;
        x->item = longer;
        x->cap = cap;
    }
    struct detail *t = &x->item[x->count++];
    *t = (struct detail){ .raw = BUF_INIT(DETAIL_MAX),
                          .joined = BUF_INIT(DETAIL_MAX),
                          .signature = BUF_INIT(DETAIL_MAX),
                          .known = BUF_INIT(MEMBERS_MAX),
                          .more = BUF_INIT(MEMBERS_MAX),
                          .index = index };
    str_copy(t->type, sizeof t->type, type);
    str_copy(t->id, sizeof t->id, id);
    return t;
}

enum chela_error details_add(struct details *x, struct doc *d, doc_node piece, struct err *e) {
    if (doc_type(d, piece) != DOC_OBJECT) return CHELA_OK;
    str type = string_of(d, piece, S("type")), id = string_of(d, piece, S("id"));
    int64_t index;
    if (!doc_int(d, doc_get(d, piece, S("index")), &index) || index < 0) index = -1;
    str text = string_of(d, piece, detail_text_key(type));
    struct detail *t = open_item(x, type, id, index);
    bool first = !t;
    str raw = doc_raw(d, piece);
    x->bytes += first ? raw.n + text.n : text.n;
    if (x->bytes > DETAILS_BYTES || (first && x->count == DETAILS_MAX)) return no_room(true, e);
    if (first) {
        t = new_item(x, type, id, index);
        if (!t || !buf_add(&t->raw, raw)) return no_room(false, e);
    } else if (!t->id[0]) {
        str_copy(t->id, sizeof t->id, id);
    }
    t->pieces++;
    if (!buf_add(&t->joined, text) || !keep_members(t, d, piece, first))
        return no_room(t->known.failed == BUF_TOO_LARGE || t->more.failed == BUF_TOO_LARGE, e);
    return CHELA_OK;
}

static bool set_members(struct doc *d, str members, struct err *e) {
    struct buf object = BUF_INIT(MEMBERS_MAX + 2);
    buf_addf(&object, "{%.*s}", STR_ARG(members));
    struct doc *more = NULL;
    bool good = doc_parse(&more, buf_str(&object), DOC_JSON, NULL, e) == CHELA_OK;
    for (doc_node m = good ? doc_first(more, doc_root(more)) : 0; m && good; m = doc_next(more, m))
        good = doc_set(d, doc_root(d), doc_key(more, m), doc_raw(more, m), e) != 0;
    doc_free(more);
    buf_free(&object);
    return good;
}

/* The first piece, with what the later ones brought put into it. */
static bool write_joined(const struct detail *t, struct buf *out, struct err *e) {
    struct doc *d = NULL;
    struct buf text = BUF_INIT(6 * (size_t)DETAIL_MAX + 2);
    bool good = doc_parse(&d, buf_str(&t->raw), DOC_JSON, NULL, e) == CHELA_OK &&
                json_quote(&text, buf_str(&t->joined)) &&
                doc_set(d, doc_root(d), detail_text_key(str_c(t->type)), buf_str(&text), e);
    if (good && t->more.n) good = set_members(d, buf_str(&t->more), e);
    if (good && t->signature.n)
        good = doc_set(d, doc_root(d), S("signature"), buf_str(&t->signature), e) != 0;
    good = good && doc_write(d, out);
    buf_free(&text);
    doc_free(d);
    return good;
}

bool detail_write(const struct detail *t, struct buf *out, struct err *e) {
    return t->pieces > 1 ? write_joined(t, out, e) : buf_add(out, buf_str(&t->raw));
}

enum chela_error details_text(const struct details *x, struct arena *a, str *out, struct err *e) {
    *out = (str){ 0 };
    if (!x->count) return CHELA_OK;
    struct buf text = BUF_INIT(8 * (size_t)DETAILS_BYTES);
    buf_addc(&text, '[');
    bool good = true;
    for (size_t i = 0; i < x->count && good; i++) {
        if (i) buf_addc(&text, ',');
        good = detail_write(&x->item[i], &text, e);
    }
    buf_addc(&text, ']');
    if (good && !text.failed) *out = arena_dup(a, buf_str(&text));
    buf_free(&text);
    return out->n ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory for the reasoning");
}

void details_free(struct details *x) {
    for (size_t i = 0; i < x->count; i++) {
        buf_free(&x->item[i].raw);
        buf_free(&x->item[i].joined);
        buf_free(&x->item[i].signature);
        buf_free(&x->item[i].known);
        buf_free(&x->item[i].more);
    }
    free(x->item);
    *x = (struct details){ 0 };
}
