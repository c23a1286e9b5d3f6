/* A request's segments, in the order in which providers build their prompt: the tools, the system
 * and developer messages, the other messages. */
#ifndef CHELA_AGENT_CACHE_SEGMENT_H
#define CHELA_AGENT_CACHE_SEGMENT_H

#include "doc/doc.h"

enum segment_group { SEGMENT_TOOL, SEGMENT_SYSTEM, SEGMENT_MESSAGE, SEGMENT_GROUPS };

struct segment {
    struct doc *doc; /* borrowed */
    enum segment_group group;
    doc_node node; /* 0: there are no more in this group */
    size_t index;  /* in its array of the body */
};

struct segment segment_first(struct doc *d, enum segment_group group);
void segment_next(struct segment *s);
str segment_role(const struct segment *s); /* of a message; lives with the document */
str segment_name(const struct segment *s); /* of a tool; "" when it has none */
/* As it stands in the body. */
str segment_raw(const struct segment *s);
/* As a cache sees it: compact, without cache_control markers, and a content that is one text block
 * as the string that it says. Appends; failure is the buffer's. */
void segment_write(const struct segment *s, struct buf *out);

#endif
