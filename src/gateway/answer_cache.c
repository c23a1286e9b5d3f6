#include "gateway/answer_cache.h"

#include "base/clock.h"
#include "doc/json_write.h"
#include "gateway/answer_share.h"

#include <openssl/evp.h>
#include <string.h>

enum {
    TTL_DEFAULT = 300,
    TTL_MOST = 86400,
    PIECE = 32 << 10,         /* a stored answer is given in such pieces */
    KEY_BODY = 80 << 20,      /* a body, compactly written */
    RESERVE_STEP = 256 << 10, /* of answers that are still coming */
};

struct answer_call { /* in the exchange's arena */
    struct exchange_filter filter;
    struct call *call;
    struct answer_key key;
    struct answer_wish wish;
    /* An answer that comes: kept as it goes out. */
    struct answer_text text;
    size_t reserved;
    char content_type[96];
    bool keeps;
    /* One that is stored: given. */
    const struct answer *stored;
    struct answer_place place;
    struct answer_label label;
};

/* ---- what is asked for ---- */

enum said { UNSAID, SAID_YES, SAID_NO };

static enum said said(str value) {
    value = str_trim(value);
    if (str_ieq(value, S("true"))) return SAID_YES;
    return str_ieq(value, S("false")) ? SAID_NO : UNSAID;
}

/* As JavaScript's parseInt reads it: "60abc" is 60, "1.5" is 1. False: no digit leads. */
static bool leading_number(str text, int64_t *out) {
    int64_t n = 0;
    text = str_trim(text);
    size_t i = 0;
    for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
        if (n <= TTL_MOST) n = n * 10 + (text.p[i] - '0');
    if (i) *out = n;
    return i > 0;
}

struct answer_wish answer_wish_read(const struct cache_settings *s, str cache, str ttl, str clear) {
    struct answer_wish w = { .ttl = s->ttl > 0 ? s->ttl : TTL_DEFAULT };
    enum said wants = said(cache);
    w.on = s->mode != CACHE_NEVER &&
           (wants == SAID_YES || (wants == UNSAID && s->mode == CACHE_ALWAYS));
    w.refresh = w.on && said(clear) == SAID_YES;
    leading_number(ttl, &w.ttl);
    if (w.ttl < 1) w.ttl = 1;
    if (w.ttl > TTL_MOST) w.ttl = TTL_MOST;
    return w;
}

/* ---- the key ---- */

static void hash_part(EVP_MD_CTX *md, str part) {
    uint64_t n = part.n;
    EVP_DigestUpdate(md, &n, sizeof n);
    EVP_DigestUpdate(md, part.n ? part.p : "", part.n);
}

static bool make_key(struct call *c, struct answer_key *key) {
    struct buf body = BUF_INIT(KEY_BODY);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool good = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
                doc_write_json(c->doc, doc_root(c->doc), &body);
    if (good) {
        hash_part(md, gateway_presented_key(c->x));
        hash_part(md, c->api->path);
        hash_part(md, c->stream ? S("stream") : S(""));
        hash_part(md, buf_str(&body));
        good = EVP_DigestFinal_ex(md, key->hash, NULL) == 1;
    }
    EVP_MD_CTX_free(md);
    buf_free(&body);
    return good;
}

/* ---- an answer that is stored ---- */

static str decimal(struct arena *a, int64_t n) {
    return arena_printf(a, "%lld", (long long)n);
}

static void give_head(struct call *c, struct answer_call *k, str id) {
    int64_t now = clock_ms();
    struct server_header headers[10] = {
        { S("Content-Type"), str_c(k->stored->content_type) },
        { S("X-Request-Id"), c->request_id },
        { S("X-Generation-Id"), id },
        { S("X-OpenRouter-Cache-Status"), S("HIT") },
        { S("X-OpenRouter-Cache-Age"), decimal(c->arena, (now - k->stored->stored_ms) / 1000) },
        { S("X-OpenRouter-Cache-TTL"),
          decimal(c->arena, (k->stored->until_ms - now + 999) / 1000) },
    };
    size_t n = 6;
    if (k->stored->text.source_id[0])
        headers[n++] = (struct server_header){ S("X-OpenRouter-Cache-Source-Id"),
                                               str_c(k->stored->text.source_id) };
    if (c->stream) headers[n++] = (struct server_header){ S("Cache-Control"), S("no-cache") };
    if (c->stream) headers[n++] = (struct server_header){ S("X-Accel-Buffering"), S("no") };
    c->status = 200;
    c->head_given = true;
    exchange_head(c->x, 200, headers, n,
                  c->stream ? -1 : (int64_t)answer_text_length(&k->stored->text, &k->label));
}

static void give_more(struct call *c) {
    struct answer_call *k = c->cache;
    const struct answer_text *text = &k->stored->text;
    struct buf piece = BUF_INIT(PIECE + 4096);
    bool room = true;
    while (room && answer_text_more(text, &k->place)) {
        buf_clear(&piece);
        answer_text_read(text, &k->place, &k->label, PIECE, &piece);
        room = exchange_write(c->x, buf_str(&piece));
    }
    buf_free(&piece);
    if (answer_text_more(text, &k->place)) return; /* on_drained goes on, or the client is gone */
    exchange_end(c->x);
    call_end(c, END_OK);
}

static void on_drained(struct exchange *x) {
    struct call *c = exchange_data(x);
    if (c->state != CALL_OVER) give_more(c);
}

static void give(struct call *c, struct answer_call *k) {
    str id = answer_new_id(c, &k->label);
    c->cached = CACHED_HIT;
    c->state = CALL_GIVING;
    c->first_token = uv_now(c->g->loop);
    COUNT(&c->g->counters, cache_hits);
    exchange_on_drained(c->x, on_drained);
    give_head(c, k, id);
    give_more(c);
}

/* ---- an answer that comes ---- */

static void stop_keeping(struct answer_call *k) {
    answer_store_unreserve(k->call->g->answers, k->reserved);
    answer_text_free(&k->text);
    k->reserved = 0;
    k->keeps = false;
}

static str header_of(const struct server_answer *a, str name) {
    for (size_t i = 0; i < a->count; i++)
        if (str_ieq(a->headers[i].name, name)) return a->headers[i].value;
    return (str){ 0 };
}

/* A success is announced as a miss; what openrouter.ai answered from a cache of its own keeps what
 * it says of itself, and is not stored a second time. */
static void on_head(struct exchange_filter *f, struct exchange *x, const struct server_answer *a) {
    struct answer_call *k = (struct answer_call *)f;
    struct server_header headers[CALL_HEADERS + 8];
    size_t n = 0;
    if (a->status != 200 || str_ieq(header_of(a, S("x-openrouter-cache-status")), S("HIT"))) {
        stop_keeping(k);
        exchange_pass_head(f, x, a);
        return;
    }
    str type = header_of(a, S("content-type")), coding = header_of(a, S("content-encoding"));
    bool stream = str_istarts(type, S("text/event-stream"));
    if (stream != k->call->stream || (coding.n && !str_ieq(coding, S("identity"))) ||
        !str_copy(k->content_type, sizeof k->content_type, type))
        stop_keeping(k);
    for (size_t i = 0; i < a->count && n < CALL_HEADERS + 6; i++)
        if (!str_istarts(a->headers[i].name, S("x-openrouter-cache-")))
            headers[n++] = a->headers[i];
    headers[n++] = (struct server_header){ S("X-OpenRouter-Cache-Status"), S("MISS") };
    headers[n++] =
        (struct server_header){ S("X-OpenRouter-Cache-TTL"), decimal(k->call->arena, k->wish.ttl) };
    exchange_pass_head(f, x, &(struct server_answer){ a->status, headers, n, a->length });
}

static void on_write(struct exchange_filter *f, struct exchange *x, str bytes) {
    struct answer_call *k = (struct answer_call *)f;
    if (k->keeps) answer_text_take(&k->text, bytes);
    size_t more = answer_text_bytes(&k->text);
    more = more > k->reserved
               ? (more - k->reserved + RESERVE_STEP - 1) / RESERVE_STEP * RESERVE_STEP
               : 0;
    if (more && answer_store_reserve(k->call->g->answers, more))
        k->reserved += more;
    else if (more || k->text.failed)
        stop_keeping(k);
    exchange_pass_write(f, x, bytes);
}

static void keep_what_comes(struct call *c, struct answer_call *k) {
    k->filter = (struct exchange_filter){ .head = on_head, .write = on_write };
    k->keeps = true;
    answer_text_init(&k->text, c->stream, answer_store_longest(c->g->answers));
    c->cached = CACHED_MISS;
    COUNT(&c->g->counters, cache_misses);
    exchange_add_filter(c->x, &k->filter);
}

/* ---- from the call ---- */

/* OpenRouter caches text and vectors; pictures and sound are made anew. */
static bool may_be_kept(const struct call *c) {
    return c->g->answers && (!c->api->media || str_eq(c->api->path, S("/embeddings")));
}

bool answer_cache_answer(struct call *c) {
    if (!may_be_kept(c)) return false;
    struct answer_wish wish =
        answer_wish_read(&c->s->cache, exchange_header(c->x, S("x-openrouter-cache")),
                         exchange_header(c->x, S("x-openrouter-cache-ttl")),
                         exchange_header(c->x, S("x-openrouter-cache-clear")));
    bool share = answer_share_wanted(c, wish.on) && !wish.refresh;
    struct answer_call *k = wish.on || share ? arena_alloc(c->arena, sizeof *k) : NULL;
    if (!k || !make_key(c, &k->key)) return false;
    k->wish = wish;
    k->call = c;
    if (wish.on && !wish.refresh) k->stored = answer_store_find(c->g->answers, &k->key, clock_ms());
    if (k->stored) {
        c->cache = k;
        give(c, k);
        return true;
    }
    if (share && answer_share_join(c, &k->key)) return true;
    if (wish.refresh) answer_store_drop(c->g->answers, &k->key);
    if (!wish.on) return false;
    c->cache = k;
    keep_what_comes(c, k);
    return false;
}

static void store(struct answer_call *k) {
    struct call *c = k->call;
    if (!answer_text_done(&k->text)) return;
    answer_store_put(c->g->answers, &k->key, &k->text, str_c(k->content_type), k->wish.ttl * 1000,
                     clock_ms());
    COUNT(&c->g->counters, cache_stored);
}

void answer_cache_ended(struct call *c, enum call_end how) {
    struct answer_call *k = c->cache;
    if (k && k->keeps && how == END_OK) store(k);
    answer_share_ended(c, how); /* once it is stored: so that nobody asks in between */
    if (!k) return;
    answer_release(k->stored);
    stop_keeping(k);
}

/* ---- what is in it ---- */

void answer_cache_stats(struct gateway *g, struct exchange *x) {
    struct answer_store_counts n;
    struct counters sum = { 0 };
    struct buf json = BUF_INIT(1024);
    struct json_writer w = JSON_WRITER(&json);
    answer_store_count(g->answers, clock_ms(), &n);
    for (size_t i = 0; i < g->worker_count; i++) counters_add(&sum, &g->workers[i].counters);
    json_object(&w);
    json_key(&w, S("data"));
    json_object(&w);
    json_kint(&w, "answers", (int64_t)n.answers);
    json_kint(&w, "bytes", (int64_t)n.bytes);
    json_kint(&w, "max_answers", (int64_t)n.max_answers);
    json_kint(&w, "max_bytes", (int64_t)n.max_bytes);
    json_kint(&w, "hits", (int64_t)atomic_load(&sum.cache_hits));
    json_kint(&w, "misses", (int64_t)atomic_load(&sum.cache_misses));
    json_kint(&w, "coalesced", (int64_t)atomic_load(&sum.coalesced));
    json_kint(&w, "stored", (int64_t)n.stored);
    json_kint(&w, "evicted", (int64_t)n.evicted);
    json_kint(&w, "expired", (int64_t)n.expired);
    json_object_end(&w);
    json_object_end(&w);
    exchange_answer(x, 200, S("application/json"), buf_str(&json));
    buf_free(&json);
}

void answer_cache_clear(struct gateway *g, struct exchange *x) {
    struct buf json = BUF_INIT(100);
    buf_addf(&json, "{\"data\":{\"cleared\":%zu}}", answer_store_clear(g->answers));
    exchange_answer(x, 200, S("application/json"), buf_str(&json));
    buf_free(&json);
}
