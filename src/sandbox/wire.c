/* Pieces are words: a text that is cut at tokens would show where a tokenizer cuts, and the sandbox
 * has none. The stream is a small state machine, so that it can stop at any event and go on when
 * the client has room. */
#include "sandbox/wire.h"

#include "doc/json_write.h"
#include "sandbox/models.h"
#include "sandbox/words.h"

enum phase { COMMENT, ROLE, REASONING, CONTENT, CALLS, FINISH, USAGE, DONE, OVER };

const char *wire_finish(const struct agent_answer *a) {
    switch (a->finish) {
    case FINISH_LENGTH: return "length";
    case FINISH_TOOL_CALLS: return "tool_calls";
    default: return "stop";
    }
}

static void head(struct json_writer *w, const struct wire_reply *r, const char *object) {
    json_object(w);
    json_kstring(w, "id", r->id);
    json_kstring(w, "object", str_c(object));
    json_kint(w, "created", r->created);
    json_kstring(w, "model", S(SANDBOX_MODEL));
    json_kstring(w, "provider", S("local"));
}

static void null_of(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_null(w);
}

void wire_no_cost(struct json_writer *w) {
    json_key(w, S("cost_details"));
    json_object(w);
    json_kint(w, "upstream_inference_cost", 0);
    json_kint(w, "upstream_inference_prompt_cost", 0);
    json_kint(w, "upstream_inference_completions_cost", 0);
    json_object_end(w);
}

static void usage(struct json_writer *w, const struct wire_reply *r) {
    const struct agent_answer *a = r->answer;
    json_key(w, S("usage"));
    json_object(w);
    json_kint(w, "prompt_tokens", a->prompt_tokens);
    json_kint(w, "completion_tokens", a->completion_tokens);
    json_kint(w, "total_tokens", a->prompt_tokens + a->completion_tokens);
    json_kint(w, "cost", 0);
    json_kbool(w, "is_byok", false);
    json_key(w, S("prompt_tokens_details"));
    json_object(w);
    json_kint(w, "cached_tokens", r->cache.read);
    json_kint(w, "cache_write_tokens", r->cache.written);
    json_kint(w, "audio_tokens", 0);
    json_kint(w, "video_tokens", 0);
    json_object_end(w);
    wire_no_cost(w);
    json_key(w, S("completion_tokens_details"));
    json_object(w);
    json_kint(w, "reasoning_tokens", a->reasoning_tokens);
    json_kint(w, "audio_tokens", 0);
    json_kint(w, "image_tokens", 0);
    json_object_end(w);
    json_object_end(w);
}

/* signature "": of a piece that is not the last one. It is the answer's id: nothing checks it when
 * it comes back, but SDKs must carry it through a conversation, as they do for models that sign. */
static void reasoning(struct json_writer *w, str text, str signature) {
    json_kstring(w, "reasoning", text);
    json_key(w, S("reasoning_details"));
    json_array(w);
    json_object(w);
    json_kstring(w, "type", S("reasoning.text"));
    json_kstring(w, "text", text);
    if (signature.n) json_kstring(w, "signature", signature);
    json_kstring(w, "format", S("unknown"));
    json_kint(w, "index", 0);
    json_object_end(w);
    json_array_end(w);
}

/* name and id NULL: a further piece of arguments. */
static void call(struct json_writer *w, size_t index, const struct agent_call *c, bool first,
                 str arguments) {
    json_object(w);
    json_kint(w, "index", (int64_t)index);
    if (first) {
        json_kstring(w, "id", c->id);
        json_kstring(w, "type", S("function"));
    }
    json_key(w, S("function"));
    json_object(w);
    if (first) json_kstring(w, "name", c->name);
    json_kstring(w, "arguments", arguments);
    json_object_end(w);
    json_object_end(w);
}

static void message(struct json_writer *w, const struct wire_reply *r) {
    const struct agent_answer *a = r->answer;
    json_key(w, S("message"));
    json_object(w);
    json_kstring(w, "role", S("assistant"));
    if (a->call_count)
        null_of(w, "content");
    else
        json_kstring(w, "content", a->text);
    null_of(w, "refusal");
    if (a->reasoning.n)
        reasoning(w, a->reasoning, r->id);
    else
        null_of(w, "reasoning");
    if (a->call_count) {
        json_key(w, S("tool_calls"));
        json_array(w);
        for (size_t i = 0; i < a->call_count; i++)
            call(w, i, &a->calls[i], true, a->calls[i].arguments);
        json_array_end(w);
    }
    json_object_end(w);
}

bool wire_completion(const struct wire_reply *r, struct buf *out) {
    const struct agent_answer *a = r->answer;
    struct json_writer w = JSON_WRITER(out);
    head(&w, r, r->plain ? "text_completion" : "chat.completion");
    null_of(&w, "system_fingerprint");
    null_of(&w, "service_tier");
    json_key(&w, S("choices"));
    json_array(&w);
    json_object(&w);
    json_kint(&w, "index", 0);
    json_kstring(&w, "finish_reason", str_c(wire_finish(a)));
    json_kstring(&w, "native_finish_reason", str_c(wire_finish(a)));
    null_of(&w, "logprobs");
    if (r->plain)
        json_kstring(&w, "text", a->text);
    else
        message(&w, r);
    json_object_end(&w);
    json_array_end(&w);
    usage(&w, r);
    json_object_end(&w);
    return !out->failed;
}

/* ---- events ---- */

static const char *chunk(const struct wire_reply *r) {
    return r->plain ? "text_completion" : "chat.completion.chunk";
}

static void choice_begin(struct json_writer *w, const struct wire_reply *r) {
    head(w, r, chunk(r));
    json_key(w, S("choices"));
    json_array(w);
    json_object(w);
    json_kint(w, "index", 0);
}

static void choice_end(struct json_writer *w, const char *finish) {
    if (finish) {
        json_kstring(w, "finish_reason", str_c(finish));
        json_kstring(w, "native_finish_reason", str_c(finish));
    } else {
        null_of(w, "finish_reason");
        null_of(w, "native_finish_reason");
    }
    null_of(w, "logprobs");
    json_object_end(w);
    json_array_end(w);
    json_object_end(w);
}

/* The next word of a text, or the empty slice at its end. */
static str piece(struct wire_stream *s, str text) {
    str rest = str_skip(text, s->at);
    str one = str_head(rest, text_piece(rest));
    s->at += one.n;
    return one;
}

static void to_phase(struct wire_stream *s, enum phase p) {
    s->phase = (int)p;
    s->at = 0;
}

static void delta(struct json_writer *w, const struct wire_reply *r, const struct wire_stream *s,
                  str text) {
    json_key(w, S("delta"));
    json_object(w);
    switch ((enum phase)s->phase) {
    case ROLE:
    case FINISH:
        json_kstring(w, "role", S("assistant"));
        json_kstring(w, "content", S(""));
        break;
    case REASONING: reasoning(w, text, s->at == r->answer->reasoning.n ? r->id : S("")); break;
    case CONTENT: json_kstring(w, "content", text); break;
    default:
        json_key(w, S("tool_calls"));
        json_array(w);
        call(w, s->call, &r->answer->calls[s->call], s->at == 0, text);
        json_array_end(w);
    }
    json_object_end(w);
}

static void delta_event(const struct wire_reply *r, struct wire_stream *s, str text,
                        struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    buf_add(out, S("data: "));
    choice_begin(&w, r);
    if (r->plain)
        json_kstring(&w, "text", text);
    else
        delta(&w, r, s, text);
    choice_end(&w, s->phase == FINISH ? wire_finish(r->answer) : NULL);
    buf_add(out, S("\n\n"));
}

/* Writes the event of a phase with text, or moves on when there is none left. */
static bool text_event(const struct wire_reply *r, struct wire_stream *s, str text,
                       enum phase after, struct buf *out) {
    str one = piece(s, text);
    if (one.n) {
        delta_event(r, s, one, out);
        return true;
    }
    to_phase(s, after);
    return false;
}

/* A call is announced with its name and no arguments; they follow piece by piece. */
static bool call_event(const struct wire_reply *r, struct wire_stream *s, struct buf *out) {
    const struct agent_answer *a = r->answer;
    if (s->call == a->call_count) {
        to_phase(s, FINISH);
        return false;
    }
    const struct agent_call *c = &a->calls[s->call];
    if (s->at == 0) {
        delta_event(r, s, S(""), out);
        s->at = 1; /* bytes that are out, and one */
        return true;
    }
    str rest = str_skip(c->arguments, s->at - 1);
    str one = str_head(rest, text_piece(rest));
    if (one.n) {
        delta_event(r, s, one, out);
        s->at += one.n;
        return true;
    }
    s->call++;
    s->at = 0;
    return false;
}

static void usage_event(const struct wire_reply *r, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    buf_add(out, S("data: "));
    head(&w, r, chunk(r));
    json_key(&w, S("choices"));
    json_array(&w);
    json_array_end(&w);
    usage(&w, r);
    json_object_end(&w);
    buf_add(out, S("\n\n"));
}

bool wire_next(const struct wire_reply *r, struct wire_stream *s, struct buf *out) {
    const struct agent_answer *a = r->answer;
    for (;;) {
        switch ((enum phase)s->phase) {
        case COMMENT:
            buf_add(out, S(": OPENROUTER PROCESSING\n\n"));
            to_phase(s, r->plain ? CONTENT : ROLE);
            return true;
        case ROLE:
            delta_event(r, s, S(""), out);
            to_phase(s, REASONING);
            return true;
        case REASONING:
            if (text_event(r, s, a->reasoning, CONTENT, out)) return true;
            break;
        case CONTENT:
            if (text_event(r, s, a->text, CALLS, out)) return true;
            break;
        case CALLS:
            if (call_event(r, s, out)) return true;
            break;
        case FINISH:
            delta_event(r, s, S(""), out);
            to_phase(s, USAGE);
            return true;
        case USAGE:
            usage_event(r, out);
            to_phase(s, DONE);
            return true;
        case DONE:
            buf_add(out, S("data: [DONE]\n\n"));
            to_phase(s, OVER);
            return true;
        default: return false;
        }
    }
}
