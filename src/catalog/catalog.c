/* The catalogue: what the user configured, over what was fetched, over what is bundled.
 *
 * A command asks for one row or two, `models list` for all. So rows are made when asked for: the
 * first look-ups pass over the cache file (cache_file.c); after a few, or when the list is asked
 * for, all rows are made once and every later look-up is a search in memory.
 */
#include "catalog/catalog.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/suggest.h"
#include "catalog/cache_file.h"
#include "catalog/model_id.h"
#include "catalog/model_row.h"

#include <stdlib.h>

enum {
    LOOKUPS = 4, /* rows found one by one, before all are made */
    WANTED = 6,  /* an id and what is left of it without variants */
};

struct lookup {
    str asked;
    const struct model_row *row; /* NULL: there is none */
};

/* What looking up changes. */
struct loaded {
    struct arena arena;
    struct cache_file cache;
    struct lookup lookup[LOOKUPS];
    size_t lookups;
    struct model_row *rows; /* NULL until all were made */
    size_t row_count;
};

struct catalog {
    struct config *config; /* borrowed */
    struct loaded *loaded;
    struct {
        str id;
        doc_node node;
    } * own; /* models.providers.openrouter.models[] */
    size_t own_count;
};

/* ---- which row is meant ---- */

struct wanted {
    str id[WANTED];
    size_t n;
};

static struct wanted want(str id) {
    struct wanted w = { .id = { id }, .n = 1 };
    while (w.n < WANTED && model_id_parent(w.id[w.n - 1], &w.id[w.n])) w.n++;
    return w;
}

enum { NO_MATCH = WANTED * 2 };

/* 0 is the id itself; more is worse. */
static unsigned match(const struct wanted *w, str id) {
    for (unsigned i = 0; i < w->n; i++)
        if (w->id[i].n == id.n && str_ieq(w->id[i], id))
            return i * 2 + (str_eq(w->id[i], id) ? 0 : 1);
    return NO_MATCH;
}

/* ---- opening ---- */

static bool read_own(struct catalog *k) {
    struct doc *d = config_doc(k->config);
    doc_node list = doc_path_get(d, S("models.providers.openrouter.models"), NULL);
    size_t n = doc_type(d, list) == DOC_ARRAY ? doc_len(d, list) : 0;
    if (n > CACHE_ROWS_MAX) n = CACHE_ROWS_MAX;
    if (!n) return true;
    k->own = arena_alloc(&k->loaded->arena, n * sizeof *k->own);
    if (!k->own) return false;
    for (doc_node c = doc_first(d, list); c && k->own_count < n; c = doc_next(d, c)) {
        str id;
        if (!doc_string(d, doc_get(d, c, S("id")), &id)) continue;
        id = str_trim(id);
        if (id.n > MODEL_REF_MAX || model_id_fault(id)) continue;
        id = model_id_on_wire(id, &k->loaded->arena);
        if (!id.n) continue;
        k->own[k->own_count].id = id;
        k->own[k->own_count++].node = c;
    }
    return !arena_failed(&k->loaded->arena);
}

enum chela_error catalog_open(struct catalog **out, struct config *c, struct err *e) {
    struct catalog *k = calloc(1, sizeof *k);
    *out = NULL;
    if (k) k->loaded = calloc(1, sizeof *k->loaded);
    if (!k || !k->loaded) {
        free(k);
        return err_set(e, CHELA_NOMEM, "model catalogue: out of memory");
    }
    k->config = c;
    arena_init(&k->loaded->arena, 64u << 20);
    cache_file_open(&k->loaded->cache, config_where(c));
    if (!read_own(k)) {
        catalog_free(k);
        return err_set(e, CHELA_NOMEM, "model catalogue: out of memory");
    }
    *out = k;
    return CHELA_OK;
}

void catalog_free(struct catalog *k) {
    if (!k) return;
    cache_file_close(&k->loaded->cache);
    arena_free(&k->loaded->arena);
    free(k->loaded);
    free(k);
}

enum catalog_source catalog_source(const struct catalog *k) {
    return k->loaded->cache.fd >= 0 ? CATALOG_CACHE : CATALOG_BUNDLED;
}

int64_t catalog_age_ms(const struct catalog *k) {
    if (catalog_source(k) == CATALOG_BUNDLED) return -1;
    int64_t age = clock_unix_ms() - k->loaded->cache.fetched_ms;
    return age > 0 ? age : 0;
}

bool catalog_is_stale(const struct catalog *k) {
    if (catalog_source(k) == CATALOG_BUNDLED) return true;
    return cache_is_stale(k->loaded->cache.fetched_ms);
}

/* ---- making rows ---- */

static bool parse_row(struct model_row *row, str json, struct arena *a) {
    struct doc *d;
    if (doc_parse(&d, json, DOC_JSON, NULL, NULL)) return false;
    bool good = model_row_read(row, d, doc_root(d), a);
    doc_free(d);
    return good;
}

static void lay_over(const struct catalog *k, struct model_row *row) {
    for (size_t i = 0; i < k->own_count; i++)
        if (str_eq(k->own[i].id, row->id))
            model_row_overlay(row, config_doc(k->config), k->own[i].node, &k->loaded->arena);
}

static struct model_row own_row(const struct catalog *k, size_t i) {
    struct model_row row = model_row_blank(k->own[i].id);
    row.bundled = true;
    lay_over(k, &row);
    return row;
}

struct best {
    const struct wanted *wanted;
    unsigned rank;
    struct model_row row;
    struct arena *arena;
    bool broken;
};

static bool consider(void *ctx, str id, str json) {
    struct best *b = ctx;
    unsigned rank = match(b->wanted, id);
    if (rank >= b->rank) return false;
    b->broken = !parse_row(&b->row, json, b->arena);
    b->rank = rank;
    return rank == 0 || b->broken;
}

/* From now on there is no cache; said once. */
static void drop_cache(const struct catalog *k, bool say) {
    if (say)
        log_warn("%s: the model catalogue's cache is ignored: a row of it is broken",
                 k->loaded->cache.path);
    cache_file_close(&k->loaded->cache);
}

static const struct model_row *find_one(const struct catalog *k, const struct wanted *w) {
    struct best b = { .wanted = w, .rank = NO_MATCH, .arena = &k->loaded->arena };
    if (catalog_source(k) == CATALOG_CACHE) {
        bool whole = cache_file_each(&k->loaded->cache, consider, &b);
        if (!whole || b.broken) {
            if (arena_failed(b.arena)) return NULL;
            drop_cache(k, whole);
            b.rank = NO_MATCH;
        }
    }
    if (catalog_source(k) == CATALOG_BUNDLED)
        for (size_t i = 0; i < bundled_row_count; i++)
            if (match(w, bundled_rows[i].id) < b.rank) {
                b.rank = match(w, bundled_rows[i].id);
                b.row = bundled_rows[i];
            }
    size_t own = k->own_count;
    for (size_t i = 0; i < k->own_count; i++)
        if (match(w, k->own[i].id) < b.rank) {
            b.rank = match(w, k->own[i].id);
            own = i;
        }
    if (b.rank == NO_MATCH) return NULL;
    struct model_row *row = arena_alloc(b.arena, sizeof *row);
    if (!row) return NULL;
    if (own < k->own_count) {
        *row = own_row(k, own);
    } else {
        *row = b.row;
        lay_over(k, row);
    }
    return row;
}

/* ---- all of them ---- */

struct gather {
    struct arena *arena;
    struct model_row *rows; /* NULL: only count */
    size_t count;
    bool broken;
};

static bool take(void *ctx, str id, str json) {
    struct gather *g = ctx;
    (void)id;
    if (g->rows) g->broken = !parse_row(&g->rows[g->count], json, g->arena);
    g->count += !g->broken;
    return g->broken;
}

static bool has_row(const struct gather *g, str id) {
    for (size_t i = 0; i < g->count; i++)
        if (str_eq(g->rows[i].id, id)) return true;
    return false;
}

/* Rows of the cache, with room for `more` behind them. False: out of memory, or the cache was bad
 * and is dropped. */
static bool gather_cache(const struct catalog *k, struct gather *g, size_t more) {
    if (!cache_file_each(&k->loaded->cache, take, g)) {
        drop_cache(k, false);
        return false;
    }
    g->rows = arena_alloc(g->arena, (g->count + more) * sizeof *g->rows);
    if (!g->rows) return false;
    g->count = 0;
    bool whole = cache_file_each(&k->loaded->cache, take, g);
    if (whole && !g->broken) return true;
    if (!arena_failed(g->arena)) drop_cache(k, whole);
    return false;
}

static bool load_all(const struct catalog *k) {
    struct gather g = { .arena = &k->loaded->arena };
    if (catalog_source(k) == CATALOG_CACHE && !gather_cache(k, &g, k->own_count))
        g = (struct gather){ .arena = g.arena };
    if (catalog_source(k) == CATALOG_BUNDLED) {
        g.rows = arena_alloc(g.arena, (bundled_row_count + k->own_count) * sizeof *g.rows);
        for (; g.rows && g.count < bundled_row_count; g.count++)
            g.rows[g.count] = bundled_rows[g.count];
    }
    if (!g.rows) return false;
    for (size_t i = 0; i < g.count && k->own_count; i++) lay_over(k, &g.rows[i]);
    for (size_t i = 0; i < k->own_count; i++)
        if (!has_row(&g, k->own[i].id)) g.rows[g.count++] = own_row(k, i);
    k->loaded->row_count = g.count;
    k->loaded->rows = g.rows;
    return true;
}

const struct model_row *catalog_rows(const struct catalog *k, size_t *count) {
    bool good = k->loaded->rows || load_all(k);
    *count = good ? k->loaded->row_count : 0;
    return good ? k->loaded->rows : NULL;
}

const struct model_row *catalog_find(const struct catalog *k, str id) {
    struct loaded *l = k->loaded;
    struct wanted w = want(id);
    if (!id.n || id.n > MODEL_REF_MAX) return NULL;
    for (size_t i = 0; !l->rows && i < l->lookups; i++)
        if (str_eq(l->lookup[i].asked, id)) return l->lookup[i].row;
    if (!l->rows && l->lookups < LOOKUPS) {
        const struct model_row *row = find_one(k, &w);
        str asked = arena_dup(&l->arena, id);
        if (!arena_failed(&l->arena)) l->lookup[l->lookups++] = (struct lookup){ asked, row };
        return row;
    }
    size_t count;
    const struct model_row *rows = catalog_rows(k, &count), *best = NULL;
    for (unsigned i = 0, rank = NO_MATCH; i < count && rank; i++)
        if (match(&w, rows[i].id) < rank) {
            rank = match(&w, rows[i].id);
            best = &rows[i];
        }
    return best;
}

/* ---- what was meant ---- */

str catalog_suggest(const struct catalog *k, str id) {
    size_t count;
    const struct model_row *rows = catalog_rows(k, &count);
    if (str_istarts(id, S("openrouter/")) && model_id_has_vendor(str_skip(id, 11)))
        id = str_skip(id, 11);
    struct suggest whole, tail;
    suggest_init(&whole, id);
    suggest_init(&tail, model_id_tail(id));
    str by_tail = { 0 }, by_start = { 0 };
    for (size_t i = 0; i < count; i++) {
        suggest_offer(&whole, rows[i].id);
        str before = tail.best, name = model_id_tail(rows[i].id);
        suggest_offer(&tail, name);
        if (tail.best.p != before.p) by_tail = rows[i].id;
        if (!by_start.n && id.n >= 3 && str_istarts(name, id)) by_start = rows[i].id;
    }
    return whole.best.n ? whole.best : by_tail.n ? by_tail : by_start; /* "kimi" is kimi-k2.6 */
}

static const char *count_word(size_t n) {
    static const char *const words[] = { "two", "three", "four" };
    return n - 2 < 3 ? words[n - 2] : "several";
}

/* The rows whose name, without the vendor, is `name`. */
static size_t owners(const struct model_row *rows, size_t count, str name, str list[4]) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!str_ieq(model_id_tail(rows[i].id), name)) continue;
        bool known = false;
        for (size_t j = 0; j < n && j < 4; j++) known = known || str_ieq(list[j], rows[i].id);
        if (known) continue;
        if (n < 4) list[n] = rows[i].id;
        n++;
    }
    return n;
}

enum chela_error catalog_resolve(struct model_ref *out, str text, const struct catalog *k,
                                 struct config *c, struct arena *a, struct err *e) {
    str bare;
    enum chela_error rc = model_ref_read(out, text, c, a, &bare, e);
    if (!rc || !bare.n) return rc;
    size_t count, n = 0;
    const struct model_row *rows = catalog_rows(k, &count);
    struct wanted w = want(bare);
    str list[4], name = bare;
    for (size_t i = 0; i < w.n && !n; i++) {
        name = w.id[i];
        n = owners(rows, count, name, list);
    }
    if (n == 1) {
        str id = arena_printf(a, "%.*s%.*s", STR_ARG(list[0]), STR_ARG(str_skip(bare, name.n)));
        return model_ref_set_id(out, id, a, e);
    }
    if (n > 1) {
        err_set(e, CHELA_INPUT,
                "model reference \"%.*s\": %s models have that name: %.*s, %.*s%s%.*s",
                STR_ARG(text), count_word(n), STR_ARG(list[0]), STR_ARG(list[1]), n > 2 ? ", " : "",
                STR_ARG(n > 2 ? list[2] : (str){ 0 }));
        return err_hint(e, CHELA_INPUT, "write the vendor too: openrouter/%.*s", STR_ARG(list[0]));
    }
    str near = catalog_suggest(k, bare);
    if (!near.n) return rc;
    return err_set(
        e, CHELA_INPUT,
        "model reference \"%.*s\": no vendor is named, and no model is called so; did you "
        "mean %s%.*s?",
        STR_ARG(text), str_istarts(near, S("openrouter/")) ? "" : "openrouter/", STR_ARG(near));
}
