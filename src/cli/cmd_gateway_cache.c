/* chela gateway cache stats | clear: the response cache of a running gateway. */
#include "cli/gateway_ask.h"

static int64_t number(const struct gateway_reply *r, const char *key) {
    int64_t n = 0;
    doc_int(r->doc, doc_get(r->doc, r->data, str_c(key)), &n);
    return n;
}

static void add_count(struct buf *out, const struct gateway_reply *r, const char *key,
                      const char *one, const char *many) {
    int64_t n = number(r, key);
    buf_addf(out, "%lld %s", (long long)n, n == 1 ? one : many);
}

static void write_stats(const struct gateway_reply *r, struct buf *out) {
    int64_t hits = number(r, "hits"), asked = hits + number(r, "misses");
    add_count(out, r, "hits", "hit", "hits");
    buf_add(out, S(", "));
    add_count(out, r, "misses", "miss", "misses");
    if (asked) buf_addf(out, " (%lld%% hits)", (long long)(hits * 100 / asked));
    buf_addc(out, '\n');
    add_count(out, r, "answers", "answer", "answers");
    buf_addf(out, ", %lld KB of %lld; %lld expired, %lld made room for others\n",
             (long long)((number(r, "bytes") + 1023) / 1024),
             (long long)(number(r, "max_bytes") / 1024), (long long)number(r, "expired"),
             (long long)number(r, "evicted"));
}

static enum chela_error run_stats(struct cli *c, struct err *e) {
    return gateway_tell(c, "GET", "/cache", write_stats, e);
}

const struct command cmd_gateway_cache_stats = {
    .path = "gateway cache stats",
    .summary = "Show how often a running gateway answered from its response cache",
    .options = gateway_ask_options,
    .run = run_stats,
};

static void write_cleared(const struct gateway_reply *r, struct buf *out) {
    buf_add(out, S("Forgot "));
    add_count(out, r, "cleared", "answer", "answers");
}

static enum chela_error run_clear(struct cli *c, struct err *e) {
    return gateway_tell(c, "POST", "/cache/clear", write_cleared, e);
}

const struct command cmd_gateway_cache_clear = {
    .path = "gateway cache clear",
    .summary = "Empty a running gateway's response cache",
    .options = gateway_ask_options,
    .run = run_clear,
};
