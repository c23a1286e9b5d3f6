/* Server-sent events: bytes in, events out, however the bytes were cut.
 *
 * Lines end with LF, CR or CRLF; data lines of one event are joined with LF; comments and events
 * without data are counted and dropped; an event that the stream's end leaves open is delivered by
 * sse_end. (WHATWG HTML, "Server-sent events".)
 */
#ifndef CHELA_NET_SSE_H
#define CHELA_NET_SSE_H

#include "base/buf.h"
#include "base/err.h"

struct sse_event {
    str name; /* "" when the stream gave none */
    str data;
};

struct sse {
    struct buf line, data, name;
    bool had_data, after_cr, started;
    unsigned long comments; /* comment lines, and events without data */
    void *ctx;
    /* The event's text lives until the callback returns. */
    enum chela_error (*on_event)(void *ctx, const struct sse_event *event, struct err *e);
};

/* max_event: bytes of one line and of one event's data; more is CHELA_LIMIT. After a failure only
 * sse_free may be called. */
void sse_init(struct sse *s, size_t max_event, void *ctx,
              enum chela_error (*on_event)(void *, const struct sse_event *, struct err *));
void sse_free(struct sse *s);
enum chela_error sse_feed(struct sse *s, str bytes, struct err *e);
enum chela_error sse_end(struct sse *s, struct err *e);

#endif
