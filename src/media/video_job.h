/* Video jobs in the store: written before a submission is sent, so that none is ever lost.
 *
 * State is chela's own until the service has answered ("new", "submitting", "unsent", "refused"),
 * then the service's word, then "saved". A job that is found "submitting" by another process was
 * on its way when its process ended: nobody can know whether the service took it.
 */
#ifndef CHELA_MEDIA_VIDEO_JOB_H
#define CHELA_MEDIA_VIDEO_JOB_H

#include "base/file_lock.h"
#include "doc/json_write.h"
#include "media/media.h"
#include "store/store.h"

struct video_job { /* texts live in an arena of the caller's */
    str id;        /* "video-20261125-203012-9f3c" */
    str state, model, prompt;
    str base_url; /* that it was submitted to */
    str body;     /* of the submission; video_job_list leaves it out */
    str remote_id, polling_url, download_url;
    str output;                     /* where the file goes, as struct place takes it */
    str part;                       /* the draft of a download, before it is made; "" none */
    str file;                       /* when it is saved */
    str usage;                      /* JSON, "" not said */
    str error;                      /* the last, "" none */
    int64_t created_ms, updated_ms; /* since 1970 */
    int64_t accepted_ms;            /* by the service, since 1970; 0: not */
    int64_t took_ms;                /* from then to its end; 0: nobody watched */
};

/* One process at a time works on a job: two would submit it twice. CHELA_TIMEOUT at once when
 * another one does. id is that of a stored job. Ended by file_unlock, or with the process. */
enum chela_error video_job_lock(struct file_lock *l, struct config *c, str id, struct err *e);
enum chela_error video_job_open(struct store **out, struct config *c, struct err *e);
/* A new row; the body is written here and never again. */
enum chela_error video_job_insert(struct store *s, struct video_job *j, struct err *e);
enum chela_error video_job_save(struct store *s, struct video_job *j, struct err *e);
/* Another body, for another model that is asked in its place. */
enum chela_error video_job_set_body(struct store *s, const struct video_job *j, struct err *e);
/* CHELA_NOINPUT with a "did you mean" when there is none of that id. */
enum chela_error video_job_load(struct video_job *out, struct store *s, str id, struct arena *a,
                                struct err *e);
/* Newest first; *count of them. */
enum chela_error video_job_list(struct video_job **out, size_t *count, struct store *s,
                                struct arena *a, struct err *e);
/* What the last videos of this job's model took at this service, in the middle; 0: not known. */
int64_t video_job_usual_ms(struct store *s, const struct video_job *j);
/* Is there something left to do: submit, poll, or download? */
bool video_job_is_open(const struct video_job *j);
void video_job_json(const struct video_job *j, struct json_writer *w);

#endif
