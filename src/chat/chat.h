/* A conversation's one exchange with a model: body, request, stream, reply.
 *
 * chat_begin makes the request from settings (route, key, catalogue row, body, rules) without
 * sending it: that is also all that `explain` needs. chat_send sends it and reads the answer.
 */
#ifndef CHELA_CHAT_CHAT_H
#define CHELA_CHAT_CHAT_H

#include "base/arena.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "config/config.h"
#include "net/http.h"
#include "shape/shape.h"

/* ---- reply ---- */
struct chat_usage { /* tokens; -1: not said */
    int64_t prompt, completion, total, cached, cache_write, reasoning, audio, image;
    double cost; /* USD, as the service billed it; <0: not said */
    str raw;     /* the usage object's own text */
};
/* Reads a usage object that was kept as text; raw borrows it. Everything -1 when it is none. */
void chat_usage_read(struct chat_usage *u, str json);
/* What is said of more is added; raw stays. */
void chat_usage_add(struct chat_usage *sum, const struct chat_usage *more);

struct chat_tool_call {
    str id, name, arguments; /* arguments: JSON text as it came, "{}" when none came */
    str thought_signature;   /* Gemini's, decoded; "" when none */
};

struct chat_reply { /* strings live in the arena of the exchange */
    str id, model, provider;
    str text, reasoning;
    str reasoning_details; /* JSON array text: whole, in order, pieces of one index joined; "" none
                            */
    /* The text field that reasoning came in: "reasoning", "reasoning_content", "reasoning_text";
     * NULL: in none. */
    const char *reasoning_field;
    struct chat_tool_call *calls;
    size_t call_count;
    str finish_reason;        /* "stop", "length" or "tool_calls" */
    str native_finish_reason; /* as the model's provider called it */
    struct chat_usage usage;
    str cache_status; /* X-OpenRouter-Cache-Status, "" when absent */
};

/* Incremental: chunks of a stream, or one whole answer. */
struct chat_reader;
struct chat_events { /* any may be NULL; pieces live until the callback returns */
    void *ctx;
    void (*on_text)(void *ctx, str piece); /* never ends inside a UTF-8 sequence */
    void (*on_reasoning)(void *ctx, str piece);
    void (*on_call)(void *ctx, const struct chat_tool_call *call); /* when it is complete */
    void (*on_notice)(void *ctx, const char *line); /* "429, trying again in 3 s (2 of 3)" */
};
/* events may be NULL. NULL: out of memory. */
struct chat_reader *chat_reader_new(struct arena *a, const struct chat_events *events);
void chat_reader_free(struct chat_reader *r);
/* One data payload of a stream. "[DONE]" sets done. An error object is the error it says; data that
 * is not JSON is CHELA_PROTOCOL. */
enum chela_error chat_reader_chunk(struct chat_reader *r, str data, struct err *e);
enum chela_error chat_reader_whole(struct chat_reader *r, str json, struct err *e);
bool chat_reader_done(const struct chat_reader *r);     /* [DONE] was read */
bool chat_reader_finished(const struct chat_reader *r); /* a finish reason was read */
/* Text, reasoning or a tool call came: something that a second try would repeat. */
bool chat_reader_has_content(const struct chat_reader *r);
/* The end: CHELA_CUT without a finish, CHELA_EMPTY with nothing in it, CHELA_FILTERED … *out gets
 * what came, also on failure. */
enum chela_error chat_reader_finish(struct chat_reader *r, struct chat_reply *out, struct err *e);
/* What an HTTP error status and its body say: code, message, hint. e must be initialised:
 * e->retry_after is kept when it was set, else read from the body. */
enum chela_error chat_http_error(int status, str content_type, str body, struct err *e);
/* An error object, or a string, of a stream or answer that came with status 200: the same; the
 * status is what its code stands for. */
enum chela_error chat_error_object(struct doc *d, doc_node error, struct err *e);
/* The headers of a request without a body, for like->route: who asks, and what the user configured.
 * out holds HEADERS_MAX; the texts live in like->arena. False with *e. */
bool chat_plain_headers(const struct shape_ctx *like, struct http_header *out, size_t *count,
                        struct err *e);

/* ---- body ---- */
struct chat_file {         /* a picture from --file */
    str name, mime, bytes; /* mime from the bytes; "" to have it found out */
};
struct chat_input {
    enum call_kind kind;
    str model;              /* reference; "" the configured default */
    str agent;              /* agent id, "" default */
    str thinking;           /* --thinking, "" not given */
    bool thinking_may_fall; /* a model that the user did not choose: the level falls to what it has
                             */
    str system;             /* "" none */
    str prompt;             /* user text */
    const struct chat_file *files;
    size_t file_count;
    /* earlier turns: message objects as JSON text, in order (agent sessions) */
    const str *history;
    size_t history_count;
    str tools;    /* the body's "tools", JSON text; "" none. Left out when the model takes none */
    str raw_body; /* CALL_RAW: the body; its "model" rules unless model is given, and "stream" is
                     set when it does not say */
    bool no_network; /* explain: never fetch, use what is cached */
};

/* A question as a message with a list of parts: the text, then the pictures as data URLs. The form
 * in which a conversation keeps it. CHELA_INPUT for a picture that models do not take. */
enum chela_error chat_user_message(struct buf *out, str prompt, const struct chat_file *files,
                                   size_t count, struct err *e);

/* ---- exchange ---- */
enum { CHAT_TRIES = 3 };

struct chat_attempt {
    str model;
    int status; /* 0: no answer */
    bool sent;  /* the service may have had the request */
    enum chela_error code;
    str message;
    int64_t ms;
};

struct chat_refresh;

struct chat { /* zero-initialise; not to be moved after chat_begin */
    struct arena arena;
    struct config *config; /* borrowed */
    struct catalog *catalog;
    struct chat_refresh *refresh; /* the catalogue being fetched beside the answer, or NULL */
    struct shape_ctx shape;
    struct header_list headers;
    struct record record;
    struct config_params params;
    struct credential credential;
    struct doc *doc;
    str url;
    str body; /* as it will be sent */
    struct chat_attempt attempt[CHAT_TRIES];
    size_t attempt_count;
};

/* On failure *c is still to be freed with chat_end. The prompt may be empty when there is a
 * history: it ends with the question, or with a tool's result. */
enum chela_error chat_begin(struct chat *c, struct config *config, const struct chat_input *in,
                            struct err *e);
/* At most two more tries, by wire ruling 13; c->attempt has each. timeouts NULL, or its fields that
 * are 0 or the default: models.providers.openrouter.timeoutSeconds, else the defaults; total counts
 * for all tries together. *reply gets what came, also on failure; it lives as long as c. */
enum chela_error chat_send(struct chat *c, const struct chat_events *events,
                           const struct http_timeouts *timeouts, const atomic_bool *cancel,
                           struct chat_reply *reply, struct err *e);
/* Ends what runs in the background, and frees. Zeroed memory is fine. */
void chat_end(struct chat *c);

/* ---- the model catalogue, because somebody asked for it ---- */
/* GET {base}/models now, within ten seconds, into the cache; *json (of 16 MiB at least) receives
 * the answer too. A failure leaves the cache as it was. */
enum chela_error chat_catalogue_refresh(struct config *config, const atomic_bool *cancel,
                                        struct buf *json, struct err *e);

/* ---- explain: the request, and why it is so; keys masked ----
 * {"method","url","headers":{…},"body":…,"route":{"origin","source","verified","exact","why"},
 *  "key":{"source","masked"},"changes":[{"rule","kind","where","value","reason","anchor"}]}
 * where body is the exact text that would be sent. */
void chat_explain_json(const struct chat *c, struct buf *out);
void chat_explain_text(const struct chat *c, bool colour, struct buf *out);

#endif
