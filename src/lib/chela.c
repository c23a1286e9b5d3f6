/* The public face: include/chela.h over the modules. A run is one exchange in an arena of its own,
 * and the last one is kept, because its answer is what the accessors give out. */
#include "lib/lib.h"

#include "base/file.h"
#include "base/mime.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_FILES = 16 };
static const size_t max_file = 32u << 20, max_answer = 256u << 20;

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
    agent_end(&c->run);
    c->ran = false;
    c->reply = (struct chat_reply){ 0 };
    c->session = c->spoken = (str){ 0 };
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

/* ---- what a request needs ---- */

static enum chela_error read_files(struct chela *c, const char *const *paths,
                                   const struct chat_file **out, size_t *count) {
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
        *count = i + 1;
    }
    *out = files;
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

/* ---- one exchange ---- */

static enum chela_error infer_input(struct chela *c, const struct chela_request *r, bool explain,
                                    struct chat_input *in) {
    *in = (struct chat_input){ .kind = r->body ? CALL_RAW : CALL_INFER,
                               .model = str_c(r->model),
                               .agent = str_c(r->agent),
                               .thinking = str_c(r->thinking),
                               .system = str_c(r->system),
                               .prompt = str_c(r->prompt),
                               .raw_body = str_c(r->body),
                               .no_network = explain };
    if (r->resume)
        return err_set(&c->error, CHELA_USAGE, "only a session has turns that can be gone on with");
    if (r->body && (r->prompt || r->system || (r->files && r->files[0])))
        return err_set(&c->error, CHELA_USAGE,
                       "a request body goes alone: no prompt, system, session or files beside it");
    if (!r->body && !str_trim(in->prompt).n)
        return err_set(&c->error, CHELA_USAGE, "the prompt is empty");
    if (!r->files) return CHELA_OK;
    return read_files(c, r->files, &in->files, &in->file_count);
}

static enum chela_error infer(struct chela *c, const struct chela_request *r,
                              const struct agent_events *to) {
    struct chat_input in;
    const struct chat_events events = { .ctx = to->ctx,
                                        .on_text = to->on_text,
                                        .on_reasoning = to->on_reasoning,
                                        .on_notice = to->on_notice };
    struct http_timeouts timeouts = http_default_timeouts;
    timeouts.total = r->timeout_ms;
    enum chela_error rc = infer_input(c, r, false, &in);
    if (rc == CHELA_OK) rc = chat_begin(&c->chat, c->config, &in, &c->error);
    if (rc != CHELA_OK) return rc;
    return chat_send(&c->chat, &events, r->timeout_ms ? &timeouts : NULL, &c->cancel, &c->reply,
                     &c->error);
}

/* ---- a turn of a session ---- */

static enum chela_error turn_request(struct chela *c, const struct chela_request *r,
                                     struct agent_request *q) {
    c->session = arena_dup(&c->arena, str_c(r->session));
    *q = (struct agent_request){ .session = c->session,
                                 .model = str_c(r->model),
                                 .agent = str_c(r->agent),
                                 .thinking = str_c(r->thinking),
                                 .system = str_c(r->system),
                                 .prompt = str_c(r->prompt),
                                 .resume = r->resume != 0,
                                 .timeout_ms = r->timeout_ms };
    if (r->body)
        return err_set(&c->error, CHELA_USAGE,
                       "a request body goes alone: no prompt, system, session or files beside it");
    if (!r->files) return CHELA_OK;
    return read_files(c, r->files, &q->files, &q->file_count);
}

static enum chela_error turn(struct chela *c, const struct chela_request *r,
                             const struct agent_events *bridged,
                             const struct chela_events *events) {
    struct agent_request q;
    struct lib_voice voice;
    struct store *store = NULL;
    lib_voice_begin(&voice, c, r->agent, bridged, events);
    enum chela_error rc = turn_request(c, r, &q);
    if (rc == CHELA_OK) rc = open_store(c, true, &store);
    if (rc == CHELA_OK)
        rc = agent_turn(&c->run, c->config, store, &q, &voice.heard, &c->cancel, &c->error);
    store_close(store);
    lib_voice_end(&voice);
    if (rc == CHELA_OK) lib_speak(&voice, c);
    lib_voice_free(&voice);
    return rc;
}

static enum chela_error explain_turn(struct chela *c, const struct chela_request *r) {
    struct agent_request q;
    struct store *store = NULL;
    enum chela_error rc = turn_request(c, r, &q);
    if (rc == CHELA_OK) rc = open_store(c, false, &store);
    if (rc == CHELA_OK) rc = agent_explain(&c->run, c->config, store, &q, &c->error);
    store_close(store);
    return rc;
}

/* ---- events ---- */

static void bridge_text(void *ctx, str piece) {
    const struct chela_events *to = ctx;
    if (to->text) to->text(to->ctx, piece.p, piece.n);
}

static void bridge_reasoning(void *ctx, str piece) {
    const struct chela_events *to = ctx;
    if (to->reasoning) to->reasoning(to->ctx, piece.p, piece.n);
}

static void bridge_notice(void *ctx, const char *line) {
    const struct chela_events *to = ctx;
    if (to->notice) to->notice(to->ctx, line);
}

static void bridge_tool_start(void *ctx, const char *id, const char *name, const char *arguments) {
    const struct chela_events *to = ctx;
    if (to->tool_start) to->tool_start(to->ctx, id, name, arguments);
}

static void bridge_tool_end(void *ctx, const char *id, const char *name, const char *result,
                            bool failed) {
    const struct chela_events *to = ctx;
    if (to->tool_end) to->tool_end(to->ctx, id, name, result, failed);
}

/* ---- a run ---- */

static const struct chat_usage nothing_used = { -1, -1, -1, -1, -1, -1, -1, -1, -1, { 0 } };

static bool begin_run(struct chela *c, const struct chela_request *request) {
    c->agent_turn = request->session != NULL;
    if (!c->config || (!c->ran && c->error.code != CHELA_OK)) return false;
    forget_run(c);
    c->error = (struct err)ERR_INIT;
    c->ran = true;
    c->chat = (struct chat){ 0 };
    c->run.usage = nothing_used;
    return true;
}

enum chela_error chela_run(struct chela *c, const struct chela_request *request,
                           const struct chela_events *events) {
    struct chela_events to = { 0 };
    if (events) to = *events;
    const struct agent_events bridged = { .ctx = &to,
                                          .on_text = bridge_text,
                                          .on_reasoning = bridge_reasoning,
                                          .on_notice = bridge_notice,
                                          .on_tool_start = bridge_tool_start,
                                          .on_tool_end = bridge_tool_end };
    if (!begin_run(c, request)) return c->error.code;
    atomic_store(&c->cancel, false);
    return c->agent_turn ? turn(c, request, &bridged, &to) : infer(c, request, &bridged);
}

const struct chat *lib_chat(const struct chela *c) {
    return c->agent_turn ? &c->run.chat : &c->chat;
}

const struct chat_reply *lib_reply(const struct chela *c) {
    return c->agent_turn ? &c->run.reply : &c->reply;
}

static const char *text_of(str s) {
    return s.n ? s.p : "";
}

const char *chela_answer(const struct chela *c) {
    return text_of(lib_reply(c)->text);
}

const char *chela_answer_model(const struct chela *c) {
    return text_of(lib_reply(c)->model);
}

const char *chela_spoken(const struct chela *c) {
    return text_of(c->spoken);
}

const char *chela_finish_reason(const struct chela *c) {
    return text_of(lib_reply(c)->finish_reason);
}

static const struct chat_usage *usage_of(const struct chela *c) {
    if (c->ran && c->agent_turn) return &c->run.usage;
    return c->ran && c->error.code == CHELA_OK ? &c->reply.usage : &nothing_used;
}

int64_t chela_prompt_tokens(const struct chela *c) {
    return usage_of(c)->prompt;
}

int64_t chela_completion_tokens(const struct chela *c) {
    return usage_of(c)->completion;
}

int64_t chela_cached_tokens(const struct chela *c) {
    return usage_of(c)->cached;
}

int64_t chela_cache_write_tokens(const struct chela *c) {
    return usage_of(c)->cache_write;
}

int64_t chela_reasoning_tokens(const struct chela *c) {
    return usage_of(c)->reasoning;
}

double chela_cost(const struct chela *c) {
    return usage_of(c)->cost;
}

/* ---- explain ---- */

const char *chela_explain(struct chela *c, const struct chela_request *request,
                          enum chela_explain_form form) {
    if (!begin_run(c, request)) return NULL;
    struct chat_input in;
    enum chela_error rc =
        c->agent_turn ? explain_turn(c, request) : infer_input(c, request, true, &in);
    if (rc == CHELA_OK && !c->agent_turn) rc = chat_begin(&c->chat, c->config, &in, &c->error);
    if (rc != CHELA_OK) return NULL;
    buf_free(&c->text);
    if (form == CHELA_EXPLAIN_JSON)
        chat_explain_json(lib_chat(c), &c->text);
    else
        chat_explain_text(lib_chat(c), form == CHELA_EXPLAIN_COLOUR, &c->text);
    if (!c->text.failed) return c->text.p;
    err_set(&c->error, CHELA_LIMIT, "the explanation is larger than %zu bytes", c->text.max);
    return NULL;
}
