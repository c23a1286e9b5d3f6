/* chela onboard: a key that works, stored, and a configuration that uses it.
 *
 * The steps, each a file: the words of the command line and the order of things (cmd_onboard.c),
 * what
 * --reset takes away (onboard_reset.c), where the key comes from and whether it is good
 * (onboard_key.c), what is written (onboard_write.c), what is told (onboard_report.c). Nothing is
 * written before there is a key, and only what concerns OpenRouter is.
 */
#ifndef CHELA_CLI_ONBOARD_H
#define CHELA_CLI_ONBOARD_H

#include "catalog/model_ref.h"
#include "chat/key_check.h"
#include "cli/cli.h"
#include "config/edit.h"

enum { RESET_CONFIG = 1, RESET_CREDS = 2, RESET_SESSIONS = 4 };
enum { ONBOARD_TRIES = 3, ONBOARD_CHANGES = 24 };

/* The key that the sandbox is set up with when none is given: it lies beside the base URL, so that
 * no real key goes there, and tells a later set-up that both may go. */
#define ONBOARD_SANDBOX_KEY "sk-or-v1-sandbox"
#define ONBOARD_SANDBOX_URL "http://127.0.0.1:8484/api/v1"
#define ONBOARD_KEYS_PAGE   "https://openrouter.ai/keys"
#define ONBOARD_PROFILE     "openrouter:default"
#define ONBOARD_VARIABLE    "OPENROUTER_API_KEY"

enum onboard_use {
    USE_NO_KEY,   /* --auth-choice skip */
    USE_STORE,    /* store it as the profile ONBOARD_PROFILE */
    USE_VARIABLE, /* store a reference to the variable there */
    USE_STORED,   /* it is a profile's already */
    USE_CONFIG,   /* it stands in the configuration already */
    USE_SANDBOX,  /* ONBOARD_SANDBOX_KEY */
};

struct onboard {
    struct cli *c;
    bool talk;      /* there is somebody to ask */
    bool reference; /* --secret-input-mode ref */
    bool skip;      /* --auth-choice skip */
    bool sandbox;
    bool leave_sandbox; /* take the base URL, and the sandbox's key, away */
    bool keep_model;
    unsigned reset; /* scopes */

    struct arena arena;
    struct config *config;
    struct route route;

    enum onboard_use use;
    struct secret key;
    char source[256];  /* "what was typed", "environment OPENROUTER_API_KEY", … */
    char profile[128]; /* whose key it is; "" of none */
    struct key_report report;

    const char *changed[ONBOARD_CHANGES]; /* paths of the configuration */
    size_t changed_count;
    bool config_written;
    str model;   /* key of the default model, afterwards */
    str used;    /* source of the key that requests use afterwards, when it is another one */
    str removed; /* what --reset took away, in words */
};

/* Each fills *e and returns its code. */
enum chela_error onboard_reset(struct onboard *o, struct err *e);
enum chela_error onboard_key(struct onboard *o, struct err *e);
enum chela_error onboard_write(struct onboard *o, struct err *e);
void onboard_tell(const struct onboard *o);      /* on stdout */
void onboard_tell_json(const struct onboard *o); /* the envelope */
/* "good: sk-or-v1-ab…cd, $1.20 used of $10.00"; in the arena */
str onboard_verdict(struct arena *a, const struct key_report *r, const struct route *route);

#endif
