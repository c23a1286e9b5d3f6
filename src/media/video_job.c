#include "media/video_job.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/suggest.h"

#include <limits.h>
#include <stdio.h>

enum { MOST_LISTED = 1000 };

enum chela_error video_job_open(struct store **out, struct config *c, struct err *e) {
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/chela.db", config_where(c)->state);
    return store_open(out, path, e);
}

enum chela_error video_job_lock(struct file_lock *l, struct config *c, str id, struct err *e) {
    char path[PATH_MAX + 16];
    *l = (struct file_lock)FILE_LOCK_INIT;
    int n = snprintf(path, sizeof path, "%s/locks", config_where(c)->state);
    enum chela_error rc = file_mkdirs(path, 0700, e);
    if (rc != CHELA_OK) return rc;
    snprintf(path + n, sizeof path - (size_t)n, "/%.*s.lock", STR_ARG(id));
    rc = file_lock(l, path, 0, e);
    if (rc != CHELA_TIMEOUT) return rc;
    err_set(e, rc, "another process is at work on %.*s", STR_ARG(id));
    return err_hint(e, rc, "let it end; `chela infer video list` shows how far it is");
}

#define COLUMNS                                                                                    \
    "id, state, model, prompt, base_url, remote_id, polling_url, download_url, output, part, "     \
    "file, usage, error, created_ms, updated_ms, accepted_ms, took_ms"

static void bind(struct store_query *q, const struct video_job *j) {
    const str texts[] = { j->id,        j->state,       j->model,        j->prompt, j->base_url,
                          j->remote_id, j->polling_url, j->download_url, j->output, j->part,
                          j->file,      j->usage,       j->error };
    int at = 1;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) store_bind_text(q, at++, texts[i]);
    store_bind_int(q, at++, j->created_ms);
    store_bind_int(q, at++, j->updated_ms);
    store_bind_int(q, at++, j->accepted_ms);
    store_bind_int(q, at, j->took_ms);
}

static enum chela_error finish(struct store_query *q, struct err *e) {
    bool row;
    enum chela_error rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}

enum chela_error video_job_insert(struct store *s, struct video_job *j, struct err *e) {
    struct store_query *q = NULL;
    j->created_ms = j->updated_ms = clock_unix_ms();
    enum chela_error rc = store_prepare(&q, s,
                                        "INSERT INTO video_job(" COLUMNS ", body)"
                                        " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,"
                                        "?15,?16,?17,?18)",
                                        e);
    if (rc != CHELA_OK) return rc;
    bind(q, j);
    store_bind_text(q, 18, j->body);
    return finish(q, e);
}

enum chela_error video_job_save(struct store *s, struct video_job *j, struct err *e) {
    struct store_query *q = NULL;
    j->updated_ms = clock_unix_ms();
    enum chela_error rc = store_prepare(
        &q, s,
        "UPDATE video_job SET state=?2, model=?3, prompt=?4, base_url=?5, remote_id=?6,"
        " polling_url=?7, download_url=?8, output=?9, part=?10, file=?11, usage=?12, error=?13,"
        " created_ms=?14, updated_ms=?15, accepted_ms=?16, took_ms=?17 WHERE id=?1",
        e);
    if (rc != CHELA_OK) return rc;
    bind(q, j);
    return finish(q, e);
}

enum chela_error video_job_set_body(struct store *s, const struct video_job *j, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc = store_prepare(&q, s, "UPDATE video_job SET body=?2 WHERE id=?1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, j->id);
    store_bind_text(q, 2, j->body);
    return finish(q, e);
}

static void read_row(struct video_job *j, struct store_query *q, struct arena *a) {
    str *const texts[] = { &j->id,       &j->state,     &j->model,       &j->prompt,
                           &j->base_url, &j->remote_id, &j->polling_url, &j->download_url,
                           &j->output,   &j->part,      &j->file,        &j->usage,
                           &j->error };
    int at = 0;
    *j = (struct video_job){ .created_ms = 0 };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = arena_dup(a, store_text(q, at++));
    j->created_ms = store_int(q, at++);
    j->updated_ms = store_int(q, at++);
    j->accepted_ms = store_int(q, at++);
    j->took_ms = store_int(q, at);
}

static enum chela_error none_of_that_id(struct store *s, str id, struct arena *a, struct err *e) {
    struct video_job *list;
    size_t count;
    struct suggest near;
    suggest_init(&near, id);
    if (video_job_list(&list, &count, s, a, NULL) == CHELA_OK)
        for (size_t i = 0; i < count; i++) suggest_offer(&near, list[i].id);
    err_set(e, CHELA_NOINPUT, "there is no video job \"%.*s\"", STR_ARG(id));
    if (near.best.n) return err_hint(e, CHELA_NOINPUT, "did you mean %.*s?", STR_ARG(near.best));
    return err_hint(e, CHELA_NOINPUT, "`chela infer video list` shows them");
}

enum chela_error video_job_load(struct video_job *out, struct store *s, str id, struct arena *a,
                                struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc =
        store_prepare(&q, s, "SELECT " COLUMNS ", body FROM video_job WHERE id=?1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, id);
    rc = store_step(q, &row, e);
    if (rc == CHELA_OK && row) {
        read_row(out, q, a);
        out->body = arena_dup(a, store_text(q, 17));
    }
    store_finish(q);
    if (rc == CHELA_OK && !row) return none_of_that_id(s, id, a, e);
    if (rc == CHELA_OK && arena_failed(a)) return err_set(e, CHELA_NOMEM, "out of memory");
    return rc;
}

enum chela_error video_job_list(struct video_job **out, size_t *count, struct store *s,
                                struct arena *a, struct err *e) {
    struct store_query *q = NULL;
    *count = 0;
    *out = arena_alloc(a, MOST_LISTED * sizeof **out);
    if (!*out) return err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error rc = store_prepare(
        &q, s, "SELECT " COLUMNS " FROM video_job ORDER BY created_ms DESC, id DESC LIMIT 1000", e);
    bool row = true;
    while (rc == CHELA_OK && row && *count < MOST_LISTED) {
        rc = store_step(q, &row, e);
        if (rc == CHELA_OK && row) read_row(&(*out)[(*count)++], q, a);
    }
    store_finish(q);
    return rc;
}

int64_t video_job_usual_ms(struct store *s, const struct video_job *j) {
    enum { MOST = 9 };
    int64_t took[MOST];
    size_t n = 0;
    struct store_query *q = NULL;
    bool row = store_prepare(&q, s,
                             "SELECT took_ms FROM (SELECT took_ms FROM video_job WHERE model=?1"
                             " AND base_url=?2 AND took_ms>0 ORDER BY created_ms DESC LIMIT 9)"
                             " ORDER BY took_ms",
                             NULL) == CHELA_OK;
    if (row) {
        store_bind_text(q, 1, j->model);
        store_bind_text(q, 2, j->base_url);
    }
    while (row && n < MOST && store_step(q, &row, NULL) == CHELA_OK && row)
        took[n++] = store_int(q, 0);
    store_finish(q);
    return n ? took[n / 2] : 0;
}

bool video_job_is_open(const struct video_job *j) {
    static const str over[] = { STR_INIT("saved"),     STR_INIT("refused"), STR_INIT("failed"),
                                STR_INIT("cancelled"), STR_INIT("expired"), STR_INIT("dead") };
    for (size_t i = 0; i < sizeof over / sizeof over[0]; i++)
        if (str_eq(j->state, over[i])) return false;
    return true;
}

void video_job_json(const struct video_job *j, struct json_writer *w) {
    json_object(w);
    json_kstring(w, "id", j->id);
    json_kstring(w, "state", j->state);
    json_kbool(w, "open", video_job_is_open(j));
    json_kstring(w, "model", j->model);
    json_kstring(w, "prompt", j->prompt);
    if (j->remote_id.n) json_kstring(w, "jobId", j->remote_id);
    if (j->file.n) json_kstring(w, "path", j->file);
    if (j->error.n) json_kstring(w, "error", j->error);
    if (j->usage.n) {
        json_key(w, S("usage"));
        json_raw(w, j->usage);
    }
    json_kint(w, "createdMs", j->created_ms);
    json_kint(w, "updatedMs", j->updated_ms);
    if (j->took_ms) json_kint(w, "tookMs", j->took_ms);
    json_object_end(w);
}
