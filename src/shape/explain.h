/* A request that was built and not sent, shown: what goes out, and what each rule had to do with
 * it. The same for chat and for media, so that every `chela explain` reads alike. */
#ifndef CHELA_SHAPE_EXPLAIN_H
#define CHELA_SHAPE_EXPLAIN_H

#include "shape/shape.h"

struct explained { /* all of it borrowed */
    str method, url;
    str body; /* JSON text; "" when the request has none */
    const struct header_list *headers;
    const struct record *record;
    const struct route *route;
    const struct credential *credential;
};

/* {"method","url","headers":{…},"body":…,"route":{"origin","source","verified","exact","why"},
 *  "key":{"source","masked"},"changes":[{"rule","kind","where","value","reason","anchor"}]}
 * where body is the exact text that would be sent, or null; keys masked. */
void explain_json(const struct explained *x, struct buf *out);
void explain_text(const struct explained *x, bool colour, struct buf *out);

#endif
