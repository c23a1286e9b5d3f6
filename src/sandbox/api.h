/* The sandbox's side of OpenRouter's API, at /api/v1 and /v1: chat/completions, images, videos,
 * audio, embeddings, models, key. */
#ifndef CHELA_SANDBOX_API_H
#define CHELA_SANDBOX_API_H

#include "sandbox/prompt_cache.h"
#include "server/server.h"

struct engines;
struct video_jobs;

struct sandbox_api {
    uint64_t pace_ms;           /* between two events of a stream; 0: as fast as they are taken */
    struct prompt_cache *cache; /* NULL: nothing is ever cached */
    struct engines *engines;    /* NULL: chat alone */
    struct video_jobs *videos;  /* NULL with it */
    /* Who answers paths that are not the sandbox's own, and requests for the response cache; none:
     * a 404, and no cache. */
    struct server_handler others;
};

/* Routes one request and answers it, at once or in pieces. Unknown paths get a JSON 404 that names
 * the right base. ctx is a struct sandbox_api. */
void sandbox_api_request(void *ctx, struct exchange *x);

#endif
