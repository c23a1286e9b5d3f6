/* chela models refresh: the catalogue, now, and what is new in it. */
#include "base/clock.h"
#include "catalog/catalog.h"
#include "chat/chat.h"
#include "cli/models.h"

enum { MAX_CATALOGUE = 16 << 20, NAMED = 8 };

struct difference {
    size_t count, gone;
    str *added;
    size_t added_count;
};

static bool has(const struct model_row *rows, size_t count, str id) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].id, id)) return true;
    return false;
}

/* before NULL: there was no catalogue, and nothing counts as new. */
static void compare(struct difference *out, const struct catalog *before,
                    const struct catalog *after, struct arena *a) {
    size_t old_count = 0;
    const struct model_row *old = before ? catalog_rows(before, &old_count) : NULL;
    const struct model_row *rows = catalog_rows(after, &out->count);
    if (!old) return;
    out->added = arena_alloc(a, (out->count + 1) * sizeof *out->added);
    for (size_t i = 0; out->added && i < out->count; i++)
        if (!has(old, old_count, rows[i].id)) out->added[out->added_count++] = rows[i].id;
    for (size_t i = 0; i < old_count; i++) out->gone += !has(rows, out->count, old[i].id);
}

static void write_json(const struct difference *d, const struct config_paths *where,
                       struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kbool(&w, "ok", true);
    json_kint(&w, "count", (int64_t)d->count);
    json_kint(&w, "fetchedAtMs", clock_unix_ms());
    json_key(&w, S("added"));
    json_array(&w);
    for (size_t i = 0; i < d->added_count; i++) json_string(&w, d->added[i]);
    json_array_end(&w);
    json_kint(&w, "removed", (int64_t)d->gone);
    json_kstring(&w, "cache", str_c(where->cache));
    json_object_end(&w);
    buf_addc(out, '\n');
}

static void write_text(const struct difference *d, str base_url, struct buf *out) {
    buf_addf(out, "%zu models from %.*s\n", d->count, STR_ARG(base_url));
    if (d->added_count) buf_addf(out, "%zu new:", d->added_count);
    for (size_t i = 0; i < d->added_count && i < NAMED; i++)
        buf_addf(out, "%s %.*s", i ? "," : "", STR_ARG(d->added[i]));
    if (d->added_count > NAMED) buf_addf(out, " and %zu more", d->added_count - NAMED);
    if (d->added_count) buf_addc(out, '\n');
    if (d->gone) buf_addf(out, "%zu gone\n", d->gone);
}

static enum chela_error tell(struct cli *c, struct config *config, const struct catalog *before,
                             struct arena *a, struct err *e) {
    struct difference d = { 0 };
    struct catalog *after;
    struct route route;
    struct buf out = BUF_INIT(MAX_CATALOGUE);
    enum chela_error rc = catalog_open(&after, config, e);
    if (rc == CHELA_OK) rc = route_chat(&route, config, a, e);
    if (rc == CHELA_OK) {
        compare(&d, before, after, a);
        if (c->json)
            write_json(&d, config_where(config), &out);
        else
            write_text(&d, route.base_url, &out);
        rc = editing_print(c, &out, e);
    }
    catalog_free(after);
    return rc;
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct config *config;
    struct catalog *before = NULL;
    struct arena a = ARENA_INIT(MAX_CATALOGUE);
    struct buf json = BUF_INIT(MAX_CATALOGUE);
    enum chela_error rc = config_load(&config, c->env, e);
    if (rc == CHELA_OK) rc = catalog_open(&before, config, e); /* keeps the old file open */
    if (rc == CHELA_OK) rc = chat_catalogue_refresh(config, NULL, &json, e);
    bool fetched_before = before && catalog_source(before) == CATALOG_CACHE;
    if (rc == CHELA_OK) rc = tell(c, config, fetched_before ? before : NULL, &a, e);
    buf_free(&json);
    catalog_free(before);
    arena_free(&a);
    config_free(config);
    return rc;
}

static const struct option_spec options[] = {
    { "json", 0, OPTION_FLAG, NULL, "print the result as JSON" },
    { 0 },
};

const struct command cmd_models_refresh = {
    .path = "models refresh",
    .summary = "Fetch the catalogue of models now",
    .details =
        "It is fetched by itself beside an answer when it is older than a day. On failure the\n"
        "one that is there stays.",
    .options = options,
    .run = run,
};
