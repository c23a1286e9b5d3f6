/* Video: submitted, polled, downloaded; and finished later when that was interrupted. */
#ifndef CHELA_MEDIA_VIDEO_H
#define CHELA_MEDIA_VIDEO_H

#include "media/call.h"
#include "media/models.h"
#include "media/picture_input.h"
#include "media/video_job.h"

enum { VIDEO_MAX_INPUTS = 4 };

struct video_source {
    str picture; /* as picture_input_load takes it */
    str role;    /* "first_frame", "last_frame", "reference_image"; "" decided by the order */
};

struct video_progress {
    str state;             /* the service's word; visible ASCII */
    int64_t elapsed_ms;    /* since it was submitted */
    int64_t usual_ms;      /* what such videos took before; 0: not known */
    int percent;           /* that the service says is done; 0: not said */
    uint64_t bytes, total; /* of the download; total 0: not said */
};

struct video_events { /* may be NULL */
    void *ctx;
    void (*on_notice)(void *ctx, const char *line);
    void (*on_progress)(void *ctx, const struct video_progress *p); /* while it waits */
};

struct video_request { /* zero-initialise; borrowed until the call returns */
    str prompt;
    str model;                          /* "" as configured */
    str size, aspect_ratio, resolution; /* hints, "" not given */
    double duration;                    /* seconds; 0: not given */
    int audio;                          /* 1 with, 0 without, -1 as the model likes */
    bool watermark;                     /* asked for, and not taken */
    const struct video_source *sources;
    size_t source_count;
    bool has_seed;
    int64_t seed;
    str callback_url;
    const struct picture_rules *rules;
    str output;         /* as struct place takes it */
    int64_t timeout_ms; /* of all of it; 0: as configured, else ten minutes */
    bool detach;        /* submit, and leave the rest to video_resume */
    const atomic_bool *cancel;
    const struct video_events *events;
};

/* The job is in the store before it is sent, and stays there: r->job tells of it, on failure too.
 */
enum chela_error video_run(const struct video_request *q, struct config *c, struct store *s,
                           struct media_result *r, struct err *e);
enum chela_error video_explain(const struct video_request *q, struct config *c, bool json,
                               bool colour, struct buf *out, struct err *e);

struct video_resume {
    str id;
    bool resubmit;      /* also where the service may have taken the first submission */
    bool look;          /* ask for the state once, download nothing */
    int64_t timeout_ms; /* 0: ten minutes */
    const atomic_bool *cancel;
    const struct video_events *events;
};
/* Goes on where the job stands. CHELA_INPUT when only resubmit could help. */
enum chela_error video_resume(const struct video_resume *q, struct config *c, struct store *s,
                              struct media_result *r, struct err *e);

/* ---- inside media/ ---- */
/* video_request.c: the body for a call that was begun; hints that were not taken go to *r.
 * limit_ms: how long it may ask what the model offers; 0: not at all. */
enum chela_error video_body(const struct video_request *q, const struct picture_input *inputs,
                            int64_t limit_ms, struct media_call *call, struct media_result *r,
                            struct err *e);
enum chela_error video_load_sources(const struct video_request *q,
                                    const struct picture_rules *rules,
                                    struct picture_input inputs[VIDEO_MAX_INPUTS], struct arena *a,
                                    struct err *e);

/* video_wait.c: polls until the job is final, and downloads; the job is saved at every step. */
struct video_wait {
    struct config *config;
    struct store *store;
    struct media_call *call; /* begun: its key and headers go to their own origin */
    struct video_job *job;
    struct media_result *result;
    int64_t end_ms;   /* clock_ms() by which to give up */
    int64_t usual_ms; /* as in struct video_progress; so is percent */
    int percent;
    const atomic_bool *cancel;
    const struct video_events *events;
};
void video_tell(const struct video_wait *w, uint64_t bytes, uint64_t total);
enum chela_error video_wait_and_save(struct video_wait *w, bool once, struct err *e);
/* Takes the service's account of the job into w->job. */
enum chela_error video_read_job(struct video_wait *w, str json, struct err *e);

#endif
