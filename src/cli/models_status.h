/* chela models status: what a request would use, and why.
 *
 * The key is found by credential_find, as a request finds it, and each profile is tried in the same
 * way, so that what is shown and what is used cannot differ. cmd_models_status.c gathers and
 * probes, models_status_print.c tells.
 */
#ifndef CHELA_CLI_MODELS_STATUS_H
#define CHELA_CLI_MODELS_STATUS_H

#include "agent/cooldown.h"
#include "catalog/catalog.h"
#include "cli/cli.h"
#include "config/auth_store.h"
#include "route/route.h"

enum { STATUS_WARN_MS = 24 * 60 * 60 * 1000 }; /* a token that ends sooner is told */

struct status_profile {
    const struct auth_profile *profile;
    str masked;   /* "" when its key cannot be had */
    str unusable; /* why; "" when it can be used */
    bool in_use;
};

struct status_alias {
    str name, key;
};

struct status_probe {
    bool asked, ok;
    int64_t ms;
    str model, text; /* which model answered, and what */
    double cost;     /* USD; negative: not said */
    struct err why;  /* when it is not ok */
};

struct status {
    struct cli *c;
    str agent;
    struct arena arena;
    struct config *config;
    struct catalog *catalog;
    struct route route;
    struct model_ref model;
    struct model_ref *fallbacks;
    size_t fallback_count;
    str image; /* key of the image model; "" when none is configured */
    str *image_fallbacks, *allowed;
    size_t image_fallback_count, allowed_count;
    struct status_alias *aliases;
    size_t alias_count;

    struct auth_store store;
    struct status_profile profile[AUTH_MAX_PROFILES]; /* OpenRouter's, those that are tried first */
    size_t profile_count;
    struct credential key; /* that requests use */
    str key_masked;
    struct err no_key;      /* why there is none */
    int64_t key_expires_ms; /* 0: it does not */
    str variable;           /* OPENROUTER_API_KEY masked, "" when it is not set */
    str provider_key;       /* models.providers.openrouter.apiKey masked, "" when there is none */

    struct cooldown *cooldowns; /* models that chela leaves alone for a while */
    size_t cooldown_count;

    struct status_probe probe;
};

void status_print(const struct status *s, struct buf *out);
void status_print_json(const struct status *s, struct buf *out);

#endif
