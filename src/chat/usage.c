/* What was used, as the service says it. Counts are handed on as they are: which of them contain
 * which differs between providers, so nothing is derived, and the object itself is kept. */
#include "chat/reader.h"

#include <math.h>

void usage_none(struct chat_usage *u) {
    *u = (struct chat_usage){ .prompt = -1,
                              .completion = -1,
                              .total = -1,
                              .cached = -1,
                              .cache_write = -1,
                              .reasoning = -1,
                              .audio = -1,
                              .image = -1,
                              .cost = -1 };
}

/* -1: not said. Some services count in floating point. */
static int64_t tokens(struct doc *d, doc_node n) {
    int64_t whole;
    double number;
    if (doc_int(d, n, &whole)) return whole >= 0 ? whole : -1;
    if (doc_number(d, n, &number) && number >= 0 && number < 9e15) return (int64_t)number;
    return -1;
}

static int64_t first_said(int64_t a, int64_t b) {
    return a >= 0 ? a : b;
}

static int64_t sum_said(int64_t a, int64_t b) {
    return a < 0 ? b : b < 0 ? a : a + b;
}

void usage_read(struct chat_usage *u, struct doc *d, doc_node usage) {
    usage_none(u);
    doc_node prompt = doc_get(d, usage, S("prompt_tokens_details"));
    doc_node completion = doc_get(d, usage, S("completion_tokens_details"));
    u->prompt = first_said(tokens(d, doc_get(d, usage, S("prompt_tokens"))),
                           tokens(d, doc_get(d, usage, S("input_tokens"))));
    u->completion = first_said(tokens(d, doc_get(d, usage, S("completion_tokens"))),
                               tokens(d, doc_get(d, usage, S("output_tokens"))));
    u->total = tokens(d, doc_get(d, usage, S("total_tokens")));
    u->cached = first_said(tokens(d, doc_get(d, prompt, S("cached_tokens"))),
                           tokens(d, doc_get(d, usage, S("prompt_cache_hit_tokens"))));
    u->cache_write = first_said(tokens(d, doc_get(d, prompt, S("cache_write_tokens"))),
                                tokens(d, doc_get(d, usage, S("cache_creation_input_tokens"))));
    u->reasoning = tokens(d, doc_get(d, completion, S("reasoning_tokens")));
    u->audio = sum_said(tokens(d, doc_get(d, prompt, S("audio_tokens"))),
                        tokens(d, doc_get(d, completion, S("audio_tokens"))));
    u->image = sum_said(tokens(d, doc_get(d, prompt, S("image_tokens"))),
                        tokens(d, doc_get(d, completion, S("image_tokens"))));
    double cost;
    if (doc_number(d, doc_get(d, usage, S("cost")), &cost) && isfinite(cost) && cost >= 0)
        u->cost = cost;
    u->raw = doc_raw(d, usage);
}

void chat_usage_read(struct chat_usage *u, str json) {
    struct doc *d = NULL;
    usage_none(u);
    if (doc_parse(&d, json, DOC_JSON, NULL, NULL) == CHELA_OK) usage_read(u, d, doc_root(d));
    doc_free(d);
}

static void add_tokens(int64_t *sum, int64_t more) {
    if (more >= 0) *sum = (*sum > 0 ? *sum : 0) + more;
}

void chat_usage_add(struct chat_usage *sum, const struct chat_usage *more) {
    add_tokens(&sum->prompt, more->prompt);
    add_tokens(&sum->completion, more->completion);
    add_tokens(&sum->total, more->total);
    add_tokens(&sum->cached, more->cached);
    add_tokens(&sum->cache_write, more->cache_write);
    add_tokens(&sum->reasoning, more->reasoning);
    if (more->cost >= 0) sum->cost = (sum->cost > 0 ? sum->cost : 0) + more->cost;
}
