/* The sandbox's side of OpenRouter's API, at /api/v1 and /v1: chat/completions, images, videos,
 * audio, embeddings, models, key. */
#ifndef CHELA_SANDBOX_API_H
#define CHELA_SANDBOX_API_H

#include "sandbox/prompt_cache.h"
#include "server/server.h"

struct engines;
struct video_jobs;

/* A conversation's answer, for who keeps books. Strings live during the call. */
struct sandbox_note {
    str id, asked; /* "gen-…"; the model, as the request names it */
    const char *finish;
    int64_t prompt, completion, reasoning, cached, cache_write; /* tokens */
    int64_t began_ms, ms;                                       /* since 1970; how long it took */
    bool plain;                                                 /* of /completions */
    bool stream, gone; /* gone: the client left before its end */
};

struct sandbox_api {
    uint64_t pace_ms;           /* between two events of a stream; 0: as fast as they are taken */
    struct prompt_cache *cache; /* NULL: nothing is ever cached */
    struct engines *engines;    /* NULL: chat alone */
    struct video_jobs *videos;  /* NULL with it */
    /* Who answers paths that are not the sandbox's own, and requests for the response cache; none:
     * a 404, and no cache. */
    struct server_handler others;
    void (*note)(void *others_ctx, const struct sandbox_note *n); /* NULL: nobody keeps books */
};

/* Routes one request and answers it, at once or in pieces. Unknown paths get a JSON 404 that names
 * the right base. ctx is a struct sandbox_api. */
void sandbox_api_request(void *ctx, struct exchange *x);

#endif
