/* chela models list: the models that are configured, or all of the catalogue, with what is known of
 * each.
 *
 * A model may be configured in several places at once (default, fall-back, entry with an alias): it
 * is one row, with a tag for each. Before a catalogue was ever fetched the bundled rows are listed
 * too, because they are what works then.
 */
#include "catalog/catalog.h"
#include "cli/models.h"
#include "route/route.h"
#include "shape/shape.h"

#include <math.h>
#include <stdio.h>

enum { MAX_TAGS = 16, MAX_OUTPUT = 64 << 20 };

struct listed {
    str key, id;
    const struct model_row *row; /* NULL: nothing is known */
    str tag[MAX_TAGS];
    size_t tags;
};

struct list {
    struct config *config;
    struct catalog *catalog;
    struct arena arena;
    struct listed *item;
    size_t count, cap;
    size_t foreign; /* configured, of providers that chela does not serve */
    bool local, has_key;
};

/* ---- gathering ---- */

static struct listed *row_of(struct list *l, str key, str id) {
    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->item[i].key, key)) return &l->item[i];
    if (l->count == l->cap) return NULL;
    l->item[l->count] =
        (struct listed){ .key = key, .id = id, .row = catalog_find(l->catalog, id) };
    return &l->item[l->count++];
}

static void tag(struct listed *row, str text) {
    for (size_t i = 0; row && i < row->tags; i++)
        if (str_eq(row->tag[i], text)) return;
    if (row && row->tags < MAX_TAGS) row->tag[row->tags++] = text;
}

/* What a text of the configuration means, tagged. */
static struct listed *take(struct list *l, str text, str name) {
    struct model_ref ref;
    struct err ignored = ERR_INIT;
    if (model_ref_parse(&ref, text, l->config, &l->arena, &ignored) != CHELA_OK) {
        l->foreign++;
        return NULL;
    }
    struct listed *row = row_of(l, ref.key, ref.id);
    tag(row, name);
    return row;
}

static void take_slot(struct list *l, enum model_slot slot, const char *fallback) {
    struct doc *d = config_doc(l->config);
    doc_node model = doc_path_get(d, model_slot_path(slot), NULL);
    bool object = doc_type(d, model) == DOC_OBJECT;
    str text;
    if (slot == MODEL_IMAGE &&
        doc_string(d, object ? doc_get(d, model, S("primary")) : model, &text))
        take(l, text, S("image"));
    doc_node list = doc_get(d, model, S("fallbacks"));
    size_t n = 0;
    for (doc_node item = doc_first(d, list); item; item = doc_next(d, item))
        if (doc_string(d, item, &text))
            take(l, text, arena_printf(&l->arena, "%s#%zu", fallback, ++n));
}

static void take_entries(struct list *l) {
    struct doc *d = config_doc(l->config);
    doc_node entries = doc_path_get(d, S("agents.defaults.models"), NULL);
    for (doc_node n = doc_first(d, entries); n; n = doc_next(d, n)) {
        str alias, key = doc_key(d, n);
        if (str_chr(key, '*') >= 0) continue; /* a pattern */
        struct listed *row = take(l, key, S("configured"));
        if (row && doc_string(d, doc_get(d, n, S("alias")), &alias) && str_trim(alias).n)
            tag(row, arena_printf(&l->arena, "alias:%.*s", STR_ARG(str_trim(alias))));
    }
}

static void take_catalogue(struct list *l) {
    size_t count;
    const struct model_row *rows = catalog_rows(l->catalog, &count);
    for (size_t i = 0; i < count; i++) {
        struct model_ref ref;
        struct err ignored = ERR_INIT;
        if (model_ref_parse(&ref, rows[i].id, NULL, &l->arena, &ignored) == CHELA_OK)
            row_of(l, ref.key, ref.id);
    }
}

static size_t most_rows(struct list *l) {
    struct doc *d = config_doc(l->config);
    static const char *const lists[] = { "agents.defaults.model.fallbacks",
                                         "agents.defaults.imageModel.fallbacks",
                                         "agents.defaults.models" };
    size_t n;
    catalog_rows(l->catalog, &n);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        n += doc_len(d, doc_path_get(d, str_c(lists[i]), NULL));
    return n + 2;
}

static enum chela_error gather(struct list *l, bool all, struct err *e) {
    struct model_ref ref;
    l->cap = most_rows(l);
    l->item = arena_alloc(&l->arena, l->cap * sizeof *l->item);
    enum chela_error rc = l->item ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
    if (rc == CHELA_OK) rc = model_ref_default(&ref, l->config, S(""), &l->arena, e);
    if (rc != CHELA_OK) return rc;
    tag(row_of(l, ref.key, ref.id), S("default"));
    take_slot(l, MODEL_CHAT, "fallback");
    take_slot(l, MODEL_IMAGE, "img-fallback");
    take_entries(l);
    if (all || catalog_source(l->catalog) == CATALOG_BUNDLED) take_catalogue(l);
    return arena_failed(&l->arena) ? err_set(e, CHELA_NOMEM, "out of memory") : CHELA_OK;
}

/* ---- choosing ---- */

static bool is_free(const struct listed *row) {
    if (str_ends(row->id, S(":free"))) return true;
    return row->row && row->row->price_prompt == 0 && row->row->price_completion == 0 &&
           !model_is_auto(row->id); /* what the router chooses has its price */
}

/* --provider: openrouter, or the vendor of the model. */
static bool is_of(const struct listed *row, str provider) {
    str vendor, model;
    if (str_ieq(provider, S("openrouter"))) return true;
    str_cut(row->id, '/', &vendor, &model);
    return str_ieq(vendor, provider);
}

static bool has_words(const struct cli *c, const struct listed *row) {
    for (size_t i = 0; i < c->arg_count; i++)
        if (!str_ihas(row->key, c->arg[i]) && !(row->row && str_ihas(row->row->name, c->arg[i])))
            return false;
    return true;
}

static void choose(struct list *l, const struct cli *c) {
    size_t kept = 0;
    str provider = str_trim(cli_text(c, "provider"));
    for (size_t i = 0; i < l->count; i++) {
        const struct listed *row = &l->item[i];
        if ((cli_given(c, "free") && !is_free(row)) || (provider.n && !is_of(row, provider)) ||
            (cli_given(c, "local") && !l->local) || !has_words(c, row))
            continue;
        l->item[kept++] = *row;
    }
    l->count = kept;
}

/* ---- telling ---- */

static bool is_missing(const struct list *l, const struct listed *row) {
    return !row->row && catalog_source(l->catalog) == CATALOG_CACHE;
}

static double per_million(double price) {
    return price < 0 ? NAN : round(price * 1e15) / 1e9; /* NaN is written as null */
}

static void write_cost(struct json_writer *w, const struct model_row *row) {
    json_key(w, S("cost"));
    if (!row) {
        json_null(w);
        return;
    }
    const struct {
        const char *key;
        double price;
    } parts[] = { { "input", row->price_prompt },
                  { "output", row->price_completion },
                  { "cacheRead", row->price_cache_read },
                  { "cacheWrite", row->price_cache_write } };
    json_object(w);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        json_key(w, str_c(parts[i].key));
        json_double(w, per_million(parts[i].price));
    }
    json_object_end(w);
}

static void write_texts(struct json_writer *w, const char *key, const str *list, size_t count) {
    json_key(w, str_c(key));
    json_array(w);
    for (size_t i = 0; i < count; i++) json_string(w, list[i]);
    json_array_end(w);
}

static void write_tokens(struct json_writer *w, const char *key, int64_t tokens) {
    json_key(w, str_c(key));
    if (tokens > 0)
        json_int(w, tokens);
    else
        json_null(w);
}

static void write_row(struct json_writer *w, const struct list *l, const struct listed *row) {
    const struct model_row *known = row->row;
    str levels[THINKING_LEVELS];
    json_object(w);
    json_kstring(w, "key", row->key);
    json_kstring(w, "name", known ? known->name : row->id);
    json_kstring(w, "input", known && known->image_input ? S("text+image") : S("text"));
    write_tokens(w, "contextWindow", known ? known->context_length : 0);
    json_kbool(w, "local", l->local);
    json_kbool(w, "available", l->has_key);
    write_texts(w, "tags", row->tag, row->tags);
    json_kbool(w, "missing", is_missing(l, row));
    write_tokens(w, "maxTokens", known ? known->max_output : 0);
    write_texts(w, "thinkingLevels", levels, thinking_levels(row->id, known, levels));
    json_kbool(w, "tools", !known || known->tools);
    write_cost(w, known);
    json_object_end(w);
}

static void write_json(const struct list *l, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    bool fetched = catalog_source(l->catalog) == CATALOG_CACHE;
    json_object(&w);
    json_kint(&w, "count", (int64_t)l->count);
    json_key(&w, S("models"));
    json_array(&w);
    for (size_t i = 0; i < l->count; i++) write_row(&w, l, &l->item[i]);
    json_array_end(&w);
    json_key(&w, S("catalogue"));
    json_object(&w);
    json_kstring(&w, "source", fetched ? S("cache") : S("bundled"));
    json_key(&w, S("ageMs"));
    if (fetched)
        json_int(&w, catalog_age_ms(l->catalog));
    else
        json_null(&w);
    json_object_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

static void price_text(char dst[32], const struct listed *row) {
    const struct model_row *known = row->row;
    if (!known || known->price_prompt < 0 || known->price_completion < 0 || model_is_auto(row->id))
        str_copy(dst, 32, S("-"));
    else if (is_free(row))
        str_copy(dst, 32, S("free"));
    else
        snprintf(dst, 32, "%.4g/%.4g", per_million(known->price_prompt),
                 per_million(known->price_completion));
}

static void add_line(const struct list *l, const struct listed *row, struct buf *out) {
    char price[32], context[MODELS_TOKENS], key[MODELS_KEY];
    str levels[THINKING_LEVELS];
    size_t count = thinking_levels(row->id, row->row, levels);
    price_text(price, row);
    models_tokens(context, row->row ? row->row->context_length : 0);
    models_cut_key(key, row->key);
    buf_addf(out, "%-42s %-10s %-6s %-5s %-4s %-10s %-8.*s ", key,
             row->row && row->row->image_input ? "text+image" : "text", context,
             l->local ? "yes" : "no", l->has_key ? "yes" : "no", price, STR_ARG(levels[count - 1]));
    for (size_t i = 0; i < row->tags; i++)
        buf_addf(out, "%s%.*s", i ? "," : "", STR_ARG(row->tag[i]));
    if (is_missing(l, row)) buf_addf(out, "%smissing", row->tags ? "," : "");
    while (out->n && out->p[out->n - 1] == ' ') out->n--;
    buf_addc(out, '\n');
}

static void write_text(const struct list *l, bool colour, struct buf *out) {
    if (!l->count) {
        buf_add(out, S("No models found.\n"));
        return;
    }
    buf_addf(out, "%s%-42s %-10s %-6s %-5s %-4s %-10s %-8s %s%s\n", colour ? "\033[1m" : "",
             "Model", "Input", "Ctx", "Local", "Auth", "$/M in/out", "Thinking", "Tags",
             colour ? "\033[0m" : "");
    for (size_t i = 0; i < l->count; i++) add_line(l, &l->item[i], out);
}

static void tell_notes(const struct list *l, str provider) {
    int64_t days = catalog_age_ms(l->catalog) / (24 * 60 * 60 * 1000);
    if (l->foreign)
        cli_note("chela: note: %zu configured model%s of other providers %s left out", l->foreign,
                 l->foreign == 1 ? "" : "s", l->foreign == 1 ? "is" : "are");
    if (provider.n && !l->count)
        cli_note("chela: note: openrouter is the only provider that chela serves; --provider also "
                 "takes the vendor of its models");
    if (catalog_source(l->catalog) == CATALOG_BUNDLED)
        cli_note("chela: note: no catalogue was fetched yet; `chela models refresh` fetches it");
    else if (days > 1)
        cli_note("chela: note: the catalogue is %lld days old; `chela models refresh` fetches it",
                 (long long)days);
}

static enum chela_error print(struct cli *c, enum models_form form, const struct list *l,
                              struct err *e) {
    struct buf out = BUF_INIT(MAX_OUTPUT);
    switch (form) {
    case MODELS_JSON: write_json(l, &out); break;
    case MODELS_PLAIN:
        for (size_t i = 0; i < l->count; i++) buf_addf(&out, "%.*s\n", STR_ARG(l->item[i].key));
        break;
    case MODELS_TEXT:
        write_text(l, cli_colour(cli_out_is_terminal(), c->env), &out);
        tell_notes(l, cli_text(c, "provider"));
        break;
    }
    return editing_print(c, &out, e);
}

/* Where requests go, and whether there is a key for it. */
static enum chela_error look_at_route(struct list *l, struct err *e) {
    struct route route;
    struct credential key = { .source = "" };
    struct err ignored = ERR_INIT;
    enum chela_error rc = route_chat(&route, l->config, &l->arena, e);
    if (rc != CHELA_OK) return rc;
    l->local = route.local;
    l->has_key = credential_find(l->config, route.origin, S(""), &key, &ignored) == CHELA_OK;
    credential_free(&key);
    return CHELA_OK;
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct list l = { .arena = ARENA_INIT(MAX_OUTPUT) };
    enum models_form form;
    enum chela_error rc = models_form(c, &form, e);
    if (rc == CHELA_OK) rc = config_load(&l.config, c->env, e);
    if (rc == CHELA_OK) rc = catalog_open(&l.catalog, l.config, e);
    if (rc == CHELA_OK) rc = look_at_route(&l, e);
    bool all = cli_given(c, "all") || cli_given(c, "free") || c->arg_count;
    if (rc == CHELA_OK) rc = gather(&l, all, e);
    if (rc == CHELA_OK) {
        choose(&l, c);
        rc = print(c, form, &l, e);
    }
    catalog_free(l.catalog);
    config_free(l.config);
    arena_free(&l.arena);
    return rc;
}

static const struct option_spec options[] = {
    { "all", 'a', OPTION_FLAG, NULL, "the whole catalogue, not only what is configured" },
    { "free", 0, OPTION_FLAG, NULL, "of the whole catalogue what costs nothing" },
    { "provider", 0, OPTION_TEXT, "NAME", "only models of this vendor (openrouter: all)" },
    { "local", 0, OPTION_FLAG, NULL, "only models that a server on this machine offers" },
    MODELS_PLAIN_OPTION,
    MODELS_JSON_OPTION,
    { 0 },
};

const struct command cmd_models_list = {
    .path = "models list",
    .operands = "[WORD…]",
    .summary = "List models with context, price and thinking levels",
    .details =
        "The configured models: the default, its fall-backs, and the entries of\n"
        "agents.defaults.models. With WORDs, those of the whole catalogue that have all of them\n"
        "in key or name. Nothing is fetched: chela models refresh does that. Prices are US\n"
        "dollars for a million tokens, in and out.",
    .options = options,
    .max_args = 16,
    .run = run,
};
