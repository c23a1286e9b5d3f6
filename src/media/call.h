/* One HTTP request of a media command: where it goes, with which key and headers, and why.
 *
 * media_call_begin makes all of it but URL and body, which are the caller's; media_call_send puts
 * it on a wire, once: a submission that may have been accepted is never repeated (wire ruling 13).
 */
#ifndef CHELA_MEDIA_CALL_H
#define CHELA_MEDIA_CALL_H

#include "media/media.h"
#include "shape/explain.h"

struct media_call { /* not to be moved after media_call_begin */
    struct arena arena;
    struct config *config; /* borrowed */
    struct shape_ctx shape;
    struct header_list headers;
    struct record record;
    struct credential credential;
    str url, body;
    struct buf text; /* body's bytes */
};

/* speech: NULL for pictures and video; its base URL and its key go before the chat's. may_lack_key:
 * for explain, which shows a request also before there is a key. On failure *c is still to be
 * ended.
 */
struct speech_config;
enum chela_error media_call_begin(struct media_call *c, struct config *config,
                                  const struct model_ref *model, const struct speech_config *speech,
                                  bool may_lack_key, struct err *e);
enum { MEDIA_MAX_REQUEST = 128 << 20 }; /* five pictures of the largest size in base64 */
/* Takes the text over, as the body. */
enum chela_error media_call_body(struct media_call *c, struct buf *text, struct err *e);

enum media_wants { MEDIA_WANTS_ANY, MEDIA_WANTS_JSON, MEDIA_WANTS_BYTES };

struct media_exchange { /* what is wanted of an exchange; callbacks as in struct http_request */
    int64_t timeout_ms; /* of all of it */
    int64_t idle_ms;    /* without a byte; 0: timeout_ms */
    const atomic_bool *cancel;
    size_t max_body;
    enum media_wants wants; /* another kind of answer is a refusal */
    void *ctx;
    /* Of an answer with a 2xx status. on_head and on_tick may be NULL. */
    enum chela_error (*on_head)(void *ctx, const struct http_answer *head, struct err *e);
    enum chela_error (*on_body)(void *ctx, str piece, struct err *e);
    enum chela_error (*on_tick)(void *ctx, struct err *e);
};

/* POSTs c->body to c->url. An HTTP error status is the error that it means. */
enum chela_error media_call_send(struct media_call *c, const struct media_exchange *x,
                                 struct http_outcome *out, struct err *e);
void media_call_explain(const struct media_call *c, bool json, bool colour, struct buf *out);
void media_call_end(struct media_call *c); /* zeroed memory is fine */

/* ---- inside media/: one exchange on the wire, a refusal kept and read at its end ---- */
struct media_wire {
    const struct media_exchange *x;
    int refused; /* the status; 0: the answer is what was asked for */
    char type[128], request_id[96];
    char location[4096]; /* where a redirect leads; "" none, or longer than that */
    struct buf refusal;
};
/* Fills the request's timeouts, bounds and callbacks. */
void media_wire_begin(struct media_wire *w, const struct media_exchange *x, int64_t timeout_ms,
                      struct http_request *request);
/* After http_run gave rc: an HTTP error status is the error that it means. */
enum chela_error media_wire_end(struct media_wire *w, enum chela_error rc,
                                const struct http_outcome *out, struct err *e);

#endif
