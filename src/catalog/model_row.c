/* A row of the catalogue, from JSON and back.
 *
 * The cache holds rows in OpenRouter's own shape, cut down to what chela uses (a tenth of the
 * answer), so one reader serves both, and a field that chela starts to use is there after the next
 * refresh. Nothing but the id is required: rows come from several services and years. What a row
 * does not say is kept apart from what it denies.
 */
#include "catalog/model_row.h"

#include "base/utf8.h"
#include "catalog/model_id.h"
#include "doc/json_write.h"

enum { NAME_MAX_BYTES = 200 };

static const str effort_order[] = {
    STR_INIT("minimal"), STR_INIT("low"), STR_INIT("medium"),   STR_INIT("high"),
    STR_INIT("xhigh"),   STR_INIT("max"), STR_INIT("adaptive"),
};
enum {
    EFFORTS_KNOWN = sizeof effort_order / sizeof effort_order[0],
    EFFORTS_STANDARD = 6, /* what "supported_efforts": null stands for */
};

struct model_row model_row_blank(str id) {
    return (struct model_row){
        .id = id,
        .name = id,
        .reasoning = true,
        .tools = true,
        .text_output = true,
        .price_prompt = -1,
        .price_completion = -1,
        .price_cache_read = -1,
        .price_cache_write = -1,
    };
}

/* Names reach terminals: control characters become blanks, and the length is bounded. */
static str clean_name(str s, struct arena *a) {
    size_t n = 0;
    for (size_t step; n < s.n && (step = utf8_step(str_skip(s, n))) && n + step <= NAME_MAX_BYTES;)
        n += step;
    char *p = arena_alloc(a, n + 1);
    if (!p) return (str){ 0 };
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool c1 = c == 0xc2 && i + 1 < n && (unsigned char)s.p[i + 1] < 0xa0;
        p[i] = c < ' ' || c == 0x7f || c1 ? ' ' : s.p[i];
        if (c1) p[++i] = ' ';
    }
    return str_trim((str){ p, n });
}

static bool has_text(struct doc *d, doc_node array, str wanted) {
    str s;
    for (doc_node n = doc_first(d, array); n; n = doc_next(d, n))
        if (doc_string(d, n, &s) && str_ieq(s, wanted)) return true;
    return false;
}

static int64_t tokens(struct doc *d, doc_node n) {
    double v;
    return doc_number(d, n, &v) && v >= 1 && v < 1e15 ? (int64_t)v : 0;
}

/* USD; a string in OpenRouter's rows. Below zero is its way to say that it depends. */
static double price(struct doc *d, doc_node n) {
    double v;
    str s;
    if (!doc_number(d, n, &v) && !(doc_string(d, n, &s) && str_f64(str_trim(s), &v))) return -1;
    return v >= 0 && v < 1e6 ? v : -1;
}

static void read_efforts(struct model_row *row, struct doc *d, doc_node reasoning) {
    doc_node list = doc_get(d, reasoning, S("supported_efforts"));
    size_t known = doc_type(d, list) == DOC_NULL    ? EFFORTS_STANDARD
                   : doc_type(d, list) == DOC_ARRAY ? EFFORTS_KNOWN
                                                    : 0;
    for (size_t i = 0; i < known; i++)
        if (doc_type(d, list) == DOC_NULL || has_text(d, list, effort_order[i]))
            row->efforts[row->effort_count++] = effort_order[i];
}

static void no_reasoning(struct model_row *row) {
    row->reasoning = row->reasoning_mandatory = false;
    row->effort_count = 0;
}

static void read_reasoning(struct model_row *row, struct doc *d, doc_node n) {
    doc_node parameters = doc_get(d, n, S("supported_parameters"));
    doc_node reasoning = doc_get(d, n, S("reasoning"));
    bool own = doc_type(d, reasoning) == DOC_OBJECT;
    if (doc_type(d, parameters) == DOC_ARRAY) {
        row->reasoning = own || has_text(d, parameters, S("reasoning"));
        row->tools = has_text(d, parameters, S("tools"));
    }
    if (own) {
        read_efforts(row, d, reasoning);
        doc_bool(d, doc_get(d, reasoning, S("mandatory")), &row->reasoning_mandatory);
    }
    if (model_is_hunter_alpha(row->id)) no_reasoning(row);
}

/* "text+image->text", or the two lists, which say more. */
static void read_modalities(struct model_row *row, struct doc *d, doc_node n) {
    doc_node architecture = doc_get(d, n, S("architecture"));
    doc_node in = doc_get(d, architecture, S("input_modalities"));
    doc_node out = doc_get(d, architecture, S("output_modalities"));
    str modality = { 0 }, left = { 0 }, right = { 0 };
    if (!doc_string(d, doc_get(d, architecture, S("modality")), &modality))
        doc_string(d, doc_get(d, n, S("modality")), &modality);
    ptrdiff_t arrow = str_find(modality, S("->"));
    if (arrow >= 0) {
        left = str_head(modality, (size_t)arrow);
        right = str_skip(modality, (size_t)arrow + 2);
    }
    row->image_input =
        doc_type(d, in) == DOC_ARRAY ? has_text(d, in, S("image")) : str_ihas(left, S("image"));
    if (doc_type(d, out) == DOC_ARRAY) {
        row->text_output = has_text(d, out, S("text"));
        row->image_output = has_text(d, out, S("image"));
    } else if (arrow >= 0) {
        row->text_output = str_ihas(right, S("text"));
        row->image_output = str_ihas(right, S("image"));
    }
}

static int64_t first_tokens(struct doc *d, doc_node a, doc_node b, doc_node c) {
    int64_t v = tokens(d, a);
    if (!v) v = tokens(d, b);
    return v ? v : tokens(d, c);
}

bool model_row_read(struct model_row *out, struct doc *d, doc_node n, struct arena *a) {
    str s;
    if (!doc_string(d, doc_get(d, n, S("id")), &s) || s.n > MODEL_REF_MAX || model_id_fault(s))
        return false;
    struct model_row row = model_row_blank(arena_dup(a, s));
    if (doc_string(d, doc_get(d, n, S("name")), &s) && (s = clean_name(s, a)).n) row.name = s;
    doc_node provider = doc_get(d, n, S("top_provider"));
    row.context_length = first_tokens(d, doc_get(d, n, S("context_length")),
                                      doc_get(d, provider, S("context_length")), 0);
    row.max_output = first_tokens(d, doc_get(d, provider, S("max_completion_tokens")),
                                  doc_get(d, n, S("max_completion_tokens")),
                                  doc_get(d, n, S("max_output_tokens")));
    read_reasoning(&row, d, n);
    read_modalities(&row, d, n);
    doc_node pricing = doc_get(d, n, S("pricing"));
    row.price_prompt = price(d, doc_get(d, pricing, S("prompt")));
    row.price_completion = price(d, doc_get(d, pricing, S("completion")));
    row.price_cache_read = price(d, doc_get(d, pricing, S("input_cache_read")));
    row.price_cache_write = price(d, doc_get(d, pricing, S("input_cache_write")));
    *out = row;
    return !arena_failed(a);
}

static void write_price(struct json_writer *w, const char *key, double v) {
    if (v < 0) return;
    json_key(w, str_c(key));
    json_double(w, v);
}

static void write_words(struct json_writer *w, const char *key, bool a, str as, bool b, str bs) {
    json_key(w, str_c(key));
    json_array(w);
    if (a) json_string(w, as);
    if (b) json_string(w, bs);
    json_array_end(w);
}

void model_row_write(const struct model_row *row, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "id", row->id); /* first: the cache is searched by it */
    if (!str_eq(row->name, row->id)) json_kstring(&w, "name", row->name);
    if (row->context_length) json_kint(&w, "context_length", row->context_length);
    if (row->max_output) json_kint(&w, "max_completion_tokens", row->max_output);
    json_key(&w, S("architecture"));
    json_object(&w);
    write_words(&w, "input_modalities", true, S("text"), row->image_input, S("image"));
    write_words(&w, "output_modalities", row->text_output, S("text"), row->image_output,
                S("image"));
    json_object_end(&w);
    json_key(&w, S("pricing"));
    json_object(&w);
    write_price(&w, "prompt", row->price_prompt);
    write_price(&w, "completion", row->price_completion);
    write_price(&w, "input_cache_read", row->price_cache_read);
    write_price(&w, "input_cache_write", row->price_cache_write);
    json_object_end(&w);
    write_words(&w, "supported_parameters", row->tools, S("tools"), row->reasoning, S("reasoning"));
    if (row->effort_count || row->reasoning_mandatory) {
        json_key(&w, S("reasoning"));
        json_object(&w);
        json_key(&w, S("supported_efforts"));
        json_array(&w);
        for (size_t i = 0; i < row->effort_count; i++) json_string(&w, row->efforts[i]);
        json_array_end(&w);
        json_kbool(&w, "mandatory", row->reasoning_mandatory);
        json_object_end(&w);
    }
    json_object_end(&w);
}

static void overlay_price(double *to, struct doc *d, doc_node n) {
    double v = price(d, n);
    if (v >= 0) *to = v / 1e6;
}

void model_row_overlay(struct model_row *row, struct doc *d, doc_node n, struct arena *a) {
    str s;
    if (doc_string(d, doc_get(d, n, S("name")), &s) && (s = clean_name(s, a)).n) row->name = s;
    int64_t v = tokens(d, doc_get(d, n, S("contextWindow")));
    if (v) row->context_length = v;
    v = tokens(d, doc_get(d, n, S("maxTokens")));
    if (v) row->max_output = v;
    doc_bool(d, doc_get(d, n, S("reasoning")), &row->reasoning);
    if (!row->reasoning || model_is_hunter_alpha(row->id)) no_reasoning(row);
    doc_node input = doc_get(d, n, S("input"));
    if (doc_type(d, input) == DOC_ARRAY) row->image_input = has_text(d, input, S("image"));
    doc_node cost = doc_get(d, n, S("cost"));
    overlay_price(&row->price_prompt, d, doc_get(d, cost, S("input")));
    overlay_price(&row->price_completion, d, doc_get(d, cost, S("output")));
    overlay_price(&row->price_cache_read, d, doc_get(d, cost, S("cacheRead")));
    overlay_price(&row->price_cache_write, d, doc_get(d, cost, S("cacheWrite")));
    row->configured = true;
}
