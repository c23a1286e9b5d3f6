/* What chat_begin made, as shape/ shows requests. */
#include "chat/chat.h"

#include "shape/explain.h"

static struct explained request_of(const struct chat *c) {
    return (struct explained){ .method = S("POST"),
                               .url = c->url,
                               .body = c->body,
                               .headers = &c->headers,
                               .record = &c->record,
                               .route = &c->shape.route,
                               .credential = &c->credential };
}

void chat_explain_json(const struct chat *c, struct buf *out) {
    const struct explained x = request_of(c);
    explain_json(&x, out);
}

void chat_explain_text(const struct chat *c, bool colour, struct buf *out) {
    const struct explained x = request_of(c);
    explain_text(&x, colour, out);
}
