/* Any bytes as a model reference, without a configuration and with one.
 *
 * A reference that is taken gives a key that is the same reference, an id that leads back to it,
 * and nothing that cannot stand in a request or on a terminal. What is refused says why.
 */
#include "base/file.h"
#include "base/utf8.h"
#include "catalog/model_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void must(bool held) {
    if (!held) abort();
}

static void check(const struct model_ref *ref, struct config *c) {
    struct arena a = ARENA_INIT(1 << 16);
    struct model_ref again;
    must(str_eq(ref->provider, S("openrouter")));
    must(model_id_fault(ref->id) == NULL && ref->key.n <= MODEL_REF_MAX);
    must(str_starts(ref->key, S("openrouter/")) && utf8_valid(ref->profile));
    must(!str_istarts(str_skip(ref->key, 11), S("openrouter/")));
    must(model_ref_parse(&again, ref->key, c, &a, NULL) == CHELA_OK);
    must(str_eq(again.key, ref->key) && str_eq(again.id, ref->id) && !again.profile.n);
    if (!c || !str_istarts(ref->id, S("acme/"))) { /* else another provider's, to a bare reader */
        must(model_ref_parse(&again, ref->id, c, &a, NULL) == CHELA_OK);
        must(str_eq(again.key, ref->key));
    }
    /* the same in the kinds' eyes, however it is spelled */
    must(model_is_auto(ref->id) == model_is_auto(ref->key));
    must(model_is_hunter_alpha(ref->id) == model_is_hunter_alpha(ref->key));
    must(model_is_deepseek_v4(ref->id) == model_is_deepseek_v4(ref->key));
    must(model_is_anthropic(ref->id) == model_is_anthropic(ref->key));
    arena_free(&a);
}

static const char configuration[] =
    "{ models: { providers: { acme: { baseUrl: 'https://acme.example', models: [] },\n"
    "  openrouter: { baseUrl: 'https://openrouter.ai/api/v1', models: [{ id: 'v/row', name: 'R' }] "
    "}\n"
    "} }, agents: { defaults: { models: { 'openrouter/*': {}, 'acme/x:free': { alias: 'lost' },\n"
    "  'openrouter/v/m:free': { alias: 'M' }, 'w/m:free': {}, 'openrouter/auto': { alias: 'a' },\n"
    "  'openrouter/openrouter/q@p': { alias: 'openrouter' }, 'x/': { alias: 'bad' } } } } }";

static struct config *configured(void) {
    static struct config *c;
    if (c) return c;
    char folder[] = "/tmp/chela-fuzz-XXXXXX", file[64], home[64], state[64];
    must(mkdtemp(folder) != NULL);
    snprintf(file, sizeof file, "%s/openclaw.json", folder);
    snprintf(home, sizeof home, "HOME=%s", folder);
    snprintf(state, sizeof state, "OPENCLAW_STATE_DIR=%s", folder);
    const char *const env[] = { home, state, NULL };
    must(file_write(file, str_c(configuration), 0600, NULL) == CHELA_OK);
    must(config_load(&c, env, NULL) == CHELA_OK);
    unlink(file);
    rmdir(folder);
    return c;
}

static void run(str text, struct config *c) {
    struct arena a = ARENA_INIT(1 << 16);
    struct model_ref ref;
    struct err e = ERR_INIT;
    enum chela_error rc = model_ref_parse(&ref, text, c, &a, &e);
    if (rc == CHELA_OK) {
        check(&ref, c);
    } else {
        must(rc == CHELA_INPUT && e.code == CHELA_INPUT && e.message[0] && e.hint[0]);
        for (const char *p = e.message; *p; p++) must((unsigned char)*p >= ' ' && *p != 0x7f);
    }
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    str text = { (const char *)data, size }, parent = text;
    run(text, NULL);
    run(text, configured());
    (void)model_is_gemini(text);
    while (model_id_parent(parent, &parent)) must(parent.n < text.n);
    return 0;
}
