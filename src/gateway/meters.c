#include "gateway/meters.h"

#include <math.h>
#include <string.h>

static void add(_Atomic uint64_t *to, uint64_t n) {
    atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static uint64_t value(const _Atomic uint64_t *of) {
    return atomic_load_explicit(of, memory_order_relaxed);
}

struct meter *meter_of(struct meters *m, str id) {
    size_t count = atomic_load_explicit(&m->count, memory_order_relaxed);
    for (size_t i = 0; i < count; i++)
        if (str_eq(id, str_c(m->row[i].id))) return &m->row[i];
    if (count == METERS || !str_copy(m->row[count].id, sizeof m->row[count].id, id))
        return &m->row[METERS];
    atomic_store_explicit(&m->count, count + 1, memory_order_release);
    return &m->row[count];
}

void meter_attempt(struct meter *m, bool failed, uint64_t ms) {
    add(&m->requests, 1);
    add(&m->ms, ms);
    if (failed) add(&m->failures, 1);
}

void meter_usage(struct meter *m, int64_t prompt, int64_t completion, double cost) {
    if (prompt > 0) add(&m->prompt_tokens, (uint64_t)prompt);
    if (completion > 0) add(&m->completion_tokens, (uint64_t)completion);
    if (cost > 0 && cost < 1e9) add(&m->nano_usd, (uint64_t)llround(cost * 1e9));
}

static void add_row(struct meter *sum, const struct meter *m) {
    add(&sum->requests, value(&m->requests));
    add(&sum->failures, value(&m->failures));
    add(&sum->prompt_tokens, value(&m->prompt_tokens));
    add(&sum->completion_tokens, value(&m->completion_tokens));
    add(&sum->ms, value(&m->ms));
    add(&sum->nano_usd, value(&m->nano_usd));
}

void meters_add(struct meters *sum, const struct meters *m) {
    size_t count = atomic_load_explicit(&m->count, memory_order_acquire);
    for (size_t i = 0; i < count; i++) add_row(meter_of(sum, str_c(m->row[i].id)), &m->row[i]);
    add_row(&sum->row[METERS], &m->row[METERS]);
}

/* A label's value: ids are the user's, and may hold anything. */
static void put_label(struct buf *out, str id) {
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] == '"' || id.p[i] == '\\') buf_addc(out, '\\');
        if (id.p[i] == '\n')
            buf_add(out, S("\\n"));
        else
            buf_addc(out, id.p[i]);
    }
}

enum what { REQUESTS, FAILURES, TOKENS_IN, TOKENS_OUT, SECONDS, DOLLARS };

static void put_value(struct buf *out, const struct meter *m, enum what what) {
    uint64_t n = 0;
    switch (what) {
    case REQUESTS: n = value(&m->requests); break;
    case FAILURES: n = value(&m->failures); break;
    case TOKENS_IN: n = value(&m->prompt_tokens); break;
    case TOKENS_OUT: n = value(&m->completion_tokens); break;
    case SECONDS: buf_addf(out, "%.3f\n", (double)value(&m->ms) / 1e3); return;
    case DOLLARS: buf_addf(out, "%.9f\n", (double)value(&m->nano_usd) / 1e9); return;
    }
    buf_addf(out, "%llu\n", (unsigned long long)n);
}

void meters_write(const struct meters *sum, struct buf *out) {
    static const struct {
        const char *name, *help, *more;
        enum what what;
    } lines[] = {
        { "requests", "requests sent to each upstream", "", REQUESTS },
        { "failures", "of them failed, in whatever way", "", FAILURES },
        { "tokens", "tokens it counted", ",kind=\"prompt\"", TOKENS_IN },
        { "tokens", NULL, ",kind=\"completion\"", TOKENS_OUT },
        { "seconds", "until the first token, the whole answer or the failure", "", SECONDS },
        { "cost_usd", "what it said that they cost", "", DOLLARS },
    };
    size_t count = atomic_load_explicit(&sum->count, memory_order_acquire);
    bool others = value(&sum->row[METERS].requests) > 0;
    for (size_t k = 0; k < sizeof lines / sizeof lines[0]; k++) {
        if (lines[k].help)
            buf_addf(out,
                     "# HELP chela_gateway_upstream_%s_total %s\n"
                     "# TYPE chela_gateway_upstream_%s_total counter\n",
                     lines[k].name, lines[k].help, lines[k].name);
        for (size_t i = 0; i < count + (others ? 1 : 0); i++) {
            const struct meter *m = &sum->row[i < count ? i : METERS];
            buf_addf(out, "chela_gateway_upstream_%s_total{upstream=\"", lines[k].name);
            put_label(out, i < count ? str_c(m->id) : S("other"));
            buf_addf(out, "\"%s} ", lines[k].more);
            put_value(out, m, lines[k].what);
        }
    }
}
