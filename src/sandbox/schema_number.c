/* Numbers, truth values and enumerations of a schema. */
#include "doc/json_write.h"
#include "sandbox/schema_internal.h"

#include <math.h>

/* ---- numbers ---- */

struct bounds {
    double low, high, step; /* step 0: any */
    bool open_low, open_high;
    bool integer;
};

static void narrow(const struct schema_values *v, const struct schema_view *view,
                   struct bounds *b) {
    for (size_t i = 0; i < view->n; i++) {
        struct schema_view one = { .part = { view->part[i] }, .n = 1 };
        double value;
        bool flag = false;
        if (view_number(v, &one, "minimum", &value) && value > b->low) b->low = value;
        if (view_number(v, &one, "maximum", &value) && value < b->high) b->high = value;
        if (view_number(v, &one, "exclusiveMinimum", &value) && value >= b->low) {
            b->low = value;
            b->open_low = true;
        }
        if (view_number(v, &one, "exclusiveMaximum", &value) && value <= b->high) {
            b->high = value;
            b->open_high = true;
        }
        if (doc_bool(v->doc, view_get(v, &one, "exclusiveMinimum"), &flag) && flag)
            b->open_low = true;
        if (doc_bool(v->doc, view_get(v, &one, "exclusiveMaximum"), &flag) && flag)
            b->open_high = true;
        if (view_number(v, &one, "multipleOf", &value) && value > 0) b->step = value;
    }
}

static bool inside(const struct bounds *b, double value) {
    if (value < b->low || value > b->high || !isfinite(value)) return false;
    if ((b->open_low && value == b->low) || (b->open_high && value == b->high)) return false;
    if (b->integer && value != floor(value)) return false;
    double ratio = b->step > 0 ? value / b->step : 0;
    return fabs(ratio - round(ratio)) < 1e-9;
}

/* The k-th value inside the bounds: from 0 if that is inside, else from the bottom, else down from
 * the top, else between them. */
static double made(const struct bounds *b, unsigned k) {
    double step = b->step > 0 ? b->step : 1, value = k * step;
    if (b->integer && step != floor(step)) step = 1;
    if (inside(b, value)) return value;
    if (isfinite(b->low)) {
        value = ceil(b->low / step) * step;
        if (value == b->low && b->open_low) value += step;
        value += k * step;
        if (inside(b, value)) return value;
    }
    if (isfinite(b->high)) {
        value = floor(b->high / step) * step;
        if (value == b->high && b->open_high) value -= step;
        value -= k * step;
        if (inside(b, value)) return value;
    }
    bool both = isfinite(b->low) && isfinite(b->high);
    return both ? b->low + (b->high - b->low) * (k + 1) / (k + 2) : 0;
}

static void write_number(struct buf *out, double value) {
    struct json_writer w = JSON_WRITER(out);
    if (value == floor(value) && fabs(value) < 9e15)
        json_int(&w, (int64_t)value);
    else
        json_double(&w, value);
}

static enum schema_origin give(struct buf *out, double value, enum schema_origin origin) {
    write_number(out, value);
    return origin;
}

enum schema_origin schema_number(struct schema_values *v, const struct schema_view *view,
                                 const struct schema_field *f, bool integer, struct buf *out) {
    struct bounds b = { .low = -INFINITY, .high = INFINITY, .integer = integer };
    double value;
    narrow(v, view, &b);
    if (f->index) return give(out, made(&b, f->index), SCHEMA_MADE);
    if (f->top && v->given_name.n && str_eq(v->given_name, f->name) && str_f64(v->given, &value) &&
        inside(&b, value))
        return give(out, value, SCHEMA_FOUND);
    struct evidence_item *item = evidence_number(v->facts, f->word, f->words);
    if (item && inside(&b, item->number)) {
        item->used = true;
        return give(out, item->number, SCHEMA_FOUND);
    }
    bool wanted = f->required || !v->thrifty;
    bool result = !v->thrifty && v->number.n && str_f64(v->number, &value) && inside(&b, value);
    if (result && wanted && !f->hint.n && !f->words) return give(out, value, SCHEMA_FOUND);
    if (result && wanted &&
        !field_named(f, "a|b|x|y|first|second|left|right|operand|input|operands|terms"))
        return give(out, value, SCHEMA_FOUND);
    for (size_t i = 0; wanted && i < v->facts->n; i++) {
        item = &v->facts->item[i];
        if (item->kind != EVIDENCE_NUMBER || item->used || !inside(&b, item->number)) continue;
        item->used = true;
        return give(out, item->number, SCHEMA_FOUND);
    }
    if (view_number(v, view, "default", &value) && inside(&b, value))
        return give(out, value, SCHEMA_MADE);
    return give(out, made(&b, 0), SCHEMA_MADE);
}

/* ---- truth values ---- */

static bool bool_of(str text, bool *out) {
    static const struct {
        const char *text;
        bool value;
    } rows[] = { { "true", true },   { "yes", true },   { "on", true },   { "enabled", true },
                 { "false", false }, { "no", false },   { "off", false }, { "disabled", false },
                 { "not", false },   { "never", false } };
    str word = text, rest;
    if (!text.n) return false;
    str_cut(text_bare(text), ' ', &word, &rest);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!str_ieq(word, str_c(rows[i].text))) continue;
        *out = rows[i].value;
        return true;
    }
    return false;
}

enum schema_origin schema_bool(struct schema_values *v, const struct schema_view *view,
                               const struct schema_field *f, struct buf *out) {
    const struct words *w = &v->facts->words;
    bool value = false;
    enum schema_origin origin = SCHEMA_FOUND;
    if (!bool_of(evidence_keyed(v->facts, f->word, f->words), &value)) {
        ptrdiff_t at = -1;
        str last = f->words ? f->word[f->words - 1] : (str){ 0 };
        for (size_t i = 0; last.n && i < w->n && at < 0; i++)
            if (word_alike(w->w[i].text, last) && !word_is_common(last)) at = (ptrdiff_t)i;
        if (at >= 0) {
            size_t from = at >= 3 ? (size_t)at - 3 : 0;
            struct words before = { w->raw, w->w + from, (size_t)at - from };
            value = !words_any(&before, "not|no|never|without|isn|doesn|don|disable|non");
        } else {
            origin = SCHEMA_MADE;
            doc_bool(v->doc, view_get(v, view, "default"), &value);
        }
    }
    if (f->index) value = f->index % 2;
    buf_add(out, value ? S("true") : S("false"));
    return origin;
}

/* ---- enumerations ---- */

/* Mood of a text, for a classification into positive, negative, neutral. */
static const char *mood(const struct evidence *e) {
    static const char good[] =
        "good|great|love|loved|excellent|amazing|wonderful|happy|best|awesome|fantastic|perfect|"
        "nice|enjoy|enjoyed|like|liked|pleased|recommend|좋|훌륭|최고|행복|만족|추천";
    static const char bad[] =
        "bad|terrible|hate|hated|awful|worst|horrible|sad|poor|broken|disappointed|disappointing|"
        "angry|slow|useless|never|annoying|나쁘|나빠|최악|싫|실망|별로";
    int score = 0;
    for (size_t i = 0; i < e->words.n; i++) {
        struct words one = { { e->words.w[i].text.p, e->words.w[i].text.n }, &e->words.w[i], 1 };
        int value = words_any(&one, good) ? 1 : words_any(&one, bad) ? -1 : 0;
        struct words before = { { 0 }, i ? &e->words.w[i - 1] : NULL, i ? 1 : 0 };
        if (value && i && words_any(&before, "not|t|no|never")) value = -value;
        score += value;
    }
    return score > 0 ? "positive" : score < 0 ? "negative" : "neutral";
}

static bool is_mentioned(const struct schema_values *v, doc_node value) {
    str text;
    double number;
    if (doc_string(v->doc, value, &text)) {
        if (evidence_has(v->facts, text)) return true;
        char spaced[64];
        if (text.n >= sizeof spaced || str_chr(text, '_') < 0) return false;
        str_copy(spaced, sizeof spaced, text);
        for (size_t i = 0; i < text.n; i++)
            if (spaced[i] == '_') spaced[i] = ' ';
        return evidence_has(v->facts, (str){ spaced, text.n });
    }
    if (!doc_number(v->doc, value, &number)) return false;
    for (size_t i = 0; i < v->facts->n; i++)
        if (v->facts->item[i].kind == EVIDENCE_NUMBER && v->facts->item[i].number == number)
            return true;
    return false;
}

static doc_node by_text(const struct schema_values *v, doc_node values, str wanted) {
    str text;
    for (doc_node c = doc_first(v->doc, values); c; c = doc_next(v->doc, c))
        if (doc_string(v->doc, c, &text) && str_ieq(text, wanted)) return c;
    return 0;
}

bool schema_enum(struct schema_values *v, const struct schema_view *view,
                 const struct schema_field *f, struct buf *out, enum schema_origin *origin) {
    struct doc *d = v->doc;
    doc_node constant = view_get(v, view, "const"), values = view_get(v, view, "enum");
    if (constant) {
        *origin = SCHEMA_MADE;
        return doc_write_json(d, constant, out) || true;
    }
    if (!doc_len(d, values)) return false;
    doc_node chosen = 0;
    unsigned looked = 0;
    *origin = SCHEMA_FOUND;
    if (f->top && v->given_name.n && str_eq(v->given_name, f->name))
        chosen = by_text(v, values, v->given);
    for (doc_node c = doc_first(d, values); c && !chosen && looked < 256;
         c = doc_next(d, c), looked++)
        if (is_mentioned(v, c)) chosen = c;
    if (!chosen && by_text(v, values, S("positive")) && by_text(v, values, S("negative")))
        chosen = by_text(v, values, str_c(mood(v->facts)));
    if (f->index || !chosen) {
        *origin = SCHEMA_MADE;
        str text;
        if (!f->index && doc_string(d, view_get(v, view, "default"), &text))
            chosen = by_text(v, values, text);
        size_t skip = f->index;
        for (doc_node c = doc_first(d, values); c && !chosen; c = doc_next(d, c)) {
            if (doc_type(d, c) == DOC_NULL && doc_next(d, c) && !f->index) continue;
            if (skip-- == 0) chosen = c;
        }
        if (!chosen) chosen = doc_first(d, values);
    }
    doc_write_json(d, chosen, out);
    return true;
}
