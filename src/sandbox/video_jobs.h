/* Videos that are being made: a queue in memory, files in the engines' folder.
 *
 * One is rendered at a time. A job waits a moment (so that `pending` can be seen), is in progress
 * while the engine works, and ends as the service's do. Everything is bounded: jobs that wait, jobs
 * that are remembered, bytes on disk; what is oldest goes first, and an hour after its end a video
 * expires. A job whose engine died is given to the next one, once.
 *
 * A prompt may ask for an end of its own: "sandbox:failed", "sandbox:cancelled", "sandbox:expired"
 * end the job so, "sandbox:stuck" never does.
 */
#ifndef CHELA_SANDBOX_VIDEO_JOBS_H
#define CHELA_SANDBOX_VIDEO_JOBS_H

#include "base/buf.h"
#include "sandbox/engine_call.h"

enum video_state {
    VIDEO_PENDING,
    VIDEO_IN_PROGRESS,
    VIDEO_COMPLETED,
    VIDEO_FAILED,
    VIDEO_CANCELLED,
    VIDEO_EXPIRED,
};
const char *video_state_name(enum video_state s); /* "in_progress" */

enum { VIDEO_ID = 28 };

struct video_job {
    char id[VIDEO_ID + 1], generation[64];
    enum video_state state, end; /* end: what the prompt asked for; VIDEO_COMPLETED: nothing */
    bool stuck;
    char error[512];
    char path[200]; /* of the MP4, once it is completed */
    int64_t bytes;
    uint64_t due; /* loop time: of its next step, while it waits for one; 0: it does not */
    unsigned tries;
    struct buf ask, answer; /* the engine's */
    struct engine_call *call;
    struct video_jobs *jobs;
    struct video_job *next; /* newer */
};

struct video_jobs;

/* The engines are borrowed. NULL: out of memory. */
struct video_jobs *video_jobs_new(struct engines *engines);
/* Drops what is under way. The timer is closed with the loop's next turn; then the memory is freed.
 */
void video_jobs_close(struct video_jobs *j);

/* A job for this request: `ask` is a JSON object without its closing brace, to which the path is
 * added; taken over. CHELA_RATE_LIMITED: too many wait. */
enum chela_error video_jobs_add(struct video_jobs *j, struct buf *ask, str prompt,
                                const struct video_job **out, struct err *e);
const struct video_job *video_jobs_find(struct video_jobs *j, str id); /* NULL: unknown */

#endif
