#include "cli/books.h"

#include "base/clock.h"

enum chela_error books_open(struct books *b, env_list env, bool make, struct err *e) {
    *b = (struct books){ .arena = ARENA_INIT(512u << 20), .now_ms = clock_unix_ms() };
    enum chela_error rc = config_paths(&b->where, env, e);
    if (rc != CHELA_OK || (!make && !ledger_exists(b->where.state))) return rc;
    return ledger_open(&b->store, b->where.state, e);
}

void books_close(struct books *b) {
    store_close(b->store);
    arena_free(&b->arena);
}

/* "30d" in milliseconds; false: it is no such thing. */
static bool read_span(str text, int64_t *ms) {
    static const struct {
        char unit;
        int64_t ms;
    } units[] = { { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 } };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (text.n < 2 || text.p[text.n - 1] != units[i].unit) continue;
        if (!str_i64(str_head(text, text.n - 1), ms) || *ms < 0 || *ms > 1000000) return false;
        *ms *= units[i].ms;
        return true;
    }
    return false;
}

enum chela_error books_time(const struct books *b, const char *option, str text, int direction,
                            int64_t *unix_ms, struct err *e) {
    int64_t span;
    if (read_span(text, &span)) {
        *unix_ms = b->now_ms + direction * span;
        return CHELA_OK;
    }
    if (time_read(text, unix_ms)) return CHELA_OK;
    err_set(e, CHELA_USAGE, "--%s: \"%.*s\" is no time", option, STR_ARG(text));
    return err_hint(e, CHELA_USAGE, "as 2026-12-31, 2026-12-31T18:00:00Z (UTC), or 30d, 12h, 90m");
}
