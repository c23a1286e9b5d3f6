/* One API worn over another: OpenAI's Responses API and Anthropic's Messages API, said in
 * chat/completions and back, so that any model answers the clients of all three.
 *
 *   client's body ──request──▶ chat body      chat answer ──answer──▶ client's answer
 *                              chat events ──skin_stream──▶ client's events
 *
 * What a field cannot say in chat/completions is an error that names it, or is listed in
 * docs/internals/skins.md as harmless. What a model has to get back as it gave it (signatures,
 * encrypted reasoning) travels with the client as an opaque text (seal.h).
 *
 * Pure: no I/O, no clock, no random; ids are made of the answer's own.
 */
#ifndef CHELA_SKIN_SKIN_H
#define CHELA_SKIN_SKIN_H

#include "doc/doc.h"

enum { SKIN_BODY = 80 << 20, SKIN_ECHO = 8 << 20, SKIN_OUT = 128 << 20 };

#define SKIN_TOKENS ((int64_t)1 << 50) /* more are no count */

struct skin_target { /* who is to read the chat body */
    bool openrouter; /* its extensions are understood: cache_control, reasoning, plugins … */
    bool reasons;    /* the model takes reasoning_effort */
};

struct skin_facts { /* of the answer's surroundings */
    str request_id; /* ids are made of it when the answer has none */
    str model;      /* likewise */
    str echo;       /* of the request, as `echo` wrote it; "" none */
    str metadata;   /* openrouter_metadata as JSON; "" none */
    int64_t unix_s; /* now */
};

struct skin_failure {
    int status; /* HTTP */
    str message;
    str error_type; /* OpenRouter's name of it, "rate_limit_exceeded" */
    str request_id;
    str detail; /* OpenRouter's error object as JSON: code, message, metadata */
};

struct saying;
struct saying_writer;

struct skin {
    const char *name; /* "messages" */
    /* The body as chat/completions has it. CHELA_INPUT names the field that has no counterpart. */
    enum chela_error (*request)(struct doc *d, const struct skin_target *to, struct buf *chat,
                                struct err *e);
    /* What answers repeat of their request, as members of an object; NULL: nothing. */
    void (*echo)(struct doc *d, struct buf *out);
    /* A body of this API for a service that speaks it: what was sealed for a chat is opened, or
     * taken out when it belongs to another API. Edits d only where there is something. */
    enum chela_error (*unseal)(struct doc *d, struct err *e);
    void (*whole)(struct saying *t, struct buf *out);
    const struct saying_writer *stream;
    bool stream_keeps;                /* texts, for events that repeat them */
    void (*finish)(struct saying *t); /* the last events */
    void (*error)(const struct skin_failure *f, struct buf *out); /* of an answer; NULL: a chat's */
    void (*broken)(struct saying *t, const struct skin_failure *f); /* of a stream */
    const char *heartbeat;                                          /* an event that says nothing */
};

extern const struct skin skin_messages, skin_responses;

/* An estimate of a Messages request's tokens. */
int64_t skin_messages_count(struct doc *d);

/* ---- whole answers ---- */
/* A chat answer, translated. CHELA_PROTOCOL and others when it cannot be, or is an error. */
enum chela_error skin_answer(const struct skin *skin, str json, const struct skin_facts *facts,
                             struct buf *out, struct err *e);

/* ---- streams ---- */
struct skin_stream;
/* The texts of facts are copied. NULL: out of memory. */
struct skin_stream *skin_stream_new(const struct skin *skin, const struct skin_facts *facts);
void skin_stream_free(struct skin_stream *s); /* NULL is fine */
/* Chat events, cut anywhere; what the client may have is appended to *out. An error that they tell
 * is returned, and not written: the caller decides whether somebody else can still answer. */
enum chela_error skin_stream_take(struct skin_stream *s, str bytes, struct buf *out, struct err *e);
/* The same from an answer that came whole. */
enum chela_error skin_stream_whole(struct skin_stream *s, str json, struct buf *out, struct err *e);
/* The end of a good answer; metadata as in skin_facts. */
enum chela_error skin_stream_end(struct skin_stream *s, str metadata, struct buf *out,
                                 struct err *e);
/* It began elsewhere: with this id, and the next event has this number. */
void skin_stream_resume(struct skin_stream *s, str id, int64_t number);
/* The end of one that broke. */
void skin_stream_fail(struct skin_stream *s, const struct skin_failure *f, struct buf *out);

#endif
