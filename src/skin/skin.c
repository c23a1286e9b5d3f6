#include "skin/skin.h"

#include "net/sse.h"
#include "skin/messages.h"
#include "skin/responses.h"

#include <stdlib.h>

enum { EVENT_MAX = 16 << 20 };

const struct skin skin_messages = {
    .name = "messages",
    .request = messages_request,
    .unseal = messages_unseal,
    .whole = messages_whole,
    .stream = &messages_events,
    .finish = messages_finish,
    .error = messages_error,
    .broken = messages_broken,
    .heartbeat = "event: ping\ndata: {\"type\":\"ping\"}\n\n",
};

const struct skin skin_responses = {
    .name = "responses",
    .request = responses_request,
    .echo = responses_echo,
    .unseal = responses_unseal,
    .whole = responses_whole,
    .stream = &responses_events,
    .stream_keeps = true,
    .finish = responses_finish,
    .broken = responses_broken,
    .heartbeat = ": chela\n\n",
};

static enum chela_error too_large(struct err *e) {
    return err_set(e, CHELA_LIMIT, "the answer is too large to be translated");
}

/* ---- whole answers ---- */

static enum chela_error answer(const struct skin *skin, struct saying *t, str json, struct buf *out,
                               struct err *e) {
    t->keeps = true;
    enum chela_error code = saying_take(t, json, e);
    if (code == CHELA_OK) code = saying_end(t, e);
    if (code != CHELA_OK) return code;
    skin->whole(t, out);
    return out->failed ? too_large(e) : CHELA_OK;
}

enum chela_error skin_answer(const struct skin *skin, str json, const struct skin_facts *facts,
                             struct buf *out, struct err *e) {
    struct saying *t = saying_new(facts);
    if (!t) return err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error code = answer(skin, t, json, out, e);
    saying_free(t);
    return code;
}

/* ---- streams ---- */

struct skin_stream {
    const struct skin *skin;
    struct saying *saying;
    struct sse sse;
    bool over;
};

static enum chela_error on_event(void *ctx, const struct sse_event *event, struct err *e) {
    struct skin_stream *s = ctx;
    str data = str_trim(event->data);
    if (s->over || !data.n || str_eq(data, S("[DONE]"))) return CHELA_OK;
    return saying_take(s->saying, data, e);
}

struct skin_stream *skin_stream_new(const struct skin *skin, const struct skin_facts *facts) {
    struct skin_stream *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->skin = skin;
    s->saying = saying_new(facts);
    if (!s->saying) {
        free(s);
        return NULL;
    }
    s->saying->writer = skin->stream;
    s->saying->keeps = skin->stream_keeps;
    sse_init(&s->sse, EVENT_MAX, s, on_event);
    return s;
}

void skin_stream_free(struct skin_stream *s) {
    if (!s) return;
    sse_free(&s->sse);
    saying_free(s->saying);
    free(s);
}

enum chela_error skin_stream_take(struct skin_stream *s, str bytes, struct buf *out,
                                  struct err *e) {
    s->saying->out = out;
    enum chela_error code = sse_feed(&s->sse, bytes, e);
    if (code == CHELA_OK && out->failed) code = too_large(e);
    s->over = s->over || code != CHELA_OK;
    return code;
}

enum chela_error skin_stream_whole(struct skin_stream *s, str json, struct buf *out,
                                   struct err *e) {
    s->saying->out = out;
    return saying_take(s->saying, json, e);
}

enum chela_error skin_stream_end(struct skin_stream *s, str metadata, struct buf *out,
                                 struct err *e) {
    s->saying->out = out;
    buf_add(&s->saying->metadata, metadata);
    enum chela_error code = s->over ? CHELA_OK : sse_end(&s->sse, e);
    if (code == CHELA_OK && !s->over) code = saying_end(s->saying, e);
    if (code == CHELA_OK && !s->over) s->skin->finish(s->saying);
    s->over = true;
    return code == CHELA_OK && out->failed ? too_large(e) : code;
}

void skin_stream_resume(struct skin_stream *s, str id, int64_t number) {
    buf_clear(&s->saying->id);
    buf_add(&s->saying->id, id);
    s->saying->started = true;
    s->saying->events = number;
}

void skin_stream_fail(struct skin_stream *s, const struct skin_failure *f, struct buf *out) {
    s->saying->out = out;
    s->skin->broken(s->saying, f);
    s->over = true;
}
