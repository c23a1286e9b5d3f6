/* The sandbox's media routes: what they share.
 *
 * A route reads its request, writes what the engine is to do, and says in a struct media_kind how
 * the engine's bytes become the answer. The engine's bytes are never held: they go to the client as
 * they come, base64 where JSON wants it, and when the client takes nothing the engine waits. An
 * engine's own refusal (a text that is too long, a missing package) goes to the client as it is.
 */
#ifndef CHELA_SANDBOX_MEDIA_H
#define CHELA_SANDBOX_MEDIA_H

#include "base/buf.h"
#include "sandbox/api.h"
#include "sandbox/engine_call.h"
#include "sandbox/fields.h"

enum { MEDIA_REQUEST_MAX = 96 << 20, MEDIA_WHOLE_MAX = 64 << 20 };

struct media;

struct media_kind {
    /* The engine begins its answer: send a head and what stands before the bytes. NULL: the answer
     * is collected in m->whole instead. */
    void (*begin)(struct media *m, const struct engine_answer *a);
    bool (*piece)(struct media *m, str bytes); /* what exchange_write said */
    /* All of it is there: end the exchange, or ask again (media_ask). */
    void (*done)(struct media *m);
    /* The engine refused or failed before `begin`; NULL: the client gets the error. */
    void (*failed)(struct media *m, int status, str message);
};

struct media { /* lives in the exchange's arena */
    struct exchange *x;
    const struct sandbox_api *api;
    const struct media_kind *kind;
    void *own;         /* the route's, zeroed */
    struct fields f;   /* of the request, when it is a POST */
    uint64_t limit_ms; /* until the engine begins its answer */
    struct engine_call *call;
    struct buf ask; /* the engine's request, when it is not a part of the client's */
    struct buf whole, says;
    char id[64]; /* gen-… */
    int64_t created;
    bool begun, refused; /* refused: the engine's error is being collected */
    int status;
};

/* For a route's request, with own_bytes for the route and the request's fields opened. NULL: the
 * client has been told that memory is out. */
struct media *media_open(const struct sandbox_api *api, struct exchange *x,
                         const struct media_kind *kind, size_t own_bytes);
/* Sends `body` (m->ask, or a part of the request's body) to the engine, POST; type empty: GET.
 * If a field was wrong, the client is told that instead. */
void media_ask(struct media *m, const char *path, str type, str body);
/* An answer that is an error; frees m. */
void media_fail(struct media *m, int status, str message);
/* An answer that is whole: JSON with X-Generation-Id; frees m and *json. */
void media_answer(struct media *m, int status, struct buf *json);
/* The end of the route's answer: frees what m holds. */
void media_end(struct media *m);

/* ---- base64 in pieces ---- */
struct media_base64 {
    char rest[3]; /* bytes that do not make a group yet */
    size_t n;
};
/* Bytes as base64, written to the exchange; at the end finish. */
bool media_base64(struct media_base64 *b, struct exchange *x, str bytes);
bool media_base64_end(struct media_base64 *b, struct exchange *x);

#endif
