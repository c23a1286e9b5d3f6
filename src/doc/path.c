/* Paths: a.b["any key"][0].c */
#include "doc/doc_impl.h"

#include "doc/json_write.h"

#include <stdlib.h>
#include <string.h>

struct step {
    bool is_index;
    bool escaped;
    str key; /* as written, quotes included when there are any */
    size_t index;
};

struct path {
    str text;
    size_t at; /* what is read of it */
};

static bool bad(const struct path *p, size_t at, const char *expected, struct err *e) {
    char found[16] = "the end";
    if (at < p->text.n) {
        found[0] = found[2] = '\'';
        found[1] = p->text.p[at];
        found[3] = '\0';
    }
    err_set(e, CHELA_INPUT, "path \"%.*s\", position %zu: expected %s, found %s", STR_ARG(p->text),
            at + 1, expected, found);
    return false;
}

/* The character at p->at; NUL at the end. */
static char next_char(const struct path *p) {
    if (p->at < p->text.n) return p->text.p[p->at];
    return '\0';
}

static bool step_index(struct path *p, struct step *step, struct err *e) {
    size_t from = p->at;
    step->is_index = true;
    step->index = 0;
    for (; p->at < p->text.n; p->at++) {
        char c = p->text.p[p->at];
        if (c < '0' || c > '9') break;
        if (__builtin_mul_overflow(step->index, (size_t)10, &step->index) ||
            __builtin_add_overflow(step->index, (size_t)(c - '0'), &step->index))
            return bad(p, from, "a smaller index", e);
    }
    if (p->at == from) return bad(p, from, "an index or a quoted key", e);
    return true;
}

static bool hex4(str s) {
    if (s.n < 4) return false;
    for (size_t i = 0; i < 4; i++)
        if (!strchr("0123456789abcdefABCDEF", s.p[i])) return false;
    return true;
}

static bool step_quoted(struct path *p, struct step *step, struct err *e) {
    const char quote = p->text.p[p->at];
    size_t from = p->at++;
    for (;; p->at++) {
        if (p->at == p->text.n)
            return bad(p, p->at, quote == '"' ? "'\"' to end the key" : "\"'\" to end the key", e);
        char c = p->text.p[p->at];
        if (c == quote) break;
        if (c != '\\') continue;
        step->escaped = true;
        p->at++;
        c = next_char(p);
        if (!c || !strchr("\"'\\/bfnrtu", c) || (c == 'u' && !hex4(str_skip(p->text, p->at + 1))))
            return bad(p, p->at, "an escape of JSON", e);
    }
    p->at++;
    step->key = (str){ p->text.p + from, p->at - from };
    return true;
}

/* The next step; *more false at the end of the path. */
static bool next_step(struct path *p, struct step *step, bool *more, struct err *e) {
    *step = (struct step){ .is_index = false };
    *more = p->at < p->text.n;
    if (!*more) return true;
    bool first = p->at == 0;
    if (p->text.p[p->at] == '[') {
        p->at++;
        char c = next_char(p);
        if (c == '"' || c == '\'' ? !step_quoted(p, step, e) : !step_index(p, step, e))
            return false;
        if (p->at == p->text.n || p->text.p[p->at] != ']') return bad(p, p->at, "']'", e);
        p->at++;
        return true;
    }
    if (!first) {
        if (p->text.p[p->at] != '.') return bad(p, p->at, "'.' or '['", e);
        p->at++;
    }
    size_t from = p->at;
    while (p->at < p->text.n && !strchr(".[]\"'", p->text.p[p->at])) p->at++;
    if (p->at == from) return bad(p, from, "a name", e);
    step->key = (str){ p->text.p + from, p->at - from };
    return true;
}

static bool path_is_good(str path, struct err *e) {
    struct path p = { .text = path };
    struct step step;
    for (bool more = true; more;)
        if (!next_step(&p, &step, &more, e)) return false;
    return true;
}

/* The key of a step: decoded into *scratch when it has escapes. */
static bool step_key(const struct step *step, struct buf *scratch, str *key, struct err *e) {
    *key = step->key;
    if (!step->key.n || (step->key.p[0] != '"' && step->key.p[0] != '\'')) return true;
    *key = (str){ step->key.p + 1, step->key.n - 2 };
    if (!step->escaped) return true;
    buf_clear(scratch);
    char *dst = buf_room(scratch, step->key.n);
    if (!dst) {
        err_set(e, CHELA_NOMEM, "out of memory for a key");
        return false;
    }
    *key = (str){ dst, decode_text(step->key, dst) };
    return true;
}

static doc_node child_of(const struct doc *d, doc_node n, const struct step *step, str key) {
    return step->is_index ? doc_at(d, n, step->index) : doc_get(d, n, key);
}

doc_node doc_path_get(struct doc *d, str path, struct err *e) {
    struct path p = { .text = path };
    struct buf scratch = BUF_INIT(path.n);
    doc_node n = d->root;
    err_set(e, CHELA_OK, "%s", "");
    for (;;) {
        struct step step;
        bool more;
        str key;
        if (!next_step(&p, &step, &more, e) || !step_key(&step, &scratch, &key, e)) {
            n = 0;
            break;
        }
        if (!more) break;
        if (n) n = child_of(d, n, &step, key); /* when it is not there, the rest is still checked */
    }
    buf_free(&scratch);
    return n;
}

static bool fits(const struct doc *d, doc_node n, const struct step *step, str so_far,
                 struct err *e) {
    enum doc_type t = doc_type(d, n);
    if (t == (step->is_index ? DOC_ARRAY : DOC_OBJECT)) {
        if (!step->is_index || step->index <= doc_len(d, n)) return true;
        err_set(e, CHELA_INPUT, "%.*s has %zu items: the next index is %zu, not %zu",
                STR_ARG(so_far.n ? so_far : S("the document")), doc_len(d, n), doc_len(d, n),
                step->index);
        return false;
    }
    err_set(e, CHELA_INPUT, "%.*s is %s, not %s", STR_ARG(so_far.n ? so_far : S("the document")),
            doc_type_name(t), doc_type_name(step->is_index ? DOC_ARRAY : DOC_OBJECT));
    return false;
}

/* The index of a new array can only be 0. */
static bool makeable(struct path p, struct err *e) {
    struct step step;
    bool more;
    for (;;) {
        size_t from = p.at;
        if (!next_step(&p, &step, &more, e)) return false;
        if (!more) return true;
        if (step.is_index && step.index != 0) {
            err_set(e, CHELA_INPUT, "%.*s is not there: its first index is 0, not %zu",
                    STR_ARG(str_head(p.text, from)), step.index);
            return false;
        }
    }
}

static bool is_value(const struct doc *d, str value, struct err *e) {
    struct doc *scratch;
    enum chela_error rc = doc_parse(&scratch, value, d->syntax, &d->limits, e);
    doc_free(scratch);
    if (rc != CHELA_OK) err_prefix(e, rc, "the new value: ");
    return rc == CHELA_OK;
}

static doc_node put(struct doc *d, doc_node n, const struct step *step, str key, str value,
                    struct err *e) {
    if (!step->is_index) return doc_set(d, n, key, value, e);
    doc_node item = doc_at(d, n, step->index);
    return item ? doc_replace(d, item, value, e) : doc_append(d, n, value, e);
}

doc_node doc_path_set(struct doc *d, str path, str value, struct err *e) {
    if (!path_is_good(path, e)) return 0;
    if (path.n == 0) return doc_replace(d, d->root, value, e);
    struct path p = { .text = path };
    struct buf scratch = BUF_INIT(path.n);
    doc_node n = d->root, made = 0, top = 0;
    for (;;) {
        struct step step, after;
        bool more;
        str key;
        str so_far = str_head(path, p.at);
        if (!next_step(&p, &step, &more, e) || !step_key(&step, &scratch, &key, e)) break;
        if (!fits(d, n, &step, so_far, e)) break;
        if (p.at == path.n) {
            made = put(d, n, &step, key, value, e);
            break;
        }
        doc_node child = child_of(d, n, &step, key);
        if (!child) {
            if (!top && !(makeable(p, e) && is_value(d, value, e))) break;
            struct path ahead = p;
            if (!next_step(&ahead, &after, &more, e)) break;
            child = put(d, n, &step, key, after.is_index ? S("[]") : S("{}"), e);
            if (!child) break;
            if (!top) top = child;
        }
        n = child;
    }
    if (!made && top) doc_remove(d, top);
    buf_free(&scratch);
    return made;
}

bool doc_path_unset(struct doc *d, str path, struct err *e) {
    if (!path_is_good(path, e)) return false;
    if (path.n == 0) {
        err_set(e, CHELA_INPUT, "the whole document cannot be removed");
        return false;
    }
    struct path p = { .text = path };
    struct buf scratch = BUF_INIT(path.n);
    doc_node n = d->root;
    bool removed = false;
    for (;;) {
        struct step step;
        bool more;
        str key;
        if (!next_step(&p, &step, &more, e) || !step_key(&step, &scratch, &key, e)) break;
        doc_node child = child_of(d, n, &step, key);
        if (!child || p.at == path.n) {
            err_set(e, CHELA_OK, "%s", "");
            if (!child) break;
            removed = step.is_index ? doc_remove(d, child) : doc_remove_key(d, n, key) > 0;
            break;
        }
        n = child;
    }
    buf_free(&scratch);
    return removed;
}

bool doc_path_steps(str path, doc_path_step *step, void *ctx, struct err *e) {
    struct path p = { .text = path };
    struct buf scratch = BUF_INIT(path.n);
    bool good = path_is_good(path, e), more = good;
    while (good && more) {
        struct step at;
        str key;
        good = next_step(&p, &at, &more, e) && step_key(&at, &scratch, &key, e);
        if (good && more) more = step(ctx, at.is_index ? (str){ 0 } : key, at.is_index);
    }
    buf_free(&scratch);
    return good;
}

bool doc_path_up(str *path) {
    if (!path->n) return false;
    char quote = 0;
    size_t cut = 0;
    for (size_t i = 0; i < path->n; i++) {
        char c = path->p[i];
        if (quote && c == '\\')
            i++;
        else if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '.' || c == '[')
            cut = i;
    }
    *path = str_head(*path, cut);
    return true;
}

static bool plain_name(str key) {
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
        if (!letter && !(i && ((c >= '0' && c <= '9') || c == '-'))) return false;
    }
    return key.n > 0;
}

bool doc_path_of(struct doc *d, doc_node n, struct buf *out) {
    doc_node line[256], *up = line; /* from n to the root */
    size_t depth = 0, most = sizeof line / sizeof line[0];
    for (doc_node c = n; doc_parent(d, c); c = doc_parent(d, c)) depth++;
    if (depth > most) up = malloc(depth * sizeof *up);
    if (!up) {
        buf_free(out);
        out->failed = BUF_NO_MEMORY;
        return false;
    }
    size_t i = depth;
    for (doc_node c = n; i > 0; c = doc_parent(d, c)) up[--i] = c;
    for (; i < depth; i++) {
        doc_node parent = doc_parent(d, up[i]);
        if (doc_type(d, parent) == DOC_ARRAY) {
            size_t index = 0;
            for (doc_node c = doc_first(d, parent); c != up[i]; c = doc_next(d, c)) index++;
            buf_addf(out, "[%zu]", index);
            continue;
        }
        str key = doc_key(d, up[i]);
        if (plain_name(key)) {
            if (i) buf_addc(out, '.');
            buf_add(out, key);
        } else {
            buf_addc(out, '[');
            json_quote(out, key);
            buf_addc(out, ']');
        }
    }
    if (up != line) free(up);
    return !out->failed;
}
