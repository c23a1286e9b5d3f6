/* The stored keys: OpenClaw's auth-profiles.json, read and edited.
 *
 * {"version": 1, "profiles": {"openrouter:default": {"type": "api_key", "provider": "openrouter",
 * "key": "sk-or-v1-…"}}}, and beside it auth-state.json with the order of profiles and what
 * OpenClaw remembers of failures; auth.json of older editions is read where there is no newer file.
 * Both are OpenClaw's: an edit keeps every other byte, takes the lock that OpenClaw takes and
 * replaces the file whole, 0600 in a folder of 0700.
 */
#ifndef CHELA_CONFIG_AUTH_STORE_H
#define CHELA_CONFIG_AUTH_STORE_H

#include "config/config.h"

enum { AUTH_MAX_PROFILES = 128 };

enum auth_kind { AUTH_API_KEY, AUTH_TOKEN, AUTH_OAUTH, AUTH_OTHER };
const char *auth_kind_name(enum auth_kind kind); /* "api_key" */

struct auth_profile { /* strings and nodes are the store's */
    str id;           /* "openrouter:default" */
    str provider;     /* as it is written */
    enum auth_kind kind;
    doc_node key;       /* what config_secret takes; 0: no use, and `why` says so */
    bool reference;     /* the key is kept elsewhere */
    const char *why;    /* "its token has expired" */
    int64_t expires_ms; /* of a token, since 1970; 0: it does not */
    int64_t waits_ms;   /* OpenClaw lets it rest until then; 0: it does not */
    bool disabled;      /* that is for a failure that time does not mend (no credit) */
};

struct auth_store {
    char path[4096];         /* the file that was read, or would be */
    struct doc *doc, *state; /* NULL: there is no such file, or it is broken */
    struct auth_profile profile[AUTH_MAX_PROFILES]; /* every provider's, as the file has them */
    size_t count;
    bool found, legacy; /* the file is there; it is auth.json */
    struct err problem; /* why it could not be read, CHELA_OK when it could */
    struct buf text, state_text;
};

/* Never fails: a broken file is in `problem`, and told as a warning, like entries that are no
 * profiles. Zeroed memory is fine for auth_store_close. */
void auth_store_open(struct auth_store *s, const struct config_paths *where);
void auth_store_close(struct auth_store *s); /* wipes */

/* The provider's profiles in the order they are tried, those that rest last: the state's order,
 * else auth.order of the configuration, either of which names all that may be used; else those that
 * auth.profiles names, then the others. */
size_t auth_store_order(const struct auth_store *s, struct config *c, str provider,
                        const struct auth_profile *list[AUTH_MAX_PROFILES]);
bool auth_is_for(const struct auth_profile *p, str provider);
/* By its id, or the part of it after the provider's name. */
bool auth_is_named(const struct auth_profile *p, str name);

/* ---- editing ---- */
struct auth_value {
    enum auth_kind kind; /* AUTH_API_KEY or AUTH_TOKEN */
    str provider;
    str secret;         /* "": see `variable` */
    str variable;       /* the environment variable that holds it: a reference is stored */
    int64_t expires_ms; /* of a token; 0: it does not */
};

/* Adds a profile or replaces its key; the fields of a profile of the same kind stay. Where the
 * state has an order that lacks it, it becomes the first. CHELA_CONFIG for a file that cannot be
 * read: it is left as it is. */
enum chela_error auth_store_put(const struct config_paths *where, str id,
                                const struct auth_value *v, struct err *e);
/* *there: there was one. It leaves the order too. */
enum chela_error auth_store_remove(const struct config_paths *where, str id, bool *there,
                                   struct err *e);
/* count 0: no order of the state's own any more. */
enum chela_error auth_order_put(const struct config_paths *where, str provider, const str *ids,
                                size_t count, struct err *e);

/* What people paste: `export NAME="…";`, quotes, blanks, line breaks and invisible characters go.
 * In place; the result is a part of text. */
str auth_clean_key(char *text, size_t n);

#endif
