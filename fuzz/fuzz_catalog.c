/* Any bytes as an answer of GET /models, and as a row.
 *
 * A row that is read can be written and read back as the same; its id is a reference; its numbers
 * are in range; its name cannot speak to a terminal.
 */
#include "catalog/model_id.h"
#include "catalog/model_row.h"

#include <stdlib.h>
#include <string.h>

static void must(bool held) {
    if (!held) abort();
}

static void check_values(const struct model_row *row) {
    must(model_id_fault(row->id) == NULL && row->id.n <= MODEL_REF_MAX);
    must(row->name.n > 0 && row->name.n <= MODEL_REF_MAX);
    for (size_t i = 0; i < row->name.n; i++)
        must((unsigned char)row->name.p[i] >= ' ' && row->name.p[i] != 0x7f);
    must(row->context_length >= 0 && row->max_output >= 0);
    must(row->effort_count <= CATALOG_EFFORTS);
    must(row->reasoning || (!row->effort_count && !row->reasoning_mandatory));
    must(!model_is_hunter_alpha(row->id) || !row->reasoning);
    const double prices[] = { row->price_prompt, row->price_completion, row->price_cache_read,
                              row->price_cache_write };
    for (size_t i = 0; i < 4; i++) must(prices[i] >= -1 && prices[i] < 1e6);
}

static void check_round_trip(const struct model_row *row) {
    struct buf text = BUF_INIT(1 << 16), again = BUF_INIT(1 << 16);
    struct arena a = ARENA_INIT(1 << 16);
    struct model_row back;
    struct doc *d;
    model_row_write(row, &text);
    must(!text.failed && text.n < 8192 && !memchr(text.p, '\n', text.n));
    must(doc_parse(&d, buf_str(&text), DOC_JSON, NULL, NULL) == CHELA_OK);
    must(model_row_read(&back, d, doc_root(d), &a));
    model_row_write(&back, &again);
    must(str_eq(buf_str(&text), buf_str(&again)));
    must(str_eq(row->id, back.id) && str_eq(row->name, back.name));
    must(row->effort_count == back.effort_count && row->reasoning == back.reasoning);
    doc_free(d);
    arena_free(&a);
    buf_free(&text);
    buf_free(&again);
}

static void check_row(struct doc *d, doc_node n) {
    struct arena a = ARENA_INIT(1 << 20);
    struct model_row row;
    if (model_row_read(&row, d, n, &a)) {
        check_values(&row);
        check_round_trip(&row);
        model_row_overlay(&row, d, n, &a); /* the same members have other meanings there */
        must(row.configured);
        check_values(&row);
    }
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct doc_limits limits = { 1 << 20, 100000, 64 };
    struct doc *d;
    if (doc_parse(&d, (str){ (const char *)data, size }, DOC_JSON, &limits, NULL)) return 0;
    doc_node rows = doc_get(d, doc_root(d), S("data"));
    for (doc_node n = doc_first(d, rows); n; n = doc_next(d, n)) check_row(d, n);
    check_row(d, doc_root(d));
    doc_free(d);
    return 0;
}
