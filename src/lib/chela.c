/* The public face: include/chela.h over the modules. A run is one exchange in an arena of its own,
 * and the last one is kept, because its answer is what the accessors give out. */
#include "chela.h"

#include "agent/turn.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mime.h"
#include "chat/envelope.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_FILES = 16 };
static const size_t max_file = 32u << 20, max_answer = 256u << 20;

struct chela {
    struct config *config;
    struct err error;
    atomic_bool cancel;
    bool ran;        /* there is a last run to tell of */
    bool agent_turn; /* it was a turn of a session */
    struct chat chat;
    struct chat_reply reply;
    struct arena arena; /* of the last run's input */
    str session;
    struct buf text; /* what chela_envelope and chela_explain gave out */
};

const char *chela_version(void) {
    return CHELA_VERSION;
}

const char *chela_error_code(enum chela_error error) {
    return err_code(error);
}

const char *chela_error_text(enum chela_error error) {
    return err_text(error);
}

int chela_error_exit(enum chela_error error) {
    return err_exit(error);
}

struct chela *chela_open(const char *const *environment) {
    struct chela *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->error = (struct err)ERR_INIT;
    arena_init(&c->arena, max_answer);
    buf_init(&c->text, max_answer);
    config_load(&c->config, environment ? environment : (const char *const *)environ, &c->error);
    return c;
}

static void forget_run(struct chela *c) {
    if (c->ran) chat_end(&c->chat);
    c->ran = false;
    c->reply = (struct chat_reply){ 0 };
    c->session = (str){ 0 };
    arena_free(&c->arena);
}

void chela_close(struct chela *c) {
    if (!c) return;
    forget_run(c);
    config_free(c->config);
    buf_free(&c->text);
    free(c);
}

enum chela_error chela_failed(const struct chela *c) {
    return c->error.code;
}

const char *chela_message(const struct chela *c) {
    return c->error.message;
}

const char *chela_hint(const struct chela *c) {
    return c->error.hint;
}

int chela_http_status(const struct chela *c) {
    return c->error.http_status;
}

void chela_cancel(struct chela *c) {
    atomic_store(&c->cancel, true);
}

/* ---- a run ---- */

static enum chela_error read_files(struct chela *c, const char *const *paths,
                                   struct chat_input *in) {
    struct chat_file *files = arena_alloc(&c->arena, MAX_FILES * sizeof *files);
    if (!files) return err_set(&c->error, CHELA_NOMEM, "out of memory");
    for (size_t i = 0; paths[i]; i++) {
        if (i == MAX_FILES)
            return err_set(&c->error, CHELA_USAGE, "more than %d pictures", MAX_FILES);
        struct buf bytes = BUF_INIT(max_file);
        enum chela_error rc = file_read(paths[i], &bytes, &c->error);
        files[i].name = str_c(paths[i]);
        files[i].bytes = arena_dup(&c->arena, buf_str(&bytes));
        files[i].mime = mime_of_picture(files[i].bytes);
        buf_free(&bytes);
        if (rc != CHELA_OK) return rc;
        if (!files[i].mime.n) {
            err_set(&c->error, CHELA_INPUT, "%s: not a picture that models read", paths[i]);
            return err_hint(&c->error, CHELA_INPUT, "PNG, JPEG, GIF and WebP are");
        }
        in->file_count = i + 1;
    }
    in->files = files;
    return arena_failed(&c->arena) ? err_set(&c->error, CHELA_NOMEM, "out of memory") : CHELA_OK;
}

/* The store, if there is one already or it may be made. */
static enum chela_error open_store(struct chela *c, bool may_make, struct store **out) {
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/chela.db", config_where(c->config)->state);
    *out = NULL;
    if (!may_make && !file_exists(path)) return CHELA_OK;
    return store_open(out, path, &c->error);
}

/* The wire id that the turn's model will have: what stored turns are compared with. */
static enum chela_error model_id(struct chela *c, const struct chat_input *in, str *id) {
    struct model_ref ref;
    enum chela_error rc = in->model.n
                              ? model_ref_parse(&ref, in->model, c->config, &c->arena, &c->error)
                              : model_ref_default(&ref, c->config, in->agent, &c->arena, &c->error);
    if (rc == CHELA_OK) *id = ref.id;
    return rc;
}

static enum chela_error make_input(struct chela *c, const struct chela_request *r, bool explain,
                                   struct store **store, struct chat_input *in) {
    *in = (struct chat_input){ .kind = r->body ? CALL_RAW : CALL_INFER,
                               .model = str_c(r->model),
                               .agent = str_c(r->agent),
                               .thinking = str_c(r->thinking),
                               .system = str_c(r->system),
                               .prompt = str_c(r->prompt),
                               .raw_body = str_c(r->body),
                               .no_network = explain };
    c->session = arena_dup(&c->arena, str_c(r->session));
    if (r->body && (r->prompt || r->session || r->system || (r->files && r->files[0])))
        return err_set(&c->error, CHELA_USAGE,
                       "a request body goes alone: no prompt, system, session or files beside it");
    if (r->resume) {
        err_set(&c->error, CHELA_USAGE, "no turn of session \"%.*s\" was interrupted",
                STR_ARG(c->session));
        return err_hint(&c->error, CHELA_USAGE, "say something: the session goes on with it");
    }
    if (!r->body && !str_trim(in->prompt).n)
        return err_set(&c->error, CHELA_USAGE, "the prompt is empty");
    enum chela_error rc = r->files ? read_files(c, r->files, in) : CHELA_OK;
    if (rc != CHELA_OK || !r->session) return rc;
    rc = session_check_id(c->session, &c->error);
    str id = { 0 };
    if (rc == CHELA_OK) rc = model_id(c, in, &id);
    if (rc == CHELA_OK) rc = open_store(c, !explain, store);
    if (rc == CHELA_OK) rc = turn_prepare(in, *store, c->session, id, &c->arena, &c->error);
    return rc;
}

struct event_bridge {
    const struct chela_events *to;
};

static void bridge_text(void *ctx, str piece) {
    const struct chela_events *to = ((struct event_bridge *)ctx)->to;
    if (to && to->text) to->text(to->ctx, piece.p, piece.n);
}

static void bridge_reasoning(void *ctx, str piece) {
    const struct chela_events *to = ((struct event_bridge *)ctx)->to;
    if (to && to->reasoning) to->reasoning(to->ctx, piece.p, piece.n);
}

static void bridge_notice(void *ctx, const char *line) {
    const struct chela_events *to = ((struct event_bridge *)ctx)->to;
    if (to && to->notice) to->notice(to->ctx, line);
}

static bool ready(struct chela *c) {
    return c->config && (c->ran || c->error.code == CHELA_OK);
}

enum chela_error chela_run(struct chela *c, const struct chela_request *request,
                           const struct chela_events *events) {
    c->agent_turn = request->session != NULL;
    if (!ready(c)) return c->error.code;
    forget_run(c);
    c->error = (struct err)ERR_INIT;
    c->ran = true;
    c->chat = (struct chat){ 0 };
    atomic_store(&c->cancel, false);
    struct store *store = NULL;
    struct chat_input in;
    enum chela_error rc = make_input(c, request, false, &store, &in);
    if (rc == CHELA_OK) rc = chat_begin(&c->chat, c->config, &in, &c->error);
    struct event_bridge bridge = { events };
    const struct chat_events bridged = { .ctx = &bridge,
                                         .on_text = bridge_text,
                                         .on_reasoning = bridge_reasoning,
                                         .on_notice = bridge_notice };
    struct http_timeouts timeouts = http_default_timeouts;
    timeouts.total = request->timeout_ms;
    if (rc == CHELA_OK)
        rc = chat_send(&c->chat, &bridged, request->timeout_ms ? &timeouts : NULL, &c->cancel,
                       &c->reply, &c->error);
    if (rc == CHELA_OK && store)
        rc = turn_keep(store, c->session, c->chat.shape.model.id, &in, &c->reply, &c->error);
    store_close(store);
    return rc;
}

static const char *text_of(str s) {
    return s.n ? s.p : "";
}

const char *chela_answer(const struct chela *c) {
    return text_of(c->reply.text);
}

const char *chela_answer_model(const struct chela *c) {
    return text_of(c->reply.model);
}

const char *chela_finish_reason(const struct chela *c) {
    return text_of(c->reply.finish_reason);
}

static bool answered(const struct chela *c) {
    return c->ran && c->error.code == CHELA_OK;
}

int64_t chela_prompt_tokens(const struct chela *c) {
    return answered(c) ? c->reply.usage.prompt : -1;
}

int64_t chela_completion_tokens(const struct chela *c) {
    return answered(c) ? c->reply.usage.completion : -1;
}

int64_t chela_cached_tokens(const struct chela *c) {
    return answered(c) ? c->reply.usage.cached : -1;
}

int64_t chela_cache_write_tokens(const struct chela *c) {
    return answered(c) ? c->reply.usage.cache_write : -1;
}

int64_t chela_reasoning_tokens(const struct chela *c) {
    return answered(c) ? c->reply.usage.reasoning : -1;
}

double chela_cost(const struct chela *c) {
    return answered(c) ? c->reply.usage.cost : -1;
}

/* ---- the envelope ---- */

static void write_outputs(struct json_writer *w, const struct chat_reply *r) {
    json_key(w, S("outputs"));
    json_array(w);
    if (r->text.n) {
        json_object(w);
        json_kstring(w, "text", r->text);
        json_object_end(w);
    }
    json_array_end(w);
    if (!r->call_count) return;
    json_key(w, S("toolCalls"));
    json_array(w);
    for (size_t i = 0; i < r->call_count; i++) {
        json_object(w);
        json_kstring(w, "id", r->calls[i].id);
        json_kstring(w, "name", r->calls[i].name);
        json_kstring(w, "arguments", r->calls[i].arguments);
        json_object_end(w);
    }
    json_array_end(w);
}

const char *chela_envelope(struct chela *c) {
    bool good = c->error.code == CHELA_OK;
    if (good && !c->ran) return NULL;
    const struct chat_reply *r = &c->reply;
    buf_free(&c->text);
    struct json_writer w = JSON_WRITER(&c->text);
    json_object(&w);
    envelope_begin(&w, good, c->agent_turn ? S("agent.turn") : S("model.run"),
                   c->chat.shape.model.id);
    envelope_attempts(&w, c->chat.attempt, c->chat.attempt_count);
    if (good) {
        write_outputs(&w, r);
        if (r->reasoning.n) json_kstring(&w, "reasoning", r->reasoning);
        json_kstring(&w, "finishReason", r->finish_reason);
        if (r->model.n) json_kstring(&w, "answeredBy", r->model);
        if (r->id.n) json_kstring(&w, "generationId", r->id);
        if (r->cache_status.n) json_kstring(&w, "responseCache", r->cache_status);
        if (r->usage.raw.n) {
            json_key(&w, S("usage"));
            json_raw(&w, r->usage.raw);
        }
        if (c->agent_turn) json_kstring(&w, "session", c->session);
    } else {
        json_key(&w, S("outputs"));
        json_array(&w);
        json_array_end(&w);
    }
    json_key(&w, S("ignoredOverrides"));
    json_array(&w);
    json_array_end(&w);
    envelope_error(&w, &c->error);
    json_object_end(&w);
    return c->text.failed ? NULL : c->text.p;
}

/* ---- explain ---- */

const char *chela_explain(struct chela *c, const struct chela_request *request,
                          enum chela_explain_form form) {
    if (!ready(c)) return NULL;
    forget_run(c);
    c->error = (struct err)ERR_INIT;
    c->ran = true;
    c->chat = (struct chat){ 0 };
    struct store *store = NULL;
    struct chat_input in;
    enum chela_error rc = make_input(c, request, true, &store, &in);
    if (rc == CHELA_OK) rc = chat_begin(&c->chat, c->config, &in, &c->error);
    store_close(store);
    if (rc != CHELA_OK) return NULL;
    buf_free(&c->text);
    if (form == CHELA_EXPLAIN_JSON)
        chat_explain_json(&c->chat, &c->text);
    else
        chat_explain_text(&c->chat, form == CHELA_EXPLAIN_COLOUR, &c->text);
    if (!c->text.failed) return c->text.p;
    err_set(&c->error, CHELA_LIMIT, "the explanation is larger than %zu bytes", c->text.max);
    return NULL;
}
