/* One request to chela-engines, and its answer as it comes.
 *
 * HTTP/1.1 on the Unix socket, one connection each. The answer is handed over piece by piece; when
 * the taker has no room, the socket is left alone until it says to go on, so a slow client holds
 * the engine back instead of filling memory here.
 */
#ifndef CHELA_SANDBOX_ENGINE_CALL_H
#define CHELA_SANDBOX_ENGINE_CALL_H

#include "sandbox/engines.h"

struct engine_answer { /* valid during `head` */
    int status;
    str type;       /* Content-Type */
    str says;       /* what was made, one line for people; may be empty */
    int64_t length; /* of the body */
};

struct engine_taker { /* callbacks come from the loop, never from inside a call of ours */
    void (*head)(void *ctx, const struct engine_answer *a);
    bool (*piece)(void *ctx, str bytes); /* false: no room, wait for engine_call_resume */
    /* The last one; the call is gone after it. CHELA_UNAVAILABLE: the engine died;
     * CHELA_TIMEOUT: nothing came within limit_ms. */
    void (*end)(void *ctx, enum chela_error code, const struct err *e);
};

struct engine_ask {
    str path;          /* "/scene", with a query */
    str type;          /* Content-Type; empty: a GET */
    str body;          /* borrowed until `end` or engine_call_drop */
    uint64_t limit_ms; /* until the head */
};

struct engine_call;

/* NULL: out of memory. */
struct engine_call *engine_call(struct engines *s, const struct engine_ask *ask,
                                const struct engine_taker *taker, void *ctx);
void engine_call_resume(struct engine_call *c);
/* Nobody waits any more: no callback comes, and the engine stops its work. */
void engine_call_drop(struct engine_call *c);

#endif
