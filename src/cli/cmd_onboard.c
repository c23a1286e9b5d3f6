/* The words of `chela onboard`, and the order of its steps (onboard.h). OpenClaw's command lines
 * are taken as they are: what concerns its gateway, channels and skills has no meaning here and
 * passes. */
#include "base/suggest.h"
#include "cli/ask.h"
#include "cli/onboard.h"
#include "net/http.h"

#include <stdio.h>

static const struct option_spec options[] = {
    { "sandbox", 0, OPTION_MAYBE, "[URL]",
      "use `chela sandbox` (" ONBOARD_SANDBOX_URL ", a port or a URL)" },
    { "openrouter-api-key", 0, OPTION_TEXT, "KEY", "the key; - reads it from standard input" },
    { "openrouter-api-key-file", 0, OPTION_TEXT, "FILE", "a file that holds the key" },
    { "secret-input-mode", 0, OPTION_TEXT, "MODE",
      "plaintext, or ref: store a reference to " ONBOARD_VARIABLE },
    { "auth-choice", 0, OPTION_TEXT, "CHOICE", "openrouter-api-key, or skip: no key" },
    { "token-provider", 0, OPTION_TEXT, "ID", "with --auth-choice apiKey or token: openrouter" },
    { "token", 0, OPTION_TEXT, "KEY", "the key, as OpenClaw calls it there" },
    { "reset", 0, OPTION_FLAG, NULL, "remove what was set up before; copies stay as .bak" },
    { "reset-scope", 0, OPTION_TEXT, "SCOPES",
      "config, creds, sessions, joined by + (config+creds+sessions), or full" },
    { "non-interactive", 0, OPTION_FLAG, NULL, "ask nothing; needs --accept-risk" },
    { "accept-risk", 0, OPTION_FLAG, NULL, "a model costs money, errs, and can be misled" },
    { "json", 0, OPTION_FLAG, NULL, "print the result as one JSON document" },
    { "flow", 0, OPTION_TEXT, NULL, NULL },
    { "mode", 0, OPTION_TEXT, NULL, NULL },
    { "workspace", 0, OPTION_TEXT, NULL, NULL },
    { "token-profile-id", 0, OPTION_TEXT, NULL, NULL },
    { "token-expires-in", 0, OPTION_TEXT, NULL, NULL },
    { "gateway-port", 0, OPTION_TEXT, NULL, NULL },
    { "gateway-bind", 0, OPTION_TEXT, NULL, NULL },
    { "gateway-auth", 0, OPTION_TEXT, NULL, NULL },
    { "gateway-token", 0, OPTION_TEXT, NULL, NULL },
    { "gateway-token-ref-env", 0, OPTION_TEXT, NULL, NULL },
    { "gateway-password", 0, OPTION_TEXT, NULL, NULL },
    { "remote-url", 0, OPTION_TEXT, NULL, NULL },
    { "remote-token", 0, OPTION_TEXT, NULL, NULL },
    { "tailscale", 0, OPTION_TEXT, NULL, NULL },
    { "tailscale-reset-on-exit", 0, OPTION_FLAG, NULL, NULL },
    { "install-daemon", 0, OPTION_FLAG, NULL, NULL },
    { "no-install-daemon", 0, OPTION_FLAG, NULL, NULL },
    { "skip-daemon", 0, OPTION_FLAG, NULL, NULL },
    { "daemon-runtime", 0, OPTION_TEXT, NULL, NULL },
    { "skip-channels", 0, OPTION_FLAG, NULL, NULL },
    { "skip-skills", 0, OPTION_FLAG, NULL, NULL },
    { "skip-search", 0, OPTION_FLAG, NULL, NULL },
    { "skip-bootstrap", 0, OPTION_FLAG, NULL, NULL },
    { "skip-health", 0, OPTION_FLAG, NULL, NULL },
    { "skip-ui", 0, OPTION_FLAG, NULL, NULL },
    { "node-manager", 0, OPTION_TEXT, NULL, NULL },
    { "import-from", 0, OPTION_TEXT, NULL, NULL },
    { "import-source", 0, OPTION_TEXT, NULL, NULL },
    { "import-secrets", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};
_Static_assert(sizeof options / sizeof options[0] <= CLI_MAX_OPTIONS + 1, "too many options");

/* ---- words ---- */

static enum chela_error read_mode(struct onboard *o, struct err *e) {
    const struct cli *c = o->c;
    str mode = cli_text(c, "secret-input-mode");
    o->reference = str_eq(mode, S("ref"));
    if (mode.n && !o->reference && !str_eq(mode, S("plaintext")))
        return err_set(e, CHELA_USAGE, "--secret-input-mode is plaintext or ref, not \"%.*s\"",
                       STR_ARG(mode));
    if (str_eq(cli_text(c, "mode"), S("remote")))
        return err_set(e, CHELA_USAGE,
                       "--mode remote: chela runs where it is typed; only local is "
                       "possible");
    return CHELA_OK;
}

static enum chela_error read_scope(struct onboard *o, struct err *e) {
    static const struct {
        str name;
        unsigned bits;
    } scopes[] = {
        { STR_INIT("config"), RESET_CONFIG },
        { STR_INIT("creds"), RESET_CREDS },
        { STR_INIT("sessions"), RESET_SESSIONS },
        { STR_INIT("full"), RESET_CONFIG | RESET_CREDS | RESET_SESSIONS },
    };
    enum { SCOPES = sizeof scopes / sizeof scopes[0] };
    str text = cli_text(o->c, "reset-scope"), word;
    unsigned bits = 0;
    for (bool more = text.n > 0; more;) {
        size_t i = 0;
        more = str_cut(text, '+', &word, &text);
        while (i < SCOPES && !str_eq(word, scopes[i].name)) i++;
        if (i == SCOPES)
            return err_set(e, CHELA_USAGE,
                           "--reset-scope is config, creds and sessions, joined by +, or full; "
                           "not \"%.*s\"",
                           STR_ARG(word));
        bits |= scopes[i].bits;
    }
    if (bits && !cli_given(o->c, "reset"))
        return err_set(e, CHELA_USAGE, "--reset-scope says what --reset removes: give both");
    if (cli_given(o->c, "reset")) o->reset = bits ? bits : scopes[SCOPES - 1].bits;
    return CHELA_OK;
}

static enum chela_error read_choice(struct onboard *o, struct err *e) {
    static const char *const keys[] = { "openrouter-api-key", "apiKey", "api-key", "token", NULL };
    str choice = cli_text(o->c, "auth-choice"), provider = cli_text(o->c, "token-provider");
    if (provider.n && !str_ieq(provider, S("openrouter")))
        return err_set(e, CHELA_USAGE, "--token-provider: chela's one provider is openrouter");
    if (!choice.n) return CHELA_OK;
    if (str_eq(choice, S("openrouter-oauth")))
        return err_hint(e, err_set(e, CHELA_USAGE, "chela does not sign in through a browser"),
                        "make a key at %s and use --auth-choice openrouter-api-key",
                        ONBOARD_KEYS_PAGE);
    o->skip = str_eq(choice, S("skip"));
    bool known = o->skip;
    struct suggest near;
    suggest_init(&near, choice);
    suggest_offer(&near, S("skip"));
    for (size_t i = 0; keys[i]; i++) {
        known = known || str_eq(choice, str_c(keys[i]));
        suggest_offer(&near, str_c(keys[i]));
    }
    if (known) return CHELA_OK;
    err_set(e, CHELA_USAGE, "--auth-choice \"%.*s\": there are openrouter-api-key and skip",
            STR_ARG(choice));
    return near.best.n ? err_hint(e, CHELA_USAGE, "did you mean %.*s?", STR_ARG(near.best))
                       : CHELA_USAGE;
}

/* Is there somebody to ask, or somebody who said that nothing is to be asked? */
static enum chela_error read_manner(struct onboard *o, struct err *e) {
    bool silent = cli_given(o->c, "non-interactive");
    if (silent && !cli_given(o->c, "accept-risk")) {
        err_set(e, CHELA_USAGE,
                "--non-interactive goes with --accept-risk: a model costs money, errs, and can be "
                "misled by what it reads, and nobody is asked whether that is understood");
        return err_hint(e, CHELA_USAGE, "run it again with --non-interactive --accept-risk");
    }
    o->talk = !silent;
    if (silent || ask_is_possible()) return CHELA_OK;
    err_set(e, CHELA_USAGE, "there is no terminal to ask at");
    return err_hint(e, CHELA_USAGE,
                    "chela onboard --non-interactive --accept-risk --openrouter-api-key-file FILE "
                    "(- reads standard input)");
}

static enum chela_error read_words(struct onboard *o, struct err *e) {
    enum chela_error rc = read_manner(o, e);
    if (rc == CHELA_OK) rc = read_mode(o, e);
    if (rc == CHELA_OK) rc = read_scope(o, e);
    if (rc == CHELA_OK) rc = read_choice(o, e);
    o->sandbox = cli_given(o->c, "sandbox");
    return rc;
}

/* ---- where requests go ---- */

/* "", "9000" or "http://127.0.0.1:9000" → a base URL. */
static enum chela_error sandbox_route(struct onboard *o, struct err *e) {
    str text = str_trim(cli_text(o->c, "sandbox"));
    int64_t port;
    if (!text.n) text = S(ONBOARD_SANDBOX_URL);
    if (str_i64(text, &port) && port > 0 && port < 65536)
        text = arena_printf(&o->arena, "http://127.0.0.1:%lld/api/v1", (long long)port);
    struct url parts;
    if (!url_parse(text, &parts))
        return err_set(e, CHELA_USAGE, "--sandbox takes a URL or a port, not \"%.*s\"",
                       STR_ARG(text));
    while (str_ends(text, S("/"))) text.n--;
    if (str_eq(parts.path, S("/"))) text = arena_printf(&o->arena, "%.*s/api/v1", STR_ARG(text));
    return route_of_url(&o->route, text, &o->arena, e);
}

static bool is_set_up_for_sandbox(struct config *c) {
    str key = { 0 };
    return config_string(c, "models.providers.openrouter.apiKey", &key) &&
           str_eq(key, S(ONBOARD_SANDBOX_KEY));
}

static enum chela_error choose_route(struct onboard *o, struct err *e) {
    if (o->sandbox) return sandbox_route(o, e);
    enum chela_error rc = route_chat(&o->route, o->config, &o->arena, e);
    if (rc != CHELA_OK) return rc;
    o->leave_sandbox = is_set_up_for_sandbox(o->config);
    if (!o->leave_sandbox && !o->route.verified && o->talk) {
        bool keep = true;
        cli_note("Requests go to %.*s (%s).", STR_ARG(o->route.base_url), o->route.source);
        rc = ask_yes("Keep it? No sends them to OpenRouter instead.", true, &keep, e);
        o->leave_sandbox = !keep;
    }
    if (rc != CHELA_OK || !o->leave_sandbox) return rc;
    return route_of_url(&o->route, S(""), &o->arena, e);
}

/* A model that somebody chose is not taken away unasked. */
static enum chela_error choose_model(struct onboard *o, struct err *e) {
    struct model_ref model;
    struct err ignored = ERR_INIT;
    char question[512];
    if (!o->talk || model_ref_default(&model, o->config, S(""), &o->arena, &ignored) != CHELA_OK ||
        str_eq(model.key, S("openrouter/auto")))
        return CHELA_OK;
    snprintf(question, sizeof question,
             "The default model is %.*s. Keep it? No takes openrouter/auto.", STR_ARG(model.key));
    return ask_yes(question, true, &o->keep_model, e);
}

/* ---- the steps ---- */

static enum chela_error steps(struct onboard *o, struct err *e) {
    enum chela_error rc = config_load(&o->config, o->c->env, e);
    if (rc == CHELA_CONFIG)
        return err_hint(e, rc, "mend it first: chela config validate lists what is wrong");
    if (rc == CHELA_OK && o->reset) {
        rc = onboard_reset(o, e);
        config_free(o->config);
        o->config = NULL;
        if (rc == CHELA_OK) rc = config_load(&o->config, o->c->env, e);
    }
    if (rc == CHELA_OK) rc = choose_route(o, e);
    if (rc == CHELA_OK) rc = onboard_key(o, e);
    if (rc == CHELA_OK) rc = choose_model(o, e);
    if (rc == CHELA_CANCELLED && !e->hint[0]) err_hint(e, rc, "nothing was stored");
    return rc == CHELA_OK ? onboard_write(o, e) : rc;
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct onboard o = { .c = c };
    arena_init(&o.arena, 4u << 20);
    enum chela_error rc = read_words(&o, e);
    if (rc == CHELA_OK) {
        if (o.talk) ask_begin();
        rc = steps(&o, e);
        if (o.talk) ask_end();
    }
    if (rc == CHELA_OK) {
        if (c->json)
            onboard_tell_json(&o);
        else
            onboard_tell(&o);
    }
    secret_free(&o.key);
    config_free(o.config);
    arena_free(&o.arena);
    return rc;
}

const struct command cmd_onboard = {
    .path = "onboard",
    .summary = "Set up OpenRouter: a key, checked and stored, and a model",
    .details = "Asks for a key from " ONBOARD_KEYS_PAGE ", hides it while it is typed, checks it\n"
               "and stores it in OpenClaw's auth profiles, readable by you alone. openclaw.json\n"
               "gets what makes it used, and openrouter/auto as default model; comments and all\n"
               "else in it stay. A stored key, or OPENROUTER_API_KEY, is offered first.",
    .options = options,
    .run = run,
};
