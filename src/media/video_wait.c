/* From an accepted submission to a file. Every step is in the store before the next one is taken,
 * so that whoever finds the job later goes on where it stands. */
#include "media/video.h"

#include "base/clock.h"
#include "base/mime.h"
#include "media/fetch.h"
#include "media/place.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    POLL_MS = 60000,       /* of one look */
    FIRST_PAUSE_MS = 1000, /* then half as long again each time */
    LONGEST_PAUSE_MS = 10000,
    MOST_FAILURES = 5, /* looks, and downloads, that fail one after the other */
    IDLE_MS = 60000,   /* of a download without a byte */
    TELLING = 64,      /* bytes that say what a file is */
    TICK_MS = 100,
};
static const size_t max_account = 1u << 20;
static const uint64_t max_video = (uint64_t)2 << 30;

void video_tell(const struct video_wait *w, uint64_t bytes, uint64_t total) {
    const struct video_events *v = w->events;
    int64_t since = w->job->accepted_ms ? w->job->accepted_ms : w->job->updated_ms;
    int64_t elapsed = clock_unix_ms() - since;
    const struct video_progress p = { .state = w->job->state,
                                      .elapsed_ms = elapsed > 0 ? elapsed : 0,
                                      .usual_ms = w->usual_ms,
                                      .percent = w->percent,
                                      .bytes = bytes,
                                      .total = total };
    if (v && v->on_progress) v->on_progress(v->ctx, &p);
}

static void notice(const struct video_wait *w, const char *line) {
    if (w->events && w->events->on_notice) w->events->on_notice(w->events->ctx, line);
}

static enum chela_error save(struct video_wait *w, struct err *e) {
    return video_job_save(w->store, w->job, e);
}

/* What went wrong counts for more than that it could not be noted. */
static void save_failure(struct video_wait *w, const struct err *e) {
    w->job->error = arena_dup(&w->result->arena, str_c(e->message));
    (void)video_job_save(w->store, w->job, NULL);
}

/* ---- the service's account ---- */

static str string_at(struct doc *d, doc_node object, const char *key) {
    str text = { 0 };
    return doc_string(d, doc_get(d, object, str_c(key)), &text) ? str_trim(text) : (str){ 0 };
}

/* It is shown, and stored. */
static bool is_word(str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~') return false;
    return s.n && s.n <= 64;
}

static str resolved(struct video_wait *w, str url) {
    struct arena *a = &w->result->arena;
    str base = arena_printf(a, "%.*s/", STR_ARG(w->job->base_url));
    return url_resolve(base, url, a);
}

static void read_urls(struct video_wait *w, struct doc *d, doc_node list) {
    str url;
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n)) {
        if (!doc_string(d, n, &url) || !str_trim(url).n) continue;
        w->job->download_url = resolved(w, url);
        return;
    }
}

enum chela_error video_read_job(struct video_wait *w, str json, struct err *e) {
    struct arena *a = &w->result->arena;
    struct video_job *j = w->job;
    struct doc *d = NULL;
    enum chela_error rc = doc_parse(&d, json, DOC_JSON, NULL, e);
    if (rc != CHELA_OK) {
        if (e) e->code = CHELA_PROTOCOL;
        return err_prefix(e, CHELA_PROTOCOL, "the answer is not JSON: ");
    }
    doc_node root = doc_root(d), usage = doc_get(d, root, S("usage"));
    doc_node error = doc_get(d, root, S("error"));
    str id = string_at(d, root, "id"), polling = string_at(d, root, "polling_url");
    str state = string_at(d, root, "status"), generation = string_at(d, root, "generation_id");
    if (id.n) j->remote_id = arena_dup(a, id);
    if (polling.n) j->polling_url = resolved(w, polling);
    if (is_word(state)) j->state = arena_dup(a, state);
    double percent; /* not in OpenRouter's answers, but in those of services that are like it */
    bool says = doc_number(d, doc_get(d, root, S("progress")), &percent);
    if (says && percent >= 1 && percent <= 100) w->percent = (int)percent;
    if (generation.n) w->result->generation_id = arena_dup(a, generation);
    if (doc_type(d, usage) == DOC_OBJECT) j->usage = arena_dup(a, doc_raw(d, usage));
    read_urls(w, d, doc_get(d, root, S("unsigned_urls")));
    str words = { 0 };
    if (!doc_string(d, error, &words)) words = string_at(d, error, "message");
    if (str_trim(words).n) j->error = arena_dup(a, str_head(str_trim(words), 500));
    doc_free(d);
    return arena_failed(a) ? err_set(e, CHELA_NOMEM, "out of memory") : CHELA_OK;
}

static bool is_state(const struct video_job *j, const char *name) {
    return str_eq(j->state, str_c(name));
}

static enum chela_error final_failure(const struct video_job *j, struct err *e) {
    err_set(e, CHELA_UPSTREAM, "the video job %.*s%s%.*s", STR_ARG(j->state),
            j->error.n ? ": " : "", STR_ARG(j->error));
    return err_hint(e, CHELA_UPSTREAM, "`chela infer video resume %.*s --resubmit` asks again",
                    STR_ARG(j->id));
}

/* ---- looking ---- */

static enum chela_error keep(void *ctx, str piece, struct err *e) {
    return buf_add(ctx, piece) ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}

static enum chela_error on_tick(void *ctx, struct err *e) {
    (void)e;
    video_tell(ctx, 0, 0);
    return CHELA_OK;
}

struct look {
    struct video_wait *w;
    struct buf body;
};

static enum chela_error look_body(void *ctx, str piece, struct err *e) {
    return keep(&((struct look *)ctx)->body, piece, e);
}

static enum chela_error look_tick(void *ctx, struct err *e) {
    return on_tick(((struct look *)ctx)->w, e);
}

static enum chela_error look(struct video_wait *w, struct http_outcome *out, struct err *e) {
    struct look l = { .w = w, .body = BUF_INIT(max_account) };
    int64_t left = w->end_ms - clock_ms();
    const struct media_exchange x = { .timeout_ms = left < POLL_MS ? left : POLL_MS,
                                      .cancel = w->cancel,
                                      .max_body = max_account,
                                      .wants = MEDIA_WANTS_JSON,
                                      .ctx = &l,
                                      .on_body = look_body,
                                      .on_tick = look_tick };
    enum chela_error rc = media_fetch(w->job->polling_url, w->call, &x, out, e);
    if (rc == CHELA_OK) rc = video_read_job(w, buf_str(&l.body), e);
    buf_free(&l.body);
    return rc;
}

/* Another look may fare better. */
static bool is_passing(enum chela_error rc, const struct http_outcome *out) {
    int status = out->status;
    if (status == 408 || status == 429 || status >= 500) return true;
    return !out->permanent && (rc == CHELA_UNAVAILABLE || rc == CHELA_TIMEOUT || rc == CHELA_CUT);
}

/* Not when the time is up before the pause is over: then the failure is what is told. */
static bool may_look_again(const struct video_wait *w, enum chela_error rc,
                           const struct http_outcome *out, unsigned failures, int64_t pause_ms) {
    return rc != CHELA_CANCELLED && is_passing(rc, out) && failures < MOST_FAILURES &&
           clock_ms() + pause_ms < w->end_ms;
}

static enum chela_error pause_for(struct video_wait *w, int64_t ms, struct err *e) {
    int64_t until = clock_ms() + ms;
    if (until > w->end_ms) until = w->end_ms;
    for (int64_t left = until - clock_ms(); left > 0; left = until - clock_ms()) {
        if (w->cancel && atomic_load(w->cancel)) return err_set(e, CHELA_CANCELLED, "cancelled");
        video_tell(w, 0, 0);
        poll(NULL, 0, (int)(left < TICK_MS ? left : TICK_MS));
    }
    return CHELA_OK;
}

static enum chela_error out_of_time(struct video_wait *w, struct err *e) {
    return err_set(e, CHELA_TIMEOUT, "the video was not finished in time (the job is %.*s)",
                   STR_ARG(w->job->state));
}

static enum chela_error poll_until_final(struct video_wait *w, bool once, struct err *e) {
    int64_t pause = FIRST_PAUSE_MS;
    unsigned failures = 0;
    /* Whoever finds it finished does not know for how long it has been. */
    bool watched = clock_unix_ms() - w->job->accepted_ms < FIRST_PAUSE_MS;
    w->usual_ms = video_job_usual_ms(w->store, w->job);
    while (!is_state(w->job, "completed")) {
        if (!video_job_is_open(w->job)) return final_failure(w->job, e);
        if (clock_ms() >= w->end_ms) return out_of_time(w, e);
        struct http_outcome out = { .retry_after = -1 };
        struct err why = ERR_INIT;
        enum chela_error rc = look(w, &out, &why);
        if (rc == CHELA_OK) {
            failures = 0;
            if (watched && w->job->accepted_ms && is_state(w->job, "completed"))
                w->job->took_ms = clock_unix_ms() - w->job->accepted_ms;
            watched = true;
            rc = save(w, &why);
        } else if (may_look_again(w, rc, &out, ++failures, pause)) {
            notice(w, why.message);
            rc = CHELA_OK;
        }
        if (rc != CHELA_OK) {
            if (e) *e = why;
            return rc == CHELA_CANCELLED ? rc : err_prefix(e, rc, "asking for the video: ");
        }
        if (once && !failures) return CHELA_OK;
        if (is_state(w->job, "completed") || !video_job_is_open(w->job)) continue;
        int64_t asked = out.retry_after > 0 ? (int64_t)(out.retry_after * 1000) : 0;
        rc = pause_for(w, asked > pause ? asked : pause, e);
        if (rc != CHELA_OK) return rc;
        pause = pause * 3 / 2 < LONGEST_PAUSE_MS ? pause * 3 / 2 : LONGEST_PAUSE_MS;
    }
    return CHELA_OK;
}

/* ---- downloading ---- */

struct download {
    struct video_wait *w;
    struct draft draft;
    uint64_t total; /* that the service announces; 0: it does not */
    bool known;     /* it is a video */
};

static enum chela_error check_type(struct download *d, struct err *e) {
    char head[MIME_HEAD];
    str bytes = { head, draft_head(&d->draft, head, sizeof head) };
    if (!bytes.n) return err_set(e, CHELA_EMPTY, "the download is empty");
    str mime = mime_of_media(bytes);
    d->known = str_starts(mime, S("video/"));
    if (d->known) return CHELA_OK;
    char first = str_trim(bytes).n ? str_trim(bytes).p[0] : ' ';
    return err_set(e, CHELA_PROTOCOL, "the download is no video but %s%.*s",
                   mime.n         ? ""
                   : first == '<' ? "a page of HTML"
                   : first == '{' ? "JSON"
                                  : "something that chela does not know",
                   STR_ARG(mime));
}

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    struct download *d = ctx;
    enum chela_error rc = draft_write(&d->draft, piece, e);
    video_tell(d->w, d->draft.size, d->total);
    if (rc == CHELA_OK && !d->known && d->draft.size >= TELLING) rc = check_type(d, e);
    return rc;
}

static enum chela_error on_head(void *ctx, const struct http_answer *head, struct err *e) {
    (void)e;
    int64_t length;
    if (str_i64(str_trim(http_answer_header(head, S("content-length"))), &length) && length > 0)
        ((struct download *)ctx)->total = (uint64_t)length;
    return CHELA_OK;
}

static enum chela_error on_download_tick(void *ctx, struct err *e) {
    (void)e;
    struct download *d = ctx;
    video_tell(d->w, d->draft.size, d->total);
    return CHELA_OK;
}

static uint64_t size_limit(struct config *c) {
    double mb = 0;
    struct doc *d = config_doc(c);
    if (!doc_number(d, doc_path_get(d, S("agents.defaults.mediaMaxMb"), NULL), &mb) || mb <= 0)
        return max_video;
    return mb * 1048576 < (double)max_video ? (uint64_t)(mb * 1048576) : max_video;
}

static str encoded(struct arena *a, str text) {
    struct buf out = BUF_INIT(4096);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        char l = ascii_lower(text.p[i]);
        bool plain =
            (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-_.!~*'()", c));
        if (plain)
            buf_addc(&out, text.p[i]);
        else
            buf_addf(&out, "%%%02X", c);
    }
    str copy = arena_dup(a, buf_str(&out));
    buf_free(&out);
    return copy;
}

/* Where the service says, else the documented place. */
static str download_url(struct video_wait *w) {
    struct arena *a = &w->result->arena;
    if (w->job->download_url.n) return w->job->download_url;
    str id = encoded(a, w->job->remote_id);
    return arena_printf(a, "%.*s/videos/%.*s/content?index=0", STR_ARG(w->job->base_url),
                        STR_ARG(id));
}

static enum chela_error begin_draft(struct download *d, const struct place *place, struct err *e) {
    struct video_wait *w = d->w;
    if (w->job->part.n) unlink(w->job->part.p); /* of a process that ended in the middle of it */
    w->job->part =
        arena_printf(&w->result->arena, "%s/.chela-%.*s.part", place->folder, STR_ARG(w->job->id));
    if (arena_failed(&w->result->arena)) return err_set(e, CHELA_NOMEM, "out of memory");
    /* noted before it is made, so that whoever takes the job up knows of it */
    enum chela_error rc = save(w, e);
    return rc == CHELA_OK ? draft_begin_at(&d->draft, w->job->part.p, place->mode, e) : rc;
}

static enum chela_error download_once(struct video_wait *w, const struct place *place,
                                      struct http_outcome *out, struct err *e) {
    struct download d = { .w = w, .draft = DRAFT_NONE };
    struct media_result *r = w->result;
    int64_t left = w->end_ms - clock_ms();
    enum chela_error rc = begin_draft(&d, place, e);
    const struct media_exchange x = { .timeout_ms = left > 1 ? left : 1,
                                      .idle_ms = IDLE_MS,
                                      .cancel = w->cancel,
                                      .max_body = size_limit(w->config),
                                      .ctx = &d,
                                      .on_head = on_head,
                                      .on_body = on_body,
                                      .on_tick = on_download_tick };
    if (rc == CHELA_OK) rc = media_fetch(download_url(w), w->call, &x, out, e);
    if (rc == CHELA_OK && !d.known) rc = check_type(&d, e);
    if (rc == CHELA_OK)
        rc = place_commit(place, &d.draft, (str){ 0 }, 1, 1, &r->file[0], &r->arena, e);
    draft_drop(&d.draft);
    return rc;
}

static enum chela_error download(struct video_wait *w, struct err *e) {
    struct place place;
    enum chela_error rc = place_find(&place, w->config, w->job->output, "video", e);
    for (unsigned failures = 0; rc == CHELA_OK;) {
        struct http_outcome out = { .retry_after = -1 };
        struct err why = ERR_INIT;
        rc = download_once(w, &place, &out, &why);
        if (rc == CHELA_OK) break;
        int64_t pause = (int64_t)FIRST_PAUSE_MS << ++failures;
        if (may_look_again(w, rc, &out, failures, pause)) {
            notice(w, why.message);
            rc = pause_for(w, pause, e);
        } else {
            if (e) *e = why;
            return rc == CHELA_CANCELLED ? rc : err_prefix(e, rc, "downloading the video: ");
        }
    }
    if (rc != CHELA_OK) return rc;
    w->result->files = 1;
    w->job->state = S("saved");
    w->job->part = w->job->error = (str){ 0 };
    w->job->file = w->result->file[0].path;
    return save(w, e);
}

enum chela_error video_wait_and_save(struct video_wait *w, bool once, struct err *e) {
    enum chela_error rc = poll_until_final(w, once, e);
    if (rc == CHELA_OK && !once) rc = download(w, e);
    if (rc == CHELA_OK) return rc;
    save_failure(w, e);
    if (video_job_is_open(w->job))
        err_hint(e, rc, "the job is kept: chela infer video resume %.*s", STR_ARG(w->job->id));
    return rc;
}
