/* The parts of the Messages skin. Inside skin/ only. */
#ifndef CHELA_SKIN_MESSAGES_H
#define CHELA_SKIN_MESSAGES_H

#include "skin/saying.h"

/* messages_request.c */
enum chela_error messages_request(struct doc *d, const struct skin_target *to, struct buf *chat,
                                  struct err *e);
enum chela_error messages_unseal(struct doc *d, struct err *e);
/* messages_answer.c */
void messages_whole(struct saying *t, struct buf *out);
/* "id", "type", "role", "model" */
void messages_head(const struct saying *t, struct json_writer *w);
void messages_usage(struct saying *t, struct json_writer *w);
/* "stop_reason" and "stop_sequence" */
void messages_stop(struct saying *t, struct json_writer *w);
/* {"type":"error","error":{…},"request_id":…} */
void messages_error(const struct skin_failure *f, struct buf *out);
/* messages_stream.c */
extern const struct saying_writer messages_events;
void messages_finish(struct saying *t);
void messages_broken(struct saying *t, const struct skin_failure *f);

#endif
