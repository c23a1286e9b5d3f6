/* Memory of a document: its nodes in one array that may move, its added text in chunks that may
 * not, because slices of it were handed out. */
#include "doc/doc_impl.h"

#include <stdlib.h>
#include <string.h>

const struct doc_limits doc_default_limits = { 64u << 20, 4000000, 200 };

const char *text_far(const struct doc *d, uint32_t at) {
    uint32_t low = 0, high = d->chunk_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (d->chunk[middle].base <= at)
            low = middle;
        else
            high = middle;
    }
    return d->chunk[low].bytes + (at - d->chunk[low].base);
}

char *text_reserve(struct doc *d, size_t n, uint32_t *at) {
    struct chunk *last = d->chunk_count ? &d->chunk[d->chunk_count - 1] : NULL;
    if (!last || last->cap - last->used < n) {
        size_t cap = last ? (size_t)last->cap * 2 : 2048;
        if (cap > 1u << 20) cap = 1u << 20;
        if (cap < n) cap = n;
        /* Two addresses apart, so that ranges of two texts never look like one. */
        size_t base = last ? (size_t)last->base + last->cap + 2 : d->source.n + 2;
        if (base + cap >= UINT32_MAX) return NULL;
        struct chunk *grown = realloc(d->chunk, (d->chunk_count + 1) * sizeof *grown);
        if (!grown) return NULL;
        d->chunk = grown;
        char *bytes = malloc(cap);
        if (!bytes) return NULL;
        last = &d->chunk[d->chunk_count++];
        *last = (struct chunk){ (uint32_t)base, 0, (uint32_t)cap, bytes };
    }
    if (at) *at = last->base + last->used;
    return last->bytes + last->used;
}

void text_commit(struct doc *d, size_t n) {
    d->chunk[d->chunk_count - 1].used += (uint32_t)n;
}

enum chela_error nodes_reserve(struct doc *d, uint32_t n, struct err *e) {
    if (d->cap - d->count >= n) return CHELA_OK;
    if (n > d->limits.max_nodes + 1 - d->count)
        return err_set(e, CHELA_LIMIT, "more than %u values", (unsigned)d->limits.max_nodes);
    uint64_t cap = (uint64_t)d->cap + d->cap / 2 + n + 16;
    if (cap > (uint64_t)d->limits.max_nodes + 1) cap = (uint64_t)d->limits.max_nodes + 1;
    struct node *grown = realloc(d->node, cap * sizeof *grown);
    if (!grown) return err_set(e, CHELA_NOMEM, "out of memory for %llu values", (long long)cap);
    d->node = grown;
    d->cap = (uint32_t)cap;
    return CHELA_OK;
}

static bool set_far(struct doc *d, struct node *v, uint32_t at, uint32_t len) {
    if (d->far_count == d->far_cap) {
        uint32_t cap = d->far_cap ? d->far_cap * 2 : 8;
        if (cap > 1u << 24) return false; /* an index has 24 bits */
        struct far_key *grown = realloc(d->far_key, cap * sizeof *grown);
        if (!grown) return false;
        d->far_key = grown;
        d->far_cap = cap;
    }
    d->far_key[d->far_count] = (struct far_key){ .at = at, .len = len };
    v->kind |= NODE_KEY_FAR;
    v->key_len = (uint16_t)d->far_count;
    v->key_gap = (uint8_t)(d->far_count >> 16);
    d->far_count++;
    return true;
}

bool node_set_key(struct doc *d, doc_node n, uint32_t at, uint32_t len, bool escaped) {
    struct node *v = &d->node[n];
    uint32_t gap = v->at - at - len;
    v->kind = (uint8_t)(v->kind & ~(NODE_KEY_ESCAPED | NODE_KEY_FAR));
    if (escaped) v->kind |= NODE_KEY_ESCAPED;
    if (len > UINT16_MAX || gap > UINT8_MAX) return set_far(d, v, at, len);
    v->key_len = (uint16_t)len;
    v->key_gap = (uint8_t)gap;
    return true;
}

struct far_key *node_far_key(struct doc *d, doc_node n) {
    struct node *v = &d->node[n];
    if (!(v->kind & NODE_KEY_FAR) && !set_far(d, v, key_at(d, v), v->key_len)) return NULL;
    return &d->far_key[node_far(v)];
}

uint32_t key_at(const struct doc *d, const struct node *n) {
    if (n->kind & NODE_KEY_FAR) return d->far_key[node_far(n)].at;
    return n->at - n->key_gap - n->key_len;
}

str key_text(const struct doc *d, const struct node *n) {
    uint32_t len = n->kind & NODE_KEY_FAR ? d->far_key[node_far(n)].len : n->key_len;
    return text_range(d, key_at(d, n), len);
}

void doc_free(struct doc *d) {
    if (!d) return;
    for (uint32_t i = 0; i < d->chunk_count; i++) free(d->chunk[i].bytes);
    free(d->chunk);
    free(d->far_key);
    free(d->node);
    free(d);
}
