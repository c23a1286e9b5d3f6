#include "gateway/discovered.h"

#include "base/file.h"

#include <stdio.h>

/* The id comes from a configuration, and becomes a file's name. */
static bool path_for(const char *cache, str id, char *path, size_t cap) {
    for (size_t i = 0; i < id.n; i++) {
        char c = ascii_lower(id.p[i]);
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_') return false;
    }
    int n = snprintf(path, cap, "%s/upstreams/%.*s.json", cache, STR_ARG(id));
    return id.n && n > 0 && (size_t)n < cap;
}

static doc_node rows_of(struct doc *d) {
    doc_node list = doc_get(d, doc_root(d), S("data"));
    return doc_type(d, list) == DOC_ARRAY ? list : 0;
}

static bool is_list(str json) {
    struct doc *d = NULL;
    bool is = doc_parse(&d, json, DOC_JSON, NULL, NULL) == CHELA_OK && rows_of(d);
    doc_free(d);
    return is;
}

enum chela_error discovered_store(const char *cache, str id, str json, bool *fresh, struct err *e) {
    char path[4500], folder[4500];
    struct buf kept = BUF_INIT(DISCOVERED_BYTES);
    *fresh = false;
    if (!path_for(cache, id, path, sizeof path))
        return err_set(e, CHELA_CONFIG, "%.*s is no name for a file", STR_ARG(id));
    if (!is_list(json)) return err_set(e, CHELA_PROTOCOL, "that is no list of models");
    bool same = file_read(path, &kept, NULL) == CHELA_OK && str_eq(buf_str(&kept), json);
    buf_free(&kept);
    if (same) return CHELA_OK;
    snprintf(folder, sizeof folder, "%s/upstreams", cache);
    enum chela_error code = file_mkdirs(folder, 0700, e);
    if (code == CHELA_OK) code = file_write(path, json, 0600, e);
    *fresh = code == CHELA_OK;
    return code;
}

/* ---- reading ---- */

/* OpenRouter's are texts, USD for a token. */
static double price(struct doc *d, doc_node row, const char *key) {
    doc_node n = doc_get(d, doc_get(d, row, S("pricing")), str_c(key));
    double value;
    str text;
    bool good = doc_number(d, n, &value) || (doc_string(d, n, &text) && str_f64(text, &value));
    return good && value >= 0 ? value : -1;
}

/* Each service has its own word for it. */
static int64_t context_of(struct doc *d, doc_node row) {
    static const char *const keys[] = { "context_length", "context_window", "max_model_len" };
    int64_t n = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && n <= 0; i++)
        doc_int(d, doc_get(d, row, str_c(keys[i])), &n);
    return n > 0 ? n : 0;
}

static bool read_row(struct doc *d, doc_node row, parameters lacks, struct upstream_model *m,
                     struct arena *a) {
    str id, name;
    if (!doc_string(d, doc_get(d, row, S("id")), &id) || !id.n) return false;
    if (!doc_string(d, doc_get(d, row, S("name")), &name) || !name.n) name = id;
    doc_node known = doc_get(d, row, S("supported_parameters"));
    *m = (struct upstream_model){ .id = arena_dup(a, id),
                                  .name = arena_dup(a, name),
                                  .context_length = context_of(d, row),
                                  .price_prompt = price(d, row, "prompt"),
                                  .price_completion = price(d, row, "completion"),
                                  .price_cache_read = price(d, row, "input_cache_read"),
                                  .price_cache_write = price(d, row, "input_cache_write"),
                                  .lacks = lacks };
    doc_int(d, doc_get(d, doc_get(d, row, S("top_provider")), S("max_completion_tokens")),
            &m->max_output);
    if (doc_len(d, known)) m->lacks |= ~parameters_listed(d, known);
    m->reasons = known && !(m->lacks & parameters_named(S("reasoning")));
    return true;
}

void discovered_read(const char *cache, struct upstream *u, struct arena *a) {
    char path[4500];
    struct buf text = BUF_INIT(DISCOVERED_BYTES);
    struct doc *d = NULL;
    if (path_for(cache, u->id, path, sizeof path) && file_read(path, &text, NULL) == CHELA_OK)
        doc_parse(&d, buf_str(&text), DOC_JSON, NULL, NULL);
    if (!d) {
        buf_free(&text);
        return;
    }
    doc_node list = rows_of(d);
    size_t n = doc_len(d, list);
    if (n > DISCOVERED_MODELS) n = DISCOVERED_MODELS;
    struct upstream_model *models = n ? arena_alloc(a, n * sizeof *models) : NULL;
    for (doc_node row = models ? doc_first(d, list) : 0; row && u->model_count < n;
         row = doc_next(d, row))
        if (read_row(d, row, u->lacks, &models[u->model_count], a)) u->model_count++;
    u->models = models;
    doc_free(d);
    buf_free(&text);
}
