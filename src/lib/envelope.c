/* The last run as one JSON document. A turn that failed has everything that a turn that did not
 * has, but the answer: what its tools made is there, and was paid for. */
#include "lib/lib.h"

#include "chat/envelope.h"

static void write_outputs(struct json_writer *w, const struct chela *c, bool good) {
    const struct chat_reply *r = lib_reply(c);
    json_key(w, S("outputs"));
    json_array(w);
    if (good && r->text.n) {
        json_object(w);
        json_kstring(w, "text", r->text);
        json_object_end(w);
    }
    for (size_t i = 0; c->agent_turn && i < c->run.tools.output_count; i++) {
        const struct agent_output *o = &c->run.tools.output[i];
        json_object(w);
        json_kstring(w, "path", o->path);
        json_kstring(w, "mimeType", o->mime);
        json_kstring(w, "kind", o->kind);
        json_object_end(w);
    }
    json_array_end(w);
}

/* ---- one exchange ---- */

static void write_calls(struct json_writer *w, const struct chat_reply *r) {
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

/* ---- a turn ---- */

static void write_attempts(struct json_writer *w, const struct agent_run *r) {
    json_key(w, S("attempts"));
    json_array(w);
    for (size_t i = 0; i < r->attempt_count; i++) {
        const struct agent_attempt *a = &r->attempt[i];
        json_object(w);
        envelope_attempt(w, &a->chat);
        json_kint(w, "round", a->round);
        if (a->skipped) json_kbool(w, "skipped", true);
        json_object_end(w);
    }
    json_array_end(w);
    if (r->attempts_unlisted) json_kint(w, "attemptsUnlisted", (int64_t)r->attempts_unlisted);
}

static void write_done_calls(struct json_writer *w, const struct agent_run *r) {
    json_key(w, S("toolCalls"));
    json_array(w);
    for (size_t i = 0; i < r->call_count; i++) {
        const struct agent_call *call = &r->call[i];
        json_object(w);
        json_kstring(w, "id", call->id);
        json_kstring(w, "name", call->name);
        json_kstring(w, "arguments", call->arguments);
        json_kbool(w, "ok", call->ok);
        if (call->result.n) json_kstring(w, "result", call->result);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_count(struct json_writer *w, const char *key, int64_t tokens) {
    if (tokens >= 0) json_kint(w, key, tokens);
}

/* The fields of the service's own usage object, summed over the rounds. */
static void write_usage(struct json_writer *w, const struct agent_run *r) {
    const struct chat_usage *u = &r->usage;
    json_key(w, S("usage"));
    json_object(w);
    json_kint(w, "rounds", r->rounds);
    write_count(w, "prompt_tokens", u->prompt);
    write_count(w, "completion_tokens", u->completion);
    write_count(w, "total_tokens", u->total);
    if (u->cost >= 0) {
        json_key(w, S("cost"));
        json_double(w, u->cost);
    }
    if (u->cached >= 0 || u->cache_write >= 0) {
        json_key(w, S("prompt_tokens_details"));
        json_object(w);
        write_count(w, "cached_tokens", u->cached);
        write_count(w, "cache_write_tokens", u->cache_write);
        json_object_end(w);
    }
    if (u->reasoning >= 0) {
        json_key(w, S("completion_tokens_details"));
        json_object(w);
        write_count(w, "reasoning_tokens", u->reasoning);
        json_object_end(w);
    }
    json_object_end(w);
}

static void write_turn(struct json_writer *w, const struct chela *c) {
    json_kstring(w, "session", c->session);
    if (c->run.turn) json_kint(w, "turn", c->run.turn);
    write_usage(w, &c->run);
    write_done_calls(w, &c->run);
}

/* ---- both ---- */

static void write_answer(struct json_writer *w, const struct chela *c) {
    const struct chat_reply *r = lib_reply(c);
    if (r->reasoning.n) json_kstring(w, "reasoning", r->reasoning);
    json_kstring(w, "finishReason", r->finish_reason);
    if (r->model.n) json_kstring(w, "answeredBy", r->model);
    if (r->id.n) json_kstring(w, "generationId", r->id);
    if (r->cache_status.n) json_kstring(w, "responseCache", r->cache_status);
    if (c->agent_turn || !r->usage.raw.n) return;
    json_key(w, S("usage"));
    json_raw(w, r->usage.raw);
}

const char *chela_envelope(struct chela *c) {
    bool good = c->error.code == CHELA_OK;
    if (good && !c->ran) return NULL;
    buf_free(&c->text);
    struct json_writer w = JSON_WRITER(&c->text);
    json_object(&w);
    envelope_begin(&w, good, c->agent_turn ? S("agent.turn") : S("model.run"),
                   lib_chat(c)->shape.model.id);
    if (c->agent_turn)
        write_attempts(&w, &c->run);
    else
        envelope_attempts(&w, c->chat.attempt, c->chat.attempt_count);
    write_outputs(&w, c, good);
    if (good && !c->agent_turn) write_calls(&w, &c->reply);
    if (good) write_answer(&w, c);
    if (c->agent_turn) write_turn(&w, c);
    json_key(&w, S("ignoredOverrides"));
    json_array(&w);
    json_array_end(&w);
    envelope_error(&w, &c->error);
    json_object_end(&w);
    return c->text.failed ? NULL : c->text.p;
}
