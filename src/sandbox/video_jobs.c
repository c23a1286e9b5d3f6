#include "sandbox/video_jobs.h"

#include "base/clock.h"
#include "doc/doc.h"
#include "doc/json_write.h"
#include "sandbox/generation_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WAITING_MOST = 16,
    JOBS_MOST = 128,
    PENDING_MS = 250,
    PLAYED_MS = 600, /* how long an end that was asked for takes to come */
    KEPT_MS = 60 * 60 * 1000,
    RENDER_MS = 15 * 60 * 1000,
    TRIES_MOST = 2,
    TICK_MS = 50,
    ANSWER_MOST = 64 << 10,
};

#define BYTES_MOST ((int64_t)2 << 30) /* of all files */

struct video_jobs {
    struct engines *engines;
    uv_timer_t timer;
    struct video_job *first, *last; /* oldest to newest */
    struct video_job *active;       /* with the engine */
    unsigned count;
};

const char *video_state_name(enum video_state s) {
    static const char *const names[] = { "pending", "in_progress", "completed",
                                         "failed",  "cancelled",   "expired" };
    return names[s];
}

static uint64_t now(const struct video_jobs *j) {
    return uv_now(engines_loop(j->engines));
}

/* ---- the timer: runs while any job waits for something ---- */

static void on_tick(uv_timer_t *timer);

static void watch(struct video_jobs *j) {
    if (!uv_is_active((uv_handle_t *)&j->timer))
        uv_timer_start(&j->timer, on_tick, TICK_MS, TICK_MS);
}

/* ---- ends ---- */

static void remove_file(struct video_job *job) {
    if (job->path[0]) unlink(job->path);
    job->path[0] = '\0';
    job->bytes = 0;
}

static void end_job(struct video_job *job, enum video_state state, const char *error) {
    job->state = state;
    job->due = state == VIDEO_COMPLETED ? now(job->jobs) + KEPT_MS : 0;
    str_copy(job->error, sizeof job->error, str_c(error));
    buf_free(&job->ask);
    buf_free(&job->answer);
    if (state != VIDEO_COMPLETED) remove_file(job);
    watch(job->jobs);
}

static void end_as_asked(struct video_job *job) {
    static const char *const errors[] = { [VIDEO_FAILED] = "the failure that was asked for",
                                          [VIDEO_CANCELLED] = "cancelled, as was asked for",
                                          [VIDEO_EXPIRED] = "expired, as was asked for" };
    end_job(job, job->end, errors[job->end]);
}

/* ---- the engine ---- */

static bool on_piece(void *ctx, str bytes) {
    struct video_job *job = ctx;
    buf_add(&job->answer, bytes);
    return true;
}

static void on_head(void *ctx, const struct engine_answer *a) {
    struct video_job *job = ctx;
    if (a->status != 200) job->tries = TRIES_MOST; /* refused: once more changes nothing */
    buf_clear(&job->answer);
}

/* The answer is {bytes}, or an error. */
static void take_answer(struct video_job *job) {
    struct doc *d = NULL;
    str message = S("the engine failed");
    int64_t bytes = 0;
    if (doc_parse(&d, buf_str(&job->answer), DOC_JSON, NULL, NULL) == CHELA_OK) {
        doc_int(d, doc_get(d, doc_root(d), S("bytes")), &bytes);
        doc_string(d, doc_path_get(d, S("error.message"), NULL), &message);
    }
    job->bytes = bytes;
    char error[sizeof job->error];
    str_copy(error, sizeof error, message);
    doc_free(d);
    end_job(job, bytes > 0 ? VIDEO_COMPLETED : VIDEO_FAILED, bytes > 0 ? "" : error);
}

/* The engine died; the next one gets it. */
static void wait_again(struct video_job *job) {
    job->state = VIDEO_PENDING;
    job->due = now(job->jobs);
}

static void on_end(void *ctx, enum chela_error code, const struct err *e) {
    struct video_job *job = ctx;
    job->call = NULL;
    job->jobs->active = NULL;
    watch(job->jobs);
    if (code == CHELA_OK)
        take_answer(job);
    else if (code == CHELA_UNAVAILABLE && job->tries < TRIES_MOST)
        wait_again(job);
    else
        end_job(job, VIDEO_FAILED, e->message);
}

static void start(struct video_job *job) {
    static const struct engine_taker taker = { on_head, on_piece, on_end };
    struct video_jobs *j = job->jobs;
    const struct engine_ask ask = { .path = S("/motion"),
                                    .type = S("application/json"),
                                    .body = buf_str(&job->ask),
                                    .limit_ms = RENDER_MS };
    job->tries++;
    job->state = VIDEO_IN_PROGRESS;
    job->due = 0;
    job->call = engine_call(j->engines, &ask, &taker, job);
    if (job->call)
        j->active = job;
    else
        end_job(job, VIDEO_FAILED, "out of memory");
}

/* ---- time ---- */

static void step(struct video_job *job) {
    struct video_jobs *j = job->jobs;
    bool due = job->due && now(j) >= job->due;
    bool played = job->stuck || job->end != VIDEO_COMPLETED;
    if (job->state == VIDEO_PENDING && due && played) {
        job->state = VIDEO_IN_PROGRESS;
        job->due = job->stuck ? 0 : now(j) + PLAYED_MS;
    } else if (job->state == VIDEO_PENDING && due && !j->active) {
        start(job);
    } else if (job->state == VIDEO_IN_PROGRESS && due) {
        end_as_asked(job);
    } else if (job->state == VIDEO_COMPLETED && due) {
        end_job(job, VIDEO_EXPIRED, "the video was kept for an hour");
    }
}

static void on_tick(uv_timer_t *timer) {
    struct video_jobs *j = timer->data;
    bool waiting = false;
    for (struct video_job *job = j->first; job; job = job->next) {
        step(job);
        waiting = waiting || job->due;
    }
    if (!waiting && !j->active) uv_timer_stop(&j->timer);
}

/* ---- the list ---- */

static void forget_job(struct video_jobs *j, struct video_job *job, struct video_job *before) {
    if (before)
        before->next = job->next;
    else
        j->first = job->next;
    if (j->last == job) j->last = before;
    j->count--;
    if (job->call) engine_call_drop(job->call);
    remove_file(job);
    buf_free(&job->ask);
    buf_free(&job->answer);
    free(job);
}

static bool is_over(const struct video_job *job) {
    return job->state >= VIDEO_COMPLETED || job->stuck;
}

/* The oldest that is over goes, while there are too many or their files are too large. */
static void make_room(struct video_jobs *j) {
    int64_t bytes = 0;
    for (struct video_job *job = j->first; job; job = job->next) bytes += job->bytes;
    for (struct video_job *job = j->first, *before = NULL, *next; job; job = next) {
        next = job->next;
        if (is_over(job) && (j->count >= JOBS_MOST || bytes > BYTES_MOST)) {
            bytes -= job->bytes;
            forget_job(j, job, before);
        } else {
            before = job;
        }
    }
}

static unsigned waiting(const struct video_jobs *j) {
    unsigned n = 0;
    for (const struct video_job *job = j->first; job; job = job->next) n += !is_over(job);
    return n;
}

static void read_wish(struct video_job *job, str prompt) {
    static const struct {
        const char *word;
        enum video_state end;
    } rows[] = { { "sandbox:failed", VIDEO_FAILED },
                 { "sandbox:cancelled", VIDEO_CANCELLED },
                 { "sandbox:expired", VIDEO_EXPIRED } };
    job->end = VIDEO_COMPLETED;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (str_has(prompt, str_c(rows[i].word))) job->end = rows[i].end;
    job->stuck = str_has(prompt, S("sandbox:stuck"));
}

enum chela_error video_jobs_add(struct video_jobs *j, struct buf *ask, str prompt,
                                const struct video_job **out, struct err *e) {
    make_room(j);
    if (waiting(j) >= WAITING_MOST || j->count >= JOBS_MOST)
        return err_set(e, CHELA_RATE_LIMITED, "%d videos wait already", WAITING_MOST);
    const char *folder = engines_folder(j->engines, e);
    struct video_job *job = folder ? calloc(1, sizeof *job) : NULL;
    if (!folder) return e->code;
    if (!job) return err_set(e, CHELA_NOMEM, "out of memory");
    random_letters(job->id, VIDEO_ID);
    generation_id(job->generation, sizeof job->generation, clock_unix_ms() / 1000);
    snprintf(job->path, sizeof job->path, "%s/%s.mp4", folder, job->id);
    buf_add(ask, S(",\"path\":"));
    json_quote(ask, str_c(job->path));
    buf_addc(ask, '}');
    if (ask->failed) {
        free(job);
        return err_set(e, CHELA_LIMIT, "the request is too large");
    }
    job->ask = *ask;
    buf_init(&job->answer, ANSWER_MOST);
    *ask = (struct buf)BUF_INIT(0);
    read_wish(job, prompt);
    job->jobs = j;
    job->due = now(j) + PENDING_MS;
    if (j->last)
        j->last->next = job;
    else
        j->first = job;
    j->last = job;
    j->count++;
    watch(j);
    *out = job;
    return CHELA_OK;
}

const struct video_job *video_jobs_find(struct video_jobs *j, str id) {
    for (const struct video_job *job = j->first; job; job = job->next)
        if (str_eq(id, str_c(job->id))) return job;
    return NULL;
}

/* ---- life ---- */

struct video_jobs *video_jobs_new(struct engines *engines) {
    struct video_jobs *j = calloc(1, sizeof *j);
    if (!j) return NULL;
    j->engines = engines;
    uv_timer_init(engines_loop(engines), &j->timer);
    uv_unref((uv_handle_t *)&j->timer);
    j->timer.data = j;
    return j;
}

static void on_closed(uv_handle_t *handle) {
    free(handle->data);
}

void video_jobs_close(struct video_jobs *j) {
    if (!j) return;
    while (j->first) forget_job(j, j->first, NULL);
    uv_close((uv_handle_t *)&j->timer, on_closed);
}
