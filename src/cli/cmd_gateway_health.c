/* chela gateway health [reset]: how the upstreams of a running gateway have been doing. */
#include "cli/columns.h"
#include "cli/gateway_ask.h"

struct row {
    struct doc *d;
    doc_node n;
    struct arena *a;
};

static str text(const struct row *r, const char *key) {
    str value = { 0 };
    doc_string(r->d, doc_get(r->d, r->n, str_c(key)), &value);
    return value;
}

static int64_t number(const struct row *r, const char *key) {
    int64_t n = 0;
    doc_int(r->d, doc_get(r->d, r->n, str_c(key)), &n);
    return n;
}

/* The middle one; "–" when nothing was measured. */
static str median(const struct row *r, const char *key, const char *unit) {
    double value = 0;
    doc_number(r->d, doc_get(r->d, doc_get(r->d, r->n, str_c(key)), S("p50")), &value);
    if (value > 0 && value < 1) return arena_printf(r->a, "<1%s", unit);
    return value > 0 ? arena_printf(r->a, "%.0f%s", value, unit) : S("–");
}

static str state(const struct row *r) {
    int64_t wait = number(r, "wait_ms"), aside = number(r, "aside_ms");
    if (wait) return arena_printf(r->a, "waits %lld s", (long long)((wait + 999) / 1000));
    if (aside) return arena_printf(r->a, "aside %lld s", (long long)((aside + 999) / 1000));
    return S("well");
}

static str last(const struct row *r) {
    int64_t status = number(r, "last_status");
    str error = text(r, "last_error");
    if (!error.n) return S("–");
    return status ? arena_printf(r->a, "%lld %.*s", (long long)status, STR_ARG(error)) : error;
}

static void write_table(const struct gateway_reply *reply, struct buf *out) {
    static const struct column columns[] = {
        { .title = "UPSTREAM", .shrink = 12 },
        { .title = "MODEL", .shrink = 16 },
        { .title = "KEY" },
        { .title = "STATE" },
        { .title = "GOOD", .right = true },
        { .title = "BAD", .right = true },
        { .title = "FIRST TOKEN", .right = true },
        { .title = "TOKENS/S", .right = true },
        { .title = "LAST FAILURE" },
    };
    struct arena a = ARENA_INIT(16 << 20);
    struct columns t;
    doc_node list = doc_get(reply->doc, reply->data, S("endpoints"));
    size_t count = doc_len(reply->doc, list);
    if (!count) {
        buf_add(out, S("No upstream was asked yet.\n"));
        return;
    }
    if (columns_begin(&t, columns, sizeof columns / sizeof columns[0], count, columns_of_terminal(),
                      &a)) {
        for (doc_node n = doc_first(reply->doc, list); n; n = doc_next(reply->doc, n)) {
            const struct row r = { reply->doc, n, &a };
            str *cell = columns_row(&t);
            cell[0] = text(&r, "upstream");
            cell[1] = text(&r, "model");
            cell[2] = text(&r, "key").n ? text(&r, "key") : S("–");
            cell[3] = state(&r);
            cell[4] = columns_number(&a, number(&r, "good"));
            cell[5] = columns_number(&a, number(&r, "bad"));
            cell[6] = median(&r, "latency_ms", " ms");
            cell[7] = median(&r, "tokens_per_second", "");
            cell[8] = last(&r);
        }
        columns_print(&t, out);
    }
    arena_free(&a);
}

static enum chela_error run_health(struct cli *c, struct err *e) {
    return gateway_tell(c, "GET", "/healthz?verbose", write_table, e);
}

const struct command cmd_gateway_health = {
    .path = "gateway health",
    .summary = "Show how the upstreams of a running gateway have been doing",
    .details =
        "The middle of the last five minutes. What failed lately stands aside; what said for\n"
        "how long to wait is not asked until then.",
    .options = gateway_ask_options,
    .run = run_health,
};

static void write_reset(const struct gateway_reply *reply, struct buf *out) {
    (void)reply;
    buf_add(out, S("All upstreams are asked again.\n"));
}

static enum chela_error run_reset(struct cli *c, struct err *e) {
    return gateway_tell(c, "POST", "/healthz/reset", write_reset, e);
}

const struct command cmd_gateway_health_reset = {
    .path = "gateway health reset",
    .summary = "Have a running gateway ask all upstreams again, whatever they did",
    .options = gateway_ask_options,
    .run = run_reset,
};
