/* /model and /think: what the conversation is held with. */
#include "cli/conversation.h"

#include "doc/doc.h"
#include "shape/shape.h"

#include <stdio.h>
#include <string.h>

static const size_t max_names = 1u << 20;

/* The model that the next turn asks. */
static enum chela_error current(struct conversation *c, struct model_ref *ref, struct arena *a,
                                struct err *e) {
    enum chela_error rc = conversation_catalog(c, e);
    if (rc != CHELA_OK) return rc;
    return c->model[0] ? catalog_resolve(ref, str_c(c->model), c->catalog, c->config, a, e)
                       : model_ref_default(ref, c->config, c->agent, a, e);
}

static void add_price(struct buf *out, double per_token, const char *of) {
    if (per_token < 0) return;
    if (per_token == 0)
        buf_addf(out, ", %s free", of);
    else
        buf_addf(out, ", $%.4g per million %s", per_token * 1e6, of);
}

static void tell_model(struct conversation *c, const struct model_ref *ref) {
    const struct model_row *row = catalog_find(c->catalog, ref->id);
    struct buf line = BUF_INIT(4096);
    buf_addf(&line, "model %.*s", STR_ARG(ref->key));
    if (!row) buf_add(&line, S(" (not in the catalogue, so it is asked as it is named)"));
    if (row && row->context_length)
        buf_addf(&line, ", %lld tokens of context", (long long)row->context_length);
    if (row && !model_is_auto(ref->id)) { /* it is charged as the model that it chooses */
        add_price(&line, row->price_prompt, "in");
        add_price(&line, row->price_completion, "out");
    }
    str near = row ? S("") : catalog_suggest(c->catalog, ref->id);
    conversation_aside(c, "%.*s", STR_ARG(buf_str(&line)));
    if (near.n) conversation_aside(c, "did you mean %.*s?", STR_ARG(near));
    buf_free(&line);
}

enum chela_error chat_model(struct conversation *c, str words, struct err *e) {
    struct arena a = ARENA_INIT(max_names);
    struct model_ref ref;
    enum chela_error rc = conversation_catalog(c, e);
    if (rc == CHELA_OK)
        rc = words.n ? catalog_resolve(&ref, words, c->catalog, c->config, &a, e)
                     : current(c, &ref, &a, e);
    if (rc == CHELA_OK && words.n && !str_copy(c->model, sizeof c->model, words)) {
        c->model[0] = '\0';
        rc = err_set(e, CHELA_USAGE, "the name is too long");
    }
    if (rc == CHELA_OK) {
        size_t count = 0;
        catalog_rows(c->catalog, &count);
        tell_model(c, &ref);
        if (!words.n) conversation_aside(c, "/model and Tab show the others, %zu of them", count);
    }
    arena_free(&a);
    return rc;
}

/* What begins as typed, with or without the provider in front; where nothing does, what has it
 * somewhere. */
static void offer_rows(struct conversation *c, str typed, bool anywhere, struct edit_words *words) {
    static const str provider = STR_INIT("openrouter/");
    size_t count = 0;
    const struct model_row *rows = catalog_rows(c->catalog, &count);
    for (size_t i = 0; i < count; i++) {
        char key[300];
        bool bare = str_starts(rows[i].id, provider);
        snprintf(key, sizeof key, "%s%.*s", bare ? "" : provider.p, STR_ARG(rows[i].id));
        if (str_starts(str_c(key), typed))
            edit_offer(words, str_c(key));
        else if (anywhere ? str_ihas(rows[i].id, typed) : str_starts(rows[i].id, typed))
            edit_offer(words, rows[i].id);
    }
}

static void offer_aliases(struct conversation *c, str typed, struct edit_words *words) {
    struct doc *d = config_doc(c->config);
    doc_node models = doc_path_get(d, S("agents.defaults.models"), NULL);
    for (doc_node n = doc_first(d, models); n; n = doc_next(d, n)) {
        str alias;
        if (doc_string(d, doc_get(d, n, S("alias")), &alias) && str_starts(alias, typed))
            edit_offer(words, alias);
    }
}

void chat_offer_models(struct conversation *c, str typed, struct edit_words *words) {
    if (conversation_catalog(c, NULL) != CHELA_OK) return;
    offer_aliases(c, typed, words);
    offer_rows(c, typed, false, words);
    if (!words->count) offer_rows(c, typed, true, words);
}

/* ---- thinking ---- */

enum chela_error chat_think(struct conversation *c, str words, struct err *e) {
    struct arena a = ARENA_INIT(max_names);
    struct model_ref ref;
    struct thinking chosen = { 0 };
    enum chela_error rc = current(c, &ref, &a, e);
    if (rc == CHELA_OK) {
        const struct model_row *row = catalog_find(c->catalog, ref.id);
        str levels[THINKING_LEVELS];
        size_t count = thinking_levels(ref.id, row, levels);
        rc = thinking_from_flag(&chosen, words, ref.id, row, e);
        if (rc == CHELA_OK && words.n) str_copy(c->thinking, sizeof c->thinking, words);
        if (rc == CHELA_OK) {
            struct buf list = BUF_INIT(1024);
            for (size_t i = 0; i < count; i++)
                buf_addf(&list, "%s%.*s", i ? ", " : "", STR_ARG(levels[i]));
            conversation_aside(c, "thinking %s; %.*s has %.*s",
                               c->thinking[0] ? c->thinking : "as configured", STR_ARG(ref.key),
                               STR_ARG(buf_str(&list)));
            buf_free(&list);
        }
    }
    arena_free(&a);
    return rc;
}

void chat_offer_levels(struct conversation *c, str typed, struct edit_words *words) {
    struct arena a = ARENA_INIT(max_names);
    struct model_ref ref;
    if (current(c, &ref, &a, NULL) == CHELA_OK) {
        str levels[THINKING_LEVELS];
        size_t count = thinking_levels(ref.id, catalog_find(c->catalog, ref.id), levels);
        for (size_t i = 0; i < count; i++)
            if (str_starts(levels[i], typed)) edit_offer(words, levels[i]);
    }
    arena_free(&a);
}
