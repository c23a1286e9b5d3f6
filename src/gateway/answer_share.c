#include "gateway/answer_share.h"

#include "base/clock.h"
#include "gateway/flights.h"

enum { PIECE = 32 << 10 };

struct share_call { /* in the exchange's arena */
    struct exchange_filter filter;
    struct call *call;
    struct flight *flight;
    struct share_call *next; /* in gateway->sharing */
    bool leads, broken;
    /* Of one that follows. */
    struct answer_place place;
    struct answer_label label;
    str id;
    unsigned beats;
};

static void list_add(struct gateway *g, struct share_call *k) {
    k->next = g->sharing;
    g->sharing = k;
}

static void list_remove(struct gateway *g, struct share_call *k) {
    struct share_call **p = &g->sharing;
    while (*p && *p != k) p = &(*p)->next;
    if (*p) *p = k->next;
}

/* ---- who leads ---- */

static str header_of(const struct server_answer *a, str name) {
    for (size_t i = 0; i < a->count; i++)
        if (str_ieq(a->headers[i].name, name)) return a->headers[i].value;
    return (str){ 0 };
}

static void on_head(struct exchange_filter *f, struct exchange *x, const struct server_answer *a) {
    struct share_call *k = (struct share_call *)f;
    str type = header_of(a, S("content-type")), coding = header_of(a, S("content-encoding"));
    k->broken = coding.n && !str_ieq(coding, S("identity"));
    flight_head(k->flight, a->status, type, header_of(a, S("retry-after")),
                str_istarts(type, S("text/event-stream")));
    exchange_pass_head(f, x, a);
}

static void on_write(struct exchange_filter *f, struct exchange *x, str bytes) {
    struct share_call *k = (struct share_call *)f;
    if (str_starts(bytes, S(":")) && str_ends(bytes, S("\n\n")) &&
        str_find(bytes, S("\n")) == (ptrdiff_t)bytes.n - 2)
        flight_beat(k->flight);
    else if (!k->broken && !flight_take(k->flight, bytes))
        k->broken = true;
    exchange_pass_write(f, x, bytes);
}

static bool goes_on(struct exchange *x) {
    const struct call *c = exchange_data(x);
    return flight_goes_on(c->share->flight);
}

static void lead(struct call *c, struct share_call *k) {
    k->leads = true;
    k->filter = (struct exchange_filter){ .head = on_head, .write = on_write };
    exchange_add_filter(c->x, &k->filter);
    exchange_on_orphaned(c->x, goes_on);
}

bool answer_share_leads(const struct call *c) {
    return c->share && c->share->leads && !c->share->broken && flight_followed(c->share->flight);
}

/* ---- who follows ---- */

static void give_head(struct call *c, const struct flight_view *v) {
    struct share_call *k = c->share;
    struct server_header headers[10] = {
        { S("Content-Type"), arena_dup(c->arena, str_c(v->content_type)) },
        { S("X-Request-Id"), c->request_id },
        { S("X-Chela-Coalesced"), S("true") },
    };
    size_t n = 3;
    if (v->status == 200) {
        headers[n++] = (struct server_header){ S("X-Generation-Id"), k->id };
        headers[n++] = (struct server_header){ S("X-OpenRouter-Cache-Status"), S("HIT") };
        headers[n++] = (struct server_header){ S("X-OpenRouter-Cache-Age"), S("0") };
    }
    if (v->status == 200 && v->source_id[0])
        headers[n++] = (struct server_header){ S("X-OpenRouter-Cache-Source-Id"),
                                               arena_dup(c->arena, str_c(v->source_id)) };
    if (v->retry_after[0])
        headers[n++] =
            (struct server_header){ S("Retry-After"), arena_dup(c->arena, str_c(v->retry_after)) };
    if (v->stream) headers[n++] = (struct server_header){ S("Cache-Control"), S("no-cache") };
    if (v->stream) headers[n++] = (struct server_header){ S("X-Accel-Buffering"), S("no") };
    c->status = v->status;
    c->head_given = true;
    exchange_head(c->x, v->status, headers, n, v->stream ? -1 : (int64_t)v->length);
}

static void broke_off(struct call *c, bool stream) {
    struct err e = ERR_INIT;
    err_set(&e, CHELA_CUT, "the answer that several requests share broke off");
    c->last = arena_alloc(c->arena, sizeof *c->last);
    if (c->last) *c->last = e;
    if (!c->head_given) {
        call_answer_error(c, &e);
        call_end(c, END_FAILED);
        return;
    }
    if (stream)
        call_stream_error(c, &e);
    else
        exchange_abort(c->x);
    call_end(c, END_CUT);
}

/* As much as there is and the client takes. */
static void follow(struct call *c) {
    struct share_call *k = c->share;
    struct buf piece = BUF_INIT(PIECE + 4096);
    struct flight_view v;
    bool room = true;
    do {
        buf_clear(&piece);
        flight_read(k->flight, &k->place, &k->label, PIECE, &piece, &v);
        bool ready = v.stream ? piece.n > 0 || v.beats != k->beats : v.state == FLIGHT_LANDED;
        if (!c->head_given && ready && v.state != FLIGHT_WAITING) give_head(c, &v);
        if (piece.n && !c->first_token) c->first_token = uv_now(c->g->loop);
        if (piece.n) room = exchange_write(c->x, buf_str(&piece));
    } while (v.more && room);
    buf_free(&piece);
    if (!room || v.more) return; /* its client is slow: on_drained goes on */
    if (v.beats != k->beats && v.stream && v.state == FLIGHT_FLYING)
        exchange_write(c->x, S(": chela\n\n"));
    k->beats = v.beats;
    if (v.state == FLIGHT_BROKEN) {
        broke_off(c, v.stream);
    } else if (v.state == FLIGHT_LANDED) {
        exchange_end(c->x);
        call_end(c, v.status == 200 ? END_OK : END_FAILED);
    }
}

static void on_drained(struct exchange *x) {
    struct call *c = exchange_data(x);
    if (c->state != CALL_OVER) follow(c);
}

/* ---- from the call, from the flights ---- */

bool answer_share_wanted(const struct call *c, bool cache_on) {
    str said = str_trim(exchange_header(c->x, S("x-chela-coalesce")));
    if (!c->g->flights || str_ieq(said, S("false"))) return false;
    return str_ieq(said, S("true")) || (c->s->cache.coalesce && cache_on);
}

bool answer_share_join(struct call *c, const struct answer_key *key) {
    struct share_call *k = arena_alloc(c->arena, sizeof *k);
    bool leads = false;
    if (!k) return false;
    k->call = c;
    k->flight = flights_board(c->g->flights, key, c->g->number, answer_store_longest(c->g->answers),
                              &leads);
    if (!k->flight) return false;
    c->share = k;
    list_add(c->g, k);
    if (leads) {
        lead(c, k);
        return false;
    }
    k->id = answer_new_id(c, &k->label);
    c->cached = CACHED_HIT;
    c->state = CALL_GIVING;
    COUNT(&c->g->counters, coalesced);
    exchange_on_drained(c->x, on_drained);
    follow(c);
    return true;
}

void answer_share_ended(struct call *c, enum call_end how) {
    struct share_call *k = c->share;
    if (!k) return;
    bool told = how == END_OK || how == END_FAILED || (how == END_CUT && c->stream);
    if (k->leads) flight_land(k->flight, told && !k->broken);
    flight_leave(k->flight, k->leads);
    list_remove(c->g, k);
    c->share = NULL;
}

void answer_share_wake(void *gateway) {
    struct gateway *g = gateway;
    for (struct share_call *k = g->sharing, *next; k; k = next) {
        next = k->next; /* k may end */
        struct call *c = k->call;
        if (!k->leads)
            follow(c);
        else if (flight_abandoned(k->flight))
            exchange_cut(c->x);
        else if (c->fetch.paused)
            call_drained(c->x);
    }
}

str answer_new_id(struct call *c, struct answer_label *label) {
    long long now = clock_unix_ms() / 1000;
    uint64_t n = (c->g->seed + ++c->g->serial) * 0x9e3779b97f4a7c15u;
    str id = arena_printf(c->arena, "gen-%lld-%016llx", now, (unsigned long long)n);
    *label = (struct answer_label){ .id = arena_printf(c->arena, "\"%.*s\"", STR_ARG(id)),
                                    .time = arena_printf(c->arena, "%lld", now) };
    return id;
}
