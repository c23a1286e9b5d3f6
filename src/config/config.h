/* openclaw.json, read the way OpenClaw reads it, and chela.json5 beside it.
 *
 * Pipeline: find → parse (JSON5) → $include → env block → ${VAR} → check. The file is OpenClaw's:
 * an unknown key is a warning with a suggestion, a section of OpenClaw's that chela has no use for
 * passes silently, a wrong type where chela reads is an error with file, line and path.
 *
 * Ownership: a config owns everything it returns until config_free. Reading it writes nothing.
 */
#ifndef CHELA_CONFIG_CONFIG_H
#define CHELA_CONFIG_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/secret.h"
#include "doc/doc.h"

/* Where things are (design: "Files"). All absolute; made by config_paths from the environment. */
struct config_paths {
    char openclaw_json[4096]; /* OPENCLAW_CONFIG_PATH, else $OPENCLAW_STATE_DIR/openclaw.json … */
    char openclaw_state[4096]; /* OPENCLAW_STATE_DIR, else ~/.openclaw */
    char auth_profiles[4096];  /* <state>/agents/main/agent/auth-profiles.json */
    char chela_json5[4096];    /* $XDG_CONFIG_HOME/chela/chela.json5 */
    char state[4096];          /* $XDG_STATE_HOME/chela */
    char cache[4096];          /* $XDG_CACHE_HOME/chela */
};

/* A view of the environment, so that tests bring their own. NULL-terminated "NAME=value" list. */
typedef const char *const *env_list;
const char *env_get(env_list env, const char *name); /* NULL: unset */

enum chela_error config_paths(struct config_paths *p, env_list env, struct err *e);

struct config_warning {
    const char *file;      /* where it is written: the user's file, or one that it includes */
    unsigned line, column; /* 0: no place */
    str path;              /* "agents.defaults.modle" */
    str text;              /* "unknown key; did you mean \"model\"?" */
    bool slip;             /* an unknown key that is probably a known one, mistyped */
};

struct config;

/* A missing openclaw.json is an empty configuration. Fails with CHELA_CONFIG; *e has the first
 * problem and *out is still set (unless no home folder is known), for config_problems (what could
 * not be parsed reads as empty): `config validate` lists them, callers that wanted to go on must
 * not. Other failures leave *out NULL. `env` is borrowed and must outlive the config. */
enum chela_error config_load(struct config **out, env_list env, struct err *e);
void config_free(struct config *c);

const struct config_paths *config_where(const struct config *c);
struct doc *config_doc(struct config *c);       /* merged and substituted; never NULL */
struct doc *config_chela_doc(struct config *c); /* chela.json5; an empty object when missing */
const struct config_warning *config_warnings(const struct config *c, size_t *count);
const struct config_warning *config_problems(const struct config *c, size_t *count);
/* The process environment with the env block (and <state>/.env) under it: real variables win. */
const char *config_env(const struct config *c, const char *name);

/* Shorthands over config_doc; a value of the wrong type was refused by config_load. */
bool config_string(struct config *c, const char *path, str *out);
bool config_int(struct config *c, const char *path, int64_t *out);
/* The entry of agents.list[] with this id (in any case); "": the one with `default: true`, else the
 * first. 0: none. */
doc_node config_agent(struct config *c, str agent);

/* ---- keys ---- */
enum credential_kind {
    CREDENTIAL_NONE = 0,
    CREDENTIAL_PROFILE,
    CREDENTIAL_ENVIRONMENT, /* the process's own */
    CREDENTIAL_ENV_BLOCK,   /* env of the configuration, or the state folder's .env */
    CREDENTIAL_PROVIDER,    /* models.providers.openrouter.apiKey, or the speech provider's */
};
struct credential {
    struct secret key; /* bound to the origin that was asked for */
    enum credential_kind kind;
    char profile[128]; /* its id, when that is the kind */
    char source[256]; /* "auth profile openrouter:default", "environment OPENROUTER_API_KEY", … */
};
/* For chat, images and video: models.providers.openrouter.request.auth when it says another way to
 * authorise (the key's `header` then names the header), else stored profile, environment, env
 * block, models.providers.openrouter.apiKey (which comes first when
 * models.providers.openrouter.auth is "api-key"). CHELA_NO_KEY names every place that was looked at
 * and the remedy; CHELA_KEY_REFUSED: a key that no header can carry. The caller calls
 * credential_free. profile: "" or the profile that a reference asked for (model@profile), by its id
 * or what follows "openrouter:" in it. */
enum chela_error credential_find(struct config *c, str origin, str profile, struct credential *out,
                                 struct err *e);
/* For speech (R8): `key`, which is messages.tts.providers.openrouter.apiKey or 0, then
 * models.providers.openrouter.apiKey, the environment and its block, the stored profile. */
enum chela_error credential_find_speech(struct config *c, str origin, doc_node key,
                                        struct credential *out, struct err *e);
void credential_free(struct credential *cr);
/* models.providers.openrouter.request.auth, mode "header": *name is the header that carries the
 * key.
 */
bool config_auth_header(struct config *c, str *name);
/* One line of visible ASCII: what an Authorization header can carry. */
bool secret_is_sendable(str key);
/* A SecretInput of the configuration: a string, "${NAME}", {source, provider, id} (env, file; exec
 * only when chela.json5 has secrets.allowExec). `out` must be empty or hold a secret, which is
 * freed; `source` receives where the value is written. */
enum chela_error config_secret(struct config *c, struct doc *d, doc_node n, str origin,
                               struct secret *out, char *source, size_t source_cap, struct err *e);

#endif
