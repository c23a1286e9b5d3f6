#include "media/speech.h"

#include "base/clock.h"
#include "base/mime.h"
#include "base/utf8.h"
#include "doc/json_write.h"
#include "media/place.h"
#include "media/wav.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const size_t max_answer = 256u << 20;

struct exchange {
    const struct speech_request *q;
    struct draft draft;
    uint64_t received;
    char first[32]; /* bytes of the answer */
};

/* What will be sent, decided. */
struct plan {
    struct speech_config set;
    struct model_ref model;
    str voice, format;
    double speed;
};

enum chela_error speech_check_length(str text, int64_t most, struct err *e) {
    int64_t characters = (int64_t)utf8_length(text);
    if (characters <= most) return CHELA_OK;
    err_set(e, CHELA_LIMIT,
            "the text is too long to be spoken: %lld characters, where %lld are the most",
            (long long)characters, (long long)most);
    return err_hint(e, CHELA_LIMIT, "messages.tts.maxTextLength sets the limit");
}

static enum chela_error make_plan(struct plan *p, const struct speech_request *q, struct config *c,
                                  struct arena *a, struct err *e) {
    if (!str_trim(q->text).n) return err_set(e, CHELA_USAGE, "the text is empty");
    enum chela_error rc = speech_config(&p->set, c, q->agent, a, e);
    if (rc != CHELA_OK) return rc;
    p->voice = q->voice.n ? q->voice : p->set.voice;
    if (q->format.n) p->set.format = speech_lower(a, q->format);
    p->format = p->set.format;
    p->speed = q->speed > 0 ? q->speed : p->set.speed;
    rc = speech_check_format(p->format, q->format.n ? CHELA_USAGE : CHELA_CONFIG, e);
    if (rc == CHELA_OK) rc = speech_check_length(q->text, p->set.max_text, e);
    if (rc == CHELA_OK)
        rc = model_ref_parse(&p->model, q->model.n ? q->model : p->set.model, c, a, e);
    return rc;
}

static enum chela_error make_call(struct media_call *call, const struct plan *p,
                                  const struct speech_request *q, struct config *c,
                                  bool may_lack_key, struct err *e) {
    enum chela_error rc = media_call_begin(call, c, &p->model, &p->set, may_lack_key, e);
    if (rc != CHELA_OK) return rc;
    headers_set(&call->headers, S("Accept"), S("*/*")); /* the answer is sound */
    call->url = route_url(&call->shape.route, S("audio/speech"), &call->arena);
    struct buf text = BUF_INIT(MEDIA_MAX_REQUEST);
    struct json_writer w = JSON_WRITER(&text);
    json_object(&w);
    json_kstring(&w, "model", p->model.id);
    json_kstring(&w, "input", q->text);
    json_kstring(&w, "voice", p->voice);
    json_kstring(&w, "response_format", p->format); /* OpenRouter's own default is pcm */
    if (p->speed != 0) {
        json_key(&w, S("speed"));
        json_double(&w, p->speed);
    }
    if (p->set.provider.n) {
        json_key(&w, S("provider"));
        json_raw(&w, p->set.provider);
    }
    json_object_end(&w);
    return media_call_body(call, &text, e);
}

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    struct exchange *x = ctx;
    for (size_t i = 0; i < piece.n && x->received + i < sizeof x->first; i++)
        x->first[x->received + i] = piece.p[i];
    x->received += piece.n;
    return draft_write(&x->draft, piece, e);
}

static enum chela_error on_tick(void *ctx, struct err *e) {
    (void)e;
    struct exchange *x = ctx;
    if (x->q->on_progress) x->q->on_progress(x->q->ctx, x->received);
    return CHELA_OK;
}

/* JSON or a page. Samples may begin with any byte, but not with so many letters. */
static bool is_text(const struct exchange *x) {
    size_t n = x->received < sizeof x->first ? (size_t)x->received : sizeof x->first;
    str text = str_trim((str){ x->first, n });
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' && !ascii_space(text.p[i])) return false;
    return utf8_valid(str_head(text, text.n - utf8_partial_tail(text))) &&
           (str_starts(text, S("{")) || str_starts(text, S("<")) || str_starts(text, S("[")));
}

static enum chela_error judge(const struct exchange *x, struct err *e) {
    if (!x->received) return err_set(e, CHELA_EMPTY, "the answer holds no sound: it is empty");
    if (is_text(x)) return err_set(e, CHELA_PROTOCOL, "the answer is text, not sound");
    return CHELA_OK;
}

/* Over the room that was left for it. */
static enum chela_error finish_wav(struct exchange *x, struct err *e) {
    char head[WAV_HEAD];
    wav_head(head, (uint32_t)(x->received & ~(uint64_t)1)); /* whole samples */
    if (pwrite(x->draft.fd, head, sizeof head, 0) == (ssize_t)sizeof head) return CHELA_OK;
    return err_set(e, CHELA_IO, "%s: %s", x->draft.path, strerror(errno));
}

static enum chela_error exchange(struct exchange *x, struct media_call *call, const struct plan *p,
                                 const struct place *place, struct media_result *r, struct err *e) {
    struct http_outcome out = { 0 };
    int64_t start = clock_ms();
    bool pcm = str_eq(p->format, S("pcm"));
    bool wav = pcm && !str_ieq(str_c(place->extension), S("pcm"));
    static const char room[WAV_HEAD];
    const struct media_exchange how = {
        .timeout_ms = x->q->timeout_ms ? x->q->timeout_ms : p->set.timeout_ms,
        .cancel = x->q->cancel,
        .max_body = max_answer,
        .wants = MEDIA_WANTS_BYTES,
        .ctx = x,
        .on_body = on_body,
        .on_tick = on_tick,
    };
    enum chela_error rc = place_draft(place, &x->draft, e);
    if (rc == CHELA_OK && wav) rc = draft_write(&x->draft, (str){ room, sizeof room }, e);
    if (rc == CHELA_OK) rc = media_call_send(call, &how, &out, e);
    if (rc == CHELA_OK) rc = judge(x, e);
    if (rc == CHELA_OK && wav) rc = finish_wav(x, e);
    if (rc == CHELA_OK) {
        str claimed = wav ? S("audio/wav") : pcm ? S("audio/pcm") : S("audio/mpeg");
        rc = place_commit(place, &x->draft, claimed, 1, 1, &r->file[0], &r->arena, e);
        r->files = rc == CHELA_OK;
        /* What came may be another thing than what was asked for. */
        bool as_asked = str_eq(r->file[0].mime, claimed);
        r->file[0].format = !as_asked ? mime_extension(r->file[0].mime)
                            : wav     ? S("wav")
                            : pcm     ? S("pcm")
                                      : S("mp3");
    }
    draft_drop(&x->draft);
    if (rc == CHELA_TIMEOUT && !e->hint[0])
        err_hint(e, rc, "--timeout-ms or messages.tts.timeoutMs gives it longer");
    media_attempt_add(r, p->model.id, out.status, clock_ms() - start, rc, e);
    return rc;
}

enum chela_error speech_run(const struct speech_request *q, struct config *c,
                            struct media_result *r, struct err *e) {
    struct plan p = { .speed = 0 };
    struct place place;
    struct media_call call = { 0 };
    struct exchange x = { .q = q, .draft = DRAFT_NONE };
    media_result_init(r, "tts.convert");
    enum chela_error rc = make_plan(&p, q, c, &r->arena, e);
    if (rc == CHELA_OK) {
        r->model = p.model.id;
        rc = place_find(&place, c, q->output, q->kind ? q->kind : "speech", e);
    }
    if (rc == CHELA_OK) rc = make_call(&call, &p, q, c, false, e);
    if (rc == CHELA_OK) rc = exchange(&x, &call, &p, &place, r, e);
    media_call_end(&call);
    return rc;
}

enum chela_error speech_explain(const struct speech_request *q, struct config *c, bool json,
                                bool colour, struct buf *out, struct err *e) {
    struct plan p = { .speed = 0 };
    struct arena a;
    struct media_call call = { 0 };
    arena_init(&a, 1 << 20);
    enum chela_error rc = make_plan(&p, q, c, &a, e);
    if (rc == CHELA_OK) rc = make_call(&call, &p, q, c, true, e);
    if (rc == CHELA_OK) media_call_explain(&call, json, colour, out);
    media_call_end(&call);
    arena_free(&a);
    return rc;
}
