/* What the gateway was told: upstreams of openclaw.json (models.providers.*), the rest of
 * chela.json5 (gateway). Read whole, checked, and from then on only read: a reload makes new
 * settings beside the old ones, which live until their last call has ended.
 */
#ifndef CHELA_GATEWAY_SETTINGS_H
#define CHELA_GATEWAY_SETTINGS_H

#include "catalog/catalog.h"
#include "config/config.h"
#include "gateway/parameters.h"
#include "ledger/ledger.h"
#include "route/route.h"
#include "shape/shape.h"
#include "upstream/upstream.h"

struct timeouts { /* milliseconds; 0: no limit */
    uint64_t connect;
    uint64_t first_byte;  /* of an answer that is no stream */
    uint64_t first_token; /* of a stream, from its start */
    uint64_t idle;        /* between tokens, or pieces of another answer */
    uint64_t total;
};

struct upstream_model { /* a row of models.providers.ID.models[] */
    str id, name;
    int64_t context_length, max_output; /* 0: not said */
    bool reasons;
    double price_prompt, price_completion, price_cache_read, price_cache_write; /* USD per token;
                                                                                   <0: not said */
    parameters lacks; /* those it says it does not know */
};

enum wire_api { WIRE_CHAT, WIRE_RESPONSES, WIRE_MESSAGES };

struct upstream {
    str id;            /* "openrouter", "fake" */
    enum wire_api api; /* the one that it speaks; openrouter.ai speaks all of them */
    bool key_bare;     /* x-api-key, without "Bearer" */
    bool is_openrouter;
    bool is_local; /* the engines of this program */
    bool shape;    /* the provider's rules apply on the way there */
    bool zdr, collects_data;
    str quantization; /* "unknown" when it is not said */
    parameters lacks; /* of models that are not listed */
    struct route route;
    str target; /* of the base URL: "/api/v1" */
    struct origin *origin;
    struct secret key;  /* empty: it needs none, or none was found */
    uint64_t key_print; /* tells keys apart, and nothing else */
    str no_key;         /* why the upstream cannot be used without one; "" when it can */
    const struct server_header *headers; /* configured; openrouter's are the rules' affair */
    size_t header_count;
    bool discovers; /* its configuration names none: what it lists itself counts */
    const struct upstream_model *models;
    size_t model_count;
    struct timeouts timeouts;
};

/* What a name that is OpenRouter's to answer means; found out once. */
struct known_model {
    struct known_model *next;
    str asked;
    struct model_ref ref;
    const struct model_row *row; /* NULL: unknown to the catalogue */
    struct config_params params;
    struct thinking thinking; /* the configured default */
};

enum cache_mode { CACHE_ASKED, CACHE_ALWAYS, CACHE_NEVER };

struct cache_settings { /* of the response cache */
    enum cache_mode mode;
    int64_t ttl; /* seconds, for requests that do not say; 0: OpenRouter's 300 */
    size_t bytes, answers;
    bool coalesce; /* identical requests in flight are computed once */
};

struct model_alias { /* a name that clients use, and the reference that it stands for */
    str pattern;     /* `*` stands for any characters */
    str model;
};

enum { SETTINGS_UPSTREAMS = 64, SETTINGS_KEYS = 256, SETTINGS_KNOWN = 256 };

struct settings {
    unsigned users;
    struct arena arena;
    struct config *config;
    struct catalog *catalog;
    struct upstream upstream[SETTINGS_UPSTREAMS];
    size_t upstream_count;
    struct secret keys[SETTINGS_KEYS]; /* of clients */
    size_t key_count;
    const str *hosts, *origins; /* more names this gateway goes by; web pages that may use it */
    size_t host_count, origin_count;
    bool any_host, all_local; /* of the sandbox: it goes by every name; every model is local */
    const struct model_alias *aliases;
    size_t alias_count;
    doc_node named_models;                     /* agents.defaults.models of the configuration */
    struct known_model *known[SETTINGS_KNOWN]; /* by the name's hash */
    size_t known_count;
    uint64_t heartbeat_ms; /* 0: none */
    uint64_t refresh_ms;   /* between two looks at others' lists of models; 0: none */
    struct cache_settings cache;
    str log; /* "text", "json", "off" */
    struct ledger_bound ledger;
};

/* local: the socket of the local engines; NULL: there are none.
 * One user: the caller. Reads files, so it takes milliseconds. */
enum chela_error settings_load(struct settings **out, env_list env, struct upstream_pool *pool,
                               const char *local, struct err *e);
/* Without any file, all of it for the local engines. */
enum chela_error settings_of_sandbox(struct settings **out, struct upstream_pool *pool,
                                     const char *local, struct err *e);
/* gateway.local of chela.json5. */
bool settings_want_local(env_list env);
/* NULL with *e filled: it is no reference to a model. After SETTINGS_KNOWN names, which clients
 * choose, a new one goes to `a`, and is found out again each time. */
const struct known_model *settings_model(struct settings *s, str asked, struct arena *a,
                                         struct err *e);
/* What gateway.aliases makes of a model's name: the first that fits; else the name. */
str settings_unaliased(const struct settings *s, str asked);
struct settings *settings_use(struct settings *s);
void settings_release(struct settings *s);
const struct upstream *settings_upstream(const struct settings *s, str id); /* NULL: none */

#endif
