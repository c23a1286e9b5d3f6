#include "cli/sessions.h"

#include "base/file.h"
#include "base/suggest.h"
#include "chat/envelope.h"

#include <stdio.h>

static const size_t max_arena = 512u << 20;

enum chela_error sessions_open(struct sessions *x, env_list env, struct err *e) {
    char path[sizeof x->where.state + 16];
    *x = (struct sessions){ .arena = ARENA_INIT(max_arena) };
    enum chela_error rc = config_paths(&x->where, env, e);
    if (rc != CHELA_OK) return rc;
    snprintf(path, sizeof path, "%s/chela.db", x->where.state);
    return file_exists(path) ? store_open(&x->store, path, e) : CHELA_OK;
}

void sessions_close(struct sessions *x) {
    store_close(x->store);
    arena_free(&x->arena);
}

enum chela_error sessions_list(struct sessions *x, str id, struct session_info **list,
                               size_t *count, struct err *e) {
    *list = NULL;
    *count = 0;
    return x->store ? session_list(x->store, id, &x->arena, list, count, e) : CHELA_OK;
}

enum chela_error sessions_find(struct sessions *x, str id, struct session_info **info,
                               struct err *e) {
    size_t count;
    enum chela_error rc = session_check_id(id, e);
    if (rc == CHELA_OK) rc = sessions_list(x, id, info, &count, e);
    if (rc != CHELA_OK || count == 1) return rc;
    struct session_info *all;
    struct suggest near;
    suggest_init(&near, id);
    rc = sessions_list(x, (str){ 0 }, &all, &count, e);
    if (rc != CHELA_OK) return rc;
    for (size_t i = 0; i < count; i++) suggest_offer(&near, all[i].id);
    err_set(e, CHELA_NOT_FOUND, "there is no session \"%.*s\"", STR_ARG(id));
    if (near.best.n) return err_hint(e, CHELA_NOT_FOUND, "did you mean %.*s?", STR_ARG(near.best));
    return err_hint(e, CHELA_NOT_FOUND,
                    count ? "chela sessions list shows them" : "no conversation is kept yet");
}

enum chela_error sessions_load(struct sessions *x, str id, struct session_message **list,
                               size_t *count, struct err *e) {
    struct session_info *info;
    enum chela_error rc = sessions_find(x, id, &info, e);
    return rc == CHELA_OK ? session_load(x->store, id, &x->arena, list, count, e) : rc;
}

/* ---- what is printed ---- */

void sessions_envelope(struct json_writer *w, const char *capability) {
    json_object(w);
    envelope_begin(w, true, str_c(capability), (str){ 0 });
    envelope_attempts(w, NULL, 0);
    json_key(w, S("outputs"));
    json_array(w);
}

void sessions_envelope_end(struct json_writer *w) {
    static const struct err none = ERR_INIT;
    json_array_end(w);
    json_key(w, S("ignoredOverrides"));
    json_array(w);
    json_array_end(w);
    envelope_error(w, &none);
    json_object_end(w);
    buf_addc(w->out, '\n');
}

void sessions_count(struct json_writer *w, const char *key, int64_t n) {
    json_key(w, str_c(key));
    if (n < 0)
        json_null(w);
    else
        json_int(w, n);
}

void sessions_dollars(struct json_writer *w, const char *key, double usd) {
    json_key(w, str_c(key));
    if (usd < 0)
        json_null(w);
    else
        json_double(w, usd);
}

void sessions_object(struct json_writer *w, const struct session_info *s) {
    json_object(w);
    json_kstring(w, "id", s->id);
    json_kstring(w, "model", s->model);
    json_kint(w, "createdMs", s->created_ms);
    json_kint(w, "updatedMs", s->updated_ms);
    json_kint(w, "turns", s->turns);
    json_kint(w, "messages", s->messages);
    json_kbool(w, "interrupted", s->interrupted);
    json_key(w, S("usage"));
    json_object(w);
    sessions_count(w, "promptTokens", s->usage.prompt);
    sessions_count(w, "completionTokens", s->usage.completion);
    sessions_count(w, "cachedTokens", s->usage.cached);
    sessions_count(w, "cacheWriteTokens", s->usage.cache_write);
    sessions_count(w, "reasoningTokens", s->usage.reasoning);
    sessions_dollars(w, "costUsd", s->usage.cost);
    json_object_end(w);
    json_object_end(w);
}

enum chela_error sessions_print(struct cli *c, struct buf *out, struct err *e) {
    bool failed = out->failed;
    if (!failed) cli_print(buf_str(out));
    c->envelope_printed = !failed;
    buf_free(out);
    return failed ? err_set(e, CHELA_NOMEM, "the result is too large to print") : CHELA_OK;
}
