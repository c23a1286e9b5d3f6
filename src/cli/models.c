#include "cli/models.h"

#include "base/clock.h"
#include "catalog/catalog.h"

#include <stdio.h>
#include <string.h>

const struct option_spec models_list_options[] = { MODELS_PLAIN_OPTION, MODELS_JSON_OPTION, { 0 } };
const struct option_spec models_change_options[] = { MODELS_JSON_OPTION, { 0 } };

enum chela_error models_form(struct cli *c, enum models_form *out, struct err *e) {
    bool plain = cli_given(c, "plain");
    *out = c->json ? MODELS_JSON : plain ? MODELS_PLAIN : MODELS_TEXT;
    if (!c->json || !plain) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "Choose either --json or --plain, not both.");
}

static void tell_unknown(const struct catalog *k, const struct model_ref *ref) {
    if (catalog_source(k) != CATALOG_CACHE || catalog_find(k, ref->id)) return;
    str near = catalog_suggest(k, ref->id);
    cli_note("chela: note: the catalogue has no %.*s%s%.*s%s; it is taken as it is",
             STR_ARG(ref->id), near.n ? " (did you mean " : "", STR_ARG(near), near.n ? "?)" : "");
}

enum chela_error models_resolve(struct model_ref *out, str text, struct config *c, struct arena *a,
                                struct err *e) {
    struct catalog *k;
    enum chela_error rc = catalog_open(&k, c, e);
    if (rc == CHELA_OK) rc = catalog_resolve(out, text, k, c, a, e);
    if (rc == CHELA_OK) tell_unknown(k, out);
    catalog_free(k);
    return rc;
}

str models_key(struct config *c, str text, struct arena *a) {
    struct model_ref ref;
    struct err ignored = ERR_INIT;
    if (model_ref_parse(&ref, text, c, a, &ignored) != CHELA_OK) return text;
    if (!ref.profile.n) return ref.key;
    return arena_printf(a, "%.*s@%.*s", STR_ARG(ref.key), STR_ARG(ref.profile));
}

void models_write_cooldowns(struct json_writer *w, const struct cooldown *list, size_t count) {
    int64_t now = clock_unix_ms();
    json_key(w, S("coolDowns"));
    json_array(w);
    for (size_t i = 0; i < count; i++) {
        json_object(w);
        json_kstring(w, "model", list[i].model);
        json_kstring(w, "key", list[i].key);
        json_kint(w, "until", list[i].until_ms);
        json_kint(w, "remainingMs", list[i].until_ms - now);
        json_kint(w, "failures", list[i].failures);
        json_kstring(w, "code", list[i].code);
        json_kstring(w, "message", list[i].message);
        json_object_end(w);
    }
    json_array_end(w);
}

void models_cut_key(char dst[MODELS_KEY], str key) {
    if (!str_copy(dst, MODELS_KEY, key)) memcpy(dst + MODELS_KEY - 4, "...", 3);
}

void models_tokens(char dst[MODELS_TOKENS], int64_t tokens) {
    if (tokens <= 0)
        str_copy(dst, MODELS_TOKENS, S("-"));
    else if (tokens < 1024)
        snprintf(dst, MODELS_TOKENS, "%lld", (long long)tokens);
    else
        snprintf(dst, MODELS_TOKENS, "%lldk", (long long)((tokens + 512) / 1024));
}
