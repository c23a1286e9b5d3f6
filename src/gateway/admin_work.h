/* What /keys, /credits, /activity and /generation do, in a thread that may wait. */
#ifndef CHELA_GATEWAY_ADMIN_WORK_H
#define CHELA_GATEWAY_ADMIN_WORK_H

#include "base/buf.h"
#include "gateway/accounts.h"

enum admin_route {
    ADMIN_KEY,
    ADMIN_LIST,
    ADMIN_CREATE,
    ADMIN_SHOW,
    ADMIN_CHANGE,
    ADMIN_DELETE,
    ADMIN_CREDITS,
    ADMIN_ACTIVITY,
    ADMIN_GENERATION,
};

enum { ADMIN_PAGE = 100 /* keys in one answer, as at OpenRouter */ };

struct admin_work {
    struct accounts *accounts;
    enum admin_route route;
    str id, query, body;
    str only_key; /* whose calls may be seen; "": everybody's */
    struct arena arena;
    /* What came of it. */
    enum chela_error code;
    struct err error;
    struct buf json;
};

void admin_work(struct admin_work *t);

#endif
