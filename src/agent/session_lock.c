#include "agent/session_lock.h"

#include "base/clock.h"
#include "base/file.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>

enum { NOTICE_MS = 1000, MOST_MS = 600000, PAUSE_MS = 50 };

static enum chela_error cancelled(const struct session_wait *wait, struct err *e) {
    if (!wait->cancel || !atomic_load(wait->cancel)) return CHELA_OK;
    return err_set(e, CHELA_CANCELLED, "cancelled");
}

static enum chela_error waited_enough(str id, int64_t ms, struct err *e) {
    err_set(e, CHELA_TIMEOUT, "another turn of session \"%.*s\" has been under way for %.3g s",
            STR_ARG(id), (double)ms / 1000);
    return err_hint(e, CHELA_TIMEOUT, "let it end, or use another --session-id");
}

enum chela_error session_lock(struct file_lock *l, const char *state, str id,
                              const struct session_wait *wait, struct err *e) {
    char path[PATH_MAX];
    *l = (struct file_lock)FILE_LOCK_INIT;
    int n = snprintf(path, sizeof path, "%s/locks", state);
    if (n < 0 || (size_t)n + id.n + 8 > sizeof path)
        return err_set(e, CHELA_IO, "%s: the path is too long", state);
    enum chela_error rc = file_mkdirs(path, 0700, e);
    if (rc != CHELA_OK) return rc;
    snprintf(path + n, sizeof path - (size_t)n, "/%.*s.lock", STR_ARG(id));
    int64_t start = clock_ms(), most = MOST_MS;
    if (wait->most_ms > 0 && wait->most_ms < most) most = wait->most_ms;
    for (bool told = !wait->on_notice;;) {
        rc = file_lock(l, path, 0, e);
        if (rc != CHELA_TIMEOUT) return rc;
        rc = cancelled(wait, e);
        if (rc != CHELA_OK) return rc;
        int64_t waited = clock_ms() - start;
        if (waited >= most) return waited_enough(id, waited, e);
        if (!told && waited >= NOTICE_MS) {
            char line[256];
            snprintf(line, sizeof line, "waiting for another turn of session \"%.*s\" to end",
                     STR_ARG(id));
            wait->on_notice(wait->ctx, line);
            told = true;
        }
        poll(NULL, 0, PAUSE_MS); /* a signal ends it early, so a cancel is seen at once */
    }
}
