/* A chat model's answer as parts in their order, whole or as it comes. Inside skin/ only.
 *
 * Chat has one text, one reasoning and a list of calls; the other APIs have a sequence in which one
 * part ends before the next begins. Here the sequence is made: what comes first opens first. A call
 * that begins while the arguments of another are incomplete waits for it.
 */
#ifndef CHELA_SKIN_SAYING_H
#define CHELA_SKIN_SAYING_H

#include "chat/chat.h"
#include "chat/details.h"
#include "doc/json_write.h"
#include "skin/skin.h"

enum { SAYING_PARTS = 4096, SAYING_TEXT = 64 << 20, SAYING_USAGE = 64 << 10 };

enum part_kind {
    PART_TEXT,
    PART_REFUSAL,
    PART_THOUGHT, /* reasoning that can be read */
    PART_SEALED,  /* and that cannot */
    PART_IMAGE,
    PART_CALL,
};

struct part {
    struct part *before, *next;
    enum part_kind kind;
    size_t place;    /* in the answer */
    bool open, over; /* neither: a call that waits */
    struct buf text; /* what it says: if texts are kept; always of calls and pictures */
    struct buf seal; /* of a thought or sealed part that is over */
    bool summary;    /* of a thought */
    /* of a thought: its item of reasoning_details, or the message's field that it stood in */
    struct details details;
    char field[24];
    /* of a call */
    struct buf id, name;
    int64_t index; /* as the chunks say; -1: they do not */
    size_t given;  /* of its arguments */
    bool custom;   /* its input is a text: for the writer, as is … */
    size_t space;  /* … how much of its name is a namespace; 0: nothing */
};

struct saying;
struct saying_writer {
    void (*start)(struct saying *t); /* before anything else: the id and the model are known */
    void (*open)(struct saying *t, struct part *p);
    void (*piece)(struct saying *t, struct part *p, str text);
    void (*close)(struct saying *t, struct part *p);
};

struct saying {
    const struct saying_writer *writer; /* NULL: an answer that is written when it is complete */
    struct buf *out;
    bool keeps;
    bool started;
    struct part *first, *last;
    size_t count;
    struct part *open; /* NULL: none */
    bool has_details;  /* reasoning comes as details: its plain text says the same again */
    int64_t events;    /* given so far: sequence numbers */
    /* What the answer says of itself; of what it does not say, what the facts do. */
    struct buf id, model, request_id, echo, metadata, provider, service_tier;
    struct buf usage; /* the object; "" none */
    char finish[40], native_finish[64];
    struct buf stop; /* the sequence that ended it, when the service tells */
    int64_t created, now;
};

struct saying *saying_new(const struct skin_facts *facts);
void saying_free(struct saying *t);
/* Lets the writer begin, if it has not: takes and end do it by themselves. */
void saying_start(struct saying *t);
/* A chunk, or a whole answer. */
enum chela_error saying_take(struct saying *t, str json, struct err *e);
/* Nothing more comes: closes what is open. */
enum chela_error saying_end(struct saying *t, struct err *e);
bool saying_has(const struct saying *t, enum part_kind kind);
/* Its arguments are an object, not the beginning of one. */
bool call_is_complete(const struct part *p);
/* "tool_calls", "length" … : tool_calls also when a service says "stop" after calls. */
str saying_finish(const struct saying *t);

/* ---- what the writers share ---- */
/* "event: NAME\ndata: ", to be followed by the object and event_end. */
void event_begin(struct saying *t, const char *name);
void event_end(struct saying *t);
/* Members of its usage that are not counts of tokens (cost, cost_details, is_byok …) as they
 * came, behind a writer's own members; without the one named. */
void usage_rest(struct saying *t, struct json_writer *w, const char *without);
int64_t tokens_of(int64_t said); /* 0 for what is no count */
struct chat_usage saying_usage(const struct saying *t);
/* PREFIX, and the answer's own id with what other APIs do not allow replaced. */
void saying_id(const struct saying *t, const char *prefix, struct buf *out);
void json_kraw(struct json_writer *w, const char *key, str json);

#endif
