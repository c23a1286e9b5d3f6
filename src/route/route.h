/* Where a request goes, and what may travel with it there.
 *
 * verified: https, host openrouter.ai or a subdomain, no user info in the URL: carries attribution,
 * response-cache headers, cache markers, provider routing. exact: the base URL is
 * https://openrouter.ai/api/v1 (or its old spelling /v1; trailing slashes do not matter): also
 * prefill removal and DeepSeek V4. (../docs/rules.md, "Routes")
 */
#ifndef CHELA_ROUTE_ROUTE_H
#define CHELA_ROUTE_ROUTE_H

#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"

struct route {
    str base_url; /* without trailing slashes; the old spelling made canonical */
    str query;    /* parameters of a configured base URL, added to every request; no '?' */
    str origin;   /* "https://openrouter.ai": what the key is bound to */
    bool verified, exact;
    bool local;         /* a server on this machine */
    const char *why;    /* one line: why it is or is not verified */
    const char *source; /* "default", or the configuration path the base URL came from */
};

/* From models.providers.openrouter.baseUrl; strings live in a. CHELA_CONFIG for a bad URL. */
enum chela_error route_chat(struct route *out, struct config *c, struct arena *a, struct err *e);
/* From `own`, which stands at `path` of the configuration, else as route_chat (wire ruling 8). */
enum chela_error route_speech(struct route *out, struct config *c, str own, const char *path,
                              struct arena *a, struct err *e);
/* The classification alone. */
enum chela_error route_of_url(struct route *out, str base_url, struct arena *a, struct err *e);
/* "<base>/<path>[?query]", without user info: net/ would not send it, and explain must not show it.
 */
str route_url(const struct route *r, str path, struct arena *a);

enum { HEADERS_MAX = 64 };
/* Request headers in order, names unique without regard to case. */
struct header_list {
    struct arena *arena; /* borrowed; names and values live there */
    struct {
        str name, value;
    } item[HEADERS_MAX];
    size_t count;
};
bool headers_set(struct header_list *h, str name, str value); /* false: full, or no valid header */
bool headers_get(const struct header_list *h, str name, str *value);
bool headers_remove(struct header_list *h, str name);

#endif
