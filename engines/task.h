/* One thing an engine was asked for: what came in, and what goes out.
 *
 * A task is worked on in a thread of libuv's pool while its connection stays with the loop; the two
 * share nothing but `cancel`. So the body is the task's own, and a client that leaves only sets the
 * flag: the worker looks at it between two frames, two blocks of sound, two looks at a child.
 */
#ifndef CHELA_ENGINES_TASK_H
#define CHELA_ENGINES_TASK_H

#include "base/buf.h"
#include "base/err.h"
#include "doc/doc.h"

#include <stdatomic.h>

struct task {
    struct buf body;
    str query;       /* of the request's path, in memory of the task */
    struct doc *doc; /* the body when it is a JSON object, else NULL */
    atomic_bool cancel;
    /* filled by the worker */
    struct buf out;
    const char *type; /* of `out` */
    struct buf says;  /* one line about what was made, for people; UTF-8 */
    struct err e;
    enum chela_error code;
};

/* Members of the JSON body; the fallback when absent or of another type. */
str task_string(struct task *t, const char *key, const char *fallback);
double task_number(struct task *t, const char *key, double fallback);
bool task_bool(struct task *t, const char *key, bool fallback);
/* An integer from low to high: outside of it the nearest end. */
int64_t task_int(struct task *t, const char *key, int64_t fallback, int64_t low, int64_t high);
/* Value of a query parameter ("language=en&x=1"); empty when absent. Not decoded. */
str task_query(const struct task *t, const char *key);

#endif
