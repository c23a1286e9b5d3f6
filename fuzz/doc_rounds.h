/* Random edits of a document, held against a model that cannot be wrong in the same way: a tree of
 * copies. Used by the two document fuzzers and by tests/unit/test_doc_edit.c.
 *
 * After every edit: what is written parses; it has the model's tree; the edited document reads as
 * the model does; as strict JSON it is that tree too. While all edits only insert, the original
 * text is a subsequence of what is written; while they only remove, the other way round: so no
 * comment, line or spelling that an edit did not touch is lost or invented.
 */
#ifndef CHELA_FUZZ_DOC_ROUNDS_H
#define CHELA_FUZZ_DOC_ROUNDS_H

#include "doc/doc.h"
#include "doc/json_write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* ---- the model ---- */
struct model {
    enum doc_type type;
    char *key; /* members only */
    size_t key_len;
    char *text; /* a string's characters; else what doc_raw says of it in canonical form */
    size_t text_len;
    double number;
    struct model **child;
    size_t count;
    doc_node node; /* in the document under test */
};

static char *model_copy(str s) {
    char *p = malloc(s.n + 1);
    CHECK(p);
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

static void model_free(struct model *m) {
    if (!m) return;
    for (size_t i = 0; i < m->count; i++) model_free(m->child[i]);
    free(m->child);
    free(m->key);
    free(m->text);
    free(m);
}

static void model_set_key(struct model *m, str key) {
    free(m->key);
    m->key = model_copy(key);
    m->key_len = key.n;
}

static void model_add(struct model *m, struct model *child) {
    struct model **grown = realloc(m->child, (m->count + 1) * sizeof(*grown));
    CHECK(grown);
    m->child = grown;
    m->child[m->count++] = child;
}

static struct model *model_of(struct doc *d, doc_node n) {
    struct model *m = calloc(1, sizeof *m);
    CHECK(m);
    m->type = doc_type(d, n);
    m->node = n;
    str s;
    bool b = false;
    switch (m->type) {
    case DOC_STRING:
        CHECK(doc_string(d, n, &s));
        m->text = model_copy(s);
        m->text_len = s.n;
        break;
    case DOC_NUMBER: CHECK(doc_number(d, n, &m->number)); break;
    case DOC_BOOL:
        CHECK(doc_bool(d, n, &b));
        m->number = b;
        break;
    default: break;
    }
    for (doc_node c = doc_first(d, n); c; c = doc_next(d, c)) {
        struct model *child = model_of(d, c);
        if (m->type == DOC_OBJECT) model_set_key(child, doc_key(d, c));
        model_add(m, child);
    }
    return m;
}

static bool model_same(const struct model *a, const struct model *b) {
    if (a->type != b->type || a->count != b->count || !a->key != !b->key) return false;
    if (a->key && !str_eq((str){ a->key, a->key_len }, (str){ b->key, b->key_len })) return false;
    if (!str_eq((str){ a->text, a->text_len }, (str){ b->text, b->text_len })) return false;
    if (memcmp(&a->number, &b->number, sizeof a->number) != 0) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!model_same(a->child[i], b->child[i])) return false;
    return true;
}

/* What doc_write_json keeps: of twins the last, and null for what JSON cannot say. */
static void model_resolve(struct model *m) {
    if (m->type == DOC_NUMBER && !isfinite(m->number)) {
        m->type = DOC_NULL;
        m->number = 0;
    }
    size_t kept = 0;
    for (size_t i = 0; i < m->count; i++) {
        struct model *c = m->child[i];
        bool hidden = false;
        for (size_t j = i + 1; j < m->count && m->type == DOC_OBJECT; j++)
            hidden = hidden || (c->key_len == m->child[j]->key_len &&
                                memcmp(c->key, m->child[j]->key, c->key_len) == 0);
        if (hidden)
            model_free(c);
        else
            m->child[kept++] = c;
    }
    m->count = kept;
    for (size_t i = 0; i < m->count; i++) model_resolve(m->child[i]);
}

/* ---- checks ---- */
static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/* Blanks at the end of a line may go when something is written behind them; nothing else may. */
static void check_subsequence(str part, str whole) {
    size_t i = 0;
    for (size_t j = 0; i < part.n; j++) {
        while (i < part.n && is_blank(part.p[i])) i++;
        while (j < whole.n && i < part.n && whole.p[j] != part.p[i]) j++;
        if (j >= whole.n) break;
        if (i < part.n) i++;
    }
    if (i == part.n) return;
    fprintf(stderr, "from byte %zu on\n%.*s\nis not part of\n%.*s\n", i, STR_ARG(part),
            STR_ARG(whole));
    abort();
}

/* The document reads as the model: types, order, lengths, both directions, keys. */
static void check_reading(struct doc *d, const struct model *m) {
    doc_node n = m->node;
    CHECK(doc_type(d, n) == m->type);
    CHECK(doc_len(d, n) == m->count);
    doc_node c = doc_first(d, n);
    for (size_t i = 0; i < m->count; i++, c = doc_next(d, c)) {
        const struct model *child = m->child[i];
        CHECK(c == child->node);
        CHECK(doc_parent(d, c) == n);
        if (m->type == DOC_ARRAY) {
            CHECK(doc_at(d, n, i) == c);
        } else {
            str key = { child->key, child->key_len };
            CHECK(str_eq(doc_key(d, c), key));
            doc_node found = doc_get(d, n, key), last = 0;
            for (size_t j = 0; j < m->count; j++)
                if (str_eq(key, (str){ m->child[j]->key, m->child[j]->key_len }))
                    last = m->child[j]->node;
            CHECK(found == last);
        }
        check_reading(d, child);
    }
    CHECK(c == 0);
    CHECK(doc_last(d, n) == (m->count ? m->child[m->count - 1]->node : 0));
    str s;
    double v;
    if (m->type == DOC_STRING)
        CHECK(doc_string(d, n, &s) && str_eq(s, (str){ m->text, m->text_len }));
    if (m->type == DOC_NUMBER) CHECK(doc_number(d, n, &v) && memcmp(&v, &m->number, sizeof v) == 0);
}

/* Deeper and larger than the document, so that only its own limits are met. */
static const struct doc_limits roomy = { 64u << 20, 4000000, 1000 };

static void check_written(struct doc *d, const struct model *m, struct buf *text) {
    struct err e = ERR_INIT;
    struct doc *again = NULL;
    buf_clear(text);
    CHECK(doc_write(d, text));
    if (doc_parse(&again, buf_str(text), doc_syntax_of(d), &roomy, &e) != CHELA_OK) {
        fprintf(stderr, "%s\n%.*s\n", e.message, STR_ARG(buf_str(text)));
        abort();
    }
    struct model *read = model_of(again, doc_root(again));
    CHECK(model_same(read, m));

    struct buf json = BUF_INIT(64u << 20), from_text = BUF_INIT(64u << 20);
    CHECK(doc_write_json(d, doc_root(d), &json));
    CHECK(doc_write_json(again, doc_root(again), &from_text));
    CHECK(str_eq(buf_str(&json), buf_str(&from_text)));
    doc_free(again);
    if (doc_parse(&again, buf_str(&json), DOC_JSON, &roomy, &e) != CHELA_OK) {
        fprintf(stderr, "%s\n%.*s\n", e.message, STR_ARG(buf_str(&json)));
        abort();
    }
    struct model *resolved = model_of(again, doc_root(again));
    model_resolve(read);
    model_resolve(resolved);
    CHECK(model_same(read, resolved));
    doc_free(again);
    model_free(read);
    model_free(resolved);
    buf_free(&json);
    buf_free(&from_text);
}

/* ---- edits ---- */
struct rounds {
    struct doc *d;
    struct model *root;
    const uint8_t *choice; /* what drives the edits; zeros when it is used up */
    size_t left;
    bool inserted, removed, replaced;
};

static uint8_t choose(struct rounds *r) {
    if (!r->left) return 0;
    r->left--;
    return *r->choice++;
}

static size_t model_size(const struct model *m) {
    size_t n = 1;
    for (size_t i = 0; i < m->count; i++) n += model_size(m->child[i]);
    return n;
}

/* The i-th of the tree in order; *parent and *place say where it hangs. */
static struct model *model_pick(struct model *m, size_t *i, struct model **parent, size_t *place) {
    if (*i == 0) return m;
    for (size_t c = 0; c < m->count; c++) {
        --*i;
        struct model *found = model_pick(m->child[c], i, parent, place);
        if (found) {
            if (found == m->child[c]) {
                *parent = m;
                *place = c;
            }
            return found;
        }
    }
    return NULL;
}

static str pick_value(struct rounds *r) {
    static const str values[] = {
        STR_INIT("1"),
        STR_INIT("\"text\""),
        STR_INIT("{}"),
        STR_INIT("[]"),
        STR_INIT("null"),
        STR_INIT("{\"a\":{\"b\":[1,2]}}"),
        STR_INIT(" [ 1 , { } ] "),
        STR_INIT("\"\\u00e9\\n\""),
        STR_INIT("-0.5e-7"),
        STR_INIT("{\"a\":1,\"a\":2}"),
        /* not strict JSON */
        STR_INIT("{a:1,/*c*/'b':[0x10,],}"),
        STR_INIT("/* c */ 'it\\'s' // c"),
        STR_INIT("[ // c\n]"),
        STR_INIT("+.5"),
        STR_INIT("180_000"),
        STR_INIT("Infinity"),
        /* not values */
        STR_INIT(""),
        STR_INIT("1 2"),
        STR_INIT("{"),
        STR_INIT("1,"),
        STR_INIT("\xFF"),
    };
    return values[choose(r) % (sizeof values / sizeof values[0])];
}

static str pick_key(struct rounds *r) {
    static const str keys[] = {
        STR_INIT("a"),    STR_INIT("b"),    STR_INIT("model"),      STR_INIT("openrouter/auto"),
        STR_INIT(""),     STR_INIT("it's"), STR_INIT("\"\\\n\x01"), STR_INIT("\xC3\xA9"),
        STR_INIT("$x_1"),
    };
    return keys[choose(r) % (sizeof keys / sizeof keys[0])];
}

static bool value_is_good(const struct rounds *r, str value, struct model **m) {
    struct doc *d = NULL;
    bool good = doc_parse(&d, value, doc_syntax_of(r->d), NULL, NULL) == CHELA_OK;
    *m = good ? model_of(d, doc_root(d)) : NULL;
    doc_free(d);
    return good;
}

/* The model's nodes take the handles of the tree that now stands at n. */
static void take_handles(struct doc *d, struct model *m, doc_node n) {
    m->node = n;
    doc_node c = doc_first(d, n);
    for (size_t i = 0; i < m->count; i++, c = doc_next(d, c)) take_handles(d, m->child[i], c);
}

static void model_replace(struct model **slot, struct model *fresh) {
    struct model *old = *slot;
    if (old->key) model_set_key(fresh, (str){ old->key, old->key_len });
    model_free(old);
    *slot = fresh;
}

static void model_drop(struct model *parent, size_t place) {
    model_free(parent->child[place]);
    parent->count--;
    memmove(parent->child + place, parent->child + place + 1,
            (parent->count - place) * sizeof(struct model *));
}

static bool has_key(const struct model *m, str key) {
    return str_eq(key, (str){ m->key, m->key_len });
}

static size_t drop_key(struct model *object, str key, const struct model *except) {
    size_t dropped = 0;
    for (size_t i = 0; i < object->count;) {
        if (object->child[i] != except && has_key(object->child[i], key)) {
            model_drop(object, i);
            dropped++;
        } else {
            i++;
        }
    }
    return dropped;
}

static void edit_set(struct rounds *r, struct model *object) {
    str key = pick_key(r), value = pick_value(r);
    if (object->count && choose(r) % 2) { /* a key that is there */
        struct model *c = object->child[choose(r) % object->count];
        key = (str){ c->key, c->key_len };
    }
    char *kept = model_copy(key);
    key.p = kept;
    struct model *fresh;
    bool good = value_is_good(r, value, &fresh);
    doc_node n = doc_set(r->d, object->node, key, value, NULL);
    CHECK((n != 0) == good);
    if (good) {
        size_t last = object->count;
        for (size_t i = 0; i < object->count; i++)
            if (has_key(object->child[i], key)) last = i;
        if (last < object->count) {
            model_replace(&object->child[last], fresh);
            r->replaced = true;
            drop_key(object, key, fresh);
        } else {
            model_set_key(fresh, key);
            model_add(object, fresh);
            r->inserted = true;
        }
        take_handles(r->d, fresh, n);
    }
    free(kept);
}

static void edit_append(struct rounds *r, struct model *array) {
    str value = pick_value(r);
    struct model *fresh;
    bool good = value_is_good(r, value, &fresh);
    doc_node n = doc_append(r->d, array->node, value, NULL);
    CHECK((n != 0) == good);
    if (!good) return;
    model_add(array, fresh);
    take_handles(r->d, fresh, n);
    r->inserted = true;
}

static void edit_replace(struct rounds *r, struct model **slot) {
    str value = pick_value(r);
    struct model *fresh;
    bool good = value_is_good(r, value, &fresh);
    doc_node n = (*slot)->node, inside = doc_first(r->d, n);
    doc_node made = doc_replace(r->d, n, value, NULL);
    CHECK(made == (good ? n : 0));
    if (!good) return;
    if (inside) /* handles to what was inside change nothing any more */
        CHECK(!doc_remove(r->d, inside) && !doc_replace(r->d, inside, S("1"), NULL));
    model_replace(slot, fresh);
    take_handles(r->d, fresh, made);
    r->replaced = true;
}

static void edit_remove(struct rounds *r, struct model *parent, size_t place) {
    doc_node n = parent->child[place]->node, next = doc_next(r->d, n), inside = doc_first(r->d, n);
    CHECK(doc_remove(r->d, n));
    CHECK(doc_type(r->d, n) == DOC_NONE && doc_next(r->d, n) == next);
    CHECK(!doc_remove(r->d, n) && !(inside && doc_remove(r->d, inside)));
    model_drop(parent, place);
    r->removed = true;
}

static void edit_once(struct rounds *r) {
    struct model *parent = NULL;
    size_t place = 0, i = (choose(r) | (size_t)choose(r) << 8) % model_size(r->root);
    struct model *m = model_pick(r->root, &i, &parent, &place);
    switch (choose(r) % 8) {
    case 0:
    case 1:
    case 2:
        if (m->type == DOC_OBJECT)
            edit_set(r, m);
        else if (m->type == DOC_ARRAY)
            edit_append(r, m);
        else
            CHECK(!doc_set(r->d, m->node, S("a"), S("1"), NULL) &&
                  !doc_append(r->d, m->node, S("1"), NULL));
        break;
    case 3: edit_replace(r, parent ? &parent->child[place] : &r->root); break;
    case 4:
        if (m->type == DOC_OBJECT) {
            str key = pick_key(r);
            size_t dropped = drop_key(m, key, NULL);
            CHECK(doc_remove_key(r->d, m->node, key) == dropped);
            if (dropped) r->removed = true;
        }
        break;
    default:
        if (parent)
            edit_remove(r, parent, place);
        else
            CHECK(!doc_remove(r->d, m->node));
        break;
    }
}

/* Parses and, when that goes well, edits as `choices` say. Returns whether the text was good. */
static bool doc_rounds(str text, enum doc_syntax syntax, const uint8_t *choices, size_t count) {
    struct doc *d = NULL;
    struct err e = ERR_INIT;
    if (doc_parse(&d, text, syntax, NULL, &e) != CHELA_OK) {
        CHECK(!d && e.code != CHELA_OK && e.message[0]);
        return false;
    }
    struct buf out = BUF_INIT(64u << 20);
    CHECK(doc_write(d, &out) && str_eq(buf_str(&out), text));
    struct rounds r = {
        .d = d, .root = model_of(d, doc_root(d)), .choice = choices, .left = count
    };
    check_reading(d, r.root);
    check_written(d, r.root, &out);
    while (r.left) {
        edit_once(&r);
        check_reading(d, r.root);
        check_written(d, r.root, &out);
        if (!r.removed && !r.replaced) check_subsequence(text, buf_str(&out));
        if (!r.inserted && !r.replaced) check_subsequence(buf_str(&out), text);
    }
    model_free(r.root);
    buf_free(&out);
    doc_free(d);
    return true;
}

#endif
