/* The structure of a schema: which parts apply, objects, arrays. Values of fields are chosen in
 * schema_text.c and schema_number.c.
 *
 * A schema is not a tree (references, allOf), so before a value is written the parts that apply to
 * it are gathered into a view, and a keyword is looked for in all of them. Optional fields are
 * written first and taken back when the text had nothing for them: whether it has is known only
 * then.
 */
#include "sandbox/schema_internal.h"

#include "doc/json_write.h"

#include <string.h>

enum {
    MAX_DEPTH = 40,
    SPARE_DEPTH = 4,
    MAX_VALUES = 2000,
    MAX_NAMES = 256,
    MAX_ITEMS = 64,
    MAX_ATTEMPTS = 64
};

struct filler {
    struct schema_values *v;
    doc_node root;
};

/* ---- views ---- */

doc_node view_get(const struct schema_values *v, const struct schema_view *view, const char *key) {
    for (size_t i = 0; i < view->n; i++) {
        doc_node n = doc_get(v->doc, view->part[i], str_c(key));
        if (n) return n;
    }
    return 0;
}

bool view_number(const struct schema_values *v, const struct schema_view *view, const char *key,
                 double *out) {
    return doc_number(v->doc, view_get(v, view, key), out);
}

size_t view_size(const struct schema_values *v, const struct schema_view *view, const char *key,
                 size_t otherwise) {
    double value;
    if (!view_number(v, view, key, &value) || value < 0) return otherwise;
    return value > 1e9 ? (size_t)1e9 : (size_t)value;
}

/* "#", "#/$defs/Point", "#/properties/a~1b": names are unescaped, numbers are indices. */
static doc_node resolve(const struct filler *f, str ref) {
    struct doc *d = f->v->doc;
    doc_node n = f->root;
    if (!str_starts(ref, S("#"))) return 0;
    for (ref = str_skip(ref, 1); n && str_starts(ref, S("/"));) {
        ref = str_skip(ref, 1);
        ptrdiff_t slash = str_chr(ref, '/');
        str step = slash < 0 ? ref : str_head(ref, (size_t)slash);
        ref = str_skip(ref, step.n);
        char bytes[256];
        size_t k = 0;
        for (size_t i = 0; i < step.n && k < sizeof bytes; i++) {
            char c = step.p[i];
            if (c == '~' && i + 1 < step.n) c = step.p[++i] == '1' ? '/' : '~';
            bytes[k++] = c;
        }
        str name = { bytes, k };
        int64_t index = -1;
        if (doc_type(d, n) != DOC_ARRAY)
            n = doc_get(d, n, name);
        else
            n = str_i64(name, &index) && index >= 0 ? doc_at(d, n, (size_t)index) : 0;
    }
    return ref.n ? 0 : n;
}

static doc_node follow(const struct filler *f, doc_node schema) {
    str ref;
    for (unsigned hops = 0; hops < 16; hops++) {
        doc_node n = doc_get(f->v->doc, schema, S("$ref"));
        if (!n || !doc_string(f->v->doc, n, &ref)) break;
        schema = resolve(f, ref);
    }
    return schema;
}

static bool is_null_branch(const struct filler *f, doc_node schema) {
    str type;
    schema = follow(f, schema);
    return doc_string(f->v->doc, doc_get(f->v->doc, schema, S("type")), &type) &&
           str_eq(type, S("null"));
}

/* How many constants of a branch the text names: {"kind": {"const": "circle"}}. */
static unsigned mentions(const struct filler *f, doc_node schema) {
    struct doc *d = f->v->doc;
    unsigned count = 0, looked = 0;
    schema = follow(f, schema);
    doc_node lists[] = { schema, doc_get(d, schema, S("properties")) };
    for (size_t i = 0; i < 2; i++) {
        for (doc_node p = i ? doc_first(d, lists[1]) : schema; p && looked < 64;
             p = i ? doc_next(d, p) : 0, looked++) {
            str text;
            doc_node c = doc_get(d, p, S("const")), e = doc_get(d, p, S("enum"));
            if (!c && doc_len(d, e) == 1) c = doc_first(d, e);
            if (doc_string(d, c, &text)) count += evidence_has(f->v->facts, text);
            if (i) count += evidence_has(f->v->facts, doc_key(d, p));
        }
    }
    return count;
}

static doc_node choose_branch(const struct filler *f, doc_node branches) {
    struct doc *d = f->v->doc;
    doc_node best = 0;
    unsigned most = 0, looked = 0;
    for (doc_node b = doc_first(d, branches); b && looked < 64; b = doc_next(d, b), looked++) {
        if (is_null_branch(f, b)) continue;
        unsigned score = mentions(f, b) + 1;
        if (score <= most) continue;
        most = score;
        best = b;
    }
    return best ? best : doc_first(d, branches);
}

static void gather(const struct filler *f, struct schema_view *view, doc_node schema,
                   unsigned hops) {
    struct doc *d = f->v->doc;
    if (doc_type(d, schema) != DOC_OBJECT || view->n == VIEW_PARTS || hops > 16) return;
    for (size_t i = 0; i < view->n; i++)
        if (view->part[i] == schema) return;
    view->part[view->n++] = schema;
    str ref;
    if (doc_string(d, doc_get(d, schema, S("$ref")), &ref))
        gather(f, view, resolve(f, ref), hops + 1);
    doc_node all = doc_get(d, schema, S("allOf"));
    for (doc_node c = doc_first(d, all); c; c = doc_next(d, c)) gather(f, view, c, hops + 1);
    static const char *const choices[] = { "anyOf", "oneOf" };
    for (size_t i = 0; i < 2; i++) {
        doc_node branches = doc_get(d, schema, str_c(choices[i]));
        if (doc_len(d, branches)) gather(f, view, choose_branch(f, branches), hops + 1);
    }
}

/* ---- types ---- */

static enum doc_type type_of_name(str name) {
    static const struct {
        const char *name;
        enum doc_type type;
    } rows[] = { { "object", DOC_OBJECT }, { "array", DOC_ARRAY },    { "string", DOC_STRING },
                 { "number", DOC_NUMBER }, { "integer", DOC_NUMBER }, { "boolean", DOC_BOOL },
                 { "null", DOC_NULL } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (str_eq(name, str_c(rows[i].name))) return rows[i].type;
    return DOC_NONE;
}

static bool has_any(const struct filler *f, const struct schema_view *view,
                    const char *const *keys) {
    for (; *keys; keys++)
        if (view_get(f->v, view, *keys)) return true;
    return false;
}

/* Says what to write; *integer with it. A list of types: the first that is not null. */
static enum doc_type type_of(const struct filler *f, const struct schema_view *view,
                             bool *integer) {
    static const char *const object[] = { "properties", "required", "additionalProperties",
                                          "minProperties", NULL };
    static const char *const array[] = { "items", "prefixItems", "minItems", NULL };
    static const char *const number[] = { "minimum",          "maximum",    "exclusiveMinimum",
                                          "exclusiveMaximum", "multipleOf", NULL };
    struct doc *d = f->v->doc;
    enum doc_type type = DOC_NONE;
    *integer = false;
    for (size_t i = 0; i < view->n; i++) {
        doc_node t = doc_get(d, view->part[i], S("type"));
        str name;
        if (doc_type(d, t) == DOC_ARRAY) {
            doc_node first = doc_first(d, t);
            while (first && doc_next(d, first) && doc_string(d, first, &name) &&
                   str_eq(name, S("null")))
                first = doc_next(d, first);
            t = first;
        }
        if (!doc_string(d, t, &name)) continue;
        if (type == DOC_NONE) type = type_of_name(name);
        *integer = *integer || str_eq(name, S("integer"));
    }
    if (type != DOC_NONE) return type;
    if (has_any(f, view, object)) return DOC_OBJECT;
    if (has_any(f, view, array)) return DOC_ARRAY;
    return has_any(f, view, number) ? DOC_NUMBER : DOC_STRING;
}

/* ---- fields ---- */

bool field_named(const struct schema_field *f, const char *alternatives) {
    str one, rest = str_c(alternatives);
    while (rest.n) {
        str_cut(rest, '|', &one, &rest);
        for (size_t i = 0; i < f->words; i++)
            if (word_alike(f->word[i], one)) return true;
    }
    return false;
}

bool field_is(const struct schema_field *f, const char *alternatives) {
    return field_named(f, alternatives) || (f->hint.n && words_any(&f->hint, alternatives));
}

static struct schema_field field_of(const struct filler *f, const struct schema_view *view,
                                    str name) {
    struct schema_field field = { .name = name };
    field.words = evidence_name(name, f->v->arena, field.word, FIELD_WORDS);
    str description;
    if (doc_string(f->v->doc, view_get(f->v, view, "description"), &description) &&
        words_split(&field.hint, text_cut(description, 200), f->v->arena) &&
        field.hint.n > FIELD_HINTS)
        field.hint.n = FIELD_HINTS;
    return field;
}

/* ---- values ---- */

static enum schema_origin fill(const struct filler *f, const struct schema_view *view,
                               const struct schema_field *field, unsigned depth, struct buf *out);

static bool is_required(const struct filler *f, const struct schema_view *view, str name,
                        bool *any) {
    struct doc *d = f->v->doc;
    bool found = false;
    for (size_t i = 0; i < view->n; i++) {
        doc_node list = doc_get(d, view->part[i], S("required"));
        for (doc_node c = doc_first(d, list); c; c = doc_next(d, c)) {
            str s;
            if (!doc_string(d, c, &s)) continue;
            *any = true;
            found = found || str_eq(s, name);
        }
    }
    return found;
}

struct object {
    const struct filler *f;
    struct buf *out;
    str name[MAX_NAMES];
    size_t n;
    unsigned depth;
    bool found;
};

static bool has_name(const struct object *o, str name) {
    for (size_t i = 0; i < o->n; i++)
        if (str_eq(o->name[i], name)) return true;
    return false;
}

static void add_member(struct object *o, str name, doc_node schema, bool required, bool keep) {
    const struct filler *f = o->f;
    if (o->n == MAX_NAMES || has_name(o, name)) return;
    size_t mark = o->out->n;
    if (o->n) buf_addc(o->out, ',');
    json_quote(o->out, name);
    buf_addc(o->out, ':');
    struct schema_view view = { 0 };
    gather(f, &view, schema, 0);
    struct schema_field field = field_of(f, &view, name);
    field.required = required;
    field.top = o->depth == 0;
    enum schema_origin origin = fill(f, &view, &field, o->depth + 1, o->out);
    if (origin == SCHEMA_MADE && !keep && !required && !o->out->failed) {
        o->out->n = mark;
        o->out->p[mark] = '\0';
        return;
    }
    if (origin == SCHEMA_FOUND)
        o->found = true;
    else if (field.top && required && !f->v->missing.n)
        f->v->missing = name;
    o->name[o->n++] = name;
}

static const char people[] = "participants|attendees|people|names|members|users|persons|guests";

static bool has_people(const struct filler *f, const struct schema_view *view) {
    struct doc *d = f->v->doc;
    size_t looked = 0;
    doc_node properties = view_get(f->v, view, "properties");
    for (doc_node p = doc_first(d, properties); p && looked < 64; p = doc_next(d, p), looked++) {
        struct schema_field field = { .name = doc_key(d, p) };
        field.words = evidence_name(field.name, f->v->arena, field.word, FIELD_WORDS);
        if (doc_get(d, p, S("items")) && field_named(&field, people)) return true;
    }
    return false;
}

static enum schema_origin fill_object(const struct filler *f, const struct schema_view *view,
                                      unsigned depth, struct buf *out) {
    struct doc *d = f->v->doc;
    struct object *o = arena_alloc(f->v->arena, sizeof *o);
    if (!o) {
        buf_add(out, S("{}"));
        return SCHEMA_MADE;
    }
    *o = (struct object){ .f = f, .out = out, .depth = depth };
    size_t least = view_size(f->v, view, "minProperties", 0);
    size_t most = view_size(f->v, view, "maxProperties", MAX_NAMES);
    bool any = false, apart = f->v->people_apart;
    f->v->people_apart = apart || has_people(f, view);
    is_required(f, view, (str){ 0 }, &any);
    bool keep = depth < SPARE_DEPTH && !f->v->thrifty && (!any || least > 0);
    buf_addc(out, '{');
    for (int optional = 0; optional < 2; optional++) { /* required first: maxProperties */
        if (optional && most == MAX_NAMES) break;
        for (size_t i = 0; i < view->n; i++) {
            doc_node properties = doc_get(d, view->part[i], S("properties"));
            size_t looked = 0; /* the loops below are quadratic in it */
            for (doc_node p = doc_first(d, properties); p && looked < 1024;
                 p = doc_next(d, p), looked++) {
                str name = doc_key(d, p);
                if (doc_get(d, properties, name) != p) continue; /* a twin: the last one counts */
                bool required = is_required(f, view, name, &any);
                if (!required && (depth >= SPARE_DEPTH || f->v->count > MAX_VALUES / 2)) continue;
                if (most != MAX_NAMES &&
                    (required == (optional == 1) || (!required && o->n >= most)))
                    continue;
                add_member(o, name, p, required, keep || o->n < least);
            }
        }
    }
    doc_node additional = view_get(f->v, view, "additionalProperties");
    for (size_t i = 0; i < view->n; i++) {
        doc_node list = doc_get(d, view->part[i], S("required"));
        str name;
        for (doc_node c = doc_first(d, list); c; c = doc_next(d, c))
            if (doc_string(d, c, &name)) add_member(o, name, additional, true, true);
    }
    bool open = true;
    if (doc_bool(d, additional, &open) && !open) least = 0;
    if (!view_get(f->v, view, "properties") && depth < SPARE_DEPTH && most > 0 && least == 0 &&
        doc_type(d, additional) == DOC_OBJECT && !f->v->thrifty)
        least = 1; /* a map: one entry shows its form */
    for (unsigned k = 1; o->n < least && o->n < MAX_NAMES && f->v->count < MAX_VALUES; k++) {
        str name = arena_printf(f->v->arena, "key%u", k);
        if (!name.n) break;
        add_member(o, name, additional, true, true);
    }
    buf_addc(out, '}');
    f->v->people_apart = apart;
    return o->found ? SCHEMA_FOUND : SCHEMA_MADE;
}

/* ---- arrays ---- */

/* Texts that the items may take: the keyed list, else all quoted texts, else names. */
static size_t list_candidates(const struct filler *f, const struct schema_field *field, str *out) {
    struct evidence *e = f->v->facts;
    size_t n = 0;
    str keyed = { 0 };
    for (size_t i = 0; i + field->words <= e->words.n && field->words; i++) {
        bool here = true;
        for (size_t k = 0; k < field->words && here; k++)
            here = word_alike(e->words.w[i + k].text, field->word[k]);
        if (!here) continue;
        size_t end = e->words.w[i + field->words - 1].end;
        str rest = str_trim(str_skip(e->words.raw, end));
        bool colon = rest.n && (rest.p[0] == ':' || rest.p[0] == '=');
        if (!colon && !str_istarts(rest, S("are ")) && !str_istarts(rest, S("is "))) continue;
        rest = str_skip(rest, colon ? 1 : 3);
        size_t stop = 0;
        while (stop < rest.n && !strchr(".;\n?!", rest.p[stop])) stop++;
        keyed = str_trim(str_head(rest, stop));
        break;
    }
    if (!keyed.n && f->v->answer_is_list) keyed = f->v->answer;
    while (keyed.n && n < MAX_ITEMS) {
        str one;
        ptrdiff_t and = str_find(keyed, S(" and ")), comma = str_chr(keyed, ',');
        if (and >= 0 && (comma < 0 || and < comma)) {
            one = str_head(keyed, (size_t) and);
            keyed = str_skip(keyed, (size_t) and +5);
        } else {
            str_cut(keyed, ',', &one, &keyed);
        }
        one = text_unquote(str_trim(one));
        if (str_starts(one, S("and "))) one = str_skip(one, 4);
        keyed = str_trim(keyed);
        if (one.n) out[n++] = one;
    }
    static const enum evidence_kind kinds[] = { EVIDENCE_QUOTED, EVIDENCE_PROPER };
    for (size_t k = 0; k < 2 && !n; k++)
        for (size_t i = 0; i < e->n && n < MAX_ITEMS; i++)
            if (e->item[i].kind == kinds[k] && !e->item[i].used) out[n++] = e->item[i].text;
    return n;
}

/* How many items the text offers, and for string items which. */
static size_t count_candidates(const struct filler *f, const struct schema_view *items,
                               const struct schema_field *field, str *texts) {
    struct doc *d = f->v->doc;
    struct evidence *e = f->v->facts;
    bool integer;
    size_t n = 0;
    doc_node values = view_get(f->v, items, "enum");
    if (values) {
        str s;
        for (doc_node c = doc_first(d, values); c && n < MAX_ITEMS; c = doc_next(d, c))
            if (doc_string(d, c, &s) && evidence_has(e, s)) texts[n++] = s;
        return n;
    }
    switch (type_of(f, items, &integer)) {
    case DOC_STRING:
        if (view_get(f->v, items, "format") || view_get(f->v, items, "pattern")) return 0;
        return list_candidates(f, field, texts);
    case DOC_NUMBER:
        for (size_t i = 0; i < e->n && n < MAX_ITEMS; i++)
            if (e->item[i].kind == EVIDENCE_NUMBER && !e->item[i].used) texts[n++] = (str){ 0 };
        return n;
    default: return 0;
    }
}

static bool repeats(const struct buf *out, const size_t *start, size_t n, size_t mark) {
    str last = { out->p + mark, out->n - mark };
    for (size_t i = 0; i < n; i++) {
        size_t end = i + 1 < n ? start[i + 1] - 1 : mark - 1; /* without the comma */
        if (str_eq((str){ out->p + start[i], end - start[i] }, last)) return true;
    }
    return false;
}

static enum schema_origin fill_array(const struct filler *f, const struct schema_view *view,
                                     const struct schema_field *field, unsigned depth,
                                     struct buf *out) {
    struct doc *d = f->v->doc;
    doc_node items = view_get(f->v, view, "items"), prefix = view_get(f->v, view, "prefixItems");
    if (doc_type(d, items) == DOC_ARRAY) { /* draft 7 */
        prefix = items;
        items = view_get(f->v, view, "additionalItems");
    }
    struct schema_view rest = { 0 };
    gather(f, &rest, items, 0);
    str *texts = arena_alloc(f->v->arena, MAX_ITEMS * sizeof *texts);
    size_t least = view_size(f->v, view, "minItems", 0);
    size_t most = view_size(f->v, view, "maxItems", MAX_VALUES);
    size_t fixed = doc_len(d, prefix);
    bool unique = false, open = true;
    doc_bool(d, view_get(f->v, view, "uniqueItems"), &unique);
    if (doc_bool(d, items, &open) && !open && most > fixed) most = fixed;
    size_t offered = texts && !fixed ? count_candidates(f, &rest, field, texts) : 0;
    size_t n = offered ? offered : depth < SPARE_DEPTH && !f->v->thrifty ? 1 : 0;
    if (fixed && n < fixed) n = fixed;
    if (n < least) n = least;
    if (n > most) n = most;
    if (n > MAX_VALUES) n = MAX_VALUES;
    size_t *start = arena_alloc(f->v->arena, (n + 1) * sizeof *start);
    if (!start) n = 0;
    enum schema_origin origin = offered ? SCHEMA_FOUND : SCHEMA_MADE;
    buf_addc(out, '[');
    doc_node next = doc_first(d, prefix);
    for (size_t i = 0; i < n && f->v->count < MAX_VALUES && !out->failed; i++) {
        struct schema_view own = { 0 };
        if (next) gather(f, &own, next, 0);
        const struct schema_view *item = next ? &own : &rest;
        next = next ? doc_next(d, next) : 0;
        if (i) buf_addc(out, ',');
        size_t mark = out->n;
        struct schema_field one = field_of(f, item, field->name);
        one.required = true;
        bool use_text = i < offered && texts[i].n;
        str keep_name = f->v->given_name, keep = f->v->given;
        if (use_text) {
            f->v->given_name = one.name;
            f->v->given = texts[i];
            one.top = true;
        }
        bool fresh = false;
        for (one.index = 0; one.index < MAX_ATTEMPTS; one.index++) {
            if (one.index) out->n = mark;
            if (fill(f, item, &one, depth + 1, out) == SCHEMA_FOUND) origin = SCHEMA_FOUND;
            fresh = !unique || out->failed || !repeats(out, start, i, mark);
            if (fresh) break;
        }
        f->v->given_name = keep_name;
        f->v->given = keep;
        if (!fresh && i >= least) { /* there are no more distinct values */
            out->n = i ? mark - 1 : mark;
            break;
        }
        start[i] = mark;
    }
    buf_addc(out, ']');
    return origin;
}

static enum schema_origin fill(const struct filler *f, const struct schema_view *view,
                               const struct schema_field *field, unsigned depth, struct buf *out) {
    enum schema_origin origin = SCHEMA_MADE;
    bool integer;
    if (depth > MAX_DEPTH || ++f->v->count > MAX_VALUES) {
        buf_add(out, S("null"));
        return SCHEMA_MADE;
    }
    if (schema_enum(f->v, view, field, out, &origin)) return origin;
    switch (type_of(f, view, &integer)) {
    case DOC_OBJECT: return fill_object(f, view, depth, out);
    case DOC_ARRAY: return fill_array(f, view, field, depth, out);
    case DOC_NUMBER: return schema_number(f->v, view, field, integer, out);
    case DOC_BOOL: return schema_bool(f->v, view, field, out);
    case DOC_NULL: buf_add(out, S("null")); return SCHEMA_MADE;
    default: return schema_string(f->v, view, field, out);
    }
}

bool schema_fill(struct schema_values *v, doc_node schema, struct buf *out) {
    struct filler f = { v, schema };
    struct schema_view view = { 0 };
    gather(&f, &view, schema, 0);
    v->missing = (str){ 0 };
    v->count = 0;
    if (!view.n) {
        buf_add(out, S("{}"));
        return !out->failed;
    }
    struct schema_field field = field_of(&f, &view, (str){ 0 });
    field.required = true;
    fill(&f, &view, &field, 0, out);
    return !out->failed;
}

/* ---- JSON without a schema ---- */

/* "with keys name and age", "fields: title, year". */
static size_t asked_keys(const struct schema_values *v, str *keys, size_t cap) {
    const struct words *w = &v->facts->words;
    size_t n = 0;
    for (size_t i = 0; i < w->n && !n; i++) {
        struct words one = { w->raw, &w->w[i], 1 };
        if (!words_any(&one, "keys|key|fields|field|properties|property|attributes|키|필드"))
            continue;
        size_t end = w->w[i].end;
        for (size_t k = i + 1; k < w->n && n < cap; k++) {
            str gap = { w->raw.p + end, w->w[k].at - end };
            struct words next = { w->raw, &w->w[k], 1 };
            if (str_chr(gap, '.') >= 0 || str_chr(gap, '\n') >= 0) break;
            end = w->w[k].end;
            if (words_any(&next, "and|named|called|the|a|an|are|is|or")) continue;
            if (n && str_eq(str_trim(gap), (str){ 0 }) &&
                !words_any(&(struct words){ w->raw, &w->w[k - 1], 1 }, "and"))
                break;
            keys[n++] = (str){ w->raw.p + w->w[k].at, w->w[k].end - w->w[k].at };
            while (k + 1 < w->n && w->w[k + 1].at == w->w[k].end + 1 &&
                   w->raw.p[w->w[k].end] == '_') { /* snake_case */
                k++;
                end = w->w[k].end;
                keys[n - 1].n = (size_t)(w->raw.p + end - keys[n - 1].p);
            }
        }
    }
    return n;
}

/* "key: value" pairs of the text. */
static size_t pairs(const struct schema_values *v, str *keys, size_t cap) {
    const struct words *w = &v->facts->words;
    size_t n = 0;
    for (size_t i = 0; i < w->n && n < cap; i++) {
        size_t end = w->w[i].end;
        bool colon = end + 1 < w->raw.n && w->raw.p[end] == ':' && ascii_space(w->raw.p[end + 1]);
        if (colon && !words_any(&(struct words){ w->raw, &w->w[i], 1 }, "json|following|text|e|g"))
            keys[n++] = (str){ w->raw.p + w->w[i].at, end - w->w[i].at };
    }
    return n;
}

bool schema_free_object(struct schema_values *v, struct buf *out) {
    str keys[32];
    size_t n = asked_keys(v, keys, 32);
    if (!n && !v->number.n) n = pairs(v, keys, 32);
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    for (size_t i = 0; i < n; i++) {
        bool twin = false;
        for (size_t k = 0; k < i; k++) twin = twin || str_eq(keys[k], keys[i]);
        if (twin) continue;
        struct schema_view none = { 0 };
        struct filler f = { v, 0 };
        struct schema_field field = field_of(&f, &none, keys[i]);
        struct evidence_item *number = evidence_number(v->facts, field.word, field.words);
        json_key(&w, keys[i]);
        double value;
        str keyed = evidence_keyed(v->facts, field.word, field.words);
        if (number && (!keyed.n || str_f64(keyed, &value))) {
            number->used = true;
            json_double(&w, number->number);
        } else if (str_f64(keyed, &value)) {
            json_double(&w, value);
        } else {
            struct buf text = BUF_INIT(1 << 16);
            schema_string(v, &none, &field, &text);
            json_raw(&w, buf_str(&text));
            buf_free(&text);
        }
    }
    if (!n) {
        double value;
        json_key(&w, S("answer"));
        if (v->number.n && str_f64(v->number, &value))
            json_double(&w, value);
        else
            json_string(&w, v->answer.n ? v->answer : v->prompt);
    }
    json_object_end(&w);
    return !out->failed;
}
