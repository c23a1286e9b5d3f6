/* Two tables hold it: a row of `request` for each request, with what changed as one JSON object,
 * and the last request of each session as it was sent, in `session`. Only the last body is kept:
 * the next comparison needs no other, and a session would else grow with the square of its length.
 */
#include "agent/cache_doctor.h"

#include "doc/doc.h"
#include "doc/json_write.h"

enum {
    NOTE_ARENA_MAX = 256 << 10,
    CHANGED_MAX = 64 << 10,
    USAGE_MAX = 16 << 10, /* a usage object is some hundred bytes */
    ROUNDS_MAX = 20000,
};

/* ---- what changed, as JSON ---- */

static void write_changed(struct buf *out, const struct cache_diff *diff,
                          const struct cache_request *r) {
    const struct {
        const char *key;
        str text;
    } texts[] = {
        { "what", diff->what },      { "segment", diff->segment }, { "before", diff->before },
        { "old", diff->old },        { "new", diff->now },         { "rules", r->rules },
        { "answered", r->answered }, { "provider", r->provider },
    };
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "cause", str_c(cache_cause_name(diff->cause)));
    if (diff->segment.n) json_kint(&w, "at", diff->at);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].text.n) json_kstring(&w, texts[i].key, texts[i].text);
    json_object_end(&w);
}

static str member(struct doc *d, const char *key, struct arena *a) {
    str text = { 0 };
    doc_string(d, doc_get(d, doc_root(d), str_c(key)), &text);
    return arena_dup(a, text);
}

/* ---- noting ---- */

/* The session's last request, without its body; false: there is none. */
static enum chela_error last_note(struct store *s, str session, struct cache_request *last,
                                  bool *found, struct arena *a, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc = store_prepare(&q, s,
                                        "SELECT model, changed FROM request WHERE session=?1"
                                        " ORDER BY turn DESC, round DESC LIMIT 1",
                                        e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, session);
    rc = store_step(q, found, e);
    struct doc *d = NULL;
    if (rc == CHELA_OK && *found) {
        last->model = arena_dup(a, store_text(q, 0));
        if (doc_parse(&d, store_text(q, 1), DOC_JSON, NULL, NULL) == CHELA_OK) {
            last->rules = member(d, "rules", a);
            last->answered = member(d, "answered", a);
            last->provider = member(d, "provider", a);
        }
        doc_free(d);
    }
    store_finish(q);
    return rc;
}

/* Compares while the row is open: its body may be large and is not copied. */
static enum chela_error compare_with_last(struct cache_diff *diff, struct store *s, str session,
                                          const struct cache_request *now, struct arena *a,
                                          struct err *e) {
    struct cache_request last = { 0 };
    bool found = false, row = false;
    enum chela_error rc = last_note(s, session, &last, &found, a, e);
    if (rc != CHELA_OK) return rc;
    struct store_query *q = NULL;
    rc = store_prepare(&q, s, "SELECT last_request FROM session WHERE id=?1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, session);
    rc = store_step(q, &row, e);
    if (rc == CHELA_OK && row) last.body = store_text(q, 0);
    if (rc == CHELA_OK) rc = cache_compare(diff, found ? &last : NULL, now, a, e);
    store_finish(q);
    return rc;
}

static enum chela_error add_row(struct store *s, const struct cache_note *n,
                                const struct cache_diff *diff, str changed, str usage,
                                struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(
        &q, s,
        "INSERT INTO request(session, turn, round, at_ms, model, prefix_bytes, total_bytes,"
        " changed, usage) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
        e);
    if (rc != CHELA_OK) return rc;
    const int64_t numbers[] = { n->turn, n->round, n->at_ms };
    store_bind_text(q, 1, n->session);
    for (int i = 0; i < 3; i++) store_bind_int(q, 2 + i, numbers[i]);
    store_bind_text(q, 5, n->model);
    store_bind_int(q, 6, diff->same_bytes);
    store_bind_int(q, 7, diff->total_bytes);
    store_bind_text(q, 8, changed);
    store_bind_text(q, 9, usage);
    rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

static enum chela_error keep_last(struct store *s, const struct cache_note *n, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(&q, s, "UPDATE session SET last_request=?2 WHERE id=?1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, n->session);
    store_bind_text(q, 2, n->body);
    rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

enum chela_error cache_note(struct store *s, const struct cache_note *n, struct err *e) {
    static const struct chat_reply no_reply;
    struct arena a = ARENA_INIT(NOTE_ARENA_MAX);
    const struct chat_reply *reply = n->reply ? n->reply : &no_reply;
    const struct cache_request now = { .model = n->model,
                                       .answered = reply->model,
                                       .provider = reply->provider,
                                       .body = n->body,
                                       .rules = cache_rules(n->record, &a) };
    struct cache_diff diff;
    struct buf changed = BUF_INIT(CHANGED_MAX);
    enum chela_error rc = compare_with_last(&diff, s, n->session, &now, &a, e);
    if (rc == CHELA_OK) {
        write_changed(&changed, &diff, &now);
        str usage = reply->usage.raw.n <= USAGE_MAX ? reply->usage.raw : (str){ 0 };
        rc = changed.failed ? err_set(e, CHELA_NOMEM, "out of memory while noting a request")
                            : add_row(s, n, &diff, buf_str(&changed), usage, e);
    }
    if (rc == CHELA_OK) rc = keep_last(s, n, e);
    buf_free(&changed);
    arena_free(&a);
    return rc;
}

/* ---- reading ---- */

static void read_changed(struct cache_round *r, str text, struct arena *a) {
    struct doc *d = NULL;
    r->diff.cause = CACHE_UNKNOWN;
    if (doc_parse(&d, text, DOC_JSON, NULL, NULL) != CHELA_OK) return;
    r->diff.cause = cache_cause_named(member(d, "cause", a));
    doc_int(d, doc_get(d, doc_root(d), S("at")), &r->diff.at);
    r->diff.what = member(d, "what", a);
    r->diff.segment = member(d, "segment", a);
    r->diff.before = member(d, "before", a);
    r->diff.old = member(d, "old", a);
    r->diff.now = member(d, "new", a);
    r->answered = member(d, "answered", a);
    r->provider = member(d, "provider", a);
    doc_free(d);
}

static void read_usage(struct cache_round *r, str text) {
    struct chat_usage usage;
    chat_usage_read(&usage, text);
    r->prompt = usage.prompt;
    r->cached = usage.cached;
    r->written = usage.cache_write;
}

static void read_row(struct cache_round *r, struct store_query *q, struct arena *a) {
    r->turn = store_int(q, 0);
    r->round = store_int(q, 1);
    r->at_ms = store_int(q, 2);
    r->model = arena_dup(a, store_text(q, 3));
    r->diff.same_bytes = store_int(q, 4);
    r->diff.total_bytes = store_int(q, 5);
    read_changed(r, store_text(q, 6), a);
    read_usage(r, store_text(q, 7));
    r->missed = -1;
    r->cost = -1;
}

static enum chela_error count_rounds(struct store *s, str session, size_t *count, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc = store_prepare(&q, s, "SELECT count(*) FROM request WHERE session=?1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, session);
    rc = store_step(q, &row, e);
    *count = row ? (size_t)store_int(q, 0) : 0;
    store_finish(q);
    return rc;
}

enum chela_error cache_history(struct store *s, str session, struct arena *a,
                               struct cache_round **out, size_t *count, struct err *e) {
    size_t most = 0, n = 0;
    *out = NULL;
    *count = 0;
    enum chela_error rc = count_rounds(s, session, &most, e);
    if (rc != CHELA_OK || most == 0) return rc;
    if (most > ROUNDS_MAX) most = ROUNDS_MAX;
    struct cache_round *list = arena_alloc(a, most * sizeof *list);
    if (!list) return err_set(e, CHELA_NOMEM, "%zu requests of a session", most);
    struct store_query *q = NULL;
    rc = store_prepare(&q, s,
                       "SELECT turn, round, at_ms, model, prefix_bytes, total_bytes, changed, usage"
                       " FROM request WHERE session=?1 ORDER BY turn, round",
                       e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, session);
    for (bool row = true; rc == CHELA_OK && n < most;) {
        rc = store_step(q, &row, e);
        if (rc != CHELA_OK || !row) break;
        read_row(&list[n], q, a);
        if (n) list[n].before_bytes = list[n - 1].diff.total_bytes;
        n++;
    }
    store_finish(q);
    if (rc == CHELA_OK && arena_failed(a))
        rc = err_set(e, CHELA_LIMIT, "the requests of the session do not fit into memory");
    if (rc != CHELA_OK) return rc;
    *out = list;
    *count = n;
    return CHELA_OK;
}
