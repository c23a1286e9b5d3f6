/* chela gateway usage: what was asked through the gateway, and what it cost. */
#include "cli/books.h"
#include "cli/columns.h"
#include "cli/sessions.h"
#include "doc/json_write.h"

static const size_t max_text = 256u << 20;

static enum chela_error read_query(struct cli *c, struct books *b, struct usage_query *q,
                                   struct err *e) {
    enum chela_error rc = CHELA_OK;
    *q = (struct usage_query){ .by = USAGE_BY_MODEL };
    if (cli_given(c, "by") && !usage_named(cli_text(c, "by"), &q->by))
        return err_set(e, CHELA_USAGE, "--by is key, model, upstream or day, not \"%.*s\"",
                       STR_ARG(cli_text(c, "by")));
    if (c->json && cli_given(c, "csv"))
        return err_set(e, CHELA_USAGE, "--json and --csv: one of them");
    if (cli_given(c, "since"))
        rc = books_time(b, "since", cli_text(c, "since"), -1, &q->since_ms, e);
    if (rc == CHELA_OK && cli_given(c, "until"))
        rc = books_time(b, "until", cli_text(c, "until"), -1, &q->until_ms, e);
    if (rc == CHELA_OK && cli_given(c, "key") && b->store) {
        struct client_key *k;
        rc = client_key_find(b->store, cli_text(c, "key"), &b->arena, &k, e);
        if (rc == CHELA_OK) q->key = str_c(k->hash);
    }
    return rc;
}

/* What a row is about. */
static str name_of(const struct usage_sum *u, enum usage_by by) {
    str name = u->model;
    if (by == USAGE_BY_KEY) name = u->key.n ? u->key_name : S("(none)");
    if (by == USAGE_BY_UPSTREAM) name = u->upstream;
    if (by == USAGE_BY_DAY) name = u->day;
    return name.n ? name : S("(nobody was asked)");
}

/* ---- three forms ---- */

static void write_table(struct books *b, const struct usage_query *q, const struct usage_sum *list,
                        size_t count, struct buf *out) {
    static const char *const titles[] = { [USAGE_BY_KEY] = "KEY",
                                          [USAGE_BY_MODEL] = "MODEL",
                                          [USAGE_BY_UPSTREAM] = "UPSTREAM",
                                          [USAGE_BY_DAY] = "DAY" };
    const struct column columns[] = {
        { .title = titles[q->by], .shrink = 16 },
        { .title = "REQUESTS", .right = true },
        { .title = "FAILED", .right = true, .optional = true },
        { .title = "CACHE HITS", .right = true, .optional = true },
        { .title = "PROMPT", .right = true },
        { .title = "CACHED", .right = true, .optional = true },
        { .title = "COMPLETION", .right = true },
        { .title = "REASONING", .right = true, .optional = true },
        { .title = "COST", .right = true },
        { .title = "OF IT ESTIMATED", .right = true, .optional = true },
    };
    struct columns t;
    if (!columns_begin(&t, columns, sizeof columns / sizeof columns[0], count,
                       columns_of_terminal(), &b->arena))
        return;
    for (size_t i = 0; i < count; i++) {
        const struct usage_sum *u = &list[i];
        str *cell = columns_row(&t);
        cell[0] = name_of(u, q->by);
        cell[1] = columns_number(&b->arena, u->requests);
        cell[2] = columns_number(&b->arena, u->failed);
        cell[3] = columns_number(&b->arena, u->hits);
        cell[4] = columns_number(&b->arena, u->prompt);
        cell[5] = columns_number(&b->arena, u->cached);
        cell[6] = columns_number(&b->arena, u->completion);
        cell[7] = columns_number(&b->arena, u->reasoning);
        cell[8] = columns_money(&b->arena, u->cost);
        cell[9] = u->estimated > 0 ? columns_money(&b->arena, u->estimated) : S("–");
    }
    columns_print(&t, out);
}

struct field {
    const char *json, *csv;
    int64_t count;
};

enum { FIELDS = 10 };

static void fields_of(const struct usage_sum *u, struct field out[FIELDS]) {
    const struct field fields[FIELDS] = {
        { "requests", "requests", u->requests },
        { "failed", "failed", u->failed },
        { "cacheHits", "cache_hits", u->hits },
        { "promptTokens", "prompt_tokens", u->prompt },
        { "completionTokens", "completion_tokens", u->completion },
        { "reasoningTokens", "reasoning_tokens", u->reasoning },
        { "cachedTokens", "cached_tokens", u->cached },
        { "cacheWriteTokens", "cache_write_tokens", u->cache_write },
        { "audioTokens", "audio_tokens", u->audio },
        { "imageTokens", "image_tokens", u->image },
    };
    for (size_t i = 0; i < FIELDS; i++) out[i] = fields[i];
}

static const char *column_of(enum usage_by by) {
    static const char *const names[] = { "key", "model", "upstream", "day" };
    return names[by];
}

static void write_json(const struct usage_query *q, const struct usage_sum *list, size_t count,
                       struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    sessions_envelope(&w, "gateway.usage");
    for (size_t i = 0; i < count; i++) {
        const struct usage_sum *u = &list[i];
        struct field fields[FIELDS];
        fields_of(u, fields);
        json_object(&w);
        json_kstring(&w, column_of(q->by), name_of(u, q->by));
        if (q->by == USAGE_BY_KEY) json_kstring(&w, "hash", u->key);
        for (size_t k = 0; k < FIELDS; k++) json_kint(&w, fields[k].json, fields[k].count);
        sessions_dollars(&w, "costUsd", u->cost);
        sessions_dollars(&w, "estimatedUsd", u->estimated);
        json_object_end(&w);
    }
    sessions_envelope_end(&w);
}

/* RFC 4180, lines ended as here. A first letter that a spreadsheet takes for a formula's is
 * quoted away. */
static void csv_text(struct buf *out, str text) {
    bool formula = text.n && str_chr(S("=+-@\t"), text.p[0]) >= 0;
    buf_add(out, formula ? S("\"'") : S("\""));
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"') buf_addc(out, '"');
        buf_addc(out, text.p[i]);
    }
    buf_addc(out, '"');
}

static void write_csv(const struct usage_query *q, const struct usage_sum *list, size_t count,
                      struct buf *out) {
    struct field fields[FIELDS];
    fields_of(&(struct usage_sum){ 0 }, fields);
    buf_addf(out, "%s", column_of(q->by));
    for (size_t k = 0; k < FIELDS; k++) buf_addf(out, ",%s", fields[k].csv);
    buf_add(out, S(",cost_usd,estimated_usd\n"));
    for (size_t i = 0; i < count; i++) {
        fields_of(&list[i], fields);
        csv_text(out, name_of(&list[i], q->by));
        for (size_t k = 0; k < FIELDS; k++) buf_addf(out, ",%lld", (long long)fields[k].count);
        buf_addf(out, ",%.12g,%.12g\n", list[i].cost, list[i].estimated);
    }
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct books b;
    struct usage_query q;
    struct usage_sum *list = NULL;
    size_t count = 0;
    struct buf out = BUF_INIT(max_text);
    enum chela_error rc = books_open(&b, c->env, false, e);
    if (rc == CHELA_OK) rc = read_query(c, &b, &q, e);
    if (rc == CHELA_OK && b.store) rc = ledger_usage(b.store, &q, &b.arena, &list, &count, e);
    if (rc == CHELA_OK) {
        if (c->json)
            write_json(&q, list, count, &out);
        else if (cli_given(c, "csv"))
            write_csv(&q, list, count, &out);
        else if (count)
            write_table(&b, &q, list, count, &out);
        else
            cli_note("nothing was asked in that time");
        rc = sessions_print(c, &out, e);
    }
    buf_free(&out);
    books_close(&b);
    return rc;
}

static const struct option_spec options[] = {
    { "by", 0, OPTION_TEXT, "key|model|upstream|day", "one line for each (model)" },
    { "since", 0, OPTION_TEXT, "TIME", "from then on: 2026-11-25, 30d, 12h" },
    { "until", 0, OPTION_TEXT, "TIME", "until then, itself not included" },
    { "key", 0, OPTION_TEXT, "KEY", "what this one asked" },
    { "csv", 0, OPTION_FLAG, NULL, "comma-separated values instead of a table" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of a table" },
    { 0 },
};

const struct command cmd_gateway_usage = {
    .path = "gateway usage",
    .summary = "What was asked through the gateway, and what it cost",
    .details =
        "Cost is what upstreams billed; where none said, prices times tokens, which is shown as\n"
        "estimated. Times are UTC. Rows that were added up already (gateway.ledger) count by "
        "whole\n"
        "days.",
    .options = options,
    .run = run,
};
