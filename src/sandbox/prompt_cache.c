#include "sandbox/prompt_cache.h"

#include "agent/cache_segment.h"

/* FNV-1a: nobody is hurt when a stranger finds two prompts with one hash here. */
static uint64_t hash_more(uint64_t h, str s) {
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 0x100000001B3u;
    return h;
}

static uint64_t spread(uint64_t h) {
    h = (h ^ h >> 32) * 0x9E3779B97F4A7C15u;
    h ^= h >> 29;
    return h ? h : 1;
}

/* Is it known? From now on it is, when it is to be kept. */
static bool know(struct prompt_cache *c, uint64_t hash, bool keep) {
    hash = spread(hash);
    size_t set = hash % PROMPT_CACHE_SETS, oldest = 0;
    for (size_t way = 0; way < PROMPT_CACHE_WAYS; way++) {
        if (c->kept[set][way].hash == hash) {
            c->kept[set][way].used = c->requests;
            return true;
        }
        if (c->kept[set][way].used < c->kept[set][oldest].used) oldest = way;
    }
    if (keep) {
        c->kept[set][oldest].hash = hash;
        c->kept[set][oldest].used = c->requests;
    }
    return false;
}

/* A marker in what was sent; the same words in a text have their quotes escaped. */
static bool is_marked(str json) {
    return str_has(json, S("\"cache_control\":"));
}

struct walk {
    struct prompt_cache *cache;
    uint64_t hash;
    int64_t tokens;
    bool choosy; /* the request has markers: only what they end is kept */
    struct prompt_cache_use use;
    int64_t marked; /* tokens up to the last marker */
};

/* The prefix that ends here. */
static void prefix_ends(struct walk *w, bool marked) {
    if (w->tokens < PROMPT_CACHE_TOKENS) return;
    if (know(w->cache, w->hash, !w->choosy || marked)) w->use.read = w->tokens;
    if (marked) w->marked = w->tokens;
}

struct prompt_cache_use prompt_cache_ask(struct prompt_cache *c, const struct agent_request *r,
                                         int64_t prompt_tokens) {
    if (prompt_tokens < PROMPT_CACHE_TOKENS) return (struct prompt_cache_use){ 0 };
    str body = doc_raw(r->doc, doc_root(r->doc));
    struct walk w = { .cache = c,
                      .hash = hash_more(0xCBF29CE484222325u, r->model),
                      .choosy = is_marked(body) };
    struct buf text = BUF_INIT(2 * doc_default_limits.max_bytes);
    c->requests++;
    bool marked = false;
    struct segment s = segment_first(r->doc, SEGMENT_TOOL);
    if (s.node) w.tokens = agent_tool_tokens(r); /* all of them are one part */
    for (; s.node; segment_next(&s)) {
        segment_write(&s, &text);
        marked = is_marked(segment_raw(&s));
    }
    w.hash = hash_more(w.hash, buf_str(&text));
    prefix_ends(&w, marked);
    for (enum segment_group g = SEGMENT_SYSTEM; g <= SEGMENT_MESSAGE; g++) {
        for (s = segment_first(r->doc, g); s.node; segment_next(&s)) {
            buf_clear(&text);
            segment_write(&s, &text);
            w.hash = hash_more(w.hash, buf_str(&text));
            w.tokens += agent_message_tokens(r, s.index);
            prefix_ends(&w, is_marked(segment_raw(&s)));
        }
    }
    bool failed = text.failed;
    buf_free(&text);
    if (failed) return (struct prompt_cache_use){ 0 };
    if (w.choosy && w.marked > w.use.read) w.use.written = w.marked - w.use.read;
    return w.use;
}
