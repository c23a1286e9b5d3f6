/* Is a key good? GET {base}/key refuses bad ones, while the list of models is given to anybody.
 *
 * Asked of the base URL in use and of no other: OpenRouter's own, or the one that the user
 * configured. It takes ten seconds at most, and whatever is not a clear yes or no leaves the key
 * unchecked, with the reason: being off line is no fault of the key.
 */
#ifndef CHELA_CHAT_KEY_CHECK_H
#define CHELA_CHAT_KEY_CHECK_H

#include "config/config.h"
#include "route/route.h"

#include <stdatomic.h>

enum key_verdict { KEY_UNCHECKED, KEY_GOOD, KEY_REFUSED };

struct key_report {
    enum key_verdict verdict;
    int status;              /* of the answer; 0: none came */
    char reason[512];        /* why it is not good, one line */
    char label[128];         /* what the service calls the key; "" when it does not say */
    double usage;            /* USD; negative: not said */
    double limit, remaining; /* USD; negative: none, or not said */
    bool free_tier;
};

/* key: bound to the route's origin. Fails only with CHELA_CANCELLED and CHELA_NOMEM. */
enum chela_error key_check(struct key_report *out, struct config *c, const struct route *route,
                           const struct secret *key, const atomic_bool *cancel, struct err *e);
const char *key_verdict_name(enum key_verdict verdict); /* "good", "refused", "unchecked" */

#endif
