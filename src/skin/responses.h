/* The parts of the Responses skin. Inside skin/ only. */
#ifndef CHELA_SKIN_RESPONSES_H
#define CHELA_SKIN_RESPONSES_H

#include "skin/saying.h"

/* responses_request.c */
enum chela_error responses_request(struct doc *d, const struct skin_target *to, struct buf *chat,
                                   struct err *e);
void responses_echo(struct doc *d, struct buf *out);
enum chela_error responses_unseal(struct doc *d, struct err *e);
/* responses_answer.c */
void responses_whole(struct saying *t, struct buf *out);
enum response_state { RESPONSE_BEGUN, RESPONSE_DONE, RESPONSE_FAILED };
/* The whole object. f: of RESPONSE_FAILED. */
void write_response(struct saying *t, struct json_writer *w, enum response_state state,
                    const struct skin_failure *f);
/* An item of its output, empty while it has just begun. */
void write_item(struct saying *t, const struct part *p, struct json_writer *w, bool begun);
/* The part inside a message or a reasoning item. */
void write_content(const struct part *p, struct json_writer *w, bool begun);
void item_id(const struct saying *t, const struct part *p, struct buf *out);
/* What the request says of the tool that is called: part.custom, part.space. */
void look_up_tool(const struct saying *t, struct part *p);
/* Of a tool in a namespace its name there. */
str tool_name(const struct part *p);
/* The text that the model put into {"input": …}. */
bool custom_input(const struct part *p, struct buf *out);
bool response_is_incomplete(const struct saying *t);
/* In chat a tool of a namespace is called by both names, with this between them. */
#define SPACE_MARK "__"
/* responses_stream.c */
extern const struct saying_writer responses_events;
void responses_finish(struct saying *t);
void responses_broken(struct saying *t, const struct skin_failure *f);

#endif
