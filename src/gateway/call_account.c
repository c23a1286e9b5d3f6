#include "gateway/call_account.h"

#include "gateway/call_allow.h"
#include "gateway/usage_scan.h"

#include <string.h>

/* ---- prices ---- */

struct prices { /* USD per token; <0: not known */
    double prompt, completion, cache_read, cache_write;
};

static struct prices prices_of(const struct endpoint *p) {
    const struct model_row *row = p->known ? p->known->row : NULL;
    if (p->model && p->model->price_prompt >= 0)
        return (struct prices){ p->model->price_prompt, p->model->price_completion,
                                p->model->price_cache_read, p->model->price_cache_write };
    if (row)
        return (struct prices){ row->price_prompt, row->price_completion, row->price_cache_read,
                                row->price_cache_write };
    return (struct prices){ -1, -1, -1, -1 };
}

static double at_least_nothing(double n) {
    return n > 0 ? n : 0;
}

/* <0: the price is not known. Cached tokens are part of the prompt's. */
static double cost_of(const struct prices *p, const struct chat_usage *u) {
    if (p->prompt < 0) return -1;
    double prompt = at_least_nothing((double)u->prompt), read = at_least_nothing((double)u->cached);
    double write = at_least_nothing((double)u->cache_write);
    double read_price = p->cache_read >= 0 ? p->cache_read : p->prompt;
    double write_price = p->cache_write >= 0 ? p->cache_write : p->prompt;
    return at_least_nothing(prompt - read - write) * p->prompt + read * read_price +
           write * write_price +
           at_least_nothing((double)u->completion) * at_least_nothing(p->completion);
}

/* ---- before ---- */

/* Base64 is no text: what it stands for is counted once. */
static double prompt_tokens(str body) {
    double media = 0, bytes = (double)body.n;
    ptrdiff_t semicolon;
    while ((semicolon = str_chr(body, ';')) >= 0) {
        body = str_skip(body, (size_t)semicolon + 1);
        if (!str_starts(body, S("base64,"))) continue;
        ptrdiff_t quote = str_chr(body, '"');
        size_t n = quote < 0 ? body.n : (size_t)quote;
        media++;
        bytes -= (double)n;
        body = str_skip(body, n);
    }
    return bytes / 4 + media * ESTIMATE_MEDIA;
}

static double completion_tokens(const struct call *c, const struct endpoint *p) {
    static const char *const names[] = { "max_tokens", "max_completion_tokens",
                                         "max_output_tokens" };
    doc_node root = doc_root(c->doc);
    double n = 0, answers = 1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        double said;
        if (doc_number(c->doc, doc_get(c->doc, root, str_c(names[i])), &said) && said > n) n = said;
    }
    if (!c->api->choices) return 0;
    int64_t most = p->model ? p->model->max_output : 0;
    if (!most && p->known && p->known->row) most = p->known->row->max_output;
    if (n <= 0) n = ESTIMATE_COMPLETION;
    if (most > 0 && n > (double)most) n = (double)most;
    if (!doc_number(c->doc, doc_get(c->doc, root, S("n")), &answers) || answers < 1) answers = 1;
    return n * answers;
}

static nano estimate(const struct call *c) {
    double most = 0, prompt = c->prompt_guess;
    for (size_t i = 0; i < c->plan.count; i++) {
        const struct endpoint *p = &c->plan.item[i];
        struct prices price = prices_of(p);
        double usd = price.prompt < 0
                         ? ESTIMATE_LEAST
                         : prompt * price.prompt +
                               completion_tokens(c, p) * at_least_nothing(price.completion);
        if (usd > most) most = usd;
    }
    return nano_of(most);
}

enum chela_error call_admit(struct call *c, struct err *e) {
    c->prompt_guess = prompt_tokens(c->json);
    if (!c->client) return CHELA_OK;
    const struct client_key *k = &c->client->key;
    if (k->management) return err_set(e, CHELA_FORBIDDEN, "a management key asks no model");
    size_t kept = 0;
    str not_allowed = { 0 }, why;
    for (size_t i = 0; i < c->plan.count; i++) {
        if (call_allows(c, k, &c->plan.item[i], &why))
            c->plan.item[kept++] = c->plan.item[i];
        else if (!not_allowed.n)
            not_allowed = why;
    }
    c->plan.count = kept;
    if (!kept)
        return err_set(e, CHELA_FORBIDDEN, "this key may not ask for %.*s", STR_ARG(not_allowed));
    if (k->limit < 0) return CHELA_OK;
    nano n = estimate(c);
    enum chela_error code = accounts_reserve(c->g->accounts, c->client, n, e);
    if (code == CHELA_OK) c->reserved = n;
    return code;
}

/* ---- what an answer says ---- */

void call_account_piece(struct call *c, str bytes) {
    if (!c->scan) c->scan = arena_alloc(c->arena, sizeof *c->scan);
    if (c->scan) usage_scan(c->scan, bytes, &c->relay.usage);
}

void call_account_whole(struct call *c, struct doc *answer) {
    doc_node root = doc_root(answer),
             choice = doc_first(answer, doc_get(answer, root, S("choices")));
    str text;
    if (doc_string(answer, doc_get(answer, root, S("id")), &text))
        str_copy(c->relay.id, sizeof c->relay.id, text);
    if (doc_string(answer, doc_get(answer, root, S("model")), &text))
        str_copy(c->relay.model, sizeof c->relay.model, text);
    if (doc_string(answer, doc_get(answer, choice, S("finish_reason")), &text))
        str_copy(c->relay.finish, sizeof c->relay.finish, text);
}

/* ---- after ---- */

/* Of an answer without usage: what was asked, and the events that came, a token each. */
static void estimate_tokens(const struct call *c, struct chat_usage *u) {
    u->prompt = (int64_t)c->prompt_guess;
    u->completion = (int64_t)c->events;
    if (!c->stream && c->first_token && c->api->choices) u->completion = (int64_t)(c->held.n / 4);
}

/* Fills cost and, where nobody said, tokens. */
static void settle_cost(const struct call *c, enum call_end how, struct ledger_row *r,
                        struct chat_usage *u) {
    bool asked = c->first_token || (how == END_GONE && c->fetch.sent);
    bool look = !str_eq(exchange_request(c->x)->method, S("POST"));
    r->cost = look && u->cost > 0 ? u->cost : 0; /* of a job: told to us once, when it is done */
    if (look) return;
    if (c->cached == CACHED_HIT || how == END_FAILED || !asked || !c->endpoint) return;
    if (u->cost >= 0) {
        r->cost = u->cost;
        return;
    }
    struct prices price = prices_of(c->endpoint);
    r->estimated = true;
    if (u->prompt < 0 && u->completion < 0) estimate_tokens(c, u);
    r->cost = cost_of(&price, u);
}

static str asked_model(const struct call *c) {
    str model = { 0 };
    if (c->plan.count) return c->plan.item[0].asked;
    doc_string(c->doc, doc_get(c->doc, doc_root(c->doc), S("model")), &model);
    return model;
}

/* The answer's id, as OpenRouter also says it in a header, else ours. */
static str generation_of(const struct call *c) {
    for (size_t i = 0; i < c->headers; i++)
        if (str_ieq(c->header[i].name, S("x-generation-id"))) return c->header[i].value;
    if (c->generation.n) return c->generation;
    return c->relay.id[0] ? str_c(c->relay.id) : c->request_id;
}

void call_account(struct call *c, enum call_end how, int status, const struct chat_usage *usage) {
    static const enum ledger_end ends[] = { LEDGER_OK, LEDGER_FAILED, LEDGER_CUT, LEDGER_GONE };
    static const enum ledger_cache caches[] = { LEDGER_CACHE_OFF, LEDGER_CACHE_MISS,
                                                LEDGER_CACHE_HIT };
    uint64_t now = uv_now(c->g->loop);
    struct chat_usage u = *usage;
    struct ledger_row r = {
        .at_ms = accounts_now(c->g->accounts) - (int64_t)(now - c->started),
        .request = c->request_id,
        .generation = generation_of(c),
        .path = c->api->path,
        .asked = c->plan.count || c->doc ? asked_model(c) : (str){ 0 },
        .finish = str_c(c->relay.finish),
        .status = status,
        .end = ends[how],
        .cache = caches[c->cached],
        .streamed = c->stream,
        .attempts = (int)c->attempts,
        .ms = (int64_t)(now - c->started),
        .first_ms = c->first_token ? (int64_t)(c->first_token - c->started) : -1,
    };
    if (c->endpoint) {
        r.upstream = c->endpoint->upstream->id;
        r.model = c->relay.model[0] && c->first_token ? str_c(c->relay.model) : c->endpoint->id;
    }
    settle_cost(c, how, &r, &u);
    r.prompt = u.prompt;
    r.completion = u.completion;
    r.reasoning = u.reasoning;
    r.cached = u.cached;
    r.cache_write = u.cache_write;
    r.audio = u.audio;
    r.image = u.image;
    accounts_settle(c->g->accounts, c->client, c->reserved, &r);
    accounts_leave(c->g->accounts, c->client);
    c->client = NULL;
}

void call_account_refused(struct gateway *g, struct client *client, str path, str request_id,
                          int status) {
    const struct ledger_row r = { .at_ms = accounts_now(g->accounts),
                                  .request = request_id,
                                  .generation = request_id,
                                  .path = path,
                                  .status = status,
                                  .end = LEDGER_FAILED,
                                  .first_ms = -1,
                                  .prompt = -1,
                                  .completion = -1,
                                  .reasoning = -1,
                                  .cached = -1,
                                  .cache_write = -1,
                                  .audio = -1,
                                  .image = -1 };
    accounts_settle(g->accounts, client, 0, &r);
}
