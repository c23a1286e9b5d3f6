/* What the files of chat/ share. */
#ifndef CHELA_CHAT_CHAT_INTERNAL_H
#define CHELA_CHAT_CHAT_INTERNAL_H

#include "chat/chat.h"

#include <stdatomic.h>

enum {
    CHAT_MAX_BODY = 64 << 20,  /* of a request */
    CHAT_MAX_TEXT = 64 << 20,  /* of an answer, and of one that comes whole */
    CHAT_MAX_EVENT = 16 << 20, /* of one event of a stream */
    CHAT_MAX_ERROR = 16 << 10, /* of an error answer: the rest is not read */
};

/* ---- body.c ---- */
/* The body before the rules, as text in c->arena; records what it left out. c->shape.model and .row
 * are set. */
enum chela_error chat_body_build(struct chat *c, const struct chat_input *in, str *out,
                                 struct err *e);
/* CALL_RAW: parses the body into c->doc; *model is what it asks for, "" when it does not say. */
enum chela_error chat_body_parse_raw(struct chat *c, str raw, str *model, struct err *e);
/* CALL_RAW: sets model and stream in c->doc. */
enum chela_error chat_body_complete_raw(struct chat *c, struct err *e);

/* ---- reader.c ---- */
/* What came so far, without judging it. */
void chat_reader_partial(struct chat_reader *r, struct chat_reply *out);

/* ---- refresh.c ---- */
/* GET {base}/models now, into the cache; at most 10 s. Best effort. */
void chat_catalogue_fetch(struct chat *c, const atomic_bool *cancel);
/* The same beside the answer, when the catalogue is old; chat_refresh_end keeps what is complete by
 * then and gives up on the rest. */
void chat_refresh_begin(struct chat *c);
void chat_refresh_end(struct chat *c);

#endif
