/* chela sessions cache: the prompt-cache doctor's report (agent/cache_doctor.h). */
#include "agent/cache_doctor.h"
#include "cli/columns.h"
#include "cli/sessions.h"
#include "term/safe.h"

#include <stdio.h>

enum { DIFFERENCES_SHOWN = 5, ROUNDS_TEXT = 8 << 20 };

struct report {
    struct cache_round *rounds;
    size_t count;
    struct cache_summary sum;
};

static enum chela_error examine(struct report *r, struct sessions *x, struct cli *c,
                                struct err *e) {
    struct session_info *info;
    struct config *config;
    struct catalog *catalog = NULL;
    enum chela_error rc = sessions_find(x, c->arg[0], &info, e);
    if (rc == CHELA_OK)
        rc = cache_history(x->store, c->arg[0], &x->arena, &r->rounds, &r->count, e);
    if (rc != CHELA_OK) return rc;
    rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK) rc = catalog_open(&catalog, config, e);
    if (rc == CHELA_OK) cache_judge(&r->sum, r->rounds, r->count, catalog, &x->arena);
    catalog_free(catalog);
    config_free(config);
    return rc;
}

/* ---- for programs ---- */

static void difference_json(struct json_writer *w, const struct cache_diff *d) {
    json_key(w, S("difference"));
    if (!d->segment.n) {
        json_null(w);
        return;
    }
    json_object(w);
    json_kstring(w, "segment", d->segment);
    json_kint(w, "at", d->at);
    json_kstring(w, "before", d->before);
    json_kstring(w, "old", d->old);
    json_kstring(w, "new", d->now);
    json_object_end(w);
}

static void round_json(struct json_writer *w, const struct cache_round *r) {
    json_object(w);
    json_kint(w, "turn", r->turn);
    json_kint(w, "round", r->round);
    json_kint(w, "atMs", r->at_ms);
    json_kstring(w, "model", r->model);
    json_kstring(w, "answered", r->answered);
    json_kstring(w, "provider", r->provider);
    json_kint(w, "bytes", r->diff.total_bytes);
    json_kint(w, "bytesBefore", r->before_bytes);
    json_kint(w, "bytesSame", r->diff.same_bytes);
    json_kstring(w, "cause", str_c(cache_cause_name(r->diff.cause)));
    json_kstring(w, "what", r->diff.what);
    difference_json(w, &r->diff);
    sessions_count(w, "promptTokens", r->prompt);
    sessions_count(w, "cachedTokens", r->cached);
    sessions_count(w, "cacheWriteTokens", r->written);
    sessions_count(w, "missedTokens", r->missed);
    sessions_dollars(w, "missedCostUsdEstimate", r->cost);
    json_kbool(w, "expired", r->expired);
    json_object_end(w);
}

static void print_json(const struct report *r, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    sessions_envelope(&w, "sessions.cache");
    json_object(&w);
    json_key(&w, S("rounds"));
    json_array(&w);
    for (size_t i = 0; i < r->count; i++) round_json(&w, &r->rounds[i]);
    json_array_end(&w);
    json_kint(&w, "promptTokens", r->sum.prompt);
    json_kint(&w, "cachedTokens", r->sum.cached);
    json_kint(&w, "cacheWriteTokens", r->sum.written);
    json_kint(&w, "missedTokens", r->sum.missed);
    sessions_dollars(&w, "missedCostUsdEstimate", r->sum.priced ? r->sum.cost : -1);
    json_kint(&w, "roundsUnknown", (int64_t)r->sum.unknown);
    json_kstring(&w, "advice", r->sum.advice);
    json_object_end(&w);
    sessions_envelope_end(&w);
}

/* ---- for people ---- */

static str why(const struct cache_round *r, int64_t before_ms, struct arena *a) {
    if (r->expired)
        return arena_printf(a, "nothing: it had expired (%lld min)",
                            (long long)((r->at_ms - before_ms) / 60000));
    switch (r->diff.cause) {
    case CACHE_FIRST: return S("the first request");
    case CACHE_UNKNOWN: return S("it could not be compared");
    case CACHE_MODEL: return arena_printf(a, "model: %.*s", STR_ARG(r->diff.what));
    case CACHE_EXTENDED:
        if (r->missed > 0) return S("nothing, and yet it was not read");
        return r->too_short ? S("nothing: too short to be cached") : S("nothing");
    default: return r->diff.what;
    }
}

static str kept(const struct cache_round *r, struct arena *a) {
    if (!r->before_bytes) return S("–");
    return arena_printf(a, "%lld %%", (long long)(r->diff.same_bytes * 100 / r->before_bytes));
}

/* What was asked for; of a router, what it chose. */
static str model(const struct cache_round *r) {
    return r->answered.n && model_is_auto(r->model) ? r->answered : r->model;
}

static void table(const struct report *r, struct arena *a, struct buf *out) {
    static const struct column columns[] = {
        { .title = "TURN", .right = true },
        { .title = "MODEL", .shrink = 8 },
        { .title = "CACHED", .right = true },
        { .title = "WRITTEN", .right = true, .optional = true },
        { .title = "NEW", .right = true },
        { .title = "SAME", .right = true },
        { .title = "MISSED", .right = true },
        { .title = "COST", .right = true, .optional = true },
        { .title = "CHANGED", .shrink = 12 },
    };
    struct columns t;
    if (!columns_begin(&t, columns, sizeof columns / sizeof columns[0], r->count,
                       columns_of_terminal(), a))
        return;
    for (size_t i = 0; i < r->count; i++) {
        const struct cache_round *k = &r->rounds[i];
        bool known = k->prompt >= 0 && k->cached >= 0;
        str *cell = columns_row(&t);
        cell[0] = arena_printf(a, "%lld.%lld", (long long)k->turn, (long long)k->round);
        cell[1] = model(k);
        cell[2] = columns_number(a, k->cached);
        cell[3] = columns_number(a, k->written);
        cell[4] = columns_number(a, known ? k->prompt - k->cached : k->prompt);
        cell[5] = kept(k, a);
        cell[6] = columns_number(a, k->missed);
        cell[7] = k->missed > 0 ? columns_money(a, k->cost) : S("–");
        if (k->missed > 0 && k->cost < 0) cell[7] = S("unknown");
        cell[8] = why(k, i ? r->rounds[i - 1].at_ms : 0, a);
    }
    columns_print(&t, out);
}

/* The last differences, in full and in the texts themselves. */
static void differences(const struct report *r, struct buf *out) {
    size_t from = r->count, n = 0;
    while (from && n < DIFFERENCES_SHOWN) n += r->rounds[--from].diff.what.n > 0;
    for (size_t i = from; i < r->count; i++) {
        const struct cache_diff *d = &r->rounds[i].diff;
        if (!d->what.n) continue;
        buf_addf(out, "\nturn %lld.%lld, %s: ", (long long)r->rounds[i].turn,
                 (long long)r->rounds[i].round, cache_cause_name(d->cause));
        safe_line(out, d->what);
        buf_addc(out, '\n');
        if (!d->segment.n) continue;
        buf_addf(out, "  %.*s at byte %lld", STR_ARG(d->segment), (long long)d->at);
        buf_add(out, d->before.n ? S(", behind ") : S(""));
        safe_line(out, d->before);
        buf_add(out, S("\n    before  "));
        safe_line(out, d->old.n ? d->old : S("(nothing)"));
        buf_add(out, S("\n    now     "));
        safe_line(out, d->now.n ? d->now : S("(nothing)"));
        buf_addc(out, '\n');
    }
}

static void summary(const struct report *r, struct arena *a, struct buf *out) {
    const struct cache_summary *s = &r->sum;
    buf_addf(out, "\n%zu request%s with %.*s prompt tokens", r->count, r->count == 1 ? "" : "s",
             STR_ARG(columns_number(a, s->prompt)));
    if (s->prompt)
        buf_addf(out, "; %.*s of them (%lld %%) came from the cache",
                 STR_ARG(columns_number(a, s->cached)), (long long)(s->cached * 100 / s->prompt));
    buf_addf(out, ".\n%.*s tokens were missed", STR_ARG(columns_number(a, s->missed)));
    if (s->missed && !s->priced)
        buf_addf(out, "; what that cost is unknown%s", s->cost > 0 ? " for some of them" : "");
    else if (s->missed)
        buf_addf(out, ", which cost about %.*s (an estimate)", STR_ARG(columns_money(a, s->cost)));
    buf_addf(out, ".\nAdvice: %.*s.\n", STR_ARG(s->advice));
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct sessions x;
    struct report r = { 0 };
    struct buf out = BUF_INIT(ROUNDS_TEXT);
    enum chela_error rc = sessions_open(&x, c->env, e);
    if (rc == CHELA_OK) rc = examine(&r, &x, c, e);
    if (rc == CHELA_OK && c->json) {
        print_json(&r, &out);
    } else if (rc == CHELA_OK && !r.count) {
        cli_note("no request of this session was noted");
    } else if (rc == CHELA_OK) {
        table(&r, &x.arena, &out);
        differences(&r, &out);
        summary(&r, &x.arena, &out);
    }
    if (rc == CHELA_OK) rc = sessions_print(c, &out, e);
    buf_free(&out);
    sessions_close(&x);
    return rc;
}

static const struct option_spec options[] = {
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of text" },
    { 0 },
};

const struct command cmd_sessions_cache = {
    .path = "sessions cache",
    .operands = "SESSION",
    .summary = "Show what a conversation's prompt caches held, and what spoiled them",
    .details =
        "A line for each request: its tokens, those read from and written to the cache, how much\n"
        "of the request before it began with, what it missed and what that cost (an estimate\n"
        "from the catalogue's prices), and what changed first. Then the last differences, a sum\n"
        "and an advice.",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
