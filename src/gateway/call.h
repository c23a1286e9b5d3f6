/* One request on its way: from the client's body to an upstream, and its answer back.
 *
 * A call walks its plan of endpoints until one begins to answer with content; up to there failures
 * are silent (and counted, and listed), from there on they are told in the stream. It lives in its
 * exchange's arena and has one exit, call_end, whatever happened: there is where it is counted and
 * logged, and where accounting belongs.
 *
 *   TRYING ──content──▶ GIVING ──▶ OVER        client gone, or nobody left: from either to OVER
 *     ▲ └─failed─┘
 */
#ifndef CHELA_GATEWAY_CALL_H
#define CHELA_GATEWAY_CALL_H

#include "chat/chat.h"
#include "gateway/choose.h"
#include "gateway/gateway.h"
#include "gateway/relay.h"
#include "skin/skin.h"

struct call_media;
struct media_part;
struct usage_scan;

struct call_api {
    str path;     /* below the base URL, the same at upstreams: "/chat/completions" */
    bool choices; /* its answers have choices, and may be streams */
    const struct call_media *media; /* pictures, sound, video, vectors: call_media.h; NULL: text */
    const struct skin *skin; /* the client's API is another one, worn over chat; NULL: it is not */
};

enum call_state { CALL_TRYING, CALL_GIVING, CALL_OVER };

enum call_end {
    END_OK,
    END_FAILED, /* answered with an error */
    END_CUT,    /* told in a stream that had begun, or by cutting the connection */
    END_GONE,   /* the client left */
};

enum call_cached { CACHED_OFF, CACHED_MISS, CACHED_HIT }; /* by the response cache */

struct attempt {
    const struct endpoint *endpoint;
    int status; /* 0: no answer */
    enum chela_error code;
    bool skipped; /* it was not asked: it had said for how long to wait */
    uint64_t ms;
};

enum answer_kind { ANSWER_NONE, ANSWER_ERROR, ANSWER_STREAM, ANSWER_WHOLE };

enum {
    CALL_HEADERS = 24,
    CALL_WHOLE = 256 << 10, /* of an answer that is no stream: held until it is complete */
    CALL_WORN = 64 << 20,   /* of one that is translated */
    CALL_ERROR = 16 << 10,  /* of an error's body */
};

struct call {
    struct gateway *g;
    struct settings *s;
    struct exchange *x;
    struct arena *arena;
    const struct call_api *api;
    struct media_part *media; /* NULL: api->media is */
    enum call_state state;
    str request_id;
    bool stream, explain, metadata; /* what the client asked for */
    enum call_cached cached;
    struct answer_call *cache; /* answer_cache.c's; NULL: not asked for */
    struct share_call *share;  /* answer_share.c's; NULL: it has its answer for itself */
    struct client *client;     /* NULL: nobody's key */
    nano reserved;             /* of its budget */
    double prompt_guess;       /* tokens */
    /* Which way it goes. */
    struct plan plan;
    size_t next;
    struct attempt *attempt; /* plan.count of them */
    size_t attempts;
    const struct endpoint *endpoint; /* of the attempt that is running */
    str json;                        /* the body; of a form, what it says; empty: there is none */
    struct doc *doc;                 /* of json, until it is sent */
    struct buf chat;                 /* the body as chat/completions has it, of a worn call */
    struct buf sent;                 /* as it was edited; empty: it goes as it came */
    str type;                        /* of what goes out; empty: application/json */
    str body[FETCH_PARTS];
    size_t body_parts;
    struct fetch fetch;
    /* What comes back. */
    str generation;          /* what its answer is called here, when not as upstream */
    struct usage_scan *scan; /* of an answer that passes through */
    uint64_t events;         /* data events of its stream */
    enum answer_kind answer;
    int status;
    double retry_after; /* of this answer; negative: none */
    struct server_header header[CALL_HEADERS];
    size_t headers;
    int64_t length; /* -1: not said */
    struct relay relay;
    struct skin_stream *worn; /* a stream that is translated on its way */
    struct buf echo;          /* of the request, for a worn answer */
    struct buf held;
    bool head_given;
    str explained; /* JSON, for X-Chela-Explain */
    /* How it went. */
    struct err *last;   /* failure */
    str last_raw;       /* what the upstream said */
    double least_retry; /* of all attempts; negative: none said one */
    uint64_t started, attempt_started, first_token, last_given;
};

/* Answers the exchange, now or later. The exchange's data is the client, or NULL; it leaves with
 * the call. */
void call_start(struct gateway *g, struct exchange *x, const struct call_api *api, str request_id);
/* The same in two steps, for who plans it himself. NULL: memory is out, and the client knows. */
struct call *call_open(struct gateway *g, struct exchange *x, const struct call_api *api,
                       str request_id);
void call_begin(struct call *c, enum chela_error code, struct err *e);

/* ---- between the files of a call ---- */

/* call_prepare.c: the request as this endpoint gets it, and off it goes. */
enum chela_error call_send(struct call *c, struct err *e);
/* call.c */
void call_note_attempt(struct call *c, int status, enum chela_error code);
void call_attempt_failed(struct call *c, enum chela_error code, int status, const struct err *e);
void call_end(struct call *c, enum call_end how);
/* call_answer.c: what comes back. */
extern const struct fetch_handler call_fetch;
/* The error that a document says it is, whatever its status; CHELA_OK: none. */
enum chela_error call_error_in(const struct call *c, struct doc *d, struct err *e);
void call_answer_reset(struct call *c);
void call_drained(struct exchange *x);
/* call_skin.c: a client that speaks another API than its upstream. */
enum wire_api call_wire(const struct call *c); /* that the client speaks */
/* Whether this attempt's upstream speaks it too, and it is none that everything is translated to.
 */
bool call_is_native(const struct call *c);
bool call_is_worn(const struct call *c);
void call_worn_models(struct call *c); /* `fallbacks` of the Messages API as `models` */
enum chela_error call_wear(struct call *c, struct err *e); /* c->doc: the chat body from now on */
enum chela_error call_worn_stream(struct call *c, struct err *e); /* a stream begins */
/* Events on their way to the client: *out, where it was translated to `events`. */
enum chela_error call_worn_events(struct call *c, str *out, struct buf *events, struct err *e);
enum chela_error call_worn_end(struct call *c, str metadata, struct buf *events, struct err *e);
/* The client's own document, for an upstream that speaks its API. */
enum chela_error call_bare(struct call *c, struct err *e);
/* c->held, a whole chat answer, as the client has to have it. */
enum chela_error call_worn_whole(struct call *c, struct err *e);
void call_worn_free(struct call *c);
/* call_error.c: failures as the client sees them. */
void call_answer_error(struct call *c, const struct err *e);
void call_stream_error(struct call *c, const struct err *e);
/* {"requested", "attempt", "attempts", "endpoints"}, OpenRouter's openrouter_metadata. */
void call_metadata(const struct call *c, struct buf *out);
int call_error_status(const struct err *e);

#endif
