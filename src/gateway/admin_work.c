#include "gateway/admin_work.h"

#include "doc/doc.h"
#include "ledger/client_key_json.h"

#include <string.h>

/* ---- what was asked ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A parameter of the query, decoded; "" when it is not there. */
static str parameter(struct admin_work *t, const char *name) {
    str query = t->query, one, key, value;
    while (query.n) {
        str_cut(query, '&', &one, &query);
        str_cut(one, '=', &key, &value);
        if (!str_eq(key, str_c(name))) continue;
        char *out = arena_alloc(&t->arena, value.n + 1);
        size_t n = 0;
        for (size_t i = 0; out && i < value.n; i++) {
            bool coded = value.p[i] == '%' && i + 2 < value.n && hex_digit(value.p[i + 1]) >= 0 &&
                         hex_digit(value.p[i + 2]) >= 0;
            out[n++] = value.p[i] == '+' ? ' ' : value.p[i];
            if (!coded) continue;
            out[n - 1] = (char)(hex_digit(value.p[i + 1]) * 16 + hex_digit(value.p[i + 2]));
            i += 2;
        }
        return (str){ out, n };
    }
    return (str){ 0 };
}

static enum chela_error wrong(struct err *e, const char *field, const char *wanted) {
    return err_set(e, CHELA_INPUT, "%s: %s is needed", field, wanted);
}

static enum chela_error read_money(struct doc *d, doc_node limit, doc_node reset,
                                   struct client_key *k, struct err *e) {
    double usd;
    str text;
    if (limit && doc_type(d, limit) == DOC_NULL) {
        k->limit = -1;
    } else if (limit) {
        if (!doc_number(d, limit, &usd)) return wrong(e, "limit", "a number or null");
        enum chela_error rc = client_key_set_limit(k, usd, e);
        if (rc != CHELA_OK) return rc;
    }
    if (reset && doc_type(d, reset) == DOC_NULL)
        k->reset = WINDOW_TOTAL;
    else if (reset && (!doc_string(d, reset, &text) || !text.n || !window_named(text, &k->reset)))
        return wrong(e, "limit_reset", "daily, weekly, monthly or null");
    return CHELA_OK;
}

static enum chela_error read_models(struct doc *d, doc_node list, struct client_key *k,
                                    struct err *e) {
    str text;
    if (!list) return CHELA_OK;
    if (doc_type(d, list) != DOC_ARRAY && doc_type(d, list) != DOC_NULL)
        return wrong(e, "allowed_models", "a list or null");
    k->models[0] = '\0';
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n)) {
        if (!doc_string(d, n, &text)) return wrong(e, "allowed_models", "a list of texts");
        enum chela_error rc = client_key_add_models(k, text, e);
        if (rc != CHELA_OK) return rc;
    }
    return CHELA_OK;
}

static enum chela_error read_fields(struct doc *d, struct client_key *k, struct err *e) {
    doc_node root = doc_root(d), name = doc_get(d, root, S("name"));
    doc_node disabled = doc_get(d, root, S("disabled")), ends = doc_get(d, root, S("expires_at"));
    enum chela_error rc = CHELA_OK;
    str text;
    if (doc_type(d, root) != DOC_OBJECT) return wrong(e, "the body", "a JSON object");
    if (name)
        rc = doc_string(d, name, &text) ? client_key_set_name(k, text, e)
                                        : wrong(e, "name", "a text");
    if (rc == CHELA_OK && disabled && !doc_bool(d, disabled, &k->disabled))
        rc = wrong(e, "disabled", "true or false");
    if (rc == CHELA_OK && ends && doc_type(d, ends) == DOC_NULL)
        k->expires_ms = 0;
    else if (rc == CHELA_OK && ends &&
             (!doc_string(d, ends, &text) || !time_read(text, &k->expires_ms)))
        rc = wrong(e, "expires_at", "a time in UTC, as 2026-12-31T18:00:00Z, or null");
    if (rc == CHELA_OK)
        rc = read_money(d, doc_get(d, root, S("limit")), doc_get(d, root, S("limit_reset")), k, e);
    return rc == CHELA_OK ? read_models(d, doc_get(d, root, S("allowed_models")), k, e) : rc;
}

static enum chela_error read_body(struct admin_work *t, struct client_key *k) {
    struct doc *d = NULL;
    enum chela_error rc = doc_parse(&d, t->body, DOC_JSON, NULL, &t->error);
    rc = rc == CHELA_OK ? read_fields(d, k, &t->error)
                        : err_prefix(&t->error, CHELA_INPUT, "the body is no JSON: ");
    doc_free(d);
    return rc;
}

/* ---- keys ---- */

static bool says_yes(str text) {
    return str_ieq(text, S("true")) || str_eq(text, S("1"));
}

static enum chela_error list_keys(struct admin_work *t) {
    struct client_key *list;
    struct json_writer w = JSON_WRITER(&t->json);
    size_t count, shown = 0;
    int64_t offset = 0, now = accounts_now(t->accounts);
    str from = parameter(t, "offset");
    bool all = says_yes(parameter(t, "include_disabled"));
    if (from.n && (!str_i64(from, &offset) || offset < 0))
        return wrong(&t->error, "offset", "a number");
    enum chela_error rc = accounts_list(t->accounts, &t->arena, &list, &count, &t->error);
    if (rc != CHELA_OK) return rc;
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    for (size_t i = 0; i < count && shown < ADMIN_PAGE; i++) {
        if ((list[i].disabled && !all) || offset-- > 0) continue;
        client_key_json(&w, &list[i], now);
        shown++;
    }
    json_array_end(&w);
    json_object_end(&w);
    return CHELA_OK;
}

/* As it is in the table, with what it has spent by now. */
static enum chela_error show_key(struct admin_work *t, str hash, const char *text) {
    struct client_key *list;
    struct json_writer w = JSON_WRITER(&t->json);
    size_t count;
    enum chela_error rc = accounts_list(t->accounts, &t->arena, &list, &count, &t->error);
    for (size_t i = 0; i < count && rc == CHELA_OK; i++) {
        if (!str_eq(str_c(list[i].hash), hash)) continue;
        json_object(&w);
        json_key(&w, S("data"));
        client_key_json(&w, &list[i], accounts_now(t->accounts));
        if (text) json_kstring(&w, "key", str_c(text));
        json_object_end(&w);
        return CHELA_OK;
    }
    return rc == CHELA_OK ? err_set(&t->error, CHELA_NOT_FOUND, "there is no such key") : rc;
}

static enum chela_error create_key(struct admin_work *t, struct store *s) {
    struct client_key k;
    char text[CLIENT_KEY_TEXT];
    enum chela_error rc = client_key_make(&k, text, accounts_now(t->accounts), &t->error);
    if (rc == CHELA_OK) rc = read_body(t, &k);
    if (rc == CHELA_OK && !k.name[0]) rc = wrong(&t->error, "name", "a text");
    if (rc == CHELA_OK) rc = client_key_insert(s, &k, &t->error);
    if (rc == CHELA_OK) rc = accounts_sync(t->accounts, &t->error);
    if (rc == CHELA_OK) rc = show_key(t, str_c(k.hash), text);
    explicit_bzero(text, sizeof text);
    return rc;
}

static enum chela_error change_key(struct admin_work *t, struct store *s) {
    struct client_key k;
    enum chela_error rc = store_begin(s, &t->error);
    if (rc != CHELA_OK) return rc;
    rc = client_key_get(s, t->id, &k, &t->error);
    if (rc == CHELA_OK) rc = read_body(t, &k);
    k.updated_ms = accounts_now(t->accounts);
    if (rc == CHELA_OK) rc = client_key_update(s, &k, &t->error);
    if (rc == CHELA_OK) rc = store_commit(s, &t->error);
    if (rc != CHELA_OK) {
        store_rollback(s);
        return rc;
    }
    rc = accounts_sync(t->accounts, &t->error);
    return rc == CHELA_OK ? show_key(t, t->id, NULL) : rc;
}

static enum chela_error delete_key(struct admin_work *t, struct store *s) {
    enum chela_error rc = client_key_delete(s, t->id, &t->error);
    if (rc == CHELA_OK) rc = accounts_sync(t->accounts, &t->error);
    if (rc == CHELA_OK) buf_add(&t->json, S("{\"deleted\":true}"));
    return rc;
}

/* ---- the books ---- */

/* Nothing is paid in advance here, so that what there was is what was spent. */
static enum chela_error show_credits(struct admin_work *t, struct store *s) {
    struct json_writer w = JSON_WRITER(&t->json);
    double usd;
    enum chela_error rc = accounts_sync(t->accounts, &t->error);
    if (rc == CHELA_OK) rc = ledger_total(s, &usd, &t->error);
    if (rc != CHELA_OK) return rc;
    json_object(&w);
    json_key(&w, S("data"));
    json_object(&w);
    json_key(&w, S("total_credits"));
    json_double(&w, usd);
    json_key(&w, S("total_usage"));
    json_double(&w, usd);
    json_object_end(&w);
    json_object_end(&w);
    return CHELA_OK;
}

static void write_activity(struct json_writer *w, struct arena *a, const struct usage_sum *u) {
    json_object(w);
    json_kstring(w, "date", u->day);
    json_kstring(w, "model", u->model);
    json_kstring(w, "model_permaslug", u->model);
    json_kstring(w, "endpoint_id",
                 arena_printf(a, "%.*s/%.*s", STR_ARG(u->upstream), STR_ARG(u->model)));
    json_kstring(w, "provider_name", u->upstream);
    json_key(w, S("usage"));
    json_double(w, u->cost);
    json_kint(w, "byok_usage_inference", 0);
    json_kint(w, "requests", u->requests);
    json_kint(w, "prompt_tokens", u->prompt);
    json_kint(w, "completion_tokens", u->completion);
    json_kint(w, "reasoning_tokens", u->reasoning);
    json_object_end(w);
}

/* The last thirty days that are over, or one. */
static enum chela_error show_activity(struct admin_work *t, struct store *s) {
    const int64_t day = 86400000;
    struct usage_query q = { .by = USAGE_BY_ACTIVITY, .key = parameter(t, "api_key_hash") };
    struct usage_sum *list;
    struct json_writer w = JSON_WRITER(&t->json);
    str date = parameter(t, "date");
    size_t count;
    q.until_ms = accounts_now(t->accounts) / day * day;
    q.since_ms = q.until_ms - 30 * day;
    if (date.n) {
        if (date.n != 10 || !time_read(date, &q.since_ms))
            return wrong(&t->error, "date", "a day, as 2026-11-25,");
        q.until_ms = q.since_ms + day;
    }
    enum chela_error rc = accounts_sync(t->accounts, &t->error);
    if (rc == CHELA_OK) rc = ledger_usage(s, &q, &t->arena, &list, &count, &t->error);
    if (rc != CHELA_OK) return rc;
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    for (size_t i = 0; i < count; i++) write_activity(&w, &t->arena, &list[i]);
    json_array_end(&w);
    json_object_end(&w);
    return CHELA_OK;
}

static const char *api_type(str path) {
    static const struct {
        const char *begins, *type;
    } types[] = { { "/embeddings", "embeddings" },
                  { "/images", "image" },
                  { "/videos", "video" },
                  { "/audio/speech", "tts" },
                  { "/audio/transcriptions", "stt" },
                  { "/", "completions" } };
    size_t i = 0;
    while (!str_starts(path, str_c(types[i].begins)) && i + 1 < sizeof types / sizeof types[0]) i++;
    return types[i].type;
}

static void count_or_null(struct json_writer *w, const char *key, int64_t n) {
    json_key(w, str_c(key));
    if (n < 0)
        json_null(w);
    else
        json_int(w, n);
}

static void text_or_null(struct json_writer *w, const char *key, str text) {
    json_key(w, str_c(key));
    if (text.n)
        json_string(w, text);
    else
        json_null(w);
}

/* total_cost and usage are numbers there: 0 when the price is not known. is_estimate, cache and
 * attempts are chela's own. */
static void write_generation(struct json_writer *w, const struct ledger_row *r) {
    static const char *const nothing[] = {
        "app_id",
        "cache_discount",
        "external_user",
        "http_referer",
        "num_fetches",
        "num_search_results",
        "moderation_latency",
        "preset_id",
        "router",
        "service_tier",
        "session_id",
        "upstream_id",
        "user_agent",
        "native_finish_reason",
        "upstream_inference_cost",
        "provider_responses",
        "workspace_id",
        "web_search_engine",
        "num_media_prompt",
        "num_media_completion",
        "num_input_audio_prompt",
        "response_cache_source_id",
    };
    double cost = r->cost > 0 ? r->cost : 0;
    char when[32];
    time_text(when, r->at_ms);
    json_object(w);
    json_kstring(w, "id", r->generation);
    json_kstring(w, "request_id", r->request);
    json_kstring(w, "api_type", str_c(api_type(r->path)));
    json_kstring(w, "created_at", str_c(when));
    json_kstring(w, "model", r->model.n ? r->model : r->asked);
    text_or_null(w, "provider_name", r->upstream);
    json_key(w, S("total_cost"));
    json_double(w, cost);
    json_key(w, S("usage"));
    json_double(w, cost);
    json_kbool(w, "is_byok", false);
    json_kbool(w, "is_estimate", r->estimated);
    json_kbool(w, "streamed", r->streamed);
    json_kbool(w, "cancelled", r->end == LEDGER_GONE);
    json_kint(w, "status", r->status);
    json_kint(w, "attempts", r->attempts);
    json_kstring(w, "cache", str_c(ledger_cache_name(r->cache)));
    text_or_null(w, "finish_reason", r->finish);
    count_or_null(w, "latency", r->first_ms >= 0 ? r->first_ms : r->ms);
    count_or_null(w, "generation_time", r->ms);
    count_or_null(w, "tokens_prompt", r->prompt);
    count_or_null(w, "tokens_completion", r->completion);
    count_or_null(w, "native_tokens_prompt", r->prompt);
    count_or_null(w, "native_tokens_completion", r->completion);
    count_or_null(w, "native_tokens_reasoning", r->reasoning);
    count_or_null(w, "native_tokens_cached", r->cached);
    count_or_null(w, "native_tokens_completion_images", r->image);
    json_kstring(w, "data_region", S("global"));
    json_kstring(w, "origin", S(""));
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        json_key(w, str_c(nothing[i]));
        json_null(w);
    }
    json_object_end(w);
}

static enum chela_error show_generation(struct admin_work *t, struct store *s) {
    struct json_writer w = JSON_WRITER(&t->json);
    struct ledger_row row;
    str id = parameter(t, "id");
    if (!id.n) return wrong(&t->error, "id", "the id of a generation");
    enum chela_error rc = accounts_sync(t->accounts, &t->error);
    if (rc == CHELA_OK) rc = ledger_find(s, id, &t->arena, &row, &t->error);
    if (rc == CHELA_OK && t->only_key.n && !str_eq(row.key, t->only_key))
        rc = err_set(&t->error, CHELA_NOT_FOUND, "nothing is known of that generation");
    if (rc != CHELA_OK) return rc;
    json_object(&w);
    json_key(&w, S("data"));
    write_generation(&w, &row);
    json_object_end(&w);
    return CHELA_OK;
}

void admin_work(struct admin_work *t) {
    struct store *s = NULL;
    t->error = (struct err)ERR_INIT;
    t->code = ledger_open(&s, accounts_state(t->accounts), &t->error);
    if (t->code == CHELA_OK) {
        switch (t->route) {
        case ADMIN_KEY: break; /* the loop answers it */
        case ADMIN_LIST: t->code = list_keys(t); break;
        case ADMIN_SHOW: t->code = show_key(t, t->id, NULL); break;
        case ADMIN_CREATE: t->code = create_key(t, s); break;
        case ADMIN_CHANGE: t->code = change_key(t, s); break;
        case ADMIN_DELETE: t->code = delete_key(t, s); break;
        case ADMIN_CREDITS: t->code = show_credits(t, s); break;
        case ADMIN_ACTIVITY: t->code = show_activity(t, s); break;
        case ADMIN_GENERATION: t->code = show_generation(t, s); break;
        }
    }
    store_close(s);
}
