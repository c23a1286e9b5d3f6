/* chela gateway keys create | list | change | disable | delete: the keys of the gateway's clients.
 * They work on the file; a gateway that runs looks into it once a second. */
#include "cli/ask.h"
#include "cli/books.h"
#include "cli/columns.h"
#include "cli/sessions.h"
#include "ledger/client_key_json.h"

#include <stdio.h>
#include <string.h>

static const size_t max_text = 256u << 20;

#define JSON_OPTION                                                                                \
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of text" }

static void write_key(struct json_writer *w, const struct client_key *k, int64_t now_ms,
                      const char *text) {
    json_object(w);
    json_key(w, S("data"));
    client_key_json(w, k, now_ms);
    if (text) json_kstring(w, "key", str_c(text));
    json_object_end(w);
}

/* ---- what options say ---- */

static enum chela_error set_limit(struct client_key *k, str text, struct err *e) {
    double usd;
    if (str_eq(text, S("none"))) {
        k->limit = -1;
        return CHELA_OK;
    }
    if (str_starts(text, S("$"))) text = str_skip(text, 1);
    if (str_f64(text, &usd)) return client_key_set_limit(k, usd, e);
    return err_set(e, CHELA_USAGE, "--limit: an amount of US dollars is needed, or none");
}

static enum chela_error set_reset(struct client_key *k, str text, struct err *e) {
    if (str_eq(text, S("none"))) text = S("");
    if (window_named(text, &k->reset)) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "--limit-reset is daily, weekly, monthly or none, not \"%.*s\"",
                   STR_ARG(text));
}

static enum chela_error take_options(struct cli *c, const struct books *b, struct client_key *k,
                                     struct err *e) {
    const str *models;
    enum chela_error rc = CHELA_OK;
    size_t count = cli_texts(c, "model", &models);
    if (cli_given(c, "limit")) rc = set_limit(k, cli_text(c, "limit"), e);
    if (rc == CHELA_OK && cli_given(c, "limit-reset"))
        rc = set_reset(k, cli_text(c, "limit-reset"), e);
    if (rc == CHELA_OK && count) k->models[0] = '\0';
    for (size_t i = 0; i < count && rc == CHELA_OK; i++)
        rc = client_key_add_models(k, models[i], e);
    if (rc != CHELA_OK || !cli_given(c, "expires")) return rc;
    if (str_eq(cli_text(c, "expires"), S("never"))) {
        k->expires_ms = 0;
        return CHELA_OK;
    }
    return books_time(b, "expires", cli_text(c, "expires"), 1, &k->expires_ms, e);
}

#define KEY_OPTIONS                                                                                \
    { "limit", 0, OPTION_TEXT, "USD", "what it may spend; none: no limit" },                       \
        { "limit-reset", 0, OPTION_TEXT, "WINDOW",                                                 \
          "the limit is for each day, week or month (UTC): daily, weekly, monthly; none: for "     \
          "good" },                                                                                \
        { "model", 'm', OPTION_TEXT, "MODEL",                                                      \
          "it may ask for this one; again for more, \"anthropic/*\" for many" },                   \
    {                                                                                              \
        "expires", 0, OPTION_TEXT, "TIME", "from then on it is refused: 2026-12-31, 30d"           \
    }

/* ---- create ---- */

static enum chela_error run_create(struct cli *c, struct err *e) {
    struct books b;
    struct client_key k;
    char text[CLIENT_KEY_TEXT] = "";
    struct buf out = BUF_INIT(max_text);
    enum chela_error rc = books_open(&b, c->env, true, e);
    if (rc == CHELA_OK) rc = client_key_make(&k, text, b.now_ms, e);
    if (rc == CHELA_OK) rc = client_key_set_name(&k, c->arg[0], e);
    if (rc == CHELA_OK) rc = take_options(c, &b, &k, e);
    if (rc == CHELA_OK) {
        k.management = cli_given(c, "management");
        rc = client_key_insert(b.store, &k, e);
    }
    if (rc == CHELA_OK && c->json) {
        struct json_writer w = JSON_WRITER(&out);
        sessions_envelope(&w, "gateway.keys.create");
        write_key(&w, &k, b.now_ms, text);
        sessions_envelope_end(&w);
    } else if (rc == CHELA_OK) {
        buf_addf(&out, "%s\n", text);
    }
    if (rc == CHELA_OK) rc = sessions_print(c, &out, e);
    if (rc == CHELA_OK && !c->json)
        cli_note("this is the key of %s; it is not shown again", k.name);
    explicit_bzero(text, sizeof text);
    buf_free(&out);
    books_close(&b);
    return rc;
}

static const struct option_spec create_options[] = {
    KEY_OPTIONS,
    { "management", 0, OPTION_FLAG, NULL,
      "it manages keys by the API (/api/v1/keys), and asks no model" },
    JSON_OPTION,
    { 0 },
};

const struct command cmd_gateway_keys_create = {
    .path = "gateway keys create",
    .operands = "NAME",
    .summary = "Make a key for a client of the gateway, and show it once",
    .details =
        "The key goes to standard output, alone. Only its hash is kept. A gateway that runs knows\n"
        "it within a second.",
    .options = create_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_create,
};

/* ---- list ---- */

static str state_of(const struct client_key *k, int64_t now_ms) {
    if (k->disabled) return S("disabled");
    if (client_key_refusal(k, now_ms)) return S("expired");
    return k->management ? S("management") : S("active");
}

static str limit_of(const struct client_key *k, struct arena *a) {
    static const char *const each[WINDOWS] = { "", " a day", " a week", " a month" };
    if (k->limit < 0) return S("–");
    return arena_printf(a, "%.*s%s", STR_ARG(columns_money(a, nano_usd(k->limit))), each[k->reset]);
}

static void list_for_people(struct books *b, const struct client_key *list, size_t count,
                            struct buf *out) {
    static const struct column columns[] = {
        { .title = "NAME", .shrink = 16 },
        { .title = "KEY" },
        { .title = "HASH" },
        { .title = "STATE" },
        { .title = "LIMIT", .right = true },
        { .title = "SPENT", .right = true },
        { .title = "IN ALL", .right = true },
        { .title = "MODELS", .shrink = 10, .optional = true },
        { .title = "EXPIRES", .optional = true },
    };
    struct columns t;
    if (!columns_begin(&t, columns, sizeof columns / sizeof columns[0], count,
                       columns_of_terminal(), &b->arena))
        return;
    for (size_t i = 0; i < count; i++) {
        const struct client_key *k = &list[i];
        str *cell = columns_row(&t);
        cell[0] = str_c(k->name);
        cell[1] = str_c(k->label);
        cell[2] = str_head(str_c(k->hash), 12);
        cell[3] = state_of(k, b->now_ms);
        cell[4] = limit_of(k, &b->arena);
        cell[5] = columns_money(&b->arena, nano_usd(spend_in(&k->spend, k->reset, b->now_ms)));
        cell[6] = columns_money(&b->arena, nano_usd(k->spend.sum[WINDOW_TOTAL]));
        cell[7] = k->models[0] ? str_c(k->models) : S("–");
        cell[8] = k->expires_ms ? columns_time(&b->arena, k->expires_ms) : S("–");
    }
    columns_print(&t, out);
}

static enum chela_error run_list(struct cli *c, struct err *e) {
    struct books b;
    struct client_key *list = NULL;
    size_t count = 0;
    struct buf out = BUF_INIT(max_text);
    enum chela_error rc = books_open(&b, c->env, false, e);
    if (rc == CHELA_OK && b.store) rc = client_key_list(b.store, &b.arena, &list, &count, e);
    if (rc == CHELA_OK && c->json) {
        struct json_writer w = JSON_WRITER(&out);
        sessions_envelope(&w, "gateway.keys.list");
        for (size_t i = 0; i < count; i++) client_key_json(&w, &list[i], b.now_ms);
        sessions_envelope_end(&w);
    } else if (rc == CHELA_OK && count) {
        list_for_people(&b, list, count, &out);
    } else if (rc == CHELA_OK) {
        cli_note("there are no keys yet: chela gateway keys create NAME makes one");
    }
    if (rc == CHELA_OK) rc = sessions_print(c, &out, e);
    buf_free(&out);
    books_close(&b);
    return rc;
}

static const struct option_spec list_options[] = { JSON_OPTION, { 0 } };

const struct command cmd_gateway_keys_list = {
    .path = "gateway keys list",
    .summary = "List the keys of the gateway's clients, and what they have spent",
    .details =
        "SPENT is what counts for the limit: that of today, this week or this month (UTC), or all.",
    .options = list_options,
    .run = run_list,
};

/* ---- change, disable, delete ---- */

enum what { CHANGE, DISABLE, DELETE };

static enum chela_error change_one(struct cli *c, struct books *b, struct client_key *k,
                                   enum what what, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (what == DELETE) return client_key_delete(b->store, str_c(k->hash), e);
    if (what == DISABLE) {
        k->disabled = true;
    } else {
        if (cli_given(c, "enable")) k->disabled = false;
        if (cli_given(c, "any-model")) k->models[0] = '\0';
        if (cli_given(c, "name")) rc = client_key_set_name(k, cli_text(c, "name"), e);
        if (rc == CHELA_OK) rc = take_options(c, b, k, e);
    }
    if (rc != CHELA_OK) return rc;
    k->updated_ms = b->now_ms;
    return client_key_update(b->store, k, e);
}

static enum chela_error confirm(struct cli *c, bool *yes, struct err *e) {
    char question[256];
    *yes = cli_given(c, "yes");
    if (*yes) return CHELA_OK;
    if (!ask_is_possible()) {
        err_set(e, CHELA_USAGE, "chela gateway keys delete: nobody is there to be asked");
        return err_hint(e, CHELA_USAGE, "--yes deletes without asking");
    }
    if (c->arg_count == 1)
        snprintf(question, sizeof question, "Delete the key \"%.*s\"?", STR_ARG(c->arg[0]));
    else
        snprintf(question, sizeof question, "Delete %zu keys?", c->arg_count);
    return ask_yes(question, false, yes, e);
}

/* All of them, or none: in one transaction. */
static enum chela_error run_change_all(struct cli *c, enum what what, struct err *e) {
    static const char *const done[] = { "changed", "disabled", "deleted" };
    static const char *const names[] = { "gateway.keys.change", "gateway.keys.disable",
                                         "gateway.keys.delete" };
    struct books b;
    struct buf out = BUF_INIT(max_text);
    struct json_writer w = JSON_WRITER(&out);
    enum chela_error rc = books_open(&b, c->env, true, e);
    if (rc == CHELA_OK) rc = store_begin(b.store, e);
    if (rc == CHELA_OK && c->json) sessions_envelope(&w, names[what]);
    for (size_t i = 0; i < c->arg_count && rc == CHELA_OK; i++) {
        struct client_key *k;
        rc = client_key_find(b.store, c->arg[i], &b.arena, &k, e);
        if (rc == CHELA_OK) rc = change_one(c, &b, k, what, e);
        if (rc == CHELA_OK && c->json) write_key(&w, k, b.now_ms, NULL);
        if (rc == CHELA_OK && !c->json) buf_addf(&out, "%s %s\n", done[what], k->name);
    }
    if (rc == CHELA_OK) rc = store_commit(b.store, e);
    if (rc != CHELA_OK && b.store) store_rollback(b.store);
    if (rc == CHELA_OK && c->json) sessions_envelope_end(&w);
    if (rc == CHELA_OK) rc = sessions_print(c, &out, e);
    buf_free(&out);
    books_close(&b);
    return rc;
}

static enum chela_error run_change(struct cli *c, struct err *e) {
    return run_change_all(c, CHANGE, e);
}

static enum chela_error run_disable(struct cli *c, struct err *e) {
    return run_change_all(c, DISABLE, e);
}

static enum chela_error run_delete(struct cli *c, struct err *e) {
    bool yes = false;
    enum chela_error rc = confirm(c, &yes, e);
    if (rc != CHELA_OK) return rc;
    if (yes) return run_change_all(c, DELETE, e);
    cli_note("nothing was deleted");
    return CHELA_OK;
}

static const struct option_spec change_options[] = {
    { "name", 0, OPTION_TEXT, "NAME", "another name" },
    KEY_OPTIONS,
    { "any-model", 0, OPTION_FLAG, NULL, "it may ask for every model again" },
    { "enable", 0, OPTION_FLAG, NULL, "it is no longer disabled" },
    JSON_OPTION,
    { 0 },
};

const struct command cmd_gateway_keys_change = {
    .path = "gateway keys change",
    .operands = "KEY…",
    .summary = "Change what a client's key may do",
    .details = "A key is named by its name, by its label, or by the beginning of its hash. What is "
               "not\ngiven stays as it is; models that are given replace those of before.",
    .options = change_options,
    .min_args = 1,
    .max_args = 256,
    .run = run_change,
};

static const struct option_spec disable_options[] = { JSON_OPTION, { 0 } };

const struct command cmd_gateway_keys_disable = {
    .path = "gateway keys disable",
    .operands = "KEY…",
    .summary = "Refuse a client's key until it is enabled again",
    .options = disable_options,
    .min_args = 1,
    .max_args = 256,
    .run = run_disable,
};

static const struct option_spec delete_options[] = {
    { "yes", 'y', OPTION_FLAG, NULL, "do not ask" },
    JSON_OPTION,
    { 0 },
};

const struct command cmd_gateway_keys_delete = {
    .path = "gateway keys delete",
    .operands = "KEY…",
    .summary = "Delete a client's key for good; what it spent stays in the books",
    .options = delete_options,
    .min_args = 1,
    .max_args = 256,
    .run = run_delete,
};
