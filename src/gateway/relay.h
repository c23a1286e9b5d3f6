/* A stream on its way through: what of it the client may have now, and what it says.
 *
 * Bytes pass untouched, whole events at a time, so that whatever happens the client is never left
 * in the middle of one. Until the first content nothing is given: what comes before it (roles,
 * comments) is held back, because until then another upstream can still take over. `data: [DONE]`
 * is not given either: whoever gives the stream to the client writes the end.
 *
 * Lines end with LF or CRLF. Pure: no I/O.
 */
#ifndef CHELA_GATEWAY_RELAY_H
#define CHELA_GATEWAY_RELAY_H

#include "base/buf.h"
#include "base/err.h"

enum {
    RELAY_EVENT = 16 << 20, /* bytes of one event */
    RELAY_HELD = 256 << 10, /* held back at most: then comments are dropped, the rest is given */
};

enum relay_verdict {
    RELAY_GO,    /* more is to come */
    RELAY_DONE,  /* [DONE] came, or the end of what was finished */
    RELAY_ERROR, /* an event that is an error and nothing else; relay.error says which */
    RELAY_TORN,  /* an event that is no JSON, in the middle of a stream */
    RELAY_FULL,  /* an event is too large, or memory is out */
};

struct skin;
struct skin_seen;

struct relay {
    /* The API of the events, when it is not chat: then the last event is given too, and RELAY_DONE
     * comes with it. */
    const struct skin *native;
    struct skin_seen *seen; /* of native */
    struct buf kept;        /* held back, or the beginning of an event */
    size_t given;           /* of kept, by the last call */
    size_t events_end;      /* of kept: whole events up to here */
    size_t open, looked;    /* of kept: no line ends between these two */
    bool content;           /* something that a second try would repeat */
    bool finished;          /* a finish_reason came … */
    bool finished_badly;    /* … and it was "error" */
    bool nulls;             /* its first events hold what complete_events blanks */
    unsigned data_events;   /* of the last call */
    struct buf usage;       /* the usage object's text; empty: none came */
    /* What the answer says it is; "": it does not. Cut when longer. */
    char id[80], model[80], finish[16];
    struct err error; /* of RELAY_ERROR; http_status is its code */
};

void relay_init(struct relay *r);
/* Before the first bytes: they are this API's. False: out of memory. */
bool relay_is_native(struct relay *r, const struct skin *skin);
void relay_free(struct relay *r);
/* *out: what the client may have, empty when nothing. It lives until relay_given, which must be
 * called before the next bytes are taken. */
enum relay_verdict relay_take(struct relay *r, str bytes, str *out);
void relay_given(struct relay *r);
/* The stream ended: an event without its blank line counts. RELAY_GO: it is not complete. */
enum relay_verdict relay_end(struct relay *r, str *out);

#endif
