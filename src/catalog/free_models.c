/* Free is what ends in ":free", and what costs nothing for either direction. What the row does not
 * say of itself, how large the model is, is read off its name: "qwen3-235b-a22b" has 235. */
#include "catalog/free_models.h"

#include "base/clock.h"
#include "catalog/cache_file.h"
#include "catalog/model_id.h"
#include "catalog/model_row.h"

#include <stdlib.h>
#include <string.h>

static const char *const price_names[MODEL_PRICES] = {
    [PRICE_PROMPT] = "prompt",         [PRICE_COMPLETION] = "completion",
    [PRICE_REQUEST] = "request",       [PRICE_IMAGE] = "image",
    [PRICE_WEB_SEARCH] = "web_search", [PRICE_REASONING] = "internal_reasoning",
};

/* A number, or a string that is one. */
static bool number(struct doc *d, doc_node n, double *out) {
    str s;
    return doc_number(d, n, out) || (doc_string(d, n, &s) && str_f64(str_trim(s), out));
}

static void read_prices(struct free_model *m, struct doc *d, doc_node n) {
    doc_node pricing = doc_get(d, n, S("pricing"));
    bool said[MODEL_PRICES];
    for (int i = 0; i < MODEL_PRICES; i++) {
        said[i] = number(d, doc_get(d, pricing, str_c(price_names[i])), &m->price[i]);
        if (!said[i]) m->price[i] = 0;
    }
    m->priced = said[PRICE_PROMPT] && said[PRICE_COMPLETION];
}

static bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The largest "<number>b" that stands alone, a letter before it allowed ("a22b", "e4b"). */
static double billions_in(str text) {
    double most = 0, value;
    for (size_t i = 0; i < text.n; i++) {
        size_t end = i;
        bool starts = is_digit(text.p[i]) && (i == 0 || !is_digit(text.p[i - 1])) &&
                      (i == 0 || text.p[i - 1] != '.');
        if (!starts) continue;
        while (end < text.n && (is_digit(text.p[end]) || text.p[end] == '.')) end++;
        if (end == text.n || ascii_lower(text.p[end]) != 'b') continue;
        char after = end + 1 < text.n ? ascii_lower(text.p[end + 1]) : ' ';
        size_t word = i > 0 && is_letter(ascii_lower(text.p[i - 1])) ? i - 1 : i;
        char before = word > 0 ? ascii_lower(text.p[word - 1]) : ' ';
        bool alone =
            !is_letter(after) && !is_digit(after) && !is_letter(before) && !is_digit(before);
        if (alone && str_f64((str){ text.p + i, end - i }, &value) && value > most) most = value;
    }
    return most;
}

static int64_t created(struct doc *d, doc_node n) {
    double when;
    if (!doc_number(d, doc_get(d, n, S("created")), &when) &&
        !doc_number(d, doc_get(d, n, S("created_at")), &when))
        return 0;
    if (!(when > 0 && when < 1e15)) return 0;
    return (int64_t)(when > 1e12 ? when : when * 1000); /* seconds, mostly */
}

static void read_modality(struct free_model *m, struct doc *d, doc_node n, struct arena *a) {
    str text = { 0 };
    if (!doc_string(d, doc_get(d, n, S("modality")), &text))
        doc_string(d, doc_get(d, doc_get(d, n, S("architecture")), S("modality")), &text);
    m->modality = arena_dup(a, str_trim(str_head(text, 100)));
}

static void read_parameters(struct free_model *m, struct doc *d, doc_node n) {
    doc_node list = doc_get(d, n, S("supported_parameters"));
    for (doc_node p = doc_first(d, list); p; p = doc_next(d, p)) {
        str name;
        if (!doc_string(d, p, &name) || !str_trim(name).n) continue;
        m->parameter_count++;
        m->tools_listed = m->tools_listed || str_eq(str_trim(name), S("tools"));
    }
}

static bool is_wanted(const struct free_model *m, const struct free_filter *f, int64_t now_ms) {
    const double day = 24.0 * 60 * 60 * 1000;
    str vendor, name;
    bool free = str_ends(m->row.id, S(":free")) ||
                (m->priced && m->price[PRICE_PROMPT] == 0 && m->price[PRICE_COMPLETION] == 0);
    str_cut(m->row.id, '/', &vendor, &name);
    if (!free || (f->vendor.n && !str_ieq(vendor, f->vendor))) return false;
    if (f->min_billions > 0 && m->billions < f->min_billions) return false;
    return !(f->max_age_days > 0 && m->created_ms &&
             (double)(now_ms - m->created_ms) / day > f->max_age_days);
}

static bool read_one(struct free_model *m, struct doc *d, doc_node n, struct arena *a) {
    *m = (struct free_model){ .tool = { .skipped = true, .ms = -1 },
                              .image = { .skipped = true, .ms = -1 } };
    struct model_ref ref;
    struct err ignored = ERR_INIT;
    if (!model_row_read(&m->row, d, n, a) ||
        model_ref_set_id(&ref, m->row.id, a, &ignored) != CHELA_OK)
        return false;
    m->key = ref.key;
    read_prices(m, d, n);
    read_parameters(m, d, n);
    read_modality(m, d, n, a);
    m->created_ms = created(d, n);
    double of_id = billions_in(m->row.id), of_name = billions_in(m->row.name);
    m->billions = of_id > of_name ? of_id : of_name;
    return true;
}

enum chela_error free_models_read(struct free_model **out, size_t *count, str json,
                                  const struct free_filter *filter, struct arena *a,
                                  struct err *e) {
    struct doc *d;
    *count = 0;
    enum chela_error rc = doc_parse(&d, json, DOC_JSON, NULL, e);
    if (rc != CHELA_OK) return rc;
    doc_node data = doc_get(d, doc_root(d), S("data"));
    size_t rows = doc_type(d, data) == DOC_ARRAY ? doc_len(d, data) : 0;
    if (rows > CACHE_ROWS_MAX) rows = CACHE_ROWS_MAX;
    *out = arena_alloc(a, (rows + 1) * sizeof **out);
    int64_t now_ms = clock_unix_ms();
    for (doc_node n = doc_first(d, data); *out && n && *count < rows; n = doc_next(d, n)) {
        struct free_model *m = &(*out)[*count];
        if (read_one(m, d, n, a) && is_wanted(m, filter, now_ms)) (*count)++;
    }
    doc_free(d);
    return arena_failed(a) ? err_set(e, CHELA_NOMEM, "out of memory for the models") : CHELA_OK;
}

/* ---- order ---- */

static int rank(double a, double b) { /* the larger first */
    return a > b ? -1 : a < b;
}

static int compare(const void *pa, const void *pb) {
    const struct free_model *a = pa, *b = pb;
    const double never = 1e18;
    int order = rank(a->image.ok, b->image.ok);
    if (!order)
        order = rank(b->tool.ms < 0 ? never : (double)b->tool.ms,
                     a->tool.ms < 0 ? never : (double)a->tool.ms);
    if (!order) order = rank((double)a->row.context_length, (double)b->row.context_length);
    if (!order) order = rank(a->billions, b->billions);
    if (order) return order;
    size_t shorter = a->key.n < b->key.n ? a->key.n : b->key.n;
    int text = memcmp(a->key.p, b->key.p, shorter);
    return text ? text : rank((double)b->key.n, (double)a->key.n);
}

void free_models_sort(struct free_model *list, size_t count) {
    if (count) qsort(list, count, sizeof *list, compare);
}
