/* The words that change from day to day. Reads what is on disk: the catalogue's cache, the
 * configuration, the sessions. Asked at each press of a key, so what is broken is passed over. */
#include "agent/session.h"
#include "base/file.h"
#include "catalog/catalog.h"
#include "cli/complete.h"
#include "config/schema.h"
#include "shape/shape.h"

#include <stdio.h>

static void word(struct buf *out, str text, str what) {
    if (str_chr(text, '\t') >= 0 || str_chr(text, '\n') >= 0) return;
    buf_add(out, text);
    if (what.n) buf_addf(out, "\t%.*s", STR_ARG(what));
    buf_addc(out, '\n');
}

static void aliases(struct config *config, struct buf *out) {
    struct doc *d = config_doc(config);
    doc_node models = doc_path_get(d, S("agents.defaults.models"), NULL);
    for (doc_node m = doc_first(d, models); m; m = doc_next(d, m)) {
        str alias;
        if (doc_string(d, doc_get(d, m, S("alias")), &alias)) word(out, alias, doc_key(d, m));
    }
}

static void models(struct config *config, struct buf *out) {
    struct catalog *k;
    size_t count;
    aliases(config, out);
    if (catalog_open(&k, config, NULL) != CHELA_OK) return;
    const struct model_row *rows = catalog_rows(k, &count);
    struct buf key = BUF_INIT(1024);
    for (size_t i = 0; i < count; i++) {
        buf_clear(&key);
        if (!str_starts(rows[i].id, S("openrouter/"))) buf_add(&key, S("openrouter/"));
        buf_add(&key, rows[i].id);
        word(out, buf_str(&key), rows[i].name);
    }
    buf_free(&key);
    catalog_free(k);
}

static void agents(struct config *config, struct buf *out) {
    struct doc *d = config_doc(config);
    doc_node list = doc_path_get(d, S("agents.list"), NULL);
    for (doc_node a = doc_first(d, list); a; a = doc_next(d, a)) {
        str id, name = { 0 };
        doc_string(d, doc_get(d, a, S("name")), &name);
        if (doc_string(d, doc_get(d, a, S("id")), &id)) word(out, id, name);
    }
}

static void sessions(struct config *config, struct buf *out) {
    char path[sizeof config_where(config)->state + 16];
    struct store *store;
    struct arena a = ARENA_INIT(16u << 20);
    struct session_info *list;
    size_t count = 0;
    snprintf(path, sizeof path, "%s/chela.db", config_where(config)->state);
    if (!file_exists(path) || store_open(&store, path, NULL) != CHELA_OK) return;
    if (session_list(store, (str){ 0 }, &a, &list, &count, NULL) != CHELA_OK) count = 0;
    for (size_t i = 0; i < count; i++) word(out, list[i].id, list[i].model);
    arena_free(&a);
    store_close(store);
}

static void levels(struct config *config, struct buf *out) {
    (void)config;
    str list[THINKING_LEVELS];
    size_t n = thinking_levels((str){ 0 }, NULL, list);
    for (size_t i = 0; i < n; i++) word(out, list[i], (str){ 0 });
}

/* The paths that chela reads, out of the schema; what OpenClaw alone reads is `true` there. */
static void keys_under(struct doc *d, doc_node schema, str path, struct buf *out) {
    doc_node properties = doc_get(d, schema, S("properties"));
    for (doc_node p = doc_first(d, properties); p; p = doc_next(d, p)) {
        if (doc_type(d, p) != DOC_OBJECT) continue;
        struct buf here = BUF_INIT(4096);
        buf_addf(&here, "%.*s%s", STR_ARG(path), path.n ? "." : "");
        buf_add(&here, doc_key(d, p));
        word(out, buf_str(&here), (str){ 0 });
        keys_under(d, p, buf_str(&here), out);
        buf_free(&here);
    }
}

static void keys(struct config *config, struct buf *out) {
    (void)config;
    struct buf schema = BUF_INIT(4u << 20);
    struct json_writer w = JSON_WRITER(&schema);
    struct doc *d = NULL;
    config_schema_write(&w, CONFIG_OPENCLAW);
    if (doc_parse(&d, buf_str(&schema), DOC_JSON, NULL, NULL) == CHELA_OK)
        keys_under(d, doc_root(d), (str){ 0 }, out);
    doc_free(d);
    buf_free(&schema);
}

static const struct {
    const char *kind;
    void (*add)(struct config *config, struct buf *out);
} kinds[] = { { "models", models },
              { "levels", levels },
              { "agents", agents },
              { "keys", keys },
              { "sessions", sessions } };

enum chela_error complete_words(str kind, env_list env, struct buf *out, struct err *e) {
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!str_eq(kind, str_c(kinds[i].kind))) continue;
        struct config *config;
        config_load(&config, env, NULL);
        if (config) kinds[i].add(config, out);
        config_free(config);
        return CHELA_OK;
    }
    return err_set(e, CHELA_USAGE, "there are no words of the kind \"%.*s\"", STR_ARG(kind));
}
