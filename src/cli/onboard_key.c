/* Where the key comes from, and whether it is good.
 *
 * Given on the command line, from a file or from standard input; else, with nobody to ask, the
 * environment, then what is stored or configured, as OpenClaw does; else a person is asked, after
 * being offered what is there. A key that is refused is never stored. One that could not be checked
 * is: being off line is no fault of the key, and that it was not checked is told.
 */
#include "base/file.h"
#include "cli/ask.h"
#include "cli/onboard.h"
#include "config/auth_store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_KEY = 64 << 10 };

static void wipe(struct buf *text) {
    if (text->p) explicit_bzero(text->p, text->n);
    buf_free(text);
}

/* ---- taking a key ---- */

/* Cleans and keeps it. CHELA_INPUT when it cannot be a key. */
static enum chela_error take(struct onboard *o, char *text, size_t n, const char *source,
                             struct err *e) {
    str key = auth_clean_key(text, n);
    if (!key.n) return err_set(e, CHELA_INPUT, "%s: the key is empty", source);
    if (!secret_is_sendable(key))
        return err_set(e, CHELA_INPUT,
                       "%s: the key holds a blank or another character that no key has", source);
    if (!secret_set(&o->key, key, o->route.origin)) return err_set(e, CHELA_NOMEM, "out of memory");
    str_copy(o->source, sizeof o->source, str_c(source));
    return CHELA_OK;
}

static enum chela_error take_copy(struct onboard *o, str text, const char *source, struct err *e) {
    struct buf copy = BUF_INIT(MAX_KEY);
    buf_add(&copy, text);
    enum chela_error rc = copy.failed ? err_set(e, CHELA_INPUT, "%s: too long for a key", source)
                                      : take(o, copy.p, copy.n, source, e);
    wipe(&copy);
    return rc;
}

static enum chela_error take_file(struct onboard *o, str path, struct err *e) {
    struct buf text = BUF_INIT(MAX_KEY);
    char name[4096];
    bool standard = str_eq(path, S("-"));
    if (!str_copy(name, sizeof name, standard ? S("standard input") : path))
        return err_set(e, CHELA_USAGE, "--openrouter-api-key-file: the path is too long");
    enum chela_error rc =
        standard ? file_read_fd(STDIN_FILENO, name, &text, e) : file_read(name, &text, e);
    if (rc == CHELA_OK) rc = take(o, text.p, text.n, name, e);
    wipe(&text);
    return rc;
}

/* From the command line; *given: it was. */
static enum chela_error take_given(struct onboard *o, bool *given, struct err *e) {
    static const char *const words[] = { "openrouter-api-key", "token" };
    const struct cli *c = o->c;
    size_t count = cli_given(c, "openrouter-api-key-file");
    for (size_t i = 0; i < 2; i++) count += cli_given(c, words[i]);
    *given = count > 0;
    if (count > 1)
        return err_set(e, CHELA_USAGE,
                       "the key is given twice: use one of --openrouter-api-key, "
                       "--openrouter-api-key-file and --token");
    o->use = USE_STORE;
    if (cli_given(c, "openrouter-api-key-file"))
        return take_file(o, cli_text(c, "openrouter-api-key-file"), e);
    for (size_t i = 0; i < 2; i++) {
        char source[64];
        str text = cli_text(c, words[i]);
        if (!cli_given(c, words[i])) continue;
        if (str_eq(text, S("-"))) return take_file(o, text, e);
        snprintf(source, sizeof source, "--%s", words[i]);
        return take_copy(o, text, source, e);
    }
    return CHELA_OK;
}

static str variable(const struct onboard *o) {
    return str_trim(str_c(env_get(o->c->env, ONBOARD_VARIABLE)));
}

static enum chela_error take_variable(struct onboard *o, struct err *e) {
    o->use = o->reference ? USE_VARIABLE : USE_STORE;
    return take_copy(o, variable(o), "environment " ONBOARD_VARIABLE, e);
}

/* The sandbox's key stands before the others: what would be used without it. */
static enum chela_error behind_the_sandbox(struct onboard *o, struct credential *found,
                                           struct err *e) {
    struct auth_store store;
    const struct auth_profile *list[AUTH_MAX_PROFILES];
    enum chela_error rc = CHELA_NO_KEY;
    credential_free(found);
    auth_store_open(&store, config_where(o->config));
    size_t count = auth_store_order(&store, o->config, S("openrouter"), list);
    for (size_t i = 0; i < count && rc == CHELA_NO_KEY; i++)
        rc = credential_find(o->config, o->route.origin, list[i]->id, found, e);
    auth_store_close(&store);
    return rc;
}

/* What requests use today. CHELA_NO_KEY: nothing. */
static enum chela_error take_existing(struct onboard *o, struct err *e) {
    struct credential found;
    enum chela_error rc = credential_find(o->config, o->route.origin, S(""), &found, e);
    if (rc == CHELA_OK && o->leave_sandbox && found.kind == CREDENTIAL_PROVIDER)
        rc = behind_the_sandbox(o, &found, e);
    if (rc != CHELA_OK) return rc;
    secret_free(&o->key);
    o->key = found.key;
    o->use = found.kind == CREDENTIAL_PROFILE       ? USE_STORED
             : found.kind == CREDENTIAL_ENVIRONMENT ? USE_STORE
                                                    : USE_CONFIG;
    str_copy(o->source, sizeof o->source, str_c(found.source));
    str_copy(o->profile, sizeof o->profile, str_c(found.profile));
    return CHELA_OK;
}

/* ---- checking it ---- */

static enum chela_error check(struct onboard *o, struct err *e) {
    if (o->talk) fputs("Checking it … ", stderr);
    enum chela_error rc =
        key_check(&o->report, o->config, &o->route, &o->key, o->talk ? ask_cancel() : NULL, e);
    if (!o->talk) return rc;
    if (rc != CHELA_OK)
        cli_note("stopped");
    else if (o->report.verdict == KEY_UNCHECKED)
        cli_note("that is not possible: %s", o->report.reason);
    else
        cli_note("%.*s", STR_ARG(onboard_verdict(&o->arena, &o->report, &o->route)));
    return rc;
}

/* For a key that nobody can be asked to replace. */
static enum chela_error check_or_fail(struct onboard *o, struct err *e) {
    enum chela_error rc = check(o, e);
    if (rc != CHELA_OK || o->report.verdict != KEY_REFUSED) return rc;
    err_set(e, CHELA_KEY_REFUSED, "%s: the key is refused: %s; nothing was stored", o->source,
            o->report.reason);
    return err_hint(e, CHELA_KEY_REFUSED, "make one at %s", ONBOARD_KEYS_PAGE);
}

/* ---- asking for it ---- */

/* "not what an OpenRouter key looks like": asked only when the service could not be. */
static enum chela_error confirm_odd(struct onboard *o, bool *use, struct err *e) {
    str key = { o->key.bytes, o->key.n };
    *use = true;
    if (o->report.verdict != KEY_UNCHECKED || !o->route.verified || str_starts(key, S("sk-or-")))
        return CHELA_OK;
    return ask_yes("It does not begin with sk-or-, as OpenRouter's keys do. Store it all the same?",
                   false, use, e);
}

static enum chela_error ask_once(struct onboard *o, struct err *e) {
    struct buf answer = BUF_INIT(MAX_KEY);
    enum chela_error rc = ask_hidden("OpenRouter key (hidden while you type): ", &answer, e);
    if (rc == CHELA_OK) rc = take(o, answer.p ? answer.p : "", answer.n, "what was typed", e);
    wipe(&answer);
    o->use = USE_STORE;
    return rc;
}

static enum chela_error ask_for_key(struct onboard *o, struct err *e) {
    if (!o->sandbox)
        cli_note("Keys are made at %s. A new one begins with sk-or-v1-.", ONBOARD_KEYS_PAGE);
    for (int tries = 1; tries <= ONBOARD_TRIES; tries++) {
        bool use = false;
        enum chela_error rc = ask_once(o, e);
        if (rc == CHELA_OK) rc = check(o, e);
        if (rc == CHELA_OK && o->report.verdict != KEY_REFUSED) rc = confirm_odd(o, &use, e);
        if (rc == CHELA_OK && use) return CHELA_OK;
        if (rc == CHELA_INPUT) cli_note("%s.", e->message);
        if (rc != CHELA_OK && rc != CHELA_INPUT) return rc;
        if (tries < ONBOARD_TRIES) cli_note("Nothing was stored. Try again, or stop with Ctrl-C.");
    }
    err_set(e, CHELA_KEY_REFUSED, "no key after %d tries; nothing was stored", ONBOARD_TRIES);
    return err_hint(e, CHELA_KEY_REFUSED, "make one at %s and run chela onboard again",
                    ONBOARD_KEYS_PAGE);
}

/* The key that was taken is there already: is it the one? */
static enum chela_error offer(struct onboard *o, bool *use, struct err *e) {
    char mask[32], question[512];
    secret_mask(mask, sizeof mask, (str){ o->key.bytes, o->key.n });
    snprintf(question, sizeof question, "There is a key already: %s (%s). Use it?", o->source,
             mask);
    enum chela_error rc = ask_yes(question, true, use, e);
    if (rc != CHELA_OK || !*use) return rc;
    rc = check(o, e);
    *use = o->report.verdict != KEY_REFUSED;
    return rc;
}

static enum chela_error ask(struct onboard *o, struct err *e) {
    bool use = false;
    enum chela_error rc = take_existing(o, e);
    bool was_variable = rc == CHELA_OK && o->use == USE_STORE;
    if (rc == CHELA_OK) rc = offer(o, &use, e);
    if (rc == CHELA_KEY_REFUSED) cli_note("%s.", e->message); /* it could not even be sent */
    if (rc == CHELA_NO_KEY || rc == CHELA_KEY_REFUSED) rc = CHELA_OK;
    if (rc == CHELA_OK && !use && !was_variable && variable(o).n) {
        o->profile[0] = '\0';
        rc = take_variable(o, e);
        if (rc == CHELA_OK) rc = offer(o, &use, e);
        if (rc == CHELA_INPUT) cli_note("%s.", e->message);
        if (rc == CHELA_INPUT) rc = CHELA_OK;
    }
    if (rc != CHELA_OK || use) return rc;
    o->profile[0] = '\0';
    return ask_for_key(o, e);
}

/* ---- the whole ---- */

static enum chela_error by_reference(struct onboard *o, bool given, struct err *e) {
    if (variable(o).n) return take_variable(o, e); /* before what was given, as OpenClaw has it */
    if (!given)
        return err_hint(e,
                        err_set(e, CHELA_NO_KEY,
                                "--secret-input-mode ref stores a reference to %s, which is not "
                                "set",
                                ONBOARD_VARIABLE),
                        "export %s=sk-or-v1-…, and run it again", ONBOARD_VARIABLE);
    err_set(e, CHELA_USAGE,
            "--secret-input-mode ref stores a reference to %s: with a key on the command line the "
            "variable has to be set too",
            ONBOARD_VARIABLE);
    return err_hint(e, CHELA_USAGE, "export it, or leave out --secret-input-mode ref");
}

static enum chela_error unasked(struct onboard *o, struct err *e) {
    if (variable(o).n) return take_variable(o, e);
    enum chela_error rc = take_existing(o, e);
    if (rc != CHELA_NO_KEY) return rc;
    err_set(e, rc,
            "no key: --openrouter-api-key or --openrouter-api-key-file is missing, %s is not set, "
            "and no OpenRouter key is stored",
            ONBOARD_VARIABLE);
    return err_hint(e, rc, "make a key at %s, and give it with --openrouter-api-key-file FILE",
                    ONBOARD_KEYS_PAGE);
}

static enum chela_error use_sandbox(struct onboard *o, struct err *e) {
    enum chela_error rc = take_copy(o, S(ONBOARD_SANDBOX_KEY), "the sandbox's", e);
    o->use = USE_SANDBOX;
    return rc;
}

enum chela_error onboard_key(struct onboard *o, struct err *e) {
    bool given = false;
    enum chela_error rc = CHELA_OK;
    if (o->skip) {
        o->use = USE_NO_KEY;
        return CHELA_OK;
    }
    rc = take_given(o, &given, e);
    if (rc != CHELA_OK) return rc;
    bool ask_them = !given && !o->reference && !o->sandbox && o->talk;
    if (ask_them)
        rc = ask(o, e);
    else if (o->reference)
        rc = by_reference(o, given, e);
    else if (o->sandbox && !given)
        rc = use_sandbox(o, e);
    else if (!given)
        rc = unasked(o, e);
    if (rc == CHELA_OK && !ask_them) rc = check_or_fail(o, e);
    if (rc == CHELA_OK && (o->use == USE_STORE || o->use == USE_VARIABLE))
        str_copy(o->profile, sizeof o->profile, S(ONBOARD_PROFILE));
    return rc;
}
