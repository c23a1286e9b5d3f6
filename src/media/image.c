#include "media/image.h"

#include "base/clock.h"
#include "media/image_answer.h"
#include "media/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 180000, WORDS_SHOWN = 300 };
static const size_t max_answer = (size_t)1 << 30; /* it goes to the disk as it comes */

/* ---- the pictures of one answer, in drafts ---- */

struct drafts {
    const struct place *place;
    struct draft draft[IMAGE_ANSWER_MOST];
    unsigned count;
};

static enum chela_error begin_picture(void *ctx, unsigned *handle, struct err *e) {
    struct drafts *d = ctx;
    enum chela_error rc = place_draft(d->place, &d->draft[d->count], e);
    if (rc == CHELA_OK) *handle = d->count++;
    return rc;
}

static enum chela_error write_picture(void *ctx, unsigned handle, str bytes, struct err *e) {
    struct drafts *d = ctx;
    return draft_write(&d->draft[handle], bytes, e);
}

static void drop_picture(void *ctx, unsigned handle) {
    struct drafts *d = ctx;
    draft_drop(&d->draft[handle]);
}

static void drop_all(struct drafts *d) {
    for (unsigned i = 0; i < d->count; i++) draft_drop(&d->draft[i]);
}

/* ---- one exchange ---- */

struct exchange {
    const struct image_request *q;
    struct image_answer *answer;
    uint64_t received;
};

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    struct exchange *x = ctx;
    x->received += piece.n;
    return image_answer_feed(x->answer, piece, e);
}

static enum chela_error on_tick(void *ctx, struct err *e) {
    (void)e;
    struct exchange *x = ctx;
    if (x->q->on_progress) x->q->on_progress(x->q->ctx, x->received);
    return CHELA_OK;
}

static str string_at(struct doc *d, doc_node object, const char *key) {
    str text = { 0 };
    return doc_string(d, doc_get(d, object, str_c(key)), &text) ? str_trim(text) : (str){ 0 };
}

/* What stands in the answer beside pictures. */
static void keep_words(struct media_result *r, struct doc *d, doc_node choice) {
    struct arena *a = &r->arena;
    doc_node root = doc_root(d), usage = doc_get(d, root, S("usage"));
    r->generation_id = arena_dup(a, string_at(d, root, "id"));
    if (doc_type(d, usage) == DOC_OBJECT) r->usage = arena_dup(a, doc_raw(d, usage));
    str words = string_at(d, doc_get(d, choice, S("message")), "content");
    if (str_find(words, S("data:image/")) < 0) r->text = arena_dup(a, words);
}

static enum chela_error no_picture(struct media_result *r, struct doc *d, doc_node choice,
                                   unsigned broken, struct err *e) {
    str reason = string_at(d, choice, "finish_reason");
    str native = string_at(d, choice, "native_finish_reason");
    str refusal = string_at(d, doc_get(d, choice, S("message")), "refusal");
    str words = str_head(refusal.n ? refusal : r->text, WORDS_SHOWN);
    if (broken) return err_set(e, CHELA_PROTOCOL, "the answer's picture is not base64, or empty");
    if (str_eq(reason, S("content_filter"))) {
        err_set(e, CHELA_FILTERED, "the picture was withheld by a content filter (%.*s)%s%.*s",
                STR_ARG(native.n ? native : reason), words.n ? ": " : "", STR_ARG(words));
        return err_hint(e, CHELA_FILTERED, "say it differently, or ask another model");
    }
    err_set(e, CHELA_EMPTY, "the answer holds no picture%s%.*s%s",
            words.n ? "; the model said: \"" : "", STR_ARG(words), words.n ? "\"" : "");
    return err_hint(e, CHELA_EMPTY,
                    "does the model make pictures? `chela infer image providers` names some");
}

static enum chela_error read_rest(struct exchange *x, struct media_result *r, size_t pictures,
                                  struct err *e) {
    struct doc *d = NULL;
    str rest = image_answer_rest(x->answer);
    if (!rest.n || doc_parse(&d, rest, DOC_JSON, NULL, NULL) != CHELA_OK) d = NULL;
    if (!d) return pictures ? CHELA_OK : err_set(e, CHELA_EMPTY, "the answer holds no picture");
    doc_node error = doc_get(d, doc_root(d), S("error"));
    doc_node choice = doc_at(d, doc_get(d, doc_root(d), S("choices")), 0);
    enum chela_error rc = CHELA_OK;
    if (pictures || doc_type(d, error) <= DOC_NULL) keep_words(r, d, choice);
    if (!pictures)
        rc = doc_type(d, error) > DOC_NULL
                 ? chat_error_object(d, error, e)
                 : no_picture(r, d, choice, image_answer_broken(x->answer), e);
    doc_free(d);
    return rc;
}

static void notice(const struct image_request *q, const char *line) {
    if (q->on_notice) q->on_notice(q->ctx, line);
}

static enum chela_error put_in_place(const struct image_request *q, struct drafts *drafts,
                                     const unsigned *handles, size_t count, struct media_result *r,
                                     struct err *e) {
    for (size_t i = 0; i < count; i++) {
        struct media_file *f = &r->file[r->files];
        enum chela_error rc =
            place_commit(drafts->place, &drafts->draft[handles[i]], S("application/octet-stream"),
                         i + 1, count, f, &r->arena, e);
        if (rc != CHELA_OK) return rc;
        r->files++;
        if (!str_starts(f->mime, S("image/")))
            notice(q, "the bytes are no picture that chela knows; they are kept as they came");
    }
    return CHELA_OK;
}

/* Many models make one, whatever they are asked for. */
static void say_too_few(const struct image_request *q, size_t count) {
    int64_t wanted = q->has_count ? q->count : 1;
    char line[80];
    if (wanted > IMAGE_MAX_COUNT) wanted = IMAGE_MAX_COUNT;
    if ((int64_t)count >= wanted) return;
    snprintf(line, sizeof line, "the model made %zu picture%s of %lld", count,
             count == 1 ? "" : "s", (long long)wanted);
    notice(q, line);
}

static enum chela_error exchange(const struct image_request *q, struct media_call *call,
                                 const struct place *place, int64_t timeout_ms,
                                 struct media_result *r, struct http_outcome *out, struct err *e) {
    struct drafts *drafts = calloc(1, sizeof *drafts);
    struct exchange x = { .q = q };
    if (!drafts) return err_set(e, CHELA_NOMEM, "out of memory");
    drafts->place = place;
    const struct image_sink sink = { drafts, begin_picture, write_picture, drop_picture };
    x.answer = image_answer_new(&sink);
    const struct media_exchange how = { .timeout_ms = timeout_ms,
                                        .cancel = q->cancel,
                                        .max_body = max_answer,
                                        .wants = MEDIA_WANTS_JSON,
                                        .ctx = &x,
                                        .on_body = on_body,
                                        .on_tick = on_tick };
    enum chela_error rc =
        x.answer ? media_call_send(call, &how, out, e) : err_set(e, CHELA_NOMEM, "out of memory");
    if (rc == CHELA_OK) rc = image_answer_end(x.answer, e);
    if (rc == CHELA_OK) {
        unsigned handles[IMAGE_ANSWER_MOST];
        size_t count = image_answer_pictures(x.answer, handles);
        rc = read_rest(&x, r, count, e);
        if (rc == CHELA_OK) rc = put_in_place(q, drafts, handles, count, r, e);
        if (rc == CHELA_OK && image_answer_broken(x.answer))
            notice(q, "one picture of the answer was not base64, and is not among these");
        if (rc == CHELA_OK) say_too_few(q, count);
    }
    image_answer_free(x.answer);
    drop_all(drafts);
    free(drafts);
    return rc;
}

/* ---- all of it ---- */

static enum chela_error load_inputs(const struct image_request *q,
                                    const struct picture_rules *rules, struct picture_input *inputs,
                                    struct arena *a, struct err *e) {
    if (q->input_count > IMAGE_MAX_INPUTS) {
        err_set(e, CHELA_USAGE, "%zu pictures, where at most %d are taken", q->input_count,
                IMAGE_MAX_INPUTS);
        return err_hint(e, CHELA_USAGE, "leave some out");
    }
    enum chela_error rc = CHELA_OK;
    for (size_t i = 0; i < q->input_count && rc == CHELA_OK; i++)
        rc = picture_input_load(&inputs[i], q->inputs[i], rules, a, e);
    return rc;
}

static enum chela_error prepare(const struct image_request *q, struct config *c,
                                const struct model_ref *model, const struct picture_input *inputs,
                                bool may_lack_key, struct media_call *call, struct media_result *r,
                                struct err *e) {
    r->model = model->id;
    enum chela_error rc = media_call_begin(call, c, model, NULL, may_lack_key, e);
    if (rc != CHELA_OK) return rc;
    call->url = route_url(&call->shape.route, S("chat/completions"), &call->arena);
    return image_body(q, inputs, call, r, e);
}

/* Only where the service said no, or nothing was sent: a second model costs a second time. */
static bool next_may_try(enum chela_error rc, const struct http_outcome *out) {
    switch (rc) {
    case CHELA_REQUEST:
    case CHELA_FILTERED:
    case CHELA_NOT_FOUND:
    case CHELA_FORBIDDEN:
    case CHELA_LIMIT:
    case CHELA_RATE_LIMITED:
    case CHELA_UPSTREAM:
    case CHELA_EMPTY: return out->status != 0;
    case CHELA_UNAVAILABLE: return !out->request_sent;
    default: return false;
    }
}

static void say_falling_back(const struct image_request *q, const struct err *e, str next) {
    char line[1200];
    snprintf(line, sizeof line, "%s; trying %.*s", e->message, STR_ARG(next));
    notice(q, line);
}

static enum chela_error try_models(const struct image_request *q, struct config *c,
                                   const struct media_models *models,
                                   const struct picture_input *inputs, const struct place *place,
                                   struct media_result *r, struct err *e) {
    int64_t ms = q->timeout_ms ? q->timeout_ms : models->timeout_ms;
    for (size_t i = 0;; i++) {
        struct media_call call = { 0 };
        struct http_outcome out = { 0 };
        int64_t start = clock_ms();
        *e = (struct err)ERR_INIT;
        enum chela_error rc = prepare(q, c, &models->list[i], inputs, false, &call, r, e);
        if (rc == CHELA_OK) rc = exchange(q, &call, place, ms > 0 ? ms : TIMEOUT_MS, r, &out, e);
        media_call_end(&call);
        media_attempt_add(r, models->list[i].id, out.status, clock_ms() - start, rc, e);
        if (rc == CHELA_TIMEOUT && !e->hint[0])
            err_hint(e, rc, "--timeout-ms or %s.timeoutMs gives it longer",
                     "agents.defaults.imageGenerationModel");
        if (rc == CHELA_OK || i + 1 == models->count || !next_may_try(rc, &out)) return rc;
        say_falling_back(q, e, models->list[i + 1].id);
    }
}

enum chela_error image_run(const struct image_request *q, struct config *c, struct media_result *r,
                           struct err *e) {
    struct picture_input inputs[IMAGE_MAX_INPUTS];
    struct media_models models;
    struct place place;
    media_result_init(r, q->capability);
    if (!str_trim(q->prompt).n) return err_set(e, CHELA_USAGE, "the prompt is empty");
    enum chela_error rc = media_models(&models, c, MEDIA_IMAGE, q->model, &r->arena, e);
    if (rc == CHELA_OK) r->model = models.list[0].id;
    if (rc == CHELA_OK) rc = load_inputs(q, q->rules, inputs, &r->arena, e);
    if (rc == CHELA_OK) rc = place_find(&place, c, q->output, "image", e);
    return rc == CHELA_OK ? try_models(q, c, &models, inputs, &place, r, e) : rc;
}

enum chela_error image_explain(const struct image_request *q, struct config *c, bool json,
                               bool colour, struct buf *out, struct err *e) {
    struct picture_input inputs[IMAGE_MAX_INPUTS];
    struct picture_rules rules = *q->rules;
    struct media_models models;
    struct media_call call = { 0 };
    struct media_result r;
    media_result_init(&r, q->capability);
    rules.no_network = true;
    enum chela_error rc = media_models(&models, c, MEDIA_IMAGE, q->model, &r.arena, e);
    if (rc == CHELA_OK) rc = load_inputs(q, &rules, inputs, &r.arena, e);
    if (rc == CHELA_OK) rc = prepare(q, c, &models.list[0], inputs, true, &call, &r, e);
    if (rc == CHELA_OK) media_call_explain(&call, json, colour, out);
    media_call_end(&call);
    media_result_free(&r);
    return rc;
}
