/* An answer of GET /models into the cache.
 *
 * It replaces what was there only when it is a model list with at least one usable row: an error
 * page, an empty list or half an answer must not take a good catalogue away.
 */
#include "base/clock.h"
#include "catalog/cache_file.h"
#include "catalog/model_row.h"

/* A row takes some 80 nodes; the depth leaves room for fields to come. */
static const struct doc_limits limits = {
    .max_bytes = CACHE_FILE_MAX,
    .max_nodes = 4000000,
    .max_depth = 64,
};

static enum chela_error no_list(struct err *e, const char *why) {
    return err_set(e, CHELA_PROTOCOL, "the answer of GET /models is no model list: %s", why);
}

static enum chela_error collect(struct doc *d, struct buf *out, struct err *e) {
    doc_node data = doc_get(d, doc_root(d), S("data"));
    if (doc_type(d, data) != DOC_ARRAY) return no_list(e, "it has no array \"data\"");
    if (doc_len(d, data) > CACHE_ROWS_MAX)
        return err_set(e, CHELA_LIMIT, "the answer of GET /models has %zu rows; %d are the most",
                       doc_len(d, data), CACHE_ROWS_MAX);
    struct arena a = ARENA_INIT(1u << 20);
    struct model_row row;
    bool any = false, whole = true;
    for (doc_node n = doc_first(d, data); n && whole; n = doc_next(d, n)) {
        if (model_row_read(&row, d, n, &a)) {
            cache_file_row(out, !any);
            model_row_write(&row, out);
            any = true;
        }
        whole = !arena_failed(&a);
        arena_free(&a);
    }
    if (!whole) return err_set(e, CHELA_NOMEM, "model catalogue: out of memory");
    return any ? CHELA_OK : no_list(e, "no row in it has an id");
}

enum chela_error catalog_store(struct config *c, str json, struct err *e) {
    struct doc *d;
    enum chela_error rc = doc_parse(&d, json, DOC_JSON, &limits, e);
    if (rc == CHELA_LIMIT || rc == CHELA_NOMEM)
        return err_prefix(e, rc, "the answer of GET /models: ");
    if (rc) {
        err_prefix(e, CHELA_PROTOCOL, "the answer of GET /models is no JSON: ");
        if (e) e->code = CHELA_PROTOCOL;
        return CHELA_PROTOCOL;
    }
    struct buf out = BUF_INIT(CACHE_FILE_MAX);
    cache_file_begin(&out, clock_unix_ms());
    rc = collect(d, &out, e);
    cache_file_end(&out);
    doc_free(d);
    if (!rc && out.failed == BUF_TOO_LARGE)
        rc = err_set(e, CHELA_LIMIT, "the model catalogue's cache would be over %d bytes",
                     CACHE_FILE_MAX);
    if (!rc && out.failed) rc = err_set(e, CHELA_NOMEM, "model catalogue: out of memory");
    if (!rc) rc = cache_file_put(config_where(c), buf_str(&out), e);
    buf_free(&out);
    return rc;
}
