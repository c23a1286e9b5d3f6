/* What a miss is, and what it cost.
 *
 * The prompt of the request before was the prefix of this one, so its tokens could have been read
 * from the cache; those that the service says it did not read are the miss. That is an estimate:
 * the service counts tokens in blocks (hence a remainder is forgiven), and what it would have read
 * is not in its answer. The price of a missed token is the difference between reading it anew and
 * from the cache.
 */
#include "agent/cache_doctor.h"

enum {
    CACHED_FROM = 1024,             /* tokens: the shortest prompt that the usual providers cache */
    BLOCK = 128,                    /* tokens: what their blocks may leave over */
    CACHE_LIVES_MS = 5 * 60 * 1000, /* of an unused prefix, where nothing else was asked for */
};

static double price_of_a_miss(const struct cache_round *r, const struct catalog *k) {
    const struct model_row *row = r->answered.n ? catalog_find(k, r->answered) : NULL;
    if (!row && !model_is_auto(r->model)) row = catalog_find(k, r->model);
    if (!row || row->price_prompt < 0) return -1;
    if (row->price_prompt == 0) return 0;
    return row->price_cache_read < 0 ? -1 : row->price_prompt - row->price_cache_read;
}

static void judge_round(struct cache_round *r, const struct cache_round *last,
                        const struct catalog *k) {
    /* no prompt at all: answered from the response cache */
    if (r->cached < 0 || r->prompt <= 0 || last->prompt <= 0) return;
    int64_t prefix = last->prompt < r->prompt ? last->prompt : r->prompt;
    r->too_short = prefix < CACHED_FROM;
    r->missed = r->too_short || prefix - r->cached < BLOCK ? 0 : prefix - r->cached;
    r->expired =
        r->missed && r->diff.cause == CACHE_EXTENDED && r->at_ms - last->at_ms > CACHE_LIVES_MS;
    double price = r->missed ? price_of_a_miss(r, k) : 0;
    r->cost = price < 0 ? -1 : (double)r->missed * price;
}

/* ---- advice ---- */

static str cut_to_first_comma(str what) {
    str head, rest;
    str_cut(what, ',', &head, &rest);
    return head;
}

/* Against the cause of the round that missed most by it. */
static str advice_for(const struct cache_round *r, struct arena *a) {
    switch (r->diff.cause) {
    case CACHE_MODEL:
        if (model_is_auto(r->model))
            return S("openrouter/auto may choose another model each time, and each has a cache of "
                     "its own: name one with --model");
        return S("each model has a cache of its own: stay with one model within a session");
    case CACHE_TOOLS:
        return S("the tools stand before everything else: keep tools.allow and tools.deny the same "
                 "within a session");
    case CACHE_SYSTEM:
        return S("keep the system prompt the same within a session, and say what changes in a "
                 "message");
    case CACHE_RULE:
        return arena_printf(a,
                            "%.*s changed an earlier message: keep the thinking level the same "
                            "within a session (chela explain agent shows the rules)",
                            STR_ARG(r->diff.what));
    case CACHE_HISTORY:
        return S("earlier messages were edited or removed: take another --session-id for another "
                 "subject");
    case CACHE_PROVIDER:
        return S("each provider has a cache of its own: params.provider.order of the model keeps "
                 "to one");
    case CACHE_SETTING:
        return arena_printf(a, "%.*s: keep it the same within a session",
                            STR_ARG(cut_to_first_comma(r->diff.what)));
    case CACHE_EXTENDED:
        if (!r->expired)
            return S("nothing changed and yet it was not read: this model's provider keeps no "
                     "cache, or another of its machines answered");
        if (model_is_anthropic(r->model))
            return S("the cache had expired: params.cacheRetention \"long\" keeps it for an hour");
        return S("the cache had expired: it lives for some minutes after each request");
    default: return S("the requests could not be compared");
    }
}

static str advise(const struct cache_summary *sum, const struct cache_round *rounds, size_t count,
                  struct arena *a) {
    int64_t missed[CACHE_UNKNOWN + 1] = { 0 };
    const struct cache_round *worst[CACHE_UNKNOWN + 1] = { 0 };
    size_t most = CACHE_UNKNOWN;
    if (count < 2) return S("there is one request: nothing to compare it with yet");
    if (sum->unknown == count - 1) return S("the service says nothing of its cache");
    for (size_t i = 1; i < count; i++) {
        const struct cache_round *r = &rounds[i];
        size_t c = r->diff.cause;
        if (r->missed <= 0) continue;
        missed[c] += r->missed;
        if (!worst[c] || r->missed > worst[c]->missed) worst[c] = r;
        if (missed[c] > missed[most]) most = c;
    }
    if (worst[most]) return advice_for(worst[most], a);
    return sum->cached ? S("the cache held: there is nothing to mend")
                       : S("nothing was long enough to be cached: there is nothing to mend");
}

static int64_t said(int64_t tokens) {
    return tokens < 0 ? 0 : tokens;
}

void cache_judge(struct cache_summary *out, struct cache_round *rounds, size_t count,
                 const struct catalog *k, struct arena *a) {
    *out = (struct cache_summary){ .priced = true };
    for (size_t i = 0; i < count; i++) {
        struct cache_round *r = &rounds[i];
        if (i) judge_round(r, &rounds[i - 1], k);
        out->prompt += said(r->prompt);
        out->cached += said(r->cached);
        out->written += said(r->written);
        out->missed += said(r->missed);
        if (r->cost > 0) out->cost += r->cost;
        if (i && r->missed < 0) out->unknown++;
        if (i && r->missed > 0 && r->cost < 0) out->priced = false;
    }
    out->advice = advise(out, rounds, count, a);
}
