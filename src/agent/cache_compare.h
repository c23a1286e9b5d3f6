/* Two requests of one session, compared as a provider's prompt cache sees them.
 *
 * The prompt is built from the tools, then the system (and developer) messages, then the other
 * messages one by one, whatever the order of the body's members; those are the segments. What a
 * cache does not see is not compared: `cache_control` markers, which move to the last message each
 * turn, and whether a text is a string or the one text block that a marker needed.
 */
#ifndef CHELA_AGENT_CACHE_COMPARE_H
#define CHELA_AGENT_CACHE_COMPARE_H

#include "base/arena.h"
#include "base/err.h"
#include "shape/shape.h"

/* Why a request does not begin with all of the one before it; the first that is so. */
#define CACHE_CAUSES(X)                                                                            \
    X(FIRST, "first")       /* there was none before it */                                         \
    X(EXTENDED, "extended") /* it does: only something was added at the end */                     \
    X(MODEL, "model")       /* asked of, or answered by, another model */                          \
    X(TOOLS, "tools")                                                                              \
    X(SYSTEM, "system")                                                                            \
    X(RULE, "rule")         /* a rule of shape/ touched the message in one of the two */           \
    X(HISTORY, "history")   /* a message is another, or gone */                                    \
    X(PROVIDER, "provider") /* the same beginning, answered by another provider */                 \
    X(SETTING, "setting")   /* the same beginning, and a field that caches are kept apart by */    \
    X(UNKNOWN, "unknown")   /* one of the two is no chat request */

enum cache_cause {
#define CAUSE_ENUM(name, text) CACHE_##name,
    CACHE_CAUSES(CAUSE_ENUM)
#undef CAUSE_ENUM
};

const char *cache_cause_name(enum cache_cause cause);
enum cache_cause cache_cause_named(str name); /* CACHE_UNKNOWN for any other */

struct cache_request {
    str model;    /* wire id that was asked for */
    str answered; /* the model that answered, as the service said; "" unknown */
    str provider; /* who answered; "" unknown */
    str body;
    str rules; /* cache_rules of its record */
};

struct cache_diff { /* strings live in the arena */
    enum cache_cause cause;
    int64_t same_bytes;   /* of the old segments, up to the first difference */
    int64_t total_bytes;  /* of all new segments, as they stand in the body */
    str what;             /* one line: "tool added: video_generate"; "" when nothing differs */
    str segment;          /* that differs first: "tools[2]", "messages[4]"; "" none */
    int64_t at;           /* byte offset in it */
    str before, old, now; /* whole characters around that place: what both say, then each */
};

/* The rules that changed messages, for comparing later: a line each, "deepseek-v4 1 3 5". */
str cache_rules(const struct record *record, struct arena *a);

/* old NULL: the first request. Fails only when out of memory. */
enum chela_error cache_compare(struct cache_diff *out, const struct cache_request *old,
                               const struct cache_request *now, struct arena *a, struct err *e);

#endif
