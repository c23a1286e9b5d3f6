#include "gateway/wishes.h"

#include <stdio.h>

static enum chela_error wrong_type(struct err *e, const char *key, const char *wanted) {
    return err_set(e, CHELA_INPUT, "provider.%s: %s is needed", key, wanted);
}

/* A number, also as text. */
static bool number(struct doc *d, doc_node n, double *out) {
    str text;
    return doc_number(d, n, out) || (doc_string(d, n, &text) && str_f64(str_trim(text), out));
}

static enum chela_error read_lists(struct wishes *w, doc_node p, struct err *e) {
    const struct {
        const char *key;
        doc_node *slot;
    } lists[] = { { "order", &w->order },
                  { "only", &w->only },
                  { "ignore", &w->ignore },
                  { "quantizations", &w->quantizations } };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        doc_node n = doc_get(w->d, p, str_c(lists[i].key));
        if (!n || doc_type(w->d, n) == DOC_NULL) continue;
        if (doc_type(w->d, n) != DOC_ARRAY) return wrong_type(e, lists[i].key, "a list");
        if (doc_len(w->d, n)) *lists[i].slot = n;
    }
    return CHELA_OK;
}

/* A number is meant for the middle; an object says it for each percentile. */
static enum chela_error read_figures(struct wishes *w, doc_node p, const char *key, double scale,
                                     double *out, struct err *e) {
    static const char *const percents[PERCENTS] = { "p50", "p75", "p90", "p99" };
    doc_node n = doc_get(w->d, p, str_c(key));
    if (!n || doc_type(w->d, n) == DOC_NULL) return CHELA_OK;
    if (doc_type(w->d, n) == DOC_OBJECT) {
        for (size_t i = 0; i < PERCENTS; i++)
            number(w->d, doc_get(w->d, n, str_c(percents[i])), &out[i]);
    } else if (!number(w->d, n, &out[PERCENT_50])) {
        return wrong_type(e, key, "a number, or an object with p50 to p99,");
    }
    for (size_t i = 0; i < PERCENTS; i++) {
        if (!(out[i] > 0)) out[i] = 0;
        out[i] *= scale;
        w->prefers = w->prefers || out[i] > 0;
    }
    return CHELA_OK;
}

static void read_sort(struct wishes *w, doc_node p) {
    str text;
    doc_node sort = doc_get(w->d, p, S("sort"));
    if (doc_type(w->d, sort) == DOC_OBJECT) {
        w->mix_models =
            doc_string(w->d, doc_get(w->d, sort, S("partition")), &text) && str_eq(text, S("none"));
        sort = doc_get(w->d, sort, S("by"));
    }
    if (doc_string(w->d, sort, &text) &&
        (str_eq(text, S("price")) || str_eq(text, S("latency")) || str_eq(text, S("throughput"))))
        w->sort = text;
}

enum chela_error wishes_read(struct wishes *w, struct doc *body, struct err *e) {
    doc_node root = doc_root(body), p = doc_get(body, root, S("provider"));
    str text;
    *w = (struct wishes){ .d = body, .fallbacks = true };
    if (p && doc_type(body, p) != DOC_NULL && doc_type(body, p) != DOC_OBJECT)
        return err_set(e, CHELA_INPUT, "provider: an object is needed");
    enum chela_error code = read_lists(w, p, e);
    if (code == CHELA_OK)
        code = read_figures(w, p, "preferred_max_latency", 1000, w->most_latency_ms, e);
    if (code == CHELA_OK)
        code = read_figures(w, p, "preferred_min_throughput", 1, w->least_throughput, e);
    if (code != CHELA_OK) return code;
    read_sort(w, p);
    doc_bool(body, doc_get(body, p, S("allow_fallbacks")), &w->fallbacks);
    doc_bool(body, doc_get(body, p, S("zdr")), &w->zdr);
    doc_bool(body, doc_get(body, p, S("require_parameters")), &w->require_parameters);
    w->no_collection =
        doc_string(body, doc_get(body, p, S("data_collection")), &text) && str_eq(text, S("deny"));
    w->max_price = doc_get(body, p, S("max_price"));
    if (!doc_int(body, doc_get(body, root, S("max_completion_tokens")), &w->max_tokens))
        doc_int(body, doc_get(body, root, S("max_tokens")), &w->max_tokens);
    return CHELA_OK;
}

bool wishes_max_price(const struct wishes *w, const char *key, double *out) {
    if (!number(w->d, doc_get(w->d, w->max_price, str_c(key)), out)) return false;
    *out /= 1e6; /* it is said for a million tokens */
    return true;
}
