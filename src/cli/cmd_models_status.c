/* What `models status` gathers, and the probe (models_status.h). */
#include "base/clock.h"
#include "base/log.h"
#include "chat/chat.h"
#include "cli/models_status.h"
#include "cli/sessions.h"
#include "doc/json_write.h"

#include <stdio.h>

enum { PROBE_TOKENS = 16, PROBE_MS = 20000, MAX_TEXT = 4 << 20 };

/* ---- models ---- */

/* The keys of a list of references; one that is no reference stays as it is written. */
static str *keys_of(struct status *s, doc_node list, bool names, size_t *count) {
    struct doc *d = config_doc(s->config);
    size_t most = doc_len(d, list);
    str *keys = most ? arena_alloc(&s->arena, most * sizeof *keys) : NULL;
    *count = 0;
    for (doc_node n = keys ? doc_first(d, list) : 0; n; n = doc_next(d, n)) {
        struct model_ref ref;
        struct err ignored = ERR_INIT;
        str text = { 0 };
        if (names)
            text = doc_key(d, n);
        else if (!doc_string(d, n, &text))
            continue;
        bool good = model_ref_parse(&ref, text, s->config, &s->arena, &ignored) == CHELA_OK;
        keys[(*count)++] = good ? ref.key : text;
    }
    return keys;
}

static void read_image_model(struct status *s) {
    struct doc *d = config_doc(s->config);
    doc_node image = doc_path_get(d, S("agents.defaults.imageModel"), NULL);
    doc_node primary = doc_type(d, image) == DOC_OBJECT ? doc_get(d, image, S("primary")) : image;
    struct model_ref ref;
    struct err ignored = ERR_INIT;
    str text = { 0 };
    doc_string(d, primary, &text);
    if (text.n)
        s->image = model_ref_parse(&ref, text, s->config, &s->arena, &ignored) == CHELA_OK ? ref.key
                                                                                           : text;
    s->image_fallbacks =
        keys_of(s, doc_get(d, image, S("fallbacks")), false, &s->image_fallback_count);
}

static void read_aliases(struct status *s) {
    struct doc *d = config_doc(s->config);
    doc_node models = doc_path_get(d, S("agents.defaults.models"), NULL);
    s->allowed = keys_of(s, models, true, &s->allowed_count);
    if (!s->allowed_count) return;
    s->aliases = arena_alloc(&s->arena, s->allowed_count * sizeof *s->aliases);
    size_t i = 0;
    for (doc_node n = s->aliases ? doc_first(d, models) : 0; n; n = doc_next(d, n), i++) {
        str alias = { 0 };
        if (doc_string(d, doc_get(d, n, S("alias")), &alias) && str_trim(alias).n)
            s->aliases[s->alias_count++] = (struct status_alias){ str_trim(alias), s->allowed[i] };
    }
}

static enum chela_error read_models(struct status *s, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (s->agent.n && !str_ieq(s->agent, S("main")) && !config_agent(s->config, s->agent))
        return err_set(e, CHELA_INPUT, "there is no agent \"%.*s\" in agents.list",
                       STR_ARG(s->agent));
    rc = model_ref_default(&s->model, s->config, s->agent, &s->arena, e);
    if (rc == CHELA_OK)
        rc = model_ref_fallbacks(&s->fallbacks, &s->fallback_count, s->config, s->agent, &s->arena,
                                 e);
    if (rc == CHELA_OK) rc = catalog_open(&s->catalog, s->config, e);
    if (rc == CHELA_OK) rc = route_chat(&s->route, s->config, &s->arena, e);
    if (rc != CHELA_OK) return rc;
    read_image_model(s);
    read_aliases(s);
    return CHELA_OK;
}

/* ---- keys ---- */

static str masked(struct status *s, str key) {
    char mask[32];
    secret_mask(mask, sizeof mask, key);
    return arena_dup(&s->arena, str_c(mask));
}

/* The reason alone: the message begins with whose it is. */
static str reason_of(struct status *s, const struct err *e) {
    str text = str_c(e->message), head, rest;
    if (str_starts(text, S("auth profile ")) && str_cut(text, ':', &head, &rest)) {
        ptrdiff_t at = str_find(text, S(": "));
        if (at >= 0) text = str_skip(text, (size_t)at + 2);
    }
    return arena_dup(&s->arena, text);
}

static void read_profile(struct status *s, const struct auth_profile *p, bool ordered) {
    struct status_profile *to = &s->profile[s->profile_count++];
    struct credential found;
    struct err why = ERR_INIT;
    *to = (struct status_profile){ .profile = p };
    if (credential_find(s->config, s->route.origin, p->id, &found, &why) == CHELA_OK) {
        to->masked = masked(s, (str){ found.key.bytes, found.key.n });
        credential_free(&found);
    } else {
        to->unusable = reason_of(s, &why);
    }
    if (!to->unusable.n && !ordered) to->unusable = S("the order of profiles leaves it out");
    to->in_use = s->key.kind == CREDENTIAL_PROFILE && str_eq(str_c(s->key.profile), p->id);
    if (to->in_use) s->key_expires_ms = p->expires_ms;
}

static void read_profiles(struct status *s) {
    const struct auth_profile *list[AUTH_MAX_PROFILES];
    auth_store_open(&s->store, config_where(s->config));
    size_t count = auth_store_order(&s->store, s->config, S("openrouter"), list);
    for (size_t i = 0; i < count; i++) read_profile(s, list[i], true);
    for (size_t i = 0; i < s->store.count; i++) {
        const struct auth_profile *p = &s->store.profile[i];
        bool known = !auth_is_for(p, S("openrouter"));
        for (size_t k = 0; k < count; k++) known = known || list[k] == p;
        if (!known) read_profile(s, p, false);
    }
}

static void read_keys(struct status *s) {
    struct doc *d = config_doc(s->config);
    s->no_key = (struct err)ERR_INIT;
    if (credential_find(s->config, s->route.origin, S(""), &s->key, &s->no_key) == CHELA_OK)
        s->key_masked = masked(s, (str){ s->key.key.bytes, s->key.key.n });
    read_profiles(s);
    str variable = str_trim(str_c(config_env(s->config, "OPENROUTER_API_KEY")));
    if (variable.n) s->variable = masked(s, variable);
    doc_node key = doc_path_get(d, S("models.providers.openrouter.apiKey"), NULL);
    str text = { 0 };
    if (doc_string(d, key, &text) && str_trim(text).n)
        s->provider_key = masked(s, str_trim(text));
    else if (doc_type(d, key) == DOC_OBJECT)
        s->provider_key = S("a reference");
}

/* They are in chela's store, if there is one yet. One that cannot be read says so in a warning:
 * what else there is to tell does not depend on it. */
static void read_cooldowns(struct status *s) {
    struct sessions x;
    struct err e = ERR_INIT;
    enum chela_error rc = sessions_open(&x, s->c->env, &e);
    if (rc == CHELA_OK && x.store)
        rc = cooldown_list(x.store, &s->arena, &s->cooldowns, &s->cooldown_count, &e);
    sessions_close(&x);
    if (rc != CHELA_OK) log_warn("%s", e.message);
}

/* ---- the probe ---- */

/* Some models refuse a limit below 16 tokens, so that is the limit. */
static str probe_body(struct status *s) {
    return arena_printf(&s->arena,
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"Say OK.\"}],"
                        "\"max_tokens\":%lld}",
                        (long long)cli_int(s->c, "probe-max-tokens", PROBE_TOKENS));
}

static void probe(struct status *s) {
    struct chat chat;
    struct chat_reply reply = { .usage = { .cost = -1 } };
    struct status_probe *p = &s->probe;
    str profile = cli_text(s->c, "probe-profile");
    struct chat_input in = { .kind = CALL_RAW, .agent = s->agent, .raw_body = probe_body(s) };
    struct http_timeouts timeouts = http_default_timeouts;
    in.model = profile.n
                   ? arena_printf(&s->arena, "%.*s@%.*s", STR_ARG(s->model.key), STR_ARG(profile))
                   : s->model.key;
    timeouts.total = cli_int(s->c, "probe-timeout", PROBE_MS);
    *p = (struct status_probe){ .asked = true, .why = ERR_INIT };
    int64_t start = clock_ms();
    enum chela_error rc = chat_begin(&chat, s->config, &in, &p->why);
    if (rc == CHELA_OK) rc = chat_send(&chat, NULL, &timeouts, NULL, &reply, &p->why);
    p->ms = clock_ms() - start;
    /* A model that thinks may have used the few tokens up before it said a word: it answered. */
    p->ok = rc == CHELA_OK || rc == CHELA_EMPTY;
    p->model = arena_dup(&s->arena, reply.model);
    p->text = arena_dup(&s->arena, str_head(reply.text, 200));
    p->cost = reply.usage.cost;
    chat_end(&chat);
}

/* ---- the command ---- */

/* 0: a key that lasts; 1: none; 2: one that ends within a day. */
static int verdict(const struct status *s) {
    if (s->key.kind == CREDENTIAL_NONE) return 1;
    int64_t left = s->key_expires_ms - clock_unix_ms();
    return s->key_expires_ms && left < STATUS_WARN_MS ? 2 : 0;
}

static enum chela_error show(struct status *s, struct err *e) {
    struct buf out = BUF_INIT(MAX_TEXT);
    if (s->c->json)
        status_print_json(s, &out);
    else if (cli_given(s->c, "plain"))
        buf_addf(&out, "%.*s\n", STR_ARG(s->model.key));
    else
        status_print(s, &out);
    enum chela_error rc = CHELA_OK;
    if (out.failed || arena_failed(&s->arena))
        rc = err_set(e, CHELA_NOMEM, "the result is too large to print");
    else
        cli_print(buf_str(&out));
    s->c->envelope_printed = rc == CHELA_OK;
    buf_free(&out);
    return rc;
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct status s = { .c = c, .agent = cli_text(c, "agent") };
    if (c->json && cli_given(c, "plain"))
        return err_set(e, CHELA_USAGE, "--json and --plain: choose one of them");
    if (cli_int(c, "probe-timeout", 1) <= 0 || cli_int(c, "probe-max-tokens", 1) <= 0)
        return err_set(e, CHELA_USAGE, "--probe-timeout and --probe-max-tokens are positive");
    arena_init(&s.arena, MAX_TEXT);
    enum chela_error rc = config_load(&s.config, c->env, e);
    if (rc == CHELA_OK) rc = read_models(&s, e);
    if (rc == CHELA_OK) {
        read_keys(&s);
        read_cooldowns(&s);
        if (cli_given(c, "probe")) probe(&s);
        rc = show(&s, e);
    }
    if (rc == CHELA_OK && s.probe.asked && !s.probe.ok) {
        *e = s.probe.why;
        rc = e->code;
    }
    if (rc == CHELA_OK && cli_given(c, "check")) c->exit_code = verdict(&s);
    credential_free(&s.key);
    auth_store_close(&s.store);
    catalog_free(s.catalog);
    config_free(s.config);
    arena_free(&s.arena);
    return rc;
}

static const struct option_spec options[] = {
    { "probe", 0, OPTION_FLAG, NULL, "send one small request, and say what came of it" },
    { "probe-profile", 0, OPTION_TEXT, "ID", "with the key of this profile" },
    { "probe-timeout", 0, OPTION_INT, "MS", "how long it may take (20000)" },
    { "probe-max-tokens", 0, OPTION_INT, "N", "how long the answer may be (16)" },
    { "probe-provider", 0, OPTION_TEXT, NULL, NULL },
    { "probe-concurrency", 0, OPTION_TEXT, NULL, NULL },
    { "check", 0, OPTION_FLAG, NULL, "exit code 1: no key; 2: it expires within a day" },
    { "agent", 0, OPTION_TEXT, "ID", "whose model is shown" },
    { "json", 0, OPTION_FLAG, NULL, "print one JSON document" },
    { "plain", 0, OPTION_FLAG, NULL, "print the default model alone" },
    { 0 },
};

const struct command cmd_models_status = {
    .path = "models status",
    .summary = "Show the model, the key and the route that a request would use",
    .details =
        "Also which keys cannot be used and why, the fall-backs and aliases, and how old the\n"
        "catalogue is. Sends nothing, unless --probe is given.",
    .options = options,
    .run = run,
};
