#include "gateway/model_select.h"

#include "base/clock.h"
#include "doc/doc.h"
#include "doc/json_write.h"
#include "gateway/query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_DEFAULT = 500, PAGE_MOST = 1000 };

struct selecting {
    struct doc *d;
    struct arena a;
    str query;
};

struct picked {
    doc_node row;
    double key;
    size_t place;
};

static bool asked(struct selecting *s, const char *name, str *out) {
    return query_value(s->query, name, &s->a, out);
}

static str text_at(struct selecting *s, doc_node row, const char *key) {
    str text = { 0 };
    doc_string(s->d, doc_get(s->d, row, str_c(key)), &text);
    return text;
}

/* "pricing.prompt": a number, also as text. NAN: it does not say. */
static double number_at(struct selecting *s, doc_node row, str path) {
    str step, text;
    double value = NAN;
    while (path.n) {
        str_cut(path, '.', &step, &path);
        row = doc_get(s->d, row, step);
    }
    if (!doc_number(s->d, row, &value) && doc_string(s->d, row, &text) && !str_f64(text, &value))
        value = NAN;
    return value;
}

/* ---- filters ---- */

/* Numbers, each between two limits. */
static const struct range {
    const char *least, *most; /* NULL: no such limit */
    const char *path;
    double scale; /* of what stands there, to compare */
} ranges[] = {
    { "context", NULL, "context_length", 1 },
    { "min_price", "max_price", "pricing.prompt", 1e6 },
    { "min_output_price", "max_output_price", "pricing.completion", 1e6 },
    { "min_intelligence_index", "max_intelligence_index",
      "benchmarks.artificial_analysis.intelligence_index", 1 },
    { "min_coding_index", "max_coding_index", "benchmarks.artificial_analysis.coding_index", 1 },
    { "min_agentic_index", "max_agentic_index", "benchmarks.artificial_analysis.agentic_index", 1 },
};

static enum chela_error limit(struct selecting *s, const char *name, double *out, struct err *e) {
    str text;
    if (!name || !asked(s, name, &text)) return CHELA_OK;
    return str_f64(text, out) && isfinite(*out)
               ? CHELA_OK
               : err_set(e, CHELA_INPUT, "%s: a number is needed", name);
}

static bool in_range(double value, double least, double most) {
    if (isnan(least) && isnan(most)) return true;
    return !isnan(value) && !(value < least) && !(value > most);
}

/* Every item of the list that was asked for stands in the row's. */
static bool has_all(struct selecting *s, doc_node list, str wanted) {
    str item, text;
    while (wanted.n) {
        str_cut(wanted, ',', &item, &wanted);
        item = str_trim(item);
        bool found = !item.n;
        for (doc_node n = doc_first(s->d, list); n && !found; n = doc_next(s->d, n))
            found = doc_string(s->d, n, &text) && str_ieq(text, item);
        if (!found) return false;
    }
    return true;
}

static bool is_one_of(str text, str list) {
    str item;
    while (list.n) {
        str_cut(list, ',', &item, &list);
        if (str_ieq(text, str_trim(item))) return true;
    }
    return false;
}

static bool passes(struct selecting *s, doc_node row) {
    doc_node architecture = doc_get(s->d, row, S("architecture"));
    str wanted, id = text_at(s, row, "id"), author, rest;
    str_cut(id, '/', &author, &rest);
    if (asked(s, "q", &wanted) && !str_ihas(id, wanted) &&
        !str_ihas(text_at(s, row, "name"), wanted) &&
        !str_ihas(text_at(s, row, "description"), wanted))
        return false;
    if (asked(s, "supported_parameters", &wanted) &&
        !has_all(s, doc_get(s->d, row, S("supported_parameters")), wanted))
        return false;
    if (asked(s, "input_modalities", &wanted) &&
        !has_all(s, doc_get(s->d, architecture, S("input_modalities")), wanted))
        return false;
    if (asked(s, "output_modalities", &wanted) && !str_eq(wanted, S("all")) &&
        !has_all(s, doc_get(s->d, architecture, S("output_modalities")), wanted))
        return false;
    if (asked(s, "arch", &wanted) && !str_ieq(text_at(s, architecture, "tokenizer"), wanted))
        return false;
    return !asked(s, "model_authors", &wanted) || is_one_of(author, wanted);
}

static enum chela_error filter(struct selecting *s, struct picked *list, size_t *count,
                               struct err *e) {
    enum { RANGES = sizeof ranges / sizeof ranges[0] };
    double least[RANGES + 1], most[RANGES + 1];
    double now = (double)clock_unix_ms() / 1000, oldest = NAN, youngest = NAN;
    enum chela_error code = CHELA_OK;
    for (size_t i = 0; i < RANGES && code == CHELA_OK; i++) {
        least[i] = most[i] = NAN;
        code = limit(s, ranges[i].least, &least[i], e);
        if (code == CHELA_OK) code = limit(s, ranges[i].most, &most[i], e);
    }
    if (code == CHELA_OK) code = limit(s, "max_age_days", &oldest, e);
    if (code == CHELA_OK) code = limit(s, "min_age_days", &youngest, e);
    size_t kept = 0;
    for (size_t i = 0; i < *count && code == CHELA_OK; i++) {
        doc_node row = list[i].row;
        bool good = passes(s, row) &&
                    in_range((now - number_at(s, row, S("created"))) / 86400, youngest, oldest);
        for (size_t k = 0; k < RANGES && good; k++)
            good = in_range(number_at(s, row, str_c(ranges[k].path)) * ranges[k].scale, least[k],
                            most[k]);
        if (good) list[kept++] = list[i];
    }
    *count = kept;
    return code;
}

/* ---- order, pages ---- */

static const struct {
    const char *name, *path; /* path NULL: the order in which they are listed */
    bool falling;
} orders[] = {
    { "newest", "created", true },
    { "pricing-low-to-high", "pricing.prompt", false },
    { "pricing-high-to-low", "pricing.prompt", true },
    { "context-high-to-low", "context_length", true },
    { "intelligence-high-to-low", "benchmarks.artificial_analysis.intelligence_index", true },
    { "coding-high-to-low", "benchmarks.artificial_analysis.coding_index", true },
    { "agentic-high-to-low", "benchmarks.artificial_analysis.agentic_index", true },
};

static int by_key(const void *a, const void *b) {
    const struct picked *x = a, *y = b;
    if (x->key < y->key) return -1;
    if (x->key > y->key) return 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static enum chela_error sort(struct selecting *s, struct picked *list, size_t count,
                             struct err *e) {
    str name;
    if (!asked(s, "sort", &name)) return CHELA_OK;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (!str_eq(name, str_c(orders[i].name))) continue;
        for (size_t k = 0; k < count; k++) {
            double value = number_at(s, list[k].row, str_c(orders[i].path));
            list[k].key = isnan(value) ? INFINITY : orders[i].falling ? -value : value;
        }
        qsort(list, count, sizeof *list, by_key);
        return CHELA_OK;
    }
    return err_set(e, CHELA_INPUT, "sort: \"%.*s\" is no order", STR_ARG(str_head(name, 60)));
}

struct page {
    bool wanted;
    int64_t offset, limit;
};

static enum chela_error read_page(struct selecting *s, struct page *p, struct err *e) {
    str text;
    *p = (struct page){ .limit = PAGE_DEFAULT };
    if (asked(s, "offset", &text)) {
        p->wanted = true;
        if (!str_i64(text, &p->offset) || p->offset < 0)
            return err_set(e, CHELA_INPUT, "offset: a whole number from 0 is needed");
    }
    if (asked(s, "limit", &text)) {
        p->wanted = true;
        if (!str_i64(text, &p->limit) || p->limit < 1 || p->limit > PAGE_MOST)
            return err_set(e, CHELA_INPUT, "limit: a whole number from 1 to %d is needed",
                           PAGE_MOST);
    }
    return CHELA_OK;
}

/* The query with another offset. */
static void write_next(struct selecting *s, const struct page *p, size_t count,
                       struct json_writer *w) {
    struct buf link = BUF_INIT(16 << 10);
    str pair, rest = s->query;
    json_key(w, S("next"));
    if (!p->wanted || p->offset + p->limit >= (int64_t)count) {
        json_null(w);
        return;
    }
    long long next = p->offset + p->limit;
    buf_addf(&link, "/api/v1/models?offset=%lld", next);
    while (rest.n) {
        str_cut(rest, '&', &pair, &rest);
        if (pair.n && !str_starts(pair, S("offset="))) buf_addf(&link, "&%.*s", STR_ARG(pair));
    }
    json_string(w, buf_str(&link));
    buf_free(&link);
}

static void write_answer(struct selecting *s, const struct picked *list, size_t count,
                         const struct page *p, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    for (size_t i = 0; i < count; i++)
        if (!p->wanted || ((int64_t)i >= p->offset && (int64_t)i < p->offset + p->limit))
            json_raw(&w, doc_raw(s->d, list[i].row));
    json_array_end(&w);
    json_kint(&w, "total_count", (int64_t)count);
    json_key(&w, S("links"));
    json_object(&w);
    write_next(s, p, count, &w);
    json_object_end(&w);
    json_object_end(&w);
}

enum chela_error model_select(struct buf *json, str query, size_t *count, struct err *e) {
    struct selecting s = { .a = ARENA_INIT(64u << 20), .query = query };
    struct page page = { 0 };
    struct buf out = BUF_INIT(json->max);
    enum chela_error code = doc_parse(&s.d, buf_str(json), DOC_JSON, NULL, e);
    doc_node rows = code == CHELA_OK ? doc_get(s.d, doc_root(s.d), S("data")) : 0;
    *count = doc_len(s.d, rows);
    struct picked *list = calloc(*count + 1, sizeof *list);
    if (code == CHELA_OK && !list) code = err_set(e, CHELA_NOMEM, "out of memory");
    size_t n = 0;
    for (doc_node row = doc_first(s.d, rows); row && list; row = doc_next(s.d, row), n++)
        list[n] = (struct picked){ .row = row, .place = n };
    if (code == CHELA_OK) code = filter(&s, list, count, e);
    if (code == CHELA_OK) code = sort(&s, list, *count, e);
    if (code == CHELA_OK) code = read_page(&s, &page, e);
    if (code == CHELA_OK) write_answer(&s, list, *count, &page, &out);
    free(list);
    doc_free(s.d);
    arena_free(&s.a);
    if (code != CHELA_OK) {
        buf_free(&out);
        return code;
    }
    buf_free(json);
    *json = out;
    return CHELA_OK;
}

bool model_select_is_theirs(str query) {
    static const char *const names[] = { "category",
                                         "providers",
                                         "distillable",
                                         "zdr",
                                         "region",
                                         "use_rss",
                                         "use_rss_chat_links",
                                         "min_tool_success_rate",
                                         "max_tool_success_rate" };
    static const char *const sorts[] = { "most-popular", "top-weekly", "throughput-high-to-low",
                                         "latency-low-to-high", "design-arena-elo-high-to-low" };
    struct arena a = ARENA_INIT(1 << 20);
    str value;
    bool theirs = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !theirs; i++)
        theirs = query_value(query, names[i], &a, &value);
    if (!theirs && query_value(query, "sort", &a, &value))
        for (size_t i = 0; i < sizeof sorts / sizeof sorts[0] && !theirs; i++)
            theirs = str_eq(value, str_c(sorts[i]));
    arena_free(&a);
    return theirs;
}
