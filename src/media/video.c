#include "media/video.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mime.h"
#include "base/suggest.h"
#include "media/place.h"
#include "media/video_offer.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { TIMEOUT_MS = 600000, SUBMIT_MS = 60000 };
static const size_t max_account = 1u << 20;

static void notice(const struct video_events *v, const char *line) {
    if (v && v->on_notice) v->on_notice(v->ctx, line);
}

static int64_t left_until(int64_t end_ms) {
    int64_t left = end_ms - clock_ms();
    return left > 1 ? left : 1;
}

/* ---- submitting ---- */

struct submission {
    struct video_wait *w;
    struct buf body;
};

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    struct submission *s = ctx;
    return buf_add(&s->body, piece) ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}

static enum chela_error on_tick(void *ctx, struct err *e) {
    (void)e;
    video_tell(((struct submission *)ctx)->w, 0, 0);
    return CHELA_OK;
}

/* What a failed submission leaves behind. */
static void note_failure(struct video_wait *w, const struct http_outcome *out, bool answered,
                         const struct err *e) {
    struct video_job *j = w->job;
    bool says_no = answered && j->error.n;
    bool is_page = !answered && out->status && e->code == CHELA_PROTOCOL; /* some proxy's */
    j->error = arena_dup(&w->result->arena, str_c(e->message));
    /* An answer that cannot be read, or names neither job nor error, may be that of one who took
     * it. */
    if (says_no || is_page || out->status >= 300)
        j->state = S("refused");
    else if (!out->request_sent)
        j->state = S("unsent");
    (void)video_job_save(w->store, j, NULL); /* the failure itself is what is told */
}

static enum chela_error nobody_knows(const struct video_job *j, enum chela_error rc,
                                     struct err *e) {
    return err_hint(
        e, rc,
        "nobody can know whether the service took the job, and charges for it; look at "
        "https://openrouter.ai/activity, then: chela infer video resume %.*s --resubmit",
        STR_ARG(j->id));
}

static enum chela_error read_answer(struct video_wait *w, str json, struct err *e) {
    struct video_job *j = w->job;
    j->remote_id = j->polling_url = j->download_url = (str){ 0 };
    enum chela_error rc = video_read_job(w, json, e);
    if (rc != CHELA_OK) return rc;
    if (j->remote_id.n && j->polling_url.n) {
        if (str_eq(j->state, S("submitting"))) j->state = S("pending");
        return CHELA_OK;
    }
    j->state = S("submitting"); /* whatever it said of a job that it does not name */
    return err_set(e, CHELA_PROTOCOL, "the answer to the submission names no job%s%.*s",
                   j->error.n ? ": " : "", STR_ARG(j->error));
}

/* The service has no such model: is there one of nearly that name? */
static void suggest_model(const struct video_wait *w, struct err *e) {
    struct video_models listed;
    struct suggest near;
    str id = w->job->model;
    if (e->code != CHELA_NOT_FOUND && e->code != CHELA_REQUEST) return;
    if (video_offer_list(&listed, w->call, left_until(w->end_ms), w->cancel, NULL) != CHELA_OK ||
        !listed.count || video_models_find(&listed, id))
        return;
    suggest_init(&near, id);
    for (size_t i = 0; i < listed.count; i++) suggest_offer(&near, listed.list[i].id);
    if (near.best.n)
        err_hint(e, e->code, "did you mean openrouter/%.*s?", STR_ARG(near.best));
    else
        err_hint(e, e->code, "`chela infer video providers` lists the models");
}

/* w->call is complete. "submitting" is in the store before the first byte leaves. */
static enum chela_error submit(struct video_wait *w, struct err *e) {
    struct video_job *j = w->job;
    struct submission s = { .w = w, .body = BUF_INIT(max_account) };
    struct http_outcome out = { .retry_after = -1 };
    int64_t start = clock_ms(), left = w->end_ms - start;
    const struct media_exchange x = { .timeout_ms = left < SUBMIT_MS ? left : SUBMIT_MS,
                                      .cancel = w->cancel,
                                      .max_body = max_account,
                                      .wants = MEDIA_WANTS_JSON,
                                      .ctx = &s,
                                      .on_body = on_body,
                                      .on_tick = on_tick };
    j->state = S("submitting");
    j->accepted_ms = j->took_ms = 0;
    j->base_url = w->call->shape.route.base_url;
    j->error = (str){ 0 };
    enum chela_error rc = video_job_save(w->store, j, e);
    if (rc != CHELA_OK) return rc;
    rc = media_call_send(w->call, &x, &out, e);
    bool answered = rc == CHELA_OK;
    if (answered) rc = read_answer(w, buf_str(&s.body), e);
    buf_free(&s.body);
    media_attempt_add(w->result, j->model, out.status, clock_ms() - start, rc, e);
    if (rc == CHELA_OK) {
        j->accepted_ms = clock_unix_ms();
        return video_job_save(w->store, j, e);
    }
    note_failure(w, &out, answered, e);
    suggest_model(w, e);
    return str_eq(j->state, S("submitting")) ? nobody_knows(j, rc, e) : rc;
}

/* ---- generate ---- */

/* limit_ms 0: it is only explained. Nothing is sent then, and a key is not needed. */
static enum chela_error prepare(const struct video_request *q, struct config *c,
                                const struct model_ref *model, const struct picture_input *inputs,
                                int64_t limit_ms, struct media_call *call, struct media_result *r,
                                struct err *e) {
    r->model = model->id;
    enum chela_error rc = media_call_begin(call, c, model, NULL, limit_ms == 0, e);
    if (rc != CHELA_OK) return rc;
    call->url = route_url(&call->shape.route, S("videos"), &call->arena);
    return video_body(q, inputs, limit_ms, call, r, e);
}

static void show_job(struct media_result *r, const struct video_job *j) {
    struct buf text = BUF_INIT(1u << 20);
    struct json_writer w = JSON_WRITER(&text);
    video_job_json(j, &w);
    r->job = arena_dup(&r->arena, buf_str(&text));
    r->usage = j->usage;
    buf_free(&text);
}

static enum chela_error keep_job(struct store *s, struct video_job *j,
                                 const struct media_call *call, bool first, struct err *e) {
    j->state = S("new");
    j->model = call->shape.model.id;
    j->body = call->body;
    j->base_url = call->shape.route.base_url;
    if (first) return video_job_insert(s, j, e);
    enum chela_error rc = video_job_set_body(s, j, e);
    return rc == CHELA_OK ? video_job_save(s, j, e) : rc;
}

/* Refused, and by a reason that another model may not share. */
static bool next_may_try(const struct video_job *j, enum chela_error rc) {
    bool same_for_all = rc == CHELA_KEY_REFUSED || rc == CHELA_PAYMENT || rc == CHELA_CANCELLED;
    return str_eq(j->state, S("refused")) && !same_for_all;
}

static enum chela_error try_models(const struct video_request *q, struct config *c, struct store *s,
                                   const struct media_models *models,
                                   const struct picture_input *inputs, struct video_job *job,
                                   struct media_result *r, struct err *e) {
    int64_t ms = q->timeout_ms ? q->timeout_ms : models->timeout_ms;
    int64_t end = clock_ms() + (ms > 0 ? ms : TIMEOUT_MS);
    for (size_t i = 0;; i++) {
        struct media_call call = { 0 };
        struct video_wait w = { .config = c,
                                .store = s,
                                .call = &call,
                                .job = job,
                                .result = r,
                                .end_ms = end,
                                .cancel = q->cancel,
                                .events = q->events };
        *e = (struct err)ERR_INIT;
        enum chela_error rc = prepare(q, c, &models->list[i], inputs, left_until(end), &call, r, e);
        if (rc == CHELA_OK) rc = keep_job(s, job, &call, i == 0, e);
        if (rc == CHELA_OK) rc = submit(&w, e);
        bool accepted = rc == CHELA_OK;
        if (accepted && !q->detach) rc = video_wait_and_save(&w, false, e);
        if (job->created_ms) show_job(r, job);
        job->base_url = arena_dup(&r->arena, job->base_url); /* it outlives the call */
        media_call_end(&call);
        if (accepted || i + 1 == models->count || !next_may_try(job, rc)) return rc;
        notice(q->events, e->message);
    }
}

static enum chela_error make_job(const struct video_request *q, struct config *c,
                                 struct video_job *job, struct arena *a, struct err *e) {
    struct place place;
    char path[PATH_MAX];
    enum chela_error rc = place_find(&place, c, q->output, "video", e);
    if (rc != CHELA_OK) return rc;
    int n = snprintf(path, sizeof path, "%s/%s%s%s", place.folder, place.stem,
                     place.extension[0] ? "." : "", place.extension);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(e, CHELA_IO, "%s: the path is too long", place.folder);
    *job = (struct video_job){ .prompt = q->prompt, .output = arena_dup(a, str_c(path)) };
    place_name(place.stem, "video");
    job->id = arena_dup(a, str_c(place.stem));
    return CHELA_OK;
}

enum chela_error video_run(const struct video_request *q, struct config *c, struct store *s,
                           struct media_result *r, struct err *e) {
    struct picture_input inputs[VIDEO_MAX_INPUTS];
    struct media_models models;
    struct video_job job = { .created_ms = 0 };
    struct file_lock lock = FILE_LOCK_INIT;
    media_result_init(r, "video.generate");
    if (!str_trim(q->prompt).n) return err_set(e, CHELA_USAGE, "the prompt is empty");
    enum chela_error rc = media_models(&models, c, MEDIA_VIDEO, q->model, &r->arena, e);
    if (rc == CHELA_OK) r->model = models.list[0].id;
    if (rc == CHELA_OK) rc = video_load_sources(q, q->rules, inputs, &r->arena, e);
    if (rc == CHELA_OK) rc = make_job(q, c, &job, &r->arena, e);
    if (rc == CHELA_OK) rc = video_job_lock(&lock, c, job.id, e);
    if (rc == CHELA_OK) rc = try_models(q, c, s, &models, inputs, &job, r, e);
    file_unlock(&lock);
    return rc;
}

enum chela_error video_explain(const struct video_request *q, struct config *c, bool json,
                               bool colour, struct buf *out, struct err *e) {
    struct picture_input inputs[VIDEO_MAX_INPUTS];
    struct media_models models;
    struct media_call call = { 0 };
    struct media_result r;
    media_result_init(&r, "video.generate");
    enum chela_error rc = media_models(&models, c, MEDIA_VIDEO, q->model, &r.arena, e);
    if (rc == CHELA_OK) rc = video_load_sources(q, q->rules, inputs, &r.arena, e);
    if (rc == CHELA_OK) rc = prepare(q, c, &models.list[0], inputs, 0, &call, &r, e);
    if (rc == CHELA_OK) media_call_explain(&call, json, colour, out);
    media_call_end(&call);
    media_result_free(&r);
    return rc;
}

/* ---- resume ---- */

static bool is_state(const struct video_job *j, const char *name) {
    return str_eq(j->state, str_c(name));
}

/* Saved, and still there. */
static bool is_at_hand(const struct video_job *j, struct media_result *r) {
    struct stat st;
    if (!is_state(j, "saved") || !j->file.n || stat(j->file.p, &st) != 0) return false;
    r->file[0] = (struct media_file){ .path = j->file,
                                      .mime = mime_of_name(j->file),
                                      .size = (uint64_t)st.st_size };
    r->files = 1;
    return true;
}

static enum chela_error may_submit(const struct video_job *j, bool resubmit, struct err *e) {
    if (resubmit || is_state(j, "new") || is_state(j, "unsent")) return CHELA_OK;
    if (is_state(j, "submitting")) {
        err_set(e, CHELA_INPUT, "the submission of %.*s was under way when its process ended",
                STR_ARG(j->id));
        return nobody_knows(j, CHELA_INPUT, e);
    }
    err_set(e, CHELA_INPUT, "the job %.*s is over: %.*s%s%.*s", STR_ARG(j->id), STR_ARG(j->state),
            j->error.n ? ": " : "", STR_ARG(j->error));
    return err_hint(e, CHELA_INPUT, "--resubmit submits it again, which is paid for again");
}

static bool was_submitted(const struct video_job *j) {
    return j->remote_id.n && (video_job_is_open(j) || is_state(j, "saved")) &&
           !is_state(j, "submitting") && !is_state(j, "new") && !is_state(j, "unsent");
}

static enum chela_error submit_stored(struct video_wait *w, bool resubmit, struct err *e) {
    enum chela_error rc = may_submit(w->job, resubmit, e);
    if (rc != CHELA_OK) return rc;
    struct buf body = BUF_INIT(MEDIA_MAX_REQUEST);
    buf_add(&body, w->job->body);
    w->call->url = route_url(&w->call->shape.route, S("videos"), &w->call->arena);
    rc = media_call_body(w->call, &body, e);
    return rc == CHELA_OK ? submit(w, e) : rc;
}

static enum chela_error go_on(struct video_wait *w, const struct video_resume *q, struct err *e) {
    struct video_job *j = w->job;
    bool again = q->resubmit && !(was_submitted(j) && video_job_is_open(j));
    if (was_submitted(j) && !again) {
        if (is_state(j, "saved")) j->state = S("completed"); /* its file has gone */
    } else {
        if (q->look) return CHELA_OK;
        enum chela_error rc = submit_stored(w, q->resubmit, e);
        if (rc != CHELA_OK) return rc;
    }
    return video_wait_and_save(w, q->look, e);
}

enum chela_error video_resume(const struct video_resume *q, struct config *c, struct store *s,
                              struct media_result *r, struct err *e) {
    struct video_job job = { .created_ms = 0 };
    struct file_lock lock = FILE_LOCK_INIT;
    struct model_ref model;
    struct media_call call = { 0 };
    struct video_wait w = { .config = c,
                            .store = s,
                            .call = &call,
                            .job = &job,
                            .result = r,
                            .end_ms = clock_ms() + (q->timeout_ms ? q->timeout_ms : TIMEOUT_MS),
                            .cancel = q->cancel,
                            .events = q->events };
    media_result_init(r, q->look ? "video.status" : "video.resume");
    enum chela_error rc = video_job_load(&job, s, q->id, &r->arena, e);
    if (rc != CHELA_OK) return rc;
    rc = video_job_lock(&lock, c, job.id, e);
    bool taken = rc == CHELA_TIMEOUT && q->look; /* who works on it keeps the row up to date */
    if (taken && e) *e = (struct err)ERR_INIT;
    if (rc == CHELA_OK) rc = video_job_load(&job, s, q->id, &r->arena, e);
    if (rc != CHELA_OK && !taken) {
        file_unlock(&lock);
        return rc;
    }
    rc = CHELA_OK;
    r->model = job.model;
    bool at_hand = is_at_hand(&job, r);
    bool over = q->look && !was_submitted(&job);
    if (!taken && !at_hand && !over) {
        rc = model_ref_parse(&model, job.model, NULL, &r->arena, e);
        if (rc == CHELA_OK) rc = media_call_begin(&call, c, &model, NULL, false, e);
        if (rc == CHELA_OK) rc = go_on(&w, q, e);
    }
    show_job(r, &job);
    media_call_end(&call);
    file_unlock(&lock);
    return rc;
}
